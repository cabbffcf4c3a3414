#include <stdlib.h>
#include <string.h>

#include "cli/report/report.h"
#include "cli/report/report_parts.h"
#include "cli/report/text_report.h"
#include "cli/report/text_table.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/item.h"

/* Ages as people think of them; the last has no end. */
static const struct {
	const char *label;
	int64_t below;
} ages[REPORT_AGES] = {
	{ "< 1 min", 60 },
	{ "< 1 h", 3600 },
	{ "< 6 h", 21600 },
	{ "< 1 d", 86400 },
	{ "< 2 d", 172800 },
	{ "< 1 w", 604800 },
	{ "< 30 d", 2592000 },
	{ "older", INT64_MAX },
};

/* One row of kinds or groups. */
struct tally {
	const char *name;
	int64_t items, bytes;
	const int64_t *states;
};

static const struct text_table_column tally_columns[] = {
	{ .head = "", .flexible = true },
	{ .head = "ENTRIES", .right = true },
	{ .head = "LIVE", .right = true, .rank = 2 },
	{ .head = "PENDING", .right = true },
	{ .head = "STUCK", .right = true, .rank = 1 },
	{ .head = "IMMORTAL", .right = true, .rank = 3 },
	{ .head = "BYTES", .right = true, .rank = 4 },
};

static void
tally_row(struct text_table *g, const struct tally *t, bool sizes)
{
	struct buf cell = { 0 };

	text_table_cell(g, t->name, NULL);
	text_report_count(&cell, t->items);
	text_table_cell(g, buf_text(&cell), NULL);
	for (int i = 0; i < STATES; i++) {
		buf_reset(&cell);
		text_report_count(&cell, t->states[i]);
		text_table_cell(g, buf_text(&cell), NULL);
	}
	if (sizes) {
		buf_reset(&cell);
		text_report_bytes(&cell, t->bytes);
		text_table_cell(g, buf_text(&cell), NULL);
	}
	buf_release(&cell);
}

/* Without sizes, the last column is not there. */
static struct text_table *
tally_grid(const struct text_report *p, const struct report *r)
{
	return text_table_new(tally_columns, r->summary->sizes ? 7 : 6,
	    p->style.ascii);
}

void
report_part_kinds(const struct text_report *p, const struct report *r)
{
	const struct summary *s = r->summary;
	struct text_table *g = tally_grid(p, r);

	for (int i = 0; i < KINDS; i++) {
		struct tally t = {
			.name = i == KIND_SESSION ? "sessions" : "other items",
			.items = s->kinds[i].items,
			.bytes = s->kinds[i].bytes,
			.states = s->kind_states[i],
		};

		tally_row(g, &t, s->sizes);
	}
	text_report_heading(p, "Kinds");
	text_table_print(g, p->out, 2, p->style.width,
	    text_report_sgr(p, TEXT_REPORT_DIM));
}

/* Most entries first, then by name. */
static int
group_cmp(const void *a, const void *b)
{
	const struct summary_group *x = *(const struct summary_group *const *)a;
	const struct summary_group *y = *(const struct summary_group *const *)b;
	size_t n = x->len < y->len ? x->len : y->len;
	int r;

	if (x->items != y->items)
		return x->items > y->items ? -1 : 1;
	r = memcmp(x->name, y->name, n);
	return r != 0 ? r : (x->len > y->len) - (x->len < y->len);
}

const struct summary_group **
report_part_sorted(const struct summary *s)
{
	const struct summary_group **by = xcalloc(s->ngroups, sizeof(void *));

	for (size_t i = 0; i < s->ngroups; i++)
		by[i] = &s->groups[i];
	if (s->ngroups > 1)
		qsort(by, s->ngroups, sizeof(void *), group_cmp);
	return by;
}

void
report_part_groups(const struct text_report *p, const struct report *r)
{
	const struct summary *s = r->summary;
	const struct summary_group **by;
	size_t n = s->ngroups < r->top ? s->ngroups : r->top;
	struct text_table *g;
	struct buf text = { 0 };

	if (n == 0)
		return;
	by = report_part_sorted(s);
	g = tally_grid(p, r);
	for (size_t i = 0; i < n; i++) {
		struct tally t = { .items = by[i]->items,
			.bytes = by[i]->bytes,
			.states = by[i]->states };

		buf_reset(&text);
		text_escape(&text, by[i]->name, by[i]->len, p->style.ascii);
		t.name = buf_text(&text);
		tally_row(g, &t, s->sizes);
	}
	buf_reset(&text);
	buf_adds(&text, "Groups");
	if (n < s->ngroups || !s->groups_complete)
		buf_addf(&text, " (the largest %zu of %s%zu)", n,
		    s->groups_complete ? "" : "more than ", s->ngroups);
	text_report_heading(p, buf_text(&text));
	text_table_print(g, p->out, 2, p->style.width,
	    text_report_sgr(p, TEXT_REPORT_DIM));
	buf_release(&text);
	free(by);
}

int64_t
report_part_ages(const struct histogram *h,
    struct report_age counted[REPORT_AGES])
{
	int64_t most = 0;

	for (size_t a = 0; a < REPORT_AGES; a++)
		counted[a] = (struct report_age){ .label = ages[a].label,
			.below = ages[a].below };
	for (size_t i = 0, a = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (h->count[i] == 0)
			continue;
		while (
		    a + 1 < REPORT_AGES && histogram_up_to(i) >= ages[a].below)
			a++;
		counted[a].items += h->count[i];
		if (counted[a].items > most)
			most = counted[a].items;
	}
	return most;
}

void
report_part_percentiles(const struct histogram *h, struct buf *line)
{
	if (h->total < 2)
		return;
	buf_adds(line, "50 % are overdue by ");
	text_report_span(line, histogram_quantile(h, 0.5));
	buf_adds(line, " or less, 90 % by ");
	text_report_span(line, histogram_quantile(h, 0.9));
	buf_adds(line, ", 99 % by ");
	text_report_span(line, histogram_quantile(h, 0.99));
	buf_adds(line, "; the oldest by ");
	text_report_span(line, h->max);
	buf_addc(line, '.');
}

void
report_part_overdue(const struct text_report *p, const struct report *r)
{
	static const struct text_table_column columns[] = {
		{ .head = "", .right = true },
		{ .head = "", .right = true },
		{ .head = "", .rank = 1 },
	};
	const struct histogram *h = &r->summary->overdue;
	struct report_age counts[REPORT_AGES];
	int64_t most;
	int cells = p->style.width - 2 - 7 - 2 - 12 - 2;
	struct buf text = { 0 };
	struct text_table *g;

	if (h->total == 0)
		return;
	most = report_part_ages(h, counts);
	cells = cells < 6 ? 6 : cells > 60 ? 60 : cells;
	g = text_table_new(columns, 3, p->style.ascii);
	for (size_t i = 0; i < REPORT_AGES; i++) {
		text_table_cell(g, counts[i].label, NULL);
		buf_reset(&text);
		text_report_count(&text, counts[i].items);
		text_table_cell(g, buf_text(&text), NULL);
		buf_reset(&text);
		text_report_bar(p, &text, counts[i].items, most, cells);
		text_table_cell(g, buf_text(&text),
		    text_report_sgr(p,
			counts[i].below > 172800 ? TEXT_REPORT_RED
						 : TEXT_REPORT_YELLOW));
	}
	text_report_heading(p, "Expired, by how long ago");
	text_table_print(g, p->out, 2, p->style.width, NULL);
	buf_reset(&text);
	report_part_percentiles(h, &text);
	if (text.n > 0)
		text_report_words(p, 2, buf_text(&text), NULL);
	buf_release(&text);
}

void
report_part_beyond(const struct summary *s, struct buf *line)
{
	int64_t n = s->upcoming[SUMMARY_BEYOND];

	if (n == 0)
		return;
	text_report_entries(line, n);
	buf_addf(line,
	    " %s only more than five years from now. If that is not meant, "
	    "look for seconds and milliseconds added up.",
	    n == 1 ? "expires" : "expire");
}

void
report_part_upcoming(const struct text_report *p, const struct report *r)
{
	const struct summary *s = r->summary;
	struct buf line = { 0 };

	if (s->states[STATE_LIVE].items == 0)
		return;
	text_report_heading(p, "Expires next");
	for (int i = 0; i < SUMMARY_BEYOND; i++) {
		if (i > 0)
			buf_adds(&line, ", ");
		text_report_count(&line, s->upcoming[i]);
		buf_adds(&line, " within ");
		text_report_span(&line, summary_within[i]);
	}
	buf_addc(&line, '.');
	text_report_words(p, 2, buf_text(&line), NULL);
	buf_reset(&line);
	report_part_beyond(s, &line);
	if (line.n > 0)
		text_report_words(p, 2, buf_text(&line), TEXT_REPORT_YELLOW);
	buf_release(&line);
}

void
report_part_largest(const struct text_report *p, const struct report *r)
{
	static const struct text_table_column columns[] = {
		{ .head = "", .right = true },
		{ .head = "", .flexible = true },
	};
	const struct summary *s = r->summary;
	struct buf text = { 0 };
	struct text_table *g;

	if (s->nlargest == 0)
		return;
	g = text_table_new(columns, 2, p->style.ascii);
	for (size_t i = 0; i < s->nlargest; i++) {
		const struct summary_key *k = &s->largest[i];

		buf_reset(&text);
		text_report_bytes(&text, k->bytes);
		text_table_cell(g, buf_text(&text), NULL);
		buf_reset(&text);
		text_report_summary_key(p, &text, k);
		text_table_cell(g, buf_text(&text), NULL);
	}
	text_report_heading(p, "Largest");
	text_table_print(g, p->out, 2, p->style.width, NULL);
	buf_release(&text);
}
