#include "lib/dynamodb/scan_size.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/table.h"

#define UNITS_PAGE 128.0  /* a page of 1 MB */
#define UNITS_LEAST 0.5   /* an entry that is read alone */
#define UNIT_BYTES 8192.0 /* read eventually consistently */
/* A growing limit: a fourth of the entries read so far, none past ROWS_MOST. So
 * never much more is read than necessary. */
#define ROWS_SHARE 4
#define ROWS_MOST 4000

void
scan_size_init(struct scan_size *z, const struct scan_options *o)
{
	const struct ddb_table *t = o->table;

	*z = (struct scan_size){ .consistent = o->consistent ? 2 : 1,
		.limit = o->limit,
		.grows = o->grows };
	if (t->items > 0 && t->bytes > 0)
		z->item = (double)t->bytes / (double)t->items / UNIT_BYTES *
		    z->consistent;
}

static int64_t
growing_limit(int64_t limit, int64_t read)
{
	int64_t rows = read / ROWS_SHARE > limit ? read / ROWS_SHARE : limit;

	return rows < ROWS_MOST ? rows : 0;
}

/* When the size of entries is unknown, read one. */
int64_t
scan_size_limit(const struct scan_size *z, double share, double *units)
{
	int64_t limit = z->grows ? growing_limit(z->limit, z->read) : z->limit;
	double each = z->item;

	*units = UNITS_PAGE * z->consistent;
	if (share > 0 && share < *units) {
		int64_t fits = each > 0 ? (int64_t)(share / each) : 1;

		if (fits < 1)
			fits = 1;
		if (limit == 0 || fits < limit)
			limit = fits;
	}
	if (each <= 0)
		each = UNITS_LEAST * z->consistent;
	if (limit > 0 && (double)limit * each < *units)
		*units = (double)limit * each;
	else if (share <= 0 && z->page > 0)
		*units = z->page; /* counted only if the reply is lost */
	return limit;
}

/* The estimate rises at once, but falls slowly: one that is too low would
 * exceed the limit. */
void
scan_size_learn(struct scan_size *z, double units, int64_t scanned)
{
	double each;

	z->read += scanned > 0 ? scanned : 0;
	if (!(units > 0) || scanned <= 0)
		return;
	z->page = units;
	each = units / (double)scanned;
	if (each < z->item)
		each = z->item + (each - z->item) / 4;
	z->item = each;
}
