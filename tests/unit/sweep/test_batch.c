#include "tests/unit/script.h"

#include <stdio.h>
#include <unistd.h>

#include "inspector/select.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/table.h"
#include "sweep/batch.h"
#include "sweep/totals.h"
#include "tests/unit/entry.h"

static struct ddb_table table = { .name = (char *)"T",
	.id = (char *)"a1b2",
	.partition = (char *)"key",
	.partition_type = ATTR_S,
	.schema = { "key", NULL } };

#define IMAGE(k) "{\"key\":{\"S\":\"" k "\"},\"ttl\":{\"N\":\"1700000000\"}}"
#define DELETED(k)                                                  \
	{                                                           \
		.status = 200,                                      \
		.body = "{\"Responses\":[{\"Item\":" IMAGE(k) "}]}" \
	}

/* A run of one worker, and the path of its journal. */
struct bench {
	struct script s;
	struct selection selection;
	struct purge p;
	struct sweep_totals totals;
	struct sweep_run run;
	char *path;
	struct batch *b;
};

static void
bench_open(struct bench *t, const struct script_reply *replies, size_t n,
    bool journal)
{
	const char *tmp = getenv("TMPDIR");
	struct fault f = { 0 };

	memset(t, 0, sizeof(*t));
	script_open(&t->s, replies, n);
	t->selection = selection_any();
	t->p = (struct purge){ .action = PURGE_DELETE,
		.ddb = t->s.ddb,
		.table = &table,
		.rules = &entry_rules,
		.selection = &t->selection,
		.ttl_attribute = "ttl",
		.execute = true };
	t->run = (struct sweep_run){ .p = &t->p,
		.totals = &t->totals,
		.lock = lock_new(),
		.account = { .ceilings = &t->p.ceilings } };
	condition_numbers(&t->run.numbers, &entry_rules, &t->selection);
	t->path = xasprintf("%s/batch-%ld.journal",
	    tmp != NULL ? tmp : P_tmpdir, (long)getpid());
	(void)unlink(t->path);
	if (journal) {
		const struct journal_options o = { .path = t->path,
			.run = { .table = &table,
			    .endpoint = "e",
			    .region = "r",
			    .ttl_attribute = "ttl",
			    .command = "purge",
			    .now = NOW } };

		t->run.journal = journal_open(&o, &f);
		if (t->run.journal == NULL)
			fail_msg("%s", f.text);
	}
	t->b = batch_new(&t->run, t->s.conn);
}

static void
bench_close(struct bench *t)
{
	(void)journal_close(t->run.journal, false, NULL);
	(void)unlink(t->path);
	lock_free(t->run.lock);
	free(t->path);
	script_close(&t->s);
	sweep_totals_release(&t->totals);
}

static void
hold(struct bench *t, const char *image, const char *page)
{
	struct buf begin = { 0 };
	struct entry e;

	buf_adds(&begin, page);
	entry_read(&e, slice_str(image), &table.schema, &entry_rules);
	t->totals.matched++;
	batch_hold(t->b, &e.record, &begin, 1);
	buf_release(&begin);
	buf_release(&e.scratch);
}

/* Whether ${text} is in the journal. */
static bool
recorded(const struct bench *t, const char *text)
{
	FILE *file = fopen(t->path, "r");
	struct buf all = { 0 };
	bool found;
	size_t n;

	assert_non_null(file);
	do {
		n = fread(buf_reserve(&all, 4096), 1, 4096, file);
		all.n += n;
		all.p[all.n] = '\0';
	} while (n > 0);
	(void)fclose(file);
	found = strstr(all.p, text) != NULL;
	buf_release(&all);
	return found;
}

/* The same of an outcome, which may be left to the next commit. */
static bool
settled(const struct bench *t, const char *text)
{
	const struct buf nothing = { 0 };

	return journal_append(t->run.journal, &nothing, true, NULL) == 0 &&
	    recorded(t, text);
}

static bool
unsettled_from(const struct bench *t, const char *page)
{
	const struct buf *begin = batch_unsettled(t->b);

	return page != NULL
	    ? begin != NULL && strcmp(buf_text(begin), page) == 0
	    : begin == NULL;
}

/* Submitted entries are sent with the next turn, after their images are
 * written. */
static void
one_haul_is_sent_while_the_next_is_submitted(void **state)
{
	static const struct script_reply replies[] = { DELETED("a"),
		DELETED("b") };
	struct bench t;

	(void)state;
	bench_open(&t, replies, 2, true);
	hold(&t, IMAGE("a"), "page 1");
	assert_true(unsettled_from(&t, "page 1"));
	assert_int_equal(batch_turn(t.b, NULL), 0);
	assert_int_equal(t.b->filled->n, 0);
	assert_int_equal(t.s.at, 0);
	hold(&t, IMAGE("b"), "page 2");
	assert_true(unsettled_from(&t, "page 1"));
	assert_int_equal(batch_turn(t.b, NULL), 0);
	assert_int_equal(t.s.at, 1);
	assert_non_null(strstr(buf_text(&t.s.sent[0]), "{\"S\":\"a\"}"));
	assert_null(strstr(buf_text(&t.s.sent[0]), "{\"S\":\"b\"}"));
	assert_true(recorded(&t, "\"OldImage\":" IMAGE("a")));
	assert_true(unsettled_from(&t, "page 2"));
	assert_int_equal(batch_settle(t.b, NULL), 0);
	assert_int_equal(t.s.at, 2);
	assert_true(recorded(&t, "\"OldImage\":" IMAGE("b")));
	assert_true(settled(&t, "[2,\"deleted\",1]"));
	assert_true(unsettled_from(&t, NULL));
	assert_int_equal(t.totals.outcomes[OUTCOME_DELETED], 2);
	batch_free(t.b);
	bench_close(&t);
}

static void
without_a_journal_entries_are_sent_at_once(void **state)
{
	static const struct script_reply replies[] = { DELETED("a") };
	struct bench t;

	(void)state;
	bench_open(&t, replies, 1, false);
	hold(&t, IMAGE("a"), "");
	assert_int_equal(batch_turn(t.b, NULL), 0);
	assert_int_equal(t.s.at, 1);
	assert_true(unsettled_from(&t, NULL));
	batch_free(t.b);
	bench_close(&t);
}

/* An entry that was recorded and not sent gets an outcome in the journal; one
 * that was only held does not. Both count as skipped. */
static void
entries_that_are_never_sent_are_skipped(void **state)
{
	struct bench t;

	(void)state;
	bench_open(&t, NULL, 0, true);
	hold(&t, IMAGE("a"), "");
	assert_int_equal(batch_turn(t.b, NULL), 0);
	hold(&t, IMAGE("b"), "");
	batch_free(t.b);
	assert_int_equal(t.totals.outcomes[OUTCOME_SKIPPED], 2);
	assert_true(settled(&t, "[1,\"skipped\",0]"));
	assert_false(recorded(&t, IMAGE("b")));
	bench_close(&t);
}

static void
there_is_room_up_to_both_limits(void **state)
{
	struct buf large = { 0 };
	struct entry small, huge;
	struct bench t;

	(void)state;
	bench_open(&t, NULL, 0, false);
	buf_adds(&large, "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"");
	for (size_t i = 0; i < HELD_BYTES; i++)
		buf_addc(&large, 'x');
	buf_adds(&large, "\"}}");
	entry_read(&huge, (struct slice){ large.p, large.n }, &table.schema,
	    &entry_rules);
	entry_read(&small, SLICE(IMAGE("a")), &table.schema, &entry_rules);
	assert_true(batch_has_room(t.b, &huge.record));
	for (int i = 0; i < HELD_MAX; i++) {
		assert_true(batch_has_room(t.b, &small.record));
		hold(&t, IMAGE("a"), "");
		assert_false(batch_has_room(t.b, &huge.record));
	}
	assert_false(batch_has_room(t.b, &small.record));
	batch_free(t.b);
	assert_int_equal(t.totals.outcomes[OUTCOME_SKIPPED], HELD_MAX);
	bench_close(&t);
	buf_release(&large);
	buf_release(&small.scratch);
	buf_release(&huge.scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_haul_is_sent_while_the_next_is_submitted),
		cmocka_unit_test(without_a_journal_entries_are_sent_at_once),
		cmocka_unit_test(entries_that_are_never_sent_are_skipped),
		cmocka_unit_test(there_is_room_up_to_both_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
