#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export/file_source.h"
#include "export/reader.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"
#include "tests/unit/files.h"
#include "tests/unit/journal_text.h"

/* Count the entries and the pages. */
static int
drain(struct source *s, size_t *items, int *pages, struct fault *f)
{
	struct page page = { 0 };
	struct segment seg, other;
	int r = 0;

	*items = 0;
	*pages = 0;
	while (s->ops->take(s, &seg, f) == 1) {
		assert_int_equal(seg.index, 0);
		assert_int_equal(s->ops->take(s, &other, f), 0);
		while (!seg.finished &&
		    (r = s->ops->fetch(s, &seg, NULL, &page, f)) == 1) {
			const char *begin = page.body.p;
			const char *end = begin + page.body.n;

			++*pages;
			*items += page.n;
			assert_in_range(page.n, 1, 2000);
			assert_int_equal(page.scanned, page.n);
			assert_null(page.last.p);
			for (size_t i = 0; i < page.n; i++) {
				struct slice j = page.items[i].json;

				assert_true(j.p >= begin);
				assert_true(j.p + j.n <= end);
				assert_int_equal(j.p[0], '{');
				assert_int_equal(j.p[j.n - 1], '}');
				assert_true(page.items[i].partition.p > j.p);
			}
			/* another worker takes over after every other page */
			if (*pages % 2 == 0)
				break;
		}
		if (seg.finished)
			assert_int_equal(seg.pages, *pages);
		s->ops->put(s, &seg);
		if (r < 0)
			break;
	}
	page_release(&page);
	return r;
}

static void
test_source(void **state)
{
	static const struct key_schema schema = { "key", NULL };
	struct buf text = { 0 };
	struct fault f = { 0 };
	struct source *s;
	size_t items;
	int pages;

	(void)state;
	for (int big = 0; big < 3; big++) {
		buf_reset(&text);
		for (int i = 0; i < 4500; i++)
			buf_addf(&text,
			    "{\"Item\":{\"key\":{\"S\":\"%d\"},"
			    "\"d\":{\"S\":\"%*s\"}}}\n%s",
			    i, big == 2 ? 3000 : 10, "", i % 7 ? "" : "\n");
		if (big == 1)
			text.n = 0;
		put(at("file"), text.p, text.n);
		s = file_source_of(reader_open(at("file"), READER_DELETED, NULL,
				       &f),
		    &schema, "ttl", 1);
		assert_int_equal(s->segments, 1);
		assert_true(drain(s, &items, &pages, &f) >= 0);
		assert_int_equal(items, big == 1 ? 0 : 4500);
		if (big == 0)
			assert_int_equal(pages, 3);
		if (big == 2)
			assert_in_range(pages, 12, 15);
		source_close(s);
	}
	/* an entry without the key */
	buf_reset(&text);
	buf_adds(&text, ITEM("a") "\n{\"Item\":{\"k\":{\"S\":\"b\"}}}\n");
	put(at("file"), text.p, text.n);
	s = file_source_of(reader_open(at("file"), READER_DELETED, NULL, &f),
	    &schema, "ttl", 1);
	assert_int_equal(drain(s, &items, &pages, &f), -1);
	assert_int_equal(f.kind, FAULT_DATA);
	assert_non_null(strstr(f.text, "/file:3: "));
	source_close(s);
	/* a journal: the last images of deleted entries */
	put(at("file"), JOURNAL, strlen(JOURNAL));
	s = file_source_of(reader_open(at("file"), READER_DELETED, NULL, &f),
	    &schema, "ttl", 1);
	assert_true(drain(s, &items, &pages, &f) >= 0);
	assert_int_equal(items, 4);
	source_close(s);
	source_close(NULL);
	buf_release(&text);
}

/* Lines of several kinds, read by workers in turns. */
static void
test_shared_lines(void **state)
{
	static const struct key_schema schema = { "key", NULL };
	static const char *const lines[] = {
		"{\"Item\":{\"key\":{\"S\":\"a\"}}}", "",
		"{\"key\":{\"S\":\"bare\"}}",
		"{ \"Item\" : {\"key\":{\"S\":\"b\"}} }\r",
		"{\"Metadata\":{},\"Keys\":{\"key\":{\"S\":\"gone\"}}}",
		"{\"Keys\":{\"key\":{\"S\":\"c\"}},\"NewImage\":{\"key\":{\"S\":\"c\"}}}"
	};
	static const char *const bad[] = { "{\"Item\":{\"key\":{\"S\":1}}}",
		"{\"Item\":{\"k\":{\"S\":\"a\"}}}", "{\"Item\":{\"key\"",
		"{\"Item\":{\"key\":{\"S\":\"a\"}}}x",
		"{\"Item\":{\"key\":{\"S\":\"a\"}},\"Item\":{}}" };
	struct buf text = { 0 };
	struct page page = { 0 };
	struct segment segs[3];
	struct fault f = { 0 };
	struct source *s;
	size_t items = 0, n = sizeof(lines) / sizeof(*lines);
	int r = 1;

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, "%s\n", lines[(size_t)i % n]);
	put(at("file"), text.p, text.n);
	s = file_source_of(reader_open(at("file"), READER_DELETED, NULL, &f),
	    &schema, "ttl", 3);
	assert_int_equal(s->segments, 1);
	assert_int_equal(s->workers, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(s->ops->take(s, &segs[i], &f), 1);
	for (int i = 0; r == 1; i = (i + 1) % 3)
		if ((r = s->ops->fetch(s, &segs[i], NULL, &page, &f)) == 1)
			items += page.n;
	assert_int_equal(r, 0);
	/* of six kinds one is blank, and one is a deletion */
	assert_int_equal(items, 20000 - 2 * (20000 / 6) - 1);
	for (int i = 0; i < 3; i++)
		s->ops->put(s, &segs[i]);
	assert_int_equal(s->ops->take(s, &segs[0], &f), 0);
	source_close(s);
	/* an error names the line */
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		buf_adds(&text, bad[i]);
		put(at("file"), text.p, text.n);
		text.n -= strlen(bad[i]);
		f = (struct fault){ 0 };
		s = file_source_of(reader_open(at("file"), READER_DELETED, NULL,
				       &f),
		    &schema, "ttl", 3);
		assert_int_equal(s->ops->take(s, &segs[0], &f), 1);
		while ((r = s->ops->fetch(s, &segs[0], NULL, &page, &f)) == 1)
			;
		assert_int_equal(r, -1);
		assert_int_equal(f.kind, FAULT_DATA);
		if (strstr(f.text, "/file:20001: ") == NULL)
			fail_msg("%s", f.text);
		s->ops->put(s, &segs[0]);
		source_close(s);
	}
	page_release(&page);
	buf_release(&text);
}

/* Two files, and the calls made for them. */
struct two {
	struct reader *readers[2];
	int begun, checked, done, closed;
	int64_t numbers[2], entries[2], left_out[2];
	int64_t refused; /* the line of file 1 to refuse; 0: none */
};

static struct reader *
begin(void *ctx, size_t i, struct fault *f)
{
	struct two *two = ctx;

	(void)f;
	assert_int_equal(two->begun++, i);
	return two->readers[i];
}

static int
check(void *ctx, size_t i, const struct item *item, int64_t line,
    struct fault *f)
{
	struct two *two = ctx;

	assert_int_equal(*item->json.p, '{');
	two->checked++;
	return i == 1 && line == two->refused ? fault(f, FAULT_DATA, "refused")
					      : 0;
}

static int
end(void *ctx, size_t i, int64_t numbers, struct fault *f)
{
	struct two *two = ctx;

	two->numbers[i] = numbers;
	return reader_rewind(two->readers[i], f);
}

static void
done(void *ctx, size_t i, int64_t entries, int64_t left_out)
{
	struct two *two = ctx;

	two->done++;
	two->entries[i] = entries;
	two->left_out[i] = left_out;
}

static void
closed(void *ctx)
{
	((struct two *)ctx)->closed++;
}

/* Take all pages of ${s}, then fetch them, and add file, number and key of each
 * item. 0, -1. */
static int
shared_pages(struct buf *out, struct source *s, struct fault *f)
{
	struct page page = { 0 };
	struct segment segs[8];
	size_t n = 0;
	int r;

	while ((r = s->ops->take(s, &segs[n], f)) == 1)
		n++;
	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			r = s->ops->fetch(s, &segs[i], NULL, &page, f) < 0 ? -1
									   : 0;
		for (size_t k = 0; r == 0 && k < page.n; k++) {
			const struct item *item = &page.items[k];
			struct slice ttl = file_source_ttl(&segs[i], item);

			assert_true(segs[i].finished);
			buf_addf(out, "%zu.%d%.*s%.*s ",
			    file_source_file(&segs[i]),
			    (int)file_source_number(&segs[i], item),
			    SLICE_ARG(slice_get(item->partition, "S")),
			    SLICE_ARG(ttl));
		}
		buf_addc(out, '|');
		s->ops->put(s, &segs[i]);
	}
	page_release(&page);
	return r;
}

#define REPAIRED                                                                \
	HEADER "{\"Keys\":" KEY("a") ",\"OldImage\":" KEY(                      \
	    "a") ",\"Ttlsweep\":{\"n\":1,\"ttl\":{\"N\":\"7\"}}}\n" INTENT("2", \
	    "b") INTENT("3", "c")

/* Two files, read twice, in pages of two lines, or, where entries are not
 * lines, of two entries. */
static void
test_shared(void **state)
{
	static const struct key_schema schema = { "key", NULL };
	static const char export[] =
	    ITEM("x") "{\"Keys\":{},\"OldImage\":" KEY("gone") "}\n" ITEM("y");
	static const char replies[] = "{\"Items\":[" KEY("x") "," KEY(
	    "y") "],\n\"Count\":2}{\"Items\":[" KEY("z") "]}\n";
	static const struct {
		const char *second, *pages;
		int64_t entries, left_out, numbers, refused;
	} cases[] = {
		{ export,
		    "0.2\"a\"{\"N\":\"7\"} |0.3\"b\" 0.4\"c\" |"
		    "1.1\"x\" |1.3\"y\" |",
		    2, 1, 4, 3 },
		{ replies,
		    "0.2\"a\"{\"N\":\"7\"} |0.3\"b\" 0.4\"c\" |"
		    "1.0\"x\" 1.1\"y\" |1.2\"z\" |",
		    3, 0, 3, 1 },
	};
	struct buf out = { 0 };
	struct fault f = { 0 };
	struct source *s;

	(void)state;
	put(at("journal"), REPAIRED, strlen(REPAIRED));
	for (int i = 0; i < 4; i++) {
		struct two two = { 0 };
		const struct file_list list = { .n = 2,
			.schema = &schema,
			.ttl = "ttl",
			.shared = true,
			.page = 2,
			.ctx = &two,
			.begin = begin,
			.check = check,
			.end = end,
			.done = done,
			.close = closed };
		int rc;

		put(at("second"), cases[i / 2].second,
		    strlen(cases[i / 2].second));
		two.readers[0] =
		    reader_open(at("journal"), READER_RESTORE, NULL, &f);
		two.readers[1] =
		    reader_open(at("second"), READER_RESTORE, NULL, &f);
		two.refused = i % 2 == 0 ? 0 : cases[i / 2].refused;
		for (int walk = 0; walk < 2; walk++) {
			two.begun = two.checked = two.closed = two.done = 0;
			buf_reset(&out);
			s = file_source_open(&list);
			rc = shared_pages(&out, s, &f);
			source_close(s);
			assert_int_equal(two.closed, 1);
			assert_int_equal(two.numbers[0], 5);
			assert_int_equal(two.numbers[1], cases[i / 2].numbers);
			assert_int_equal(rc, two.refused > 0 ? -1 : 0);
			if (rc < 0)
				break;
			assert_string_equal(buf_text(&out), cases[i / 2].pages);
			assert_int_equal(two.checked, 3 + cases[i / 2].entries);
			assert_int_equal(two.done, 2);
			assert_int_equal(two.entries[0], 3);
			assert_int_equal(two.entries[1], cases[i / 2].entries);
			assert_int_equal(two.left_out[1],
			    cases[i / 2].left_out);
		}
		if (two.refused > 0)
			assert_string_equal(f.text, "refused");
		reader_close(two.readers[0]);
		reader_close(two.readers[1]);
	}
	buf_release(&out);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_source),
		TEST(test_shared_lines),
		TEST(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
