#include <stdlib.h>

#include "inspector/sample.h"
#include "lib/base/mem.h"

void
sample_init(struct sample *s, size_t top, bool sizes)
{
	*s = (struct sample){ 0 };
	summary_init(&s->seen, top, sizes);
}

void
sample_release(struct sample *s)
{
	summary_release(&s->seen);
	for (size_t i = 0; i < s->nparts; i++)
		summary_release(&s->parts[i].tally);
	free(s->parts);
	*s = (struct sample){ 0 };
}

/* What was added of ${segment} before. */
static struct sample_part *
part_of(struct sample *s, int64_t segment)
{
	struct sample_part *part;

	for (size_t i = 0; i < s->nparts; i++)
		if (s->parts[i].segment == segment)
			return &s->parts[i];
	s->parts = xreallocarray(s->parts, s->nparts + 1, sizeof(*s->parts));
	part = &s->parts[s->nparts++];
	part->segment = segment;
	summary_init(&part->tally, s->seen.top, s->seen.sizes);
	return part;
}

void
sample_add(struct sample *s, int64_t segment, bool finished,
    const struct summary *tally)
{
	struct sample_part *part = part_of(s, segment);

	summary_merge(&part->tally, tally);
	if (!finished)
		return;
	summary_square(&part->tally);
	summary_merge(&s->seen, &part->tally);
	s->segments++;
	summary_release(&part->tally);
	*part = s->parts[--s->nparts];
}

static void
scale_count(struct summary_count *c, const struct estimate_sample *by)
{
	c->items = estimate_scale(by, c->items);
	c->bytes = estimate_scale(by, c->bytes);
}

static void
scale_all(int64_t *v, size_t n, const struct estimate_sample *by)
{
	for (size_t i = 0; i < n; i++)
		v[i] = estimate_scale(by, v[i]);
}

/* The total is the sum of the buckets, and not of what was lost by rounding
 * each of them: what is up to a bucket is scaled, like the ages. */
static void
scale_histogram(struct histogram *h, const struct estimate_sample *by)
{
	int64_t seen = 0, before = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->count[i];
		h->total = estimate_scale(by, seen);
		h->count[i] = h->total - before;
		before = h->total;
	}
	h->sum = estimate_scale(by, h->sum);
}

void
sample_scale(struct summary *out, const struct summary *seen,
    const struct estimate_sample *by)
{
	summary_init(out, seen->top, seen->sizes);
	summary_merge(out, seen);
	out->items = estimate_scale(by, out->items);
	out->bytes = estimate_scale(by, out->bytes);
	for (int i = 0; i < STATES; i++) {
		scale_count(&out->states[i], by);
		scale_all(out->reasons[i], REASONS, by);
	}
	for (int i = 0; i < KINDS; i++) {
		scale_count(&out->kinds[i], by);
		scale_all(out->kind_states[i], STATES, by);
		scale_all(out->kind_bytes[i], STATES, by);
	}
	for (size_t i = 0; i < out->ngroups; i++) {
		struct summary_group *g = &out->groups[i];

		g->items = estimate_scale(by, g->items);
		g->bytes = estimate_scale(by, g->bytes);
		scale_all(g->states, STATES, by);
	}
	scale_histogram(&out->overdue, by);
	scale_all(out->ages, SUMMARY_AGES, by);
	scale_all(out->upcoming, SUMMARY_UPCOMING, by);
	scale_all(out->zoneless, STATES, by);
	scale_all(out->old, REASONS, by);
	out->zoneless_old = estimate_scale(by, out->zoneless_old);
	out->purge_units = estimate_scale(by, out->purge_units);
	out->free_by_ttl = estimate_scale(by, out->free_by_ttl);
	out->late = estimate_scale(by, out->late);
}
