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
struct log;

/*
 * The checklist of doctor. Each check adds a finding as soon as it is known:
 * in text it is written at once, in JSON all of them at the end. A check that
 * could not be made for want of an earlier one adds nothing.
 */
enum doctor_result {
	DOCTOR_OK,
	DOCTOR_WARNING, /* a purge works, but know this */
	DOCTOR_FAILURE, /* a purge would fail */
	DOCTOR_RESULTS
};

/* One, kept; "" for none. */
struct doctor_finding {
	const char *check;
	enum doctor_result result;
	char *text, *fix;
};

struct doctor {
	const struct options *o;

	/* What was found so far. */
	bool json;
	struct doctor_finding *findings; /* only for JSON */
	size_t nfindings;
	struct report_style style;
	int found[DOCTOR_RESULTS];
	struct buf failed; /* the names of those checks */
	bool headed, advised;
	const char *section; /* its heading is yet to be written */
	bool drawn;          /* a line of progress stands on the terminal */

	/* The finding being made; a command is one for a shell. */
	struct buf text, fix, command;

	/* What is there to work with, opened step by step. */
	struct context c;
	bool local;   /* the endpoint is on this machine */
	bool answers; /* … and answers */
	bool keyed;   /* there are credentials, and nobody refused them */
	struct identity who; /* account NULL: not known */
	const char *name;    /* of the table */
	struct plan plan;    /* of a purge */
	bool described;      /* … by DescribeTable */
	bool ttl_described;  /* … by DescribeTimeToLive, else … */
	struct fault ttl_why;
	const char *ttl;       /* the TTL attribute */
	struct summary sample; /* of some entries, judged */
	/* of them, what the purge that is asked about would take, and how
	 * large its journal is */
	struct doctor_chosen {
		int64_t items, units, free_by_ttl;
		double journal_bytes;
	} chosen;
	bool scans; /* Scan is allowed */
	bool sampled;
	bool whole;  /* … and that is all of them */
	int64_t now; /* the time to judge by */
};

void doctor_init(struct doctor *d, const struct options *o, struct log *log);
void doctor_release(struct doctor *d);

/* What follows is about ${heading}. */
void doctor_section(struct doctor *d, const char *heading);
/* On a terminal: what is being waited for, until the next finding. */
void doctor_waiting(struct doctor *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The finding in d->text, d->fix and d->command is of ${check}. -1 when it
 * could not be written. */
int doctor_add(struct doctor *d, const char *check, enum doctor_result result,
    struct fault *f);
/* The same of one sentence, behind what d->text has. */
int doctor_say(struct doctor *d, const char *check, enum doctor_result result,
    struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The same with the text of ${why}; -1 too when it is that a signal came. */
int doctor_add_fault(struct doctor *d, const char *check,
    enum doctor_result result, const struct fault *why, struct fault *f);
/* The last words; 0, or -1. */
int doctor_end(struct doctor *d, struct fault *f);

/* The lines of a finding, as doctor_add writes them. Pure. */
struct doctor_line {
	const char *check;
	enum doctor_result result;
	const char *text, *fix, *command; /* "" for none */
};
void doctor_line(struct buf *out, const struct doctor_line *line,
    const struct report_style *style);

/* Advise the policy that lacks nothing. */
void doctor_advise_policy(struct doctor *d);
/* The command line that does ${what} with the same table, from the options
 * that lead to it, added to ${out}. */
void doctor_command(struct buf *out, const struct doctor *d, const char *what);

/*
 * The checks, in order. Each returns 1 when those that follow can be made, 0
 * when they cannot, and -1.
 */
int doctor_place(struct doctor *d, struct fault *f);  /* configuration … */
int doctor_who(struct doctor *d, struct fault *f);    /* … identity */
int doctor_table(struct doctor *d, struct fault *f);  /* … backups */
int doctor_ttl(struct doctor *d, struct fault *f);    /* … entries, cost */
int doctor_permit(struct doctor *d, struct fault *f); /* … journal */

/* ${r} is one of the sample: would a purge take it? */
void doctor_choose(struct doctor *d, const struct record *r,
    const struct rules *rules);

/* The parts that are pure, for tests. Whether ${need} bytes fit where
 * ${space} are free (-1: not known), a place that was ${chosen} or that which
 * a purge takes by itself. */
enum doctor_result doctor_room(struct buf *text, double need, int64_t space,
    bool chosen);
/* How far apart two clocks are, as p->skew_ms says. */
enum doctor_result doctor_clock(struct buf *text, const struct plan *p);
/* In what the table differs from that of the lab's template, added to
 * ${text}; how many differences. */
int doctor_gallery(struct buf *text, const struct ddb_table *t);

#endif
