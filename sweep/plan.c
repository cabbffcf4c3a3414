#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "inspector/moment.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

#define SHARE 4.0
#define SKEW_MS INT64_C(60000)

/* The journal's line around an image, without the image and its keys. */
#define JOURNAL_OVERHEAD 160

/*
 * How much room the journal needs is certain only after the table was read. Its
 * most is taken to be three times the table's bytes (JSON of many small values)
 * and 256 bytes per entry. Where 1.2 times that does not fit, or the table's
 * size is unknown, the entries are counted first, by a pass of their own.
 */
#define JSON_GROWTH INT64_C(3)
#define LINE_BYTES INT64_C(256)
#define MARGIN 1.2

static double
share(double units, int64_t shards)
{
	double all = SHARE * (double)(shards > 0 ? shards : 1);

	return units <= 0 ? 0 : units <= all ? 1 : units / all;
}

/* The write units of the slowest of the table and its global indexes. */
static double
slowest(const struct ddb_table *t)
{
	double least = t->write_units;

	for (size_t i = 0; i < t->nindexes; i++) {
		const struct ddb_index *x = &t->indexes[i];

		if (x->global && x->write_units > 0 &&
		    (least <= 0 || x->write_units < least))
			least = x->write_units;
	}
	return least;
}

struct plan_pace
plan_pace(const struct ddb_table *t, int64_t max_rcu, int64_t max_wcu,
    int64_t shards)
{
	return (struct plan_pace){
		.reads = max_rcu >= 0 ? (double)max_rcu
				      : share(t->read_units, shards),
		.writes =
		    max_wcu >= 0 ? (double)max_wcu : share(slowest(t), shards),
	};
}

double
plan_seconds(const struct plan_pace *pace, double reads, double writes)
{
	double r = pace->reads > 0 ? reads / pace->reads : 0;
	double w = pace->writes > 0 ? writes / pace->writes : 0;

	return r > w ? r : w;
}

int
plan_clocks(const struct plan *p, struct fault *f)
{
	int64_t off = p->skew_ms < 0 ? -p->skew_ms : p->skew_ms;
	char text[32];

	if (p->now_given || !p->clock_known || off <= SKEW_MS)
		return 0;
	text_span(text, off / 1000);
	return fault(f, FAULT_REFUSED,
	    "this machine's clock is %s %s the service's, and one of them is "
	    "wrong; set it, or give the time with --now",
	    text, p->skew_ms < 0 ? "ahead of" : "behind");
}

int
plan_now(const struct plan *p, struct fault *f)
{
	int64_t earlier = p->here_ms;
	char text[32];

	if (p->clock_known && p->skew_ms < 0)
		earlier += p->skew_ms;
	earlier /= 1000;
	if (!p->now_given || p->now <= earlier)
		return 0;
	(void)text_time_format(text, earlier);
	return fault(f, FAULT_REFUSED,
	    "--now is in the future: live entries would count as expired; "
	    "give a time before %s, which is the present",
	    text);
}

int
plan_table(const struct plan *p, struct fault *f)
{
	const char *status = p->table->status;

	if (strcmp(status, "ACTIVE") == 0 || strcmp(status, "UPDATING") == 0)
		return 0;
	return fault(f, FAULT_REFUSED,
	    "table %s is %s; it must be ACTIVE or UPDATING", p->table->name,
	    status[0] != '\0' ? status : "of unknown status");
}

int
plan_replicas(const struct plan *p, struct fault *f)
{
	const struct ddb_table *t = p->table;

	if (!p->changes || t->nreplicas == 0 || t->strong_replicas ||
	    p->overdue >= PLAN_REPLICA_OVERDUE)
		return 0;
	return fault(f, FAULT_REFUSED,
	    "table %s has a replica in %s: an entry renewed there may not be "
	    "renewed here yet; use --overdue 15m or more, which leaves alone "
	    "all that expired later, is live or is immortal",
	    t->name, t->replicas[0]);
}

int (*const plan_checks[])(const struct plan *p, struct fault *f) = {
	plan_clocks,
	plan_now,
	plan_table,
	plan_replicas,
	NULL,
};

int
plan_number(const struct ddb_table *t, const char *attribute, struct fault *f)
{
	if (strcmp(attribute, t->partition) == 0 ||
	    (t->sort != NULL && strcmp(attribute, t->sort) == 0))
		return fault(f, FAULT_REFUSED,
		    "the TTL attribute %s is part of the key and cannot be "
		    "changed",
		    attribute);
	for (size_t i = 0; i < t->nindexes; i++)
		for (size_t j = 0; j < t->indexes[i].nkeys; j++) {
			const struct ddb_index_key *k = &t->indexes[i].keys[j];

			if (strcmp(attribute, k->name) != 0 ||
			    k->type == ATTR_N)
				continue;
			return fault(f, FAULT_REFUSED,
			    "the TTL attribute %s cannot become a number: it "
			    "is a key of the index %s, which takes only %s "
			    "values there",
			    attribute, t->indexes[i].name,
			    k->type == ATTR_S ? "string" : "binary");
		}
	return 0;
}

int
plan_ttl(const struct plan *p, int64_t now, struct fault *f)
{
	const struct {
		const char *name;
		int64_t seconds;
	} given[] = { { "extend-ttl", p->extend_ttl },
		{ "ttl-for-missing", p->ttl_for_missing } };

	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		if (given[i].seconds >= 0 &&
		    !moment_reaches(now, given[i].seconds))
			return fault(f, FAULT_USAGE,
			    "--%s: at %lld the TTL would be %lld, but only "
			    "values from %lld (2012) to 100 years from then "
			    "are read as a time; give a later --now",
			    given[i].name, (long long)now,
			    (long long)sum_add(now, given[i].seconds),
			    (long long)MOMENT_EARLIEST);
	return 0;
}

bool
plan_journal_chosen(const struct plan_journal *j)
{
	return j->file != NULL || j->directory != NULL;
}

/* --journal: a new file, in an existing directory. */
static int
check_file(const char *path, bool execute, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		/* else journal_open reports what is wrong */
		return execute ? 0 : journal_check_place(path, false, f);
	}
	if (S_ISLNK(st.st_mode))
		(void)stat(path, &st);
	if (S_ISDIR(st.st_mode))
		return fault(f, FAULT_USAGE,
		    "--journal %s: is a directory; use --journal-dir to have a "
		    "new file made in it",
		    path);
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return fault(f, FAULT_USAGE,
		    "--journal %s: file exists, and a journal must be a new "
		    "file; give another name or leave out --journal",
		    path);
	return fault(f, FAULT_REFUSED,
	    "--journal %s: not a regular file, so nothing written to it is "
	    "kept; name a new file, or keep no journal with --no-journal",
	    path);
}

int
plan_journal_path(const struct plan_journal *j, const char *table, int64_t now,
    bool execute, char **path, struct fault *f)
{
	*path = NULL;
	if (j->none)
		return 0;
	if (j->file != NULL) {
		*path = xstrdup(j->file);
		return check_file(j->file, execute, f);
	}
	*path = journal_default_path(j->directory, table, now, execute, f);
	if (*path == NULL)
		return -1;
	return execute ? 0 : journal_check_place(*path, true, f);
}

int64_t
plan_journal_bytes(const struct item *item)
{
	return (int64_t)(item->json.n + item->partition.n + item->sort.n +
	    JOURNAL_OVERHEAD);
}

bool
plan_room_asked(const struct plan_journal *j)
{
	return !j->none && !j->limited && !plan_journal_chosen(j);
}

bool
plan_room_fits(double need, int64_t space)
{
	return space < 0 || need * MARGIN <= (double)space;
}

bool
plan_room_fits_all(const struct ddb_table *t, int64_t space)
{
	return space < 0 ||
	    ((t->bytes > 0 || t->items > 0) &&
		plan_room_fits((double)JSON_GROWTH * (double)t->bytes +
			(double)LINE_BYTES * (double)t->items,
		    space));
}

int
plan_room(int64_t need, int64_t space, const char *path, struct fault *f)
{
	char needs[32], has[32];

	if (plan_room_fits((double)need, space))
		return 0;
	text_bytes(needs, need);
	text_bytes(has, space);
	return fault(f, FAULT_REFUSED,
	    "the journal needs about %s, but only %s are free for %s; choose "
	    "another place with --journal or --journal-dir, delete fewer "
	    "entries with --max-items, or keep no journal with --no-journal",
	    needs, has, path);
}
