#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"
#include "dynamodb/config.h"
#include "dynamodb/path.h"
#include "dynamodb/profile.h"
#include "dynamodb/retry.h"

#define ATTEMPTS_MAX 1000
#define LISTED 20 /* profiles, in a message */

/* A value and where it was said, for messages. */
struct setting {
	const char *value; /* NULL: nowhere */
	char from[300];    /* "AWS_REGION", "/home/ann/.aws/config:3" */
};

static const char *
environment(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? v : NULL;
}

static struct profile_file *
load_file(const char *name, const char *usual, enum profile_kind kind,
    struct fault *f)
{
	const char *path = environment(name);
	char *expanded = path_expand(path != NULL ? path : usual);
	struct profile_file *file = profile_load(expanded, kind, f);

	free(expanded);
	return file;
}

const char *
aws_config_get(const struct aws_config *c, const char *option,
    const struct profile_file **file)
{
	const struct profile_file *files[] = { c->credentials, c->config };

	for (size_t i = 0; i < 2; i++) {
		const char *v =
		    profile_get(files[i], "profile", c->profile, option, NULL);

		if (v != NULL && *v != '\0') {
			if (file != NULL)
				*file = files[i];
			return v;
		}
	}
	return NULL;
}

/* From the profile. */
static bool
get_option(struct setting *s, const struct aws_config *c, const char *option)
{
	const struct profile_file *file;

	s->value = aws_config_get(c, option, &file);
	if (s->value != NULL)
		(void)snprintf(s->from, sizeof(s->from), "%s:%d",
		    profile_path(file),
		    profile_line(file, "profile", c->profile, option));
	return s->value != NULL;
}

static bool
get_variable(struct setting *s, const char *name)
{
	s->value = environment(name);
	(void)snprintf(s->from, sizeof(s->from), "%s", name);
	return s->value != NULL;
}

/* "dev, prod, …" of both files. */
static void
list_profiles(struct buf *out, const struct aws_config *c)
{
	const struct profile_file *files[] = { c->config, c->credentials };
	const char *name;
	int n = 0;

	for (size_t j = 0; j < 2; j++)
		for (size_t i = 0; (name = profile_name(files[j], i)) != NULL;
		     i++) {
			if (j == 1 && profile_has(c->config, "profile", name))
				continue;
			if (n++ < LISTED)
				buf_addf(out, "%s%.60s", n > 1 ? ", " : "",
				    name);
		}
	if (n > LISTED)
		buf_addf(out, " and %d more", n - LISTED);
	if (n == 0)
		buf_adds(out, "none");
}

static int
choose_profile(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f)
{
	struct setting s = { .from = "--profile" };
	struct buf names = { 0 };

	s.value = ask->profile;
	c->profile_explicit = ask->profile != NULL;
	if (s.value == NULL && !get_variable(&s, "AWS_PROFILE") &&
	    !get_variable(&s, "AWS_DEFAULT_PROFILE")) {
		c->profile = xstrdup("default");
		return 0;
	}
	c->profile = xstrdup(s.value);
	if (profile_has(c->config, "profile", c->profile) ||
	    profile_has(c->credentials, "profile", c->profile))
		return 0;
	list_profiles(&names, c);
	(void)fault(f, FAULT_CONFIG,
	    "profile \"%.100s\" (%s) is neither in %.300s nor in %.300s; the "
	    "profiles there are: %s",
	    c->profile, s.from, profile_path(c->config),
	    profile_path(c->credentials), buf_text(&names));
	buf_release(&names);
	return -1;
}

/* Whether configured endpoints are to be passed over. */
static bool
endpoints_ignored(const struct aws_config *c)
{
	struct setting s;

	return (get_variable(&s, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ||
		   get_option(&s, c, "ignore_configured_endpoint_urls")) &&
	    strcasecmp(s.value, "true") == 0;
}

/*
 * services = NAME in the profile, dynamodb's endpoint_url in [services NAME].
 * What names a section and finds nothing would end at the real service, with
 * somebody's real table: that is refused. 1, 0, -1.
 */
static int
services_endpoint(struct setting *s, const struct aws_config *c,
    struct fault *f)
{
	const char *name;

	if (!get_option(s, c, "services"))
		return 0;
	name = s->value;
	if (!profile_has(c->config, "services", name))
		return fault(f, FAULT_CONFIG,
		    "%s: there is no section [services %.100s] in %.300s",
		    s->from, name, profile_path(c->config));
	(void)snprintf(s->from, sizeof(s->from), "%s:%d",
	    profile_path(c->config),
	    profile_line(c->config, "services", name, "dynamodb"));
	s->value = profile_get(c->config, "services", name, "dynamodb", NULL);
	if (s->value != NULL && *s->value != '\0')
		return fault(f, FAULT_CONFIG,
		    "%s: dynamodb must stand alone, with endpoint_url = … "
		    "indented on the next line",
		    s->from);
	s->value = profile_get(c->config, "services", name, "dynamodb",
	    "endpoint_url");
	return s->value != NULL && *s->value != '\0';
}

/* The endpoint as somebody set it; s->value NULL when nobody did. */
static int
ask_endpoint(struct setting *s, struct aws_config *c,
    const struct aws_config_ask *ask, struct fault *f)
{
	int rc;

	s->value = ask->endpoint_url;
	(void)snprintf(s->from, sizeof(s->from), "--endpoint-url");
	c->endpoint_from = "--endpoint-url";
	if (s->value != NULL)
		return 0;
	if (endpoints_ignored(c)) {
		s->value = NULL;
		return 0;
	}
	c->endpoint_from = "AWS_ENDPOINT_URL_DYNAMODB";
	if (get_variable(s, c->endpoint_from))
		return 0;
	c->endpoint_from = "AWS_ENDPOINT_URL";
	if (get_variable(s, c->endpoint_from))
		return 0;
	c->endpoint_from = "the services section";
	rc = services_endpoint(s, c, f);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	c->endpoint_from = "the profile";
	(void)get_option(s, c, "endpoint_url");
	return 0;
}

static bool
is_loopback(const char *host)
{
	char name[300];
	size_t n = host[0] == '[' ? strcspn(++host, "]") : strcspn(host, ":");
	struct in6_addr six;
	struct in_addr four;

	memcpy(name, host, n);
	name[n] = '\0';
	if (inet_pton(AF_INET, name, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, name, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return strcmp(name, "localhost") == 0;
}

/* A host label, for it becomes part of a host name. */
static bool
is_region(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-");

	return n > 0 && n < 64 && s[n] == '\0' && s[0] != '-' &&
	    s[n - 1] != '-' && s[strspn(s, "0123456789")] != '\0';
}

/* The region as somebody set it, checked; s->value NULL when nobody did. */
static int
ask_region(struct setting *s, const struct aws_config *c,
    const struct aws_config_ask *ask, struct fault *f)
{
	s->value = ask->region;
	(void)snprintf(s->from, sizeof(s->from), "--region");
	if (s->value == NULL && !get_variable(s, "AWS_REGION") &&
	    !get_variable(s, "AWS_DEFAULT_REGION") &&
	    !get_option(s, c, "region"))
		return 0;
	if (!is_region(s->value))
		return fault(f,
		    ask->region != NULL ? FAULT_USAGE : FAULT_CONFIG,
		    "%s: \"%.100s\" is not the name of a region (one is "
		    "eu-west-1)",
		    s->from, s->value);
	return 0;
}

static int
choose_place(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f)
{
	struct setting region, url;
	struct aws_endpoint e;

	if (ask_region(&region, c, ask, f) != 0 ||
	    ask_endpoint(&url, c, ask, f) != 0)
		return -1;
	if (url.value != NULL && aws_endpoint_parse(url.value, &e) != 0)
		return fault(f,
		    ask->endpoint_url != NULL ? FAULT_USAGE : FAULT_CONFIG,
		    "%s: not of the form http[s]://host[:port][/path]",
		    url.from);
	if (region.value == NULL && url.value != NULL && is_loopback(e.host))
		region.value = "us-east-1";
	if (region.value == NULL)
		return fault(f, FAULT_CONFIG,
		    "no region: tried --region, AWS_REGION, "
		    "AWS_DEFAULT_REGION, and region in profile \"%.100s\" of "
		    "%.300s and %.300s; give --region NAME, or set AWS_REGION",
		    c->profile, profile_path(c->credentials),
		    profile_path(c->config));
	c->region = xstrdup(region.value);
	if (url.value != NULL) {
		c->endpoint = xasprintf("%s://%s%s", e.tls ? "https" : "http",
		    e.host, e.path);
		return 0;
	}
	c->endpoint = aws_endpoint_url("dynamodb", c->region);
	c->endpoint_from = "the region";
	if (strcmp(c->region, "local") == 0) {
		free(c->region);
		c->region = xstrdup("us-east-1");
	}
	return 0;
}

static int
choose_rest(struct aws_config *c, struct fault *f)
{
	struct setting s;
	int64_t n = RETRY_ATTEMPTS;

	if (get_variable(&s, "AWS_CA_BUNDLE") || get_option(&s, c, "ca_bundle"))
		c->ca_bundle = path_expand(s.value);
	if ((get_variable(&s, "AWS_MAX_ATTEMPTS") ||
		get_option(&s, c, "max_attempts")) &&
	    text_int_parse(s.value, 1, ATTEMPTS_MAX, &n) != 0)
		return fault(f, FAULT_CONFIG,
		    "%s: \"%.100s\" is not a number from 1 to %d", s.from,
		    s.value, ATTEMPTS_MAX);
	c->max_attempts = (int)n;
	return 0;
}

int
aws_config_load(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f)
{
	*c = (struct aws_config){ 0 };
	c->config =
	    load_file("AWS_CONFIG_FILE", "~/.aws/config", PROFILE_CONFIG, f);
	if (c->config != NULL)
		c->credentials = load_file("AWS_SHARED_CREDENTIALS_FILE",
		    "~/.aws/credentials", PROFILE_CREDENTIALS, f);
	if (c->credentials != NULL && choose_profile(c, ask, f) == 0 &&
	    choose_place(c, ask, f) == 0 && choose_rest(c, f) == 0)
		return 0;
	aws_config_release(c);
	return -1;
}

void
aws_config_release(struct aws_config *c)
{
	free(c->profile);
	free(c->region);
	free(c->endpoint);
	free(c->ca_bundle);
	profile_free(c->config);
	profile_free(c->credentials);
	*c = (struct aws_config){ 0 };
}
