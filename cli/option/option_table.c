#include <stddef.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "cli/term.h"
#include "export/column.h"
#include "inspector/record.h"
#include "lib/dynamodb/write.h"

#define AT(member) offsetof(struct options, member)

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
	    .type = OPTION_CHOICE, .commands = ON_INSPECT,
	    .offset = AT(format), .arg = "FORMAT", .words = report_words,
	    .fallback = "text",
	    .help = "format of the report" },
	{ .name = "format", .type = OPTION_CHOICE, .commands = ON_LIST,
	    .offset = AT(format), .arg = "FORMAT", .words = list_words,
	    .help = "format of the rows: table on a terminal, else tsv" },
	{ .name = "format", .type = OPTION_CHOICE, .commands = ON_EXPORT,
	    .offset = AT(format), .arg = "FORMAT", .words = export_words,
	    .help = "format of the entries: from the file's name, else "
	    "dynamodb-json" },
	{ .name = "format", .type = OPTION_CHOICE, .commands = ON_WRITE,
	    .offset = AT(format), .arg = "FORMAT", .words = totals_words,
	    .fallback = "text",
	    .help = "format of the totals" },
	{ .name = "format", .type = OPTION_CHOICE, .commands = ON_DOCTOR,
	    .offset = AT(format), .arg = "FORMAT", .words = totals_words,
	    .fallback = "text",
	    .help = "format of the findings" },
	{ .name = "output", .letter = 'o', .type = OPTION_STRING,
	    .commands = ON_INSPECT | ON_EXPORT, .offset = AT(output),
	    .arg = "FILE", .complete = COMPLETE_FILE,
	    .help = "write to FILE, which appears only when complete" },
	{ .name = "gzip", .type = OPTION_FLAG, .commands = ON_EXPORT,
	    .offset = AT(gzip),
	    .help = "compress (also when FILE ends in .gz)" },
	{ .name = "columns", .type = OPTION_LIST,
	    .commands = ON_LIST | ON_EXPORT, .offset = AT(columns),
	    .arg = "LIST", .complete = COMPLETE_COLUMNS,
	    .help = "columns, separated by commas (see below)" },
	{ .name = "csv-safe", .type = OPTION_FLAG,
	    .commands = ON_LIST | ON_EXPORT, .offset = AT(csv_safe),
	    .help = "put ' before CSV cells that a spreadsheet would run" },
	{ .name = "no-headings", .type = OPTION_FLAG, .commands = ON_LIST,
	    .offset = AT(no_headings),
	    .help = "leave out the header row" },
	{ .name = "numbers", .type = OPTION_CHOICE, .commands = ON_EXPORT,
	    .offset = AT(numbers), .arg = "HOW", .words = number_words,
	    .fallback = "number",
	    .help = "numbers in jsonl: plain, or in quotes" },
	{ .name = "layout", .type = OPTION_CHOICE, .commands = ON_EXPORT,
	    .offset = AT(layout), .arg = "LAYOUT", .words = layout_words,
	    .fallback = "file",
	    .help = "s3: a directory like DynamoDB's own exports to S3" },
	{ .name = "encrypt-to", .type = OPTION_STRINGS,
	    .commands = ON_EXPORT, .offset = AT(encrypt_to),
	    .arg = "CERT.pem", .complete = COMPLETE_FILE,
	    .help = "encrypt (CMS) to this certificate; repeatable" },
	{ .name = "reveal", .type = OPTION_FLAG,
	    .commands = ON_LIST | ON_SHOW | ON_EXPORT, .offset = AT(reveal),
	    .help = "show session keys, values and other secrets in full" },
	{ .name = "metrics-file", .type = OPTION_STRING,
	    .commands = ON_WRITE, .offset = AT(metrics_file), .arg = "FILE",
	    .complete = COMPLETE_FILE,
	    .help = "write the totals to FILE for Prometheus" },
	{ .name = "top", .type = OPTION_INT, .commands = ON_INSPECT,
	    .offset = AT(top), .arg = "N", .lo = 0, .hi = 1000,
	    .fallback = "10",
	    .help = "how many groups and largest entries to show" },
	{ .name = "limit", .heading = "How many rows",
	    .type = OPTION_INT,
	    .commands = ON_LIST | ON_EXPORT, .offset = AT(limit), .arg = "N",
	    .lo = 1, .hi = MANY,
	    .help = "stop after N entries" },
	{ .name = "top", .type = OPTION_INT, .commands = ON_LIST,
	    .offset = AT(top), .arg = "N", .lo = 1, .hi = 10000,
	    .help = "only the first N by --by, in order" },
	{ .name = "by", .type = OPTION_CHOICE, .commands = ON_LIST,
	    .offset = AT(by), .arg = "WHAT", .words = by_words,
	    .fallback = "overdue",
	    .help = "order for --top" },
	{ .name = "no-sizes", .heading = "How much is read",
	    .type = OPTION_FLAG, .commands = ON_INSPECT,
	    .offset = AT(no_sizes),
	    .help = "fetch only keys and TTL; no sizes in the report" },
	{ .name = "sample", .type = OPTION_STRING, .commands = ON_INSPECT,
	    .offset = AT(sample), .arg = "PERCENT",
	    .help = "read PERCENT of the table, chosen at random, and "
	    "estimate" },
	{ .name = "shard", .type = OPTION_STRING,
	    .commands = ON_INSPECT | ON_SWEEP,
	    .offset = AT(shard), .arg = "I/N",
	    .help = "only part I of N; auto/N: I from the Kubernetes "
	    "or AWS Batch job" },
	{ .name = "checkpoint", .type = OPTION_STRING,
	    .commands = ON_SWEEP | ON_EXPORT, .offset = AT(checkpoint),
	    .arg = "FILE", .complete = COMPLETE_FILE,
	    .help = "save the position in FILE; continue there next time" },
	{ .name = "merge", .type = OPTION_FLAG, .commands = ON_INSPECT,
	    .offset = AT(merge),
	    .help = "combine the JSON reports of all shards, given as FILEs" },
	{ .name = "partial", .type = OPTION_FLAG, .commands = ON_INSPECT,
	    .offset = AT(partial),
	    .help = "with --merge: even when shards are missing" },
	{ .name = "watch", .heading = "Watching and alerts",
	    .type = OPTION_DURATION, .commands = ON_INSPECT,
	    .offset = AT(watch), .arg = "SECONDS",
	    .help = "repeat at this interval, and show what changed" },
	{ .name = "alert-expired", .type = OPTION_INT,
	    .commands = ON_INSPECT, .offset = AT(alert_expired), .arg = "N",
	    .lo = 0, .hi = MANY,
	    .help = "exit with 5 when more than N entries are expired" },
	{ .name = "alert-overdue", .type = OPTION_DURATION,
	    .commands = ON_INSPECT, .offset = AT(alert_overdue),
	    .arg = "DUR",
	    .help = "exit with 5 when one has been expired for longer" },
	{ .name = "cookie", .heading = "Which entry",
	    .type = OPTION_STRING, .commands = ON_SHOW,
	    .offset = AT(cookie), .arg = "VALUE",
	    .help = "find the session of an express-session cookie (- reads "
	    "standard input)" },
	{ .name = "secret-file", .type = OPTION_STRING, .commands = ON_SHOW,
	    .offset = AT(secret_file), .arg = "FILE",
	    .complete = COMPLETE_FILE,
	    .help = "the application's secrets, one per line, to verify "
	    "--cookie" },
	{ .name = "sort-key", .type = OPTION_STRING, .commands = ON_SHOW,
	    .offset = AT(sort_key), .arg = "VALUE",
	    .help = "only the entry with this sort key" },
	{ .name = "yes", .heading = "What is written",
	    .type = OPTION_FLAG, .commands = ON_WRITE,
	    .offset = AT(yes),
	    .help = "do it; without this, only show what would be done" },
	{ .name = "batch", .type = OPTION_CHOICE, .commands = ON_PURGE,
	    .offset = AT(batch), .arg = "HOW", .words = batch_words,
	    .fallback = "auto",
	    .help = "send deletes by 25 (partiql) or one by one" },
	{ .name = "ttl-for-missing", .type = OPTION_DURATION,
	    .commands = ON_REPAIR, .offset = AT(ttl_for_missing),
	    .arg = "DUR",
	    .help = "let entries without TTL expire this long from now" },
	{ .name = "zone", .type = OPTION_STRING, .commands = ON_REPAIR,
	    .offset = AT(zone), .arg = "ZONE",
	    .help = "time zone of date-times without one (else left alone)" },
	{ .name = "extend-ttl", .type = OPTION_DURATION,
	    .commands = ON_RESTORE, .offset = AT(extend_ttl), .arg = "DUR",
	    .help = "let restored entries expire this long from now" },
	{ .name = "deleted", .type = OPTION_FLAG, .commands = ON_RESTORE,
	    .offset = AT(deleted),
	    .help = "also entries that an incremental export says were "
	    "deleted" },
	{ .name = "max-items", .heading = "Limits",
	    .type = OPTION_INT, .commands = ON_WRITE,
	    .offset = AT(max_items), .arg = "N", .lo = 0, .hi = MANY,
	    .help = "write to at most N entries; exit with 4 if there "
	    "are more" },
	{ .name = "max-percent", .type = OPTION_DECIMAL,
	    .commands = ON_SWEEP, .offset = AT(max_percent), .arg = "P",
	    .lo = 0, .hi = 100,
	    .help = "count first; do nothing if more than P % match" },
	{ .name = "max-units", .type = OPTION_INT, .commands = ON_WRITE,
	    .offset = AT(max_units), .arg = "N", .lo = 0, .hi = MANY,
	    .help = "stop before using more than N write units" },
	{ .name = "max-cost", .type = OPTION_DECIMAL, .commands = ON_WRITE,
	    .offset = AT(max_cost), .arg = "USD", .lo = 0, .hi = MANY,
	    .help = "stop before the writes cost more than this" },
	{ .name = "price", .type = OPTION_DECIMAL, .commands = ON_WRITE,
	    .offset = AT(price), .arg = "USD", .lo = 0, .hi = MANY,
	    .help = "price of a million write units" },
	{ .name = "deadline", .type = OPTION_DURATION,
	    .commands = ON_SWEEP, .offset = AT(deadline), .arg = "DUR",
	    .help = "stop after this much time" },
	{ .name = "journal", .heading = "Journal",
	    .type = OPTION_STRING, .commands = ON_PLAN,
	    .offset = AT(journal), .arg = "FILE", .complete = COMPLETE_FILE,
	    .help = "write the journal (the undo) to FILE, which must be new" },
	{ .name = "journal-dir", .type = OPTION_STRING,
	    .commands = ON_PLAN, .offset = AT(journal_dir), .arg = "DIR",
	    .complete = COMPLETE_DIRECTORY,
	    .help = "directory for the journal, under its usual name" },
	{ .name = "no-journal", .type = OPTION_FLAG, .commands = ON_PLAN,
	    .offset = AT(no_journal),
	    .help = "keep no journal: no undo" },
	{ .name = "keep-journals", .type = OPTION_DURATION,
	    .commands = ON_SWEEP, .offset = AT(keep_journals),
	    .arg = "DUR",
	    .help = "afterwards, remove this table's journals older than "
	    "this" },
	{ .name = "overdue", .heading = "Checks", .type = OPTION_DURATION,
	    .commands = ON_DOCTOR, .offset = AT(overdue), .arg = "DUR",
	    .help = "check for a purge with this --overdue" },
	{ .name = "probe-write", .type = OPTION_FLAG, .commands = ON_DOCTOR,
	    .offset = AT(probe_write),
	    .help = "test deletes, too, on a key that does not exist (2 "
	    "units)" },
	{ .name = "policy", .type = OPTION_CHOICE, .commands = ON_DOCTOR,
	    .offset = AT(policy), .arg = "USE", .words = policy_words,
	    .help = "print the smallest IAM policy for this; check nothing" },

	/* Which entries. */
	{ .name = "state", .heading = "Which entries",
	    .group = GROUP_SELECTION, .type = OPTION_SET,
	    .commands = ON_LIST | ON_EXPORT | ON_REPAIR, .offset = AT(state),
	    .arg = "LIST", .words = state_words, .fallback = "any",
	    .help = "live, pending, stuck, immortal, expired (pending and "
	    "stuck), any" },
	{ .name = "state", .group = GROUP_SELECTION, .type = OPTION_SET,
	    .commands = ON_PURGE, .offset = AT(state), .arg = "LIST",
	    .words = state_words, .fallback = "expired",
	    .help = "live, pending, stuck, immortal, expired (pending and "
	    "stuck), any" },
	{ .name = "reason", .group = GROUP_SELECTION, .type = OPTION_SET,
	    .commands = ON_CHOOSE, .offset = AT(reason), .arg = "LIST",
	    .complete = COMPLETE_REASONS,
	    .help = "why TTL does not act: milliseconds, string, ttl-off ..." },
	{ .name = "kind", .group = GROUP_SELECTION, .type = OPTION_CHOICE,
	    .commands = ON_CHOOSE | ON_RESTORE, .offset = AT(kind),
	    .arg = "KIND",
	    .words = kind_words, .fallback = "any",
	    .help = "sessions, or all other items" },
	{ .name = "prefix", .group = GROUP_SELECTION,
	    .type = OPTION_STRINGS, .commands = ON_CHOOSE | ON_RESTORE,
	    .offset = AT(prefixes), .arg = "TEXT",
	    .help = "partition keys that begin with TEXT; repeatable" },
	{ .name = "sort-prefix", .group = GROUP_SELECTION,
	    .type = OPTION_STRINGS, .commands = ON_CHOOSE | ON_RESTORE,
	    .offset = AT(sort_prefixes), .arg = "TEXT",
	    .help = "sort keys that begin with TEXT; repeatable" },
	{ .name = "overdue", .group = GROUP_SELECTION,
	    .type = OPTION_DURATION, .commands = ON_CHOOSE,
	    .offset = AT(overdue), .arg = "DUR",
	    .help = "expired at least this long ago: 90s 15m 6h 2d 1w" },
	{ .name = "expires-within", .group = GROUP_SELECTION,
	    .type = OPTION_DURATION, .commands = ON_CHOOSE,
	    .offset = AT(expires_within), .arg = "DUR",
	    .help = "live, and expires within this time" },
	{ .name = "larger-than", .group = GROUP_SELECTION,
	    .type = OPTION_SIZE, .commands = ON_CHOOSE,
	    .offset = AT(larger_than), .arg = "SIZE",
	    .help = "larger than this: 4k 1M" },
	{ .name = "keys-from", .group = GROUP_SELECTION,
	    .type = OPTION_STRING,
	    .commands = ON_LIST | ON_EXPORT | ON_SWEEP,
	    .offset = AT(keys_from), .arg = "FILE",
	    .complete = COMPLETE_FILE,
	    .help = "only the keys in FILE: CSV (list --reveal), or one per "
	    "line" },

	/* Global. */
	{ .name = "table", .heading = "The table",
	    .letter = 't', .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_WORK, .offset = AT(table),
	    .arg = "NAME", .fallback = "TSAGalleryCache",
	    .env = "CACHETABLE",
	    .help = "the table" },
	{ .name = "stack", .group = GROUP_GLOBAL, .type = OPTION_STRING,
	    .commands = ON_WORK, .offset = AT(stack), .arg = "NAME",
	    .help = "the table of this CloudFormation stack" },
	{ .name = "logical-id", .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_WORK,
	    .offset = AT(logical_id), .arg = "ID",
	    .fallback = "DynamoDBCache",
	    .help = "the table's logical ID in its template" },
	{ .name = "expect-account", .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_WORK,
	    .offset = AT(expect_account), .arg = "ID",
	    .help = "refuse unless the table belongs to this AWS account" },
	{ .name = "region", .group = GROUP_GLOBAL, .type = OPTION_STRING,
	    .commands = ON_WORK, .offset = AT(region), .arg = "NAME",
	    .help = "its AWS region" },
	{ .name = "profile", .group = GROUP_GLOBAL, .type = OPTION_STRING,
	    .commands = ON_WORK, .offset = AT(profile), .arg = "NAME",
	    .complete = COMPLETE_PROFILES,
	    .help = "profile in ~/.aws/config and ~/.aws/credentials" },
	{ .name = "endpoint-url", .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_WORK,
	    .offset = AT(endpoint_url), .arg = "URL",
	    .help = "use this server instead of the region's" },
	{ .name = "input", .heading = "A file instead of a table",
	    .letter = 'i', .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_READ,
	    .offset = AT(input), .arg = "PATH", .complete = COMPLETE_FILE,
	    .help = "read a file instead of a table: an export, a journal, a "
	    "reply of aws dynamodb scan, or the directory of an export to "
	    "S3" },
	{ .name = "key", .group = GROUP_GLOBAL, .type = OPTION_STRING,
	    .commands = ON_READ, .offset = AT(key),
	    .arg = "PARTITION[,SORT]",
	    .help = "key attributes of --input, if it does not say" },
	{ .name = "decrypt-with", .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_READ | ON_RESTORE,
	    .offset = AT(decrypt_with), .arg = "KEY.pem",
	    .complete = COMPLETE_FILE,
	    .help = "private key to decrypt exports with" },
	{ .name = "ttl-attribute", .heading = "How entries are judged",
	    .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_WORK,
	    .offset = AT(ttl_attribute), .arg = "NAME",
	    .help = "the TTL attribute (the table's own, else ttl)" },
	{ .name = "session-prefix", .group = GROUP_GLOBAL,
	    .type = OPTION_STRINGS, .commands = ON_WORK,
	    .offset = AT(session_prefixes), .arg = "TEXT", .empty = true,
	    .help = "key prefix that marks a session (session: sess_ sid# "
	    "...); repeatable" },
	{ .name = "group", .group = GROUP_GLOBAL, .type = OPTION_STRINGS,
	    .commands = ON_WORK, .offset = AT(groups), .arg = "KEY",
	    .help = "a key that is its own group (users, categories, "
	    "images); repeatable" },
	{ .name = "group-separators", .group = GROUP_GLOBAL,
	    .type = OPTION_STRING, .commands = ON_WORK,
	    .offset = AT(group_separators), .arg = "CHARS", .empty = true,
	    .help = "characters that end a key's group name (:#/|)" },
	{ .name = "now", .group = GROUP_GLOBAL, .type = OPTION_TIME,
	    .commands = ON_WORK, .offset = AT(now), .arg = "TIME",
	    .help = "the time to judge by: epoch seconds or ISO 8601" },
	{ .name = "jobs", .heading = "Speed and cost",
	    .group = GROUP_GLOBAL, .type = OPTION_INT,
	    .commands = ON_WORK, .offset = AT(jobs), .arg = "N", .lo = 1,
	    .hi = 256, .fallback = "8",
	    .help = "workers, each with its own connection" },
	{ .name = "segments", .group = GROUP_GLOBAL, .type = OPTION_INT,
	    .commands = ON_WORK, .offset = AT(segments), .arg = "N",
	    .lo = 1, .hi = 4096,
	    .help = "number of scan segments, a power of two (by size)" },
	{ .name = "max-rcu", .group = GROUP_GLOBAL, .type = OPTION_INT,
	    .commands = ON_WORK, .offset = AT(max_rcu), .arg = "N", .lo = 0,
	    .hi = 1000000000,
	    .help = "read units per second, 0: no limit (a quarter of the "
	    "table's)" },
	{ .name = "max-wcu", .group = GROUP_GLOBAL, .type = OPTION_INT,
	    .commands = ON_WORK, .offset = AT(max_wcu), .arg = "N", .lo = 0,
	    .hi = 1000000000,
	    .help = "write units per second, likewise" },
	{ .name = "consistent", .group = GROUP_GLOBAL, .type = OPTION_FLAG,
	    .commands = ON_WORK, .offset = AT(consistent),
	    .help = "strongly consistent reads, at twice the price" },
	{ .name = "progress", .heading = "Messages",
	    .group = GROUP_GLOBAL,
	    .type = OPTION_CHOICE, .commands = ON_WORK,
	    .offset = AT(progress), .arg = "WHEN", .words = when_words,
	    .fallback = "auto",
	    .help = "progress on standard error" },
	{ .name = "color", .group = GROUP_GLOBAL, .type = OPTION_CHOICE,
	    .commands = ON_WORK, .offset = AT(color), .arg = "WHEN",
	    .words = when_words, .fallback = "auto",
	    .help = "colour on a terminal" },
	{ .name = "quiet", .letter = 'q', .group = GROUP_GLOBAL,
	    .type = OPTION_FLAG, .commands = ON_WORK, .offset = AT(quiet),
	    .help = "no notes, no progress; only warnings and errors" },
	{ .name = "verbose", .letter = 'v', .group = GROUP_GLOBAL,
	    .type = OPTION_COUNT, .commands = ON_WORK, .offset = AT(verbose),
	    .help = "more messages; -vv: a line for every request" },
	{ .name = "help", .letter = 'h', .group = GROUP_GLOBAL,
	    .type = OPTION_FLAG, .commands = ON_ALL, .offset = AT(help),
	    .help = "show help, for the command if one is given" },
	{ .name = "version", .letter = 'V', .group = GROUP_GLOBAL,
	    .type = OPTION_FLAG, .commands = ON_ALL, .offset = AT(version),
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
