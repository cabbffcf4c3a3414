#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command/top_n.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/item.h"

struct ranked {
	struct slice partition, sort, row; /* in store */
	char *store;
	struct decimal seconds;
	int64_t size;
};

/* Once there are as many as wanted, list[0..n) is a heap: list[0] comes last in
 * the order. */
struct top_n {
	struct top_n_options o;
	struct lock *lock;
	struct ranked *list;
	size_t n;
	size_t bytes;   /* in all stores */
	struct buf row; /* scratch */
};

struct top_n *
top_n_new(const struct top_n_options *o)
{
	struct top_n *k = xcalloc(1, sizeof(*k));

	k->o = *o;
	k->lock = lock_new();
	k->list = xcalloc(o->n, sizeof(*k->list));
	return k;
}

void
top_n_free(struct top_n *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->n; i++)
		free(k->list[i].store);
	free(k->list);
	buf_release(&k->row);
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
order(enum option_by by, const struct ranked *a, const struct ranked *b)
{
	int r = 0;

	if (by == BY_SIZE)
		r = (a->size < b->size) - (a->size > b->size);
	else
		r = decimal_cmp(&a->seconds, &b->seconds);
	if (r == 0)
		r = slice_order(a->partition, b->partition);
	return r != 0 ? r : slice_order(a->sort, b->sort);
}

static void
swap(struct top_n *k, size_t i, size_t j)
{
	struct ranked was = k->list[i];

	k->list[i] = k->list[j];
	k->list[j] = was;
}

static void
sift_down(struct top_n *k, size_t i, size_t n)
{
	for (;;) {
		size_t last = i;

		for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < n; c++)
			if (order(k->o.by, &k->list[c], &k->list[last]) > 0)
				last = c;
		if (last == i)
			return;
		swap(k, i, last);
		i = last;
	}
}

/* Make the list a heap. */
static void
heapify(struct top_n *k)
{
	for (size_t i = k->n / 2; i-- > 0;)
		sift_down(k, i, k->n);
}

static bool
belongs(const struct top_n *k, const struct record *r,
    const struct rules *rules)
{
	switch (k->o.by) {
	case BY_OVERDUE:
		return r->state == STATE_PENDING || r->state == STATE_STUCK;
	case BY_SIZE:
		return r->size >= 0;
	default:
		return r->has_moment && !record_past(r, rules, 0);
	}
}

static struct slice
store(char **at, struct slice from)
{
	struct slice s = { *at, from.n };

	if (from.n > 0)
		memcpy(*at, from.p, from.n);
	*at += from.n;
	return s;
}

/* Replace ${at} with ${one}, with its own copy of the bytes. */
static int
keep(struct top_n *k, struct ranked *at, struct ranked one,
    const struct record *r, struct fault *f)
{
	size_t was = at->partition.n + at->sort.n + at->row.n, n;
	char *p;

	buf_reset(&k->row);
	k->o.row(k->o.ctx, r, &k->row);
	n = one.partition.n + one.sort.n + k->row.n;
	if (k->bytes - was + n > k->o.bytes)
		return fault(f, FAULT_REFUSED,
		    "--top %zu: the rows need more than %zu MiB of memory, "
		    "where they are kept until the end; ask for fewer rows or "
		    "shorter columns",
		    k->o.n, k->o.bytes >> 20);
	k->bytes += n - was;
	free(at->store);
	one.store = p = xmalloc(n);
	one.partition = store(&p, one.partition);
	one.sort = store(&p, one.sort);
	one.row = store(&p, (struct slice){ buf_text(&k->row), k->row.n });
	*at = one;
	return 0;
}

int
top_n_offer(struct top_n *k, const struct record *r, const struct rules *rules,
    struct fault *f)
{
	struct ranked one = { .partition = r->item->partition,
		.sort = r->item->sort,
		.size = r->size };
	int rc = 0;

	if (!belongs(k, r, rules))
		return 0;
	if (k->o.by != BY_SIZE)
		one.seconds = moment_exact(&r->time);
	lock_enter(k->lock);
	if (k->n < k->o.n) {
		rc = keep(k, &k->list[k->n], one, r, f);
		k->n += rc == 0;
		if (k->n == k->o.n)
			heapify(k);
	} else if (order(k->o.by, &one, &k->list[0]) < 0) {
		rc = keep(k, &k->list[0], one, r, f);
		if (rc == 0)
			sift_down(k, 0, k->n);
	}
	lock_leave(k->lock);
	return rc;
}

size_t
top_n_sort(struct top_n *k)
{
	heapify(k);
	for (size_t n = k->n; n > 1; n--) {
		swap(k, 0, n - 1);
		sift_down(k, 0, n - 1);
	}
	return k->n;
}

struct slice
top_n_row(const struct top_n *k, size_t i)
{
	return k->list[i].row;
}
