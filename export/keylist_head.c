#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/fault.h"
#include "dynamodb/table.h"
#include "export/csv_read.h"
#include "export/keylist_head.h"

static bool
cell_is(struct slice cell, const char *name)
{
	return cell.n == strlen(name) && memcmp(cell.p, name, cell.n) == 0;
}

/* The name that cell ${i} has, where it is one of ours. */
static void
read_names(struct keylist_head *h, const struct csv_row *row, size_t keys)
{
	const struct {
		const char *name;
		size_t *at;
	} ours[] = {
		{ "size", &h->size },
		{ "attributes", &h->attributes },
	};

	for (size_t i = keys; i < row->n; i++)
		for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
			if (*ours[k].at == 0 &&
			    cell_is(row->cells[i], ours[k].name))
				*ours[k].at = i;
}

/* A row of one cell can be a key, but one that looks like a line of names is
 * more likely that, of another program: taken for a key it would be missed. */
static int
only_cell(struct slice cell, const struct ddb_table *t, struct fault *f)
{
	const char *name = t->partition;
	size_t n = strlen(name);

	if (cell.n < n || strncasecmp(cell.p, name, n) != 0)
		return 0;
	if (cell.n == n)
		return fault(f, FAULT_DATA,
		    "is it the line of names? The key is called \"%s\", and "
		    "here it is \"%.*s\"; if it is a key, put the line %s "
		    "above it",
		    name, SLICE_ARG(cell), name);
	if (cell.p[n] != ';' && cell.p[n] != '\t')
		return 0;
	return fault(f, FAULT_DATA,
	    "it looks like a line of names with %s between them: save the "
	    "list with commas; if it is a key, put the line %s above it",
	    cell.p[n] == ';' ? "semicolons" : "tabs", name);
}

int
keylist_head_read(struct keylist_head *h, const struct csv_row *row,
    const struct ddb_table *t, struct fault *f)
{
	h->columns = row->n;
	if (cell_is(row->cells[0], t->partition) &&
	    (t->sort == NULL ||
		(row->n > 1 && cell_is(row->cells[1], t->sort)))) {
		read_names(h, row, t->sort != NULL ? 2 : 1);
		return 1;
	}
	if (t->sort == NULL && row->n == 1)
		return only_cell(row->cells[0], t, f);
	return fault(f, FAULT_DATA,
	    "it is not the line of names, which begins with %s%s%s%s; ttlsweep "
	    "list -t %s --reveal --format csv writes it",
	    t->partition, t->sort != NULL ? "," : "",
	    t->sort != NULL ? t->sort : "",
	    t->sort != NULL
		? ""
		: " (only a list of nothing but keys, one a line, needs none)",
	    t->name);
}
