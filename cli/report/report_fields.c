#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/report/codec.h"
#include "cli/report/report.h"
#include "cli/report/report_read.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

enum field_type {
	FIELD_TEXT,
	FIELD_KEY,
	FIELD_NOW,
	FIELD_COUNT,
	FIELD_REAL,
	FIELD_SPAN /* real; the sum of several is the largest */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;       /* in struct report; key and now: of a pointer */
	bool of_table;       /* not in the report of a file */
	const char *another; /* what differs if it does; NULL: its name */
};

#define AT(m) offsetof(struct report, m)

/* clang-format off */
static const struct field head[] = {
	{ "table", FIELD_TEXT, AT(place.table), false, NULL },
	{ "table_id", FIELD_TEXT, AT(place.table_id), false,
	    "table_id (it was deleted and created again)" },
	{ "region", FIELD_TEXT, AT(place.region), false, NULL },
	{ "endpoint", FIELD_TEXT, AT(place.endpoint), false, NULL },
	{ "key", FIELD_KEY, AT(schema), false, NULL },
	{ "ttl_attribute", FIELD_TEXT, AT(ttl_attribute), false, NULL },
	{ "ttl_status", FIELD_TEXT, AT(ttl_status), false, NULL },
	{ "table_ttl_attribute", FIELD_TEXT, AT(table_ttl), false, NULL },
	{ "now", FIELD_NOW, AT(rules), false,
	    "time (give all of them the same --now)" },
	{ "selection", FIELD_TEXT, AT(selection), false,
	    "selection of entries" },
	{ "judging", FIELD_TEXT, AT(judging), false,
	    "--session-prefix or --group" },
};

static const struct field scanned[] = {
	{ "items", FIELD_COUNT, AT(work.items), false, NULL },
	{ "bytes", FIELD_COUNT, AT(work.bytes), false, NULL },
	{ "pages", FIELD_COUNT, AT(work.pages), false, NULL },
	{ "requests", FIELD_COUNT, AT(work.requests), true, NULL },
	{ "retries", FIELD_COUNT, AT(work.retries), true, NULL },
	{ "capacity_units", FIELD_REAL, AT(work.read_units), true, NULL },
	{ "seconds", FIELD_SPAN, AT(work.seconds), false, NULL },
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void *
field_of(const struct report *r, const struct field *field)
{
	return (char *)(uintptr_t)r + field->offset;
}

static void
key(struct codec at, const char *name)
{
	struct slice_walk w = slice_walk(slice_get(at.in, name));
	const char **names[2];
	struct slice part;
	struct buf b = { 0 };
	int n = 0, more = -1;

	if (at.j != NULL) {
		struct json *j = json_array(at.j, name);

		json_str(j, NULL, at.p->r->schema->partition);
		json_str(j, NULL, at.p->r->schema->sort);
		return;
	}
	names[0] = &at.p->out->schema.partition;
	names[1] = &at.p->out->schema.sort;
	if (slice_array(&w) == 0)
		while ((more = slice_element(&w)) == 1 && n < 2 &&
		    slice_string(&w, &part) == 0) {
			buf_reset(&b);
			slice_text_decode(&b, part);
			*names[n++] = xstrdup(buf_text(&b));
		}
	if (more != 0 || n == 0)
		codec_wrong(at, name);
	buf_release(&b);
}

static void
now(struct codec at, const char *name)
{
	struct slice value = slice_get(at.in, name);

	if (at.j != NULL)
		json_int(at.j, name, at.p->r->rules->now);
	else if (value.p == NULL ||
	    slice_int(value, &at.p->out->rules.now) != 0)
		codec_wrong(at, name);
}

/* Whether ${field} is written. */
static bool
is_said(const struct report *r, const struct field *field)
{
	if (field->offset == AT(table_ttl))
		return r->table_ttl != NULL &&
		    strcmp(r->table_ttl, r->ttl_attribute) != 0;
	if (field->offset == AT(selection) || field->offset == AT(judging))
		return *(const char **)field_of(r, field) != NULL &&
		    **(const char **)field_of(r, field) != '\0';
	if (field->offset == AT(work.bytes))
		return r->work.bytes >= 0;
	return !field->of_table || r->place.input == NULL;
}

static void
fields(struct codec at, const struct field *all, size_t n)
{
	const struct report *r = at.p->r;

	for (size_t i = 0; i < n; i++) {
		const struct field *field = &all[i];
		void *v = field_of(r, field);

		if (at.j != NULL
			? !is_said(r, field)
			: (field->of_table && r->place.input != NULL) ||
			    (field->offset == AT(work.bytes) &&
				!codec_has(at, field->name)))
			continue;
		switch (field->type) {
		case FIELD_TEXT:
			codec_text(at, field->name, v);
			break;
		case FIELD_KEY:
			key(at, field->name);
			break;
		case FIELD_NOW:
			now(at, field->name);
			break;
		case FIELD_COUNT:
			codec_figure(at, field->name, v);
			break;
		case FIELD_REAL:
		case FIELD_SPAN:
			codec_real(at, field->name, v);
			break;
		}
	}
}

void
report_fields_work(struct codec at)
{
	struct codec j = codec_member(at, "scanned");

	if (at.j == NULL) {
		if (j.in.p == NULL)
			codec_wrong(at, "scanned");
		at.p->out->report.work.bytes = -1;
		/* only a table takes requests */
		if (!codec_has(j, "requests"))
			at.p->out->report.place.input = at.p->name;
	}
	fields(j, scanned, COUNT(scanned));
}

void
report_fields_head(struct codec at)
{
	fields(at, head, COUNT(head));
	codec_check(at, "ttl_attribute", at.p->r->ttl_attribute != NULL);
}

static void
part_written(struct json *parent, const struct report *r)
{
	struct json *j;

	json_bool(parent, "complete",
	    r->complete && !(r->merged && r->shards != NULL));
	json_int(parent, "segments", r->segments);
	/* marks an interrupted run for readers */
	if (r->segments_done < r->segments_asked || !r->complete)
		json_int(parent, "segments_done", r->segments_done);
	if (r->sample != NULL) {
		const struct estimate_sample *by = &r->sample->by;

		j = json_object(parent, "sample");
		json_real(j, "fraction",
		    by->of > 0 ? (double)by->segments / (double)by->of : 0, 6);
		json_int(j, "segments", by->segments);
		json_int(j, "of", by->of);
	} else {
		json_null(parent, "sample");
	}
	if (r->shards == NULL) {
		json_null(parent, "shards");
		return;
	}
	j = json_object(parent, "shards");
	json_int(j, "of", r->shards->of);
	j = json_array(j, "have");
	for (size_t i = 0; i < r->shards->n; i++)
		json_int(j, NULL, r->shards->have[i]);
}

/* Which segments a report is of; their number has been read. */
static void
shards_read(struct codec at, struct report_read *r)
{
	struct codec shards = codec_member(at, "shards");
	struct slice_walk w = slice_walk(slice_get(shards.in, "have"));
	struct slice value, of;
	int64_t shard, last = 0, asked = 0;
	int more;

	r->report.segments_asked = r->report.segments;
	if (shards.in.p == NULL || codec_is(shards.in, "null"))
		return;
	of = slice_get(shards.in, "of");
	codec_check(at, "shards",
	    r->report.segments == SCAN_SHARD_SEGMENTS && of.p != NULL &&
		of.p[0] != '"' && slice_int(of, &r->shards.of) == 0 &&
		r->shards.of >= 0 && r->shards.of <= SCAN_SHARD_SEGMENTS);
	if (slice_array(&w) != 0)
		codec_wrong(at, "have");
	while (!at.p->wrong && (more = slice_element(&w)) != 0) {
		if (more < 0 || slice_value(&w, &value) != 0 ||
		    slice_int(value, &shard) != 0 || shard <= last ||
		    shard > r->shards.of) {
			codec_wrong(at, "have");
			return;
		}
		r->have[r->shards.n++] = last = shard;
		for (int64_t i = 0; i < SCAN_SHARD_SEGMENTS; i++)
			asked += scan_shard(i, shard, r->shards.of);
	}
	if (r->shards.n == 0)
		codec_wrong(at, "have");
	r->shards.have = r->have;
	r->report.shards = &r->shards;
	r->report.segments_asked = asked;
}

static void
part_read(struct codec at, struct report_read *r)
{
	struct slice sample = slice_get(at.in, "sample");

	if (!at.p->wrong && sample.p != NULL && !codec_is(sample, "null")) {
		(void)fault(at.p->f, FAULT_DATA,
		    "%s: an estimate (--sample), which does not contain the "
		    "counts, so it cannot be combined or printed again",
		    at.p->name);
		at.p->wrong = true;
	}
	codec_flag(at, "complete", &r->report.complete);
	codec_figure_to(at, "segments", INT64_MAX, &r->report.segments);
	shards_read(at, r);
	r->report.segments_done = r->report.segments_asked;
	if (codec_has(at, "segments_done"))
		codec_figure_to(at, "segments_done", r->report.segments_asked,
		    &r->report.segments_done);
	else /* it only lacks shards, which are listed */
		r->report.complete = true;
}

/* Which part of the table it is of. */
void
report_fields_part(struct codec at)
{
	if (at.j != NULL)
		part_written(at.j, at.p->r);
	else
		part_read(at, at.p->out);
}

void
report_fields_release(struct report *r)
{
	for (size_t i = 0; i < COUNT(head); i++)
		if (head[i].type == FIELD_TEXT)
			free(*(char **)field_of(r, &head[i]));
}

/* Either may be NULL. */
static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_same(const struct report *a, const struct report *b,
    const struct field *field)
{
	if (field->type == FIELD_NOW)
		return a->rules->now == b->rules->now;
	if (field->type == FIELD_KEY)
		return same(a->schema->partition, b->schema->partition) &&
		    same(a->schema->sort, b->schema->sort);
	return same(*(const char **)field_of(a, field),
	    *(const char **)field_of(b, field));
}

static int64_t
shards_of(const struct report *r)
{
	return r->shards != NULL ? r->shards->of : 0;
}

const char *
report_fields_difference(const struct report *a, const struct report *b)
{
	for (size_t i = 0; i < COUNT(head); i++)
		if (!is_same(a, b, &head[i]))
			return head[i].another != NULL ? head[i].another
						       : head[i].name;
	if (a->segments != b->segments)
		return "number of segments";
	if (shards_of(a) != shards_of(b))
		return "number of shards";
	if (a->summary->sizes != b->summary->sizes)
		return "--no-sizes";
	return a->place.price != b->place.price ? "prices" : NULL;
}

void
report_fields_add(struct report *to, const struct report *part)
{
	for (size_t i = 0; i < COUNT(scanned); i++) {
		void *sum_of = field_of(to, &scanned[i]);
		const void *v = field_of(part, &scanned[i]);

		if (scanned[i].type == FIELD_COUNT)
			*(int64_t *)sum_of += *(const int64_t *)v;
		else if (scanned[i].type == FIELD_REAL)
			*(double *)sum_of += *(const double *)v;
		else if (*(const double *)v > *(const double *)sum_of)
			*(double *)sum_of = *(const double *)v;
	}
}
