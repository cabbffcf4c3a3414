#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/hashes.h"
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
struct entry {
	struct hash key; /* 64 bits, and the high 32 of them */
	uint64_t content;
	int64_t line; /* 0: none yet */
};

struct duplicate_keys {
	struct hashes entries;
	size_t most;
	uint64_t skip; /* hashes with any of these bits are dropped */
	struct buf scratch;
};

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

struct duplicate_keys *
duplicate_keys_new(size_t most)
{
	struct duplicate_keys *t = xcalloc(1, sizeof(*t));

	t->most = most;
	t->entries.size = sizeof(struct entry);
	return t;
}

int64_t
duplicate_keys_add(struct duplicate_keys *t, const struct item *item,
    int64_t line)
{
	uint64_t key, content;
	struct entry *e;

	buf_reset(&t->scratch);
	attr_key_canonical(&t->scratch, item->partition);
	if (item->sort.p != NULL)
		attr_key_canonical(&t->scratch, item->sort);
	key = hash(t->scratch.p, t->scratch.n);
	if ((key & t->skip) != 0)
		return 0;
	/* found by the high bits: the low ones of those kept are alike */
	e = hashes_at(&t->entries, (struct hash){ key, key >> 32 });
	content = content_of(item->json);
	if (e->line != 0)
		return e->content != content ? e->line : 0;
	e->content = content;
	e->line = line;
	while (t->entries.n >= t->most) {
		t->skip = t->skip << 1 | 1;
		hashes_drop(&t->entries, t->skip);
	}
	return 0;
}

void
duplicate_keys_free(struct duplicate_keys *t)
{
	if (t == NULL)
		return;
	buf_release(&t->scratch);
	hashes_release(&t->entries);
	free(t);
}
