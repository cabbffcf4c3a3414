#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/doc.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/fetch.h"
#include "lib/aws/message.h"
#include "lib/aws/provider/search.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"

/*
 * The agent beside a container (ECS, EKS Pod Identity). As AWS's clients do,
 * wait 2 seconds a try, try 3 times, a second apart, and use plain HTTP only
 * within this machine, since a token is sent and keys are returned.
 */
#define TIMEOUT_MS 2000
#define TRIES 3
#define PAUSE_MS 1000
#define REPLY_MAX ((size_t)64 << 10)
#define TOKEN_MAX ((size_t)64 << 10)

#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
#define RELATIVE_HOST "http://169.254.170.2"

static bool
is_near(const char *host)
{
	struct in6_addr six, eks;
	char name[300];

	aws_host_name(name, host);
	return aws_host_is_loopback(name) ||
	    strcmp(name, "169.254.170.2") == 0 ||
	    strcmp(name, "169.254.170.23") == 0 ||
	    (inet_pton(AF_INET6, name, &six) == 1 &&
		inet_pton(AF_INET6, "fd00:ec2::23", &eks) == 1 &&
		memcmp(&six, &eks, sizeof(six)) == 0);
}

/* The URL to ask, freed by the caller; ${place} gets it without the path, which
 * may be as good as a password. NULL: the fault says why. */
static char *
choose_url(struct buf *place, struct fault *f)
{
	const char *relative = config_value_environment(RELATIVE);
	const char *full = config_value_environment(FULL), *query;
	const char *variable = relative != NULL ? RELATIVE : FULL;
	struct aws_endpoint e;
	char *url, *plain;

	url = relative != NULL ? xasprintf(RELATIVE_HOST "%s", relative)
			       : xstrdup(full);
	query = url + strcspn(url, "?");
	plain = xstrndup(url, (size_t)(query - url));
	if ((relative != NULL && *relative != '/') ||
	    aws_endpoint_parse(plain, &e) != 0 ||
	    query[strcspn(query, " #\r\n\t")] != '\0') {
		(void)fault(f, FAULT_CONFIG, "%s: not %s", variable,
		    relative != NULL
			? "a path that begins with /"
			: "of the form http[s]://host[:port][/path]");
	} else if (!e.tls && !is_near(e.host)) {
		(void)fault(f, FAULT_CONFIG,
		    "%s: keys may come by plain http only from this machine "
		    "(a loopback address, 169.254.170.2, 169.254.170.23 or "
		    "[fd00:ec2::23]), not from %.200s",
		    variable, e.host);
	} else {
		buf_addf(place, "container (%s, %s://%s)", variable,
		    e.tls ? "https" : "http", e.host);
		free(plain);
		return url;
	}
	free(plain);
	free(url);
	return NULL;
}

/* Add the token that shows who asks to an empty ${out}; "" when not set. */
static int
read_token(struct buf *out, struct fault *f)
{
	const char *path = config_value_environment(TOKEN_FILE);
	const char *token = config_value_environment(TOKEN);

	if (path != NULL && secret_read(out, path, TOKEN_MAX, f) != 0)
		return fault_at(f, TOKEN_FILE);
	if (path == NULL && token != NULL)
		buf_adds(out, token);
	token = buf_text(out);
	if (token[strcspn(token, "\r\n")] != '\0')
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the token contains a newline, which a header cannot",
		    path != NULL ? TOKEN_FILE : TOKEN);
	return 0;
}

static bool
again(const struct http_exchange *x)
{
	struct doc *d;

	if (x->status != 200)
		return true;
	d = doc_parse(&x->reply, NULL);
	doc_free(d);
	return d == NULL;
}

/* What the agent says in an error: {"code":…,"message":…}, no keys. */
static int
refused(const struct fetch *r, const char *place, struct fault *f)
{
	struct doc *d = doc_parse(&r->x.reply, NULL);
	char code[96], message[320];

	message_copy(code, sizeof(code), doc_text(d, NULL, "code"));
	message_copy(message, sizeof(message), doc_text(d, NULL, "message"));
	doc_free(d);
	return fault(f, FAULT_CREDENTIALS, "%s: HTTP %d%s%.100s%s%.300s", place,
	    r->x.status, code[0] != '\0' ? ": " : "", code,
	    message[0] != '\0' ? ": " : "", message);
}

static int
get_keys(struct search *s, const char *url, const char *token,
    const char *place, struct fault *f)
{
	static const char *const names[] = { "AccessKeyId", "SecretAccessKey",
		"Token", "AccountId", "Expiration" };
	const struct aws_header headers[] = { { "accept", "application/json" },
		{ "authorization", token } };
	struct fetch r = {
		.x = { .method = "GET",
		    .url = url,
		    .connect_ms = TIMEOUT_MS,
		    .total_ms = TIMEOUT_MS,
		    .direct = true,
		    .max_body = REPLY_MAX },
		.headers = headers,
		.nheaders = *token != '\0' ? 2 : 1,
		.tries = TRIES,
		.pause_ms = PAUSE_MS,
		.again = again,
	};
	struct doc *d = NULL;
	int rc = fetch_run(s->world, &r, f);

	if (rc != 0 && r.x.status == 0) {
		rc = fault(f, f != NULL ? f->kind : FAULT_NET, "%s: %.300s",
		    place, r.x.error);
	} else if (rc == 0 && r.x.status != 200) {
		rc = refused(&r, place, f);
	} else if (rc == 0) {
		d = doc_parse(&r.x.reply, f);
		rc = d != NULL ? search_take_doc(s, d, NULL, names, place, f)
			       : fault_at(f, "%s", place);
		buf_adds(&s->source, place);
	}
	doc_free(d);
	secret_release(&r.x.reply);
	return rc;
}

int
provider_container(struct search *s, struct fault *f)
{
	struct buf token = { 0 }, place = { 0 };
	char *url;
	int rc = -1;

	if (config_value_environment(RELATIVE) == NULL &&
	    config_value_environment(FULL) == NULL) {
		buf_adds(&s->why, RELATIVE " and " FULL " are not set");
		return 0;
	}
	url = choose_url(&place, f);
	if (url != NULL && read_token(&token, f) == 0)
		rc = get_keys(s, url, buf_text(&token), buf_text(&place), f);
	secret_release(&token);
	buf_release(&place);
	free(url);
	return rc;
}
