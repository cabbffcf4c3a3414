#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ARNs of tables and stacks in several regions. */
static const struct {
	struct policy_place at;
	const char *kind, *name, *arn;
} arns[] = {
	/* clang-format off */
	{ { "dynamodb", "eu-west-1", "123456789012" }, "table/", "t",
	    "arn:aws:dynamodb:eu-west-1:123456789012:table/t" },
	{ { "dynamodb", "cn-north-1", "123456789012" }, "table/", "a.b-c_d",
	    "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/a.b-c_d" },
	{ { "dynamodb", "us-gov-west-1", NULL }, "table/", "t",
	    "arn:aws-us-gov:dynamodb:us-gov-west-1:${Account}:table/t" },
	{ { "dynamodb", "eusc-de-east-1", NULL }, "table/", "t",
	    "arn:aws-eusc:dynamodb:eusc-de-east-1:${Account}:table/t" },
	{ { "cloudformation", "us-east-1", "123456789012" }, "stack/", "S",
	    "arn:aws:cloudformation:us-east-1:123456789012:stack/S" },
	/* clang-format on */
};

static void
test_arn(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(arns); i++) {
		struct buf out = { 0 };

		policy_arn(&out, &arns[i].at, arns[i].kind, arns[i].name);
		assert_string_equal(buf_text(&out), arns[i].arn);
		buf_release(&out);
	}
}

static const struct {
	const char *s;
	bool table;
} tables[] = {
	/* clang-format off */
	{ "TSAGalleryCache", true },
	{ "a.b-c_D9", true },
	{ "", false },
	{ "*", false },
	{ "a*", false },
	{ "a:b", false },
	{ "arn:aws:dynamodb:eu-west-1:123456789012:table/t", true },
	{ "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/t", true },
	{ "arn:aws:dynamodb:ddblocal:000000000000:table/t", true },
	{ "arn:aws:s3:::table/Foo", false },
	{ "arn:aws:s3:eu-west-1:123456789012:table/t", false },
	{ "arn:aws:dynamodb:eu-west-1:1:table/t", false },
	{ "arn:aws:dynamodb:eu-west-1:1234567890123:table/t", false },
	{ "arn:aws:dynamodb:eu-west-1:*:table/t", false },
	{ "arn:aws:dynamodb::123456789012:table/t", false },
	{ "arn:aws:dynamodb:*:123456789012:table/t", false },
	{ "arn::dynamodb:eu-west-1:123456789012:table/t", false },
	{ "arn:aws:dynamodb:eu-west-1:123456789012:table/", false },
	{ "arn:aws:dynamodb:eu-west-1:123456789012:table/t*", false },
	{ "arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/i", false },
	{ "arn:aws:dynamodb:eu-west-1:123456789012:table", false },
	{ "arn:", false },
	/* clang-format on */
};

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++)
		if (policy_is_table(tables[i].s) != tables[i].table)
			fail_msg("%s", tables[i].s);
}

/* An action that each use has, and one that it must not have. */
static const struct {
	int use;
	const char *has, *lacks;
} uses[] = {
	{ POLICY_READ, "dynamodb:Scan", "dynamodb:DeleteItem" },
	{ POLICY_READ, "dynamodb:Query", "dynamodb:PutItem" },
	{ POLICY_PURGE, "dynamodb:PartiQLDelete", "dynamodb:PutItem" },
	{ POLICY_PURGE, "dynamodb:DeleteItem", "dynamodb:UpdateItem" },
	{ POLICY_RESTORE, "dynamodb:PutItem", "dynamodb:DeleteItem" },
	{ POLICY_RESTORE, "dynamodb:PartiQLInsert", "dynamodb:PartiQLDelete" },
	{ POLICY_RESTORE, "dynamodb:UpdateItem", "dynamodb:Scan" },
	{ POLICY_REPAIR, "dynamodb:UpdateItem", "dynamodb:DeleteItem" },
};

static cJSON *
policy_of(int use, const char *arn, const char *stack)
{
	const struct policy p = { use, arn, stack };
	struct buf out = { 0 };
	cJSON *doc;

	policy_json(&out, &p);
	doc = cJSON_ParseWithLength(out.p, out.n);
	assert_non_null(doc);
	buf_release(&out);
	return doc;
}

static const cJSON *
statement(const cJSON *doc, int i)
{
	return cJSON_GetArrayItem(cJSON_GetObjectItem(doc, "Statement"), i);
}

static int
has_action(const cJSON *s, const char *action)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, cJSON_GetObjectItem(s, "Action"))
	{
		if (strcmp(cJSON_GetStringValue(e), action) == 0)
			return 1;
	}
	return 0;
}

static void
test_actions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(uses); i++) {
		cJSON *doc = policy_of(uses[i].use, "arn:x", NULL);

		if (!has_action(statement(doc, 0), uses[i].has) ||
		    has_action(statement(doc, 0), uses[i].lacks))
			fail_msg("%d: %s, %s", uses[i].use, uses[i].has,
			    uses[i].lacks);
		assert_null(statement(doc, 1));
		cJSON_Delete(doc);
	}
	for (int use = 0; use < POLICY_USES; use++) {
		cJSON *doc = policy_of(use, "arn:x", NULL);

		assert_true(
		    has_action(statement(doc, 0), "dynamodb:BatchGetItem"));
		cJSON_Delete(doc);
	}
}

/* Names that could end the string early are escaped. */
static void
test_hostile(void **state)
{
	cJSON *doc = policy_of(POLICY_PURGE, "a\"],\"b\\", "s\n");

	(void)state;
	assert_string_equal(cJSON_GetStringValue(
				cJSON_GetObjectItem(statement(doc, 0),
				    "Resource")),
	    "a\"],\"b\\");
	assert_string_equal(cJSON_GetStringValue(
				cJSON_GetObjectItem(statement(doc, 1),
				    "Resource")),
	    "s\n");
	assert_string_equal(cJSON_GetStringValue(
				cJSON_GetObjectItem(statement(doc, 1), "Sid")),
	    "TtlsweepPurgeStack");
	assert_true(has_action(statement(doc, 1),
	    "cloudformation:DescribeStackResource"));
	cJSON_Delete(doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arn),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
