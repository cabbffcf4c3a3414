#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/mem.h"
#include "cli/rank.h"
#include "dynamodb/item.h"
#include "dynamodb/workers.h"
#include "inspector/record.h"

struct ranked {
	struct item item; /* in store */
	struct buf store;
	struct decimal seconds;
	int64_t size;
};

/* list[0..n) is a heap: none comes behind list[0] in the order. */
struct rank {
	enum rank_by by;
	struct lock *lock;
	struct ranked *list;
	size_t n, room;
};

struct rank *
rank_new(enum rank_by by, size_t n)
{
	struct rank *k = xcalloc(1, sizeof(*k));

	k->by = by;
	k->lock = lock_new();
	k->room = n;
	k->list = xcalloc(n, sizeof(*k->list));
	return k;
}

void
rank_free(struct rank *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->n; i++)
		buf_release(&k->list[i].store);
	free(k->list);
	lock_free(k->lock);
	free(k);
}

static int
slice_order(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

/* < 0 when ${a} comes first. */
static int
order(enum rank_by by, const struct ranked *a, const struct ranked *b)
{
	int r = 0;

	if (by == RANK_SIZE)
		r = (a->size < b->size) - (a->size > b->size);
	else
		r = decimal_cmp(&a->seconds, &b->seconds);
	if (r == 0)
		r = slice_order(a->item.partition, b->item.partition);
	return r != 0 ? r : slice_order(a->item.sort, b->item.sort);
}

static void
swap(struct rank *k, size_t i, size_t j)
{
	struct ranked was = k->list[i];

	k->list[i] = k->list[j];
	k->list[j] = was;
}

static void
sift_up(struct rank *k, size_t i)
{
	while (i > 0) {
		size_t up = (i - 1) / 2;

		if (order(k->by, &k->list[i], &k->list[up]) <= 0)
			return;
		swap(k, i, up);
		i = up;
	}
}

static void
sift_down(struct rank *k, size_t i, size_t n)
{
	for (;;) {
		size_t last = i;

		for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < n; c++)
			if (order(k->by, &k->list[c], &k->list[last]) > 0)
				last = c;
		if (last == i)
			return;
		swap(k, i, last);
		i = last;
	}
}

static bool
belongs(const struct rank *k, const struct record *r, const struct rules *rules)
{
	switch (k->by) {
	case RANK_OVERDUE:
		return r->state == STATE_PENDING || r->state == STATE_STUCK;
	case RANK_SIZE:
		return r->size >= 0;
	default:
		return r->has_moment &&
		    decimal_cmp_int(&r->seconds, rules->now) >= 0;
	}
}

void
rank_offer(struct rank *k, const struct record *r, const struct rules *rules)
{
	struct ranked one = { .item = *r->item,
		.seconds = r->seconds,
		.size = r->size };
	struct ranked *at;

	if (!belongs(k, r, rules))
		return;
	lock_enter(k->lock);
	if (k->n < k->room) {
		at = &k->list[k->n];
		*at = one;
		item_copy(&at->item, &at->store, r->item);
		sift_up(k, k->n++);
	} else if (order(k->by, &one, &k->list[0]) < 0) {
		at = &k->list[0];
		buf_reset(&at->store);
		at->seconds = one.seconds;
		at->size = one.size;
		item_copy(&at->item, &at->store, r->item);
		sift_down(k, 0, k->n);
	}
	lock_leave(k->lock);
}

size_t
rank_sort(struct rank *k)
{
	for (size_t n = k->n; n > 1; n--) {
		swap(k, 0, n - 1);
		sift_down(k, 0, n - 1);
	}
	return k->n;
}

const struct item *
rank_item(const struct rank *k, size_t i)
{
	return &k->list[i].item;
}
