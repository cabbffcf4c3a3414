#include <stdlib.h>
#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "cli/report/text_report.h"
#include "lib/aws/refusal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/probe.h"

#define GALLERY_TABLE "TSAGalleryCache"
#define GALLERY_LOGICAL "DynamoDBCache"

static int
check_stack(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };

	if (d->c.o->stack == NULL)
		return 1;
	doctor_waiting(d, "asking CloudFormation for the stack %.100s",
	    d->c.o->stack);
	if (context_stack(&d->c, &why) != 0)
		return doctor_add_fault(d, "stack", DOCTOR_FAILURE, &why, f);
	d->name = d->c.stack.table;
	buf_addf(&d->text, "%s is the table %s (%s)", d->c.o->logical_id,
	    d->c.stack.table, d->c.stack.status);
	return doctor_add(d, "stack", DOCTOR_OK, f) == 0 ? 1 : -1;
}

void
doctor_advise_policy(struct doctor *d, const char *why)
{
	/* in text, once */
	if ((d->advised && d->json == NULL) || !refusal_own_policy(why))
		return;
	d->advised = true;
	buf_adds(&d->fix, "print the smallest policy for a purge");
	doctor_command(&d->command, d, "doctor --policy purge");
}

static int
check_status(struct doctor *d, struct fault *f)
{
	const struct ddb_table *t = &d->c.table;
	struct fault why;
	bool works = plan_table(&d->plan, &why) == 0;
	char bytes[32], count[32];

	text_count(count, t->items);
	text_bytes(bytes, t->bytes);
	buf_addf(&d->text, "%s, %s %s, %s%s; %s", t->status, count,
	    t->items == 1 ? "entry" : "entries", bytes,
	    d->local ? "" : " (as of up to six hours ago)",
	    t->arn[0] != '\0' ? t->arn : t->name);
	if (!works)
		buf_adds(&d->fix, "a purge needs it ACTIVE or UPDATING");
	return doctor_add(d, "table", works ? DOCTOR_OK : DOCTOR_FAILURE, f);
}

/* 1; 0 if it is another account's table, which is not touched. */
static int
check_account(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };

	if (d->c.o->expect_account == NULL)
		return 1;
	if (context_account(&d->c, &why) != 0)
		return doctor_add_fault(d, "account", DOCTOR_FAILURE, &why, f);
	buf_addf(&d->text, "%s, as expected", d->c.o->expect_account);
	return doctor_add(d, "account", DOCTOR_OK, f) == 0 ? 1 : -1;
}

static int
check_key(struct doctor *d, struct fault *f)
{
	const struct ddb_table *t = &d->c.table;

	buf_addf(&d->text, "partition key %s (%s)", t->partition,
	    attr_type_name(t->partition_type));
	if (t->sort != NULL)
		buf_addf(&d->text, ", sort key %s (%s)", t->sort,
		    attr_type_name(t->sort_type));
	return doctor_add(d, "key", DOCTOR_OK, f);
}

static int
check_billing(struct doctor *d, struct fault *f)
{
	const struct ddb_table *t = &d->c.table;
	struct buf *out = &d->text;

	if (t->provisioned) {
		buf_adds(out, "provisioned, ");
		buf_adds(out, figure_units(t->read_units).s);
		buf_adds(out, " read and ");
		buf_adds(out, figure_units(t->write_units).s);
		buf_adds(out, " write units a second");
	} else {
		buf_adds(out, "on demand (PAY_PER_REQUEST)");
	}
	buf_adds(out, "; the pace of a purge: ");
	text_report_pace(out, &d->c.pace);
	return doctor_add(d, "billing", DOCTOR_OK, f);
}

static int
check_indexes(struct doctor *d, struct fault *f)
{
	const struct ddb_table *t = &d->c.table;

	if (t->nindexes == 0)
		return doctor_say(d, "indexes", DOCTOR_OK, f, "none");
	for (size_t i = 0; i < t->nindexes; i++)
		buf_addf(&d->text, "%s%s (%s)", i > 0 ? ", " : "",
		    t->indexes[i].name,
		    t->indexes[i].global ? "global" : "local");
	return doctor_say(d, "indexes", DOCTOR_OK, f,
	    "; with these, each delete takes up to %lld write units for an "
	    "entry of 1 KB",
	    (long long)cost_most(t, 1024));
}

static int
check_stream(struct doctor *d, struct fault *f)
{
	if (d->c.table.stream_view == NULL)
		return doctor_say(d, "stream", DOCTOR_OK, f, "off");
	buf_addf(&d->text,
	    "on (%s): its readers see entries that a purge deletes as deleted "
	    "by a user, not by TTL (no userIdentity dynamodb.amazonaws.com)",
	    d->c.table.stream_view);
	buf_adds(&d->fix,
	    "a reader that archives or counts expired entries that way misses "
	    "these; tell its owner, or leave to TTL the entries it will "
	    "delete");
	/* until it is on, all that have expired are stuck */
	if (ddb_table_ttl_acts(&d->c.table, d->ttl))
		doctor_command(&d->command, d, "purge --state stuck");
	else
		buf_adds(&d->fix,
		    ": once it acts (see ttl), 'purge --state stuck' deletes "
		    "only the others");
	return doctor_add(d, "stream", DOCTOR_WARNING, f);
}

static int
check_replicas(struct doctor *d, struct fault *f)
{
	const struct ddb_table *t = &d->c.table;
	struct fault why;

	if (t->nreplicas == 0)
		return doctor_say(d, "replicas", DOCTOR_OK, f,
		    "none; the table is in this region only");
	buf_adds(&d->text, "also in ");
	for (size_t i = 0; i < t->nreplicas; i++)
		buf_addf(&d->text, "%s%s", i > 0 ? ", " : "", t->replicas[i]);
	buf_adds(&d->text,
	    ": a delete is replicated and paid there, too; TTL deletes are "
	    "charged only in the replicas");
	if (plan_replicas(&d->plan, &why) == 0)
		return doctor_add(d, "replicas", DOCTOR_WARNING, f);
	buf_adds(&d->fix,
	    "an entry renewed there may not be renewed here yet, so purge "
	    "--yes needs --overdue of at least 15m");
	if (d->c.o->overdue < 0)
		doctor_command(&d->command, d, "purge --overdue 15m");
	return doctor_add(d, "replicas", DOCTOR_FAILURE, f);
}

static int
check_protection(struct doctor *d, struct fault *f)
{
	return doctor_say(d, "protection", DOCTOR_OK, f,
	    "deletion protection is %s the table itself from being deleted",
	    d->c.table.protected ? "on: it keeps" : "off: it would keep");
}

static int
check_backups(struct doctor *d, struct fault *f)
{
	struct probe_backups backups;
	struct fault why = { 0 };
	char when[32];

	doctor_waiting(d, "asking for backups");
	switch (probe_backups(d->c.conn, d->name, &backups, &why)) {
	case PROBE_ALLOWED:
		break;
	case PROBE_UNKNOWN:
		return doctor_say(d, "backups", DOCTOR_OK, f,
		    "not available on this server");
	case PROBE_DENIED:
		return doctor_say(d, "backups", DOCTOR_OK, f,
		    "not known: dynamodb:DescribeContinuousBackups is not "
		    "allowed (no sweep needs it)");
	case PROBE_FAILED:
		return doctor_add_fault(d, "backups", DOCTOR_WARNING, &why, f);
	}
	if (!backups.on)
		buf_adds(&d->text,
		    "point-in-time recovery is off: a purge's journal is the "
		    "only way back");
	else if (backups.earliest >= 0 &&
	    text_time_format(when, backups.earliest) == 0)
		buf_addf(&d->text, "point-in-time recovery goes back to %s",
		    when);
	else
		buf_adds(&d->text, "point-in-time recovery is on");
	return doctor_add(d, "backups", DOCTOR_OK, f);
}

static const char *
between(const struct buf *text)
{
	return text->n > 0 ? "; " : "";
}

bool
doctor_gallery(struct buf *text, const struct ddb_table *t)
{
	if (strcmp(t->partition, "key") != 0 || t->partition_type != ATTR_S)
		buf_addf(text, "partition key %s (%s), not key (S)",
		    t->partition, attr_type_name(t->partition_type));
	if (t->sort != NULL)
		buf_addf(text, "%ssort key %s, not without one", between(text),
		    t->sort);
	if (t->provisioned)
		buf_addf(text, "%sprovisioned, not PAY_PER_REQUEST",
		    between(text));
	if (t->ttl_status != NULL && !t->ttl_acts)
		buf_addf(text, "%sTTL off, not on", between(text));
	if (t->ttl_attribute != NULL && strcmp(t->ttl_attribute, "ttl") != 0)
		buf_addf(text, "%sTTL on %s, not on ttl", between(text),
		    t->ttl_attribute);
	return text->n == 0;
}

static int
check_gallery(struct doctor *d, struct fault *f)
{
	bool made = d->c.o->stack != NULL &&
	    strcmp(d->c.o->logical_id, GALLERY_LOGICAL) == 0;
	struct buf text = { 0 };
	bool same;
	int rc;

	if (!made && strcmp(d->c.table.name, GALLERY_TABLE) != 0)
		return 0;
	same = doctor_gallery(&text, &d->c.table);
	buf_addf(&d->text,
	    "%sthe table that the template of the TSA Gallery (an AWS "
	    "lab) creates%s%s",
	    same ? "" : "not ", same ? "" : ": ", buf_text(&text));
	if (strstr(buf_text(&text), "key") != NULL)
		buf_adds(&d->fix, "check that this is the table you mean");
	rc = doctor_add(d, "gallery", same ? DOCTOR_OK : DOCTOR_WARNING, f);
	buf_release(&text);
	return rc;
}

/* The table's description and account: 1 if the other checks can be made. */
static int
describe(struct doctor *d, struct fault *f)
{
	struct fault why = { 0 };

	doctor_waiting(d, "asking for the table %.100s", d->name);
	d->described =
	    ddb_table_read(d->c.conn, d->name, &d->c.table, &why) == 0;
	if (!d->described) {
		if (why.kind == FAULT_DENIED)
			doctor_advise_policy(d, why.text);
		if (doctor_add_fault(d, "table", DOCTOR_FAILURE, &why, f) != 0)
			return -1;
		if (why.kind != FAULT_DENIED)
			return 0;
		d->c.table.name = xstrdup(d->name);
		return 1;
	}
	/* do not slow down others who use the table */
	d->c.pace = plan_pace(&d->c.table, d->c.o->max_rcu, d->c.o->max_wcu, 0);
	ddb_limit(d->c.ddb, d->c.pace.reads, 0);
	if (check_status(d, f) != 0)
		return -1;
	return check_account(d, f);
}

/* It is reported by doctor_ttl, but check_stream and check_gallery need it. */
static void
read_ttl(struct doctor *d)
{
	doctor_waiting(d, "asking for TTL");
	d->ttl_described =
	    ddb_table_read_ttl(d->c.conn, &d->c.table, &d->ttl_why) == 0;
	d->ttl = d->c.o->ttl_attribute != NULL ? d->c.o->ttl_attribute
	    : d->c.table.ttl_attribute != NULL ? d->c.table.ttl_attribute
					       : "ttl";
}

int
doctor_table(struct doctor *d, struct fault *f)
{
	static int (*const checks[])(struct doctor *, struct fault *) = {
		check_key,
		check_billing,
		check_indexes,
		check_stream,
		check_replicas,
		check_protection,
	};
	int r;

	d->section = "Table";
	r = check_stack(d, f);
	if (r > 0)
		r = describe(d, f);
	if (r <= 0)
		return r;
	read_ttl(d);
	for (size_t i = 0; d->described && i < sizeof(checks) / sizeof(*checks);
	     i++)
		if (checks[i](d, f) != 0)
			return -1;
	if (check_backups(d, f) != 0)
		return -1;
	if (d->described && check_gallery(d, f) != 0)
		return -1;
	return 1;
}
