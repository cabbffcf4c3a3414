#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "inspector/mask.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

/* An option, or an operand, on the command line. */
struct word {
	const char *name; /* of the option; NULL: an operand */
	const char *value;
};

struct walk {
	char **argv;
	int argc, at;
	const char *letters; /* the rest of a "-abc" */
	bool operands_only;  /* "--" was seen */
	unsigned commands;   /* bits of those that it may be: for hints */
};

static const struct option_row *
row_named(const char *name, size_t n)
{
	for (const struct option_row *r = option_rows; r->name != NULL; r++)
		if (strlen(r->name) == n && strncmp(r->name, name, n) == 0)
			return r;
	return NULL;
}

#define DO_IT "--yes makes purge delete, and repair and restore write"
#define RATE "--max-rcu N and --max-wcu N limit read and write units a second"
#define JOBS "--jobs N is the number of workers"
#define SELECT "--state, --kind, --prefix and --overdue select entries"
#define DRY_RUN "without --yes, purge, repair and restore are dry runs"

/* Options of other tools, and what to use here. */
static const struct {
	const char *name; /* "n": the letter */
	const char *hint;
} elsewhere[] = {
	{ "dry-run", DRY_RUN },
	{ "n", DRY_RUN },
	{ "endpoint", "use --endpoint-url URL" },
	{ "file", "use -i FILE to read a file instead of a table" },
	{ "force", DO_IT },
	{ "confirm", DO_IT },
	{ "no-dry-run", DO_IT },
	{ "y", DO_IT },
	{ "max-rate", RATE },
	{ "rate", RATE },
	{ "rate-limit", RATE },
	{ "throttle", RATE },
	{ "threads", JOBS },
	{ "workers", JOBS },
	{ "concurrency", JOBS },
	{ "total-segments", "use --segments N" },
	{ "older-than", "use --overdue DUR: expired at least that long ago" },
	{ "filter-expression", SELECT },
	{ "filter", SELECT },
	{ "where", SELECT },
	{ "json", "use --format json" },
	{ "no-color", "use --color never" },
	{ "sort", "use list --top N --by WHAT to order entries" },
	{ "order-by", "use list --top N --by WHAT to order entries" },
};

static const char *
hint(const char *name)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		if (strcmp(elsewhere[i].name, name) == 0)
			return elsewhere[i].hint;
	return NULL;
}

/* The option of ${commands} most like ${is}: ${is} is short for it ("max-u"),
 * or adds a word to it ("table-name"), or differs by a few letters. */
static const char *
closest(const char *is, unsigned commands)
{
	size_t n = strlen(is);
	const char *best = NULL;
	int least = n > 4 ? 3 : 2;

	for (const struct option_row *r = option_rows; n > 0 && r->name != NULL;
	     r++) {
		int d = text_distance(is, r->name);
		size_t length = strlen(r->name);

		if ((r->commands & commands) == 0)
			continue;
		if (d > 1 &&
		    (strncmp(is, r->name, n) == 0 ||
			(strncmp(is, r->name, length) == 0 &&
			    is[length] == '-')))
			d = 1;
		if (d >= least)
			continue;
		best = r->name;
		least = d;
	}
	return best;
}

static int
unknown(const char *name, size_t n, unsigned commands, struct fault *f)
{
	char *is = xstrndup(name, n);
	const char *what = hint(is), *best = closest(is, commands);

	if (what != NULL && n > 1)
		fault(f, FAULT_USAGE, "unknown option --%s; %s", is, what);
	else if (best != NULL)
		fault(f, FAULT_USAGE, "unknown option --%s; did you mean --%s?",
		    is, best);
	else
		fault(f, FAULT_USAGE, "unknown option --%s", is);
	free(is);
	return -1;
}

static int
unknown_letter(const char *letters, struct fault *f)
{
	int n = (unsigned char)*letters < 0x80 ? 1 : 64;
	const char letter[2] = { *letters, '\0' };
	const char *what = hint(letter);

	if (*letters >= '0' && *letters <= '9')
		what = "put arguments that begin with - after --";
	return fault(f, FAULT_USAGE, "unknown option -%.*s%s%s", n, letters,
	    what != NULL ? "; " : "", what != NULL ? what : "");
}

/* The value of ${row}: the next argument. */
static int
take_value(struct walk *w, const struct option_row *row, struct word *out,
    struct fault *f)
{
	if (w->at >= w->argc)
		return fault(f, FAULT_USAGE, "--%s needs a value: --%s %s",
		    row->name, row->name, row->arg);
	out->value = w->argv[w->at++];
	return 0;
}

static int
long_option(struct walk *w, const char *text, struct word *out, struct fault *f)
{
	size_t n = strcspn(text, "=");
	const struct option_row *row = row_named(text, n);

	if (row == NULL)
		return unknown(text, n, w->commands, f);
	out->name = row->name;
	if (text[n] == '=') {
		if (row->arg == NULL)
			return fault(f, FAULT_USAGE, "--%s takes no value",
			    row->name);
		out->value = text + n + 1;
	} else if (row->arg != NULL) {
		return take_value(w, row, out, f);
	}
	return 0;
}

static int
short_option(struct walk *w, struct word *out, struct fault *f)
{
	const struct option_row *row = option_rows;

	while (row->name != NULL && row->letter != *w->letters)
		row++;
	if (row->name == NULL)
		return unknown_letter(w->letters, f);
	out->name = row->name;
	w->letters++;
	if (row->arg == NULL)
		return 0;
	if (*w->letters != '\0') {
		out->value = w->letters;
		w->letters = "";
		return 0;
	}
	return take_value(w, row, out, f);
}

/* The next word: 1, 0 at the end, -1. */
static int
next_word(struct walk *w, struct word *out, struct fault *f)
{
	const char *arg;

	*out = (struct word){ 0 };
	if (w->letters != NULL && *w->letters != '\0')
		return short_option(w, out, f) == 0 ? 1 : -1;
	if (w->at < w->argc && !w->operands_only &&
	    strcmp(w->argv[w->at], "--") == 0) {
		w->operands_only = true;
		w->at++;
	}
	if (w->at >= w->argc)
		return 0;
	arg = w->argv[w->at++];
	if (w->operands_only || arg[0] != '-' || arg[1] == '\0') {
		out->value = arg;
		return 1;
	}
	if (arg[1] == '-')
		return long_option(w, arg + 2, out, f) == 0 ? 1 : -1;
	w->letters = arg + 1;
	return short_option(w, out, f) == 0 ? 1 : -1;
}

/* Add the names of the commands in ${bits} to ${out}: "a, b and c". */
static void
command_names(struct buf *out, const struct command *const *commands,
    unsigned bits)
{
	size_t n = 0, i = 0;

	for (size_t c = 0; commands[c] != NULL; c++)
		n += (commands[c]->bit & bits) != 0;
	for (size_t c = 0; commands[c] != NULL; c++) {
		if ((commands[c]->bit & bits) == 0)
			continue;
		if (i > 0)
			buf_adds(out, i + 1 == n ? " and " : ", ");
		buf_adds(out, commands[c]->name);
		i++;
	}
}

/* Commands of other tools, and the one to use here. */
static const struct {
	const char *here, *words;
} called[] = {
	{ "inspect", " scan stats report " },
	{ "list", " ls " },
	{ "show", " get find " },
	{ "export", " dump backup " },
	{ "purge", " delete remove rm clean cleanup sweep " },
	{ "repair", " fix " },
	{ "restore", " undo rollback " },
	{ "doctor", " check " },
	{ "help", " man usage " },
	{ "--version", " version " },
};

const struct command *
option_command(const struct command *const *commands, const char *name,
    struct fault *f)
{
	const struct rules rules = { 0 };
	const char *best = NULL;
	struct buf shown = { 0 }, word = { 0 };
	int least = 3;

	for (size_t i = 0; commands[i] != NULL; i++) {
		int d = text_distance(name, commands[i]->name);

		if (d == 0)
			return commands[i];
		if (d < least) {
			best = commands[i]->name;
			least = d;
		}
	}
	buf_addf(&word, " %s ", name);
	for (size_t i = 0; i < sizeof(called) / sizeof(*called); i++)
		if (strstr(called[i].words, buf_text(&word)) != NULL)
			best = called[i].here;
	mask_text(&shown, &rules, slice_str(name)); /* perhaps a key for show */
	(void)fault(f, FAULT_USAGE, "no command '%s'%s%s%s", buf_text(&shown),
	    best != NULL ? "; did you mean '" : "", best != NULL ? best : "",
	    best != NULL ? "'?" : "");
	buf_release(&shown);
	buf_release(&word);
	return NULL;
}

/* Remember that what is wrong is with the option ${name}, NULL: none. */
static int
at_fault(struct options *o, const char *name)
{
	const struct option_row *row =
	    name != NULL ? row_named(name, strlen(name)) : NULL;

	o->global_fault = row != NULL && row->group == GROUP_GLOBAL;
	return -1;
}

/* The command is the first operand; --help and --version may be anywhere. */
static int
find_command(struct options *o, struct walk w, struct fault *f)
{
	struct word word;
	int r;

	while ((r = next_word(&w, &word, f)) > 0) {
		if (word.name == NULL && o->command == NULL) {
			o->command = option_command(o->commands, word.value, f);
			if (o->command == NULL)
				return -1;
			w.commands = o->command->bit;
		} else if (word.name != NULL) {
			o->help |= strcmp(word.name, "help") == 0;
			o->version |= strcmp(word.name, "version") == 0;
		}
	}
	return r < 0 ? at_fault(o, word.name) : r;
}

/* What the command has instead of --${name}; ${selects}: that selects. */
static const char *
instead(const struct options *o, const char *name, bool selects)
{
	const struct option_row *format =
	    option_find("format", o->command->bit);

	if (selects && o->command->bit == ON_RESTORE)
		return "; restore selects by --kind, --prefix (a whole key, "
		       "too) and --sort-prefix; to choose from a purge's "
		       "journal by anything else, export what you want with "
		       "'ttlsweep export -i JOURNAL', and restore that to "
		       "the journal's table with 'ttlsweep restore -t TABLE'; "
		       "of a repair that did too much, restore all, and "
		       "repair again without that";
	if (strcmp(name, "output") != 0 || format == NULL)
		return "";
	return o->command->bit == ON_LIST
	    ? "; for JSON use --format jsonl, and redirect standard output to "
	      "write a file"
	    : "; for JSON use --format json, and redirect standard output to "
	      "write a file";
}

/* --${name} is an option, but not of this command. */
static int
misplaced(const struct options *o, const char *name, struct fault *f)
{
	struct buf others = { 0 };
	bool selects = false;
	unsigned bits = 0;

	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		if (strcmp(r->name, name) != 0)
			continue;
		bits |= r->commands;
		selects = r->group == GROUP_SELECTION;
	}
	command_names(&others, o->commands, bits);
	fault(f, FAULT_USAGE, "--%s does not apply to %s (only to %s)%s", name,
	    o->command->name, buf_text(&others), instead(o, name, selects));
	buf_release(&others);
	return -1;
}

/* Commands that work with no table ignore the global options: these may come
 * from an alias. */
static bool
is_idle(const struct options *o, const char *name)
{
	const struct option_row *row = row_named(name, strlen(name));

	return (o->command->bit & (ON_HELP | ON_COMPLETION)) != 0 &&
	    row != NULL && row->group == GROUP_GLOBAL;
}

/* Read all words, once the command is known. */
static int
read_words(struct options *o, struct walk w, struct fault *f)
{
	const struct option_row *row;
	bool command = false;
	struct word word;
	int r;

	while ((r = next_word(&w, &word, f)) > 0) {
		if (word.name == NULL) {
			if (command)
				o->operands[o->noperands++] = word.value;
			command = true;
			continue;
		}
		row = option_find(word.name, o->command->bit);
		if (row == NULL && is_idle(o, word.name))
			continue;
		if (row == NULL)
			return misplaced(o, word.name, f);
		if (option_value(o, row, word.value, row->name, f) != 0)
			return at_fault(o, row->name);
	}
	return r;
}

static char *
quoted_line(int argc, char **argv)
{
	struct buf line = { 0 };

	buf_adds(&line, "ttlsweep");
	for (int i = 1; i < argc; i++) {
		buf_addc(&line, ' ');
		shlex_quote(&line, argv[i]);
	}
	return buf_detach(&line);
}

static int
no_command(const struct options *o, struct fault *f)
{
	struct buf names = { 0 };

	command_names(&names, o->commands, ON_ALL);
	fault(f, FAULT_USAGE, "no command given; commands: %s",
	    buf_text(&names));
	buf_release(&names);
	return -1;
}

int
option_parse(struct options *o, const struct command *const *commands, int argc,
    char **argv, struct fault *f)
{
	struct walk w = { .argv = argv,
		.argc = argc,
		.at = 1,
		.commands = ON_ALL };

	*o = (struct options){ .commands = commands };
	o->operands = xcalloc((size_t)argc + 1, sizeof(*o->operands));
	o->line = option_keep(o, quoted_line(argc, argv));
	if (find_command(o, w, f) != 0)
		return -1;
	if (o->help || o->version)
		return 0;
	if (o->command == NULL)
		return no_command(o, f);
	if (option_defaults(o, f) != 0 || read_words(o, w, f) != 0)
		return -1;
	return option_together(o, f);
}

void
option_release(struct options *o)
{
	for (size_t i = 0; i < o->nkeep; i++)
		free(o->keep[i]);
	free(o->keep);
	free(o->session_prefixes.list);
	free(o->groups.list);
	free(o->prefixes.list);
	free(o->sort_prefixes.list);
	free(o->encrypt_to.list);
	free(o->operands);
	*o = (struct options){ 0 };
}
