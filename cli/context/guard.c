#include <stdlib.h>
#include <string.h>

#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/text_report.h"
#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "sweep/lock.h"
#include "sweep/totals.h"

#define SKEW_MS INT64_C(60000)

int
guard_clocks(const struct guard *g, struct fault *f)
{
	int64_t off = g->skew_ms < 0 ? -g->skew_ms : g->skew_ms;
	char text[32];

	if (option_given(g->o, "now") || !g->clock_known || off <= SKEW_MS)
		return 0;
	text_span(text, off / 1000);
	return fault(f, FAULT_REFUSED,
	    "the clock here is %s %s that of the service, and one of them is "
	    "wrong: set it, or give the time to judge by with --now",
	    text, g->skew_ms < 0 ? "ahead of" : "behind");
}

int
guard_now(const struct guard *g, struct fault *f)
{
	int64_t earlier = g->here_ms;
	char text[32];

	if (g->clock_known && g->skew_ms < 0)
		earlier += g->skew_ms;
	earlier /= 1000;
	if (!option_given(g->o, "now") || g->o->now <= earlier)
		return 0;
	(void)text_time_format(text, earlier);
	return fault(f, FAULT_REFUSED,
	    "--now is in the future (it is %s): entries that are live would "
	    "be taken for expired",
	    text);
}

int
guard_table(const struct guard *g, struct fault *f)
{
	const char *status = g->table->status;

	if (strcmp(status, "ACTIVE") == 0 || strcmp(status, "UPDATING") == 0)
		return 0;
	return fault(f, FAULT_REFUSED,
	    "the table %s is %s: it has to be ACTIVE or UPDATING",
	    g->table->name, status[0] != '\0' ? status : "of unknown status");
}

int
guard_replicas(const struct guard *g, struct fault *f)
{
	const struct ddb_table *t = g->table;

	if (!g->changes || t->nreplicas == 0 || t->strong_replicas ||
	    g->o->overdue >= GUARD_REPLICA_OVERDUE)
		return 0;
	return fault(f, FAULT_REFUSED,
	    "the table %s has a replica in %s: an entry renewed there might "
	    "not be renewed here yet; give --overdue 15m or more",
	    t->name, t->replicas[0].region);
}

int
guard_check(struct context *c, bool changes, bool execute, struct fault *f)
{
	static int (*const checks[])(const struct guard *,
	    struct fault *) = { guard_clocks, guard_now, guard_table,
		guard_replicas };
	const struct guard g = {
		.o = c->o,
		.table = &c->table,
		.clock_known = service_clock_known(ddb_service(c->ddb)),
		.skew_ms = service_skew_ms(ddb_service(c->ddb)),
		.here_ms = c->world->wall_ms(c->world->ctx),
		.changes = changes,
	};
	struct fault why;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		if (checks[i](&g, &why) == 0)
			continue;
		if (execute) {
			*f = why;
			return -1;
		}
		log_warn(c->log, "with --yes this would be refused: %s",
		    why.text);
	}
	return 0;
}

int
guard_resumed(struct context *c, bool execute, struct fault *f)
{
	struct fault why;
	char now[32], text[32];

	/* the first run took it from the service, or from --now, which
	 * guard_check has looked at */
	if (!c->resumed || c->rules.now <= ddb_now(c->ddb))
		return 0;
	(void)text_time_format(now, c->rules.now);
	(void)text_time_format(text, ddb_now(c->ddb));
	(void)fault(&why, FAULT_REFUSED,
	    "%s: the checkpoint's time, %s, is in the future (it is %s): "
	    "entries that are live would be taken for expired; remove it to "
	    "begin anew",
	    c->o->checkpoint, now, text);
	if (execute) {
		*f = why;
		return -1;
	}
	log_warn(c->log, "with --yes this would be refused: %s", why.text);
	return 0;
}

struct sweep_lock *
guard_enter(struct context *c, const char *doing, struct fault *f)
{
	const struct ddb_table *t = &c->table;
	const struct sweep_lock_options lock = {
		.endpoint = c->config.endpoint,
		.arn = t->arn[0] != '\0' ? t->arn : t->name,
		.id = t->id,
		.shard = (int)c->portion.shard,
		.shards = (int)c->portion.of,
	};
	struct buf pace = { 0 };
	struct sweep_lock *l;

	if (c->pace.reads > 0 || c->pace.writes > 0) {
		buf_adds(&pace, "; at most ");
		text_report_pace(&pace, &c->pace);
	}
	log_note(c->log, "%s: account %s, region %s, endpoint %s, table %s%s",
	    doing, t->account[0] != '\0' ? t->account : "not told",
	    c->config.region, c->config.endpoint, t->name, buf_text(&pace));
	buf_release(&pace);
	l = sweep_lock_take(&lock, f);
	if (l != NULL)
		ddb_log(c->ddb, LOG_DEBUG, "lock %s", sweep_lock_path(l));
	return l;
}

/* ${f} NULL: another fault is on its way already, so this one is said. */
static int
out_of_balance(struct context *c, const struct sweep_totals *t, int64_t sum,
    struct fault *f)
{
	struct fault why;

	(void)fault(&why, FAULT_DATA,
	    "the totals do not balance: %lld matched, %lld accounted for; "
	    "this is a defect of ttlsweep, please report it",
	    (long long)t->matched, (long long)sum);
	if (f != NULL)
		*f = why;
	else
		log_warn(c->log, "%s", why.text);
	return -1;
}

int
guard_leave(struct context *c, const struct sweep_totals *t, int status,
    struct fault *f)
{
	int64_t sum = 0, failed = t->outcomes[OUTCOME_FAILED];

	for (int i = 0; i < OUTCOMES; i++)
		sum += t->outcomes[i];
	if (t->images_refused > 0)
		log_warn(c->log,
		    "old images that the server returned and that were not "
		    "taken: %lld (the first: %s); the journal has these "
		    "entries as they were read before",
		    (long long)t->images_refused, t->image_wrong);
	for (int i = 0; i < t->nfailures; i++)
		log_warn(c->log, "failed: %s: %s", t->failures[i].key,
		    t->failures[i].why);
	if (failed > t->nfailures)
		log_warn(c->log, "and %lld more failed",
		    (long long)(failed - t->nfailures));
	if (sum != t->matched)
		return out_of_balance(c, t, sum, f);
	return failed > 0 ? 3 : status;
}
