#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/lookalike.h"
#include "cli/option.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/talk.h"
#include "cli/term.h"
#include "dynamodb/source.h"
#include "dynamodb/workers.h"
#include "inspector/summary.h"

static int run(const struct options *o, struct talk *talk, struct fault *f);

const struct command cmd_inspect = {
	.name = "inspect",
	.bit = ON_INSPECT,
	.args = "",
	.summary = "report what is in the table and what TTL left behind",
	.about = "Reads the table once and tells what is live, what is "
		 "expired and waits for TTL, what TTL will never delete and "
		 "why, how old that is, what expires next, and what deleting "
		 "it would cost. Changes nothing.",
	.run = run,
};

struct inspect {
	struct context context;
	struct lookalikes lookalikes;
	struct lock *lock;     /* selected */
	struct summary chosen; /* of what the options select */
	bool selects;          /* they do; else the pass counts all */
	struct summary all;
	struct pass_progress done;
	int64_t segments;
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
	if (r->item->ttl.p == NULL)
		lookalike_add(&c->in->lookalikes, r->item);
	if (c->in->selects)
		summary_add(&c->chosen, r,
		    ddb_table_delete_units(&x->table, r->size), &x->rules);
	return 0;
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
	return o->reason != NULL || strcmp(o->kind, "any") != 0 ||
	    o->prefixes.n > 0 || o->overdue >= 0 || o->expires_within >= 0 ||
	    o->larger_than >= 0;
}

static int
count(struct inspect *in, struct fault *f)
{
	struct context *c = &in->context;
	struct selection selection;
	struct source *source = context_source(c, c->o->no_sizes);
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
		    .close = on_close },
		.tick = context_tick,
		.tick_ctx = c,
	};
	int rc;

	context_selection(&selection, c->o);
	in->segments = source->segments;
	context_begin(c, in->selects ? "selected" : NULL, false);
	rc = pass_run(&pass, &in->all, &in->done, f);
	context_end(c);
	source_close(source);
	return rc;
}

static void
write_report(struct inspect *in, bool complete, struct buf *out)
{
	const struct context *c = &in->context;
	const struct options *o = c->o;
	bool terminal = o->output == NULL || strcmp(o->output, "-") == 0;
	struct report r = {
		.place = context_place(c),
		.work = context_work(c, &in->done),
		.schema = &c->schema,
		.ttl_attribute = c->ttl,
		.ttl_status = c->table.ttl_status,
		.table_ttl = c->table.ttl_attribute,
		.rules = &c->rules,
		.summary = in->selects ? &in->chosen : &in->all,
		.complete = complete,
		.selected = in->selects,
		.segments = in->segments,
		.segments_done = in->done.segments_done,
		.top = (size_t)o->top,
		.lookalikes = in->lookalikes.names,
		.nlookalikes = in->lookalikes.n,
	};
	const struct report_style style = {
		.width = terminal ? term_width(STDOUT_FILENO, 80) : 80,
		.color = terminal ? term_color(STDOUT_FILENO, o->color)
				  : strcmp(o->color, "always") == 0,
		.ascii = !term_utf8(),
	};

	lookalike_sort(&in->lookalikes);
	if (strcmp(o->format, "json") == 0)
		report_json(out, &r);
	else
		report_text(out, &r, &style);
}

/* What scripts that read JSON would miss: it has no place there. */
static void
warn_attribute(struct inspect *in)
{
	const struct summary *s = &in->all;

	if (strcmp(in->context.o->format, "json") == 0 && s->items > 0 &&
	    s->reasons[STATE_IMMORTAL][REASON_MISSING] == s->items)
		talk_warn(in->context.talk,
		    "no entry has the TTL attribute %s%s%s", in->context.ttl,
		    in->lookalikes.n > 0
			? "; numbers that look like times are in "
			: "",
		    in->lookalikes.n > 0 ? in->lookalikes.names[0] : "");
}

static int
run(const struct options *o, struct talk *talk, struct fault *f)
{
	struct inspect in = { 0 };
	struct buf out = { 0 };
	int rc = -1, counted = -1;

	in.selects = selects(o);
	in.lock = lock_new();
	lookalike_init(&in.lookalikes);
	summary_init(&in.all, (size_t)o->top, !o->no_sizes);
	summary_init(&in.chosen, (size_t)o->top, !o->no_sizes);
	if (context_open(&in.context, o, NULL, talk, f) != 0)
		goto out;
	counted = count(&in, f);
	/* Half a report must not take the place of a whole one. */
	if (counted != 0 && (f->kind != FAULT_CANCELLED || o->output != NULL))
		goto out;
	write_report(&in, counted == 0, &out);
	warn_attribute(&in);
	rc = output_all(o->output, &out, counted == 0 ? f : NULL);
	if (counted != 0)
		rc = -1;
out:
	context_close(&in.context);
	summary_release(&in.chosen);
	summary_release(&in.all);
	lookalike_release(&in.lookalikes);
	lock_free(in.lock);
	buf_release(&out);
	return rc;
}
