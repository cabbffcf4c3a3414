#ifndef LIB_AWS_CREDENTIALS_H
#define LIB_AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/world.h"

struct aws_config;
struct aws_keyset;
struct fault;

/*
 * The keys requests are signed with, shared by all workers. Each set has a
 * generation: a worker whose request was refused as expired asks for a
 * renewal of the generation it used, and however many ask, one renewal is
 * made.
 */
struct aws_credentials;

/* Where keys are looked for: as provider_search (provider/provider.h). */
typedef int aws_search(const struct aws_config *config, struct world *world,
    bool again, struct aws_keyset *keys, char **source, struct fault *f);

/* Find credentials by ${search}. Borrows ${config} and ${world}, which must
 * outlive it. NULL on failure. */
struct aws_credentials *aws_credentials_open(const struct aws_config *config,
    struct world *world, aws_search *search, struct fault *f);
void aws_credentials_close(struct aws_credentials *c);
/* Where renewals are told; any thread may call it. */
void aws_credentials_log(struct aws_credentials *c,
    void (*log)(void *ctx, enum log_level level, const char *text), void *ctx);

/* A copy of the keys to sign with at ${now}, the caller's, renewed first when
 * they end soon; when that fails, those there are. */
void aws_credentials_get(struct aws_credentials *c, int64_t now,
    struct aws_keyset *out);
/*
 * The service called generation ${seen} expired. 0 when there is another
 * generation now, -1 when none could be had.
 */
int aws_credentials_renew(struct aws_credentials *c, uint64_t seen,
    struct fault *f);

/* Where they came from, for people: "environment", "profile dev
 * (~/.aws/credentials)". Borrowed. */
const char *aws_credentials_source(const struct aws_credentials *c);

#endif
