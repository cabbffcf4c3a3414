#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "cli/command.h"
#include "cli/command/help.h"
#include "cli/commands.h"
#include "cli/option/completion.h"
#include "cli/option/option.h"
#include "inspector/select.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS 16
#define STORE 512

#define LIVE (1u << STATE_LIVE)
#define PENDING (1u << STATE_PENDING)
#define STUCK (1u << STATE_STUCK)
#define IMMORTAL (1u << STATE_IMMORTAL)

/* The words of ${line} as an argument vector; "''" is an empty word. */
static int
split(char *store, const char *line, char *argv[WORDS])
{
	int n = 1;

	(void)snprintf(store, STORE, "%s", line);
	for (char *p = strtok(store, " "); p != NULL; p = strtok(NULL, " "))
		argv[n++] = strcmp(p, "''") == 0 ? p + 2 : p;
	argv[n] = NULL;
	return n;
}

static int
parse(struct options *o, const char *line, struct fault *f)
{
	static char store[STORE], name[] = "ttlsweep";
	char *argv[WORDS];
	int n = split(store, line, argv);

	argv[0] = name;
	return option_parse(o, commands, n, argv, f);
}

/* Command lines that are refused, and a part of the message. */
static const struct {
	const char *line;
	const char *says;
} refused[] = {
	/* clang-format off */
	{ "", "no command given; commands: inspect, list, " },
	{ "inspct", "did you mean 'inspect'" },
	{ "frobnicate", "no command 'frobnicate'" },
	{ "delete", "no command 'delete'; did you mean 'purge'?" },
	{ "undo", "no command 'undo'; did you mean 'restore'?" },
	{ "ls", "did you mean 'list'?" },
	{ "get session:x", "did you mean 'show'?" },
	{ "fix", "did you mean 'repair'?" },
	{ "scan", "did you mean 'inspect'?" },
	{ "version", "did you mean '--version'?" },
	{ "inspect --json", "unknown option --json; use --format json" },
	{ "inspect --no-color", "use --color never" },
	{ "inspect --output json", "--output json names a file; for the format, use --format json" },
	{ "export -o csv", "for the format, use --format csv" },
	{ "''", "no command ''" },
	{ "inspect --frmat json", "did you mean --format" },
	{ "inspect --form json", "did you mean --format" },
	{ "inspect --table-name T", "--table-name; did you mean --table?" },
	{ "list --tables T", "did you mean --table?" },
	{ "list --endpoint http://x", "use --endpoint-url URL" },
	{ "list --region-name x", "did you mean --region?" },
	{ "purge --max-rate 5", "--max-rcu N and --max-wcu N limit" },
	{ "purge --force", "unknown option --force; --yes makes purge delete, and repair and restore write" },
	{ "purge -y", "unknown option -y; --yes makes purge delete" },
	{ "purge --older-than 1d", "--overdue DUR: expired" },
	{ "purge --threads 4", "--jobs N is the number of workers" },
	{ "show --sort 3 a", "--sort; use list --top N --by WHAT to order" },
	{ "show --sort- 3 a", "did you mean --sort-key" },
	{ "list --co key", "did you mean --columns" },
	{ "--max-item=3 purge", "did you mean --max-items?" },
	{ "purge --dry-run", "--dry-run; without --yes, purge, repair and restore are dry runs" },
	{ "purge -n", "unknown option -n; without --yes, purge," },
	{ "purge --n", "unknown option --n" },
	{ "show -3", "-3; put arguments that begin with - after --" },
	{ "show -x", "unknown option -x" },
	{ "--form json inspect", "unknown option --form" },
	{ "inspect --xyzzy", "unknown option --xyzzy" },
	{ "inspect --=x", "unknown option --" },
	{ "inspect -Z", "unknown option -Z" },
	{ "inspect -qZ", "unknown option -Z" },
	{ "inspect --yes", "--yes does not apply to inspect (only to purge, " },
	{ "purge --input x", "(only to inspect, list, show and " },
	{ "doctor --output json", "--output does not apply to doctor (only to inspect and export); for JSON use --format json, and" },
	{ "list -o x", "; for JSON use --format jsonl, and redirect standard output to write a file" },
	{ "purge -i x", "--input does not apply to purge (only to " },
	{ "help --format json", "--format does not apply to help (only to " },
	{ "completion bash --table", "--table needs a value" },
	{ "inspect --table", "--table needs a value: --table NAME" },
	{ "inspect -t", "--table needs a value" },
	{ "inspect --table=", "--table: the value is empty" },
	{ "inspect -t ''", "--table: the value is empty" },
	{ "purge --prefix ''", "--prefix: the value is empty" },
	{ "purge --state stuck,",
	    "--state 'stuck,': not a list of words with one comma between" },
	{ "purge --yes=true", "--yes takes no value" },
	{ "purge --yes=", "--yes takes no value" },
	{ "inspect --jobs 0", "--jobs '0'" },
	{ "inspect --jobs 257", "from 1 to 256" },
	{ "inspect --jobs 8x", "--jobs '8x'" },
	{ "inspect --jobs -1", "--jobs '-1'" },
	{ "inspect --jobs 99999999999999999999", "--jobs" },
	{ "purge --max-percent many", "--max-percent 'many': not a number" },
	{ "purge --max-percent 100.1", "not a number from 0 to 100" },
	{ "purge --max-percent -0.1", "--max-percent '-0.1'" },
	{ "purge --max-cost 1USD", "--max-cost '1USD'" },
	{ "repair --price x", "--price 'x'" },
	{ "repair --price nan", "--price 'nan'" },
	{ "inspect --segments 3", "not a power of two" },
	{ "inspect --segments 8192", "from 1 to 4096" },
	{ "inspect --max-rcu -1", "--max-rcu '-1'" },
	{ "inspect --now tomorrow", "--now 'tomorrow'" },
	{ "inspect --now 1795332271000", "is it in milliseconds?" },
	{ "purge --now 100000000000", "is it in milliseconds?" },
	{ "list --now -100000000000", "is it in milliseconds?" },
	{ "list --now 9999-12-31", "--now '9999-12-31': is in the year 5138 or later (is it in milliseconds?" },
	{ "list --now=-1700000000000", "is too far in the past (is it in milliseconds?" },
	{ "list --overdue 2y", "--overdue '2y'" },
	{ "list --overdue -5m", "--overdue '-5m'" },
	{ "list --larger-than 4x", "--larger-than '4x'" },
	{ "list --state stcuk", "did you mean 'stuck'" },
	{ "list --state live,", "--state 'live,'" },
	{ "list --state LIVE", "--state 'LIVE'" },
	{ "list --reason never", "not one of none, milliseconds" },
	{ "list --kind sessions", "did you mean 'session'" },
	{ "list --format json", "not one of table, tsv, csv, jsonl" },
	{ "inspect --format csv", "not one of text, json" },
	{ "list --limit 0", "--limit '0'" },
	{ "list --by size", "--by needs --top" },
	{ "list --top 5 --limit 5", "--top and --limit cannot be used together" },
	{ "list -t ab", "-t 'ab' is not a table name" },
	{ "restore -t a/b f", "-t 'a/b' is not a table name" },
	{ "list -t a -i b", "--input and --table cannot be used together" },
	{ "list --input b --region x", "--input and --region cannot be used together" },
	{ "list --key pk", "--key needs --input" },
	{ "list -q -v", "--quiet and --verbose cannot be used together" },
	{ "purge --journal a --journal-dir b", "cannot be used together" },
	{ "purge --journal a --no-journal", "cannot be used together" },
	{ "purge --overdue 1h --expires-within 1h", "cannot be used together" },
	{ "inspect --no-sizes --larger-than 1k", "cannot be used together" },
	{ "purge --yes --state immortal", "--state immortal: immortal entries may be meant to stay" },
	{ "purge --yes --state any,immortal", "meant to stay; choose with --reason or --keys-from" },
	{ "purge --yes --state immortal,any", "choose with --reason or --keys-from" },
	{ "purge --yes --state expired --state immortal", "--state expired,immortal: " },
	{ "purge --yes --state live,pending,stuck,immortal --kind session", "choose with --reason" },
	{ "repair --zone PST", "--zone 'PST': not a zone: UTC, or an offset" },
	{ "repair --zone +14:30", "from -12:00 to +14:00" },
	{ "repair --zone ''", "--zone: the value is empty" },
	{ "restore j --keys-from x", "(only to list, export, purge and repair); restore selects by --kind, --prefix (a whole key, too) and --sort-prefix; to choose from a purge's journal by anything else, export what you want with 'ttlsweep export -i JOURNAL', and restore that to the journal's table with 'ttlsweep restore -t TABLE'" },
	{ "purge --zone UTC", "--zone does not apply to purge (only to repair)" },
	{ "list --state stuck --expires-within 1h", "no entry can match: --state selects" },
	{ "purge --expires-within 1h", "(purge selects expired entries unless --state is given)" },
	{ "purge --reason missing", "no entry can match: --state selects entries that are pending or stuck" },
	{ "inspect --reason missing --overdue 1h", "no entry can match: --reason" },
	{ "export --larger-than 400k", "at most 409600 bytes" },
	{ "restore --extend-ttl 3155760001s x", "--extend-ttl: more than 100 years ahead" },
	{ "restore --extend-ttl 9223372036854775807 x", "more than 100 years ahead" },
	{ "repair --ttl-for-missing 3155760001s", "more than 100 years ahead" },
	{ "repair --ttl-for-missing 9223372036854775807", "more than 100 years ahead" },
	{ "list -i a -i b", "--input is given twice, but takes one file: run the command once for each" },
	{ "list --input=a -i a", "--input is given twice" },
	{ "purge --keys-from a --keys-from b", "--keys-from is given twice" },
	{ "list now", "'list' takes no argument: 'now'; to name a table: ttlsweep list -t now" },
	{ "inspect T", "'inspect' takes no argument without --merge: 'T'; to name a table: ttlsweep inspect -t T" },
	{ "purge T", "ttlsweep purge -t T" },
	{ "doctor T", "ttlsweep doctor -t T" },
	{ "inspect session-prod", "'session-…f37c32'; to name a table: ttlsweep inspect -t TABLE" },
	{ "export $x", "'export' takes no argument: '$x'; to name a table: ttlsweep export -t '$x'" },
	{ "inspect /dev/null", "to read the file: ttlsweep inspect -i /dev/null" },
	{ "purge /dev/null", "to put back what is in a journal: ttlsweep restore /dev/null" },
	{ "purge /no/file", "to name a table: ttlsweep purge -t /no/file" },
	{ "inspect --merge", "--merge needs FILE...: JSON reports of inspect" },
	{ "show", "'show' needs an argument: PARTITION" },
	{ "restore", "'restore' needs an argument: FILE...; journals are in /" },
	{ "completion", "'completion' needs an argument" },
	{ "completion bash zsh", "takes only bash|zsh|fish: 'zsh'" },
	{ "help a b", "'help' takes only [COMMAND]: 'b'" },
	{ "export -o x --checkpoint x", "--output x and --checkpoint x are" },
	{ "export -o x --checkpoint ./x", "--checkpoint ./x are the same" },
	{ "export -o x --checkpoint x.part", "--checkpoint x.part is the temporary file of --output x" },
	{ "purge --checkpoint j --journal j", "--checkpoint j and --journal j" },
	{ "purge --journal j --metrics-file j", "--journal j and --metrics-file j" },
	{ "repair --keys-from j --metrics-file j", "--metrics-file j and --keys-from j" },
	{ "restore a j --metrics-file j", "--metrics-file j and FILE j" },
	{ "inspect -i f -o f", "--output f and --input f" },
	{ "export -i f -o f", "--output f and --input f" },
	{ "export --keys-from f -o f", "--output f and --keys-from f" },
	{ "export --keys-from ./f -o f", "are the same file" },
	{ "export -o f --encrypt-to f", "--output f and --encrypt-to f" },
	{ "inspect --merge a b -o b", "--output b and FILE b" },
	{ "export -o x --checkpoint -", "--checkpoint -: not a regular file" },
	{ "purge --checkpoint /dev/stdout", "--checkpoint /dev/stdout: not a" },
	{ "purge --checkpoint /dev/fd/1", "not a regular file" },
	{ "purge --checkpoint /dev/null", "not a regular file" },
	{ "purge --checkpoint .", "not a regular file" },
	/* clang-format on */
};

static void
test_refused(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct fault f = { .kind = FAULT_NONE };
		struct options o;

		if (parse(&o, refused[i].line, &f) != -1 ||
		    f.kind != FAULT_USAGE ||
		    strstr(f.text, refused[i].says) == NULL) {
			print_error("'%s': %s\n", refused[i].line, f.text);
			bad++;
		}
		option_release(&o);
	}
	assert_int_equal(bad, 0);
}

/* An option of another command is no hint. */
static void
test_no_hint(void **state)
{
	struct fault f = { .kind = FAULT_NONE };
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "show --max-item 3", &f), -1);
	assert_string_equal(f.text, "unknown option --max-item");
	option_release(&o);
}

/* One file under several names, existing or not. */
static void
test_one_file(void **state)
{
	static const struct {
		const char *line;
		int rc;
	} lines[] = {
		{ "export -i there -o link", -1 },
		{ "export -i hard -o there", -1 },
		{ "export -i there -o directory/../there", -1 },
		{ "export -i there -o new", 0 },
		{ "export -o new --checkpoint to-new", -1 },
		{ "export -o to-new --checkpoint new.part", -1 },
		{ "export -o new --checkpoint directory/new", 0 },
		{ "export -o new --checkpoint there", 0 },
		{ "purge --journal gone/x --metrics-file gone/x", -1 },
		{ "purge --journal gone/x --metrics-file none/x", 0 },
		{ "inspect -i /dev/null -o /dev/null", 0 },
		{ "inspect -i - -o -", 0 },
		{ "show -i there there", 0 },
		{ "restore there link", 0 },
	};
	char *was = getcwd(NULL, 0);
	int bad = 0;

	(void)state;
	assert_int_equal(chdir(directory), 0);
	put("there", "x", 1);
	assert_int_equal(mkdir("directory", 0700), 0);
	assert_int_equal(link("there", "hard"), 0);
	assert_int_equal(symlink("there", "link"), 0);
	assert_int_equal(symlink("new", "to-new"), 0);
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct fault f = { .kind = FAULT_NONE };
		struct options o;

		if (parse(&o, lines[i].line, &f) != lines[i].rc) {
			print_error("'%s': %s\n", lines[i].line, f.text);
			bad++;
		}
		option_release(&o);
	}
	assert_int_equal(chdir(was), 0);
	free(was);
	assert_int_equal(bad, 0);
}

/* Valid command lines: some members afterwards. */
static void
test_taken(void **state)
{
	struct options o;
	struct fault f;

	(void)state;
	assert_int_equal(parse(&o,
			     "-t Tab --region=eu-west-1 purge --yes --jobs 16",
			     &f),
	    0);
	assert_ptr_equal(o.command, &cmd_purge);
	assert_string_equal(o.table, "Tab");
	assert_string_equal(o.region, "eu-west-1");
	assert_true(o.yes);
	assert_int_equal(o.jobs, 16);
	assert_string_equal(o.state.text, "expired");
	assert_int_equal(o.state.bits, PENDING | STUCK);
	assert_true(option_given(&o, "table"));
	assert_false(option_given(&o, "state"));
	assert_string_equal(o.line,
	    "ttlsweep -t Tab --region=eu-west-1 purge --yes --jobs 16");
	option_release(&o);

	/* options of a command may come before it */
	assert_int_equal(parse(&o, "--format json -qt Tab inspect", &f), 0);
	assert_int_equal(o.format, FORMAT_JSON);
	assert_true(o.quiet);
	assert_string_equal(o.table, "Tab");
	option_release(&o);

	/* letters together, with a value */
	assert_int_equal(parse(&o, "-vvtname list", &f), 0);
	assert_int_equal(o.verbose, 2);
	assert_string_equal(o.table, "name");
	option_release(&o);

	/* a value may look like an option, or like a command */
	assert_int_equal(parse(&o, "show --sort-key -5 -t list --yes -- -5",
			     &f),
	    -1);
	option_release(&o);
	assert_int_equal(parse(&o, "-t list show --sort-key -5 -- -5 --yes",
			     &f),
	    0);
	assert_ptr_equal(o.command, &cmd_show);
	assert_string_equal(o.table, "list");
	assert_string_equal(o.sort_key, "-5");
	assert_int_equal(o.noperands, 2);
	assert_string_equal(o.operands[0], "-5");
	assert_string_equal(o.operands[1], "--yes");
	option_release(&o);

	assert_int_equal(parse(&o, "restore - a.journal", &f), 0);
	assert_string_equal(o.operands[0], "-");
	option_release(&o);
}

static void
test_values(void **state)
{
	struct options o;
	struct fault f;

	(void)state;
	assert_int_equal(parse(&o,
			     "list --overdue 2d --larger-than 4k --now "
			     "2026-11-22T08:31:11Z --session-prefix a: "
			     "--session-prefix '' --limit 7",
			     &f),
	    0);
	assert_int_equal(o.overdue, 172800);
	assert_int_equal(o.larger_than, 4096);
	assert_int_equal(o.now, 1795336271);
	assert_int_equal(o.session_prefixes.n, 2);
	assert_string_equal(o.session_prefixes.list[0], "a:");
	assert_string_equal(o.session_prefixes.list[1], "");
	assert_int_equal(o.limit, 7);
	assert_int_equal(o.expires_within, -1);
	assert_int_equal(o.max_rcu, -1);
	assert_string_equal(o.state.text, "any");
	assert_int_equal(o.format, -1);
	option_release(&o);

	/* a comma list grows; of other options the last one counts */
	assert_int_equal(parse(&o,
			     "purge --state pending --state stuck --max-items "
			     "5 --max-items 6 --reason string,too-old",
			     &f),
	    0);
	assert_string_equal(o.state.text, "pending,stuck");
	assert_int_equal(o.state.bits, PENDING | STUCK);
	assert_string_equal(o.reason.text, "string,too-old");
	assert_int_equal(o.reason.bits,
	    1u << REASON_STRING | 1u << REASON_TOO_OLD);
	assert_int_equal(o.max_items, 6);
	option_release(&o);
}

static const struct {
	const char *list;
	int rc;
	unsigned states;
	const char *bad; /* the invalid word */
} lists[] = {
	/* clang-format off */
	{ "live", 0, LIVE, NULL },
	{ "pending,stuck", 0, PENDING | STUCK, NULL },
	{ "expired", 0, PENDING | STUCK, NULL },
	{ "expired,immortal", 0, PENDING | STUCK | IMMORTAL, NULL },
	{ "any", 0, LIVE | PENDING | STUCK | IMMORTAL, NULL },
	{ "live,live", 0, LIVE, NULL },
	{ "", -1, 0, "" },
	{ "alive", -1, 0, "alive" },
	{ "Live", -1, 0, "Live" },
	{ "live,", -1, 0, "live," },
	{ ",live", -1, 0, ",live" },
	{ "live,,stuck", -1, 0, "live,,stuck" },
	{ "live, stuck", -1, 0, " stuck" },
	{ "live,gone,stuck", -1, 0, "gone" },
	{ "stuck,a-very-long-word-that-fits-in-no-table-of-words", -1, 0, "a-very-long-word-that-fits-in-no-table-of-words" },
	{ "any,live", 0, LIVE | PENDING | STUCK | IMMORTAL, NULL },
	/* clang-format on */
};

/* "list ${option} ${value}", the value unchanged. */
static int
parse_value(struct options *o, const char *option, const char *value,
    struct fault *f)
{
	static char store[STORE], name[] = "ttlsweep", list[] = "list";
	char *argv[] = { name, list, store, NULL };

	(void)snprintf(store, sizeof(store), "%s=%s", option, value);
	return option_parse(o, commands, 3, argv, f);
}

static void
test_states(void **state)
{
	char says[80];
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct fault f = { .kind = FAULT_NONE };
		struct selection s = { 0 };
		struct options o;
		int rc = parse_value(&o, "--state", lists[i].list, &f);

		if (rc == 0)
			option_selection(&s, &o);
		if (lists[i].list[0] == '\0')
			(void)snprintf(says, sizeof(says),
			    "--state: the value is empty");
		else
			(void)snprintf(says, sizeof(says), "--state '%s'",
			    rc != 0 ? lists[i].bad : "");
		if (rc != lists[i].rc ||
		    (rc == 0 ? s.states != lists[i].states ||
				strcmp(o.state.text, lists[i].list) != 0
			     : strstr(f.text, says) == NULL)) {
			print_error("\"%s\": %d %x %s\n", lists[i].list, rc,
			    s.states, f.text);
			bad++;
		}
		option_release(&o);
	}
	assert_int_equal(bad, 0);
}

static void
test_reasons(void **state)
{
	static const struct {
		const char *list;
		unsigned reasons;
		const char *says;
	} rows[] = {
		{ "milliseconds", 1u << REASON_MILLISECONDS, NULL },
		{ "ttl-off,none", 1u << REASON_TTL_OFF | 1u << REASON_NONE,
		    NULL },
		{ "milliseconds,too-old,sometime", 0, "--reason 'sometime'" },
		{ "", 0, "--reason: the value is empty" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = { .kind = FAULT_NONE };
		struct selection s;
		struct options o;
		int rc = parse_value(&o, "--reason", rows[i].list, &f);

		assert_int_equal(rc, rows[i].says != NULL ? -1 : 0);
		if (rc == 0) {
			option_selection(&s, &o);
			assert_int_equal(s.reasons, rows[i].reasons);
		} else if (rows[i].says != NULL) {
			assert_non_null(strstr(f.text, rows[i].says));
		}
		option_release(&o);
	}
}

static void
test_environment(void **state)
{
	static const struct {
		const char *env, *line, *table;
	} cases[] = {
		{ NULL, "inspect", "TSAGalleryCache" },
		{ "", "inspect", "TSAGalleryCache" },
		{ "Cache", "inspect", "Cache" },
		{ "Cache", "inspect -t Tab", "Tab" },
		/* the environment conflicts with no option */
		{ "Cache", "inspect -i file", "Cache" },
		{ "a/b", "inspect -i file", "a/b" },
		{ "a/b", "inspect --stack S", "a/b" },
		{ "a/b", "restore file", "a/b" },
		{ NULL, "inspect -t arn:aws:dynamodb:us-east-1:1:table/abc",
		    "arn:aws:dynamodb:us-east-1:1:table/abc" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options o;
		struct fault f;

		if (cases[i].env == NULL)
			(void)unsetenv("CACHETABLE");
		else
			(void)setenv("CACHETABLE", cases[i].env, 1);
		assert_int_equal(parse(&o, cases[i].line, &f), 0);
		assert_string_equal(o.table, cases[i].table);
		option_release(&o);
	}
	(void)unsetenv("CACHETABLE");
}

/* Help and version win over everything else, anywhere on the line, … */
static void
test_help_and_version(void **state)
{
	static const char *const lines[] = { "--help", "-h", "purge --help",
		"--help purge", "purge --yes -h", "show --help", "-qh" };
	struct options o;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_int_equal(parse(&o, lines[i], &f), 0);
		assert_true(o.help);
		option_release(&o);
	}
	assert_int_equal(parse(&o, "-V", &f), 0);
	assert_true(o.version);
	option_release(&o);
	/* … but not as an option's value */
	assert_int_equal(parse(&o, "inspect -t --help", &f), 0);
	assert_false(o.help);
	assert_string_equal(o.table, "--help");
	option_release(&o);
}

static bool
has_value(const struct option_row *r)
{
	return r->type != OPTION_FLAG && r->type != OPTION_COUNT;
}

/* What is wrong with a row by itself; NULL: nothing. */
static const char *
row_wrong(const struct option_row *r)
{
	struct options o = { 0 };
	struct fault f;
	bool bad;

	if (r->name[0] == '\0' || r->name[0] == '-' ||
	    r->name[strspn(r->name, "abcdefghijklmnopqrstuvwxyz-")] != '\0')
		return "its name is not lower-case words";
	if (has_value(r) != (r->arg != NULL))
		return "its type and its value's name disagree";
	if (r->commands == 0 || (r->commands & ~(unsigned)ON_ALL) != 0)
		return "no command takes it";
	if (r->offset >= offsetof(struct options, command))
		return "it has no place for its value";
	if (r->help == NULL || r->help[0] == '\0')
		return "it has no help";
	if (r->type == OPTION_CHOICE && r->words == NULL)
		return "it is a choice without words";
	if ((r->type == OPTION_INT || r->type == OPTION_DECIMAL) &&
	    r->lo >= r->hi)
		return "its range is empty";
	if (!has_value(r) && (r->fallback != NULL || r->env != NULL))
		return "it is a flag with a default";
	if (r->fallback == NULL)
		return NULL;
	bad = option_value(&o, r, r->fallback, "default", &f) != 0;
	option_release(&o);
	return bad ? "its default cannot be read" : NULL;
}

/* What is wrong between two rows; NULL: nothing. */
static const char *
pair_wrong(const struct option_row *a, const struct option_row *b)
{
	if (strcmp(a->name, b->name) != 0) {
		if (a->letter != '\0' && a->letter == b->letter)
			return "another option has its letter";
		return NULL;
	}
	if ((a->commands & b->commands) != 0)
		return "a command has it twice";
	if (has_value(a) != has_value(b) || a->letter != b->letter)
		return "two rows of its name disagree";
	return NULL;
}

/* Check a table: 0, or -1 with the first fault. */
static int
check_rows(const struct option_row *rows, struct fault *f)
{
	size_t n = 0;

	for (const struct option_row *r = rows; r->name != NULL; r++, n++) {
		const char *wrong = row_wrong(r);

		for (const struct option_row *q = rows; wrong == NULL && q < r;
		     q++)
			wrong = pair_wrong(q, r);
		if (wrong != NULL)
			return fault(f, FAULT_USAGE, "--%s: %s", r->name,
			    wrong);
	}
	if (n > OPTION_ROWS_MAX)
		return fault(f, FAULT_USAGE, "too many options");
	return 0;
}

static const struct option_word yes_no[] = { { "yes", 1 }, { "no", 0 },
	{ NULL, 0 } };

/* Tables that are refused. */
static void
test_bad_tables(void **state)
{
	const struct option_row good = { .name = "one",
		.letter = 'o',
		.type = OPTION_STRING,
		.commands = ON_LIST,
		.arg = "X",
		.help = "help" };
	struct option_row rows[3];
	struct fault f;

	(void)state;
#define BAD(change, says)                                      \
	do {                                                   \
		rows[0] = rows[1] = good;                      \
		rows[2] = (struct option_row){ .name = NULL }; \
		rows[1].name = "two";                          \
		rows[1].letter = 't';                          \
		assert_int_equal(check_rows(rows, &f), 0);     \
		change;                                        \
		assert_int_equal(check_rows(rows, &f), -1);    \
		assert_non_null(strstr(f.text, says));         \
	} while (0)

	BAD(rows[1].name = "one", "a command has it twice");
	BAD(rows[1].letter = 'o', "another option has its letter");
	BAD((rows[1].name = "one", rows[1].commands = ON_SHOW),
	    "two rows of its name disagree");
	BAD(rows[1].name = "Two", "lower-case");
	BAD(rows[1].name = "-two", "lower-case");
	BAD(rows[1].arg = NULL, "disagree");
	BAD(rows[1].type = OPTION_FLAG, "disagree");
	BAD(rows[1].commands = 0, "no command takes it");
	BAD(rows[1].commands = 1u << 30, "no command takes it");
	BAD(rows[1].help = "", "no help");
	BAD(rows[1].type = OPTION_CHOICE, "without words");
	BAD((rows[1].type = OPTION_CHOICE, rows[1].words = yes_no,
		rows[1].fallback = "maybe"),
	    "its default cannot be read");
	BAD(rows[1].type = OPTION_INT, "its range is empty");
	BAD(rows[1].offset = sizeof(struct options), "no place");
#undef BAD
}

static void
test_table(void **state)
{
	struct fault f = { .kind = FAULT_NONE };

	(void)state;
	if (check_rows(option_rows, &f) != 0)
		print_error("%s\n", f.text);
	assert_int_equal(f.kind, FAULT_NONE);
}

/* Each command's help names its options, and no line is too wide. */
static void
test_help(void **state)
{
	static const int widths[] = { 40, 60, 80 };
	char name[64];

	(void)state;
	for (size_t i = 0; commands[i] != NULL; i++)
		for (size_t w = 0; w < COUNT(widths); w++) {
			struct buf b = { 0 };

			help_command(&b, commands[i], widths[w]);
			for (const char *p = buf_text(&b); *p != '\0';
			     p += strcspn(p, "\n") + 1)
				if (w > 0 && strncmp(p, "Usage", 5) != 0)
					assert_in_range(strcspn(p, "\n"), 0,
					    (size_t)widths[w]);
			for (const struct option_row *r = option_rows;
			     r->name != NULL; r++) {
				if ((r->commands & commands[i]->bit) == 0 ||
				    r->group == GROUP_GLOBAL)
					continue;
				(void)snprintf(name, sizeof(name), "--%s",
				    r->name);
				assert_non_null(strstr(buf_text(&b), name));
			}
			buf_release(&b);
		}
}

/* The words after the program's name, of which the last is completed, and the
 * words offered. */
static void
test_completion(void **state)
{
	static const struct {
		const char *name;
		const char *words[4];
		const char *answer; /* its words only */
	} cases[] = {
		{ "a command", { "ins" }, "words inspect" },
		{ "behind a global option", { "-t", "list", "pu" },
		    "words purge" },
		{ "an option", { "purge", "--ye" }, "words --yes" },
		{ "no option of another command", { "inspect", "--ye" },
		    "words" },
		{ "none behind --", { "list", "--", "--st" }, "words" },
		{ "a value", { "--color", "al" }, "words always" },
		{ "a value behind =", { "--color=al" },
		    "words --color=always" },
		{ "the value of the command's own", { "list", "--format", "t" },
		    "words table tsv" },
		{ "a list", { "list", "--state", "li" }, "list live" },
		{ "its next word", { "list", "--state", "live,s" },
		    "list live,stuck" },
		{ "a word it has", { "list", "--state", "live,li" }, "list" },
		{ "a list behind =", { "list", "--state=live,s" },
		    "list --state=live,stuck" },
		{ "a file", { "export", "-o", "x" }, "file" },
		{ "a directory", { "purge", "--journal-dir", "" },
		    "directory" },
		{ "free text", { "list", "--limit", "1" }, "words" },
		{ "a letter with its value", { "-tx", "ins" },
		    "words inspect" },
		{ "operands", { "restore", "a" }, "file" },
		{ "one operand only", { "help", "purge", "l" }, "words" },
		{ "nothing", { NULL }, NULL },
	};

	(void)state;
	for (size_t i = 0; cases[i].words[0] != NULL; i++) {
		char *words[4];
		struct buf b = { 0 }, got = { 0 };
		size_t n = 0;

		for (; n < 4 && cases[i].words[n] != NULL; n++)
			words[n] = (char *)(uintptr_t)cases[i].words[n];
		completion_offer(&b, commands, words, n);
		for (const char *p = buf_text(&b); *p != '\0';
		     p += strcspn(p, "\n") + 1) {
			buf_adds(&got, got.n > 0 ? " " : "");
			buf_add(&got, p, strcspn(p, "\t\n"));
		}
		if (strcmp(buf_text(&got), cases[i].answer) != 0)
			fail_msg("%s: %s", cases[i].name, buf_text(&got));
		buf_release(&b);
		buf_release(&got);
	}
}

static void
test_repeat(void **state)
{
	struct buf b = { 0 };
	struct options o;
	struct fault f;

	(void)state;
	assert_int_equal(parse(&o,
			     "list --prefix a --state pending --prefix b'c "
			     "--overdue 1h --kind session --profile p",
			     &f),
	    0);
	option_repeat(&b, &o, GROUP_SELECTION, "state");
	option_repeat_one(&b, &o, "profile");
	option_repeat_one(&b, &o, "region");
	assert_string_equal(buf_text(&b),
	    " --kind session --prefix a --prefix 'b'\\''c' --overdue 3600 "
	    "--profile p");
	option_release(&o);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bad_tables),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_hint),
		cmocka_unit_test_setup_teardown(test_one_file, directory_setup,
		    directory_teardown),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_repeat),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
