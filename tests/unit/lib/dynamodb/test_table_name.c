#include "lib/aws/arn.h"
#include "tests/unit/script.h"

#include <stdbool.h>
#include <stdio.h>

#include "lib/dynamodb/table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

#define CHOOSE "; choose one with -t, or another --region"

static const struct {
	const char *text;
	bool name, arn;
} names[] = {
	/* clang-format off */
	{ "TSAGalleryCache", true, false },
	{ "a-B_c.9", true, false },
	{ "abc", true, false },
	{ "ab", false, false },
	{ "", false, false },
	{ "bad table!", false, false },
	{ "caf\303\251", false, false },
	{ FIFTY FIFTY FIFTY FIFTY FIFTY "12345", true, false },
	{ FIFTY FIFTY FIFTY FIFTY FIFTY "123456", false, false },
	{ "arn:aws:dynamodb:eu-west-1:123456789012:table/abc", false, true },
	{ "arn:aws-cn:dynamodb:cn-north-1:1:table/a.b", false, true },
	{ "arn:aws:dynamodb:eu-west-1:1:table/ab", false, false },
	{ "arn:aws:dynamodb:eu-west-1:1:table/abc/index/i", false, false },
	{ "arn:aws:s3:::table/abc", false, false },
	{ "arn:aws:dynamodb", false, false },
	{ "arn:", false, false },
	/* clang-format on */
};

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		if (arn_is_table_name(names[i].text) != names[i].name ||
		    arn_is_table(names[i].text) != names[i].arn)
			fail_msg("%s", names[i].text);
}

#define ABSENT                                                        \
	{                                                             \
		.status = 400,                                        \
		.body = "{\"__type\":\"#ResourceNotFoundException\"}" \
	}
#define TABLES(list, more)                                                   \
	{                                                                    \
		.status = 200, .body = "{\"TableNames\":[" list "]" more "}" \
	}

static const struct {
	const char *name;
	struct script_reply replies[3];
	const char *tells; /* behind the place */
} missing[] = {
	/* clang-format off */
	{ "the closest name first", { ABSENT, TABLES("\"Sessions1\",\"Sessions22\","
	    "\"a\",\"sessions\",\"xSessions9999\"", "") },
	    "; similar names here: sessions, Sessions1, Sessions22, xSessions9999" CHOOSE },
	{ "five close names, of all pages", { ABSENT,
	    TABLES("\"Sessions12\",\"Sessions13\",\"Sessions14\"",
		",\"LastEvaluatedTableName\":\"Sessions14\""),
	    TABLES("\"Sessions15\",\"Sessions16\",\"Sessions2\"", "") },
	    "; similar names here: Sessions2, Sessions12, Sessions13, Sessions14, "
	    "Sessions15" CHOOSE },
	{ "none is close: some of all", { ABSENT,
	    TABLES("\"abc\",\"bcd\",\"cde\",\"def\",\"efg\",\"fgh\",\"ghi\"",
		"") },
	    "; tables here: abc, bcd, cde, def, efg and 2 more" CHOOSE },
	{ "one close name of several", { ABSENT,
	    TABLES("\"abc\",\"Session\",\"xyz\"", "") },
	    "; a similar name here: Session" CHOOSE },
	{ "all are close", { ABSENT, TABLES("\"sessions\",\"Session\"", "") },
	    "; tables here: sessions, Session" CHOOSE },
	{ "one, which is not close", { ABSENT, TABLES("\"abc\"", "") },
	    "; the only table here is abc" CHOOSE },
	{ "no tables", { ABSENT, TABLES("", "") },
	    "; there are no tables in this region (a new DynamoDB Local has "
	    "none: ttlsweep-tutorial(7) creates one; without -sharedDb it has "
	    "its own for each access key and region); check the region and "
	    "the credentials" },
	{ "listing them is denied", { ABSENT, { .status = 400,
	    .body = "{\"__type\":\"#AccessDeniedException\"}" } }, CHOOSE },
	/* clang-format on */
};

/* Of a short name, a few letters are most of it. */
static void
test_short(void **state)
{
	static const struct script_reply replies[] = { ABSENT,
		TABLES("\"Copy\",\"node\",\"xyzw\"", "") };
	struct ddb_table table;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 2);
	assert_int_equal(ddb_table_describe(s.conn, "nope", &table, &f), -1);
	if (strstr(f.text, "; a similar name here: node" CHOOSE) == NULL)
		fail_msg("%s", f.text);
	script_close(&s);
}

static void
test_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(missing); i++) {
		struct ddb_table table;
		struct fault f = { 0 };
		struct script s;
		char want[512];
		size_t n = missing[i].replies[2].status != 0 ? 3 : 2;

		script_open(&s, missing[i].replies, n);
		assert_int_equal(ddb_table_describe(s.conn, "Sessions", &table,
				     &f),
		    -1);
		assert_int_equal(f.kind, FAULT_NOT_FOUND);
		(void)snprintf(want, sizeof(want),
		    "table Sessions: not found in region us-east-1 "
		    "(http://127.0.0.1:1)%s",
		    missing[i].tells);
		if (strcmp(f.text, want) != 0)
			fail_msg("%s: %s", missing[i].name, f.text);
		script_close(&s);
	}
}

#define ARN "arn:aws:dynamodb:us-east-1:1:table/Big"

/* DynamoDB Local takes no ARNs. */
static void
test_no_arns(void **state)
{
	static const struct script_reply reply = { .status = 400,
		.body = "{\"__type\":\"#ValidationException\",\"message\":"
			"\"Invalid table/index name.\"}" };
	static const struct {
		const char *table, *want;
	} cases[] = {
		{ ARN,
		    "table " ARN ": DescribeTable: ValidationException: "
		    "Invalid table/index name.; this server may not accept "
		    "ARNs: give the table's name" },
		{ "Big",
		    "DescribeTable: ValidationException: Invalid "
		    "table/index name." },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ddb_table table;
		struct fault f = { 0 };
		struct script s;

		script_open(&s, &reply, 1);
		assert_int_equal(ddb_table_describe(s.conn, cases[i].table,
				     &table, &f),
		    -1);
		assert_int_equal(f.kind, FAULT_SERVICE);
		assert_string_equal(f.text, cases[i].want);
		script_close(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_no_arns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
