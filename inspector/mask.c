#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dynamodb/hash.h"
#include "inspector/mask.h"
#include "inspector/record.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define HASH_DIGITS 6
#define SHOWN 4   /* characters of the secret that are shown … */
#define ENOUGH 16 /* … when it has at least that many */

/* Bytes of the first ${want} characters of ${text}; 0 when it has fewer. A
 * byte that is not UTF-8 is a character by itself. */
static size_t
characters(struct slice text, int want)
{
	const char *p = text.p, *end = text.p + text.n;

	for (; want > 0; want--) {
		int n;

		if (p >= end)
			return 0;
		n = text_utf8(p, end);
		p += n > 0 ? n : 1;
	}
	return (size_t)(p - text.p);
}

void
mask_key(struct buf *out, const struct rules *rules, struct slice key)
{
	char hex[2 * HASH_SHA256 + 1];
	struct slice secret;
	size_t prefix;

	if (record_kind(rules, key, &prefix) != KIND_SESSION) {
		buf_add(out, key.p, key.n);
		return;
	}
	secret = (struct slice){ key.p + prefix, key.n - prefix };
	buf_add(out, key.p, prefix);
	if (characters(secret, ENOUGH) > 0)
		buf_add(out, secret.p, characters(secret, SHOWN));
	hash_sha256_hex(hex, key.p, key.n);
	buf_adds(out, ELLIPSIS);
	buf_add(out, hex, HASH_DIGITS);
}

int
mask_is(struct slice text)
{
	size_t tail = sizeof(ELLIPSIS) - 1 + HASH_DIGITS;
	const char *p;

	if (text.n < tail)
		return 0;
	p = text.p + text.n - tail;
	if (memcmp(p, ELLIPSIS, sizeof(ELLIPSIS) - 1) != 0)
		return 0;
	for (p += sizeof(ELLIPSIS) - 1; p < text.p + text.n; p++)
		if (*p == '\0' || strchr("0123456789abcdef", *p) == NULL)
			return 0;
	return 1;
}
