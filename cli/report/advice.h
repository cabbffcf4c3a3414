#ifndef CLI_REPORT_ADVICE_H
#define CLI_REPORT_ADVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/report/report_words.h"

struct buf;
struct emit;
struct report;
struct report_place;
struct summary;

/*
 * What a report says about what to do is made of paragraphs, each written to
 * the line of the emit first, and of commands to be copied.
 */

/* The entries that repair changes; how many of them are expired, and how many
 * of those TTL would then delete, as they are not too old for it; and the
 * immortal ones that it leaves alone, and those of them without a zone. */
struct advice_repaired {
	int64_t items, expired, taken;
	int64_t immortal, zoneless;
	int64_t zoned; /* and what it changes with --zone, of what is expired */
	bool old;      /* some are too old, or, of an estimate, may be */
};

struct advice {
	struct emit *e;
	struct buf *line; /* of e */
	const struct report *r;
	enum report_ttl acts;
	bool off; /* TTL is off, or acts on another attribute */
	struct advice_repaired repaired;
	bool first; /* stop after the first command */
	bool done;
	bool acts_now; /* there is a command that lets TTL act */
	bool foreign;  /* there is a command that is not one of ours */
	bool swept;    /* there is a command that is a dry run */
	bool zoned;    /* advice_repair_zone was called */
	int ours;      /* commands of ttlsweep */
};

/* The line is a paragraph. */
void advice_say(struct advice *a);
/* The line is a command. */
void advice_command(struct advice *a);
/* Add a count to the line; of a sample, an estimate. */
void advice_amount(struct advice *a, int64_t n);
/* The command ${verb} with ${options}, for what the report is about, or for
 * ${place}. */
void advice_sweep(struct advice *a, const char *verb, const char *options);
void advice_sweep_at(struct advice *a, const char *verb, const char *options,
    const struct report_place *place);
/* The command that inspects the same by another TTL attribute. */
void advice_inspect(struct advice *a, const char *attribute);

/* Whether it is about a table, for which there are commands, not a file.
 * Pure. */
bool advice_is_live(const struct report *r);
/* Where the selection is of some reasons, which then come first in it: what
 * follows their list; else NULL. Pure. */
const char *advice_after_reasons(const struct report *r);
/* How many entries are expired. Pure. */
int64_t advice_expired(const struct summary *s);
/* ${n} of what was counted, of the whole table. Pure. */
int64_t advice_whole(const struct report *r, int64_t n);

/* Add ", also those that are live by" the attribute that TTL acts on now. */
void advice_live_other(struct advice *a);
/* The line is a paragraph; then the command that switches TTL on or off. */
void advice_ttl(struct advice *a, bool on, const char *attribute);
/* The command that switches TTL on, or those that move it, after what the line
 * says of them. */
void advice_ttl_switch(struct advice *a);
/* A repair is of use only once TTL acts: after it, see to that, unless there is
 * a command for it already. */
void advice_ttl_after(struct advice *a);

/* What a repair of ${r} would change. Pure. */
struct advice_repaired advice_repair_count(const struct report *r);
/* What repair does, and its command; nothing if it changes nothing. */
void advice_repair(struct advice *a);
/* The same for times without a zone; only once. */
void advice_repair_zone(struct advice *a);
/* After a repair, TTL will never delete ${rest} of what is expired: purge it
 * ${when} ("Then"). Some may have been repaired with --zone by then. */
void advice_repair_rest(struct advice *a, const char *when, int64_t rest);
/* The command that purges what is stuck, also once a repair or TTL has given
 * what is too old another reason or size. */
void advice_sweep_stuck(struct advice *a);

#endif
