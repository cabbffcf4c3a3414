#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/aws/profile.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "tests/unit/home.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Results of botocore (configloader.py with Python's configparser). */
#define CONFIG PROFILE_CONFIG
#define KEYS PROFILE_CREDENTIALS

static const struct {
	const char *name;
	enum profile_kind kind;
	const char *text;
	const char *type, *section, *option, *sub;
	const char *want; /* NULL: nothing */
} gets[] = {
	/* clang-format off */
	{ "plain", CONFIG, "[default]\nregion = eu-west-1\n",
	    "profile", "default", "region", NULL, "eu-west-1" },
	{ "no newline at the end", CONFIG, "[default]\nregion=eu-west-1",
	    "profile", "default", "region", NULL, "eu-west-1" },
	{ "option name in capitals", CONFIG, "[default]\nREGION = A\n",
	    "profile", "default", "region", NULL, "A" },
	{ "colon", CONFIG, "[default]\nregion: a\n",
	    "profile", "default", "region", NULL, "a" },
	{ "the first delimiter counts: colon", CONFIG,
	    "[default]\na:b=c\n", "profile", "default", "a", NULL, "b=c" },
	{ "the first delimiter counts: equals", CONFIG,
	    "[default]\na = b : c\n", "profile", "default", "a", NULL,
	    "b : c" },
	{ "two words in an option", CONFIG, "[default]\na b = c\n",
	    "profile", "default", "a b", NULL, "c" },
	{ "value with = at its end", CONFIG, "[default]\nt = ab/+==\n",
	    "profile", "default", "t", NULL, "ab/+==" },
	{ "no comments after a value", CONFIG,
	    "[default]\nk = v # no ; no\n", "profile", "default", "k", NULL,
	    "v # no ; no" },
	{ "comments between", CONFIG,
	    "# a\n; b\n[default]\n  # c\nk = v\n", "profile", "default", "k",
	    NULL, "v" },
	{ "quotes are kept", CONFIG, "[default]\nk = \"v\"\n",
	    "profile", "default", "k", NULL, "\"v\"" },
	{ "no interpolation", CONFIG, "[default]\nk = %(x)s ${y}\n",
	    "profile", "default", "k", NULL, "%(x)s ${y}" },
	{ "empty value", CONFIG, "[default]\nk =\nl = 1\n",
	    "profile", "default", "k", NULL, "" },
	{ "DOS newlines", CONFIG, "[default]\r\nk = v\r\n\r\nl = w\r\n",
	    "profile", "default", "k", NULL, "v" },
	{ "old Mac newlines", CONFIG, "[default]\rk = v\rl = w\r",
	    "profile", "default", "l", NULL, "w" },
	{ "byte order mark", CONFIG, "\357\273\277[default]\nk = v\n",
	    "profile", "default", "k", NULL, "v" },
	{ "no-break spaces are white space", CONFIG,
	    "[default]\n\302\240k\302\240=\302\240v\302\240\n",
	    "profile", "default", "k", NULL, "v" },
	{ "other spaces are white space", CONFIG,
	    "[default]\nk =\342\200\203v\343\200\200\f\n",
	    "profile", "default", "k", NULL, "v" },
	{ "letters outside ASCII", CONFIG,
	    "[profile \303\274]\nk = \344\270\255\n",
	    "profile", "\303\274", "k", NULL, "\344\270\255" },
	{ "bytes that are not UTF-8", CONFIG, "[default]\nk = \374\377\n",
	    "profile", "default", "k", NULL, "\374\377" },

	{ "continued", CONFIG, "[default]\nk = a\n  b\n\tc\n",
	    "profile", "default", "k", NULL, "a\nb\nc" },
	{ "continued past an empty line", CONFIG,
	    "[default]\nk = a\n\n  b\n\n", "profile", "default", "k", NULL,
	    "a\n\nb" },
	{ "continued past a comment", CONFIG,
	    "[default]\nk = a\n# x\n  ; y\n  b\n", "profile", "default", "k",
	    NULL, "a\nb" },
	{ "continued by what looks like an option", CONFIG,
	    "[default]\nk = a\n  l = b\n", "profile", "default", "k", NULL,
	    "a\nl = b" },
	{ "which is then not an option", CONFIG, "[default]\nk = a\n  l = b\n",
	    "profile", "default", "l", NULL, NULL },
	{ "continued by what looks like a section", CONFIG,
	    "[default]\nk = a\n  [profile x]\n", "profile", "default", "k",
	    NULL, "a\n[profile x]" },
	{ "the indent of the option counts", CONFIG,
	    "[default]\n  k = a\n  l = b\n    c\n", "profile", "default",
	    "l", NULL, "b\nc" },
	{ "not continued at the same indent", CONFIG,
	    "[default]\n  k = a\n  l = b\n", "profile", "default", "k", NULL,
	    "a" },
	{ "indent counts characters", CONFIG,
	    "[default]\n\302\240\302\240k = a\n\t\tl = b\n",
	    "profile", "default", "l", NULL, "b" },
	{ "no section begins with a continuation", CONFIG,
	    "[a]\nk = v\n[default]\n    l = w\n", "profile", "default", "l",
	    NULL, "w" },

	{ "nested", CONFIG,
	    "[services s]\ndynamodb =\n  endpoint_url = http://x\n",
	    "services", "s", "dynamodb", "endpoint_url", "http://x" },
	{ "nested, tabs and empty lines", CONFIG,
	    "[services s]\ndynamodb=\n\n\ta=1\n\n\tb = 2\n",
	    "services", "s", "dynamodb", "b", "2" },
	{ "nested names keep their case", CONFIG,
	    "[services s]\ndynamodb =\n  Endpoint_URL = x\n",
	    "services", "s", "dynamodb", "endpoint_url", NULL },
	{ "nested twice: the last", CONFIG,
	    "[services s]\nd =\n  a = 1\n  a = 2\n",
	    "services", "s", "d", "a", "2" },
	{ "nested: only = divides", CONFIG,
	    "[services s]\nd =\n  a:b = c=d\n",
	    "services", "s", "d", "a:b", "c=d" },
	{ "an option with nested ones has no value", CONFIG,
	    "[services s]\nd =\n  a = 1\n", "services", "s", "d", NULL,
	    NULL },
	{ "a value is not nested", CONFIG,
	    "[services s]\nd = a\n  a = 1\n", "services", "s", "d", "a",
	    NULL },
	{ "nested ones belong to the last option", CONFIG,
	    "[services s]\ns3 =\n  a = 1\nd =\n  a = 2\n",
	    "services", "s", "d", "a", "2" },

	{ "profile", CONFIG, "[profile dev]\nk = v\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "profile in double quotes", CONFIG, "[profile \"my dev\"]\nk = v\n",
	    "profile", "my dev", "k", NULL, "v" },
	{ "profile in single quotes", CONFIG, "[profile 'my dev']\nk = v\n",
	    "profile", "my dev", "k", NULL, "v" },
	{ "profile with a backslash", CONFIG, "[profile my\\ dev]\nk = v\n",
	    "profile", "my dev", "k", NULL, "v" },
	{ "several spaces", CONFIG, "[profile \t dev  ]\nk = v\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "words that begin with profile", CONFIG, "[profiles dev]\nk = v\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "three words", CONFIG, "[profile my dev]\nk = v\n",
	    "profile", "my", "k", NULL, NULL },
	{ "one word", CONFIG, "[profiledev]\nk = v\n",
	    "profile", "dev", "k", NULL, NULL },
	{ "open quote", CONFIG, "[profile \"dev]\nk = v\n",
	    "profile", "\"dev", "k", NULL, NULL },
	{ "space before profile", CONFIG, "[ profile dev]\nk = v\n",
	    "profile", "dev", "k", NULL, NULL },
	{ "space after default", CONFIG, "[default ]\nk = v\n",
	    "profile", "default", "k", NULL, NULL },
	{ "not a profile without the word", CONFIG, "[dev]\nk = v\n",
	    "profile", "dev", "k", NULL, NULL },
	{ "profile names keep their case", CONFIG, "[profile Dev]\nk = v\n",
	    "profile", "dev", "k", NULL, NULL },
	{ "profile default", CONFIG, "[profile default]\nk = v\n",
	    "profile", "default", "k", NULL, "v" },
	{ "default and profile default: the last counts", CONFIG,
	    "[default]\nk = v\n[profile default]\nk = w\n",
	    "profile", "default", "k", NULL, "w" },
	{ "default and profile default are not merged", CONFIG,
	    "[profile default]\nl = w\n[default]\nk = v\n",
	    "profile", "default", "l", NULL, NULL },
	{ "text after the bracket", CONFIG, "[profile dev] # x\nk = v\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "to the last bracket", CONFIG, "[profile \"a]b\"]\nk = v\n",
	    "profile", "a]b", "k", NULL, "v" },
	{ "indented section", CONFIG, "  [profile dev]\n  k = v\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "sso-session", CONFIG, "[sso-session corp]\nsso_region = r\n",
	    "sso-session", "corp", "sso_region", NULL, "r" },
	{ "no profile of that name", CONFIG, "[sso-session corp]\nk = v\n",
	    "profile", "corp", "k", NULL, NULL },
	{ "other sections", CONFIG,
	    "[plugins]\nk = v\n[preview]\n[default]\nk = w\n",
	    "profile", "default", "k", NULL, "w" },
	{ "DEFAULT counts everywhere", CONFIG,
	    "[DEFAULT]\nk = v\n[profile dev]\nl = w\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "DEFAULT comes second", CONFIG,
	    "[profile dev]\nk = w\n[DEFAULT]\nk = v\n",
	    "profile", "dev", "k", NULL, "w" },
	{ "DEFAULT in two places", CONFIG,
	    "[DEFAULT]\na = 1\n[profile dev]\n[DEFAULT]\nb = 2\n",
	    "profile", "dev", "b", NULL, "2" },
	{ "DEFAULT is not a profile", CONFIG, "[DEFAULT]\nk = v\n",
	    "profile", "DEFAULT", "k", NULL, NULL },

	{ "credentials: the bare name", KEYS, "[dev]\nk = v\n",
	    "profile", "dev", "k", NULL, "v" },
	{ "credentials: the whole header is the name", KEYS,
	    "[profile dev]\nk = v\n", "profile", "profile dev", "k", NULL,
	    "v" },
	{ "credentials: quotes are kept", KEYS, "[\"my dev\"]\nk = v\n",
	    "profile", "\"my dev\"", "k", NULL, "v" },
	{ "credentials: a name of two words", KEYS, "[my dev]\nk = v\n",
	    "profile", "my dev", "k", NULL, "v" },
	{ "credentials: no sso-session", KEYS, "[sso-session a]\nk = v\n",
	    "sso-session", "a", "k", NULL, NULL },
	{ "empty file", KEYS, "", "profile", "default", "k", NULL, NULL },
	{ "comments only", KEYS, "# x\n\n   \n; y", "profile", "default",
	    "k", NULL, NULL },
	/* clang-format on */
};

static void
values_are_read_as_by_botocore(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(gets); i++) {
		struct fault f = { 0 };
		struct profile_file *file = profile_parse(gets[i].text,
		    strlen(gets[i].text), "file", gets[i].kind, &f);
		const char *v;

		if (file == NULL)
			fail_msg("%s: %s", gets[i].name, f.text);
		v = profile_get(file, gets[i].type, gets[i].section,
		    gets[i].option, gets[i].sub);
		if ((v == NULL) != (gets[i].want == NULL) ||
		    (v != NULL && strcmp(v, gets[i].want) != 0))
			fail_msg("%s: %s", gets[i].name,
			    v != NULL ? v : "nothing");
		profile_free(file);
	}
}

static const struct {
	const char *name;
	const char *text;
	size_t n; /* 0: up to the NUL */
	const char *want;
} refused[] = {
	/* clang-format off */
	{ "option before any section", "region = a\n", 0,
	    "file:1: a setting before the first [section]; put its section above it, such as [default]" },
	{ "text before any section", "\n# x\nhello\n", 0,
	    "file:3: a setting before the first [section]; put its section above it, such as [default]" },
	{ "the first bracket left open", "[default\nk = v\n", 0,
	    "file:1: a section without its closing ]" },
	{ "neither section nor option", "[default]\nk = v\n\nhello\n", 0,
	    "file:4: neither a [section] nor \"name = value\"" },
	{ "no name", "[default]\n= v\n", 0,
	    "file:2: neither a [section] nor \"name = value\"" },
	{ "brackets without a name", "[default]\n[]\n", 0,
	    "file:2: neither a [section] nor \"name = value\"" },
	{ "bracket left open", "[default]\n[profile x\n", 0,
	    "file:2: neither a [section] nor \"name = value\"" },
	{ "section twice", "[default]\r\nk = v\r\n[a]\r\n[default]\r\n", 0,
	    "file:4: section [default] begins in line 1 already" },
	{ "option twice", "[default]\nk = v\nl = w\nK = x\n", 0,
	    "file:4: k is set in line 2 already" },
	{ "option twice in DEFAULT", "[DEFAULT]\nk = v\n[DEFAULT]\nk = w\n",
	    0, "file:4: k is set in line 2 already" },
	{ "nested without =", "[services s]\nd =\n  a = 1\n  b: 2\n", 0,
	    "file:4: below d there must be \"name = value\"" },
	{ "NUL", "[default]\nk = \0v\n", 17,
	    "file:2: a NUL byte: not a text file, or one in UTF-16; save it "
	    "as UTF-8" },
	{ "UTF-16", "\377\376[\0d\0", 6,
	    "file:1: a NUL byte: not a text file, or one in UTF-16; save it "
	    "as UTF-8" },
	{ "control bytes do not reach the terminal", "[\33[2J]\n[\33[2J]\n",
	    0, "file:2: section [?[2J] begins in line 1 already" },
	/* clang-format on */
};

static void
broken_files_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		size_t n = refused[i].n;
		struct fault f = { 0 };
		struct profile_file *file;

		if (n == 0)
			n = strlen(refused[i].text);
		file = profile_parse(refused[i].text, n, "file", CONFIG, &f);
		if (file != NULL || f.kind != FAULT_CONFIG ||
		    strcmp(f.text, refused[i].want) != 0)
			fail_msg("%s: %s", refused[i].name, f.text);
	}
}

static void
lines_and_names_are_known(void **state)
{
	static const char text[] = "[profile b]\n"
				   "region = x\n"
				   "[profile a]\n"
				   "[sso-session s]\n"
				   "[DEFAULT]\n"
				   "k = v\n"
				   "[default]\n"
				   "[profile \"b\"]\n"
				   "output = json\n";
	struct fault f = { 0 };
	struct profile_file *file =
	    profile_parse(text, sizeof(text) - 1, "/etc/file", CONFIG, &f);

	(void)state;
	assert_non_null(file);
	assert_string_equal(profile_path(file), "/etc/file");
	assert_string_equal(profile_name(file, 0), "a");
	assert_string_equal(profile_name(file, 1), "default");
	assert_string_equal(profile_name(file, 2), "b");
	assert_null(profile_name(file, 3));
	assert_true(profile_has(file, "profile", "default"));
	assert_true(profile_has(file, "sso-session", "s"));
	assert_false(profile_has(file, "profile", "s"));
	assert_false(profile_has(file, "profile", "DEFAULT"));
	assert_int_equal(profile_line(file, "profile", "b", NULL), 8);
	assert_int_equal(profile_line(file, "profile", "b", "output"), 9);
	assert_int_equal(profile_line(file, "profile", "b", "region"), 0);
	assert_int_equal(profile_line(file, "profile", "b", "k"), 6);
	assert_int_equal(profile_line(file, "profile", "c", NULL), 0);
	profile_free(file);
	profile_free(NULL);
}

/* A value of 200 KB, and one with a thousand continuation lines. */
static void
values_may_be_long(void **state)
{
	struct buf text = { 0 };
	struct fault f = { 0 };
	struct profile_file *file;
	const char *v;

	(void)state;
	buf_adds(&text, "[dev]\naws_session_token = ");
	memset(buf_reserve(&text, 200000), 't', 200000);
	text.n += 200000;
	buf_adds(&text, "\nlong = 0");
	for (int i = 1; i < 1000; i++)
		buf_addf(&text, "\n\n  %d", i);
	file = profile_parse(text.p, text.n, "file", KEYS, &f);
	assert_non_null(file);
	v = profile_get(file, "profile", "dev", "aws_session_token", NULL);
	assert_int_equal(strlen(v), 200000);
	v = profile_get(file, "profile", "dev", "long", NULL);
	assert_memory_equal(v, "0\n\n1\n\n2\n\n3", 10);
	assert_string_equal(v + strlen(v) - 5, "\n\n999");
	profile_free(file);
	buf_release(&text);
}

static void
a_missing_file_is_empty(void **state)
{
	struct fault f = { 0 };
	struct profile_file *file;
	char *dir, *path, *below;

	(void)state;
	home_open();
	dir = xasprintf("%s/.aws", home);
	path = xasprintf("%s/config", dir);
	below = xasprintf("%s/config", path);

	file = profile_load(path, CONFIG, &f);
	assert_non_null(file); /* missing: empty */
	assert_null(profile_name(file, 0));
	profile_free(file);

	home_text(".aws/config", "[default]\nk = v\n");
	file = profile_load(path, CONFIG, &f);
	assert_non_null(file);
	assert_string_equal(profile_get(file, "profile", "default", "k", NULL),
	    "v");
	profile_free(file);

	file = profile_load(below, CONFIG, &f);
	assert_non_null(file); /* below a file: missing too */
	profile_free(file);

	home_text(".aws/config", "oops\n");
	assert_null(profile_load(path, CONFIG, &f));
	assert_int_equal(f.kind, FAULT_CONFIG);
	assert_non_null(strstr(f.text, "/config:1: "));

	assert_null(profile_load(dir, CONFIG, &f));
	assert_non_null(strstr(f.text, "directory"));

	assert_null(profile_load("/dev/zero", CONFIG, &f));
	assert_non_null(strstr(f.text, "longer than 4 MiB"));

	if (geteuid() != 0) { /* root may read everything */
		assert_int_equal(chmod(path, 0), 0);
		assert_null(profile_load(path, CONFIG, &f));
		assert_non_null(strstr(f.text, "denied"));
		assert_int_equal(chmod(dir, 0), 0);
		file = profile_load(path, CONFIG, &f);
		assert_non_null(file);
		profile_free(file);
		assert_int_equal(chmod(dir, 0700), 0);
	}
	free(below);
	free(path);
	free(dir);
	home_close();
}

/* As many options and sections as fit into 4 MiB; the last one is still
 * compared with all others. */
static void
a_full_file_is_read_at_once(void **state)
{
	struct buf text = { 0 };
	struct profile_file *file;
	struct fault f = { 0 };

	(void)state;
	for (int i = 0; i < 60000; i++)
		buf_addf(&text, "[profile p%d]\no = x\n", i);
	buf_adds(&text, "[default]\n");
	for (int i = 0; i < 150000; i++)
		buf_addf(&text, "o%d = x\n", i);
	file = profile_parse(text.p, text.n, "file", CONFIG, &f);
	assert_non_null(file);
	assert_true(profile_has(file, "profile", "p59999"));
	assert_int_equal(profile_line(file, "profile", "default", "o149999"),
	    270001);
	profile_free(file);
	buf_adds(&text, "O7 = x\n");
	assert_null(profile_parse(text.p, text.n, "file", CONFIG, &f));
	assert_string_equal(f.text,
	    "file:270002: o7 is set in line 120009 already");
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_as_by_botocore),
		cmocka_unit_test(broken_files_are_refused),
		cmocka_unit_test(lines_and_names_are_known),
		cmocka_unit_test(values_may_be_long),
		cmocka_unit_test(a_full_file_is_read_at_once),
		cmocka_unit_test(a_missing_file_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
