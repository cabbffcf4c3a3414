#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/doc.h"
#include "lib/aws/fetch.h"
#include "lib/aws/message.h"
#include "lib/aws/profile.h"
#include "lib/aws/provider/search.h"
#include "lib/base/blank.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"

/*
 * Single sign-on. `aws sso login` leaves a token in ~/.aws/sso/cache, in a
 * form that the AWS CLI and the SDKs share. With less than RENEW_SECONDS left
 * it is renewed where that is possible, and the file replaced, as the old
 * token may no longer be good. A renewal that fails is an error only when the
 * token has expired. The portal gives keys for the token.
 */
#define RENEW_SECONDS (15 * 60)
#define TRIES 3
#define CONNECT_MS 5000
#define TOTAL_MS 20000
#define REPLY_MAX ((size_t)256 << 10)

/* What a profile says about its single sign-on. */
struct sign_on {
	struct config_value account, role, start_url, region;
	struct config_value session; /* [sso-session NAME]; none: the old style,
					whose tokens cannot be renewed */
	struct fault kept; /* why the renewed token could not be saved */
};

/* The file of the token; the caller frees it. */
static char *
cache_path(const struct sign_on *on)
{
	const char *name =
	    on->session.value != NULL ? on->session.value : on->start_url.value;
	char hex[41], *directory = path_expand("~/.aws/sso/cache"), *path;

	crypto_sha1_hex(hex, name, strlen(name));
	path = xasprintf("%s/%s.json", directory, hex);
	free(directory);
	return path;
}

/* One request; the caller releases ${r} in any case. */
static int
request(const struct search *s, struct fetch *r, struct http_exchange x,
    const struct aws_header *header, struct fault *f)
{
	x.connect_ms = CONNECT_MS;
	x.total_ms = TOTAL_MS;
	x.max_body = REPLY_MAX;
	*r = (struct fetch){ .x = x,
		.headers = header,
		.nheaders = 1,
		.tries = TRIES };
	return fetch_run(s->world, r, f);
}

static void
add_member(struct buf *out, const char *name, const char *value)
{
	buf_addc(out, out->n == 0 ? '{' : ',');
	slice_text_encode(out, name, strlen(name));
	buf_addc(out, ':');
	slice_text_encode(out, value, strlen(value));
}

/* Add the body of the request for a new token to ${out}; -1 when the old one
 * came without what that takes. */
static int
renewal_body(const struct doc *d, int64_t now, struct buf *out, struct fault *f)
{
	static const char *const names[] = { "clientId", "clientSecret",
		"refreshToken", "registrationExpiresAt" };
	const char *value[4];
	size_t n = 128;
	int64_t end;

	for (int i = 0; i < 4; i++) {
		value[i] = doc_text(d, NULL, names[i]);
		if (value[i] == NULL)
			return fault(f, FAULT_CREDENTIALS,
			    "it came without a %s to renew it with", names[i]);
		n += 32 + 6 * strlen(value[i]);
	}
	if (search_time(value[3], &end) != 0 || end <= now)
		return fault(f, FAULT_CREDENTIALS,
		    "the registration it could be renewed with has ended");
	(void)buf_reserve(out, n);
	add_member(out, "clientId", value[0]);
	add_member(out, "clientSecret", value[1]);
	add_member(out, "grantType", "refresh_token");
	add_member(out, "refreshToken", value[2]);
	buf_addc(out, '}');
	return 0;
}

/* A refusal: {"error":"invalid_grant","error_description":…}. */
static int
renewal_refused(struct fetch *r, const struct doc *sent, struct fault *f)
{
	static const char *const secrets[] = { "clientSecret", "refreshToken" };
	struct doc *d;
	char error[96], more[320];

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		blank_secret(&r->x.reply, doc_text(sent, NULL, secrets[i]),
		    BLANK_SECRET_MIN);
	d = doc_parse(&r->x.reply, NULL);
	message_copy(error, sizeof(error), doc_text(d, NULL, "error"));
	message_copy(more, sizeof(more),
	    doc_text(d, NULL, "error_description"));
	doc_free(d);
	return fault(f, FAULT_CREDENTIALS,
	    "its renewal was refused: HTTP %d%s%s%s%s", r->x.status,
	    error[0] != '\0' ? " " : "", error, more[0] != '\0' ? ": " : "",
	    more);
}

/* Put the new token into the document. */
static int
take_token(struct doc *d, const struct buf *text, int64_t now, struct fault *f)
{
	struct doc *reply = doc_parse(text, f);
	const char *token = doc_text(reply, NULL, "accessToken");
	const char *refresh = doc_text(reply, NULL, "refreshToken");
	int64_t seconds = doc_int(reply, NULL, "expiresIn");
	char end[32];
	int rc = 0;

	if (reply == NULL)
		return fault_at(f, "the reply to its renewal");
	if (token == NULL || seconds < 0 || seconds > INT32_MAX ||
	    text_time_format(end, now + seconds) != 0) {
		rc = fault(f, FAULT_DATA,
		    "the reply to its renewal has no accessToken and "
		    "expiresIn");
	} else {
		doc_set(d, "accessToken", token);
		doc_set(d, "expiresAt", end);
		if (refresh != NULL)
			doc_set(d, "refreshToken", refresh);
	}
	doc_free(reply);
	return rc;
}

static int
renew(const struct search *s, struct sign_on *on, struct doc *d,
    const char *path, struct fault *f)
{
	static const struct aws_header header = { "content-type",
		"application/json" };
	struct buf body = { 0 }, text = { 0 };
	struct fetch r = { .tries = 0 };
	char *endpoint = NULL, *url = NULL;
	int rc = -1;

	if (renewal_body(d, search_now(s), &body, f) != 0 ||
	    aws_config_endpoint(s->config, "oidc", on->region.value, &endpoint,
		f) != 0)
		goto out;
	url = xasprintf("%s/token", endpoint);
	if (request(s, &r,
		(struct http_exchange){ .method = "POST",
		    .url = url,
		    .body = { body.p, body.n } },
		&header, f) != 0)
		goto out;
	rc = r.x.status == 200 ? take_token(d, &r.x.reply, search_now(s), f)
			       : renewal_refused(&r, d, f);
	if (rc == 0) {
		doc_print(d, &text);
		(void)secret_write(path, text.p, text.n, &on->kept);
	}
out:
	secret_release(&text);
	secret_release(&body);
	secret_release(&r.x.reply);
	free(endpoint);
	free(url);
	return rc;
}

/* Add the token to an empty ${out}, which the caller wipes. -1 with
 * FAULT_CREDENTIALS: somebody must sign on again. */
static int
get_token(const struct search *s, struct sign_on *on, struct buf *out,
    struct fault *f)
{
	char *path = cache_path(on);
	int64_t now = search_now(s), end = 0;
	struct fault why = { 0 };
	struct doc *d = doc_load(path, &why);
	const char *token = doc_text(d, NULL, "accessToken");
	const char *expires = doc_text(d, NULL, "expiresAt");
	int rc = -1;

	if (d == NULL) {
		(void)fault(f, FAULT_CREDENTIALS, "%s",
		    why.kind == FAULT_NOT_FOUND ? "not signed on" : why.text);
		goto out;
	}
	if (token == NULL || expires == NULL ||
	    search_time(expires, &end) != 0) {
		(void)fault(f, FAULT_CREDENTIALS,
		    "%.300s: no accessToken with an expiresAt", path);
		goto out;
	}
	if (on->session.value == NULL)
		(void)fault(&why, FAULT_CREDENTIALS,
		    "it has no sso_session, so it cannot be renewed");
	else if (end - now < RENEW_SECONDS && renew(s, on, d, path, &why) == 0)
		end = INT64_MAX;
	if (end <= now) {
		(void)fault(f,
		    why.kind == FAULT_CANCELLED ? why.kind : FAULT_CREDENTIALS,
		    "the sign-on has expired: %s", why.text);
		goto out;
	}
	token = doc_text(d, NULL, "accessToken");
	(void)buf_reserve(out, strlen(token));
	buf_adds(out, token);
	rc = 0;
out:
	doc_free(d);
	free(path);
	return rc;
}

/* An option of the profile or of its session; where both have it they must
 * agree, as the AWS CLI wants. 1, 0, -1. */
static int
get(const struct search *s, const struct sign_on *on, const char *option,
    struct config_value *out, struct fault *f)
{
	struct config_value in_session = { 0 };
	bool here = search_option(s, option, out);

	if (on->session.value == NULL ||
	    !config_value_section(&in_session, s->config->config, "sso-session",
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

/* Say why the portal refused, and what to do. */
static int
refused(const struct search *s, const struct sign_on *on, const struct fetch *r,
    struct fault *f)
{
	struct doc *d = doc_parse(&r->x.reply, NULL);
	char message[256];
	const char *colon;

	message_copy(message, sizeof(message), doc_text(d, NULL, "message"));
	doc_free(d);
	colon = message[0] != '\0' ? ": " : "";
	if (r->x.status == 401)
		return fault(f, FAULT_CREDENTIALS,
		    "the sign-on has expired; run \"aws sso login --profile "
		    "%.100s\"",
		    s->profile);
	if (r->x.status == 403 || r->x.status == 404)
		return fault(f, FAULT_DENIED,
		    "%s: role %.100s in account %.20s is not available to this "
		    "sign-on (HTTP %d%s%.200s); check that it is assigned, and "
		    "its spelling",
		    on->role.from, on->role.value, on->account.value,
		    r->x.status, colon, message);
	return fault(f, FAULT_SERVICE, "%.200s: HTTP %d%s%.200s", r->x.url,
	    r->x.status, colon, message);
}

static int
get_keys(struct search *s, const struct sign_on *on, const char *token,
    struct fault *f)
{
	static const char *const names[] = { "accessKeyId", "secretAccessKey",
		"sessionToken", "accountId", "expiration" };
	const struct aws_header header = { "x-amz-sso_bearer_token", token };
	struct fetch r;
	struct buf url = { 0 };
	struct doc *d = NULL;
	char *endpoint = NULL;
	int rc;

	if (aws_config_endpoint(s->config, "sso", on->region.value, &endpoint,
		f) != 0)
		return -1;
	buf_addf(&url, "%s/federation/credentials?role_name=", endpoint);
	text_percent(&url, on->role.value, strlen(on->role.value));
	buf_adds(&url, "&account_id=");
	text_percent(&url, on->account.value, strlen(on->account.value));
	rc = request(s, &r,
	    (struct http_exchange){ .method = "GET", .url = buf_text(&url) },
	    &header, f);
	if (rc == 0 && r.x.status != 200) {
		rc = refused(s, on, &r, f);
	} else if (rc == 0) {
		d = doc_parse(&r.x.reply, f);
		rc = d != NULL ? search_take_doc(s, d, "roleCredentials", names,
				     buf_text(&url), f)
			       : fault_at(f, "%s", buf_text(&url));
	}
	doc_free(d);
	secret_release(&r.x.reply);
	buf_release(&url);
	free(endpoint);
	return rc;
}

/* A session without account and role is for other services, but perhaps they
 * were forgotten. */
static void
tell_half(struct search *s)
{
	struct config_value in;

	if (search_option(s, "sso_session", &in) ||
	    search_option(s, "sso_start_url", &in))
		buf_addf(&s->why,
		    "%.300s: %s has no sso_account_id and no sso_role_name: "
		    "add them, or run \"aws configure sso --profile %.100s\"",
		    in.from, s->name, s->profile);
}

/* A profile with an account or a role uses single sign-on. */
int
provider_sso(struct search *s, struct fault *f)
{
	struct sign_on on = { 0 };
	struct buf token = { 0 };
	int rc = -1;

	if (!search_option(s, "sso_account_id", &on.account) &&
	    !search_option(s, "sso_role_name", &on.role)) {
		tell_half(s);
		return 0;
	}
	if (read_profile(s, &on, f) != 0)
		return -1;
	if (get_token(s, &on, &token, f) == 0)
		rc = get_keys(s, &on, buf_text(&token), f);
	else if (f != NULL && f->kind == FAULT_CREDENTIALS)
		(void)fault_add(f, "; run \"aws sso login --profile %.100s\"",
		    s->profile);
	secret_release(&token);
	if (rc != 1)
		return rc;
	if (s->keys->account == NULL)
		s->keys->account = xstrdup(on.account.value);
	buf_addf(&s->source, "single sign-on, role %.100s (%s)", on.role.value,
	    s->name);
	if (on.kept.kind != FAULT_NONE)
		buf_addf(&s->source,
		    "; its renewed token could not be kept (%.300s): the next "
		    "one to need it must sign on again",
		    on.kept.text);
	return 1;
}
