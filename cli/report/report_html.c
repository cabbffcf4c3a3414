#include <string.h>

#include "cli/report/html.h"
#include "cli/report/report.h"
#include "cli/report/report_headline.h"
#include "cli/report/report_html_parts.h"
#include "cli/report/report_parts.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/base/version.h"

/* Nothing is fetched and nothing runs, and the browser is told so: what the
 * table holds could not change that. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/*
 * What the text report makes of ${lines}, as paragraphs: lines with two
 * blanks or none before them are words, wrapped; with four, a command. A
 * heading, the first line, is left out when ${headed}.
 */
static void
prose(struct buf *out, const struct buf *lines, bool headed)
{
	const char *p = buf_text(lines), *end = p + lines->n;
	struct buf words = { 0 };

	while (p < end) {
		const char *line = p;
		size_t n = strcspn(p, "\n"), blanks = strspn(p, " ");
		struct buf text = { 0 };

		p += n + (p[n] == '\n');
		if (n == 0)
			continue;
		if (headed) {
			headed = false;
			continue;
		}
		buf_add(&text, line + blanks, n - blanks);
		if (blanks < 4) {
			buf_adds(&words, words.n > 0 ? " " : "");
			buf_add(&words, text.p, text.n);
		} else {
			if (words.n > 0)
				html_element(out, "p", buf_text(&words));
			buf_reset(&words);
			html_element(out, "pre", buf_text(&text));
		}
		buf_release(&text);
	}
	if (words.n > 0)
		html_element(out, "p", buf_text(&words));
	buf_release(&words);
}

/* The part of the text report that ${part} adds, as a section. */
static void
section(struct buf *out, const struct report *r, const char *id,
    const char *title,
    void (*part)(const struct text_report *p, const struct report *r))
{
	struct buf lines = { 0 };
	const struct text_report p = { .out = &lines,
		.style = { .width = 100 } };

	part(&p, r);
	if (lines.n > 0) {
		buf_addf(out,
		    "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n",
		    id, id, title);
		prose(out, &lines, true);
		buf_adds(out, "</section>\n");
	}
	buf_release(&lines);
}

/* What the report is about, in a few words, and harmless. */
static void
subject(struct buf *line, const struct report_place *place)
{
	const char *name = place->table != NULL ? place->table
	    : strcmp(place->input, "-") == 0    ? "standard input"
						: place->input;

	text_escape(line, name, strlen(name), false);
}

static void
head(struct buf *out, const struct report *r)
{
	struct buf name = { 0 };

	subject(&name, &r->place);
	buf_adds(out,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
	    "charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n<meta "
	    "http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<meta "
	    "name=\"generator\" content=\"ttlsweep " TTLSWEEP_VERSION "\">\n"
	    "<link rel=\"icon\" href=\"data:,\">\n<title>TTL report: ");
	html_text(out, buf_text(&name));
	buf_adds(out, "</title>\n<style>\n");
	buf_adds(out, report_html_style);
	buf_adds(out,
	    "</style></head>\n<body><div class=\"page\">\n<header>"
	    "<p class=\"eyebrow\">TTL report</p><h1>");
	html_foreign(out, name.p, name.n);
	buf_adds(out, "</h1>\n");
	buf_release(&name);
}

/* "region eu-west-1, account …", or the file that was read. */
static void
about_place(struct buf *line, const struct text_report *p,
    const struct report_place *place)
{
	if (place->input != NULL && place->table != NULL) {
		buf_adds(line, "read from ");
		text_report_text(p, line, place->input);
	}
	if (place->region != NULL) {
		buf_addf(line, "%sregion ", line->n > 0 ? ", " : "");
		text_report_text(p, line, place->region);
	}
	if (place->account != NULL) {
		buf_addf(line, "%saccount ", line->n > 0 ? ", " : "");
		text_report_text(p, line, place->account);
	}
	if (place->endpoint_shown && place->endpoint != NULL) {
		buf_addf(line, "%sat ", line->n > 0 ? ", " : "");
		text_report_text(p, line, place->endpoint);
	}
}

static void
about(struct buf *out, const struct report *r)
{
	const struct text_report p = { .style = { .width = 100 } };
	struct buf line = { 0 };
	enum state state;

	about_place(&line, &p, &r->place);
	if (line.n > 0)
		html_element(out, "p class=\"about\"", buf_text(&line));
	buf_reset(&line);
	report_words_ttl(&p, r, &line);
	html_element(out, "p class=\"about\"", buf_text(&line));
	buf_reset(&line);
	report_words_work(r, &line);
	html_element(out,
	    r->complete ? "p class=\"about\"" : "p class=\"verdict warn\"",
	    buf_text(&line));
	buf_reset(&line);
	if (r->summary->items > 0 || r->sample != NULL) {
		state = report_headline(&p, r, &line);
		buf_addf(out, "<p class=\"verdict %s\">", state_name(state));
		html_text(out, buf_text(&line));
		buf_adds(out, "</p>\n");
	}
	buf_adds(out, "</header>\n");
	buf_release(&line);
}

static void
reason(struct buf *out, const struct report *r, enum state state,
    enum reason why)
{
	const struct text_report p = { .style = { .width = 100 } };
	const struct summary *s = r->summary;
	const struct summary_key *example = &s->examples[state][why];
	struct buf line = { 0 };

	buf_addf(out, "<li class=\"%s\"><h3><span class=\"tag\">%s</span> %s: ",
	    state_name(state), state_name(state), reason_name(why));
	text_report_entries(&line, s->reasons[state][why]);
	if (r->sample != NULL)
		report_sample_range(r, r->sample->seen->reasons[state][why],
		    r->sample->seen->squares.reasons[state][why], &line);
	html_text(out, buf_text(&line));
	buf_adds(out, "</h3>\n");
	buf_reset(&line);
	report_words_meaning(&p, r, state, why, &line);
	html_element(out, "p", buf_text(&line));
	buf_reset(&line);
	report_words_remedy(&p, r, state, why, &line);
	html_element(out, "p", buf_text(&line));
	if (example->key != NULL) {
		buf_adds(out, "<p class=\"soft\">For example <code>");
		html_foreign(out, example->key, example->len);
		buf_adds(out, "</code>");
		if (example->sort != NULL) {
			buf_adds(out, " / <code>");
			html_foreign(out, example->sort, example->sort_len);
			buf_adds(out, "</code>");
		}
		buf_adds(out, "</p>\n");
	}
	buf_adds(out, "</li>\n");
	buf_release(&line);
}

static void
reasons(struct buf *out, const struct report *r)
{
	static const enum state order[] = { STATE_STUCK, STATE_IMMORTAL,
		STATE_LIVE };
	bool any = false;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (int j = REASON_NONE + 1; j < REASONS; j++) {
			if (r->summary->reasons[order[i]][j] == 0)
				continue;
			if (!any)
				buf_adds(out,
				    "<section class=\"long\" "
				    "aria-labelledby=\"why\"><h2 id=\"why\">"
				    "Why TTL will not act</h2>\n"
				    "<ul class=\"reasons\">\n");
			any = true;
			reason(out, r, order[i], (enum reason)j);
		}
	if (any)
		buf_adds(out, "</ul></section>\n");
}

static void
foot(struct buf *out, const struct report *r)
{
	struct buf lines = { 0 };
	const struct text_report p = { .out = &lines,
		.style = { .width = 100 } };

	report_part_cost(&p, r);
	buf_adds(out, "<footer>\n");
	prose(out, &lines, false);
	buf_adds(out,
	    "<p>Made by ttlsweep " TTLSWEEP_VERSION
	    ". Ids of sessions are masked.</p>\n</footer>\n"
	    "</div></body></html>\n");
	buf_release(&lines);
}

void
report_html(struct buf *out, const struct report *r)
{
	head(out, r);
	about(out, r);
	buf_adds(out, "<main>\n");
	if (r->summary->items > 0 || r->sample != NULL) {
		report_html_states(out, r);
		reasons(out, r);
		section(out, r, "do", "What to do", report_part_advice);
		report_html_overdue(out, r);
		report_html_upcoming(out, r);
		report_html_groups(out, r);
		report_html_largest(out, r);
	} else {
		buf_adds(out,
		    "<section><h2>Nothing is in it</h2>"
		    "<p>There are no entries to tell of.</p>"
		    "</section>\n");
	}
	section(out, r, "sample", "The sample", report_part_sample);
	buf_adds(out, "</main>\n");
	foot(out, r);
}
