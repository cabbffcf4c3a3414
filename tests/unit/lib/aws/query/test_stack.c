#include "tests/unit/script.h"

#include "lib/aws/query/stack.h"
#include "lib/aws/query/sts.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* CloudFormation's replies. */
#define RESOURCE(inner)                                                 \
	"<DescribeStackResourceResponse xmlns=\"http://cloudformation." \
	"amazonaws.com/doc/2010-05-15/\"><DescribeStackResourceResult>" \
	"<StackResourceDetail>" inner "</StackResourceDetail>"          \
	"</DescribeStackResourceResult></DescribeStackResourceResponse>"
#define PARTS(type, status, id)                                           \
	"<StackId>arn:aws:cloudformation:us-east-1:1:stack/S/1</StackId>" \
	"<ResourceType>" type "</ResourceType><ResourceStatus>" status    \
	"</ResourceStatus>" id
#define NAMED(id) "<PhysicalResourceId>" id "</PhysicalResourceId>"
#define TABLE "AWS::DynamoDB::Table"
#define STACK(status)                                                    \
	"<DescribeStacksResponse><DescribeStacksResult><Stacks><member>" \
	"<StackStatus>" status "</StackStatus></member></Stacks>"        \
	"</DescribeStacksResult></DescribeStacksResponse>"
#define LIST(members, more)                                                 \
	"<ListStackResourcesResponse><ListStackResourcesResult>"            \
	"<StackResourceSummaries>" members "</StackResourceSummaries>" more \
	"</ListStackResourcesResult></ListStackResourcesResponse>"
#define MEMBER(name, type, id)                                               \
	"<member><LogicalResourceId>" name "</LogicalResourceId>"            \
	"<PhysicalResourceId>" id "</PhysicalResourceId><ResourceType>" type \
	"</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>"    \
	"</member>"
#define GOING(name, status)                                             \
	"<member><LogicalResourceId>" name "</LogicalResourceId>"       \
	"<PhysicalResourceId>gone</PhysicalResourceId>"                 \
	"<ResourceType>" TABLE "</ResourceType><ResourceStatus>" status \
	"</ResourceStatus></member>"
#define MORE(token) "<NextToken>" token "</NextToken>"
#define ERROR(code, message)                                             \
	"<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code>" \
	"<Message>" message "</Message></Error></ErrorResponse>"
#define ABSENT ERROR("ValidationError", "Resource X does not exist for S")
#define GOOD RESOURCE(PARTS(TABLE, "CREATE_COMPLETE", NAMED("SCache")))
#define FINE STACK("UPDATE_COMPLETE")

static const struct {
	const char *name;
	const char *stack;
	struct script_reply replies[4];
	const char *table; /* NULL: a fault, which says … */
	const char *says;
	enum fault_kind kind;
} cases[] = {
	/* clang-format off */
	{ "a table", "S", { { 200, .body = GOOD }, { 200, .body = FINE } },
	    "SCache", NULL, FAULT_NONE },
	{ "a global table", "S", { { 200, .body = RESOURCE(PARTS(
	    "AWS::DynamoDB::GlobalTable", "UPDATE_COMPLETE",
	    NAMED("a.b-c_D9"))) }, { 200, .body = FINE } },
	    "a.b-c_D9", NULL, FAULT_NONE },
	{ "by ARN", "arn:aws:cloudformation:us-east-1:1:stack/S/1",
	    { { 200, .body = GOOD }, { 200, .body = FINE } },
	    "SCache", NULL, FAULT_NONE },
	{ "in another region",
	    "arn:aws:cloudformation:us-east-12:1:stack/S/1", { { 0 } },
	    NULL, "is not in region us-east-1", FAULT_REFUSED },
	{ "a truncated ARN", "arn:aws:cloudformation", { { 0 } },
	    NULL, "is not in region us-east-1", FAULT_REFUSED },
	{ "being created", "S", { { 200, .body = RESOURCE(PARTS(TABLE,
	    "CREATE_IN_PROGRESS", "")) } },
	    NULL, "has no name yet (CREATE_IN_PROGRESS)", FAULT_REFUSED },
	{ "being deleted", "S", { { 200, .body = RESOURCE(PARTS(TABLE,
	    "DELETE_IN_PROGRESS", NAMED("SCache"))) } },
	    NULL, "X (SCache) is DELETE_IN_PROGRESS", FAULT_REFUSED },
	{ "deleted", "S", { { 200, .body = RESOURCE(PARTS(TABLE,
	    "DELETE_COMPLETE", NAMED("SCache"))) } },
	    NULL, "is DELETE_COMPLETE", FAULT_REFUSED },
	{ "in a stack that is being deleted", "S", { { 200, .body = GOOD },
	    { 200, .body = STACK("DELETE_IN_PROGRESS") } },
	    NULL, "stack S is DELETE_IN_PROGRESS", FAULT_REFUSED },
	{ "in a stack that may not be described", "S",
	    { { 200, .body = GOOD },
	    { 403, .body = ERROR("AccessDenied", "no") } },
	    "SCache", NULL, FAULT_NONE },
	{ "not a table", "S", { { 200, .body = RESOURCE(PARTS(
	    "AWS::S3::Bucket", "CREATE_COMPLETE", NAMED("b"))) },
	    { 200, .body = LIST(MEMBER("T", TABLE, "t-1"), "") } },
	    NULL, "X is not a DynamoDB table but AWS::S3::Bucket; its "
	    "DynamoDB table is T (t-1): give --logical-id T",
	    FAULT_REFUSED },
	{ "not a valid table name", "S", { { 200, .body = RESOURCE(PARTS(TABLE,
	    "CREATE_COMPLETE", NAMED("a/b"))) } },
	    NULL, "is not a valid table name", FAULT_DATA },
	{ "no type", "S", { { 200, .body = RESOURCE("") } },
	    NULL, "the reply has no type for X", FAULT_DATA },
	{ "another reply", "S", { { 200, .body = "<html/>" } },
	    NULL, "the reply has no type for X", FAULT_DATA },
	{ "no such resource: all pages are listed", "S",
	    { { 400, .body = ABSENT },
	    { 200, .body = LIST(MEMBER("A", TABLE, "a-1")
		MEMBER("N", "AWS::CloudFormation::Stack", "arn:n"),
		MORE("two")) },
	    { 200, .body = LIST(MEMBER("B", TABLE, "b-1"), "") } },
	    NULL, "has no resource X; its DynamoDB tables are A (a-1), B "
	    "(b-1): give one of them with --logical-id; not looked into is "
	    "the nested stack N (arn:n)", FAULT_NOT_FOUND },
	{ "no such resource: deleted ones are not listed", "S",
	    { { 400, .body = ABSENT }, { 200, .body = LIST(
		GOING("A", "DELETE_IN_PROGRESS") GOING("B", "DELETE_FAILED")
		GOING("C", "DELETE_COMPLETE") MEMBER("D", TABLE, "d-1"), "") } },
	    NULL, "its DynamoDB table is D (d-1): give --logical-id D",
	    FAULT_NOT_FOUND },
	{ "no such resource: a page that leads to itself", "S",
	    { { 400, .body = ABSENT },
	    { 200, .body = LIST("", MORE("two")) },
	    { 200, .body = LIST("", MORE("two")) } },
	    NULL, "has no resource X; it has no DynamoDB table",
	    FAULT_NOT_FOUND },
	{ "no such stack", "S", { { 400, .body = ERROR("ValidationError",
	    "Stack 'S' does not exist") }, { 400, .body = ERROR(
	    "ValidationError", "Stack with id S does not exist") } },
	    NULL, "stack S: not found in region us-east-1", FAULT_NOT_FOUND },
	{ "not allowed to list", "S", { { 400, .body = ABSENT },
	    { 403, .body = ERROR("AccessDenied", "no") } },
	    NULL, "Resource X does not exist for S; its tables cannot be "
	    "listed (cloudformation:ListStackResources is not allowed): give "
	    "the name of the table in the stack with --logical-id, or the "
	    "table with -t", FAULT_NOT_FOUND },
	{ "not allowed to describe", "S",
	    { { 403, .body = ERROR("AccessDenied", "no") } },
	    NULL, "cloudformation:DescribeStackResource is not allowed",
	    FAULT_DENIED },
	{ "unknown keys", "S",
	    { { 403, .body = ERROR("InvalidClientTokenId", "no") } },
	    NULL, "the credentials were refused: InvalidClientTokenId",
	    FAULT_CREDENTIALS },
	{ "after an error", "S", { { 503, .body = "<html/>" },
	    { 200, .body = GOOD }, { 200, .body = FINE } },
	    "SCache", NULL, FAULT_NONE },
	/* clang-format on */
};

static size_t
count(const struct script_reply *replies)
{
	size_t n = 0;

	while (n < 4 && replies[n].status != 0)
		n++;
	return n;
}

static void
a_stack_has_its_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct stack_ask ask = { cases[i].stack, "X" };
		struct stack_table found;
		struct fault f = { 0 };
		struct aws_caller caller;
		struct script s;
		int rc;

		script_open(&s, cases[i].replies, count(cases[i].replies));
		caller =
		    (struct aws_caller){ &s.config, s.credentials, &s.world };
		rc = stack_find(&caller, &ask, &found, &f);
		if (rc != (cases[i].table != NULL ? 0 : -1) ||
		    f.kind != cases[i].kind ||
		    (cases[i].says != NULL &&
			strstr(f.text, cases[i].says) == NULL))
			fail_msg("%s: %d, %d %s", cases[i].name, rc, f.kind,
			    f.text);
		if (rc == 0) {
			assert_string_equal(found.table, cases[i].table);
			assert_int_equal(found.unsure,
			    strstr(cases[i].name, "may not") != NULL);
		} else {
			assert_null(found.table);
		}
		stack_release(&found);
		script_close(&s);
	}
}

/* And each page is requested by its token. */
static void
names_are_escaped_in_the_form(void **state)
{
	static const struct script_reply replies[] = {
		{ 400, .body = ABSENT },
		{ 200, .body = LIST("", MORE("a+/=&amp;b")) },
		{ 200, .body = LIST("", "") },
	};
	const struct stack_ask ask = { "S&x=1", "a b" };
	struct stack_table found;
	struct fault f = { 0 };
	struct aws_caller caller;
	struct script s;

	(void)state;
	script_open(&s, replies, COUNT(replies));
	caller = (struct aws_caller){ &s.config, s.credentials, &s.world };
	assert_int_equal(stack_find(&caller, &ask, &found, &f), -1);
	assert_string_equal(buf_text(&s.sent[0]),
	    "Action=DescribeStackResource&Version=2010-05-15"
	    "&StackName=S%26x%3D1&LogicalResourceId=a%20b");
	assert_string_equal(buf_text(&s.sent[1]),
	    "Action=ListStackResources&Version=2010-05-15"
	    "&StackName=S%26x%3D1");
	assert_string_equal(buf_text(&s.sent[2]),
	    "Action=ListStackResources&Version=2010-05-15"
	    "&StackName=S%26x%3D1&NextToken=a%2B%2F%3D%26b");
	assert_non_null(strstr(buf_text(&s.headers[0]),
	    "/us-east-1/cloudformation/aws4_request"));
	script_close(&s);
}

#define IDENTITY(inner)                                              \
	"<GetCallerIdentityResponse><GetCallerIdentityResult>" inner \
	"</GetCallerIdentityResult></GetCallerIdentityResponse>"

static const struct {
	const char *name;
	struct script_reply reply;
	const char *account; /* NULL: a fault, which says … */
	const char *says;
} identities[] = {
	/* clang-format off */
	{ "told", { 200, .body = IDENTITY("<Account>123456789012</Account>"
	    "<Arn>arn:x</Arn>") }, "123456789012", NULL },
	{ "no ARN", { 200, .body = IDENTITY(
	    "<Account> 123456789012 </Account>") }, "123456789012", NULL },
	{ "no account", { 200, .body = IDENTITY("<Arn>a</Arn>") },
	    NULL, "names no account" },
	{ "not an account", { 200, .body = IDENTITY(
	    "<Account>1234567890123</Account>") }, NULL, "names no account" },
	{ "refused", { 403, .body = ERROR("AccessDenied", "no") },
	    NULL, "sts:GetCallerIdentity is not allowed" },
	/* clang-format on */
};

static void
the_identity_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(identities); i++) {
		struct identity who;
		struct fault f = { 0 };
		struct aws_caller caller;
		struct script s;
		int rc;

		script_open(&s, &identities[i].reply, 1);
		caller =
		    (struct aws_caller){ &s.config, s.credentials, &s.world };
		rc = identity_ask(&caller, &who, &f);
		if (rc != (identities[i].account != NULL ? 0 : -1) ||
		    (rc != 0 && strstr(f.text, identities[i].says) == NULL))
			fail_msg("%s: %d %s", identities[i].name, rc, f.text);
		if (rc == 0)
			assert_string_equal(who.account, identities[i].account);
		assert_string_equal(buf_text(&s.sent[0]),
		    "Action=GetCallerIdentity&Version=2011-06-15");
		identity_release(&who);
		script_close(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stack_has_its_table),
		cmocka_unit_test(names_are_escaped_in_the_form),
		cmocka_unit_test(the_identity_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
