#ifndef TESTS_UNIT_HOME_H
#define TESTS_UNIT_HOME_H

/* A home directory of a test's own, with .aws in it and not one AWS_ variable
 * set. Include cmocka.h before. */

#include <sys/stat.h>

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"

static char *home;

static void
home_open(void)
{
	static const char *const names[] = { "AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_SECURITY_TOKEN", "AWS_ACCOUNT_ID",
		"AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE",
		"AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_CONFIG_FILE",
		"AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE",
		"AWS_MAX_ATTEMPTS", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_EC2_METADATA_DISABLED",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"AWS_ENDPOINT_URL_CLOUDFORMATION", "AWS_ENDPOINT_URL_SSO",
		"AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS",
		"AWS_LOGIN_CACHE_DIRECTORY",
		"AWS_METADATA_SERVICE_NUM_ATTEMPTS",
		"AWS_METADATA_SERVICE_TIMEOUT", "AWS_RETRY_MODE",
		"AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME",
		"AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT",
		"REQUESTS_CA_BUNDLE" };
	const char *tmp = getenv("TMPDIR");
	char *dir;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(unsetenv(names[i]), 0);
	home = xasprintf("%s/ttlsweep-XXXXXX", tmp != NULL ? tmp : P_tmpdir);
	assert_non_null(mkdtemp(home));
	dir = xasprintf("%s/.aws", home);
	assert_int_equal(mkdir(dir, 0700), 0);
	free(dir);
	assert_int_equal(setenv("HOME", home, 1), 0);
}

/* The file ${name} in it, and the directories on the way there: ${n} bytes of
 * ${text}, or none when it is NULL. */
static void
home_write(const char *name, const char *text, size_t n)
{
	char *path = xasprintf("%s/%s", home, name);
	FILE *out;

	for (char *p = path + strlen(home) + 1; (p = strchr(p, '/')) != NULL;
	     p++) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	if (text == NULL) {
		(void)unlink(path);
	} else {
		out = fopen(path, "w");
		assert_non_null(out);
		assert_int_equal(fwrite(text, 1, n, out), n);
		assert_int_equal(fclose(out), 0);
	}
	free(path);
}

static inline void
home_text(const char *name, const char *text)
{
	home_write(name, text, text != NULL ? strlen(text) : 0);
}

/* "NAME=value NAME=value", neither with blanks, set or unset. */
static inline void
home_environment(const char *list, bool set)
{
	char *copy = xstrdup(list != NULL ? list : ""), *rest = NULL;

	for (char *p = strtok_r(copy, " ", &rest); p != NULL;
	     p = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(p, '=');

		assert_non_null(value);
		*value++ = '\0';
		assert_int_equal(set ? setenv(p, value, 1) : unsetenv(p), 0);
	}
	free(copy);
}

static int
home_forget(const char *path, const struct stat *st, int flag,
    struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static void
home_close(void)
{
	assert_int_equal(chdir("/"), 0); /* it may be where we are */
	assert_int_equal(nftw(home, home_forget, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(home);
}

#endif
