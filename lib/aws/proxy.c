#include <stdlib.h>
#include <string.h>

#include "lib/aws/endpoint.h"
#include "lib/aws/proxy.h"
#include "lib/base/blank.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"

/* What libcurl reads (libcurl-env(3)), and HTTP_PROXY, which it does not. */
static const char *const names[] = { "http_proxy", "https_proxy", "all_proxy",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" };
#define NAMES (sizeof(names) / sizeof(names[0]))

/* Shorter ones are words that any message has. */
#define PROXY_SECRET_MIN 4

/* What follows the scheme. */
static const char *
after_scheme(const char *address)
{
	const char *p = strstr(address, "://");

	return p != NULL ? p + 3 : address;
}

/* [scheme://][user[:password]@]host[:port][/]. In any other form nobody knows
 * which part is a password ("user:secret", "http://user:secret%40host"). */
static bool
is_plain(const char *address)
{
	const char *p = after_scheme(address), *at = strrchr(p, '@');
	size_t n;

	/* in a password they must be percent-encoded */
	if (at != NULL && strcspn(p, "@/\\?# ") != (size_t)(at - p))
		return false;
	p = at != NULL ? at + 1 : p;
	n = aws_host_length(p);
	if (n == 0)
		return false;
	p += n;
	if (*p == ':') {
		n = strspn(++p, "0123456789");
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

/* Add ${p}[0..n), percent-decoded, to ${out}. */
static void
decode(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = i + 2 < n && p[i] == '%' ? text_hex(p[i + 1]) : -1;
		int low = high >= 0 ? text_hex(p[i + 2]) : -1;

		if (low >= 0)
			i += 2;
		buf_addc(out, low >= 0 ? (char)(high * 16 + low) : p[i]);
	}
}

/* Blank ${p}[0..n) as it is, decoded and, if it is ${both} user and password,
 * as the base64 of Proxy-Authorization. */
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
	blank_secret(text, buf_text(&encoded), PROXY_SECRET_MIN);
	blank_secret(text, buf_text(&decoded), PROXY_SECRET_MIN);
	blank_secret(text, buf_text(&plain), PROXY_SECRET_MIN);
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
