#include <string.h>

#include "lib/base/buf.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/circle.h"
#include "lib/dynamodb/item.h"

/* ${key} by value; if it is not a key of the table, its bytes. */
static void
digest(unsigned char out[CRYPTO_SHA256], struct slice key,
    const struct key_schema *schema)
{
	struct slice partition = slice_get(key, schema->partition);
	struct slice sort = schema->sort != NULL ? slice_get(key, schema->sort)
						 : (struct slice){ NULL, 0 };
	struct buf text = { 0 };

	if (partition.p == NULL) {
		crypto_sha256(out, key.p, key.n);
		return;
	}
	attr_key_canonical(&text, partition);
	if (sort.p != NULL)
		attr_key_canonical(&text, sort);
	crypto_sha256(out, text.p, text.n);
	buf_release(&text);
}

bool
circle_closes(struct circle *c, struct slice key,
    const struct key_schema *schema)
{
	unsigned char now[CRYPTO_SHA256];

	digest(now, key, schema);
	if (c->power > 0 && memcmp(now, c->kept, sizeof(now)) == 0)
		return true;
	if (c->steps++ == c->power) {
		memcpy(c->kept, now, sizeof(now));
		c->power = c->power > 0 ? 2 * c->power : 1;
		c->steps = 0;
	}
	return false;
}
