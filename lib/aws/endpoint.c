#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "lib/aws/endpoint.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

/* AWS's partitions except "aws", which has all other regions. ${prefix} is
 * followed by \w+-\d+. */
static const struct partition {
	const char *prefix;
	const char *name;
	const char *suffix;
	const char *dual; /* the suffix of hosts with IPv6 beside IPv4 */
} partitions[] = {
	/* clang-format off */
	{ "cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
	{ "us-gov-", "aws-us-gov", "amazonaws.com", "api.aws" },
	{ "us-iso-", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov" },
	{ "us-isob-", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud" },
	{ "eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk" },
	{ "us-isof-", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov" },
	{ "eusc-de-", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu" },
	/* clang-format on */
};
static const struct partition aws = { "", "aws", "amazonaws.com", "api.aws" };

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* "north-1": \w+-\d+ to the end. */
static bool
is_place(const char *s)
{
	size_t n = strspn(s, LETTERS DIGITS "_");

	if (n == 0 || s[n] != '-')
		return false;
	s += n + 1;
	n = strspn(s, DIGITS);
	return n > 0 && s[n] == '\0';
}

static const struct partition *
partition_of(const char *region)
{
	for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]);
	     i++) {
		size_t n = strlen(partitions[i].prefix);

		if (strncmp(region, partitions[i].prefix, n) == 0 &&
		    is_place(region + n))
			return &partitions[i];
	}
	return &aws;
}

const char *
aws_partition(const char *region)
{
	return partition_of(region)->name;
}

char *
aws_endpoint_special(const char *service, const char *region, bool fips,
    bool dual)
{
	const struct partition *p = partition_of(region);

	if (strcmp(region, "local") == 0) {
		if (strcmp(service, "dynamodb") == 0)
			return xstrdup("http://localhost:8000");
		region = "us-east-1";
	}
	/* GovCloud's ordinary hosts are the validated ones. */
	if (fips && !dual && strcmp(p->prefix, "us-gov-") == 0)
		fips = false;
	return xasprintf("https://%s%s.%s.%s", service, fips ? "-fips" : "",
	    region, dual ? p->dual : p->suffix);
}

char *
aws_endpoint_url(const char *service, const char *region)
{
	return aws_endpoint_special(service, region, false, false);
}

size_t
aws_host_length(const char *s)
{
	size_t n;

	if (*s != '[')
		return strspn(s, LETTERS DIGITS "-._");
	n = strspn(s + 1, DIGITS "abcdefABCDEF:.");
	return n > 0 && s[n + 1] == ']' ? n + 2 : 0;
}

void
aws_host_name(char out[300], const char *host)
{
	int n =
	    (int)(host[0] == '[' ? strcspn(++host, "]") : strcspn(host, ":"));

	(void)snprintf(out, 300, "%.*s", n, host);
}

bool
aws_host_is_loopback(const char *name)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, name, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, name, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return strcmp(name, "localhost") == 0;
}

/* A path as in RFC 3986, percent-encoded where it must be. */
static bool
is_path(const char *s)
{
	while (*s != '\0') {
		s += strspn(s, LETTERS DIGITS "-._~!$&'()*+,;=:@/");
		if (*s == '%' && s[1] != '\0' &&
		    strspn(s + 1, DIGITS "abcdefABCDEF") >= 2)
			s += 3;
		else if (*s != '\0')
			return false;
	}
	return true;
}

int
aws_endpoint_parse(const char *url, struct aws_endpoint *out)
{
	struct aws_endpoint e = { 0 };
	int64_t port = 0;
	size_t n;

	if (strncasecmp(url, "https://", 8) == 0)
		e.tls = true;
	else if (strncasecmp(url, "http://", 7) != 0)
		return -1;
	url += e.tls ? 8 : 7;
	n = aws_host_length(url);
	if (n == 0 || n > 255)
		return -1;
	for (size_t i = 0; i < n; i++)
		e.host[i] = text_lower(url[i]);
	url += n;
	if (*url == ':') {
		char text[8] = "";
		size_t digits = strspn(++url, DIGITS);

		if (digits >= sizeof(text))
			return -1;
		memcpy(text, url, digits);
		if (text_int_parse(text, 1, 65535, &port) != 0)
			return -1;
		url += digits;
	}
	if (port > 0 && port != (e.tls ? 443 : 80))
		(void)snprintf(e.host + n, sizeof(e.host) - n, ":%d",
		    (int)port);
	if (*url != '\0' && *url != '/')
		return -1;
	for (n = strlen(url); n > 0 && url[n - 1] == '/'; n--)
		;
	if (n >= sizeof(e.path))
		return -1;
	memcpy(e.path, url, n);
	if (!is_path(e.path))
		return -1;
	*out = e;
	return 0;
}

int
aws_endpoint_read(struct aws_endpoint *out, const char *from, const char *url,
    enum fault_kind kind, struct fault *f)
{
	/* there may be a password before an @ */
	bool shown = strchr(url, '@') == NULL;

	if (aws_endpoint_parse(url, out) == 0)
		return 0;
	return fault(f, kind,
	    "%s: %s%.200s%snot of the form http[s]://host[:port][/path]", from,
	    shown ? "'" : "", shown ? url : "", shown ? "' is " : "");
}

char *
aws_endpoint_text(const struct aws_endpoint *e)
{
	return xasprintf("%s://%s%s", e->tls ? "https" : "http", e->host,
	    e->path);
}
