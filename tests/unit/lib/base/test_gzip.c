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

/* Every length, at every alignment, gives the CRC of zlib. */
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

/* Two parts, split anywhere, give the CRC of the whole. */
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

/* Read ${packed} in steps of so many bytes: 0, -1, or 1 at its end. */
static int
read_in_steps(const struct buf *packed, size_t step, struct buf *out,
    size_t *at, const char **why)
{
	struct gzip *z = gzip_open(true);
	int r = 1;

	buf_reset(out);
	for (*at = 0; r == 1 && *at < packed->n;) {
		size_t used = packed->n - *at < step ? packed->n - *at : step;

		r = gzip_read(z, packed->p + *at, &used, 100, out);
		*at += used;
	}
	*why = r < 0 ? gzip_why(z) : "";
	gzip_close(z);
	return r;
}

/* A header with the parts that ${flags} ask for, and its body. */
static void
add_member(struct buf *out, unsigned char flags)
{
	struct gzip *z = gzip_open(false);
	struct buf plain = { 0 };
	uint32_t crc;

	gzip_write(z, "text", 4, true, &plain);
	gzip_close(z);
	plain.p[3] = (char)flags;
	buf_add(out, plain.p, 10);
	if (flags & 0x04)
		buf_add(out, "\3\0abc", 5);
	if (flags & 0x08)
		buf_add(out, "name", 5);
	if (flags & 0x10)
		buf_add(out, "", 1);
	crc = gzip_crc32(0, out->p, out->n);
	if (flags & 0x02) {
		buf_addc(out, (char)crc);
		buf_addc(out, (char)(crc >> 8));
	}
	buf_add(out, plain.p + 10, plain.n - 10);
	buf_release(&plain);
}

/* Every part of a header, wherever the bytes that are read at once end. */
static void
test_headers(void **state)
{
	(void)state;
	for (unsigned flags = 0; flags < 0x20; flags++) {
		struct buf packed = { 0 }, out = { 0 };
		const char *why;
		size_t at;

		add_member(&packed, (unsigned char)flags);
		for (size_t step = 1; step <= packed.n; step++) {
			assert_int_equal(read_in_steps(&packed, step, &out, &at,
					     &why),
			    0);
			assert_int_equal(at, packed.n);
			assert_string_equal(buf_text(&out), "text");
		}
		buf_release(&packed);
		buf_release(&out);
	}
}

static const struct {
	const char *name;
	unsigned char flags;
	size_t at; /* the wrong byte, and its value */
	unsigned char c;
	const char *why;
} wrong[] = {
	{ "the magic", 0, 1, 0x8a, "invalid header" },
	{ "another method", 0, 2, 7, "unknown compression method" },
	{ "a reserved flag", 0x20, 3, 0x20, "invalid header" },
	{ "the other one", 0x40, 3, 0x40, "invalid header" },
	{ "the last one", 0x80, 3, 0x80, "invalid header" },
	{ "a header's checksum", 0x02, 10, 0, "wrong checksum" },
};

static void
test_wrong_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf packed = { 0 }, out = { 0 };
		const char *why;
		size_t at;

		print_message("%s\n", wrong[i].name);
		add_member(&packed, wrong[i].flags);
		packed.p[wrong[i].at] = (char)wrong[i].c;
		for (size_t step = 1; step < 14; step++) {
			assert_int_equal(read_in_steps(&packed, step, &out, &at,
					     &why),
			    -1);
			assert_int_equal(at, wrong[i].at);
			assert_string_equal(why, wrong[i].why);
		}
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
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_wrong_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
