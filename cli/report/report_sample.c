#include <stdbool.h>

#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

bool
report_sample_possible(const struct report *r, enum state state)
{
	return r->states == 0 || (r->states & 1u << state) != 0;
}

struct estimate
report_sample_state(const struct report *r, enum state state)
{
	const struct summary *seen = r->sample->seen;

	if ((state == STATE_PENDING && !r->rules->ttl_acts) ||
	    !report_sample_possible(r, state))
		return (struct estimate){ 0 };
	return estimate_count(&r->sample->by, seen->states[state].items,
	    seen->squares.states[state]);
}

void
report_sample_estimate(const struct estimate *e, struct buf *line)
{
	struct figure low = figure_count(e->low);

	if (e->high == INT64_MAX)
		buf_addf(line, "%s or more", low.s);
	else if (e->low == e->high)
		buf_addf(line, "exactly %s", low.s);
	else
		buf_addf(line, "%s to %s", low.s, figure_count(e->high).s);
}

void
report_sample_span(const struct report *r, int64_t seen, double squares,
    struct buf *line)
{
	struct estimate e = estimate_count(&r->sample->by, seen, squares);

	report_sample_estimate(&e, line);
}

void
report_sample_range(const struct report *r, int64_t seen, double squares,
    struct buf *line)
{
	if (!r->estimated)
		return;
	buf_adds(line, " (");
	report_sample_span(r, seen, squares, line);
	buf_addc(line, ')');
}

void
report_sample_shards(const struct report_shards *s, const char *shard,
    struct buf *line)
{
	buf_addf(line, "%s%s ", shard, s->n == 1 ? "" : "s");
	for (size_t i = 0; i < s->n; i++)
		buf_addf(line, "%s%s", i > 0 ? ", " : "",
		    figure_count(s->have[i]).s);
	buf_addf(line, " of %s", figure_count(s->of).s);
}

void
report_sample_words(const struct report *r, struct buf *line)
{
	const struct report_sample *s = r->sample;

	if (r->shards != NULL) {
		report_sample_shards(r->shards, "Shard", line);
		buf_adds(line, " only. ");
	}
	if (!r->complete && r->segments_done < r->segments_asked)
		buf_addf(line,
		    "INCOMPLETE: %s of %s segments were read to their end. ",
		    figure_count(r->segments_done).s,
		    figure_count(r->segments_asked).s);
	if (r->estimated)
		buf_addf(line,
		    "An estimate from a sample: %s of %s segments, chosen at "
		    "random (%s). Figures are for the whole table; a range "
		    "contains the true count in 95 of 100 cases. Read: ",
		    figure_count(s->by.segments).s, figure_count(s->by.of).s,
		    figure_share(s->by.segments, s->by.of).s);
}

void
report_sample_doubt(const struct report *r, struct buf *line)
{
	const struct report_sample *s = r->sample;

	if (!r->estimated || s->item_count <= 0 ||
	    (s->item_count >= s->all.low && s->item_count <= s->all.high))
		return;
	buf_addf(line,
	    "The table's own count, %s (ItemCount, some hours old), is not in "
	    "the range ",
	    figure_entries(s->item_count).s);
	report_sample_estimate(&s->all, line);
	buf_adds(line,
	    ": much was written or deleted since, or the entries are spread "
	    "unevenly; try a larger --sample.");
}

/* What reading the whole table would have taken: in as many segments as the
 * sample is of, or in the fewer segments of an ordinary pass, each of which
 * costs a minimum. */
static void
saved(const struct report *r, struct buf *line)
{
	const struct report_sample *s = r->sample;
	const struct estimate_sample *by = &s->by;
	double read = r->work.read_units, whole;

	if (by->segments <= 0 || by->segments >= by->of || read <= 0)
		return;
	whole = read / (double)by->segments * (double)by->of;
	if (s->usual_units > 0 && s->usual_units < whole)
		whole = s->usual_units;
	buf_adds(line, figure_units_of(read, "read").s);
	if (whole - read < 0.5) {
		buf_adds(line,
		    ": reading all of such a small table takes no more.");
		return;
	}
	buf_addf(line, " instead of about %s", figure_units(whole).s);
	buf_addf(line, ": %s saved", figure_units(whole - read).s);
	if (r->place.price != NULL)
		buf_addf(line, ", about %s",
		    figure_usd(price_read_usd(r->place.price, whole - read)).s);
	buf_addc(line, '.');
}

/* Add the paragraph, under a heading if it is the first. */
static void
say(struct emit *e, enum emit_tone tone, bool *headed)
{
	if (e->line.n > 0 && !*headed) {
		e->to->section(e, "sample", "The sample", false);
		*headed = true;
	}
	emit_line(e, EMIT_BODY, tone);
}

void
report_sample_section(struct emit *e, const struct report *r)
{
	bool headed = false;

	if (!r->estimated)
		return;
	report_sample_doubt(r, &e->line);
	say(e, EMIT_WARN, &headed);
	if (r->sample->collections && r->summary->items > 0)
		buf_adds(&e->line,
		    "The table has a sort key, and all entries of one "
		    "partition key are stored together: entries that are in a "
		    "few collections only, however many, may have been missed "
		    "altogether. No range covers that.");
	say(e, EMIT_PLAIN, &headed);
	saved(r, &e->line);
	say(e, EMIT_PLAIN, &headed);
}
