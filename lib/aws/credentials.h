#ifndef LIB_AWS_CREDENTIALS_H
#define LIB_AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/sign.h"
#include "lib/aws/world.h"

struct aws_config;
struct fault;

/* Keys and what is known about them, owned by whoever has them. */
struct aws_keyset {
	struct aws_keys keys;
	char *account; /* NULL: not known */
	uint64_t generation;
	int64_t expires; /* epoch seconds, INT64_MAX: never */
};

/* Wipe and free what is in it. */
void aws_keyset_release(struct aws_keyset *keys);

/*
 * The keys that requests are signed with, shared by all workers. A worker
 * whose request was refused as expired asks for a renewal of the generation it
 * used; however many ask, there is one renewal.
 */
struct aws_credentials;

/* How keys are found: as provider_search (provider/provider.h). */
typedef int aws_search(const struct aws_config *config, struct world *world,
    bool again, struct aws_keyset *keys, char **source, struct fault *f);

/* Find credentials by ${search}. Borrows ${config} and ${world}, which must
 * outlive it. NULL on failure. */
struct aws_credentials *aws_credentials_open(const struct aws_config *config,
    struct world *world, aws_search *search, struct fault *f);
void aws_credentials_close(struct aws_credentials *c);
/* Where renewals are logged; any thread may call ${log}. */
void aws_credentials_log(struct aws_credentials *c,
    void (*log)(void *ctx, enum log_level level, const char *text), void *ctx);

/* A copy of the keys to sign with at ${now}, for the caller to release. Keys
 * that expire soon are renewed first; if that fails, they are used as they
 * are. */
void aws_credentials_get(struct aws_credentials *c, int64_t now,
    struct aws_keyset *out);
/* The service says that generation ${seen} has expired. 0 when there is
 * another one now, -1 when there are no newer keys. */
int aws_credentials_renew(struct aws_credentials *c, uint64_t seen,
    struct fault *f);

/* Where they were found first, for people: "the environment", "profile dev
 * (~/.aws/credentials)". Borrowed. */
const char *aws_credentials_source(const struct aws_credentials *c);

#endif
