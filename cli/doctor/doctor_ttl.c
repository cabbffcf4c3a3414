#include <stdlib.h>
#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "inspector/lookalike.h"
#include "inspector/record.h"
#include "lib/base/fault.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/probe.h"
#include "lib/dynamodb/scan.h"

/* Entries in the sample: no more than a page. */
#define SAMPLE 1000

/* Judge the entries of one page. */
static void
judge(struct doctor *d, const struct page *page, struct lookalikes *like)
{
	const struct rules rules = {
		.now = d->now,
		.ttl_acts = ddb_table_ttl_acts(&d->c.table, d->ttl),
		.sizes = true,
	};
	struct buf scratch = { 0 };
	struct record r;

	for (size_t i = 0; i < page->n; i++) {
		record_of(&r, &page->items[i], &rules, &scratch);
		summary_add(&d->sample, &r,
		    cost_item(&d->c.table, &page->items[i]));
		doctor_choose(d, &r, &rules);
		lookalike_add(like, &page->items[i], rules.now);
	}
	d->whole = page->last.p == NULL;
	buf_release(&scratch);
}

/* Read one page. */
static int
sample(struct doctor *d, struct lookalikes *like, struct fault *f)
{
	const struct scan_options scan = {
		.table = &d->c.table,
		.ttl = d->ttl,
		.segments = 1,
		.limit = SAMPLE,
	};
	struct source *source = scan_source(&scan);
	struct segment seg = { 0 };
	struct page page = { 0 };
	int r = source->ops->take(source, &seg, f);

	doctor_waiting(d, "reading a page of entries");
	if (r > 0)
		r = source->ops->fetch(source, &seg, d->c.conn, &page, f);
	if (r > 0)
		judge(d, &page, like);
	d->sampled = r > 0;
	source->ops->put(source, &seg);
	source_close(source);
	page_release(&page);
	return r > 0 ? 0 : -1;
}

/* Where there are several, the report has a command for each. */
static void
command_inspect(struct doctor *d, const struct lookalikes *like)
{
	struct buf what = { 0 };

	buf_adds(&what, "inspect");
	if (like->n == 1) {
		buf_adds(&what, " --ttl-attribute ");
		shlex_quote(&what, like->names[0]);
	}
	doctor_command(&d->command, d, buf_text(&what));
	buf_release(&what);
}

/* "created, expires" */
static void
add_names(struct buf *out, const struct lookalikes *like)
{
	for (size_t i = 0; i < like->n; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", like->names[i]);
}

static void
advise_enable(struct doctor *d, const struct lookalikes *like)
{
	const struct report_place place = {
		.table = d->name,
		.region = d->c.config.region,
		.endpoint = d->c.config.endpoint,
		.endpoint_shown =
		    d->local || option_given(d->c.o, "endpoint-url"),
		.profile = d->c.o->profile,
	};
	const struct summary *s = &d->sample;
	int64_t taken = s->states[STATE_LIVE].items + summary_taken_on(s);

	if (summary_by_creation(s, false,
		option_given(d->c.o, "ttl-attribute"))) {
		buf_addf(&d->fix, "by %s, ", d->ttl);
		report_words_creation(s, &d->fix);
		buf_adds(&d->fix,
		    "this deletes what is live: inspect by the expiry time "
		    "(--ttl-attribute NAME); if not, ");
	}
	if (like->n > 0) {
		buf_addf(&d->fix, "if the application writes %s now, and not ",
		    d->ttl);
		add_names(&d->fix, like);
		buf_adds(&d->fix, ", ");
	}
	if (strcmp(d->c.table.ttl_status, "DISABLED") != 0)
		buf_adds(&d->fix, "wait until it is off, up to an hour, then ");
	buf_addf(&d->fix,
	    "turn it on, and it deletes what expires free of charge%s; it has "
	    "no undo",
	    taken < s->items ? ", except what it never can (see entries)" : "");
	text_report_ttl_command(&d->command, &place, true, d->ttl);
}

/* No entry has the attribute: which is the right one, only the application
 * knows, and TTL on a wrong one would delete what is live. */
static void
advise_search(struct doctor *d, const struct lookalikes *like)
{
	buf_adds(&d->text, ", but no entry that was read has it");
	if (like->n == 0) {
		buf_adds(&d->fix,
		    "find out which attribute is the expiry time, and name it "
		    "with --ttl-attribute");
		return;
	}
	buf_adds(&d->fix, "find out which attribute is the expiry time (");
	add_names(&d->fix, like);
	buf_adds(&d->fix,
	    like->n == 1 ? " looks like a time" : " look like times");
	buf_adds(&d->fix,
	    "), inspect with it, and turn TTL on for that one only: by the "
	    "time of creation, TTL deletes what is live");
	command_inspect(d, like);
}

/* Whether TTL would act on an entry that was read, once it is on and they are
 * repaired. */
static bool
finds_times(const struct summary *s)
{
	return s->reasons[STATE_LIVE][REASON_TTL_OFF] > 0 ||
	    s->reasons[STATE_STUCK][REASON_TTL_OFF] > 0 ||
	    summary_repairable(s, STATE_STUCK) > 0 ||
	    summary_repairable(s, STATE_IMMORTAL) > 0 ||
	    summary_zoneless(s) > 0;
}

/* Whether nobody has named the attribute, and no entry shows it. */
static bool
guesses(const struct doctor *d)
{
	return d->c.table.ttl_attribute == NULL && d->sample.items == 0 &&
	    !option_given(d->c.o, "ttl-attribute");
}

static int
check_ttl(struct doctor *d, const struct lookalikes *like, struct fault *f)
{
	const struct ddb_table *t = &d->c.table;
	const char *on = t->ttl_attribute;

	if (!d->ttl_described)
		return doctor_add_fault(d, "ttl", DOCTOR_FAILURE, &d->ttl_why,
		    f);
	if (t->ttl_status == NULL) {
		if (t->ttl_denied)
			doctor_advise_policy(d, t->ttl_why);
		return doctor_say(d, "ttl", DOCTOR_WARNING, f,
		    "status unknown: %s; entries are judged as if TTL were on "
		    "for %s",
		    t->ttl_why, on != NULL ? on : d->ttl);
	}
	buf_addf(&d->text, "%s%s%s", t->ttl_status, on != NULL ? " on " : "",
	    on != NULL ? on : "");
	if (!t->ttl_acts) {
		buf_adds(&d->text, ": nothing is deleted automatically");
		if (summary_nameless(&d->sample))
			buf_addf(&d->text, "; entries are judged by %s",
			    d->ttl);
		else if (!guesses(d))
			buf_addf(&d->text,
			    "; entries that expire by %s are stuck", d->ttl);
		if (summary_nameless(&d->sample))
			advise_search(d, like);
		else if (guesses(d))
			buf_addf(&d->fix,
			    "turn it on for the attribute that the application "
			    "writes; %s is only the default here, and %s to "
			    "see it by",
			    d->ttl,
			    d->sampled ? "there is no entry"
				       : "no entry could be read");
		else if (d->sample.items > 0 && !finds_times(&d->sample))
			buf_addf(&d->fix,
			    "turning it on for %s deletes nothing: no entry "
			    "that was read has a time there (see entries)",
			    d->ttl);
		else
			advise_enable(d, like);
		return doctor_add(d, "ttl", DOCTOR_WARNING, f);
	}
	if (on != NULL && strcmp(on, d->ttl) != 0) {
		if (summary_nameless(&d->sample)) {
			buf_addf(&d->fix,
			    "no entry that was read has %s; leave out "
			    "--ttl-attribute to judge by %s",
			    d->ttl, on);
		} else {
			buf_addf(&d->fix,
			    "if the application writes %s now, see how to move "
			    "TTL to it",
			    d->ttl);
			doctor_command(&d->command, d, "inspect");
		}
		return doctor_say(d, "ttl", DOCTOR_WARNING, f,
		    ", not on %s, which you asked for: entries that expire by "
		    "that are stuck",
		    d->ttl);
	}
	if (strcmp(t->ttl_status, "ENABLING") == 0)
		buf_adds(&d->text, " (it takes up to an hour)");
	return doctor_add(d, "ttl", DOCTOR_OK, f);
}

static int
check_scan(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };

	doctor_waiting(d, "reading one entry");
	if (probe_scan(d->c.conn, d->name, &why) == PROBE_ALLOWED) {
		buf_adds(&d->text, "allowed (tried by reading one entry)");
		d->scans = true;
		return doctor_add(d, "scan", DOCTOR_OK, f);
	}
	if (why.kind == FAULT_DENIED)
		doctor_advise_policy(d, why.text);
	return doctor_add_fault(d, "scan", DOCTOR_FAILURE, &why, f);
}

/* "87 stuck (80 milliseconds, 7 string)" */
static void
add_state(struct buf *out, const struct summary *s, enum state state)
{
	const char *between = " (";

	buf_adds(out, figure_count(s->states[state].items).s);
	buf_addf(out, " %s", state_name(state));
	/* of live entries: only that TTL is off, which is reported already */
	for (int why = 1; state != STATE_LIVE && why < REASONS; why++) {
		if (s->reasons[state][why] == 0)
			continue;
		buf_adds(out, between);
		buf_adds(out, figure_count(s->reasons[state][why]).s);
		buf_addf(out, " %s", reason_name((enum reason)why));
		between = ", ";
	}
	if (between[0] == ',')
		buf_addc(out, ')');
}

/* No entry has the attribute. */
static void
advise_attribute(struct doctor *d, const struct lookalikes *like)
{
	buf_addf(&d->text, "; none has the attribute %s", d->ttl);
	if (like->inside != NULL) {
		buf_addf(&d->text, ", but it is inside a map: %s",
		    like->inside);
		buf_adds(&d->fix,
		    "TTL reads only a top-level attribute of type Number: have "
		    "the application write it as a top-level attribute");
		return;
	}
	if (like->n == 0) {
		buf_adds(&d->fix,
		    "check that this is the right table; if it is, its "
		    "application writes no number that looks like a time (a "
		    "time in a string under another name is not looked for: "
		    "name it with --ttl-attribute)");
		return;
	}
	buf_adds(&d->text, ", but numbers that look like times are in ");
	add_names(&d->text, like);
	buf_adds(&d->fix,
	    like->n == 1 ? "if that is the expiry time, look again with it"
			 : "look again with the one that is the expiry time; "
			   "inspect has a command for each");
	command_inspect(d, like);
}

/* The TTL attribute is a key that no repair can change. */
static bool
is_key(const struct doctor *d)
{
	return plan_number(&d->c.table, d->ttl, NULL) != 0;
}

/* Times without a zone; ${others}: others were named before. */
static void
add_zoned(struct doctor *d, bool others)
{
	const struct summary *s = &d->sample;
	int64_t n = summary_zoneless(s);
	int64_t old = s->zoneless_old;
	bool acts = ddb_table_ttl_acts(&d->c.table, d->ttl);

	/* TTL would leave all of these alone */
	if (n <= old || is_key(d))
		return;
	buf_addf(&d->fix, "%s%s %s a time without a zone: ",
	    d->fix.n > 0 && d->fix.p[d->fix.n - 1] != ' ' ? "; " : "",
	    figure_count(n).s,
	    others       ? n == 1 ? "more has" : "more have"
		: n == 1 ? "has"
			 : "have");
	buf_addf(&d->fix,
	    "'repair --zone ZONE' fixes %s if the application's zone is known",
	    n == 1 ? "it" : "them");
	if (!acts || old > 0)
		buf_addf(&d->fix, ", and TTL deletes %s%s%s",
		    n == 1 ? "it" : "them", acts ? "" : " once it is on for ",
		    acts ? "" : d->ttl);
	if (old > 0)
		buf_addf(&d->fix,
		    ", except the %s that expired five or more years ago",
		    figure_one(old).s);
}

/* After a repair: what it leaves, ${purge} expired entries. */
static void
add_purge(struct doctor *d, int64_t purge, bool repairs)
{
	int64_t zoned = summary_zoned(&d->sample, STATE_STUCK);
	/* else it would also delete what TTL takes, once it is on */
	bool now = ddb_table_ttl_acts(&d->c.table, d->ttl) ||
	    purge == d->sample.states[STATE_STUCK].items;

	if (purge == 0)
		return;
	buf_addf(&d->fix, "; %s%s%s%s 'purge --state stuck' deletes ",
	    purge == zoned ? "if the zone is not known," : "then",
	    now                  ? ""
		: purge == zoned ? " once TTL is on for "
				 : ", once TTL is on for ",
	    now ? "" : d->ttl, now ? "" : ",");
	if (purge == zoned) {
		buf_addf(&d->fix, "%sthe %s that %s expired",
		    repairs ? "after the repair " : "", figure_one(purge).s,
		    purge == 1 ? "is" : "are");
		return;
	}
	buf_adds(&d->fix, purge == 1 ? "the one" : figure_count(purge).s);
	if (zoned > 0)
		buf_addf(&d->fix, " (%s with --zone)",
		    figure_count(purge - zoned).s);
	buf_adds(&d->fix, " that TTL never will");
}

/* Advise a repair, then a purge of the rest, except of what TTL would delete
 * once it is on; else to look at the others. */
static void
advise_reasons(struct doctor *d, const struct lookalikes *like)
{
	const struct summary *s = &d->sample;
	bool fixed = is_key(d);
	int64_t stuck = 0, repair = 0, old = 0, zoned = 0, purge;
	bool acts = ddb_table_ttl_acts(&d->c.table, d->ttl);

	if (!fixed) {
		stuck = summary_repairable(s, STATE_STUCK);
		repair = stuck + summary_repairable(s, STATE_IMMORTAL);
		old = summary_repairable_old(s);
		zoned = summary_zoned(s, STATE_STUCK);
	}
	purge =
	    s->states[STATE_STUCK].items - (stuck - old) - summary_taken_on(s);
	if (repair > old) {
		buf_addf(&d->fix,
		    "the application writes TTL in the wrong format; once it "
		    "writes and reads seconds, repair fixes %s",
		    s->items == 1 ? "it" : figure_count(repair).s);
		if (s->items > 1)
			buf_adds(&d->fix, " of these");
		add_zoned(d, true);
		add_purge(d, purge, stuck > old);
		buf_adds(&d->fix,
		    purge > 0 ? " (without --yes, these are dry runs)"
			      : " (without --yes, a dry run)");
		doctor_command(&d->command, d, "repair");
	} else if (zoned > 0) {
		add_zoned(d, false);
		add_purge(d, purge, false);
		buf_adds(&d->fix,
		    " (without --yes, these are dry runs). If the zone is UTC");
		doctor_command(&d->command, d, "repair --zone UTC");
	} else if (purge > 0) {
		bool all = purge == s->states[STATE_STUCK].items;

		if (!all && !acts) {
			/* now a purge would delete the others, too */
			buf_addf(&d->fix,
			    "TTL will not delete %s of the stuck ones even "
			    "once it is on for %s; turn it on first, and then 'purge "
			    "--state stuck' deletes only %s",
			    figure_count(purge).s, d->ttl,
			    purge == 1 ? "that one" : "those");
			return;
		}
		if (all)
			buf_addf(&d->fix, "only a purge deletes %s",
			    purge == 1 ? "it" : "these");
		else
			buf_addf(&d->fix, "only a purge deletes %s of these",
			    figure_count(purge).s);
		if (!acts)
			buf_addf(&d->fix, ", even once TTL is on for %s",
			    d->ttl);
		buf_adds(&d->fix, " (without --yes, a dry run)");
		doctor_command(&d->command, d,
		    s->reasons[STATE_STUCK][REASON_TOO_OLD] == purge
			? "purge --state stuck --reason too-old"
			: "purge --state stuck");
	} else if (fixed ||
	    s->states[STATE_IMMORTAL].items > s->zoneless[STATE_IMMORTAL]) {
		if (like->n > 0)
			buf_addf(&d->fix,
			    "was %s renamed? If %s is the expiry time, look "
			    "again with it",
			    d->ttl,
			    like->n == 1 ? like->names[0] : "one of them");
		else
			buf_addf(&d->fix, "check whether %s meant to stay",
			    s->states[STATE_IMMORTAL].items == 1 ? "it is"
								 : "these are");
		add_zoned(d, false);
		if (like->n > 0)
			command_inspect(d, like);
		else
			doctor_command(&d->command, d,
			    "list --state immortal --limit 20");
	} else if (s->states[STATE_IMMORTAL].items > 0) {
		add_zoned(d, false);
		buf_adds(&d->fix,
		    " (without --yes, a dry run). If the zone is UTC");
		doctor_command(&d->command, d, "repair --zone UTC");
	} else if (s->states[STATE_STUCK].items > 0) {
		buf_addf(&d->fix,
		    "TTL deletes %s once it is on for %s (see ttl)",
		    s->states[STATE_STUCK].items == 1 ? "it" : "these", d->ttl);
	}
}

/* Whether the TTL attribute may be the time of creation; ${more}: advice
 * follows. */
static bool
ask_creation(struct doctor *d, bool more)
{
	const struct summary *s = &d->sample;
	bool acts = ddb_table_ttl_acts(&d->c.table, d->ttl);

	if (!summary_by_creation(s, acts,
		option_given(d->c.o, "ttl-attribute")))
		return false;
	buf_addf(&d->fix, "by %s, ", d->ttl);
	report_words_creation(s, &d->fix);
	buf_addf(&d->fix,
	    "these are live%s inspect by the expiry time (--ttl-attribute "
	    "NAME)%s",
	    acts && s->states[STATE_PENDING].items > 0
		? ", and TTL deletes them: switch it off at once, and"
		: ":",
	    more ? "; if not, " : "");
	return true;
}

static int
check_entries(struct doctor *d, const struct lookalikes *like, struct fault *f)
{
	const struct summary *s = &d->sample;
	int64_t bad;
	char now[32];
	bool asks;

	if (s->items == 0)
		return doctor_say(d, "entries", DOCTOR_OK, f, "there are none");
	if (d->whole && s->items == 1)
		buf_adds(&d->text, "the only one read: ");
	else if (d->whole)
		buf_addf(&d->text, "%s looked at: ", figure_all(s->items).s);
	else
		buf_addf(&d->text,
		    "of the first %s: ", figure_count(s->items).s);
	for (int i = 0; i < STATES; i++) {
		buf_adds(&d->text, i > 0 ? ", " : "");
		add_state(&d->text, s, (enum state)i);
	}
	if (summary_nameless(&d->sample)) {
		advise_attribute(d, like);
		return doctor_add(d, "entries", DOCTOR_WARNING, f);
	}
	if (report_timed(d->now, d->c.world->wall_ms(d->c.world->ctx) / 1000) &&
	    text_time_format(now, d->now) == 0)
		buf_addf(&d->text,
		    ", judged at %s (the commands judge by the present time)",
		    now);
	bad = s->states[STATE_STUCK].items + s->states[STATE_IMMORTAL].items;
	asks = ask_creation(d, bad > 0);
	if (like->n > 0) {
		buf_addf(&d->text,
		    "; entries without %s have numbers that look like times in ",
		    d->ttl);
		add_names(&d->text, like);
	}
	if (bad > 0)
		advise_reasons(d, like);
	return doctor_add(d, "entries",
	    bad > 0 || asks ? DOCTOR_WARNING : DOCTOR_OK, f);
}

/* Whether a purge would refuse the journal, which its own check reports. */
static bool
refuses_journal(const struct doctor *d)
{
	struct fault why;
	char *path = NULL;
	int rc = d->c.o->no_journal ? 0 : doctor_journal_path(d, &path, &why);

	free(path);
	return rc != 0;
}

int
doctor_ttl(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };
	struct lookalikes like;
	int rc = -1;

	d->section = "Entries";
	d->now = option_given(d->c.o, "now") ? d->c.o->now : ddb_now(d->c.ddb);
	d->journal_bad = refuses_journal(d);
	summary_init(&d->sample, 0, true);
	lookalike_init(&like, d->ttl);
	if (check_scan(d, f) != 0)
		goto out;
	if (d->scans && d->described && sample(d, &like, &why) != 0 &&
	    doctor_add_fault(d, "entries", DOCTOR_WARNING, &why, f) != 0)
		goto out;
	lookalike_sort(&like, summary_nameless(&d->sample),
	    d->c.table.ttl_acts ? d->c.table.ttl_attribute : NULL);
	if (check_ttl(d, &like, f) != 0 ||
	    (d->sampled && check_entries(d, &like, f) != 0))
		goto out;
	rc = 1;
out:
	lookalike_release(&like);
	return rc;
}
