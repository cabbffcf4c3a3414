#include <stdlib.h>
#include <string.h>

#include "export/column.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/item.h"

/* What a list shows, and CSV, behind the key. */
static const char *const list_columns[] = { "kind", "state", "reason",
	"expires", "overdue", "size", NULL };
static const char *const csv_columns[] = { "kind", "state", "reason", "ttl",
	"expires", "overdue", "size", "attributes", NULL };

static struct column *
push(struct columns *c)
{
	c->list = xreallocarray(c->list, c->n + 1, sizeof(*c->list));
	c->list[c->n] = (struct column){ 0 };
	return &c->list[c->n++];
}

static void
push_key(struct columns *c, const struct key_schema *schema, bool sort)
{
	struct column *to = push(c);

	to->def = column_defs; /* "key" is the first */
	to->name = xstrdup(sort ? schema->sort : schema->partition);
	to->sort = sort;
}

static bool
word_is(struct slice word, const char *name)
{
	return name != NULL && strlen(name) == word.n &&
	    memcmp(name, word.p, word.n) == 0;
}

/* A name of the table: 0, -1. */
static int
push_def(struct columns *c, struct slice word, const struct key_schema *schema)
{
	const struct column_def *d = column_defs;
	struct column *to;

	while (d->name != NULL && !word_is(word, d->name))
		d++;
	if (d->name == NULL)
		return -1;
	if (d == column_defs) {
		push_key(c, schema, false);
		return 0;
	}
	to = push(c);
	to->def = d;
	to->name = xstrdup(d->name);
	return 0;
}

static void
push_defaults(struct columns *c, const struct key_schema *schema,
    const char *const *names)
{
	*c = (struct columns){ 0 };
	push_key(c, schema, false);
	if (schema->sort != NULL)
		push_key(c, schema, true);
	for (; *names != NULL; names++)
		(void)push_def(c, slice_str(*names), schema);
}

void
columns_csv(struct columns *out, const struct key_schema *schema)
{
	push_defaults(out, schema, csv_columns);
}

/* The table's names come first: @name reaches an attribute that is called
 * like one of them. */
static int
push_word(struct columns *c, struct slice word, const struct key_schema *schema,
    struct fault *f)
{
	struct buf names = { 0 };

	if (push_def(c, word, schema) == 0)
		return 0;
	if (word_is(word, schema->partition) || word_is(word, schema->sort)) {
		push_key(c, schema, !word_is(word, schema->partition));
		return 0;
	}
	if (word.n > 1 && *word.p == '@') {
		push(c)->name = xstrndup(word.p, word.n);
		return 0;
	}
	for (const struct column_def *d = column_defs; d->name != NULL; d++)
		buf_addf(&names, "%s, ", d->name);
	if (schema->sort != NULL)
		buf_addf(&names, "%s, ", schema->sort);
	(void)fault(f, FAULT_USAGE,
	    "no column is named \"%.*s\"; there are %sand @ATTRIBUTE for any "
	    "attribute",
	    SLICE_ARG(word), buf_text(&names));
	buf_release(&names);
	return -1;
}

static struct slice
trim(const char *p, size_t n)
{
	while (n > 0 && *p == ' ') {
		p++;
		n--;
	}
	while (n > 0 && p[n - 1] == ' ')
		n--;
	return (struct slice){ p, n };
}

int
columns_parse(struct columns *out, const char *list,
    const struct key_schema *schema, struct fault *f)
{
	if (list == NULL) {
		push_defaults(out, schema, list_columns);
		return 0;
	}
	*out = (struct columns){ 0 };
	for (;;) {
		size_t n = strcspn(list, ",");

		if (push_word(out, trim(list, n), schema, f) != 0) {
			columns_release(out);
			return -1;
		}
		if (list[n] == '\0')
			return 0;
		list += n + 1;
	}
}

void
columns_release(struct columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->list[i].name);
	free(c->list);
	*c = (struct columns){ 0 };
}
