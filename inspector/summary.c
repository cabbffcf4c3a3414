#include <stdlib.h>
#include <string.h>

#include "inspector/mask.h"
#include "inspector/summary.h"
#include "inspector/summary_names.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

const int64_t summary_within[SUMMARY_UPCOMING] = { 3600, 86400, 604800,
	157788000 };

const int64_t summary_ages[SUMMARY_AGES] = { 60, 3600, 21600, 86400,
	SUMMARY_LATE, 604800, 2592000 };

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

void
summary_release(struct summary *s)
{
	summary_forget(s);
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

	summary_forget(s);
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

void
summary_add_age(struct summary *s, int64_t overdue, int64_t times)
{
	histogram_add(&s->overdue, overdue, times);
	for (int i = 0; i < SUMMARY_AGES; i++)
		if (overdue < summary_ages[i])
			s->ages[i] += times;
}

/* Count expired entries by age and cost, live ones by the time that is left. */
static void
add_times(struct summary *s, const struct record *r, int64_t units)
{
	if (r->state == STATE_PENDING || r->state == STATE_STUCK) {
		summary_add_age(s, r->overdue, 1);
		s->purge_units += units;
		s->free_by_ttl += r->state == STATE_PENDING;
		s->late +=
		    r->state == STATE_PENDING && r->overdue >= SUMMARY_LATE;
	} else if (r->state == STATE_LIVE) {
		/* exact: overdue is now - moment, rounded down */
		for (int i = 0; i < SUMMARY_BEYOND; i++)
			s->upcoming[i] += -summary_within[i] <= r->overdue;
		s->upcoming[SUMMARY_BEYOND] +=
		    -summary_within[SUMMARY_BEYOND] > r->overdue;
		if (s->farthest[r->kind] < -r->overdue)
			s->farthest[r->kind] = -r->overdue;
	}
}

static struct summary_candidate
candidate_of(const struct record *r, int64_t bytes)
{
	return (struct summary_candidate){
		.key = r->key,
		.sort = r->sort,
		.bytes = bytes,
		.moment = r->has_moment ? r->moment : 0,
		.masked = r->key_masked ? r : NULL,
		.masked_sort = r->sort_masked ? r : NULL,
	};
}

static struct summary_group *
group_of(struct summary *s, const struct record *r)
{
	struct summary_group *g;
	struct buf shown = { 0 };

	if (!mask_hides_group(r))
		return summary_group_named(s, r->group);
	mask_group(&shown, r);
	g = summary_group_named(s, (struct slice){ shown.p, shown.n });
	buf_release(&shown);
	return g;
}

/* Whether an entry of ${bytes} may be among the largest. */
static bool
is_large(const struct summary *s, int64_t bytes)
{
	return s->nlargest < s->top ||
	    (s->top > 0 && bytes >= s->largest[s->nlargest - 1].bytes);
}

/* Keep the key of ${r} if it may be an example, or among the largest. */
static void
offer(struct summary *s, const struct record *r, int64_t bytes)
{
	bool large = s->sizes && r->size >= 0 && is_large(s, bytes);
	struct summary_candidate c;

	if (r->reason == REASON_NONE && !large)
		return;
	c = candidate_of(r, bytes);
	if (r->reason != REASON_NONE)
		summary_offer_example(&s->examples[r->state][r->reason], &c);
	if (large)
		summary_offer_largest(s, &c);
	summary_candidate_release(&c);
}

void
summary_add(struct summary *s, const struct record *r, int64_t units)
{
	int64_t bytes = s->sizes && r->size > 0 ? r->size : 0;
	struct summary_group *g = group_of(s, r);

	s->items++;
	s->bytes += bytes;
	s->prefixes |= r->prefixes;
	count(&s->states[r->state], bytes);
	count(&s->kinds[r->kind], bytes);
	s->kind_states[r->kind][r->state]++;
	s->kind_bytes[r->kind][r->state] += bytes;
	s->reasons[r->state][r->reason]++;
	s->zoneless[r->state] += r->zoneless;
	s->old[r->reason] += r->old;
	s->zoneless_old += r->old && r->zoneless;
	if (g != NULL) {
		g->items++;
		g->bytes += bytes;
		g->states[r->state]++;
	}
	add_times(s, r, units);
	offer(s, r, bytes);
}

static void
merge_count(struct summary_count *to, const struct summary_count *from)
{
	to->items += from->items;
	to->bytes += from->bytes;
}

static struct summary_candidate
kept(const struct summary_key *k)
{
	return summary_candidate((struct slice){ k->key, k->len },
	    (struct slice){ k->sort, k->sort_len }, k->bytes);
}

static void
merge_names(struct summary *to, const struct summary *from)
{
	struct summary_candidate c;

	for (int i = 0; i < STATES; i++)
		for (int j = 0; j < REASONS; j++)
			if (from->examples[i][j].key != NULL) {
				c = kept(&from->examples[i][j]);
				c.moment = from->examples[i][j].moment;
				summary_offer_example(&to->examples[i][j], &c);
			}
	for (size_t i = 0; i < from->nlargest; i++) {
		c = kept(&from->largest[i]);
		summary_offer_largest(to, &c);
	}
}

static void
merge_groups(struct summary *to, const struct summary *from)
{
	to->groups_complete &= from->groups_complete;
	for (size_t i = 0; i < from->ngroups; i++) {
		const struct summary_group *g = &from->groups[i];
		struct summary_group *into =
		    summary_group_named(to, (struct slice){ g->name, g->len });

		if (into == NULL)
			continue;
		into->items += g->items;
		into->bytes += g->bytes;
		into->squares += g->squares;
		for (int j = 0; j < STATES; j++)
			into->states[j] += g->states[j];
	}
}

static void
merge_squares(struct summary_squares *to, const struct summary_squares *from)
{
	to->items += from->items;
	to->overdue += from->overdue;
	for (int i = 0; i < STATES; i++) {
		to->states[i] += from->states[i];
		for (int j = 0; j < REASONS; j++)
			to->reasons[i][j] += from->reasons[i][j];
	}
	for (int i = 0; i < KINDS; i++)
		to->kinds[i] += from->kinds[i];
	for (int i = 0; i < SUMMARY_UPCOMING; i++)
		to->upcoming[i] += from->upcoming[i];
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}

static double
square(int64_t n)
{
	return (double)n * (double)n;
}

void
summary_square(struct summary *s)
{
	struct summary_squares *q = &s->squares;

	q->items = square(s->items);
	q->overdue = square(s->overdue.total);
	for (int i = 0; i < STATES; i++) {
		q->states[i] = square(s->states[i].items);
		for (int j = 0; j < REASONS; j++)
			q->reasons[i][j] = square(s->reasons[i][j]);
	}
	for (int i = 0; i < KINDS; i++)
		q->kinds[i] = square(s->kinds[i].items);
	for (int i = 0; i < SUMMARY_UPCOMING; i++)
		q->upcoming[i] = square(s->upcoming[i]);
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		q->buckets[i] = square(s->overdue.count[i]);
	for (size_t i = 0; i < s->ngroups; i++)
		s->groups[i].squares = square(s->groups[i].items);
}

void
summary_merge(struct summary *to, const struct summary *from)
{
	/* written only if it changes: workers read it meanwhile */
	if (to->sizes && !from->sizes)
		to->sizes = false;
	to->items += from->items;
	to->bytes += from->bytes;
	to->prefixes |= from->prefixes;
	to->named = to->named || from->named;
	to->chosen += from->chosen;
	for (int i = 0; i < STATES; i++) {
		merge_count(&to->states[i], &from->states[i]);
		to->zoneless[i] += from->zoneless[i];
		for (int j = 0; j < REASONS; j++)
			to->reasons[i][j] += from->reasons[i][j];
		for (int j = 0; j < KINDS; j++) {
			to->kind_states[j][i] += from->kind_states[j][i];
			to->kind_bytes[j][i] += from->kind_bytes[j][i];
		}
	}
	for (int i = 0; i < REASONS; i++)
		to->old[i] += from->old[i];
	to->zoneless_old += from->zoneless_old;
	for (int i = 0; i < KINDS; i++) {
		merge_count(&to->kinds[i], &from->kinds[i]);
		if (to->farthest[i] < from->farthest[i])
			to->farthest[i] = from->farthest[i];
	}
	for (int i = 0; i < SUMMARY_UPCOMING; i++)
		to->upcoming[i] += from->upcoming[i];
	to->purge_units += from->purge_units;
	to->free_by_ttl += from->free_by_ttl;
	to->late += from->late;
	histogram_merge(&to->overdue, &from->overdue);
	for (int i = 0; i < SUMMARY_AGES; i++)
		to->ages[i] += from->ages[i];
	merge_squares(&to->squares, &from->squares);
	merge_groups(to, from);
	merge_names(to, from);
}

/* How many are in buckets that end (${most}: begin) before ${age}. */
static int64_t
younger(const struct histogram *h, int64_t age, bool most)
{
	int64_t n = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (h->count[i] > 0 &&
		    (most ? histogram_from(i) : histogram_up_to(i)) < age)
			n += h->count[i];
	return n;
}

void
summary_guess_ages(struct summary *s)
{
	for (int i = 0; i < SUMMARY_AGES; i++)
		s->ages[i] = younger(&s->overdue, summary_ages[i], false);
}

bool
summary_has_ages(const struct summary *s)
{
	for (int i = 0; i < SUMMARY_AGES; i++)
		if ((i > 0 && s->ages[i] < s->ages[i - 1]) ||
		    s->ages[i] < younger(&s->overdue, summary_ages[i], false) ||
		    s->ages[i] > younger(&s->overdue, summary_ages[i], true))
			return false;
	return true;
}

bool
summary_nameless(const struct summary *s)
{
	return s->items > 0 &&
	    s->reasons[STATE_IMMORTAL][REASON_MISSING] == s->items;
}

int64_t
summary_taken_on(const struct summary *s)
{
	return s->reasons[STATE_STUCK][REASON_TTL_OFF] - s->old[REASON_TTL_OFF];
}

int64_t
summary_repairable_old(const struct summary *s)
{
	int64_t n = -s->zoneless_old;

	for (int i = 0; i < REASONS; i++)
		if ((REASONS_CONVERTED & 1u << i) != 0)
			n += s->old[i];
	/* an estimate's counts are rounded, and may not add up */
	return n > 0 ? n : 0;
}

int64_t
summary_named(const struct summary *s)
{
	return s->items - s->reasons[STATE_IMMORTAL][REASON_MISSING];
}

bool
summary_all_expired(const struct summary *s)
{
	int64_t named = summary_named(s);

	return named > 1 &&
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items >=
	    named;
}

bool
summary_by_creation(const struct summary *s, bool acts, bool chosen)
{
	if (!summary_all_expired(s))
		return false;
	return acts ? s->states[STATE_STUCK].items > 0 || s->late > 0 : chosen;
}

int64_t
summary_zoneless(const struct summary *s)
{
	return s->zoneless[STATE_STUCK] + s->zoneless[STATE_IMMORTAL];
}

int64_t
summary_zoned(const struct summary *s, enum state state)
{
	int64_t n =
	    s->zoneless[state] - (state == STATE_STUCK ? s->zoneless_old : 0);

	return n > 0 ? n : 0;
}

int64_t
summary_repairable(const struct summary *s, enum state state)
{
	int64_t n = -s->zoneless[state];

	for (int i = 0; i < REASONS; i++)
		if ((REASONS_CONVERTED & 1u << i) != 0)
			n += s->reasons[state][i];
	/* an estimate's counts are rounded, and may not add up */
	return n > 0 ? n : 0;
}
