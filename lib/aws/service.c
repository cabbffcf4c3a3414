#include <stdlib.h>

#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"

/* Clocks further apart are worth a word. */
#define SKEW_TOLD_MS (60 * 1000)

struct service {
	struct world *world;
	struct lock *lock; /* all below */
	bool answered;     /* by anything, once */
	bool clock_known;
	int64_t skew_ms;
	bool skew_told;   /* that the clocks are apart */
	int64_t stamp_ms; /* what is added to ours for a stamp */
	struct retry_quota quota;
};

struct service *
service_open(struct world *world)
{
	struct service *s = xcalloc(1, sizeof(*s));

	s->world = world;
	s->lock = lock_new();
	retry_quota_init(&s->quota);
	return s;
}

void
service_close(struct service *s)
{
	if (s == NULL)
		return;
	lock_free(s->lock);
	free(s);
}

void
service_learn(struct service *s, const struct http_exchange *x)
{
	int64_t took = x->received_ms - x->sent_ms;

	if (x->status == 0)
		return;
	lock_enter(s->lock);
	s->answered = true;
	if (!x->aged && x->date >= 0 && took <= RETRY_SKEW_ROUND_TRIP_MS) {
		s->skew_ms = x->date * 1000 - (x->sent_ms + took / 2);
		s->clock_known = true;
	}
	lock_leave(s->lock);
}

bool
service_heard(struct service *s)
{
	bool heard;

	lock_enter(s->lock);
	heard = s->answered;
	lock_leave(s->lock);
	return heard;
}

bool
service_clock_known(struct service *s)
{
	bool known;

	lock_enter(s->lock);
	known = s->clock_known;
	lock_leave(s->lock);
	return known;
}

bool
service_apart(struct service *s)
{
	bool tell;

	lock_enter(s->lock);
	tell = !s->skew_told &&
	    (s->skew_ms > SKEW_TOLD_MS || s->skew_ms < -SKEW_TOLD_MS);
	s->skew_told = s->skew_told || tell;
	lock_leave(s->lock);
	return tell;
}

int64_t
service_skew_ms(struct service *s)
{
	int64_t skew;

	lock_enter(s->lock);
	skew = s->skew_ms;
	lock_leave(s->lock);
	return skew;
}

int64_t
service_now(struct service *s)
{
	int64_t ms = s->world->wall_ms(s->world->ctx) + service_skew_ms(s);

	return ms / 1000 - (ms % 1000 < 0);
}

int64_t
service_stamp_us(struct service *s)
{
	const int64_t slack = SERVICE_STAMP_SLACK_MS;
	int64_t ms = s->world->wall_ms(s->world->ctx), right;

	lock_enter(s->lock);
	/* half a second more on average: Date is cut to whole ones */
	right = s->clock_known ? s->skew_ms + 500 : 0;
	if (right < s->stamp_ms - slack || right > s->stamp_ms + slack)
		s->stamp_ms = right >= -slack && right <= slack ? 0 : right;
	ms += s->stamp_ms;
	lock_leave(s->lock);
	return ms * 1000;
}

int
service_retry(struct service *s, enum retry_class why)
{
	int cost;

	lock_enter(s->lock);
	cost = retry_quota_take(&s->quota, why);
	lock_leave(s->lock);
	return cost;
}

void
service_answered(struct service *s, int cost)
{
	lock_enter(s->lock);
	retry_quota_give(&s->quota, cost);
	lock_leave(s->lock);
}
