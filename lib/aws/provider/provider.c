#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/shlex.h"

/*
 * In the order of botocore's chain, which decides when several of them have
 * keys: a role comes before static keys, and these before a process.
 */
static const struct provider {
	const char *name;
	int (*try)(struct search *s, struct fault *f);
	bool source; /* a source_profile may have it */
} providers[] = {
	/* clang-format off */
	{ "environment",		provider_environment,	false },
	{ "assumed role",		provider_role,		false },
	{ "web identity",		provider_web,		true },
	{ "single sign-on",		provider_sso,		true },
	{ "credentials file",		provider_credentials,	true },
	{ "login session",		provider_login,		true },
	{ "credential process",		provider_process,	true },
	{ "config file",		provider_config,	true },
	{ "container",			provider_container,	false },
	{ "instance metadata",		provider_metadata,	false },
	/* clang-format on */
};

/* Ask in turn; ${tried} gets the places that have no keys or fail. */
static int
ask(struct search *s, bool sources, struct buf *tried, struct fault *f)
{
	int rc = 0;

	for (size_t i = 0;
	     rc == 0 && i < sizeof(providers) / sizeof(providers[0]); i++) {
		const struct provider *p = &providers[i];

		if (sources && !p->source)
			continue;
		rc = p->try(s, f);
		if (rc < 0 || (rc == 0 && s->why.n > 0))
			buf_addf(tried, "%s%s%s%.400s%s",
			    tried->n > 0 ? ", " : "", p->name,
			    rc < 0 ? "" : " (", buf_text(&s->why),
			    rc < 0 ? "" : ")");
		buf_reset(&s->why);
	}
	return rc;
}

/* Search for the keys that a role is assumed with. */
static int
ask_profile(struct search *s, struct fault *f)
{
	struct buf tried = { 0 };
	int rc = ask(s, true, &tried, f);

	buf_release(&tried);
	return rc;
}

/* The profile that --profile names has no keys. */
static void
none_in(const char *profile, const char *tried, struct fault *f)
{
	struct buf word = { 0 };

	shlex_quote(&word, profile);
	(void)fault(f, FAULT_CREDENTIALS,
	    "no credentials in profile \"%.100s\"; do one of: \"aws configure "
	    "--profile %.100s\" (your own keys), \"aws sso login --profile "
	    "%.100s\" (single sign-on), name another profile, or leave out "
	    "--profile to use the environment; tried, in this order: %s",
	    profile, buf_text(&word), buf_text(&word), tried);
	buf_release(&word);
}

/* DynamoDB Local checks only that there are keys, of letters and digits. */
#define ANY_KEYS                                                             \
	"\"export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\" (a " \
	"server on this machine, such as DynamoDB Local, takes any), "

int
provider_search(const struct aws_config *config, struct world *world,
    bool again, struct aws_keyset *keys, char **source, struct fault *f)
{
	struct search s = { .config = config,
		.world = world,
		.profile = config->profile,
		.name = search_name(config->profile),
		.named = config->profile_explicit,
		.again = again,
		.ask_profile = ask_profile,
		.keys = keys };
	struct buf tried = { 0 };
	int rc;

	*keys = (struct aws_keyset){ 0 };
	rc = ask(&s, false, &tried, f);
	if (rc == 1)
		*source = buf_detach(&s.source);
	else if (rc == 0 && config->profile_explicit)
		none_in(config->profile, buf_text(&tried), f);
	else if (rc == 0)
		(void)fault(f, FAULT_CREDENTIALS,
		    "no credentials; do one of: %s\"aws configure\" (your own "
		    "keys), \"aws sso login\" (single sign-on), set "
		    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give the "
		    "instance or the container a role, or name a profile with "
		    "--profile; tried, in this order: %s",
		    aws_config_local(config) ? ANY_KEYS : "", buf_text(&tried));
	else if (f != NULL && f->kind != FAULT_CANCELLED)
		(void)fault_at(f, "no credentials; tried, in this order: %s",
		    buf_text(&tried));
	if (rc != 1)
		aws_keyset_release(keys);
	free(s.name);
	buf_release(&s.source);
	buf_release(&s.why);
	buf_release(&tried);
	return rc == 1 ? 0 : -1;
}
