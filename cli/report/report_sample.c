#include <stdbool.h>

#include "cli/report/emit.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

struct estimate
report_sample_count(const struct report *r, int64_t seen, double squares)
{
	return estimate_count(&r->sample->by, seen, squares);
}

static void
range(const struct estimate *e, struct buf *line)
{
	if (e->high == INT64_MAX) {
		text_report_count(line, e->low);
		buf_adds(line, " or more");
	} else if (e->low == e->high) {
		buf_adds(line, "exactly ");
		text_report_count(line, e->low);
	} else {
		text_report_count(line, e->low);
		buf_adds(line, " to ");
		text_report_count(line, e->high);
	}
}

void
report_sample_span(const struct report *r, int64_t seen, double squares,
    struct buf *line)
{
	struct estimate e = report_sample_count(r, seen, squares);

	range(&e, line);
}

void
report_sample_range(const struct report *r, int64_t seen, double squares,
    struct buf *line)
{
	if (r->sample == NULL)
		return;
	buf_adds(line, " (");
	report_sample_span(r, seen, squares, line);
	buf_addc(line, ')');
}

static void
segments(struct buf *line, int64_t part, int64_t whole)
{
	text_report_count(line, part);
	buf_adds(line, " of ");
	text_report_count(line, whole);
	buf_adds(line, " segments");
}

/* "Shard 1 of 4", "Shards 1, 3 of 4" */
static void
shards(const struct report_shards *s, struct buf *line)
{
	buf_adds(line, s->n == 1 ? "Shard " : "Shards ");
	for (size_t i = 0; i < s->n; i++) {
		buf_adds(line, i > 0 ? ", " : "");
		text_report_count(line, s->have[i]);
	}
	buf_adds(line, " of ");
	text_report_count(line, s->of);
	buf_adds(line, " only. ");
}

void
report_sample_words(const struct report *r, struct buf *line)
{
	if (r->shards != NULL)
		shards(r->shards, line);
	if (!r->complete && r->segments_done < r->segments_asked) {
		buf_adds(line, "INCOMPLETE: ");
		segments(line, r->segments_done, r->segments_asked);
		buf_adds(line, " were read completely, ");
		text_report_share(line, r->segments_done, r->segments);
		buf_adds(line, " of the table. ");
	}
	if (r->sample == NULL)
		return;
	buf_adds(line, "An estimate from a sample: ");
	segments(line, r->sample->by.segments, r->sample->by.of);
	buf_adds(line, ", chosen at random (");
	text_report_share(line, r->sample->by.segments, r->sample->by.of);
	buf_adds(line,
	    "). Figures are for the whole table; a range contains the true "
	    "count in 95 of 100 cases. Read: ");
}

void
report_sample_doubt(const struct report *r, struct buf *line)
{
	const struct report_sample *s = r->sample;

	if (s == NULL || s->item_count <= 0 ||
	    (s->item_count >= s->all.low && s->item_count <= s->all.high))
		return;
	buf_adds(line, "The table's own count, ");
	text_report_entries(line, s->item_count);
	buf_adds(line, " (ItemCount, some hours old), is not in the range ");
	range(&s->all, line);
	buf_adds(line,
	    ": much was written or deleted since, or the entries are spread "
	    "unevenly; try a larger --sample.");
}

/* What reading all of it would have taken: in as many segments as the sample
 * is of, or in the fewer of an ordinary pass, where the least that each costs
 * weighs less. */
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
	text_report_units(line, read);
	if (whole - read < 0.5) {
		buf_adds(line,
		    " read units: reading all of such a small table takes no "
		    "more.");
		return;
	}
	buf_adds(line, " read units instead of about ");
	text_report_count(line, (int64_t)(whole + 0.5));
	buf_adds(line, ": ");
	text_report_count(line, (int64_t)(whole - read + 0.5));
	buf_adds(line, " saved");
	if (r->place.price != NULL) {
		buf_adds(line, ", about ");
		text_report_usd(line,
		    price_read_usd(r->place.price, whole - read));
	}
	buf_addc(line, '.');
}

static void
collections(const struct report *r, struct buf *line)
{
	if (r->sample->collections && r->summary->items > 0)
		buf_adds(line,
		    "The table has a sort key, and all entries of one "
		    "partition key are stored together: entries that are in a "
		    "few collections only, however many, may have been missed "
		    "altogether. No range covers that.");
}

/* What is in ${line}, and the heading before the first. */
static void
say(struct emit *e, struct buf *line, enum emit_tone tone, bool *headed)
{
	if (line->n == 0)
		return;
	if (!*headed)
		e->to->section(e, "sample", "The sample", false);
	*headed = true;
	e->to->words(e, EMIT_BODY, tone, buf_text(line));
	buf_reset(line);
}

void
report_sample_section(struct emit *e, const struct report *r)
{
	struct buf line = { 0 };
	bool headed = false;

	if (r->sample == NULL)
		return;
	report_sample_doubt(r, &line);
	say(e, &line, EMIT_WARN, &headed);
	collections(r, &line);
	say(e, &line, EMIT_PLAIN, &headed);
	saved(r, &line);
	say(e, &line, EMIT_PLAIN, &headed);
	buf_release(&line);
}
