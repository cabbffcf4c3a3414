#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/log.h"
#include "lib/base/fault.h"
#include "sweep/totals.h"

/* Run guard_leave with ${t}; its messages in ${said}. */
static int
leave(const struct sweep_totals *t, int status, struct fault *f, char *said,
    size_t size)
{
	struct log log;
	struct context c = { .log = &log };
	FILE *file = tmpfile();
	int stderr_was = dup(STDERR_FILENO), rc;
	size_t n;

	assert_non_null(file);
	log_init(&log, 0);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	rc = guard_leave(&c, t, status, f);
	assert_int_equal(dup2(stderr_was, STDERR_FILENO), STDERR_FILENO);
	(void)close(stderr_was);
	log_release(&log);
	rewind(file);
	n = fread(said, 1, size - 1, file);
	said[n] = '\0';
	(void)fclose(file);
	return rc;
}

static void
test_leave(void **state)
{
	static const struct {
		const char *name;
		int64_t matched, deleted, failed;
		bool fault; /* guard_leave gets a fault to fill */
		int want;
		const char *said;
	} rows[] = {
		{ "well", 3, 3, 0, true, 4, NULL },
		{ "some failed", 3, 2, 1, true, 3, "and 1 more failed" },
		{ "one is missing", 3, 2, 0, true, -1, NULL },
		{ "one is missing, behind a fault", 3, 2, 0, false, -1,
		    "do not add up: 3 matched, 2 accounted for" },
		{ "a fault, and all are there", 3, 3, 0, false, 4, NULL },
	};
	char said[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sweep_totals t = { .matched = rows[i].matched };
		struct fault f = { 0 };
		int rc;

		t.outcomes[OUTCOME_DELETED] = rows[i].deleted;
		t.outcomes[OUTCOME_FAILED] = rows[i].failed;
		rc =
		    leave(&t, 4, rows[i].fault ? &f : NULL, said, sizeof(said));
		if (rc != rows[i].want)
			fail_msg("%s: %d", rows[i].name, rc);
		if (rows[i].said == NULL ? said[0] != '\0'
					 : strstr(said, rows[i].said) == NULL)
			fail_msg("%s: said '%s'", rows[i].name, said);
		if (rc < 0 && rows[i].fault &&
		    strstr(f.text, "do not add up") == NULL)
			fail_msg("%s: '%s'", rows[i].name, f.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
