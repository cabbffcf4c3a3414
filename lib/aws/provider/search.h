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
	/* Ask for all that a profile may have but a role. */
	int (*ask_profile)(struct search *s, struct fault *f);
	struct aws_keyset *keys;
	struct buf source; /* where they were, for people */
	struct buf why;    /* the place being asked has nothing */
};

/* Keys as they were found; NULL or "": not there. */
struct found {
	const char *access_key, *secret_key, *session_token, *account;
	int64_t expires; /* INT64_MAX: never */
};

/* Whether ${s} can be a part of keys, or is NULL: nothing in it that would
 * break a header line, or that a careless copy brings along. Pure. */
bool search_sendable(const char *s);
/* Check and copy them into s->keys. 1, or -1; ${place} is for the fault. */
int search_take(struct search *s, const struct found *k, const char *place,
    struct fault *f);

/*
 * The same from JSON: ${outer} as for doc_text, ${names} what the document
 * calls access key, secret key, session token, account and end (a time or, in
 * milliseconds, a number).
 */
int search_take_doc(struct search *s, const struct doc *d, const char *outer,
    const char *const names[5], const char *place, struct fault *f);

/* Whether the profile has ${option}; fills ${out} then. */
bool search_option(const struct search *s, const char *option,
    struct config_value *out);
/* `profile "dev"`, added to ${out}. */
void search_name(struct buf *out, const struct search *s);

/* A time as AWS's files and replies have it: ISO 8601, also with "UTC" in
 * place of the Z. 0, or -1. Pure. */
int search_time(const char *s, int64_t *epoch);
/* The local clock, epoch seconds. */
int64_t search_now(const struct search *s);

#endif
