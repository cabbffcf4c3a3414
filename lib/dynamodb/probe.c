#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/message.h"
#include "lib/aws/refusal.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/version.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/probe.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write.h"

#define CONNECT_MS 5000
#define TOTAL_MS 10000
#define REPLY_MAX ((size_t)1 << 20)
#define ROUND_TRIP_MS (15 * 60 * 1000)

/* The smallest number that DynamoDB has. */
#define SMALLEST "-9.9999999999999999999999999999999999999E+125"
/* The start of each random key, which explains it. */
#define KEY "ttlsweep-doctor-"

int
probe_hello(const struct aws_config *config, struct world *w,
    struct probe_hello *out, struct fault *f)
{
	static const char *const headers[] = { "user-agent: "
					       "ttlsweep/" TTLSWEEP_VERSION };
	void *line = w->line_open(w->ctx, f);
	struct http_exchange x = {
		.method = "GET",
		.headers = headers,
		.nheaders = 1,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.max_body = REPLY_MAX,
	};
	int64_t begun;
	char *url;

	*out = (struct probe_hello){ 0 };
	if (line == NULL)
		return -1;
	url = xasprintf("%s/", config->endpoint);
	x.url = url;
	begun = w->mono_us(w->ctx);
	/* A truncated reply is an answer, too. */
	(void)w->exchange(line, &x);
	out->took_ms = (w->mono_us(w->ctx) - begun) / 1000;
	out->answered = x.status != 0;
	out->page = x.reply.n > 0 && x.reply.p[0] == '<';
	(void)snprintf(out->error, sizeof(out->error), "%s", x.error);
	out->clock_known = out->answered && x.date >= 0 && !x.aged &&
	    x.received_ms - x.sent_ms <= ROUND_TRIP_MS;
	/* Date has whole seconds: half of one has passed on average. */
	if (out->clock_known)
		out->skew_ms = x.date * 1000 + 500 -
		    (x.sent_ms + (x.received_ms - x.sent_ms) / 2);
	w->line_close(line);
	buf_release(&x.reply);
	free(url);
	return 0;
}

static enum probe_said
refused(const struct ddb_call *call, const struct ddb_reply *reply,
    const char *table, struct fault *f)
{
	(void)ddb_refused(call, reply, table, f);
	if (strncmp(reply->code, "AccessDenied", 12) == 0)
		return PROBE_DENIED;
	if (strncmp(reply->code, "UnknownOperation", 16) == 0)
		return PROBE_UNKNOWN;
	return PROBE_FAILED;
}

/* Send ${call} with the body {"TableName":…${more}}. If it is allowed, the
 * caller settles. */
static enum probe_said
ask(struct ddb_conn *c, struct ddb_call *call, const char *table,
    const char *more, struct ddb_reply *reply, struct fault *f)
{
	struct buf body = { 0 };
	int r;

	buf_adds(&body, "{\"TableName\":");
	slice_text_encode(&body, table, strlen(table));
	buf_addf(&body, "%s}", more);
	call->body = (struct slice){ body.p, body.n };
	r = ddb_call(c, call, reply, f);
	buf_release(&body);
	if (r < 0)
		return PROBE_FAILED;
	return r > 0 ? refused(call, reply, table, f) : PROBE_ALLOWED;
}

enum probe_said
probe_scan(struct ddb_conn *c, const char *table, struct fault *f)
{
	struct ddb_call call = { .operation = "Scan",
		.read_units = 0.5,
		.single = true };
	struct ddb_reply reply;
	enum probe_said said = ask(c, &call, table,
	    ",\"Limit\":1,\"ReturnConsumedCapacity\":\"TOTAL\"", &reply, f);

	if (said == PROBE_ALLOWED)
		ddb_settle(c,
		    item_units(slice_get(reply.body, "ConsumedCapacity")), 0);
	return said;
}

/* An AttributeValue of ${type} that no entry has. */
static void
random_key(struct buf *out, enum attr_type type)
{
	unsigned char bytes[16];
	struct buf text = { 0 };
	char hex[2 * sizeof(bytes) + 1];

	crypto_random(bytes, sizeof(bytes));
	switch (type) {
	case ATTR_N:
		/* an exact number of 33 digits, far below any time */
		buf_adds(&text, "-9");
		for (size_t i = 0; i < sizeof(bytes); i++)
			buf_addf(&text, "%02d", bytes[i] % 100);
		break;
	case ATTR_B:
		crypto_base64(&text, bytes, sizeof(bytes));
		break;
	default:
		crypto_hex(hex, bytes, sizeof(bytes));
		buf_addf(&text, KEY "%s", hex);
		break;
	}
	buf_addf(out, "{\"%s\":\"%s\"}", attr_type_name(type), buf_text(&text));
	buf_release(&text);
}

/* The answer to the single statement in the checked ${body}: 0, -1. */
static int
first_answer(struct slice body, struct slice *answer)
{
	struct slice_walk w = slice_walk(slice_get(body, "Responses"));

	return slice_array(&w) == 0 && slice_element(&w) == 1 &&
		slice_value(&w, answer) == 0
	    ? 0
	    : -1;
}

static int
accept_answer(void *ctx, struct buf *body, struct fault *f)
{
	struct slice doc = { body->p, body->n }, answer;

	if (slice_check(doc, NULL) != 0)
		return fault(f, FAULT_DATA, "the reply is not JSON (%zu bytes)",
		    body->n);
	if (first_answer(doc, &answer) == 0)
		ddb_hide(ctx, slice_get(slice_get(answer, "Error"), "Message"));
	return 0;
}

static enum probe_said
batch_answer(const char *table, struct slice body, struct fault *f)
{
	struct slice answer, error;
	char code[96], message[256];

	if (first_answer(body, &answer) != 0) {
		(void)fault(f, FAULT_DATA,
		    "BatchExecuteStatement: the reply has no Responses");
		return PROBE_FAILED;
	}
	error = slice_get(answer, "Error");
	if (error.p == NULL || error.p[0] != '{')
		return PROBE_ALLOWED; /* no such entry */
	slice_copy(code, sizeof(code), slice_get(error, "Code"));
	slice_copy(message, sizeof(message), slice_get(error, "Message"));
	message_clean(code);
	message_clean(message);
	if (strncmp(code, "ConditionalCheckFailed", 22) == 0)
		return PROBE_ALLOWED;
	if (strncmp(code, "AccessDenied", 12) == 0) {
		(void)refusal_say(&(struct refusal){ .service = "dynamodb",
				      .action = "PartiQLDelete",
				      .table = table,
				      .code = code,
				      .message = message },
		    f);
		return PROBE_DENIED;
	}
	(void)fault(f, FAULT_SERVICE, "BatchExecuteStatement: %s%s%s", code,
	    message[0] != '\0' ? ": " : "", message);
	return PROBE_FAILED;
}

static enum probe_said
try_delete(struct ddb_conn *c, const char *table, const struct ddb_call *call,
    bool partiql, struct fault *f)
{
	struct ddb_reply reply;
	int r = ddb_call(c, call, &reply, f);

	if (r < 0)
		return PROBE_FAILED;
	if (r > 0 && strcmp(reply.code, "ConditionalCheckFailedException") == 0)
		return PROBE_ALLOWED;
	if (r > 0)
		return refused(call, &reply, table, f);
	ddb_settle(c, 0, item_units(slice_get(reply.body, "ConsumedCapacity")));
	return partiql ? batch_answer(table, reply.body, f) : PROBE_ALLOWED;
}

enum probe_said
probe_delete(struct ddb_conn *c, const struct ddb_table *t, const char *ttl,
    bool partiql, struct fault *f)
{
	bool key = strcmp(ttl, t->partition) == 0 ||
	    (t->sort != NULL && strcmp(ttl, t->sort) == 0);
	struct ddb_call call = {
		.operation = partiql ? "BatchExecuteStatement" : "DeleteItem",
		.action = partiql ? "PartiQLDelete" : NULL,
		.write_units = 1,
		.single = true,
		.accept = partiql ? accept_answer : NULL,
		.accept_ctx = c,
	};
	struct buf partition = { 0 }, sort = { 0 }, body = { 0 };
	struct ddb_write one = {
		.cond = { .op = DDB_COND_LESS,
		    .attribute = key ? KEY "probe" : ttl,
		    .a = SLICE("{\"N\":\"" SMALLEST "\"}") },
	};
	struct ddb_write *list[] = { &one };
	enum probe_said said;

	random_key(&partition, t->partition_type);
	one.partition = (struct slice){ partition.p, partition.n };
	if (t->sort != NULL) {
		random_key(&sort, t->sort_type);
		one.sort = (struct slice){ sort.p, sort.n };
	}
	if (partiql)
		ddb_batch_body(&body, t, list, 1);
	else
		ddb_delete_body(&body, t, &one);
	call.body = (struct slice){ body.p, body.n };
	said = try_delete(c, t->name, &call, partiql, f);
	buf_release(&partition);
	buf_release(&sort);
	buf_release(&body);
	return said;
}

enum probe_said
probe_get(struct ddb_conn *c, const struct ddb_table *t, const char *ttl,
    struct fault *f)
{
	struct buf partition = { 0 }, sort = { 0 }, key = { 0 };
	struct page found = { 0 };
	struct item one = { 0 };
	struct slice json;
	int rc;

	random_key(&partition, t->partition_type);
	one.partition = (struct slice){ partition.p, partition.n };
	if (t->sort != NULL) {
		random_key(&sort, t->sort_type);
		one.sort = (struct slice){ sort.p, sort.n };
	}
	item_key_json(&key, &one, &t->schema);
	json = (struct slice){ key.p, key.n };
	rc = ddb_get_batch(c, t, ttl, &json, 1, &found, f);
	page_release(&found);
	buf_release(&partition);
	buf_release(&sort);
	buf_release(&key);
	return rc == 0                ? PROBE_ALLOWED
	    : f->kind == FAULT_DENIED ? PROBE_DENIED
				      : PROBE_FAILED;
}

/* Epoch seconds, a JSON number with a fraction; -1: none. */
static int64_t
moment(struct slice value)
{
	struct decimal d;

	if (value.p == NULL || decimal_parse(&d, value.p, value.n) != 0)
		return -1;
	return decimal_floor(&d);
}

enum probe_said
probe_backups(struct ddb_conn *c, const char *table, struct probe_backups *out,
    struct fault *f)
{
	struct ddb_call call = { .operation = "DescribeContinuousBackups",
		.single = true };
	struct ddb_reply reply;
	enum probe_said said = ask(c, &call, table, "", &reply, f);
	struct slice at;
	char status[32];

	*out = (struct probe_backups){ false, -1, -1 };
	if (said != PROBE_ALLOWED)
		return said;
	ddb_settle(c, 0, 0);
	at = slice_get(slice_get(reply.body, "ContinuousBackupsDescription"),
	    "PointInTimeRecoveryDescription");
	slice_copy(status, sizeof(status),
	    slice_get(at, "PointInTimeRecoveryStatus"));
	out->on = strcmp(status, "ENABLED") == 0;
	out->earliest = moment(slice_get(at, "EarliestRestorableDateTime"));
	out->latest = moment(slice_get(at, "LatestRestorableDateTime"));
	return PROBE_ALLOWED;
}
