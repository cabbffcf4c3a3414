#ifndef LIB_AWS_PROVIDER_PROVIDER_PARTS_H
#define LIB_AWS_PROVIDER_PROVIDER_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/config_value.h"
#include "lib/base/buf.h"

struct aws_config;
struct aws_keyset;
struct world;
struct doc;
struct fault;

/* The places where keys may be, for provider.c and provider_*.c only. */

/* A search under way. */
struct search {
	const struct aws_config *config;
	struct world *world;
	const char *profile;
	bool named; /* the profile was, by --profile or by another profile: then
		       the environment is not asked */
	bool again; /* in the middle of a run */
	const struct search *parent; /* what wants these keys, to assume a role
					with them */
	struct aws_keyset *keys;
	struct buf source; /* where they were, for people */
	struct buf why;    /* the place being asked has nothing */
};

/*
 * A place: 1 when it has filled s->keys and s->source, 0 when it has nothing
 * (s->why may say why not), -1 when it ought to have keys and fails.
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
/* All that a profile may have but a role: what a role is assumed with. */
int provider_profile(struct search *s, struct fault *f);

/* Keys as they were found; NULL or "": not there. */
struct found {
	const char *access_key, *secret_key, *session_token, *account;
	int64_t expires; /* INT64_MAX: never */
};

/* Whether ${s} can be a part of keys, or is NULL: nothing in it that would
 * break a header line, or that a careless copy brings along. Pure. */
bool provider_sendable(const char *s);
/* Check and copy them into s->keys. 1, or -1; ${place} is for the fault. */
int provider_take(struct search *s, const struct found *k, const char *place,
    struct fault *f);

/*
 * The same from JSON: ${outer} as for doc_text, ${names} what the document
 * calls access key, secret key, session token, account and end (a time or, in
 * milliseconds, a number).
 */
int provider_take_doc(struct search *s, const struct doc *d, const char *outer,
    const char *const names[5], const char *place, struct fault *f);

/* Whether the profile has ${option}; fills ${out} then. */
bool provider_option(const struct search *s, const char *option,
    struct config_value *out);
/* `profile "dev"`, added to ${out}. */
void provider_name(struct buf *out, const struct search *s);

/* A time as AWS's files and replies have it: ISO 8601, also with "UTC" in
 * place of the Z. 0, or -1. Pure. */
int provider_time(const char *s, int64_t *epoch);
/* The local clock, epoch seconds. */
int64_t provider_now(const struct search *s);

#endif
