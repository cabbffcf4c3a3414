#include <stdlib.h>
#include <string.h>

#include "lib/aws/query/identity.h"
#include "lib/aws/query/query.h"
#include "lib/aws/query/xml.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

#define RESULT "GetCallerIdentityResult/"

/* The result of the reply, or -1 when it tells no account. */
static int
read_identity(struct identity *out, const struct xml *xml, struct fault *f)
{
	const char *account = xml_text(xml_root(xml), RESULT "Account");
	const char *arn = xml_text(xml_root(xml), RESULT "Arn");

	if (account == NULL || strspn(account, "0123456789") != 12 ||
	    account[12] != '\0')
		return fault(f, FAULT_DATA,
		    "GetCallerIdentity: the reply names no account");
	out->account = xstrdup(account);
	out->arn = xstrdup(arn != NULL ? arn : "");
	return 0;
}

int
identity_ask(const struct aws_caller *caller, struct identity *out,
    struct fault *f)
{
	const struct query q = {
		.config = caller->config,
		.world = caller->world,
		.service = "sts",
		.action = "GetCallerIdentity",
		.version = "2011-06-15",
		.credentials = caller->credentials,
	};
	struct query_reply reply;
	int r = query_call(&q, &reply, f);

	*out = (struct identity){ 0 };
	if (r == 0)
		r = read_identity(out, reply.xml, f);
	else if (r > 0)
		r = query_refused(&q, &reply, f);
	query_release(&reply);
	return r;
}

void
identity_release(struct identity *i)
{
	free(i->account);
	free(i->arn);
	*i = (struct identity){ 0 };
}
