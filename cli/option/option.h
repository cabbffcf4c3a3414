#ifndef CLI_OPTION_OPTION_H
#define CLI_OPTION_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export/format.h"
#include "inspector/record.h"

struct buf;
struct command;
struct fault;
struct plan;
struct plan_journal;
struct selection;

/*
 * The table of options, which parsing, --help, completions and the tests of the
 * manual read. A new option is a row, a member of struct options, and a
 * paragraph in the page.
 */
enum option_type {
	OPTION_FLAG,     /* bool */
	OPTION_COUNT,    /* int: how often it was given */
	OPTION_STRING,   /* const char * */
	OPTION_STRINGS,  /* struct option_list: one more each time */
	OPTION_LIST,     /* const char *: a comma list; given again, it grows */
	OPTION_SET,      /* struct option_set: likewise, of the row's words */
	OPTION_CHOICE,   /* int: the value of one of the row's words */
	OPTION_INT,      /* int64_t in lo..hi */
	OPTION_DECIMAL,  /* const char *: a decimal in lo..hi */
	OPTION_DURATION, /* int64_t seconds */
	OPTION_SIZE,     /* int64_t bytes */
	OPTION_TIME      /* int64_t epoch seconds */
};

/* Where the help shows it. */
enum option_group { GROUP_COMMAND, GROUP_SELECTION, GROUP_GLOBAL };

/* What completions offer for a value without words. */
enum option_complete {
	COMPLETE_NOTHING,
	COMPLETE_FILE,
	COMPLETE_DIRECTORY,
	COMPLETE_COLUMNS,
	COMPLETE_REASONS,
	COMPLETE_PROFILES
};

/* A word that a value can be, and its value; bits in an OPTION_SET. */
struct option_word {
	const char *name;
	int value;
};

struct option_row {
	const char *name;
	const char *heading; /* in the help, of this and the next rows; NULL:
				as before */
	char letter;
	enum option_type type;
	enum option_group group;
	unsigned commands;    /* bits of the commands that take it */
	size_t offset;        /* of its member in struct options */
	const char *arg;      /* the value's name in the help; NULL for flags */
	const char *fallback; /* the default, as a value; NULL: none */
	const char *env;      /* replaces the default unless empty */
	int64_t lo, hi;       /* OPTION_INT, OPTION_DECIMAL */
	bool empty;           /* the value may be empty */
	bool once;            /* given twice, the last would not count, as a
				 file would be left out */
	const struct option_word *words; /* OPTION_CHOICE, OPTION_SET; ends
					    with NULL */
	enum option_complete complete;
	const char *help;
};

/* Ends with a NULL name. Rows may share a name if no command takes both, and
 * both or neither have a value. */
extern const struct option_row option_rows[];

#define OPTION_ROWS_MAX 128

struct option_list {
	const char **list;
	size_t n;
};

struct option_set {
	const char *text; /* as given */
	unsigned bits;    /* of all its words; 0: not given */
};

/* Values of --format: those of export/format.h, … */
enum {
	FORMAT_TABLE = FORMATS,
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_PROMETHEUS,
	FORMAT_HTML
};
/* … of --policy, --by, --numbers and --layout; those of others are in
 * cli/term.h and lib/dynamodb/write.h. */
enum policy_use {
	POLICY_READ,
	POLICY_PURGE,
	POLICY_RESTORE,
	POLICY_REPAIR,
	POLICY_USES
};
enum option_by { BY_OVERDUE, BY_SIZE, BY_EXPIRES };
enum { NUMBERS_NUMBER, NUMBERS_STRING };
enum { LAYOUT_FILE, LAYOUT_S3 };
/* "any" in --state (inspector/record.h), beside a bit for each. */
#define STATES_ANY (1u << STATES)
/* Of --kind. */
#define KINDS_ANY ((1 << KINDS) - 1)

/*
 * The command line. Strings are borrowed from it, from the environment and from
 * the table. Numbers and choices without a default are -1, strings NULL.
 */
struct options {
	/* global */
	const char *table, *region, *profile, *endpoint_url, *ttl_attribute;
	const char *stack, *logical_id, *expect_account;
	struct option_list session_prefixes, groups;
	const char *group_separators;
	int64_t now;
	const char *input, *key, *decrypt_with;
	int64_t jobs, segments, max_rcu, max_wcu;
	bool consistent;
	int progress, color; /* enum term_when */
	bool quiet;
	int verbose;
	bool help, version;

	/* selection */
	struct option_set state, reason;
	int kind; /* bits 1 << enum kind */
	struct option_list prefixes, sort_prefixes;
	const char *keys_from;
	int64_t overdue, expires_within, larger_than;

	/* commands */
	int format, by, numbers, layout;
	const char *output, *columns, *sort_key;
	int64_t top, limit, max_items, extend_ttl;
	int policy; /* enum policy_use */
	int batch;  /* enum ddb_batch_mode */
	bool probe_write, deleted;
	bool no_sizes, no_headings, reveal, gzip, csv_safe, yes, no_journal;
	const char *journal, *journal_dir;
	const char *max_percent, *max_cost, *price; /* decimals */
	int64_t max_units, deadline, keep_journals, ttl_for_missing;
	const char *checkpoint, *metrics_file, *zone;
	struct option_list encrypt_to;
	const char *sample, *shard;
	bool merge, partial;
	int64_t watch;
	const char *cookie, *secret_file;
	int64_t alert_expired, alert_overdue;

	const struct command *const *commands; /* all; ends with NULL */
	const struct command *command;         /* NULL: none was named */
	const char **operands;
	size_t noperands;
	const char *line; /* the whole command line, quoted for a shell */

	bool global_fault; /* what is wrong is with an option of all commands */

	bool given[OPTION_ROWS_MAX];
	char **keep; /* strings made while parsing */
	size_t nkeep;
};

/*
 * Read ${argv}[1..argc), the environment and the defaults; ${commands} ends
 * with NULL. Options may come before or after the command; "--" ends them;
 * names cannot be abbreviated. 0, or -1 with FAULT_USAGE; then ${o}->command
 * is set if one was found. To be released in either case.
 */
int option_parse(struct options *o, const struct command *const *commands,
    int argc, char **argv, struct fault *f);
void option_release(struct options *o);

/* Whether --${name} was on the command line. */
bool option_given(const struct options *o, const char *name);
/* Count option ${name}, whose value is set, as given. */
void option_give(struct options *o, const char *name);

/* The row of --${name} for ${bits} of commands; NULL. */
const struct option_row *option_find(const char *name, unsigned bits);

/* The ${i}th word that its value can be; past the last the name is NULL. */
struct option_word option_word(const struct option_row *row, size_t i);
/* The word of the value of an OPTION_CHOICE. */
const char *option_chosen(const struct options *o,
    const struct option_row *row);

/* Read ${text} (NULL for a flag) as the value of ${row} into ${o}. Messages
 * call it ${source}: the option's name or an environment variable. */
int option_value(struct options *o, const struct option_row *row,
    const char *text, const char *source, struct fault *f);
/* Defaults and environment, for the command of ${o}. */
int option_defaults(struct options *o, struct fault *f);
/* Where the table's name is from: "-t", "CACHETABLE", "the default", "--stack".
 */
const char *option_table_from(const struct options *o);
/* Check that it can be a table's name or ARN; there must be one. */
int option_table(const struct options *o, struct fault *f);
/* Whether a purge would delete entries that may be meant to stay, without
 * saying which: ${f} says what to do about it. */
bool option_wide(const struct options *o, struct fault *f);
/* Check that options are compatible, and the operands fit the command. */
int option_together(const struct options *o, struct fault *f);
/* The selection by the options, borrowing from them. */
void option_selection(struct selection *s, const struct options *o);
/* The options of a run that writes, and of its journal (sweep/plan.h). */
void option_plan(struct plan *p, const struct options *o);
void option_journal(struct plan_journal *j, const struct options *o);
/* Free ${s} with ${o}; returns it. */
const char *option_keep(struct options *o, char *s);
/* The command of that name; NULL with the fault if there is none. */
const struct command *option_command(const struct command *const *commands,
    const char *name, struct fault *f);

/* Add the given options of ${group}, except --${but} (may be NULL), quoted for
 * a shell: " --prefix a --prefix b". */
void option_repeat(struct buf *out, const struct options *o,
    enum option_group group, const char *but);
/* The same of one option. */
void option_repeat_one(struct buf *out, const struct options *o,
    const char *name);
/* The whole command line, from the given options and the operands. The caller
 * frees it. */
char *option_line(const struct options *o);

#endif
