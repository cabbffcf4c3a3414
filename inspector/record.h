#ifndef INSPECTOR_RECORD_H
#define INSPECTOR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/moment.h"
#include "lib/base/buf.h"
#include "lib/base/decimal.h"
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

enum kind { KIND_SESSION, KIND_ITEM, KINDS };

/* Their words: "live", "milliseconds", "session". */
const char *state_name(enum state s);
const char *reason_name(enum reason r);
const char *kind_name(enum kind k);
/* The other way; -1 when there is no such word. */
int state_parse(const char *s);
int reason_parse(const char *s);

/* DynamoDB deletes nothing that expired this long ago or longer (Developer
 * Guide, "How it works: TTL"): five years, in seconds. */
#define RECORD_TOO_OLD INT64_C(157788000)

/* What entries are judged by: fixed for a run. Borrowed strings. */
struct rules {
	int64_t now;   /* epoch seconds */
	bool ttl_acts; /* the table's TTL is on, and on this attribute */
	struct moment_zone zone; /* of date-times that name none */
	/* what keys of sessions begin with; none: inspector/sessions.h */
	const char *const *session_prefixes;
	size_t nprefixes;
	bool all_sessions;   /* the table contains only sessions, unless there
				are prefixes; all are masked either way */
	bool mask_partition; /* the name of this key attribute says that it */
	bool mask_sort;      /* is a secret (inspector/mask.h) */
	const char *const *groups; /* whole keys that are groups */
	size_t ngroups;
	const char *separators; /* a group ends with one; NULL: ":#/|" */
	bool sizes;             /* items are whole: sizes are known */
};

/* One entry, judged. Lives as long as its page and its worker's scratch. */
struct record {
	const struct item *item;
	enum state state;
	enum reason reason;
	enum kind kind;
	bool has_moment;        /* a moment was meant */
	bool zoneless;          /* … in an unknown zone: below it is read as
				   UTC, but it is past only once it is past
				   in every zone */
	struct decimal seconds; /* it, exact */
	int64_t moment;         /* … cut to whole seconds towards the past */
	int64_t overdue;        /* whole seconds since then; < 0 in the future,
				   or, zoneless, may be > 0 and not past yet */
	struct slice key;       /* the partition key as text: decoded S, N as it
				   stands, B in base64; points into the page, or
				   into the scratch */
	struct slice sort;      /* likewise the sort key; p NULL without one */
	size_t key_prefix;      /* bytes of the session prefix each begins */
	size_t sort_prefix;     /* with, 0: none */
	bool masked;            /* what it contains is a secret … */
	bool key_masked;        /* … and so are these of its keys */
	bool sort_masked;
	uint64_t prefixes;  /* bit i: a key begins with session prefix i */
	struct slice group; /* "session:", "USER# SESSION#", a whole key,
			       "(none)" */
	size_t group_first; /* bytes of it that the partition key decided */
	int64_t size;       /* bytes as DynamoDB counts; -1 unknown */
};

/*
 * Judge ${item} by ${rules}: its state and the reason for it. Never fails.
 * ${scratch} is emptied and holds what of the texts of the keys and the group
 * does not stand in the page as it is. Pure.
 */
void record_of(struct record *r, const struct item *item,
    const struct rules *rules, struct buf *scratch);

/* Whether ${r}'s moment lies more than ${overdue} seconds before now,
 * wherever on earth it was written. Exact. Pure. */
bool record_past(const struct record *r, const struct rules *rules,
    int64_t overdue);

/* Only what the keys decide: item, kind, keys, prefixes, what is masked, and
 * group; nothing else of ${r} is set. Pure. */
void record_keys(struct record *r, const struct item *item,
    const struct rules *rules, struct buf *scratch);

#endif
