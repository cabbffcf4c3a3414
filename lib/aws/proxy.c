#include <stdlib.h>
#include <string.h>

#include "lib/aws/proxy.h"
#include "lib/base/blank.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/secret.h"

/* What libcurl reads (libcurl-env(3)), and HTTP_PROXY, which it does not. */
static const char *const names[] = { "http_proxy", "https_proxy", "all_proxy",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" };
#define NAMES (sizeof(names) / sizeof(names[0]))

/* Shorter ones are words that stand in any message. */
#define PROXY_SECRET_MIN 4

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Behind the scheme. */
static const char *
after_scheme(const char *address)
{
	const char *p = strstr(address, "://");

	return p != NULL ? p + 3 : address;
}

/* [scheme://][user[:password]@]host[:port][/]. Of any other form nobody knows
 * which part is a password ("user:secret", "http://user:secret%40host"). */
static bool
is_plain(const char *address)
{
	const char *p = after_scheme(address), *at = strrchr(p, '@');
	size_t n;

	/* an @, / or blank in a password is written as %40, %2F, %20 */
	if (at != NULL && strcspn(p, "@/\\?# ") != (size_t)(at - p))
		return false;
	p = at != NULL ? at + 1 : p;
	if (*p == '[') {
		n = strspn(p + 1, DIGITS "abcdefABCDEF:.") + 1;
		if (n == 1 || p[n] != ']')
			return false;
		p += n + 1;
	} else {
		n = strspn(p, LETTERS DIGITS "-._");
		if (n == 0)
			return false;
		p += n;
	}
	if (*p == ':') {
		n = strspn(++p, DIGITS);
		if (n == 0 || n > 5)
			return false;
		p += n;
	}
	p += *p == '/';
	return *p == '\0';
}

bool
proxy_all_plain(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0' && !is_plain(value))
			return false;
	}
	return true;
}

/* A digit of base 16, or -1. */
static int
nibble(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) % 16 : -1;
}

/* ${p}[0..n), percent-decoded. */
static void
decode(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = i + 2 < n && p[i] == '%' ? nibble(p[i + 1]) : -1;
		int low = high >= 0 ? nibble(p[i + 2]) : -1;

		if (low >= 0)
			i += 2;
		buf_addc(out, low >= 0 ? (char)(high * 16 + low) : p[i]);
	}
}

static void
blank(struct buf *text, const char *secret)
{
	if (strlen(secret) >= PROXY_SECRET_MIN)
		blank_secret(text, secret, PROXY_SECRET_MIN);
}

/* ${p}[0..n): as it is, decoded, and, both parts of it, as the base64 of
 * Proxy-Authorization. */
static void
blank_forms(struct buf *text, const char *p, size_t n, bool both)
{
	struct buf plain = { 0 }, decoded = { 0 }, encoded = { 0 };

	(void)buf_reserve(&plain, n + 1);
	(void)buf_reserve(&decoded, n + 1);
	buf_add(&plain, p, n);
	decode(&decoded, p, n);
	if (both)
		crypto_base64(&encoded, decoded.p, decoded.n);
	blank(text, buf_text(&encoded));
	blank(text, buf_text(&decoded));
	blank(text, buf_text(&plain));
	secret_release(&plain);
	secret_release(&decoded);
	secret_release(&encoded);
}

void
proxy_hide(struct buf *text)
{
	for (size_t i = 0; i < NAMES && text->n > 0; i++) {
		const char *value = getenv(names[i]), *p, *at, *colon;

		if (value == NULL)
			continue;
		p = after_scheme(value);
		at = strrchr(p, '@');
		if (at == NULL)
			continue;
		blank_forms(text, p, (size_t)(at - p), true);
		colon = memchr(p, ':', (size_t)(at - p));
		if (colon != NULL)
			blank_forms(text, colon + 1, (size_t)(at - colon - 1),
			    false);
	}
}
