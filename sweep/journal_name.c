#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "sweep/journal.h"

#define ENDING ".journal"
/* A table's name has up to 255 bytes, as has a file's: leave room for the
 * time, a number and the ending. */
#define TABLE_MOST 200

/* The table's part of a journal's name. */
static void
add_table(struct buf *out, const char *table)
{
	for (size_t i = 0; table[i] != '\0' && i < TABLE_MOST; i++) {
		char c = table[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		    (c == '.' && i > 0);

		buf_addc(out, plain ? c : '_');
	}
	buf_addc(out, '-');
}

void
journal_name(struct buf *out, const char *table, int64_t now)
{
	char when[32];

	add_table(out, table);
	if (text_time_compact(when, now) == 0)
		buf_adds(out, when);
	else
		buf_addi(out, now);
	buf_adds(out, ENDING);
}

/* Where the ending of the journal's name ${path} begins: at ".journal",
 * ".gz", ".journal.gz", else at its end. */
static size_t
stem_of(const char *path)
{
	static const char *const endings[] = { ".gz", ENDING };
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t ending = strlen(endings[i]);

		if (n > ending && path[n - ending - 1] != '/' &&
		    strncmp(path + n - ending, endings[i], ending) == 0)
			n -= ending;
	}
	return n;
}

char *
journal_numbered(const char *path, int n)
{
	size_t stem = stem_of(path);

	if (n <= 1)
		return xstrdup(path);
	return xasprintf("%.*s-%d%s", (int)stem, path, n, path + stem);
}

/* ${path} without the number that journal_numbered gave it, where it is one:
 * NAME is there beside NAME-2. The caller's. */
static char *
unnumbered(const char *path, int *number)
{
	size_t stem = stem_of(path), at = stem;
	struct stat st;
	char *base;

	while (at > 0 && path[at - 1] >= '0' && path[at - 1] <= '9')
		at--;
	*number = 1;
	if (stem - at < 1 || stem - at > 4 || at < 2 || path[at - 1] != '-')
		return xstrdup(path);
	base = xasprintf("%.*s%s", (int)at - 1, path, path + stem);
	if (lstat(base, &st) == 0) {
		*number = atoi(path + at);
		return base;
	}
	free(base);
	return xstrdup(path);
}

char *
journal_fresh(const char *path)
{
	struct stat st;
	int n;
	char *base = unnumbered(path, &n), *fresh;

	for (;;) {
		fresh = journal_numbered(base, n);
		if (lstat(fresh, &st) != 0)
			break;
		free(fresh);
		n++;
	}
	free(base);
	return fresh;
}
