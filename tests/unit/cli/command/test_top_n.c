#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command/top_n.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/item.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW 1700000000

/* Entries of a table: {"k":{"S":"…"},"ttl":{"N":"…"}}; the longer, the
 * larger. */
static const char *const entries[] = {
	"{\"k\":{\"S\":\"a\"},\"ttl\":{\"N\":\"1600000000\"}}",
	"{\"k\":{\"S\":\"b\"},\"ttl\":{\"N\":\"1400000000\"}}",
	"{\"k\":{\"S\":\"c\"},\"ttl\":{\"N\":\"1700000000\"}}",
	"{\"k\":{\"S\":\"d\"},\"ttl\":{\"N\":\"1699999999.5\"},\"v\":{\"S\":\"xxxx\"}}",
	"{\"k\":{\"S\":\"e\"},\"ttl\":{\"N\":\"1800000000\"},\"v\":{\"S\":\"xx\"}}",
	"{\"k\":{\"S\":\"f\"},\"ttl\":{\"N\":\"1400000000\"},\"v\":{\"S\":\"xxx\"}}",
	"{\"k\":{\"S\":\"g\"}}",
	"{\"k\":{\"S\":\"h\"},\"ttl\":{\"S\":\"soon\"},\"v\":{\"S\":\"xxxxxxxxxx\"}}",
	"{\"k\":{\"S\":\"i\"},\"ttl\":{\"N\":\"1700000000.5\"}}",
	"{\"k\":{\"S\":\"j\"},\"ttl\":{\"N\":\"1400000000.00\"}}",
};

static const struct {
	enum option_by by;
	size_t n;
	const char *keys; /* in order */
} cases[] = {
	{ BY_OVERDUE, 1, "b" },
	{ BY_OVERDUE, 2, "bf" },
	{ BY_OVERDUE, 3, "bfj" },
	{ BY_OVERDUE, 4, "bfja" },
	{ BY_OVERDUE, 5, "bfjad" },
	/* entries that are not expired are left out */
	{ BY_OVERDUE, 100, "bfjad" },
	{ BY_EXPIRES, 1, "c" },
	{ BY_EXPIRES, 3, "cie" },
	{ BY_EXPIRES, 100, "cie" },
	{ BY_SIZE, 1, "h" },
	{ BY_SIZE, 3, "hdi" },
	{ BY_SIZE, 10, "hdifeabcjg" },
};

/* A row: the first byte of the key. */
static void
row(void *ctx, const struct record *r, struct buf *out)
{
	(void)ctx;
	buf_add(out, r->key.p, 1);
}

/* The keys that are kept when entries are offered from the ${start}th on. */
static void
run(struct buf *out, enum option_by by, size_t n, size_t start, size_t step)
{
	static const struct key_schema schema = { "k", NULL };
	static const struct rules rules = { .now = NOW,
		.ttl_acts = true,
		.sizes = true };
	struct top_n *k = top_n_new(&(struct top_n_options){ .by = by,
	    .n = n,
	    .bytes = SIZE_MAX,
	    .row = row });
	struct buf scratch = { 0 };
	size_t kept;

	for (size_t i = 0; i < COUNT(entries); i++) {
		/* its bytes are gone when the next entry comes */
		char *copy =
		    strdup(entries[(start + i * step) % COUNT(entries)]);
		struct slice_walk w = slice_walk(slice_str(copy));
		struct item item;
		struct record r;

		assert_int_equal(item_read(&w, &schema, "ttl", &item, NULL), 0);
		record_of(&r, &item, &rules, &scratch);
		assert_int_equal(top_n_offer(k, &r, &rules, NULL), 0);
		memset(copy, 'z', strlen(copy));
		free(copy);
	}
	kept = top_n_sort(k);
	for (size_t i = 0; i < kept; i++)
		buf_add(out, top_n_row(k, i).p, top_n_row(k, i).n);
	top_n_free(k);
	buf_release(&scratch);
}

/* The same entries are kept, whatever order they come in. */
static void
test_order(void **state)
{
	static const size_t steps[] = { 1, 3, 7, 9 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t start = 0; start < COUNT(entries); start++)
			for (size_t s = 0; s < COUNT(steps); s++) {
				struct buf b = { 0 };

				run(&b, cases[i].by, cases[i].n, start,
				    steps[s]);
				assert_string_equal(buf_text(&b),
				    cases[i].keys);
				buf_release(&b);
			}
	top_n_free(NULL);
}

/* The limit in bytes allows exactly two rows; with one byte less, one. */
static void
test_bytes(void **state)
{
	static const struct key_schema schema = { "k", NULL };
	static const struct rules rules = { .now = NOW, .sizes = true };
	const size_t each = strlen("{\"S\":\"a\"}") + 1;

	(void)state;
	for (size_t less = 0; less < 2; less++) {
		struct top_n *k =
		    top_n_new(&(struct top_n_options){ .by = BY_SIZE,
			.n = 2,
			.bytes = 2 * each - less,
			.row = row });
		struct buf scratch = { 0 };
		struct fault f = { 0 };
		int rc = 0;

		for (size_t i = 2; i < 5; i++) {
			struct slice_walk w = slice_walk(slice_str(entries[i]));
			struct item item;
			struct record r;

			assert_int_equal(item_read(&w, &schema, "ttl", &item,
					     NULL),
			    0);
			record_of(&r, &item, &rules, &scratch);
			if (rc == 0)
				rc = top_n_offer(k, &r, &rules, &f);
		}
		assert_int_equal(rc, less == 0 ? 0 : -1);
		assert_int_equal(f.kind,
		    less == 0 ? FAULT_NONE : FAULT_REFUSED);
		assert_int_equal(top_n_sort(k), less == 0 ? 2 : 1);
		top_n_free(k);
		buf_release(&scratch);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_bytes),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
