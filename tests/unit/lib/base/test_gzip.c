#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "lib/base/buf.h"
#include "lib/base/gzip.h"

#define MOST 1200

static void
fill(unsigned char *p, size_t n)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (unsigned char)(seed >> 24);
	}
}

/* The check value of the catalogue of CRC algorithms. */
static void
test_known(void **state)
{
	(void)state;
	assert_int_equal(gzip_crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(gzip_crc32(0, "", 0), 0);
}

/* Each length, at each offset from an even address, as zlib has it. */
static void
test_lengths(void **state)
{
	unsigned char *p = malloc(MOST + 16);

	(void)state;
	assert_non_null(p);
	fill(p, MOST + 16);
	for (size_t n = 0; n <= MOST; n++)
		for (size_t at = 0; at < 16; at += n < 300 ? 1 : 5)
			assert_int_equal(gzip_crc32(0, p + at, n),
			    crc32(0, p + at, (uInt)n));
	free(p);
}

/* In two parts, cut anywhere, it is the same. */
static void
test_parts(void **state)
{
	unsigned char p[MOST];
	uint32_t whole;

	(void)state;
	fill(p, sizeof(p));
	whole = gzip_crc32(0, p, sizeof(p));
	for (size_t at = 0; at <= sizeof(p); at++)
		assert_int_equal(gzip_crc32(gzip_crc32(0, p, at), p + at,
				     sizeof(p) - at),
		    whole);
}

/* A member whose header has reserved flags is refused, wherever the bytes that
 * are read at once end. */
static void
test_reserved_flags(void **state)
{
	(void)state;
	for (int bit = 5; bit < 8; bit++)
		for (size_t step = 1; step < 12; step++) {
			struct gzip *z = gzip_open(false);
			struct buf packed = { 0 }, out = { 0 };
			size_t used, at = 0;
			int r = 1;

			gzip_write(z, "text", 4, true, &packed);
			gzip_close(z);
			packed.p[3] = (char)(1 << bit);
			z = gzip_open(true);
			while (r == 1 && at < packed.n) {
				used =
				    packed.n - at < step ? packed.n - at : step;
				r = gzip_read(z, packed.p + at, &used, 100,
				    &out);
				at += used;
			}
			assert_int_equal(r, -1);
			assert_int_equal(at, 3);
			assert_string_equal(gzip_why(z), "invalid header");
			gzip_close(z);
			buf_release(&packed);
			buf_release(&out);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_reserved_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
