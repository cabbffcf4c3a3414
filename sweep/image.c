#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "sweep/image.h"

/* Bytes of keys (Amazon DynamoDB Developer Guide, "Constraints"). */
#define PARTITION_MAX 2048
#define SORT_MAX 1024

static int
check_types(const struct item *item, const struct ddb_table *table,
    struct fault *f)
{
	struct slice inner;

	if (attr_open(item->partition, &inner) != table->partition_type ||
	    (table->sort != NULL &&
		attr_open(item->sort, &inner) != table->sort_type))
		return fault(f, FAULT_DATA,
		    "its key has another type than the key of table %s",
		    table->name);
	return 0;
}

/* Read ${image} as an item with the table's key. */
static int
read_key(struct slice image, const struct ddb_table *table, const char *ttl,
    struct item *item, struct fault *f)
{
	struct slice_walk w = slice_walk(image);

	if (item_read(&w, &table->schema, ttl, item, f) != 0)
		return -1;
	return check_types(item, table, f);
}

/* The text of a key is at least as long as what it counts. */
static bool
is_longer(struct slice key, int64_t most)
{
	return (int64_t)key.n > most && attr_size(key) > most;
}

int
image_check_item(const struct item *item, const struct ddb_table *table,
    struct fault *f)
{
	if (check_types(item, table, f) != 0 ||
	    (!item->storable && attr_item_check(item->json, f) != 0))
		return -1;
	if (is_longer(item->partition, PARTITION_MAX) ||
	    (table->sort != NULL && is_longer(item->sort, SORT_MAX)))
		return fault(f, FAULT_DATA,
		    "its key is too long for DynamoDB (%d bytes, %d for a sort "
		    "key)",
		    PARTITION_MAX, SORT_MAX);
	return 0;
}

int
image_check(struct slice image, const struct ddb_table *table, const char *ttl,
    struct item *item, struct fault *f)
{
	if (read_key(image, table, ttl, item, f) != 0)
		return -1;
	return image_check_item(item, table, f);
}

void
image_key(struct buf *out, const struct item *item)
{
	size_t from = out->n, partition;

	attr_key_canonical(out, item->partition);
	partition = out->n - from;
	if (item->sort.p != NULL)
		attr_key_canonical(out, item->sort);
	buf_addc(out, '|');
	buf_addi(out, (int64_t)partition);
}

bool
image_same_key(const struct item *a, const struct item *b)
{
	struct buf x = { 0 }, y = { 0 };
	bool same;

	image_key(&x, a);
	image_key(&y, b);
	same = x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
	buf_release(&x);
	buf_release(&y);
	return same;
}

int
image_keys_find(struct image_keys *k, const struct item *item)
{
	size_t end = k->text.n, from = 0, n;
	int found = -1;

	image_key(&k->text, item);
	n = k->text.n - end;
	for (size_t i = 0; i < k->n && found < 0; i++) {
		if (k->ends[i] - from == n &&
		    memcmp(k->text.p + from, k->text.p + end, n) == 0)
			found = (int)i;
		from = k->ends[i];
	}
	k->text.n = end;
	return found;
}

void
image_keys_add(struct image_keys *k, const struct item *item)
{
	image_key(&k->text, item);
	k->ends[k->n++] = k->text.n;
}

void
image_keys_reset(struct image_keys *k)
{
	buf_reset(&k->text);
	k->n = 0;
}

void
image_keys_release(struct image_keys *k)
{
	buf_release(&k->text);
	k->n = 0;
}

enum image_worth
image_judge(struct slice image, const struct item *asked,
    const struct ddb_table *table, const char *ttl, struct fault *f)
{
	struct item item;

	if (read_key(image, table, ttl, &item, f) != 0)
		return IMAGE_OTHERS;
	if (!image_same_key(&item, asked)) {
		(void)fault(f, FAULT_DATA, "its key is that of another entry");
		return IMAGE_OTHERS;
	}
	return image_check_item(&item, table, f) == 0 ? IMAGE_TAKEN
						      : IMAGE_WRONG;
}
