#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sweep/outcome.h"

#define IS(o)                             \
	{                                 \
		OUTCOME_##o, false, false \
	}
#define UNCONFIRMED                          \
	{                                    \
		OUTCOME_DELETED, true, false \
	}
#define OPEN                                \
	{                                   \
		OUTCOME_DELETED, true, true \
	}

#define FAILED_OPEN                         \
	{                                   \
		OUTCOME_FAILED, false, true \
	}

/* said, sends, found, others' image, may mean absent, server returns images,
 * may have acted */
static const struct {
	const char *name;
	struct answer a;
	struct verdict want;
} cases[] = {
	/* clang-format off */
	{ "an old image was returned",
	    { DDB_SAID_DONE, 1, -1, false, true, true, false }, IS(DELETED) },
	{ "... the first of the run",
	    { DDB_SAID_DONE, 1, -1, false, true, false, false }, IS(DELETED) },
	{ "... after several sends",
	    { DDB_SAID_DONE, 3, -1, false, true, true, false }, IS(DELETED) },
	{ "another entry's image was returned",
	    { DDB_SAID_DONE, 1, -1, true, true, true, false }, OPEN },
	{ "... of a server that has returned none of ours",
	    { DDB_SAID_DONE, 1, -1, true, false, false, false }, OPEN },
	{ "... sent twice",
	    { DDB_SAID_DONE, 2, -1, true, true, true, false }, UNCONFIRMED },
	{ "success without an image, sent once",
	    { DDB_SAID_ABSENT, 1, -1, false, true, true, false }, IS(GONE) },
	{ "... sent twice: our first may have done it",
	    { DDB_SAID_ABSENT, 2, -1, false, true, true, false }, UNCONFIRMED },
	{ "... by a server that never returned one",
	    { DDB_SAID_ABSENT, 1, -1, false, true, false, false }, OPEN },
	{ "... that, and sent twice",
	    { DDB_SAID_ABSENT, 2, -1, false, true, false, false }, UNCONFIRMED },
	{ "... where no condition holds of no entry",
	    { DDB_SAID_ABSENT, 1, -1, false, false, true, false }, OPEN },
	{ "... that, by a server that never returned one",
	    { DDB_SAID_ABSENT, 1, -1, false, false, false, false }, OPEN },
	{ "condition failed, the entry exists",
	    { DDB_SAID_CONDITION, 1, 1, false, true, true, false }, IS(REFRESHED) },
	{ "... though sent twice",
	    { DDB_SAID_CONDITION, 2, 1, false, true, true, false }, IS(REFRESHED) },
	{ "condition failed, no entry, sent once",
	    { DDB_SAID_CONDITION, 1, 0, false, true, true, false }, IS(GONE) },
	{ "... by a server that never returned an image",
	    { DDB_SAID_CONDITION, 1, 0, false, true, false, false }, IS(GONE) },
	{ "condition failed, no entry, sent twice",
	    { DDB_SAID_CONDITION, 2, 0, false, true, true, false }, UNCONFIRMED },
	{ "condition failed, the read failed too",
	    { DDB_SAID_CONDITION, 1, -1, false, true, true, false }, IS(FAILED) },
	{ "... sent twice",
	    { DDB_SAID_CONDITION, 2, -1, false, true, true, false }, FAILED_OPEN },
	{ "no reply, never sent",
	    { DDB_SAID_NOTHING, 0, -1, false, true, true, false }, IS(FAILED) },
	{ "no reply, sent ten times",
	    { DDB_SAID_NOTHING, 10, -1, false, true, true, false }, IS(FAILED) },
	{ "refused",
	    { DDB_SAID_ERROR, 1, -1, false, true, true, false }, IS(FAILED) },
	{ "no reply, it may have acted, and the read failed, too",
	    { DDB_SAID_NOTHING, 2, -1, false, true, true, true }, IS(FAILED) },
	{ "... and the entry exists",
	    { DDB_SAID_NOTHING, 2, 1, false, true, true, true }, IS(FAILED) },
	{ "... and there is no entry",
	    { DDB_SAID_NOTHING, 2, 0, false, true, true, true }, OPEN },
	{ "an error, it may have acted, and there is no entry",
	    { DDB_SAID_ERROR, 1, 0, false, true, true, true }, OPEN },
	{ "an error, it has not acted, and there is no entry",
	    { DDB_SAID_ERROR, 1, 0, false, true, true, false }, IS(FAILED) },
	{ "refused after a lost reply",
	    { DDB_SAID_ERROR, 2, -1, false, true, true, false }, IS(FAILED) },
	/* clang-format on */
};

static void
each_answer_has_its_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct verdict got = outcome_of(&cases[i].a);

		if (got.outcome != cases[i].want.outcome ||
		    got.unconfirmed != cases[i].want.unconfirmed ||
		    got.open != cases[i].want.open)
			fail_msg("%s: %s%s%s", cases[i].name,
			    outcome_name(got.outcome),
			    got.unconfirmed ? ", unconfirmed" : "",
			    got.open ? ", open" : "");
	}
}

static void
a_failed_condition_without_image_or_no_reply_needs_a_read(void **state)
{
	(void)state;
	for (int said = DDB_SAID_NOTHING; said <= DDB_SAID_ERROR; said++)
		for (int image = 0; image <= 1; image++)
			for (int unsure = 0; unsure <= 1; unsure++)
				assert_int_equal(
				    outcome_needs_read((enum ddb_said)said,
					image == 1, unsure == 1),
				    unsure == 1 ||
					(said == DDB_SAID_CONDITION &&
					    image == 0));
}

static void
names_are_those_of_the_journal(void **state)
{
	(void)state;
	assert_string_equal(outcome_name(OUTCOME_DELETED), "deleted");
	assert_string_equal(outcome_name(OUTCOME_REFRESHED), "refreshed");
	assert_string_equal(outcome_name(OUTCOME_GONE), "gone");
	assert_string_equal(outcome_name(OUTCOME_FAILED), "failed");
	assert_string_equal(outcome_name(OUTCOME_SKIPPED), "skipped");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_has_its_outcome),
		cmocka_unit_test(
		    a_failed_condition_without_image_or_no_reply_needs_a_read),
		cmocka_unit_test(names_are_those_of_the_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
