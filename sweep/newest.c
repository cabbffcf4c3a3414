#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/hashes.h"
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

struct newest_of { /* a key */
	struct hash key;
	int64_t at_us;
	int64_t image; /* 1 and up: its number + 1; 0: none yet */
};

struct newest {
	uint64_t bits; /* a power of two */
	unsigned char *once, *twice;
	int64_t again;      /* images whose bit was set before */
	unsigned char *old; /* a bit for each image; NULL: none is old */
	struct hashes keys;
	size_t most;
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
	n->keys.size = sizeof(struct newest_of);
	return n;
}

static struct hash
key_of(struct newest *n, const struct item *item)
{
	buf_reset(&n->scratch);
	image_key(&n->scratch, item);
	return hash_of(buf_text(&n->scratch), n->scratch.n);
}

void
newest_see(struct newest *n, const struct item *item)
{
	uint64_t at = key_of(n, item).high & (n->bits - 1);

	if (!bit(n->once, at)) {
		set_bit(n->once, at);
		return;
	}
	set_bit(n->twice, at);
	n->again++;
}

int
newest_rounds(struct newest *n, int64_t numbers)
{
	/* each image whose bit was set makes at most two keys candidates: its
	 * own and the one that set it */
	int64_t keys = 2 * n->again, most = (int64_t)n->most;

	free(n->once);
	n->once = NULL;
	n->rounds = (int)((keys + most - 1) / most);
	if (n->rounds > 0 && n->old == NULL)
		n->old = xcalloc((size_t)numbers / 8 + 1, 1);
	return n->rounds;
}

void
newest_begin(struct newest *n, int round)
{
	hashes_release(&n->keys);
	n->round = round;
}

void
newest_weigh(struct newest *n, const struct item *item, int64_t at_us,
    int64_t image)
{
	struct hash key = key_of(n, item);
	struct newest_of *s;

	if (!bit(n->twice, key.high & (n->bits - 1)) ||
	    (int)((key.high >> 32) % (uint64_t)n->rounds) != n->round)
		return;
	s = hashes_at(&n->keys, key);
	if (s->image > 0 && at_us <= s->at_us) {
		set_bit(n->old, (uint64_t)image);
		return;
	}
	if (s->image > 0)
		set_bit(n->old, (uint64_t)s->image - 1);
	s->at_us = at_us;
	s->image = image + 1;
}

bool
newest_is_old(const struct newest *n, int64_t image)
{
	return n->old != NULL && bit(n->old, (uint64_t)image);
}

void
newest_free(struct newest *n)
{
	if (n == NULL)
		return;
	free(n->once);
	free(n->twice);
	free(n->old);
	hashes_release(&n->keys);
	buf_release(&n->scratch);
	free(n);
}
