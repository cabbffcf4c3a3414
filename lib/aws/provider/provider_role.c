#include <stdlib.h>
#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/doc.h"
#include "lib/aws/profile.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/query/sts.h"
#include "lib/aws/world.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"

#define CODE_DIGITS 6
#define CACHE_SECONDS (15 * 60)

/* A profile's options about the role it assumes. */
struct role {
	struct config_value arn, source, credential_source, external_id, serial,
	    session_name, duration;
	int64_t seconds;
};

static bool
has(const struct search *s, const char *option)
{
	struct config_value set;

	return search_option(s, option, &set);
}

static bool
has_static(const struct search *s)
{
	return has(s, "aws_access_key_id") || has(s, "aws_secret_access_key");
}

/* A role that is assumed with a web identity is provider_web's. */
static bool
has_role(const struct search *s)
{
	return has(s, "role_arn") && !has(s, "web_identity_token_file");
}

static int
read_role(const struct search *s, struct role *r, struct fault *f)
{
	(void)search_option(s, "role_arn", &r->arn);
	(void)search_option(s, "source_profile", &r->source);
	(void)search_option(s, "credential_source", &r->credential_source);
	(void)search_option(s, "external_id", &r->external_id);
	(void)search_option(s, "mfa_serial", &r->serial);
	(void)search_option(s, "role_session_name", &r->session_name);
	r->seconds = 0;
	if (search_option(s, "duration_seconds", &r->duration) &&
	    config_value_int(&r->duration, 900, 43200, &r->seconds, f) != 0)
		return -1;
	if (r->source.value != NULL && r->credential_source.value != NULL)
		return fault(f, FAULT_CONFIG,
		    "%s: %.200s has both source_profile and credential_source: "
		    "remove one of them",
		    r->credential_source.from, s->name);
	if (r->source.value == NULL && r->credential_source.value == NULL)
		return fault(f, FAULT_CONFIG,
		    "%s: %.200s has a role_arn, but neither source_profile nor "
		    "credential_source to say whose keys assume it",
		    r->arn.from, s->name);
	return 0;
}

/* Whether ${s} or a search that needs its keys is for ${profile}. */
static bool
was_visited(const struct search *s, const char *profile)
{
	for (; s != NULL; s = s->parent)
		if (strcmp(s->profile, profile) == 0)
			return true;
	return false;
}

static int
check_source(const struct search *s, const struct config_value *source,
    struct fault *f)
{
	const struct aws_config *c = s->config;
	const char *name = source->value;

	if (!profile_has(c->config, "profile", name) &&
	    !profile_has(c->credentials, "profile", name)) {
		struct buf mistaken = { 0 };

		profile_mistaken(&mistaken, c->config, name);
		(void)fault(f, FAULT_CONFIG,
		    "%s: source_profile \"%.100s\" is neither in %.300s nor "
		    "in %.300s%s",
		    source->from, name, profile_path(c->config),
		    profile_path(c->credentials), buf_text(&mistaken));
		buf_release(&mistaken);
		return -1;
	}
	if (!was_visited(s, name))
		return 0;
	/* its own static keys: role and keys in one profile */
	if (strcmp(name, s->profile) == 0 && has_static(s))
		return 0;
	return fault(f, FAULT_CONFIG,
	    "%s: source_profile \"%.100s\" leads back to itself, so it has no "
	    "keys",
	    source->from, name);
}

/* The keys of source_profile, which may be a role again. */
static int
from_profile(struct search *sub, const struct config_value *source,
    struct fault *f)
{
	int rc;

	if (has_role(sub) && !has_static(sub))
		rc = provider_role(sub, f);
	else
		rc = sub->ask_profile(sub, f);
	if (rc == 0)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: source_profile \"%.100s\" has no credentials",
		    source->from, source->value);
	return rc;
}

static int
from_source(struct search *sub, const struct config_value *source,
    struct fault *f)
{
	static const struct {
		const char *name;
		int (*try)(struct search *s, struct fault *f);
	} table[] = {
		{ "Environment", provider_environment },
		{ "EcsContainer", provider_container },
		{ "Ec2InstanceMetadata", provider_metadata },
	};
	int rc;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].name, source->value) != 0)
			continue;
		sub->named = false;
		rc = table[i].try(sub, f);
		if (rc != 0)
			return rc < 0 ? fault_at(f, "%s", source->from) : rc;
		return fault(f, FAULT_CREDENTIALS,
		    "%s: credential_source %s has no credentials: %.400s",
		    source->from, source->value, buf_text(&sub->why));
	}
	return fault(f, FAULT_CONFIG,
	    "%s: credential_source \"%.100s\" is none of Environment, "
	    "EcsContainer, Ec2InstanceMetadata",
	    source->from, source->value);
}

/* Ask for the code that the device ${serial} shows; it is added to ${out}. */
static int
ask_code(struct search *s, const struct config_value *serial, struct buf *out,
    struct fault *f)
{
	struct buf prompt = { 0 };
	int rc;

	if (s->again)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: mfa_serial needs a code, which is not asked for in "
		    "the middle of a run; run again, and raise "
		    "duration_seconds to make keys last longer",
		    serial->from);
	if (s->world->ask == NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: mfa_serial needs a code, and there is no terminal to "
		    "ask for it",
		    serial->from);
	buf_addf(&prompt, "Enter MFA code for %.200s: ", serial->value);
	rc = s->world->ask(s->world->ctx, buf_text(&prompt), out, f);
	buf_release(&prompt);
	if (rc != 0)
		return f != NULL && f->kind == FAULT_CANCELLED
		    ? -1
		    : fault_at(f, "%s: mfa_serial needs a code", serial->from);
	if (out->n == CODE_DIGITS &&
	    strspn(out->p, "0123456789") == CODE_DIGITS)
		return 0;
	return fault(f, FAULT_CREDENTIALS,
	    "%s: an MFA code has %d digits; nothing was sent", serial->from,
	    CODE_DIGITS);
}

/* "name": "value" as Python's json.dumps writes it. False when ${value} has
 * characters that it would escape otherwise. */
static bool
add_member(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return true;
	buf_addf(out, "%s\"%s\": \"", out->n > 1 ? ", " : "", name);
	for (; *value != '\0'; value++) {
		if (*value < ' ' || *value > '~')
			return false;
		if (*value == '"' || *value == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *value);
	}
	buf_addc(out, '"');
	return true;
}

/*
 * The file in which the AWS CLI keeps the keys of the role, named after what
 * it asked for. The caller frees the path; NULL when the name is not known.
 */
static char *
cache_path(const struct role *r)
{
	struct buf text = { 0 };
	char hex[41], *directory, *path = NULL;

	buf_addc(&text, '{');
	if (r->seconds > 0)
		buf_addf(&text, "\"DurationSeconds\": %lld",
		    (long long)r->seconds);
	if (add_member(&text, "ExternalId", r->external_id.value) &&
	    add_member(&text, "RoleArn", r->arn.value) &&
	    add_member(&text, "RoleSessionName", r->session_name.value) &&
	    add_member(&text, "SerialNumber", r->serial.value)) {
		buf_addc(&text, '}');
		crypto_sha1_hex(hex, text.p, text.n);
		directory = path_expand("~/.aws/cli/cache");
		path = xasprintf("%s/%s.json", directory, hex);
		free(directory);
	}
	buf_release(&text);
	return path;
}

/* A code that was given to the AWS CLI serves us too: take the keys it got,
 * if they last for a while yet. Whether there are such keys. */
static bool
from_cache(struct search *s, const struct role *r)
{
	static const char *const names[] = { "AccessKeyId", "SecretAccessKey",
		"SessionToken", "AccountId", "Expiration" };
	char *path = cache_path(r);
	struct doc *d = path != NULL ? doc_load(path, NULL) : NULL;
	bool found = d != NULL &&
	    search_take_doc(s, d, "Credentials", names, path, NULL) == 1;

	if (found && s->keys->expires - search_now(s) < CACHE_SECONDS) {
		aws_keyset_release(s->keys);
		found = false;
	}
	if (found)
		buf_addf(&s->source,
		    "role %.200s, by the keys that the AWS CLI has of it (%s)",
		    r->arn.value, path);
	doc_free(d);
	free(path);
	return found;
}

static int
assume(struct search *s, const struct role *r, const struct aws_keys *keys,
    struct fault *f)
{
	struct buf code = { 0 };
	struct sts_ask ask = {
		.config = s->config,
		.world = s->world,
		.keys = keys,
		.role_arn = r->arn.value,
		.session_name = r->session_name.value,
		.external_id = r->external_id.value,
		.serial = r->serial.value,
		.duration = r->seconds,
	};
	int rc = 0;

	if (ask.serial != NULL)
		rc = ask_code(s, &r->serial, &code, f);
	ask.code = ask.serial != NULL ? buf_text(&code) : NULL;
	if (rc == 0 && (rc = sts_assume(&ask, s->keys, f)) != 0)
		(void)fault_at(f, "%s", r->arn.from);
	buf_release(&code);
	return rc;
}

int
provider_role(struct search *s, struct fault *f)
{
	struct aws_keyset keys = { 0 };
	struct search sub = *s;
	struct role r;
	int rc;

	if (!has_role(s))
		return 0;
	if (read_role(s, &r, f) != 0)
		return -1;
	if (r.source.value != NULL && check_source(s, &r.source, f) != 0)
		return -1;
	if (r.serial.value != NULL && from_cache(s, &r))
		return 1;
	sub.keys = &keys;
	sub.source = sub.why = (struct buf){ 0 };
	sub.named = true;
	sub.parent = s;
	if (r.source.value != NULL)
		sub.profile = r.source.value;
	sub.name = search_name(sub.profile);
	rc = r.source.value != NULL
	    ? from_profile(&sub, &r.source, f)
	    : from_source(&sub, &r.credential_source, f);
	if (rc == 1 && assume(s, &r, &keys.keys, f) == 0) {
		buf_addf(&s->source, "role %.200s (%s), with the keys of: %s",
		    r.arn.value, s->name, buf_text(&sub.source));
	} else if (rc == 1) {
		rc = fault_at(f, "with the keys of: %.300s",
		    buf_text(&sub.source));
	}
	aws_keyset_release(&keys);
	free(sub.name);
	buf_release(&sub.source);
	buf_release(&sub.why);
	return rc;
}
