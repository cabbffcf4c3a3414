#include "lib/dynamodb/scan_size.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/table.h"

/* A page of 1 MB, in units. */
#define UNITS_PAGE 128.0
/* An entry that is read alone costs this at least. */
#define UNITS_LEAST 0.5
#define UNIT_BYTES 8192.0 /* read eventually consistently */
/* Where a request's limit grows: it may read a fourth of what was read so far,
 * and anything when that is more than so many entries. */
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

/* Where the limit grows: the Limit (0: none) of a request when ${read} entries
 * were read before, so that never much more is read than had to be. Pure. */
static int64_t
scan_size_rows(int64_t limit, int64_t read)
{
	int64_t rows = read / ROWS_SHARE > limit ? read / ROWS_SHARE : limit;

	return rows < ROWS_MOST ? rows : 0;
}

/* Not knowing how large entries are, read one. */
int64_t
scan_size_limit(const struct scan_size *z, double share, double *units)
{
	int64_t limit = z->grows ? scan_size_rows(z->limit, z->read) : z->limit;
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
		*units = z->page; /* only told, and if its reply is lost */
	return limit;
}

/* Dearer entries are believed at once, cheaper ones by and by: a guess too low
 * is paid for with the limit. */
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
