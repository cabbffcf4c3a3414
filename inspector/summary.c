#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dynamodb/attr.h"
#include "inspector/summary.h"

/*
 * Policy. Whatever is kept of a table is chosen by the entries alone, never
 * by when they came: the smallest names, the smallest key, the largest
 * entries with ties by key. A name that is among the 1000 smallest of a
 * table is among them in each part of it, so it is never dropped on the way
 * and its figures are whole.
 */
const int64_t summary_within[3] = { 3600, 86400, 604800 };

/*
 * An entry that wants to be kept by name. Its sort key's text is made only
 * when two keys are equal, or when it is kept: ${item} is where it is read
 * from, NULL once it stands in ${sort}.
 */
struct candidate {
	struct slice key;
	struct slice sort;
	int64_t bytes;
	const struct item *item;
	struct buf store;
};

static struct slice
sort_of(struct candidate *c)
{
	struct slice inner;
	enum attr_type type;

	if (c->item == NULL)
		return c->sort;
	if (c->item->sort.p != NULL) {
		type = attr_open(c->item->sort, &inner);
		if (type <= ATTR_B &&
		    (inner.n == 0 || memchr(inner.p, '\\', inner.n) == NULL)) {
			c->sort = inner;
		} else {
			attr_key_text(&c->store, c->item->sort);
			c->sort =
			    (struct slice){ buf_text(&c->store), c->store.n };
		}
	}
	c->item = NULL;
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
key_cmp(struct candidate *c, const struct summary_key *k)
{
	int r = slice_cmp(c->key, (struct slice){ k->key, k->len });

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
key_keep(struct summary_key *k, struct candidate *c)
{
	struct slice sort = sort_of(c);

	k->key = xstrndup(c->key.p, c->key.n);
	k->len = c->key.n;
	k->sort = sort.p != NULL ? xstrndup(sort.p, sort.n) : NULL;
	k->sort_len = sort.n;
	k->bytes = c->bytes;
}

/* The same key twice happens only in files; the smaller entry wins then. */
static void
offer_example(struct summary_key *k, struct candidate *c)
{
	if (k->key != NULL) {
		int r = key_cmp(c, k);

		if (r > 0 || (r == 0 && c->bytes >= k->bytes))
			return;
	}
	key_release(k);
	key_keep(k, c);
}

/* Whether ${c} stands before ${k} among the largest. */
static bool
is_larger(struct candidate *c, const struct summary_key *k)
{
	return c->bytes != k->bytes ? c->bytes > k->bytes : key_cmp(c, k) < 0;
}

static void
offer_largest(struct summary *s, struct candidate *c)
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

/* The group ${name}, a new one if need be; NULL when it is not kept. */
static struct summary_group *
group_named(struct summary *s, struct slice name)
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
summary_init(struct summary *s, size_t top, bool sizes)
{
	*s = (struct summary){
		.sizes = sizes,
		.groups_complete = true,
		.top = top,
	};
	if (top > 0)
		s->largest = xcalloc(top, sizeof(*s->largest));
}

/* Free all names; the arrays that held them stay. */
static void
forget_names(struct summary *s)
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

void
summary_release(struct summary *s)
{
	forget_names(s);
	free(s->groups);
	free(s->largest);
	*s = (struct summary){ 0 };
}

void
summary_reset(struct summary *s)
{
	struct summary_group *groups = s->groups;
	struct summary_key *largest = s->largest;
	size_t cgroups = s->cgroups, top = s->top;
	bool sizes = s->sizes;

	forget_names(s);
	*s = (struct summary){
		.sizes = sizes,
		.groups = groups,
		.cgroups = cgroups,
		.groups_complete = true,
		.largest = largest,
		.top = top,
	};
}

static void
count(struct summary_count *c, int64_t bytes)
{
	c->items++;
	c->bytes += bytes;
}

/* What is due: expired entries by age and cost, live ones by what is left. */
static void
add_times(struct summary *s, const struct record *r, int64_t units)
{
	if (r->state == STATE_PENDING || r->state == STATE_STUCK) {
		histogram_add(&s->overdue, r->overdue, 1);
		s->purge_units += units;
		s->free_by_ttl += r->state == STATE_PENDING;
	} else if (r->state == STATE_LIVE) {
		/* overdue is the floor of now - moment: exact for spans */
		for (int i = 2; i >= 0 && -summary_within[i] <= r->overdue; i--)
			s->upcoming[i]++;
	}
}

void
summary_add(struct summary *s, const struct record *r, int64_t units,
    const struct rules *rules)
{
	int64_t bytes = s->sizes && r->size > 0 ? r->size : 0;
	struct candidate c = {
		.key = r->key,
		.bytes = bytes,
		.item = r->item,
	};
	struct summary_group *g = group_named(s, r->group);

	(void)rules;
	s->items++;
	s->bytes += bytes;
	count(&s->states[r->state], bytes);
	count(&s->kinds[r->kind], bytes);
	s->kind_states[r->kind][r->state]++;
	s->reasons[r->state][r->reason]++;
	if (g != NULL) {
		g->items++;
		g->bytes += bytes;
		g->states[r->state]++;
	}
	add_times(s, r, units);
	offer_example(&s->examples[r->state][r->reason], &c);
	if (s->sizes && r->size >= 0)
		offer_largest(s, &c);
	buf_release(&c.store);
}

static void
merge_count(struct summary_count *to, const struct summary_count *from)
{
	to->items += from->items;
	to->bytes += from->bytes;
}

static struct candidate
candidate_of(const struct summary_key *k)
{
	return (struct candidate){
		.key = { k->key, k->len },
		.sort = { k->sort, k->sort_len },
		.bytes = k->bytes,
	};
}

static void
merge_names(struct summary *to, const struct summary *from)
{
	struct candidate c;

	for (int i = 0; i < STATES; i++)
		for (int j = 0; j < REASONS; j++)
			if (from->examples[i][j].key != NULL) {
				c = candidate_of(&from->examples[i][j]);
				offer_example(&to->examples[i][j], &c);
			}
	for (size_t i = 0; i < from->nlargest; i++) {
		c = candidate_of(&from->largest[i]);
		offer_largest(to, &c);
	}
}

static void
merge_groups(struct summary *to, const struct summary *from)
{
	if (!from->groups_complete)
		to->groups_complete = false;
	for (size_t i = 0; i < from->ngroups; i++) {
		const struct summary_group *g = &from->groups[i];
		struct summary_group *into =
		    group_named(to, (struct slice){ g->name, g->len });

		if (into == NULL)
			continue;
		into->items += g->items;
		into->bytes += g->bytes;
		for (int j = 0; j < STATES; j++)
			into->states[j] += g->states[j];
	}
}

void
summary_merge(struct summary *to, const struct summary *from)
{
	to->sizes = to->sizes && from->sizes;
	to->items += from->items;
	to->bytes += from->bytes;
	for (int i = 0; i < STATES; i++) {
		merge_count(&to->states[i], &from->states[i]);
		for (int j = 0; j < REASONS; j++)
			to->reasons[i][j] += from->reasons[i][j];
		for (int j = 0; j < KINDS; j++)
			to->kind_states[j][i] += from->kind_states[j][i];
	}
	for (int i = 0; i < KINDS; i++)
		merge_count(&to->kinds[i], &from->kinds[i]);
	for (int i = 0; i < 3; i++)
		to->upcoming[i] += from->upcoming[i];
	to->purge_units += from->purge_units;
	to->free_by_ttl += from->free_by_ttl;
	histogram_merge(&to->overdue, &from->overdue);
	merge_groups(to, from);
	merge_names(to, from);
}
