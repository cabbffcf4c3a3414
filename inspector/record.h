#ifndef INSPECTOR_RECORD_H
#define INSPECTOR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/moment.h"
#include "lib/base/buf.h"
#include "lib/dynamodb/item.h"

enum state { STATE_LIVE, STATE_PENDING, STATE_STUCK, STATE_IMMORTAL, STATES };

enum reason {
	REASON_NONE,
	REASON_MILLISECONDS,
	REASON_MICROSECONDS,
	REASON_NANOSECONDS,
	REASON_STRING,
	REASON_TTL_OFF,
	REASON_TOO_OLD,
	REASON_FAR_FUTURE,
	REASON_NO_TIME,
	REASON_MISSING,
	REASON_WRONG_TYPE,
	REASONS
};

/* The reasons, as bits, for which an entry has a time that repair can convert.
 */
#define REASONS_CONVERTED                                        \
	(1u << REASON_MILLISECONDS | 1u << REASON_MICROSECONDS | \
	    1u << REASON_NANOSECONDS | 1u << REASON_STRING)

enum kind { KIND_SESSION, KIND_ITEM, KINDS };

/* "live", "milliseconds", "session" */
const char *state_name(enum state s);
const char *reason_name(enum reason r);
const char *kind_name(enum kind k);
/* The value of such a word, or -1. */
int state_parse(const char *s);
int reason_parse(const char *s);

/* Seconds (five years): DynamoDB deletes nothing that expired that long ago
 * (Developer Guide, "How it works: TTL"). */
#define RECORD_TOO_OLD INT64_C(157788000)

/* The settings of a run. Strings are borrowed. */
struct rules {
	int64_t now;   /* epoch seconds */
	bool ttl_acts; /* the table's TTL is on, and on this attribute */
	const char *ttl_other;   /* it is on, and on this one; NULL */
	struct moment_zone zone; /* of date-times without a zone */
	/* with which keys of sessions begin; none: inspector/sessions.h */
	const char *const *session_prefixes;
	size_t nprefixes;
	bool all_sessions;   /* all keys are masked; without prefixes, all
				entries are sessions */
	bool mask_partition; /* the attribute's name says that it is a secret */
	bool mask_sort;      /* (inspector/mask.h) */
	const char *const *groups; /* whole keys that are groups */
	size_t ngroups;
	const char *separators; /* a group ends with one; NULL: ":#/|" */
	bool sizes;             /* items are complete, so sizes are known */
};

/* One entry, judged. Lives as long as its page and its worker's scratch. */
struct record {
	const struct item *item;
	enum state state;
	enum reason reason;
	enum kind kind;
	bool has_moment;    /* it has an expiry time */
	bool zoneless;      /* … without a zone, read as UTC; it is past
			       only when it is past in every zone */
	bool old;           /* stuck, and expired so long ago that TTL would
			       leave it alone whatever its reason */
	struct moment time; /* what it was read as */
	int64_t moment;     /* … in whole seconds, rounded down */
	int64_t overdue;    /* whole seconds since then; < 0 in the future.
			       When zoneless, > 0 may not be past yet. */
	struct slice key;   /* the partition key as text: S decoded, N as
			       it is, B in base64; in the page or scratch */
	struct slice sort;  /* likewise the sort key; p NULL without one */
	size_t key_prefix;  /* bytes of the session prefix of each; */
	size_t sort_prefix; /* 0: none */
	bool masked;        /* the entry is a secret */
	bool key_masked;    /* … and so is this key */
	bool sort_masked;
	uint64_t prefixes;  /* bit i: a key begins with session prefix i */
	struct slice group; /* "session:", "USER# SESSION#", a whole key,
			       "(none)" */
	size_t group_first; /* bytes of it that come from the partition key */
	int64_t size;       /* bytes, as DynamoDB counts them; -1 unknown */
};

/* Judge ${item} by ${rules}. Never fails. ${scratch} is emptied; it gets the
 * texts of keys and groups that are not in the page as they are. Pure. */
void record_of(struct record *r, const struct item *item,
    const struct rules *rules, struct buf *scratch);

/* Whether ${r} has expired, but is live by rules.ttl_other: whoever wrote that
 * later does not mean it to be deleted. Pure. */
bool record_live_other(const struct record *r, const struct rules *rules);
/* The same entry, judged by rules.ttl_other, which must not be NULL: what TTL
 * will do with it. Pure. */
void record_by_other(struct record *other, const struct record *r,
    const struct rules *rules);
/* Whether ${r}'s expiry time is more than ${overdue} seconds ago, in any zone
 * if it is zoneless. Exact. Pure. */
bool record_past(const struct record *r, const struct rules *rules,
    int64_t overdue);

/* Set only what depends on the keys: item, kind, keys, prefixes, masks and
 * group. Pure. */
void record_keys(struct record *r, const struct item *item,
    const struct rules *rules, struct buf *scratch);

#endif
