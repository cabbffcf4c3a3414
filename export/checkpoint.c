#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/checkpoint.h"
#include "export/export_line.h"
#include "export/item_json.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/lines.h"
#include "lib/stream/stream.h"

/* Not by cJSON: a position is a key, and keys go back to the service byte for
 * byte as they came (lib/base/slice.h). */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SCHEMA "ttlsweep.checkpoint/1"
#define SEGMENTS_MAX 4096
#define BYTES_MAX ((size_t)64 << 20) /* 4096 of the longest keys: 50 MiB */
/* Bytes of key values (DynamoDB Developer Guide, "Constraints"). */
#define PARTITION_MAX 2048
#define SORT_MAX 1024

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
add_position(struct buf *out, const struct segment *seg)
{
	if (seg->finished)
		buf_adds(out, "{\"next\":null,\"done\":true}");
	else if (seg->next.n == 0)
		buf_adds(out, "null");
	else
		buf_addf(out, "{\"next\":%s,\"done\":false}", seg->next.p);
}

void
checkpoint_text(struct buf *out, const struct checkpoint *c)
{
	add_text(out, "schema", SCHEMA);
	add_text(out, "command", c->command);
	add_text(out, "table", c->table->name);
	add_text(out, "table_id", c->table->id);
	add_text(out, "endpoint", c->endpoint);
	add_member(out, "key");
	item_json_key(out, &c->table->schema);
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
	if (c->file_bytes >= 0)
		buf_addf(out, "{\"bytes\":%lld}}\n", (long long)c->file_bytes);
	else
		buf_adds(out, "null}\n");
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

int
checkpoint_damaged(const char *path, const char *what, struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "%.900s: not a checkpoint of ttlsweep, or damaged: %s; name "
	    "another file, or remove it to start over",
	    path, what);
}

/* Whether ${text} is ours, as far as its beginning shows, perhaps damaged; an
 * empty file is nobody's. */
static bool
is_ours(struct slice text)
{
	static const char begins[] = "{\"schema\":\"ttlsweep.checkpoint/";
	const size_t n = sizeof(begins) - 1;
	struct slice schema = slice_unquote(slice_get(text, "schema"));

	return text.n == 0 || (text.n >= n && memcmp(text.p, begins, n) == 0) ||
	    (schema.p != NULL && slice_text_is(schema, SCHEMA, strlen(SCHEMA)));
}

/* The file is something else, and perhaps the only copy of it: nobody is told
 * to remove it. */
static int
foreign(const char *path, struct slice text, struct fault *f)
{
	struct slice first;
	struct line line;
	bool torn;

	if (lines_split(&text, &first, &torn) &&
	    line_parse(&line, first, NULL) == 0 && line.kind == LINE_HEADER)
		return fault(f, FAULT_DATA,
		    "%.900s: a journal, from which a run can be undone, not a "
		    "checkpoint; keep it, and name another file",
		    path);
	return fault(f, FAULT_DATA,
	    "%.900s: not a checkpoint of ttlsweep; name another file", path);
}

/* Say that member ${name} of the file is not what is written there. */
static int
damaged(const char *path, const char *name, struct fault *f)
{
	char what[64];

	(void)snprintf(what, sizeof(what), "its \"%s\" is not valid", name);
	return checkpoint_damaged(path, what, f);
}

/* "--state stuck"; "none" if empty. The options of a selection begin with a
 * blank. */
static const char *
shown(const char *value)
{
	value += value[0] == ' ';
	return value[0] != '\0' ? value : "none";
}

/* Its member ${name} is ${had}, where this run has ${has}. */
static int
another_run(const char *path, const char *name, const char *had,
    const char *has, struct fault *f)
{
	if (strcmp(name, "selection") == 0)
		name = "options";
	else if (strcmp(name, "ttl_attribute") == 0)
		name = "TTL attribute";
	return fault(f, FAULT_REFUSED,
	    "%s: the checkpoint belongs to another run (%s: %s; this run: %s); "
	    "name another file, or remove it to start over",
	    path, name, shown(had), shown(has));
}

/* Member ${name} must have the value of this run. */
static int
agree(const char *path, struct slice doc, const char *name, const char *value,
    struct fault *f)
{
	struct slice had = slice_get(doc, name);
	struct buf want = { 0 }, text = { 0 };
	int rc = 0;

	if (slice_unquote(had).p == NULL)
		return damaged(path, name, f);
	/* encoded as when it was saved: an argument need not be UTF-8 */
	slice_text_encode(&want, value, strlen(value));
	if (!slice_same(had, (struct slice){ want.p, want.n })) {
		slice_text_decode(&text, slice_unquote(had));
		buf_add(&text, "", 0);
		rc = another_run(path, name, buf_text(&text), value, f);
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
	struct slice key = slice_get(doc, "key");
	int rc = 0;

	if (key.p == NULL)
		return damaged(path, "key", f);
	item_json_key(&want, schema);
	if (!slice_same(key, (struct slice){ want.p, want.n }))
		rc = fault(f, FAULT_REFUSED,
		    "%s: the checkpoint belongs to a table with another key; "
		    "name another file, or remove it to start over",
		    path);
	buf_release(&want);
	return rc;
}

/* The members ${names}[0..n) of ${object}, none of which may be there twice:
 * other readers could take the other one. p NULL where there is none. */
static bool
get_members(struct slice object, const char *const *names, size_t n,
    struct slice *values)
{
	struct slice_walk w = slice_walk(object);
	struct slice name, value;

	memset(values, 0, n * sizeof(*values));
	if (slice_object(&w) != 0)
		return false;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0)
		for (size_t i = 0; i < n; i++) {
			if (!slice_text_is(name, names[i], strlen(names[i])))
				continue;
			if (values[i].p != NULL)
				return false;
			values[i] = value;
		}
	return true;
}

static bool
is_key_value(struct slice value, enum attr_type type, int64_t most)
{
	struct slice inner;

	return value.p != NULL && attr_open(value, &inner) == type &&
	    inner.n > 0 && attr_wrong(value) == NULL &&
	    attr_size(value) <= most;
}

/* Whether ${key} is a key of the table: its key attributes, each of its type
 * and length, and no other. */
static bool
is_key(struct slice key, const struct ddb_table *table)
{
	const struct key_schema *schema = &table->schema;
	struct slice_walk w = slice_walk(key);
	struct slice name, value;
	int n = 0;

	if (slice_object(&w) != 0)
		return false;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0)
		n++;
	return n == (schema->sort != NULL ? 2 : 1) &&
	    is_key_value(slice_get(key, schema->partition),
		table->partition_type, PARTITION_MAX) &&
	    (schema->sort == NULL ||
		is_key_value(slice_get(key, schema->sort), table->sort_type,
		    SORT_MAX));
}

static int
read_position(struct segment *seg, struct slice value,
    const struct ddb_table *table)
{
	static const char *const names[] = { "next", "done" };
	struct slice in[COUNT(names)], next;

	if (*value.p == 'n')
		return 0;
	if (!get_members(value, names, COUNT(names), in) || in[0].p == NULL ||
	    in[1].p == NULL || (*in[1].p != 't' && *in[1].p != 'f'))
		return -1;
	next = in[0];
	seg->finished = *in[1].p == 't';
	if (*next.p == 'n')
		return seg->finished ? 0 : -1;
	if (!is_key(next, table))
		return -1;
	buf_add(&seg->next, next.p, next.n);
	return 0;
}

static int
position_cmp(const void *a, const void *b)
{
	const struct segment *x = *(const struct segment *const *)a;
	const struct segment *y = *(const struct segment *const *)b;

	if (x->next.n != y->next.n)
		return x->next.n < y->next.n ? -1 : 1;
	return x->next.n > 0 ? memcmp(x->next.p, y->next.p, x->next.n) : 0;
}

/* Whether no two segments continue after the same key: each key is in one
 * segment only. */
static bool
all_differ(const struct checkpoint *c)
{
	size_t n = (size_t)c->segments;
	const struct segment **list = xcalloc(n, sizeof(struct segment *));
	bool ok = true;

	for (size_t i = 0; i < n; i++)
		list[i] = &c->positions[i];
	qsort(list, n, sizeof(struct segment *), position_cmp);
	for (size_t i = 1; i < n && ok; i++)
		ok = list[i]->next.n == 0 ||
		    position_cmp(&list[i - 1], &list[i]) != 0;
	free(list);
	return ok;
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
		if (read_position(&c->positions[i], value, c->table) != 0)
			return -1;
	}
	return r == 0 && i == c->segments && all_differ(c) ? 0 : -1;
}

/* "file": of an export the bytes written, else null. */
static int
read_file_member(struct checkpoint *c, struct slice file)
{
	static const char *const names[] = { "bytes" };
	struct slice bytes;
	bool exports = strcmp(c->command, "export") == 0;

	c->file_bytes = -1;
	if (file.p == NULL || exports == (*file.p == 'n'))
		return -1;
	if (!exports)
		return 0;
	return get_members(file, names, COUNT(names), &bytes) &&
		slice_int(bytes, &c->file_bytes) == 0 && c->file_bytes >= 0
	    ? 0
	    : -1;
}

static int
read_numbers(const char *path, struct checkpoint *c, struct slice doc,
    struct fault *f)
{
	if (slice_int(slice_get(doc, "now"), &c->now) != 0 ||
	    c->now <= -TEXT_TIME_MAX || c->now >= TEXT_TIME_MAX)
		return damaged(path, "now", f);
	if (slice_int(slice_get(doc, "segments"), &c->segments) != 0 ||
	    c->segments < 1 || c->segments > SEGMENTS_MAX ||
	    (c->segments & (c->segments - 1)) != 0) /* no power of two */
		return damaged(path, "segments", f);
	if (read_file_member(c, slice_get(doc, "file")) != 0)
		return damaged(path, "file", f);
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
	static const char *const names[] = { "schema", "command", "table",
		"table_id", "endpoint", "key", "ttl_attribute", "selection",
		"now", "segments", "positions", "file" };
	struct slice schema = slice_unquote(slice_get(doc, "schema"));
	struct slice in[COUNT(names)];

	if (schema.p == NULL || !slice_text_is(schema, SCHEMA, strlen(SCHEMA)))
		return damaged(path, "schema", f);
	if (!get_members(doc, names, COUNT(names), in))
		return checkpoint_damaged(path, "it has a member twice", f);
	for (size_t i = 0; i < COUNT(must); i++)
		if (agree(path, doc, must[i].name, must[i].value, f) != 0)
			return -1;
	if (agree_key(path, doc, &c->table->schema, f) != 0 ||
	    read_numbers(path, c, doc, f) != 0)
		return -1;
	if (read_positions(c, slice_get(doc, "positions")) != 0)
		return damaged(path, "positions", f);
	return 0;
}

int
checkpoint_trusted(const struct stat *st, uid_t me, const char *path,
    struct fault *f)
{
	struct buf quoted = { 0 };

	if (!S_ISREG(st->st_mode))
		return fault(f, FAULT_REFUSED, "%s: not a regular file", path);
	if (st->st_uid != me)
		return fault(f, FAULT_REFUSED,
		    "%s: the checkpoint belongs to user %lld, but this is user "
		    "%lld; run it as the same user, or remove it to start over",
		    path, (long long)st->st_uid, (long long)me);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return 0;
	shlex_quote(&quoted, path);
	(void)fault(f, FAULT_REFUSED,
	    "%s: others may write to the checkpoint (mode %04o); if nobody "
	    "did, run: chmod 600 %s; otherwise remove it to start over",
	    path, (unsigned)st->st_mode & 07777u, buf_text(&quoted));
	buf_release(&quoted);
	return -1;
}

/* Open ${path} for reading if it can be trusted: 1 and ${fd}; 0 when there is
 * none; -1. */
static int
open_trusted(const char *path, int *fd, struct fault *f)
{
	struct stat st;

	/* not blocking: it may be a FIFO */
	*fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return 0;
	if (*fd < 0 && errno == ELOOP)
		return fault(f, FAULT_REFUSED,
		    "%s: a symbolic link; name the checkpoint itself", path);
	if (*fd < 0)
		return fault(f, FAULT_IO,
		    "%s: cannot read the checkpoint: %s; run as its owner, or "
		    "name another file with --checkpoint",
		    path, strerror(errno));
	if (fstat(*fd, &st) != 0)
		(void)fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	else if (checkpoint_trusted(&st, geteuid(), path, f) == 0)
		return 1;
	(void)close(*fd);
	*fd = -1;
	return -1;
}

int
checkpoint_load(const char *path, struct checkpoint *c, struct fault *f)
{
	struct buf text = { 0 };
	struct slice doc;
	int fd, rc = open_trusted(path, &fd, f);

	if (rc == 0)
		return 0;
	c->positions = NULL;
	if (rc < 0)
		goto out;
	rc = file_read(fd, path, BYTES_MAX, &text, f);
	if (rc < 0)
		goto out;
	doc = (struct slice){ buf_text(&text), text.n };
	if (rc == 1 || !is_ours(doc)) /* ours are never that long */
		rc = foreign(path, doc, f);
	else if (slice_check(doc, NULL) != 0)
		rc = checkpoint_damaged(path, "it is not valid JSON", f);
	else
		rc = read_document(path, c, doc, f) == 0 ? 1 : -1;
out:
	if (fd >= 0)
		(void)close(fd);
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
