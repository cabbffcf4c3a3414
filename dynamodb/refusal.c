#include <string.h>

#include "base/fault.h"
#include "dynamodb/ddb.h"
#include "dynamodb/query.h"
#include "dynamodb/refusal.h"

#define TOO_MANY \
	"too many such requests are made in this account: run again later"

/* The IAM action that an operation needs. */
static const char *
action_of(const char *operation)
{
	if (strcmp(operation, "BatchExecuteStatement") == 0)
		return "PartiQLDelete";
	return operation;
}

/* What a service says of keys that it does not take, and what to do. */
static const struct {
	const char *code, *advice;
} bad_keys[] = {
	/* clang-format off */
	{ "AuthFailure",
	    "does the secret key belong to the access key?" },
	{ "ExpiredToken", "they have ended: get new ones and run again" },
	{ "IncompleteSignature",
	    "is something on the way changing requests?" },
	{ "InvalidClientTokenId",
	    "is the access key active, and of this partition?" },
	{ "InvalidSignature",
	    "does the secret key belong to the access key?" },
	{ "MissingAuthenticationToken",
	    "is something on the way changing requests?" },
	{ "RequestExpired", "is the clock of this machine right?" },
	{ "SignatureDoesNotMatch",
	    "does the secret key belong to the access key?" },
	{ "UnrecognizedClient",
	    "is the access key active, and of this partition?" },
	/* clang-format on */
};

/* What to do about ${code}; NULL: it is not about keys. */
static const char *
advice(const char *code)
{
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++)
		if (strncmp(code, bad_keys[i].code, strlen(bad_keys[i].code)) ==
		    0)
			return bad_keys[i].advice;
	return NULL;
}

bool
refusal_given_up(enum retry_class why)
{
	return why == RETRY_THROTTLE || why == RETRY_TRANSIENT;
}

const char *
refusal_tries(int n)
{
	return n == 1 ? "try" : "tries";
}

/* Before a message that there is. */
static const char *
colon(const char *message)
{
	return message[0] != '\0' ? ": " : "";
}

/* What to do about an operation that is throttled all the time. */
static const char *
slow_advice(const struct ddb_call *call)
{
	if (call->write_units > 0)
		return "slow down with --max-wcu, or find who else writes to "
		       "the table";
	if (call->read_units > 0)
		return "slow down with --max-rcu, or find who else reads the "
		       "table";
	return TOO_MANY;
}

int
ddb_refused(const struct ddb_call *call, const struct ddb_reply *reply,
    const char *table, struct fault *f)
{
	const char *code = reply->code;
	const char *from =
	    reply->keys_from != NULL ? reply->keys_from : "unknown";

	if (strncmp(code, "AccessDenied", 12) == 0)
		return fault(f, FAULT_DENIED,
		    "access denied: dynamodb:%s on table %s is not allowed "
		    "for these credentials (%s); add it to their policy",
		    action_of(call->operation), table,
		    reply->message[0] != '\0' ? reply->message : code);
	if (strcmp(code, "ResourceNotFoundException") == 0)
		return fault(f, FAULT_NOT_FOUND, "table %s: not found", table);
	if (advice(code) != NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the credentials (from: %.300s) were refused: %s%s%s; "
		    "%s",
		    call->operation, from, code, colon(reply->message),
		    reply->message, advice(code));
	if (refusal_given_up(reply->why))
		return fault(f, FAULT_SERVICE,
		    "%s: given up after %d %s: %s%s%s; %s", call->operation,
		    reply->tries, refusal_tries(reply->tries), code,
		    colon(reply->message), reply->message,
		    reply->why == RETRY_THROTTLE ? slow_advice(call)
						 : REFUSAL_TROUBLE);
	return fault(f, FAULT_SERVICE, "%s: %s%s%s", call->operation, code,
	    colon(reply->message), reply->message);
}

int
refusal_fault(const struct query *q, const struct query_reply *reply,
    struct fault *f)
{
	if (strncmp(reply->code, "AccessDenied", 12) == 0)
		return fault(f, FAULT_DENIED,
		    "access denied: %s:%s is not allowed for these "
		    "credentials (%s); add it to their policy",
		    q->service, q->action,
		    reply->message[0] != '\0' ? reply->message : reply->code);
	if (advice(reply->code) != NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the credentials were refused: %s%s%s; %s", q->action,
		    reply->code, colon(reply->message), reply->message,
		    advice(reply->code));
	if (refusal_given_up(reply->why))
		return fault(f, FAULT_SERVICE,
		    "%s: given up after %d %s: %s%s%s; %s", q->action,
		    reply->tries, refusal_tries(reply->tries), reply->code,
		    colon(reply->message), reply->message,
		    reply->why == RETRY_THROTTLE ? TOO_MANY : REFUSAL_TROUBLE);
	if (reply->code[0] == '\0')
		return fault(f, FAULT_SERVICE,
		    "%s: HTTP %d, and not from AWS: is the endpoint of %s "
		    "right?",
		    q->action, reply->status, q->service);
	return fault(f, FAULT_SERVICE, "%s: %s%s%s", q->action, reply->code,
	    colon(reply->message), reply->message);
}
