#include <string.h>

#include "base/buf.h"
#include "cli/option.h"
#include "cli/paper.h"
#include "cli/price.h"
#include "cli/report.h"
#include "cli/report_parts.h"
#include "inspector/record.h"
#include "inspector/summary.h"

/* A command on a line of its own, so that it can be copied. */
static void
command(const struct paper *p, const struct report *r, const char *verb,
    const char *options)
{
	struct buf line = { 0 };

	paper_command(&line, verb, &r->place);
	buf_addf(p->out, "    ");
	paper_text(p, p->out, buf_text(&line));
	buf_addf(p->out, "%s%s\n", options[0] != '\0' ? " " : "", options);
	buf_release(&line);
}

/* There are commands to give: not for a file. */
static bool
is_live(const struct report *r)
{
	return r->place.input == NULL;
}

static void
say(const struct paper *p, struct buf *line)
{
	paper_words(p, 2, buf_text(line), NULL);
	buf_reset(line);
}

/* No entry has the attribute: is it another one? */
static void
advise_attribute(const struct paper *p, const struct report *r,
    struct buf *line)
{
	buf_adds(line, "No entry has the attribute ");
	paper_text(p, line, r->ttl_attribute);
	buf_addc(line, '.');
	if (r->nlookalikes > 0) {
		buf_adds(line, " Numbers that look like times are in ");
		for (size_t i = 0; i < r->nlookalikes; i++) {
			buf_adds(line, i > 0 ? ", " : "");
			paper_text(p, line, r->lookalikes[i]);
		}
		buf_adds(line, ": try --ttl-attribute ");
		paper_text(p, line, r->lookalikes[0]);
		buf_addc(line, '.');
	}
	say(p, line);
}

static void
advise_on(const struct paper *p, const struct report *r, struct buf *line)
{
	struct buf name = { 0 };

	if (r->place.input != NULL || r->table_ttl != NULL ||
	    r->place.table == NULL)
		return;
	buf_adds(line,
	    "Turn TTL on and these are deleted free of charge, typically "
	    "within a few days:");
	say(p, line);
	buf_adds(p->out, "    aws dynamodb update-time-to-live --table-name ");
	option_quote(&name, r->place.table);
	paper_text(p, p->out, buf_text(&name));
	buf_reset(&name);
	buf_adds(p->out,
	    " --time-to-live-specification Enabled=true,AttributeName=");
	option_quote(&name, r->ttl_attribute);
	paper_text(p, p->out, buf_text(&name));
	buf_addc(p->out, '\n');
	buf_release(&name);
}

/* What TTL takes, what it will not, and how the rest goes. */
static void
advise_expired(const struct paper *p, const struct report *r, struct buf *line)
{
	const struct summary *s = r->summary;
	int64_t stuck = s->states[STATE_STUCK].items;
	int64_t all = stuck + s->states[STATE_PENDING].items;

	if (all == 0)
		return;
	if (s->free_by_ttl > 0) {
		buf_adds(line, "TTL will delete ");
		if (s->free_by_ttl < all) {
			paper_count(line, s->free_by_ttl);
			buf_adds(line, " of the ");
		}
		paper_count(line, all);
		buf_adds(line,
		    all == 1 ? " expired entry" : " expired entries");
		buf_adds(line,
		    " free of charge, typically within a few days of their "
		    "time");
		buf_adds(line,
		    stuck > 0        ? "; "
			: is_live(r) ? ". To have them gone now:"
				     : ".");
	}
	if (stuck > 0) {
		paper_count(line, stuck);
		buf_adds(line, " will never go");
		buf_addc(line, is_live(r) ? ':' : '.');
	}
	say(p, line);
	if (is_live(r))
		command(p, r, "purge", stuck > 0 ? "--state stuck" : "");
}

void
report_part_advice(const struct paper *p, const struct report *r)
{
	const struct summary *s = r->summary;
	const int64_t *immortal = s->reasons[STATE_IMMORTAL];
	int64_t n = s->states[STATE_IMMORTAL].items;
	struct buf line = { 0 };

	paper_heading(p, "What to do");
	if (immortal[REASON_MISSING] == s->items && !r->selected)
		advise_attribute(p, r, &line);
	if (!r->rules->ttl_acts && immortal[REASON_MISSING] < s->items)
		advise_on(p, r, &line);
	advise_expired(p, r, &line);
	if (n > 0) {
		paper_entries(&line, n);
		buf_adds(&line, n == 1 ? " never expires" : " never expire");
		buf_addc(&line, is_live(r) ? ':' : '.');
		say(p, &line);
		if (r->place.input == NULL)
			command(p, r, "list", "--state immortal");
	} else if (s->states[STATE_LIVE].items == s->items) {
		buf_adds(&line, "Nothing: all entries are live.");
		say(p, &line);
	}
	buf_release(&line);
}

/* What a purge would cost, and what this pass did. */
void
report_part_cost(const struct paper *p, const struct report *r)
{
	const struct summary *s = r->summary;
	struct buf line = { 0 };

	buf_addc(p->out, '\n');
	if (s->overdue.total > 0 && s->sizes && r->place.input == NULL) {
		buf_adds(&line, "Deleting all expired entries would take ");
		paper_units(&line, (double)s->purge_units);
		buf_adds(&line, " write units");
		if (r->place.price != NULL) {
			buf_adds(&line, ", about ");
			paper_usd(&line,
			    price_usd(r->place.price, s->purge_units));
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
		buf_adds(&line, " read units");
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
