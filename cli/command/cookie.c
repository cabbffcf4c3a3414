#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "cli/command/cookie.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"

#define NAME "connect.sid"
#define BLANKS " \t\r\n"
#define SIGNATURE 43 /* 32 bytes in base64, without the one '=' */

static struct slice
trim(struct slice s)
{
	while (s.n > 0 && memchr(BLANKS, s.p[0], strlen(BLANKS)) != NULL)
		s = (struct slice){ s.p + 1, s.n - 1 };
	while (s.n > 0 && memchr(BLANKS, s.p[s.n - 1], strlen(BLANKS)) != NULL)
		s.n--;
	return s;
}

/* ${s} up to ${c}; the rest stays in ${s} (p NULL: none). */
static struct slice
cut(struct slice *s, char c)
{
	const char *at = s->n > 0 ? memchr(s->p, c, s->n) : NULL;
	struct slice head = *s;

	if (at == NULL) {
		*s = (struct slice){ NULL, 0 };
		return head;
	}
	head.n = (size_t)(at - s->p);
	*s = (struct slice){ at + 1, s->n - head.n - 1 };
	return head;
}

static bool
begins(struct slice s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && strncasecmp(s.p, with, n) == 0;
}

/* As decodeURIComponent; false if that would throw. */
static bool
decode(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		int high, low;

		if (s.p[i] != '%') {
			buf_addc(out, s.p[i]);
			continue;
		}
		if (s.n - i < 3)
			return false;
		high = text_hex(s.p[i + 1]);
		low = text_hex(s.p[i + 2]);
		if (high < 0 || low < 0)
			return false;
		buf_addc(out, (char)(high << 4 | low));
		i += 2;
	}
	return text_is_utf8(buf_text(out), out->n);
}

static bool
signs(struct slice secret, struct slice id, struct slice signature)
{
	unsigned char mac[CRYPTO_SHA256];
	struct buf text = { 0 };
	int different = 0;

	if (signature.n != SIGNATURE)
		return false;
	crypto_hmac_sha256(mac, secret.p, secret.n, id.p, id.n);
	crypto_base64(&text, mac, sizeof(mac));
	for (size_t i = 0; i < SIGNATURE; i++) /* in constant time */
		different |= text.p[i] ^ signature.p[i];
	crypto_wipe(mac, sizeof(mac));
	crypto_wipe(text.p, text.n);
	buf_release(&text);
	return different == 0;
}

static void
verify(struct cookie *c, struct slice id, struct slice signature,
    struct slice secrets)
{
	c->verdict = secrets.p != NULL ? COOKIE_WRONG : COOKIE_UNVERIFIED;
	while (secrets.p != NULL) {
		struct slice line = cut(&secrets, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n == 0)
			continue;
		c->secrets++;
		if (c->verdict != COOKIE_VALID && signs(line, id, signature)) {
			c->verdict = COOKIE_VALID;
			c->secret = c->secrets;
		}
	}
}

/* One cookie's value. */
static void
judge(struct cookie *c, struct slice value, struct slice secrets)
{
	struct buf text = { 0 };
	struct slice id, signature;
	size_t dot;

	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = (struct slice){ value.p + 1, value.n - 2 };
	if (!decode(&text, value)) {
		/* express takes it as it is */
		crypto_wipe(text.p, text.n);
		buf_reset(&text);
		buf_add(&text, value.p, value.n);
	}
	id = (struct slice){ buf_text(&text), text.n };
	*c = (struct cookie){ .verdict = COOKIE_UNSIGNED };
	for (dot = id.n; dot > 0 && id.p[dot - 1] != '.'; dot--)
		;
	if (begins(id, "s:") && id.p[0] == 's' && dot > 2) {
		signature = (struct slice){ id.p + dot, id.n - dot };
		id = (struct slice){ id.p + 2, dot - 1 - 2 };
		verify(c, id, signature, secrets);
	}
	buf_add(&c->id, id.p, id.n);
	crypto_wipe(text.p, text.n);
	buf_release(&text);
}

/* Whether ${a} is more likely than ${b} to be the session cookie. */
static bool
better(const struct cookie *a, bool a_named, const struct cookie *b,
    bool b_named)
{
	if (a->verdict == COOKIE_VALID || b->verdict == COOKIE_VALID)
		return b->verdict != COOKIE_VALID;
	if (a_named != b_named)
		return a_named;
	return a->verdict != COOKIE_UNSIGNED && b->verdict == COOKIE_UNSIGNED;
}

/* The session cookie among ${pairs}. */
static int
choose(struct cookie *c, struct slice pairs, struct slice secrets,
    struct fault *f)
{
	bool named = false;
	int cookies = 0, rivals = 0; /* the latter are signed */

	while (pairs.p != NULL) {
		struct slice value = cut(&pairs, ';');
		struct slice name = trim(cut(&value, '='));
		struct cookie next = { 0 };
		bool is_named =
		    name.n == strlen(NAME) && memcmp(name.p, NAME, name.n) == 0;

		if (value.p == NULL)
			continue;
		judge(&next, trim(value), secrets);
		rivals += next.verdict != COOKIE_UNSIGNED;
		if (cookies == 0 || better(&next, is_named, c, named)) {
			struct cookie was = *c;

			*c = next;
			next = was;
			named = is_named;
		}
		cookies++;
		cookie_release(&next);
	}
	if (cookies == 0)
		return fault(f, FAULT_USAGE, "--cookie: no cookie given");
	if (!named && rivals == 0)
		return fault(f, FAULT_USAGE,
		    "--cookie: no session cookie in it: %s; without one, the "
		    "browser has no session; if the application has its own "
		    "name for the cookie, give the value alone",
		    cookies == 1
			? "the only cookie is neither signed nor named " NAME
			: "no cookie is signed or named " NAME);
	if (!named && c->verdict != COOKIE_VALID && rivals > 1)
		return fault(f, FAULT_USAGE,
		    "--cookie: several cookies are signed, and none is "
		    "named " NAME
		    "; give only the value of the session cookie");
	return 0;
}

int
cookie_read(struct cookie *c, struct slice text, struct slice secrets,
    struct fault *f)
{
	struct slice first;

	*c = (struct cookie){ 0 };
	text = trim(text);
	if (begins(text, "set-cookie:")) {
		(void)cut(&text, ':');
		/* attributes follow the first ';' */
		first = cut(&text, ';');
		return choose(c, first, secrets, f);
	}
	if (begins(text, "cookie:")) {
		(void)cut(&text, ':');
		return choose(c, text, secrets, f);
	}
	first = cut(&text, ';');
	if (begins(first, "s:") || begins(first, "s%3a") ||
	    (text.p == NULL && memchr(first.p, '=', first.n) == NULL)) {
		first = trim(first);
		if (first.n == 0)
			return fault(f, FAULT_USAGE, "--cookie: it is empty");
		judge(c, first, secrets);
		return 0;
	}
	if (text.p != NULL)
		first.n = (size_t)(text.p + text.n - first.p);
	return choose(c, first, secrets, f);
}

void
cookie_release(struct cookie *c)
{
	crypto_wipe(c->id.p, c->id.n);
	buf_release(&c->id);
	*c = (struct cookie){ 0 };
}
