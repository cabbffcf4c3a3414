#include <string.h>

#include "export/format.h"
#include "export/format_rows.h"

const struct format formats[] = {
	/* clang-format off */
	{ "csv", ".csv", true, format_csv_head, format_csv_row },
	{ "tsv", ".tsv", true, format_tsv_head, format_tsv_row },
	{ "jsonl", ".jsonl", false, NULL, format_json_row },
	{ "dynamodb-json", ".json", false, NULL, format_dynamodb_row },
	{ NULL, NULL, false, NULL, NULL },
	/* clang-format on */
};

const struct format *
format_find(const char *name)
{
	for (const struct format *f = formats; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* Whether ${path}[0..n) ends in ${ending}, with something before it. */
static bool
ends_in(const char *path, size_t n, const char *ending)
{
	size_t k = strlen(ending);

	return n > k && memcmp(path + n - k, ending, k) == 0;
}

const struct format *
format_of_path(const char *path)
{
	size_t n = strlen(path);

	if (ends_in(path, n, ".gz"))
		n -= strlen(".gz");
	for (const struct format *f = formats; f->name != NULL; f++)
		if (f->ending != NULL && ends_in(path, n, f->ending))
			return f;
	return NULL;
}
