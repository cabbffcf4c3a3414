#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/report/report.h"
#include "cli/report/report_words.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "sweep/totals.h"

/*
 * Prometheus' text format 0.0.4. What a run does not know is left out: a
 * missing series raises no false alarm, and a 0 would say that all is well.
 */

/* The samples of one metric. */
struct metric {
	struct buf *out;
	const struct report_place *place;
	const char *name;
	bool labels; /* inside the braces */
};

static struct metric
metric(struct buf *out, const struct report_place *place, const char *name,
    const char *type, const char *help)
{
	buf_addf(out, "# HELP ttlsweep_%s %s\n", name, help);
	buf_addf(out, "# TYPE ttlsweep_%s %s\n", name, type);
	return (struct metric){ .out = out, .place = place, .name = name };
}

/* ${value} may be other people's text, so it is escaped. */
static void
label(struct metric *m, const char *name, const char *value)
{
	struct buf text = { 0 };

	buf_addf(m->out, "%s%s=\"", m->labels ? "," : "{", name);
	m->labels = true;
	text_escape(&text, value, strlen(value), false);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_addc(m->out, '\\');
		buf_addc(m->out, text.p[i]);
	}
	buf_addc(m->out, '"');
	buf_release(&text);
}

/* Begin a sample with the labels that all samples have. */
static void
sample(struct metric *m, const char *suffix)
{
	const struct report_place *p = m->place;

	buf_addf(m->out, "ttlsweep_%s%s", m->name, suffix);
	m->labels = false;
	label(m, "table", p->table != NULL ? p->table : "");
	label(m, "region", p->region != NULL ? p->region : "");
}

static void
value_int(struct metric *m, int64_t v)
{
	buf_adds(m->out, "} ");
	buf_addi(m->out, v);
	buf_addc(m->out, '\n');
}

static void
by_kind(struct metric *m, const struct report *r,
    const int64_t values[KINDS][STATES])
{
	for (int i = 0; i < KINDS; i++) {
		/* nothing is known of a kind that was not selected */
		if (r->kinds != 0 && (r->kinds & (1u << i)) == 0)
			continue;
		for (int k = 0; k < STATES; k++) {
			sample(m, "");
			label(m, "kind", kind_name((enum kind)i));
			label(m, "state", state_name((enum state)k));
			value_int(m, values[i][k]);
		}
	}
}

static void
kinds(struct buf *out, const struct report *r)
{
	const struct summary *s = r->summary;
	struct metric m = metric(out, &r->place, "items", "gauge",
	    "Entries by kind and state.");

	by_kind(&m, r, s->kind_states);
	if (!s->sizes)
		return;
	m = metric(out, &r->place, "bytes", "gauge",
	    "Bytes of entries by kind and state.");
	by_kind(&m, r, s->kind_bytes);
}

static void
stuck(struct buf *out, const struct report *r)
{
	static const enum reason reasons[] = { REASON_MILLISECONDS,
		REASON_MICROSECONDS, REASON_NANOSECONDS, REASON_STRING,
		REASON_TTL_OFF, REASON_TOO_OLD };
	struct metric m = metric(out, &r->place, "stuck_items", "gauge",
	    "Expired entries that TTL will never delete, by reason.");

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
		sample(&m, "");
		label(&m, "reason", reason_name(reasons[i]));
		value_int(&m, r->summary->reasons[STATE_STUCK][reasons[i]]);
	}
}

static void
overdue(struct buf *out, const struct report *r)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = { { "0.5", 0.5 }, { "0.9", 0.9 }, { "0.99", 0.99 },
		{ "1", 1 } };
	const struct histogram *h = &r->summary->overdue;
	struct metric m = metric(out, &r->place, "overdue_seconds", "summary",
	    "How long ago the expired entries that are still there "
	    "expired.");

	for (size_t i = 0;
	     h->total > 0 && i < sizeof(quantiles) / sizeof(*quantiles); i++) {
		sample(&m, "");
		label(&m, "quantile", quantiles[i].name);
		value_int(&m,
		    histogram_quantile(&report_words_counted(r)->overdue,
			quantiles[i].q));
	}
	sample(&m, "_sum");
	value_int(&m, h->sum);
	sample(&m, "_count");
	value_int(&m, h->total);
}

/* Labelled with ${command}: several may write metrics of one table. */
static void
command_sample(struct metric *m, const char *command)
{
	sample(m, "");
	label(m, "command", command);
}

#define LAST_SUCCESS "last_success_timestamp_seconds"

static void
success(struct buf *out, const struct report_place *place, const char *command,
    int64_t finished)
{
	struct metric m;

	if (finished < 0)
		return;
	m = metric(out, place, LAST_SUCCESS, "gauge",
	    "When the command last succeeded: not a dry run, and not stopped at a limit.");
	command_sample(&m, command);
	value_int(&m, finished);
}

void
report_prometheus(struct buf *out, const struct report *r)
{
	struct metric m;

	kinds(out, r);
	stuck(out, r);
	overdue(out, r);
	if (r->place.input == NULL) {
		m = metric(out, &r->place, "scan_capacity_units", "gauge",
		    "Read units that the last inspection took.");
		sample(&m, "");
		buf_addf(out, "} %.1f\n", r->work.read_units);
	}
	if (r->complete && r->work.finished > 0)
		success(out, &r->place, "inspect", r->work.finished);
}

void
report_prometheus_sweep(struct buf *out, const struct report_sweep *r,
    int64_t finished)
{
	const struct report_outcome *o = report_sweep_outcomes(r->command);
	struct metric m = metric(out, &r->place, "executed", "gauge",
	    "Whether the last run was one with --yes (1) or a dry run (0).");

	command_sample(&m, r->command);
	value_int(&m, r->executed);
	m = metric(out, &r->place, "purge_entries", "gauge",
	    "What became of the entries that the last run selected.");
	for (; o->name != NULL; o++) {
		command_sample(&m, r->command);
		label(&m, "outcome", o->name);
		value_int(&m, r->totals->outcomes[o->outcome]);
	}
	if (r->journal != NULL && r->executed) {
		m = metric(out, &r->place, "journal_bytes", "gauge",
		    "Size of the journal that the last run wrote.");
		command_sample(&m, r->command);
		value_int(&m, r->totals->journal_bytes);
	}
	success(out, &r->place, r->command, finished);
}

int64_t
report_prometheus_last(const struct report_sweep *r, const char *path)
{
	struct buf own = { 0 };
	struct metric m = { .out = &own,
		.place = &r->place,
		.name = LAST_SUCCESS };
	char line[4096];
	int64_t time, last = -1;
	struct stat st;
	/* a pipe is not waited for */
	FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode)
	    ? fopen(path, "re")
	    : NULL;

	command_sample(&m, r->command);
	buf_adds(&own, "} ");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, buf_text(&own), own.n) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		if (text_int_parse(line + own.n, 0, INT64_MAX, &time) == 0)
			last = time;
	}
	if (f != NULL)
		(void)fclose(f);
	buf_release(&own);
	return last;
}
