#include "tests/unit/script.h"

#include "lib/aws/credentials.h"
#include "lib/aws/provider/provider.h"
#include "tests/unit/home.h"

/*
 * What each place sends, exactly, and the result of each kind of answer.
 * (tests/credentials.bats compares the choice of places with the AWS CLI.)
 */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OK(text)                              \
	{                                     \
		.status = 200, .body = (text) \
	}
#define NO(code, text)                           \
	{                                        \
		.status = (code), .body = (text) \
	}
#define NOTHING                         \
	{                               \
		.status = 0, .body = "" \
	}

#define IMDS "http://169.254.169.254/latest/"
#define ROLES IMDS "meta-data/iam/security-credentials/"
#define KEYS                                                     \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"AKGOT\","       \
	"\"SecretAccessKey\":\"s/got+=\",\"Token\":\"t/got+=\"," \
	"\"Expiration\":\"2026-11-22T09:12:00Z\"}"
#define STS(action)                                                           \
	"<" action "Response xmlns=\"https://sts.amazonaws.com/doc/"          \
	"2011-06-15/\"><" action "Result><AssumedRoleUser><Arn>arn:aws:sts::" \
	"210987654321:assumed-role/a/b</Arn></AssumedRoleUser><Credentials>"  \
	"<SessionToken>\n t/got+=\n</SessionToken><Expiration>2026-11-22T"    \
	"09:12:00.5Z</Expiration><SecretAccessKey>s/got+=</SecretAccessKey>"  \
	"<AccessKeyId>AKGOT</AccessKeyId></Credentials></" action             \
	"Result></" action "Response>"
#define STS_NO(code, message)                                  \
	"<ErrorResponse><Error><Type>Sender</Type><Code>" code \
	"</Code><Message>" message "</Message></Error></ErrorResponse>"
#define ENDS 1795338720 /* in all answers */

#define STATIC                                                         \
	"aws_access_key_id = AKOWN\naws_secret_access_key = s/own+=\n" \
	"aws_session_token = t/own+=\n"
#define ROLE "[default]\nrole_arn = arn:aws:iam::1:role/a\n"
#define ROLE_BY_KEYS ROLE "source_profile = default\n" STATIC
#define SSO_OLD                                                   \
	"[default]\nsso_start_url = https://c.example/s\n"        \
	"sso_region = eu-west-1\nsso_account_id = 123456789012\n" \
	"sso_role_name = Read+Only\n"
#define SSO_NEW                                                          \
	"[default]\nsso_session = corp\nsso_account_id = 123456789012\n" \
	"sso_role_name = Reader\n[sso-session corp]\n"                   \
	"sso_start_url = https://c.example/s\nsso_region = eu-west-1\n"
#define SSO_KEYS                                                        \
	"{\"roleCredentials\":{\"accessKeyId\":\"AKGOT\","              \
	"\"secretAccessKey\":\"s/got+=\",\"sessionToken\":\"t/got+=\"," \
	"\"expiration\":1795338720999}}"
/* sha1("https://c.example/s"), sha1("corp") */
#define FILE_OLD ".aws/sso/cache/4cc0e38746c136399464a5938e126c7e1103f527.json"
#define FILE_NEW ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
#define PORTAL "https://portal.sso.eu-west-1.amazonaws.com/federation/"
#define TOKEN(end) "{\"accessToken\":\"sso/token+=\",\"expiresAt\":\"" end "\"}"
#define RENEWABLE(end, registered)                                           \
	"{\"accessToken\":\"sso/token+=\",\"expiresAt\":\"" end              \
	"\",\"clientId\":\"cid\",\"clientSecret\":\"c/secret+=\","           \
	"\"refreshToken\":\"r/1+=\",\"registrationExpiresAt\":\"" registered \
	"\",\"region\":\"eu-west-1\"}"
#define LATER "2026-11-22T20:00:00Z"
#define SOON "2026-11-22T07:34:30Z"
#define PAST "2026-11-22T07:24:30Z"

static const struct {
	const char *name;
	const char *environment, *config;
	const char *file, *text; /* in the home directory */
	struct script_reply replies[8];
	const char *lines[8];   /* what was sent */
	const char *headers[4]; /* in the last request; '!': not in it */
	const char *sent;       /* in the body of the last but `back` */
	size_t back;
	int64_t slept;
	const char *source; /* its beginning; NULL: an error … */
	const char *why[4]; /* … that contains all this; '!': but not that */
} cases[] = {
	/* clang-format off */
	{ .name = "instance",
	    .replies = { OK("TOK=="), OK("web\n"), OK(KEYS) },
	    .lines = { "PUT! " IMDS "api/token", "GET! " ROLES,
		"GET! " ROLES "web" },
	    .headers = { "x-aws-ec2-metadata-token: TOK==\n",
		"!x-aws-ec2-metadata-token-ttl", "!authorization" },
	    .source = "role web of this instance (http://169.254.169.254)" },
	{ .name = "instance, by IPv6",
	    .environment = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6",
	    .replies = { OK("TOK=="), OK("web"), OK(KEYS) },
	    .lines = { "PUT! http://[fd00:ec2::254]/latest/api/token" },
	    .source = "role web of this instance" },
	{ .name = "instance, at another endpoint",
	    .environment = "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://h:8/m/ "
		"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=ipv6",
	    .replies = { OK("TOK=="), OK("web"), OK(KEYS) },
	    .lines = { "PUT! http://h:8/m/latest/api/token" },
	    .source = "role web of this instance (http://h:8/m)" },
	{ .name = "instance, with more time and attempts",
	    .environment = "AWS_METADATA_SERVICE_NUM_ATTEMPTS=3",
	    .replies = { NOTHING, NO(500, ""), OK("TOK=="), OK("web"),
		OK(KEYS) },
	    .slept = 400, .source = "role web" },
	{ .name = "instance, fails once",
	    .replies = { OK("TOK=="), NO(503, ""), OK("web"), NOTHING,
		NO(500, ""), OK(KEYS) },
	    .slept = 600, .source = "role web" },
	{ .name = "instance, keeps failing",
	    .replies = { OK("TOK=="), OK("web"), NO(500, "k"), NO(500, "k"),
		NO(500, "k") },
	    .slept = 400,
	    .why = { "instance metadata: ", "/web: HTTP 500" } },
	{ .name = "instance, no answer",
	    .replies = { NOTHING },
	    .why = { "instance metadata (http://169.254.169.254: connection "
		"reset; on an instance: in a container its hop limit",
		"do one of:" } },
	{ .name = "instance, switched off",
	    .replies = { NO(403, "") },
	    .why = { "HTTP 403 to a request for a token: access" } },
	{ .name = "instance, another server",
	    .replies = { OK("<html>\nwelcome</html>") },
	    .why = { "it did not return a token", "!welcome" } },
	{ .name = "instance, no role",
	    .replies = { OK("TOK=="), NO(404, "") },
	    .why = { "this instance has no role" } },
	{ .name = "instance, not a role name",
	    .replies = { OK("TOK=="), OK("../../api/token") },
	    .why = { "something else than a role name" } },
	{ .name = "instance, an error in a 200",
	    .replies = { OK("TOK=="), OK("web"), OK("{\"Code\":\"AssumeRole"
		"UnauthorizedAccess\",\"Message\":\"EC2 cannot assume\"}") },
	    .why = { "role web of this instance", "AssumeRoleUnauthorized",
		"EC2 cannot assume" } },
	{ .name = "instance, garbage in a 200",
	    .replies = { OK("TOK=="), OK("web"), OK("{\"Secret\":") },
	    .why = { "not a JSON object (10 bytes)", "!Secret" } },
	{ .name = "instance, no secret",
	    .replies = { OK("TOK=="), OK("web"),
		OK("{\"AccessKeyId\":\"AK\"}") },
	    .why = { "it has no SecretAccessKey" } },
	{ .name = "instance, an expiry that is not a time",
	    .replies = { OK("TOK=="), OK("web"),
		OK("{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"sss\","
		    "\"Expiration\":\"soon\"}") },
	    .why = { "its Expiration \"soon\" is not a time", "!sss" } },

	{ .name = "container",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/c?id=7",
	    .replies = { OK(KEYS) },
	    .lines = { "GET! http://169.254.170.2/v2/c?id=7" },
	    .headers = { "accept: application/json\n", "!authorization" },
	    .source = "container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, "
		"http://169.254.170.2)" },
	{ .name = "container, the relative URI comes first",
	    .environment = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/r "
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://localhost/f",
	    .replies = { OK(KEYS) },
	    .lines = { "GET! http://169.254.170.2/r" },
	    .source = "container" },
	{ .name = "container, with a token",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[fd00:ec2::23]/x "
		"AWS_CONTAINER_AUTHORIZATION_TOKEN=abc/+=",
	    .replies = { OK(KEYS) },
	    .lines = { "GET! http://[fd00:ec2::23]/x" },
	    .headers = { "authorization: abc/+=\n" },
	    .source = "container (AWS_CONTAINER_CREDENTIALS_FULL_URI, "
		"http://[fd00:ec2::23])" },
	{ .name = "container, with a token in a file",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/x "
		"AWS_CONTAINER_AUTHORIZATION_TOKEN=no "
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token",
	    .file = "token", .text = "from/file+=",
	    .replies = { OK(KEYS) },
	    .headers = { "authorization: from/file+=\n" },
	    .source = "container" },
	{ .name = "container, a newline after the token",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/x "
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token",
	    .file = "token", .text = "from/file+=\n",
	    .why = { "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: the token "
		"contains a newline", "!from/file" } },
	{ .name = "container, a missing token file",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1/x "
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token",
	    .why = { "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: ",
		"No such file" } },
	{ .name = "container, by TLS, any host",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=https://a.example/x",
	    .replies = { OK(KEYS) },
	    .lines = { "GET! https://a.example/x" }, .source = "container" },
	{ .name = "container, plain HTTP to another host",
	    .environment =
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.24/x",
	    .why = { "AWS_CONTAINER_CREDENTIALS_FULL_URI: keys may come by "
		"plain http only from this machine", "not from 169.254" } },
	{ .name = "container, a host that begins like loopback",
	    .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI="
		"http://127.0.0.1.example/x",
	    .why = { "not from 127.0.0.1.example" } },
	{ .name = "container, another host before an @",
	    .environment = "AWS_CONTAINER_CREDENTIALS_FULL_URI="
		"http://localhost@evil.example/x",
	    .why = { "not of the form" } },
	{ .name = "container, not a path",
	    .environment = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=.evil.net",
	    .why = { "not a path that begins with /" } },
	{ .name = "container, fails once",
	    .environment = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/secret/x",
	    .replies = { NO(500, ""), NOTHING, OK(KEYS) },
	    .slept = 2000, .source = "container" },
	{ .name = "container, keeps failing",
	    .environment = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/secret/x",
	    .replies = { OK("<html>"), NOTHING, NO(400, "{\"code\":\"Access"
		"Denied\",\"message\":\"no such task\"}") },
	    .slept = 2000,
	    .why = { "container: container (AWS_CONTAINER_CREDENTIALS_"
		"RELATIVE_URI, http://169.254.170.2): HTTP 400: AccessDenied: "
		"no such task", "!secret" } },
	{ .name = "container, no answer",
	    .environment = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/secret/x",
	    .replies = { NOTHING, NOTHING, NOTHING },
	    .slept = 2000,
	    .why = { "connection reset", "!secret" } },

	{ .name = "role",
	    .config = ROLE_BY_KEYS "external_id = a/b c&d\n"
		"role_session_name = me@h\nduration_seconds = 43200\n",
	    .replies = { OK(STS("AssumeRole")) },
	    .lines = { "POST https://sts.a-b-1.amazonaws.com" },
	    .headers = { "/a-b-1/sts/aws4_request, SignedHeaders=content-type;"
		"host;x-amz-date;x-amz-security-token, ",
		"x-amz-security-token: t/own+=\n",
		"content-type: application/x-www-form-urlencoded; "
		"charset=utf-8\n" },
	    .sent = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws"
		"%3Aiam%3A%3A1%3Arole%2Fa&RoleSessionName=me%40h&"
		"ExternalId=a%2Fb%20c%26d&DurationSeconds=43200",
	    .source = "role arn:aws:iam::1:role/a (profile \"default\"), with "
		"the keys of: profile default (" },
	{ .name = "profile, a comment after a key",
	    .config = "[default]\naws_access_key_id = AKOWN\n"
		"aws_secret_access_key = s/own+= # mine\n",
	    .why = { "/.aws/config:3: aws_secret_access_key contains "
		"white space",
		"!s/own" } },
	{ .name = "role, our own name for the session",
	    .config = ROLE_BY_KEYS, .replies = { OK(STS("AssumeRole")) },
	    .sent = "&RoleSessionName=ttlsweep-1795332271", .source = "role" },
	{ .name = "role, STS fails three times",
	    .config = ROLE_BY_KEYS,
	    .replies = { NOTHING, NO(500, ""), NO(400, STS_NO("Throttling",
		"Rate exceeded")), OK(STS("AssumeRole")) },
	    .slept = 12 + 25 + 2000, .source = "role" },
	{ .name = "role, STS keeps failing",
	    .config = ROLE_BY_KEYS,
	    .replies = { NO(503, "<html>"), NO(503, ""), NO(503, ""),
		NO(503, "") },
	    .slept = 12 + 25 + 50,
	    .why = { "assumed role: with the keys of: profile default (",
		"/.aws/config:2: https://sts.a-b-1.amazonaws.com: AssumeRole: "
		"no usable reply in 4 tries: HTTP 503; a proxy before it, or "
		"the service itself, has problems" } },
	{ .name = "role, STS cannot be reached",
	    .config = ROLE_BY_KEYS,
	    .replies = { NOTHING, NOTHING, NOTHING, NOTHING },
	    .slept = 12 + 25 + 50,
	    .why = { "no usable reply in 4 tries: ", "; check the region name, "
		"network and proxy (https_proxy, no_proxy)" } },
	{ .name = "role, our clock is wrong",
	    .config = ROLE_BY_KEYS,
	    .replies = { { .status = 403, .date = SCRIPT_NOW + 7200,
		.body = STS_NO("SignatureDoesNotMatch", "expired") },
		{ .status = 200, .date = SCRIPT_NOW + 7200,
		.body = STS("AssumeRole") } },
	    .headers = { "x-amz-date: 20261122T092431Z\n" },
	    .slept = 12, .source = "role" },
	{ .name = "role, a wrong secret",
	    .config = ROLE_BY_KEYS,
	    .replies = { NO(403, STS_NO("SignatureDoesNotMatch", "no")) },
	    .why = { "check that the secret key belongs to the access key" } },
	{ .name = "role, denied",
	    .config = ROLE_BY_KEYS,
	    .replies = { NO(403, STS_NO("AccessDenied", "User &lt;x&gt; is "
		"not authorized")) },
	    .why = { "with the keys of: profile default",
		"sts:AssumeRole of role arn:aws:iam::1:role/a was refused: "
		"AccessDenied: User <x> is not authorized; the role's trust "
		"policy", "!own+=" } },
	{ .name = "role, an answer without a secret",
	    .config = ROLE_BY_KEYS,
	    .replies = { OK("<AssumeRoleResponse><AssumeRoleResult>"
		"<Credentials><AccessKeyId>AK</AccessKeyId></Credentials>"
		"</AssumeRoleResult></AssumeRoleResponse>") },
	    .why = { "the reply to AssumeRole has no SecretAccessKey" } },
	{ .name = "role, two sources",
	    .config = ROLE_BY_KEYS "credential_source = Environment\n",
	    .why = { "/.aws/config:7: profile \"default\" has both" } },
	{ .name = "role, a duration that is too short",
	    .config = ROLE_BY_KEYS "duration_seconds = 899\n",
	    .why = { "/.aws/config:7: duration_seconds: \"899\" is not a number from 900" } },
	{ .name = "role, no source",
	    .config = ROLE,
	    .why = { "/.aws/config:2: profile \"default\" has a role_arn, but "
		"neither" } },
	{ .name = "role, an unknown source",
	    .config = ROLE "credential_source = ecs\n",
	    .why = { "/.aws/config:3: credential_source \"ecs\" is none" } },
	{ .name = "role, a source profile without keys",
	    .config = ROLE "source_profile = b\n[profile b]\nregion = x\n",
	    .why = { "/.aws/config:3: source_profile \"b\" has no cred" } },
	{ .name = "role, a missing source profile",
	    .config = ROLE "source_profile = b\n",
	    .why = { "/.aws/config:3: source_profile \"b\" is neither in" } },
	{ .name = "role, [b] instead of [profile b]",
	    .config = ROLE "source_profile = b\n[b]\nregion = x\n",
	    .why = { "/.aws/config:3: source_profile \"b\" is neither in",
		"/.aws/config:4 has [b], which that file ignores: write "
		"[profile b] there" } },
	{ .name = "roles in a circle",
	    .config = ROLE "source_profile = b\n[profile b]\n"
		"role_arn = r\nsource_profile = default\n",
	    .why = { "/.aws/config:6: source_profile \"default\" leads back "
		"to itself" } },
	{ .name = "role, no keys in the environment",
	    .config = ROLE "credential_source = Environment\n",
	    .why = { "/.aws/config:3: credential_source Environment has no "
		"credentials: AWS_ACCESS_KEY_ID is not set" } },
	{ .name = "role, with the keys of the instance",
	    .config = ROLE "credential_source = Ec2InstanceMetadata\n",
	    .replies = { OK("TOK=="), OK("web"), OK(KEYS),
		OK(STS("AssumeRole")) },
	    .headers = { "x-amz-security-token: t/got+=\n" },
	    .source = "role arn:aws:iam::1:role/a (profile \"default\"), with "
		"the keys of: role web of this instance" },
	{ .name = "role, an MFA code and no terminal",
	    .config = ROLE_BY_KEYS "mfa_serial = arn:mfa\n",
	    .why = { "/.aws/config:7: mfa_serial needs a code, and there is "
		"no terminal" } },

	{ .name = "web identity",
	    .environment = "AWS_WEB_IDENTITY_TOKEN_FILE=token "
		"AWS_ROLE_ARN=arn:r AWS_ROLE_SESSION_NAME=pod",
	    .file = "token", .text = "eyJ.x-y_z\n",
	    .replies = { OK(STS("AssumeRoleWithWebIdentity")) },
	    .lines = { "POST https://sts.a-b-1.amazonaws.com" },
	    .headers = { "!authorization", "!x-amz-date", "!x-amz-security" },
	    .sent = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&"
		"RoleArn=arn%3Ar&RoleSessionName=pod&"
		"WebIdentityToken=eyJ.x-y_z",
	    .source = "role arn:r, by the web identity of token" },
	{ .name = "web identity, its issuer fails once",
	    .environment =
		"AWS_WEB_IDENTITY_TOKEN_FILE=token AWS_ROLE_ARN=arn:r",
	    .file = "token", .text = "eyJ",
	    .replies = { NO(400, STS_NO("IDPCommunicationError", "busy")),
		OK(STS("AssumeRoleWithWebIdentity")) },
	    .slept = 12, .source = "role arn:r" },
	{ .name = "web identity, expired",
	    .environment =
		"AWS_WEB_IDENTITY_TOKEN_FILE=token AWS_ROLE_ARN=arn:r",
	    .file = "token", .text = "eyJ",
	    .replies = { NO(400, STS_NO("ExpiredTokenException", "over")) },
	    .why = { "AWS_WEB_IDENTITY_TOKEN_FILE: sts:AssumeRoleWithWeb",
		"ExpiredTokenException: over; get a new token", "!eyJ" } },
	{ .name = "web identity, an empty token",
	    .environment =
		"AWS_WEB_IDENTITY_TOKEN_FILE=token AWS_ROLE_ARN=arn:r",
	    .file = "token", .text = "\n",
	    .why = { "token is empty" } },
	{ .name = "web identity, no file",
	    .environment =
		"AWS_WEB_IDENTITY_TOKEN_FILE=token AWS_ROLE_ARN=arn:r",
	    .why = { "AWS_WEB_IDENTITY_TOKEN_FILE: ", "No such file" } },
	{ .name = "web identity, no role",
	    .environment = "AWS_WEB_IDENTITY_TOKEN_FILE=token",
	    .why = { "but no role to assume with it; set AWS_ROLE_ARN" } },

	{ .name = "single sign-on",
	    .config = SSO_OLD, .file = FILE_OLD,
	    .text = TOKEN("2026-11-22T20:00:00UTC"),
	    .replies = { OK(SSO_KEYS) },
	    .lines = { "GET " PORTAL "credentials?role_name=Read%2BOnly&"
		"account_id=123456789012" },
	    .headers = { "x-amz-sso_bearer_token: sso/token+=\n",
		"!authorization" },
	    .source = "single sign-on, role Read+Only (profile \"default\")" },
	{ .name = "single sign-on, expired",
	    .config = SSO_OLD, .file = FILE_OLD, .text = TOKEN(PAST),
	    .why = { "; run \"aws sso login --profile default\"",
		"single sign-on: the sign-on has expired: it has no sso_session",
		"!sso/token" } },
	{ .name = "single sign-on, ended at the portal",
	    .config = SSO_OLD, .file = FILE_OLD, .text = TOKEN(LATER),
	    .replies = { NO(401, "{\"message\":\"no\"}") },
	    .why = { "the sign-on has expired; run \"aws sso login --profile "
		"default\"" } },
	{ .name = "single sign-on, a role that is not assigned",
	    .config = SSO_OLD, .file = FILE_OLD, .text = TOKEN(LATER),
	    .replies = { NO(403, "{\"message\":\"No access\"}") },
	    .why = { "/.aws/config:5: role Read+Only in account 123456789012 "
		"is not available to this sign-on", "HTTP 403: No access" } },
	{ .name = "single sign-on, not signed on",
	    .config = SSO_OLD,
	    .why = { "not signed on; run \"aws sso login" } },
	{ .name = "single sign-on, a damaged file",
	    .config = SSO_OLD, .file = FILE_OLD,
	    .text = "{\"accessToken\":\"sso/token+=",
	    .why = { "not a JSON object", FILE_OLD, "!sso/token" } },
	{ .name = "single sign-on, throttled",
	    .config = SSO_OLD, .file = FILE_OLD, .text = TOKEN(LATER),
	    .replies = { NO(429, ""), NO(500, ""), OK(SSO_KEYS) },
	    .slept = 500 + 25, .source = "single sign-on" },
	{ .name = "single sign-on, half a profile",
	    .config = "[default]\nsso_role_name = r\nsso_session = corp\n"
		"[sso-session corp]\nsso_region = x\n",
	    .why = { "has no sso_account_id: run \"aws configure sso" } },
	{ .name = "single sign-on, the session alone",
	    .environment = "AWS_EC2_METADATA_DISABLED=true",
	    .config = "[default]\nsso_session = corp\n"
		"[sso-session corp]\nsso_region = x\n",
	    .why = { "single sign-on (", "/.aws/config:2: profile \"default\" "
		"has no sso_account_id and no sso_role_name: add them, or run "
		"\"aws configure sso --profile default\"" } },
	{ .name = "single sign-on, no role",
	    .config = "[default]\nsso_account_id = 1\nsso_session = corp\n"
		"[sso-session corp]\nsso_region = x\n",
	    .why = { "has no sso_role_name: run \"aws configure sso" } },
	{ .name = "single sign-on, no such session",
	    .config = "[default]\nsso_role_name = r\nsso_session = korp\n",
	    .why = { "/.aws/config:3: there is no section [sso-session korp" } },
	{ .name = "single sign-on, profile and session differ",
	    .config = "[default]\nsso_role_name = r\nsso_account_id = 1\n"
		"sso_session = c\nsso_region = eu-west-1\n[sso-session c]\n"
		"sso_region = eu-west-2\nsso_start_url = https://x\n",
	    .why = { "/.aws/config:5: sso_region is another one than in "
		"[sso-session c]", "config:7)" } },
	{ .name = "single sign-on, renewed",
	    .config = SSO_NEW, .file = FILE_NEW, .text = RENEWABLE(SOON, LATER),
	    .replies = { OK("{\"accessToken\":\"sso/new+=\",\"expiresIn\":"
		"3600,\"refreshToken\":\"r/2+=\"}"), OK(SSO_KEYS) },
	    .lines = { "POST https://oidc.eu-west-1.amazonaws.com/token",
		"GET " PORTAL "credentials?role_name=Reader&"
		"account_id=123456789012" },
	    .headers = { "x-amz-sso_bearer_token: sso/new+=\n" },
	    .sent = "{\"clientId\":\"cid\",\"clientSecret\":\"c/secret+=\","
		"\"grantType\":\"refresh_token\",\"refreshToken\":\"r/1+=\"}",
	    .back = 1, .source = "single sign-on, role Reader" },
	{ .name = "single sign-on, renewal refused, still valid",
	    .config = SSO_NEW, .file = FILE_NEW, .text = RENEWABLE(SOON, LATER),
	    .replies = { NO(400, "{\"error\":\"invalid_grant\"}"),
		OK(SSO_KEYS) },
	    .headers = { "x-amz-sso_bearer_token: sso/token+=\n" },
	    .source = "single sign-on, role Reader" },
	{ .name = "single sign-on, renewal refused, expired",
	    .config = SSO_NEW, .file = FILE_NEW, .text = RENEWABLE(PAST, LATER),
	    .replies = { NO(400, "{\"error\":\"invalid_grant\",\"error_"
		"description\":\"used\"}") },
	    .why = { "the sign-on has expired: its renewal was refused: HTTP "
		"400 invalid_grant: used; run \"aws sso login --profile "
		"default\"",
		"!r/1", "!secret+=" } },
	{ .name = "single sign-on, registration expired",
	    .config = SSO_NEW, .file = FILE_NEW, .text = RENEWABLE(PAST, PAST),
	    .why = { "the sign-on has expired: the registration" } },
	{ .name = "single sign-on, cannot be renewed",
	    .config = SSO_NEW, .file = FILE_NEW, .text = TOKEN(PAST),
	    .why = { "the sign-on has expired: it came without a clientId" } },
	{ .name = "single sign-on, garbage for a renewal",
	    .config = SSO_NEW, .file = FILE_NEW, .text = RENEWABLE(PAST, LATER),
	    .replies = { OK("{\"accessToken\":7}") },
	    .why = { "the reply to its renewal has no accessToken" } },
	/* clang-format on */
};

static struct script outside;
static struct aws_config config;

static void
check_sent(size_t i)
{
	size_t last = outside.at - 1;

	for (size_t j = 0; j < 8 && cases[i].lines[j] != NULL; j++)
		if (strcmp(buf_text(&outside.lines[j]), cases[i].lines[j]) != 0)
			fail_msg("%s: %s", cases[i].name,
			    buf_text(&outside.lines[j]));
	for (size_t j = 0; j < 4 && cases[i].headers[j] != NULL; j++) {
		const char *want = cases[i].headers[j];
		bool absent = *want == '!';

		if ((strstr(buf_text(&outside.headers[last]), want + absent) ==
			NULL) != absent)
			fail_msg("%s: %s in %s", cases[i].name, want,
			    buf_text(&outside.headers[last]));
	}
	if (cases[i].sent != NULL &&
	    strstr(buf_text(&outside.sent[last - cases[i].back]),
		cases[i].sent) == NULL)
		fail_msg("%s: %s", cases[i].name,
		    buf_text(&outside.sent[last - cases[i].back]));
}

static void
check_keys(size_t i, const struct aws_keyset *k, const char *source)
{
	if (cases[i].source == NULL ||
	    strncmp(source, cases[i].source, strlen(cases[i].source)) != 0)
		fail_msg("%s: from %s", cases[i].name, source);
	if (strcmp(k->keys.access_key, "AKGOT") != 0 ||
	    strcmp(k->keys.secret_key, "s/got+=") != 0 ||
	    strcmp(k->keys.session_token, "t/got+=") != 0 || k->expires != ENDS)
		fail_msg("%s: %s until %lld", cases[i].name, k->keys.access_key,
		    (long long)k->expires);
}

static void
check_why(size_t i, const struct fault *f)
{
	if (cases[i].source != NULL)
		fail_msg("%s: %s", cases[i].name, f->text);
	for (size_t j = 0; j < 4 && cases[i].why[j] != NULL; j++) {
		const char *want = cases[i].why[j];
		bool absent = *want == '!';

		if ((strstr(f->text, want + absent) == NULL) != absent)
			fail_msg("%s: %s in %s", cases[i].name, want, f->text);
	}
}

static void
play(size_t i)
{
	const struct aws_config_ask ask = { .region = "a-b-1" };
	struct aws_keyset keys;
	struct fault f = { 0 };
	char *source = NULL;
	size_t n = 8;

	while (n > 0 && cases[i].replies[n - 1].body == NULL)
		n--;
	script_world(&outside, cases[i].replies, n);
	if (aws_config_load(&config, &ask, &f) != 0)
		fail_msg("%s: %s", cases[i].name, f.text);
	if (provider_search(&config, &outside.world, false, &keys, &source,
		&f) == 0) {
		check_keys(i, &keys, source);
		aws_keyset_release(&keys);
	} else {
		check_why(i, &f);
	}
	if (outside.at != n)
		fail_msg("%s: %zu requests of %zu", cases[i].name, outside.at,
		    n);
	if (n > 0)
		check_sent(i);
	if (outside.slept_ms != cases[i].slept)
		fail_msg("%s: slept %lld ms", cases[i].name,
		    (long long)outside.slept_ms);
	free(source);
	script_world_close(&outside);
	aws_config_release(&config);
}

static void
each_place_sends_and_says_what_it_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		home_open();
		assert_int_equal(chdir(home), 0);
		home_text(".aws/config", cases[i].config);
		if (cases[i].file != NULL)
			home_text(cases[i].file, cases[i].text);
		home_environment(cases[i].environment, true);
		play(i);
		home_environment(cases[i].environment, false);
		home_close();
	}
}

/* Search with the config as it is. Returns where the keys were, freed by the
 * caller; NULL: the fault says why. */
static char *
search(bool again, struct aws_keyset *keys, struct fault *f)
{
	const struct aws_config_ask ask = { .region = "a-b-1" };
	char *source = NULL;

	*keys = (struct aws_keyset){ 0 };
	if (aws_config_load(&config, &ask, f) != 0)
		fail_msg("%s", f->text);
	(void)provider_search(&config, &outside.world, again, keys, &source, f);
	aws_config_release(&config);
	return source;
}

/* And the rest of the file is unchanged. */
static void
a_renewed_token_is_saved_for_its_owner_alone(void **state)
{
	static const struct script_reply replies[] = {
		OK("{\"accessToken\":\"sso/new+=\",\"expiresIn\":3600}"),
		OK(SSO_KEYS),
		OK("{\"accessToken\":\"sso/3+=\",\"expiresIn\":3600,"
		   "\"refreshToken\":\"r/2+=\"}"),
		OK(SSO_KEYS),
	};
	static const char *const want[] = {
		"{\"clientId\":\"cid\",\"clientSecret\":\"c/secret+=\","
		"\"refreshToken\":\"r/1+=\",\"registrationExpiresAt\":\"" LATER
		"\",\"region\":\"eu-west-1\",\"accessToken\":\"sso/new+=\","
		"\"expiresAt\":\"2026-11-22T08:24:31Z\"}",
		"{\"clientId\":\"cid\",\"clientSecret\":\"c/secret+=\","
		"\"registrationExpiresAt\":\"" LATER
		"\",\"region\":\"eu-west-1\",\"accessToken\":\"sso/3+=\","
		"\"expiresAt\":\"2026-11-22T09:24:30Z\","
		"\"refreshToken\":\"r/2+=\"}",
	};
	char path[600], got[1024];
	struct stat st;

	(void)state;
	home_open();
	home_text(".aws/config", SSO_NEW);
	home_text(FILE_NEW, RENEWABLE(PAST, LATER));
	script_world(&outside, replies, 4);
	(void)snprintf(path, sizeof(path), "%s/" FILE_NEW, home);
	for (int i = 0; i < 2; i++) {
		struct aws_keyset keys;
		struct fault f = { 0 };
		char *source = search(i > 0, &keys, &f);
		FILE *in = fopen(path, "r");
		size_t n;

		assert_non_null(in);
		n = fread(got, 1, sizeof(got) - 1, in);
		got[n] = '\0';
		assert_int_equal(fclose(in), 0);
		if (source == NULL)
			fail_msg("%s", f.text);
		assert_string_equal(got, want[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_string_equal(keys.account, "123456789012");
		aws_keyset_release(&keys);
		free(source);
		/* an hour less a second later */
		outside.now_ms += 3599 * 1000;
	}
	script_world_close(&outside);
	home_close();
}

/* And the source says that it could not be saved. */
static void
a_token_that_cannot_be_saved_is_used(void **state)
{
	static const struct script_reply replies[] = {
		OK("{\"accessToken\":\"sso/new+=\",\"expiresIn\":3600}"),
		OK(SSO_KEYS),
	};
	struct aws_keyset keys;
	struct fault f = { 0 };
	char *source, *directory;

	(void)state;
	home_open();
	home_text(".aws/config", SSO_NEW);
	home_text(FILE_NEW, RENEWABLE(PAST, LATER));
	directory = xasprintf("%s/.aws/sso/cache", home);
	assert_int_equal(chmod(directory, 0500), 0);
	script_world(&outside, replies, 2);
	source = search(false, &keys, &f);
	assert_non_null(source);
	if (geteuid() != 0)
		assert_non_null(strstr(source, "could not be kept"));
	aws_keyset_release(&keys);
	free(source);
	script_world_close(&outside);
	assert_int_equal(chmod(directory, 0700), 0);
	free(directory);
	home_close();
}

static void
keys_of_a_login_session_are_used_until_they_expire(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: keys */
	} table[] = {
		/* clang-format off */
		{ "{\"accessToken\":{\"accessKeyId\":\"AKGOT\","
		    "\"secretAccessKey\":\"s/got+=\",\"sessionToken\":"
		    "\"t/got+=\",\"accountId\":\"123456789012\","
		    "\"expiresAt\":\"2026-11-22T09:12:00Z\"},"
		    "\"refreshToken\":\"r\",\"dpopKey\":\"k\"}", NULL },
		{ "{\"accessToken\":{\"accessKeyId\":\"AKGOT\","
		    "\"secretAccessKey\":\"s/got+=\",\"sessionToken\":"
		    "\"t/got+=\",\"expiresAt\":\"2026-11-22T07:24:31Z\"}}",
		    "the login session of profile \"l\" has "
		    "expired; run \"aws login --profile l\"; to have "
		    "its keys renewed without that, use a profile with "
		    "credential_process = aws configure export-credentials "
		    "--profile l --format process" },
		{ "{\"accessToken\":{}}", "it has no accessKeyId" },
		{ "x", "not a JSON object" },
		{ NULL, "the login session of profile \"l\" has no keys; "
		    "run \"aws login --profile l\"" },
		/* clang-format on */
	};

	(void)state;
	home_open();
	home_text(".aws/config",
	    "[profile l]\nlogin_session = arn:me\nrole_arns = x\n");
	home_environment("AWS_PROFILE=l AWS_LOGIN_CACHE_DIRECTORY=$HOME/in",
	    true);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct aws_keyset keys;
		struct fault f = { 0 };
		char *source;

		home_text("in/545571cfa93b7f589504ef846805e040f577bbf468827bf9"
			  "24b3b42c243ad70d.json",
		    table[i].text);
		script_world(&outside, NULL, 0);
		source = search(false, &keys, &f);
		if (table[i].want == NULL) {
			assert_string_equal(source,
			    "login session of profile \"l\"");
			assert_string_equal(keys.keys.access_key, "AKGOT");
			assert_string_equal(keys.account, "123456789012");
			assert_true(keys.expires == ENDS);
		} else if (source != NULL ||
		    strstr(f.text, table[i].want) == NULL ||
		    strstr(f.text, "+=") != NULL) {
			fail_msg("%s: %s", table[i].want, f.text);
		}
		aws_keyset_release(&keys);
		free(source);
	}
	home_environment("AWS_PROFILE= AWS_LOGIN_CACHE_DIRECTORY=", false);
	home_close();
}

static const char *typed;

static int
ask_typed(void *ctx, const char *prompt, struct buf *answer, struct fault *f)
{
	(void)ctx;
	assert_string_equal(prompt, "Enter MFA code for arn:mfa: ");
	if (typed == NULL)
		return fault(f, FAULT_CREDENTIALS, "there is no terminal");
	buf_adds(answer, typed);
	return 0;
}

static void
an_mfa_code_must_be_six_digits(void **state)
{
	static const struct script_reply reply[] = { OK(STS("AssumeRole")) };
	static const struct {
		const char *typed;
		bool again;
		const char *want; /* NULL: keys */
	} table[] = {
		{ "012345", false, NULL },
		{ "12345", false,
		    "an MFA code has 6 digits; nothing was sent" },
		{ "12345x", false, "an MFA code has 6 digits" },
		{ "", false, "an MFA code has 6 digits" },
		{ NULL, false,
		    "mfa_serial needs a code: there is no terminal" },
		{ "012345", true,
		    "mfa_serial needs a code, which is not asked for in "
		    "the middle of a run" },
	};

	(void)state;
	home_open();
	home_text(".aws/config", ROLE_BY_KEYS "mfa_serial = arn:mfa\n");
	for (size_t i = 0; i < COUNT(table); i++) {
		struct aws_keyset keys;
		struct fault f = { 0 };
		char *source;

		script_world(&outside, reply, table[i].want == NULL);
		outside.world.ask = ask_typed;
		typed = table[i].typed;
		source = search(table[i].again, &keys, &f);
		if (table[i].want == NULL)
			assert_non_null(strstr(buf_text(&outside.sent[0]),
			    "&SerialNumber=arn%3Amfa&TokenCode=012345"));
		else if (source != NULL ||
		    strstr(f.text, table[i].want) == NULL)
			fail_msg("%s: %s", table[i].want, f.text);
		assert_int_equal(source != NULL, table[i].want == NULL);
		aws_keyset_release(&keys);
		free(source);
		script_world_close(&outside);
	}
	home_close();
}

/* Until they expire. The file names are from botocore. */
static void
keys_cached_by_the_aws_cli_are_used(void **state)
{
	static const struct {
		const char *more, *file, *end;
		bool want;
	} table[] = {
		/* clang-format off */
		{ "", "70cc355d3b520ecf9e6aaeda91b7f29ab4180e52",
		    "2026-11-22T09:12:00Z", true },
		{ "", "70cc355d3b520ecf9e6aaeda91b7f29ab4180e52",
		    "2026-11-22T09:12:00+00:00", true },
		{ "role_session_name = me@h\nexternal_id = a\"b\\c/d\n"
		    "duration_seconds = 900\n",
		    "c124973664ab1288be32e3071b7fd2ff0bc12caa",
		    "2026-11-22T09:12:00UTC", true },
		/* expire soon; for other settings; damaged */
		{ "", "70cc355d3b520ecf9e6aaeda91b7f29ab4180e52",
		    "2026-11-22T07:39:30Z", false },
		{ "external_id = x1\n",
		    "70cc355d3b520ecf9e6aaeda91b7f29ab4180e52",
		    "2026-11-22T09:12:00Z", false },
		{ "", "70cc355d3b520ecf9e6aaeda91b7f29ab4180e52", "soon",
		    false },
		{ "external_id = \303\274\n",
		    "70cc355d3b520ecf9e6aaeda91b7f29ab4180e52",
		    "2026-11-22T09:12:00Z", false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct aws_keyset keys;
		struct fault f = { 0 };
		char *source, *text, *path;

		home_open();
		text = xasprintf("%smfa_serial = arn:mfa\n%s", ROLE_BY_KEYS,
		    table[i].more);
		home_text(".aws/config", text);
		free(text);
		path = xasprintf(".aws/cli/cache/%s.json", table[i].file);
		text = xasprintf("{\"Credentials\":{\"AccessKeyId\":\"AKGOT\","
				 "\"SecretAccessKey\":\"s/got+=\","
				 "\"SessionToken\":\"t/got+=\","
				 "\"Expiration\":\"%s\"}}",
		    table[i].end);
		home_text(path, text);
		free(text);
		free(path);
		script_world(&outside, NULL, 0);
		source = search(i % 2 == 1, &keys, &f);
		if ((source != NULL) != table[i].want)
			fail_msg("%zu: %s", i, f.text);
		if (source != NULL) {
			assert_non_null(strstr(source, "AWS CLI has of it"));
			assert_string_equal(keys.keys.access_key, "AKGOT");
			assert_true(keys.expires == ENDS);
		}
		aws_keyset_release(&keys);
		free(source);
		home_close();
	}
}

static void
a_role_can_be_assumed_by_another_role(void **state)
{
	static const struct script_reply replies[] = {
		OK("<AssumeRoleResponse><AssumeRoleResult><Credentials>"
		   "<AccessKeyId>AKMID</AccessKeyId><SecretAccessKey>s"
		   "</SecretAccessKey><SessionToken>t/mid+=</SessionToken>"
		   "<Expiration>2026-11-22T09:12:00Z</Expiration>"
		   "</Credentials></AssumeRoleResult></AssumeRoleResponse>"),
		OK(STS("AssumeRole")),
	};
	struct aws_keyset keys;
	struct fault f = { 0 };
	char *source;

	(void)state;
	home_open();
	home_text(".aws/config",
	    "[default]\nrole_arn = arn:a\nsource_profile = b\n"
	    "[profile b]\nrole_arn = arn:b\nsource_profile = c\n"
	    "[profile c]\n" STATIC);
	script_world(&outside, replies, 2);
	source = search(false, &keys, &f);
	if (source == NULL)
		fail_msg("%s", f.text);
	assert_memory_equal(source,
	    "role arn:a (profile \"default\"), with the keys of: role arn:b "
	    "(profile \"b\"), with the keys of: profile c (",
	    104);
	assert_non_null(
	    strstr(buf_text(&outside.headers[0]), "Credential=AKOWN/"));
	assert_non_null(
	    strstr(buf_text(&outside.headers[1]), "Credential=AKMID/"));
	assert_non_null(strstr(buf_text(&outside.headers[1]),
	    "x-amz-security-token: t/mid+=\n"));
	assert_string_equal(keys.account, "210987654321");
	aws_keyset_release(&keys);
	free(source);
	script_world_close(&outside);
	home_close();
}

static const struct {
	const char *name, *script; /* NULL: there is none */
	const char *command;       /* NULL: the script */
	const char *want[3];       /* keys: NULL */
} processes[] = {
	/* clang-format off */
	{ "keys", "echo '{\"Version\":1,\"AccessKeyId\":\"AKGOT\","
	    "\"SecretAccessKey\":\"s/got+=\",\"SessionToken\":\"t/got+=\","
	    "\"Expiration\":\"2026-11-22T09:12:00Z\"}'; echo hm >&2", NULL,
	    { NULL } },
	{ "keys among other members", "echo '{\"Version\":1,\"AccessKeyId\":"
	    "\"AKGOT\",\"SecretAccessKey\":\"s/got+=\",\"Expiration\":"
	    "\"2026-11-22T09:12:00Z\",\"x\":\"'; head -c 1000000 /dev/zero |"
	    "tr '\\0' x; echo '\"}'", NULL, { NULL } },
	{ "words", "echo \"$# $2\" >&2; exit 1",
	    "one 'two  words' th\\ ree $HOME",
	    { "it ended with status 1: 4 two  words" } },
	{ "status", "echo s/secret+=; echo 'sign on first' >&2; exit 255", NULL,
	    { "/.aws/config:2: credential_process: it ended with status 255: "
	    "sign on first", "!s/secret" } },
	{ "silent", "exit 7", NULL, { "it ended with status 7" } },
	{ "signal", "kill -9 $$", NULL, { "it was ended by signal 9" } },
	{ "control bytes", "printf 'a\\033[31mb' >&2; exit 1", NULL,
	    { "a\\x1b[31mb" } },
	{ "garbage", "echo '{\"SecretAccessKey\":\"s/secret+='", NULL,
	    { "not a JSON object", "!s/secret" } },
	{ "nothing", "true", NULL, { "not a JSON object (0 bytes)" } },
	{ "version", "echo '{\"Version\":2}'", NULL,
	    { "no \"Version\": 1" } },
	{ "no secret", "echo '{\"Version\":1,\"AccessKeyId\":\"AK\"}'",
	    NULL, { "what it writes: it has no SecretAccessKey" } },
	{ "endless", "yes", NULL, { "it writes more than 1048576 bytes" } },
	{ "many errors", "head -c 100000 /dev/zero | tr '\\0' x >&2;"
	    "exit 1", NULL, { "status 1: xxxxxxxx" } },
	{ "a child that still runs", "sleep 30 & echo '{}'", NULL,
	    { "no \"Version\": 1" } },
	{ "no such program", NULL, NULL, { "No such file or directory" } },
	{ "an open quote", NULL, "'x", { "a quote is not closed" } },
	/* clang-format on */
};

static void
a_process_gives_keys_or_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(processes); i++) {
		struct aws_keyset keys;
		struct fault f = { 0 };
		char *source, *text, *path;

		home_open();
		path = xasprintf("%s/program", home);
		text = xasprintf("[default]\ncredential_process = %s %s\n",
		    processes[i].script != NULL || processes[i].command == NULL
			? path
			: "",
		    processes[i].command != NULL ? processes[i].command : "");
		home_text(".aws/config", text);
		free(text);
		if (processes[i].script != NULL) {
			text =
			    xasprintf("#!/bin/sh\n%s\n", processes[i].script);
			home_text("program", text);
			free(text);
			assert_int_equal(chmod(path, 0700), 0);
		}
		script_world(&outside, NULL, 0);
		source = search(false, &keys, &f);
		if (processes[i].want[0] == NULL && source == NULL)
			fail_msg("%s: %s", processes[i].name, f.text);
		if (processes[i].want[0] == NULL) {
			assert_string_equal(source,
			    "process of profile \"default\"");
			assert_string_equal(keys.keys.secret_key, "s/got+=");
			assert_true(keys.expires == ENDS);
		}
		for (int j = 0; j < 3 && processes[i].want[j] != NULL; j++) {
			const char *want = processes[i].want[j];
			bool absent = *want == '!';

			if (source != NULL ||
			    (strstr(f.text, want + absent) == NULL) != absent)
				fail_msg("%s: %s", processes[i].name, f.text);
		}
		aws_keyset_release(&keys);
		free(source);
		free(path);
		home_close();
	}
}

/* With all that it started. The world's clock runs fast here. */
static int64_t
mono_ahead(void *ctx)
{
	struct script *s = ctx;

	s->now_ms += 400;
	return s->now_ms * 1000;
}

static void
an_endless_process_is_killed(void **state)
{
	struct aws_keyset keys;
	struct fault f = { 0 };
	char *text;

	(void)state;
	home_open();
	text = xasprintf("[default]\ncredential_process = %s/program\n", home);
	home_text(".aws/config", text);
	free(text);
	home_text("program", "#!/bin/sh\necho '{}'\nsleep 60\n");
	text = xasprintf("%s/program", home);
	assert_int_equal(chmod(text, 0700), 0);
	free(text);
	script_world(&outside, NULL, 0);
	outside.world.mono_us = mono_ahead;
	assert_null(search(false, &keys, &f));
	assert_non_null(strstr(f.text, "it has not ended in 120 seconds"));
	home_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_sends_and_says_what_it_should),
		cmocka_unit_test(a_renewed_token_is_saved_for_its_owner_alone),
		cmocka_unit_test(a_token_that_cannot_be_saved_is_used),
		cmocka_unit_test(
		    keys_of_a_login_session_are_used_until_they_expire),
		cmocka_unit_test(an_mfa_code_must_be_six_digits),
		cmocka_unit_test(keys_cached_by_the_aws_cli_are_used),
		cmocka_unit_test(a_role_can_be_assumed_by_another_role),
		cmocka_unit_test(a_process_gives_keys_or_a_reason),
		cmocka_unit_test(an_endless_process_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
