#include <stdlib.h>
#include <string.h>

#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/price.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "sweep/ceiling.h"
#include "sweep/lock.h"
#include "sweep/plan.h"
#include "sweep/totals.h"

/* A decimal that option_value has checked. */
static double
decimal_of(const char *text)
{
	return text != NULL ? strtod(text, NULL) : 0;
}

int
guard_ceilings(struct ceilings *c, struct context *x, struct fault *f)
{
	const struct options *o = x->o;

	*c = (struct ceilings){
		.given = { [CEILING_ITEMS] = o->max_items >= 0,
		    [CEILING_PERCENT] = o->max_percent != NULL,
		    [CEILING_UNITS] = o->max_units >= 0,
		    [CEILING_COST] = o->max_cost != NULL,
		    [CEILING_DEADLINE] = o->deadline >= 0 },
		.items = o->max_items,
		.percent = decimal_of(o->max_percent),
		.units = (double)o->max_units,
		.usd = decimal_of(o->max_cost),
		.deadline = o->deadline,
	};
	if (o->price != NULL) {
		x->own_price.usd_per_million_writes = decimal_of(o->price);
		x->price = &x->own_price;
	}
	c->usd_per_unit =
	    x->price != NULL ? x->price->usd_per_million_writes / 1e6 : 0;
	if (c->given[CEILING_COST] && x->price == NULL)
		return fault(f, FAULT_USAGE,
		    "--max-cost: the price of a write unit is not known %s; "
		    "give --price, in dollars per million",
		    x->table.provisioned
			? "for a table with provisioned throughput"
			: "here");
	return 0;
}

int
guard_refuse(struct context *c, bool execute, const struct fault *why,
    struct fault *f)
{
	if (execute) {
		*f = *why;
		return -1;
	}
	c->refused = true;
	log_warn(c->log, "with --yes this would be refused: %s", why->text);
	return 0;
}

/* What is to be checked before the first write. */
static void
plan_of(struct plan *p, const struct context *c)
{
	option_plan(p, c->o);
	p->table = &c->table;
	p->clock_known = service_clock_known(ddb_service(c->ddb));
	p->skew_ms = service_skew_ms(ddb_service(c->ddb));
	p->here_ms = c->world->wall_ms(c->world->ctx);
}

int
guard_check(struct context *c, bool changes, bool execute, struct fault *f)
{
	struct plan p;
	struct fault why;

	plan_of(&p, c);
	p.changes = changes;
	for (size_t i = 0; plan_checks[i] != NULL; i++)
		if (plan_checks[i](&p, &why) != 0 &&
		    guard_refuse(c, execute, &why, f) != 0)
			return -1;
	return 0;
}

int
guard_ttl(const struct context *c, struct fault *f)
{
	struct plan p;

	option_plan(&p, c->o);
	return plan_ttl(&p, c->rules.now, f);
}

int
guard_resumed(struct context *c, bool execute, struct fault *f)
{
	struct fault why;
	char now[32], text[32];

	/* else it is from the service or --now: guard_check has checked it */
	if (!c->resumed || c->rules.now <= ddb_now(c->ddb))
		return 0;
	(void)text_time_format(now, c->rules.now);
	(void)text_time_format(text, ddb_now(c->ddb));
	(void)fault(&why, FAULT_REFUSED,
	    "%s: the checkpoint's time, %s, is in the future (it is %s): live "
	    "entries would count as expired; remove it to start over",
	    c->o->checkpoint, now, text);
	return guard_refuse(c, execute, &why, f);
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

char *
guard_undo(const struct context *c, const char *journal)
{
	struct report_place place = context_place(c);
	char *whole = realpath(journal, NULL);
	struct buf b = { 0 }, shown = { 0 };
	struct plan p;

	/* the journal says the table, region and TTL attribute */
	place.table = place.region = place.repeat = NULL;
	text_report_command(&b, "restore --yes", &place);
	option_repeat_one(&b, c->o, "profile");
	option_repeat_one(&b, c->o, "expect-account");
	/* a wrong clock would be refused; else the undo has its own time */
	plan_of(&p, c);
	p.now_given = false;
	if (plan_clocks(&p, NULL) != 0)
		option_repeat_one(&b, c->o, "now");
	buf_addc(&b, ' ');
	shlex_quote(&b, whole != NULL ? whole : journal);
	free(whole);
	term_command(&shown, buf_text(&b), !text_locale_utf8());
	buf_release(&b);
	return buf_detach(&shown);
}

int
guard_leave(struct context *c, const struct sweep_totals *t, int status,
    struct fault *f)
{
	int64_t sum = sweep_totals_settled(t);
	int64_t failed = t->outcomes[OUTCOME_FAILED];
	struct fault why;

	if (t->images_refused > 0)
		log_warn(c->log,
		    "ignored %lld old images that the server returned (the "
		    "first: %s); the journal has these entries as they were "
		    "read",
		    (long long)t->images_refused, t->image_wrong);
	for (int i = 0; i < t->nfailures; i++)
		log_warn(c->log, "failed: %s: %s", t->failures[i].key,
		    i > 0 &&
			    strcmp(t->failures[i].why,
				t->failures[i - 1].why) == 0
			? "for the same reason"
			: t->failures[i].why);
	if (failed > t->nfailures)
		log_warn(c->log, "and %lld more failed",
		    (long long)(failed - t->nfailures));
	if (sum == t->matched)
		return failed > 0 ? 3 : status;
	(void)fault(&why, FAULT_DATA,
	    "the totals do not add up: %lld matched, %lld accounted for; this "
	    "is a bug in ttlsweep, please report it",
	    (long long)t->matched, (long long)sum);
	if (f != NULL)
		*f = why;
	else
		log_warn(c->log, "%s", why.text);
	return -1;
}
