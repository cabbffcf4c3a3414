#include "lib/aws/request.h"
#include "lib/aws/credentials.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/message.h"
#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/stop.h"
#include "lib/base/version.h"

/* Whether a signal forbids another try. */
static bool
stopped(bool settling)
{
	return stop_age_ms() >= (settling ? STOP_SETTLE_MS : 0);
}

int
request_wait(struct world *w, int64_t us, bool settling, int64_t deadline_us,
    struct fault *f)
{
	bool late = false;
	int64_t left;

	if (us > 0 && deadline_us > 0 && !settling) {
		left = deadline_us - w->mono_us(w->ctx);
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

static void
add_header(struct request *r, const char *name, const char *value)
{
	r->sent[r->x->nheaders++] = xasprintf("%s: %s", name, value);
}

static void
sign(struct request *r, const struct aws_keys *keys, int64_t now)
{
	const char *path = r->endpoint->path;
	const struct aws_sign_request rq = {
		.method = r->x->method,
		.host = r->endpoint->host,
		.path = path[0] != '\0' ? path : "/",
		.query = "",
		.headers = r->headers,
		.nheaders = r->nheaders,
		.body = r->x->body,
		.region = r->region,
		.service = r->name,
		.key = r->key,
	};
	struct aws_signature sig;

	aws_sign(&sig, keys, &rq, now);
	add_header(r, "x-amz-date", sig.date);
	add_header(r, "authorization", sig.authorization);
	if (keys->session_token != NULL)
		add_header(r, "x-amz-security-token", keys->session_token);
	aws_sign_release(&sig);
}

/* Sign with the right keys, if any. */
static void
sign_as_asked(struct request *r)
{
	int64_t now = service_now(r->service);
	struct aws_keyset set;

	r->skew_ms = service_skew_ms(r->service);
	if (r->credentials != NULL) {
		aws_credentials_get(r->credentials, now, &set);
		r->generation = set.generation;
		sign(r, &set.keys, now);
		aws_keyset_release(&set);
	} else if (r->keys != NULL) {
		sign(r, r->keys, now);
	}
}

void
request_send(struct request *r)
{
	request_release(r);
	for (size_t i = 0; i < r->nheaders; i++)
		add_header(r, r->headers[i].name, r->headers[i].value);
	add_header(r, "user-agent", "ttlsweep/" TTLSWEEP_VERSION);
	if (r->gzip)
		add_header(r, "accept-encoding", "gzip");
	sign_as_asked(r);
	r->x->headers = (const char *const *)r->sent;
	(void)r->world->exchange(r->line, r->x);
	r->tries++;
	message_hide(r->x);
	service_learn(r->service, r->x);
}

void
request_release(struct request *r)
{
	for (size_t i = 0; i < r->x->nheaders; i++)
		secret_free(r->sent[i]);
	r->x->headers = NULL;
	r->x->nheaders = 0;
}

enum retry_class
request_judge(const struct request *r, const char *code)
{
	enum retry_class why = retry_classify(r->x->status, code);

	if (why == RETRY_SKEW &&
	    !retry_skewed(service_skew_ms(r->service), r->skew_ms))
		return RETRY_NO;
	return why;
}

/* Keys that other workers use up before our turn comes again were good all the
 * same. */
#define RENEWALS 3

/* The keys have expired: get new ones. */
static int
renew(struct request *r, struct fault *f)
{
	if (r->credentials == NULL || r->renewals == RENEWALS)
		return 0;
	if (aws_credentials_renew(r->credentials, r->generation, f) != 0)
		return -1;
	r->renewals++;
	r->tries--;
	return 1;
}

int
request_next(struct request *r, enum retry_class why, int most, struct fault *f)
{
	struct world *w = r->world;
	int64_t wait;

	if (why == RETRY_NO)
		service_answered(r->service, r->cost);
	if (why == RETRY_NO || (why == RETRY_SKEW && r->corrected))
		return 0;
	if (why == RETRY_EXPIRED)
		return renew(r, f);
	r->corrected = r->corrected || why == RETRY_SKEW;
	if (stopped(r->settling))
		return fault(f, FAULT_CANCELLED, "interrupted");
	if (r->tries >= most)
		return 0;
	r->cost = service_retry(r->service, why);
	wait = r->pause_ms;
	if (wait == 0)
		wait =
		    retry_delay_ms(why, r->cost > 0 ? r->tries - 1 : RETRY_LAST,
			w->chance(w->ctx), r->x->retry_after);
	if (request_wait(w, wait * 1000, r->settling, r->deadline_us, f) != 0)
		return -1;
	return 1;
}
