#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/option.h"

/* ${s} inside of single quotes and of an explanation in brackets. */
static void
explain(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else if (strchr("[]:\\", *s) != NULL)
			buf_addf(out, "\\%c", *s);
		else
			buf_addc(out, *s);
	}
}

/* ":NAME:action" for the row's value. */
static void
action(struct buf *out, const struct option_row *r)
{
	const char *word;

	buf_addc(out, ':');
	explain(out, r->arg);
	buf_addc(out, ':');
	if (r->complete == COMPLETE_FILE) {
		buf_adds(out, "_files");
	} else if (r->complete == COMPLETE_FOLDER) {
		buf_adds(out, "_files -/");
	} else if (option_word(r, 0) != NULL) {
		buf_adds(out,
		    r->type == OPTION_SET ? "_sequence compadd -" : "(");
		for (size_t i = 0; (word = option_word(r, i)) != NULL; i++)
			buf_addf(out, "%s%s",
			    i > 0 || r->type == OPTION_SET ? " " : "", word);
		if (r->type != OPTION_SET)
			buf_addc(out, ')');
	} else {
		buf_addc(out, ' ');
	}
}

/* One line of _arguments for ${r}. */
static void
spec(struct buf *out, const struct option_row *r)
{
	bool many = r->type == OPTION_STRINGS || r->type == OPTION_COUNT ||
	    r->type == OPTION_SET;
	const char *value = r->arg != NULL ? "=" : "";

	buf_adds(out, "\t\t");
	if (r->letter == '\0')
		buf_addf(out, "'%s--%s%s[", many ? "*" : "", r->name, value);
	else if (many)
		buf_addf(out, "'*'{-%c,--%s%s}'[", r->letter, r->name, value);
	else
		buf_addf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", r->letter,
		    r->name, r->letter, r->arg != NULL ? "+" : "", r->name,
		    value);
	explain(out, r->help);
	buf_addc(out, ']');
	if (r->arg != NULL)
		action(out, r);
	buf_adds(out, "'\n");
}

static void
specs(struct buf *out, unsigned bits, bool global)
{
	for (const struct option_row *r = option_rows; r->name != NULL; r++)
		if ((r->commands & bits) != 0 &&
		    (r->group == GROUP_GLOBAL) == global)
			spec(out, r);
}

static const char *
operands(const struct command *c)
{
	switch (c->bit) {
	case ON_INSPECT: /* --merge */
	case ON_RESTORE:
		return "'*:file:_files'";
	case ON_COMPLETION:
		return "'1:shell:(bash zsh fish)'";
	case ON_HELP:
		return "'1:command:->command'";
	case ON_SHOW:
		return "'*:partition key: '";
	default:
		return "";
	}
}

void
completion_zsh(struct buf *out)
{
	buf_adds(out,
	    "#compdef ttlsweep\n"
	    "# Completion of ttlsweep for zsh; made by 'ttlsweep completion "
	    "zsh'.\n"
	    "\n"
	    "_ttlsweep() {\n"
	    "\tlocal curcontext=$curcontext state line ret=1\n"
	    "\ttypeset -A opt_args\n"
	    "\tlocal -a global commands\n"
	    "\tglobal=(\n");
	specs(out, ON_ALL, true);
	buf_adds(out, "\t)\n\tcommands=(\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_addf(out, "\t\t'%s:", commands[i]->name);
		explain(out, commands[i]->summary);
		buf_adds(out, "'\n");
	}
	buf_adds(out,
	    "\t)\n"
	    "\t_arguments -C -S $global '(-): :->command' \\\n"
	    "\t\t'(-)*:: :->rest' && ret=0\n"
	    "\tif [[ $state == rest ]]; then\n"
	    "\t\tcase $words[1] in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		buf_addf(out, "\t\t%s)\n\t\t_arguments -C -S $global",
		    commands[i]->name);
		for (const struct option_row *r = option_rows; r->name != NULL;
		     r++)
			if ((r->commands & commands[i]->bit) != 0 &&
			    r->group != GROUP_GLOBAL) {
				struct buf one = { 0 };

				spec(&one, r);
				buf_adds(out, " \\\n");
				buf_add(out, one.p, one.n - 1);
				buf_release(&one);
			}
		buf_addf(out, " %s && ret=0\n\t\t;;\n", operands(commands[i]));
	}
	buf_adds(out,
	    "\t\tesac\n"
	    "\tfi\n"
	    "\t[[ $state == command ]] &&\n"
	    "\t\t_describe -t commands command commands && ret=0\n"
	    "\treturn ret\n"
	    "}\n"
	    "\n"
	    "if [[ $funcstack[1] == _ttlsweep ]]; then\n"
	    "\t_ttlsweep \"$@\"\n"
	    "else\n"
	    "\tcompdef _ttlsweep ttlsweep\n"
	    "fi\n");
}
