#include <string.h>

#include "cli/report/emit.h"
#include "cli/report/html.h"
#include "cli/term.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/version.h"

/* The browser fetches nothing and runs nothing, whatever the table
 * contains. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

#define BAR "<div class=\"bar\" aria-hidden=\"true\">"

static const char *const tones[EMIT_TONES] = {
	[EMIT_PLAIN] = "",
	[EMIT_FAINT] = "zero",
	[EMIT_WARN] = "warn",
	[EMIT_AGE] = "age",
	[EMIT_LATE] = "late",
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

/* Close what is open; ${close} closes what follows. */
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

/* Longer words may be broken: a phone has no room for them. */
#define WHOLE 32

/* To be copied to a shell, so spaces stay spaces. A browser would break a line
 * after any hyphen, even that of an option. */
static void
command(struct emit *e, const char *text)
{
	struct buf plain = { 0 };
	const char *p;

	term_command(&plain, text, e->p.style.ascii);
	buf_adds(e->p.out, "<pre>");
	for (p = buf_text(&plain); *p != '\0';) {
		size_t n = strcspn(p, " ");
		bool whole = n <= WHOLE && memchr(p, '-', n) != NULL;

		buf_adds(e->p.out, whole ? "<span>" : "");
		html_escape(e->p.out, p, n);
		buf_adds(e->p.out, whole ? "</span>" : "");
		for (p += n; *p == ' '; p++)
			buf_addc(e->p.out, ' ');
	}
	buf_adds(e->p.out, "</pre>\n");
	buf_release(&plain);
}

static void
item(struct emit *e, enum state state, const char *text)
{
	close_item(e);
	e->in_item = true;
	buf_addf(e->p.out, "<div class=\"item %s\"><h3>", state_name(state));
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

static void
part(struct emit *e, const char *class, int64_t n, int64_t most)
{
	if (n > 0)
		buf_addf(e->p.out,
		    "<i class=\"%s\" style=\"width:%.3f%%\"></i>", class,
		    (double)n / (double)most * 100);
}

/* The figures beside it say the same. */
static void
bar(struct emit *e, const int64_t parts[STATES], int64_t most)
{
	buf_adds(e->p.out, BAR);
	for (int i = 0; i < STATES; i++)
		part(e, state_name((enum state)i), parts[i], most);
	buf_adds(e->p.out, "</div>\n");
}

/* The column of a bar has none. */
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

/* A table with more columns is wider than a phone. */
#define NARROW_COLUMNS 4

/* A table that is wider than a phone can be scrolled, also by keys, and a line
 * above it says so. */
static void
table(struct emit *e)
{
	size_t shown = 0;

	if (e->cards) {
		buf_adds(e->p.out, "<ul class=\"cards\">\n");
		return;
	}
	for (size_t i = 0; i < e->ncolumns; i++)
		shown += !e->columns[i].out;
	if (shown > NARROW_COLUMNS)
		buf_adds(e->p.out,
		    "<p class=\"hint\">Scroll sideways for more "
		    "columns.</p>\n");
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
	else if (c->parts != NULL)
		bar(e, c->parts, c->most);
	else {
		buf_adds(e->p.out, BAR);
		part(e, tones[c->tone], c->value, c->most);
		buf_adds(e->p.out, "</div>\n");
	}
}

static bool
is_bar(const struct emit_cell *c)
{
	return c->text == NULL && c->key == NULL && c->name.p == NULL;
}

static void
close_row(struct emit *e)
{
	if (e->in_row)
		buf_adds(e->p.out, e->cards ? "</li>\n" : "</tr>\n");
	e->in_row = false;
}

/* A card's name, its figure, its note, and the rest. */
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
	    : is_bar(c)             ? "td class=\"bars\""
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
	if (e->cards && is_bar(c)) {
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
end(struct emit *e, const char *masking)
{
	buf_addf(e->p.out,
	    "<p>Made by ttlsweep " TTLSWEEP_VERSION
	    ".%s</p>\n</footer></body></html>\n",
	    masking);
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
