#include "lib/aws/credentials.h"
#include "tests/unit/script.h"

#include "lib/base/thread.h"
#include "tests/unit/home.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NOW 1795335120

#define ENV "AWS_ACCESS_KEY_ID=AKENV AWS_SECRET_ACCESS_KEY=s/env+1="
#define KEYS(n) \
	"aws_access_key_id = AK" n "\naws_secret_access_key = s/" n "+1=\n"

static const struct {
	const char *name;
	const char *profile; /* --profile */
	const char *environment, *config, *credentials;
	const char *access_key, *secret_key, *token, *account;
	const char *source; /* begins so */
} good[] = {
	/* clang-format off */
	{ "environment", NULL, ENV, NULL, NULL,
	    "AKENV", "s/env+1=", NULL, NULL, "the environment" },
	{ "environment with token and account", NULL,
	    ENV " AWS_SESSION_TOKEN=t/+= AWS_ACCOUNT_ID=123456789012",
	    NULL, NULL, "AKENV", "s/env+1=", "t/+=", "123456789012",
	    "the environment" },
	{ "an empty token does not count", NULL,
	    ENV " AWS_SESSION_TOKEN= AWS_ACCOUNT_ID=", NULL, NULL,
	    "AKENV", "s/env+1=", NULL, NULL, "the environment" },
	{ "the old name of the token", NULL, ENV " AWS_SECURITY_TOKEN=old",
	    NULL, NULL, "AKENV", "s/env+1=", "old", NULL, "the environment" },
	{ "the old name first, as in botocore", NULL,
	    ENV " AWS_SECURITY_TOKEN=old AWS_SESSION_TOKEN=new",
	    NULL, NULL, "AKENV", "s/env+1=", "old", NULL, "the environment" },
	{ "environment before files", NULL, ENV,
	    "[default]\n" KEYS("CONF"), "[default]\n" KEYS("CRED"),
	    "AKENV", "s/env+1=", NULL, NULL, "the environment" },
	{ "environment before AWS_PROFILE", NULL, ENV " AWS_PROFILE=dev",
	    NULL, "[dev]\n" KEYS("CRED"),
	    "AKENV", "s/env+1=", NULL, NULL, "the environment" },
	{ "environment before a role", NULL, ENV,
	    "[default]\nrole_arn = r\n", NULL,
	    "AKENV", "s/env+1=", NULL, NULL, "the environment" },
	{ "--profile before the environment", "dev",
	    ENV " AWS_SESSION_TOKEN=t", NULL, "[dev]\n" KEYS("CRED"),
	    "AKCRED", "s/CRED+1=", NULL, NULL, "profile dev (" },
	{ "an empty key is not set", NULL,
	    "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY=", NULL,
	    "[default]\n" KEYS("CRED"),
	    "AKCRED", "s/CRED+1=", NULL, NULL, "profile default (" },
	{ "a secret alone is not enough", NULL, "AWS_SECRET_ACCESS_KEY=x",
	    NULL, "[default]\n" KEYS("CRED"),
	    "AKCRED", "s/CRED+1=", NULL, NULL, "profile default (" },
	{ "credentials file", NULL, "AWS_PROFILE=dev", NULL,
	    "[default]\n" KEYS("NO") "[dev]\n" KEYS("CRED")
	    "aws_session_token = t=\naws_account_id = 1\n",
	    "AKCRED", "s/CRED+1=", "t=", "1", "profile dev (" },
	{ "credentials file before config file", NULL, NULL,
	    "[default]\n" KEYS("CONF") "aws_session_token = t\n",
	    "[default]\n" KEYS("CRED"),
	    "AKCRED", "s/CRED+1=", NULL, NULL, "profile default (" },
	{ "config file", NULL, NULL, "[default]\n" KEYS("CONF"), NULL,
	    "AKCONF", "s/CONF+1=", NULL, NULL, "profile default (" },
	{ "config file, profile", "my dev", NULL,
	    "[profile \"my dev\"]\n" KEYS("CONF")
	    "aws_security_token = old\n", "[default]\n" KEYS("NO"),
	    "AKCONF", "s/CONF+1=", "old", NULL, "profile my dev (" },
	{ "static keys before a process", NULL, NULL,
	    "[default]\ncredential_process = x\nlogin_session = y\n",
	    "[default]\n" KEYS("CRED"),
	    "AKCRED", "s/CRED+1=", NULL, NULL, "profile default (" },
	{ "a session alone is not single sign-on", NULL, NULL,
	    "[default]\nsso_session = corp\n" KEYS("CONF"), NULL,
	    "AKCONF", "s/CONF+1=", NULL, NULL, "profile default (" },
	{ "the environment's web identity is not the profile's", "dev",
	    "AWS_WEB_IDENTITY_TOKEN_FILE=/t", NULL, "[dev]\n" KEYS("CRED"),
	    "AKCRED", "s/CRED+1=", NULL, NULL, "profile dev (" },
	/* clang-format on */
};

/* These must outlive the credentials. Nothing here uses the network. */
static struct aws_config config;
static struct script outside;

static struct aws_credentials *
open_credentials(const char *profile, struct fault *f)
{
	struct aws_config_ask ask = { .region = "eu-west-1",
		.profile = profile };

	script_world(&outside, NULL, 0);
	home_environment("AWS_EC2_METADATA_DISABLED=true", true);
	if (aws_config_load(&config, &ask, f) != 0)
		return NULL;
	return aws_credentials_open(&config, &outside.world, provider_search,
	    f);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
keys_are_found_in_order(void **state)
{
	(void)state;
	home_open();
	for (size_t i = 0; i < COUNT(good); i++) {
		struct aws_credentials *c;
		struct aws_keyset keys;
		struct fault f = { 0 };
		const char *source;

		home_text(".aws/config", good[i].config);
		home_text(".aws/credentials", good[i].credentials);
		home_environment(good[i].environment, true);
		c = open_credentials(good[i].profile, &f);
		if (c == NULL)
			fail_msg("%s: %s", good[i].name, f.text);
		aws_credentials_get(c, NOW, &keys);
		source = aws_credentials_source(c);
		if (!same(keys.keys.access_key, good[i].access_key) ||
		    !same(keys.keys.secret_key, good[i].secret_key) ||
		    !same(keys.keys.session_token, good[i].token) ||
		    !same(keys.account, good[i].account) ||
		    strncmp(source, good[i].source, strlen(good[i].source)) !=
			0)
			fail_msg("%s: %s, %s", good[i].name,
			    keys.keys.access_key, source);
		assert_int_equal(keys.generation, 1);
		assert_true(keys.expires == INT64_MAX);
		aws_keyset_release(&keys);
		assert_null(keys.keys.secret_key);
		aws_credentials_close(c);
		aws_config_release(&config);
		home_environment(good[i].environment, false);
	}
	aws_credentials_close(NULL);
	home_close();
}

static const struct {
	const char *name;
	const char *profile;
	const char *environment, *config, *credentials;
	const char *want[5];
} refused[] = {
	/* clang-format off */
	{ "no keys anywhere", NULL, NULL, NULL, NULL,
	    { "no credentials; do one of: \"aws configure\"",
	    ("; tried, in this order: environment (AWS_ACCESS_KEY_ID is not "
	    "set), credentials file ("),
	    "/.aws/credentials: No such file or directory), config file (",
	    "/.aws/config: No such file or directory), container (AWS_CONT",
	    "instance metadata (switched off by AWS_EC2_METADATA_DISABLED)" } },
	{ "--profile, and no keys in it", "dev", ENV,
	    "[profile dev]\nregion = a\n", NULL,
	    { ("no credentials in profile \"dev\"; do one of: \"aws configure "
	      "--profile dev\" (your own keys), \"aws sso login --profile dev\" "),
	    "or leave out --profile to use the environment; tried, ",
	    "environment (ignored, as --profile was given), ",
	    "credentials: No such file or directory",
	    "config: no aws_access_key_id in profile \"dev\"" } },
	{ "no secret in the environment", NULL, "AWS_ACCESS_KEY_ID=AK",
	    NULL, "[default]\n" KEYS("CRED"),
	    { "AWS_SECRET_ACCESS_KEY is not" } },
	{ "an expiry that is not a time", NULL, ENV " AWS_CREDENTIAL_EXPIRATION=soon",
	    NULL, NULL, { "AWS_CREDENTIAL_EXPIRATION: \"soon\"" } },
	{ "no secret in the profile", NULL, NULL, NULL,
	    "[default]\n\naws_access_key_id = AK\n",
	    { "/.aws/credentials:3: ", "\"default\"",
	    "no aws_secret_access_key" } },
	{ "an empty secret in the profile", NULL, NULL,
	    "[default]\naws_access_key_id = AK\naws_secret_access_key =\n",
	    NULL, { "/.aws/config:2: ", "no aws_secret_access_key" } },
	{ "key with a newline", NULL,
	    "AWS_ACCESS_KEY_ID=AK\r AWS_SECRET_ACCESS_KEY=s", NULL, NULL,
	    { "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: ",
	    "white space" } },
	{ "secret with a newline", NULL,
	    "AWS_ACCESS_KEY_ID=AK AWS_SECRET_ACCESS_KEY=s\n", NULL, NULL,
	    { "white space" } },
	{ "token on two lines", NULL, NULL, NULL,
	    "[default]\n" KEYS("CRED") "aws_session_token = a\n  b\n",
	    { "/.aws/credentials:4: aws_session_token contains",
	    "white space" } },
	{ "letters outside ASCII", NULL,
	    "AWS_ACCESS_KEY_ID=AK\303\274 AWS_SECRET_ACCESS_KEY=s", NULL,
	    NULL, { "another byte" } },
	/* clang-format on */
};

static void
missing_or_broken_keys_are_refused(void **state)
{
	(void)state;
	home_open();
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct fault f = { 0 };

		home_text(".aws/config", refused[i].config);
		home_text(".aws/credentials", refused[i].credentials);
		home_environment(refused[i].environment, true);
		if (open_credentials(refused[i].profile, &f) != NULL)
			fail_msg("%s: taken", refused[i].name);
		if (f.kind != FAULT_CREDENTIALS)
			fail_msg("%s: %d: %s", refused[i].name, (int)f.kind,
			    f.text);
		for (int j = 0; j < 5 && refused[i].want[j] != NULL; j++)
			if (strstr(f.text, refused[i].want[j]) == NULL)
				fail_msg("%s: %s", refused[i].name, f.text);
		if (strstr(f.text, "+1=") != NULL)
			fail_msg("%s: tells a secret", refused[i].name);
		aws_config_release(&config);
		home_environment(refused[i].environment, false);
	}
	home_close();
}

static void
renewal_reads_the_files_again(void **state)
{
	struct aws_credentials *c;
	struct aws_keyset keys;
	struct fault f = { 0 };

	(void)state;
	home_open();
	home_text(".aws/credentials",
	    "[default]\n" KEYS("1") "aws_session_token = a\n");
	c = open_credentials(NULL, &f);
	assert_non_null(c);

	/* unchanged: it fails */
	assert_int_equal(aws_credentials_renew(c, 1, &f), -1);
	assert_int_equal(f.kind, FAULT_CREDENTIALS);
	assert_non_null(strstr(f.text, "the security token has expired"));
	assert_non_null(strstr(f.text, "profile default ("));

	/* this holds for some seconds; then another token is enough */
	home_text(".aws/credentials",
	    "[default]\n" KEYS("1") "aws_session_token = b\n");
	assert_int_equal(aws_credentials_renew(c, 1, &f), -1);
	outside.now_ms += 5000;
	assert_int_equal(aws_credentials_renew(c, 1, &f), 0);
	aws_credentials_get(c, NOW, &keys);
	assert_int_equal(keys.generation, 2);
	assert_string_equal(keys.keys.session_token, "b");
	aws_keyset_release(&keys);

	/* a worker that still has the first gets the second */
	assert_int_equal(aws_credentials_renew(c, 1, &f), 0);
	aws_credentials_get(c, NOW, &keys);
	assert_int_equal(keys.generation, 2);
	aws_keyset_release(&keys);

	/* missing or broken: the old ones are kept */
	home_text(".aws/credentials", NULL);
	assert_int_equal(aws_credentials_renew(c, 2, &f), -1);
	assert_non_null(strstr(f.text, "expired: no credentials; do one of"));
	home_text(".aws/credentials", "oops\n");
	outside.now_ms += 5000;
	assert_int_equal(aws_credentials_renew(c, 2, &f), -1);
	assert_non_null(strstr(f.text, "/.aws/credentials:1: "));
	aws_credentials_get(c, NOW, &keys);
	assert_int_equal(keys.generation, 2);
	aws_keyset_release(&keys);
	aws_credentials_close(c);
	aws_config_release(&config);
	home_close();
}

/* Get them at ${now}; they must be of ${generation}. */
static void
get_at(struct aws_credentials *c, int64_t now, uint64_t generation)
{
	struct aws_keyset keys;

	aws_credentials_get(c, now, &keys);
	if (keys.generation != generation)
		fail_msg("%lld s before the end: generation %d",
		    (long long)(NOW - now), (int)keys.generation);
	aws_keyset_release(&keys);
}

/* From a quarter of an hour before, at most once a minute; until then the old
 * ones are used. */
static void
keys_are_renewed_before_they_expire(void **state)
{
	struct aws_credentials *c;
	struct fault f = { 0 };

	(void)state;
	home_open();
	home_environment(ENV " AWS_CREDENTIAL_EXPIRATION="
			     "2026-11-22T08:12:00+00:00",
	    true);
	c = open_credentials(NULL, &f);
	assert_non_null(c);
	aws_credentials_log(c, script_log, &outside);
	home_environment("AWS_SESSION_TOKEN=new", true);
	get_at(c, NOW - 900, 1);
	/* a failed renewal changes nothing and is logged at -v */
	home_environment("AWS_SECRET_ACCESS_KEY=", false);
	get_at(c, NOW - 899, 1);
	assert_non_null(strstr(outside.debug, "could not be renewed"));
	assert_non_null(strstr(outside.debug, "AWS_SECRET_ACCESS_KEY is not"));
	home_environment(ENV, true);
	get_at(c, NOW - 840, 1);
	get_at(c, NOW - 839, 2);
	assert_non_null(strstr(outside.debug,
	    "credentials renewed, valid until 2026-11-22T08:12:00Z"));

	/* still the same, even past the end: the service decides */
	get_at(c, NOW - 1, 2);
	get_at(c, NOW + 3600, 2);
	home_environment("AWS_SESSION_TOKEN=newer", true);
	get_at(c, NOW + 3601, 2);
	get_at(c, NOW + 3660, 3);
	aws_credentials_close(c);
	aws_config_release(&config);
	home_environment(ENV " AWS_SESSION_TOKEN= AWS_CREDENTIAL_EXPIRATION=",
	    false);
	home_close();
}

enum { CROWD = 16 };
struct crowd {
	struct aws_credentials *c;
	int rc[CROWD];
	uint64_t generation[CROWD];
};

static void
renew_one(void *ctx, int i)
{
	struct crowd *crowd = ctx;
	struct aws_keyset keys;
	struct fault f;

	for (int j = 0; j < 20; j++) {
		crowd->rc[i] |= aws_credentials_renew(crowd->c, 1, &f);
		aws_credentials_get(crowd->c, NOW, &keys);
		crowd->generation[i] = keys.generation;
		aws_keyset_release(&keys);
	}
}

static void
many_threads_make_one_renewal(void **state)
{
	struct crowd crowd = { 0 };
	struct fault f = { 0 };

	(void)state;
	home_open();
	home_text(".aws/credentials", "[default]\n" KEYS("1"));
	crowd.c = open_credentials(NULL, &f);
	assert_non_null(crowd.c);
	home_text(".aws/credentials", "[default]\n" KEYS("2"));
	threads_run(CROWD, renew_one, &crowd, NULL, NULL);
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(crowd.rc[i], 0);
		assert_int_equal(crowd.generation[i], 2);
	}
	aws_credentials_close(crowd.c);
	aws_config_release(&config);
	home_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_found_in_order),
		cmocka_unit_test(missing_or_broken_keys_are_refused),
		cmocka_unit_test(renewal_reads_the_files_again),
		cmocka_unit_test(keys_are_renewed_before_they_expire),
		cmocka_unit_test(many_threads_make_one_renewal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
