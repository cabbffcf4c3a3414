#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/option.h"

static const char head[] =
    "# Completion of ttlsweep for bash; made by 'ttlsweep completion bash'.\n"
    "\n"
    "# A comma list: what is before the last comma stays.\n"
    "_ttlsweep_list()\n"
    "{\n"
    "\tlocal before='' last=$1 word\n"
    "\tif [[ $1 == *,* ]]; then\n"
    "\t\tbefore=${1%,*},\n"
    "\t\tlast=${1##*,}\n"
    "\tfi\n"
    "\tCOMPREPLY=()\n"
    "\tfor word in $2; do\n"
    "\t\t[[ $word == \"$last\"* ]] && COMPREPLY+=(\"$before$word\")\n"
    "\tdone\n"
    "\tcompopt -o nospace 2>/dev/null\n"
    "}\n"
    "\n"
    "_ttlsweep_words()\n"
    "{\n"
    "\tlocal word\n"
    "\tCOMPREPLY=()\n"
    "\tfor word in $2; do\n"
    "\t\t[[ $word == \"$1\"* ]] && COMPREPLY+=(\"$word\")\n"
    "\tdone\n"
    "}\n"
    "\n"
    "_ttlsweep_files()\n"
    "{\n"
    "\tlocal IFS=$'\\n'\n"
    "\t# shellcheck disable=SC2207 # names may hold anything but newlines\n"
    "\tCOMPREPLY=($(compgen \"$2\" -- \"$1\"))\n"
    "\tcompopt -o filenames 2>/dev/null\n"
    "}\n"
    "\n"
    "_ttlsweep()\n"
    "{\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} option command='' i\n"
    "\tCOMPREPLY=()\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tcase ${COMP_WORDS[i]} in\n";

/* "\t\t-t | --table)": all options with a value. */
static void
valued(struct buf *out)
{
	const char *between = "\t\t";

	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		bool seen = false;

		for (const struct option_row *q = option_rows; q < r; q++)
			seen |= strcmp(q->name, r->name) == 0;
		if (r->arg == NULL || seen)
			continue;
		if (r->letter != '\0') {
			buf_addf(out, "%s-%c", between, r->letter);
			between = " | ";
		}
		buf_addf(out, "%s--%s", between, r->name);
		between = " | \\\n\t\t    ";
	}
	buf_adds(out, ")\n");
}

/* "inspect:--format | list:--format" for one row. */
static void
pattern(struct buf *out, const struct option_row *r)
{
	const char *between = "\t";

	for (size_t i = 0; commands[i] != NULL; i++) {
		if ((commands[i]->bit & r->commands) == 0)
			continue;
		if (r->letter != '\0') {
			buf_addf(out, "%s%s:-%c", between, commands[i]->name,
			    r->letter);
			between = " | ";
		}
		buf_addf(out, "%s%s:--%s", between, commands[i]->name, r->name);
		between = " | ";
	}
	/* Before the command. */
	if (r->group == GROUP_GLOBAL && r->letter != '\0')
		buf_addf(out, "%s:-%c", between, r->letter);
	if (r->group == GROUP_GLOBAL)
		buf_addf(out, "%s:--%s", between, r->name);
	buf_adds(out, ")\n");
}

static void
row_words(struct buf *out, const struct option_row *r)
{
	const char *word;

	for (size_t i = 0; (word = option_word(r, i)) != NULL; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", word);
}

static void
values(struct buf *out)
{
	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		if (r->arg == NULL)
			continue;
		pattern(out, r);
		if (r->complete == COMPLETE_FILE) {
			buf_adds(out, "\t\t_ttlsweep_files \"$cur\" -f\n");
		} else if (r->complete == COMPLETE_FOLDER) {
			buf_adds(out, "\t\t_ttlsweep_files \"$cur\" -d\n");
		} else if (option_word(r, 0) != NULL) {
			buf_addf(out, "\t\t_ttlsweep_%s \"$cur\" \"",
			    r->type == OPTION_SET ? "list" : "words");
			row_words(out, r);
			buf_adds(out, "\"\n");
		}
		buf_adds(out, "\t\treturn\n\t\t;;\n");
	}
}

static void
names(struct buf *out, unsigned bits, bool global_only)
{
	const char *between = "";

	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		if ((r->commands & bits) == 0 ||
		    (global_only && r->group != GROUP_GLOBAL))
			continue;
		buf_addf(out, "%s--%s", between, r->name);
		between = " ";
		if (r->letter != '\0')
			buf_addf(out, " -%c", r->letter);
	}
}

static void
command_words(struct buf *out)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", commands[i]->name);
}

void
completion_bash(struct buf *out)
{
	buf_adds(out, head);
	valued(out);
	buf_adds(out,
	    "\t\t\t((i++))\n"
	    "\t\t\t[[ ${COMP_WORDS[i]} == = ]] && ((i++))\n"
	    "\t\t\t;;\n"
	    "\t\t-*) ;;\n"
	    "\t\t*)\n"
	    "\t\t\tcommand=${COMP_WORDS[i]}\n"
	    "\t\t\tbreak\n"
	    "\t\t\t;;\n"
	    "\t\tesac\n"
	    "\tdone\n"
	    "\t# \"--name=value\" is three words.\n"
	    "\toption=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\tif [[ $cur == = ]]; then\n"
	    "\t\tcur=\n"
	    "\telif [[ $option == = ]] && ((COMP_CWORD > 1)); then\n"
	    "\t\toption=${COMP_WORDS[COMP_CWORD-2]}\n"
	    "\tfi\n"
	    "\tcase $command:$option in\n");
	values(out);
	buf_adds(out,
	    "\tesac\n\tif [[ $cur == -* ]]; then\n"
	    "\t\tcase $command in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_addf(out, "\t\t%s) _ttlsweep_words \"$cur\" \"",
		    commands[i]->name);
		names(out, commands[i]->bit, false);
		buf_adds(out, "\" ;;\n");
	}
	buf_adds(out, "\t\t'') _ttlsweep_words \"$cur\" \"");
	names(out, ON_ALL, true);
	buf_adds(out,
	    "\" ;;\n\t\tesac\n\t\treturn\n\tfi\n"
	    "\tcase $command in\n"
	    "\t'' | help) _ttlsweep_words \"$cur\" \"");
	command_words(out);
	buf_adds(out,
	    "\" ;;\n"
	    "\tcompletion) _ttlsweep_words \"$cur\" \"bash zsh "
	    "fish\" ;;\n"
	    "\tinspect | restore) _ttlsweep_files \"$cur\" -f ;;\n"
	    "\tesac\n}\n\n"
	    "complete -F _ttlsweep ttlsweep\n");
}
