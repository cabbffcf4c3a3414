#include "cli/command.h"
#include "cli/command/sweeping.h"

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	return sweeping_run(o, log, PURGE_REPAIR, f);
}

const struct command cmd_repair = {
	.name = "repair",
	.bit = ON_REPAIR,
	.args = "",
	.summary = "mend TTL values that TTL cannot act on (says only what it "
		   "would do, without --yes)",
	.about =
	    "Gives entries whose TTL is in milliseconds, microseconds, "
	    "nanoseconds or in a string the number of seconds that was "
	    "meant, so that TTL deletes them free of charge; with "
	    "--ttl-for-missing also those that have none. Values that "
	    "are not a time stay, and so do date-times without a zone "
	    "unless --zone says which it is. Deletes nothing. Each entry is changed only while its TTL still is "
	    "what was seen, and is written to a journal first.",
	.run = run,
};
