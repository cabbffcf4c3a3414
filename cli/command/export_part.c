#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command/exporting.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "export/checkpoint.h"
#include "export/format.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/source.h"
#include "lib/stream/outfile.h"
#include "lib/stream/stream.h"

/*
 * The policy: the rows of a page and the position behind it are noted under
 * one lock, so that at any moment the file's length and the positions say the
 * same. Both are kept aside at some moment, the file is synced, and only then
 * they are written down. What stands behind that length is cut off when the
 * next run goes on, which reads just those pages again. So no entry is in the
 * file twice and none is missing, however a run ended.
 *
 * A run that is killed loses at most a tenth of its time, and never more than
 * some seconds of it.
 */
#define OFTEN_US ((int64_t)100000)
#define SELDOM_US ((int64_t)5000000)

struct part {
	struct exporting *x;
	struct rows rows;
	const char *path; /* of the checkpoint */
	struct checkpoint checkpoint;
	struct buf chosen;
	struct lock *lock; /* the positions, and below */
	int64_t begun_us, saved_us;
	bool saving;
};

static int64_t
mono_us(const struct part *p)
{
	const struct world *w = p->x->context.world;

	return w->mono_us(w->ctx);
}

static bool
due(const struct part *p)
{
	int64_t now = mono_us(p), every = (now - p->begun_us) / 10;

	if (every < OFTEN_US)
		every = OFTEN_US;
	if (every > SELDOM_US)
		every = SELDOM_US;
	return !p->saving && now - p->saved_us >= every;
}

/* What can be written down once the file is synced; with the lock held. */
static int
keep_aside(struct part *p, struct buf *text, struct fault *f)
{
	if (stream_mark(p->rows.output.stream, &p->checkpoint.file_bytes, f) !=
	    0)
		return -1;
	checkpoint_text(text, &p->checkpoint);
	return 0;
}

static int
write_down(struct part *p, const struct buf *text, struct fault *f)
{
	if (stream_sync(p->rows.output.stream, f) != 0)
		return -1;
	return stream_file(p->path, text->p, text->n, f);
}

/* Segment ${seg} is worked through up to ${seg}->next. */
static int
note(void *ctx, struct rows_hand *h, const struct segment *seg, struct fault *f)
{
	struct part *p = ctx;
	struct segment *at = &p->checkpoint.positions[seg->index];
	struct buf text = { 0 };
	bool save = false;
	int rc;

	lock_enter(p->lock);
	rc = rows_hand_flush(h, f);
	if (rc == 0) {
		buf_reset(&at->next);
		buf_add(&at->next, seg->next.p, seg->next.n);
		at->finished = seg->finished;
		save = due(p);
	}
	if (save)
		rc = keep_aside(p, &text, f);
	save = save && rc == 0;
	if (save)
		p->saving = true;
	lock_leave(p->lock);
	if (!save)
		goto out;
	rc = write_down(p, &text, f);
	lock_enter(p->lock);
	p->saving = false;
	p->saved_us = mono_us(p);
	lock_leave(p->lock);
out:
	buf_release(&text);
	return rc;
}

/* What makes the file what it is. */
static void
write_chosen(struct part *p)
{
	static const char *const names[] = { "session-prefix", "group",
		"columns", "csv-safe", "numbers", "output" };
	const struct options *o = p->x->context.o;

	buf_addf(&p->chosen, "--format %s%s", p->x->format->name,
	    p->x->rows.stream.gzip ? " --gzip" : "");
	option_repeat(&p->chosen, o, GROUP_SELECTION, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		option_repeat_one(&p->chosen, o, names[i]);
}

static bool
all_finished(const struct checkpoint *c)
{
	for (int64_t i = 0; i < c->segments; i++)
		if (!c->positions[i].finished)
			return false;
	return true;
}

/* Whether a run was ended when the file had its name already. */
static bool
is_whole(const struct part *p)
{
	const char *file = p->x->context.o->output;
	char *part = outfile_part(file);
	struct stat st;
	bool whole = part != NULL && all_finished(&p->checkpoint) &&
	    access(part, F_OK) != 0 && errno == ENOENT &&
	    stat(file, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == p->checkpoint.file_bytes;

	free(part);
	return whole;
}

/* A run that has not begun: what there is of the file is not ours. */
static int
begin_anew(struct part *p, struct fault *f)
{
	char *part = outfile_part(p->x->context.o->output);
	struct stat st;
	int rc = 0;

	if (part != NULL && lstat(part, &st) == 0)
		rc = fault(f, FAULT_REFUSED,
		    "%s is there already, but not the checkpoint %s it would "
		    "go on from: remove it, or name another file",
		    part, p->path);
	free(part);
	p->checkpoint.file_bytes = 0;
	return rc == 0 ? checkpoint_save(p->path, &p->checkpoint, f) : -1;
}

static int
forget(const struct part *p, struct fault *f)
{
	if (unlink(p->path) == 0 || errno == ENOENT)
		return 0;
	return fault(f, FAULT_IO, "%s: %s", p->path, strerror(errno));
}

static int
run_pass(struct part *p, struct fault *f)
{
	const struct pass_sink sink = rows_sink(&p->rows);
	struct buf text = { 0 };
	struct fault later = { 0 };
	int rc = exporting_pass(p->x, &sink, f);

	/* also after a failure: all that is in the file counts */
	if (keep_aside(p, &text, &later) != 0 ||
	    write_down(p, &text, &later) != 0) {
		if (rc >= 0 && f != NULL)
			*f = later;
		rc = -1;
	}
	buf_release(&text);
	return rc;
}

static int
write_part(struct part *p, struct fault *f)
{
	struct exporting *x = p->x;
	int rc;

	x->rows.page = note;
	x->rows.ctx = p;
	x->rows.stream.resumable = true;
	x->rows.stream.from = p->checkpoint.file_bytes;
	if (rows_open(&p->rows, &x->rows, f) != 0)
		return -1;
	p->begun_us = p->saved_us = mono_us(p);
	rc = run_pass(p, f);
	if (rows_close(&p->rows, rc == 0, f) != 0)
		rc = -1;
	if (rc == 0) {
		rows_note(&p->rows, x->context.log);
		return forget(p, f);
	}
	log_note(x->context.log, "to go on: %s", x->context.quoted.shown->line);
	return -1;
}

int
export_part(struct exporting *x, struct fault *f)
{
	struct part p = { .x = x, .path = x->context.o->checkpoint };
	int rc = -1, r;

	p.lock = lock_new();
	write_chosen(&p);
	p.checkpoint.command = "export";
	p.checkpoint.selection = buf_text(&p.chosen);
	r = context_resume(&x->context, &p.checkpoint, f);
	if (r < 0)
		goto out;
	if (r > 0 && p.checkpoint.file_bytes < 0) {
		(void)fault(f, FAULT_DATA,
		    "%s: not a checkpoint of ttlsweep, or damaged: file",
		    p.path);
		goto out;
	}
	if (r > 0 && is_whole(&p)) {
		log_note(x->context.log, "%s is complete",
		    x->context.o->output);
		rc = forget(&p, f);
		goto out;
	}
	if (r == 0 && begin_anew(&p, f) != 0)
		goto out;
	rc = write_part(&p, f);
	if (rc == 0 && r > 0)
		log_note(x->context.log, "%s is complete",
		    x->context.o->output);
	else if (rc == 0)
		exporting_tell(x, x->done.matched, p.rows.written,
		    x->rows.stream.gzip);
out:
	checkpoint_release(&p.checkpoint);
	buf_release(&p.chosen);
	lock_free(p.lock);
	return rc;
}
