#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* FIPS 180-4's examples. */
static void
sha256_matches_fips_180_4(void **state)
{
	char *million = malloc(1000000), out[65];

	(void)state;
	assert_non_null(million);
	memset(million, 'a', 1000000);
	crypto_sha256_hex(out, NULL, 0);
	assert_string_equal(out,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	crypto_sha256_hex(out, "abc", 3);
	assert_string_equal(out,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	crypto_sha256_hex(out, million, 1000000);
	assert_string_equal(out,
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

/* RFC 4231, cases 2 and 6, and an empty key. */
static void
hmac_matches_rfc_4231(void **state)
{
	unsigned char key[131], sum[CRYPTO_SHA256];
	char out[65];

	(void)state;
	crypto_hmac_sha256(sum, "Jefe", 4, "what do ya want for nothing?", 28);
	crypto_hex(out, sum, sizeof(sum));
	assert_string_equal(out,
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	crypto_hmac_sha256(sum, key, sizeof(key),
	    "Test Using Larger Than Block-Size Key - Hash Key First", 54);
	crypto_hex(out, sum, sizeof(sum));
	assert_string_equal(out,
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
	crypto_hmac_sha256(sum, NULL, 0, NULL, 0);
	crypto_hex(out, sum, sizeof(sum));
	assert_string_equal(out,
	    "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad");
}

/* RFC 4648, section 10, and bytes that use the last two letters. */
static const struct {
	const char *plain;
	size_t n;
	const char *text;
} base64[] = {
	{ "", 0, "" },
	{ "f", 1, "Zg==" },
	{ "fo", 2, "Zm8=" },
	{ "foo", 3, "Zm9v" },
	{ "foob", 4, "Zm9vYg==" },
	{ "fooba", 5, "Zm9vYmE=" },
	{ "foobar", 6, "Zm9vYmFy" },
	{ "\0", 1, "AA==" },
	{ "\0\0\0", 3, "AAAA" },
	{ "\373\377\277", 3, "+/+/" },
	{ "\377\377", 2, "//8=" },
};

static void
base64_matches_rfc_4648(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(base64); i++) {
		const char *text = base64[i].text;
		struct buf b = { 0 };

		buf_adds(&b, "<");
		crypto_base64(&b, base64[i].plain, base64[i].n);
		assert_string_equal(buf_text(&b) + 1, text);
		buf_reset(&b);
		buf_adds(&b, "<");
		assert_int_equal(crypto_base64_decode(&b, text, strlen(text)),
		    0);
		assert_int_equal(b.n, base64[i].n + 1);
		assert_memory_equal(b.p + 1, base64[i].plain, base64[i].n);
		assert_int_equal(b.p[b.n], '\0');
		buf_release(&b);
	}
}

static const struct {
	const char *name;
	const char *text;
} not_base64[] = {
	{ "no padding", "Zg" },
	{ "half the padding", "Zg=" },
	{ "too much padding", "Zg===" },
	{ "padding alone", "====" },
	{ "three of them", "Z===" },
	{ "padding inside", "Zg==Zg==" },
	{ "padding before the end", "Zm=v" },
	{ "unused bits, one byte", "Zh==" },
	{ "unused bits, two bytes", "Zm9=" },
	{ "space before", " Zm9v" },
	{ "space inside", "Zm 9v" },
	{ "four spaces", "    " },
	{ "newline after", "Zm9v\n" },
	{ "newlines for a group", "Zm9v\n\n\n\n" },
	{ "URL alphabet", "-_-_" },
	{ "one letter", "Z" },
	{ "byte past ASCII", "Zm9\303" },
	{ "bad in a later group", "Zm9vZm9*" },
};

static void
noncanonical_base64_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_base64); i++) {
		const char *text = not_base64[i].text;
		struct buf b = { 0 };

		buf_adds(&b, "was");
		if (crypto_base64_decode(&b, text, strlen(text)) != -1)
			fail_msg("%s: decoded", not_base64[i].name);
		if (b.n != 3 || strcmp(buf_text(&b), "was") != 0)
			fail_msg("%s: the output was touched",
			    not_base64[i].name);
		buf_release(&b);
	}
}

/* Longer than one call of OpenSSL's encoder, and not a multiple of 3. */
static void
long_data_survives_base64(void **state)
{
	const size_t n = (7 << 20) + 1;
	struct buf text = { 0 }, back = { 0 };
	unsigned char *p = malloc(n);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(i * 2654435761u >> 13);
	crypto_base64(&text, p, n);
	assert_int_equal(text.n, (n + 2) / 3 * 4);
	assert_int_equal(strlen(text.p), text.n);
	assert_int_equal(crypto_base64_decode(&back, text.p, text.n), 0);
	assert_int_equal(back.n, n);
	assert_memory_equal(back.p, p, n);
	buf_release(&text);
	buf_release(&back);
	free(p);
}

static void
wiped_is_zero_and_random_differs(void **state)
{
	unsigned char a[32] = { 0 }, b[32] = { 0 }, zero[32] = { 0 };

	(void)state;
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	crypto_random(NULL, 0);
	assert_memory_not_equal(a, zero, sizeof(a));
	assert_memory_not_equal(a, b, sizeof(a));
	crypto_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
	crypto_wipe(NULL, 0);
}

/* RFC 1321, appendix A.5; also in pieces. */
static void
md5_matches_rfc_1321(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "d41d8cd98f00b204e9800998ecf8427e" },
		{ "abc", "900150983cd24fb0d6963f7d28e17f72" },
		{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hash_md5 *h = crypto_md5_begin();
		unsigned char sum[CRYPTO_MD5];
		char hex[2 * CRYPTO_MD5 + 1];

		if (h == NULL) /* the system does not allow it */
			skip();
		for (const char *p = cases[i].text; *p != '\0'; p++)
			crypto_md5_add(h, p, 1);
		crypto_md5_end(h, sum);
		crypto_hex(hex, sum, sizeof(sum));
		assert_string_equal(hex, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_matches_fips_180_4),
		cmocka_unit_test(hmac_matches_rfc_4231),
		cmocka_unit_test(base64_matches_rfc_4648),
		cmocka_unit_test(noncanonical_base64_is_refused),
		cmocka_unit_test(long_data_survives_base64),
		cmocka_unit_test(wiped_is_zero_and_random_differs),
		cmocka_unit_test(md5_matches_rfc_1321),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
