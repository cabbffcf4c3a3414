#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/progress.h"
#include "cli/term.h"
#include "lib/aws/world.h"
#include "lib/base/stop.h"

static void
put(void *ctx, const char *p, size_t n)
{
	const struct context *c = ctx;

	if (isatty(STDERR_FILENO))
		log_draw(c->log, p, n);
	else
		log_write(c->log, p, n);
}

static int
width(void *ctx)
{
	(void)ctx;
	return term_foreground(STDERR_FILENO) ? term_width(STDERR_FILENO, 80)
					      : 0;
}

static enum progress_mode
progress_mode(const struct options *o, bool rows)
{
	bool always = o->progress == TERM_ALWAYS;
	bool terminal = isatty(STDERR_FILENO);

	if (o->progress == TERM_NEVER || (o->quiet && !always))
		return PROGRESS_OFF;
	if (!terminal)
		return always ? PROGRESS_LINES : PROGRESS_BEAT;
	/* Rows on the same screen would run into it. */
	if (rows && isatty(STDOUT_FILENO))
		return PROGRESS_OFF;
	return PROGRESS_DRAW;
}

/* How many entries a pass will see; 0 when nobody knows, -1 for
 * files. */
static int64_t
expected(const struct context *c)
{
	const struct subset *p = &c->portion;

	if (c->ddb == NULL)
		return c->file_items;
	if (c->listed)
		return (int64_t)c->keys.n;
	if (p->wanted == NULL || c->table.items <= 0)
		return c->table.items;
	return (int64_t)((double)c->table.items * (double)p->asked /
		   (double)p->segments) +
	    1;
}

void
context_begin(struct context *c, const char *matched, bool rows)
{
	const struct progress_options o = {
		.mode = progress_mode(c->o, rows),
		.verb = "scanned",
		.matched = matched,
		.expected = expected(c),
		.put = put,
		.width = width,
		.ctx = c,
	};

	c->begun_us = c->world->mono_us(c->world->ctx);
	c->progress = progress_start(&o, c->begun_us);
}

void
context_begin_files(struct context *c, const char *verb, int64_t entries)
{
	const struct progress_options o = {
		.mode = progress_mode(c->o, false),
		.verb = verb,
		.expected = entries,
		.exact = true,
		.put = put,
		.width = width,
		.ctx = c,
	};
	int64_t now = c->world->mono_us(c->world->ctx);

	context_end(c);
	if (c->begun_us == 0)
		c->begun_us = now;
	c->progress = progress_start(&o, now);
}

void
context_tick(void *context, const struct pass_progress *p)
{
	struct context *c = context;

	if (stop_requested() == SIGINT && !c->stop_told &&
	    isatty(STDERR_FILENO)) {
		c->stop_told = true;
		log_note(c->log,
		    "waiting for what is under way; once more ends it at "
		    "once");
	}
	if (c->progress != NULL)
		progress_tick(c->progress, c->world->mono_us(c->world->ctx), p);
}

void
context_end(struct context *c)
{
	progress_stop(c->progress);
	c->progress = NULL;
	if (c->file_partial)
		context_warn_partial(c->log, c->o->input);
	c->file_partial = false;
}
