#include <stdatomic.h>
#include <stdlib.h>

#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"

/* Clocks further apart are reported. */
#define SKEW_TOLD_MS (60 * 1000)

struct service {
	struct world *world;
	atomic_bool answered;
	atomic_bool clock_known;
	_Atomic int64_t skew_ms;
	atomic_bool skew_told; /* service_apart was true */
	atomic_bool lost_told; /* service_lost was, and no answer came since */
	struct lock *lock;     /* for all below */
	int64_t stamp_ms;      /* what a stamp adds to our clock */
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
	s->answered = true;
	if (!x->aged && x->date >= 0 && took <= RETRY_SKEW_ROUND_TRIP_MS) {
		s->skew_ms = x->date * 1000 - (x->sent_ms + took / 2);
		s->clock_known = true;
	}
}

bool
service_heard(struct service *s)
{
	return s->answered;
}

bool
service_clock_known(struct service *s)
{
	return s->clock_known;
}

bool
service_apart(struct service *s)
{
	int64_t skew = s->skew_ms;

	return (skew > SKEW_TOLD_MS || skew < -SKEW_TOLD_MS) &&
	    !atomic_exchange(&s->skew_told, true);
}

bool
service_lost(struct service *s)
{
	return !atomic_exchange(&s->lost_told, true);
}

int64_t
service_skew_ms(struct service *s)
{
	return s->skew_ms;
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
	/* Date is rounded down: half a second more on average */
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
	if (s->lost_told)
		s->lost_told = false;
}
