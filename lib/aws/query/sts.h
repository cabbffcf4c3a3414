#ifndef LIB_AWS_QUERY_STS_H
#define LIB_AWS_QUERY_STS_H

#include <stdint.h>

struct aws_config;
struct aws_keys;
struct aws_keyset;
struct world;
struct fault;

/*
 * The Security Token Service: keys of a role for a while, in exchange for
 * other keys (AssumeRole) or a token that somebody else vouches for
 * (AssumeRoleWithWebIdentity). What is NULL or 0 is left out.
 */
struct sts_ask {
	const struct aws_config *config;
	struct world *world;
	const struct aws_keys *keys;    /* the one … */
	const char *web_identity_token; /* … or the other */
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

#endif
