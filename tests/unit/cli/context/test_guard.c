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
#include "cli/option/option.h"
#include "lib/base/fault.h"
#include "sweep/totals.h"

/* What guard_leave says on standard error of ${t}, in ${said}. */
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
		bool fault; /* it may be told as one */
		int want;
		const char *said;
	} rows[] = {
		{ "well", 3, 3, 0, true, 4, NULL },
		{ "some failed", 3, 2, 1, true, 3, "and 1 more failed" },
		{ "one is missing", 3, 2, 0, true, -1, NULL },
		{ "one is missing, behind a fault", 3, 2, 0, false, -1,
		    "do not balance: 3 matched, 2 accounted for" },
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
		    strstr(f.text, "do not balance") == NULL)
			fail_msg("%s: '%s'", rows[i].name, f.text);
	}
}

/* What stands before a write. */
#define HERE INT64_C(1795000000)
#define NO INT64_MIN

enum check { CLOCKS, NOW, TABLE, REPLICAS };

static struct ddb_replica replica[] = { { (char *)"eu-west-1" } };
static char active[] = "ACTIVE", updating[] = "UPDATING", none[] = "",
	    archived[] = "ARCHIVED", name[] = "T";

static const struct {
	const char *name;
	enum check check;
	int64_t now; /* --now less HERE; NO: not given */
	const char *overdue;
	bool unknown; /* the service's clock */
	int64_t skew_ms;
	char *status;
	bool replicas, strong, keeps; /* keeps: what is there is left alone */
	const char *says;             /* NULL: nothing is wrong */
} checks[] = {
	/* clang-format off */
	{ "the same time", CLOCKS, NO, NULL, false, 0, NULL, 0, 0, 0, NULL },
	{ "a minute behind", CLOCKS, NO, NULL, false, 60000, NULL, 0, 0, 0,
	    NULL },
	{ "further behind", CLOCKS, NO, NULL, false, 60001, NULL, 0, 0, 0,
	    "1 min behind that of the service" },
	{ "a minute ahead", CLOCKS, NO, NULL, false, -60000, NULL, 0, 0, 0,
	    NULL },
	{ "further ahead", CLOCKS, NO, NULL, false, -60001, NULL, 0, 0, 0,
	    "1 min ahead of that of the service" },
	{ "--now", CLOCKS, 0, NULL, false, -60001, NULL, 0, 0, 0, NULL },
	{ "not known", CLOCKS, NO, NULL, true, -60001, NULL, 0, 0, 0, NULL },

	{ "no --now", NOW, NO, NULL, false, 0, NULL, 0, 0, 0, NULL },
	{ "--now is now", NOW, 0, NULL, false, 0, NULL, 0, 0, 0, NULL },
	{ "it is later", NOW, 1, NULL, false, 0, NULL, 0, 0, 0,
	    "--now is in the future" },
	{ "the service is ahead", NOW, 1, NULL, false, 5000, NULL, 0, 0, 0,
	    "--now is in the future" },
	{ "the service is behind", NOW, 0, NULL, false, -5000, NULL, 0, 0, 0,
	    "(it is 2026-11-18T11:06:35Z)" },
	{ "as far back", NOW, -5, NULL, false, -5000, NULL, 0, 0, 0, NULL },
	{ "its clock is not known", NOW, 0, NULL, true, -5000, NULL, 0, 0, 0,
	    NULL },

	{ "active", TABLE, NO, NULL, false, 0, active, 0, 0, 0, NULL },
	{ "updating", TABLE, NO, NULL, false, 0, updating, 0, 0, 0, NULL },
	{ "archived", TABLE, NO, NULL, false, 0, archived, 0, 0, 0,
	    "is ARCHIVED" },
	{ "no status", TABLE, NO, NULL, false, 0, none, 0, 0, 0,
	    "of unknown status" },

	{ "no replica", REPLICAS, NO, NULL, false, 0, NULL, 0, 0, 0, NULL },
	{ "replica", REPLICAS, NO, NULL, false, 0, NULL, 1, 0, 0,
	    "replica in eu-west-1" },
	{ "14 minutes", REPLICAS, NO, "14m", false, 0, NULL, 1, 0, 0,
	    "15m or more" },
	{ "15 minutes", REPLICAS, NO, "15m", false, 0, NULL, 1, 0, 0, NULL },
	{ "strong", REPLICAS, NO, NULL, false, 0, NULL, 1, 1, 0, NULL },
	{ "restore", REPLICAS, NO, NULL, false, 0, NULL, 1, 0, 1, NULL },
	/* clang-format on */
};

static void
test_checks(void **state)
{
	static int (*const functions[])(const struct guard *,
	    struct fault *) = { guard_clocks, guard_now, guard_table,
		guard_replicas };

	(void)state;
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		char *argv[6] = { (char *)"ttlsweep", (char *)"purge" };
		const struct ddb_table t = { .name = name,
			.status = checks[i].status,
			.replicas = replica,
			.nreplicas = checks[i].replicas,
			.strong_replicas = checks[i].strong };
		struct options o;
		struct fault f = { 0 };
		char now[32];
		int argc = 2, rc;
		const struct guard g = { .o = &o,
			.table = &t,
			.clock_known = !checks[i].unknown,
			.skew_ms = checks[i].skew_ms,
			.here_ms = HERE * 1000,
			.changes = !checks[i].keeps };

		if (checks[i].now != NO) {
			(void)snprintf(now, sizeof(now), "%lld",
			    (long long)(HERE + checks[i].now));
			argv[argc++] = (char *)"--now";
			argv[argc++] = now;
		} else if (checks[i].overdue != NULL) {
			argv[argc++] = (char *)"--overdue";
			argv[argc++] = (char *)checks[i].overdue;
		}
		assert_int_equal(option_parse(&o, argc, argv, &f), 0);
		rc = functions[checks[i].check](&g, &f);
		if (checks[i].says == NULL
			? rc != 0
			: rc != -1 || f.kind != FAULT_REFUSED ||
			    strstr(f.text, checks[i].says) == NULL)
			fail_msg("%d: %s: %d '%s'", (int)checks[i].check,
			    checks[i].name, rc, f.text);
		option_release(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_checks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
