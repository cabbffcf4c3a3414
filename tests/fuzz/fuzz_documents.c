#include "memory.h"

#include <string.h>

#include "export/documents.h"
#include "export/export_line.h"
#include "lib/base/fault.h"
#include "lib/stream/input.h"

/*
 * Any JSON documents: what is returned is a valid entry, line numbers never
 * decrease, refusals have a message, and a second walk gives the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct input *
input_of(const void *data, size_t n)
{
	struct input *in = input_open(memory_file(data, n), NULL);

	MUST(in != NULL);
	return in;
}

/* The number of entries, their bytes, and how the walk ended. */
static void
walk(struct documents *d, int64_t *entries, size_t *bytes, int *end)
{
	struct fault f = { 0 };
	struct line out;
	int64_t line, last = 1;

	*entries = 0;
	*bytes = 0;
	while ((*end = documents_next(d, &out, &line, &f)) == 1) {
		MUST(line >= last);
		last = line;
		MUST(out.kind == LINE_ITEM || out.kind == LINE_CHANGE);
		MUST(out.kind == LINE_CHANGE || out.item.p != NULL);
		MUST(out.item.p == NULL || slice_check(out.item, NULL) == 0);
		MUST(out.item.p == NULL || *out.item.p == '{');
		++*entries;
		*bytes += out.item.n;
	}
	MUST((*end < 0) == (f.kind != FAULT_NONE));
	MUST(*end == 0 || (f.kind == FAULT_DATA && f.text[0] != '\0'));
	/* it stays so */
	MUST(documents_next(d, &out, &line, NULL) == *end);
}

/* The whole file is one document: the parts agree with it. */
static void
check_begin(const char *p, size_t n)
{
	int all = documents_begin(p, n);

	for (size_t k = 0; k <= n && k < 256; k++) {
		int part = documents_begin(p, k);

		MUST(part == -1 || part == all);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct documents *d;
	int64_t once, twice;
	size_t bytes, again;
	int end, same;

	check_begin((const char *)data, n);
	d = documents_of(input_of(data, n));
	walk(d, &once, &bytes, &end);
	MUST(documents_restart(d, NULL) == 0);
	walk(d, &twice, &again, &same);
	MUST(once == twice && bytes == again && end == same);
	documents_close(d);
	return 0;
}
