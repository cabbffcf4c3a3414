#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/hashes.h"
#include "lib/base/mem.h"

#define SLOTS_MIN ((size_t)64)

struct hash
hash_of(const void *p, size_t n)
{
	unsigned char sum[CRYPTO_SHA256];
	struct hash hash;

	crypto_sha256(sum, p, n);
	memcpy(&hash, sum, sizeof(hash));
	return hash;
}

static struct hash *
slot(const struct hashes *t, size_t i)
{
	return (struct hash *)(void *)(t->slots + i * t->size);
}

/* A hash of only zeros becomes another. */
static bool
is_free(const struct hash *slot)
{
	return (slot->high | slot->low) == 0;
}

/* The slot of ${hash}, or the free one for it. */
static struct hash *
find(const struct hashes *t, struct hash hash)
{
	size_t i = (size_t)hash.low & (t->cap - 1);

	for (;; i = (i + 1) & (t->cap - 1)) {
		struct hash *at = slot(t, i);

		if (is_free(at) ||
		    (at->high == hash.high && at->low == hash.low))
			return at;
	}
}

/* Move all but those with bits of ${drop} into ${cap} slots. */
static void
move(struct hashes *t, size_t cap, uint64_t drop)
{
	struct hashes old = *t;

	t->slots = xcalloc(cap, t->size);
	t->cap = cap;
	t->n = 0;
	for (size_t i = 0; i < old.cap; i++) {
		const struct hash *s = slot(&old, i);

		if (is_free(s) || (s->high & drop) != 0)
			continue;
		memcpy(find(t, *s), s, t->size);
		t->n++;
	}
	free(old.slots);
}

void *
hashes_at(struct hashes *t, struct hash hash)
{
	struct hash *at;

	if (is_free(&hash))
		hash.low = 1;
	if (2 * (t->n + 1) > t->cap)
		move(t, t->cap > 0 ? 2 * t->cap : SLOTS_MIN, 0);
	at = find(t, hash);
	t->n += is_free(at);
	*at = hash;
	return at;
}

const void *
hashes_find(const struct hashes *t, struct hash hash)
{
	const struct hash *at;

	if (is_free(&hash))
		hash.low = 1;
	at = t->cap > 0 ? find(t, hash) : NULL;
	return at != NULL && !is_free(at) ? at : NULL;
}

void
hashes_drop(struct hashes *t, uint64_t high)
{
	move(t, t->cap, high);
}

void
hashes_release(struct hashes *t)
{
	free(t->slots);
	*t = (struct hashes){ .size = t->size };
}
