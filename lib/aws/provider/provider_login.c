#include <stdlib.h>
#include <string.h>

#include "lib/aws/credentials.h"
#include "lib/aws/doc.h"
#include "lib/aws/provider/search.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"

/* The file where `aws login` keeps the keys of a session; the caller frees the
 * path. Only the AWS CLI renews them, and then the new ones are there. */
static char *
cache_path(const char *session)
{
	const char *directory =
	    config_value_environment("AWS_LOGIN_CACHE_DIRECTORY");
	char hex[65], *expanded, *path;

	expanded =
	    path_expand(directory != NULL ? directory : "~/.aws/login/cache");
	crypto_sha256_hex(hex, session, strlen(session));
	path = xasprintf("%s/%s.json", expanded, hex);
	free(expanded);
	return path;
}

/* Say what is wrong with the login session, and what to do. */
static int
login_again(const struct search *s, const struct config_value *session,
    const char *what, struct fault *f)
{
	return fault(f, FAULT_CREDENTIALS,
	    "%s: the login session of %.200s %s; run \"aws login --profile "
	    "%.100s\"; to have its keys renewed without that, use a profile "
	    "with credential_process = aws configure export-credentials "
	    "--profile %.100s --format process",
	    session->from, s->name, what, s->profile, s->profile);
}

int
provider_login(struct search *s, struct fault *f)
{
	static const char *const names[] = { "accessKeyId", "secretAccessKey",
		"sessionToken", "accountId", "expiresAt" };
	struct config_value session;
	struct fault why = { 0 };
	struct doc *d;
	char *path;
	int rc;

	if (!search_option(s, "login_session", &session))
		return 0;
	path = cache_path(session.value);
	d = doc_load(path, &why);
	if (d == NULL && why.kind == FAULT_NOT_FOUND)
		rc = login_again(s, &session, "has no keys", f);
	else if (d == NULL)
		rc = fault(f, why.kind, "%s: login_session: %s", session.from,
		    why.text);
	else
		rc = search_take_doc(s, d, "accessToken", names, path, f);
	if (rc == 1 && s->keys->expires <= search_now(s))
		rc = login_again(s, &session, "has expired", f);
	if (rc == 1)
		buf_addf(&s->source, "login session of %s", s->name);
	doc_free(d);
	free(path);
	return rc;
}
