#include <stdbool.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"

/*
 * Policy, after the Developer Guide ("Read and write operations", and
 * "Provisioned throughput considerations for Global Secondary Indexes";
 * local ones cost the same):
 * - In the table a write costs the item's size, an update the larger of the
 *   sizes before and after.
 * - An entry is in an index when it has all key attributes of the index, with
 *   the right types; else a write costs nothing there.
 * - In the index it has the size of what is projected: the keys of the index
 *   and of the table, and with ALL or INCLUDE other attributes.
 * - An update of a key attribute of the index is two writes there (one if the
 *   entry is in it only before or only after); of another projected attribute
 *   one write; else none.
 * - A global table pays for each of its regions.
 */

/* The quota is 20 global and 5 local indexes; every entry is assumed to be in
 * any more than this. */
#define INDEXES_MAX 64

/* An entry's copy in an index. */
struct copy {
	size_t keys; /* of the index, that it has */
	int64_t bytes;
};

/* A new value of an attribute. */
struct change {
	const char *attribute;
	struct slice name;  /* the same, in JSON */
	struct slice value; /* p NULL: removed */
};

struct measure {
	const struct ddb_table *t;
	int64_t bytes; /* of the entry */
	struct copy copies[INDEXES_MAX];
};

static int64_t
units_of(int64_t bytes)
{
	return bytes > 1024 ? (bytes + 1023) / 1024 : 1;
}

static size_t
measured(const struct ddb_table *t)
{
	return t->nindexes < INDEXES_MAX ? t->nindexes : INDEXES_MAX;
}

static bool
is_any(struct slice name, char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_text_is(name, names[i], strlen(names[i])))
			return true;
	return false;
}

static const struct ddb_index_key *
key_of(const struct ddb_index *x, struct slice name)
{
	for (size_t i = 0; i < x->nkeys; i++)
		if (slice_text_is(name, x->keys[i].name,
			strlen(x->keys[i].name)))
			return &x->keys[i];
	return NULL;
}

/* Whether the attribute, not a key of ${x}, is in its copies. */
static bool
projects(const struct ddb_table *t, const struct ddb_index *x,
    struct slice name)
{
	char *const keys[] = { t->partition, t->sort };

	return x->projection == DDB_PROJECT_ALL ||
	    is_any(name, keys, t->sort != NULL ? 2 : 1) ||
	    is_any(name, x->included, x->nincluded);
}

static void
add_attribute(struct measure *m, struct slice name, struct slice value)
{
	int64_t bytes = (int64_t)slice_text_length(name) + attr_size(value);
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);

	m->bytes += bytes;
	for (size_t i = 0; i < measured(m->t); i++) {
		const struct ddb_index *x = &m->t->indexes[i];
		const struct ddb_index_key *key = key_of(x, name);
		struct copy *copy = &m->copies[i];

		/* an empty key is not a key */
		if (key != NULL && type == key->type && inner.n > 0)
			copy->keys++;
		if (key != NULL || projects(m->t, x, name))
			copy->bytes += bytes;
	}
}

/* Measure ${item} as it is after ${change} (NULL: none). */
static void
measure(struct measure *m, const struct ddb_table *t, struct slice item,
    const struct change *change)
{
	struct slice_walk w = slice_walk(item);
	struct slice name, had;

	memset(m, 0, sizeof(*m));
	m->t = t;
	if (slice_object(&w) != 0)
		return;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &had) == 0)
		if (change == NULL ||
		    !slice_text_is(name, change->attribute,
			strlen(change->attribute)))
			add_attribute(m, name, had);
	if (change != NULL && change->value.p != NULL)
		add_attribute(m, change->name, change->value);
}

static bool
is_in(const struct measure *m, size_t i)
{
	const struct ddb_index *x = &m->t->indexes[i];

	return x->nkeys > 0 && m->copies[i].keys == x->nkeys;
}

static int64_t
everywhere(const struct ddb_table *t, int64_t units)
{
	return units * (1 + (int64_t)t->nreplicas);
}

int64_t
cost_most(const struct ddb_table *t, int64_t size)
{
	return everywhere(t, units_of(size) * (1 + (int64_t)t->nindexes));
}

int64_t
cost_item(const struct ddb_table *t, const struct item *item)
{
	struct measure m;
	int64_t units;

	if (t == NULL)
		return units_of(item->size);
	if (t->nindexes == 0)
		return everywhere(t, units_of(item->size));
	measure(&m, t, item->json, NULL);
	units = units_of(m.bytes);
	for (size_t i = 0; i < measured(t); i++)
		if (is_in(&m, i))
			units += units_of(m.copies[i].bytes);
	units += units_of(m.bytes) * (int64_t)(t->nindexes - measured(t));
	return everywhere(t, units);
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What an update of ${name} costs in index ${i}. */
static int64_t
update_index(const struct measure *before, const struct measure *after,
    size_t i, struct slice name)
{
	const struct ddb_table *t = before->t;
	const struct ddb_index *x = &t->indexes[i];
	int64_t was = units_of(before->copies[i].bytes);
	int64_t will = units_of(after->copies[i].bytes);

	if (!is_in(before, i) || !is_in(after, i))
		return is_in(before, i) ? was : is_in(after, i) ? will : 0;
	if (key_of(x, name) != NULL)
		return was + will;
	return projects(t, x, name) ? larger(was, will) : 0;
}

int64_t
cost_update(const struct ddb_table *t, struct slice item, const char *attribute,
    struct slice value)
{
	struct measure before, after;
	struct buf name = { 0 };
	struct change change = { .attribute = attribute, .value = value };
	int64_t units, own;

	slice_text_encode(&name, attribute, strlen(attribute));
	change.name = (struct slice){ name.p + 1, name.n - 2 };
	measure(&before, t, item, NULL);
	measure(&after, t, item, &change);
	own = larger(units_of(before.bytes), units_of(after.bytes));
	units = own + 2 * own * (int64_t)(t->nindexes - measured(t));
	for (size_t i = 0; i < measured(t); i++)
		units += update_index(&before, &after, i, change.name);
	buf_release(&name);
	return everywhere(t, units);
}
