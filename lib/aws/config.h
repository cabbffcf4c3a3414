#ifndef LIB_AWS_CONFIG_H
#define LIB_AWS_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct world;
struct fault;
struct profile_file;

/*
 * Which service to use and as whom, from options, environment and profile
 * files, in the order of the AWS CLI. An empty variable or option counts as
 * not set. An endpoint on this machine (localhost, 127.0.0.0/8, [::1]) needs
 * no region: requests are signed for us-east-1. For any other one, the last
 * place to look for a region is the instance this runs on.
 */

/* From the command line; NULL: not given. Borrowed. */
struct aws_config_ask {
	const char *region;
	const char *profile;
	const char *endpoint_url;
};

/* Owned by aws_config_load, freed by aws_config_release. */
struct aws_config {
	char *profile;         /* its name; "default" if none was given */
	bool profile_explicit; /* --profile: environment keys are ignored */
	bool profile_used;     /* AWS_PROFILE names it, and no environment keys
				  come first */
	char *region;          /* NULL until aws_config_locate finds it */
	bool region_assumed;   /* not set: the server is on this machine */
	char *endpoint; /* scheme://host[:port][/path], no final '/'; NULL
			   until the region is known */
	const char *endpoint_from; /* "--endpoint-url", "the region", … */
	bool fips, dual_stack;     /* which of AWS's own endpoints */
	char *ca_bundle;           /* AWS_CA_BUNDLE or ca_bundle; NULL */
	int max_attempts;          /* including the first */
	bool attempts_set;         /* it is for all requests */
	struct profile_file *config;
	struct profile_file *credentials;
};

/* Read all settings, without using the network. On failure the fault says what
 * was tried in which order, and ${c} is empty. */
int aws_config_load(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f);
void aws_config_release(struct aws_config *c);
/* Whether the endpoint is the region's own: nobody has set another. Pure. */
bool aws_config_regional(const struct aws_config *c);

/* Whether the server is on this machine, as far as its address says. Pure. */
bool aws_config_local(const struct aws_config *c);

/* If no region was set, ask the instance's metadata service. Call this once
 * before region and endpoint are used. */
int aws_config_locate(struct aws_config *c, struct world *world,
    struct fault *f);

/* The endpoint of another service in ${region} ("sts", "sso", "oidc",
 * "cloudformation"), as it was set, else AWS's own. The caller frees ${url}. */
int aws_config_endpoint(const struct aws_config *c, const char *service,
    const char *region, char **url, struct fault *f);

#endif
