#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dynamodb/hash.h"
#include "inspector/mask.h"
#include "inspector/record.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define HASH_DIGITS 6
#define NONE "(none)" /* the group of keys that have none */
#define SHOWN 4       /* characters of the secret that are shown … */
#define ENOUGH 16     /* … when it has at least that many */

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

size_t
mask_front(const struct rules *rules, struct slice key)
{
	struct slice secret;
	size_t prefix;

	if (record_kind(rules, key, &prefix) != KIND_SESSION)
		return key.n;
	secret = (struct slice){ key.p + prefix, key.n - prefix };
	if (characters(secret, ENOUGH) > 0)
		return prefix + characters(secret, SHOWN);
	return prefix;
}

void
mask_key(struct buf *out, const struct rules *rules, struct slice key)
{
	char hex[2 * HASH_SHA256 + 1];

	if (record_kind(rules, key, NULL) != KIND_SESSION) {
		buf_add(out, key.p, key.n);
		return;
	}
	buf_add(out, key.p, mask_front(rules, key));
	hash_sha256_hex(hex, key.p, key.n);
	buf_adds(out, ELLIPSIS);
	buf_add(out, hex, HASH_DIGITS);
}

bool
mask_hides(const struct rules *rules, struct slice group)
{
	size_t prefix;

	return record_kind(rules, group, &prefix) == KIND_SESSION &&
	    prefix < group.n &&
	    !(group.n == sizeof(NONE) - 1 &&
		memcmp(group.p, NONE, group.n) == 0);
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
