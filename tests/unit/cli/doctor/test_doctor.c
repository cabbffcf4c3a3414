#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/context/context.h"
#include "cli/doctor/doctor.h"
#include "cli/option/option.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	int64_t skew_ms;
	enum doctor_result result;
	const char *says;
} clocks[] = {
	/* clang-format off */
	{ 0, DOCTOR_OK, "the same as the service's" },
	{ 1500, DOCTOR_OK, "the same" },
	{ -1500, DOCTOR_OK, "the same" },
	{ 1501, DOCTOR_OK, "2 s behind the service's" },
	{ -4000, DOCTOR_OK, "4 s ahead of the service's" },
	{ 5000, DOCTOR_OK, "5 s behind" },
	{ 5001, DOCTOR_WARNING, "5 s behind" },
	{ -60000, DOCTOR_WARNING, "1 min ahead of" },
	{ -60001, DOCTOR_FAILURE, "purge --yes refuses" },
	{ 7200000, DOCTOR_FAILURE, "2 h behind" },
	/* clang-format on */
};

static void
test_clock(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(clocks); i++) {
		const struct plan p = { .clock_known = true,
			.skew_ms = clocks[i].skew_ms };
		struct buf text = { 0 };

		if (doctor_clock(&text, &p) != clocks[i].result ||
		    strstr(buf_text(&text), clocks[i].says) == NULL)
			fail_msg("%lld ms: %s", (long long)clocks[i].skew_ms,
			    buf_text(&text));
		buf_release(&text);
	}
}

static const struct {
	double need;
	int64_t space;
	bool chosen;
	enum doctor_result result;
	const char *says;
} rooms[] = {
	/* clang-format off */
	{ 1e12, -1, false, DOCTOR_OK, "" },
	{ 0, 0, false, DOCTOR_FAILURE, ", 0 B free, and what is expired needs 4.0 KiB" },
	{ 0, 4095, true, DOCTOR_FAILURE, "needs 4.0 KiB" },
	{ 0, 4096, true, DOCTOR_OK, ", 4.0 KiB free" },
	{ 0, 4915, false, DOCTOR_FAILURE, "a fifth to spare" },
	{ 0, 4916, false, DOCTOR_OK, ", 4.8 KiB free" },
	{ 1e6 - 4096, 1200000, false, DOCTOR_OK, "free" },
	{ 1e6 - 4095, 1200000, false, DOCTOR_FAILURE, "a fifth to spare" },
	{ 1e6 - 4096, 1000000, true, DOCTOR_OK, "free" },
	{ 1e30, 1000000, true, DOCTOR_FAILURE, "8.0 EiB" },
	/* clang-format on */
};

static void
test_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rooms); i++) {
		struct buf text = { 0 };

		if (doctor_room(&text, rooms[i].need, rooms[i].space,
			rooms[i].chosen) != rooms[i].result ||
		    strstr(buf_text(&text), rooms[i].says) == NULL)
			fail_msg("%g of %lld: %s", rooms[i].need,
			    (long long)rooms[i].space, buf_text(&text));
		buf_release(&text);
	}
}

static char key[] = "key", id[] = "id", range[] = "range", ttl[] = "ttl",
	    expires[] = "expires", on[] = "ENABLED", off[] = "DISABLED";

static const struct {
	const char *name;
	struct ddb_table table;
	const char *text; /* "" if it is as the lab creates it */
} galleries[] = {
	/* clang-format off */
	{ "the lab's", { .partition = key, .partition_type = ATTR_S,
	    .ttl_status = on, .ttl_attribute = ttl, .ttl_acts = true }, "" },
	{ "TTL is unknown", { .partition = key,
	    .partition_type = ATTR_S }, "" },
	{ "key of another type", { .partition = key,
	    .partition_type = ATTR_N, .ttl_status = on, .ttl_attribute = ttl,
	    .ttl_acts = true }, "partition key key (N), not key (S)" },
	{ "another key, and a sort key", { .partition = id,
	    .partition_type = ATTR_S, .sort = range, .ttl_status = on,
	    .ttl_attribute = ttl, .ttl_acts = true },
	    "partition key id (S), not key (S); sort key range, not without "
	    "one" },
	{ "everything", { .partition = key, .partition_type = ATTR_S,
	    .provisioned = true, .ttl_status = off,
	    .ttl_attribute = expires },
	    "provisioned, not PAY_PER_REQUEST; TTL off, not on; TTL on "
	    "expires, not on ttl" },
	/* clang-format on */
};

static void
test_gallery(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(galleries); i++) {
		struct buf text = { 0 };
		bool same = doctor_gallery(&text, &galleries[i].table);

		if (same != (galleries[i].text[0] == '\0') ||
		    strcmp(buf_text(&text), galleries[i].text) != 0)
			fail_msg("%s: %s", galleries[i].name, buf_text(&text));
		buf_release(&text);
	}
}

static const struct {
	const char *name;
	struct report_style style;
	struct doctor_line line;
	const char *out;
} lines[] = {
	/* clang-format off */
	{ "one line", { 80, false, false },
	    { "clock", DOCTOR_OK, "fine", "", "" },
	    "  ok       clock         fine\n" },
	{ "wrapped, with a fix, without a command", { 60, false, false },
	    { "ttl", DOCTOR_WARNING, "one two three four five six seven eight",
		"do this and that and more of that, too", "" },
	    "  warning  ttl           one two three four five six seven\n"
	    "                         eight\n"
	    "                         \xe2\x86\x92 do this and that and more of\n"
	    "                           that, too\n" },
	{ "ASCII, a command that fits", { 80, false, true },
	    { "ttl", DOCTOR_FAILURE, "bad", "do", "run 'this'" },
	    "  failure  ttl           bad\n"
	    "                         -> do\n"
	    "                            run 'this'\n" },
	{ "a command that does not fit is not wrapped", { 60, false, true },
	    { "ttl", DOCTOR_FAILURE, "bad", "do",
		"123456789 123456789 123456789 123456789" },
	    "  failure  ttl           bad\n"
	    "                         -> do\n"
	    "    123456789 123456789 123456789 123456789\n" },
	{ "narrow: beside the label if there is room", { 40, false, true },
	    { "clock", DOCTOR_OK, "the same as it was", "", "" },
	    "  ok clock the same as it was\n" },
	{ "narrow: to the last cell", { 30, false, true },
	    { "clock", DOCTOR_OK, "the same as it was +", "", "" },
	    "  ok clock\n    the same as it was +\n" },
	{ "narrow: below the label if there is not", { 40, false, true },
	    { "clock", DOCTOR_WARNING, "one two three four five six",
		"do so", "" },
	    "  warning clock\n    one two three four five six\n    -> do so\n" },
	{ "colour takes no cells", { 80, true, false },
	    { "clock", DOCTOR_OK, "fine", "", "" },
	    "  \033[32mok\033[m       clock         fine\n" },
	{ "control bytes are escaped", { 80, false, true },
	    { "table", DOCTOR_FAILURE, "\033[2Jx\r", "y\n", "z\033" },
	    "  failure  table         \\x1b[2Jx\\r\n"
	    "                         -> y\\n\n"
	    "                            \"$(printf 'z\\033')\"\n" },
	/* clang-format on */
};

static void
test_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct buf out = { 0 };

		doctor_line(&out, &lines[i].line, &lines[i].style);
		if (strcmp(buf_text(&out), lines[i].out) != 0)
			fail_msg("%s:\n%s", lines[i].name, buf_text(&out));
		buf_release(&out);
	}
}

static void
test_account(void **state)
{
	(void)state;
	assert_true(context_is_account("123456789012"));
	assert_false(context_is_account("000000000000"));
	assert_false(context_is_account("12345678901"));
	assert_false(context_is_account("1234567890123"));
	assert_false(context_is_account(""));
	assert_false(context_is_account(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_gallery),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
