#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/help.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/report/text_report.h"
#include "cli/term.h"
#include "export/column.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_help = {
	.name = "help",
	.bit = ON_HELP,
	.args = "[COMMAND]",
	.min = 0,
	.max = 1,
	.summary = "show help, for a command if one is given",
	.about = "Shows what the program can do, or what one command does and "
		 "which options it takes.",
	.examples = {
		{ "help",
		    "the commands and the global options" },
		{ "help purge",
		    "what purge does, and its options" },
	},
	.run = run,
};

#define WIDTH_MAX 80   /* longer lines are harder to read */
#define LABEL_CELLS 28 /* before the text, on the same line */
#define NARROW 60      /* below that, the text has lines of its own */

static struct text_report
text_of(struct buf *out, int width)
{
	return (struct text_report){ .out = out,
		.style = { .width = width, .ascii = true } };
}

/* A paragraph. */
static void
words(struct buf *out, int width, const char *text)
{
	const struct text_report p = text_of(out, width);

	buf_addc(out, '\n');
	text_report_words(&p, 0, text, NULL);
}

/* "  -t, --table NAME", and ${text} beside or below it. */
static void
entry(struct buf *out, int width, const char *label, const char *text)
{
	int column = width < NARROW ? 10 : LABEL_CELLS;
	int has = text_width(label, strlen(label));
	struct buf wrapped = { 0 };
	const struct text_report p = text_of(&wrapped, width);

	text_report_words(&p, column, text, NULL);
	buf_adds(out, label);
	if (width < NARROW || has + 2 > column)
		buf_addf(out, "\n%s", wrapped.p);
	else
		buf_adds(out, wrapped.p + has);
	buf_release(&wrapped);
}

/* An option's help, with its words, default and environment variable. */
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

/* The options of ${group} that the commands in ${bits} take, under their
 * headings. */
static void
options(struct buf *out, int width, enum option_group group, unsigned bits)
{
	struct buf label = { 0 }, text = { 0 };
	const char *heading = NULL;

	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		if (r->heading != NULL)
			heading = r->heading;
		if (r->group != group || (r->commands & bits) == 0)
			continue;
		if (heading != NULL)
			buf_addf(out, "\n%s:\n", heading);
		heading = NULL;
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

/* Whether ${c} has options of its own. */
static bool
has_options(const struct command *c)
{
	for (const struct option_row *r = option_rows; r->name != NULL; r++)
		if (r->group != GROUP_GLOBAL && (r->commands & c->bit) != 0)
			return true;
	return false;
}

/* The usage of ${c}; if NULL, of the program. */
static void
usage(struct buf *out, const struct command *c)
{
	buf_adds(out, "Usage: ttlsweep [global options] ");
	buf_adds(out, c != NULL ? c->name : "COMMAND");
	if (c == NULL || has_options(c))
		buf_adds(out, " [options]");
	if (c != NULL && c->args[0] != '\0')
		buf_addf(out, " %s", c->args);
	buf_addc(out, '\n');
}

static void
examples(struct buf *out, const struct command *c, int width)
{
	size_t n = sizeof(c->examples) / sizeof(c->examples[0]);
	const struct text_report p = text_of(out, width);

	buf_adds(out, "\nExamples:\n");
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "  ttlsweep %s\n", c->examples[i].line);
		text_report_words(&p, 6, c->examples[i].does, NULL);
	}
}

static void
help_program(struct buf *out, const struct command *const *commands, int width)
{
	struct buf label = { 0 };

	usage(out, NULL);
	words(out, width,
	    "Shows what is in a DynamoDB table with Time To Live, and what "
	    "TTL has left behind, and why. Exports entries, and deletes "
	    "expired ones, with an undo, without ever deleting one that was "
	    "renewed meanwhile.");
	buf_adds(out, "\nCommands:\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_reset(&label);
		buf_addf(&label, "  %s", commands[i]->name);
		if (commands[i]->args[0] != '\0')
			buf_addf(&label, " %s", commands[i]->args);
		entry(out, width, buf_text(&label), commands[i]->summary);
	}
	buf_adds(out, "\nGlobal options, before or after the command:\n");
	options(out, width, GROUP_GLOBAL, ON_ALL);
	words(out, width,
	    "See 'ttlsweep help COMMAND' for a command's options. The manual "
	    "is ttlsweep(1), ttlsweep-COMMAND(1), ttlsweep-tutorial(7), "
	    "-states(7), -options(7), -credentials(7), -journal(5) and "
	    "-formats(5).");
	buf_adds(out, "No man? Install man-db (Debian).\n");
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
	words(out, width, c->about);
	examples(out, c, width);
	options(out, width, GROUP_SELECTION, c->bit);
	options(out, width, GROUP_COMMAND, c->bit);
	if (option_find("columns", c->bit) != NULL)
		columns(out, width);
	words(out, width, "See 'ttlsweep help' for the global options.");
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	const struct command *c = NULL;
	int width = term_width(STDOUT_FILENO, WIDTH_MAX), rc;
	struct buf out = { 0 };

	(void)log;
	if (o->noperands > 0 &&
	    (c = option_command(o->commands, o->operands[0], f)) == NULL)
		return -1;
	if (o->help)
		c = o->command;
	if (width > WIDTH_MAX)
		width = WIDTH_MAX;
	if (c != NULL)
		help_command(&out, c, width);
	else
		help_program(&out, o->commands, width);
	rc = output_all(NULL, &out, f);
	buf_release(&out);
	return rc;
}
