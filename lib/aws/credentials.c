#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/keyset.h"
#include "lib/aws/profile.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"

/*
 * When keys are renewed. Keys with an end are looked for again
 *  - with less than 15 minutes left: by the one worker that sees it first,
 *    while the others go on with what there is;
 *  - with less than 10 minutes left: by one, and the others wait for it;
 *  - once the service has called them expired: the same.
 * A renewal that fails is tried again a minute later, and is an error only
 * when the service no longer takes the keys there are: a sweep of hours does
 * not end over a bad minute of somebody else's, or over a local clock that is
 * wrong; what is expired the service knows best.
 */
#define ADVISORY (15 * 60)
#define MANDATORY (10 * 60)
#define LOOK_AGAIN 60
/* Workers whose requests were refused one after the other get one answer. */
#define FAILED_US ((int64_t)5 * 1000000)

struct aws_credentials {
	const struct aws_config *config;
	struct world *world;
	aws_search *search;
	char *source;      /* as found first */
	struct lock *lock; /* of what follows */
	struct aws_keyset current;
	int64_t look_again; /* not before */
	bool renewing;
	struct fault failed;  /* the last renewal, when it did … */
	int64_t failed_until; /* … and what counts as that (us) */
	void (*log)(void *ctx, enum log_level level, const char *text);
	void *log_ctx;
};

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

static void __attribute__((format(printf, 2, 3)))
say(const struct aws_credentials *c, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (c->log == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	c->log(c->log_ctx, LOG_DEBUG, line);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Search again, in the files as they are now. */
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
 * Renew, once for all: the lock is held, given up meanwhile, and held again.
 * 1 when there are other keys, which are current then; 0 when they are the
 * same, perhaps with a later end; -1, and c->failed says why.
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

/* Tell what came of it; the lock is not held. */
static void
say_renewed(const struct aws_credentials *c, int rc, int64_t end,
    const struct fault *f)
{
	char text[32] = "";

	if (rc < 0)
		say(c,
		    "the credentials could not be renewed; trying again in a "
		    "minute: %.700s",
		    f->text);
	else if (rc > 0 && end != INT64_MAX && text_time_format(text, end) == 0)
		say(c, "credentials renewed, valid until %s", text);
	else if (rc > 0)
		say(c, "credentials renewed");
}

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

/* Whether a renewal is due; waits for one that is under way when the keys end
 * that soon. Lock held. */
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
	out->keys.access_key = copy(from->keys.access_key);
	out->keys.secret_key = copy(from->keys.secret_key);
	out->keys.session_token = copy(from->keys.session_token);
	out->account = copy(from->account);
	lock_leave(c->lock);
	if (due)
		say_renewed(c, rc, out->expires, &why);
}

/* Renew generation ${seen}, unless that has just been tried in vain. The lock
 * is held. */
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
		    "the security token has expired (%s) and could not be "
		    "renewed; get new credentials and run again",
		    c->source);
	if (rc < 0) {
		(void)fault(f, why.kind, "%s", why.text);
		return fault_at(f, "the security token has expired");
	}
	if (own)
		say_renewed(c, rc, end, NULL);
	return 0;
}

const char *
aws_credentials_source(const struct aws_credentials *c)
{
	return c->source;
}
