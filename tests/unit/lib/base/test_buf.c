#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
an_empty_buffer_is_an_empty_string(void **state)
{
	struct buf b = { 0 };
	char *p;

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_reset(&b);
	buf_release(&b);
	p = buf_detach(&b);
	assert_string_equal(p, "");
	free(p);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.n, 0);
	assert_string_equal(buf_text(&b), "");
	buf_release(&b);
}

/* Byte by byte over several growths, including NUL bytes. */
static void
bytes_survive_growing(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 5000; i++) {
		buf_addc(&b, (char)i);
		assert_int_equal(b.n, i + 1);
		assert_true(b.cap > b.n);
		assert_int_equal(b.p[b.n], '\0');
	}
	for (int i = 0; i < 5000; i++)
		assert_int_equal(b.p[i], (char)i);
	buf_release(&b);
	assert_null(b.p);
}

static void
reserved_room_can_be_filled(void **state)
{
	struct buf b = { 0 };
	char *at;

	(void)state;
	buf_adds(&b, "head ");
	at = buf_reserve(&b, 100000);
	memset(at, 'x', 100000);
	b.n += 100000;
	buf_adds(&b, " tail");
	assert_int_equal(b.n, 100010);
	assert_memory_equal(b.p, "head x", 6);
	assert_string_equal(b.p + 100005, " tail");
	buf_reset(&b);
	assert_string_equal(buf_text(&b), "");
	assert_true(b.cap > 100000);
	buf_release(&b);
}

static void
a_detached_string_belongs_to_the_caller(void **state)
{
	struct buf b = { 0 };
	char *p;

	(void)state;
	buf_addf(&b, "%s-%d", "a", 7);
	p = buf_detach(&b);
	assert_string_equal(p, "a-7");
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	free(p);
}

/* Longer than the memory there is, and empty. */
static void
formatted_text_of_any_length_fits(void **state)
{
	char text[3000];
	struct buf b = { 0 };

	(void)state;
	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	buf_addf(&b, "%s", "");
	assert_int_equal(b.n, 0);
	buf_addf(&b, "<%s>", text);
	assert_int_equal(b.n, sizeof(text) + 1);
	assert_int_equal(b.p[0], '<');
	assert_string_equal(b.p + sizeof(text), ">");
	buf_release(&b);
}

static const struct {
	int64_t v;
	const char *text;
} ints[] = {
	{ 0, "0" },
	{ 7, "7" },
	{ -7, "-7" },
	{ 1795332271, "1795332271" },
	{ (int64_t)1 << 53, "9007199254740992" },
	{ INT64_MAX, "9223372036854775807" },
	{ INT64_MIN, "-9223372036854775808" },
};

static void
integers_are_written_in_decimal(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ints); i++) {
		struct buf b = { 0 };

		buf_addi(&b, ints[i].v);
		assert_string_equal(buf_text(&b), ints[i].text);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_string),
		cmocka_unit_test(bytes_survive_growing),
		cmocka_unit_test(reserved_room_can_be_filled),
		cmocka_unit_test(a_detached_string_belongs_to_the_caller),
		cmocka_unit_test(formatted_text_of_any_length_fits),
		cmocka_unit_test(integers_are_written_in_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
