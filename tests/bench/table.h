#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A table in memory, as the text of its pages: sessions and cache entries of a
 * gallery, computed from their numbers, so that every run has the same ones.
 * Of a hundred, about 45 have expired, 4 have expired in milliseconds, and 1
 * has no TTL.
 */

enum { VIEW_FULL, VIEW_KEY_TTL, VIEW_KEY, VIEWS };

/* Items one after the other, a comma behind each; ${at}: where each begins, and
 * the end; ${crc}: of all text before it. */
struct view {
	char *text;
	size_t *at;
	uint32_t *crc;
};

struct table {
	size_t n;
	uint64_t bytes; /* of all, as DynamoDB counts them */
	uint64_t expired;
	struct view views[VIEWS];
	uint32_t *size;
	int64_t *ttl;  /* as a number; INT64_MAX: none */
	bool *overdue; /* expired, in milliseconds, too */
	atomic_uchar *present;
};

/* ${n} items, as of ${now}. */
void table_make(struct table *t, size_t n, int64_t now);

/* Make all items present, or all that have not expired. */
void table_fill(struct table *t, bool with_expired);

/* The number of the item with this key, or -1. */
int64_t table_find(const struct table *t, const char *key, long n);

/* Item ${i} in that view, without its comma. */
const char *table_item(const struct table *t, int view, size_t i, size_t *n);

/* CRC-32 of the items from ${a} up to ${b}, without the last one's comma. */
uint32_t table_crc(const struct table *t, int view, size_t a, size_t b);

#endif
