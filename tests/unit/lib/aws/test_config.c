#include "tests/unit/script.h"

#include "lib/aws/config_value.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/retry.h"
#include "lib/base/path.h"
#include "tests/unit/home.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define URL "http://127.0.0.1:8000"
#define AWS(region) "https://dynamodb." region ".amazonaws.com"

static const struct {
	const char *name;
	struct aws_config_ask ask; /* region, profile, endpoint_url */
	const char *environment, *config, *credentials;
	const char *profile, *region, *endpoint, *endpoint_from;
} good[] = {
	/* clang-format off */
	{ "region option", { "eu-west-1", NULL, NULL }, NULL, NULL, NULL,
	    "default", "eu-west-1", AWS("eu-west-1"), "the region" },
	{ "option before variables", { "eu-west-1", NULL, NULL },
	    "AWS_REGION=a-b-1 AWS_DEFAULT_REGION=a-b-2",
	    "[default]\nregion = a-b-3\n", NULL,
	    "default", "eu-west-1", AWS("eu-west-1"), "the region" },
	{ "AWS_REGION first", { 0 },
	    "AWS_REGION=a-b-1 AWS_DEFAULT_REGION=a-b-2",
	    "[default]\nregion = a-b-3\n", NULL,
	    "default", "a-b-1", AWS("a-b-1"), "the region" },
	{ "AWS_DEFAULT_REGION next", { 0 },
	    "AWS_REGION= AWS_DEFAULT_REGION=a-b-2",
	    "[default]\nregion = a-b-3\n", NULL,
	    "default", "a-b-2", AWS("a-b-2"), "the region" },
	{ "then the profile", { 0 }, NULL, "[default]\nregion = a-b-3\n",
	    NULL, "default", "a-b-3", AWS("a-b-3"), "the region" },
	{ "the credentials file before the config file", { 0 }, NULL,
	    "[default]\nregion = a-b-3\n", "[default]\nregion = a-b-4\n",
	    "default", "a-b-4", AWS("a-b-4"), "the region" },
	{ "an empty option does not count", { 0 }, NULL,
	    "[default]\nregion = a-b-3\n", "[default]\nregion =\n",
	    "default", "a-b-3", AWS("a-b-3"), "the region" },

	{ "profile option", { NULL, "dev", NULL },
	    "AWS_PROFILE=x AWS_DEFAULT_PROFILE=y",
	    "[profile dev]\nregion = a-b-1\n", NULL,
	    "dev", "a-b-1", AWS("a-b-1"), "the region" },
	{ "AWS_PROFILE first", { 0 }, "AWS_PROFILE=dev AWS_DEFAULT_PROFILE=y",
	    "[profile dev]\nregion = a-b-1\n", NULL,
	    "dev", "a-b-1", AWS("a-b-1"), "the region" },
	{ "AWS_DEFAULT_PROFILE next", { 0 }, "AWS_DEFAULT_PROFILE=dev",
	    "[profile dev]\nregion = a-b-1\n", NULL,
	    "dev", "a-b-1", AWS("a-b-1"), "the region" },
	{ "profile in the credentials file only",
	    { "a-b-1", "dev", NULL }, NULL, NULL, "[dev]\n",
	    "dev", "a-b-1", AWS("a-b-1"), "the region" },

	{ "region local", { "local", NULL, NULL }, NULL, NULL, NULL,
	    "default", "us-east-1", "http://localhost:8000", "the region" },
	{ "region local with an endpoint", { "local", NULL, URL }, NULL,
	    NULL, NULL, "default", "local", URL, "--endpoint-url" },
	{ "loopback without a region", { NULL, NULL, URL }, NULL, NULL,
	    NULL, "default", "us-east-1", URL, "--endpoint-url" },
	{ "another 127", { NULL, NULL, "http://127.9.9.9" }, NULL, NULL,
	    NULL, "default", "us-east-1", "http://127.9.9.9",
	    "--endpoint-url" },
	{ "localhost", { NULL, NULL, "https://LocalHost:443/" }, NULL, NULL,
	    NULL, "default", "us-east-1", "https://localhost",
	    "--endpoint-url" },
	{ "IPv6 loopback", { NULL, NULL, "http://[::1]:8000/" }, NULL, NULL,
	    NULL, "default", "us-east-1", "http://[::1]:8000",
	    "--endpoint-url" },

	{ "option before all endpoints", { "a-b-1", NULL, URL },
	    "AWS_ENDPOINT_URL_DYNAMODB=http://v AWS_ENDPOINT_URL=http://w",
	    "[default]\nendpoint_url = http://p\n", NULL,
	    "default", "a-b-1", URL, "--endpoint-url" },
	{ "the service's variable", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL_DYNAMODB=http://v AWS_ENDPOINT_URL=http://w",
	    "[default]\nendpoint_url = http://p\n", NULL,
	    "default", "a-b-1", "http://v", "AWS_ENDPOINT_URL_DYNAMODB" },
	{ "the general variable", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://w",
	    "[default]\nservices = s\nendpoint_url = http://p\n"
	    "[services s]\ndynamodb =\n  endpoint_url = http://s\n", NULL,
	    "default", "a-b-1", "http://w", "AWS_ENDPOINT_URL" },
	{ "the services section", { "a-b-1", NULL, NULL }, NULL,
	    "[default]\nservices = s\nendpoint_url = http://p\n"
	    "[services s]\ns3 =\n  endpoint_url = http://x\ndynamodb =\n"
	    "  endpoint_url = http://s\n", NULL,
	    "default", "a-b-1", "http://s", "the services section" },
	{ "a services section of other services", { "a-b-1", NULL, NULL },
	    NULL,
	    "[default]\nservices = s\nendpoint_url = http://p\n"
	    "[services s]\ns3 =\n  endpoint_url = http://x\n", NULL,
	    "default", "a-b-1", "http://p", "the profile" },
	{ "the profile", { "a-b-1", NULL, NULL }, NULL,
	    "[default]\nendpoint_url = http://p/a/b//\n", NULL,
	    "default", "a-b-1", "http://p/a/b", "the profile" },
	{ "ignored by a variable", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://w "
	    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=TRUE",
	    "[default]\nendpoint_url = http://p\n", NULL,
	    "default", "a-b-1", AWS("a-b-1"), "the region" },
	{ "ignored by the profile", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://w",
	    "[default]\nignore_configured_endpoint_urls = true\n", NULL,
	    "default", "a-b-1", AWS("a-b-1"), "the region" },
	{ "the variable overrides the profile",
	    { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://w "
	    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
	    "[default]\nignore_configured_endpoint_urls = true\n", NULL,
	    "default", "a-b-1", "http://w", "AWS_ENDPOINT_URL" },
	{ "only \"true\" is true", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://w AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=1",
	    NULL, NULL,
	    "default", "a-b-1", "http://w", "AWS_ENDPOINT_URL" },
	{ "FIPS", { "us-east-1", NULL, NULL }, "AWS_USE_FIPS_ENDPOINT=true",
	    NULL, NULL, "default", "us-east-1",
	    "https://dynamodb-fips.us-east-1.amazonaws.com", "the region" },
	{ "dual stack, by the profile", { "eu-west-1", NULL, NULL }, NULL,
	    "[default]\nuse_dualstack_endpoint = true\n", NULL, "default",
	    "eu-west-1", "https://dynamodb.eu-west-1.api.aws", "the region" },
	{ "the variable overrides FIPS in the profile", { "eu-west-1", NULL, NULL },
	    "AWS_USE_FIPS_ENDPOINT=false",
	    "[default]\nuse_fips_endpoint = true\n", NULL, "default",
	    "eu-west-1", AWS("eu-west-1"), "the region" },
	{ "retry_mode may be any of the three", { "a-b-1", NULL, NULL },
	    "AWS_RETRY_MODE=Adaptive", NULL, NULL, "default", "a-b-1",
	    AWS("a-b-1"), "the region" },
	{ "the option is never ignored", { "a-b-1", NULL, URL },
	    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", NULL, NULL,
	    "default", "a-b-1", URL, "--endpoint-url" },
	/* clang-format on */
};

static void
settings_are_found_in_order(void **state)
{
	(void)state;
	home_open();
	for (size_t i = 0; i < COUNT(good); i++) {
		struct fault f = { 0 };
		struct aws_config c;

		home_text(".aws/config", good[i].config);
		home_text(".aws/credentials", good[i].credentials);
		home_environment(good[i].environment, true);
		if (aws_config_load(&c, &good[i].ask, &f) != 0)
			fail_msg("%s: %s", good[i].name, f.text);
		if (strcmp(c.profile, good[i].profile) != 0 ||
		    strcmp(c.region, good[i].region) != 0 ||
		    strcmp(c.endpoint, good[i].endpoint) != 0 ||
		    strcmp(c.endpoint_from, good[i].endpoint_from) != 0 ||
		    c.profile_explicit != (good[i].ask.profile != NULL))
			fail_msg("%s: %s, %s, %s, %s", good[i].name, c.profile,
			    c.region, c.endpoint, c.endpoint_from);
		assert_int_equal(c.max_attempts, RETRY_ATTEMPTS);
		assert_false(c.attempts_set);
		assert_null(c.ca_bundle);
		aws_config_release(&c);
		home_environment(good[i].environment, false);
	}
	home_close();
}

static const struct {
	const char *name;
	struct aws_config_ask ask;
	const char *environment, *config, *credentials;
	enum fault_kind kind;
	const char *want[4]; /* all of these are in the message */
} refused[] = {
	/* clang-format off */
	{ "no region", { 0 }, NULL, NULL, NULL, FAULT_CONFIG,
	    { "no region", "--region, AWS_REGION, AWS_DEFAULT_REGION",
	    "/.aws/config, instance metadata (switched off by",
	    "give --region NAME" } },
	{ "no region, an endpoint elsewhere", { NULL, NULL, "http://10.0.0.1" },
	    NULL, NULL, NULL, FAULT_CONFIG, { "no region" } },
	{ "no region, a name that begins like loopback", { NULL, NULL, "http://127.0.0.1.example" },
	    NULL, NULL, NULL, FAULT_CONFIG, { "no region" } },
	{ "region in the option", { "eu west", NULL, NULL }, NULL, NULL,
	    NULL, FAULT_USAGE, { "--region: \"eu west\"" } },
	{ "region in a variable", { 0 }, "AWS_REGION=eu/west", NULL, NULL,
	    FAULT_CONFIG, { "AWS_REGION: \"eu/west\"" } },
	{ "region in the profile", { 0 }, NULL,
	    "[default]\n\nregion = a.example/\n", NULL, FAULT_CONFIG,
	    { "/.aws/config:3: \"a.example/\"" } },
	{ "region of digits", { "123", NULL, NULL }, NULL, NULL, NULL,
	    FAULT_USAGE, { "--region" } },
	{ "region that begins with a dash", { "-a", NULL, NULL }, NULL, NULL,
	    NULL, FAULT_USAGE, { "--region" } },
	{ "region that ends with a dash", { "a-", NULL, NULL }, NULL, NULL,
	    NULL, FAULT_USAGE, { "--region" } },
	{ "empty region", { "", NULL, NULL }, NULL, NULL, NULL,
	    FAULT_USAGE, { "--region" } },
	{ "region of 64 letters", {
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    NULL, NULL }, NULL, NULL, NULL, FAULT_USAGE, { "--region" } },

	{ "profile option", { "a-b-1", "prod", NULL }, NULL,
	    "[profile dev]\n[default]\n", "[dev]\n[test]\n", FAULT_CONFIG,
	    { "profile \"prod\" (--profile)",
	    "profiles there: dev, default, test" } },
	{ "[prod] instead of [profile prod]", { "a-b-1", "prod", NULL }, NULL,
	    "[default]\n\n[prod]\nregion = a-b-1\n", NULL, FAULT_CONFIG,
	    { "config:3 has [prod], which that file ignores: write [profile "
	    "prod] there; profiles there: default" } },
	{ "its region does not count", { NULL, "prod", NULL },
	    "AWS_EC2_METADATA_DISABLED=true", "[prod]\nregion = a-b-1\n",
	    "[prod]\n", FAULT_CONFIG,
	    { "no region; give --region", "config:1 has [prod], which that file "
	    "ignores" } },
	{ "profile variable", { 0 }, "AWS_PROFILE=prod AWS_REGION=a-b-1",
	    NULL, NULL, FAULT_CONFIG,
	    { "profile \"prod\" (AWS_PROFILE)", "profiles there: none" } },
	{ "a missing default, when it was asked for", { "a-b-1", "default", NULL },
	    NULL, NULL, NULL, FAULT_CONFIG, { "profile \"default\"" } },

	{ "endpoint option", { "a-b-1", NULL, "localhost:8000" }, NULL,
	    NULL, NULL, FAULT_USAGE, { "--endpoint-url: 'localhost:8000' is not of the form" } },
	{ "endpoint variable", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=localhost:8000", NULL, NULL, FAULT_CONFIG,
	    { "AWS_ENDPOINT_URL: 'localhost:8000' is not of the form" } },
	{ "endpoint with a password", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://ann:secret@x", NULL, NULL, FAULT_CONFIG,
	    { "AWS_ENDPOINT_URL: not of the form" } },
	{ "endpoint in the profile", { "a-b-1", NULL, NULL }, NULL,
	    "[default]\nendpoint_url = ftp://x\n", NULL, FAULT_CONFIG,
	    { "/.aws/config:2: 'ftp://x' is not of the form" } },
	{ "missing services section", { "a-b-1", NULL, NULL },
	    NULL, "[default]\nservices = lokal\n[services local]\n", NULL,
	    FAULT_CONFIG,
	    { "/.aws/config:2: there is no section [services lokal]" } },
	{ "services section on one line", { "a-b-1", NULL, NULL }, NULL,
	    "[default]\nservices = s\n"
	    "[services s]\ndynamodb = endpoint_url = http://x\n", NULL,
	    FAULT_CONFIG, { "/.aws/config:4: dynamodb must stand alone" } },
	{ "attempts in a variable", { "a-b-1", NULL, NULL },
	    "AWS_MAX_ATTEMPTS=many", NULL, NULL, FAULT_CONFIG,
	    { "AWS_MAX_ATTEMPTS: \"many\"", "1 to 1000" } },
	{ "no attempts", { "a-b-1", NULL, NULL }, NULL,
	    "[default]\nmax_attempts = 0\n", NULL, FAULT_CONFIG,
	    { "/.aws/config:2: max_attempts: \"0\"" } },
	{ "an unknown retry mode in the profile", { "a-b-1", NULL, NULL },
	    NULL, "[default]\nretry_mode = often\n", NULL, FAULT_CONFIG,
	    { "/.aws/config:2: retry_mode: \"often\" is not legacy, "
	    "standard or adaptive" } },
	{ "an unknown retry mode", { "a-b-1", NULL, NULL },
	    "AWS_RETRY_MODE=often", NULL, NULL, FAULT_CONFIG,
	    { "AWS_RETRY_MODE: \"often\" is not legacy, standard" } },
	{ "FIPS and an endpoint of one's own", { "a-b-1", NULL, URL },
	    "AWS_USE_FIPS_ENDPOINT=true", NULL, NULL, FAULT_CONFIG,
	    { "--endpoint-url sets an endpoint, but AWS_USE_FIPS" } },
	{ "dual stack and an endpoint of one's own", { "a-b-1", NULL, NULL },
	    "AWS_ENDPOINT_URL=http://w", "[default]\n"
	    "use_dualstack_endpoint = True\n", NULL, FAULT_CONFIG,
	    { "AWS_ENDPOINT_URL sets an endpoint, but AWS_USE_DUALSTACK" } },
	{ "FIPS on this machine", { "local", NULL, NULL },
	    "AWS_USE_FIPS_ENDPOINT=true", NULL, NULL, FAULT_CONFIG,
	    { "region \"local\" has no FIPS" } },
	{ "broken config file", { "a-b-1", NULL, NULL }, NULL, "x\n", NULL,
	    FAULT_CONFIG, { "/.aws/config:1: " } },
	{ "broken credentials file", { "a-b-1", NULL, NULL }, NULL, NULL,
	    "[a]\nx\n", FAULT_CONFIG, { "/.aws/credentials:2: " } },
	/* clang-format on */
};

static void
wrong_settings_are_refused(void **state)
{
	struct script outside;

	(void)state;
	script_world(&outside, NULL, 0);
	home_open();
	home_environment("AWS_EC2_METADATA_DISABLED=true", true);
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct fault f = { 0 };
		struct aws_config c;

		home_text(".aws/config", refused[i].config);
		home_text(".aws/credentials", refused[i].credentials);
		home_environment(refused[i].environment, true);
		if (aws_config_load(&c, &refused[i].ask, &f) == 0 &&
		    aws_config_locate(&c, &outside.world, &f) == 0)
			fail_msg("%s: taken", refused[i].name);
		if (f.kind != refused[i].kind)
			fail_msg("%s: %d: %s", refused[i].name, (int)f.kind,
			    f.text);
		for (int j = 0; j < 4 && refused[i].want[j] != NULL; j++)
			if (strstr(f.text, refused[i].want[j]) == NULL)
				fail_msg("%s: %s", refused[i].name, f.text);
		assert_null(c.region);
		aws_config_release(&c);
		home_environment(refused[i].environment, false);
	}
	home_close();
}

/* A hundred profiles fit into a message. */
static void
many_profiles_fit_into_a_message(void **state)
{
	struct aws_config_ask ask = { .profile = "no" };
	struct buf text = { 0 };
	struct fault f = { 0 };
	struct aws_config c;

	(void)state;
	home_open();
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "[profile name-%03d-%0100d]\n", i, 0);
	home_text(".aws/config", buf_text(&text));
	assert_int_equal(aws_config_load(&c, &ask, &f), -1);
	assert_non_null(strstr(f.text, "name-019-"));
	assert_non_null(strstr(f.text, " and 80 more"));
	buf_release(&text);
	home_close();
}

/* Attempts, certificates, paths of the files, their options. */
static void
other_settings_are_read(void **state)
{
	struct aws_config_ask ask = { .region = "a-b-1" };
	struct config_value set;
	struct fault f = { 0 };
	struct aws_config c;
	char *want;

	(void)state;
	home_open();
	home_text(".aws/config",
	    "[default]\nca_bundle = ~/$NAME.pem\nmax_attempts = 5\n");
	home_environment("NAME=corp", true);
	assert_int_equal(aws_config_load(&c, &ask, &f), 0);
	want = xasprintf("%s/corp.pem", home);
	assert_string_equal(c.ca_bundle, want);
	assert_int_equal(c.max_attempts, 5);
	assert_true(c.attempts_set);
	assert_true(config_value_profile(&set, &c, "default", "max_attempts"));
	assert_string_equal(set.value, "5");
	assert_non_null(strstr(set.from, "/.aws/config:3"));
	assert_false(config_value_profile(&set, &c, "default", "output"));
	aws_config_release(&c);
	free(want);

	home_environment("AWS_CA_BUNDLE=/x.pem AWS_MAX_ATTEMPTS=1 "
			 "REQUESTS_CA_BUNDLE=/y.pem",
	    true);
	assert_int_equal(aws_config_load(&c, &ask, &f), 0);
	assert_string_equal(c.ca_bundle, "/x.pem");
	assert_int_equal(c.max_attempts, 1);
	aws_config_release(&c);

	home_text(".aws/credentials", "[profile dev]\nregion = a-b-9\n");
	home_environment("AWS_CONFIG_FILE=~/.aws/credentials "
			 "AWS_SHARED_CREDENTIALS_FILE=${HOME}/none "
			 "AWS_PROFILE=dev",
	    true);
	ask.region = NULL;
	assert_int_equal(aws_config_load(&c, &ask, &f), 0);
	assert_string_equal(c.region, "a-b-9");
	aws_config_release(&c);
	home_environment("AWS_PROFILE= NAME=", false);
	home_close();
	home_open(); /* unsets the other variables */
	home_close();
}

static const struct {
	const char *text, *want;
} paths[] = {
	{ "", "" },
	{ "/a/b", "/a/b" },
	{ "~", "/h" },
	{ "~/a", "/h/a" },
	{ "a~", "a~" },
	{ "/~/a", "/~/a" },
	{ "~no-such-user-here/a", "~no-such-user-here/a" },
	{ "$HOME/a", "/h/a" },
	{ "${HOME}/a", "/h/a" },
	{ "$TILDE/a", "/h/a" },
	{ "x${ONE}y$ONE.z", "x1y1.z" },
	{ "$EMPTY/a", "/a" },
	{ "$NOT_SET_HERE/a", "$NOT_SET_HERE/a" },
	{ "${NOT_SET_HERE}", "${NOT_SET_HERE}" },
	{ "${ONE", "${ONE" },
	{ "${}", "${}" },
	{ "$", "$" },
	{ "$$ONE", "$1" },
	{ "$ONE$ONE", "11" },
	{ "$-", "$-" },
};

static void
paths_are_expanded(void **state)
{
	char *old = xstrdup(getenv("HOME") != NULL ? getenv("HOME") : "/");

	(void)state;
	home_environment("HOME=/h ONE=1 EMPTY= TILDE=~", true);
	for (size_t i = 0; i < COUNT(paths); i++) {
		char *got = path_expand(paths[i].text);

		assert_string_equal(got, paths[i].want);
		free(got);
	}
	home_environment("HOME= ONE= EMPTY= TILDE=", false);
	{
		char *got = path_expand("~root/a");

		assert_int_equal(got[0], '/');
		free(got);
		got = path_expand("~/a"); /* from the user database */
		assert_int_not_equal(strlen(got), 0);
		free(got);
	}
	assert_int_equal(setenv("HOME", old, 1), 0);
	free(old);
}

#define GO ".amazonaws.com"
#define CN GO ".cn"

/* From AWS's rule sets (botocore 1.43): ordinary, dual stack, FIPS, both. */
static const struct {
	const char *service, *region, *want[4];
} urls[] = {
	/* clang-format off */
	{ "dynamodb", "us-east-1", { "dynamodb.us-east-1" GO,
	    "dynamodb.us-east-1.api.aws", "dynamodb-fips.us-east-1" GO,
	    "dynamodb-fips.us-east-1.api.aws" } },
	{ "sts", "eu-west-1", { "sts.eu-west-1" GO, "sts.eu-west-1.api.aws",
	    "sts-fips.eu-west-1" GO, "sts-fips.eu-west-1.api.aws" } },
	{ "portal.sso", "us-gov-east-1", { "portal.sso.us-gov-east-1" GO,
	    "portal.sso.us-gov-east-1.api.aws", "portal.sso.us-gov-east-1" GO,
	    "portal.sso-fips.us-gov-east-1.api.aws" } },
	{ "oidc", "ca-central-1", { "oidc.ca-central-1" GO,
	    "oidc.ca-central-1.api.aws", "oidc-fips.ca-central-1" GO,
	    "oidc-fips.ca-central-1.api.aws" } },
	{ "cloudformation", "cn-north-1", { "cloudformation.cn-north-1" CN,
	    "cloudformation.cn-north-1.api.amazonwebservices.com.cn",
	    "cloudformation-fips.cn-north-1" CN,
	    "cloudformation-fips.cn-north-1.api.amazonwebservices.com.cn" } },
	{ "dynamodb", "us-gov-west-1", { "dynamodb.us-gov-west-1" GO,
	    "dynamodb.us-gov-west-1.api.aws", "dynamodb.us-gov-west-1" GO,
	    "dynamodb-fips.us-gov-west-1.api.aws" } },
	{ "dynamodb", "us-iso-east-1", { "dynamodb.us-iso-east-1.c2s.ic.gov",
	    "dynamodb.us-iso-east-1.api.aws.ic.gov",
	    "dynamodb-fips.us-iso-east-1.c2s.ic.gov",
	    "dynamodb-fips.us-iso-east-1.api.aws.ic.gov" } },
	{ "sts", "us-isob-east-1", { "sts.us-isob-east-1.sc2s.sgov.gov",
	    "sts.us-isob-east-1.api.aws.scloud",
	    "sts-fips.us-isob-east-1.sc2s.sgov.gov",
	    "sts-fips.us-isob-east-1.api.aws.scloud" } },
	{ "dynamodb", "eu-isoe-west-1", {
	    "dynamodb.eu-isoe-west-1.cloud.adc-e.uk",
	    "dynamodb.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
	    "dynamodb-fips.eu-isoe-west-1.cloud.adc-e.uk",
	    "dynamodb-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk" } },
	{ "dynamodb", "us-isof-south-1", {
	    "dynamodb.us-isof-south-1.csp.hci.ic.gov",
	    "dynamodb.us-isof-south-1.api.aws.hci.ic.gov",
	    "dynamodb-fips.us-isof-south-1.csp.hci.ic.gov",
	    "dynamodb-fips.us-isof-south-1.api.aws.hci.ic.gov" } },
	{ "dynamodb", "eusc-de-east-1", {
	    "dynamodb.eusc-de-east-1.amazonaws.eu",
	    "dynamodb.eusc-de-east-1.api.amazonwebservices.eu",
	    "dynamodb-fips.eusc-de-east-1.amazonaws.eu",
	    "dynamodb-fips.eusc-de-east-1.api.amazonwebservices.eu" } },
	{ "dynamodb", "mx-central-1", { "dynamodb.mx-central-1" GO } },
	{ "dynamodb", "eusc-fr-east-1", { "dynamodb.eusc-fr-east-1" GO } },
	{ "dynamodb", "cn-north", { "dynamodb.cn-north" GO } },
	{ "dynamodb", "cn-north-1x", { "dynamodb.cn-north-1x" GO } },
	{ "dynamodb", "cn-a-b-1", { "dynamodb.cn-a-b-1" GO } },
	{ "dynamodb", "xx-new-7", { "dynamodb.xx-new-7" GO } },
	{ "sts", "local", { "sts.us-east-1" GO } },
	/* clang-format on */
};

static void
endpoints_follow_partition_and_region(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++)
		for (int j = 0; j < 4 && urls[i].want[j] != NULL; j++) {
			char *got = aws_endpoint_special(urls[i].service,
			    urls[i].region, j >= 2, j % 2 == 1);

			assert_memory_equal(got, "https://", 8);
			assert_string_equal(got + 8, urls[i].want[j]);
			free(got);
		}
	{
		char *got = aws_endpoint_url("dynamodb", "local");

		assert_string_equal(got, "http://localhost:8000");
		free(got);
	}
	assert_string_equal(aws_partition("eu-west-1"), "aws");
	assert_string_equal(aws_partition("cn-north-1"), "aws-cn");
	assert_string_equal(aws_partition("us-gov-east-1"), "aws-us-gov");
}

static const struct {
	const char *name, *service, *environment, *config, *want;
} others[] = {
	/* clang-format off */
	{ "AWS's own", "sts", NULL, NULL, "https://sts.eu-west-1" GO },
	{ "the portal of single sign-on", "sso", NULL, NULL,
	    "https://portal.sso.eu-west-1" GO },
	{ "FIPS", "oidc", "AWS_USE_FIPS_ENDPOINT=true", NULL,
	    "https://oidc-fips.eu-west-1" GO },
	{ "the service's variable", "sts",
	    "AWS_ENDPOINT_URL_STS=http://s/a/ AWS_ENDPOINT_URL=http://w",
	    NULL, "http://s/a" },
	{ "not the variable of another service", "cloudformation",
	    "AWS_ENDPOINT_URL_STS=http://s AWS_ENDPOINT_URL_DYNAMODB=http://d",
	    NULL, "https://cloudformation.eu-west-1" GO },
	{ "the general variable", "oidc", "AWS_ENDPOINT_URL=http://w", NULL,
	    "http://w" },
	{ "the variable of single sign-on", "sso",
	    "AWS_ENDPOINT_URL_SSO=http://p AWS_ENDPOINT_URL_SSO_OIDC=http://o",
	    NULL, "http://p" },
	{ "the variable of its tokens", "oidc",
	    "AWS_ENDPOINT_URL_SSO=http://p AWS_ENDPOINT_URL_SSO_OIDC=http://o",
	    NULL, "http://o" },
	{ "the services section", "oidc", NULL,
	    "[default]\nservices = s\nendpoint_url = http://p\n[services s]\n"
	    "sso_oidc =\n  endpoint_url = http://s\n", "http://s" },
	{ "the profile", "cloudformation", NULL,
	    "[default]\nservices = s\nendpoint_url = http://p\n[services s]\n"
	    "sts =\n  endpoint_url = http://s\n", "http://p" },
	{ "ignored", "sts",
	    "AWS_ENDPOINT_URL_STS=http://s "
	    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", NULL,
	    "https://sts.eu-west-1" GO },
	{ "not a URL", "sts", "AWS_ENDPOINT_URL_STS=sts", NULL, NULL },
	/* clang-format on */
};

static void
other_services_have_their_endpoints(void **state)
{
	struct aws_config_ask ask = { .region = "a-b-1", .endpoint_url = NULL };

	(void)state;
	home_open();
	for (size_t i = 0; i < COUNT(others); i++) {
		struct fault f = { 0 };
		struct aws_config c;
		char *url = NULL;
		int rc;

		home_text(".aws/config", others[i].config);
		home_environment(others[i].environment, true);
		if (aws_config_load(&c, &ask, &f) != 0)
			fail_msg("%s: %s", others[i].name, f.text);
		rc = aws_config_endpoint(&c, others[i].service, "eu-west-1",
		    &url, &f);
		if (others[i].want == NULL) {
			assert_int_equal(rc, -1);
			assert_int_equal(f.kind, FAULT_CONFIG);
		} else if (rc != 0 || strcmp(url, others[i].want) != 0) {
			fail_msg("%s: %s", others[i].name,
			    rc == 0 ? url : f.text);
		}
		free(url);
		aws_config_release(&c);
		home_environment(others[i].environment, false);
	}
	home_close();
}

static void
the_instance_gives_the_region(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 200, .body = "TOKEN==" },
		{ .status = 200, .body = "ap-south-2\n" },
	};
	static const struct script_reply garbage[] = {
		{ .status = 200, .body = "TOKEN==" },
		{ .status = 200, .body = "<html> no </html>" },
	};
	struct aws_config_ask ask = { 0 };
	struct script outside;
	struct fault f = { 0 };
	struct aws_config c;

	(void)state;
	home_open();
	script_world(&outside, replies, 2);
	assert_int_equal(aws_config_load(&c, &ask, &f), 0);
	assert_null(c.region);
	assert_null(c.endpoint);
	if (aws_config_locate(&c, &outside.world, &f) != 0)
		fail_msg("%s", f.text);
	assert_string_equal(c.region, "ap-south-2");
	assert_string_equal(c.endpoint, AWS("ap-south-2"));
	assert_string_equal(buf_text(&outside.lines[1]),
	    "GET! http://169.254.169.254/latest/meta-data/placement/region");
	/* it is asked once */
	assert_int_equal(aws_config_locate(&c, &outside.world, &f), 0);
	aws_config_release(&c);
	script_world_close(&outside);

	ask.endpoint_url = "http://10.0.0.1";
	script_world(&outside, garbage, 2);
	assert_int_equal(aws_config_load(&c, &ask, &f), 0);
	assert_string_equal(c.endpoint, "http://10.0.0.1");
	assert_int_equal(aws_config_locate(&c, &outside.world, &f), -1);
	assert_non_null(strstr(f.text, "it names no region"));
	aws_config_release(&c);
	script_world_close(&outside);
	home_close();
}

static const struct {
	const char *url;
	int rc;
	bool tls;
	const char *host, *path;
} endpoints[] = {
	/* clang-format off */
	{ "https://dynamodb.eu-west-1.amazonaws.com", 0, true,
	    "dynamodb.eu-west-1.amazonaws.com", "" },
	{ "http://localhost:8000/", 0, false, "localhost:8000", "" },
	{ "HTTPS://Example.COM:443", 0, true, "example.com", "" },
	{ "http://example.com:80//", 0, false, "example.com", "" },
	{ "http://example.com:443", 0, false, "example.com:443", "" },
	{ "https://example.com:080", 0, true, "example.com:80", "" },
	{ "http://example.com:", -1, false, "", "" },
	{ "http://my_docker-host:8000", 0, false, "my_docker-host:8000", "" },
	{ "http://127.0.0.1:65535", 0, false, "127.0.0.1:65535", "" },
	{ "http://[2001:DB8::1]:8000/a", 0, false, "[2001:db8::1]:8000",
	    "/a" },
	{ "http://h/a/b%20c/;d=e@f:g/", 0, false, "h", "/a/b%20c/;d=e@f:g" },
	{ "", -1, false, "", "" },
	{ "http://", -1, false, "", "" },
	{ "http:///a", -1, false, "", "" },
	{ "http://:8000", -1, false, "", "" },
	{ "localhost:8000", -1, false, "", "" },
	{ "//localhost", -1, false, "", "" },
	{ "ftp://x", -1, false, "", "" },
	{ "httpx://x", -1, false, "", "" },
	{ "http:/x", -1, false, "", "" },
	{ " http://x", -1, false, "", "" },
	{ "http://x ", -1, false, "", "" },
	{ "http://a b", -1, false, "", "" },
	{ "http://user:secret@x", -1, false, "", "" },
	{ "http://x:0", -1, false, "", "" },
	{ "http://x:65536", -1, false, "", "" },
	{ "http://x:99999999999999999999", -1, false, "", "" },
	{ "http://x:80a", -1, false, "", "" },
	{ "http://x:-1", -1, false, "", "" },
	{ "http://x?a=b", -1, false, "", "" },
	{ "http://x/?a=b", -1, false, "", "" },
	{ "http://x/#a", -1, false, "", "" },
	{ "http://x/a b", -1, false, "", "" },
	{ "http://x/a%2", -1, false, "", "" },
	{ "http://x/a%zz", -1, false, "", "" },
	{ "http://x/\303\274", -1, false, "", "" },
	{ "http://b\303\274cher.example", -1, false, "", "" },
	{ "http://x/a\r\nHost: y", -1, false, "", "" },
	{ "http://[::1", -1, false, "", "" },
	{ "http://[]", -1, false, "", "" },
	{ "http://[::1]x", -1, false, "", "" },
	{ "http://::1", -1, false, "", "" },
	/* clang-format on */
};

static void
only_http_urls_are_endpoints(void **state)
{
	struct aws_endpoint e;
	char url[700] = "http://";

	(void)state;
	for (size_t i = 0; i < COUNT(endpoints); i++) {
		e = (struct aws_endpoint){ .host = "was" };
		if (aws_endpoint_parse(endpoints[i].url, &e) != endpoints[i].rc)
			fail_msg("%s", endpoints[i].url);
		if (endpoints[i].rc != 0) {
			assert_string_equal(e.host, "was");
			continue;
		}
		if (e.tls != endpoints[i].tls ||
		    strcmp(e.host, endpoints[i].host) != 0 ||
		    strcmp(e.path, endpoints[i].path) != 0)
			fail_msg("%s: %d %s %s", endpoints[i].url, e.tls,
			    e.host, e.path);
	}
	memset(url + 7, 'h', 255);
	memcpy(url + 7 + 255, ":12345", 7);
	assert_int_equal(aws_endpoint_parse(url, &e), 0);
	assert_int_equal(strlen(e.host), 261);
	memcpy(url + 7 + 255, "h", 2);
	assert_int_equal(aws_endpoint_parse(url, &e), -1);
	memcpy(url, "http://h/", 10);
	memset(url + 9, 'p', 254);
	url[9 + 254] = '\0';
	assert_int_equal(aws_endpoint_parse(url, &e), 0);
	url[9 + 254] = 'p';
	url[9 + 255] = '\0';
	assert_int_equal(aws_endpoint_parse(url, &e), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_found_in_order),
		cmocka_unit_test(wrong_settings_are_refused),
		cmocka_unit_test(many_profiles_fit_into_a_message),
		cmocka_unit_test(other_settings_are_read),
		cmocka_unit_test(paths_are_expanded),
		cmocka_unit_test(endpoints_follow_partition_and_region),
		cmocka_unit_test(other_services_have_their_endpoints),
		cmocka_unit_test(the_instance_gives_the_region),
		cmocka_unit_test(only_http_urls_are_endpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
