#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "cli/report/option_echo.h"
#include "inspector/mask.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"

/* Whose values can be keys of sessions. */
static struct option_list *
key_list(struct options *o, size_t i)
{
	switch (i) {
	case 0:
		return &o->prefixes;
	case 1:
		return &o->sort_prefixes;
	case 2:
		return &o->groups;
	default:
		return NULL;
	}
}

/* Without the space in front. */
static char *
finish(struct buf *b)
{
	char *text = xstrdup(b->n > 0 ? b->p + 1 : "");

	buf_release(b);
	return text;
}

static char *
selection(const struct options *o)
{
	struct buf b = { 0 };

	option_repeat(&b, o, GROUP_SELECTION, NULL);
	return finish(&b);
}

static char *
judging(const struct options *o)
{
	struct buf b = { 0 };

	option_repeat_one(&b, o, "session-prefix");
	option_repeat_one(&b, o, "group");
	option_repeat_one(&b, o, "group-separators");
	return finish(&b);
}

static char *
repeat(const struct options *o)
{
	static const char *const names[] = { "profile", "ttl-attribute",
		"session-prefix", "group", "group-separators" };
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		option_repeat_one(&b, o, names[i]);
	option_repeat(&b, o, GROUP_SELECTION, "state");
	return buf_detach(&b);
}

/* The command line made anew. */
static char *
line(const struct options *o)
{
	struct buf b = { 0 };

	buf_addf(&b, "ttlsweep %s", o->command->name);
	option_repeat(&b, o, GROUP_COMMAND, NULL);
	option_repeat(&b, o, GROUP_SELECTION, NULL);
	option_repeat(&b, o, GROUP_GLOBAL, NULL);
	if (o->noperands > 0)
		buf_adds(&b, " --");
	for (size_t i = 0; i < o->noperands; i++) {
		buf_addc(&b, ' ');
		shlex_quote(&b, o->operands[i]);
	}
	return buf_detach(&b);
}

/* Put a list of its own in place of the borrowed one: whether something in it
 * is masked. */
static bool
mask_list(struct option_list *list, const struct rules *rules)
{
	const char **own = xcalloc(list->n, sizeof(*own));
	struct buf b = { 0 };
	bool masked = false;

	for (size_t i = 0; i < list->n; i++) {
		struct slice key = slice_str(list->list[i]);

		buf_reset(&b);
		mask_text(&b, rules, key);
		own[i] = xstrdup(buf_text(&b));
		masked = masked || strcmp(own[i], key.p) != 0;
	}
	buf_release(&b);
	list->list = own;
	return masked;
}

void
option_echo_make(struct option_echo *q, const struct options *options,
    const struct rules *rules)
{
	struct options *o = xmalloc(sizeof(*o));
	struct option_list *list;
	bool masked = false;

	*o = *options;
	for (size_t i = 0; (list = key_list(o, i)) != NULL; i++)
		masked |= mask_list(list, rules);
	o->line = masked ? line(o) : xstrdup(options->line);
	*q = (struct option_echo){ selection(o), judging(o), repeat(o), o };
}

void
option_echo_release(struct option_echo *q)
{
	struct option_list *list;

	for (size_t i = 0;
	     q->shown != NULL && (list = key_list(q->shown, i)) != NULL; i++) {
		for (size_t k = 0; k < list->n; k++)
			free((void *)(uintptr_t)list->list[k]);
		free(list->list);
	}
	if (q->shown != NULL)
		free((void *)(uintptr_t)q->shown->line);
	free(q->shown);
	free(q->selection);
	free(q->judging);
	free(q->repeat);
	*q = (struct option_echo){ 0 };
}
