#include <string.h>

#include "lib/aws/config.h"
#include "lib/aws/profile.h"
#include "lib/aws/provider/search.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"

/* An option of the profile; NULL when it is not set or empty. */
static const char *
get(const struct profile_file *file, const char *name, const char *option)
{
	const char *value = profile_get(file, "profile", name, option, NULL);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* Name the line of a part of the keys that no key can have. */
static int
check(const struct profile_file *file, const char *name, struct fault *f)
{
	static const char *const options[] = { "aws_access_key_id",
		"aws_secret_access_key", "aws_security_token",
		"aws_session_token" };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (!search_sendable(get(file, name, options[i])))
			return fault(f, FAULT_CREDENTIALS,
			    "%s:%d: %s contains white space or another byte "
			    "that no key has (put comments on their own line)",
			    profile_path(file),
			    profile_line(file, "profile", name, options[i]),
			    options[i]);
	return 0;
}

static int
try_file(struct search *s, const struct profile_file *file, struct fault *f)
{
	const char *name = s->profile, *path = profile_path(file);
	struct found k = { get(file, name, "aws_access_key_id"),
		get(file, name, "aws_secret_access_key"),
		get(file, name, "aws_security_token"),
		get(file, name, "aws_account_id"), INT64_MAX };

	if (profile_missing(file) != 0) {
		buf_addf(&s->why, "%.300s: %s", path,
		    strerror(profile_missing(file)));
		return 0;
	}
	if (k.access_key == NULL) {
		buf_addf(&s->why, "%.300s: no %sprofile \"%.60s\"", path,
		    profile_has(file, "profile", name) ? "aws_access_key_id in "
						       : "",
		    name);
		return 0;
	}
	if (k.secret_key == NULL)
		return fault(f, FAULT_CREDENTIALS,
		    "%s:%d: profile \"%.60s\" has an aws_access_key_id, but no "
		    "aws_secret_access_key",
		    path,
		    profile_line(file, "profile", name, "aws_access_key_id"),
		    name);
	if (check(file, name, f) != 0)
		return -1;
	if (k.session_token == NULL)
		k.session_token = get(file, name, "aws_session_token");
	buf_adds(&s->source, "profile ");
	text_escape(&s->source, name, strlen(name), false);
	buf_addf(&s->source, " (%s)", path);
	return search_take(s, &k, buf_text(&s->source), f);
}

int
provider_credentials(struct search *s, struct fault *f)
{
	return try_file(s, s->config->credentials, f);
}

int
provider_config(struct search *s, struct fault *f)
{
	return try_file(s, s->config->config, f);
}
