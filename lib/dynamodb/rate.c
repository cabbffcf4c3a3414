#include <math.h>

#include "lib/dynamodb/rate.h"

#define SECOND_US INT64_C(1000000)
#define BURST 0.25 /* seconds of the pace that the bucket contains */
#define LEAST 1.0  /* units a second: throttling never stops a sweep */
/* A pace without a limit ends here: no table accepts as much. */
#define BOUNDLESS 1e9

/* The least time and requests of an interval, which else lasts a second, and of
 * one in which most units were refused. */
#define INTERVAL_US (SECOND_US / 4)
#define INTERVAL_REQUESTS 20
#define FLOOD_US (SECOND_US / 100)
#define FLOOD_REQUESTS 50
/* For this time after a cut, replies still belong to the previous pace. */
#define DEAF_US (SECOND_US / 4)

#define KEEP 0.8         /* the pace after a cut, of what was accepted */
#define SCALE 0.4        /* CUBIC's C */
#define WORTH 0.01       /* a share above the expected one that counts */
#define EXPECTED_MAX 0.3 /* a larger share is never expected */
#define SIGMAS 2.5       /* standard deviations that count as chance */
#define MEMORY 0.75      /* the weight of an interval against the next one */
#define CALM 0.15

static bool
rate_bounded(const struct rate *r)
{
	return r->limit > 0 || r->paced;
}

static void
rate_trim(struct rate *r)
{
	r->tokens = fmin(r->tokens, r->pace * BURST);
}

/* Seconds from a cut until the pace is r->held again. */
static double
rate_way_back(const struct rate *r)
{
	return cbrt(r->held * (1 - KEEP) / SCALE);
}

static void
rate_set_pace(struct rate *r, double pace)
{
	pace = fmax(pace, r->limit > 0 ? fmin(r->limit, LEAST) : LEAST);
	if (r->limit > 0 && pace >= r->limit) {
		pace = r->limit;
		r->held = 0;
	} else if (r->limit <= 0 && pace >= BOUNDLESS) {
		r->paced = false;
		r->held = 0;
	}
	r->pace = pace;
	rate_trim(r);
}

/* Refill the bucket, and raise a lowered pace: KEEP of r->held after a cut, all
 * of it after the way back, and then ever more. ${now_us} may be in the past,
 * as threads race. */
static void
rate_fill(struct rate *r, int64_t now_us)
{
	double since_cut;

	if (now_us <= r->at_us)
		return;
	r->tokens += r->pace * ((double)(now_us - r->at_us) / SECOND_US);
	r->at_us = now_us;
	if (r->held > 0) {
		since_cut = (double)(now_us - r->cut_us) / SECOND_US;
		rate_set_pace(r,
		    r->held + SCALE * pow(since_cut - rate_way_back(r), 3));
	}
	rate_trim(r);
}

static void
rate_cut(struct rate *r, double held, int64_t now_us)
{
	r->before = rate_bounded(r) ? r->pace : BOUNDLESS;
	r->paced = r->limit <= 0;
	r->tokens = 0;
	r->at_us = now_us;
	r->held = fmax(held, LEAST);
	r->cut_us = now_us;
	rate_set_pace(r, r->held * KEEP);
}

/* The last cut was useless: rise on from the pace before it. */
static void
rate_undo_cut(struct rate *r, int64_t now_us)
{
	r->held = r->before;
	r->cut_us = now_us - (int64_t)(rate_way_back(r) * SECOND_US);
	rate_set_pace(r, r->before);
}

/* The standard deviation of the share, if it is ${p}. Units are refused in
 * lots, a whole request at most: it is as if as many lots were drawn as there
 * were units for. */
static double
rate_deviation(const struct rate *r, double p)
{
	double lot, lots;

	if (r->past_refusals <= 0)
		return 0;
	lot = fmax(r->past_refused / r->past_refusals, 1);
	lots = fmax((r->past_taken + r->past_refused) / lot, 1);
	return sqrt(p * (1 - p) / lots);
}

/* An interval is over: change the pace if too much was refused. */
static void
rate_judge(struct rate *r, int64_t now_us)
{
	double seconds = (double)(now_us - r->start_us) / SECOND_US;
	double before = r->share, sum, p;
	bool useless;

	r->past_taken = r->past_taken * MEMORY + r->taken;
	r->past_refused = r->past_refused * MEMORY + r->refused;
	r->past_refusals = r->past_refusals * MEMORY + r->refusals;
	sum = r->past_taken + r->past_refused;
	r->share = sum > 0 ? r->past_refused / sum : 0;
	/* a lower pace reduced the share by less than half */
	useless = r->lowered && r->share >= before / 2;
	if (useless && r->share > r->expected)
		r->expected = fmin(r->share, EXPECTED_MAX);
	else if (r->share < r->expected)
		r->expected += (r->share - r->expected) / 8;
	/* more than expected, and more than chance */
	p = fmin(fmax(r->share, r->expected), 0.5);
	r->lowered =
	    r->share > r->expected + WORTH + SIGMAS * rate_deviation(r, p);
	if (r->lowered) {
		rate_cut(r, r->taken / seconds, now_us);
		r->past_taken = r->past_refused = r->past_refusals = 0;
	} else if (useless) {
		rate_undo_cut(r, now_us);
	}
	r->start_us = now_us + (r->lowered ? DEAF_US : 0);
	r->taken = r->refused = 0;
	r->requests = r->refusals = 0;
}

static bool
rate_is_over(const struct rate *r, int64_t span_us)
{
	return (r->requests >= FLOOD_REQUESTS && r->refused > r->taken &&
		   span_us >= FLOOD_US) ||
	    (r->requests >= INTERVAL_REQUESTS && span_us >= INTERVAL_US) ||
	    (r->requests > 0 && span_us >= SECOND_US);
}

static void
rate_advance(struct rate *r, int64_t now_us)
{
	rate_fill(r, now_us);
	if (rate_is_over(r, now_us - r->start_us))
		rate_judge(r, now_us);
}

void
rate_init(struct rate *r, double limit, int64_t now_us)
{
	limit = fmax(limit, 0); /* not NaN either, here and below */
	*r = (struct rate){ .limit = limit,
		.pace = limit,
		.tokens = limit * BURST,
		.at_us = now_us,
		.start_us = now_us };
}

void
rate_change(struct rate *r, double limit, int64_t now_us)
{
	bool climbs;

	limit = fmax(limit, 0);
	rate_advance(r, now_us);
	climbs = r->held > 0;
	if (!rate_bounded(r))
		r->tokens = 0; /* what is in flight was not counted */
	r->limit = limit;
	r->paced = climbs && limit <= 0;
	rate_set_pace(r, climbs ? r->pace : limit);
}

int64_t
rate_take(struct rate *r, double units, int64_t now_us)
{
	double wait;

	rate_advance(r, now_us);
	/* an interval begins when its first request is sent */
	if (r->requests == 0 && r->refused <= 0 && now_us > r->start_us)
		r->start_us = now_us;
	if (!rate_bounded(r))
		return 0;
	units = fmax(units, 0);
	/* a request larger than the bucket is sent when the bucket is full */
	wait = (fmin(units, r->pace * BURST) - r->tokens) / r->pace;
	r->tokens -= units;
	if (!(wait > 0))
		return 0;
	wait = wait * SECOND_US + 1;
	return wait < 4e18 ? (int64_t)wait : INT64_C(4000000000000000000);
}

void
rate_settle(struct rate *r, double units, double cost, int64_t now_us)
{
	units = fmax(units, 0);
	cost = fmax(cost, 0);
	if (now_us >= r->start_us && (units > 0 || cost > 0)) {
		r->taken += cost;
		r->requests++;
	}
	rate_advance(r, now_us);
	if (!rate_bounded(r))
		return;
	r->tokens += units - cost;
	rate_trim(r);
}

void
rate_throttled(struct rate *r, double units, int64_t now_us)
{
	units = fmin(fmax(units, 0), BOUNDLESS);
	if (now_us >= r->start_us && units > 0) {
		r->refused += units;
		r->refusals++;
	}
	/* it cost nothing but counts, or refused requests would be sent again
	 * as fast as they come back */
	r->tokens -= units;
	rate_advance(r, now_us);
}

bool
rate_calm(const struct rate *r)
{
	return r->share < CALM + r->expected;
}

double
rate_share(const struct rate *r)
{
	return rate_bounded(r) ? r->pace * BURST : 0;
}
