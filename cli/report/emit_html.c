#include <string.h>

#include "cli/report/emit.h"
#include "cli/report/html.h"
#include "cli/report/html_style.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/version.h"

/* Nothing is fetched and nothing runs, and the browser is told so: what the
 * table holds could not change that. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

static const char *const tones[EMIT_TONES] = {
	[EMIT_PLAIN] = "",
	[EMIT_FAINT] = "zero",
	[EMIT_WARN] = "warn",
	[EMIT_STATE + STATE_LIVE] = "live",
	[EMIT_STATE + STATE_PENDING] = "pending",
	[EMIT_STATE + STATE_STUCK] = "stuck",
	[EMIT_STATE + STATE_IMMORTAL] = "immortal",
};

static void
title(struct emit *e, const char *name)
{
	struct buf text = { 0 };

	text_report_text(&e->p, &text, name);
	buf_adds(e->p.out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
	    "charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n<meta "
	    "http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<meta "
	    "name=\"generator\" content=\"ttlsweep " TTLSWEEP_VERSION "\">\n"
	    "<link rel=\"icon\" href=\"data:,\">\n<title>TTL report: ");
	html_text(e->p.out, buf_text(&text));
	buf_addf(e->p.out,
	    "</title>\n<style>\n%s</style></head>\n<body><main>\n<header>"
	    "<p class=\"eyebrow\">TTL report</p><h1>",
	    html_style);
	html_foreign(e->p.out, name, strlen(name));
	buf_adds(e->p.out, "</h1>\n");
	e->close = "</header>\n";
	buf_release(&text);
}

static void
close_item(struct emit *e)
{
	buf_adds(e->p.out, e->in_item ? "</div>\n" : "");
	e->in_item = false;
}

/* Close what is open; ${close} is what closes what follows. */
static void
next(struct emit *e, const char *close)
{
	close_item(e);
	buf_adds(e->p.out, e->close);
	e->close = close;
}

static void
section(struct emit *e, const char *id, const char *text, bool bare)
{
	(void)bare;
	next(e, "</section>\n");
	e->id = id;
	buf_addf(e->p.out,
	    "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n", id, id,
	    text);
}

static void
words(struct emit *e, enum emit_place place, enum emit_tone tone,
    const char *text)
{
	struct buf tag = { 0 };

	if (place == EMIT_TEXT_ONLY || *text == '\0')
		return;
	buf_adds(&tag, "p");
	if (place == EMIT_VERDICT ||
	    (place == EMIT_ABOUT && tone != EMIT_PLAIN))
		buf_addf(&tag, " class=\"verdict %s\"", tones[tone]);
	else if (place == EMIT_ABOUT)
		buf_adds(&tag, " class=\"about\"");
	html_element(e->p.out, buf_text(&tag), text);
	buf_release(&tag);
}

/* No blank becomes another character: it is copied to a shell. */
static void
command(struct emit *e, const char *text)
{
	struct buf plain = { 0 };

	text_report_text(&e->p, &plain, text);
	buf_adds(e->p.out, "<pre>");
	html_escape(e->p.out, buf_text(&plain), plain.n);
	buf_adds(e->p.out, "</pre>\n");
	buf_release(&plain);
}

static void
item(struct emit *e, enum state state, const char *text)
{
	const char *name = state_name(state);

	close_item(e);
	e->in_item = true;
	buf_addf(e->p.out,
	    "<div class=\"item %s\"><h3><span class=\"tag\">%s</span> ", name,
	    name);
	html_text(e->p.out, text);
	buf_adds(e->p.out, "</h3>\n");
}

static void
key(struct emit *e, const struct summary_key *k)
{
	buf_adds(e->p.out, "<code>");
	html_foreign(e->p.out, k->key, k->len);
	buf_adds(e->p.out, "</code>");
	if (k->sort != NULL) {
		buf_adds(e->p.out, " / <code>");
		html_foreign(e->p.out, k->sort, k->sort_len);
		buf_adds(e->p.out, "</code>");
	}
}

static void
example(struct emit *e, const struct summary_key *k)
{
	buf_adds(e->p.out, "<p class=\"soft\">For example ");
	key(e, k);
	buf_adds(e->p.out, "</p>\n");
}

/* Figures beside it say the same. */
static void
bar(struct emit *e, const int64_t parts[STATES], int64_t most)
{
	buf_adds(e->p.out, "<div class=\"bar\" aria-hidden=\"true\">");
	for (int i = 0; i < STATES; i++)
		if (parts[i] > 0)
			buf_addf(e->p.out,
			    "<i class=\"%s\" style=\"width:%.3f%%\"></i>",
			    state_name((enum state)i),
			    (double)parts[i] / (double)most * 100);
	buf_adds(e->p.out, "</div>\n");
}

/* The column of a bar that speaks for itself has none. */
static void
heading(struct emit *e, const struct emit_column *c)
{
	const char *text = c->page != NULL ? c->page : c->text.head;

	if (*text == '\0')
		buf_adds(e->p.out, "<td></td>");
	else
		buf_addf(e->p.out, "<th scope=\"col\"%s>%s</th>",
		    c->names ? " class=\"key\"" : "", text);
}

/* A table may be wider than a phone: then it is moved, by keys too. */
static void
table(struct emit *e)
{
	if (e->cards) {
		buf_adds(e->p.out, "<ul class=\"cards\">\n");
		return;
	}
	buf_addf(e->p.out,
	    "<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
	    "aria-labelledby=\"%s\"><table aria-labelledby=\"%s\"><thead><tr>",
	    e->id, e->id);
	for (size_t i = 0; i < e->ncolumns; i++)
		if (!e->columns[i].out)
			heading(e, &e->columns[i]);
	buf_adds(e->p.out, "</tr></thead><tbody>\n");
}

static void
content(struct emit *e, const struct emit_cell *c)
{
	if (c->text != NULL)
		html_text(e->p.out, c->text);
	else if (c->key != NULL)
		key(e, c->key);
	else if (c->name.p != NULL)
		html_foreign(e->p.out, c->name.p, c->name.n);
	else
		bar(e, c->parts, c->most);
}

static void
close_row(struct emit *e)
{
	if (e->in_row)
		buf_adds(e->p.out, e->cards ? "</li>\n" : "</tr>\n");
	e->in_row = false;
}

/* A card's name, its figure, and what else there is to say. */
static const char *
card_tag(const struct emit *e, const struct emit_column *column)
{
	return column->names    ? "h3"
	    : e->column == 1    ? "p class=\"count\""
	    : column->page_only ? "p class=\"note\""
				: "p class=\"soft\"";
}

static const char *
cell_tag(const struct emit_column *column, const struct emit_cell *c)
{
	return column->names        ? "th scope=\"row\" class=\"key\""
	    : c->parts != NULL      ? "td class=\"bars\""
	    : c->tone == EMIT_FAINT ? "td class=\"zero\""
				    : "td";
}

static void
cell(struct emit *e, const struct emit_column *column,
    const struct emit_cell *c)
{
	const char *tag = e->cards ? card_tag(e, column) : cell_tag(column, c);

	if (e->column == 0) {
		close_row(e);
		e->in_row = true;
		buf_addf(e->p.out, "<%s class=\"%s\">", e->cards ? "li" : "tr",
		    tones[c->tone]);
	}
	if (e->cards && c->parts != NULL) {
		content(e, c);
		return;
	}
	buf_addf(e->p.out, "<%s>", tag);
	content(e, c);
	buf_addf(e->p.out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void
table_end(struct emit *e)
{
	close_row(e);
	buf_adds(e->p.out, e->cards ? "</ul>\n" : "</tbody></table></div>\n");
}

static void
foot(struct emit *e)
{
	next(e, "");
	buf_adds(e->p.out, "</main><footer>\n");
}

static void
end(struct emit *e)
{
	buf_adds(e->p.out,
	    "<p>Made by ttlsweep " TTLSWEEP_VERSION
	    ". Session ids are masked.</p>\n</footer></body></html>\n");
}

const struct emit_back_end emit_html = {
	.page = true,
	.title = title,
	.section = section,
	.words = words,
	.command = command,
	.item = item,
	.example = example,
	.bar = bar,
	.table = table,
	.cell = cell,
	.table_end = table_end,
	.foot = foot,
	.end = end,
};
