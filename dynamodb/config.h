#ifndef DYNAMODB_CONFIG_H
#define DYNAMODB_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct profile_file;

/*
 * Where to talk to and as whom: options, environment, profile files, in
 * the order of the AWS CLI. An empty variable or option counts as not set.
 * Without a region anywhere an endpoint on this machine (localhost,
 * 127.0.0.0/8, [::1]) is signed for us-east-1; any other endpoint needs one.
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
	char *region;
	char *endpoint; /* scheme://host[:port][/path], no final '/' */
	const char *endpoint_from; /* "--endpoint-url", "the region", … */
	char *ca_bundle;           /* AWS_CA_BUNDLE or ca_bundle; NULL */
	int max_attempts;          /* the first try counts */
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

/* An option of the profile, the credentials file's before the config file's;
 * NULL when it is in neither, or empty. ${file} (may be NULL): which it was.
 * Both borrowed from ${c}. */
const char *aws_config_get(const struct aws_config *c, const char *option,
    const struct profile_file **file);

/* Scheme, host (with its port unless the default), path of an endpoint.
 * 0, or -1 when ${url} is not http(s)://host. Pure. */
struct aws_endpoint {
	bool tls;
	char host[300];
	char path[256];
};
int aws_endpoint_parse(const char *url, struct aws_endpoint *out);

/* "https://dynamodb.eu-west-1.amazonaws.com" for ${service} and
 * ${region}: partition by AWS's own patterns; "local" is
 * http://localhost:8000. The caller frees it. Pure. */
char *aws_endpoint_url(const char *service, const char *region);

#endif
