#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/doc.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/provider/provider_parts.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

/*
 * In the order of botocore's chain, which decides where two of them would
 * have keys: a role comes before static keys, these come before a process.
 */
static const struct provider {
	const char *name;
	int (*try)(struct search *s, struct fault *f);
	bool source; /* a profile that a role is assumed with may have it */
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

static char *
copy(const char *s)
{
	return s != NULL && *s != '\0' ? xstrdup(s) : NULL;
}

bool
provider_sendable(const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f)
			return false;
	return true;
}

int
provider_take(struct search *s, const struct found *k, const char *place,
    struct fault *f)
{
	if (!provider_sendable(k->access_key) ||
	    !provider_sendable(k->secret_key) ||
	    !provider_sendable(k->session_token))
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the keys hold a blank, a line end or another byte "
		    "that no key has",
		    place);
	s->keys->keys.access_key = copy(k->access_key);
	s->keys->keys.secret_key = copy(k->secret_key);
	s->keys->keys.session_token = copy(k->session_token);
	s->keys->account = copy(k->account);
	s->keys->expires = k->expires;
	return 1;
}

int
provider_take_doc(struct search *s, const struct doc *d, const char *outer,
    const char *const names[5], const char *place, struct fault *f)
{
	struct found k = { doc_text(d, outer, names[0]),
		doc_text(d, outer, names[1]), doc_text(d, outer, names[2]),
		doc_text(d, outer, names[3]), INT64_MAX };
	const char *end = doc_text(d, outer, names[4]);
	int64_t ms = doc_int(d, outer, names[4]);

	for (int i = 0; i < 2; i++)
		if ((i == 0 ? k.access_key : k.secret_key) == NULL)
			return fault(f, FAULT_CREDENTIALS, "%s: it has no %s",
			    place, names[i]);
	if (end != NULL && provider_time(end, &k.expires) != 0)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: its %s \"%.60s\" is no time", place, names[4], end);
	if (ms >= 0)
		k.expires = ms / 1000;
	return provider_take(s, &k, place, f);
}

bool
provider_option(const struct search *s, const char *option,
    struct config_value *out)
{
	return config_value_profile(out, s->config, s->profile, option);
}

void
provider_name(struct buf *out, const struct search *s)
{
	buf_adds(out, "profile \"");
	text_escape(out, s->profile, strlen(s->profile), false);
	buf_addc(out, '"');
}

int
provider_time(const char *s, int64_t *epoch)
{
	size_t n = strlen(s);
	bool fraction;

	if (n > 3 && strcmp(s + n - 3, "UTC") == 0)
		n -= 3;
	return text_iso8601_parse(s, n, epoch, &fraction);
}

int64_t
provider_now(const struct search *s)
{
	return s->world->wall_ms(s->world->ctx) / 1000;
}

/* Ask in turn; what has nothing is added to ${tried}, what fails, too. */
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

int
provider_profile(struct search *s, struct fault *f)
{
	struct buf tried = { 0 };
	int rc = ask(s, true, &tried, f);

	buf_release(&tried);
	return rc;
}

int
provider_search(const struct aws_config *config, struct world *world,
    bool again, struct aws_keyset *keys, char **source, struct fault *f)
{
	struct search s = { .config = config,
		.world = world,
		.profile = config->profile,
		.named = config->profile_explicit,
		.again = again,
		.keys = keys };
	struct buf tried = { 0 };
	int rc;

	*keys = (struct aws_keyset){ 0 };
	rc = ask(&s, false, &tried, f);
	if (rc == 1)
		*source = buf_detach(&s.source);
	else if (rc == 0)
		(void)fault(f, FAULT_CREDENTIALS,
		    "no credentials; tried, in this order: %s; do one of: "
		    "\"aws configure\" (keys of one's own), \"aws sso login\" "
		    "(single sign-on), set AWS_ACCESS_KEY_ID and "
		    "AWS_SECRET_ACCESS_KEY, give the instance or the "
		    "container a role, or name a profile with --profile",
		    buf_text(&tried));
	else if (f != NULL && f->kind != FAULT_CANCELLED)
		(void)fault_at(f, "no credentials; tried, in this order: %s",
		    buf_text(&tried));
	if (rc != 1)
		aws_keyset_release(keys);
	buf_release(&s.source);
	buf_release(&s.why);
	buf_release(&tried);
	return rc == 1 ? 0 : -1;
}
