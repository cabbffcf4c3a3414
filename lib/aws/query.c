#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/message.h"
#include "lib/aws/query.h"
#include "lib/aws/refusal.h"
#include "lib/aws/retry.h"
#include "lib/aws/world.h"
#include "lib/aws/xml.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/version.h"

#define QUERY_CONNECT_MS 5000
#define QUERY_TOTAL_MS 20000
/* A page of CloudFormation's is at most 1 MB. */
#define QUERY_REPLY_MAX ((size_t)8 << 20)

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define HEADERS_MAX 6

/* One call under way. */
struct call {
	const struct query *q;
	char *url;
	struct aws_endpoint endpoint;
	struct buf body;
	struct http_exchange x;
	int64_t skew_ms; /* the service's clock less ours, by its last reply */
	int64_t signed_skew_ms; /* what it was for the try under way */
	uint64_t generation;    /* of the keys it was signed with */
};

void
query_encode(struct buf *out, const char *s)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-._~";

	for (; *s != '\0'; s++)
		if (strchr(plain, *s) != NULL)
			buf_addc(out, *s);
		else
			buf_addf(out, "%%%02X", (unsigned char)*s);
}

static void
add_param(struct buf *out, const char *name, const char *value)
{
	if (out->n > 0)
		buf_addc(out, '&');
	query_encode(out, name);
	buf_addc(out, '=');
	query_encode(out, value);
}

/* Room for all of it first: a token is in it, and no copy of that is to stay
 * behind where the memory was too small. */
static void
make_body(struct call *c)
{
	const struct query *q = c->q;
	size_t n = 256;

	for (size_t i = 0; i < q->nparams; i++)
		if (q->params[i].value != NULL)
			n += 2 + 3 * strlen(q->params[i].name) +
			    3 * strlen(q->params[i].value);
	(void)buf_reserve(&c->body, n);
	add_param(&c->body, "Action", q->action);
	add_param(&c->body, "Version", q->version);
	for (size_t i = 0; i < q->nparams; i++)
		if (q->params[i].value != NULL)
			add_param(&c->body, q->params[i].name,
			    q->params[i].value);
}

static size_t
sign_headers(const struct call *c, const struct aws_keys *keys, int64_t now,
    char *headers[HEADERS_MAX])
{
	const struct aws_header sign[] = { { "content-type", CONTENT_TYPE } };
	const struct aws_sign_request rq = {
		.method = "POST",
		.host = c->endpoint.host,
		.path = c->endpoint.path[0] != '\0' ? c->endpoint.path : "/",
		.query = "",
		.headers = sign,
		.nheaders = 1,
		.body = { c->body.p, c->body.n },
		.region = c->q->config->region,
		.service = c->q->service,
	};
	struct aws_signature sig;
	size_t n = 0;

	aws_sign(&sig, keys, &rq, now);
	headers[n++] = xasprintf("x-amz-date: %s", sig.date);
	headers[n++] = xasprintf("authorization: %s", sig.authorization);
	if (keys->session_token != NULL)
		headers[n++] =
		    xasprintf("x-amz-security-token: %s", keys->session_token);
	aws_sign_release(&sig);
	return n;
}

/* The service's clock, by a reply that tells it. */
static void
learn_clock(struct call *c)
{
	const struct http_exchange *x = &c->x;

	if (x->status != 0 && !x->aged && x->date >= 0 &&
	    x->received_ms - x->sent_ms <= RETRY_SKEW_ROUND_TRIP_MS)
		c->skew_ms = x->date * 1000 -
		    (x->sent_ms + (x->received_ms - x->sent_ms) / 2);
}

/* Blank the request's own secrets in a refusal. */
static void
hide(struct call *c)
{
	const struct query *q = c->q;

	message_hide(&c->x);
	for (size_t i = 0; i < q->nparams && c->x.status != 200; i++)
		if (q->params[i].secret && q->params[i].value != NULL)
			message_blank(&c->x.reply, q->params[i].value,
			    MESSAGE_SECRET_MIN);
}

/* Send once; 0 when there was something to sign with. */
static int
send_once(struct call *c, void *line, struct fault *f)
{
	const struct query *q = c->q;
	struct world *w = q->world;
	int64_t now = (w->wall_ms(w->ctx) + c->skew_ms) / 1000;
	struct aws_keyset set = { 0 };
	char *headers[HEADERS_MAX];
	size_t n = 0;

	if (q->credentials != NULL &&
	    aws_credentials_get(q->credentials, now, &set, f) != 0)
		return -1;
	c->generation = set.generation;
	c->signed_skew_ms = c->skew_ms;
	if (q->credentials != NULL || q->keys != NULL)
		n = sign_headers(c,
		    q->credentials != NULL ? &set.keys : q->keys, now, headers);
	aws_keyset_release(&set);
	headers[n++] = xstrdup("content-type: " CONTENT_TYPE);
	headers[n++] = xstrdup("user-agent: ttlsweep/" TTLSWEEP_VERSION);
	c->x.method = "POST";
	c->x.url = c->url;
	c->x.headers = (const char *const *)headers;
	c->x.nheaders = n;
	c->x.body = (struct slice){ c->body.p, c->body.n };
	c->x.connect_ms = QUERY_CONNECT_MS;
	c->x.total_ms = QUERY_TOTAL_MS;
	c->x.max_body = QUERY_REPLY_MAX;
	(void)w->exchange(line, &c->x);
	hide(c);
	for (size_t i = 0; i < n; i++) {
		crypto_wipe(headers[i], strlen(headers[i]));
		free(headers[i]);
	}
	learn_clock(c);
	return 0;
}

/* What a try came to; ${out} is filled by an answer or an error. */
static enum retry_class
judge(const struct call *c, struct query_reply *out, struct fault *f)
{
	const struct slice body = { c->x.reply.p, c->x.reply.n };
	const struct xml_element *error;
	enum retry_class why;

	xml_free(out->xml);
	*out = (struct query_reply){ .status = c->x.status };
	if (c->x.status == 0) {
		(void)fault(f, FAULT_NET, "%s", c->x.error);
		return RETRY_TRANSIENT;
	}
	out->xml = xml_parse(body, f);
	if (out->xml == NULL && c->x.status == 200)
		return RETRY_TRANSIENT;
	if (c->x.status == 200)
		return RETRY_NO;
	if (out->xml != NULL) {
		error = xml_find(xml_root(out->xml), "Error");
		if (error == NULL)
			error = xml_find(xml_root(out->xml), "Errors/Error");
		if (error != NULL) {
			message_copy(out->code, sizeof(out->code),
			    xml_text(error, "Code"));
			message_copy(out->message, sizeof(out->message),
			    xml_text(error, "Message"));
		}
	}
	(void)fault(f, FAULT_SERVICE, "HTTP %d%s%s", c->x.status,
	    out->code[0] != '\0' ? " " : "", out->code);
	why = retry_classify(c->x.status, out->code);
	if (strcmp(out->code, "IDPCommunicationError") == 0)
		why = RETRY_TRANSIENT;
	if (why == RETRY_SKEW && !retry_skewed(c->skew_ms, c->signed_skew_ms))
		why = RETRY_NO;
	return why;
}

/* Try until there is an answer; ${line} is open. */
static int
try_all(struct call *c, void *line, struct query_reply *out, struct fault *f)
{
	const struct aws_config *config = c->q->config;
	struct world *w = c->q->world;
	struct fault last = { 0 };
	enum retry_class why;
	bool renewed = false;
	int tries = 0,
	    most = config->attempts_set ? config->max_attempts : RETRY_SINGLE;

	for (int i = 0;; i++) {
		if (send_once(c, line, f) != 0)
			return -1;
		why = judge(c, out, &last);
		out->why = why;
		out->tries = ++tries;
		if (why == RETRY_EXPIRED && c->q->credentials != NULL &&
		    !renewed) {
			renewed = true;
			if (aws_credentials_renew(c->q->credentials,
				c->generation, f) != 0)
				return -1;
			continue;
		}
		if (why == RETRY_NO || why == RETRY_EXPIRED)
			break;
		if (stop_requested())
			return fault(f, FAULT_CANCELLED, "interrupted");
		if (i + 1 >= most)
			break;
		w->sleep_ms(w->ctx,
		    retry_delay_ms(why, i, w->chance(w->ctx), c->x.retry_after),
		    false);
	}
	if (out->status == 200 && out->xml != NULL)
		return 0;
	if (out->status != 0 && out->code[0] != '\0')
		return 1;
	return fault(f, last.kind, "%s: %s: no usable reply in %d %s: %s%s",
	    c->url, c->q->action, tries, refusal_tries(tries), last.text,
	    last.kind == FAULT_SERVICE ? "; " REFUSAL_TROUBLE : "");
}

int
query_call(const struct query *q, struct query_reply *out, struct fault *f)
{
	struct call c = { .q = q };
	void *line = NULL;
	int rc = -1;

	*out = (struct query_reply){ 0 };
	if (aws_config_endpoint(q->config, q->service, q->config->region,
		&c.url, f) != 0)
		return -1;
	if (aws_endpoint_parse(c.url, &c.endpoint) != 0) {
		(void)fault(f, FAULT_CONFIG, "%s: no endpoint", c.url);
		goto out;
	}
	make_body(&c);
	line = q->world->line_open(q->world->ctx, f);
	if (line == NULL)
		goto out;
	rc = try_all(&c, line, out, f);
out:
	if (line != NULL)
		q->world->line_close(line);
	crypto_wipe(c.body.p, c.body.cap);
	buf_release(&c.body);
	crypto_wipe(c.x.reply.p, c.x.reply.cap);
	buf_release(&c.x.reply);
	free(c.url);
	return rc;
}

void
query_release(struct query_reply *reply)
{
	xml_free(reply->xml);
	*reply = (struct query_reply){ 0 };
}
