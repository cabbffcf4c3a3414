#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"
#include "dynamodb/config.h"
#include "dynamodb/credentials.h"
#include "dynamodb/profile.h"
#include "dynamodb/provider.h"
#include "dynamodb/setting.h"

/* A search under way. */
struct search {
	const struct aws_config *config;
	struct ddb_world *world;
	struct aws_keyset *keys;
	struct buf source;
	struct buf why; /* the provider being asked has nothing */
};

/* Keys as they were found; NULL or "": not there. */
struct found {
	const char *access_key, *secret_key, *session_token, *account;
};

static const char *
environment(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? v : NULL;
}

static bool
is_set(const char *s)
{
	return s != NULL && *s != '\0';
}

static char *
copy(const char *s)
{
	return is_set(s) ? xstrdup(s) : NULL;
}

/* Nothing that would break a header line, or that a careless copy brings
 * along: a line end, a blank. */
static bool
is_sendable(const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f)
			return false;
	return true;
}

static int
take(struct search *s, const struct found *k, const char *place,
    struct fault *f)
{
	if (!is_sendable(k->access_key) || !is_sendable(k->secret_key) ||
	    !is_sendable(k->session_token))
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the keys hold a blank, a line end or another byte "
		    "that no key has",
		    place);
	s->keys->keys.access_key = copy(k->access_key);
	s->keys->keys.secret_key = copy(k->secret_key);
	s->keys->keys.session_token = copy(k->session_token);
	s->keys->account = copy(k->account);
	s->keys->expires = INT64_MAX;
	return 1;
}

static int
try_environment(struct search *s, struct fault *f)
{
	struct found k = { environment("AWS_ACCESS_KEY_ID"),
		environment("AWS_SECRET_ACCESS_KEY"),
		environment("AWS_SESSION_TOKEN"),
		environment("AWS_ACCOUNT_ID") };
	const char *end = environment("AWS_CREDENTIAL_EXPIRATION");

	if (s->config->profile_explicit) {
		buf_adds(&s->why, "not looked at, since --profile was given");
		return 0;
	}
	if (k.access_key == NULL) {
		buf_adds(&s->why, "AWS_ACCESS_KEY_ID is not set");
		return 0;
	}
	if (k.secret_key == NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is "
		    "not: set both or none");
	if (k.session_token == NULL)
		k.session_token = environment("AWS_SECURITY_TOKEN");
	buf_adds(&s->source, "environment");
	if (take(s, &k, "AWS_ACCESS_KEY_ID and its like", f) < 0)
		return -1;
	if (end != NULL)
		(void)text_time_parse(end, &s->keys->expires);
	return 1;
}

/* ${name} as one word for a shell. */
static void
add_word(struct buf *out, const char *name)
{
	static const char safe[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_./@+-";

	if (*name != '\0' && name[strspn(name, safe)] == '\0') {
		buf_adds(out, name);
		return;
	}
	buf_addc(out, '\'');
	for (; *name != '\0'; name++) {
		if (*name == '\'')
			buf_adds(out, "'\\'");
		buf_addc(out, *name);
	}
	buf_addc(out, '\'');
}

/*
 * What ${place} asks for, ${what}, is beyond this program, but not beyond the
 * AWS CLI, which takes it from the profile (${named}) or the environment. Keys
 * in the environment do not count beside --profile; beside AWS_PROFILE they do.
 */
static int
refuse(const struct search *s, const char *place, const char *what, bool named,
    struct fault *f)
{
	struct buf out = { 0 };

	buf_addf(&out,
	    "%.300s: the keys are to come from %s, but this version reads "
	    "only the environment and static keys in a profile; let the AWS "
	    "CLI get them: eval \"$(aws configure export-credentials "
	    "--format env",
	    place, what);
	if (named) {
		buf_adds(&out, " --profile ");
		add_word(&out, s->config->profile);
	}
	buf_adds(&out, ")\", then run this again");
	if (s->config->profile_explicit) {
		buf_adds(&out, " with AWS_PROFILE=");
		add_word(&out, s->config->profile);
		buf_adds(&out, " in place of --profile");
	}
	(void)fault(f, FAULT_CREDENTIALS, "%s", buf_text(&out));
	buf_release(&out);
	return -1;
}

/* Refuse where the profile has ${option}, else pass it over. */
static int
refuse_option(struct search *s, const char *option, struct fault *f)
{
	const char *profile = s->config->profile;
	struct setting set;
	struct buf place = { 0 };

	if (!setting_profile(&set, s->config, profile, option))
		return 0;
	buf_addf(&place, "%.200s: profile \"%.60s\"", set.from, profile);
	(void)refuse(s, buf_text(&place), option, true, f);
	buf_release(&place);
	return -1;
}

static int
try_role(struct search *s, struct fault *f)
{
	return refuse_option(s, "role_arn", f);
}

static int
try_web_identity(struct search *s, struct fault *f)
{
	if (!s->config->profile_explicit &&
	    environment("AWS_WEB_IDENTITY_TOKEN_FILE") != NULL)
		return refuse(s, "AWS_WEB_IDENTITY_TOKEN_FILE",
		    "a web identity", false, f);
	return refuse_option(s, "web_identity_token_file", f);
}

/* To the CLI the account or the role makes a profile one of SSO. */
static int
try_sso(struct search *s, struct fault *f)
{
	if (refuse_option(s, "sso_account_id", f) != 0)
		return -1;
	return refuse_option(s, "sso_role_name", f);
}

static int
try_file(struct search *s, const struct profile_file *file, struct fault *f)
{
	const char *name = s->config->profile, *path = profile_path(file);
	struct found k = { profile_get(file, "profile", name,
			       "aws_access_key_id", NULL),
		profile_get(file, "profile", name, "aws_secret_access_key",
		    NULL),
		profile_get(file, "profile", name, "aws_session_token", NULL),
		profile_get(file, "profile", name, "aws_account_id", NULL) };

	if (!is_set(k.access_key)) {
		buf_addf(&s->why, "%.300s: no %sprofile \"%.60s\"", path,
		    profile_has(file, "profile", name) ? "aws_access_key_id in "
						       : "",
		    name);
		return 0;
	}
	if (!is_set(k.secret_key))
		return fault(f, FAULT_CREDENTIALS,
		    "%s:%d: profile \"%.60s\" has an aws_access_key_id, but no "
		    "aws_secret_access_key",
		    path,
		    profile_line(file, "profile", name, "aws_access_key_id"),
		    name);
	if (!is_set(k.session_token))
		k.session_token = profile_get(file, "profile", name,
		    "aws_security_token", NULL);
	buf_adds(&s->source, "profile ");
	text_escape(&s->source, name, strlen(name), false);
	buf_addf(&s->source, " (%s)", path);
	return take(s, &k, buf_text(&s->source), f);
}

static int
try_credentials_file(struct search *s, struct fault *f)
{
	return try_file(s, s->config->credentials, f);
}

static int
try_login(struct search *s, struct fault *f)
{
	return refuse_option(s, "login_session", f);
}

static int
try_process(struct search *s, struct fault *f)
{
	return refuse_option(s, "credential_process", f);
}

static int
try_config_file(struct search *s, struct fault *f)
{
	return try_file(s, s->config->config, f);
}

/* What is left of a profile that was meant to do more, and containers. */
static int
try_rest(struct search *s, struct fault *f)
{
	static const char *const options[] = { "sso_session", "sso_start_url",
		"source_profile", "credential_source" };
	static const char *const variables[] = {
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI"
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (refuse_option(s, options[i], f) != 0)
			return -1;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (environment(variables[i]) != NULL)
			return refuse(s, variables[i], "the container", NULL,
			    f);
	return 0;
}

/*
 * In the order of botocore's chain, which decides where two of them would
 * have keys: a role comes before static keys, these come before a process.
 * Each returns 1 when it has filled s->keys and s->source, 0 when it has
 * nothing (s->why may say why not), -1.
 */
static const struct provider {
	const char *name;
	int (*try)(struct search *s, struct fault *f);
} providers[] = {
	{ "environment", try_environment },
	{ "assumed role", try_role },
	{ "web identity", try_web_identity },
	{ "single sign-on", try_sso },
	{ "credentials file", try_credentials_file },
	{ "login session", try_login },
	{ "process", try_process },
	{ "config file", try_config_file },
	{ "others", try_rest },
};

int
provider_search(const struct aws_config *config, struct ddb_world *world,
    struct aws_keyset *keys, char **source, struct fault *f)
{
	struct search s = { .config = config, .world = world, .keys = keys };
	struct buf tried = { 0 };
	int rc = 0;

	*keys = (struct aws_keyset){ 0 };
	for (size_t i = 0;
	     rc == 0 && i < sizeof(providers) / sizeof(providers[0]); i++) {
		rc = providers[i].try(&s, f);
		if (s.why.n > 0)
			buf_addf(&tried, "%s%s (%s)", i > 0 ? ", " : "",
			    providers[i].name, buf_text(&s.why));
		buf_reset(&s.why);
	}
	if (rc == 1)
		*source = buf_detach(&s.source);
	else if (rc == 0)
		(void)fault(f, FAULT_CREDENTIALS,
		    "no credentials; tried, in this order: %s; set "
		    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or store "
		    "keys with \"aws configure\", or take over what the AWS "
		    "CLI uses (an instance's role, too): eval \"$(aws "
		    "configure export-credentials --format env)\"",
		    buf_text(&tried));
	buf_release(&s.source);
	buf_release(&s.why);
	buf_release(&tried);
	return rc == 1 ? 0 : -1;
}
