#include <string.h>

#include "lib/aws/refusal.h"
#include "lib/base/fault.h"

#define TOO_MANY "too many such requests in this account; run again later"

/* Errors about keys (codes begin like this), and what to do. */
static const struct {
	const char *code, *advice;
} bad_keys[] = {
	/* clang-format off */
	{ "AuthFailure",
	    "check that the secret key belongs to the access key" },
	{ "ExpiredToken", "they have expired; get new ones and run again" },
	{ "IncompleteSignature",
	    "something on the way may be changing requests" },
	{ "InvalidClientTokenId",
	    "check that the access key is active and belongs to this "
	    "partition" },
	{ "InvalidSignature",
	    "check that the secret key belongs to the access key" },
	{ "MissingAuthenticationToken",
	    "something on the way may be changing requests" },
	{ "RequestExpired", "check this machine's clock" },
	{ "SignatureDoesNotMatch",
	    "check that the secret key belongs to the access key" },
	{ "UnrecognizedClient",
	    "check that the access key is active and belongs to this "
	    "partition (DynamoDB Local takes one of letters and digits "
	    "only)" },
	/* clang-format on */
};

/* NULL: ${code} is not about keys. */
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

const char *
refusal_net(const char *error, bool regional)
{
	if (strstr(error, "certificate") != NULL)
		return "if a proxy or the service has a private CA, name its "
		       "file in AWS_CA_BUNDLE";
	if (strstr(error, "wrong version number") != NULL)
		return "the server does not speak TLS: is it http://?";
	if (strstr(error, "checksum") != NULL ||
	    strstr(error, "transfer closed") != NULL ||
	    strstr(error, "Empty reply") != NULL)
		return "something on the way cuts or changes replies: check "
		       "any proxy or filter";
	if (regional)
		return "check the region name, network and proxy (https_proxy, "
		       "no_proxy)";
	return "check the address, any proxy (http_proxy, https_proxy, no_proxy), and that "
	       "a server is listening";
}

/* "… is not authorized to perform: kms:Decrypt", "KMS key access denied" */
static bool
is_of_key(const char *message)
{
	return strstr(message, "kms:") != NULL ||
	    strstr(message, "KMS key") != NULL;
}

/* Not so: "… with an explicit deny in a service control policy", "… because no
 * VPC endpoint policy allows the … action". */
bool
refusal_own_policy(const char *message)
{
	return !is_of_key(message) &&
	    strstr(message, "explicit deny") == NULL &&
	    (strstr(message, "because no ") == NULL ||
		strstr(message, "no identity-based policy") != NULL);
}

/* What to do after a denial. */
static const char *
allow(const char *message)
{
	if (is_of_key(message))
		return "the table's KMS key must be enabled, and allow it: in "
		       "the policy of these credentials, and in that of the "
		       "key";
	if (refusal_own_policy(message))
		return "add it to the policy of these credentials";
	return strstr(message, "explicit deny") != NULL
	    ? "that policy denies it whatever others allow: have it changed"
	    : "that policy must allow it, too";
}

/* Put before ${message}, unless that is empty. */
static const char *
colon(const char *message)
{
	return message[0] != '\0' ? ": " : "";
}

int
refusal_say(const struct refusal *r, struct fault *f)
{
	const char *what = r->what, *code = r->code;
	size_t n = strlen(r->message);

	if (strncmp(code, "AccessDenied", 12) == 0)
		return fault(f, FAULT_DENIED,
		    "access denied: %s:%s%s%s is not allowed (%s); %s",
		    r->service, r->action, r->table != NULL ? " on table " : "",
		    r->table != NULL ? r->table : "",
		    r->message[0] != '\0' ? r->message : code,
		    allow(r->message));
	if (advice(code) != NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the credentials%s%.300s%s were refused: %s%s%.*s; %s",
		    what, r->keys_from != NULL ? " (from: " : "",
		    r->keys_from != NULL ? r->keys_from : "",
		    r->keys_from != NULL ? ")" : "", code, colon(r->message),
		    (int)(n - (n > 0 && r->message[n - 1] == '.')), r->message,
		    advice(code));
	if (refusal_given_up(r->why))
		return fault(f, FAULT_SERVICE,
		    "%s: gave up after %d %s: %s%s%.*s; %s", what, r->tries,
		    refusal_tries(r->tries), code, colon(r->message),
		    (int)(n - (n > 0 && r->message[n - 1] == '.')), r->message,
		    r->why != RETRY_THROTTLE ? REFUSAL_TROUBLE
			: r->slow != NULL    ? r->slow
					     : TOO_MANY);
	return fault(f, FAULT_SERVICE, "%s: %s%s%s", what, code,
	    colon(r->message), r->message);
}
