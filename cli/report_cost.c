#include "base/buf.h"
#include "cli/paper.h"
#include "cli/price.h"
#include "cli/report.h"
#include "cli/report_parts.h"
#include "inspector/summary.h"

/* What a purge would cost, and what this pass did. */
void
report_part_cost(const struct paper *p, const struct report *r)
{
	const struct summary *s = r->summary;
	struct buf line = { 0 };

	buf_addc(p->out, '\n');
	if (s->overdue.total > 0 && s->sizes && r->place.input == NULL) {
		buf_adds(&line,
		    s->overdue.total == 1 ? "Deleting the expired entry"
					  : "Deleting all expired entries");
		buf_adds(&line, " would take ");
		paper_units(&line, (double)s->purge_units);
		buf_adds(&line,
		    s->purge_units == 1 ? " write unit" : " write units");
		if (r->place.price != NULL) {
			buf_adds(&line, ", about ");
			paper_usd(&line,
			    price_usd(r->place.price, (double)s->purge_units));
			buf_addf(&line, " (%s prices of %s)",
			    r->place.price->region, r->place.price->date);
		}
		buf_addc(&line, '.');
		paper_words(p, 0, buf_text(&line), PAPER_DIM);
		buf_reset(&line);
	}
	buf_adds(&line, "Read in ");
	buf_addf(&line, "%.1f s, ", r->work.seconds);
	paper_count(&line, r->work.pages);
	buf_adds(&line, r->work.pages == 1 ? " page" : " pages");
	if (r->place.input == NULL) {
		buf_adds(&line, ", ");
		paper_units(&line, r->work.read_units);
		buf_adds(&line,
		    r->work.read_units == 1 ? " read unit" : " read units");
	}
	if (r->work.retries > 0) {
		buf_adds(&line, ", ");
		paper_count(&line, r->work.retries);
		buf_adds(&line, r->work.retries == 1 ? " retry" : " retries");
	}
	buf_addc(&line, '.');
	paper_words(p, 0, buf_text(&line), PAPER_DIM);
	buf_release(&line);
}
