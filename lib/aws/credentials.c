#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/profile.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"

/*
 * When keys that expire are renewed:
 *  - with less than 15 minutes left: by the first worker that sees it, while
 *    the others continue with the old keys;
 *  - with less than 10 minutes left: by one worker, and the others wait;
 *  - once the service has called them expired: the same.
 * A failed renewal is retried a minute later, and is an error only when the
 * service no longer accepts the old keys: a sweep of hours should not end
 * because of another service's bad minute or a wrong local clock.
 */
#define ADVISORY (15 * 60)
#define MANDATORY (10 * 60)
#define LOOK_AGAIN 60
/* Workers that are refused within this time share one renewal. */
#define FAILED_US ((int64_t)5 * 1000000)

struct aws_credentials {
	const struct aws_config *config;
	struct world *world;
	aws_search *search;
	char *source;
	struct lock *lock; /* for what follows */
	struct aws_keyset current;
	int64_t look_again; /* not before */
	bool renewing;
	struct fault failed;  /* of the last renewal, if it failed … */
	int64_t failed_until; /* … and until when that counts (us) */
	void (*log)(void *ctx, enum log_level level, const char *text);
	void *log_ctx;
};

void
aws_keyset_release(struct aws_keyset *keys)
{
	secret_free(keys->keys.access_key);
	secret_free(keys->keys.secret_key);
	secret_free(keys->keys.session_token);
	free(keys->account);
	*keys = (struct aws_keyset){ 0 };
}

struct aws_credentials *
aws_credentials_open(const struct aws_config *config, struct world *world,
    aws_search *search, struct fault *f)
{
	struct aws_keyset keys;
	struct aws_credentials *c;
	char *source;

	if (search(config, world, false, &keys, &source, f) != 0)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->config = config;
	c->world = world;
	c->search = search;
	c->source = source;
	c->lock = lock_new();
	c->current = keys;
	c->current.generation = 1;
	return c;
}

void
aws_credentials_close(struct aws_credentials *c)
{
	if (c == NULL)
		return;
	aws_keyset_release(&c->current);
	lock_free(c->lock);
	free(c->source);
	free(c);
}

void
aws_credentials_log(struct aws_credentials *c,
    void (*log)(void *ctx, enum log_level level, const char *text), void *ctx)
{
	c->log = log;
	c->log_ctx = ctx;
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Search again, with the profile files as they are now. */
static int
search_again(const struct aws_credentials *c, struct aws_keyset *keys,
    struct fault *f)
{
	struct aws_config fresh = *c->config;
	char *source = NULL;
	int rc = -1;

	fresh.config =
	    profile_load(profile_path(c->config->config), PROFILE_CONFIG, f);
	fresh.credentials = fresh.config == NULL
	    ? NULL
	    : profile_load(profile_path(c->config->credentials),
		  PROFILE_CREDENTIALS, f);
	if (fresh.credentials != NULL)
		rc = c->search(&fresh, c->world, true, keys, &source, f);
	free(source);
	profile_free(fresh.config);
	profile_free(fresh.credentials);
	return rc;
}

/*
 * Renew the keys for all workers. The lock is held, but not during the search.
 * 1: there are new keys, and they are current. 0: they are the same, perhaps
 * with a later end. -1: c->failed says why.
 */
static int
renew(struct aws_credentials *c)
{
	struct aws_keyset keys = { 0 };
	struct fault why = { 0 };
	int rc;

	c->renewing = true;
	lock_leave(c->lock);
	rc = search_again(c, &keys, &why);
	lock_enter(c->lock);
	c->renewing = false;
	c->failed = why;
	if (rc == 0 &&
	    (!same(keys.keys.access_key, c->current.keys.access_key) ||
		!same(keys.keys.secret_key, c->current.keys.secret_key) ||
		!same(keys.keys.session_token, c->current.keys.session_token)))
		rc = 1;
	if (rc == 1) {
		keys.generation = c->current.generation + 1;
		aws_keyset_release(&c->current);
		c->current = keys;
		keys = (struct aws_keyset){ 0 };
	} else if (rc == 0) {
		c->current.expires = keys.expires;
	}
	lock_wake(c->lock);
	aws_keyset_release(&keys);
	return rc;
}

/* Log the result ${rc} of a renewal; the lock is not held. */
static void
log_renewal(const struct aws_credentials *c, int rc, int64_t end,
    const struct fault *f)
{
	char text[32], line[1024];

	if (c->log == NULL || rc == 0)
		return;
	if (rc < 0)
		(void)snprintf(line, sizeof(line),
		    "the credentials could not be renewed; retrying in a "
		    "minute: %.700s",
		    f->text);
	else if (end != INT64_MAX && text_time_format(text, end) == 0)
		(void)snprintf(line, sizeof(line),
		    "credentials renewed, valid until %s", text);
	else
		(void)snprintf(line, sizeof(line), "credentials renewed");
	c->log(c->log_ctx, LOG_DEBUG, line);
}

/* Whether a renewal is due; waits for a running one when the keys expire that
 * soon. The lock is held. */
static bool
is_due(struct aws_credentials *c, int64_t now)
{
	for (;;) {
		int64_t end = c->current.expires;

		if (end == INT64_MAX || end - now >= ADVISORY)
			return false;
		if (!c->renewing)
			return now >= c->look_again;
		if (end - now >= MANDATORY)
			return false;
		lock_wait(c->lock);
	}
}

void
aws_credentials_get(struct aws_credentials *c, int64_t now,
    struct aws_keyset *out)
{
	const struct aws_keyset *from = &c->current;
	struct fault why = { 0 };
	bool due;
	int rc = 0;

	lock_enter(c->lock);
	due = is_due(c, now);
	if (due) {
		c->look_again = now + LOOK_AGAIN;
		rc = renew(c);
		why = c->failed;
	}
	*out = *from;
	out->keys.access_key = xstrdup(from->keys.access_key);
	out->keys.secret_key = xstrdup(from->keys.secret_key);
	out->keys.session_token = xstrdup(from->keys.session_token);
	out->account = xstrdup(from->account);
	lock_leave(c->lock);
	if (due)
		log_renewal(c, rc, out->expires, &why);
}

/* Renew generation ${seen}, unless that has just failed. *${own}: this worker
 * renewed it. The lock is held. */
static int
renew_expired(struct aws_credentials *c, uint64_t seen, bool *own)
{
	struct world *w = c->world;
	int rc;

	while (c->renewing && c->current.generation == seen)
		lock_wait(c->lock);
	if (c->current.generation != seen)
		return 1;
	if (w->mono_us(w->ctx) < c->failed_until)
		return c->failed.kind == FAULT_NONE ? 0 : -1;
	*own = true;
	rc = renew(c);
	if (rc != 1)
		c->failed_until = w->mono_us(w->ctx) + FAILED_US;
	return rc;
}

int
aws_credentials_renew(struct aws_credentials *c, uint64_t seen, struct fault *f)
{
	struct fault why;
	bool own = false;
	int64_t end;
	int rc;

	lock_enter(c->lock);
	rc = renew_expired(c, seen, &own);
	why = c->failed;
	end = c->current.expires;
	lock_leave(c->lock);
	if (rc == 0)
		return fault(f, FAULT_CREDENTIALS,
		    "the security token has expired (from: %s) and could not be "
		    "renewed; get new credentials and run again",
		    c->source);
	if (rc < 0) {
		(void)fault(f, why.kind, "%s", why.text);
		return fault_at(f, "the security token has expired");
	}
	if (own)
		log_renewal(c, rc, end, NULL);
	return 0;
}

const char *
aws_credentials_source(const struct aws_credentials *c)
{
	return c->source;
}
