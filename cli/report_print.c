#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/frame.h"
#include "cli/option.h"
#include "cli/output.h"
#include "cli/paper.h"
#include "cli/report.h"
#include "cli/report_print.h"
#include "cli/report_sample.h"
#include "cli/talk.h"
#include "cli/term.h"
#include "export/plain.h"
#include "export/stream.h"
#include "inspector/summary.h"

static bool
to_stdout(const struct options *o)
{
	return o->output == NULL || strcmp(o->output, "-") == 0;
}

static void
text(struct buf *out, const struct options *o, const struct report *r)
{
	bool terminal = to_stdout(o);
	const struct report_style style = {
		.width = terminal ? term_width(STDOUT_FILENO, 80) : 80,
		.color = terminal ? term_color(STDOUT_FILENO, o->color)
				  : strcmp(o->color, "always") == 0,
		.ascii = !term_utf8(),
	};

	report_text(out, r, &style);
}

static void
json(struct buf *out, const struct options *o, const struct report *r)
{
	report_json(out, r);
	if (to_stdout(o) && isatty(STDOUT_FILENO) && !term_utf8())
		plain_ascii(out, 0);
}

static bool
is_text(const struct options *o)
{
	return strcmp(o->format, "text") == 0;
}

/* One look of many: in the place of the last one on a terminal, else behind
 * it. */
static void
arrange(struct buf *out, const struct options *o, const struct report *r)
{
	const struct report_watch *w = r->watch;
	struct buf text = *out;
	char span[32];

	if (o->output != NULL || !is_text(o))
		return;
	*out = (struct buf){ 0 };
	if (term_draws(STDOUT_FILENO)) {
		text_span(span, w->seconds);
		buf_addf(&text,
		    "Look %lld, the next in %s. Interrupt to "
		    "end.\n",
		    (long long)w->look, span);
		frame_draw(out, buf_text(&text), text.n,
		    term_height(STDOUT_FILENO, 24), w->look == 1);
	} else {
		buf_adds(out, w->look > 1 ? "\n" : "");
		buf_add(out, text.p, text.n);
	}
	buf_release(&text);
}

/* What the text says and other formats have no place for. */
static void
doubt(const struct report *r, struct talk *talk)
{
	struct buf line = { 0 };

	report_sample_doubt(r, &line);
	if (line.n > 0)
		talk_warn(talk, "%s", buf_text(&line));
	buf_release(&line);
}

/* Metrics have no label for what they are of. */
static void
warn_part(const struct report *r, struct talk *talk)
{
	if (r->watch != NULL && r->watch->look > 1)
		return;
	if (r->selected)
		talk_warn(talk,
		    "these metrics are of the selected entries, under the "
		    "names of the whole table's");
	if (r->sample != NULL)
		talk_warn(talk,
		    "these metrics are estimates (--sample), under the names "
		    "of counts");
}

static bool
alert_expired(const struct options *o, const struct report *r,
    struct talk *talk)
{
	const struct summary *s = r->summary;
	int64_t n =
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
	char is[32], limit[32];

	if (o->alert_expired < 0 || n <= o->alert_expired)
		return false;
	text_count(is, n);
	text_count(limit, o->alert_expired);
	talk_warn(talk, "alert: %s%s expired %s, more than %s",
	    r->sample != NULL ? "about " : "", is, n == 1 ? "entry" : "entries",
	    limit);
	return true;
}

static bool
alert_overdue(const struct options *o, const struct report *r,
    struct talk *talk)
{
	const struct histogram *h = &r->summary->overdue;
	struct buf is = { 0 }, limit = { 0 };

	if (o->alert_overdue < 0 || h->total == 0 || h->max <= o->alert_overdue)
		return false;
	paper_span(&is, h->max);
	paper_span(&limit, o->alert_overdue);
	talk_warn(talk, "alert: an entry is expired for %s, longer than %s",
	    buf_text(&is), buf_text(&limit));
	buf_release(&is);
	buf_release(&limit);
	return true;
}

int
report_print(const struct options *o, const struct report *r, struct talk *talk,
    struct fault *f)
{
	struct buf out = { 0 };
	bool alert;
	int rc;

	if (strcmp(o->format, "json") == 0)
		json(&out, o, r);
	else if (strcmp(o->format, "html") == 0)
		report_html(&out, r);
	else if (strcmp(o->format, "prometheus") == 0)
		report_prometheus(&out, r);
	else
		text(&out, o, r);
	if (!is_text(o))
		doubt(r, talk);
	if (strcmp(o->format, "prometheus") == 0)
		warn_part(r, talk);
	if (r->watch != NULL)
		arrange(&out, o, r);
	if (strcmp(o->format, "prometheus") == 0) /* node_exporter reads it */
		rc = stream_file_shared(o->output, buf_text(&out), out.n, f);
	else
		rc = output_all(o->output, &out, f);
	buf_release(&out);
	alert = alert_expired(o, r, talk);
	alert = alert_overdue(o, r, talk) || alert;
	return rc == 0 && alert ? REPORT_ALERT : rc;
}
