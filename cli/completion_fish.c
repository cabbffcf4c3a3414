#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/option.h"

static void
quote(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'' || *s == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

/* "-n '__fish_seen_subcommand_from a b'" */
static void
condition(struct buf *out, unsigned bits)
{
	buf_adds(out, " -n '__fish_seen_subcommand_from");
	for (size_t i = 0; commands[i] != NULL; i++)
		if ((commands[i]->bit & bits) != 0)
			buf_addf(out, " %s", commands[i]->name);
	buf_addc(out, '\'');
}

static void
option(struct buf *out, const struct option_row *r)
{
	const char *word;

	buf_adds(out, "complete -c ttlsweep");
	if (r->group != GROUP_GLOBAL)
		condition(out, r->commands);
	if (r->letter != '\0')
		buf_addf(out, " -s %c", r->letter);
	buf_addf(out, " -l %s", r->name);
	if (r->complete == COMPLETE_FILE) {
		buf_adds(out, " -r -F");
	} else if (r->complete == COMPLETE_FOLDER) {
		buf_adds(out, " -x -a '(__fish_complete_directories)'");
	} else if (option_word(r, 0) != NULL) {
		buf_adds(out, " -x -a '");
		if (r->type == OPTION_SET)
			buf_adds(out, "(__fish_append ,");
		for (size_t i = 0; (word = option_word(r, i)) != NULL; i++)
			buf_addf(out, "%s%s",
			    i > 0 || r->type == OPTION_SET ? " " : "", word);
		buf_adds(out, r->type == OPTION_SET ? ")'" : "'");
	} else if (r->arg != NULL) {
		buf_adds(out, " -x");
	}
	buf_adds(out, " -d ");
	quote(out, r->help);
	buf_addc(out, '\n');
}

void
completion_fish(struct buf *out)
{
	struct buf all = { 0 };

	buf_adds(out,
	    "# Completion of ttlsweep for fish; made by 'ttlsweep "
	    "completion fish'.\n"
	    "complete -c ttlsweep -f\n");
	for (size_t i = 0; commands[i] != NULL; i++)
		buf_addf(&all, " %s", commands[i]->name);
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_addf(out,
		    "complete -c ttlsweep -n 'not __fish_seen_subcommand_from"
		    "%s' -a %s -d ",
		    buf_text(&all), commands[i]->name);
		quote(out, commands[i]->summary);
		buf_addc(out, '\n');
	}
	buf_adds(out,
	    "complete -c ttlsweep -n '__fish_seen_subcommand_from completion'"
	    " -a 'bash zsh fish'\n"
	    "complete -c ttlsweep -n '__fish_seen_subcommand_from inspect restore'"
	    " -F\n");
	buf_addf(out,
	    "complete -c ttlsweep -n '__fish_seen_subcommand_from help'"
	    " -a '%s'\n",
	    buf_text(&all) + 1);
	for (const struct option_row *r = option_rows; r->name != NULL; r++)
		option(out, r);
	buf_release(&all);
}
