#include <string.h>

#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write_parts.h"

void
write_string(struct buf *b, const char *s)
{
	slice_text_encode(b, s, strlen(s));
}

void
write_slice(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.n);
}

/* A condition as ConditionExpression, and after WHERE of a PartiQL statement,
 * where # is the attribute's name; and how many operands it has. */
static const struct text {
	const char *expression, *partiql;
	int operands;
} texts[] = {
	/* never without a condition: this is always false */
	[DDB_COND_NONE] = { "attribute_exists(#t) AND attribute_not_exists(#t)",
	    " AND # IS MISSING AND # IS NOT MISSING", 0 },
	[DDB_COND_LESS] = { "#t < :a", " AND # < ?", 1 },
	[DDB_COND_FROM_TO] = { "#t >= :a AND #t < :b", " AND # >= ? AND # < ?",
	    2 },
	[DDB_COND_BETWEEN] = { "#t BETWEEN :a AND :b", " AND # BETWEEN ? AND ?",
	    2 },
	[DDB_COND_SAME] = { "#t = :a", " AND # = ?", 1 },
	[DDB_COND_MISSING] = { "attribute_not_exists(#t)", " AND # IS MISSING",
	    0 },
	/* a DELETE of a missing entry does nothing */
	[DDB_COND_EXISTS] = { "attribute_exists(#t)", "", 0 },
};

static const struct text *
text_of(const struct ddb_cond *cond)
{
	bool known = cond->op > DDB_COND_NONE && cond->op <= DDB_COND_EXISTS;

	return &texts[known ? cond->op : DDB_COND_NONE];
}

static int
operands(const struct ddb_cond *cond)
{
	return text_of(cond)->operands;
}

/* One of ExpressionAttributeValues; ${between} is what precedes it. */
static void
add_value(struct buf *b, const char **between, const char *name,
    struct slice value)
{
	buf_addf(b, "%s\"%s\":", *between, name);
	write_slice(b, value);
	*between = ",";
}

/* The condition, its names and its values. An update also has ${set} as :n,
 * unless p NULL. */
static void
add_expression(struct buf *b, const struct ddb_table *t,
    const struct ddb_delete *d, bool update, struct slice set)
{
	/* or an update would create an entry of nothing but key and TTL */
	bool exists = update && d->cond.op == DDB_COND_MISSING;
	const char *between = ",\"ExpressionAttributeValues\":{";
	int n = operands(&d->cond);

	buf_adds(b, ",\"ConditionExpression\":");
	write_string(b,
	    exists ? "attribute_not_exists(#t) AND attribute_exists(#k)"
		   : text_of(&d->cond)->expression);
	buf_adds(b, ",\"ExpressionAttributeNames\":{\"#t\":");
	write_string(b,
	    d->cond.op == DDB_COND_EXISTS ? t->partition : d->cond.attribute);
	if (exists) {
		buf_adds(b, ",\"#k\":");
		write_string(b, t->partition);
	}
	buf_addc(b, '}');
	if (n > 0)
		add_value(b, &between, ":a", d->cond.a);
	if (n > 1)
		add_value(b, &between, ":b", d->cond.b);
	if (set.p != NULL)
		add_value(b, &between, ":n", set);
	if (n > 0 || set.p != NULL)
		buf_addc(b, '}');
	buf_adds(b,
	    ",\"ReturnValues\":\"ALL_OLD\","
	    "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\","
	    "\"ReturnConsumedCapacity\":\"TOTAL\"}");
}

static void
add_target(struct buf *b, const struct ddb_table *t, const struct ddb_delete *d)
{
	const struct key_schema schema = { t->partition, t->sort };
	const struct item key = { .partition = d->partition, .sort = d->sort };

	buf_adds(b, "{\"TableName\":");
	write_string(b, t->name);
	buf_adds(b, ",\"Key\":");
	item_key_json(b, &key, &schema);
}

void
ddb_delete_body(struct buf *b, const struct ddb_table *t,
    const struct ddb_delete *d)
{
	add_target(b, t, d);
	add_expression(b, t, d, false, (struct slice){ NULL, 0 });
}

void
ddb_update_body(struct buf *b, const struct ddb_table *t,
    const struct ddb_delete *d, struct slice ttl)
{
	add_target(b, t, d);
	buf_adds(b,
	    ttl.p != NULL ? ",\"UpdateExpression\":\"SET #t = :n\""
			  : ",\"UpdateExpression\":\"REMOVE #t\"");
	add_expression(b, t, d, true, ttl);
}

/* A PartiQL identifier, in double quotes. */
static void
add_quoted(struct buf *b, const char *name)
{
	buf_addc(b, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buf_addc(b, '"');
		buf_addc(b, *name);
	}
	buf_addc(b, '"');
}

static void
add_condition(struct buf *b, const struct ddb_cond *cond)
{
	for (const char *p = text_of(cond)->partiql; *p != '\0'; p++)
		if (*p == '#')
			add_quoted(b, cond->attribute);
		else
			buf_addc(b, *p);
}

/* The statement that ${d} needs, begun as JSON, up to its parameters. */
static void
add_statement(struct buf *b, const struct ddb_table *t,
    const struct ddb_delete *d)
{
	struct buf text = { 0 };

	buf_adds(&text, "DELETE FROM ");
	add_quoted(&text, t->name);
	buf_adds(&text, " WHERE ");
	add_quoted(&text, t->partition);
	buf_adds(&text, "=?");
	if (t->sort != NULL) {
		buf_adds(&text, " AND ");
		add_quoted(&text, t->sort);
		buf_adds(&text, "=?");
	}
	add_condition(&text, &d->cond);
	buf_adds(&text, " RETURNING ALL OLD *");
	buf_adds(b, "{\"Statement\":");
	slice_text_encode(b, text.p, text.n);
	buf_release(&text);
	buf_adds(b, ",\"Parameters\":[");
}

static void
add_parameters(struct buf *b, const struct ddb_table *t,
    const struct ddb_delete *d)
{
	int n = operands(&d->cond);

	write_slice(b, d->partition);
	if (t->sort != NULL) {
		buf_addc(b, ',');
		write_slice(b, d->sort);
	}
	for (int i = 0; i < n; i++) {
		buf_addc(b, ',');
		write_slice(b, i == 0 ? d->cond.a : d->cond.b);
	}
	buf_adds(b, "]}");
}

/* Most statements of a batch are the one before them. */
void
ddb_batch_body(struct buf *b, const struct ddb_table *t,
    struct ddb_delete *const *list, size_t n)
{
	const struct ddb_cond *last = NULL;
	struct buf statement = { 0 };

	buf_adds(b, "{\"Statements\":[");
	for (size_t i = 0; i < n; i++) {
		const struct ddb_cond *cond = &list[i]->cond;

		if (last == NULL || cond->op != last->op ||
		    strcmp(cond->attribute, last->attribute) != 0) {
			buf_reset(&statement);
			add_statement(&statement, t, list[i]);
			last = cond;
		}
		if (i > 0)
			buf_addc(b, ',');
		buf_add(b, statement.p, statement.n);
		add_parameters(b, t, list[i]);
	}
	buf_release(&statement);
	buf_adds(b, "],\"ReturnConsumedCapacity\":\"TOTAL\"}");
}
