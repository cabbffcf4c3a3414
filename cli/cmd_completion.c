#include <string.h>

#include "base/buf.h"
#include "base/fault.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/option.h"
#include "cli/output.h"

static int run(const struct options *o, struct talk *talk, struct fault *f);

const struct command cmd_completion = {
	.name = "completion",
	.bit = ON_COMPLETION,
	.args = "bash|zsh|fish",
	.min = 1,
	.max = 1,
	.summary = "print the completion script of a shell",
	.about = "Prints a script that completes commands, options and their "
		 "values. bash: source <(ttlsweep completion bash). zsh: save "
		 "it as _ttlsweep in a folder of $fpath. fish: save it as "
		 "~/.config/fish/completions/ttlsweep.fish.",
	.run = run,
};

static const struct {
	const char *name;
	void (*print)(struct buf *out);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

static int
run(const struct options *o, struct talk *talk, struct fault *f)
{
	struct buf out = { 0 };
	int rc;

	(void)talk;
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (strcmp(shells[i].name, o->operands[0]) != 0)
			continue;
		shells[i].print(&out);
		rc = output_all(NULL, &out, f);
		buf_release(&out);
		return rc;
	}
	return fault(f, FAULT_USAGE, "'%s': not one of bash, zsh, fish",
	    o->operands[0]);
}
