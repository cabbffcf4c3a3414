#include "lib/aws/service.h"
#include "lib/dynamodb/call.h"
#include "tests/unit/script.h"

static const char throttled[] =
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
    "ProvisionedThroughputExceededException\",\"message\":\"slow down\"}";
static const char hot[] =
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ThrottlingException\","
    "\"message\":\"slow\",\"throttlingReasons\":[{\"reason\":"
    "\"TableReadKeyRangeThroughputExceeded\",\"resource\":\"arn\"}]}";
static const char hot_provisioned[] =
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
    "ProvisionedThroughputExceededException\",\"message\":\"slow\","
    "\"ThrottlingReasons\":[{\"reason\":\"TableReadAccountLimitExceeded\"},"
    "{\"reason\":\"IndexReadKeyRangeThroughputExceeded\"}]}";
static const char refused[] =
    "{\"__type\":\"com.amazon.coral.validate#ValidationException\","
    "\"Message\":\"no\"}";
static const char denied[] =
    "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\","
    "\"Message\":\"User is not authorized\"}";
static const char expired[] =
    "{\"__type\":\"com.amazon.coral.service#ExpiredTokenException\","
    "\"message\":\"The security token included in the request is expired\"}";
static const char skewed[] =
    "{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\","
    "\"message\":\"Signature expired\"}";

static const char failure[] =
    "{\"__type\":\"com.amazon.coral.service#InternalServerError\"}";
static const char wordless[] =
    "{\"__type\":\"com.amazon.coral.validate#ValidationException\"}";

static const struct {
	const char *name;
	struct script_reply replies[12];
	int rc, sends;
	const char *code; /* rc 1: the reply's; rc -1: part of the fault */
	int64_t slept;    /* at chance 0.5 */
} calls[] = {
	/* clang-format off */
	{ "a plain reply", { { 200, NULL, 0, 0, 0 } }, 0, 1, "", 0 },
	{ "throttled: it did nothing", { { 400, throttled, 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 1, "", 12 },
	{ "throttled, after the transport had repeated it",
	    { { 400, throttled, 2, 0, 0 }, { 200, NULL, 0, 0, 0 } },
	    0, 2, "", 12 },
	{ "503 may have acted", { { 503, "<html>", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "no reply may have acted", { { 0, NULL, 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "repeated by the transport", { { 200, NULL, 2, 0, 0 } },
	    0, 2, "", 0 },
	{ "garbage at 200 is retried", { { 200, "<html>", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "the service sends Retry-After", { { 400, throttled, 0, 0, 2000 },
	    { 200, NULL, 0, 0, 0 } }, 0, 1, "", 2000 },
	{ "refused", { { 400, refused, 0, 0, 0 } },
	    1, 1, "ValidationException", 0 },
	{ "denied", { { 400, denied, 0, 0, 0 } },
	    1, 1, "AccessDeniedException", 0 },
	{ "an unknown service never answers", { { 0, NULL, 0, 0, 0 },
	    { 0, NULL, 0, 0, 0 }, { 0, NULL, 0, 0, 0 } },
	    -1, 3, "connection reset", 37 },
	{ "a proxy's 403 may hide that it acted",
	    { { 403, "<html>", 0, 0, 0 }, { 200, NULL, 0, 0, 0 } },
	    0, 2, "", 12 },
	{ "... its 404, in JSON of its own",
	    { { 404, "{\"message\":\"Not Found\"}", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "... a redirection", { { 302, "", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "... 204, empty", { { 204, "", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "... 207", { { 207, "{}", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "... 401", { { 401, "", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "a bare 429 is retried, and may have acted",
	    { { 429, "slow down", 0, 0, 0 }, { 200, NULL, 0, 0, 0 } },
	    0, 2, "", 12 },
	{ "an empty 200", { { 200, "", 0, 0, 0 },
	    { 200, NULL, 0, 0, 0 } }, 0, 2, "", 12 },
	{ "keys expired, and there are no others",
	    { { 400, expired, 0, 0, 0 } }, -1, 0, "expired", 0 },
	/* clang-format on */
};

static void
replies_are_judged_and_retried(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct ddb_call call = { .operation = "Scan",
			.body = SLICE("{\"TableName\":\"T\"}") };
		struct ddb_reply reply;
		struct fault f = { 0 };
		struct script s;
		size_t n = 0;
		int rc;

		while (n < 12 &&
		    (calls[i].replies[n].status != 0 ||
			n + 1 < (size_t)calls[i].sends ||
			(calls[i].rc < 0 && n < (size_t)calls[i].sends)))
			n++;
		script_open(&s, calls[i].replies, n);
		rc = ddb_call(s.conn, &call, &reply, &f);
		if (rc == 0)
			ddb_settle(s.conn, 0, 0);
		if (rc != calls[i].rc || reply.sends != calls[i].sends)
			fail_msg("%s: %d, %d sends (%s)", calls[i].name, rc,
			    reply.sends, f.text);
		if (rc == 1)
			assert_string_equal(reply.code, calls[i].code);
		if (rc < 0 && strstr(f.text, calls[i].code) == NULL)
			fail_msg("%s: %s", calls[i].name, f.text);
		if (s.slept_ms != calls[i].slept)
			fail_msg("%s: slept %lld ms", calls[i].name,
			    (long long)s.slept_ms);
		script_close(&s);
	}
}

static void
a_known_service_gets_ten_tries(void **state)
{
	static const struct script_reply replies[11] = { { .status = 200 },
		{ 0 } };
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 11);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 0, 0);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), -1);
	assert_int_equal(f.kind, FAULT_NET);
	assert_int_equal(reply.sends, 10);
	assert_non_null(strstr(f.text, "10 tries"));
	script_close(&s);
}

/* AWS_MAX_ATTEMPTS applies to all calls; else it depends on the kind of call
 * and on whether the service ever answered, with or without a Date. */
static const struct {
	int set; /* AWS_MAX_ATTEMPTS, 0: not */
	bool single, heard;
	int tries;
} patience[] = {
	/* clang-format off */
	{ 0, false, false, 3 }, { 0, true, false, 3 },
	{ 0, false, true, 10 }, { 0, true, true, 4 },
	{ 6, false, false, 6 }, { 6, true, true, 6 },
	{ 1, false, false, 1 }, { 2, true, false, 2 },
	/* clang-format on */
};

static void
the_number_of_tries_depends_on_the_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(patience) / sizeof(patience[0]); i++) {
		const struct script_reply replies[11] = {
			{ .status = patience[i].heard ? 200 : 0, .date = -1 },
		};
		struct ddb_call call = { .operation = "Scan",
			.body = SLICE("{}"),
			.single = patience[i].single };
		struct ddb_reply reply;
		struct fault f = { 0 };
		struct script s;

		script_open(&s, replies,
		    (size_t)patience[i].tries + (patience[i].heard ? 1 : 0));
		s.config.attempts_set = patience[i].set > 0;
		if (patience[i].set > 0)
			s.config.max_attempts = patience[i].set;
		if (patience[i].heard)
			assert_int_equal(ddb_call(s.conn, &call, &reply, &f),
			    0);
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), -1);
		assert_int_equal(reply.tries, patience[i].tries);
		script_close(&s);
	}
}

static const struct {
	struct script_reply reply;
	double read_units, write_units;
	int tries;
	const char *says;
} given_up[] = {
	/* clang-format off */
	{ { .status = 500, .body = failure }, 1, 0, 2,
	    "Scan: gave up after 2 tries: InternalServerError; "
	    "the service has problems; run again later" },
	{ { .status = 400, .body = throttled }, 1, 0, 2,
	    "Scan: gave up after 2 tries: "
	    "ProvisionedThroughputExceededException: slow down; "
	    "slow down with --max-rcu, or find out what else reads the table" },
	{ { .status = 400, .body = throttled }, 0, 1, 1,
	    "Scan: gave up after 1 try: "
	    "ProvisionedThroughputExceededException: slow down; "
	    "slow down with --max-wcu, or find out what else writes to the table" },
	{ { .status = 400, .body = throttled }, 0, 0, 2,
	    "Scan: gave up after 2 tries: "
	    "ProvisionedThroughputExceededException: slow down; "
	    "too many such requests in this account; run again later" },
	{ { .status = 503, .body = "<html>" }, 1, 0, 2,
	    "http://127.0.0.1:1/: Scan: gave up after 2 tries: HTTP 503 "
	    "without an error of DynamoDB's; a proxy before it, or the service "
	    "itself, has problems; run again later, or check the endpoint "
	    "(from --endpoint-url)" },
	{ { .status = 400, .body = wordless }, 1, 0, 1,
	    "Scan: ValidationException" },
	{ { .status = 404, .body = "<html>" }, 1, 0, 2,
	    "http://127.0.0.1:1/: Scan: gave up after 2 tries: HTTP 404, "
	    "and not from DynamoDB; check the endpoint (from --endpoint-url), "
	    "and whether a proxy or filter answers in the server's place" },
	/* clang-format on */
};

static void
the_last_message_counts_the_tries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(given_up) / sizeof(given_up[0]); i++) {
		const struct script_reply replies[2] = { given_up[i].reply,
			given_up[i].reply };
		struct ddb_call call = { .operation = "Scan",
			.body = SLICE("{}"),
			.read_units = given_up[i].read_units,
			.write_units = given_up[i].write_units };
		struct ddb_reply reply;
		struct fault f = { 0 };
		struct script s;

		script_open(&s, replies, (size_t)given_up[i].tries);
		s.config.max_attempts = given_up[i].tries;
		s.config.attempts_set = true;
		if (ddb_call(s.conn, &call, &reply, &f) == 1)
			(void)ddb_refused(&call, &reply, "T", &f);
		assert_int_equal(reply.tries, given_up[i].tries);
		assert_int_equal(f.kind, FAULT_SERVICE);
		assert_string_equal(f.text, given_up[i].says);
		script_close(&s);
	}
}

static const struct {
	const char *name;
	struct script_reply replies[3];
	size_t n;
	int rc, sends, max_attempts;
	const char *date; /* of the last request */
	const char *log;  /* what is reported; "": nothing */
} skews[] = {
	/* clang-format off */
	{ "two hours behind", { { 403, skewed, 0, SCRIPT_NOW + 7200, 0 },
	    { 200, NULL, 0, SCRIPT_NOW + 7200, 0 } }, 2, 0, 1, 10,
	    "20261122T092431Z",
	    "this machine's clock is 2 h behind; requests are signed by "
	    "the service's" },
	{ "two hours ahead", { { 400, skewed, 0, SCRIPT_NOW - 7200, 0 },
	    { 200, NULL, 0, SCRIPT_NOW - 7200, 0 } }, 2, 0, 1, 10,
	    "20261122T052431Z", "this machine's clock is 2 h ahead" },
	{ "skew reported as missing permission",
	    { { 400, denied, 0, SCRIPT_NOW + 7200, 0 },
	    { 200, NULL, 0, SCRIPT_NOW + 7200, 0 } }, 2, 0, 1, 10,
	    "20261122T092431Z", "2 h behind" },
	{ "missing permission, with clocks apart",
	    { { 400, denied, 0, SCRIPT_NOW + 7200, 0 },
	    { 400, denied, 0, SCRIPT_NOW + 7200, 0 } }, 2, 1, 1, 10,
	    "20261122T092431Z", "2 h behind" },
	{ "four minutes are not the reason",
	    { { 403, skewed, 0, SCRIPT_NOW + 240, 0 } }, 1, 1, 1, 10,
	    "20261122T072431Z", "clock is 4 min behind" },
	{ "a second more is",
	    { { 403, skewed, 0, SCRIPT_NOW + 241, 0 },
	    { 200, NULL, 0, SCRIPT_NOW + 241, 0 } }, 2, 0, 1, 10,
	    "20261122T072832Z", "clock is 4 min 1 s behind" },
	{ "retried only once", { { 403, skewed, 0, SCRIPT_NOW + 7200, 0 },
	    { 403, skewed, 0, SCRIPT_NOW + 99999, 0 } }, 2, 1, 0, 10,
	    "20261122T092431Z", "behind" },
	{ "an ordinary retry, when none is left",
	    { { 403, skewed, 0, SCRIPT_NOW + 7200, 0 } }, 1, 1, 0, 1,
	    "20261122T072431Z", "behind" },
	{ "no Date in the reply", { { 403, skewed, 0, -1, 0 } }, 1, 1, 1, 10,
	    "20261122T072431Z", "" },
	{ "a minute is not reported",
	    { { 200, NULL, 0, SCRIPT_NOW + 60, 0 } }, 1, 0, 1, 10,
	    "20261122T072431Z", "" },
	{ "a second more than a minute is reported",
	    { { 200, NULL, 0, SCRIPT_NOW - 61, 0 } }, 1, 0, 1, 10,
	    "20261122T072431Z", "1 min 1 s ahead" },
	/* clang-format on */
};

static void
a_wrong_clock_is_corrected_and_reported(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(skews) / sizeof(skews[0]); i++) {
		struct ddb_call call = { .operation = "Scan",
			.body = SLICE("{}") };
		struct ddb_reply reply;
		struct fault f = { 0 };
		struct script s;
		int rc;

		script_open(&s, skews[i].replies, skews[i].n);
		s.config.max_attempts = skews[i].max_attempts;
		s.config.attempts_set = true;
		rc = ddb_call(s.conn, &call, &reply, &f);
		if (rc == 0)
			ddb_settle(s.conn, 0, 0);
		if (rc != skews[i].rc || reply.sends != skews[i].sends)
			fail_msg("%s: %d, %d sends", skews[i].name, rc,
			    reply.sends);
		if (strstr(buf_text(&s.headers[s.at - 1]), skews[i].date) ==
		    NULL)
			fail_msg("%s: %s", skews[i].name,
			    buf_text(&s.headers[s.at - 1]));
		if (skews[i].log[0] == '\0'
			? s.log[0] != '\0'
			: strstr(s.log, skews[i].log) == NULL)
			fail_msg("%s: %s", skews[i].name, s.log);
		script_close(&s);
	}
}

/* Each step continues from the one before. */
static void
stamps_follow_the_service_only_when_far_off(void **state)
{
	static const struct {
		int64_t date;  /* minus SCRIPT_NOW, s; 1 s is jitter */
		int64_t added; /* to our clock, ms */
	} steps[] = {
		{ 0, 0 },
		{ -1, 0 },
		{ 1, 0 },
		{ 7200, 7200500 },
		{ 7199, 7200500 },
		{ 7201, 7200500 },
		{ 7198, 7200500 },
		{ 7197, 7197500 },
		{ -7200, -7199500 },
		{ 0, 0 },
	};
	struct script_reply replies[sizeof(steps) / sizeof(steps[0])];
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	memset(replies, 0, sizeof(replies));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		replies[i].status = 200;
		replies[i].body = "{}";
		replies[i].date = SCRIPT_NOW + steps[i].date;
	}
	script_open(&s, replies, sizeof(steps) / sizeof(steps[0]));
	assert_int_equal(service_stamp_us(ddb_service(s.ddb)), s.now_ms * 1000);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		s.now_ms = SCRIPT_NOW * INT64_C(1000);
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
		ddb_settle(s.conn, 0, 0);
		s.now_ms = SCRIPT_NOW * INT64_C(1000) + 123;
		if (service_stamp_us(ddb_service(s.ddb)) !=
		    (s.now_ms + steps[i].added) * 1000)
			fail_msg("%zu: %lld", i,
			    (long long)(service_stamp_us(ddb_service(s.ddb)) /
				    1000 -
				s.now_ms));
	}
	script_close(&s);
}

/* Each reply sets the clock. */
static void
a_wrong_clock_is_reported_once(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 200, .date = SCRIPT_NOW + 100 },
		{ .status = 200, .date = SCRIPT_NOW + 200 },
		{ .status = 200, .date = SCRIPT_NOW },
	};
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
		ddb_settle(s.conn, 0, 0);
		assert_true(ddb_now(s.ddb) == replies[i].date);
	}
	assert_non_null(strstr(s.log, "1 min 40 s"));
	assert_null(strstr(s.log, "3 min"));
	script_close(&s);
}

/* Again only after an answer: a note for each spell. */
static void
a_service_that_does_not_answer_is_reported_once(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 503 },
		{ .status = 503 },
		{ .status = 503 }, /* reported */
		{ .status = 503 },
		{ .status = 200 },
		{ .status = 503 },
		{ .status = 503 },
		{ .status = 200 }, /* two are no spell */
		{ .status = 503 },
		{ .status = 503 },
		{ .status = 503 }, /* reported */
		{ .status = 200 },
	};
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;
	int notes = 0;

	(void)state;
	script_open(&s, replies, sizeof(replies) / sizeof(*replies));
	s.config.max_attempts = 10;
	s.config.attempts_set = true;
	for (int i = 0; i < 3; i++) {
		s.log[0] = '\0';
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
		ddb_settle(s.conn, 0, 0);
		notes += strstr(s.log, "no usable reply (") != NULL &&
		    strstr(s.log, "; retrying") != NULL;
		assert_int_equal(notes, i < 2 ? 1 : 2);
	}
	script_close(&s);
}

/* Four requests of ten tries each use up the quota. Later ones are still sent.
 */
static void
retries_become_rare_while_the_service_fails(void **state)
{
	struct script_reply
	    replies[42] = { [0] = { .status = 200 }, [41] = { .status = 200 } };
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 42);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 0, 0);
	for (int i = 0; i < 4; i++) {
		s.slept_ms = 0;
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), -1);
		/* 12 + 25 + … + 3200; in the last one the longest delay */
		assert_int_equal(s.slept_ms, i < 3 ? 6387 : 3187 + 10000);
	}
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 0, 0);
	script_close(&s);
}

/* But not for a call that finds out how earlier ones ended. */
static void
a_wait_ends_at_the_deadline(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 400, .body = throttled, .retry_after = 4000 },
		{ .status = 400, .body = throttled, .retry_after = 4000 },
		{ .status = 400, .body = throttled, .retry_after = 4000 },
		{ .status = 200 },
	};
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 4);
	ddb_deadline(s.ddb, s.now_ms * 1000 + 5500000);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), -1);
	assert_int_equal(f.kind, FAULT_LATE);
	assert_int_equal(reply.sends, 0);
	assert_int_equal(s.at, 2);
	assert_int_equal(s.slept_ms, 5500);
	assert_int_equal(ddb_backoff(s.conn, RETRY_TRANSIENT, 3, &f), -1);
	assert_int_equal(s.slept_ms, 5500);
	call.settling = true;
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 0, 0);
	script_close(&s);
}

static void
a_refused_signature_with_equal_clocks_is_a_wrong_key(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 403, .body = skewed },
	};
	struct ddb_call call = { .operation = "Scan", .body = SLICE("{}") };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 1);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 1);
	assert_int_equal(ddb_refused(&call, &reply, "T", &f), -1);
	assert_int_equal(f.kind, FAULT_CREDENTIALS);
	assert_non_null(strstr(f.text, "(from: the environment)"));
	assert_non_null(strstr(f.text, "check that the secret key belongs"));
	script_close(&s);
}

static int
swap_away(void *ctx, struct buf *body, struct fault *f)
{
	struct buf *mine = ctx, swap = *mine;

	(void)f;
	*mine = *body;
	*body = swap;
	return 0;
}

static void
a_reply_is_counted_before_it_is_swapped_away(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 400, .body = throttled },
		{ .status = 200, .body = "{\"Items\":[]}" },
	};
	struct buf mine = { 0 };
	struct ddb_call call = { .operation = "Scan",
		.body = SLICE("{}"),
		.accept = swap_away,
		.accept_ctx = &mine };
	struct ddb_reply reply;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 2);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 0, 0);
	assert_string_equal(s.trace,
	    "Scan: try 1: 400 ProvisionedThroughputExceededException, 2 bytes "
	    "sent, 106 received, 0 ms"
	    "Scan: try 2: 200, 2 bytes sent, 12 received, 0 ms");
	buf_release(&mine);
	script_close(&s);
}

/* A patient caller gets it back at once, others wait. */
static void
a_hot_range_does_not_lower_the_pace(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 400, .body = hot },
		{ .status = 400, .body = hot_provisioned },
		{ .status = 400, .body = hot },
		{ .status = 200 },
	};
	struct ddb_call call = { .operation = "Scan",
		.body = SLICE("{}"),
		.patient = true };
	struct ddb_reply reply;
	struct ddb_counts counts;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 4);
	ddb_limit(s.ddb, 1000, 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 1);
		assert_true(reply.hot_range);
		assert_int_equal(reply.why, RETRY_THROTTLE);
		assert_int_equal(s.slept_ms, 0);
	}
	call.patient = false;
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 0, 0);
	assert_int_equal(s.slept_ms, 500);
	/* the pace has not changed: a little below the limit */
	assert_true(ddb_share(s.ddb, false) > 1000 / 4.0 * 0.95 &&
	    ddb_share(s.ddb, false) < 1000 / 4.0);
	ddb_counts(s.ddb, &counts);
	assert_int_equal(counts.throttled, 0);
	script_close(&s);
}

static void
a_failed_read_is_free_unless_its_reply_was_lost(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 500,
		    .body = "{\"__type\":\"InternalServerError\"}" },
		{ .status = 400,
		    .body = "{\"__type\":\"ThrottlingException\"}" },
		{ .status = 0 }, { .status = 200 },
		{ .status = 400,
		    .body = "{\"__type\":\"ValidationException\"}" }
	};
	struct ddb_call call = { .operation = "Scan",
		.body = SLICE("{}"),
		.read_units = 128 };
	struct ddb_reply reply;
	struct ddb_counts counts;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 5);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
	ddb_settle(s.conn, 2.5, 0);
	assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 1);
	ddb_counts(s.ddb, &counts);
	assert_true(counts.read_units == 128 + 2.5);
	script_close(&s);
}

/* At 10 units a second the third request of 10 waits. */
static void
the_estimate_is_taken_before_sending(void **state)
{
	static const struct script_reply replies[] = { { .status = 200 },
		{ .status = 200 }, { .status = 200 } };
	struct ddb_call call = { .operation = "Scan",
		.body = SLICE("{}"),
		.read_units = 10 };
	struct ddb_reply reply;
	struct ddb_counts counts;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 3);
	ddb_limit(s.ddb, 10, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ddb_call(s.conn, &call, &reply, &f), 0);
		ddb_settle(s.conn, 10, 0);
	}
	assert_in_range(s.slept_ms, 1700, 3050);
	ddb_counts(s.ddb, &counts);
	assert_true(counts.read_units == 30);
	assert_true(counts.requests == 3);
	script_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_judged_and_retried),
		cmocka_unit_test(a_known_service_gets_ten_tries),
		cmocka_unit_test(the_number_of_tries_depends_on_the_call),
		cmocka_unit_test(the_last_message_counts_the_tries),
		cmocka_unit_test(a_wrong_clock_is_corrected_and_reported),
		cmocka_unit_test(stamps_follow_the_service_only_when_far_off),
		cmocka_unit_test(a_wrong_clock_is_reported_once),
		cmocka_unit_test(
		    a_service_that_does_not_answer_is_reported_once),
		cmocka_unit_test(retries_become_rare_while_the_service_fails),
		cmocka_unit_test(a_wait_ends_at_the_deadline),
		cmocka_unit_test(
		    a_refused_signature_with_equal_clocks_is_a_wrong_key),
		cmocka_unit_test(a_reply_is_counted_before_it_is_swapped_away),
		cmocka_unit_test(a_hot_range_does_not_lower_the_pace),
		cmocka_unit_test(
		    a_failed_read_is_free_unless_its_reply_was_lost),
		cmocka_unit_test(the_estimate_is_taken_before_sending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
