#ifndef INSPECTOR_LOOKALIKE_H
#define INSPECTOR_LOOKALIKE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct item;
struct lock;

/*
 * Attributes that could be meant when no entry has the TTL attribute: those
 * of the first entries whose values are numbers that look like times, and a
 * member of that name inside of a map, where TTL does not look.
 */
#define LOOKALIKES 8

struct lookalikes {
	struct lock *lock;
	atomic_int looked; /* entries looked at */
	const char *names[LOOKALIKES];
	int seen[LOOKALIKES];
	size_t n;
	const char *ttl; /* the attribute that is missed; borrowed */
	char *inside;    /* where a map has it, "data.ttl"; NULL */
};

/* ${ttl}, as it is called or its path in maps ("data.ttl"), is borrowed. */
void lookalike_init(struct lookalikes *l, const char *ttl);
void lookalike_release(struct lookalikes *l);
/* Look at ${item} as of ${now}; any thread, and soon it costs nothing. */
void lookalike_add(struct lookalikes *l, const struct item *item, int64_t now);
/* Put those seen most first. */
void lookalike_sort(struct lookalikes *l);

#endif
