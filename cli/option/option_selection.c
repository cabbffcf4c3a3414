#include "cli/option/option.h"
#include "inspector/record.h"
#include "inspector/select.h"

void
option_selection(struct selection *s, const struct options *o)
{
	const char *bad;

	*s = selection_any();
	/* The words were checked when the options were read. */
	if (o->state != NULL)
		(void)selection_states(o->state, &s->states, &bad);
	if (o->reason != NULL)
		(void)selection_reasons(o->reason, &s->reasons, &bad);
	if (o->kind != NULL && kind_parse(o->kind) >= 0)
		s->kinds = 1u << kind_parse(o->kind);
	s->prefixes = o->prefixes.list;
	s->nprefixes = o->prefixes.n;
	s->sort_prefixes = o->sort_prefixes.list;
	s->nsort_prefixes = o->sort_prefixes.n;
	s->overdue = o->overdue;
	s->expires_within = o->expires_within;
	s->larger_than = o->larger_than;
}
