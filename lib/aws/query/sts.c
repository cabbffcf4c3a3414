#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/arn.h"
#include "lib/aws/credentials.h"
#include "lib/aws/query/sts.h"
#include "lib/aws/query/xml.h"
#include "lib/aws/refusal.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

#define VERSION "2011-06-15"
#define NUMBER 24

static int
take_keys(const struct xml *reply, const char *action, struct aws_keyset *out,
    struct fault *f)
{
	char path[64];
	const struct xml *result, *keys;
	const char *text[4];
	static const char *const names[] = { "AccessKeyId", "SecretAccessKey",
		"SessionToken", "Expiration" };
	bool fraction;
	int64_t end;

	(void)snprintf(path, sizeof(path), "%sResult", action);
	result = xml_find(reply, path);
	keys = xml_find(result, "Credentials");
	for (int i = 0; i < 4; i++) {
		text[i] = xml_text(keys, names[i]);
		if (text[i] == NULL || *text[i] == '\0')
			return fault(f, FAULT_DATA, "the reply to %s has no %s",
			    action, names[i]);
	}
	if (text_iso8601_parse(text[3], strlen(text[3]), &end, &fraction) != 0)
		return fault(f, FAULT_DATA,
		    "the reply to %s: its Expiration is not a time", action);
	*out = (struct aws_keyset){
		.keys = { xstrdup(text[0]), xstrdup(text[1]),
		    xstrdup(text[2]) },
		.account = arn_account(xml_text(result, "AssumedRoleUser/Arn")),
		.expires = end,
	};
	return 0;
}

/* What to do about the error ${code}. */
static const char *
advice(const char *code)
{
	static const struct {
		const char *code, *text;
	} table[] = {
		/* clang-format off */
		{ "AccessDenied", "; the role's trust policy and the caller's "
		    "own policy must both allow it" },
		{ "ExpiredToken", "; get a new token and run again" },
		{ "IDPRejectedClaim", "; is the token still good, and is the "
		    "role's trust policy about its issuer and subject?" },
		{ "InvalidClientTokenId", "; check that the access key is active and belongs to this partition" },
		{ "InvalidIdentityToken", "; is the identity provider known "
		    "to this account?" },
		{ "RegionDisabled", "; an account owner must switch the "
		    "region on, or --region name another" },
		{ "SignatureDoesNotMatch", "; check that the secret key belongs to the access key" },
		/* clang-format on */
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strncmp(code, table[i].code, strlen(table[i].code)) == 0)
			return table[i].text;
	return "";
}

int
sts_assume(const struct sts_ask *ask, struct aws_keyset *out, struct fault *f)
{
	bool web = ask->web_identity_token != NULL;
	const char *action = web ? "AssumeRoleWithWebIdentity" : "AssumeRole";
	char name[NUMBER + 16], seconds[NUMBER];
	int64_t now = ask->world->wall_ms(ask->world->ctx) / 1000;
	const struct query_param params[] = {
		{ "RoleArn", ask->role_arn, false },
		{ "RoleSessionName",
		    ask->session_name != NULL ? ask->session_name : name,
		    false },
		{ "ExternalId", ask->external_id, true },
		{ "SerialNumber", ask->serial, false },
		{ "TokenCode", ask->code, true },
		{ "DurationSeconds", ask->duration > 0 ? seconds : NULL,
		    false },
		{ "WebIdentityToken", ask->web_identity_token, true },
	};
	const struct query q = {
		.caller = { ask->config, NULL, ask->world },
		.service = "sts",
		.action = action,
		.version = VERSION,
		.params = params,
		.nparams = sizeof(params) / sizeof(params[0]),
		.keys = web ? NULL : ask->keys,
	};
	struct query_reply reply;
	int rc;

	(void)snprintf(name, sizeof(name), "ttlsweep-%lld", (long long)now);
	(void)snprintf(seconds, sizeof(seconds), "%lld",
	    (long long)ask->duration);
	rc = query_call(&q, &reply, f);
	if (rc == 0)
		rc = take_keys(reply.xml, action, out, f);
	else if (rc == 1 && refusal_given_up(reply.why))
		rc = query_refused(q.service, action, &reply, f);
	else if (rc == 1)
		rc = fault(f,
		    strncmp(reply.code, "AccessDenied", 12) == 0
			? FAULT_DENIED
			: FAULT_CREDENTIALS,
		    "sts:%s of role %.200s was refused: %s%s%.400s%s", action,
		    ask->role_arn, reply.code,
		    reply.message[0] != '\0' ? ": " : "", reply.message,
		    advice(reply.code));
	query_release(&reply);
	return rc;
}

static int
take_identity(const struct xml *reply, struct identity *out, struct fault *f)
{
	const struct xml *result = xml_find(reply, "GetCallerIdentityResult");
	const char *account = xml_text(result, "Account");
	const char *arn = xml_text(result, "Arn");

	if (account == NULL || strspn(account, "0123456789") != 12 ||
	    account[12] != '\0')
		return fault(f, FAULT_DATA,
		    "GetCallerIdentity: the reply names no account; check the "
		    "endpoint, and " REFUSAL_PROXY);
	out->account = xstrdup(account);
	out->arn = xstrdup(arn != NULL ? arn : "");
	return 0;
}

int
identity_ask(const struct aws_caller *caller, struct identity *out,
    struct fault *f)
{
	const struct query q = {
		.caller = *caller,
		.service = "sts",
		.action = "GetCallerIdentity",
		.version = VERSION,
	};
	struct query_reply reply;
	int rc = query_call(&q, &reply, f);

	*out = (struct identity){ 0 };
	if (rc == 0)
		rc = take_identity(reply.xml, out, f);
	else if (rc == 1)
		rc = query_refused(q.service, q.action, &reply, f);
	query_release(&reply);
	return rc;
}

void
identity_release(struct identity *i)
{
	free(i->account);
	free(i->arn);
	*i = (struct identity){ 0 };
}
