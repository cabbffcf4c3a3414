#ifndef INSPECTOR_SUMMARY_NAMES_H
#define INSPECTOR_SUMMARY_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/record.h"
#include "lib/base/buf.h"

struct item;
struct summary;
struct summary_group;
struct summary_key;

/*
 * The names that a summary keeps: groups, examples, the largest entries. For
 * summary.c, and for reading reports.
 */

/* An entry that may be kept by name. Keys are masked only when it matters:
 * until then ${masked} is set and ${key} (or ${sort}) is not masked. */
struct summary_candidate {
	struct slice key;
	struct slice sort; /* p NULL: none */
	int64_t bytes;
	int64_t moment; /* as in struct summary_key */
	const struct record *masked, *masked_sort;
	struct buf shown, shown_sort;
};

/* One whose keys may be shown as they are. */
struct summary_candidate summary_candidate(struct slice key, struct slice sort,
    int64_t bytes);
void summary_candidate_release(struct summary_candidate *c);

/* Keep ${c} in ${k} when it is the smallest so far. */
void summary_offer_example(struct summary_key *k, struct summary_candidate *c);
/* Keep ${c} when it is among the largest so far. */
void summary_offer_largest(struct summary *s, struct summary_candidate *c);
/* The group ${name}, created if need be; NULL when it is not kept. */
struct summary_group *summary_group_named(struct summary *s, struct slice name);

/* Free all names, but not the arrays. */
void summary_forget(struct summary *s);

#endif
