#include "lib/aws/provider/search.h"
#include "lib/aws/query/sts.h"
#include "lib/base/fault.h"
#include "lib/base/secret.h"

#define TOKEN_MAX ((size_t)256 << 10)

/* The variable, unless the profile was named; else the profile's option. */
static bool
either(const struct search *s, const char *variable, const char *option,
    struct config_value *out)
{
	return (!s->named && config_value_variable(out, variable)) ||
	    search_option(s, option, out);
}

/* A newline after the token is an editor's, not the issuer's. */
static void
trim(struct buf *b)
{
	while (b->n > 0 && (b->p[b->n - 1] == '\n' || b->p[b->n - 1] == '\r'))
		b->p[--b->n] = '\0';
}

/* The token is read at each renewal, as its issuer replaces it. */
int
provider_web(struct search *s, struct fault *f)
{
	struct config_value file, arn, name;
	struct buf token = { 0 };
	struct sts_ask ask = { .config = s->config, .world = s->world };
	int rc = -1;

	if (!either(s, "AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file",
		&file))
		return 0;
	if (!either(s, "AWS_ROLE_ARN", "role_arn", &arn))
		return fault(f, FAULT_CONFIG,
		    "%s names a web identity token, but no role to assume with "
		    "it; set %s",
		    file.from,
		    s->named ? "role_arn" : "AWS_ROLE_ARN (or role_arn)");
	(void)either(s, "AWS_ROLE_SESSION_NAME", "role_session_name", &name);
	if (secret_read(&token, file.value, TOKEN_MAX, f) != 0) {
		(void)fault_at(f, "%s", file.from);
		goto out;
	}
	trim(&token);
	if (token.n == 0) {
		(void)fault(f, FAULT_CREDENTIALS, "%s: %.300s is empty",
		    file.from, file.value);
		goto out;
	}
	ask.role_arn = arn.value;
	ask.session_name = name.value;
	ask.web_identity_token = buf_text(&token);
	if (sts_assume(&ask, s->keys, f) != 0) {
		(void)fault_at(f, "%s", file.from);
		goto out;
	}
	buf_addf(&s->source, "role %.200s, by the web identity of %.300s (%s)",
	    arn.value, file.value, file.from);
	rc = 1;
out:
	secret_release(&token);
	return rc;
}
