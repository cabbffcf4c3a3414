#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "cli/report/price.h"
#include "cli/report/text_report.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/probe.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

/* Half a unit for 4 KB, eventually consistent. */
#define BYTES_READ_UNIT 8192

/* The journal's first line, and the least that a file takes. */
#define FILE_BYTES 4096

/* ${allowed}: the other kind of delete is allowed. */
static int
add_delete(struct doctor *d, const char *check, enum probe_said said,
    bool allowed, const struct fault *why, struct fault *f)
{
	bool partiql = strcmp(check, "partiql") == 0;

	if (said == PROBE_ALLOWED) {
		buf_addf(&d->text,
		    "allowed%s (%s, for a key that does not exist)",
		    partiql ? ", 25 at a time" : "",
		    partiql ? "dynamodb:PartiQLDelete" : "dynamodb:DeleteItem");
		return doctor_add(d, check, DOCTOR_OK, f);
	}
	if (said == PROBE_UNKNOWN && partiql) {
		buf_adds(&d->text,
		    "this server has no PartiQL: entries are deleted one by "
		    "one");
		return doctor_add(d, check, DOCTOR_OK, f);
	}
	if (allowed)
		buf_adds(&d->fix,
		    partiql ? "a purge deletes one by one instead, more slowly"
			    : "a purge uses PartiQL, and has no fallback if "
			      "that fails");
	else if (said == PROBE_DENIED)
		doctor_advise_policy(d, why->text);
	return doctor_add_fault(d, check,
	    allowed ? DOCTOR_WARNING : DOCTOR_FAILURE, why, f);
}

/* Without it a purge ends at the first entry that is no longer there. */
static int
check_get(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };
	enum probe_said said = probe_get(d->c.conn, &d->c.table, d->ttl, &why);

	if (said != PROBE_ALLOWED) {
		if (said == PROBE_DENIED)
			doctor_advise_policy(d, why.text);
		return doctor_add_fault(d, "batch-get", DOCTOR_FAILURE, &why,
		    f);
	}
	buf_adds(&d->text,
	    "allowed (dynamodb:BatchGetItem, for a key that does not exist)");
	return doctor_add(d, "batch-get", DOCTOR_OK, f);
}

static int
check_deletes(struct doctor *d, struct fault *f)
{
	struct fault many_why = { 0 }, one_why = { 0 };
	enum probe_said many, one;

	if (!d->c.o->probe_write)
		return 0;
	if (!d->described)
		return doctor_say(d, "delete", DOCTOR_WARNING, f,
		    "not tested: without DescribeTable the key is not known");
	doctor_waiting(d, "trying a delete");
	many = probe_delete(d->c.conn, &d->c.table, d->ttl, true, &many_why);
	if (many_why.kind == FAULT_CANCELLED)
		return doctor_add_fault(d, "partiql", DOCTOR_FAILURE, &many_why,
		    f);
	one = probe_delete(d->c.conn, &d->c.table, d->ttl, false, &one_why);
	if (add_delete(d, "partiql", many, one == PROBE_ALLOWED, &many_why,
		f) != 0)
		return -1;
	if (add_delete(d, "delete", one, many == PROBE_ALLOWED, &one_why, f) !=
	    0)
		return -1;
	return check_get(d, f);
}

void
doctor_choose(struct doctor *d, const struct record *r,
    const struct rules *rules)
{
	struct doctor_chosen *c = &d->chosen;
	struct selection selection = selection_any();

	selection.states = 1u << STATE_PENDING | 1u << STATE_STUCK;
	selection.overdue = d->c.o->overdue;
	if (!selection_wants(&selection, rules, r))
		return;
	c->items++;
	c->units += cost_item(&d->c.table, r->item);
	c->free_by_ttl += r->state == STATE_PENDING;
	c->journal_bytes += (double)plan_journal_bytes(r->item);
}

enum doctor_result
doctor_room(struct buf *text, double need, int64_t space, bool chosen)
{
	char has[32], needs[32];

	if (space < 0)
		return DOCTOR_OK;
	text_bytes(has, space);
	buf_addf(text, ", %s free", has);
	need += FILE_BYTES;
	if (chosen ? need <= (double)space : plan_room_fits(need, space))
		return DOCTOR_OK;
	text_bytes(needs, need < 9e18 ? (int64_t)need : INT64_MAX);
	buf_addf(text, ", and what is expired needs %s%s", needs,
	    chosen ? "" : ", and a fifth to spare");
	return DOCTOR_FAILURE;
}

/* The size of the journal of all expired entries, by the sample. */
static double
needed(const struct doctor *d)
{
	double seen = (double)d->sample.items, all = (double)d->c.table.items;

	if (d->whole || seen <= 0 || all <= seen)
		return d->chosen.journal_bytes;
	return d->chosen.journal_bytes * all / seen;
}

static void
add_place(struct doctor *d, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory;

	if (d->c.o->journal != NULL) {
		buf_adds(&d->text, path);
		return;
	}
	directory =
	    xasprintf("%.*s", slash == path ? 1 : (int)(slash - path), path);
	buf_addf(&d->text, "in %s", directory);
	if (access(directory, F_OK) != 0)
		buf_adds(&d->text, " (a purge creates it)");
	free(directory);
}

int
doctor_journal_path(const struct doctor *d, char **path, struct fault *f)
{
	struct plan_journal journal;

	option_journal(&journal, d->c.o);
	return plan_journal_path(&journal, d->c.table.name, d->now, false, path,
	    f);
}

static int
check_journal(struct doctor *d, struct fault *f)
{
	enum doctor_result result;
	struct plan_journal journal;
	struct fault why = { 0 };
	char *path = NULL;
	bool chosen;

	option_journal(&journal, d->c.o);
	chosen = plan_journal_chosen(&journal);
	if (journal.none)
		return doctor_say(d, "journal", DOCTOR_WARNING, f,
		    "none (--no-journal): a purge could not be undone");
	if (doctor_journal_path(d, &path, &why) != 0) {
		free(path);
		return doctor_add_fault(d, "journal", DOCTOR_FAILURE, &why, f);
	}
	add_place(d, path);
	result = doctor_room(&d->text,
	    chosen && text_ends_in(path, strlen(path), ".gz") ? 0 : needed(d),
	    journal_free_space(path), chosen);
	free(path);
	if (result == DOCTOR_FAILURE)
		buf_adds(&d->fix,
		    "make room there, name a place with more space with "
		    "--journal-dir, or purge in parts with --max-items");
	return doctor_add(d, "journal", result, f);
}

/* How many entries a purge would delete, by the sample; -1: unknown. */
static double
chosen(const struct doctor *d)
{
	double n = (double)d->chosen.items, seen = (double)d->sample.items;

	if (!d->sampled)
		return -1;
	if (d->whole || d->sample.items == 0)
		return n;
	if (d->c.table.items <= 0)
		return -1;
	return (double)d->c.table.items * n / seen;
}

static void
add_about(struct buf *out, const struct doctor *d, double n)
{
	buf_adds(out, d->whole ? "" : "about ");
	buf_adds(out,
	    figure_count(n < 9e18 ? (int64_t)(n + 0.5) : INT64_MAX).s);
}

/* "0.003 USD at us-east-1 prices of …" */
static void
add_price(struct buf *out, const struct doctor *d, double writes, double reads)
{
	const struct price *p =
	    d->c.table.provisioned ? NULL : price_of(d->c.config.region);

	if (p == NULL || d->local || writes > 9e18)
		return;
	buf_adds(out, ", ");
	buf_adds(out,
	    figure_usd(price_usd(p, writes) + price_read_usd(p, reads)).s);
	buf_addf(out, " in all (%s prices of %s)", p->region, p->date);
}

/* "are expired", or "have been expired for 2 d or more". */
static void
add_expired(struct buf *out, const struct doctor *d, bool one)
{
	char span[32];

	text_span(span, d->c.o->overdue);
	if (d->c.o->overdue < 0)
		buf_addf(out, " %s expired", one ? "is" : "are");
	else
		buf_addf(out, " %s been expired for %s or more",
		    one ? "has" : "have", span);
}

static int
check_cost(struct doctor *d, struct fault *f)
{
	const struct doctor_chosen *c = &d->chosen;
	double n = chosen(d), writes, reads, spared;
	struct buf *out = &d->text;

	if (n < 0)
		return 0;
	if (n < 0.5) {
		if (summary_nameless(&d->sample)) {
			buf_addf(out, "not known, as no entry %s %s",
			    d->whole ? "has" : "read has", d->ttl);
			return doctor_add(d, "cost", DOCTOR_OK, f);
		}
		buf_addf(out, "judged by %s, %s", d->ttl,
		    d->whole ? "nothing" : "none of the entries read");
		add_expired(out, d, true);
		return doctor_add(d, "cost", DOCTOR_OK, f);
	}
	/* at least half a unit a segment */
	subset_choose(&d->c.portion, d->c.o, d->c.table.bytes, 0);
	reads = (double)d->c.table.bytes / BYTES_READ_UNIT +
	    (double)d->c.portion.segments / 2;
	writes = n * (double)c->units / (double)c->items;
	spared = n * (double)c->free_by_ttl / (double)c->items;
	add_about(out, d, n);
	buf_adds(out, n < 1.5 ? " entry" : " entries");
	add_expired(out, d, n < 1.5);
	if (!d->whole)
		buf_addf(out, " (estimated from the first %s)",
		    figure_count(d->sample.items).s);
	buf_addf(out, "; purging %s takes ", n < 1.5 ? "it" : "them");
	buf_adds(out, d->whole ? "" : "about ");
	buf_adds(out, figure_units_of(floor(writes + 0.5), "write").s);
	buf_adds(out, ", and up to ");
	buf_adds(out, figure_units_of(ceil(reads), "read").s);
	buf_addf(out, " to find %s", n < 1.5 ? "it" : "them");
	add_price(out, d, writes, reads);
	text_report_takes(out, &d->c.pace, reads, writes);
	if (spared >= 0.5) {
		buf_adds(out,
		    d->c.table.ttl_status != NULL ? "; TTL would delete "
						  : "; TTL, if it is on, would "
						    "delete ");
		if (n < 1.5) {
			buf_adds(out, "it");
		} else {
			add_about(out, d, spared);
			buf_adds(out, " of them");
		}
		buf_adds(out, " without charge in this region, but later");
	}
	return doctor_add(d, "cost", DOCTOR_OK, f);
}

int
doctor_permit(struct doctor *d, struct fault *f)
{
	d->section = "Purge";
	if (check_deletes(d, f) != 0 || check_journal(d, f) != 0 ||
	    check_cost(d, f) != 0)
		return -1;
	return 1;
}
