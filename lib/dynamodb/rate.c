#include "lib/dynamodb/rate.h"

#define SECOND_US INT64_C(1000000)
#define BURST 0.25  /* seconds of the pace that the bucket holds */
#define REGAIN 0.05 /* of the limit, a second */
#define LEAST 1.0   /* units a second: throttling slows, it never stops */
/* A pace kept without a limit ends here: no table takes as much. */
#define BOUNDLESS 1e9

static bool
rate_bounded(const struct rate *r)
{
	return r->limit > 0 || r->paced;
}

static double
rate_positive(double units)
{
	return units > 0 ? units : 0; /* no NaN either */
}

static double
rate_least(const struct rate *r)
{
	return r->limit > 0 && r->limit < LEAST ? r->limit : LEAST;
}

static void
rate_trim(struct rate *r)
{
	if (r->tokens > r->pace * BURST)
		r->tokens = r->pace * BURST;
}

/* Let tokens drip in until ${now_us}, which may lie behind: threads race. */
static void
rate_fill(struct rate *r, int64_t now_us)
{
	if (now_us <= r->at_us)
		return;
	r->tokens += r->pace * ((double)(now_us - r->at_us) / SECOND_US);
	r->at_us = now_us;
	rate_trim(r);
}

/* One step up after a quiet second. */
static void
rate_ease(struct rate *r)
{
	double step = (r->limit > 0 ? r->limit : r->pace) * REGAIN;

	if (r->limit <= 0 && step < LEAST)
		step = LEAST;
	r->pace += step;
	if (r->limit > 0 && r->pace > r->limit)
		r->pace = r->limit;
	else if (r->limit <= 0 && r->pace >= BOUNDLESS)
		r->paced = false;
}

static void
rate_advance(struct rate *r, int64_t now_us)
{
	while (rate_bounded(r) && (r->limit <= 0 || r->pace < r->limit) &&
	    now_us - r->eased_us >= SECOND_US) {
		r->eased_us += SECOND_US;
		rate_fill(r, r->eased_us);
		rate_ease(r);
	}
	rate_fill(r, now_us);
}

void
rate_init(struct rate *r, double limit, int64_t now_us)
{
	limit = rate_positive(limit);
	*r = (struct rate){ .limit = limit,
		.pace = limit,
		.tokens = limit * BURST,
		.at_us = now_us,
		.eased_us = now_us,
		.halved_us = now_us - SECOND_US };
}

void
rate_change(struct rate *r, double limit, int64_t now_us)
{
	bool bounded, lowered;

	limit = rate_positive(limit);
	rate_advance(r, now_us);
	bounded = rate_bounded(r);
	lowered = r->paced || r->pace < r->limit;
	if (!bounded)
		r->tokens = 0; /* nobody counted what is in flight */
	if (!lowered || (limit > 0 && r->pace > limit))
		r->pace = limit;
	r->limit = limit;
	r->paced = lowered && limit <= 0;
	r->eased_us = now_us;
	rate_trim(r);
}

int64_t
rate_take(struct rate *r, double units, int64_t now_us)
{
	double room, wait;

	rate_advance(r, now_us);
	if (!rate_bounded(r))
		return 0;
	units = rate_positive(units);
	/* What is larger than the bucket goes when the bucket is full. */
	room = r->pace * BURST;
	wait = ((units < room ? units : room) - r->tokens) / r->pace;
	r->tokens -= units;
	if (!(wait > 0))
		return 0;
	wait = wait * SECOND_US + 1;
	return wait < 4e18 ? (int64_t)wait : INT64_C(4000000000000000000);
}

void
rate_settle(struct rate *r, double units, double cost, int64_t now_us)
{
	rate_advance(r, now_us);
	if (!rate_bounded(r))
		return;
	r->tokens += rate_positive(units) - rate_positive(cost);
	rate_trim(r);
}

void
rate_throttled(struct rate *r, double seen, int64_t now_us)
{
	rate_advance(r, now_us);
	r->eased_us = now_us;
	if (now_us - r->halved_us < SECOND_US)
		return;
	r->halved_us = now_us;
	if (!rate_bounded(r)) {
		r->paced = true;
		r->pace = rate_positive(seen);
		if (r->pace > BOUNDLESS)
			r->pace = BOUNDLESS;
		r->tokens = 0;
		r->at_us = now_us;
	}
	r->pace /= 2;
	if (r->pace < rate_least(r))
		r->pace = rate_least(r);
	rate_trim(r);
}

double
rate_share(const struct rate *r)
{
	return rate_bounded(r) ? r->pace * BURST : 0;
}
