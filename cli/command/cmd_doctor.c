#include <stddef.h>

#include "cli/command.h"
#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "lib/base/fault.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_doctor = {
	.name = "doctor",
	.bit = ON_DOCTOR,
	.args = "",
	.summary =
	    "check credentials, endpoint, clock, table, TTL, permissions",
	.about = "Checks everything that a purge needs and reports what is "
		 "fine, what to know, and what would make it fail, each with "
		 "what to do about it. Reads one page of the table and changes "
		 "nothing. With --policy it prints the smallest IAM policy for "
		 "this table instead.",
	.examples = {
		{ "doctor",
		    "check all that a purge needs" },
		{ "doctor --policy purge",
		    "print the smallest IAM policy for a purge of the table" },
	},
	.run = run,
};

/* In order; each returns whether the next one makes sense. */
static int (*const parts[])(struct doctor *d, struct fault *f) = {
	doctor_place,
	doctor_who,
	doctor_table,
	doctor_ttl,
	doctor_permit,
};

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct doctor d;
	int r = 1;

	if (o->policy >= 0)
		return policy_print(o, log, f);
	doctor_init(&d, o, log);
	for (size_t i = 0; r > 0 && i < sizeof(parts) / sizeof(*parts); i++)
		r = parts[i](&d, f);
	if (r >= 0)
		r = doctor_end(&d, f);
	if (r == 0 && d.found[DOCTOR_FAILURE] > 0)
		r = 1;
	doctor_release(&d);
	return r;
}
