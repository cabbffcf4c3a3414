#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/context.h"
#include "cli/option.h"
#include "cli/quoted.h"
#include "inspector/mask.h"

/* Options as they could be written again, without the blank in front. */
static char *
written(const struct options *o, bool selection)
{
	struct buf b = { 0 };
	char *text;

	if (selection) {
		option_repeat(&b, o, GROUP_SELECTION, NULL);
	} else {
		option_repeat_one(&b, o, "session-prefix");
		option_repeat_one(&b, o, "group");
	}
	text = xstrdup(b.n > 0 ? b.p + 1 : "");
	buf_release(&b);
	return text;
}

static struct option_list
masked(const struct option_list *keys, const struct rules *rules)
{
	struct option_list list = { xcalloc(keys->n, sizeof(char *)), keys->n };
	struct buf b = { 0 };

	for (size_t i = 0; i < keys->n; i++) {
		struct slice key = { keys->list[i], strlen(keys->list[i]) };

		buf_reset(&b);
		if (mask_hides(rules, key))
			mask_key(&b, rules, key);
		else
			buf_add(&b, key.p, key.n);
		list.list[i] = xstrdup(buf_text(&b));
	}
	buf_release(&b);
	return list;
}

static void
forget(struct option_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free((void *)(uintptr_t)list->list[i]);
	free(list->list);
}

void
quoted_make(struct quoted *q, const struct options *options,
    const struct rules *rules, bool selects)
{
	struct options o = *options;

	o.prefixes = masked(&o.prefixes, rules);
	o.groups = masked(&o.groups, rules);
	q->selection = selects ? written(&o, true) : NULL;
	q->judging = written(&o, false);
	q->repeat = context_repeat(&o);
	forget(&o.prefixes);
	forget(&o.groups);
}

void
quoted_release(struct quoted *q)
{
	free(q->selection);
	free(q->judging);
	free(q->repeat);
	*q = (struct quoted){ 0 };
}
