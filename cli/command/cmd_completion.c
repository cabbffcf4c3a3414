#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_completion = {
	.name = "completion",
	.bit = ON_COMPLETION,
	.args = "bash|zsh|fish",
	.min = 1,
	.max = 1,
	.summary = "print a shell completion script",
	.about = "Prints a script that completes commands, options and their "
		 "values. bash: source <(ttlsweep completion bash). zsh: save "
		 "it as _ttlsweep in a directory of $fpath. fish: save it as "
		 "~/.config/fish/completions/ttlsweep.fish.",
	.examples = {
		{ "completion bash >~/.ttlsweep-completion",
		    "for bash, when ~/.bashrc has: source ~/.ttlsweep-completion" },
		{ "completion zsh >~/.zfunc/_ttlsweep",
		    "for zsh, when ~/.zfunc is in $fpath" },
	},
	.run = run,
};

/* What each shell runs: it asks ttlsweep for the words that may follow. */
static const char bash_script[] =
    "# Completion of ttlsweep for bash, made by 'ttlsweep completion bash'.\n"
    "_ttlsweep()\n"
    "{\n"
    "\tlocal IFS=$'\\n' all=() i cur drop='' word\n"
    "\t# \"--name=value\" arrives as three words.\n"
    "\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\tif [[ $word == = && ${#all[@]} -gt 0 ]]; then\n"
    "\t\t\tall[${#all[@]}-1]+=$word\n"
    "\t\telif [[ ${#all[@]} -gt 0 && ${all[${#all[@]}-1]} == --*= ]]; then\n"
    "\t\t\tall[${#all[@]}-1]+=$word\n"
    "\t\telse\n"
    "\t\t\tall+=(\"$word\")\n"
    "\t\tfi\n"
    "\tdone\n"
    "\tcur=${all[${#all[@]}-1]}\n"
    "\t[[ $cur != --*=* ]] || drop=${cur%%=*}=\n"
    "\tcur=${cur#\"$drop\"}\n"
    "\tCOMPREPLY=()\n"
    "\tmapfile -t all < <(\"${COMP_WORDS[0]:-ttlsweep}\" __complete "
    "\"${all[@]}\" 2>/dev/null)\n"
    "\tcase ${all[0]:-} in\n"
    "\tfile | directory)\n"
    "\t\tword=-f\n"
    "\t\t[[ ${all[0]} != directory ]] || word=-d\n"
    "\t\tmapfile -t COMPREPLY < <(compgen $word -- \"$cur\")\n"
    "\t\tcompopt -o filenames 2>/dev/null\n"
    "\t\t;;\n"
    "\tlist) compopt -o nospace 2>/dev/null ;;\n"
    "\tesac\n"
    "\tfor word in \"${all[@]:1}\"; do\n"
    "\t\tword=${word%%$'\\t'*}\n"
    "\t\tCOMPREPLY+=(\"${word#\"$drop\"}\")\n"
    "\tdone\n"
    "}\n"
    "complete -F _ttlsweep ttlsweep\n";

static const char zsh_script[] =
    "#compdef ttlsweep\n"
    "# Completion of ttlsweep for zsh, made by 'ttlsweep completion zsh'.\n"
    "_ttlsweep() {\n"
    "\tlocal -a all offers\n"
    "\tlocal word\n"
    "\tall=(\"${(@f)$(\"${words[1]}\" __complete \"${(@)words[2,CURRENT]}\" "
    "2>/dev/null)}\")\n"
    "\tcase $all[1] in\n"
    "\tfile | directory)\n"
    "\t\tcompset -P '--*='\n"
    "\t\tif [[ $all[1] == file ]]; then _files; else _files -/; fi\n"
    "\t\treturn ;;\n"
    "\tesac\n"
    "\tfor word in \"${(@)all[2,-1]}\"; do\n"
    "\t\toffers+=(\"${${word%%$'\\t'*}//:/\\\\:}:${word#*$'\\t'}\")\n"
    "\tdone\n"
    "\tif [[ $all[1] == list ]]; then\n"
    "\t\t_describe word offers -S ''\n"
    "\telse\n"
    "\t\t_describe word offers\n"
    "\tfi\n"
    "}\n"
    "if [[ $funcstack[1] == _ttlsweep ]]; then\n"
    "\t_ttlsweep \"$@\"\n"
    "else\n"
    "\tcompdef _ttlsweep ttlsweep\n"
    "fi\n";

static const char fish_script[] =
    "# Completion of ttlsweep for fish, made by 'ttlsweep completion fish'.\n"
    "function __ttlsweep_complete\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -l last (commandline -ct)\n"
    "\tset -l all ($words[1] __complete $words[2..-1] \"$last\" "
    "2>/dev/null)\n"
    "\tswitch \"$all[1]\"\n"
    "\t\tcase file\n"
    "\t\t\t__fish_complete_path (string replace -r '^--.*?=' '' -- \"$last\")\n"
    "\t\tcase directory\n"
    "\t\t\t__fish_complete_directories "
    "(string replace -r '^--.*?=' '' -- \"$last\")\n"
    "\t\tcase words list\n"
    "\t\t\tprintf '%s\\n' $all[2..-1]\n"
    "\tend\n"
    "end\n"
    "complete -c ttlsweep -f -a '(__ttlsweep_complete)'\n";

static const struct {
	const char *name;
	const char *script;
} shells[] = {
	{ "bash", bash_script },
	{ "zsh", zsh_script },
	{ "fish", fish_script },
};

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct buf out = { 0 };
	int rc;

	(void)log;
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (strcmp(shells[i].name, o->operands[0]) == 0)
			buf_adds(&out, shells[i].script);
	if (out.n == 0)
		return fault(f, FAULT_USAGE, "'%s': not one of bash, zsh, fish",
		    o->operands[0]);
	rc = output_all(NULL, &out, f);
	buf_release(&out);
	return rc;
}
