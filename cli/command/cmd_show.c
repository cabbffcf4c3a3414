#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/entry.h"
#include "cli/command/session.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/term.h"
#include "inspector/mask.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/get.h"

#define NAMED 20 /* missing keys that are named */

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_show = {
	.name = "show",
	.bit = ON_SHOW,
	.args = "PARTITION... | --cookie VALUE",
	.min = 1,
	.max = -1,
	.summary = "show entries in full, decoded",
	.about = "Shows the entry with each partition key, what TTL will do "
		 "with it, and all its attributes. On a table with a sort "
		 "key, all entries of the partition are shown, or the one "
		 "that --sort-key names. Number keys are given as decimals, "
		 "binary keys as base64. --cookie takes an express-session "
		 "cookie instead, as a user's browser sends it, verifies its "
		 "signature and shows the session.",
	.examples = {
		{ "show session:Ab12Cd34Ef56Gh78",
		    "one session, masked, and what TTL will do with it" },
		{ "show --cookie - --secret-file secret <cookie.txt",
		    "the session that a cookie belongs to" },
	},
	.run = run,
};

struct show {
	struct context context;
	struct buf out; /* written entry by entry */
	struct buf scratch;
	struct report_style style;
	struct session session;
	struct slice *keys; /* the operands, or what the session may have */
	size_t nkeys;
	size_t *found; /* by key */
};

/* Print ${item} and write it out. */
static int
print(struct show *s, const struct item *item, struct fault *f)
{
	const struct context *c = &s->context;
	const struct text_report p = { .out = &s->out, .style = s->style };
	struct record r;
	bool first = c->o->cookie == NULL;
	int rc;

	for (size_t i = 0; i < s->nkeys; i++)
		first = first && s->found[i] == 0;
	if (!first)
		buf_addc(&s->out, '\n');
	record_of(&r, item, &c->rules, &s->scratch);
	entry_print(&p, &r, c->o->reveal);
	rc = output_all(NULL, &s->out, f);
	buf_reset(&s->out);
	return rc;
}

/* An operand as an AttributeValue of the key's type. */
static int
key_value(struct buf *out, enum attr_type type, const char *name,
    struct slice text, const struct rules *rules, struct fault *f)
{
	static const char *const forms[] = { [ATTR_S] = "text",
		[ATTR_N] = "a decimal number",
		[ATTR_B] = "base64" };

	struct buf shown = { 0 };

	if (attr_key_value(out, type, text.p, text.n) == 0)
		return 0;
	mask_text(&shown, rules, text);
	(void)fault(f, FAULT_USAGE,
	    "'%s' is not a valid key: %s is %s, given as %s", buf_text(&shown),
	    name, attr_type_name(type), forms[type]);
	buf_release(&shown);
	return -1;
}

/* {"pk":{…},"sk":{…}} for one entry. */
static int
whole_key(struct show *s, struct slice partition, struct buf *out,
    struct fault *f)
{
	const struct ddb_table *t = &s->context.table;
	struct item item = { .partition = partition };
	struct buf sort = { 0 };
	int rc = 0;

	if (t->sort != NULL) {
		rc = key_value(&sort, t->sort_type, t->sort,
		    slice_str(s->context.o->sort_key), &s->context.rules, f);
		item.sort = (struct slice){ buf_text(&sort), sort.n };
	}
	if (rc == 0)
		item_key_json(out, &item, &t->schema);
	buf_release(&sort);
	return rc;
}

static int
print_page(struct show *s, size_t which, const struct page *page,
    struct fault *f)
{
	for (size_t i = 0; i < page->n; i++) {
		if (print(s, &page->items[i], f) != 0)
			return -1;
		s->found[which]++;
	}
	return 0;
}

/* All entries of the partition, or the one that --sort-key names. */
static int
fetch(struct show *s, size_t which, struct fault *f)
{
	const struct context *c = &s->context;
	const struct ddb_table *t = &c->table;
	struct buf partition = { 0 }, key = { 0 };
	struct ddb_place start = { .key = { 0 } };
	struct page page = { 0 };
	struct slice value;
	int rc = -1, more = 1;

	if (key_value(&partition, t->partition_type, t->partition,
		s->keys[which], &c->rules, f) != 0)
		goto out;
	value = (struct slice){ partition.p, partition.n };
	if (t->sort == NULL || c->o->sort_key != NULL) {
		struct slice one;

		if (whole_key(s, value, &key, f) != 0)
			goto out;
		one = (struct slice){ key.p, key.n };
		if (ddb_get_one(c->conn, t, c->ttl, &one, &page, f) != 0)
			goto out;
		rc = print_page(s, which, &page, f);
		goto out;
	}
	while (more == 1) {
		if (stop_requested()) {
			(void)fault(f, FAULT_CANCELLED, "interrupted");
			goto out;
		}
		more = ddb_query(c->conn, t, c->ttl, value, &start, &page, f);
		if (more < 0 || print_page(s, which, &page, f) != 0)
			goto out;
	}
	rc = 0;
out:
	page_release(&page);
	buf_release(&partition);
	buf_release(&key);
	buf_release(&start.key);
	return rc;
}

/* Whether ${text} is the key ${value}, whatever its type. */
static bool
is_key(struct slice value, struct slice text)
{
	struct buf wanted = { 0 }, a = { 0 }, b = { 0 };
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);
	bool same = false;

	if (type <= ATTR_B &&
	    attr_key_value(&wanted, type, text.p, text.n) == 0) {
		attr_key_canonical(&a, value);
		attr_key_canonical(&b, (struct slice){ wanted.p, wanted.n });
		same = a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
	}
	buf_release(&wanted);
	buf_release(&a);
	buf_release(&b);
	return same;
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct show *s = state;
	const struct options *o = s->context.o;
	bool shown = false;

	(void)seg;
	for (size_t i = 0; i < s->nkeys; i++) {
		if (!is_key(r->item->partition, s->keys[i]))
			continue;
		if (o->sort_key != NULL && r->item->sort.p != NULL &&
		    !is_key(r->item->sort, slice_str(o->sort_key)))
			continue;
		if (!shown && print(s, r->item, f) != 0)
			return -1;
		shown = true;
		s->found[i]++;
	}
	return 0;
}

/* A file has no index: all of it is read. */
static int
search(struct show *s, struct fault *f)
{
	const struct context_pass how = { .alone = true,
		.rows = true,
		.sink = { .ctx = s, .entry = on_entry } };
	struct pass_progress done = { 0 };

	return context_pass(&s->context, &how, &done, f);
}

/* Name the keys that are not there; of a cookie's one is enough. */
static int
missing(const struct show *s, struct fault *f)
{
	bool cookie = s->context.o->cookie != NULL, any = false;
	struct buf names = { 0 };
	const char *why = "";
	size_t n = 0;

	for (size_t i = 0; i < s->nkeys; i++) {
		any |= s->found[i] > 0;
		if (s->found[i] > 0 || ++n > NAMED)
			continue;
		buf_adds(&names, names.n > 0 ? "', '" : "");
		mask_text(&names, &s->context.rules, s->keys[i]);
		if (mask_is(s->keys[i]))
			why = "; that is a masked key; get the full one with "
			      "'ttlsweep list --reveal'";
	}
	buf_addc(&names, '\'');
	if (n > NAMED)
		buf_addf(&names, " and %zu more", n - NAMED);
	if (cookie && any)
		n = 0;
	if (n > 0)
		(void)fault(f, FAULT_NOT_FOUND, "no entry has the key '%s%s",
		    buf_text(&names), why);
	buf_release(&names);
	return n > 0 ? -1 : 0;
}

/* What to look for: the operands, or the session of the cookie. */
static int
find_keys(struct show *s, struct fault *f)
{
	const struct options *o = s->context.o;

	if (o->cookie != NULL) {
		if (s->context.ddb != NULL &&
		    s->context.table.partition_type != ATTR_S)
			return fault(f, FAULT_USAGE,
			    "--cookie: the key %s is not a string, so this "
			    "table has no sessions",
			    s->context.table.partition);
		if (session_open(&s->session, &s->context, f) != 0)
			return -1;
		/* whatever its key begins with */
		s->context.rules.all_sessions = true;
		s->nkeys = s->session.nkeys;
	} else {
		s->nkeys = o->noperands;
	}
	s->keys = xcalloc(s->nkeys, sizeof(*s->keys));
	s->found = xcalloc(s->nkeys, sizeof(*s->found));
	for (size_t i = 0; i < s->nkeys; i++)
		s->keys[i] = o->cookie == NULL ? slice_str(o->operands[i])
					       : s->session.keys[i];
	if (o->cookie == NULL)
		return 0;
	session_print(&s->session, &s->out);
	return output_all(NULL, &s->out, f);
}

static int
check_sort_key(const struct context *c, struct fault *f)
{
	const char *partition = c->schema.partition;

	if (c->o->sort_key == NULL || c->schema.sort != NULL)
		return 0;
	if (c->sort_unknown)
		return fault(f, FAULT_USAGE,
		    "--sort-key: the file does not say which attribute is the "
		    "sort key; name it with --key %s,NAME",
		    partition);
	return fault(f, FAULT_USAGE,
	    "--sort-key: this table has no sort key; its key is %s alone",
	    partition);
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct show s = { 0 };
	int rc = -1;

	s.style = (struct report_style){
		.width = term_width(STDOUT_FILENO, 80),
		.color = term_color(STDOUT_FILENO, o->color),
		.ascii = !term_utf8(),
	};
	if (context_open(&s.context, o, NULL, log, f) != 0)
		goto out;
	if (check_sort_key(&s.context, f) != 0 || find_keys(&s, f) != 0)
		goto out;
	buf_reset(&s.out);
	if (o->input != NULL) {
		rc = search(&s, f);
	} else {
		rc = 0;
		for (size_t i = 0; i < s.nkeys && rc == 0; i++)
			rc = fetch(&s, i, f);
	}
	if (rc == 0)
		rc = missing(&s, f);
out:
	session_close(&s.session);
	context_close(&s.context);
	buf_release(&s.out);
	buf_release(&s.scratch);
	free(s.found);
	free(s.keys);
	return rc;
}
