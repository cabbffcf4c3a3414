#ifndef LIB_AWS_PROVIDER_SEARCH_H
#define LIB_AWS_PROVIDER_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/config_value.h"
#include "lib/base/buf.h"

struct aws_config;
struct aws_keyset;
struct world;
struct doc;
struct fault;

/* A running search for keys: what provider.c and provider_*.c share. */
struct search {
	const struct aws_config *config;
	struct world *world;
	const char *profile;
	char *name; /* `profile "dev"`, escaped for messages */
	bool named; /* --profile or another profile names this one: the
		       environment is not asked */
	bool again; /* in the middle of a run */
	const struct search *parent; /* the search that needs these keys to
					assume a role */
	/* Ask every place that a profile may name, except a role. */
	int (*ask_profile)(struct search *s, struct fault *f);
	struct aws_keyset *keys;
	struct buf source; /* where the keys were, for people */
	struct buf why;    /* why the place just asked has none */
};

/*
 * The places where keys may be. 1: s->keys and s->source are filled. 0: the
 * place has no keys (s->why may say why). -1: it should have keys and failed.
 */
int provider_environment(struct search *s, struct fault *f);
int provider_role(struct search *s, struct fault *f);
int provider_web(struct search *s, struct fault *f);
int provider_sso(struct search *s, struct fault *f);
int provider_credentials(struct search *s, struct fault *f);
int provider_login(struct search *s, struct fault *f);
int provider_process(struct search *s, struct fault *f);
int provider_config(struct search *s, struct fault *f);
int provider_container(struct search *s, struct fault *f);
int provider_metadata(struct search *s, struct fault *f);

/* Keys as they were found; NULL or "": none. */
struct found {
	const char *access_key, *secret_key, *session_token, *account;
	int64_t expires; /* INT64_MAX: never */
};

/* Whether ${s} can be a part of keys (NULL can): it has no byte that would
 * break a header line or that a careless copy adds. Pure. */
bool search_sendable(const char *s);
/* Check the keys and copy them into s->keys. 1, or -1; ${place} is for the
 * fault. */
int search_take(struct search *s, const struct found *k, const char *place,
    struct fault *f);
/*
 * The same from JSON: ${outer} as for doc_text; ${names} are the document's
 * names of access key, secret key, session token, account and expiry (a time,
 * or a number of milliseconds).
 */
int search_take_doc(struct search *s, const struct doc *d, const char *outer,
    const char *const names[5], const char *place, struct fault *f);

/* Whether the profile has ${option}; then fills ${out}. */
bool search_option(const struct search *s, const char *option,
    struct config_value *out);
/* What search.name is for ${profile}; the caller frees it. */
char *search_name(const char *profile);

/* A time as AWS's files and replies have it: ISO 8601, or with "UTC" in place
 * of the Z. 0, or -1. Pure. */
int search_time(const char *s, int64_t *epoch);
/* The local clock, epoch seconds. */
int64_t search_now(const struct search *s);

#endif
