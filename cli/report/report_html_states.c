#include "cli/report/html.h"
#include "cli/report/report.h"
#include "cli/report/report_html_parts.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

/* What is smaller could not be seen, percent. */
#define SLIVER 0.75

static const char *const meanings[STATES] = {
	[STATE_LIVE] = "Expire in the future.",
	[STATE_PENDING] = "Expired; TTL will delete them, free of charge.",
	[STATE_STUCK] = "Meant to be gone, and TTL will never delete them.",
	[STATE_IMMORTAL] = "TTL will never act on them.",
};

/* Hatching, different for each state, over its colour. */
static void
patterns(struct buf *out)
{
	static const char *const veils[STATES] = {
		[STATE_LIVE] = "",
		[STATE_PENDING] = "<rect class=\"veil\" width=\"2\" "
				  "height=\"8\"/>",
		[STATE_STUCK] = "<rect class=\"veil\" width=\"8\" "
				"height=\"2\"/><rect class=\"veil\" "
				"width=\"2\" height=\"8\"/>",
		[STATE_IMMORTAL] = "<circle class=\"veil\" cx=\"4\" cy=\"4\" "
				   "r=\"1.6\"/>",
	};

	buf_adds(out, "<defs>");
	for (int i = 0; i < STATES; i++)
		buf_addf(out,
		    "<pattern id=\"fill-%s\" width=\"8\" height=\"8\" "
		    "patternUnits=\"userSpaceOnUse\"%s><rect class=\"%s bar\" "
		    "width=\"8\" height=\"8\"/>%s</pattern>",
		    state_name((enum state)i),
		    i == STATE_IMMORTAL ? ""
					: " patternTransform=\"rotate(45)\"",
		    state_name((enum state)i), veils[i]);
	buf_adds(out, "</defs>");
}

/* "live 12 (40.0 %), pending …" */
static void
describe(struct buf *out, const struct summary *s)
{
	struct buf line = { 0 };

	for (int i = 0; i < STATES; i++) {
		buf_addf(&line, "%s%s ", i > 0 ? ", " : "",
		    state_name((enum state)i));
		text_report_count(&line, s->states[i].items);
		buf_adds(&line, " (");
		text_report_share(&line, s->states[i].items, s->items);
		buf_addc(&line, ')');
	}
	html_text(out, buf_text(&line));
	buf_release(&line);
}

static void
bar(struct buf *out, const struct summary *s)
{
	double share[STATES], sum = 0, x = 0;

	for (int i = 0; i < STATES; i++) {
		share[i] = s->items > 0
		    ? (double)s->states[i].items / (double)s->items * 100
		    : 0;
		if (s->states[i].items > 0 && share[i] < SLIVER)
			share[i] = SLIVER;
		sum += share[i];
	}
	buf_adds(out,
	    "<svg role=\"img\" aria-labelledby=\"states-t states-d\" "
	    "height=\"44\"><title id=\"states-t\">Entries by state</title>"
	    "<desc id=\"states-d\">");
	describe(out, s);
	buf_adds(out, "</desc>");
	patterns(out);
	for (int i = 0; i < STATES; i++) {
		double width = sum > 0 ? share[i] / sum * 100 : 0;

		if (width <= 0)
			continue;
		buf_addf(out,
		    "<rect class=\"edge\" x=\"%.3f%%\" y=\"2\" "
		    "width=\"%.3f%%\" height=\"40\" rx=\"5\" "
		    "fill=\"url(#fill-%s)\"/>",
		    x, width, state_name((enum state)i));
		x += width;
	}
	buf_adds(out, "</svg>\n");
}

static void
tile(struct buf *out, const struct report *r, int state)
{
	const struct summary_count *c = &r->summary->states[state];
	const char *name = state_name((enum state)state);
	struct buf text = { 0 };

	buf_addf(out,
	    "<li class=\"%s\"><h3><svg aria-hidden=\"true\"><rect "
	    "width=\"14\" height=\"14\" rx=\"3\" fill=\"url(#fill-%s)\"/>"
	    "</svg>%s</h3>",
	    name, name, name);
	text_report_count(&text, c->items);
	html_element(out, "p class=\"count\"", buf_text(&text));
	buf_reset(&text);
	if (r->sample != NULL) {
		const struct summary *seen = r->sample->seen;

		report_sample_span(r, seen->states[state].items,
		    seen->squares.states[state], &text);
		html_element(out, "p class=\"soft\"", buf_text(&text));
		buf_reset(&text);
	}
	text_report_share(&text, c->items, r->summary->items);
	if (r->summary->sizes) {
		buf_adds(&text, text.n > 0 ? ", " : "");
		text_report_bytes(&text, c->bytes);
	}
	html_element(out, "p class=\"soft\"", buf_text(&text));
	html_element(out, "p class=\"note\"",
	    state == STATE_PENDING && report_words_acts(r) == REPORT_TTL_UNKNOWN
		? "Expired; if TTL is on, it will delete them, free of charge."
		: meanings[state]);
	buf_adds(out, "</li>\n");
	buf_release(&text);
}

void
report_html_states(struct buf *out, const struct report *r)
{
	buf_adds(out,
	    "<section aria-labelledby=\"states\">"
	    "<h2 id=\"states\">States</h2>\n");
	bar(out, r->summary);
	buf_adds(out, "<ul class=\"tiles\">\n");
	for (int i = 0; i < STATES; i++)
		tile(out, r, i);
	buf_adds(out, "</ul></section>\n");
}
