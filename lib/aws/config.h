#ifndef LIB_AWS_CONFIG_H
#define LIB_AWS_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct world;
struct fault;
struct profile_file;

/*
 * Where to talk to and as whom: options, environment, profile files, in
 * the order of the AWS CLI. An empty variable or option counts as not set.
 * Without a region anywhere an endpoint on this machine (localhost,
 * 127.0.0.0/8, [::1]) is signed for us-east-1; any other endpoint needs one,
 * and the last to be asked for it is the instance this runs on.
 */

/* What the command line said; NULL: nothing. Borrowed. */
struct aws_config_ask {
	const char *region;
	const char *profile;
	const char *endpoint_url;
};

/* Owned by aws_config_load, freed by aws_config_release. */
struct aws_config {
	char *profile;         /* the profile's name, "default" if none */
	bool profile_explicit; /* --profile: environment keys are ignored */
	char *region;          /* NULL: aws_config_locate is to find it */
	bool region_assumed;   /* set nowhere, and of no matter: a server on
				  this machine is talked to */
	char *endpoint; /* scheme://host[:port][/path], no final '/'; NULL as
			   long as it hangs on the region */
	const char *endpoint_from; /* "--endpoint-url", "the region", … */
	bool fips, dual_stack;     /* which of AWS's own endpoints */
	char *ca_bundle;           /* AWS_CA_BUNDLE or ca_bundle; NULL */
	int max_attempts;          /* the first try counts */
	bool attempts_set;         /* by somebody: it holds for all requests */
	struct profile_file *config;
	struct profile_file *credentials;
};

/*
 * Resolve everything; reads files, touches no network. On failure the fault
 * says what was tried in which order, and ${c} holds nothing.
 */
int aws_config_load(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f);
void aws_config_release(struct aws_config *c);

/*
 * Where no region was set anywhere, ask the instance's metadata service; then
 * region and endpoint are there. To be called once before they are used.
 */
int aws_config_locate(struct aws_config *c, struct world *world,
    struct fault *f);

/*
 * The endpoint of another service in ${region}: "sts", "sso", "oidc",
 * "cloudformation"; set by its variables, its services section or the profile,
 * else AWS's own. The caller frees ${url}.
 */
int aws_config_endpoint(const struct aws_config *c, const char *service,
    const char *region, char **url, struct fault *f);

#endif
