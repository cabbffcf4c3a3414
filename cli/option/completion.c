#include <stdbool.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/completion.h"
#include "cli/option/option.h"
#include "lib/aws/config.h"
#include "lib/aws/profile.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

/* The command line so far. */
struct line {
	const struct command *const *commands;
	const struct command *command; /* NULL: none was named yet */
	const char *operand;           /* its last one; NULL: none */
	const struct option_row *row;  /* whose value the last word is */
	bool operands_only;            /* "--" was seen */
};

struct offer {
	struct buf *out;
	const char *before; /* to repeat: "--format=", "a,b," */
	size_t nbefore;
	const char *begins; /* the beginning of the word */
};

static void
offer(const struct offer *o, const char *word, const char *meaning)
{
	if (strncmp(word, o->begins, strlen(o->begins)) != 0)
		return;
	buf_add(o->out, o->before, o->nbefore);
	buf_adds(o->out, word);
	if (meaning != NULL)
		buf_addf(o->out, "\t%s", meaning);
	buf_addc(o->out, '\n');
}

static bool
applies(const struct option_row *row, const struct line *l)
{
	unsigned bits = l->command != NULL ? l->command->bit : ON_ALL;

	return (row->commands & bits) != 0 &&
	    (l->command != NULL || row->group == GROUP_GLOBAL);
}

/* The row of "--name", "--name=…", "-n" or "-nVALUE": the command's, if several
 * have that name; before the command is known, any. */
static const struct option_row *
row_of(const char *word, const struct line *l)
{
	const struct option_row *any = NULL;
	size_t n = strcspn(word, "=");

	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		bool is = word[1] == '-'
		    ? strlen(r->name) == n - 2 &&
			strncmp(r->name, word + 2, n - 2) == 0
		    : r->letter != '\0' && r->letter == word[1];

		if (is && applies(r, l))
			return r;
		if (is)
			any = r;
	}
	return any;
}

/* Read the words before the last. */
static struct line
read_line(const struct command *const *commands, char *const *words, size_t n)
{
	struct line l = { .commands = commands };
	struct fault f;

	for (size_t i = 0; i + 1 < n; i++) {
		const char *word = words[i];
		const struct option_row *row;

		if (l.operands_only || word[0] != '-' || word[1] == '\0') {
			if (l.command == NULL)
				l.command = option_command(commands, word, &f);
			else
				l.operand = word;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			l.operands_only = true;
			continue;
		}
		row = row_of(word, &l);
		if (row == NULL || row->arg == NULL || strchr(word, '=') ||
		    (word[1] != '-' && word[2] != '\0'))
			continue;
		if (i + 2 == n)
			l.row = row;
		else
			i++;
	}
	return l;
}

/* Whether the list ${text}[0..n) contains ${word}. */
static bool
listed(const char *text, size_t n, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = text; p < text + n; p += strcspn(p, ",") + 1)
		if (strcspn(p, ",") == length && strncmp(p, word, length) == 0)
			return true;
	return false;
}

/* The profiles in the AWS CLI's files; none if they cannot be read. */
static void
profiles(const struct offer *o)
{
	static const struct aws_config_ask ask = { .region = NULL };
	struct fault f = { .kind = FAULT_NONE };
	struct aws_config c;
	const char *name;

	if (aws_config_load(&c, &ask, &f) != 0)
		return;
	for (size_t i = 0; (name = profile_name(c.config, i)) != NULL; i++)
		offer(o, name, NULL);
	for (size_t i = 0; (name = profile_name(c.credentials, i)) != NULL; i++)
		if (!profile_has(c.config, "profile", name))
			offer(o, name, NULL);
	aws_config_release(&c);
}

static void
offer_value(struct offer *o, const struct option_row *row)
{
	const char *comma, *word, *list = o->begins;

	if (row->complete == COMPLETE_FILE ||
	    row->complete == COMPLETE_DIRECTORY) {
		buf_adds(o->out,
		    row->complete == COMPLETE_FILE ? "file\n" : "directory\n");
		return;
	}
	if (row->type != OPTION_SET && row->type != OPTION_LIST) {
		buf_adds(o->out, "words\n");
	} else {
		buf_adds(o->out, "list\n");
		comma = strrchr(list, ',');
		if (comma != NULL) {
			o->nbefore += (size_t)(comma + 1 - list);
			o->begins = comma + 1;
		}
	}
	for (size_t i = 0; (word = option_word(row, i).name) != NULL; i++)
		if (!listed(list, (size_t)(o->begins - list), word))
			offer(o, word, NULL);
	if (row->complete == COMPLETE_PROFILES)
		profiles(o);
}

static void
offer_options(const struct offer *o, const struct line *l)
{
	struct buf name = { 0 };

	buf_adds(o->out, "words\n");
	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		if (!applies(r, l))
			continue;
		buf_reset(&name);
		buf_addf(&name, "--%s", r->name);
		offer(o, buf_text(&name), r->help);
		if (r->letter == '\0' || strcmp(o->begins, "-") != 0)
			continue;
		buf_reset(&name);
		buf_addf(&name, "-%c", r->letter);
		offer(o, buf_text(&name), r->help);
	}
	buf_release(&name);
}

static void
offer_operand(const struct offer *o, const struct line *l)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	unsigned bit = l->command != NULL ? l->command->bit : ON_HELP;

	if (bit == ON_INSPECT || bit == ON_RESTORE) { /* inspect --merge */
		buf_adds(o->out, "file\n");
		return;
	}
	buf_adds(o->out, "words\n");
	if (l->operand != NULL)
		return;
	if (bit == ON_HELP)
		for (size_t i = 0; l->commands[i] != NULL; i++)
			offer(o, l->commands[i]->name, l->commands[i]->summary);
	if (bit == ON_COMPLETION)
		for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
			offer(o, shells[i], NULL);
}

void
completion_offer(struct buf *out, const struct command *const *commands,
    char *const *words, size_t n)
{
	const char *last = n > 0 ? words[n - 1] : "", *equals;
	struct line l = read_line(commands, words, n);
	struct offer o = { .out = out, .before = last, .begins = last };
	const struct option_row *row;

	if (l.row != NULL) {
		offer_value(&o, l.row);
		return;
	}
	if (l.operands_only || last[0] != '-') {
		offer_operand(&o, &l);
		return;
	}
	equals = last[1] == '-' ? strchr(last, '=') : NULL;
	if (equals == NULL) {
		offer_options(&o, &l);
		return;
	}
	o.nbefore = (size_t)(equals + 1 - last);
	o.begins = equals + 1;
	row = row_of(last, &l);
	if (row != NULL && row->arg != NULL)
		offer_value(&o, row);
}
