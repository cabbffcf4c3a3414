#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "inspector/mask.h"
#include "inspector/moment.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/aws/arn.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"
#include "lib/stream/outfile.h"
#include "sweep/journal.h"
#include "sweep/plan.h"

void
option_selection(struct selection *s, const struct options *o)
{
	*s = selection_any();
	if (o->state.bits != 0 && (o->state.bits & STATES_ANY) == 0)
		s->states = o->state.bits;
	s->reasons = o->reason.bits;
	if (o->kind > 0)
		s->kinds = (unsigned)o->kind;
	s->prefixes = o->prefixes.list;
	s->nprefixes = o->prefixes.n;
	s->sort_prefixes = o->sort_prefixes.list;
	s->nsort_prefixes = o->sort_prefixes.n;
	s->overdue = o->overdue;
	s->expires_within = o->expires_within;
	s->larger_than = o->larger_than;
}

void
option_plan(struct plan *p, const struct options *o)
{
	*p = (struct plan){
		.now_given = option_given(o, "now"),
		.now = o->now,
		.overdue = o->overdue,
		.extend_ttl = o->extend_ttl,
		.ttl_for_missing = o->ttl_for_missing,
	};
}

void
option_journal(struct plan_journal *j, const struct options *o)
{
	*j = (struct plan_journal){
		.none = o->no_journal,
		.file = o->journal,
		.directory = o->journal_dir,
		.limited = o->max_items >= 0,
	};
}

/* Pairs that cannot be used together, with the reason. */
static const struct {
	const char *a, *b, *why;
} conflicts[] = {
	{ "input", "table", "a file is read instead of a table" },
	{ "input", "stack", "a file is read instead of a table" },
	{ "input", "expect-account", "a file has no account" },
	{ "input", "region", "a file is read instead of a table" },
	{ "input", "profile", "a file is read instead of a table" },
	{ "input", "endpoint-url", "a file is read instead of a table" },
	{ "input", "segments", "a file has no segments" },
	{ "input", "consistent", "a file is always consistent" },
	{ "input", "max-rcu", "reading a file costs no read units" },
	{ "input", "max-wcu", "nothing is written" },
	{ "input", "sample", "a file is read as a whole" },
	{ "input", "shard", "a file is read as a whole" },
	{ "input", "watch", "a file does not change" },
	{ "now", "watch", "each inspection is judged by its own time" },
	{ "sample", "shard", "an estimate is of the whole table" },
	{ "segments", "shard", "shards are of 1024 segments" },
	{ "stack", "table", "the stack names the table" },
	{ "policy", "format", "a policy is always JSON" },
	{ "policy", "probe-write", "a policy is printed, nothing tried" },
	{ "policy", "journal", "a policy is printed, nothing checked" },
	{ "policy", "journal-dir", "a policy is printed, nothing checked" },
	{ "policy", "no-journal", "a policy is printed, nothing checked" },
	{ "policy", "overdue", "a policy is printed, nothing checked" },
	{ "quiet", "verbose", "one wants less output, the other more" },
	{ "journal", "journal-dir", "give the file or the directory" },
	{ "journal", "no-journal",
	    "either there is a journal or there is none" },
	{ "journal-dir", "no-journal",
	    "either there is a journal or there is none" },
	{ "keep-journals", "no-journal",
	    "either there is a journal or there is none" },
	{ "top", "limit", "--top N has its own limit" },
	{ "no-sizes", "larger-than", "sizes would not be known" },
	{ "keys-from", "input", "the keys' entries are read from the table" },
	{ "keys-from", "segments", "entries are read by their keys" },
	{ "keys-from", "shard", "a list of keys is not a part of the table" },
	{ "encrypt-to", "checkpoint",
	    "a truncated encrypted message can be neither read nor "
	    "continued" },
	{ "checkpoint", "input", "a file is read again from its start" },
	{ "checkpoint", "limit", "a limit counts only the entries of one run" },
	{ "keys-from", "checkpoint", "a list of keys is simply run again" },
	{ "overdue", "expires-within", "no entry is expired and live" },
};

/* The first needs the second. */
static const struct {
	const char *a, *b;
} needs[] = {
	{ "key", "input" },
	{ "by", "top" },
	{ "logical-id", "stack" },
	{ "partial", "merge" },
	{ "secret-file", "cookie" },
};

/* What can be used with --merge; the rest is in the reports. */
static const char *const merging[] = { "merge", "partial", "format", "output",
	"top", "alert-expired", "alert-overdue", "progress", "color", "quiet",
	"verbose", "help", "version" };

static int
check_merge(const struct options *o, struct fault *f)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++) {
		bool fits = !o->given[i];

		for (size_t k = 0;
		     !fits && k < sizeof(merging) / sizeof(*merging); k++)
			fits = strcmp(option_rows[i].name, merging[k]) == 0;
		if (!fits)
			return fault(f, FAULT_USAGE,
			    "--merge and --%s cannot be used together: --merge "
			    "only adds up finished reports",
			    option_rows[i].name);
	}
	if (o->noperands == 0)
		return fault(f, FAULT_USAGE,
		    "--merge needs FILE...: JSON reports of inspect");
	return 0;
}

/* Add the argument ${is} with session keys masked. Whether any was. */
static bool
show(struct buf *out, const char *is)
{
	const struct rules rules = { 0 };

	mask_text(out, &rules, slice_str(is));
	return strcmp(buf_text(out), is) != 0;
}

static int
refuse(const char *what, const char *why, const char *operand, struct fault *f)
{
	struct buf shown = { 0 };

	(void)show(&shown, operand);
	(void)fault(f, FAULT_USAGE, "'%s'%s'%s'", what, why, buf_text(&shown));
	buf_release(&shown);
	return -1;
}

/* An argument to a command without any: probably the table, or a file. */
static int
stray(const struct options *o, struct fault *f)
{
	const struct command *c = o->command;
	const char *is = o->operands[0];
	struct buf shown = { 0 }, quoted = { 0 };
	bool file = access(is, F_OK) == 0;
	bool reads = option_find("input", c->bit) != NULL;
	/* a file, and no table has such a name */
	bool journal = file && !reads && strchr(is, '/') != NULL;
	const char *to = journal ? "to put back what is in a journal"
	    : file && reads      ? "to read the file"
				 : "to name a table";
	const char *name = journal ? "restore" : c->name;
	const char *option = journal ? "" : file && reads ? " -i" : " -t";

	if (show(&shown, is))
		buf_adds(&quoted, file ? "FILE" : "TABLE");
	else
		shlex_quote(&quoted, is);
	(void)fault(f, FAULT_USAGE,
	    "'%s' takes no argument%s: '%s'; %s: ttlsweep %s%s %s", c->name,
	    c->bit == ON_INSPECT ? " without --merge" : "", buf_text(&shown),
	    to, name, option, buf_text(&quoted));
	buf_release(&shown);
	buf_release(&quoted);
	return -1;
}

static int
check_operands(const struct options *o, struct fault *f)
{
	const struct command *c = o->command;
	char why[120], *place;

	if (o->merge)
		return check_merge(o, f);
	if (c->bit == ON_INSPECT && o->noperands > 0)
		return stray(o, f);
	if (o->cookie != NULL && o->noperands > 0)
		return refuse("show --cookie",
		    " takes no other argument: ", o->operands[0], f);
	if ((int)o->noperands < c->min && o->cookie == NULL) {
		place =
		    c->bit == ON_RESTORE ? journal_default_directory() : NULL;
		(void)fault(f, FAULT_USAGE, "'%s' needs an argument: %s%s%s",
		    c->name, c->args, place != NULL ? "; journals are in " : "",
		    place != NULL ? place : "");
		free(place);
		return -1;
	}
	if (c->max == 0 && o->noperands > 0 &&
	    option_find("table", c->bit) != NULL)
		return stray(o, f);
	if (c->max < 0 || (int)o->noperands <= c->max)
		return 0;
	(void)snprintf(why, sizeof(why),
	    " takes %s%s: ", c->max == 0 ? "no arguments" : "only ",
	    c->max == 0 ? "" : c->args);
	return refuse(c->name, why, o->operands[c->max], f);
}

/* Only text and lines of JSON can follow each other. */
static int
check_watch(const struct options *o, struct fault *f)
{
	if (o->watch == 0)
		return fault(f, FAULT_USAGE, "--watch 0: at least 1 second");
	if (o->output == NULL && o->format != FORMAT_TEXT &&
	    o->format != FORMAT_JSON)
		return fault(f, FAULT_USAGE,
		    "--watch with --format %s needs --output FILE: each report "
		    "replaces the last",
		    option_chosen(o, option_find("format", ON_INSPECT)));
	return 0;
}

/* Separators are compared byte by byte. */
static int
check_separators(const struct options *o, struct fault *f)
{
	const char *p = o->group_separators;

	for (; p != NULL && *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			return fault(f, FAULT_USAGE,
			    "--group-separators '%s': only ASCII characters "
			    "can be separators",
			    o->group_separators);
	return 0;
}

/* A masked key from a report is not the beginning of a key. */
static int
check_prefixes(const struct options *o, struct fault *f)
{
	const struct option_list *const lists[] = { &o->prefixes,
		&o->sort_prefixes };

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			const char *p = lists[k]->list[i];

			if (mask_is(slice_str(p)))
				return fault(f, FAULT_USAGE,
				    "--%sprefix '%s': is masked; give the "
				    "beginning of the key itself",
				    k > 0 ? "sort-" : "", p);
		}
	return check_separators(o, f);
}

/* TTL values too far ahead are not read as a time (inspector/moment.h). */
static int
check_ahead(const char *name, int64_t seconds, struct fault *f)
{
	if (seconds <= MOMENT_AHEAD)
		return 0;
	return fault(f, FAULT_USAGE,
	    "--%s: more than 100 years ahead, which would not be read as a "
	    "time; give at most %llds",
	    name, (long long)MOMENT_AHEAD);
}

/* In other tools --output is the format. */
static int
check_output(const struct options *o, struct fault *f)
{
	const struct option_row *row = option_find("format", o->command->bit);

	if (o->output == NULL || row == NULL || option_given(o, "format"))
		return 0;
	for (size_t i = 0; row->words[i].name != NULL; i++)
		if (strcmp(row->words[i].name, o->output) == 0)
			return fault(f, FAULT_USAGE,
			    "--output %s names a file; for the format, use "
			    "--format %s (or --output ./%s for such a file)",
			    o->output, o->output, o->output);
	return 0;
}

static int
check_written(const struct options *o, struct fault *f)
{
	int64_t east;

	if (o->zone != NULL && text_zone_parse(o->zone, &east) != 0)
		return fault(f, FAULT_USAGE,
		    "--zone '%s': not a zone: UTC, or an offset from it such "
		    "as -08:00, from -12:00 to +14:00",
		    o->zone);
	return check_ahead("ttl-for-missing", o->ttl_for_missing, f) == 0
	    ? check_ahead("extend-ttl", o->extend_ttl, f)
	    : -1;
}

bool
option_wide(const struct options *o, struct fault *f)
{
	/* "any" says that everything is meant */
	if (o->command->bit != ON_PURGE || option_given(o, "reason") ||
	    option_given(o, "keys-from") ||
	    (o->state.bits & 1u << STATE_IMMORTAL) == 0)
		return false;
	(void)fault(f, FAULT_USAGE,
	    "--state %s: immortal entries may be meant to stay; choose with "
	    "--reason or --keys-from",
	    o->state.text);
	return true;
}

static bool
is_account(const char *s)
{
	return strspn(s, "0123456789") == 12 && s[12] == '\0';
}

const char *
option_table_from(const struct options *o)
{
	const char *set = getenv("CACHETABLE");

	if (o->stack != NULL)
		return "of --stack";
	if (option_given(o, "table"))
		return "-t";
	return set != NULL && *set != '\0' ? "CACHETABLE" : "the default";
}

/* The table's name, unless a file or a stack gives it. A journal may name
 * another one than the environment does. */
static int
check_table(const struct options *o, struct fault *f)
{
	if (o->table == NULL || o->input != NULL || o->stack != NULL ||
	    o->merge ||
	    (o->command->bit == ON_RESTORE && !option_given(o, "table")))
		return 0;
	return option_table(o, f);
}

int
option_table(const struct options *o, struct fault *f)
{
	if (arn_is_table_name(o->table) || arn_is_table(o->table))
		return 0;
	return fault(f, FAULT_USAGE,
	    "%s '%s' is not a table name (3-255 letters, digits, _ . -) or a "
	    "table ARN",
	    option_table_from(o), o->table);
}

/* A selection that no entry can match is a mistake. */
static int
check_selection(const struct options *o, struct fault *f)
{
	struct selection s;
	struct buf why = { 0 };
	int rc = 0;

	option_selection(&s, o);
	if (selection_impossible(&s, &why))
		rc = fault(f, FAULT_USAGE, "no entry can match: %s%s",
		    buf_text(&why),
		    o->command->bit == ON_PURGE && !option_given(o, "state") &&
			    selection_states(&s) == 0
			? " (purge selects expired entries unless --state is "
			  "given)"
			: "");
	buf_release(&why);
	return rc;
}

/*
 * The policy: an output file replaces the one of its name, and a checkpoint is
 * removed at the end. So no two options may name the same file if one of them
 * writes it, however the names are spelled; not even an input that has been
 * read by then.
 */
struct named {
	const char *option; /* "--output"; "FILE": an operand */
	const char *path;   /* as given */
	const char *place;  /* what is read or written */
	bool writes;
	bool part; /* the temporary file of --output */
};

struct names {
	struct named *list;
	size_t n;
	char *part;
};

static void
add(struct names *all, const char *option, const char *path, bool writes)
{
	struct named *x;

	if (path == NULL)
		return;
	x = &all->list[all->n++];
	*x = (struct named){ option, path, path, writes, false };
	if (strcmp(path, "-") == 0)
		x->place = writes ? "/dev/stdout" : "/dev/stdin";
}

/* All files on the command line, those that are written first. */
static void
gather(struct names *all, const struct options *o)
{
	bool files = o->command->bit == ON_RESTORE || o->merge;

	all->list =
	    xcalloc(16 + o->encrypt_to.n + o->noperands, sizeof(*all->list));
	add(all, "--output", o->output, true);
	add(all, "--checkpoint", o->checkpoint, true);
	add(all, "--journal", o->journal, true);
	add(all, "--metrics-file", o->metrics_file, true);
	if (o->output != NULL && o->checkpoint != NULL &&
	    (all->part = outfile_part(o->output)) != NULL) {
		add(all, "--output", o->output, true);
		all->list[all->n - 1].place = all->part;
		all->list[all->n - 1].part = true;
	}
	add(all, "--input", o->input, false);
	add(all, "--keys-from", o->keys_from, false);
	add(all, "--secret-file", o->secret_file, false);
	add(all, "--decrypt-with", o->decrypt_with, false);
	for (size_t i = 0; i < o->encrypt_to.n; i++)
		add(all, "--encrypt-to", o->encrypt_to.list[i], false);
	for (size_t i = 0; files && i < o->noperands; i++)
		add(all, "FILE", o->operands[i], false);
}

static int
refuse_same(const struct named *a, const struct named *b, struct fault *f)
{
	const struct named *part = a->part ? a : b, *other = a->part ? b : a;

	if (part->part)
		return fault(f, FAULT_USAGE,
		    "%s %s is the temporary file of --output %s; name another "
		    "file",
		    other->option, other->path, part->path);
	return fault(f, FAULT_USAGE,
	    "%s %s and %s %s are the same file: name another", a->option,
	    a->path, b->option, b->path);
}

static int
check_apart(const struct names *all, struct fault *f)
{
	const struct named *end = all->list + all->n;

	for (const struct named *a = all->list; a < end && a->writes; a++)
		for (const struct named *b = a + 1; b < end; b++)
			if (outfile_same(a->place, b->place))
				return refuse_same(a, b, f);
	return 0;
}

/* It is synced, and a restore reads it. */
static int
check_journal(const char *path, struct fault *f)
{
	if (path == NULL || strcmp(path, "-") != 0)
		return 0;
	return fault(f, FAULT_USAGE,
	    "--journal -: a journal is a new file; name one");
}

/* It is replaced again and again, and the next run reads it. */
static int
check_checkpoint(const char *path, struct fault *f)
{
	struct stat st;

	if (path == NULL)
		return 0;
	if (strcmp(path, "-") == 0 || outfile_descriptor(path) >= 0 ||
	    (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return fault(f, FAULT_USAGE,
		    "--checkpoint %s: not a regular file, but the next run "
		    "must read it; name one",
		    path);
	return 0;
}

/* No file that is written is named twice. Nothing is opened. */
static int
check_files(const struct options *o, struct fault *f)
{
	struct names all = { 0 };
	int rc = check_checkpoint(o->checkpoint, f) != 0
	    ? -1
	    : check_journal(o->journal, f);

	if (rc == 0) {
		gather(&all, o);
		rc = check_apart(&all, f);
	}
	free(all.list);
	free(all.part);
	return rc;
}

int
option_together(const struct options *o, struct fault *f)
{
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(*conflicts); i++)
		if (option_given(o, conflicts[i].a) &&
		    option_given(o, conflicts[i].b))
			return fault(f, FAULT_USAGE,
			    "--%s and --%s cannot be used together: %s",
			    conflicts[i].a, conflicts[i].b, conflicts[i].why);
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++)
		if (option_given(o, needs[i].a) && !option_given(o, needs[i].b))
			return fault(f, FAULT_USAGE, "--%s needs --%s",
			    needs[i].a, needs[i].b);
	if (o->decrypt_with != NULL && o->input == NULL &&
	    o->command->bit != ON_RESTORE)
		return fault(f, FAULT_USAGE, "--decrypt-with needs --input");
	if ((o->watch >= 0 && check_watch(o, f) != 0) ||
	    check_prefixes(o, f) != 0)
		return -1;
	/* metrics of a shard would look like the table's */
	if (o->shard != NULL && o->format == FORMAT_PROMETHEUS)
		return fault(f, FAULT_USAGE,
		    "--shard with --format prometheus: metrics describe a "
		    "whole table; write --format json and combine the shards "
		    "with --merge --format prometheus");
	if (o->segments > 0 && (o->segments & (o->segments - 1)) != 0)
		return fault(f, FAULT_USAGE,
		    "--segments %lld: not a power of two",
		    (long long)o->segments);
	if (o->expect_account != NULL && !is_account(o->expect_account))
		return fault(f, FAULT_USAGE,
		    "--expect-account '%s': not an account number (12 digits)",
		    o->expect_account);
	if (check_table(o, f) != 0 || check_operands(o, f) != 0 ||
	    check_output(o, f) != 0 || check_written(o, f) != 0 ||
	    check_selection(o, f) != 0 || (o->yes && option_wide(o, f)))
		return -1;
	return check_files(o, f);
}
