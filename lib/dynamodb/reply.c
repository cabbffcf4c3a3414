#include <stdio.h>
#include <string.h>

#include "lib/aws/message.h"
#include "lib/aws/refusal.h"
#include "lib/aws/request.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/reply.h"

/* Set code and message of an error reply, if it is one. */
static void
read_error(struct ddb_reply *reply, struct slice body)
{
	char type[256], *name, *colon;
	struct slice message;

	if (body.n == 0 || slice_check(body, NULL) != 0)
		return;
	slice_copy(type, sizeof(type), slice_get(body, "__type"));
	name = strrchr(type, '#');
	name = name != NULL ? name + 1 : type;
	colon = strchr(name, ':');
	if (colon != NULL)
		*colon = '\0';
	message_copy(reply->code, sizeof(reply->code), name);
	message = slice_get(body, "message");
	if (message.p == NULL)
		message = slice_get(body, "Message");
	slice_copy(reply->message, sizeof(reply->message), message);
	message_clean(reply->message);
}

/* "ThrottlingReasons":[{"reason":"TableReadKeyRangeThroughputExceeded",…}];
 * ThrottlingException spells it with a small t. */
static bool
is_hot_range(struct slice body)
{
	struct slice reasons = slice_get(body, "ThrottlingReasons");
	struct slice value;
	struct slice_walk w;
	char text[96];

	if (reasons.p == NULL)
		reasons = slice_get(body, "throttlingReasons");
	w = slice_walk(reasons);
	if (reasons.p == NULL || slice_array(&w) != 0)
		return false;
	while (slice_element(&w) == 1 && slice_value(&w, &value) == 0) {
		slice_copy(text, sizeof(text), slice_get(value, "reason"));
		if (strstr(text, "KeyRangeThroughputExceeded") != NULL)
			return true;
	}
	return false;
}

enum retry_class
reply_judge(const struct request *r, const struct ddb_call *call,
    struct ddb_reply *reply, struct fault *f)
{
	struct http_exchange *x = r->x;
	struct slice body = { x->reply.p, x->reply.n };
	enum retry_class why;

	reply->status = x->status;
	reply->body = body;
	reply->code[0] = reply->message[0] = '\0';
	reply->hot_range = false;
	if (x->status == 0) {
		(void)fault(f, FAULT_NET, "%s", x->error);
		return RETRY_TRANSIENT;
	}
	if (x->status == 200) {
		if (call->accept != NULL
			? call->accept(call->accept_ctx, &x->reply, f) == 0
			: slice_check(body, NULL) == 0) {
			reply->body = (struct slice){ x->reply.p, x->reply.n };
			return RETRY_NO;
		}
		if (call->accept == NULL)
			(void)fault(f, FAULT_DATA,
			    "the reply is not JSON (%zu bytes)", body.n);
		return RETRY_TRANSIENT;
	}
	read_error(reply, body);
	why = request_judge(r, reply->code);
	if (why == RETRY_NO && reply->code[0] == '\0')
		why = RETRY_TRANSIENT; /* not DynamoDB's own */
	if (why == RETRY_THROTTLE)
		reply->hot_range = is_hot_range(body);
	if (reply->code[0] == '\0' && x->status < 500)
		(void)fault(f, FAULT_SERVICE, "HTTP %d, and not from DynamoDB",
		    x->status);
	else
		(void)fault(f, FAULT_SERVICE, "HTTP %d%s%s%s%s", x->status,
		    reply->code[0] != '\0' ? " " : "", reply->code,
		    reply->message[0] != '\0' ? ": " : "", reply->message);
	return why;
}

void
reply_count(struct ddb_reply *reply, const struct http_exchange *x)
{
	int sends = x->status != 0 && x->sends == 0 ? 1 : x->sends;
	bool known = reply->status == 200 ? reply->why == RETRY_NO
					  : retry_did_nothing(reply->code);

	/* only the answered delivery is known; an earlier one, which libcurl
	 * repeated on a new connection, may have acted */
	if (sends > 0 && known)
		reply->lost--;
	if (sends > 0 && known && reply->why != RETRY_NO)
		reply->sends--;
	reply->sends += sends;
	reply->lost += sends;
}

/* What to do about constant throttling; NULL: nothing that we could. */
static const char *
slow_advice(const struct ddb_call *call)
{
	if (call->write_units > 0)
		return "slow down with --max-wcu, or find out what else writes "
		       "to the table";
	if (call->read_units > 0)
		return "slow down with --max-rcu, or find out what else reads "
		       "the table";
	return NULL;
}

int
ddb_gone(const char *table, struct fault *f)
{
	return fault(f, FAULT_NOT_FOUND,
	    "table %s: not found any more: it has been deleted meanwhile",
	    table);
}

int
ddb_refused(const struct ddb_call *call, const struct ddb_reply *reply,
    const char *table, struct fault *f)
{
	const struct refusal r = {
		.service = "dynamodb",
		.action = call->action != NULL ? call->action : call->operation,
		.what = call->operation,
		.table = table,
		.keys_from =
		    reply->keys_from != NULL ? reply->keys_from : "unknown",
		.code = reply->code,
		.message = reply->message,
		.why = reply->why,
		.tries = reply->tries,
		.slow = slow_advice(call),
	};

	if (strcmp(reply->code, "ResourceNotFoundException") == 0)
		return ddb_gone(table, f);
	return refusal_say(&r, f);
}
