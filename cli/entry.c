#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/entry.h"
#include "dynamodb/attr.h"
#include "dynamodb/item.h"
#include "export/plain.h"
#include "inspector/mask.h"
#include "inspector/record.h"

static const char *const faults[REASONS] = {
	[REASON_MILLISECONDS] = "the time is in milliseconds",
	[REASON_MICROSECONDS] = "the time is in microseconds",
	[REASON_NANOSECONDS] = "the time is in nanoseconds",
	[REASON_STRING] = "the time is in a string",
	[REASON_TTL_OFF] = "TTL does not act on this attribute",
	[REASON_TOO_OLD] = "it expired five years ago or more",
	[REASON_FAR_FUTURE] = "the number is not a time within the next 100 "
			      "years in any unit",
	[REASON_NO_TIME] = "the value is not a time between 2012 and 100 years "
			   "from now in any unit",
	[REASON_MISSING] = "the attribute is missing",
	[REASON_WRONG_TYPE] = "the attribute is neither a number nor a time",
};

static void
indent(const struct paper *p, int n)
{
	for (; n > 0; n--)
		buf_addc(p->out, ' ');
}

/* "expired 3 d ago, at 2026-…" */
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
	if (open) {
		buf_addf(out, "%s", future);
	} else if (r->overdue >= 0 && r->state != STATE_LIVE) {
		buf_addf(out, "%s ", past);
		paper_span(out, r->overdue);
		buf_adds(out, " ago");
	} else {
		buf_addf(out, "%s in ", future);
		paper_span(out, ahead);
	}
	if (text_time_format(text, r->moment) == 0)
		buf_addf(out, "%s at %s", open ? "" : ",", text);
	if (r->zoneless)
		buf_adds(out, " if its zone is UTC (a guess: it names none)");
}

void
entry_fate(struct buf *out, const struct record *r)
{
	buf_addf(out, "%s: ", state_name(r->state));
	switch (r->state) {
	case STATE_LIVE:
		when(out, r, "expired", "expires");
		buf_adds(out,
		    r->reason == REASON_NONE
			? "; TTL will delete it, free of charge, typically "
			  "within a few days of that."
			: "; TTL does not act on this attribute and will "
			  "leave it.");
		break;
	case STATE_PENDING:
		when(out, r, "expired", "expires");
		buf_adds(out,
		    "; TTL will delete it, free of charge, "
		    "typically within a few days of that.");
		break;
	case STATE_STUCK:
		when(out, r, "was to expire", "is to expire");
		buf_addf(out, "; TTL will never delete it: %s.",
		    faults[r->reason]);
		break;
	default:
		when(out, r, "was to expire", "is meant to expire");
		buf_addf(out, "%sTTL will never delete it: %s.",
		    r->has_moment ? "; " : "",
		    faults[r->reason] != NULL ? faults[r->reason] : "");
		break;
	}
}

static void value(const struct paper *p, int depth, struct slice v);

/* JSON, a member or an element a line. Depth is bounded by slice_check. */
static void
pretty(const struct paper *p, int depth, struct slice json)
{
	struct slice_walk w = slice_walk(json);
	struct slice name, v;
	const char *between = "\n";
	bool object = slice_object(&w) == 0;

	if (!object) {
		w = slice_walk(json);
		if (slice_array(&w) != 0) {
			plain_compact(p->out, json);
			return;
		}
	}
	buf_addc(p->out, object ? '{' : '[');
	while ((object ? slice_member(&w, &name) : slice_element(&w)) == 1 &&
	    slice_value(&w, &v) == 0) {
		buf_adds(p->out, between);
		between = ",\n";
		indent(p, depth + 2);
		if (object) {
			plain_string(p->out, name);
			buf_adds(p->out, ": ");
		}
		pretty(p, depth + 2, v);
	}
	if (between[0] == ',') {
		buf_addc(p->out, '\n');
		indent(p, depth);
	}
	buf_addc(p->out, object ? '}' : ']');
}

/* Text, or the JSON that stands in it. */
static void
text_value(const struct paper *p, int depth, struct slice inner)
{
	struct buf text = { 0 };
	struct slice doc;
	size_t blank = 0, from;

	slice_text_decode(&text, inner);
	doc = (struct slice){ buf_text(&text), text.n };
	while (blank < doc.n && strchr(" \t\r\n", doc.p[blank]) != NULL &&
	    doc.p[blank] != '\0')
		blank++;
	if (blank < doc.n && (doc.p[blank] == '{' || doc.p[blank] == '[') &&
	    slice_check(doc, NULL) == 0) {
		buf_adds(p->out, "JSON\n");
		indent(p, depth + 2);
		from = p->out->n;
		pretty(p, depth + 2,
		    (struct slice){ doc.p + blank, doc.n - blank });
		if (p->style.ascii)
			plain_ascii(p->out, from);
	} else {
		text_escape(p->out, doc.p, doc.n, p->style.ascii);
	}
	buf_release(&text);
}

/* "  name  TYPE  value" */
static void
member(const struct paper *p, int depth, struct slice name, struct slice v)
{
	struct buf text = { 0 };

	slice_text_decode(&text, name);
	indent(p, depth);
	text_escape(p->out, buf_text(&text), text.n, p->style.ascii);
	buf_adds(p->out, "  ");
	value(p, depth, v);
	buf_release(&text);
}

/* The elements of a list or a set, each on its line. */
static void
elements(const struct paper *p, int depth, struct slice array,
    enum attr_type type)
{
	struct slice_walk w = slice_walk(array);
	struct slice v;

	buf_addc(p->out, '\n');
	if (slice_array(&w) != 0)
		return;
	while (slice_element(&w) == 1 && slice_value(&w, &v) == 0) {
		indent(p, depth + 2);
		if (type == ATTR_L) {
			buf_adds(p->out, "- ");
			value(p, depth + 2, v);
			continue;
		}
		buf_adds(p->out, "- ");
		text_value(p, depth + 2, slice_unquote(v));
		buf_addc(p->out, '\n');
	}
}

static void
members(const struct paper *p, int depth, struct slice object)
{
	struct slice_walk w = slice_walk(object);
	struct slice name, v;

	buf_addc(p->out, '\n');
	if (slice_object(&w) != 0)
		return;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &v) == 0)
		member(p, depth + 2, name, v);
}

/* "TYPE  value", with the end of its last line. */
static void
value(const struct paper *p, int depth, struct slice v)
{
	struct slice inner;
	enum attr_type type = attr_open(v, &inner);
	size_t from;

	if (p->style.color)
		buf_addf(p->out, "\033[%sm", PAPER_DIM);
	buf_adds(p->out, attr_type_name(type));
	if (p->style.color)
		buf_adds(p->out, "\033[m");
	if (type <= ATTR_NULL || type == ATTR_BAD)
		buf_adds(p->out, "  ");
	switch (type) {
	case ATTR_S:
		text_value(p, depth, inner);
		break;
	case ATTR_M:
		members(p, depth, inner);
		return;
	case ATTR_L:
	case ATTR_SS:
	case ATTR_NS:
	case ATTR_BS:
		elements(p, depth, inner, type);
		return;
	case ATTR_BAD:
		from = p->out->n;
		plain_compact(p->out, v);
		if (p->style.ascii)
			plain_ascii(p->out, from);
		break;
	default:
		text_escape(p->out, inner.p, inner.n, p->style.ascii);
		break;
	}
	buf_addc(p->out, '\n');
}

/* In place of what a session holds. */
static void
hidden(const struct paper *p, struct slice v)
{
	struct slice inner;

	buf_addf(p->out, "%s  ", attr_type_name(attr_open(v, &inner)));
	paper_bytes(p->out, attr_size(v));
	buf_adds(p->out, ", masked (--reveal shows it)\n");
}

static void
attributes(const struct paper *p, const struct entry_view *v,
    const struct record *r)
{
	struct slice_walk w = slice_walk(r->item->json);
	bool hide = r->kind == KIND_SESSION && !v->reveal;
	struct buf text = { 0 };
	struct slice name, attr, inner;

	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &attr) == 0) {
		if (!hide || attr.p == r->item->sort.p ||
		    attr.p == r->item->ttl.p) {
			member(p, 2, name, attr);
			continue;
		}
		buf_reset(&text);
		slice_text_decode(&text, name);
		indent(p, 2);
		text_escape(p->out, buf_text(&text), text.n, p->style.ascii);
		buf_adds(p->out, "  ");
		if (attr.p != r->item->partition.p) {
			hidden(p, attr);
			continue;
		}
		buf_addf(p->out, "%s  ",
		    attr_type_name(attr_open(attr, &inner)));
		paper_key(p, p->out, v->rules, r->key);
		buf_addc(p->out, '\n');
	}
	buf_release(&text);
}

void
entry_print(const struct paper *p, const struct entry_view *v,
    const struct record *r)
{
	struct buf text = { 0 }, sort = { 0 };

	if (v->reveal)
		text_escape(&text, r->key.p, r->key.n, p->style.ascii);
	else
		paper_key(p, &text, v->rules, r->key);
	if (r->item->sort.p != NULL) {
		attr_key_text(&sort, r->item->sort);
		buf_adds(&text, " / ");
		text_escape(&text, buf_text(&sort), sort.n, p->style.ascii);
	}
	if (p->style.color)
		buf_addf(p->out, "\033[%sm", PAPER_BOLD);
	buf_adds(p->out, buf_text(&text));
	if (p->style.color)
		buf_adds(p->out, "\033[m");
	buf_addc(p->out, '\n');
	buf_reset(&text);
	buf_addf(&text, "%s, ", kind_name(r->kind));
	if (r->size >= 0) {
		paper_bytes(&text, r->size);
		buf_adds(&text, ", ");
	}
	entry_fate(&text, r);
	paper_words(p, 2, buf_text(&text), NULL);
	attributes(p, v, r);
	buf_release(&text);
	buf_release(&sort);
}
