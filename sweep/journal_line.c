#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/version.h"
#include "lib/dynamodb/table.h"
#include "sweep/journal.h"

static void
add_text(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, ",\"%s\":", name);
	slice_text_encode(out, text, strlen(text));
}

void
journal_header(struct buf *out, const struct journal_options *o)
{
	const struct key_schema *schema = &o->table->schema;
	const char *id = o->table->id != NULL ? o->table->id : "";

	buf_adds(out, "{\"ttlsweep.journal/1\":{\"table\":");
	slice_text_encode(out, o->table->name, strlen(o->table->name));
	add_text(out, "table_id", id);
	add_text(out, "endpoint", o->endpoint);
	add_text(out, "region", o->region);
	buf_adds(out, ",\"key\":[");
	slice_text_encode(out, schema->partition, strlen(schema->partition));
	if (schema->sort != NULL) {
		buf_addc(out, ',');
		slice_text_encode(out, schema->sort, strlen(schema->sort));
	}
	buf_addc(out, ']');
	add_text(out, "ttl_attribute", o->ttl_attribute);
	buf_adds(out, ",\"now\":");
	buf_addi(out, o->now);
	add_text(out, "command", o->command);
	if (o->options != NULL)
		add_text(out, "options", o->options);
	add_text(out, "version", TTLSWEEP_VERSION);
	buf_adds(out, "}}\n");
}

/*
 * JSON as it came, on one line: a raw line end can only be a blank between
 * two of its tokens.
 */
static void
add_json(struct buf *out, struct slice json)
{
	size_t from = out->n;

	buf_add(out, json.p, json.n);
	if (memchr(json.p, '\n', json.n) == NULL &&
	    memchr(json.p, '\r', json.n) == NULL)
		return;
	for (size_t i = from; i < out->n; i++)
		if (out->p[i] == '\n' || out->p[i] == '\r')
			out->p[i] = ' ';
}

void
journal_intent(struct buf *out, const struct journal_entry *e,
    struct slice keys)
{
	buf_adds(out, "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"");
	buf_addi(out, e->at_us);
	buf_adds(out, "\"}},\"Keys\":");
	add_json(out, keys);
	buf_adds(out, ",\"OldImage\":");
	add_json(out, e->image);
	buf_adds(out, ",\"Ttlsweep\":{\"n\":");
	buf_addi(out, e->n);
	add_text(out, "why", e->why);
	if (e->ttl.p != NULL) {
		buf_adds(out, ",\"ttl\":");
		add_json(out, e->ttl);
	}
	buf_adds(out, "}}\n");
}

void
journal_outcomes_begin(struct buf *out)
{
	buf_adds(out, "{\"Outcome\":[");
}

void
journal_outcome(struct buf *out, int64_t n, const char *outcome, int sends)
{
	if (out->n > 0 && out->p[out->n - 1] == ']')
		buf_addc(out, ',');
	buf_addc(out, '[');
	buf_addi(out, n);
	buf_addf(out, ",\"%s\",", outcome);
	buf_addi(out, sends);
	buf_addc(out, ']');
}

void
journal_outcomes_end(struct buf *out)
{
	buf_adds(out, "]}\n");
}
