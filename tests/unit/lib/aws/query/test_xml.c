#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/aws/query/xml.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct xml *
parse(const char *text, struct fault *f)
{
	return xml_parse((struct slice){ text, strlen(text) }, f);
}

static const struct {
	const char *name, *text, *path, *want; /* NULL: no such element */
} texts[] = {
	/* clang-format off */
	{ "below the root", "<a><b>x</b></a>", "b", "x" },
	{ "deeper", "<a><b><c><d>x</d></c></b></a>", "b/c/d", "x" },
	{ "the root itself", "<a> x </a>", "", "x" },
	{ "absent", "<a><b>x</b></a>", "c", NULL },
	{ "the root is not below itself", "<a><b>x</b></a>", "a/b", NULL },
	{ "missing, further down", "<a><b>x</b></a>", "b/c", NULL },
	{ "not a prefix of a name", "<a><bb>x</bb></a>", "b", NULL },
	{ "not longer than a name", "<a><b>x</b></a>", "bb", NULL },
	{ "empty", "<a><b/></a>", "b", "" },
	{ "blank", "<a><b> \n </b></a>", "b", "" },
	{ "white space around it", "<a><b>\r\n\t x y \n</b></a>", "b", "x y" },
	{ "the first of two", "<a><b>1</b><b>2</b></a>", "b", "1" },
	{ "only the first of each name", "<a><b/><b><c>2</c></b></a>", "b/c", NULL },
	{ "a default namespace", "<a xmlns='urn:x'><b>x</b></a>", "b", "x" },
	{ "a prefix", "<n:a xmlns:n='urn:x'><n:b>x</n:b></n:a>", "b", "x" },
	{ "attributes", "<a><b c='d'>x</b></a>", "b", "x" },
	{ "references", "<a><b>&lt;&amp;&#65;&#x42;&quot;</b></a>", "b",
	    "<&AB\"" },
	{ "CDATA", "<a><b>x<![CDATA[<c>&]]>y</b></a>", "b", "x<c>&y" },
	{ "comments and instructions",
	    "<?xml version='1.0'?><!-- c --><a><b>x<!-- <c/> -->y<?p q?></b>"
	    "</a>", "b", "xy" },
	{ "text around an element", "<a><b>x<c>z</c>y</b></a>", "b", "xy" },
	{ "UTF-8", "<a><b>\303\274</b></a>", "b", "\303\274" },
	{ "Latin 1", "<?xml version='1.0' encoding='ISO-8859-1'?>"
	    "<a><b>\374</b></a>", "b", "\303\274" },
	{ "a byte order mark", "\357\273\277<a><b>x</b></a>", "b", "x" },
	/* clang-format on */
};

static void
text_is_found_by_its_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct fault f = { 0 };
		struct xml *x = parse(texts[i].text, &f);
		const char *got;

		if (x == NULL)
			fail_msg("%s: %s", texts[i].name, f.text);
		got = xml_text(x, texts[i].path);
		if (texts[i].want == NULL
			? got != NULL
			: got == NULL || strcmp(got, texts[i].want) != 0)
			fail_msg("%s: %s", texts[i].name,
			    got != NULL ? got : "none");
		xml_free(x);
	}
	xml_free(NULL);
	assert_null(xml_text(NULL, "a"));
	assert_null(xml_find(NULL, ""));
}

static void
members_are_found_in_order(void **state)
{
	static const char text[] =
	    "<r><list><member><n>1</n></member> <other/><member/>"
	    "<member><n>3</n></member></list></r>";
	static const char *const want[] = { "1", NULL, "3" };
	struct fault f = { 0 };
	struct xml *x = parse(text, &f);
	const struct xml *e;
	size_t n = 0;

	(void)state;
	assert_non_null(x);
	for (e = xml_find(x, "list/member"); e != NULL && n < COUNT(want);
	     e = xml_next(e), n++) {
		const char *got = xml_text(e, "n");

		assert_true(want[n] == NULL
			? got == NULL
			: got != NULL && strcmp(got, want[n]) == 0);
	}
	assert_null(e);
	assert_int_equal(n, COUNT(want));
	xml_free(x);
}

/* Expat's messages differ between versions. */
#define NOT "the reply is not XML: "

static const struct {
	const char *name, *text, *want;
} refused[] = {
	/* clang-format off */
	{ "nothing", "", NOT },
	{ "text", "hello", NOT },
	{ "JSON", "{\"a\":1}", NOT },
	{ "HTML", "<html><body><br></body></html>", NOT },
	{ "truncated", "<a><b>x</b>", NOT },
	{ "truncated in a tag", "<a><b", NOT },
	{ "two roots", "<a/><b/>", NOT },
	{ "an unknown entity", "<a>&x;</a>", NOT },
	{ "not UTF-8", "<a>\xff</a>", NOT },
	{ "a document type", "<!DOCTYPE a><a/>", "it has a document type" },
	{ "entities of its own",
	    "<!DOCTYPE a [<!ENTITY b 'cccc'><!ENTITY d '&b;&b;'>]><a>&d;</a>",
	    "it has a document type" },
	{ "a file of ours",
	    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
	    "it has a document type" },
	{ "an unknown encoding", "<?xml version='1.0' encoding='x'?><a/>",
	    NOT },
	/* clang-format on */
};

static void
broken_documents_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct fault f = { 0 };

		if (parse(refused[i].text, &f) != NULL)
			fail_msg("%s: taken", refused[i].name);
		if (f.kind != FAULT_DATA ||
		    strstr(f.text, refused[i].want) == NULL)
			fail_msg("%s: %s", refused[i].name, f.text);
	}
}

/* And a NUL does not end a document. */
static void
levels_and_elements_are_limited(void **state)
{
	struct buf b = { 0 };
	struct fault f = { 0 };
	struct xml *x;

	(void)state;
	for (int depth = 32; depth <= 33; depth++) {
		buf_reset(&b);
		for (int i = 1; i < depth; i++)
			buf_adds(&b, "<a>");
		buf_adds(&b, "<a/>");
		for (int i = 1; i < depth; i++)
			buf_adds(&b, "</a>");
		x = xml_parse((struct slice){ b.p, b.n }, &f);
		assert_true((x != NULL) == (depth == 32));
		xml_free(x);
	}
	assert_non_null(strstr(f.text, "nested too deeply"));
	for (int n = 99999; n <= 100000; n++) {
		buf_reset(&b);
		buf_adds(&b, "<a>");
		for (int i = 0; i < n; i++)
			buf_adds(&b, "<b/>");
		buf_adds(&b, "</a>");
		x = xml_parse((struct slice){ b.p, b.n }, &f);
		assert_true((x != NULL) == (n == 99999));
		xml_free(x);
	}
	assert_non_null(strstr(f.text, "too many elements"));
	assert_null(xml_parse((struct slice){ "<a/>\0<b/>", 9 }, &f));
	assert_null(xml_parse((struct slice){ NULL, 0 }, &f));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_found_by_its_path),
		cmocka_unit_test(members_are_found_in_order),
		cmocka_unit_test(broken_documents_are_refused),
		cmocka_unit_test(levels_and_elements_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
