#ifndef LIB_AWS_ENDPOINT_H
#define LIB_AWS_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/fault.h"

struct aws_endpoint {
	bool tls;
	char host[300]; /* with its port unless that is the default */
	char path[256]; /* no final '/' */
};
/* 0, or -1 when ${url} is not http[s]://host[:port][/path]. Pure. */
int aws_endpoint_parse(const char *url, struct aws_endpoint *out);
/* The same; the fault of ${kind} names ${from}, where ${url} is from. */
int aws_endpoint_read(struct aws_endpoint *out, const char *from,
    const char *url, enum fault_kind kind, struct fault *f);
/* The URL of ${e} again; the caller frees it. */
char *aws_endpoint_text(const struct aws_endpoint *e);

/* The length of the host name or [IPv6 address] that ${s} begins with, or 0.
 * Pure. */
size_t aws_host_length(const char *s);
/* The name or address in ${host}, without brackets and port. Pure. */
void aws_host_name(char out[300], const char *host);
/* Whether ${name} is localhost or a loopback address. Pure. */
bool aws_host_is_loopback(const char *name);

/* The partition of ${region}, as ARNs have it: "aws", "aws-cn". Pure. */
const char *aws_partition(const char *region);

/* "https://dynamodb.eu-west-1.amazonaws.com" for ${service} (as in the host's
 * name) and ${region}; DynamoDB in "local" is http://localhost:8000. The
 * caller frees it. Pure. */
char *aws_endpoint_url(const char *service, const char *region);
/* The same for hosts with FIPS 140 cryptography, or with IPv6 beside IPv4. */
char *aws_endpoint_special(const char *service, const char *region, bool fips,
    bool dual_stack);

#endif
