#ifndef CLI_DOCTOR_DOCTOR_H
#define CLI_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/context/context.h"
#include "cli/report/report.h"
#include "inspector/summary.h"
#include "lib/aws/query/sts.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "sweep/plan.h"

struct options;
struct record;
struct rules;
struct json;
struct log;

/*
 * The checks of doctor. Each adds a finding as soon as it is known: text is
 * written at once, JSON at the end. A check that an earlier one made impossible
 * adds nothing.
 */
enum doctor_result {
	DOCTOR_OK,
	DOCTOR_WARNING, /* worth knowing; a purge would work */
	DOCTOR_FAILURE, /* a purge would fail */
	DOCTOR_RESULTS
};

struct doctor {
	/* The findings so far. */
	struct json *json; /* an array of them; NULL: text is written */
	struct report_style style;
	int found[DOCTOR_RESULTS];
	struct buf failed; /* names of the checks that failed */
	bool headed, advised;
	const char *section; /* heading of the next finding; NULL: none */
	bool drawn;          /* the terminal shows a line of progress */

	/* The next finding; the command is one for a shell. */
	struct buf text, fix, command;

	/* What to work with, opened step by step. */
	struct context c;
	bool local;          /* the endpoint is on this machine */
	bool answers;        /* … and answers */
	bool keyed;          /* there are credentials, and none were refused */
	struct identity who; /* account NULL: unknown */
	const char *name;    /* of the table */
	struct plan plan;    /* of a purge */
	bool described;      /* by DescribeTable */
	bool ttl_described;  /* by DescribeTimeToLive, else … */
	struct fault ttl_why;
	const char *ttl;       /* the TTL attribute */
	struct summary sample; /* of some entries */
	/* what a purge would delete of these, and its journal */
	struct doctor_chosen {
		int64_t items, units, free_by_ttl;
		double journal_bytes;
	} chosen;
	/* of ${sample}, TTL leaves alone even after a repair, and once it is
	 * on: expired five years ago, in another unit or in seconds */
	bool scans;       /* Scan is allowed */
	bool journal_bad; /* a purge would refuse the journal's place */
	bool sampled;
	bool whole;  /* the sample is the whole table */
	int64_t now; /* the time to judge by */
};

void doctor_init(struct doctor *d, const struct options *o, struct log *log);
void doctor_release(struct doctor *d);

/* On a terminal, show what is waited for until the next finding. */
void doctor_waiting(struct doctor *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Add the finding of ${check} in d->text, d->fix and d->command, and empty
 * them. -1 if it cannot be written. */
int doctor_add(struct doctor *d, const char *check, enum doctor_result result,
    struct fault *f);
/* The same with one more sentence in d->text. */
int doctor_say(struct doctor *d, const char *check, enum doctor_result result,
    struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The same with the text of ${why}; -1 also if ${why} is a signal. */
int doctor_add_fault(struct doctor *d, const char *check,
    enum doctor_result result, const struct fault *why, struct fault *f);
/* Write the summary, or the JSON. */
int doctor_end(struct doctor *d, struct fault *f);

/* The lines of a finding, as doctor_add writes them. Pure. */
struct doctor_line {
	const char *check;
	enum doctor_result result;
	const char *text, *fix, *command; /* "" for none */
};
void doctor_line(struct buf *out, const struct doctor_line *line,
    const struct report_style *style);

/* Advise to print the policy of a purge. */
void doctor_advise_policy(struct doctor *d, const char *why);
/* Add the command line that does ${what} with the same table. */
void doctor_command(struct buf *out, const struct doctor *d, const char *what);

/* The checks, in order. 1; 0 if the following ones cannot be made; -1. */
int doctor_place(struct doctor *d, struct fault *f);  /* configuration … */
int doctor_who(struct doctor *d, struct fault *f);    /* … identity */
int doctor_table(struct doctor *d, struct fault *f);  /* … backups */
int doctor_ttl(struct doctor *d, struct fault *f);    /* … entries, cost */
int doctor_permit(struct doctor *d, struct fault *f); /* … journal */

/* Count ${r}, one of the sample, if a purge would delete it. */
void doctor_choose(struct doctor *d, const struct record *r,
    const struct rules *rules);

/* The journal that a purge with these options would write; not with
 * --no-journal. As plan_journal_path. */
int doctor_journal_path(const struct doctor *d, char **path, struct fault *f);

/* The pure parts, for tests. */

/* Whether ${need} bytes fit into ${space} (-1: unknown); ${chosen}: the user
 * chose the place. */
enum doctor_result doctor_room(struct buf *text, double need, int64_t space,
    bool chosen);
/* How far the clocks differ, by p->skew_ms. */
enum doctor_result doctor_clock(struct buf *text, const struct plan *p);
/* Whether the table is as the TSA Gallery's template creates it; the
 * differences are added to ${text}, which is empty. */
bool doctor_gallery(struct buf *text, const struct ddb_table *t);

/* doctor --policy: write the policy to standard output. */
int policy_print(const struct options *o, struct log *log, struct fault *f);

/* Its pure parts. */

/* The smallest IAM policy for one use of one table. */
struct policy {
	int use;               /* enum policy_use (cli/option/option.h) */
	const char *table_arn; /* indexes are never read */
	const char *stack_arn; /* of the stack that names it; NULL: none */
};

/* Add the policy, an indented JSON document, to ${out}. Pure. */
void policy_json(struct buf *out, const struct policy *p);

/* Whether ${s} is the name or ARN of one table: a policy for anything else
 * could be for all tables, or for none. Pure. */
bool policy_is_table(const char *s);

/* Replaces an unknown account. */
#define POLICY_ACCOUNT "${Account}"

struct policy_place {
	const char *service, *region;
	const char *account; /* NULL: POLICY_ACCOUNT */
};
/* Add the ARN of ${kind} ("table/" or "stack/") ${name}. Pure. */
void policy_arn(struct buf *out, const struct policy_place *at,
    const char *kind, const char *name);

#endif
