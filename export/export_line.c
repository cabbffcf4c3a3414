#include <string.h>

#include "export/export_line.h"
#include "export/plain_line.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/attr.h"

/* The members that show what a line is. */
enum part {
	PART_ITEM,
	PART_META,
	PART_KEYS,
	PART_NEW,
	PART_OLD,
	PART_SWEEP,
	PART_OUTCOME,
	PART_HEADER,
	PARTS
};

static const struct {
	const char *name;
	char first; /* of its value */
} parts[PARTS] = {
	/* clang-format off */
	[PART_ITEM]    = { "Item",                '{' },
	[PART_META]    = { "Metadata",            '{' },
	[PART_KEYS]    = { "Keys",                '{' },
	[PART_NEW]     = { "NewImage",            '{' },
	[PART_OLD]     = { "OldImage",            '{' },
	[PART_SWEEP]   = { "Ttlsweep",            '{' },
	[PART_OUTCOME] = { "Outcome",             '[' },
	[PART_HEADER]  = { "ttlsweep.journal/1",  '{' },
	/* clang-format on */
};

#define JOURNAL "ttlsweep.journal/"

static int
find_part(struct slice name)
{
	for (int i = 0; i < PARTS; i++)
		if (slice_text_is(name, parts[i].name, strlen(parts[i].name)))
			return i;
	return -1;
}

/*
 * Whether ${text} is a bare item: an object of attribute values. Where an
 * attribute has the name of a part its value is checked all the way down: it
 * cannot be valid both as a value ({"M":{…}}) and as an item ({"key":{…}}).
 * ${sure}: it must be a bare item.
 */
static bool
is_bare(struct slice text, bool sure)
{
	struct slice_walk w = slice_walk(text);
	struct slice name, value, inner;
	bool any = false;
	int r = slice_object(&w) == 0 ? 1 : -1;

	while (r == 1 && (r = slice_member(&w, &name)) == 1) {
		if (slice_value(&w, &value) != 0 ||
		    attr_open(value, &inner) == ATTR_BAD ||
		    (!sure && find_part(name) >= 0 &&
			attr_wrong(value) != NULL))
			return false;
		any = true;
	}
	return r == 0 && any && slice_end(&w) == 0;
}

static int
take_member(struct slice found[PARTS], struct slice name, struct slice value,
    struct fault *f)
{
	int i = find_part(name);

	if (i < 0) {
		if (name.n > strlen(JOURNAL) &&
		    memcmp(name.p, JOURNAL, strlen(JOURNAL)) == 0)
			return fault(f, FAULT_DATA,
			    "a journal of another version of ttlsweep (%.*s); "
			    "use the ttlsweep that wrote it",
			    SLICE_ARG(name));
		return 0;
	}
	/* some exports have null for a missing image */
	if ((i == PART_NEW || i == PART_OLD) && *value.p == 'n')
		return 0;
	if (found[i].p != NULL)
		return fault(f, FAULT_DATA, "it has \"%s\" twice",
		    parts[i].name);
	if (*value.p != parts[i].first)
		return fault(f, FAULT_DATA, "\"%s\" is not %s", parts[i].name,
		    parts[i].first == '{' ? "an object" : "an array");
	found[i] = value;
	return 0;
}

/* Find the parts of one object. */
static int
take_parts(struct slice found[PARTS], struct slice text, struct fault *f)
{
	struct slice_walk w = slice_walk(text);
	struct slice name, value;
	int r;

	if (slice_object(&w) != 0)
		return fault(f, FAULT_DATA, "it is not a JSON object");
	while ((r = slice_member(&w, &name)) == 1) {
		if (slice_value(&w, &value) != 0) {
			r = -1;
			break;
		}
		if (take_member(found, name, value, f) != 0)
			return -1;
	}
	if (r != 0)
		return fault(f, FAULT_DATA, "not valid JSON from byte %zu on",
		    (size_t)(w.p - text.p) + 1);
	if (slice_end(&w) != 0)
		return fault(f, FAULT_DATA,
		    "something follows the object, at byte %zu; put each "
		    "entry on a line of its own",
		    (size_t)(w.p - text.p) + 1);
	return 0;
}

static int
take_change(struct line *out, const struct slice found[PARTS], struct fault *f)
{
	struct slice at;

	out->kind = LINE_CHANGE;
	out->keys = found[PART_KEYS];
	if (out->keys.p == NULL)
		return fault(f, FAULT_DATA, "a change without \"Keys\"");
	out->deletes = found[PART_NEW].p == NULL;
	out->item = found[out->deletes ? PART_OLD : PART_NEW];
	at = slice_get(found[PART_META], "WriteTimestampMicros");
	if (slice_int(slice_get(at, "N"), &out->at_us) != 0)
		out->at_us = 0;
	if (found[PART_SWEEP].p == NULL)
		return 0;
	out->kind = LINE_INTENT;
	if (!out->deletes || out->item.p == NULL)
		return fault(f, FAULT_DATA,
		    "a journal's entry without \"OldImage\"");
	out->ttl = slice_get(found[PART_SWEEP], "ttl");
	if (slice_int(slice_get(found[PART_SWEEP], "n"), &out->n) != 0 ||
	    out->n < 1)
		return fault(f, FAULT_DATA, "a journal's entry without number");
	return 0;
}

/* How much of a name from the file a message shows. */
#define NAME_SHOWN 60

#define REPORTS "ttlsweep." /* how the names of their schemas begin */

/* Say what the file of ${schema} is, and what to do with it. */
static int
not_data(struct slice schema, struct fault *f)
{
	static const struct {
		const char *schema, *is, *hint;
	} files[] = {
		{ "ttlsweep.inspect/", "a report",
		    "; ttlsweep inspect --merge FILE prints it again" },
		{ "ttlsweep.checkpoint/", "a checkpoint",
		    "; name it with --checkpoint to continue its run" },
		{ "ttlsweep.", "a report", "" },
	};
	size_t i = 0;

	while (schema.n < strlen(files[i].schema) ||
	    memcmp(schema.p, files[i].schema, strlen(files[i].schema)) != 0)
		i++;
	return fault(f, FAULT_DATA, "%s (%.*s), not an export or a journal%s",
	    files[i].is, SLICE_ARG(schema), files[i].hint);
}

/* Whether ${responses} has the entries of a table, as BatchGetItem gives
 * them. */
static bool
is_batch(struct slice responses)
{
	struct slice_walk w = slice_walk(responses);
	struct slice name, value;

	return responses.p != NULL && slice_object(&w) == 0 &&
	    slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0 &&
	    *value.p == '[';
}

/* Say what ${text}, an object but no entry, is. */
static int
not_an_entry(struct slice text, struct fault *f)
{
	struct slice_walk w = slice_walk(text);
	struct slice name, value, inner;

	if (slice_get(text, "manifestFilesS3Key").p != NULL ||
	    slice_get(text, "dataFileS3Key").p != NULL)
		return fault(f, FAULT_DATA,
		    "a manifest of an export to S3, not its data; give the "
		    "directory with the manifests and the data");
	if (slice_get(text, "Items").p != NULL ||
	    is_batch(slice_get(text, "Responses")))
		return fault(f, FAULT_DATA,
		    "a reply of Scan, Query or BatchGetItem after lines of "
		    "another kind; put each kind in its own file");
	value = slice_unquote(slice_get(text, "schema"));
	if (value.n > strlen(REPORTS) &&
	    memcmp(value.p, REPORTS, strlen(REPORTS)) == 0)
		return not_data(value, f);
	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (attr_open(value, &inner) != ATTR_BAD)
			continue;
		if (name.n > NAME_SHOWN)
			name = SLICE("...");
		return fault(f, FAULT_DATA,
		    "the value of \"%.*s\" has no type, such as "
		    "{\"S\":\"...\"}, so this is not an entry; JSON Lines "
		    "have lost the types: what export --format dynamodb-json "
		    "writes can be read back",
		    SLICE_ARG(name));
	}
	return fault(f, FAULT_DATA, "an empty object, not an entry");
}

int
line_item(struct line *out, struct slice text, struct fault *f)
{
	*out = (struct line){ .kind = LINE_ITEM, .item = text };
	return is_bare(text, true) ? 0 : not_an_entry(text, f);
}

int
line_parse(struct line *out, struct slice text, struct fault *f)
{
	return plain_line(out, text) ? 0 : line_parse_any(out, text, f);
}

int
line_parse_any(struct line *out, struct slice text, struct fault *f)
{
	struct slice found[PARTS] = { { NULL, 0 } };
	struct slice_walk w = slice_walk(text);
	bool change;
	int kinds;

	*out = (struct line){ .kind = LINE_BLANK };
	if (slice_end(&w) == 0)
		return 0;
	if (is_bare(text, false)) {
		out->kind = LINE_ITEM;
		return slice_value(&w, &out->item); /* without white space */
	}
	if (take_parts(found, text, f) != 0)
		return -1;
	change = found[PART_KEYS].p != NULL || found[PART_NEW].p != NULL ||
	    found[PART_OLD].p != NULL || found[PART_SWEEP].p != NULL;
	kinds = (found[PART_ITEM].p != NULL) + (found[PART_OUTCOME].p != NULL) +
	    (found[PART_HEADER].p != NULL) + change;
	if (kinds > 1)
		return fault(f, FAULT_DATA, "it is two kinds of line at once");
	if (kinds == 0)
		return not_an_entry(text, f);
	if (change)
		return take_change(out, found, f);
	if (found[PART_ITEM].p != NULL) {
		out->kind = LINE_ITEM;
		out->item = found[PART_ITEM];
	} else if (found[PART_HEADER].p != NULL) {
		out->kind = LINE_HEADER;
		out->body = found[PART_HEADER];
	} else {
		out->kind = LINE_OUTCOME;
		out->body = found[PART_OUTCOME];
	}
	return 0;
}

bool
line_heads_journal(struct slice text)
{
	static const char head[] = "{\"" JOURNAL;
	size_t n = sizeof(head) - 1;

	return text.n >= n && memcmp(text.p, head, n) == 0;
}

int
line_not_journal(const struct line *line, struct fault *f)
{
	if (line->kind != LINE_HEADER && line->kind != LINE_INTENT &&
	    line->kind != LINE_OUTCOME)
		return 0;
	return fault(f, FAULT_DATA,
	    "a line of a journal, but the file does not begin like one: its "
	    "beginning is missing or damaged; use another copy of it");
}
