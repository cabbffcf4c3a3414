#ifndef LIB_BASE_HASHES_H
#define LIB_BASE_HASHES_H

#include <stddef.h>
#include <stdint.h>

/* 128 bits of a hash. */
struct hash {
	uint64_t high, low;
};
/* Those of SHA-256, for which nobody can find a collision. Pure. */
struct hash hash_of(const void *p, size_t n);

/* A hash table of slots, each of ${size} bytes and beginning with the struct
 * hash that it is found by. Empty with the other members zero. */
struct hashes {
	size_t size;
	char *slots;   /* open addressing, at most half full */
	size_t n, cap; /* used slots, and all: a power of two */
};

/* The slot of ${hash}, until the next call. If it is new, n is greater and the
 * bytes after its hash are 0. */
void *hashes_at(struct hashes *t, struct hash hash);
/* The slot of ${hash}, NULL without one. */
const void *hashes_find(const struct hashes *t, struct hash hash);
/* Drop those whose high half has any of the bits of ${high}. */
void hashes_drop(struct hashes *t, uint64_t high);
void hashes_release(struct hashes *t);

#endif
