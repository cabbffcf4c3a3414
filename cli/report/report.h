#ifndef CLI_REPORT_REPORT_H
#define CLI_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/estimate.h"
#include "inspector/record.h"
#include "sweep/outcome.h"
#include "sweep/plan.h"

struct buf;
struct fault;
struct key_schema;
struct log;
struct options;
struct price;
struct rules;
struct summary;
struct sweep_totals;
struct text_report;

/* What a report is about. NULL: not known. Borrowed. */
struct report_place {
	const char *table, *table_id, *account, *region, *endpoint;
	bool endpoint_shown; /* it is not the region's own */
	const char *profile; /* as given */
	const char *input;   /* the file that was read instead of a table */
	bool files;          /* it is a directory of files */
	bool journal;        /* it is a journal */
	const struct price *price;
	const char *repeat; /* options that a command about the same must
			       repeat: " --ttl-attribute x" */
	bool masked;        /* a key in it is masked */
};

/* What reading it took. */
struct report_work {
	int64_t items, bytes; /* bytes -1: not known */
	int64_t pages, requests, retries, throttled;
	int64_t writes, throttled_writes; /* of the requests, the throttled */
	double read_units, write_units, seconds;
	int64_t finished; /* epoch seconds; 0: not known */
};

/* The summary of the report is an estimate, scaled up from a sample. */
struct report_sample {
	struct estimate_sample by;
	const struct summary *seen; /* what was counted */
	struct estimate all;        /* entries of the table, selected or not */
	int64_t item_count;         /* by DescribeTable; 0: unknown */
	bool collections;           /* the table has a sort key */
	double usual_units; /* to read all of it in fewer segments; 0: not
			       known */
};

/* The shards of a table that a report is of. */
struct report_shards {
	int64_t of;
	const int64_t *have; /* from 1, in order */
	size_t n;
};

/* One report of many (inspect --watch). */
struct report_watch {
	int64_t look; /* from 1 */
	int64_t seconds;
	bool known;             /* there was one before, with … */
	int64_t before[STATES]; /* … these entries by state */
};

/* The report of inspect. */
struct report {
	struct report_place place;
	struct report_work work;
	const struct key_schema *schema;
	const char *ttl_attribute;
	const char *ttl_status; /* NULL: not known */
	const char *table_ttl;  /* the table's own attribute, NULL */
	const struct rules *rules;
	const struct summary *summary;
	/* all that was read, also what options did not select; NULL: unknown */
	const struct summary *whole;
	bool complete;   /* all that was asked for was read */
	bool merged;     /* of several runs; incomplete if ${shards} lacks some,
			    even if each run was complete */
	bool timed;      /* judged at another time than the present */
	bool selected;   /* options selected the entries … */
	unsigned kinds;  /* … of these kinds, bits; 0: of all */
	unsigned states; /* … of these states, bits; 0: of all, or unknown */
	/* The options that select entries, and those that define sessions and
	 * groups, as written; NULL or "": none. */
	const char *selection, *judging;
	int64_t segments; /* of the whole table */
	int64_t segments_asked, segments_done;
	const struct report_sample *sample; /* NULL: none was asked for */
	bool replicated;                    /* the table has replicas … */
	bool weak;      /* … that are not strongly consistent */
	bool ttl_fixed; /* the TTL attribute is a key that repair cannot change
			 */
	bool estimated; /* by a sample that is not of all segments */
	const struct report_shards *shards; /* NULL: of the whole table */
	const struct report_watch *watch;   /* NULL: the only report */
	size_t top;                         /* groups to show */
	/* If no entry has the TTL attribute, or it may have been renamed:
	 * ${nlookalikes} names of numeric attributes that look like times. */
	const char *const *lookalikes;
	size_t nlookalikes;
	const char *inside; /* likewise: the map that contains it ("data.ttl");
			       NULL: none was seen */
};

struct report_style {
	int width;
	bool color;
	bool ascii;
};

/* Whether ${now}, by which a report is judged, is another time than that of
 * ${clock}, in seconds: by more than a day, as a run may be long. Pure. */
bool report_timed(int64_t now, int64_t clock);

/* The report of inspect for people; for scripts (ttlsweep.inspect/1); for
 * people with a small window: states, changes, and what to do first; as one
 * complete page for a browser; as metrics. */
void report_text(struct buf *out, const struct report *r,
    const struct report_style *style);
void report_json(struct buf *out, const struct report *r);
void report_brief(struct buf *out, const struct report *r,
    const struct report_style *style);
void report_html(struct buf *out, const struct report *r);
void report_prometheus(struct buf *out, const struct report *r);

/* An alert threshold of inspect was passed: its exit status. */
#define REPORT_ALERT 5

/* Write ${r} in --format to --output, and warn of each alert threshold that it
 * passes: 0, REPORT_ALERT, or -1. */
int report_print(const struct options *o, const struct report *r,
    struct log *log, struct fault *f);

/*
 * inspect --merge: add up the reports (JSON) that the operands name, which are
 * of shards of one table, to the report that one machine would have written,
 * and print it. All must be of the same table, key, TTL setting, time and
 * options, and contain each shard once; --partial allows missing ones. Units,
 * pages, requests and retries are the sum over all machines, the seconds those
 * of the slowest. A single report of a whole table is printed again, in
 * another format.
 */
int report_merge(const struct options *o, struct log *log, struct fault *f);

/* The report of purge, repair and restore. */
struct report_sweep {
	struct report_place place;
	struct report_work work;
	const char *command; /* "purge", "repair", "restore" */
	bool executed;
	int64_t now;
	const struct key_schema *schema;
	const struct rules *rules;
	const struct sweep_totals *totals;
	double write_units; /* consumed; of a dry run, estimated */
	struct plan_pace pace;
	/* The TTL attribute if it is not known whether TTL is on, else NULL. */
	const char *ttl_unknown;
	/* The TTL attribute if TTL does not act on it, and the one on which it
	 * acts; NULL. */
	const char *ttl_off, *ttl_on;
	bool ttl_fixed;      /* --extend-ttl cannot write it, as it is a key, or
				writes another, as a journal names that */
	const char *journal; /* its path, NULL: none */
	bool refused;        /* dry run: with --yes it would be */
	int64_t ttl_given;   /* to entries without one, or by a restore to
				all; INT64_MIN: none */
	int64_t journal_free; /* bytes free there, -1 unknown */
	const char *undo;     /* the command that restores, NULL */
	const char *run;      /* dry run: the command that does it, … */
	const char *run_note; /* … what to know of it, in sentences; NULL */
	bool resumed;         /* at a checkpoint: it undoes a part */
	bool elsewhere;       /* restore: the journal is of another table */
	bool listed;          /* the keys were given (--keys-from): … */
	int64_t keys;         /* … this many different ones */
	const char *max_percent;     /* as given; NULL: not */
	struct report_shards shards; /* of 0: the whole table */
	bool replicated;             /* the table has replicas */
};

/* The outcomes of entries in the words of ${command}, in order; the last has
 * no name. */
struct report_outcome {
	enum outcome outcome;
	const char *name;
	const char *note; /* for people, ""; NULL: it depends */
};
const struct report_outcome *report_sweep_outcomes(const char *command);

/* Add note ${i}, without the period. On a repair: how it can include times
 * without a zone; what is too old for TTL all the same; that TTL does not act.
 * On a restore: what TTL will delete again; what the undo of a repair puts
 * back. False: there is no such note. */
#define REPORT_SWEEP_NOTES 3
bool report_sweep_note(const struct report_sweep *r,
    const struct text_report *p, size_t i, struct buf *line);

void report_sweep_text(struct buf *out, const struct report_sweep *r,
    const struct report_style *style);
/* The figures in one line, for logs. */
void report_sweep_line(struct buf *out, const struct report_sweep *r);
void report_sweep_json(struct buf *out, const struct report_sweep *r);
/* The totals as metrics, labelled with the command, and the time at which it
 * succeeded (epoch seconds; -1: it did not). */
void report_prometheus_sweep(struct buf *out, const struct report_sweep *r,
    int64_t finished);
/* The time at which the same command last succeeded, by the metrics file
 * ${path}; -1: it does not say. */
int64_t report_prometheus_last(const struct report_sweep *r, const char *path);

#endif
