#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "inspector/lookalike.h"
#include "inspector/sample.h"
#include "inspector/summary.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/source.h"
#include "sweep/plan.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_inspect = {
	.name = "inspect",
	.bit = ON_INSPECT,
	.args = "[--merge FILE...]",
	.max = -1,
	.summary = "report what is in the table and what TTL has left behind",
	.about = "Reads the table once and reports which entries are live, "
		 "which are expired and waiting for TTL, which TTL will never "
		 "delete and why, how old they are, what expires next, and "
		 "what a purge would cost. Changes nothing.",
	.examples = {
		{ "inspect -t TSAGalleryCache --region us-east-1",
		    "report on that table" },
		{ "inspect --format html -o report.html",
		    "write the report as a page for a browser" },
	},
	.run = run,
};

struct inspect {
	struct context context;
	struct lookalikes lookalikes;
	struct lock *lock;     /* for chosen and sample */
	bool selects;          /* options select entries */
	struct summary chosen; /* of the selected entries */
	struct summary all;
	struct sample sample; /* of what the report is about, by segments */
	struct sample whole;  /* of all entries, if options select some */
	struct summary scaled;
	struct pass_progress done;
	int64_t segments;
	struct report_watch watch;
	struct report_work spent; /* by earlier reports */
};

/* A worker's own count. */
struct counter {
	struct inspect *in;
	struct summary chosen;
};

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	struct counter *c = xcalloc(1, sizeof(*c));

	(void)worker;
	(void)conn;
	(void)f;
	c->in = ctx;
	summary_init(&c->chosen, c->in->all.top, c->in->all.sizes);
	return c;
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct counter *c = state;
	const struct context *x = &c->in->context;

	(void)seg;
	(void)f;
	lookalike_add(&c->in->lookalikes, r->item, x->rules.now);
	if (c->in->selects)
		summary_add(&c->chosen, r,
		    r->size < 0 ? 0 : cost_item(&x->table, r->item));
	return 0;
}

static bool
samples(const struct inspect *in)
{
	return in->context.portion.ppm > 0;
}

/* A sample of all segments is no estimate. */
static bool
estimates(const struct inspect *in)
{
	const struct sample *all = in->selects ? &in->whole : &in->sample;

	return samples(in) && all->segments < in->segments;
}

/* The segments of a sample are counted separately. */
static int
on_segment(void *state, const struct segment *seg, struct fault *f)
{
	struct counter *c = state;

	(void)f;
	if (!samples(c->in) || !c->in->selects)
		return 0;
	lock_enter(c->in->lock);
	sample_add(&c->in->sample, seg->index, seg->finished, &c->chosen);
	lock_leave(c->in->lock);
	summary_reset(&c->chosen);
	return 0;
}

static void
on_tally(void *ctx, const struct segment *seg, const struct summary *tally)
{
	struct inspect *in = ctx;

	sample_add(in->selects ? &in->whole : &in->sample, seg->index,
	    seg->finished, tally);
}

static int
on_close(void *state, struct fault *f)
{
	struct counter *c = state;

	(void)f;
	lock_enter(c->in->lock);
	summary_merge(&c->in->chosen, &c->chosen);
	lock_leave(c->in->lock);
	summary_release(&c->chosen);
	free(c);
	return 0;
}

static bool
selects(const struct options *o)
{
	return o->reason.bits != 0 || o->kind != KINDS_ANY ||
	    o->prefixes.n > 0 || o->sort_prefixes.n > 0 || o->overdue >= 0 ||
	    o->expires_within >= 0 || o->larger_than >= 0;
}

static int
count(struct inspect *in, struct fault *f)
{
	struct context *c = &in->context;
	struct selection selection;
	struct source *source = context_source(c, c->o->no_sizes, true);
	const struct pass pass = {
		.source = source,
		.ddb = c->ddb,
		.table = c->ddb != NULL ? &c->table : NULL,
		.rules = &c->rules,
		.selection = &selection,
		.jobs = (int)c->o->jobs,
		.sink = { .ctx = in,
		    .open = on_open,
		    .entry = on_entry,
		    .segment = on_segment,
		    .close = on_close },
		.tally = samples(in) ? on_tally : NULL,
		.tally_ctx = in,
		.tick = context_tick,
		.tick_ctx = c,
	};
	int rc;

	option_selection(&selection, c->o);
	in->segments = source->segments;
	context_begin(c, in->selects ? "selected" : NULL, false);
	rc = pass_run(&pass, &in->all, &in->done, f);
	context_end(c);
	if (rc >= 0 && !in->watch.known)
		context_tell_prefixes(c, in->all.prefixes, in->all.items);
	context_tell_kind(c, &in->all);
	source_close(source);
	return rc;
}

/* What an ordinary pass over the table would take: half a unit for 4 KiB, and
 * at least as much for each segment; 0: not known. */
static double
usual_units(const struct inspect *in, const struct estimate_sample *by,
    const struct summary *seen)
{
	const struct options *o = in->context.o;
	int64_t told = in->context.table.bytes;
	int64_t bytes = seen->sizes ? estimate_scale(by, seen->bytes) : told;
	int64_t segments =
	    o->segments > 0 ? o->segments : scan_segments((int)o->jobs, told);
	double rate = o->consistent ? 1 : 0.5;

	if (bytes <= 0 && !seen->sizes)
		return 0;
	return ((double)bytes / 4096 + (double)segments) * rate;
}

/* Turn the report into an estimate: scale up what was counted. */
static void
estimate(struct inspect *in, struct report *r, struct report_sample *s)
{
	const struct sample *all = in->selects ? &in->whole : &in->sample;
	const struct summary *seen = &all->seen;

	s->by.segments = all->segments;
	s->by.of = in->segments;
	s->by.spread =
	    estimate_spread(all->segments, seen->items, seen->squares.items);
	s->seen = &in->sample.seen;
	s->all = estimate_count(&s->by, seen->items, seen->squares.items);
	s->item_count = in->context.table.items;
	s->collections = in->context.schema.sort != NULL;
	s->usual_units = usual_units(in, &s->by, seen);
	summary_release(&in->scaled);
	sample_scale(&in->scaled, s->seen, &s->by);
	r->summary = &in->scaled;
	r->sample = s;
	r->estimated = estimates(in);
}

/* What this report took, of all that was counted so far. */
static struct report_work
work(struct inspect *in)
{
	struct report_work w = context_work(&in->context, &in->done);
	const struct report_work all = w;

	w.requests -= in->spent.requests;
	w.retries -= in->spent.retries;
	w.read_units -= in->spent.read_units;
	in->spent = all;
	return w;
}

static int
write_report(struct inspect *in, bool complete, struct fault *f)
{
	const struct context *c = &in->context;
	const struct subset *p = &c->portion;
	const struct report_shards shards = { p->of, &p->shard, 1 };
	struct report_sample sample;
	struct selection selection;
	int rc;
	struct report r = {
		.place = context_place(c),
		.work = work(in),
		.schema = &c->schema,
		.ttl_attribute = c->ttl,
		.ttl_status = c->table.ttl_status,
		.table_ttl = c->table.ttl_attribute,
		.rules = &c->rules,
		.summary = in->selects ? &in->chosen : &in->all,
		.whole = &in->all,
		.complete = complete,
		.timed = report_timed(c->rules.now,
		    c->world->wall_ms(c->world->ctx) / 1000),
		.selected = in->selects,
		.kinds = c->o->kind != KINDS_ANY ? (unsigned)c->o->kind : 0,
		.selection = in->selects ? c->quoted.selection : NULL,
		.judging = c->quoted.judging,
		.shards = p->of > 0 ? &shards : NULL,
		.segments = in->segments,
		.segments_asked = p->wanted != NULL ? p->asked : in->segments,
		.segments_done = in->done.segments_done,
		.watch = in->watch.look > 0 ? &in->watch : NULL,
		.top = (size_t)c->o->top,
		.replicated = c->table.nreplicas > 0,
		.weak = !c->table.strong_replicas,
		.ttl_fixed = c->table.partition != NULL &&
		    plan_number(&c->table, c->ttl, NULL) != 0,
		.lookalikes = in->lookalikes.names,
	};

	option_selection(&selection, c->o);
	r.states = selection_states(&selection);
	if (summary_nameless(&in->all))
		r.inside = in->lookalikes.inside;
	r.nlookalikes = in->lookalikes.n;
	if (samples(in))
		estimate(in, &r, &sample);
	rc = report_print(c->o, &r, c->log, f);
	for (int i = 0; i < STATES; i++)
		in->watch.before[i] = r.summary->states[i].items;
	in->watch.known = true;
	return rc;
}

static bool
alerts(const struct options *o)
{
	return o->alert_expired >= 0 || o->alert_overdue >= 0;
}

/* JSON, metrics and a report of a selection have no place for this, and who
 * waits for an alert may not read the report. */
static void
warn_attribute(struct inspect *in)
{
	const struct options *o = in->context.o;
	int format = o->format;
	bool said = !in->selects && !alerts(o) &&
	    (format == FORMAT_TEXT || format == FORMAT_HTML);
	const struct lookalikes *l = &in->lookalikes;
	bool all = summary_nameless(&in->all);
	struct buf names = { 0 };

	if (said || in->watch.known || (l->n == 0 && !all))
		return;
	if (in->selects && l->n == 0 && l->inside == NULL) {
		/* only selected entries were looked at for that */
		context_tell_attribute(&in->context, &in->all, false);
		return;
	}
	for (size_t i = 0; i < l->n; i++)
		buf_addf(&names, "%s%s",
		    i > 0 ? ", " : "; numbers that look like times are in ",
		    l->names[i]);
	if (l->inside != NULL)
		buf_addf(&names,
		    "; it is inside a map (%s), but TTL reads only a top-level "
		    "attribute of type Number",
		    l->inside);
	log_warn(in->context.log, "%s%s%s the TTL attribute %s%s",
	    all ? "no entry" : "some entries",
	    estimates(in) ? " in the sample" : "", all ? " has" : " lack",
	    in->context.ttl, buf_text(&names));
	buf_release(&names);
}

/* TTL by another attribute may delete entries early: none is ever overdue
 * then. */
static void
warn_other(const struct inspect *in)
{
	const struct context *c = &in->context;

	if (c->rules.ttl_other != NULL && !in->watch.known &&
	    (alerts(c->o) || c->o->format == FORMAT_PROMETHEUS))
		log_warn(c->log,
		    "TTL acts on %s, not on %s: where it deletes entries "
		    "before they expire by %s, none is overdue, and there is "
		    "no alert",
		    c->rules.ttl_other, c->ttl, c->ttl);
}

static void
begin(struct inspect *in, const struct options *o)
{
	lookalike_init(&in->lookalikes, in->context.ttl);
	summary_init(&in->all, (size_t)o->top, !o->no_sizes);
	summary_init(&in->chosen, (size_t)o->top, !o->no_sizes);
	sample_init(&in->sample, (size_t)o->top, !o->no_sizes);
	sample_init(&in->whole, 0, !o->no_sizes);
}

static void
end(struct inspect *in)
{
	summary_release(&in->chosen);
	summary_release(&in->all);
	sample_release(&in->sample);
	sample_release(&in->whole);
	summary_release(&in->scaled);
	lookalike_release(&in->lookalikes);
}

/* Reports of shards that are judged at different times cannot be added up. */
static void
tell_shard(const struct inspect *in)
{
	const struct context *c = &in->context;

	if (c->portion.of > 1 && !option_given(c->o, "now") &&
	    c->o->format == FORMAT_JSON)
		log_note(c->log,
		    "to combine this with other shards (--merge), give them "
		    "all the same time: --now %lld",
		    (long long)c->rules.now);
}

static int
look(struct inspect *in, struct fault *f)
{
	const struct options *o = in->context.o;
	struct log *log = in->context.log;
	struct fault why = { 0 };
	const struct ddb_table *t = &in->context.table;
	int rc = count(in, f);

	tell_shard(in);
	lookalike_sort(&in->lookalikes, summary_nameless(&in->all),
	    t->ttl_acts ? t->ttl_attribute : NULL);
	if (rc == 0) {
		warn_other(in);
		warn_attribute(in);
		return write_report(in, true, f);
	}
	if (f->kind != FAULT_CANCELLED || o->watch >= 0)
		return -1;
	/* after a signal: metrics cannot say that they are partial */
	if (o->format == FORMAT_PROMETHEUS) {
		if (o->output != NULL)
			log_note(log, "nothing was written to %s", o->output);
		return -1;
	}
	warn_attribute(in);
	if (write_report(in, false, &why) < 0)
		log_warn(log, "%s", why.text);
	else if (o->output != NULL)
		log_note(log,
		    "wrote a partial report to %s: only what was counted until "
		    "then",
		    o->output);
	return -1;
}

/* Report until a signal ends it. */
static int
watch(struct inspect *in, struct fault *f)
{
	const struct options *o = in->context.o;
	const struct world *world = in->context.world;

	in->watch.seconds = o->watch;
	for (;;) {
		in->watch.look++;
		if ((in->watch.look > 1 && context_again(&in->context, f)) ||
		    look(in, f) < 0) {
			/* the next report may reach what this one could not */
			if (f->kind != FAULT_NET || in->watch.look == 1)
				return -1;
			log_fault(in->context.log, f);
			log_note(in->context.log, "the next try is in %s",
			    figure_span(o->watch).s);
		}
		world->sleep_ms(world->ctx, sum_mul(o->watch, 1000), false);
		if (stop_requested() != 0)
			return fault(f, FAULT_CANCELLED, "interrupted");
		end(in);
		begin(in, o);
	}
}

/* The name of a file does not choose the format. */
static void
tell_format(const struct options *o, struct log *log)
{
	static const char *const names[][2] = { { ".html", "html" },
		{ ".json", "json" }, { ".prom", "prometheus" } };
	size_t n = o->output != NULL ? strlen(o->output) : 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (n > 0 && o->format == FORMAT_TEXT &&
		    text_ends_in(o->output, n, names[i][0]))
			log_note(log,
			    "-o %s: the report in it is text; the other format "
			    "is --format %s",
			    o->output, names[i][1]);
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct inspect in = { 0 };
	int rc = -1;

	tell_format(o, log);
	if (o->merge)
		return report_merge(o, log, f);
	in.selects = selects(o);
	in.lock = lock_new();
	begin(&in, o);
	if (context_open(&in.context, o, NULL, log, f) == 0) {
		in.lookalikes.ttl = in.context.ttl;
		rc = o->watch > 0 ? watch(&in, f) : look(&in, f);
	}
	context_close(&in.context);
	end(&in);
	lock_free(in.lock);
	return rc;
}
