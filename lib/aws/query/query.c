#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/message.h"
#include "lib/aws/query/query.h"
#include "lib/aws/query/xml.h"
#include "lib/aws/refusal.h"
#include "lib/aws/request.h"
#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/blank.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"

#define QUERY_CONNECT_MS 5000
#define QUERY_TOTAL_MS 20000
/* A page of CloudFormation is at most 1 MB. */
#define QUERY_REPLY_MAX ((size_t)8 << 20)

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"

static void
add_param(struct buf *out, const char *name, const char *value)
{
	if (out->n > 0)
		buf_addc(out, '&');
	buf_addf(out, "%s=", name);
	text_percent(out, value, strlen(value));
}

/* Add the form to ${out}. It may contain a token, so room is made for all of it
 * first: growing would leave copies behind. */
static void
make_body(struct buf *out, const struct query *q)
{
	size_t n = 256;

	for (size_t i = 0; i < q->nparams; i++)
		if (q->params[i].value != NULL)
			n += 2 + strlen(q->params[i].name) +
			    3 * strlen(q->params[i].value);
	(void)buf_reserve(out, n);
	add_param(out, "Action", q->action);
	add_param(out, "Version", q->version);
	for (size_t i = 0; i < q->nparams; i++)
		if (q->params[i].value != NULL)
			add_param(out, q->params[i].name, q->params[i].value);
}

/* Blank the secrets of the form in a refusal. */
static void
hide(const struct query *q, struct http_exchange *x)
{
	for (size_t i = 0; i < q->nparams && x->status != 200; i++)
		if (q->params[i].secret && q->params[i].value != NULL)
			blank_secret(&x->reply, q->params[i].value,
			    BLANK_SECRET_MIN);
}

/* What the reply means; ${out} is filled by an answer or an error. */
static enum retry_class
judge(const struct request *r, struct query_reply *out, struct fault *f)
{
	const struct http_exchange *x = r->x;
	const struct xml *error;

	xml_free(out->xml);
	*out = (struct query_reply){ .status = x->status };
	if (x->status == 0) {
		(void)fault(f, FAULT_NET, "%s", x->error);
		return RETRY_TRANSIENT;
	}
	out->xml = xml_parse((struct slice){ x->reply.p, x->reply.n }, f);
	if (out->xml == NULL && x->status == 200)
		return RETRY_TRANSIENT;
	if (x->status == 200)
		return RETRY_NO;
	error = xml_find(out->xml, "Error");
	if (error == NULL)
		error = xml_find(out->xml, "Errors/Error");
	message_copy(out->code, sizeof(out->code), xml_text(error, "Code"));
	message_copy(out->message, sizeof(out->message),
	    xml_text(error, "Message"));
	(void)fault(f, FAULT_SERVICE, "HTTP %d%s%s", x->status,
	    out->code[0] != '\0' ? " " : "", out->code);
	if (strcmp(out->code, "IDPCommunicationError") == 0)
		return RETRY_TRANSIENT;
	return request_judge(r, out->code);
}

/* What to do after no usable reply. */
static const char *
advice(const struct query *q, const struct request *r, const struct fault *last)
{
	const char *region = q->caller.config->region;
	char *own = aws_endpoint_url(q->service, region);
	bool regional = strcmp(own, r->x->url) == 0;

	free(own);
	if (last->kind == FAULT_NET)
		return refusal_net(last->text, regional);
	if (last->kind != FAULT_SERVICE || r->x->status < 500)
		return "check the endpoint, and " REFUSAL_PROXY;
	return regional ? REFUSAL_EITHER
			: REFUSAL_EITHER
	    "; or it is no endpoint of this service (AWS_ENDPOINT_URL is for "
	    "all of them, AWS_ENDPOINT_URL_STS and "
	    "AWS_ENDPOINT_URL_CLOUDFORMATION are for one)";
}

/* Send it until there is an answer. */
static int
try_all(const struct query *q, struct request *r, struct query_reply *out,
    struct fault *f)
{
	const struct aws_config *config = q->caller.config;
	struct fault last = { 0 };
	enum retry_class why;
	int most = config->attempts_set ? config->max_attempts : RETRY_SINGLE;
	int rc;

	do {
		request_send(r);
		hide(q, r->x);
		why = judge(r, out, &last);
		out->why = why;
		out->tries = r->tries;
	} while ((rc = request_next(r, why, most, f)) == 1);
	if (rc != 0 || (out->status == 200 && out->xml != NULL))
		return rc;
	if (out->status != 0 && out->code[0] != '\0')
		return 1;
	return fault(f, last.kind,
	    "%s: %s: no usable reply in %d %s: %.900s; %s", r->x->url,
	    q->action, r->tries, refusal_tries(r->tries), last.text,
	    advice(q, r, &last));
}

int
query_call(const struct query *q, struct query_reply *out, struct fault *f)
{
	static const struct aws_header headers[] = { { "content-type",
	    CONTENT_TYPE } };
	const struct aws_config *config = q->caller.config;
	struct world *w = q->caller.world;
	struct aws_endpoint endpoint;
	struct buf body = { 0 };
	struct http_exchange x = { .method = "POST",
		.connect_ms = QUERY_CONNECT_MS,
		.total_ms = QUERY_TOTAL_MS,
		.max_body = QUERY_REPLY_MAX };
	struct request r = { .world = w,
		.x = &x,
		.headers = headers,
		.nheaders = 1,
		.keys = q->keys,
		.credentials = q->caller.credentials,
		.endpoint = &endpoint,
		.region = config->region,
		.name = q->service };
	char *url = NULL;
	int rc = -1;

	*out = (struct query_reply){ 0 };
	if (aws_config_endpoint(config, q->service, config->region, &url, f) !=
	    0)
		return -1;
	if (aws_endpoint_parse(url, &endpoint) != 0) {
		(void)fault(f, FAULT_CONFIG, "%s: no endpoint", url);
		goto out;
	}
	r.line = w->line_open(w->ctx, f);
	if (r.line == NULL)
		goto out;
	make_body(&body, q);
	x.url = url;
	x.body = (struct slice){ body.p, body.n };
	r.service = service_open(w);
	rc = try_all(q, &r, out, f);
	request_release(&r);
	service_close(r.service);
	w->line_close(r.line);
out:
	secret_release(&body);
	secret_release(&x.reply);
	free(url);
	return rc;
}

void
query_release(struct query_reply *reply)
{
	xml_free(reply->xml);
	*reply = (struct query_reply){ 0 };
}

int
query_refused(const char *service, const char *action,
    const struct query_reply *reply, struct fault *f)
{
	const struct refusal r = {
		.service = service,
		.action = action,
		.what = action,
		.code = reply->code,
		.message = reply->message,
		.why = reply->why,
		.tries = reply->tries,
	};

	if (reply->code[0] == '\0' && !refusal_given_up(reply->why))
		return fault(f, FAULT_SERVICE,
		    "%s: HTTP %d, and not from AWS; check the endpoint of %s",
		    action, reply->status, service);
	return refusal_say(&r, f);
}
