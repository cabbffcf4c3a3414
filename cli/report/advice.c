#include <string.h>

#include "cli/report/advice.h"
#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/text_report.h"
#include "inspector/estimate.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"

void
advice_say(struct advice *a)
{
	if (a->done)
		buf_reset(a->line);
	emit_line(a->e, EMIT_BODY, EMIT_PLAIN);
}

void
advice_command(struct advice *a)
{
	if (!a->done)
		a->e->to->command(a->e, buf_text(a->line));
	a->done = a->first;
	buf_reset(a->line);
}

void
advice_amount(struct advice *a, int64_t n)
{
	const char *about = a->line->n > 0 ? "about " : "About ";

	buf_addf(a->line, "%s%s", a->r->estimated ? about : "",
	    figure_count(n).s);
}

void
advice_sweep_at(struct advice *a, const char *verb, const char *options,
    const struct report_place *place)
{
	text_report_command(a->line, verb, place);
	buf_adds(a->line, options);
	advice_command(a);
	a->ours++;
	a->swept = a->swept || strcmp(verb, "list") != 0;
}

void
advice_sweep(struct advice *a, const char *verb, const char *options)
{
	advice_sweep_at(a, verb, options, &a->r->place);
}

bool
advice_is_live(const struct report *r)
{
	return r->place.input == NULL && r->place.table != NULL;
}

#define REASON "--reason "

const char *
advice_after_reasons(const struct report *r)
{
	const char *list;

	if (r->selection == NULL ||
	    strncmp(r->selection, REASON, strlen(REASON)) != 0)
		return NULL;
	list = r->selection + strlen(REASON);
	return list + strcspn(list, " ");
}

void
advice_inspect(struct advice *a, const char *attribute)
{
	const struct report *r = a->r;
	struct report_place place = r->place;
	struct buf repeat = { 0 };

	if (place.profile != NULL) {
		buf_adds(&repeat, " --profile ");
		shlex_quote(&repeat, place.profile);
	}
	if (r->judging != NULL && r->judging[0] != '\0')
		buf_addf(&repeat, " %s", r->judging);
	buf_adds(&repeat, " --ttl-attribute ");
	shlex_quote(&repeat, attribute);
	place.repeat = buf_text(&repeat);
	text_report_command(a->line, "inspect", &place);
	advice_command(a);
	a->ours++;
	buf_release(&repeat);
}

int64_t
advice_expired(const struct summary *s)
{
	return s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
}

int64_t
advice_whole(const struct report *r, int64_t n)
{
	return r->estimated ? estimate_scale(&r->sample->by, n) : n;
}
