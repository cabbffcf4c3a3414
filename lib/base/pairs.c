#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/pairs.h"

#define SLOTS_MIN ((size_t)64) /* a power of two */

struct pairs_slot {
	const char *a, *b; /* a NULL: free */
	size_t number;
};

/* FNV-1a of both, including their NULs. */
static uint64_t
sum(const char *a, const char *b)
{
	const char *texts[] = { a, b };
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0, n = strlen(texts[i]) + 1; j < n; j++)
			h = (h ^ (unsigned char)texts[i][j]) *
			    UINT64_C(1099511628211);
	return h;
}

/* The slot of the pair, or a free one for it. */
static struct pairs_slot *
find(const struct pairs *p, const char *a, const char *b)
{
	size_t i = (size_t)sum(a, b) & (p->cap - 1);

	while (p->slots[i].a != NULL &&
	    (strcmp(p->slots[i].a, a) != 0 || strcmp(p->slots[i].b, b) != 0))
		i = (i + 1) & (p->cap - 1);
	return &p->slots[i];
}

/* At most half of the slots are used. */
static void
grow(struct pairs *p)
{
	struct pairs old = *p;

	p->cap = old.cap > 0 ? old.cap * 2 : SLOTS_MIN;
	p->slots = xcalloc(p->cap, sizeof(*p->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].a != NULL)
			*find(p, old.slots[i].a, old.slots[i].b) = old.slots[i];
	free(old.slots);
}

size_t *
pairs_at(struct pairs *p, const char *a, const char *b)
{
	struct pairs_slot *slot;

	if (2 * (p->n + 1) > p->cap)
		grow(p);
	slot = find(p, a, b);
	if (slot->a == NULL) {
		*slot = (struct pairs_slot){ .a = a, .b = b };
		p->n++;
	}
	return &slot->number;
}

void
pairs_release(struct pairs *p)
{
	free(p->slots);
	*p = (struct pairs){ 0 };
}
