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
struct key_schema;
struct price;
struct rules;
struct summary;
struct sweep_totals;

/* What a report is about. NULL: not known. Borrowed. */
struct report_place {
	const char *table, *table_id, *account, *region, *endpoint;
	bool endpoint_shown; /* not the region's own */
	const char *profile; /* as it was asked for */
	const char *input;   /* the file that was read instead of a table */
	const struct price *price;
	const char *repeat; /* options that a command about the same must
			       repeat: " --ttl-attribute x" */
};

/* What reading it took. */
struct report_work {
	int64_t items, bytes; /* bytes -1: not known */
	int64_t pages, requests, retries;
	double read_units, write_units, seconds;
	int64_t finished; /* when, by the clock; 0: not known */
};

/* An estimate: the report's summary is scaled up. */
struct report_sample {
	struct estimate_sample by;
	const struct summary *seen; /* what was counted */
	struct estimate all;        /* entries of the table, selected or not */
	int64_t item_count;         /* as DescribeTable says; 0: unknown */
	bool collections;           /* the table has a sort key */
	double usual_units;         /* that reading all in fewer segments
				       would take; 0: not known */
};

/* Which parts of a table that is divided a report is of. */
struct report_shards {
	int64_t of;
	const int64_t *have; /* from 1, in order */
	size_t n;
};

/* A look of many (inspect --watch). */
struct report_watch {
	int64_t look; /* from 1 */
	int64_t seconds;
	bool known;             /* there was one before; then: */
	int64_t before[STATES]; /* entries by state */
};

/* What inspect has to tell. */
struct report {
	struct report_place place;
	struct report_work work;
	const struct key_schema *schema;
	const char *ttl_attribute;
	const char *ttl_status; /* NULL: not known */
	const char *table_ttl;  /* the table's own attribute, NULL */
	const struct rules *rules;
	const struct summary *summary;
	bool complete;  /* all that was asked for was read */
	bool merged;    /* of several runs: where ${shards} lacks some, the
			   report is not complete, though each run was */
	bool selected;  /* options chose among the entries … */
	unsigned kinds; /* … and only of these kinds, bits; 0: of all */
	/* The options that choose among the entries, and those that tell
	 * sessions and groups, as they were written; NULL or "": none. */
	const char *selection, *judging;
	int64_t segments; /* of the whole table */
	int64_t segments_asked, segments_done;
	const struct report_sample *sample; /* NULL: all was read */
	const struct report_shards *shards; /* NULL: of the whole table */
	const struct report_watch *watch;   /* NULL: the only look */
	size_t top;                         /* groups to show */
	/* When no entry has the TTL attribute: numeric attributes that look
	 * like times, ${nlookalikes} names of them. */
	const char *const *lookalikes;
	size_t nlookalikes;
	const char *inside; /* likewise: where a map has it ("data.ttl"); NULL:
			       none that was seen */
};

/* How text is written. */
struct report_style {
	int width;
	bool color;
	bool ascii;
};

/* inspect as people read it; as scripts do (ttlsweep.inspect/1). */
void report_text(struct buf *out, const struct report *r,
    const struct report_style *style);
void report_json(struct buf *out, const struct report *r);
/* … as people read it in a small window: states, what changed, and what to do
 * first. */
void report_brief(struct buf *out, const struct report *r,
    const struct report_style *style);
/* … as one page for a browser, complete in itself. */
void report_html(struct buf *out, const struct report *r);
/* … as metrics. */
void report_prometheus(struct buf *out, const struct report *r);

/* What purge and restore have to tell. */
struct report_sweep {
	struct report_place place;
	struct report_work work;
	const char *command; /* "purge", "repair", "restore" */
	bool executed;
	int64_t now;
	const struct sweep_totals *totals;
	double write_units; /* consumed; a dry run: estimated */
	struct plan_pace pace;
	/* TTL's attribute, where it is not known whether TTL is on; else
	 * NULL. */
	const char *ttl_unknown;
	const char *journal;  /* its path, NULL: none */
	bool no_place;        /* dry run: it could not be made */
	int64_t journal_free; /* bytes free there, -1 unknown */
	const char *undo;     /* the command that restores, NULL */
	bool listed;          /* the keys were given (--keys-from) … */
	int64_t keys;         /* … so many, each once */
};

/* What became of entries, as ${command} calls it, in order; the last has no
 * name. */
struct report_outcome {
	enum outcome outcome;
	const char *name;
	const char *note; /* for people, "" */
};
const struct report_outcome *report_sweep_outcomes(const char *command);

void report_sweep_text(struct buf *out, const struct report_sweep *r,
    const struct report_style *style);
/* The figures in one line, for logs. */
void report_sweep_line(struct buf *out, const struct report_sweep *r);
void report_sweep_json(struct buf *out, const struct report_sweep *r);
/* The totals as metrics, each with r->command as a label, and the time at
 * which it ended well (epoch seconds; -1: it did not). */
void report_prometheus_sweep(struct buf *out, const struct report_sweep *r,
    int64_t finished);

#endif
