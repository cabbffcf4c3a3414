#include <stdlib.h>
#include <string.h>

#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

/*
 * The report of inspect, section by section; a section with nothing to show
 * adds nothing. emit.h decides what it looks like, as text or as a page.
 */

static enum emit_tone
tone_of(enum state state)
{
	return EMIT_STATE + (enum emit_tone)state;
}

static void
about(struct emit *e, const struct report *r)
{
	enum state state;

	e->to->title(e, text_report_name(&r->place));
	text_report_where(&e->p, &e->line, &r->place);
	emit_line(e, EMIT_ABOUT, EMIT_PLAIN);
	report_words_ttl(&e->p, r, &e->line);
	emit_line(e, EMIT_ABOUT, EMIT_PLAIN);
	report_words_work(r, &e->line);
	emit_line(e, EMIT_ABOUT, r->complete ? EMIT_PLAIN : EMIT_WARN);
	if (r->summary->items > 0 || r->estimated) {
		state = report_words_verdict(&e->p, r, &e->line);
		emit_line(e, EMIT_VERDICT, tone_of(state));
	} else {
		buf_adds(&e->line,
		    r->selected                  ? "No entry is selected."
			: r->place.input != NULL ? "The file has no entries."
			: report_words_part(r)   ? "No entry was read."
						 : "The table is empty.");
		emit_line(e, EMIT_VERDICT, EMIT_PLAIN);
	}
}

/* A bar of ${n} in the color of ${state}. */
static void
bar(struct emit *e, enum state state, int64_t n, int64_t most, int wide)
{
	int64_t parts[STATES] = { 0 };

	parts[state] = n;
	emit_cell(e,
	    &(struct emit_cell){ .tone = tone_of(state),
		.parts = parts,
		.most = most,
		.wide = wide });
}

static const char *const notes[STATES] = {
	[STATE_LIVE] = "Expire in the future.",
	[STATE_PENDING] = "Expired; TTL will delete them, free of charge.",
	[STATE_STUCK] = "Meant to be gone, and TTL will never delete them.",
	[STATE_IMMORTAL] =
	    "TTL will never delete them; they may be meant to stay.",
};

static void
state_row(struct emit *e, const struct report *r, enum state state)
{
	const struct summary *s = r->summary;
	const struct summary_count *c = &s->states[state];
	int64_t change =
	    r->watch != NULL ? c->items - r->watch->before[state] : 0;
	struct buf text = { 0 };

	emit_cell_text(e, c->items > 0 ? tone_of(state) : EMIT_PLAIN,
	    state_name(state));
	emit_cell_count(e, c->items);
	if (r->estimated) {
		const struct estimate by = report_sample_state(r, state);

		report_sample_estimate(&by, &text);
	}
	emit_cell_text(e, EMIT_PLAIN, buf_text(&text));
	buf_reset(&text);
	buf_addf(&text, "%s%s",
	    change > 0       ? "+"
		: change < 0 ? "-"
			     : "",
	    figure_count(change < 0 ? -change : change).s);
	emit_cell_text(e, EMIT_PLAIN, buf_text(&text));
	emit_cell_text(e, EMIT_PLAIN, figure_share(c->items, s->items).s);
	emit_cell_bytes(e, c->bytes);
	bar(e, state, c->items, s->items, 24);
	emit_cell_text(e, EMIT_PLAIN,
	    state == STATE_PENDING && report_words_acts(r) == REPORT_TTL_UNKNOWN
		? "Expired; if TTL is on, it will delete them, free of charge."
		: notes[state]);
	buf_release(&text);
}

static void
states(struct emit *e, const struct report *r)
{
	const struct summary *s = r->summary;
	bool sample = r->estimated;
	const struct emit_column columns[] = {
		/* clang-format off */
		{ .text = { .head = "STATE" }, .names = true },
		{ .text = { sample ? "ESTIMATE" : "ENTRIES", .right = true } },
		{ .text = { "RANGE (95 %)", .right = true }, .out = !sample },
		{ .text = { "CHANGE", .right = true },
		    .out = r->watch == NULL || !r->watch->known },
		{ .text = { "SHARE", .right = true, .rank = sample ? 3 : 0 } },
		{ .text = { "BYTES", .right = true, .rank = 2 },
		    .out = !s->sizes },
		{ .text = { "", .rank = 1 } },
		{ .page = "", .page_only = true },
		/* clang-format on */
	};
	int64_t parts[STATES];

	e->to->section(e, "states", "States", true);
	for (int i = 0; i < STATES; i++)
		parts[i] = s->states[i].items;
	if (e->to->bar != NULL)
		e->to->bar(e, parts, s->items);
	emit_table(e, columns, sizeof(columns) / sizeof(*columns), true);
	for (int i = 0; i < STATES; i++)
		state_row(e, r, (enum state)i);
	emit_table_end(e);
}

/* The states whose entries have reasons, the worst first. */
static const enum state blamed[] = { STATE_STUCK, STATE_IMMORTAL, STATE_LIVE };

#define BLAMED (sizeof(blamed) / sizeof(*blamed))

/* The worst state that ${why} is the reason of; STATES: of none. */
static enum state
worst_of(const struct report *r, enum reason why)
{
	for (size_t i = 0; i < BLAMED; i++)
		if (r->summary->reasons[blamed[i]][why] > 0)
			return blamed[i];
	return STATES;
}

/* "milliseconds: 20 stuck, 19 immortal" */
static void
reason_counts(const struct report *r, enum reason why, struct buf *line)
{
	const char *between = ": ";

	buf_adds(line, reason_name(why));
	for (size_t i = 0; i < BLAMED; i++) {
		enum state state = blamed[i];
		int64_t n = r->summary->reasons[state][why];

		if (n == 0)
			continue;
		buf_addf(line, "%s%s%s %s", between,
		    r->estimated ? "about " : "", figure_count(n).s,
		    state_name(state));
		if (r->estimated)
			report_sample_range(r,
			    r->sample->seen->reasons[state][why],
			    r->sample->seen->squares.reasons[state][why], line);
		between = ", ";
	}
}

/* One item for a reason, whatever states its entries are in. */
static void
reason(struct emit *e, const struct report *r, enum state worst,
    enum reason why)
{
	const struct summary_key *example = &r->summary->examples[worst][why];

	reason_counts(r, why, &e->line);
	e->to->item(e, worst, buf_text(&e->line));
	buf_reset(&e->line);
	report_words_meaning(&e->p, r, worst, why, &e->line);
	buf_addc(&e->line, ' ');
	report_words_remedy(&e->p, r, why, &e->line);
	emit_line(e, EMIT_DETAIL, EMIT_PLAIN);
	if (example->key != NULL)
		e->to->example(e, example);
}

static void
reasons(struct emit *e, const struct report *r)
{
	bool any = false;

	for (size_t i = 0; i < BLAMED; i++)
		for (int j = REASON_NONE + 1; j < REASONS; j++) {
			if (worst_of(r, (enum reason)j) != blamed[i])
				continue;
			if (!any)
				e->to->section(e, "why", "Why TTL will not act",
				    false);
			any = true;
			reason(e, r, blamed[i], (enum reason)j);
		}
}

/* A table of kinds or groups. */
static void
tallies(struct emit *e, const struct report *r, const char *what)
{
	/* where it does not act, nothing is pending */
	bool acts = r->rules->ttl_acts;
	const struct emit_column columns[] = {
		/* clang-format off */
		{ .text = { "", .flexible = true }, .page = what, .names = true },
		{ .text = { "ENTRIES", .right = true } },
		{ .text = { "LIVE", .right = true, .rank = 2 } },
		{ .text = { "PENDING", .right = true, .rank = !acts } },
		{ .text = { "STUCK", .right = true, .rank = acts } },
		{ .text = { "IMMORTAL", .right = true, .rank = 3 } },
		{ .text = { "BYTES", .right = true, .rank = 4 },
		    .out = !r->summary->sizes },
		{ .page = "MIX", .page_only = true },
		/* clang-format on */
	};

	emit_table(e, columns, sizeof(columns) / sizeof(*columns), false);
}

/* The cells after the name of a kind or a group. */
static void
tally(struct emit *e, int64_t items, int64_t bytes, const int64_t *by_state)
{
	emit_cell_count(e, items);
	for (int i = 0; i < STATES; i++)
		emit_cell_count(e, by_state[i]);
	emit_cell_bytes(e, bytes);
	emit_cell(e, &(struct emit_cell){ .parts = by_state, .most = items });
}

static void
kinds(struct emit *e, const struct report *r)
{
	const struct summary *s = r->summary;

	e->to->section(e, "kinds", "Kinds", false);
	tallies(e, r, "KIND");
	for (int i = 0; i < KINDS; i++) {
		emit_cell_text(e, EMIT_PLAIN,
		    i == KIND_SESSION ? "sessions" : "other items");
		tally(e, s->kinds[i].items, s->kinds[i].bytes,
		    s->kind_states[i]);
	}
	emit_table_end(e);
	report_words_sessions(&e->p, r->rules, r->schema, r->place.table,
	    &e->line);
	emit_line(e, EMIT_BODY, EMIT_PLAIN);
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

/* What the groups that are not shown have: few entries, perhaps large ones. */
static void
other_groups(struct emit *e, const struct report *r, int64_t items,
    int64_t bytes)
{
	/* estimates of groups, each rounded, may not add up to that of all */
	if (items <= 0)
		return;
	buf_addf(&e->line, "The other groups have %s%s",
	    r->estimated ? "about " : "", figure_entries(items).s);
	if (r->summary->sizes && bytes > 0)
		buf_addf(&e->line, ", %s", figure_bytes(bytes).s);
	buf_adds(&e->line, " (--top shows more).");
	emit_line(e, EMIT_BODY, EMIT_PLAIN);
}

static void
groups(struct emit *e, const struct report *r)
{
	const struct summary *s = r->summary;
	const struct summary_group **by;
	size_t n = s->ngroups < r->top ? s->ngroups : r->top;
	int64_t items = s->items, bytes = s->bytes;
	struct buf text = { 0 };

	if (n == 0)
		return;
	by = xcalloc(s->ngroups, sizeof(void *));
	for (size_t i = 0; i < s->ngroups; i++)
		by[i] = &s->groups[i];
	qsort(by, s->ngroups, sizeof(void *), group_cmp);
	buf_adds(&text, "Groups");
	if (n < s->ngroups || !s->groups_complete)
		buf_addf(&text, " (the %zu with the most entries, of %s%zu)", n,
		    s->groups_complete ? "" : "more than ", s->ngroups);
	e->to->section(e, "groups", buf_text(&text), false);
	tallies(e, r, "GROUP");
	for (size_t i = 0; i < n; i++) {
		const struct slice name = { by[i]->name, by[i]->len };

		emit_cell(e, &(struct emit_cell){ .name = name });
		tally(e, by[i]->items, by[i]->bytes, by[i]->states);
		items -= by[i]->items;
		bytes -= by[i]->bytes;
	}
	emit_table_end(e);
	if (n < s->ngroups || !s->groups_complete)
		other_groups(e, r, items, bytes);
	buf_release(&text);
	free(by);
}

/* Those of summary_ages, and all above. */
#define AGES (SUMMARY_AGES + 1)

static const char *const ages[AGES] = { "< 1 min", "< 1 h", "< 6 h", "< 1 d",
	"< 2 d", "< 1 w", "< 30 d", "older" };

/* How many expired entries each age has; the most of them. */
static int64_t
count_ages(const struct summary *s, int64_t count[AGES])
{
	int64_t before = 0, most = 0;

	for (size_t i = 0; i < AGES; i++) {
		int64_t n = i < SUMMARY_AGES ? s->ages[i] : s->overdue.total;

		count[i] = n - before;
		before = n;
		most = count[i] > most ? count[i] : most;
	}
	return most;
}

/* Those that TTL will delete, and usually has by then. */
static void
late(const struct report *r, struct buf *line)
{
	int64_t n = r->summary->late;

	if (n == 0 || report_words_acts(r) == REPORT_TTL_UNKNOWN)
		return;
	buf_addf(line,
	    "%s%s pending %s two days ago or earlier. TTL has typically "
	    "deleted an entry by then.",
	    r->estimated ? "About " : "", figure_count(n).s,
	    n == 1 ? "entry expired" : "entries expired");
}

static void
overdue(struct emit *e, const struct report *r)
{
	static const struct emit_column columns[] = {
		/* clang-format off */
		{ .text = { "", .right = true }, .page = "EXPIRED FOR",
		    .names = true },
		{ .text = { "", .right = true }, .page = "ENTRIES" },
		{ .text = { "", .rank = 1 } },
		/* clang-format on */
	};
	/* shares are those of the sample */
	const struct histogram *h = &report_words_counted(r)->overdue;
	int wide = e->p.style.width - 2 - 7 - 2 - 12 - 2;
	int64_t count[AGES], most = count_ages(r->summary, count);

	if (h->total == 0)
		return;
	wide = wide < 6 ? 6 : wide > 60 ? 60 : wide;
	e->to->section(e, "overdue", "Expired, by how long ago", false);
	emit_table(e, columns, sizeof(columns) / sizeof(*columns), false);
	for (size_t i = 0; i < AGES; i++) {
		bool late = i == SUMMARY_AGES || summary_ages[i] > SUMMARY_LATE;

		emit_cell_text(e, EMIT_PLAIN, ages[i]);
		emit_cell_count(e, count[i]);
		emit_cell(e,
		    &(struct emit_cell){ .tone = late ? EMIT_LATE : EMIT_AGE,
			.value = count[i],
			.most = most,
			.wide = wide });
	}
	emit_table_end(e);
	if (h->total > 1) {
		buf_addf(&e->line,
		    "About 50 %% are overdue by %s or less, 90 %% by %s, 99 %% "
		    "by %s; the oldest by %s.",
		    figure_span(histogram_at_most(h, 0.5)).s,
		    figure_span(histogram_at_most(h, 0.9)).s,
		    figure_span(histogram_at_most(h, 0.99)).s,
		    figure_span(h->max).s);
		emit_line(e, EMIT_BODY, EMIT_PLAIN);
	}
	late(r, &e->line);
	emit_line(e, EMIT_PAGE_ONLY, EMIT_PLAIN);
}

/* A warning about live entries that expire only years ahead. */
static void
beyond(struct emit *e, const struct report *r)
{
	int64_t n = r->summary->upcoming[SUMMARY_BEYOND];
	int64_t lasts = r->summary->farthest[KIND_SESSION];

	if (n > 0)
		buf_addf(&e->line,
		    "%s%s will not expire for more than five years",
		    r->estimated ? "About " : "", figure_entries(n).s);
	else if (lasts > SUMMARY_LASTING)
		buf_addf(&e->line, "Sessions last up to %s",
		    figure_span(lasts).s);
	else
		return;
	buf_adds(&e->line,
	    ". If that is not intended, check whether milliseconds are added "
	    "to seconds.");
	emit_line(e, EMIT_BODY, EMIT_WARN);
}

/* A sentence in text, bars in a page. */
static void
upcoming(struct emit *e, const struct report *r)
{
	static const struct emit_column columns[] = {
		{ .page = "WITHIN", .names = true, .page_only = true },
		{ .page = "ENTRIES", .page_only = true },
		{ .page = "SHARE", .page_only = true },
		{ .page = "", .page_only = true },
	};
	const struct summary *s = r->summary;
	int64_t live = s->states[STATE_LIVE].items, last = 0;

	if (live == 0)
		return;
	for (int i = 0; i < KINDS; i++)
		last = s->farthest[i] > last ? s->farthest[i] : last;
	e->to->section(e, "next", "Expires next", false);
	emit_table(e, columns, sizeof(columns) / sizeof(*columns), false);
	for (int i = 0; i < SUMMARY_BEYOND; i++) {
		struct figure within = figure_span(summary_within[i]);

		buf_addf(&e->line, "%s%s within %s", i > 0 ? ", " : "",
		    figure_count(s->upcoming[i]).s, within.s);
		emit_cell_text(e, EMIT_PLAIN, within.s);
		emit_cell_count(e, s->upcoming[i]);
		emit_cell_text(e, EMIT_PLAIN,
		    figure_share(s->upcoming[i], live).s);
		bar(e, STATE_LIVE, s->upcoming[i], live, 0);
	}
	emit_table_end(e);
	if (last > 0)
		buf_addf(&e->line, "; the last%s in %s",
		    r->estimated ? " that was seen" : "", figure_span(last).s);
	buf_addc(&e->line, '.');
	emit_line(e, EMIT_TEXT_ONLY, EMIT_PLAIN);
	if (last > 0)
		buf_addf(&e->line, "The last%s expires in %s.",
		    r->estimated ? " that was seen" : "", figure_span(last).s);
	emit_line(e, EMIT_PAGE_ONLY, EMIT_PLAIN);
	beyond(e, r);
}

static void
largest(struct emit *e, const struct report *r)
{
	static const struct emit_column columns[] = {
		/* clang-format off */
		{ .text = { "", .right = true }, .page = "BYTES" },
		{ .text = { "", .flexible = true }, .page = "KEY",
		    .names = true },
		/* clang-format on */
	};
	const struct summary *s = r->summary;

	if (s->nlargest == 0)
		return;
	e->to->section(e, "largest",
	    r->estimated ? "Largest in the sample" : "Largest", false);
	emit_table(e, columns, sizeof(columns) / sizeof(*columns), false);
	for (size_t i = 0; i < s->nlargest; i++) {
		emit_cell_bytes(e, s->largest[i].bytes);
		emit_cell(e, &(struct emit_cell){ .key = &s->largest[i] });
	}
	emit_table_end(e);
}

/* What a purge would cost. */
static void
cost(const struct report *r, struct buf *line)
{
	const struct summary *s = r->summary;
	double units = (double)s->purge_units;

	buf_addf(line, "Deleting %s would take %s%s",
	    s->overdue.total == 1 ? "the expired entry"
		: r->selected     ? "all selected entries that are expired"
				  : "all expired entries",
	    r->estimated ? "about " : "", figure_units_of(units, "write").s);
	if (r->place.price != NULL) {
		buf_addf(line, ", about %s (",
		    figure_usd(price_usd(r->place.price, units)).s);
		price_source(line, r->place.price);
		buf_addc(line, ')');
	}
	buf_addc(line, '.');
	if (r->place.input == NULL && !r->ttl_fixed &&
	    summary_repairable(s, STATE_STUCK) + summary_zoneless(s) > 0)
		buf_adds(line,
		    " Repairing an entry takes as many as deleting it.");
}

/* What this pass took. */
static void
took(const struct report *r, struct buf *line)
{
	const struct report_work *w = &r->work;

	buf_addf(line, "Read in %.1f s, %s page%s", w->seconds,
	    figure_count(w->pages).s, w->pages == 1 ? "" : "s");
	if (r->place.input == NULL)
		buf_addf(line, ", %s",
		    figure_units_of(w->read_units, "read").s);
	if (w->retries > 0)
		buf_addf(line, ", %s retr%s", figure_count(w->retries).s,
		    w->retries == 1 ? "y" : "ies");
	buf_addc(line, '.');
}

static void
foot(struct emit *e, const struct report *r)
{
	const struct summary *s = r->summary;

	e->to->foot(e);
	if (s->overdue.total > 0 && s->sizes && r->place.input == NULL) {
		cost(r, &e->line);
		emit_line(e, EMIT_FOOT, EMIT_PLAIN);
	}
	took(r, &e->line);
	emit_line(e, EMIT_FOOT, EMIT_PLAIN);
	/* at the end of a long report, too */
	if (!r->complete && r->segments_done < r->segments_asked)
		e->to->words(e, EMIT_FOOT, EMIT_WARN,
		    "INCOMPLETE: this is only what was read until it was "
		    "interrupted.");
	if (e->to->end != NULL)
		e->to->end(e,
		    r->summary->kinds[KIND_SESSION].items > 0
			? " Keys of sessions are masked."
			: r->summary->items > 0
			? " No key was recognized as that of a session."
			: "");
}

/* What to do comes where it is seen first: at the end of a text, near the top
 * of a page. */
static void
describe(struct emit *e, const struct report *r)
{
	about(e, r);
	if (r->summary->items > 0 || r->estimated) {
		states(e, r);
		reasons(e, r);
		if (e->to->page)
			report_advice(e, r, false);
		kinds(e, r);
		groups(e, r);
		overdue(e, r);
		upcoming(e, r);
		largest(e, r);
		if (!e->to->page)
			report_advice(e, r, false);
	}
	report_sample_section(e, r);
	foot(e, r);
	buf_release(&e->line);
}

void
report_brief(struct buf *out, const struct report *r,
    const struct report_style *style)
{
	struct emit e = { .to = &emit_text, .p = { out, *style } };

	about(&e, r);
	if (r->summary->items > 0 || r->estimated) {
		states(&e, r);
		report_advice(&e, r, true);
	}
	buf_release(&e.line);
}

void
report_text(struct buf *out, const struct report *r,
    const struct report_style *style)
{
	struct emit e = { .to = &emit_text, .p = { out, *style } };

	describe(&e, r);
}

void
report_html(struct buf *out, const struct report *r)
{
	struct emit e = { .to = &emit_html, .p = { .out = out } };

	describe(&e, r);
}
