#include <string.h>

#include "cli/command/entry.h"
#include "cli/report/figure.h"
#include "cli/report/report_words.h"
#include "export/item_json.h"
#include "inspector/mask.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

static const char *const faults[REASONS] = {
	[REASON_MILLISECONDS] = "the time is in milliseconds",
	[REASON_MICROSECONDS] = "the time is in microseconds",
	[REASON_NANOSECONDS] = "the time is in nanoseconds",
	[REASON_STRING] = "the time is in a string",
	[REASON_TOO_OLD] = ("TTL leaves alone what expired five years ago "
			    "or more"),
	[REASON_FAR_FUTURE] = ("the number is not a time within the next "
			       "100 years in any unit"),
	[REASON_NO_TIME] = ("the value is not a time between 2012 and 100 "
			    "years from now in any unit"),
	[REASON_WRONG_TYPE] = ("the TTL attribute is neither a number nor "
			       "an ISO 8601 date-time, and other forms of "
			       "dates are not read"),
};

/* TTL typically deletes within a few days (Developer Guide, "TTL"). */
#define LATE (7 * INT64_C(86400))

/* How an entry is written. */
struct writing {
	const struct text_report *p;
	struct buf *out; /* that of p */
	bool reveal;
};

/* "expired 3 d ago, at 2026-..." */
static void
when(struct buf *out, const struct record *r, const char *past,
    const char *future)
{
	int64_t ahead = r->overdue >= 0 ? 0
	    : r->overdue > INT64_MIN    ? -r->overdue
					: INT64_MAX;
	bool open = r->zoneless && r->state != STATE_STUCK;
	char text[32];

	if (!r->has_moment)
		return;
	if (open)
		buf_adds(out, r->overdue > 0 ? past : future);
	else if (r->overdue >= 0 && r->state != STATE_LIVE)
		buf_addf(out, "%s %s ago", past, figure_span(r->overdue).s);
	else
		buf_addf(out, "%s in %s", future, figure_span(ahead).s);
	if (text_time_format(text, r->moment) == 0)
		buf_addf(out, "%s at %s", open ? "" : ",", text);
	if (r->zoneless)
		buf_adds(out, " if its zone is UTC (a guess: it names none)");
}

/* Why TTL does not act. */
static void
add_reason(const struct text_report *p, struct buf *out, const struct record *r,
    const struct entry_ttl *ttl)
{
	if (r->reason == REASON_MISSING) {
		buf_adds(out,
		    ttl->assumed ? "the attribute " : "the TTL attribute ");
		text_report_attribute(p, out, ttl->attribute);
		buf_adds(out,
		    ttl->assumed
			? ", which was assumed, is missing; if the time is in "
			  "another one, name it with --ttl-attribute"
			: " is missing");
	} else if (r->reason != REASON_TTL_OFF) {
		buf_adds(out,
		    faults[r->reason] != NULL ? faults[r->reason] : "");
	} else {
		buf_adds(out, "TTL is off");
	}
}

/* Whether TTL acts on another attribute than that by which entries are
 * judged. */
static bool
acts_elsewhere(const struct entry_ttl *ttl)
{
	return ttl->on != NULL && strcmp(ttl->on, ttl->attribute) != 0;
}

/* What TTL will do with what has a time that it reads. */
static void
add_ttl(const struct text_report *p, struct buf *out, const struct record *r,
    const struct entry_ttl *ttl)
{
	if (acts_elsewhere(ttl)) {
		buf_adds(out, "; ");
		report_words_acts_on(p, ttl->on, ttl->attribute, out);
		buf_addc(out, '.');
	} else if (ttl->unknown != NULL) {
		buf_adds(out, "; if TTL is on for ");
		text_report_attribute(p, out, ttl->unknown);
		buf_adds(out, ", TTL deletes it, free of charge.");
	} else if (r->state == STATE_LIVE && r->reason != REASON_NONE) {
		buf_adds(out, "; TTL will not delete it: ");
		add_reason(p, out, r, ttl);
		buf_addc(out, '.');
	} else if (r->overdue >= LATE) {
		buf_adds(out,
		    "; TTL will delete it, free of charge, but is behind, or "
		    "only recently turned on, or the entry was repaired or "
		    "restored.");
	} else {
		buf_adds(out,
		    "; TTL will delete it, free of charge, typically within a "
		    "few days of that.");
	}
}

/* That TTL will never delete it, and why. */
static void
add_never(const struct text_report *p, struct buf *out, const struct record *r,
    const struct entry_ttl *ttl)
{
	bool other = acts_elsewhere(ttl);

	if (other && r->reason == REASON_TTL_OFF) {
		report_words_acts_on(p, ttl->on, ttl->attribute, out);
		return;
	}
	if (other) {
		buf_adds(out, "by ");
		text_report_attribute(p, out, ttl->attribute);
		buf_adds(out, ", TTL would never delete it: ");
	} else {
		buf_adds(out, "TTL will never delete it: ");
	}
	add_reason(p, out, r, ttl);
}

/* What TTL will do with it, in a sentence. */
static void
add_fate(const struct text_report *p, struct buf *out, const struct record *r,
    const struct entry_ttl *ttl)
{
	buf_addf(out, "%s: ", state_name(r->state));
	switch (r->state) {
	case STATE_LIVE:
	case STATE_PENDING:
		when(out, r, "expired", "expires");
		add_ttl(p, out, r, ttl);
		break;
	case STATE_STUCK:
		when(out, r, "expired", "is to expire");
		buf_adds(out, "; ");
		add_never(p, out, r, ttl);
		buf_adds(out,
		    r->old && r->reason != REASON_TOO_OLD
			? ", and TTL leaves alone what expired five years ago "
			  "or more."
			: ".");
		break;
	default:
		when(out, r, "was meant to expire", "is meant to expire");
		buf_adds(out, r->has_moment ? "; " : "");
		add_never(p, out, r, ttl);
		buf_addc(out, '.');
		break;
	}
}

static void value(const struct writing *w, int depth, struct slice v);

/* What replaces ${size} bytes of a secret. */
static void
hidden(const struct writing *w, int64_t size)
{
	buf_addf(w->out, "%s, masked (show with --reveal)",
	    figure_bytes(size).s);
}

/* Whether a member of this name is masked in an entry whose values are
 * shown. */
static bool
hides(const struct writing *w, struct slice name)
{
	return !w->reveal && mask_hides_name(name);
}

/* A string, a number or a word of JSON. */
static void
scalar(const struct writing *w, struct slice json)
{
	struct slice text = slice_unquote(json);

	if (!w->reveal && text.p != NULL && mask_hides_text(text))
		hidden(w, (int64_t)slice_text_length(text));
	else
		item_json_compact(w->out, json);
}

/* JSON, one member or element per line. slice_check bounds the depth. */
static void
pretty(const struct writing *w, int depth, struct slice json)
{
	struct slice_walk object = slice_walk(json), walk = object;
	struct slice name = { 0 }, v;
	const char *between = "\n";
	bool named = slice_object(&object) == 0;

	if (!named && slice_array(&walk) != 0) {
		scalar(w, json);
		return;
	}
	if (named)
		walk = object;
	buf_addc(w->out, named ? '{' : '[');
	while (
	    (named ? slice_member(&walk, &name) : slice_element(&walk)) == 1 &&
	    slice_value(&walk, &v) == 0) {
		buf_adds(w->out, between);
		between = ",\n";
		buf_addf(w->out, "%*s", depth + 2, "");
		if (named) {
			item_json_string(w->out, name);
			buf_adds(w->out, ": ");
		}
		if (named && hides(w, name))
			hidden(w, (int64_t)v.n);
		else
			pretty(w, depth + 2, v);
	}
	if (between[0] == ',') {
		buf_addc(w->out, '\n');
		buf_addf(w->out, "%*s", depth, "");
	}
	buf_addc(w->out, named ? '}' : ']');
}

static bool
is_json(struct slice doc)
{
	struct slice_walk object = slice_walk(doc), array = object;

	return (slice_object(&object) == 0 || slice_array(&array) == 0) &&
	    slice_check(doc, NULL) == 0;
}

/* A text, or the JSON in it. */
static void
text_value(const struct writing *w, int depth, struct slice inner)
{
	struct buf text = { 0 };
	struct slice doc;
	size_t from;

	slice_text_decode(&text, inner);
	doc = (struct slice){ buf_text(&text), text.n };
	if (doc.n == 0) {
		buf_adds(w->out, "\"\"");
	} else if (is_json(doc)) {
		buf_adds(w->out, "JSON\n");
		buf_addf(w->out, "%*s", depth + 2, "");
		from = w->out->n;
		pretty(w, depth + 2, doc);
		if (w->p->style.ascii)
			item_json_ascii(w->out, from);
	} else if (!w->reveal && mask_hides_text(inner)) {
		hidden(w, (int64_t)doc.n);
	} else {
		text_escape(w->out, doc.p, doc.n, w->p->style.ascii);
	}
	buf_release(&text);
}

static void
add_name(const struct writing *w, int depth, struct slice name)
{
	struct buf text = { 0 };

	slice_text_decode(&text, name);
	buf_addf(w->out, "%*s", depth, "");
	text_escape(w->out, buf_text(&text), text.n, w->p->style.ascii);
	buf_adds(w->out, "  ");
	buf_release(&text);
}

/* "TYPE  312 B, masked ...", and a newline. */
static void
masked(const struct writing *w, struct slice v)
{
	struct slice inner;

	buf_addf(w->out, "%s  ", attr_type_name(attr_open(v, &inner)));
	hidden(w, attr_size(v));
	buf_addc(w->out, '\n');
}

/* The elements of a list or a set, one per line. */
static void
elements(const struct writing *w, int depth, struct slice array,
    enum attr_type type)
{
	struct slice_walk walk = slice_walk(array);
	struct slice v;

	buf_addc(w->out, '\n');
	if (slice_array(&walk) != 0)
		return;
	while (slice_element(&walk) == 1 && slice_value(&walk, &v) == 0) {
		buf_addf(w->out, "%*s", depth + 2, "");
		buf_adds(w->out, "- ");
		if (type == ATTR_L) {
			value(w, depth + 2, v);
			continue;
		}
		v = slice_unquote(v);
		if (!w->reveal && type == ATTR_BS && mask_hides_binary(v))
			hidden(w, (int64_t)v.n);
		else
			text_value(w, depth + 2, v);
		buf_addc(w->out, '\n');
	}
}

static void
members(const struct writing *w, int depth, struct slice object)
{
	struct slice_walk walk = slice_walk(object);
	struct slice name, v;

	buf_addc(w->out, '\n');
	if (slice_object(&walk) != 0)
		return;
	while (slice_member(&walk, &name) == 1 && slice_value(&walk, &v) == 0) {
		add_name(w, depth + 2, name);
		if (hides(w, name))
			masked(w, v);
		else
			value(w, depth + 2, v);
	}
}

/* "TYPE  value", and a newline. */
static void
value(const struct writing *w, int depth, struct slice v)
{
	struct slice inner;
	enum attr_type type = attr_open(v, &inner);
	size_t from;

	text_report_colored(w->p, TEXT_REPORT_DIM, attr_type_name(type));
	if (type <= ATTR_NULL || type == ATTR_BAD)
		buf_adds(w->out, "  ");
	switch (type) {
	case ATTR_S:
		text_value(w, depth, inner);
		break;
	case ATTR_B:
		if (!w->reveal && mask_hides_binary(inner))
			hidden(w, attr_size(v));
		else
			text_escape(w->out, inner.p, inner.n,
			    w->p->style.ascii);
		break;
	case ATTR_M:
		members(w, depth, inner);
		return;
	case ATTR_L:
	case ATTR_SS:
	case ATTR_NS:
	case ATTR_BS:
		elements(w, depth, inner, type);
		return;
	case ATTR_BAD:
		if (!w->reveal && mask_hides_json(v)) {
			hidden(w, (int64_t)v.n);
			break;
		}
		from = w->out->n;
		item_json_compact(w->out, v);
		if (w->p->style.ascii)
			item_json_ascii(w->out, from);
		break;
	default:
		text_escape(w->out, inner.p, inner.n, w->p->style.ascii);
		break;
	}
	buf_addc(w->out, '\n');
}

/* Add the partition key, or the sort key. */
static void
add_key(const struct writing *w, struct buf *out, const struct record *r,
    bool sort)
{
	struct slice key = sort ? r->sort : r->key;
	struct buf shown = { 0 };

	if (!w->reveal) {
		if (sort)
			mask_sort(&shown, r);
		else
			mask_key(&shown, r);
		key = (struct slice){ buf_text(&shown), shown.n };
	}
	text_escape(out, key.p, key.n, w->p->style.ascii);
	buf_release(&shown);
}

static void
attributes(const struct writing *w, const struct record *r)
{
	struct slice_walk walk = slice_walk(r->item->json);
	struct slice name, attr;
	enum attr_type type;
	bool sort;

	(void)slice_object(&walk);
	while (
	    slice_member(&walk, &name) == 1 && slice_value(&walk, &attr) == 0) {
		add_name(w, 2, name);
		sort = attr.p == r->item->sort.p;
		if (w->reveal || !mask_hides(r, name, attr)) {
			value(w, 2, attr);
		} else if (sort || attr.p == r->item->partition.p) {
			type = attr_open(attr, &(struct slice){ 0 });
			buf_addf(w->out, "%s  ", attr_type_name(type));
			add_key(w, w->out, r, sort);
			buf_addc(w->out, '\n');
		} else {
			masked(w, attr);
		}
	}
}

/* What TTL will do with it by the attribute that it acts on, ${other} being the
 * entry judged by that. */
static void
add_other(const struct text_report *p, struct buf *out,
    const struct record *other, const struct entry_ttl *ttl)
{
	struct entry_ttl acting = { .attribute = ttl->on, .on = ttl->on };

	buf_adds(out, " By ");
	text_report_attribute(p, out, ttl->on);
	buf_adds(out, ", ");
	add_fate(p, out, other, &acting);
}

void
entry_print(const struct text_report *p, const struct record *r,
    const struct record *other, const struct entry_ttl *ttl, bool reveal)
{
	const struct writing w = { .p = p, .out = p->out, .reveal = reveal };
	struct buf text = { 0 };

	add_key(&w, &text, r, false);
	if (r->sort.p != NULL) {
		buf_adds(&text, " / ");
		add_key(&w, &text, r, true);
	}
	text_report_colored(p, TEXT_REPORT_BOLD, buf_text(&text));
	buf_addc(p->out, '\n');
	buf_reset(&text);
	buf_addf(&text, "%s, ", kind_name(r->kind));
	if (r->size >= 0)
		buf_addf(&text, "%s, ", figure_bytes(r->size).s);
	add_fate(p, &text, r, ttl);
	if (other != NULL)
		add_other(p, &text, other, ttl);
	text_report_words(p, 2, buf_text(&text), NULL);
	attributes(&w, r);
	buf_release(&text);
}
