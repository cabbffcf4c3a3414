#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/doc.h"
#include "lib/aws/fetch.h"
#include "lib/aws/keyset.h"
#include "lib/aws/message.h"
#include "lib/aws/profile.h"
#include "lib/aws/provider/provider_parts.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/provider/sso.h"
#include "lib/aws/query/query.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"

#define PORTAL_TRIES 3
#define PORTAL_CONNECT_MS 5000
#define PORTAL_TOTAL_MS 20000
#define PORTAL_REPLY_MAX ((size_t)256 << 10)

/* What a profile says of its single sign-on. */
struct sign_on {
	struct config_value account, role, session, start_url, region;
};

/* An option of the profile or of its session; where both have it they must
 * agree, as the AWS CLI wants. 1, 0, -1. */
static int
get(const struct search *s, const struct sign_on *on, const char *option,
    struct config_value *out, struct fault *f)
{
	struct config_value in_session = { 0 };
	bool here = search_option(s, option, out);

	if (on->session.value == NULL ||
	    !config_value_section(&in_session, s->config, "sso-session",
		on->session.value, option))
		return here;
	if (here && strcmp(out->value, in_session.value) != 0)
		return fault(f, FAULT_CONFIG,
		    "%s: %s is another one than in [sso-session %.100s] "
		    "(%s)",
		    out->from, option, on->session.value, in_session.from);
	*out = in_session;
	return 1;
}

static int
read_profile(const struct search *s, struct sign_on *on, struct fault *f)
{
	const struct {
		const char *option;
		struct config_value *out;
	} wanted[] = {
		{ "sso_account_id", &on->account },
		{ "sso_role_name", &on->role },
		{ "sso_start_url", &on->start_url },
		{ "sso_region", &on->region },
	};
	const char *path = profile_path(s->config->config);

	if (search_option(s, "sso_session", &on->session) &&
	    !profile_has(s->config->config, "sso-session", on->session.value))
		return fault(f, FAULT_CONFIG,
		    "%s: there is no section [sso-session %.100s] in %.300s",
		    on->session.from, on->session.value, path);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int rc = get(s, on, wanted[i].option, wanted[i].out, f);

		if (rc < 0)
			return -1;
		if (rc == 0)
			return fault(f, FAULT_CONFIG,
			    "%.300s: profile \"%.100s\" uses single sign-on, "
			    "but has no %s: run \"aws configure sso --profile "
			    "%.100s\"",
			    path, s->profile, wanted[i].option, s->profile);
	}
	return 0;
}

/* The portal's no, and the way out. */
static int
refused(const struct search *s, const struct sign_on *on, const struct fetch *r,
    struct fault *f)
{
	struct doc *d =
	    doc_parse((struct slice){ r->x.reply.p, r->x.reply.n }, NULL);
	char message[256];

	message_copy(message, sizeof(message),
	    d != NULL ? doc_text(d, NULL, "message") : NULL);
	if (r->x.status == 401)
		(void)fault(f, FAULT_CREDENTIALS,
		    "the sign-on has expired; run \"aws sso login --profile "
		    "%.100s\"",
		    s->profile);
	else if (r->x.status == 403 || r->x.status == 404)
		(void)fault(f, FAULT_DENIED,
		    "%s: role %.100s in account %.20s is not available to this "
		    "sign-on (HTTP %d%s%.200s); check that it is assigned, and "
		    "its spelling",
		    on->role.from, on->role.value, on->account.value,
		    r->x.status, message[0] != '\0' ? ": " : "", message);
	else
		(void)fault(f, FAULT_SERVICE, "%.200s: HTTP %d%s%.200s",
		    r->x.url, r->x.status, message[0] != '\0' ? ": " : "",
		    message);
	doc_free(d);
	return -1;
}

static int
get_keys(struct search *s, const struct sign_on *on, const char *token,
    struct fault *f)
{
	static const char *const names[] = { "accessKeyId", "secretAccessKey",
		"sessionToken", "accountId", "expiration" };
	const struct aws_header header = { "x-amz-sso_bearer_token", token };
	struct fetch r = { .headers = &header,
		.nheaders = 1,
		.tries = PORTAL_TRIES };
	struct buf url = { 0 };
	struct doc *d = NULL;
	char *endpoint = NULL;
	int rc = -1;

	if (aws_config_endpoint(s->config, "sso", on->region.value, &endpoint,
		f) != 0)
		return -1;
	buf_addf(&url, "%s/federation/credentials?role_name=", endpoint);
	query_encode(&url, on->role.value);
	buf_adds(&url, "&account_id=");
	query_encode(&url, on->account.value);
	r.x = (struct http_exchange){ .method = "GET",
		.url = buf_text(&url),
		.connect_ms = PORTAL_CONNECT_MS,
		.total_ms = PORTAL_TOTAL_MS,
		.max_body = PORTAL_REPLY_MAX };
	if (fetch_run(s->world, &r, f) != 0)
		goto out;
	if (r.x.status != 200) {
		rc = refused(s, on, &r, f);
		goto out;
	}
	d = doc_parse((struct slice){ r.x.reply.p, r.x.reply.n }, f);
	rc = d != NULL
	    ? search_take_doc(s, d, "roleCredentials", names, buf_text(&url), f)
	    : fault_at(f, "%s", buf_text(&url));
out:
	doc_free(d);
	fetch_release(&r);
	buf_release(&url);
	free(endpoint);
	return rc;
}

/* A session alone is for other services; but perhaps the rest was forgotten. */
static void
tell_half(struct search *s)
{
	struct config_value in;

	if (!search_option(s, "sso_session", &in) &&
	    !search_option(s, "sso_start_url", &in))
		return;
	buf_addf(&s->why, "%.300s: ", in.from);
	search_name(&s->why, s);
	buf_addf(&s->why,
	    " has no sso_account_id and no sso_role_name: add them, or run "
	    "\"aws configure sso --profile %.100s\"",
	    s->profile);
}

/* Account or role make a profile one of single sign-on. */
int
provider_sso(struct search *s, struct fault *f)
{
	struct sign_on on = { 0 };
	struct sso_sign_on sign = { .config = s->config, .world = s->world };
	struct buf token = { 0 };
	int rc;

	if (!search_option(s, "sso_account_id", &on.account) &&
	    !search_option(s, "sso_role_name", &on.role)) {
		tell_half(s);
		return 0;
	}
	if (read_profile(s, &on, f) != 0)
		return -1;
	sign.session = on.session.value;
	sign.start_url = on.start_url.value;
	sign.region = on.region.value;
	if (sso_token(&sign, &token, f) != 0) {
		rc = -1;
		if (f != NULL && f->kind == FAULT_CREDENTIALS)
			(void)fault_at(f,
			    "run \"aws sso login --profile "
			    "%.100s\"",
			    s->profile);
	} else {
		rc = get_keys(s, &on, buf_text(&token), f);
	}
	secret_release(&token);
	if (rc == 1 && s->keys->account == NULL)
		s->keys->account = xstrdup(on.account.value);
	if (rc == 1) {
		buf_addf(&s->source, "single sign-on, role %.100s (",
		    on.role.value);
		search_name(&s->source, s);
		buf_addc(&s->source, ')');
		if (sign.kept.kind != FAULT_NONE)
			buf_addf(&s->source,
			    "; its renewed token could not be kept (%.300s): "
			    "the next one to need it must sign on again",
			    sign.kept.text);
	}
	return rc;
}
