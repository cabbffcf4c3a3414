#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/aws/config_place.h"
#include "lib/aws/config_value.h"
#include "lib/aws/profile.h"
#include "lib/aws/retry.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"

#define ATTEMPTS_MAX 1000
#define LISTED 20 /* profiles, in a message */

static struct profile_file *
load_file(const char *name, const char *usual, enum profile_kind kind,
    struct fault *f)
{
	const char *path = config_value_environment(name);
	char *expanded = path_expand(path != NULL ? path : usual);
	struct profile_file *file = profile_load(expanded, kind, f);

	free(expanded);
	return file;
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
	if (profile_has(c->config, "profile", c->profile) ||
	    profile_has(c->credentials, "profile", c->profile))
		return 0;
	list_profiles(&names, c);
	profile_mistaken(&mistaken, c->config, c->profile);
	(void)fault(f, FAULT_CONFIG,
	    "profile \"%.100s\" (%s) is neither in %.300s nor in %.300s%s; "
	    "the profiles there are: %s",
	    c->profile, s.from, profile_path(c->config),
	    profile_path(c->credentials), buf_text(&mistaken),
	    buf_text(&names));
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
	return known ? 0
		     : fault(f, FAULT_CONFIG,
			   "%s%s%s: \"%.100s\" is none of legacy, "
			   "standard, adaptive",
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
	    config_place(c, ask, f) == 0 && choose_rest(c, f) == 0)
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
