#include <string.h>

#include "cli/report/report_read.h"
#include "cli/report/report_read_parts.h"
#include "inspector/summary_names.h"
#include "lib/base/buf.h"
#include "lib/base/sum.h"

static int
figure(const struct report_text *t, struct slice object, const char *name,
    int64_t *v)
{
	return report_read_figure(t, object, name, REPORT_FIGURE_MAX, v);
}

/* The figures of the four states in ${object}. */
static int
by_state(const struct report_text *t, struct slice object, int64_t *v)
{
	for (int i = 0; i < STATES; i++)
		if (figure(t, object, state_name((enum state)i), &v[i]) != 0)
			return -1;
	return 0;
}

static int64_t
sum(const int64_t *v, int n)
{
	int64_t s = 0;

	for (int i = 0; i < n; i++)
		s += v[i];
	return s;
}

static int
states_of(const struct report_text *t, struct slice doc, struct summary *s)
{
	struct slice all = slice_get(doc, "states");

	for (int i = 0; i < STATES; i++) {
		struct slice j = slice_get(all, state_name((enum state)i));
		struct summary_count *c = &s->states[i];

		if (figure(t, j, "items", &c->items) != 0 ||
		    (s->sizes && figure(t, j, "bytes", &c->bytes) != 0))
			return -1;
		s->items += c->items;
		s->bytes += c->bytes;
		s->reasons[i][REASON_NONE] = c->items;
	}
	/* what is a part of these, or made of parts, needs no such check */
	if (s->items > REPORT_FIGURE_MAX || s->bytes > REPORT_FIGURE_MAX)
		return report_read_wrong(t, "states");
	return 0;
}

/* The decoded text of member ${name} in ${b}; p NULL when there is none. */
static struct slice
decoded(struct slice object, const char *name, struct buf *b)
{
	struct slice inner = slice_unquote(slice_get(object, name));

	if (inner.p == NULL)
		return inner;
	buf_reset(b);
	slice_text_decode(b, inner);
	return (struct slice){ buf_text(b), b->n };
}

/* A word of ${object} by ${parse}; -1. */
static int
word(struct slice object, const char *name, int (*parse)(const char *s))
{
	struct buf b = { 0 };
	struct slice text = decoded(object, name, &b);
	int r = -1;

	if (text.p != NULL && strlen(text.p) == text.n)
		r = parse(text.p);
	buf_release(&b);
	return r;
}

/* How many of the ${n} entries of a reason name no zone; absent: none. */
static int
zoneless_of(const struct report_text *t, struct slice j, int64_t n, int why,
    int64_t *zoneless)
{
	if (slice_get(j, "zoneless").p == NULL)
		return 0;
	if (figure(t, j, "zoneless", zoneless) != 0)
		return -1;
	return why == REASON_STRING && *zoneless <= n
	    ? 0
	    : report_read_wrong(t, "zoneless");
}

static int
reason_of(const struct report_text *t, struct slice j, struct summary *s)
{
	int state = word(j, "state", state_parse);
	int why = word(j, "reason", reason_parse);
	struct buf key = { 0 }, sort = { 0 };
	struct summary_candidate c;
	int64_t n;
	int rc = 0;

	if (state < 0 || why <= REASON_NONE || s->reasons[state][why] != 0)
		return report_read_wrong(t, "reasons");
	if (figure(t, j, "items", &n) != 0)
		return -1;
	if (n == 0 || n > s->reasons[state][REASON_NONE])
		return report_read_wrong(t, "reasons");
	s->reasons[state][why] = n;
	s->reasons[state][REASON_NONE] -= n;
	if (zoneless_of(t, j, n, why, &s->zoneless[state]) != 0)
		return -1;
	c = summary_candidate(decoded(j, "example", &key),
	    decoded(j, "example_sort", &sort), 0);
	if (c.key.p != NULL && slice_get(j, "example_expires").p != NULL)
		rc = figure(t, j, "example_expires", &c.moment);
	if (c.key.p != NULL && rc == 0)
		summary_offer_example(&s->examples[state][why], &c);
	buf_release(&key);
	buf_release(&sort);
	return rc;
}

/* Call ${one} for each element of the array ${name}. */
static int
each(const struct report_text *t, struct slice doc, const char *name,
    int (*one)(const struct report_text *t, struct slice j, struct summary *s),
    struct summary *s)
{
	struct slice_walk w = slice_walk(slice_get(doc, name));
	struct slice j;
	int more;

	if (slice_array(&w) != 0)
		return report_read_wrong(t, name);
	while ((more = slice_element(&w)) == 1)
		if (slice_value(&w, &j) != 0 || one(t, j, s) != 0)
			return -1;
	return more == 0 ? 0 : report_read_wrong(t, name);
}

static int
kinds_of(const struct report_text *t, struct slice doc, struct summary *s)
{
	struct slice all = slice_get(doc, "kinds");
	int64_t items = 0;

	for (int i = 0; i < KINDS; i++) {
		struct slice j = slice_get(all, kind_name((enum kind)i));
		struct summary_count *c = &s->kinds[i];

		if (figure(t, j, "items", &c->items) != 0 ||
		    by_state(t, j, s->kind_states[i]) != 0)
			return -1;
		if (s->sizes &&
		    (figure(t, j, "bytes", &c->bytes) != 0 ||
			by_state(t, slice_get(j, "bytes_by_state"),
			    s->kind_bytes[i]) != 0))
			return -1;
		if (sum(s->kind_states[i], STATES) != c->items)
			return report_read_wrong(t, "kinds");
		items += c->items;
	}
	return items == s->items ? 0 : report_read_wrong(t, "kinds");
}

static int
group_of(const struct report_text *t, struct slice j, struct summary *s)
{
	struct buf name = { 0 };
	struct slice text = decoded(j, "group", &name);
	size_t before = s->ngroups;
	struct summary_group *g = NULL;

	if (text.p != NULL && before < SUMMARY_GROUPS)
		g = summary_group_named(s, text);
	buf_release(&name);
	/* the same name again is no new group */
	if (g == NULL || s->ngroups == before)
		return report_read_wrong(t, "groups");
	if (figure(t, j, "items", &g->items) != 0 ||
	    by_state(t, j, g->states) != 0 ||
	    (s->sizes && figure(t, j, "bytes", &g->bytes) != 0))
		return -1;
	return sum(g->states, STATES) == g->items
	    ? 0
	    : report_read_wrong(t, "groups");
}

static int
groups_of(const struct report_text *t, struct slice doc, struct summary *s)
{
	struct slice complete = slice_get(doc, "groups_complete");
	int64_t items = 0;

	if (each(t, doc, "groups", group_of, s) != 0)
		return -1;
	for (size_t i = 0; i < s->ngroups; i++)
		items += s->groups[i].items;
	if (complete.p == NULL ||
	    (complete.p[0] != 't' && complete.p[0] != 'f'))
		return report_read_wrong(t, "groups_complete");
	s->groups_complete = complete.p[0] == 't';
	if (s->groups_complete ? items != s->items : items > s->items)
		return report_read_wrong(t, "groups");
	return 0;
}

static int
bucket_of(const struct report_text *t, struct slice j, struct summary *s)
{
	struct histogram *h = &s->overdue;
	int64_t end, n;
	size_t i;

	if (report_read_figure(t, j, "up_to", INT64_MAX, &end) != 0 ||
	    figure(t, j, "items", &n) != 0)
		return -1;
	i = histogram_bucket(end);
	if (n == 0 || histogram_up_to(i) != end || h->count[i] != 0 ||
	    n > s->items - h->total)
		return report_read_wrong(t, "histogram");
	h->count[i] = n;
	h->total += n;
	return 0;
}

/* What the sum can be at least, or at most, of the ages as they lie in the
 * buckets. */
static int64_t
bound(const struct histogram *h, bool most)
{
	int64_t sum = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		int64_t age;

		if (h->count[i] == 0) /* there may be no such age */
			continue;
		age = most  ? histogram_up_to(i)
		    : i > 0 ? histogram_up_to(i - 1) + 1
			    : 0;
		sum = sum_add(sum, sum_mul(age, h->count[i]));
	}
	return sum;
}

/* Of nothing there is no age; a 0 may stand for none. */
static int
ages_of(const struct report_text *t, struct slice j, struct histogram *h)
{
	int64_t least = bound(h, false), most = bound(h, true);

	if (h->total == 0 && slice_get(j, "max").p == NULL)
		return 0;
	if (report_read_figure(t, j, "max", INT64_MAX, &h->max) != 0)
		return -1;
	h->sum = least + (most - least) / 2;
	if (slice_get(j, "sum").p == NULL)
		return 0;
	if (report_read_figure(t, j, "sum", INT64_MAX, &h->sum) != 0)
		return -1;
	return h->sum >= least && h->sum <= most ? 0
						 : report_read_wrong(t, "sum");
}

static int
overdue_of(const struct report_text *t, struct slice doc, struct summary *s)
{
	struct slice j = slice_get(doc, "overdue");
	struct histogram *h = &s->overdue;
	size_t last = 0;

	if (each(t, j, "histogram", bucket_of, s) != 0 || ages_of(t, j, h) != 0)
		return -1;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (h->count[i] > 0)
			last = i;
	if (h->total !=
		s->states[STATE_PENDING].items + s->states[STATE_STUCK].items ||
	    histogram_bucket(h->max) != last)
		return report_read_wrong(t, "overdue");
	return 0;
}

static int
upcoming_of(const struct report_text *t, struct slice j, struct summary *s)
{
	bool beyond = slice_get(j, "beyond").p != NULL;
	int64_t span, n;

	if (report_read_figure(t, j, beyond ? "beyond" : "within", INT64_MAX,
		&span) != 0 ||
	    figure(t, j, "items", &n) != 0)
		return -1;
	for (int i = 0; i < SUMMARY_UPCOMING; i++)
		if (summary_within[i] == span &&
		    beyond == (i == SUMMARY_BEYOND) &&
		    n <= s->states[STATE_LIVE].items) {
			s->upcoming[i] = n;
			return 0;
		}
	return report_read_wrong(t, "upcoming");
}

static int
largest_of(const struct report_text *t, struct slice j, struct summary *s)
{
	struct buf key = { 0 }, sort = { 0 };
	struct summary_candidate c;
	int64_t bytes;
	int rc = -1;

	if (figure(t, j, "bytes", &bytes) != 0)
		goto out;
	c = summary_candidate(decoded(j, "key", &key),
	    decoded(j, "sort", &sort), bytes);
	if (c.key.p == NULL || !s->sizes) {
		(void)report_read_wrong(t, "largest");
		goto out;
	}
	summary_offer_largest(s, &c);
	rc = 0;
out:
	buf_release(&key);
	buf_release(&sort);
	return rc;
}

static int
purge_of(const struct report_text *t, struct slice doc, struct summary *s)
{
	struct slice j = slice_get(doc, "purge");
	int64_t n;

	/* left out where it is not known whether TTL is on */
	s->free_by_ttl = s->states[STATE_PENDING].items;
	if (figure(t, j, "items", &n) != 0 ||
	    (slice_get(j, "free_by_ttl").p != NULL &&
		figure(t, j, "free_by_ttl", &s->free_by_ttl) != 0))
		return -1;
	if (n != s->overdue.total)
		return report_read_wrong(t, "purge");
	return s->sizes ? figure(t, j, "write_units", &s->purge_units) : 0;
}

int
report_read_counts(const struct report_text *t, struct slice doc,
    struct summary *s)
{
	if (states_of(t, doc, s) != 0 ||
	    each(t, doc, "reasons", reason_of, s) != 0 ||
	    kinds_of(t, doc, s) != 0 || groups_of(t, doc, s) != 0 ||
	    overdue_of(t, doc, s) != 0 ||
	    each(t, doc, "upcoming", upcoming_of, s) != 0 ||
	    each(t, doc, "largest", largest_of, s) != 0)
		return -1;
	return purge_of(t, doc, s);
}
