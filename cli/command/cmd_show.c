#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/cookie.h"
#include "cli/command/entry.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "inspector/mask.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/shlex.h"
#include "lib/base/stop.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/get.h"

#define NAMED 20 /* missing keys that are named */

/* Secrets and cookies are short: anything longer is another file. */
#define SECRET_MAX ((size_t)64 << 10)

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
		 "cookie instead, as a user's browser sends it, and shows "
		 "its session; with --secret-file its signature is verified.",
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
	struct buf *keys; /* the operands, or those that the session of the
			     cookie may have: secrets */
	size_t nkeys;
	size_t *found; /* entries, by key */
	bool printed;  /* the next entry follows an empty line */
};

static struct slice
key_of(const struct show *s, size_t i)
{
	return (struct slice){ buf_text(&s->keys[i]), s->keys[i].n };
}

/* Print ${item}. */
static int
print(struct show *s, const struct item *item, struct fault *f)
{
	const struct context *c = &s->context;
	const struct text_report p = { .out = &s->out, .style = s->style };
	const struct entry_ttl ttl = {
		.attribute = c->ttl,
		.assumed = !option_given(c->o, "ttl-attribute") &&
		    c->table.ttl_attribute == NULL && c->file_ttl == NULL,
		.unknown = c->table.ttl_status == NULL ? c->ttl : NULL,
		.on = c->table.ttl_acts ? c->table.ttl_attribute : NULL,
	};
	struct record r, other;
	int rc;

	if (s->printed)
		buf_addc(&s->out, '\n');
	s->printed = true;
	record_of(&r, item, &c->rules, &s->scratch);
	if (c->rules.ttl_other != NULL)
		record_by_other(&other, &r, &c->rules);
	entry_print(&p, &r, c->rules.ttl_other != NULL ? &other : NULL, &ttl,
	    c->o->reveal);
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
	if (text.n == 0)
		return fault(f, FAULT_USAGE, "the key \"%s\" is empty", name);
	mask_text(&shown, rules, text);
	(void)fault(f, FAULT_USAGE,
	    "'%s' is not a valid key: \"%s\" is %s, given as %s",
	    buf_text(&shown), name, attr_type_name(type), forms[type]);
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

/* Print all entries of the partition, or the one that --sort-key names. */
static int
fetch(struct show *s, size_t which, struct fault *f)
{
	const struct context *c = &s->context;
	const struct ddb_table *t = &c->table;
	struct buf partition = { 0 }, key = { 0 };
	struct ddb_place start = { .key = { 0 } };
	struct page page = { 0 };
	struct slice value, one;
	bool all = t->sort != NULL && c->o->sort_key == NULL;
	int rc = -1, more;

	if (key_value(&partition, t->partition_type, t->partition,
		key_of(s, which), &c->rules, f) != 0)
		goto out;
	value = (struct slice){ partition.p, partition.n };
	if (!all && whole_key(s, value, &key, f) != 0)
		goto out;
	one = (struct slice){ key.p, key.n };
	do {
		if (stop_requested()) {
			(void)fault(f, FAULT_CANCELLED, "interrupted");
			goto out;
		}
		more = all
		    ? ddb_query(c->conn, t, c->ttl, value, &start, &page, f)
		    : ddb_get_one(c->conn, t, c->ttl, &one, &page, f);
		if (more < 0 || print_page(s, which, &page, f) != 0)
			goto out;
	} while (more == 1);
	rc = 0;
out:
	page_release(&page);
	buf_release(&partition);
	buf_release(&key);
	buf_release(&start.key);
	return rc;
}

/* Whether ${text} is the key ${value}, of any type. */
static bool
is_key(struct slice value, struct slice text)
{
	struct buf wanted = { 0 }, scratch = { 0 };
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);
	bool same = type <= ATTR_B &&
	    attr_key_value(&wanted, type, text.p, text.n) == 0 &&
	    attr_key_same(value, (struct slice){ wanted.p, wanted.n },
		&scratch);

	buf_release(&wanted);
	buf_release(&scratch);
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
		if (!is_key(r->item->partition, key_of(s, i)))
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

/* A file has no index, so all of it is read. */
static int
search(struct show *s, struct fault *f)
{
	const struct context_pass how = { .alone = true,
		.rows = true,
		.masks = true,
		.sink = { .ctx = s, .entry = on_entry } };
	struct pass_progress done = { 0 };

	return context_pass(&s->context, &how, &done, f);
}

/* No entry has ${names}, of ${n} keys, or none has that and the sort key. */
static void
none_has(const struct show *s, const char *names, size_t n, const char *why,
    struct fault *f)
{
	const struct context *c = &s->context;
	const char *place = c->o->input != NULL ? c->o->input : c->table.name;
	struct rules rules = c->rules;
	struct buf sort = { 0 };

	if (c->o->sort_key == NULL) {
		(void)fault(f, FAULT_NOT_FOUND, "%s: no entry has %s '%s%s",
		    place, n > 1 ? "any of the keys" : "the key", names, why);
		return;
	}
	rules.mask_partition = rules.mask_sort;
	mask_text(&sort, &rules, slice_str(c->o->sort_key));
	(void)fault(f, FAULT_NOT_FOUND,
	    "%s: no entry of partition%s '%s has the sort key '%s'%s", place,
	    n > 1 ? "s" : "", names, buf_text(&sort), why);
	buf_release(&sort);
}

/* Why a session is not there. */
static const char lost[] =
    "; the session has ended, or was deleted by TTL or by a purge (look in its "
    "journal with -i), or its key begins otherwise (name that with "
    "--session-prefix)";

static const char not_here[] =
    "; the session is not in this file, or its key begins otherwise (name that "
    "with --session-prefix)";

/* A session's key is not its id. */
static const char bare[] =
    "; give the whole key, which includes the prefix (such as session:)";

/* Name the keys that have no entry; of a cookie's keys one is enough. */
static int
missing(const struct show *s, struct fault *f)
{
	struct buf names = { 0 }, masked = { 0 };
	const struct options *o = s->context.o;
	const char *why = o->cookie == NULL ? ""
	    : o->input == NULL              ? lost
					    : not_here;
	bool masks = false;
	size_t n = 0;

	for (size_t i = 0; i < s->nkeys; i++) {
		if (s->found[i] > 0 || ++n > NAMED)
			continue;
		buf_adds(&names, names.n > 0 ? "', '" : "");
		mask_text(&names, &s->context.rules, key_of(s, i));
		if (s->context.o->cookie == NULL &&
		    !s->context.rules.all_sessions &&
		    mask_may_be_id(key_of(s, i)))
			why = bare;
		masks = masks || mask_is(key_of(s, i));
	}
	if (masks) {
		buf_adds(&masked,
		    "; that is a masked key; get the full one with: ttlsweep "
		    "list --reveal");
		option_repeat(&masked, o, GROUP_GLOBAL, NULL);
		why = buf_text(&masked);
	}
	buf_addc(&names, '\'');
	if (n > NAMED)
		buf_addf(&names, " and %zu more", n - NAMED);
	if (n > 0 && (s->context.o->cookie == NULL || n == s->nkeys))
		none_has(s, buf_text(&names), n, why, f);
	else
		n = 0;
	buf_release(&names);
	buf_release(&masked);
	return n > 0 ? -1 : 0;
}

/* Read ${fd} to its end. */
static int
read_secret(struct buf *s, int fd, const char *name, struct fault *f)
{
	int rc = file_read(fd, name, SECRET_MAX, s, f);

	if (rc == 1)
		return fault(f, FAULT_DATA,
		    "%s: longer than %zu KiB, so neither cookie nor secrets",
		    name, SECRET_MAX >> 10);
	return rc;
}

/* Applications pass their secrets to express-session as such an array. */
static bool
is_json_array(const struct buf *s)
{
	struct slice_walk w = slice_walk((struct slice){ s->p, s->n });

	return s->n > 0 && slice_array(&w) == 0 &&
	    slice_check((struct slice){ s->p, s->n }, NULL) == 0;
}

static int
secrets_open(struct buf *s, const char *path, struct log *log, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;
	struct buf quoted = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		rc = fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_IO,
		    "%s: %s", path, strerror(errno));
	} else {
		shlex_quote(&quoted, path);
		if (S_ISREG(st.st_mode) && (st.st_mode & S_IROTH) != 0)
			log_warn(log,
			    "%s: everyone on this machine can read it; run: "
			    "chmod 600 %s",
			    path, buf_text(&quoted));
		buf_release(&quoted);
		rc = read_secret(s, fd, path, f);
		if (rc == 0 && is_json_array(s))
			rc = fault(f, FAULT_DATA,
			    "%s: a JSON array; write the secrets as plain "
			    "text, one per line",
			    path);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The value of --cookie, or standard input. */
static int
cookie_open(struct cookie *cookie, const struct options *o,
    struct slice secrets, struct fault *f)
{
	struct buf typed = { 0 };
	struct slice text = slice_str(o->cookie);
	int rc = 0;

	if (strcmp(o->cookie, "-") == 0) {
		rc = read_secret(&typed, STDIN_FILENO, "standard input", f);
		text = (struct slice){ typed.p, typed.n };
	}
	if (rc == 0)
		rc = cookie_read(cookie, text, secrets, f);
	secret_release(&typed);
	return rc;
}

/* A forged cookie must not show a session: refused unless one of the secrets
 * has signed it, if there are secrets. */
static int
judge(const struct cookie *c, const struct options *o, struct fault *f)
{
	if (o->secret_file == NULL || c->verdict == COOKIE_VALID)
		return 0;
	if (c->verdict == COOKIE_UNSIGNED)
		return fault(f, FAULT_REFUSED,
		    "the cookie is not signed, so express-session would reject "
		    "it; leave out --secret-file to look for its session "
		    "anyway");
	if (c->secrets == 0)
		return fault(f, FAULT_DATA, "%s: contains no secret",
		    o->secret_file);
	return fault(f, FAULT_REFUSED,
	    "the cookie's signature is wrong: it was not made with %s in %s "
	    "(where quotes count), or the cookie was changed; leave out --secret-file to look for "
	    "its session anyway",
	    c->secrets == 1 ? "the secret" : "any secret", o->secret_file);
}

static void
print_cookie(struct buf *out, const struct cookie *c)
{
	static const char *const verdicts[] = {
		[COOKIE_UNSIGNED] = "NOT SIGNED; express-session would reject "
				    "it",
		[COOKIE_UNVERIFIED] = "signed, NOT VERIFIED; verify it with "
				      "--secret-file",
		[COOKIE_WRONG] = "the signature is WRONG",
		[COOKIE_VALID] = "the signature is valid",
	};

	buf_addf(out, "cookie: %s", verdicts[c->verdict]);
	if (c->verdict == COOKIE_VALID && c->secrets > 1)
		buf_addf(out, " (secret %zu of %zu)", c->secret, c->secrets);
	buf_addc(out, '\n');
}

static void
add_key(struct show *s, const char *prefix, struct slice text)
{
	s->keys = xreallocarray(s->keys, s->nkeys + 1, sizeof(*s->keys));
	s->keys[s->nkeys] = (struct buf){ 0 };
	buf_adds(&s->keys[s->nkeys], prefix);
	buf_add(&s->keys[s->nkeys++], text.p, text.n);
}

/* The keys that the session ${id} may have: each session prefix and the id. If
 * no prefix was given, those that the stores of express-session write:
 * connect-dynamodb and dynamodb-store use sess: by default, and can use any
 * prefix, or none. */
static void
add_session_keys(struct show *s, struct slice id)
{
	const struct rules *rules = &s->context.rules;

	for (size_t i = 0; i < rules->nprefixes; i++)
		add_key(s, rules->session_prefixes[i], id);
	if (rules->nprefixes > 0)
		return;
	add_key(s, "session:", id);
	add_key(s, "sess:", id);
	add_key(s, "", id);
}

/* Read the cookie and the secrets that the options name, print what there is
 * to say about the cookie, and look for its session. */
static int
follow_cookie(struct show *s, struct fault *f)
{
	const struct options *o = s->context.o;
	struct buf secrets = { 0 };
	struct cookie cookie = { 0 };
	int rc = -1;

	if (s->context.ddb != NULL && s->context.table.partition_type != ATTR_S)
		return fault(f, FAULT_USAGE,
		    "--cookie: the key %s is not a string, so this table has "
		    "no sessions",
		    s->context.table.partition);
	if (o->secret_file != NULL &&
	    secrets_open(&secrets, o->secret_file, s->context.log, f) != 0)
		goto out;
	if (cookie_open(&cookie, o, (struct slice){ secrets.p, secrets.n },
		f) != 0 ||
	    judge(&cookie, o, f) != 0)
		goto out;
	if (cookie.id.n == 0) {
		(void)fault(f, FAULT_USAGE,
		    "--cookie: it contains no session id");
		goto out;
	}
	add_session_keys(s, (struct slice){ cookie.id.p, cookie.id.n });
	/* whatever its key begins with */
	s->context.rules.all_sessions = true;
	print_cookie(&s->out, &cookie);
	rc = output_all(NULL, &s->out, f);
	buf_reset(&s->out);
	s->printed = true;
out:
	secret_release(&secrets);
	cookie_release(&cookie);
	return rc;
}

/* What to look for: the operands, or the session of the cookie. */
static int
find_keys(struct show *s, struct fault *f)
{
	const struct options *o = s->context.o;

	if (o->cookie != NULL && follow_cookie(s, f) != 0)
		return -1;
	for (size_t i = 0; o->cookie == NULL && i < o->noperands; i++)
		add_key(s, "", slice_str(o->operands[i]));
	s->found = xcalloc(s->nkeys, sizeof(*s->found));
	return 0;
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

	s.style = text_report_style(o->color);
	if (context_open(&s.context, o, NULL, log, f) != 0)
		goto out;
	if (check_sort_key(&s.context, f) != 0 || find_keys(&s, f) != 0)
		goto out;
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
	context_close(&s.context);
	buf_release(&s.out);
	buf_release(&s.scratch);
	for (size_t i = 0; i < s.nkeys; i++)
		secret_release(&s.keys[i]);
	free(s.keys);
	free(s.found);
	return rc;
}
