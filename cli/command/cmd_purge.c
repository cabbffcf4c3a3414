#include "cli/command.h"
#include "cli/command/sweeping.h"

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	return sweeping_run(o, log, PURGE_DELETE, f);
}

/* Note this deliberately has no short name: nobody is to hit it by
 * accident. */
const struct command cmd_purge = {
	.name = "purge",
	.bit = ON_PURGE,
	.args = "",
	.summary = "delete entries (says only what it would do, without --yes)",
	.about = "Deletes the selected entries, by default all that are "
		 "expired: each under the condition that it still is what it "
		 "was chosen as, so that one renewed meanwhile is kept, and "
		 "each written to a journal first, from which restore puts "
		 "it back.",
	.run = run,
};
