#ifndef CLI_CONTEXT_CONTEXT_H
#define CLI_CONTEXT_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/context/subset.h"
#include "cli/report/option_echo.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "export/keylist.h"
#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/aws/config.h"
#include "lib/aws/query/stack.h"
#include "lib/dynamodb/table.h"
#include "sweep/plan.h"

struct aws_credentials;
struct checkpoint;
struct cms_key;
struct ddb;
struct ddb_conn;
struct world;
struct fault;
struct identity;
struct options;
struct progress;
struct reader;
struct s3_directory;
struct s3_manifest;
struct source;
struct input;
struct log;

/*
 * What a command works with: a live table (client, credentials, description)
 * or a file (--input), and the rules to judge entries by. All zero is a valid
 * closed one.
 */
struct context {
	const struct options *o;
	struct options *own; /* o, if it is ours: with the number of --shard
				auto/N, with AWS_PROFILE; NULL */
	char *own_shard, *own_line;
	struct log *log;
	struct world *world;

	/* live; ddb is NULL with --input */
	struct aws_config config;
	struct aws_credentials *credentials;
	struct ddb *ddb;
	struct ddb_conn *conn;    /* the main thread's own */
	struct stack_table stack; /* --stack; its table NULL: none */
	struct ddb_table table;
	struct plan_pace pace;
	bool endpoint_shown; /* the endpoint is not the region's own */

	/* --input */
	struct cms_key *key;   /* --decrypt-with; NULL: none */
	struct reader *reader; /* until context_source takes it; or … */
	struct s3_directory *directory; /* … an export to S3, likewise */
	int64_t file_items;             /* its entries; -1: unknown */
	bool file_partial;  /* its last reply says that more follow */
	bool input_files;   /* it is a directory of files … */
	bool input_journal; /* … or a journal */
	char *partition, *sort, *file_ttl, *file_table, *file_region;
	bool sort_unknown; /* the file does not say whether there is one */

	bool listed;         /* --keys-from: only the entries of … */
	struct keylist keys; /* … these keys */

	struct subset portion;           /* of the table, that is read */
	const struct checkpoint *resume; /* continue there; NULL: a new run */
	bool resumed; /* it was read from a file, and so was the time */
	bool resumed_noted;
	const struct price *price; /* NULL: unknown */
	struct price own_price;    /* --price */

	struct key_schema schema;
	const char *ttl; /* the TTL attribute */
	struct rules rules;
	struct progress *progress;
	int64_t begun_us;
	bool refused;              /* dry run: with --yes it would be */
	bool stop_noted;           /* that requests in flight are finished */
	struct option_echo quoted; /* options, masked for messages */
};

/* Used instead of the environment where options are not given. */
struct context_hints {
	const char *table, *region, *ttl_attribute; /* NULL: none */
};

/* Add ${table} (NULL: not), the region and the endpoint as options (" --table
 * t"), if the command line leaves them to the environment, the config file or,
 * for the table, to its default. */
void context_add_place(struct buf *out, const struct context *c,
    const char *table);

/* Open everything; ${hints} may be NULL. To be closed in either case. */
int context_open(struct context *c, const struct options *o,
    const struct context_hints *hints, struct log *log, struct fault *f);
/*
 * Its first steps, one by one, for doctor; ${c} has options and log. First the
 * configuration (${region}: if the options name none) and the world; then the
 * client and its connection, and credentials unless there are some.
 */
int context_locate(struct context *c, const char *region, struct fault *f);
int context_client(struct context *c, const char *table_from, struct fault *f);
/* Look up the table of --stack. */
int context_stack(struct context *c, struct fault *f);
/* Ask STS whose the credentials are. */
int context_identity(const struct context *c, struct identity *who,
    struct fault *f);
/*
 * --expect-account: refuse unless the table belongs to it, by its ARN, or where
 * that has no account (as with a local server), by STS. Without the option
 * nothing is asked.
 */
int context_account(const struct context *c, struct fault *f);
/* Whether ${account} is one of AWS's, not a local server's. */
bool context_is_account(const char *account);
/* Read the live table's description, its TTL and the time again. On -1 nothing
 * has changed. */
int context_again(struct context *c, struct fault *f);
void context_close(struct context *c);

/* The entries; for a file only once. ${keys_only}: keys and TTL are enough;
 * ${any_order}: workers may share the lines of a file. */
struct source *context_source(struct context *c, bool keys_only,
    bool any_order);
/* Say what is odd about --keys-from; ${absent} of its keys have no entry. */
void context_tell_keys(const struct context *c, int64_t absent);

/* Warn of each --session-prefix that none of the ${entries} keys began with;
 * ${seen} is from their summary. */
void context_tell_prefixes(const struct context *c, uint64_t seen,
    int64_t entries);

/* Note that entries of ${s} are selected by key and kind, but have not expired,
 * where none was selected. */
void context_tell_live(const struct context *c, const struct summary *s);
/* Note that nothing is masked in what is printed of a file, as no key of ${s},
 * which was read, is known as a session's, and the table's name is not known.
 */
void context_tell_unmasked(const struct context *c, const struct summary *s);
/* Warn if none of the entries of ${s} has the TTL attribute, unless that is
 * ${expected}, or not why none was selected. */
void context_tell_attribute(const struct context *c, const struct summary *s,
    bool expected);
/* Warn if only sessions were asked for, and no entry of ${s} counts as one. */
void context_tell_kind(const struct context *c, const struct summary *s);
/* Warn if no key of ${s}, which a pass over a table has counted, begins as the
 * prefixes that select entries. */
void context_tell_none(const struct context *c, const struct summary *s);
/* Warn if the TTL that the option ${name} gives, ${seconds} from the time of
 * the run (below 0: none), has passed. */
void context_tell_past(const struct context *c, const char *name,
    int64_t seconds);
/* Warn of a purge or repair of ${s} if the TTL attribute may be the time of
 * creation. */
void context_tell_creation(const struct context *c, const struct summary *s,
    bool repair);

/* One pass over the entries that the options select. */
struct context_pass {
	bool keys_only;   /* keys and TTL are enough */
	bool alone;       /* by one worker */
	const char *verb; /* as matched of context_begin, … */
	bool rows;        /* … and rows */
	bool timed;       /* it is about times, which no entry may have */
	bool masks;       /* sessions are masked in what it prints */
	struct pass_sink sink;
};
/* pass_run with progress, and with the messages at its end. */
int context_pass(struct context *c, const struct context_pass *how,
    struct pass_progress *done, struct fault *f);

/*
 * Where a run with --checkpoint begins. ${p} has the command and selection that
 * it must agree with; the rest is filled in: from the file (1), or for a new
 * run (0). Then context_source continues there, and entries are judged by its
 * time. -1.
 */
int context_resume(struct context *c, struct checkpoint *p, struct fault *f);

/* A phase of a run, for its progress. */
struct context_phase {
	const char *verb;    /* "deleting: scanned" */
	const char *matched; /* what to call matched entries; NULL: not shown */
	const char *written; /* likewise those written to */
	bool rows;           /* meanwhile data goes to standard output */
	bool whole;          /* all is read, even if the run continues one */
	bool files;          /* of files with so many entries; -1: unknown */
	int64_t entries;
};
/* Begin a phase; the clock runs on from one to the next. */
void context_begin_phase(struct context *c, const struct context_phase *p);
/* Begin a scan, and the clock. */
void context_begin(struct context *c, const char *matched, bool rows);
/* Begin a phase that goes over files, with their ${entries}. */
void context_begin_files(struct context *c, const char *verb, int64_t entries);
/* As tick of struct pass; ${context} is a struct context. */
void context_tick(void *context, const struct pass_progress *p);
void context_end(struct context *c);

/* Warn of missing manifests and changed files of the export to S3 ${m}. */
void context_warn_directory(struct log *log, const struct s3_manifest *m);
/* Warn if ${in} is empty: "it ${so}". */
void context_warn_empty(struct log *log, const struct input *in,
    const char *so);
/* Warn that the last line of the journal ${path} is torn. */
void context_warn_cut(struct log *log, const char *path);
/* Warn that ${path}, a file of replies, has only a part of the table. */
void context_warn_partial(struct log *log, const char *path);

/*
 * The key of --decrypt-with, the caller's; NULL without the option. Its
 * passphrase is asked for on the terminal, whatever standard input is; without
 * a terminal a key that has one is refused.
 */
int unlock_key(struct cms_key **key, const struct options *o, struct fault *f);

/* For context.c: the part that is about --input. */
int context_input_open(struct context *c, struct fault *f);
struct source *context_input_source(struct context *c, int workers);
void context_input_close(struct context *c);

/* For reports. */
struct report_place context_place(const struct context *c);
struct report_work context_work(const struct context *c,
    const struct pass_progress *done);

#endif
