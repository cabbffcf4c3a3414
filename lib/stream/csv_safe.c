#include <stdio.h>
#include <string.h>

#include "lib/base/decimal.h"
#include "lib/stream/csv_safe.h"

/* NUL, too: some spreadsheets skip it. */
static const char begins[] = { '=', '+', '-', '@', '\t', '\r', '\n', '\0' };

/* decimal_parse skips blanks, but a TAB is one of those above. */
static bool
is_number(struct slice cell)
{
	struct decimal d;

	return (*cell.p == '+' || *cell.p == '-') &&
	    cell.p[cell.n - 1] != ' ' && cell.p[cell.n - 1] != '\t' &&
	    decimal_parse(&d, cell.p, cell.n) == 0;
}

bool
csv_safe_needs(struct slice cell)
{
	return cell.n > 0 && memchr(begins, *cell.p, sizeof(begins)) != NULL &&
	    !is_number(cell);
}

bool
csv_safe_is(struct slice cell)
{
	return cell.n > 1 && *cell.p == '\'' &&
	    csv_safe_needs((struct slice){ cell.p + 1, cell.n - 1 });
}

bool
csv_safe_meant(int64_t bytes, struct slice size)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lld", (long long)bytes);

	return size.n == (size_t)n && memcmp(size.p, text, size.n) == 0;
}
