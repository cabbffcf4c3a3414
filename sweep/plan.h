#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct ddb_table;
struct fault;
struct item;

/*
 * What a purge, repair or restore promises before it begins, and what it is
 * refused for. The runs, their dry runs and doctor ask the same functions, so
 * that none promises what another does not keep.
 */

/* How fast it goes and how long it takes. Pure. */
struct plan_pace {
	double reads;  /* units a second; 0: no limit */
	double writes; /* of the table and its indexes together */
};

/*
 * The pace on ${t}. ${max_rcu} and ${max_wcu}, what the user allows (0: no
 * limit), < 0 where it is left to us: then a quarter of what the table can do,
 * for others may use it too, and for writes no more than a quarter of what any
 * of its global indexes can; at least one.
 */
struct plan_pace plan_pace(const struct ddb_table *t, int64_t max_rcu,
    int64_t max_wcu);

/* Seconds that so many units take at ${pace}; 0: no limit holds them up. */
double plan_seconds(const struct plan_pace *pace, double reads, double writes);

/* Seconds. Writes in another region arrive here within a few; a condition
 * that looks back this far is not taken in by one that has not yet. A repair
 * needs it as well: the last writer wins, and what it wrote would take the
 * place of a renewal elsewhere. */
#define PLAN_REPLICA_OVERDUE INT64_C(900)

/* What is asked for, and what is known before the run. All borrowed. */
struct plan {
	bool now_given; /* the time to judge by, … */
	int64_t now;    /* … this one */
	int64_t overdue, extend_ttl, ttl_for_missing; /* seconds; < 0: off */
	bool changes;     /* entries that are there are written to */
	bool clock_known; /* the service's */
	int64_t skew_ms;  /* service's clock less ours */
	int64_t here_ms;  /* our clock, since the epoch */
	const struct ddb_table *table;
};

/*
 * The checks. Each is 0, or -1 with FAULT_REFUSED: a run that writes is
 * refused, a dry run and doctor warn. Pure.
 */
/* The clocks agree, or the time to judge by is given. */
int plan_clocks(const struct plan *p, struct fault *f);
/* The time given is not after the earlier of the two clocks. */
int plan_now(const struct plan *p, struct fault *f);
/* The table takes writes. */
int plan_table(const struct plan *p, struct fault *f);
/* Its replicas allow conditions to hold. */
int plan_replicas(const struct plan *p, struct fault *f);
/* All of them; ends with NULL. */
extern int (*const plan_checks[])(const struct plan *p, struct fault *f);

/* The TTL values that would be written, judged at ${now}, are times
 * (inspector/moment.h): 0, or -1 with FAULT_USAGE. Pure. */
int plan_ttl(const struct plan *p, int64_t now, struct fault *f);

/* Where the journal is to be. */
struct plan_journal {
	bool none;             /* none is kept */
	const char *file;      /* a new file; NULL: … */
	const char *directory; /* … a numbered one here, NULL: in the default
				  directory */
	bool limited; /* the user limits how many entries are deleted */
};

/* Whether the user chose the place. Pure. */
bool plan_journal_chosen(const struct plan_journal *j);

/*
 * The path of the journal of ${table} at the time ${now} in *${path}, the
 * caller's; NULL: none is kept. With ${execute} missing directories are made;
 * else (a dry run, doctor) nothing is, and -1 says what would be wrong:
 * *${path} is set where it is known all the same.
 */
int plan_journal_path(const struct plan_journal *j, const char *table,
    int64_t now, bool execute, char **path, struct fault *f);

/* Bytes that the journal takes for ${item}. Pure. */
int64_t plan_journal_bytes(const struct item *item);

/*
 * Room on the disk: a purge refuses to begin where the journal, a fifth to
 * spare, has no room; but not where the user chose the place or limits how
 * many entries are deleted.
 */
bool plan_room_asked(const struct plan_journal *j);
/* Whether a journal of ${need} bytes is sure to fit into ${space} (-1: not
 * known). Pure. */
bool plan_room_fits(double need, int64_t space);
/* The same of the journal of all of ${t}, by what the service says of its
 * size: false too where that is not known, so that only counting shows. Pure.
 */
bool plan_room_fits_all(const struct ddb_table *t, int64_t space);
/* -1 with FAULT_REFUSED where ${need} bytes do not fit into ${space} at
 * ${path}. */
int plan_room(int64_t need, int64_t space, const char *path, struct fault *f);

#endif
