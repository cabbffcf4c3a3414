#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"

#define ENTRIES 200

static const struct key_schema schema = { .partition = "k" };

/* A source of one segment with one page. */
static int
take(struct source *s, struct segment *out, struct fault *f)
{
	(void)f;
	*out = (struct segment){ 0 };
	return s->segments-- > 0;
}

static int
fetch(struct source *s, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	(void)s;
	(void)conn;
	seg->finished = true;
	buf_adds(&page->body, "{\"Items\":[");
	for (int i = 0; i < ENTRIES; i++)
		buf_addf(&page->body, "%s{\"k\":{\"S\":\"%d\"}}",
		    i > 0 ? "," : "", i);
	buf_adds(&page->body, "]}");
	return page_parse(page, &schema, "t", f) == 0 ? 1 : -1;
}

static void
put(struct source *s, struct segment *seg)
{
	(void)s;
	buf_release(&seg->next);
}

static const struct source_ops ops = { .take = take,
	.fetch = fetch,
	.put = put };

/* A sink that needs long for its last entry: until progress was shown, at most
 * ten seconds. */
struct slow {
	atomic_int shown; /* entries, by the last tick */
	int taken, shown_before_end;
};

static int
entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	struct slow *slow = state;

	(void)seg;
	(void)r;
	(void)f;
	if (++slow->taken < ENTRIES)
		return 0;
	for (int i = 0; i < 1000 && slow->shown == 0; i++)
		(void)nanosleep(&pause, NULL);
	slow->shown_before_end = slow->shown;
	return 0;
}

static void
tick(void *ctx, const struct pass_progress *p)
{
	((struct slow *)ctx)->shown = (int)p->items;
}

static void
shows_progress_within_a_page(void **state)
{
	struct source source = { .ops = &ops, .segments = 1 };
	const struct rules rules = { .now = 1795332271 };
	struct selection all = selection_any();
	struct slow slow = { 0 };
	const struct pass pass = { .source = &source,
		.rules = &rules,
		.selection = &all,
		.jobs = 1,
		.sink = { .ctx = &slow, .entry = entry },
		.tick = tick,
		.tick_ctx = &slow };
	struct pass_progress done = { 0 };
	struct summary total;
	struct fault f = { 0 };

	(void)state;
	summary_init(&total, 0, false);
	assert_int_equal(pass_run(&pass, &total, &done, &f), 0);
	summary_release(&total);
	assert_true(slow.shown_before_end > 0);
	assert_true(slow.shown_before_end < ENTRIES);
	/* and each entry is counted once in the end */
	assert_int_equal(done.items, ENTRIES);
	assert_int_equal(done.matched, ENTRIES);
	assert_int_equal(done.pages, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
	    shows_progress_within_a_page) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
