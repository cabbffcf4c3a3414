#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"
#include "sweep/duplicate_keys.h"

/*
 * The policy: of each entry a hash of its key and one of its content are kept.
 * At the limit the keys whose hash ends in 1 are dropped for good, then those
 * that end in 10, and so on, so that all keys of a known share are kept. Up to
 * the limit every duplicate is found; in larger exports those within the share,
 * which a key that is too short produces by the thousand. Only a few duplicates
 * among millions may be missed. With 64 bits two of half a million keys collide
 * once in a hundred million exports.
 */
struct slot {
	uint64_t key, content;
	int64_t line; /* 0: free */
};

struct duplicate_keys {
	struct slot *slots; /* open addressing, at most half full */
	size_t n, cap, most;
	uint64_t skip; /* hashes with any of these bits are dropped */
	struct buf scratch;
};

#define FIRST 1024

/* FNV-1a, then the last step of MurmurHash3. */
static uint64_t
hash(const char *p, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

/* The same for any order of the attributes. */
static uint64_t
content_of(struct slice item)
{
	struct slice_walk w = slice_walk(item);
	struct slice name, value;
	uint64_t sum = 0;

	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		uint64_t h = hash(name.p, name.n);

		sum += (h << 1 | 1) * hash(value.p, value.n);
	}
	return sum;
}

/* The slot of ${key}, or the free one for it. */
static struct slot *
find(struct slot *slots, size_t cap, uint64_t key)
{
	/* by the high bits: the low ones of those kept are alike */
	size_t at = (size_t)(key >> 32) & (cap - 1);

	while (slots[at].line != 0 && slots[at].key != key)
		at = (at + 1) & (cap - 1);
	return &slots[at];
}

/* Move what is kept into ${cap} slots. */
static void
resize(struct duplicate_keys *t, size_t cap)
{
	struct slot *slots = xcalloc(cap, sizeof(*slots));

	t->n = 0;
	for (size_t i = 0; i < t->cap; i++) {
		const struct slot *s = &t->slots[i];

		if (s->line == 0 || (s->key & t->skip) != 0)
			continue;
		*find(slots, cap, s->key) = *s;
		t->n++;
	}
	free(t->slots);
	t->slots = slots;
	t->cap = cap;
}

struct duplicate_keys *
duplicate_keys_new(size_t most)
{
	struct duplicate_keys *t = xcalloc(1, sizeof(*t));

	t->most = most;
	resize(t, most < FIRST ? 2 * most : 2 * FIRST);
	return t;
}

int64_t
duplicate_keys_add(struct duplicate_keys *t, const struct item *item,
    int64_t line)
{
	uint64_t key, content;
	struct slot *s;

	buf_reset(&t->scratch);
	attr_key_canonical(&t->scratch, item->partition);
	if (item->sort.p != NULL)
		attr_key_canonical(&t->scratch, item->sort);
	key = hash(t->scratch.p, t->scratch.n);
	if ((key & t->skip) != 0)
		return 0;
	s = find(t->slots, t->cap, key);
	content = content_of(item->json);
	if (s->line != 0)
		return s->content != content ? s->line : 0;
	*s = (struct slot){ key, content, line };
	t->n++;
	if (t->n * 2 >= t->cap && t->cap < 2 * t->most)
		resize(t, t->cap * 2);
	while (t->n >= t->most) {
		t->skip = t->skip << 1 | 1;
		resize(t, t->cap);
	}
	return 0;
}

void
duplicate_keys_free(struct duplicate_keys *t)
{
	if (t == NULL)
		return;
	buf_release(&t->scratch);
	free(t->slots);
	free(t);
}
