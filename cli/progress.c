#include <stdlib.h>

#include "cli/progress.h"
#include "inspector/pass.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

/*
 * Policy. A run shorter than half a second shows nothing. A table's number of
 * entries is hours old: shares of it are marked with "~" and end at 100 %.
 * Where it is unknown, the share is that of the segments read. The rate is a
 * moving average over about five seconds; the time left follows from it. Both
 * are about what is done: writes lag behind what is scanned.
 */
#define SECOND INT64_C(1000000)
#define DELAY (SECOND / 2)
#define MEMORY (5 * SECOND)
/* Without progress for so long, no time left can be told. */
#define STALLED (10 * SECOND)

static const int64_t period[] = {
	[PROGRESS_DRAW] = SECOND / 4,
	[PROGRESS_LINES] = SECOND,
	[PROGRESS_BEAT] = 60 * SECOND,
};

struct progress {
	struct progress_options o;
	int64_t start_us, next_us, last_us;
	int64_t moved_us; /* the last progress */
	int64_t last_scanned;
	double last_items; /* of those, done */
	double rate;       /* entries a second */
	struct buf line, piece, result;
};

struct progress *
progress_start(const struct progress_options *o, int64_t now_us)
{
	struct progress *p;

	if (o->mode == PROGRESS_OFF)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->o = *o;
	p->start_us = p->last_us = p->moved_us = now_us;
	p->next_us =
	    now_us + (period[o->mode] > DELAY ? period[o->mode] : DELAY);
	return p;
}

/* The part of what was scanned that is done, 0..1. */
static double
done(const struct pass_progress *at)
{
	return at->waiting > 0 && at->waiting <= at->matched
	    ? (double)(at->matched - at->waiting) / (double)at->matched
	    : 1;
}

/* How far it has scanned, 0..1; negative: unknown. */
static double
share(const struct progress *p, const struct pass_progress *at)
{
	double s = -1;

	if (p->o.expected > 0)
		s = (double)at->items / (double)p->o.expected;
	else if (p->o.expected == 0 && at->segments > 1)
		s = (double)at->segments_done / (double)at->segments;
	return s > 1 ? 1 : s;
}

static void
measure(struct progress *p, int64_t now_us, const struct pass_progress *at)
{
	double items = (double)at->items * done(at), now = 0;
	int64_t dt = now_us - p->last_us;

	if (dt <= 0)
		return;
	if (at->items < p->last_scanned) /* another pass has begun */
		p->last_items = 0;
	p->last_scanned = at->items;
	if (items > p->last_items) {
		p->moved_us = now_us;
		now = (items - p->last_items) * SECOND / (double)dt;
		p->last_items = items;
	}
	if (p->last_us == p->start_us)
		p->rate = now;
	else
		p->rate += (now - p->rate) * (double)dt / (double)(dt + MEMORY);
	p->last_us = now_us;
}

/* Append the piece to the line if there is room for it. */
static void
join(struct progress *p, int width)
{
	int has = text_width(buf_text(&p->line), p->line.n);

	if (p->piece.n > 0 &&
	    has + text_width(buf_text(&p->piece), p->piece.n) < width)
		buf_add(&p->line, p->piece.p, p->piece.n);
	buf_reset(&p->piece);
}

static void
add_left(struct progress *p, int64_t now_us, double s)
{
	double passed = (double)(now_us - p->start_us) / SECOND, left;
	char text[32];

	if (s <= 0 || s >= 1 || p->rate <= 0 || passed < 2 ||
	    now_us - p->moved_us > STALLED)
		return;
	if (p->o.expected > 0)
		left = (1 - s) * (double)p->o.expected / p->rate;
	else
		left = passed / s - passed;
	if (left < 1 || left > 8640000)
		return;
	text_span(text, (int64_t)left);
	buf_addf(&p->piece, ", ~%s left", text);
}

/* Add to the result, which comes before rate and time if there is little room:
 * ", 12 matched". */
static void
add_result(struct progress *p, int64_t n, const char *what)
{
	char text[32];

	if (what == NULL)
		return;
	text_count(text, n);
	buf_addf(&p->result, ", %s %s", text, what);
}

static void
compose(struct progress *p, int64_t now_us, const struct pass_progress *at,
    int width)
{
	const char *about = p->o.exact ? "" : "~";
	char text[32];
	double s = share(p, at);
	int needs, room;

	text_count(text, at->items);
	buf_addf(&p->piece, "%s %s", p->o.verb, text);
	if (p->o.expected > 0) {
		text_count(text, p->o.expected);
		buf_addf(&p->piece, " of %s%s", about, text);
	}
	join(p, width);
	if (s >= 0)
		buf_addf(&p->piece, " (%s%d %%)", about, (int)(s * 100));
	join(p, width);
	buf_reset(&p->result);
	add_result(p, at->matched, p->o.matched);
	add_result(p, at->written, p->o.written);
	/* the rest of the line leaves room for the result */
	needs = text_width(buf_text(&p->result), p->result.n);
	room = text_width(buf_text(&p->line), p->line.n) + needs < width
	    ? width - needs
	    : width;
	if (p->rate >= 1) {
		text_count(text, (int64_t)p->rate);
		buf_addf(&p->piece, ", %s/s", text);
	}
	join(p, room);
	add_left(p, now_us, s * done(at));
	join(p, room);
	buf_add(&p->piece, p->result.p, p->result.n);
	join(p, width);
}

void
progress_tick(struct progress *p, int64_t now_us,
    const struct pass_progress *at)
{
	int width = 1000;
	char text[32];

	if (p == NULL || now_us < p->next_us)
		return;
	p->next_us = now_us + period[p->o.mode];
	measure(p, now_us, at);
	if (p->o.mode == PROGRESS_DRAW)
		width = p->o.width != NULL ? p->o.width(p->o.ctx) : 80;
	if (width == 0)
		return;
	buf_reset(&p->line);
	if (p->o.mode == PROGRESS_BEAT) {
		text_span(text, (now_us - p->start_us) / SECOND);
		buf_addf(&p->line, "ttlsweep: %s: ", text);
	} else if (p->o.mode == PROGRESS_LINES) {
		buf_adds(&p->line, "ttlsweep: ");
	}
	compose(p, now_us, at, width);
	if (p->o.mode != PROGRESS_DRAW)
		buf_addc(&p->line, '\n');
	p->o.put(p->o.ctx, p->line.p, p->line.n);
}

void
progress_stop(struct progress *p)
{
	if (p == NULL)
		return;
	if (p->o.mode == PROGRESS_DRAW)
		p->o.put(p->o.ctx, "", 0);
	buf_release(&p->line);
	buf_release(&p->piece);
	buf_release(&p->result);
	free(p);
}
