#include <math.h>
#include <stdbool.h>

#include "cli/report/html.h"
#include "cli/report/report.h"
#include "cli/report/report_html_parts.h"
#include "cli/report/report_parts.h"
#include "cli/report/text_report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

/*
 * The picture of ages has a logarithmic axis, from a minute to a week or to
 * the oldest, a hundred years at most; what lies outside is in the first
 * column and the last.
 */
#define COLUMNS 48
#define AGE_MIN 60.0
#define AGE_WEEK 604800.0
#define AGE_MAX 3155695200.0
#define TTL_USUAL 172800 /* "typically within two days" */

/* Of the picture, in pixels: where columns end, and how high one can be. */
#define BASE 172
#define HIGH 140
/* Percent between the middles of words at the axis, at least, and on a phone,
 * and to its end; before words that end there more, as all of them lies on one
 * side. */
#define TICK_GAP 12.5
#define TICK_GAP_EDGE 8.0
#define TICK_GAP_NARROW 20.0
#define TICK_GAP_END 22.0
#define TICK_GAP_END_NARROW 37.0

struct ages {
	int64_t count[COLUMNS];
	int64_t most;
	double end; /* of the axis, seconds */
};

static double
place(const struct ages *a, double seconds)
{
	if (seconds <= AGE_MIN)
		return 0;
	if (seconds >= a->end)
		return 100;
	return log(seconds / AGE_MIN) / log(a->end / AGE_MIN) * 100;
}

static void
gather(struct ages *a, const struct histogram *h)
{
	*a = (struct ages){ .end = AGE_WEEK };
	if ((double)h->max > a->end)
		a->end = (double)h->max < AGE_MAX ? (double)h->max : AGE_MAX;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		int column;

		if (h->count[i] == 0)
			continue;
		column =
		    (int)(place(a, (double)histogram_up_to(i)) / 100 * COLUMNS);
		if (column >= COLUMNS)
			column = COLUMNS - 1;
		a->count[column] += h->count[i];
		if (a->count[column] > a->most)
			a->most = a->count[column];
	}
}

static void
columns(struct buf *out, const struct ages *a)
{
	double width = 100.0 / COLUMNS, two = place(a, TTL_USUAL);

	for (int i = 0; i < COLUMNS; i++) {
		double high = (double)a->count[i] / (double)a->most * HIGH;

		if (a->count[i] == 0)
			continue;
		if (high < 2)
			high = 2;
		buf_addf(out,
		    "<rect class=\"%s bar\" x=\"%.3f%%\" y=\"%.1f\" "
		    "width=\"%.3f%%\" height=\"%.1f\" rx=\"2\"/>",
		    (i + 0.5) * width > two ? "stuck" : "pending",
		    i * width + width * 0.08, BASE - high, width * 0.84, high);
	}
}

static const struct {
	const char *label;
	double at;
} ticks[] = {
	{ "1 min", 60 },
	{ "1 h", 3600 },
	{ "1 day", 86400 },
	{ "1 week", 604800 },
	{ "30 days", 2592000 },
	{ "1 year", 31556952 },
	{ "10 years", 315569520 },
	{ "100 years", AGE_MAX },
};

#define TICKS (sizeof(ticks) / sizeof(*ticks))

/* Whether the axis ends at a tick, whose words then end there. */
static bool
ends_at_tick(const struct ages *a)
{
	for (size_t i = 0; i < TICKS; i++)
		if (ticks[i].at == a->end)
			return true;
	return false;
}

static void
axis(struct buf *out, const struct ages *a)
{
	double last = -100, major = -100, two = place(a, TTL_USUAL);
	bool ends = ends_at_tick(a);
	double room = 100 - (ends ? TICK_GAP_END : TICK_GAP_EDGE);
	double wide = ends ? 100 - TICK_GAP_END_NARROW : 100;

	buf_addf(out,
	    "<line class=\"axis\" x1=\"0\" x2=\"100%%\" y1=\"%d.5\" "
	    "y2=\"%d.5\"/>",
	    BASE, BASE);
	for (size_t i = 0; i < TICKS; i++) {
		double x = place(a, ticks[i].at);
		bool minor;

		if (ticks[i].at > a->end || x - last < TICK_GAP ||
		    (x > room && x < 100))
			continue;
		minor = x - major < TICK_GAP_NARROW || (x > wide && x < 100);
		last = x;
		major = minor ? major : x;
		buf_addf(out,
		    "<line class=\"axis\" x1=\"%.3f%%\" x2=\"%.3f%%\" "
		    "y1=\"%d\" y2=\"%d\"/><text class=\"soft%s\" x=\"%.3f%%\" "
		    "y=\"%d\" text-anchor=\"%s\">%s</text>",
		    x, x, BASE, BASE + 5, minor ? " minor" : "", x, BASE + 20,
		    x < 1        ? "start"
			: x > 99 ? "end"
				 : "middle",
		    ticks[i].label);
	}
	buf_addf(out,
	    "<line class=\"limit\" x1=\"%.3f%%\" x2=\"%.3f%%\" y1=\"8\" "
	    "y2=\"%d\"/><text class=\"soft\" x=\"%.3f%%\" dx=\"%s\" y=\"16\" "
	    "text-anchor=\"%s\">2 days</text>",
	    two, two, BASE, two, two > 50 ? "-6" : "6",
	    two > 50 ? "end" : "start");
}

/* "312 of 400 expired entries are older than two days, …" */
static void
late(struct buf *out, const struct report *r,
    const struct report_age ages[REPORT_AGES])
{
	struct buf line = { 0 };
	int64_t n = 0;

	for (int i = 0; i < REPORT_AGES; i++)
		if (ages[i].below > TTL_USUAL)
			n += ages[i].items;
	if (r->summary->overdue.total > 1) {
		text_report_count(&line, n);
		buf_adds(&line, " of the ");
		text_report_count(&line, r->summary->overdue.total);
		buf_adds(&line, " expired ones");
	} else if (n > 0) {
		buf_adds(&line, "It");
	} else {
		return;
	}
	buf_adds(&line,
	    " expired two days ago or earlier. TTL has typically deleted an "
	    "entry by then.");
	html_element(out, "p", buf_text(&line));
	buf_release(&line);
}

static void
ages_table(struct buf *out, const struct report_age ages[REPORT_AGES])
{
	struct buf text = { 0 };

	buf_adds(out,
	    "<table aria-labelledby=\"overdue\"><thead><tr>"
	    "<th scope=\"col\">Expired for</th>"
	    "<th scope=\"col\">Entries</th></tr></thead><tbody>\n");
	for (int i = 0; i < REPORT_AGES; i++) {
		buf_adds(out, "<tr>");
		html_element(out, "th scope=\"row\"", ages[i].label);
		buf_reset(&text);
		text_report_count(&text, ages[i].items);
		html_element(out,
		    ages[i].items > 0 ? "td" : "td class=\"zero\"",
		    buf_text(&text));
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody></table>\n");
	buf_release(&text);
}

void
report_html_overdue(struct buf *out, const struct report *r)
{
	const struct histogram *h = &r->summary->overdue;
	struct report_age ages[REPORT_AGES];
	struct buf line = { 0 };
	struct ages a;

	if (h->total == 0)
		return;
	(void)report_part_ages(h, ages);
	gather(&a, h);
	report_part_percentiles(h, &line);
	buf_addf(out,
	    "<section aria-labelledby=\"overdue\"><h2 id=\"overdue\">Expired, "
	    "by how long ago</h2>\n<div class=\"two\"><div>"
	    "<svg role=\"img\" aria-labelledby=\"ages-t ages-d\" "
	    "height=\"%d\"><title id=\"ages-t\">Expired entries by the time "
	    "since they expired</title><desc id=\"ages-d\">",
	    BASE + 26);
	html_text(out, buf_text(&line));
	buf_adds(out, "</desc>");
	columns(out, &a);
	axis(out, &a);
	buf_adds(out, "</svg>\n");
	if (line.n > 0)
		html_element(out, "p", buf_text(&line));
	late(out, r, ages);
	buf_adds(out, "</div>\n");
	ages_table(out, ages);
	buf_adds(out, "</div></section>\n");
	buf_release(&line);
}

static void
upcoming_row(struct buf *out, int i, const char *label, int64_t items,
    int64_t of)
{
	int y = i * 46;
	double width = of > 0 ? (double)items / (double)of * 100 : 0;
	struct buf text = { 0 };

	if (items > 0 && width < 0.5)
		width = 0.5;
	buf_addf(out, "<text x=\"0\" y=\"%d\">", y + 16);
	html_text(out, label);
	buf_addf(out,
	    "</text><text x=\"100%%\" y=\"%d\" "
	    "text-anchor=\"end\">",
	    y + 16);
	text_report_count(&text, items);
	buf_adds(&text, " (");
	text_report_share(&text, items, of);
	buf_addc(&text, ')');
	html_text(out, buf_text(&text));
	buf_addf(out,
	    "</text><rect class=\"track\" x=\"0\" y=\"%d\" width=\"100%%\" "
	    "height=\"10\" rx=\"5\"/><rect class=\"live bar\" x=\"0\" "
	    "y=\"%d\" width=\"%.3f%%\" height=\"10\" rx=\"5\"/>",
	    y + 24, y + 24, width);
	buf_release(&text);
}

void
report_html_upcoming(struct buf *out, const struct report *r)
{
	static const char *const labels[] = { "within an hour", "within a day",
		"within a week" };
	const struct summary *s = r->summary;
	int64_t live = s->states[STATE_LIVE].items;
	struct buf line = { 0 };

	if (live == 0)
		return;
	for (int i = 0; i < SUMMARY_BEYOND; i++) {
		buf_adds(&line, i > 0 ? ", " : "");
		text_report_count(&line, s->upcoming[i]);
		buf_addf(&line, " %s", labels[i]);
	}
	buf_adds(&line, ", of ");
	text_report_count(&line, live);
	buf_adds(&line, " live ones.");
	buf_adds(out,
	    "<section aria-labelledby=\"next\"><h2 id=\"next\">Expires "
	    "next</h2>\n<svg role=\"img\" aria-labelledby=\"next-t next-d\" "
	    "height=\"128\"><title id=\"next-t\">Live entries by the time "
	    "that they have left</title><desc id=\"next-d\">");
	html_text(out, buf_text(&line));
	buf_adds(out, "</desc>");
	for (int i = 0; i < SUMMARY_BEYOND; i++)
		upcoming_row(out, i, labels[i], s->upcoming[i], live);
	buf_adds(out, "</svg>\n");
	buf_reset(&line);
	report_part_beyond(s, &line);
	if (line.n > 0)
		html_element(out, "p", buf_text(&line));
	buf_adds(out, "</section>\n");
	buf_release(&line);
}
