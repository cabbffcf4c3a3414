#include <string.h>

#include "cli/option/option.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"

static void
value(struct buf *out, const struct option_row *r, const char *text)
{
	buf_addf(out, " --%s ", r->name);
	shlex_quote(out, text);
}

static void
again(struct buf *out, const struct options *o, const struct option_row *r)
{
	const void *at = (const char *)o + r->offset;
	const struct option_list *list = at;
	const struct option_set *set = at;

	switch (r->type) {
	case OPTION_FLAG:
	case OPTION_COUNT:
		buf_addf(out, " --%s", r->name);
		break;
	case OPTION_STRING:
	case OPTION_DECIMAL:
	case OPTION_LIST:
		value(out, r, *(const char *const *)at);
		break;
	case OPTION_SET:
		value(out, r, set->text);
		break;
	case OPTION_CHOICE:
		value(out, r, option_chosen(o, r));
		break;
	case OPTION_STRINGS:
		for (size_t i = 0; i < list->n; i++)
			value(out, r, list->list[i]);
		break;
	default:
		buf_addf(out, " --%s ", r->name);
		buf_addi(out, *(const int64_t *)at);
		break;
	}
}

void
option_repeat(struct buf *out, const struct options *o, enum option_group group,
    const char *but)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (o->given[i] && option_rows[i].group == group &&
		    (but == NULL || strcmp(option_rows[i].name, but) != 0))
			again(out, o, &option_rows[i]);
}

void
option_repeat_one(struct buf *out, const struct options *o, const char *name)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (o->given[i] && strcmp(option_rows[i].name, name) == 0)
			again(out, o, &option_rows[i]);
}
