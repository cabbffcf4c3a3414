#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/mem.h"
#include "dynamodb/config.h"
#include "dynamodb/credentials.h"
#include "dynamodb/hash.h"
#include "dynamodb/profile.h"
#include "dynamodb/provider.h"
#include "dynamodb/workers.h"

/* Keys that are said to have ended are looked for again this often (s);
 * whether they really have is for the service to say. */
#define LOOK_AGAIN 60

struct aws_credentials {
	const struct aws_config *config;
	struct ddb_world *world;
	char *source;      /* as found first */
	struct lock *lock; /* of what follows */
	struct aws_keyset current;
	int64_t look_again; /* not before */
};

static void
wipe(const char *s)
{
	char *p = (char *)(uintptr_t)s;

	if (p != NULL)
		hash_wipe(p, strlen(p));
	free(p);
}

void
aws_keyset_release(struct aws_keyset *keys)
{
	wipe(keys->keys.access_key);
	wipe(keys->keys.secret_key);
	wipe(keys->keys.session_token);
	free(keys->account);
	*keys = (struct aws_keyset){ 0 };
}

struct aws_credentials *
aws_credentials_open(const struct aws_config *config, struct ddb_world *world,
    struct fault *f)
{
	struct aws_keyset keys;
	struct aws_credentials *c;
	char *source;

	if (provider_search(config, world, &keys, &source, f) != 0)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->config = config;
	c->world = world;
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

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Search again, in the files as they are now. 1 when there are other keys,
 * which are current then; 0 when they are the same; -1. Lock held. */
static int
search_again(struct aws_credentials *c, struct fault *f)
{
	struct aws_config fresh = *c->config;
	struct aws_keyset keys = { 0 };
	char *source = NULL;
	int rc = -1;

	fresh.config =
	    profile_load(profile_path(c->config->config), PROFILE_CONFIG, f);
	fresh.credentials = fresh.config == NULL
	    ? NULL
	    : profile_load(profile_path(c->config->credentials),
		  PROFILE_CREDENTIALS, f);
	if (fresh.credentials == NULL ||
	    provider_search(&fresh, c->world, &keys, &source, f) != 0)
		goto out;
	rc = 0;
	if (same(keys.keys.access_key, c->current.keys.access_key) &&
	    same(keys.keys.secret_key, c->current.keys.secret_key) &&
	    same(keys.keys.session_token, c->current.keys.session_token))
		goto out;
	keys.generation = c->current.generation + 1;
	aws_keyset_release(&c->current);
	c->current = keys;
	keys = (struct aws_keyset){ 0 };
	rc = 1;
out:
	aws_keyset_release(&keys);
	free(source);
	profile_free(fresh.config);
	profile_free(fresh.credentials);
	return rc;
}

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

int
aws_credentials_get(struct aws_credentials *c, int64_t now,
    struct aws_keyset *out, struct fault *f)
{
	const struct aws_keyset *from = &c->current;

	(void)f;
	lock_enter(c->lock);
	if (now >= from->expires && now >= c->look_again) {
		c->look_again = now + LOOK_AGAIN;
		(void)search_again(c, NULL);
	}
	*out = *from;
	out->keys.access_key = copy(from->keys.access_key);
	out->keys.secret_key = copy(from->keys.secret_key);
	out->keys.session_token = copy(from->keys.session_token);
	out->account = copy(from->account);
	lock_leave(c->lock);
	return 0;
}

int
aws_credentials_renew(struct aws_credentials *c, uint64_t seen, struct fault *f)
{
	int rc = 1;

	lock_enter(c->lock);
	if (c->current.generation == seen)
		rc = search_again(c, f);
	lock_leave(c->lock);
	if (rc == 0)
		return fault(f, FAULT_CREDENTIALS,
		    "the security token is expired (%s); get new ones and "
		    "run again",
		    c->source);
	return rc < 0 ? fault_at(f, "the security token is expired") : 0;
}

const char *
aws_credentials_source(const struct aws_credentials *c)
{
	return c->source;
}
