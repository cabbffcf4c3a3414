#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "inspector/mask.h"
#include "inspector/record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MARK "\xe2\x80\xa6"

static const char *const prefixes[] = { "session:", "sess:" };

/* The digits at the end are the key's own SHA-256, by another program. */
static const struct {
	const char *name;
	const char *key;
	size_t n;
	const char *shown;
	size_t shown_n; /* 0: as long as a string is */
} cases[] = {
	/* clang-format off */
	{ "short secret", "session:abc", 11, "session:" MARK "a29d80", 0 },
	{ "15 characters", "sess:0123456789abcde", 20, "sess:" MARK "885e82", 0 },
	{ "16 characters", "session:0123456789abcdef", 24, "session:0123" MARK "3e27ee", 0 },
	{ "20 characters", "session:0123456789abcdef0123", 28, "session:0123" MARK "331696", 0 },
	{ "no secret", "session:", 8, "session:" MARK "0bc850", 0 },
	{ "17 characters of two bytes",
	  "session:\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	  "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 42,
	  "session:\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4" MARK "a33b28", 0 },
	{ "15 characters of three bytes",
	  "session:\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
	  "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
	  "\xe2\x82\xac\xe2\x82\xac", 53,
	  "session:" MARK "b7fb67", 0 },
	{ "a NUL in the secret", "session:a\0b", 11, "session:" MARK "ffa028", 0 },
	{ "bytes that are no UTF-8", "session:abc\xff\xfe" "0123456789abcdef", 29,
	  "session:abc\xff" MARK "8be844", 0 },
	{ "a character cut short", "session:ab\xe2\x82" "0123456789abcdef", 28,
	  "session:ab\xe2\x82" MARK "f8c896", 0 },
	{ "an item", "user:0123456789abcdef", 21, "user:0123456789abcdef", 0 },
	{ "an item with a NUL", "user:\0x", 7, "user:\0x", 7 },
	{ "an item that looks masked", "user:" MARK "a29d80", 14, "user:" MARK "a29d80", 0 },
	{ "empty", "", 0, "", 0 },
	/* clang-format on */
};

static void
test_key(void **state)
{
	struct rules rules = { .session_prefixes = prefixes,
		.nprefixes = COUNT(prefixes) };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice key = { cases[i].key, cases[i].n };
		struct buf b = { 0 };
		size_t n = cases[i].shown_n;

		if (n == 0)
			n = strlen(cases[i].shown);
		mask_key(&b, &rules, key);
		if (b.n != n || memcmp(b.p, cases[i].shown, n) != 0) {
			print_error("%s: %s\n", cases[i].name, buf_text(&b));
			bad++;
		}
		buf_release(&b);
	}
	assert_int_equal(bad, 0);
}

/* With an empty prefix every key is a secret from its first character. */
static void
test_empty_prefix(void **state)
{
	static const char *const empty[] = { "" };
	struct rules rules = { .session_prefixes = empty, .nprefixes = 1 };
	struct buf b = { 0 };

	(void)state;
	mask_key(&b, &rules, SLICE("0123456789abcdefXYZ"));
	assert_string_equal(buf_text(&b), "0123" MARK "b19dd0");
	buf_release(&b);
}

/* What mask_key adds stands behind what is there, and is known again. */
static void
test_adds(void **state)
{
	struct rules rules = { .session_prefixes = prefixes,
		.nprefixes = COUNT(prefixes) };
	struct buf b = { 0 };

	(void)state;
	buf_adds(&b, "> ");
	mask_key(&b, &rules, SLICE("session:abc"));
	assert_string_equal(buf_text(&b), "> session:" MARK "a29d80");
	assert_true(mask_is((struct slice){ b.p + 2, b.n - 2 }));
	buf_release(&b);
}

static const struct {
	const char *name;
	const char *text;
	int is;
} masks[] = {
	/* clang-format off */
	{ "masked", "session:0123" MARK "3e27ee", 1 },
	{ "nothing before it", MARK "3e27ee", 1 },
	{ "an ellipsis in the middle", "a" MARK "b" MARK "000000", 1 },
	{ "five digits", "session:" MARK "3e27e", 0 },
	{ "seven digits", "session:" MARK "3e27ee0", 0 },
	{ "no hexadecimal digit", "session:" MARK "3e27eg", 0 },
	{ "capitals", "session:" MARK "3E27EE", 0 },
	{ "three dots", "session:...3e27ee", 0 },
	{ "no ellipsis", "session:0123456789", 0 },
	{ "a cut ellipsis", "\x80\xa6" "3e27ee", 0 },
	{ "empty", "", 0 },
	/* clang-format on */
};

static void
test_is(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++)
		if (mask_is(slice_str(masks[i].text)) != masks[i].is) {
			print_error("%s\n", masks[i].name);
			bad++;
		}
	if (mask_is((struct slice){ "a" MARK "3e27\0e", 10 }) != 0)
		bad++;
	assert_int_equal(bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_empty_prefix),
		cmocka_unit_test(test_adds),
		cmocka_unit_test(test_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
