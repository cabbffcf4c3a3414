#include "cli/option/option.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "sweep/plan.h"

void
option_selection(struct selection *s, const struct options *o)
{
	*s = selection_any();
	if (o->state.bits != 0 && (o->state.bits & STATES_ANY) == 0)
		s->states = o->state.bits;
	s->reasons = o->reason.bits;
	if (o->kind > 0)
		s->kinds = (unsigned)o->kind;
	s->prefixes = o->prefixes.list;
	s->nprefixes = o->prefixes.n;
	s->sort_prefixes = o->sort_prefixes.list;
	s->nsort_prefixes = o->sort_prefixes.n;
	s->overdue = o->overdue;
	s->expires_within = o->expires_within;
	s->larger_than = o->larger_than;
}

void
option_plan(struct plan *p, const struct options *o)
{
	*p = (struct plan){
		.now_given = option_given(o, "now"),
		.now = o->now,
		.overdue = o->overdue,
		.extend_ttl = o->extend_ttl,
		.ttl_for_missing = o->ttl_for_missing,
	};
}

void
option_journal(struct plan_journal *j, const struct options *o)
{
	*j = (struct plan_journal){
		.none = o->no_journal,
		.file = o->journal,
		.directory = o->journal_dir,
		.limited = o->max_items >= 0,
	};
}
