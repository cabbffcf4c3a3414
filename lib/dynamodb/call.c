#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/credentials.h"
#include "lib/aws/message.h"
#include "lib/aws/refusal.h"
#include "lib/aws/sign.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/version.h"
#include "lib/dynamodb/client_parts.h"
#include "lib/dynamodb/reply.h"

/*
 * One call of the API, with its retries. In which state a try leaves it:
 *  no complete reply     it may have acted; try again
 *  5xx, garbage at 200   it may have acted; try again
 *  no error's name       it may have acted; try again: a proxy or a filter may
 *                        have answered after it had passed the request on
 *  throttled             it did nothing; try again, more slowly
 *  expired keys          it did nothing; renew them, once
 *  wrong time            it did nothing; sign by the service's clock, once
 *  clocks apart, denied  the same: the one may be told as the other
 *  any other error       the service's answer
 */
#define CONNECT_MS 5000
#define TOTAL_MS 60000
/* No reply of the API is longer than 16 MB; base64 and escapes add to it. */
#define REPLY_MAX ((size_t)64 << 20)
#define HEADERS_MAX 8

/* The headers of one signed request; they may hold a token. */
static void
free_headers(char *headers[HEADERS_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		crypto_wipe(headers[i], strlen(headers[i]));
		free(headers[i]);
	}
}

static size_t
sign_headers(struct ddb *d, const struct ddb_call *call,
    const struct aws_keyset *keys, char *headers[HEADERS_MAX])
{
	struct aws_signature sig;
	char target[96];
	size_t n = 0;

	(void)snprintf(target, sizeof(target), "DynamoDB_20120810.%s",
	    call->operation);
	const struct aws_header sign[] = {
		{ "content-type", "application/x-amz-json-1.0" },
		{ "x-amz-target", target },
	};
	const struct aws_sign_request rq = {
		.method = "POST",
		.host = d->endpoint.host,
		.path = d->endpoint.path[0] != '\0' ? d->endpoint.path : "/",
		.query = "",
		.headers = sign,
		.nheaders = sizeof(sign) / sizeof(sign[0]),
		.body = call->body,
		.region = d->o.config->region,
		.service = "dynamodb",
	};

	aws_sign(&sig, &keys->keys, &rq, ddb_now(d));
	for (size_t i = 0; i < rq.nheaders; i++)
		headers[n++] = xasprintf("%s: %s", sign[i].name, sign[i].value);
	headers[n++] = xasprintf("x-amz-date: %s", sig.date);
	headers[n++] = xasprintf("authorization: %s", sig.authorization);
	headers[n++] = xstrdup("accept-encoding: gzip");
	headers[n++] = xstrdup("user-agent: ttlsweep/" TTLSWEEP_VERSION);
	if (keys->keys.session_token != NULL)
		headers[n++] = xasprintf("x-amz-security-token: %s",
		    keys->keys.session_token);
	aws_sign_release(&sig);
	return n;
}

/* The errors of statements, which stand in a reply of status 200. Nothing else
 * of it is touched: old images are data. */
static void
hide_in_answers(const struct http_exchange *x)
{
	struct slice doc = { x->reply.p, x->reply.n }, list, answer;
	struct slice_walk w;

	if (slice_check(doc, NULL) != 0)
		return;
	list = slice_get(doc, "Responses");
	w = slice_walk(list);
	if (list.p == NULL || slice_array(&w) != 0)
		return;
	while (slice_element(&w) == 1 && slice_value(&w, &answer) == 0) {
		struct slice error = slice_get(answer, "Error");
		struct slice message = slice_get(error, "Message");

		if (message.p != NULL)
			message_hide_part(x, message);
	}
}

/* Sign and send once: 0 a reply, 1 none, -1 no keys to sign with. */
static int
send_once(struct ddb_conn *c, const struct ddb_call *call, uint64_t *generation,
    struct fault *f)
{
	struct ddb *d = c->d;
	struct aws_keyset keys;
	char *headers[HEADERS_MAX];
	size_t n;
	int r;

	if (aws_credentials_get(d->o.credentials, ddb_now(d), &keys, f) != 0)
		return -1;
	*generation = keys.generation;
	n = sign_headers(d, call, &keys, headers);
	aws_keyset_release(&keys);
	c->x.method = "POST";
	c->x.url = d->url;
	c->x.headers = (const char *const *)headers;
	c->x.nheaders = n;
	c->x.body = call->body;
	c->x.connect_ms = CONNECT_MS;
	c->x.total_ms = TOTAL_MS;
	c->x.linger_ms = call->settling ? STOP_SETTLE_MS
	    : call->write_units > 0     ? STOP_WRITE_MS
					: STOP_READ_MS;
	c->x.max_body = REPLY_MAX;
	r = d->o.world->exchange(c->line, &c->x);
	message_hide(&c->x);
	if (c->x.status == 200 &&
	    strcmp(call->operation, "BatchExecuteStatement") == 0)
		hide_in_answers(&c->x);
	free_headers(headers, n);
	client_learn_clock(d, &c->x);
	return r == 0 ? 0 : 1;
}

/* Whether a signal forbids another try. */
static bool
stopped(bool settling)
{
	return stop_age_ms() >= (settling ? STOP_SETTLE_MS : 0);
}

static int
wait_us(struct ddb *d, int64_t us, bool settling, struct fault *f)
{
	struct world *w = d->o.world;
	bool late = false;
	int64_t left;

	if (us > 0 && d->deadline_us > 0 && !settling) {
		left = d->deadline_us - w->mono_us(w->ctx);
		late = us > left;
		us = late ? left : us;
	}
	if (us > 0)
		w->sleep_ms(w->ctx, (us + 999) / 1000, settling);
	if (stopped(settling))
		return fault(f, FAULT_CANCELLED, "interrupted");
	if (late)
		return fault(f, FAULT_LATE, "the deadline has passed");
	return 0;
}

int
ddb_wait(struct ddb_conn *c, int64_t until_us, struct fault *f)
{
	struct world *w = c->d->o.world;

	return wait_us(c->d, until_us - w->mono_us(w->ctx), false, f);
}

int
ddb_backoff(struct ddb_conn *c, enum retry_class why, int i, struct fault *f)
{
	struct world *w = c->d->o.world;

	return wait_us(c->d,
	    1000 * retry_delay_ms(why, i, w->chance(w->ctx), -1), false, f);
}

/* ${received}: bytes, for who accepted them may have taken them. */
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

/* What to look at when nothing usable came back. */
static const char *
net_advice(const struct ddb *d, const char *error)
{
	if (strstr(error, "certificate") != NULL)
		return "; if a proxy or the service has a certificate of its "
		       "own authority, AWS_CA_BUNDLE names the file with it";
	if (strcmp(d->o.config->endpoint_from, "the region") == 0)
		return "; is the region spelt right, is the network (or the "
		       "proxy of https_proxy, no_proxy) there?";
	return "; is it right, is somebody there (behind the proxy of "
	       "https_proxy, no_proxy, if one is set)?";
}

/* The tries are used up (or there is nothing to try): make the fault of the
 * last one say so. */
static int
give_up(const struct ddb_conn *c, const struct ddb_call *call,
    const struct ddb_reply *reply, const struct fault *last, struct fault *f)
{
	const struct ddb *d = c->d;
	int tries = reply->tries;

	if (last->kind == FAULT_SERVICE && reply->status < 500)
		return fault(f, last->kind,
		    "%s: %s: given up after %d %s: %.300s; is the endpoint "
		    "(from %s) right, or does a proxy or filter on the way "
		    "answer in its place?",
		    d->url, call->operation, tries, refusal_tries(tries),
		    last->text, d->o.config->endpoint_from);
	if (last->kind == FAULT_NET || last->kind == FAULT_DATA)
		return fault(f, last->kind,
		    "%s: %s: no usable reply in %d %s: %.500s (the endpoint "
		    "comes from %s%s)",
		    d->url, call->operation, tries, refusal_tries(tries),
		    last->text, d->o.config->endpoint_from,
		    last->kind == FAULT_NET ? net_advice(d, last->text) : "");
	return fault(f, last->kind, "%s: given up after %d %s: %.900s; %s",
	    call->operation, tries, refusal_tries(tries), last->text,
	    REFUSAL_TROUBLE);
}

/* A service that never answered is more likely a wrong endpoint than a
 * passing fault: whoever typed it should not wait long for the news, unless
 * the number of tries is theirs, too. */
#define FIRST_ATTEMPTS 3

static int
attempts(struct ddb *d, const struct ddb_call *call)
{
	if (d->o.config->attempts_set)
		return ddb_attempts(d);
	if (!client_heard(d))
		return FIRST_ATTEMPTS;
	return call->single ? RETRY_SINGLE : ddb_attempts(d);
}

/* What a call remembers of its tries. */
struct tries {
	int n; /* that count, before the one under way */
	bool renewed, corrected;
	uint64_t generation; /* of the keys it was signed with */
	int64_t skew;        /* and the clock's correction, ms */
	int cost;            /* what its last retry took of the quota */
};

enum step { ANSWERED, REFUSED, FAILED, AT_ONCE, LATER };

/*
 * What a try cost that did not do its work: nothing where the service did
 * none. A failed condition costs what the write would; a write whose reply is
 * lost or a 5xx may have been done, and a read may where its reply is lost.
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

/* What follows from reply->why. */
static enum step
next_step(struct ddb_conn *c, const struct ddb_call *call,
    const struct ddb_reply *reply, struct tries *t, struct fault *f)
{
	struct ddb *d = c->d;

	settle_failed(c, reply);
	switch (reply->why) {
	case RETRY_NO:
		client_answered(d, t->cost);
		return reply->status == 200 ? ANSWERED : REFUSED;
	case RETRY_THROTTLE:
		if (!reply->hot_range)
			ddb_throttled(c, call->write_units > 0);
		return reply->hot_range && call->patient ? REFUSED : LATER;
	case RETRY_EXPIRED:
		if (t->renewed)
			return REFUSED;
		if (aws_credentials_renew(d->o.credentials, t->generation, f) !=
		    0)
			return FAILED;
		t->renewed = true;
		t->n--;
		return AT_ONCE;
	case RETRY_SKEW:
		if (t->corrected || t->n + 1 >= attempts(d, call))
			return REFUSED;
		t->corrected = true;
		return AT_ONCE;
	case RETRY_TRANSIENT:
		break;
	}
	return LATER;
}

/* One try: take its units, wait for them, sign, send, judge. */
static int
try_once(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, struct tries *t, struct fault *last,
    struct fault *f)
{
	int64_t wait = client_take(c, call->read_units, call->write_units);
	size_t received;

	if (wait_us(c->d, wait, call->settling, f) != 0) {
		ddb_settle(c, 0, 0);
		return -1;
	}
	t->skew = ddb_skew_ms(c->d);
	if (send_once(c, call, &t->generation, f) < 0) {
		ddb_settle(c, 0, 0);
		return -1;
	}
	client_count(c->d, t->n > 0 || call->again);
	received = c->x.reply.n;
	reply->why = reply_judge(c, call, reply, t->skew, last);
	reply_count(reply, &c->x);
	reply->tries = t->n + 1;
	trace(c, call, reply, received);
	return 0;
}

int
ddb_call(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, struct fault *f)
{
	struct ddb *d = c->d;
	struct tries t = { 0 };
	struct fault last = { 0 };
	enum step step;
	int64_t wait;

	memset(reply, 0, sizeof(*reply));
	reply->keys_from = aws_credentials_source(d->o.credentials);
	for (;; t.n++) {
		if (try_once(c, call, reply, &t, &last, f) != 0)
			return -1;
		step = next_step(c, call, reply, &t, f);
		if (step == AT_ONCE)
			continue;
		if (step != LATER)
			return step == ANSWERED ? 0 : step == REFUSED ? 1 : -1;
		if (stopped(call->settling))
			return fault(f, FAULT_CANCELLED, "interrupted");
		if (t.n + 1 >= attempts(d, call)) {
			if (reply->status != 0 && reply->code[0] != '\0')
				return 1;
			return give_up(c, call, reply, &last, f);
		}
		t.cost = client_retry(d, reply->why);
		wait = retry_delay_ms(reply->why, t.cost > 0 ? t.n : RETRY_LAST,
		    d->o.world->chance(d->o.world->ctx), c->x.retry_after);
		if (wait_us(d, wait * 1000, call->settling, f) != 0)
			return -1;
	}
}
