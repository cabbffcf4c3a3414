#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/dynamodb/write_answer.h"

#define IMAGE(n) "{\"key\":{\"S\":\"a\"},\"n\":{\"N\":\"" n "\"}}"
#define ITEM(i) "{\"TableName\":\"T\",\"Item\":" i "}"
#define ANSWERS(...) "{\"Responses\":[" __VA_ARGS__ "]}"

static const struct slice none = { NULL, 0 };

static const struct {
	const char *name, *body;
	size_t n;         /* statements sent */
	const char *says; /* "": it is what DynamoDB sends */
} batches[] = {
	/* clang-format off */
	{ "one image and an empty answer", ANSWERS(ITEM(IMAGE("1")) ",{}"), 2, "" },
	{ "cost and unknown members before and after",
	    "{ \"New\" : [ { } ] , \"Responses\" : [ {\"Item\":null } ] ,"
	    " \"ConsumedCapacity\":[{\"CapacityUnits\":1.0}] } ", 1, "" },
	{ "an error", ANSWERS("{\"Error\":{\"Code\":\"X\"}}"), 1, "" },
	{ "a null error", ANSWERS("{\"Error\":null}"), 1, "" },
	{ "an error without a name", ANSWERS("{},{\"Error\":{\"Code\":\"\"}}"), 2,
	    "answer to statement 2 is not" },
	{ "an error that is not an object", ANSWERS("{\"Error\":\"x\"}"), 1,
	    "answer to statement 1 is not" },
	{ "not an object", ANSWERS("7"), 1, "answer to statement 1 is not" },
	{ "an image that is not an object", ANSWERS("{\"Item\":[]}"), 1,
	    "answer to statement 1 is not" },
	{ "one too few", ANSWERS("{}"), 2, "answers 1 of 2 statements" },
	{ "one too many", ANSWERS("{},{}"), 1, "answers 2 of 1 statements" },
	{ "no answers", "{}", 1, "no Responses" },
	{ "answers that are not a list", "{\"Responses\":{}}", 1, "no Responses" },
	{ "a web page", "<html>", 1, "not JSON (6 bytes)" },
	{ "nothing", "", 1, "not JSON (0 bytes)" },
	{ "truncated", "{\"Responses\":[{}", 1, "not JSON" },
	{ "a wrong byte after the likely image",
	    ANSWERS("{\"Item\":" IMAGE("1") "x}"), 1, "not JSON" },
	{ "truncated after the likely image",
	    "{\"Responses\":[{\"Item\":" IMAGE("1"), 1, "not JSON" },
	{ "truncated in the likely image",
	    "{\"Responses\":[{\"Item\":{\"key\":{\"S\":\"a\"}", 1, "not JSON" },
	/* clang-format on */
};

static void
incomplete_or_wrong_answers_are_refused(void **state)
{
	const struct slice likely = SLICE(IMAGE("1"));

	(void)state;
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++)
		for (int known = 0; known < 2; known++) {
			struct write_answers a = { .n = batches[i].n };
			struct fault f = { 0 };
			int rc;

			for (size_t k = 0; known && k < a.n; k++)
				a.list[k].likely = likely;
			rc = write_answers_read(&a, slice_str(batches[i].body),
			    &f);
			if ((rc == 0) != (batches[i].says[0] == '\0') ||
			    (rc != 0 &&
				strstr(f.text, batches[i].says) == NULL))
				fail_msg("%s: %d %s", batches[i].name, rc,
				    f.text);
		}
}

static void
the_likely_image_is_borrowed_and_others_are_read(void **state)
{
	const struct slice body = SLICE(ANSWERS(
	    ITEM(IMAGE("1")) "," ITEM(IMAGE("2")) "," ITEM("{\"n\":" IMAGE(
		"1") "}") ",{\"Error\":{\"Code\":\"C\",\"Item\":" IMAGE("1") "}}"));
	const struct slice likely = SLICE(IMAGE("1"));
	struct write_answers a = { .n = 4 };

	(void)state;
	for (size_t i = 0; i < a.n; i++)
		a.list[i].likely = likely;
	assert_int_equal(write_answers_read(&a, body, NULL), 0);
	assert_ptr_equal(a.list[0].image.p, likely.p);
	assert_true(slice_same(a.list[1].image, SLICE(IMAGE("2"))));
	assert_true(
	    slice_same(a.list[2].image, SLICE("{\"n\":" IMAGE("1") "}")));
	assert_null(a.list[3].image.p);
	assert_true(slice_same(slice_get(a.list[3].error, "Item"), likely));
}

static const struct {
	const char *body;
	bool ours, image, consumed;
} singles[] = {
	{ "{}", true, false, false },
	{ "{\"Attributes\":" IMAGE("1") "}", true, true, false },
	{ "{\"Attributes\":" IMAGE(
	      "2") ",\"ConsumedCapacity\":{\"CapacityUnits\":2}}",
	    true, true, true },
	{ "{\"ItemCollectionMetrics\":{}}", true, false, false },
	{ "{\"Other\":{}}", false, false, false },
	{ "{\"Attributes\":[]}", false, false, false },
	{ "{\"ConsumedCapacity\":1}", false, false, false },
	{ "{\"Attributes\":" IMAGE("1"), false, false, false },
	{ "[]", false, false, false },
	{ "<html>", false, false, false },
};

static void
a_reply_to_one_write_needs_a_known_member(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		struct write_answer a = { .likely = SLICE(IMAGE("1")) };
		struct slice consumed = none;
		int rc = write_answer_read(&a, &consumed,
		    slice_str(singles[i].body), NULL);

		if ((rc == 0) != singles[i].ours ||
		    (a.image.p != NULL) != singles[i].image ||
		    (consumed.p != NULL) != singles[i].consumed)
			fail_msg("%s: %d", singles[i].body, rc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incomplete_or_wrong_answers_are_refused),
		cmocka_unit_test(
		    the_likely_image_is_borrowed_and_others_are_read),
		cmocka_unit_test(a_reply_to_one_write_needs_a_known_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
