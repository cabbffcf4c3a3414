#include <stdbool.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command/help.h"
#include "cli/option/option.h"
#include "cli/report/text_report.h"
#include "export/column.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

#define LABEL_CELLS 28 /* before the text, on the same line */
#define NARROW 60      /* below that, the text has lines of its own */

/* "  -t, --table NAME", and ${text} beside or below it. */
static void
entry(struct buf *out, int width, const char *label, const char *text)
{
	int column = width < NARROW ? 6 : LABEL_CELLS;
	int has = text_width(label, strlen(label));
	struct buf wrapped = { 0 };
	const struct text_report p = { .out = &wrapped,
		.style = { .width = width, .ascii = true } };

	text_report_words(&p, column, text, NULL);
	buf_adds(out, label);
	if (width < NARROW || has + 2 > column) {
		buf_addc(out, '\n');
		buf_add(out, wrapped.p, wrapped.n);
	} else {
		buf_add(out, wrapped.p + has, wrapped.n - (size_t)has);
	}
	buf_release(&wrapped);
}

/* The row's help with its words, default and environment variable. */
static void
add_option(struct buf *out, const struct option_row *row)
{
	const char *between = "";

	buf_adds(out, row->help);
	if (row->type != OPTION_CHOICE && row->fallback == NULL &&
	    row->env == NULL)
		return;
	buf_adds(out, " (");
	for (size_t i = 0;
	     row->type == OPTION_CHOICE && row->words[i].name != NULL; i++) {
		buf_addf(out, "%s%s", between, row->words[i].name);
		between = ", ";
	}
	if (between[0] != '\0')
		between = "; ";
	if (row->env != NULL) {
		buf_addf(out, "%s%s in the environment", between, row->env);
		between = ", else ";
	} else if (row->fallback != NULL) {
		buf_addf(out, "%sdefault ", between);
		between = "";
	}
	if (row->fallback != NULL)
		buf_addf(out, "%s%s", between, row->fallback);
	buf_addc(out, ')');
}

/* The rows of ${group} that ${bits} take. */
static void
options(struct buf *out, int width, const char *title, enum option_group group,
    unsigned bits)
{
	struct buf label = { 0 }, text = { 0 };
	bool any = false;

	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		if (r->group != group || (r->commands & bits) == 0)
			continue;
		if (!any)
			buf_addf(out, "\n%s:\n", title);
		any = true;
		buf_reset(&label);
		buf_reset(&text);
		if (r->letter != '\0')
			buf_addf(&label, "  -%c, --%s", r->letter, r->name);
		else
			buf_addf(&label, "      --%s", r->name);
		if (r->arg != NULL)
			buf_addf(&label, " %s", r->arg);
		add_option(&text, r);
		entry(out, width, buf_text(&label), buf_text(&text));
	}
	buf_release(&label);
	buf_release(&text);
}

/* Of ${c}, NULL: of the program. */
static void
usage(struct buf *out, const struct command *c)
{
	if (c == NULL)
		buf_adds(out,
		    "Usage: ttlsweep [global options] COMMAND "
		    "[options]\n");
	else
		buf_addf(out,
		    "Usage: ttlsweep [global options] %s "
		    "[options]%s%s\n",
		    c->name, c->args[0] != '\0' ? " " : "", c->args);
}

static void
words(struct buf *out, int width, const char *text)
{
	const struct text_report p = { .out = out,
		.style = { .width = width, .ascii = true } };

	text_report_words(&p, 0, text, NULL);
}

void
help_program(struct buf *out, const struct command *const *commands, int width)
{
	struct buf label = { 0 };

	usage(out, NULL);
	buf_addc(out, '\n');
	words(out, width,
	    "Shows what is in a DynamoDB table with Time To Live, and what "
	    "TTL has left behind and why; exports it; and deletes it without "
	    "ever deleting an entry that was renewed meanwhile, with an "
	    "undo.");
	buf_adds(out, "\nCommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_reset(&label);
		buf_addf(&label, "  %s", commands[i]->name);
		if (commands[i]->args[0] != '\0')
			buf_addf(&label, " %s", commands[i]->args);
		entry(out, width, buf_text(&label), commands[i]->summary);
	}
	options(out, width, "Global options", GROUP_GLOBAL, ON_ALL);
	buf_addc(out, '\n');
	words(out, width,
	    "See 'ttlsweep help COMMAND' for a command's options, and "
	    "ttlsweep(1) for the manual.");
	buf_release(&label);
}

static void
columns(struct buf *out, int width)
{
	struct buf label = { 0 };

	buf_adds(out, "\nColumns:\n");
	for (const struct column_def *d = column_defs; d->name != NULL; d++) {
		buf_reset(&label);
		buf_addf(&label, "      %s", d->name);
		entry(out, width, buf_text(&label), d->help);
	}
	entry(out, width, "      @NAME", "any attribute");
	buf_release(&label);
}

void
help_command(struct buf *out, const struct command *c, int width)
{
	usage(out, c);
	buf_addc(out, '\n');
	words(out, width, c->about);
	options(out, width, "Options", GROUP_COMMAND, c->bit);
	options(out, width, "Which entries", GROUP_SELECTION, c->bit);
	if (option_find("columns", c->bit) != NULL)
		columns(out, width);
	buf_addc(out, '\n');
	words(out, width, "See 'ttlsweep help' for the global options.");
}
