#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "cli/report/option_echo.h"
#include "cli/term.h"
#include "inspector/mask.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

#define KEY_LISTS 3

/* The lists whose values can be keys of sessions. */
static struct option_list *
key_list(struct options *o, size_t i)
{
	struct option_list *const lists[KEY_LISTS] = { &o->prefixes,
		&o->sort_prefixes, &o->groups };

	return lists[i];
}

/* The text without the space at its start. */
static char *
finish(struct buf *b)
{
	char *text = xstrdup(b->n > 0 ? b->p + 1 : "");

	buf_release(b);
	return text;
}

/* A group may be named by the id of a session alone, which no rule takes for a
 * session's. Names that people give are short, or have no digit. */
static void
mask_option(struct buf *b, const struct options *o,
    const struct option_list *list, const struct rules *rules, struct slice key)
{
	if (list == &o->groups && mask_may_be_id(key) &&
	    strpbrk(key.p, "0123456789") != NULL)
		mask_id(b, key);
	else
		mask_text(b, rules, key);
}

/* Replace the borrowed list with one of our own; whether something in it is
 * masked. */
static bool
mask_list(struct options *o, struct option_list *list,
    const struct rules *rules)
{
	const char **own = xcalloc(list->n, sizeof(*own));
	struct buf b = { 0 };
	bool masked = false;

	for (size_t i = 0; i < list->n; i++) {
		struct slice key = slice_str(list->list[i]);

		buf_reset(&b);
		mask_option(&b, o, list, rules, key);
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
	static const char *const rows[] = { "session-prefix", "group",
		"group-separators" };
	struct buf selection = { 0 }, judging = { 0 }, repeat = { 0 };
	struct options *o = xmalloc(sizeof(*o));
	bool masked = false;

	*o = *options;
	for (size_t i = 0; i < KEY_LISTS; i++)
		masked |= mask_list(o, key_list(o, i), rules);
	o->line = masked ? option_line(o) : xstrdup(options->line);
	option_repeat(&selection, o, GROUP_SELECTION, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		option_repeat_one(&judging, o, rows[i]);
	option_repeat_one(&repeat, o, "profile");
	option_repeat_one(&repeat, o, "expect-account");
	option_repeat_one(&repeat, o, "ttl-attribute");
	buf_adds(&repeat, buf_text(&judging));
	option_repeat(&repeat, o, GROUP_SELECTION, "state");
	*q = (struct option_echo){ .selection = finish(&selection),
		.judging = finish(&judging),
		.repeat = buf_detach(&repeat),
		.shown = o,
		.masked = masked };
}

void
option_echo_warn(struct buf *out, const struct option_echo *q)
{
	if (q->masked)
		buf_adds(out,
		    "(a key in this command is masked: give it as you did) ");
}

/* Add the command line, with ${more} and the place. After "--" options would be
 * operands: then they come first, before the command. */
static void
add_line(struct buf *out, const struct option_echo *q, const char *line,
    const char *more)
{
	const size_t program = strlen("ttlsweep");
	const char *place = q->place != NULL ? q->place : "";
	bool first = strstr(line, " -- ") != NULL;
	struct buf b = { 0 };

	buf_add(&b, line, program);
	if (first)
		buf_addf(&b, "%s%s", more, place);
	buf_adds(&b, line + program);
	if (!first)
		buf_addf(&b, "%s%s", more, place);
	term_command(out, buf_text(&b), !text_locale_utf8());
	buf_release(&b);
}

void
option_echo_line(struct buf *out, const struct option_echo *q, const char *line)
{
	add_line(out, q, line, "");
}

void
option_echo_yes(struct buf *out, const struct option_echo *q)
{
	add_line(out, q, q->shown->line, " --yes");
}

void
option_echo_release(struct option_echo *q)
{
	for (size_t i = 0; q->shown != NULL && i < KEY_LISTS; i++) {
		struct option_list *list = key_list(q->shown, i);

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
	free(q->place);
	*q = (struct option_echo){ 0 };
}
