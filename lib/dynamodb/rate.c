#include <math.h>

#include "lib/dynamodb/rate.h"

#define SECOND_US INT64_C(1000000)
#define BURST 0.25 /* seconds of the pace that the bucket contains */
#define LEAST 1.0  /* units a second: throttling slows, it never stops */
/* A pace kept without a limit ends here: no table takes as much. */
#define BOUNDLESS 1e9

/* An interval: at least so long with so many requests, else a second; but a
 * flood of which most is refused ends at once. */
#define INTERVAL_US (SECOND_US / 4)
#define INTERVAL_REQUESTS 20
#define FLOOD_US (SECOND_US / 100)
#define FLOOD_REQUESTS 50
/* So long after a cut, replies are still those of the pace before. */
#define DEAF_US (SECOND_US / 4)

#define KEEP 0.8         /* of what the service took, after a cut */
#define SCALE 0.4        /* of CUBIC */
#define WORTH 0.03       /* a share above the expected one that counts */
#define EXPECTED_MAX 0.3 /* more than that is never taken for bad luck */
#define SIGMAS 2.5       /* standard deviations that are chance */
#define MEMORY 0.75      /* what an interval counts beside the one after it */
#define CALM 0.15

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

/* Seconds after a cut when the pace is again what held before it. */
static double
rate_way_back(const struct rate *r)
{
	return cbrt(r->held * (1 - KEEP) / SCALE);
}

/* The pace of the climb: KEEP of what held at first, all of that after the way
 * back, and from there on ever more. */
static double
rate_climb(const struct rate *r, int64_t now_us)
{
	double t = (double)(now_us - r->cut_us) / SECOND_US;

	return r->held + SCALE * pow(t - rate_way_back(r), 3);
}

static void
rate_set_pace(struct rate *r, double pace)
{
	if (pace < rate_least(r))
		pace = rate_least(r);
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

/* Refill until ${now_us}, which may lie behind: threads race. */
static void
rate_fill(struct rate *r, int64_t now_us)
{
	if (now_us <= r->at_us)
		return;
	r->tokens += r->pace * ((double)(now_us - r->at_us) / SECOND_US);
	r->at_us = now_us;
	if (r->held > 0)
		rate_set_pace(r, rate_climb(r, now_us));
	rate_trim(r);
}

static void
rate_begin_interval(struct rate *r, int64_t start_us)
{
	r->start_us = start_us;
	r->taken = r->refused = 0;
	r->requests = 0;
}

static void
rate_cut(struct rate *r, double held, int64_t now_us)
{
	r->before = rate_bounded(r) ? r->pace : BOUNDLESS;
	r->paced = r->limit <= 0;
	r->tokens = 0;
	r->at_us = now_us;
	r->held = held < LEAST ? LEAST : held;
	r->cut_us = now_us;
	rate_set_pace(r, r->held * KEEP);
}

/* The last cut was of no use: the pace of before, from where it climbs on. */
static void
rate_undo_cut(struct rate *r, int64_t now_us)
{
	r->held = r->before;
	r->cut_us = now_us - (int64_t)(rate_way_back(r) * SECOND_US);
	rate_set_pace(r, r->before);
}

/* The interval joins those before it. */
static void
rate_remember(struct rate *r)
{
	r->past_taken = r->past_taken * MEMORY + r->taken;
	r->past_refused = r->past_refused * MEMORY + r->refused;
	r->past_requests = r->past_requests * MEMORY + r->requests;
}

static void
rate_forget(struct rate *r)
{
	r->past_taken = r->past_refused = r->past_requests = 0;
}

/* An interval is over: does what was refused of late call for another pace? */
static void
rate_judge(struct rate *r, int64_t now_us)
{
	double seconds = (double)(now_us - r->start_us) / SECOND_US;
	double before = r->share, sum, p;
	bool useless;

	rate_remember(r);
	sum = r->past_taken + r->past_refused;
	r->share = sum > 0 ? r->past_refused / sum : 0;
	/* less than half of it went away when the pace went down */
	useless = r->lowered && r->share >= before / 2;
	if (useless && r->share > r->expected)
		r->expected = fmin(r->share, EXPECTED_MAX);
	else if (r->share < r->expected)
		r->expected += (r->share - r->expected) / 8;
	/* and so far off that it is not the few requests it was counted in */
	p = fmin(fmax(r->share, r->expected), 0.5);
	r->lowered = r->share >
	    r->expected + WORTH + SIGMAS * sqrt(p * (1 - p) / r->past_requests);
	if (r->lowered) {
		rate_cut(r, r->taken / seconds, now_us);
		rate_forget(r);
	} else if (useless) {
		rate_undo_cut(r, now_us);
	}
	rate_begin_interval(r, now_us + (r->lowered ? DEAF_US : 0));
}

static bool
rate_is_over(const struct rate *r, int64_t span_us)
{
	if (r->requests >= FLOOD_REQUESTS && r->refused > r->taken &&
	    span_us >= FLOOD_US)
		return true;
	if (r->requests >= INTERVAL_REQUESTS && span_us >= INTERVAL_US)
		return true;
	return r->requests > 0 && span_us >= SECOND_US;
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
	limit = rate_positive(limit);
	*r = (struct rate){ .limit = limit,
		.pace = limit,
		.tokens = limit * BURST,
		.at_us = now_us,
		.start_us = now_us };
}

void
rate_change(struct rate *r, double limit, int64_t now_us)
{
	bool bounded, climbs;

	limit = rate_positive(limit);
	rate_advance(r, now_us);
	bounded = rate_bounded(r);
	climbs = r->held > 0;
	if (!bounded)
		r->tokens = 0; /* nobody counted what is in flight */
	r->limit = limit;
	r->paced = climbs && limit <= 0;
	rate_set_pace(r, climbs ? r->pace : limit);
}

int64_t
rate_take(struct rate *r, double units, int64_t now_us)
{
	double room, wait;

	rate_advance(r, now_us);
	/* an interval begins with the first request of it that is sent */
	if (r->requests == 0 && r->refused <= 0 && now_us > r->start_us)
		r->start_us = now_us;
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
	units = rate_positive(units);
	cost = rate_positive(cost);
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
	units = rate_positive(units);
	if (units > BOUNDLESS)
		units = BOUNDLESS;
	if (now_us >= r->start_us)
		r->refused += units;
	/* It cost nothing, and counts: else those that are refused would be
	 * sent again as fast as they come back. */
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
