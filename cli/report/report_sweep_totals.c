#include <string.h>

#include "cli/json.h"
#include "cli/report/figure.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "cli/report/report_sweep.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "sweep/totals.h"

void
report_sweep_price(struct buf *line, const struct report_sweep *r)
{
	if (r->place.price == NULL || r->write_units <= 0)
		return;
	buf_addf(line, " (about %s, ",
	    figure_usd(price_usd(r->place.price, r->write_units)).s);
	price_source(line, r->place.price);
	buf_addc(line, ')');
}

void
report_sweep_line(struct buf *out, const struct report_sweep *r)
{
	const struct sweep_totals *t = r->totals;
	const struct report_outcome *o = report_sweep_outcomes(r->command);

	buf_addf(out, "%s %s: ", r->command, r->place.table);
	if (r->listed)
		buf_addf(out, "%lld key%s, %lld absent, ", (long long)r->keys,
		    r->keys == 1 ? "" : "s", (long long)t->absent);
	buf_addf(out, "%lld scanned, %lld matched", (long long)t->scanned,
	    (long long)t->matched);
	for (; o->name != NULL; o++)
		buf_addf(out, ", %lld %s", (long long)t->outcomes[o->outcome],
		    o->name);
	if (t->left_out > 0)
		buf_addf(out, ", %lld left out", (long long)t->left_out);
	if (t->unconfirmed > 0)
		buf_addf(out, " (%lld unconfirmed)", (long long)t->unconfirmed);
	/* not the others, which may be meant to stay */
	for (int i = 0; i < SWEEP_LEFT_MISSING; i++)
		if (t->left[i] > 0)
			buf_addf(out, ", %lld %s", (long long)t->left[i],
			    report_sweep_left[i].name);
	/* scripts read this line: no number has blanks in it */
	buf_addf(out, "; %.15g write unit%s", r->write_units,
	    r->write_units == 1 ? "" : "s");
	report_sweep_price(out, r);
	buf_addf(out, ", %.1f s", r->work.seconds);
	if (r->shards.of > 0)
		buf_addf(out, "; shard %lld/%lld", (long long)r->shards.have[0],
		    (long long)r->shards.of);
	if (t->stopped != NULL)
		buf_addf(out, "; stopped: %s", t->stopped);
	if (t->stopped != NULL && strcmp(t->stopped, "max-percent") == 0)
		buf_addf(out, " (%lld of %lld %s)",
		    (long long)t->percent_matched, (long long)t->percent_of,
		    report_manner_chosen(r->command));
	if (r->journal != NULL) {
		buf_adds(out, "; journal ");
		text_escape(out, r->journal, strlen(r->journal), false);
	}
	buf_addc(out, '\n');
}

/* How many TTL will delete of what matched. */
static int64_t
free_by_ttl(const struct report_sweep *r)
{
	const struct sweep_totals *t = r->totals;

	if (report_manner_restores(r))
		return t->expired_again;
	if (strcmp(r->command, "repair") != 0)
		return t->states[STATE_PENDING];
	/* what it changes gets a time that TTL acts on, but may be too old */
	return r->ttl_off != NULL
	    ? 0
	    : t->matched - t->left[SWEEP_LEFT_ZONELESS] - t->old_unit;
}

static void
str_or_null(struct json *j, const char *name, const char *s)
{
	if (s != NULL)
		json_str(j, name, s);
	else
		json_null(j, name);
}

void
report_sweep_json(struct buf *out, const struct report_sweep *r)
{
	const struct sweep_totals *t = r->totals;
	const struct report_outcome *o = report_sweep_outcomes(r->command);
	struct json *j = json_new();
	struct buf schema = { 0 };

	buf_addf(&schema, "ttlsweep.%s/1", r->command);
	json_str(j, "schema", buf_text(&schema));
	buf_release(&schema);
	json_str(j, "table", r->place.table);
	json_bool(j, "executed", r->executed);
	json_int(j, "now", r->now);
	if (r->listed) {
		json_int(j, "keys", r->keys);
		json_int(j, "absent", t->absent);
	}
	json_int(j, "scanned", t->scanned);
	json_int(j, "matched", t->matched);
	for (; o->name != NULL; o++)
		json_int(j, o->name, t->outcomes[o->outcome]);
	json_int(j, "unconfirmed", t->unconfirmed);
	if (strcmp(r->command, "repair") == 0) {
		struct json *left = json_object(j, "left");

		for (int i = 0; i < SWEEP_LEFT; i++)
			json_int(left, report_sweep_left[i].name, t->left[i]);
	}
	if (report_manner_restores(r)) {
		json_int(j, "left_out", t->left_out);
		json_int(j, "gone_since", t->gone_since);
	}
	json_real(j, "read_units", r->work.read_units, 3);
	json_real(j, "write_units", r->write_units, 3);
	if (r->place.price != NULL)
		json_real(j, "usd", price_usd(r->place.price, r->write_units),
		    10);
	if (r->ttl_unknown == NULL && !t->chained)
		json_int(j, "free_by_ttl", free_by_ttl(r));
	json_int(j, "requests", r->work.requests);
	json_int(j, "retries", r->work.retries);
	json_real(j, "seconds", r->work.seconds, 3);
	str_or_null(j, "journal", r->executed ? r->journal : NULL);
	str_or_null(j, "stopped", t->stopped);
	json_print(out, j);
	json_free(j);
}
