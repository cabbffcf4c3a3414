#ifndef LIB_AWS_QUERY_STS_H
#define LIB_AWS_QUERY_STS_H

#include <stdint.h>

#include "lib/aws/query/query.h"

struct aws_keyset;

/*
 * The Security Token Service: temporary keys of a role, in exchange for other
 * keys (AssumeRole) or a token that somebody else vouches for
 * (AssumeRoleWithWebIdentity). What is NULL or 0 is left out.
 */
struct sts_ask {
	const struct aws_config *config;
	struct world *world;
	const struct aws_keys *keys;    /* these … */
	const char *web_identity_token; /* … or this */
	const char *role_arn;
	const char *session_name; /* NULL: one of ours */
	const char *external_id;
	const char *serial, *code; /* of an MFA device */
	int64_t duration;          /* s */
};

/* Fills ${out} (generation 0; released by the caller). -1: the fault says
 * which action on which role was refused, and why. */
int sts_assume(const struct sts_ask *ask, struct aws_keyset *out,
    struct fault *f);

/* Whose the credentials are (GetCallerIdentity, which needs no permission).
 * Freed by identity_release. */
struct identity {
	char *account; /* 12 digits */
	char *arn;
};

int identity_ask(const struct aws_caller *caller, struct identity *out,
    struct fault *f);
void identity_release(struct identity *i);

#endif
