#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "dynamodb/attr.h"
#include "dynamodb/slice.h"
#include "dynamodb/table.h"
#include "export/checkpoint.h"
#include "export/input.h"
#include "export/stream.h"

/*
 * Written and read without cJSON: a position is a key, and a key goes back
 * to the service byte for byte as it came (dynamodb/slice.h).
 */
#define SCHEMA "ttlsweep.checkpoint/1"
#define SEGMENTS_MAX 4096
#define BYTES_MAX ((size_t)64 << 20) /* 4096 of the longest keys: 50 MiB */

static void
add_member(struct buf *out, const char *name)
{
	buf_addc(out, out->n > 0 ? ',' : '{');
	slice_text_encode(out, name, strlen(name));
	buf_addc(out, ':');
}

static void
add_text(struct buf *out, const char *name, const char *value)
{
	add_member(out, name);
	slice_text_encode(out, value, strlen(value));
}

static void
add_key(struct buf *out, const struct key_schema *schema)
{
	add_member(out, "key");
	buf_addc(out, '[');
	slice_text_encode(out, schema->partition, strlen(schema->partition));
	if (schema->sort != NULL) {
		buf_addc(out, ',');
		slice_text_encode(out, schema->sort, strlen(schema->sort));
	}
	buf_addc(out, ']');
}

static void
add_position(struct buf *out, const struct segment *seg)
{
	if (seg->next.n == 0 && !seg->finished) {
		buf_adds(out, "null");
		return;
	}
	buf_adds(out, "{\"next\":");
	if (seg->next.n > 0 && !seg->finished)
		buf_add(out, seg->next.p, seg->next.n);
	else
		buf_adds(out, "null");
	buf_adds(out, ",\"done\":");
	buf_adds(out, seg->finished ? "true}" : "false}");
}

void
checkpoint_text(struct buf *out, const struct checkpoint *c)
{
	add_text(out, "schema", SCHEMA);
	add_text(out, "command", c->command);
	add_text(out, "table", c->table->name);
	add_text(out, "table_id", c->table->id);
	add_text(out, "endpoint", c->endpoint);
	add_key(out, &c->table->schema);
	add_text(out, "ttl_attribute", c->ttl_attribute);
	add_text(out, "selection", c->selection);
	add_member(out, "now");
	buf_addi(out, c->now);
	add_member(out, "segments");
	buf_addi(out, c->segments);
	add_member(out, "positions");
	buf_addc(out, '[');
	for (int64_t i = 0; i < c->segments; i++) {
		buf_adds(out, i > 0 ? ",\n" : "\n");
		add_position(out, &c->positions[i]);
	}
	buf_adds(out, "\n]");
	add_member(out, "file");
	if (c->file_bytes >= 0) {
		buf_adds(out, "{\"bytes\":");
		buf_addi(out, c->file_bytes);
		buf_addc(out, '}');
	} else {
		buf_adds(out, "null");
	}
	buf_adds(out, "}\n");
}

int
checkpoint_save(const char *path, const struct checkpoint *c, struct fault *f)
{
	struct buf out = { 0 };
	int rc;

	checkpoint_text(&out, c);
	rc = stream_file(path, out.p, out.n, f);
	buf_release(&out);
	return rc;
}

static int
not_one(const char *path, const char *what, struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "%s: not a checkpoint of ttlsweep, or damaged: %s", path, what);
}

/* It must say what this run says. */
static int
agree(const char *path, struct slice doc, const char *name, const char *value,
    struct fault *f)
{
	struct slice had = slice_get(doc, name);
	struct buf want = { 0 }, text = { 0 };
	int rc = 0;

	if (slice_unquote(had).p == NULL)
		return not_one(path, name, f);
	/* made as it was saved: an argument need not be UTF-8 */
	slice_text_encode(&want, value, strlen(value));
	if (!slice_same(had, (struct slice){ want.p, want.n })) {
		slice_text_decode(&text, slice_unquote(had));
		buf_add(&text, "", 0);
		rc = fault(f, FAULT_REFUSED,
		    "%s: the checkpoint is of another run: its %s is \"%s\", "
		    "not \"%s\"; name another file, or remove it to begin "
		    "anew",
		    path, name, buf_text(&text), value);
	}
	buf_release(&want);
	buf_release(&text);
	return rc;
}

static int
agree_key(const char *path, struct slice doc, const struct key_schema *schema,
    struct fault *f)
{
	struct buf want = { 0 };
	struct slice key = slice_get(doc, "key"), wanted;
	bool same;

	/* {"key":[…]}, made as it is saved */
	add_key(&want, schema);
	buf_addc(&want, '}');
	wanted = slice_get((struct slice){ want.p, want.n }, "key");
	same = key.p != NULL && slice_same(key, wanted);
	buf_release(&want);
	if (key.p == NULL)
		return not_one(path, "key", f);
	return same
	    ? 0
	    : fault(f, FAULT_REFUSED,
		  "%s: the checkpoint is of a table with another key", path);
}

/* A key that a scan can begin behind: the schema's attributes, no other. */
static bool
is_key(struct slice key, const struct key_schema *schema)
{
	struct slice_walk w = slice_walk(key);
	struct slice name, value, inner;
	int n = 0;

	if (slice_object(&w) != 0)
		return false;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		enum attr_type type = attr_open(value, &inner);

		if (type != ATTR_S && type != ATTR_N && type != ATTR_B)
			return false;
		n++;
	}
	return n == (schema->sort != NULL ? 2 : 1) &&
	    slice_get(key, schema->partition).p != NULL &&
	    (schema->sort == NULL || slice_get(key, schema->sort).p != NULL);
}

static int
read_position(struct segment *seg, struct slice value,
    const struct key_schema *schema)
{
	struct slice next, done;

	if (*value.p == 'n')
		return 0;
	if (*value.p != '{')
		return -1;
	next = slice_get(value, "next");
	done = slice_get(value, "done");
	if (next.p == NULL || done.p == NULL)
		return -1;
	if (*done.p != 't' && *done.p != 'f')
		return -1;
	seg->finished = *done.p == 't';
	if (*next.p == 'n')
		return seg->finished ? 0 : -1;
	if (!is_key(next, schema))
		return -1;
	buf_add(&seg->next, next.p, next.n);
	return 0;
}

static int
read_positions(struct checkpoint *c, struct slice list)
{
	struct slice_walk w = slice_walk(list);
	struct slice value;
	int64_t i = 0;
	int r;

	if (slice_array(&w) != 0)
		return -1;
	c->positions = xcalloc((size_t)c->segments, sizeof(*c->positions));
	for (; (r = slice_element(&w)) == 1; i++) {
		if (i == c->segments || slice_value(&w, &value) != 0)
			return -1;
		c->positions[i].index = i;
		if (read_position(&c->positions[i], value, &c->table->schema) !=
		    0)
			return -1;
	}
	return r == 0 && i == c->segments ? 0 : -1;
}

static int
read_numbers(const char *path, struct checkpoint *c, struct slice doc,
    struct fault *f)
{
	struct slice file = slice_get(doc, "file");

	if (slice_int(slice_get(doc, "now"), &c->now) != 0)
		return not_one(path, "now", f);
	if (slice_int(slice_get(doc, "segments"), &c->segments) != 0 ||
	    c->segments < 1 || c->segments > SEGMENTS_MAX)
		return not_one(path, "segments", f);
	c->file_bytes = -1;
	if (file.p == NULL)
		return not_one(path, "file", f);
	if (*file.p != 'n' &&
	    (slice_int(slice_get(file, "bytes"), &c->file_bytes) != 0 ||
		c->file_bytes < 0))
		return not_one(path, "file", f);
	return 0;
}

static int
read_document(const char *path, struct checkpoint *c, struct slice doc,
    struct fault *f)
{
	const struct {
		const char *name, *value;
	} must[] = {
		{ "endpoint", c->endpoint },
		{ "table", c->table->name },
		{ "table_id", c->table->id },
		{ "command", c->command },
		{ "ttl_attribute", c->ttl_attribute },
		{ "selection", c->selection },
	};
	struct slice schema = slice_unquote(slice_get(doc, "schema"));

	if (schema.p == NULL || !slice_text_is(schema, SCHEMA, strlen(SCHEMA)))
		return not_one(path, "schema", f);
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		if (agree(path, doc, must[i].name, must[i].value, f) != 0)
			return -1;
	if (agree_key(path, doc, &c->table->schema, f) != 0 ||
	    read_numbers(path, c, doc, f) != 0)
		return -1;
	if (read_positions(c, slice_get(doc, "positions")) != 0)
		return not_one(path, "positions", f);
	return 0;
}

/* The whole of ${path}. */
static int
read_file(struct buf *text, const char *path, struct fault *f)
{
	struct input *in = input_open(path, f);
	int r;

	if (in == NULL)
		return -1;
	do {
		r = input_read(in, text, f);
	} while (r == 1 && text->n <= BYTES_MAX);
	input_close(in);
	if (r == 1)
		return not_one(path, "it is too large", f);
	return r;
}

int
checkpoint_load(const char *path, struct checkpoint *c, struct fault *f)
{
	struct buf text = { 0 };
	struct slice doc;
	struct stat st;
	int rc = -1;

	if (stat(path, &st) != 0 && errno == ENOENT)
		return 0;
	c->positions = NULL;
	if (read_file(&text, path, f) != 0)
		goto out;
	doc = (struct slice){ buf_text(&text), text.n };
	if (slice_check(doc, NULL) != 0) {
		(void)not_one(path, "it is not JSON", f);
		goto out;
	}
	rc = read_document(path, c, doc, f) == 0 ? 1 : -1;
out:
	if (rc < 0)
		checkpoint_release(c);
	buf_release(&text);
	return rc;
}

void
checkpoint_release(struct checkpoint *c)
{
	for (int64_t i = 0; c->positions != NULL && i < c->segments; i++)
		buf_release(&c->positions[i].next);
	free(c->positions);
	c->positions = NULL;
	c->segments = 0;
}
