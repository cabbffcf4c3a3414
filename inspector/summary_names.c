#include <stdlib.h>
#include <string.h>

#include "inspector/mask.h"
#include "inspector/summary.h"
#include "inspector/summary_names.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

/*
 * Policy. Whatever is kept of a table is chosen by the entries alone, never
 * by when they came: the smallest names, the smallest key, the largest
 * entries with ties by key. A name that is among the 1000 smallest of a
 * table is among them in each part of it, so it is never dropped on the way
 * and its figures are whole.
 *
 * Keys compare as they are shown. A masked key begins with some of the key
 * itself, which decides nearly always: only ties are worth a SHA-256.
 */

struct summary_candidate
summary_candidate(struct slice key, struct slice sort, int64_t bytes)
{
	return (struct summary_candidate){ .key = key,
		.sort = sort,
		.bytes = bytes };
}

void
summary_candidate_release(struct summary_candidate *c)
{
	buf_release(&c->shown);
	buf_release(&c->shown_sort);
}

static struct slice
key_of(struct summary_candidate *c)
{
	if (c->masked == NULL)
		return c->key;
	mask_key(&c->shown, c->masked);
	c->key = (struct slice){ buf_text(&c->shown), c->shown.n };
	c->masked = NULL;
	return c->key;
}

static struct slice
sort_of(struct summary_candidate *c)
{
	if (c->masked_sort == NULL)
		return c->sort;
	mask_sort(&c->shown_sort, c->masked_sort);
	c->sort = (struct slice){ buf_text(&c->shown_sort), c->shown_sort.n };
	c->masked_sort = NULL;
	return c->sort;
}

/* By bytes; what is a beginning of the other comes first. */
static int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

/* ${c} against a kept key, by partition key, then sort key. */
static int
key_cmp(struct summary_candidate *c, const struct summary_key *k)
{
	int r = 0;

	if (c->masked != NULL) {
		size_t front = mask_front(c->masked);

		r = memcmp(c->key.p, k->key, front < k->len ? front : k->len);
	}
	if (r == 0)
		r = slice_cmp(key_of(c), (struct slice){ k->key, k->len });
	if (r == 0 && k->sort != NULL)
		r = slice_cmp(sort_of(c),
		    (struct slice){ k->sort, k->sort_len });
	return r;
}

static void
key_release(struct summary_key *k)
{
	free(k->key);
	free(k->sort);
	*k = (struct summary_key){ 0 };
}

static void
key_keep(struct summary_key *k, struct summary_candidate *c)
{
	struct slice key = key_of(c), sort = sort_of(c);

	k->key = xstrndup(key.p, key.n);
	k->len = key.n;
	k->sort = sort.p != NULL ? xstrndup(sort.p, sort.n) : NULL;
	k->sort_len = sort.n;
	k->bytes = c->bytes;
	k->moment = c->moment;
}

/* The same key twice happens in files, and where two are shown alike; the
 * one that was meant to expire earlier wins then, and next the smaller. A
 * report has no bytes of its examples: they must not decide before. */
void
summary_offer_example(struct summary_key *k, struct summary_candidate *c)
{
	if (k->key != NULL) {
		int r = key_cmp(c, k);

		if (r == 0)
			r = (c->moment > k->moment) - (c->moment < k->moment);
		if (r > 0 || (r == 0 && c->bytes >= k->bytes))
			return;
	}
	key_release(k);
	key_keep(k, c);
}

/* Whether ${c} stands before ${k} among the largest. */
static bool
is_larger(struct summary_candidate *c, const struct summary_key *k)
{
	return c->bytes != k->bytes ? c->bytes > k->bytes : key_cmp(c, k) < 0;
}

void
summary_offer_largest(struct summary *s, struct summary_candidate *c)
{
	size_t low = 0, high = s->nlargest;

	if (s->top == 0 ||
	    (high == s->top && !is_larger(c, &s->largest[high - 1])))
		return;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (is_larger(c, &s->largest[mid]))
			high = mid;
		else
			low = mid + 1;
	}
	if (s->nlargest == s->top)
		key_release(&s->largest[--s->nlargest]);
	memmove(s->largest + low + 1, s->largest + low,
	    (s->nlargest - low) * sizeof(*s->largest));
	s->nlargest++;
	key_keep(&s->largest[low], c);
}

/* Where ${name} is or belongs among the groups. */
static bool
find_group(const struct summary *s, struct slice name, size_t *at)
{
	size_t low = 0, high = s->ngroups;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct summary_group *g = &s->groups[mid];
		int r = slice_cmp(name, (struct slice){ g->name, g->len });

		if (r == 0) {
			*at = mid;
			return true;
		}
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	*at = low;
	return false;
}

struct summary_group *
summary_group_named(struct summary *s, struct slice name)
{
	size_t at;
	bool full;

	if (find_group(s, name, &at))
		return &s->groups[at];
	full = s->ngroups == SUMMARY_GROUPS;
	if (full)
		s->groups_complete = false;
	if (full && at == s->ngroups)
		return NULL;
	if (s->groups == NULL || s->ngroups == s->cgroups) {
		s->cgroups = s->cgroups > 0 ? 2 * s->cgroups : 16;
		s->groups =
		    xreallocarray(s->groups, s->cgroups, sizeof(*s->groups));
	}
	if (full)
		free(s->groups[--s->ngroups].name);
	memmove(s->groups + at + 1, s->groups + at,
	    (s->ngroups - at) * sizeof(*s->groups));
	s->ngroups++;
	s->groups[at] = (struct summary_group){
		.name = xstrndup(name.p, name.n),
		.len = name.n,
	};
	return &s->groups[at];
}

void
summary_forget(struct summary *s)
{
	for (size_t i = 0; i < s->ngroups; i++)
		free(s->groups[i].name);
	s->ngroups = 0;
	for (size_t i = 0; i < s->nlargest; i++)
		key_release(&s->largest[i]);
	s->nlargest = 0;
	for (int i = 0; i < STATES; i++)
		for (int j = 0; j < REASONS; j++)
			key_release(&s->examples[i][j]);
}
