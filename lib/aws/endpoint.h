#ifndef LIB_AWS_ENDPOINT_H
#define LIB_AWS_ENDPOINT_H

#include <stdbool.h>

/* Scheme, host (with its port unless the default), path of an endpoint.
 * 0, or -1 when ${url} is not http(s)://host. Pure. */
struct aws_endpoint {
	bool tls;
	char host[300];
	char path[256];
};
int aws_endpoint_parse(const char *url, struct aws_endpoint *out);

/* "aws", "aws-cn", …: the partition of ${region}, as ARNs begin. Pure. */
const char *aws_partition(const char *region);

/* "https://dynamodb.eu-west-1.amazonaws.com" for ${service} (as it begins a
 * host name) and ${region}: partition by AWS's own patterns; DynamoDB's in
 * "local" is http://localhost:8000. The caller frees it. Pure. */
char *aws_endpoint_url(const char *service, const char *region);
/* The same for its host with validated cryptography, and for the one with
 * IPv6 beside IPv4. Pure. */
char *aws_endpoint_special(const char *service, const char *region, bool fips,
    bool dual_stack);

#endif
