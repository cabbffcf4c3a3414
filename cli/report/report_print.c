#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "cli/screen.h"
#include "cli/term.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/stream/stream.h"

static bool
to_stdout(const struct options *o)
{
	return o->output == NULL || strcmp(o->output, "-") == 0;
}

static struct report_style
style_of(const struct options *o)
{
	struct report_style style = text_report_style(o->color);

	if (!to_stdout(o)) {
		style.width = 80;
		style.color = o->color == TERM_ALWAYS;
	}
	return style;
}

static void
write_format(struct buf *out, const struct options *o, const struct report *r)
{
	const struct report_style style = style_of(o);

	switch (o->format) {
	case FORMAT_JSON:
		report_json(out, r);
		break;
	case FORMAT_HTML:
		report_html(out, r);
		break;
	case FORMAT_PROMETHEUS:
		report_prometheus(out, r);
		break;
	default:
		report_text(out, r, &style);
		break;
	}
}

/* One report of many on a terminal, in place of the last one: the brief form
 * if there is no room for all of it. */
static void
draw(struct buf *out, const struct options *o, const struct report *r)
{
	const struct report_style style = style_of(o);
	int rows = term_height(STDOUT_FILENO, 24);
	struct buf text = { 0 };
	char span[32];

	text_span(span, r->watch->seconds);
	report_text(&text, r, &style);
	/* the line below, and the one with the cursor */
	if (screen_lines(buf_text(&text), text.n, style.width) > rows - 2) {
		buf_reset(&text);
		report_brief(&text, r, &style);
	}
	buf_addf(&text, "Report %lld, the next in %s. Press Ctrl-C to end.\n",
	    (long long)r->watch->look, span);
	screen_draw(out, buf_text(&text), text.n, rows, style.width,
	    r->watch->look == 1);
	buf_release(&text);
}

/* What only the text of a report says. */
static void
doubt(const struct report *r, struct log *log)
{
	struct buf line = { 0 };

	report_sample_doubt(r, &line);
	if (line.n > 0)
		log_warn(log, "%s", buf_text(&line));
	buf_release(&line);
}

/* Metrics have no label that says what they are of. */
static void
warn_part(const struct report *r, struct log *log)
{
	if (r->watch != NULL && r->watch->look > 1)
		return;
	if (r->selected)
		log_warn(log,
		    "these metrics describe the selected entries only, under "
		    "the names for the whole table");
	if (r->estimated)
		log_warn(log,
		    "these metrics are estimates (--sample), under the names "
		    "of counts");
}

/* The mail that an alert comes in may say nothing else. */
static void
alert(const struct report *r, struct log *log, const char *what,
    const char *limit)
{
	const struct report_place *p = &r->place;
	const char *about = p->table != NULL ? p->table : p->input;
	const struct text_report plain = { .out = NULL };
	enum report_ttl acts = report_words_acts(r);
	struct buf off = { 0 };

	if (acts == REPORT_TTL_OFF || acts == REPORT_TTL_ELSEWHERE) {
		buf_adds(&off, "; ");
		report_words_off(&plain, r, &off);
	}
	log_warn(log, "alert: %s (limit %s)%s%s%s%s%s", what, limit,
	    about == NULL           ? ""
		: about == p->table ? ", table "
				    : ", ",
	    about != NULL ? about : "", p->region != NULL ? ", region " : "",
	    p->region != NULL ? p->region : "", buf_text(&off));
	buf_release(&off);
}

static bool
alert_expired(const struct options *o, const struct report *r, struct log *log)
{
	const struct summary *s = r->summary;
	int64_t n =
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
	char *what;

	if (o->alert_expired < 0 || n <= o->alert_expired)
		return false;
	what = xasprintf("%s%s expired %s", r->estimated ? "about " : "",
	    figure_count(n).s, n == 1 ? "entry" : "entries");
	alert(r, log, what, figure_count(o->alert_expired).s);
	free(what);
	return true;
}

static bool
alert_overdue(const struct options *o, const struct report *r, struct log *log)
{
	const struct histogram *h = &r->summary->overdue;
	struct figure is, limit;
	char *what;

	if (o->alert_overdue < 0 || h->total == 0 || h->max <= o->alert_overdue)
		return false;
	limit = figure_span(o->alert_overdue);
	is = figure_span(h->max);
	what = xasprintf("an entry has been expired for %s%s",
	    strcmp(is.s, limit.s) == 0 ? "more than " : "", is.s);
	alert(r, log, what, limit.s);
	free(what);
	return true;
}

int
report_print(const struct options *o, const struct report *r, struct log *log,
    struct fault *f)
{
	bool again =
	    r->watch != NULL && o->format == FORMAT_TEXT && o->output == NULL;
	struct buf out = { 0 };
	bool alert;
	int rc;

	if (again && term_draws(STDOUT_FILENO)) {
		draw(&out, o, r);
	} else {
		if (again && r->watch->look > 1)
			buf_addc(&out, '\n');
		write_format(&out, o, r);
	}
	if (o->format != FORMAT_TEXT)
		doubt(r, log);
	if (o->format == FORMAT_PROMETHEUS)
		warn_part(r, log);
	if (o->format == FORMAT_PROMETHEUS) /* node_exporter reads it */
		rc = stream_file_shared(o->output, buf_text(&out), out.n, f);
	else
		rc = output_all(o->output, &out, f);
	buf_release(&out);
	alert = alert_expired(o, r, log);
	alert = alert_overdue(o, r, log) || alert;
	return rc == 0 && alert ? REPORT_ALERT : rc;
}
