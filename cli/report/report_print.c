#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/report/report.h"
#include "cli/report/report_print.h"
#include "cli/report/report_sample.h"
#include "cli/report/text_report.h"
#include "cli/screen.h"
#include "cli/term.h"
#include "export/item_json.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
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
	bool terminal = to_stdout(o);

	return (struct report_style){
		.width = terminal ? term_width(STDOUT_FILENO, 80) : 80,
		.color = terminal ? term_color(STDOUT_FILENO, o->color)
				  : o->color == TERM_ALWAYS,
		.ascii = !term_utf8(),
	};
}

static void
text(struct buf *out, const struct options *o, const struct report *r)
{
	const struct report_style style = style_of(o);

	report_text(out, r, &style);
}

static void
json(struct buf *out, const struct options *o, const struct report *r)
{
	report_json(out, r);
	if (to_stdout(o) && isatty(STDOUT_FILENO) && !term_utf8())
		item_json_ascii(out, 0);
}

static void
html(struct buf *out, const struct options *o, const struct report *r)
{
	(void)o;
	report_html(out, r);
}

static void
prometheus(struct buf *out, const struct options *o, const struct report *r)
{
	(void)o;
	report_prometheus(out, r);
}

static void (*const writers[])(struct buf *out, const struct options *o,
    const struct report *r) = {
	[FORMAT_TEXT] = text,
	[FORMAT_JSON] = json,
	[FORMAT_HTML] = html,
	[FORMAT_PROMETHEUS] = prometheus,
};

/* One look of many on a terminal: in short where all of it has no room. */
static void
draw(struct buf *out, struct buf *text, const struct options *o,
    const struct report *r)
{
	const struct report_style style = style_of(o);
	int rows = term_height(STDOUT_FILENO, 24);
	struct buf end = { 0 };
	char span[32];

	text_span(span, r->watch->seconds);
	buf_addf(&end, "Report %lld, the next in %s. Press Ctrl-C to end.\n",
	    (long long)r->watch->look, span);
	/* … that line, and the one where the cursor stands */
	if (screen_lines(buf_text(text), text->n, style.width) > rows - 2) {
		buf_reset(text);
		report_brief(text, r, &style);
	}
	buf_add(text, buf_text(&end), end.n);
	screen_draw(out, buf_text(text), text->n, rows, style.width,
	    r->watch->look == 1);
	buf_release(&end);
}

/* One look of many: in the place of the last one on a terminal, else behind
 * it. */
static void
arrange(struct buf *out, const struct options *o, const struct report *r)
{
	struct buf text = *out;

	if (o->output != NULL)
		return;
	*out = (struct buf){ 0 };
	if (term_draws(STDOUT_FILENO)) {
		draw(out, &text, o, r);
	} else {
		buf_adds(out, r->watch->look > 1 ? "\n" : "");
		buf_add(out, text.p, text.n);
	}
	buf_release(&text);
}

/* What the text says and other formats have no place for. */
static void
doubt(const struct report *r, struct log *log)
{
	struct buf line = { 0 };

	report_sample_doubt(r, &line);
	if (line.n > 0)
		log_warn(log, "%s", buf_text(&line));
	buf_release(&line);
}

/* Metrics have no label for what they are of. */
static void
warn_part(const struct report *r, struct log *log)
{
	if (r->watch != NULL && r->watch->look > 1)
		return;
	if (r->selected)
		log_warn(log,
		    "these metrics describe the selected entries only, under "
		    "the names for the whole table");
	if (r->sample != NULL)
		log_warn(log,
		    "these metrics are estimates (--sample), under the names "
		    "of counts");
}

static bool
alert_expired(const struct options *o, const struct report *r, struct log *log)
{
	const struct summary *s = r->summary;
	int64_t n =
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
	char is[32], limit[32];

	if (o->alert_expired < 0 || n <= o->alert_expired)
		return false;
	text_count(is, n);
	text_count(limit, o->alert_expired);
	log_warn(log, "alert: %s%s expired %s (limit %s)",
	    r->sample != NULL ? "about " : "", is, n == 1 ? "entry" : "entries",
	    limit);
	return true;
}

static bool
alert_overdue(const struct options *o, const struct report *r, struct log *log)
{
	const struct histogram *h = &r->summary->overdue;
	struct buf is = { 0 }, limit = { 0 };

	if (o->alert_overdue < 0 || h->total == 0 || h->max <= o->alert_overdue)
		return false;
	text_report_span(&is, h->max);
	text_report_span(&limit, o->alert_overdue);
	log_warn(log, "alert: an entry has been expired for %s (limit %s)",
	    buf_text(&is), buf_text(&limit));
	buf_release(&is);
	buf_release(&limit);
	return true;
}

int
report_print(const struct options *o, const struct report *r, struct log *log,
    struct fault *f)
{
	struct buf out = { 0 };
	bool alert;
	int rc;

	writers[o->format](&out, o, r);
	if (o->format != FORMAT_TEXT)
		doubt(r, log);
	if (o->format == FORMAT_PROMETHEUS)
		warn_part(r, log);
	if (r->watch != NULL && o->format == FORMAT_TEXT)
		arrange(&out, o, r);
	if (o->format == FORMAT_PROMETHEUS) /* node_exporter reads it */
		rc = stream_file_shared(o->output, buf_text(&out), out.n, f);
	else
		rc = output_all(o->output, &out, f);
	buf_release(&out);
	alert = alert_expired(o, r, log);
	alert = alert_overdue(o, r, log) || alert;
	return rc == 0 && alert ? REPORT_ALERT : rc;
}
