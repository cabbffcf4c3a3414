#include <stdio.h>
#include <string.h>

#include "lib/aws/credentials.h"
#include "lib/aws/message.h"
#include "lib/aws/refusal.h"
#include "lib/aws/request.h"
#include "lib/aws/service.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client_parts.h"
#include "lib/dynamodb/reply.h"

/*
 * One call of the API, with its retries. What each reply means:
 *  no complete reply     it may have acted; retry
 *  5xx, garbage at 200   it may have acted; retry
 *  no error code         it may have acted; retry: a proxy or filter may have
 *                        answered after it had forwarded the request
 *  throttled             it did nothing; retry, more slowly
 *  expired keys          it did nothing; renew them, once
 *  wrong time            it did nothing; sign by the service's clock, once
 *  denied, clocks apart  the same, as a wrong time may be reported like this
 *  any other error       the service's answer
 */
#define CONNECT_MS 5000
#define TOTAL_MS 60000
#define SLOW_MS 10000
/* The API's replies have at most 16 MB; base64 and escapes add to that. */
#define REPLY_MAX ((size_t)64 << 20)

void
ddb_hide(struct ddb_conn *c, struct slice part)
{
	if (part.p != NULL)
		message_hide_part(&c->x, part);
}

int
ddb_wait(struct ddb_conn *c, int64_t until_us, struct fault *f)
{
	struct world *w = c->d->o.world;

	return request_wait(w, until_us - w->mono_us(w->ctx), false,
	    c->d->deadline_us, f);
}

int
ddb_backoff(struct ddb_conn *c, enum retry_class why, int i, struct fault *f)
{
	struct world *w = c->d->o.world;

	return request_wait(w,
	    1000 * retry_delay_ms(why, i, w->chance(w->ctx), -1), false,
	    c->d->deadline_us, f);
}

/* ${received} bytes: accept may have swapped the reply away. */
static void
trace(struct ddb_conn *c, const struct ddb_call *call,
    const struct ddb_reply *reply, size_t received)
{
	const char *why = c->x.status == 0 ? c->x.error : reply->code;

	ddb_log(c->d, LOG_TRACE,
	    "%s: try %d: %d%s%s, %zu bytes sent, %zu received, %lld ms%s%s",
	    call->operation, reply->tries, c->x.status,
	    why[0] != '\0' ? " " : "", why, call->body.n, received,
	    (long long)(c->x.received_ms - c->x.sent_ms),
	    c->x.request_id[0] != '\0' ? ", request " : "", c->x.request_id);
}

/* No tries are left: make the fault of the last one say so. */
static int
give_up(const struct ddb_conn *c, const struct ddb_call *call,
    const struct ddb_reply *reply, const struct fault *last, struct fault *f)
{
	const struct ddb *d = c->d;
	bool regional = aws_config_regional(d->o.config);
	int tries = reply->tries;

	if (last->kind == FAULT_SERVICE && reply->status < 500)
		return fault(f, last->kind,
		    "%s: %s: gave up after %d %s: %.300s; check the endpoint "
		    "(from %s), and " REFUSAL_PROXY,
		    d->url, call->operation, tries, refusal_tries(tries),
		    last->text, d->o.config->endpoint_from);
	if (last->kind == FAULT_NET || last->kind == FAULT_DATA)
		return fault(f, last->kind,
		    "%s: %s: no usable reply in %d %s: %.500s (the endpoint "
		    "comes from %s; %s)",
		    d->url, call->operation, tries, refusal_tries(tries),
		    last->text, d->o.config->endpoint_from,
		    last->kind == FAULT_NET ? refusal_net(last->text, regional)
					    : "check it, and " REFUSAL_PROXY);
	if (last->kind == FAULT_SERVICE && reply->code[0] == '\0')
		return fault(f, last->kind,
		    "%s: %s: gave up after %d %s: %.300s without an error of "
		    "DynamoDB's; " REFUSAL_EITHER
		    ", or check the endpoint (from %s)",
		    d->url, call->operation, tries, refusal_tries(tries),
		    last->text, d->o.config->endpoint_from);
	return fault(f, last->kind, "%s: gave up after %d %s: %.900s; %s",
	    call->operation, tries, refusal_tries(tries), last->text,
	    REFUSAL_TROUBLE);
}

/* If the service has never answered, the endpoint is probably wrong, and the
 * user should not wait long to learn that, unless they set the number. */
#define FIRST_ATTEMPTS 3

static int
attempts(struct ddb *d, const struct ddb_call *call)
{
	if (d->o.config->attempts_set)
		return ddb_attempts(d);
	if (!service_heard(d->service))
		return FIRST_ATTEMPTS;
	return call->single ? RETRY_SINGLE : ddb_attempts(d);
}

/*
 * Settle a try that failed. It cost nothing if the service did nothing. A
 * failed condition costs as much as the write. A write without a reply or with
 * a 5xx may have been done, and so may a read without a reply.
 */
static void
settle_failed(struct ddb_conn *c, const struct ddb_reply *reply)
{
	bool sent = c->x.sends > 0 || reply->status != 0;

	if ((reply->status == 200 && reply->why == RETRY_NO) ||
	    strcmp(reply->code, "ConditionalCheckFailedException") == 0)
		return;
	if (!sent || retry_did_nothing(reply->code))
		ddb_settle(c, 0, 0);
	else if (reply->status >= 500)
		ddb_settle(c, 0, -1);
}

/* Report once that the clocks are apart. */
static void
tell_clock(struct ddb *d)
{
	int64_t skew = service_skew_ms(d->service);
	char span[32];

	if (!service_apart(d->service))
		return;
	text_span(span, (skew < 0 ? -skew : skew) / 1000);
	ddb_log(d, LOG_NOTE,
	    "this machine's clock is %s %s; requests are signed by the "
	    "service's",
	    span, skew > 0 ? "behind" : "ahead");
}

/* After so many tries it is more than a hiccup. */
#define LOST_TRIES 3

/* Report once that no usable reply comes, while the request is retried. */
static void
tell_lost(struct ddb *d, const struct ddb_reply *reply, int most,
    const struct fault *last)
{
	bool strange = last->kind == FAULT_DATA || reply->code[0] == '\0';

	if ((last->kind == FAULT_NET || reply->status >= 500 || strange) &&
	    reply->tries >= LOST_TRIES && reply->tries < most &&
	    service_lost(d->service))
		ddb_log(d, LOG_NOTE, "%s: no usable reply (%.200s); retrying",
		    d->url, last->text);
}

/* Report once that a request is throttled again and again. */
static void
tell_throttled(struct ddb *d, const struct ddb_call *call,
    const struct ddb_reply *reply)
{
	if (reply->tries > LOST_TRIES &&
	    !atomic_exchange(&d->throttled_told, true))
		ddb_log(d, LOG_NOTE, "the service throttles %s; retrying",
		    call->operation);
}

/* Report once that a reply takes long. */
static void
tell_slow(void *ctx)
{
	struct ddb_conn *c = ctx;

	if (!atomic_exchange(&c->d->slow_told, true))
		ddb_log(c->d, LOG_NOTE,
		    "%s: no reply to %s for %d s; waiting up to %d s",
		    c->d->url, c->operation, SLOW_MS / 1000, TOTAL_MS / 1000);
}

/* One try: take units, wait for them, sign, send, judge, settle. */
static int
try_once(struct ddb_conn *c, const struct ddb_call *call, struct request *r,
    struct ddb_reply *reply, struct fault *last, struct fault *f)
{
	struct ddb *d = c->d;
	int64_t wait = client_take(c, call->read_units, call->write_units);
	size_t received;

	if (request_wait(d->o.world, wait, call->settling, d->deadline_us, f) !=
	    0) {
		ddb_settle(c, 0, 0);
		return -1;
	}
	request_send(r);
	tell_clock(d);
	client_count(d, r->tries > 1 || call->again, call->write_units > 0);
	received = c->x.reply.n;
	reply->why = reply_judge(r, call, reply, last);
	reply_count(reply, &c->x);
	reply->tries = r->tries;
	trace(c, call, reply, received);
	settle_failed(c, reply);
	if (reply->why == RETRY_THROTTLE && !reply->hot_range)
		ddb_throttled(c, call->read_units, call->write_units);
	return 0;
}

/* All tries; as ddb_call. */
static int
try_all(struct ddb_conn *c, const struct ddb_call *call, struct request *r,
    struct ddb_reply *reply, struct fault *f)
{
	struct fault last = { 0 };
	enum retry_class why;
	int rc;

	do {
		if (try_once(c, call, r, reply, &last, f) != 0)
			return -1;
		if (reply->hot_range && call->patient)
			return 1;
		why = reply->why;
		if (why == RETRY_THROTTLE)
			tell_throttled(c->d, call, reply);
		else if (why != RETRY_NO)
			tell_lost(c->d, reply, attempts(c->d, call), &last);
		if (why == RETRY_THROTTLE && !call->single && !reply->hot_range)
			why = ddb_throttle_class(c->d, call->write_units > 0);
		rc = request_next(r, why, attempts(c->d, call), f);
	} while (rc == 1);
	if (rc != 0 || (reply->status == 200 && reply->why == RETRY_NO))
		return rc;
	if (reply->status != 0 && reply->code[0] != '\0')
		return 1;
	return give_up(c, call, reply, &last, f);
}

int
ddb_call(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, struct fault *f)
{
	struct ddb *d = c->d;
	char target[96];
	const struct aws_header headers[] = {
		{ "content-type", "application/x-amz-json-1.0" },
		{ "x-amz-target", target },
	};
	struct request r = { .world = d->o.world,
		.service = d->service,
		.line = c->line,
		.x = &c->x,
		.headers = headers,
		.nheaders = sizeof(headers) / sizeof(headers[0]),
		.gzip = true,
		.credentials = d->o.credentials,
		.endpoint = &d->endpoint,
		.region = d->o.config->region,
		.name = "dynamodb",
		.key = &c->key,
		.deadline_us = d->deadline_us,
		.settling = call->settling };
	int rc;

	(void)snprintf(target, sizeof(target), "DynamoDB_20120810.%s",
	    call->operation);
	c->x.method = "POST";
	c->x.url = d->url;
	c->x.body = call->body;
	c->x.connect_ms = CONNECT_MS;
	c->x.total_ms = TOTAL_MS;
	c->x.linger_ms = call->settling ? STOP_SETTLE_MS
	    : call->write_units > 0     ? STOP_WRITE_MS
					: STOP_READ_MS;
	c->x.max_body = REPLY_MAX;
	c->x.slow = tell_slow;
	c->x.slow_ctx = c;
	c->x.slow_ms = SLOW_MS;
	c->operation = call->operation;
	if (call->room != NULL && call->room->cap > c->x.reply.cap) {
		struct buf swap = c->x.reply;

		c->x.reply = *call->room;
		*call->room = swap;
		buf_reset(call->room);
	}
	memset(reply, 0, sizeof(*reply));
	reply->keys_from = aws_credentials_source(d->o.credentials);
	rc = try_all(c, call, &r, reply, f);
	request_release(&r);
	return rc;
}
