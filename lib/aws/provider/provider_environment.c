#include <stddef.h>

#include "lib/aws/provider/search.h"
#include "lib/base/fault.h"

int
provider_environment(struct search *s, struct fault *f)
{
	struct found k = { config_value_environment("AWS_ACCESS_KEY_ID"),
		config_value_environment("AWS_SECRET_ACCESS_KEY"),
		/* botocore looks for the older name first */
		config_value_environment("AWS_SECURITY_TOKEN"),
		config_value_environment("AWS_ACCOUNT_ID"), INT64_MAX };
	const char *end = config_value_environment("AWS_CREDENTIAL_EXPIRATION");

	if (s->named) {
		buf_adds(&s->why, "ignored, as --profile was given");
		return 0;
	}
	if (k.access_key == NULL) {
		buf_adds(&s->why, "AWS_ACCESS_KEY_ID is not set");
		return 0;
	}
	if (k.secret_key == NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is "
		    "not: set both or none");
	if (k.session_token == NULL)
		k.session_token = config_value_environment("AWS_SESSION_TOKEN");
	if (end != NULL && search_time(end, &k.expires) != 0)
		return fault(f, FAULT_CREDENTIALS,
		    "AWS_CREDENTIAL_EXPIRATION: \"%.60s\" is not a time (such "
		    "as 2026-11-22T08:12:00Z)",
		    end);
	buf_adds(&s->source, "the environment");
	return search_take(s, &k, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
	    f);
}
