#ifndef INSPECTOR_LOOKALIKE_H
#define INSPECTOR_LOOKALIKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct item;
struct lock;

/*
 * What may be intended where entries lack the TTL attribute: attributes of the
 * first ones that are numbers and look like times, and a member of that name
 * inside a map, where TTL does not look.
 */
#define LOOKALIKES 8

struct lookalikes {
	struct lock *lock;
	atomic_int looked; /* at so many entries without the TTL attribute */
	atomic_int others; /* … and so many with it */
	const char *names[LOOKALIKES];
	int seen[LOOKALIKES], ahead[LOOKALIKES]; /* … of these: in the future */
	int beside[LOOKALIKES];                  /* others that have it */
	size_t n;
	const char *ttl; /* the missing attribute; borrowed */
	char *inside;    /* where a map has it: "data.ttl"; NULL: none */
};

/* ${ttl}: its name, or its path in maps ("data.ttl"). Borrowed. */
void lookalike_init(struct lookalikes *l, const char *ttl);
void lookalike_release(struct lookalikes *l);
/* Look at ${item} as of ${now}, for any thread, whether it has the TTL
 * attribute or not; after some it is skipped. */
void lookalike_add(struct lookalikes *l, const struct item *item, int64_t now);
/* Sort by how often they were seen, those first that have times in the future:
 * a time that entries were made or changed at has none. Unless ${all} entries
 * lack the TTL attribute, keep only those that it may have been renamed to or
 * from: most that lack it have them, and some as a time in the future, or few
 * of the others have them, too (a time that entries were made at would be in
 * all). Or it is ${acts}, on which TTL acts (NULL: none). */
void lookalike_sort(struct lookalikes *l, bool all, const char *acts);

#endif
