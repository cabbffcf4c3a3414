#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/mem.h"
#include "sweep/image.h"
#include "sweep/newest.h"

/*
 * The policy: a wrong answer would lose an entry, so keys are compared by 128
 * bits of their SHA-256, for which nobody can find a collision. The filters
 * only save memory: two keys that share a bit cost two slots.
 */

/* Bits of a filter: one for so many bytes of the files, within these. */
#define BYTES_A_BIT 4
#define BITS_LEAST ((uint64_t)1 << 16)
#define BITS_MOST ((uint64_t)1 << 26)
#define SLOTS_LEAST ((size_t)1 << 10)

struct name {
	uint64_t high, low;
};

struct slot {
	struct name key;
	int64_t at_us;
	int64_t image; /* 1 and up: its number + 1; 0: free */
};

struct newest {
	uint64_t bits; /* a power of two */
	unsigned char *once, *twice;
	int64_t seen;
	int64_t again;      /* images whose bit was set before */
	unsigned char *old; /* a bit for each image; NULL: none is old */
	struct slot *slots; /* open addressing, at most half full */
	size_t n, cap, most;
	int rounds, round;
	struct buf scratch;
};

static bool
bit(const unsigned char *bits, uint64_t i)
{
	return (bits[i >> 3] >> (i & 7) & 1) != 0;
}

static void
set_bit(unsigned char *bits, uint64_t i)
{
	bits[i >> 3] = (unsigned char)(bits[i >> 3] | 1u << (i & 7));
}

struct newest *
newest_new(int64_t bytes, size_t most)
{
	struct newest *n = xcalloc(1, sizeof(*n));

	n->bits = BITS_LEAST;
	while (n->bits < BITS_MOST && (int64_t)n->bits < bytes / BYTES_A_BIT)
		n->bits *= 2;
	n->once = xcalloc(n->bits / 8, 1);
	n->twice = xcalloc(n->bits / 8, 1);
	n->most = most;
	return n;
}

static struct name
name_of(struct newest *n, const struct item *item)
{
	unsigned char sum[32];
	struct name key;

	buf_reset(&n->scratch);
	image_key(&n->scratch, item);
	crypto_sha256(sum, buf_text(&n->scratch), n->scratch.n);
	memcpy(&key.high, sum, 8);
	memcpy(&key.low, sum + 8, 8);
	return key;
}

void
newest_see(struct newest *n, const struct item *item)
{
	uint64_t at = name_of(n, item).high & (n->bits - 1);

	n->seen++;
	if (!bit(n->once, at)) {
		set_bit(n->once, at);
		return;
	}
	set_bit(n->twice, at);
	n->again++;
}

int64_t
newest_seen(const struct newest *n)
{
	return n->seen;
}

int
newest_rounds(struct newest *n)
{
	/* each image whose bit was set makes at most two keys candidates: its
	 * own and the one that set it */
	int64_t keys = 2 * n->again, most = (int64_t)n->most;

	free(n->once);
	n->once = NULL;
	n->rounds = (int)((keys + most - 1) / most);
	if (n->rounds > 0 && n->old == NULL)
		n->old = xcalloc((size_t)n->seen / 8 + 1, 1);
	return n->rounds;
}

static struct slot *
find(struct slot *slots, size_t cap, struct name key)
{
	size_t at = (size_t)key.low & (cap - 1);

	while (slots[at].image != 0 &&
	    (slots[at].key.high != key.high || slots[at].key.low != key.low))
		at = (at + 1) & (cap - 1);
	return &slots[at];
}

static void
resize(struct newest *n, size_t cap)
{
	struct slot *slots = xcalloc(cap, sizeof(*slots));

	for (size_t i = 0; i < n->cap; i++)
		if (n->slots[i].image != 0)
			*find(slots, cap, n->slots[i].key) = n->slots[i];
	free(n->slots);
	n->slots = slots;
	n->cap = cap;
}

void
newest_begin(struct newest *n, int round)
{
	n->n = n->cap = 0; /* nothing is kept */
	resize(n, SLOTS_LEAST);
	n->round = round;
}

void
newest_weigh(struct newest *n, const struct item *item, int64_t at_us,
    int64_t image)
{
	struct name key = name_of(n, item);
	struct slot *s;

	if (image >= n->seen)
		return; /* the file has grown since */
	if (!bit(n->twice, key.high & (n->bits - 1)) ||
	    (int)((key.high >> 32) % (uint64_t)n->rounds) != n->round)
		return;
	s = find(n->slots, n->cap, key);
	if (s->image == 0) {
		*s = (struct slot){ key, at_us, image + 1 };
		if (++n->n * 2 > n->cap)
			resize(n, n->cap * 2);
		return;
	}
	if (at_us <= s->at_us) {
		set_bit(n->old, (uint64_t)image);
		return;
	}
	set_bit(n->old, (uint64_t)s->image - 1);
	s->at_us = at_us;
	s->image = image + 1;
}

bool
newest_is_old(const struct newest *n, int64_t image)
{
	return n->old != NULL && image < n->seen &&
	    bit(n->old, (uint64_t)image);
}

void
newest_free(struct newest *n)
{
	if (n == NULL)
		return;
	free(n->once);
	free(n->twice);
	free(n->old);
	free(n->slots);
	buf_release(&n->scratch);
	free(n);
}
