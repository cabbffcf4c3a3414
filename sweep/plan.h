#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct ddb_table;
struct fault;
struct item;

/*
 * What a purge, repair or restore promises before it begins, and why it is
 * refused. The runs, their dry runs and doctor call the same functions, so that
 * all give the same answer.
 */

struct plan_pace {
	double reads;  /* units a second; 0: no limit */
	double writes; /* of the table and its indexes together */
};

/*
 * The pace on ${t}, by ${max_rcu} and ${max_wcu} (0: no limit). Where one is
 * < 0, a quarter of what the table can do, as others may use it too, and for
 * writes no more than a quarter of what any of its global indexes can do; of
 * ${shards} (0: none) that run side by side each has its part of that; at least
 * one. Pure.
 */
struct plan_pace plan_pace(const struct ddb_table *t, int64_t max_rcu,
    int64_t max_wcu, int64_t shards);

/* Seconds that so many units take at ${pace}; 0: no limit. Pure. */
double plan_seconds(const struct plan_pace *pace, double reads, double writes);

/* Seconds. Writes in another region arrive here within a few; a condition that
 * looks back this far is safe from one still on its way. A repair needs it,
 * too: the last writer wins, and it would replace a renewal elsewhere. */
#define PLAN_REPLICA_OVERDUE INT64_C(900)

/* What the options say, and what is known before the run. All borrowed. */
struct plan {
	bool now_given; /* --now */
	int64_t now;
	int64_t overdue, extend_ttl, ttl_for_missing; /* seconds; < 0: off */
	bool changes;     /* existing entries are written to */
	bool clock_known; /* the service's */
	int64_t skew_ms;  /* service's clock less ours */
	int64_t here_ms;  /* our clock, since the epoch */
	const struct ddb_table *table;
};

/*
 * The checks. Each is 0, or -1 with FAULT_REFUSED: then a run that writes is
 * refused, and a dry run and doctor warn. Pure.
 */
/* The clocks agree, or the time to judge by is given. */
int plan_clocks(const struct plan *p, struct fault *f);
/* The given time is not after the earlier of the two clocks. */
int plan_now(const struct plan *p, struct fault *f);
/* The table accepts writes. */
int plan_table(const struct plan *p, struct fault *f);
/* Its replicas cannot break a condition. */
int plan_replicas(const struct plan *p, struct fault *f);
/* All four; ends with NULL. */
extern int (*const plan_checks[])(const struct plan *p, struct fault *f);

/*
 * The TTL ${attribute} of ${t} can get a number, as repair and --extend-ttl
 * give it: it is not part of the table's key, which UpdateItem cannot change
 * and by which an entry is restored, nor a key of an index that wants another
 * type, as an attribute that is a key of an index has that type in every item
 * that has it. 0, or -1 with FAULT_REFUSED. Pure.
 */
int plan_number(const struct ddb_table *t, const char *attribute,
    struct fault *f);

/* The TTL values to be written are read as times (inspector/moment.h) at
 * ${now}: 0, or -1 with FAULT_USAGE. Pure. */
int plan_ttl(const struct plan *p, int64_t now, struct fault *f);

/* Where to keep the journal. */
struct plan_journal {
	bool none;             /* --no-journal */
	const char *file;      /* --journal: a new file; NULL: … */
	const char *directory; /* … a default name in --journal-dir; NULL: in
				  the default directory */
	bool limited;          /* --max-items */
};

/* Whether the user chose the place. Pure. */
bool plan_journal_chosen(const struct plan_journal *j);

/*
 * The path of the journal of ${table} at the time ${now} in *${path}, the
 * caller's; NULL: none is kept. With ${execute} missing directories are made.
 * Otherwise (a dry run, doctor) nothing is made, and -1 says what would fail;
 * *${path} is set if it is known.
 */
int plan_journal_path(const struct plan_journal *j, const char *table,
    int64_t now, bool execute, char **path, struct fault *f);

/* Bytes that ${item} takes in the journal. Pure. */
int64_t plan_journal_bytes(const struct item *item);

/* Whether a purge is refused when its journal, with a fifth to spare, has no
 * room on the disk: not if the user chose the place or limits the number of
 * deletes. Pure. */
bool plan_room_asked(const struct plan_journal *j);
/* Whether a journal of ${need} bytes fits into ${space} (-1: unknown). Pure. */
bool plan_room_fits(double need, int64_t space);
/* The same for all of ${t}, by its size as DynamoDB reports it; false if that
 * is unknown. Pure. */
bool plan_room_fits_all(const struct ddb_table *t, int64_t space);
/* plan_room_fits at ${path}: 0, or -1 with FAULT_REFUSED. */
int plan_room(int64_t need, int64_t space, const char *path, struct fault *f);

#endif
