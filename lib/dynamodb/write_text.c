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
    const struct ddb_write *d, bool update, struct slice set)
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
add_target(struct buf *b, const struct ddb_table *t, const struct ddb_write *d)
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
    const struct ddb_write *d)
{
	add_target(b, t, d);
	add_expression(b, t, d, false, (struct slice){ NULL, 0 });
}

void
ddb_update_body(struct buf *b, const struct ddb_table *t,
    const struct ddb_write *d, struct slice ttl)
{
	add_target(b, t, d);
	buf_adds(b,
	    ttl.p != NULL ? ",\"UpdateExpression\":\"SET #t = :n\""
			  : ",\"UpdateExpression\":\"REMOVE #t\"");
	add_expression(b, t, d, true, ttl);
}

void
ddb_put_body(struct buf *b, const struct ddb_table *t,
    const struct ddb_write *d)
{
	buf_adds(b, "{\"TableName\":");
	write_string(b, t->name);
	buf_adds(b, ",\"Item\":");
	write_slice(b, d->put);
	buf_adds(b,
	    ",\"ConditionExpression\":\"attribute_not_exists(#k)\","
	    "\"ExpressionAttributeNames\":{\"#k\":");
	write_string(b, t->partition);
	buf_adds(b,
	    "},\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\","
	    "\"ReturnConsumedCapacity\":\"TOTAL\"}");
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

static void
add_delete(struct buf *text, const struct ddb_table *t,
    const struct ddb_write *d)
{
	buf_adds(text, "DELETE FROM ");
	add_quoted(text, t->name);
	buf_adds(text, " WHERE ");
	add_quoted(text, t->partition);
	buf_adds(text, "=?");
	if (t->sort != NULL) {
		buf_adds(text, " AND ");
		add_quoted(text, t->sort);
		buf_adds(text, "=?");
	}
	add_condition(text, &d->cond);
	buf_adds(text, " RETURNING ALL OLD *");
}

/* Characters of a name that mean the same in JSON and in PartiQL. */
static bool
is_plain(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < ' ' || c > '~' || c == '\'' || c == '"' || c == '\\')
			return false;
	}
	return name.n > 0;
}

/* The length of the longest statement (BatchStatementRequest, API reference).
 */
#define STATEMENT_MOST 8192

/* The statement that puts ${d}, and its parameters: false if it cannot be one.
 * An INSERT fails where an entry has the key (DuplicateItem; Developer Guide,
 * "PartiQL insert statements"). */
static bool
add_insert(struct buf *text, struct buf *parameters, const struct ddb_table *t,
    const struct ddb_write *d)
{
	struct slice_walk w = slice_walk(d->put);
	struct slice name, value;
	const char *between = "";

	buf_adds(text, "INSERT INTO ");
	add_quoted(text, t->name);
	buf_adds(text, " VALUE {");
	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (!is_plain(name))
			return false;
		buf_adds(text, between);
		buf_addc(text, '\'');
		write_slice(text, name);
		buf_adds(text, "':?");
		buf_adds(parameters, between);
		write_slice(parameters, value);
		between = ",";
	}
	buf_addc(text, '}');
	return text->n <= STATEMENT_MOST;
}

static void
add_keys_and_operands(struct buf *b, const struct ddb_table *t,
    const struct ddb_write *d)
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
}

/* A batch that is being written. */
struct batch_text {
	struct buf *body;
	struct buf text, statement;  /* of one of its writes, and as JSON … */
	const struct ddb_cond *last; /* … with this condition; NULL: a put */
};

static void
add_text(struct batch_text *x)
{
	buf_reset(&x->statement);
	slice_text_encode(&x->statement, x->text.p, x->text.n);
}

/* Most deletes have the same statement as the one before. */
static void
add_delete_to_batch(struct batch_text *x, const struct ddb_table *t,
    const struct ddb_write *d)
{
	const struct ddb_cond *cond = &d->cond;

	add_keys_and_operands(x->body, t, d);
	if (x->last != NULL && cond->op == x->last->op &&
	    strcmp(cond->attribute, x->last->attribute) == 0)
		return;
	x->last = cond;
	buf_reset(&x->text);
	add_delete(&x->text, t, d);
	add_text(x);
}

/* Add ${d}: false, and nothing is added, if it cannot be a statement. */
static bool
add_to_batch(struct batch_text *x, const struct ddb_table *t,
    const struct ddb_write *d)
{
	size_t before = x->body->n;

	buf_adds(x->body, "{\"Parameters\":[");
	if (d->put.p == NULL) {
		add_delete_to_batch(x, t, d);
	} else {
		buf_reset(&x->text);
		if (!add_insert(&x->text, x->body, t, d)) {
			x->body->n = before;
			return false;
		}
		add_text(x);
	}
	buf_adds(x->body, "],\"Statement\":");
	buf_add(x->body, x->statement.p, x->statement.n);
	buf_adds(x->body, "},");
	return true;
}

size_t
ddb_batch_body(struct buf *b, const struct ddb_table *t,
    struct ddb_write **list, size_t n)
{
	struct batch_text x = { .body = b };
	size_t i = 0;

	buf_adds(b, "{\"Statements\":[");
	while (i < n) {
		struct ddb_write *d = list[i];

		if (add_to_batch(&x, t, d)) {
			i++;
		} else {
			list[i] = list[--n];
			list[n] = d;
		}
	}
	if (n > 0)
		b->n--; /* the last comma */
	buf_adds(b, "],\"ReturnConsumedCapacity\":\"TOTAL\"}");
	buf_release(&x.text);
	buf_release(&x.statement);
	return n;
}
