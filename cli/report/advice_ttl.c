#include "cli/report/advice.h"
#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/text_report.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

void
advice_live_other(struct advice *a)
{
	buf_adds(a->line, ", also those that are live by ");
	text_report_attribute(&a->e->p, a->line, a->r->table_ttl);
}

void
advice_ttl(struct advice *a, bool on, const char *attribute)
{
	advice_say(a);
	text_report_ttl_command(a->line, &a->r->place, on, attribute);
	advice_command(a);
	a->acts_now = a->acts_now || on;
	a->foreign = true;
}

/* What TTL deletes before and after a move. */
static void
tell_move(struct advice *a)
{
	const struct report *r = a->r;
	const struct summary *s = r->whole != NULL ? r->whole : r->summary;
	int64_t n = s->reasons[STATE_IMMORTAL][REASON_MISSING];

	buf_adds(a->line, "Until it is moved, it deletes by ");
	text_report_attribute(&a->e->p, a->line, r->table_ttl);
	buf_adds(a->line, ", also what is live by ");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line, ". ");
	if (n == 0)
		return;
	buf_adds(a->line, "After that, it does not delete entries without ");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	if (!r->estimated)
		buf_addf(a->line, " (%s)", figure_count(n).s);
	buf_adds(a->line, ", even if they have ");
	text_report_attribute(&a->e->p, a->line, r->table_ttl);
	buf_adds(a->line, ". ");
}

void
advice_ttl_switch(struct advice *a)
{
	const struct report *r = a->r;
	bool move = a->acts == REPORT_TTL_ELSEWHERE;

	buf_adds(a->line, " TTL acts on the whole table and has no undo");
	if (move && a->first) { /* there is no room for both commands */
		buf_adds(a->line, "; how to do it is in the full report:");
		advice_say(a);
		advice_inspect(a, r->ttl_attribute);
		return;
	}
	if (move) {
		buf_adds(a->line, ". ");
		tell_move(a);
		buf_adds(a->line, "Switch TTL off:");
		advice_ttl(a, false, r->table_ttl);
		buf_adds(a->line,
		    "wait until that is done, up to an hour (inspect shows "
		    "it), and switch it on:");
	} else {
		buf_addc(a->line, ':');
	}
	advice_ttl(a, true, r->ttl_attribute);
}

void
advice_ttl_after(struct advice *a)
{
	if (a->acts_now ||
	    (a->acts != REPORT_TTL_OFF && a->acts != REPORT_TTL_ELSEWHERE))
		return;
	if (a->acts == REPORT_TTL_ELSEWHERE) {
		buf_adds(a->line, "Then, if the application writes ");
		text_report_attribute(&a->e->p, a->line, a->r->ttl_attribute);
		buf_adds(a->line,
		    " now, move TTL to it: it then deletes what has expired "
		    "by that");
		advice_live_other(a);
		buf_addc(a->line, '.');
	} else {
		buf_adds(a->line, "Then turn TTL on.");
	}
	advice_ttl_switch(a);
}
