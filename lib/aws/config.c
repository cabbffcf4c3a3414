#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/aws/config.h"
#include "lib/aws/config_value.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/imds.h"
#include "lib/aws/profile.h"
#include "lib/aws/retry.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"

#define REGIONAL "the region" /* endpoint_from */

/* The names of a service in variables, services sections and hosts. */
static const struct service_names {
	const char *name, *variable, *section, *host;
} services[] = {
	/* clang-format off */
	{ "dynamodb", "AWS_ENDPOINT_URL_DYNAMODB", "dynamodb", "dynamodb" },
	{ "sts", "AWS_ENDPOINT_URL_STS", "sts", "sts" },
	{ "sso", "AWS_ENDPOINT_URL_SSO", "sso", "portal.sso" },
	{ "oidc", "AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc", "oidc" },
	{ "cloudformation", "AWS_ENDPOINT_URL_CLOUDFORMATION",
	    "cloudformation", "cloudformation" },
	/* clang-format on */
};

static const struct service_names *
service_of(const char *name)
{
	size_t i = 0;

	while (strcmp(services[i].name, name) != 0)
		i++;
	return &services[i];
}

/*
 * services = NAME in the profile, and the service's endpoint_url in [services
 * NAME]. A missing section is refused: without it the real service, and
 * somebody's real table, would be used. 1, 0, -1.
 */
static int
services_endpoint(struct config_value *s, const struct aws_config *c,
    const struct service_names *service, struct fault *f)
{
	const char *name, *section = service->section;

	if (!config_value_profile(s, c, c->profile, "services"))
		return 0;
	name = s->value;
	if (!profile_has(c->config, "services", name))
		return fault(f, FAULT_CONFIG,
		    "%s: there is no section [services %.100s] in %.300s",
		    s->from, name, profile_path(c->config));
	if (config_value_section(s, c->config, "services", name, section))
		return fault(f, FAULT_CONFIG,
		    "%s: %s must stand alone, with endpoint_url = … "
		    "indented on the next line",
		    s->from, section);
	(void)snprintf(s->from, sizeof(s->from), "%s:%d",
	    profile_path(c->config),
	    profile_line(c->config, "services", name, section));
	s->value =
	    profile_get(c->config, "services", name, section, "endpoint_url");
	return s->value != NULL && *s->value != '\0';
}

/* The endpoint as it was set; s->value is NULL when it was not. *${from} is the
 * kind of place. */
static int
ask_endpoint(struct config_value *s, const struct aws_config *c,
    const struct service_names *service, const char **from, struct fault *f)
{
	int rc;

	s->value = NULL;
	if (config_value_flag(c, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"ignore_configured_endpoint_urls"))
		return 0;
	*from = service->variable;
	if (config_value_variable(s, *from))
		return 0;
	*from = "AWS_ENDPOINT_URL";
	if (config_value_variable(s, *from))
		return 0;
	*from = "the services section";
	rc = services_endpoint(s, c, service, f);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	*from = "the profile";
	(void)config_value_profile(s, c, c->profile, "endpoint_url");
	return 0;
}

/* Check the endpoint ${s} and bring it into the form for requests. */
static int
take_endpoint(const struct config_value *s, const struct aws_config *c,
    struct aws_endpoint *e, char **url, enum fault_kind kind, struct fault *f)
{
	if (aws_endpoint_read(e, s->from, s->value, kind, f) != 0)
		return -1;
	if (c->fips || c->dual_stack)
		return fault(f, FAULT_CONFIG,
		    "%s sets an endpoint, but %s asks for one of AWS's own; "
		    "remove one of them",
		    s->from,
		    c->fips ? "AWS_USE_FIPS_ENDPOINT (use_fips_endpoint)"
			    : "AWS_USE_DUALSTACK_ENDPOINT "
			      "(use_dualstack_endpoint)");
	*url = aws_endpoint_text(e);
	return 0;
}

/* It becomes part of a host name, so it must be a label of one. */
static bool
is_region(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-");

	return n > 0 && n < 64 && s[n] == '\0' && s[0] != '-' &&
	    s[n - 1] != '-' && s[strspn(s, "0123456789")] != '\0';
}

/* The region as it was set, checked; s->value is NULL when it was not. */
static int
ask_region(struct config_value *s, const struct aws_config *c,
    const struct aws_config_ask *ask, struct fault *f)
{
	s->value = ask->region;
	(void)snprintf(s->from, sizeof(s->from), "--region");
	if (s->value == NULL && !config_value_variable(s, "AWS_REGION") &&
	    !config_value_variable(s, "AWS_DEFAULT_REGION") &&
	    !config_value_profile(s, c, c->profile, "region"))
		return 0;
	if (!is_region(s->value))
		return fault(f,
		    ask->region != NULL ? FAULT_USAGE : FAULT_CONFIG,
		    "%s: \"%.100s\" is not the name of a region (one is "
		    "eu-west-1)",
		    s->from, s->value);
	return 0;
}

/* Unless it was set, the endpoint follows from the region. */
static int
settle(struct aws_config *c, struct fault *f)
{
	bool local = strcmp(c->region, "local") == 0;

	if (c->endpoint != NULL)
		return 0;
	if (local && (c->fips || c->dual_stack))
		return fault(f, FAULT_CONFIG,
		    "region \"local\" has no FIPS and no dual stack endpoint");
	c->endpoint =
	    aws_endpoint_special("dynamodb", c->region, c->fips, c->dual_stack);
	c->endpoint_from = REGIONAL;
	if (local) {
		free(c->region);
		c->region = xstrdup("us-east-1");
	}
	return 0;
}

/* Find region and endpoint in the settings. */
static int
place(struct aws_config *c, const struct aws_config_ask *ask, struct fault *f)
{
	struct config_value region, url;
	struct aws_endpoint e;
	char host[300];

	c->fips =
	    config_value_flag(c, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
	c->dual_stack = config_value_flag(c, "AWS_USE_DUALSTACK_ENDPOINT",
	    "use_dualstack_endpoint");
	if (ask_region(&region, c, ask, f) != 0)
		return -1;
	url = (struct config_value){ .value = ask->endpoint_url,
		.from = "--endpoint-url" };
	c->endpoint_from = "--endpoint-url";
	if (url.value == NULL &&
	    ask_endpoint(&url, c, service_of("dynamodb"), &c->endpoint_from,
		f) != 0)
		return -1;
	if (url.value != NULL &&
	    take_endpoint(&url, c, &e, &c->endpoint,
		ask->endpoint_url != NULL ? FAULT_USAGE : FAULT_CONFIG, f) != 0)
		return -1;
	if (region.value == NULL && url.value != NULL) {
		aws_host_name(host, e.host);
		c->region_assumed = aws_host_is_loopback(host);
		region.value = c->region_assumed ? "us-east-1" : NULL;
	}
	if (region.value == NULL)
		return 0;
	c->region = xstrdup(region.value);
	return settle(c, f);
}

int
aws_config_locate(struct aws_config *c, struct world *world, struct fault *f)
{
	struct fault why = { 0 };
	struct buf mistaken = { 0 };
	char *region;

	if (c->region != NULL)
		return 0;
	region = imds_region(c, world, &why);
	if (region != NULL && is_region(region)) {
		c->region = region;
		return settle(c, f);
	}
	if (region != NULL)
		(void)fault(&why, FAULT_DATA,
		    "it gives something else than a region name");
	free(region);
	if (why.kind == FAULT_CANCELLED)
		return fault(f, why.kind, "%s", why.text);
	profile_mistaken(&mistaken, c->config, c->profile);
	(void)fault(f, FAULT_CONFIG,
	    "no region; give --region NAME, or set AWS_REGION; tried, in this "
	    "order: --region, AWS_REGION, AWS_DEFAULT_REGION, region in "
	    "profile \"%.100s\" of %.300s and %.300s, instance metadata "
	    "(%.400s)%s",
	    c->profile, profile_path(c->credentials), profile_path(c->config),
	    why.text, buf_text(&mistaken));
	buf_release(&mistaken);
	return -1;
}

int
aws_config_endpoint(const struct aws_config *c, const char *service,
    const char *region, char **url, struct fault *f)
{
	const struct service_names *s = service_of(service);
	struct config_value set;
	struct aws_endpoint e;
	const char *from;

	if (ask_endpoint(&set, c, s, &from, f) != 0)
		return -1;
	if (set.value != NULL)
		return take_endpoint(&set, c, &e, url, FAULT_CONFIG, f);
	if (!is_region(region))
		return fault(f, FAULT_CONFIG,
		    "\"%.100s\" is not the name of a region (one is "
		    "eu-west-1)",
		    region);
	*url = aws_endpoint_special(s->host, region, c->fips, c->dual_stack);
	return 0;
}

#define ATTEMPTS_MAX 1000
#define LISTED 20 /* profiles, in a message */

static struct profile_file *
load_file(const char *name, const char *usual, enum profile_kind kind,
    struct fault *f)
{
	const char *path = config_value_environment(name);
	char *expanded = path_expand(path != NULL ? path : usual);
	struct profile_file *file = profile_load(expanded, kind, f);

	if (file == NULL && path != NULL)
		(void)fault_add(f, " (named by %s)", name);
	free(expanded);
	return file;
}

/* Add "dev, prod, …" from both files to ${out}. */
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

static const char *
absent(const struct profile_file *file)
{
	return profile_missing(file) != 0 ? " (no such file)" : "";
}

static int
choose_profile(struct aws_config *c, const struct aws_config_ask *ask,
    struct fault *f)
{
	struct config_value s = { .from = "--profile" };
	struct buf names = { 0 }, mistaken = { 0 };

	s.value = ask->profile;
	c->profile_explicit = ask->profile != NULL;
	if (s.value == NULL && !config_value_variable(&s, "AWS_PROFILE") &&
	    !config_value_variable(&s, "AWS_DEFAULT_PROFILE")) {
		c->profile = xstrdup("default");
		return 0;
	}
	c->profile = xstrdup(s.value);
	c->profile_used = !c->profile_explicit &&
	    config_value_environment("AWS_ACCESS_KEY_ID") == NULL &&
	    config_value_environment("AWS_WEB_IDENTITY_TOKEN_FILE") == NULL;
	if (profile_has(c->config, "profile", c->profile) ||
	    profile_has(c->credentials, "profile", c->profile))
		return 0;
	list_profiles(&names, c);
	profile_mistaken(&mistaken, c->config, c->profile);
	profile_mistaken(&mistaken, c->credentials, c->profile);
	(void)fault(f, FAULT_CONFIG,
	    "profile \"%.100s\" (%s) is neither in %.300s%s nor in "
	    "%.300s%s%s; profiles there: %s",
	    c->profile, s.from, profile_path(c->config), absent(c->config),
	    profile_path(c->credentials), absent(c->credentials),
	    buf_text(&mistaken), buf_text(&names));
	buf_release(&mistaken);
	buf_release(&names);
	return -1;
}

static int
choose_rest(struct aws_config *c, struct fault *f)
{
	static const char *const modes[] = { "legacy", "standard", "adaptive" };
	struct config_value s;
	int64_t n = RETRY_ATTEMPTS;
	bool known = false;

	if (config_value_either(&s, c, "AWS_CA_BUNDLE", "ca_bundle") ||
	    config_value_variable(&s, "REQUESTS_CA_BUNDLE"))
		c->ca_bundle = path_expand(s.value);
	c->attempts_set =
	    config_value_either(&s, c, "AWS_MAX_ATTEMPTS", "max_attempts");
	if (c->attempts_set &&
	    config_value_int(&s, 1, ATTEMPTS_MAX, &n, f) != 0)
		return -1;
	c->max_attempts = (int)n;
	if (!config_value_either(&s, c, "AWS_RETRY_MODE", "retry_mode"))
		return 0;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		known = known || strcasecmp(s.value, modes[i]) == 0;
	return known
	    ? 0
	    : fault(f, FAULT_CONFIG,
		  "%s%s%s: \"%.100s\" is not legacy, standard or adaptive",
		  s.from, s.option != NULL ? ": " : "",
		  s.option != NULL ? s.option : "", s.value);
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
	    place(c, ask, f) == 0 && choose_rest(c, f) == 0)
		return 0;
	aws_config_release(c);
	return -1;
}

bool
aws_config_regional(const struct aws_config *c)
{
	return strcmp(c->endpoint_from, REGIONAL) == 0;
}

bool
aws_config_local(const struct aws_config *c)
{
	struct aws_endpoint e;
	char name[300];

	if (c->endpoint == NULL || aws_endpoint_parse(c->endpoint, &e) != 0)
		return false;
	aws_host_name(name, e.host);
	return aws_host_is_loopback(name);
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
