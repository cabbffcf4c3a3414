#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/fault.h"

static void
a_fault_can_be_part_of_the_next(void **state)
{
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(fault(&f, FAULT_IO, "x: %s", "no space"), -1);
	assert_int_equal(fault(&f, FAULT_DATA, "%s; saved as %s", f.text, "y"),
	    -1);
	assert_string_equal(f.text, "x: no space; saved as y");
	assert_int_equal(f.kind, FAULT_DATA);
	assert_int_equal(fault_at(&f, "line %d", 7), -1);
	assert_string_equal(f.text, "line 7: x: no space; saved as y");
	assert_int_equal(fault_add(&f, ": %d lost", 0), -1);
	assert_string_equal(f.text, "line 7: x: no space; saved as y: 0 lost");
	assert_int_equal(f.kind, FAULT_DATA);
}

static void
long_texts_are_cut_and_control_bytes_replaced(void **state)
{
	struct fault f = { 0 };
	char text[2 * sizeof(f.text)];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[0] = '\x1b';
	assert_int_equal(fault(&f, FAULT_IO, "%s", text), -1);
	assert_int_equal(strlen(f.text), sizeof(f.text) - 1);
	assert_int_equal(f.text[0], '?');
	/* what is added always has room */
	assert_int_equal(fault_add(&f, "; %s", "the way out"), -1);
	assert_string_equal(f.text + strlen(f.text) - 13, "; the way out");
	assert_int_equal(fault_at(&f, "%s", "here"), -1);
	assert_memory_equal(f.text, "here: ?x", 8);
	assert_int_equal(fault(NULL, FAULT_IO, "%s", text), -1);
	assert_int_equal(fault_add(NULL, "%s", text), -1);
	assert_int_equal(fault_at(NULL, "%s", text), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_can_be_part_of_the_next),
		cmocka_unit_test(long_texts_are_cut_and_control_bytes_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
