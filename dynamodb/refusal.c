#include <stdbool.h>
#include <string.h>

#include "base/fault.h"
#include "dynamodb/query.h"
#include "dynamodb/refusal.h"

static bool
is_about_keys(const char *code)
{
	static const char *const codes[] = { "AuthFailure", "ExpiredToken",
		"ExpiredTokenException", "IncompleteSignature",
		"InvalidClientTokenId", "InvalidSignatureException",
		"MissingAuthenticationToken", "RequestExpired",
		"SignatureDoesNotMatch", "UnrecognizedClientException" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

int
refusal_fault(const struct query *q, const struct query_reply *reply,
    struct fault *f)
{
	if (strncmp(reply->code, "AccessDenied", 12) == 0)
		return fault(f, FAULT_DENIED,
		    "access denied: %s:%s is not allowed for these "
		    "credentials (%s); add it to their policy",
		    q->service, q->action, reply->message);
	if (is_about_keys(reply->code))
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the credentials were refused: %s: %s", q->action,
		    reply->code, reply->message);
	if (reply->code[0] == '\0')
		return fault(f, FAULT_SERVICE,
		    "%s: HTTP %d, and not from AWS: is the endpoint of %s "
		    "right?",
		    q->action, reply->status, q->service);
	return fault(f, FAULT_SERVICE, "%s: %s: %s", q->action, reply->code,
	    reply->message);
}
