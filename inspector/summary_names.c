#include <stdlib.h>
#include <string.h>

#include "inspector/mask.h"
#include "inspector/summary.h"
#include "inspector/summary_names.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

/*
 * Policy. What is kept depends on the entries alone, never on their order: the
 * smallest names, the smallest key, the largest entries with ties by key. A
 * name among the 1000 smallest of a table is among them in each part of it, so
 * it is never dropped and its figures are complete.
 *
 * Keys compare as they are shown. A masked key begins with some of the key
 * itself, which nearly always decides: only ties need a SHA-256.
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

/* ${text} as it may be shown: masked in ${store} on first use. */
static struct slice
shown(struct slice *text, const struct record **masked, struct buf *store,
    void (*mask)(struct buf *, const struct record *))
{
	if (*masked != NULL) {
		mask(store, *masked);
		*text = (struct slice){ buf_text(store), store->n };
		*masked = NULL;
	}
	return *text;
}

static struct slice
key_of(struct summary_candidate *c)
{
	return shown(&c->key, &c->masked, &c->shown, mask_key);
}

static struct slice
sort_of(struct summary_candidate *c)
{
	return shown(&c->sort, &c->masked_sort, &c->shown_sort, mask_sort);
}

/* By bytes; a prefix comes first. */
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

/* Two entries may have the same key in a file, or look the same when masked:
 * then the earlier intended expiry wins, next the smaller entry. A report does
 * not contain the bytes of its examples, so they must not decide earlier. */
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

/* Whether ${c} comes before ${k} among the largest. */
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

static struct slice
name_of(const struct summary_group *g)
{
	return (struct slice){ g->name, g->len };
}

/* Where ${name} is or belongs among the groups. */
static size_t
group_at(const struct summary *s, struct slice name)
{
	size_t low = 0, high = s->ngroups;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (slice_cmp(name_of(&s->groups[mid]), name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct summary_group *
summary_group_named(struct summary *s, struct slice name)
{
	size_t at = group_at(s, name);
	bool full = s->ngroups == SUMMARY_GROUPS;

	if (at < s->ngroups && slice_cmp(name_of(&s->groups[at]), name) == 0)
		return &s->groups[at];
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
