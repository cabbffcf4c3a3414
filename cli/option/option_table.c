#include <stddef.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "cli/term.h"
#include "export/column.h"
#include "inspector/record.h"
#include "lib/dynamodb/write.h"

#define AT(member) offsetof(struct options, member)
/* A row's type, its member of struct options, and its argument in the help. */
#define FLAG(member) .type = OPTION_FLAG, .offset = AT(member)
#define VALUE(kind, member, word) \
	.type = OPTION_##kind, .offset = AT(member), .arg = (word)

/* What reads entries, what chooses among them, what writes. */
#define ON_READ (ON_INSPECT | ON_LIST | ON_SHOW | ON_EXPORT)
#define ON_SWEEP (ON_PURGE | ON_REPAIR)
#define ON_CHOOSE (ON_INSPECT | ON_LIST | ON_EXPORT | ON_SWEEP)
#define ON_PLAN (ON_SWEEP | ON_DOCTOR) /* and what judges beforehand */
#define ON_WRITE (ON_SWEEP | ON_RESTORE)
#define ON_WORK (ON_READ | ON_WRITE | ON_DOCTOR)

#define MANY INT64_C(1000000000000000)

/* clang-format off */
static const struct option_word when_words[] = {
	{ "auto", TERM_AUTO }, { "always", TERM_ALWAYS },
	{ "never", TERM_NEVER }, { NULL, 0 }
};
static const struct option_word state_words[] = {
	{ "live", 1 << STATE_LIVE }, { "pending", 1 << STATE_PENDING },
	{ "stuck", 1 << STATE_STUCK }, { "immortal", 1 << STATE_IMMORTAL },
	{ "expired", 1 << STATE_PENDING | 1 << STATE_STUCK },
	{ "any", STATES_ANY }, { NULL, 0 }
};
static const struct option_word kind_words[] = {
	{ "session", 1 << KIND_SESSION }, { "item", 1 << KIND_ITEM },
	{ "any", KINDS_ANY }, { NULL, 0 }
};
static const struct option_word report_words[] = {
	{ "text", FORMAT_TEXT }, { "json", FORMAT_JSON },
	{ "prometheus", FORMAT_PROMETHEUS }, { "html", FORMAT_HTML },
	{ NULL, 0 }
};
static const struct option_word totals_words[] = {
	{ "text", FORMAT_TEXT }, { "json", FORMAT_JSON }, { NULL, 0 }
};
static const struct option_word list_words[] = {
	{ "table", FORMAT_TABLE }, { "tsv", FORMAT_TSV }, { "csv", FORMAT_CSV },
	{ "jsonl", FORMAT_JSONL }, { NULL, 0 }
};
static const struct option_word export_words[] = {
	{ "csv", FORMAT_CSV }, { "jsonl", FORMAT_JSONL },
	{ "dynamodb-json", FORMAT_DYNAMODB_JSON }, { NULL, 0 }
};
static const struct option_word layout_words[] = {
	{ "file", LAYOUT_FILE }, { "s3", LAYOUT_S3 }, { NULL, 0 }
};
static const struct option_word by_words[] = {
	{ "overdue", BY_OVERDUE }, { "size", BY_SIZE },
	{ "expires", BY_EXPIRES }, { NULL, 0 }
};
static const struct option_word number_words[] = {
	{ "number", NUMBERS_NUMBER }, { "string", NUMBERS_STRING }, { NULL, 0 }
};
static const struct option_word batch_words[] = {
	{ "auto", DDB_BATCH_AUTO }, { "partiql", DDB_BATCH_PARTIQL },
	{ "single", DDB_BATCH_SINGLE }, { NULL, 0 }
};
static const struct option_word policy_words[] = {
	{ "read", POLICY_READ }, { "purge", POLICY_PURGE },
	{ "restore", POLICY_RESTORE }, { "repair", POLICY_REPAIR }, { NULL, 0 }
};

const struct option_row option_rows[] = {
	/* What one command takes. */
	{ .name = "format", .heading = "Output",
	    VALUE(CHOICE, format, "FORMAT"), .commands = ON_INSPECT,
	    .words = report_words, .fallback = "text",
	    .help = "format of the report" },
	{ .name = "format", VALUE(CHOICE, format, "FORMAT"),
	    .commands = ON_LIST, .words = list_words,
	    .help = "format of the rows: table on a terminal, else tsv" },
	{ .name = "format", VALUE(CHOICE, format, "FORMAT"),
	    .commands = ON_EXPORT, .words = export_words,
	    .help = "format of the entries: from the file's name; on "
	    "standard output dynamodb-json" },
	{ .name = "format", VALUE(CHOICE, format, "FORMAT"),
	    .commands = ON_WRITE, .words = totals_words, .fallback = "text",
	    .help = "format of the totals" },
	{ .name = "format", VALUE(CHOICE, format, "FORMAT"),
	    .commands = ON_DOCTOR, .words = totals_words, .fallback = "text",
	    .help = "format of the findings" },
	{ .name = "output", .letter = 'o', VALUE(STRING, output, "FILE"),
	    .commands = ON_INSPECT | ON_EXPORT, .complete = COMPLETE_FILE,
	    .help = "write to FILE, which appears only when complete" },
	{ .name = "gzip", FLAG(gzip), .commands = ON_EXPORT,
	    .help = "compress (also when FILE ends in .gz)" },
	{ .name = "columns", VALUE(LIST, columns, "LIST"),
	    .commands = ON_LIST | ON_EXPORT, .complete = COMPLETE_COLUMNS,
	    .help = "columns, separated by commas (see below)" },
	{ .name = "csv-safe", FLAG(csv_safe), .commands = ON_LIST | ON_EXPORT,
	    .help = "put ' before CSV cells that a spreadsheet would run" },
	{ .name = "no-headings", FLAG(no_headings), .commands = ON_LIST,
	    .help = "leave out the header row" },
	{ .name = "numbers", VALUE(CHOICE, numbers, "HOW"),
	    .commands = ON_EXPORT, .words = number_words, .fallback = "number",
	    .help = "numbers in jsonl: plain, or in quotes" },
	{ .name = "layout", VALUE(CHOICE, layout, "LAYOUT"),
	    .commands = ON_EXPORT, .words = layout_words, .fallback = "file",
	    .help = "s3: a directory like DynamoDB's own exports to S3" },
	{ .name = "encrypt-to", VALUE(STRINGS, encrypt_to, "CERT.pem"),
	    .commands = ON_EXPORT, .complete = COMPLETE_FILE,
	    .help = "encrypt (CMS) to this certificate; repeatable" },
	{ .name = "reveal", FLAG(reveal), .commands = ON_LIST | ON_SHOW,
	    .help = "show session keys, values and other secrets in full" },
	{ .name = "reveal", FLAG(reveal), .commands = ON_EXPORT,
	    .help = "write to a terminal, too: exports are never masked" },
	{ .name = "metrics-file", VALUE(STRING, metrics_file, "FILE"),
	    .commands = ON_WRITE, .complete = COMPLETE_FILE,
	    .help = "write the totals to FILE for Prometheus" },
	{ .name = "top", VALUE(INT, top, "N"), .commands = ON_INSPECT, .lo = 0,
	    .hi = 1000, .fallback = "10",
	    .help = "how many groups and largest entries to show" },
	{ .name = "limit", .heading = "How many rows", VALUE(INT, limit, "N"),
	    .commands = ON_LIST | ON_EXPORT, .lo = 1, .hi = MANY,
	    .help = "stop after N entries" },
	{ .name = "top", VALUE(INT, top, "N"), .commands = ON_LIST, .lo = 1,
	    .hi = 10000,
	    .help = "only the first N by --by, in order" },
	{ .name = "by", VALUE(CHOICE, by, "WHAT"), .commands = ON_LIST,
	    .words = by_words, .fallback = "overdue",
	    .help = "order for --top" },
	{ .name = "no-sizes", .heading = "How much is read", FLAG(no_sizes),
	    .commands = ON_INSPECT,
	    .help = "fetch only keys and TTL; no sizes in the report" },
	{ .name = "sample", VALUE(STRING, sample, "PERCENT"),
	    .commands = ON_INSPECT,
	    .help = "read PERCENT of the table, chosen at random, and "
	    "estimate" },
	{ .name = "shard", VALUE(STRING, shard, "I/N"),
	    .commands = ON_INSPECT | ON_SWEEP,
	    .help = "only part I of N; auto/N: I from the Kubernetes or AWS "
	    "Batch job" },
	{ .name = "checkpoint", VALUE(STRING, checkpoint, "FILE"),
	    .commands = ON_SWEEP | ON_EXPORT, .complete = COMPLETE_FILE,
	    .help = "save the position in FILE; continue there next time" },
	{ .name = "merge", FLAG(merge), .commands = ON_INSPECT,
	    .help = "combine the JSON reports of all shards, given as FILEs" },
	{ .name = "partial", FLAG(partial), .commands = ON_INSPECT,
	    .help = "with --merge: even when shards are missing" },
	{ .name = "watch", .heading = "Watching and alerts",
	    VALUE(DURATION, watch, "DUR"), .commands = ON_INSPECT,
	    .help = "repeat after pauses of DUR, and show what changed" },
	{ .name = "alert-expired", VALUE(INT, alert_expired, "N"),
	    .commands = ON_INSPECT, .lo = 0, .hi = MANY,
	    .help = "exit with 5 when more than N entries are expired (with "
	    "--watch: say so)" },
	{ .name = "alert-overdue", VALUE(DURATION, alert_overdue, "DUR"),
	    .commands = ON_INSPECT,
	    .help = "the same when one has been expired for longer" },
	{ .name = "cookie", .heading = "Which entry",
	    VALUE(STRING, cookie, "VALUE"), .commands = ON_SHOW,
	    .help = "find the session of an express-session cookie (- reads "
	    "standard input)" },
	{ .name = "secret-file", VALUE(STRING, secret_file, "FILE"),
	    .commands = ON_SHOW, .complete = COMPLETE_FILE,
	    .help = "the application's secrets, one per line, to verify "
	    "--cookie" },
	{ .name = "sort-key", VALUE(STRING, sort_key, "VALUE"),
	    .commands = ON_SHOW,
	    .help = "only the entry with this sort key" },
	{ .name = "yes", .heading = "What is written", FLAG(yes),
	    .commands = ON_WRITE,
	    .help = "do it; without this, only show what would be done" },
	{ .name = "batch", VALUE(CHOICE, batch, "HOW"),
	    .commands = ON_PURGE | ON_RESTORE,
	    .words = batch_words, .fallback = "auto",
	    .help = "send 25 writes at a time (partiql) or one (single)" },
	{ .name = "ttl-for-missing", VALUE(DURATION, ttl_for_missing, "DUR"),
	    .commands = ON_REPAIR,
	    .help = "let entries without TTL expire this long from now" },
	{ .name = "zone", VALUE(STRING, zone, "ZONE"), .commands = ON_REPAIR,
	    .help = "time zone of date-times without one (else left alone)" },
	{ .name = "extend-ttl", VALUE(DURATION, extend_ttl, "DUR"),
	    .commands = ON_RESTORE,
	    .help = "let restored entries expire this long from now" },
	{ .name = "deleted", FLAG(deleted), .commands = ON_RESTORE,
	    .help = "also entries that an incremental export says were "
	    "deleted" },
	{ .name = "max-items", .heading = "Limits", VALUE(INT, max_items, "N"),
	    .commands = ON_WRITE, .lo = 0, .hi = MANY,
	    .help = "write to at most N entries; exit with 4 if there are "
	    "more" },
	{ .name = "max-percent", VALUE(DECIMAL, max_percent, "P"),
	    .commands = ON_SWEEP, .lo = 0, .hi = 100,
	    .help = "count first; do nothing if more than P % match" },
	{ .name = "max-units", VALUE(INT, max_units, "N"), .commands = ON_WRITE,
	    .lo = 0, .hi = MANY,
	    .help = "stop before using more than N write units" },
	{ .name = "max-cost", VALUE(DECIMAL, max_cost, "USD"),
	    .commands = ON_WRITE, .lo = 0, .hi = MANY,
	    .help = "stop before the writes cost more than this" },
	{ .name = "price", VALUE(DECIMAL, price, "USD"), .commands = ON_WRITE,
	    .lo = 0, .hi = MANY,
	    .help = "price of a million write units" },
	{ .name = "deadline", VALUE(DURATION, deadline, "DUR"),
	    .commands = ON_SWEEP,
	    .help = "stop after this much time" },
	{ .name = "journal", .heading = "Journal",
	    VALUE(STRING, journal, "FILE"), .commands = ON_SWEEP,
	    .complete = COMPLETE_FILE,
	    .help = "write the journal (the undo) to FILE, which must be new" },
	{ .name = "journal-dir", VALUE(STRING, journal_dir, "DIR"),
	    .commands = ON_SWEEP, .complete = COMPLETE_DIRECTORY,
	    .help = "directory for the journal, under its usual name" },
	{ .name = "no-journal", FLAG(no_journal), .commands = ON_SWEEP,
	    .help = "keep no journal: no undo" },
	{ .name = "keep-journals", VALUE(DURATION, keep_journals, "DUR"),
	    .commands = ON_SWEEP,
	    .help = "after a run that ends with 0, remove this table's "
	    "journals older than this" },
	{ .name = "overdue", .heading = "Checks",
	    VALUE(DURATION, overdue, "DUR"), .commands = ON_DOCTOR,
	    .help = "check for a purge with this --overdue" },
	{ .name = "journal", VALUE(STRING, journal, "FILE"),
	    .commands = ON_DOCTOR, .complete = COMPLETE_FILE,
	    .help = "check for a purge with this --journal" },
	{ .name = "journal-dir", VALUE(STRING, journal_dir, "DIR"),
	    .commands = ON_DOCTOR, .complete = COMPLETE_DIRECTORY,
	    .help = "check for a purge with this --journal-dir" },
	{ .name = "no-journal", FLAG(no_journal), .commands = ON_DOCTOR,
	    .help = "check for a purge without a journal" },
	{ .name = "probe-write", FLAG(probe_write), .commands = ON_DOCTOR,
	    .help = "test deletes, too, on a key that does not exist (2 "
	    "write units, 1 read unit)" },
	{ .name = "policy", VALUE(CHOICE, policy, "USE"), .commands = ON_DOCTOR,
	    .words = policy_words,
	    .help = "print the smallest IAM policy for this; check nothing" },

	/* Which entries. */
	{ .name = "state", .heading = "Which entries",
	    VALUE(SET, state, "LIST"), .group = GROUP_SELECTION,
	    .commands = ON_LIST | ON_EXPORT | ON_REPAIR, .words = state_words,
	    .fallback = "any",
	    .help = "live, pending, stuck, immortal, expired (pending and "
	    "stuck), any" },
	{ .name = "state", VALUE(SET, state, "LIST"), .group = GROUP_SELECTION,
	    .commands = ON_PURGE, .words = state_words, .fallback = "expired",
	    .help = "live, pending, stuck, immortal, expired (pending and "
	    "stuck), any" },
	{ .name = "reason", VALUE(SET, reason, "LIST"),
	    .group = GROUP_SELECTION, .commands = ON_CHOOSE,
	    .complete = COMPLETE_REASONS,
	    .help = "why TTL does not act: milliseconds, string, ttl-off ..." },
	{ .name = "kind", VALUE(CHOICE, kind, "KIND"), .group = GROUP_SELECTION,
	    .commands = ON_CHOOSE | ON_RESTORE, .words = kind_words,
	    .fallback = "any",
	    .help = "sessions, or all other items" },
	{ .name = "prefix", VALUE(STRINGS, prefixes, "TEXT"),
	    .group = GROUP_SELECTION, .commands = ON_CHOOSE | ON_RESTORE,
	    .help = "partition keys that begin with TEXT; repeatable" },
	{ .name = "sort-prefix", VALUE(STRINGS, sort_prefixes, "TEXT"),
	    .group = GROUP_SELECTION, .commands = ON_CHOOSE | ON_RESTORE,
	    .help = "sort keys that begin with TEXT; repeatable" },
	{ .name = "overdue", VALUE(DURATION, overdue, "DUR"),
	    .group = GROUP_SELECTION, .commands = ON_CHOOSE,
	    .help = "expired at least this long ago: 90s 15m 6h 2d 1w" },
	{ .name = "expires-within", VALUE(DURATION, expires_within, "DUR"),
	    .group = GROUP_SELECTION, .commands = ON_CHOOSE,
	    .help = "live, and expires within this time" },
	{ .name = "larger-than", VALUE(SIZE, larger_than, "SIZE"),
	    .group = GROUP_SELECTION, .commands = ON_CHOOSE,
	    .help = "larger than this: 500 4k 100k (below 400k)" },
	{ .name = "keys-from", VALUE(STRING, keys_from, "FILE"), .once = true,
	    .group = GROUP_SELECTION,
	    .commands = ON_LIST | ON_EXPORT | ON_SWEEP,
	    .complete = COMPLETE_FILE,
	    .help = "only the keys in FILE: one per line, or CSV (list "
	    "--reveal --format csv)" },

	/* Global. */
	{ .name = "table", .letter = 't', .heading = "The table",
	    VALUE(STRING, table, "NAME"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK, .fallback = "TSAGalleryCache",
	    .env = "CACHETABLE",
	    .help = "the table" },
	{ .name = "stack", VALUE(STRING, stack, "NAME"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "the table of this CloudFormation stack" },
	{ .name = "logical-id", VALUE(STRING, logical_id, "ID"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK,
	    .fallback = "DynamoDBCache",
	    .help = "the table's logical ID in its template" },
	{ .name = "expect-account", VALUE(STRING, expect_account, "ID"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK,
	    .help = "refuse unless the table belongs to this AWS account" },
	{ .name = "region", VALUE(STRING, region, "NAME"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK,
	    .help = "its AWS region" },
	{ .name = "profile", VALUE(STRING, profile, "NAME"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK,
	    .complete = COMPLETE_PROFILES,
	    .help = "profile in ~/.aws/config and ~/.aws/credentials" },
	{ .name = "endpoint-url", VALUE(STRING, endpoint_url, "URL"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK,
	    .help = "use this server instead of the region's" },
	{ .name = "input", .letter = 'i',
	    .heading = "A file instead of a table",
	    VALUE(STRING, input, "PATH"), .once = true, .group = GROUP_GLOBAL,
	    .commands = ON_READ, .complete = COMPLETE_FILE,
	    .help = "read a file instead of a table: an export, a journal, a "
	    "reply of aws dynamodb scan, or the directory of an export to S3" },
	{ .name = "key", VALUE(STRING, key, "PARTITION[,SORT]"),
	    .group = GROUP_GLOBAL, .commands = ON_READ,
	    .help = "key attributes of --input, if it does not say" },
	{ .name = "decrypt-with", VALUE(STRING, decrypt_with, "KEY.pem"),
	    .group = GROUP_GLOBAL, .commands = ON_READ | ON_RESTORE,
	    .complete = COMPLETE_FILE,
	    .help = "private key to decrypt exports with" },
	{ .name = "ttl-attribute", .heading = "How entries are judged",
	    VALUE(STRING, ttl_attribute, "NAME"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "the TTL attribute (the table's own, else ttl)" },
	{ .name = "session-prefix", VALUE(STRINGS, session_prefixes, "TEXT"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK, .empty = true,
	    .help = "key prefix that marks a session (session: sess_ sid# "
	    "...); repeatable" },
	{ .name = "group", VALUE(STRINGS, groups, "KEY"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "a key that is its own group (users, categories, "
	    "images); repeatable" },
	{ .name = "group-separators", VALUE(STRING, group_separators, "CHARS"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK, .empty = true,
	    .help = "characters that end a key's group name (:#/|)" },
	{ .name = "now", VALUE(TIME, now, "TIME"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "the time to judge by: epoch seconds or ISO 8601, in UTC "
		    "unless it names a zone" },
	{ .name = "jobs", .heading = "Speed and cost", VALUE(INT, jobs, "N"),
	    .group = GROUP_GLOBAL, .commands = ON_WORK, .lo = 1, .hi = 256,
	    .fallback = "8",
	    .help = "workers, each with its own connection" },
	{ .name = "segments", VALUE(INT, segments, "N"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK, .lo = 1, .hi = 4096,
	    .help = "number of scan segments, a power of two (by size)" },
	{ .name = "max-rcu", VALUE(INT, max_rcu, "N"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK, .lo = 0, .hi = 1000000000,
	    .help = "read units per second, 0: no limit (a quarter of the "
	    "table's)" },
	{ .name = "max-wcu", VALUE(INT, max_wcu, "N"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK, .lo = 0, .hi = 1000000000,
	    .help = "write units per second, likewise" },
	{ .name = "consistent", FLAG(consistent), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "strongly consistent reads, at twice the price" },
	{ .name = "progress", .heading = "Messages",
	    VALUE(CHOICE, progress, "WHEN"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK, .words = when_words, .fallback = "auto",
	    .help = "progress on standard error" },
	{ .name = "color", VALUE(CHOICE, color, "WHEN"), .group = GROUP_GLOBAL,
	    .commands = ON_WORK, .words = when_words, .fallback = "auto",
	    .help = "colour on a terminal" },
	{ .name = "quiet", .letter = 'q', FLAG(quiet), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "no notes, no progress; only warnings and errors" },
	{ .name = "verbose", .letter = 'v',
	    .type = OPTION_COUNT, .offset = AT(verbose), .group = GROUP_GLOBAL,
	    .commands = ON_WORK,
	    .help = "more messages; -vv: a line for every request" },
	{ .name = "help", .letter = 'h', FLAG(help), .group = GROUP_GLOBAL,
	    .commands = ON_ALL,
	    .help = "show help, for the command if one is given" },
	{ .name = "version", .letter = 'V', FLAG(version),
	    .group = GROUP_GLOBAL, .commands = ON_ALL,
	    .help = "show the version" },
	{ .name = NULL }
};
/* clang-format on */

const struct option_row *
option_find(const char *name, unsigned bits)
{
	for (const struct option_row *r = option_rows; r->name != NULL; r++)
		if ((r->commands & bits) != 0 && strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

bool
option_given(const struct options *o, const char *name)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (o->given[i] && strcmp(option_rows[i].name, name) == 0)
			return true;
	return false;
}

void
option_give(struct options *o, const char *name)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (strcmp(option_rows[i].name, name) == 0)
			o->given[i] = true;
}

struct option_word
option_word(const struct option_row *row, size_t i)
{
	struct option_word none = { NULL, 0 };
	size_t n = 0;

	if (row->complete == COMPLETE_REASONS)
		return i >= REASONS
		    ? none
		    : (struct option_word){ reason_name((enum reason)i),
			      1 << i };
	if (row->complete == COMPLETE_COLUMNS) {
		while (n < i && column_defs[n].name != NULL)
			n++;
		return (struct option_word){ column_defs[n].name, 0 };
	}
	while (row->words != NULL && n < i && row->words[n].name != NULL)
		n++;
	return row->words != NULL ? row->words[n] : none;
}

const char *
option_chosen(const struct options *o, const struct option_row *row)
{
	int value = *(const int *)((const char *)o + row->offset);
	size_t i = 0;

	while (row->words[i].name != NULL && row->words[i].value != value)
		i++;
	return row->words[i].name;
}
