#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_parts.h"
#include "cli/report/text_report.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

/* What a purge would cost, and what this pass did. */
void
report_part_cost(const struct text_report *p, const struct report *r)
{
	const struct summary *s = r->summary;
	struct buf line = { 0 };

	buf_addc(p->out, '\n');
	if (s->overdue.total > 0 && s->sizes && r->place.input == NULL) {
		buf_adds(&line,
		    s->overdue.total == 1 ? "Deleting the expired entry"
					  : "Deleting all expired entries");
		buf_adds(&line, " would take ");
		text_report_units(&line, (double)s->purge_units);
		buf_adds(&line,
		    s->purge_units == 1 ? " write unit" : " write units");
		if (r->place.price != NULL) {
			buf_adds(&line, ", about ");
			text_report_usd(&line,
			    price_usd(r->place.price, (double)s->purge_units));
			buf_addf(&line, " (%s prices of %s)",
			    r->place.price->region, r->place.price->date);
		}
		buf_addc(&line, '.');
		text_report_words(p, 0, buf_text(&line), TEXT_REPORT_DIM);
		buf_reset(&line);
	}
	buf_adds(&line, "Read in ");
	buf_addf(&line, "%.1f s, ", r->work.seconds);
	text_report_count(&line, r->work.pages);
	buf_adds(&line, r->work.pages == 1 ? " page" : " pages");
	if (r->place.input == NULL) {
		buf_adds(&line, ", ");
		text_report_units(&line, r->work.read_units);
		buf_adds(&line,
		    r->work.read_units == 1 ? " read unit" : " read units");
	}
	if (r->work.retries > 0) {
		buf_adds(&line, ", ");
		text_report_count(&line, r->work.retries);
		buf_adds(&line, r->work.retries == 1 ? " retry" : " retries");
	}
	buf_addc(&line, '.');
	text_report_words(p, 0, buf_text(&line), TEXT_REPORT_DIM);
	buf_release(&line);
}
