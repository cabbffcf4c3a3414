#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/doc.h"
#include "lib/aws/fetch.h"
#include "lib/aws/message.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/provider/sso.h"
#include "lib/base/blank.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"
#include "lib/base/secret.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"

#define RENEW_SECONDS (15 * 60)
#define OIDC_TRIES 3
#define OIDC_CONNECT_MS 5000
#define OIDC_TOTAL_MS 20000
#define OIDC_REPLY_MAX ((size_t)256 << 10)

/* The caller frees it. */
static char *
cache_path(const struct sso_sign_on *s)
{
	const char *name = s->session != NULL ? s->session : s->start_url;
	char hex[41], *directory = path_expand("~/.aws/sso/cache"), *path;

	crypto_sha1_hex(hex, name, strlen(name));
	path = xasprintf("%s/%s.json", directory, hex);
	free(directory);
	return path;
}

static void
add_member(struct buf *out, const char *name, const char *value)
{
	buf_addc(out, out->n == 0 ? '{' : ',');
	slice_text_encode(out, name, strlen(name));
	buf_addc(out, ':');
	slice_text_encode(out, value, strlen(value));
}

/* The body of the request for a new token, added to ${out}; -1 when the old
 * one came without what that takes. */
static int
ask_body(const struct doc *d, int64_t now, struct buf *out, struct fault *f)
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

/* The service's no: {"error":"invalid_grant","error_description":…}. */
static int
refused(struct fetch *r, const struct doc *sent, struct fault *f)
{
	static const char *const secrets[] = { "clientSecret", "refreshToken" };
	struct doc *d;
	char error[96], more[320];

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		blank_secret(&r->x.reply, doc_text(sent, NULL, secrets[i]),
		    BLANK_SECRET_MIN);
	d = doc_parse((struct slice){ r->x.reply.p, r->x.reply.n }, NULL);
	message_copy(error, sizeof(error),
	    d != NULL ? doc_text(d, NULL, "error") : NULL);
	message_copy(more, sizeof(more),
	    d != NULL ? doc_text(d, NULL, "error_description") : NULL);
	(void)fault(f, FAULT_CREDENTIALS,
	    "its renewal was refused: HTTP %d%s%s%s%s", r->x.status,
	    error[0] != '\0' ? " " : "", error, more[0] != '\0' ? ": " : "",
	    more);
	doc_free(d);
	return -1;
}

/* Put what came into the document. */
static int
take_token(struct doc *d, const struct fetch *r, int64_t now, struct fault *f)
{
	struct doc *reply =
	    doc_parse((struct slice){ r->x.reply.p, r->x.reply.n }, f);
	const char *token, *refresh;
	int64_t seconds;
	char end[32];
	int rc = -1;

	if (reply == NULL)
		return fault_at(f, "the reply to its renewal");
	token = doc_text(reply, NULL, "accessToken");
	refresh = doc_text(reply, NULL, "refreshToken");
	seconds = doc_int(reply, NULL, "expiresIn");
	if (token == NULL || seconds < 0 || seconds > INT32_MAX ||
	    text_time_format(end, now + seconds) != 0) {
		(void)fault(f, FAULT_DATA,
		    "the reply to its renewal has no accessToken and "
		    "expiresIn");
	} else {
		doc_set(d, "accessToken", token);
		doc_set(d, "expiresAt", end);
		if (refresh != NULL)
			doc_set(d, "refreshToken", refresh);
		rc = 0;
	}
	doc_free(reply);
	return rc;
}

static int
save(const struct doc *d, const char *path, struct fault *f)
{
	struct buf text = { 0 };
	int rc;

	doc_print(d, &text);
	rc = secret_write(path, text.p, text.n, f);
	secret_release(&text);
	return rc;
}

static int
renew(struct sso_sign_on *s, struct doc *d, const char *path, struct fault *f)
{
	static const struct aws_header header = { "content-type",
		"application/json" };
	int64_t now = s->world->wall_ms(s->world->ctx) / 1000;
	struct buf body = { 0 };
	struct fetch r = { .headers = &header,
		.nheaders = 1,
		.tries = OIDC_TRIES };
	char *endpoint = NULL, *url = NULL;
	int rc = -1;

	if (ask_body(d, now, &body, f) != 0 ||
	    aws_config_endpoint(s->config, "oidc", s->region, &endpoint, f) !=
		0)
		goto out;
	url = xasprintf("%s/token", endpoint);
	r.x = (struct http_exchange){ .method = "POST",
		.url = url,
		.body = { body.p, body.n },
		.connect_ms = OIDC_CONNECT_MS,
		.total_ms = OIDC_TOTAL_MS,
		.max_body = OIDC_REPLY_MAX };
	if (fetch_run(s->world, &r, f) != 0)
		goto out;
	rc = r.x.status == 200 ? take_token(d, &r, now, f) : refused(&r, d, f);
	if (rc == 0)
		(void)save(d, path, &s->kept);
out:
	secret_release(&body);
	fetch_release(&r);
	free(endpoint);
	free(url);
	return rc;
}

int
sso_token(struct sso_sign_on *s, struct buf *out, struct fault *f)
{
	char *path = cache_path(s);
	int64_t now = s->world->wall_ms(s->world->ctx) / 1000, end = 0;
	struct fault why = { 0 };
	struct doc *d = doc_load(path, &why);
	const char *token;
	int rc = -1;

	if (d == NULL && why.kind == FAULT_NOT_FOUND) {
		(void)fault(f, FAULT_CREDENTIALS, "not signed on");
		goto out;
	}
	if (d == NULL) {
		(void)fault(f, FAULT_CREDENTIALS, "%s", why.text);
		goto out;
	}
	if (doc_text(d, NULL, "accessToken") == NULL ||
	    doc_text(d, NULL, "expiresAt") == NULL ||
	    search_time(doc_text(d, NULL, "expiresAt"), &end) != 0) {
		(void)fault(f, FAULT_CREDENTIALS,
		    "%.300s: no accessToken with an expiresAt", path);
		goto out;
	}
	if (s->session == NULL)
		(void)fault(&why, FAULT_CREDENTIALS,
		    "it has no sso_session, so it cannot be renewed");
	if (end - now < RENEW_SECONDS && s->session != NULL &&
	    renew(s, d, path, &why) == 0)
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
