#ifndef LIB_AWS_QUERY_IDENTITY_H
#define LIB_AWS_QUERY_IDENTITY_H

struct aws_config;
struct aws_credentials;
struct world;
struct fault;

/* Who asks AWS's other services, and where: all borrowed. */
struct aws_caller {
	const struct aws_config *config;
	struct aws_credentials *credentials;
	struct world *world;
};

/* Whose the credentials are, as STS says (GetCallerIdentity, which needs no
 * permission). Freed by identity_release. */
struct identity {
	char *account; /* 12 digits */
	char *arn;
};

int identity_ask(const struct aws_caller *caller, struct identity *out,
    struct fault *f);
void identity_release(struct identity *i);

#endif
