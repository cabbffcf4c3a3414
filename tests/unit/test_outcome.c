#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sweep/outcome.h"

static const struct {
	const char *name;
	enum ddb_said said;
	int sends;
	int found;
	enum outcome want;
	bool unconfirmed;
} cases[] = {
	/* clang-format off */
	{ "an old image came back",
	    DDB_SAID_DONE, 1, -1, OUTCOME_DELETED, false },
	{ "... after several sends",
	    DDB_SAID_DONE, 3, -1, OUTCOME_DELETED, false },
	{ "success without an image, sent once",
	    DDB_SAID_ABSENT, 1, -1, OUTCOME_GONE, false },
	{ "... sent twice: our first may have done it",
	    DDB_SAID_ABSENT, 2, -1, OUTCOME_DELETED, true },
	{ "condition failed, the entry is there",
	    DDB_SAID_CONDITION, 1, 1, OUTCOME_REFRESHED, false },
	{ "... though sent twice",
	    DDB_SAID_CONDITION, 2, 1, OUTCOME_REFRESHED, false },
	{ "condition failed, no entry, sent once",
	    DDB_SAID_CONDITION, 1, 0, OUTCOME_GONE, false },
	{ "condition failed, no entry, sent twice",
	    DDB_SAID_CONDITION, 2, 0, OUTCOME_DELETED, true },
	{ "condition failed, the read failed too",
	    DDB_SAID_CONDITION, 1, -1, OUTCOME_FAILED, false },
	{ "... sent twice",
	    DDB_SAID_CONDITION, 2, -1, OUTCOME_FAILED, false },
	{ "no reply, never sent",
	    DDB_SAID_NOTHING, 0, -1, OUTCOME_FAILED, false },
	{ "no reply, sent ten times",
	    DDB_SAID_NOTHING, 10, -1, OUTCOME_FAILED, false },
	{ "refused",
	    DDB_SAID_ERROR, 1, -1, OUTCOME_FAILED, false },
	{ "refused after a lost reply",
	    DDB_SAID_ERROR, 2, -1, OUTCOME_FAILED, false },
	/* clang-format on */
};

static void
outcomes_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool unconfirmed = !cases[i].unconfirmed;
		enum outcome got = outcome_of(cases[i].said, cases[i].sends,
		    cases[i].found, &unconfirmed);

		if (got != cases[i].want ||
		    unconfirmed != cases[i].unconfirmed) {
			print_error("%s: %s%s\n", cases[i].name,
			    outcome_name(got),
			    unconfirmed ? ", unconfirmed" : "");
			fail();
		}
	}
}

static void
only_a_failed_condition_without_image_needs_a_read(void **state)
{
	(void)state;
	for (int said = DDB_SAID_NOTHING; said <= DDB_SAID_ERROR; said++)
		for (int image = 0; image <= 1; image++)
			assert_int_equal(outcome_needs_read((enum ddb_said)said,
					     image == 1),
			    said == DDB_SAID_CONDITION && image == 0);
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
		cmocka_unit_test(outcomes_are_told_apart),
		cmocka_unit_test(
		    only_a_failed_condition_without_image_needs_a_read),
		cmocka_unit_test(names_are_those_of_the_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
