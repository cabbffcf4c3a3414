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
struct log;

/*
 * What a command works with, made from the options: a live table (client,
 * credentials, description) or a file (--input), and the rules entries are
 * judged by. All zero is a valid closed one.
 */
struct context {
	const struct options *o;
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
	int64_t file_items;             /* entries in it, -1: not told */
	bool file_partial; /* its last reply says that more follow */
	char *partition, *sort, *file_ttl, *file_table, *file_region;
	bool sort_unknown; /* the file does not tell whether there is one */

	bool listed;         /* --keys-from: only the entries of … */
	struct keylist keys; /* … these keys */

	struct subset portion;           /* of the table, that is read */
	const struct checkpoint *resume; /* go on there; NULL: from the start */
	bool resumed; /* it was read from a file, and so was the time */
	const struct price *price; /* NULL: not known */
	struct price own_price;    /* --price */

	struct key_schema schema;
	const char *ttl; /* the TTL attribute */
	struct rules rules;
	struct progress *progress;
	int64_t begun_us;
	bool stop_told;            /* that what is under way is waited for */
	struct option_echo quoted; /* options, as they may be shown */
};

/* Where the options say nothing, look here before the environment. */
struct context_hints {
	const char *table, *region; /* NULL: none */
};

/* Open everything; ${hints} may be NULL. To be closed in either case. */
int context_open(struct context *c, const struct options *o,
    const struct context_hints *hints, struct log *log, struct fault *f);
/*
 * Its first steps, for doctor, which looks at each; ${c} has options and log.
 * The configuration (${region}: where the options name none) and the world;
 * the client and its connection, once there are credentials.
 */
int context_locate(struct context *c, const char *region, struct fault *f);
int context_client(struct context *c, const char *table_from, struct fault *f);
/* What --stack names, looked up. */
int context_stack(struct context *c, struct fault *f);
/* Whose the credentials are, by STS. */
int context_identity(const struct context *c, struct identity *who,
    struct fault *f);
/*
 * --expect-account: refused unless the table belongs to it, by its ARN, or
 * where that tells no account, as with servers on one's own machine, by what
 * STS says of the credentials. Without that option nothing is asked.
 */
int context_account(const struct context *c, struct fault *f);
/* Whether ${account} is one of AWS's, not that of a server of one's own. */
bool context_is_account(const char *account);
/* Look at the table again, live only: its description, its TTL, the time. On
 * -1 all is as it was. */
int context_again(struct context *c, struct fault *f);
void context_close(struct context *c);

/* The entries; of a file once. ${keys_only}: keys and TTL are enough. */
struct source *context_source(struct context *c, bool keys_only);
/* Warn of each --session-prefix that no key began with; ${seen} is of the
 * summary of ${entries} entries. */
void context_tell_prefixes(const struct context *c, uint64_t seen,
    int64_t entries);

/* One pass over the entries that the options select. */
struct context_pass {
	bool keys_only;        /* keys and TTL are enough */
	bool alone;            /* by one worker */
	const char *verb;      /* as context_begin's matched */
	bool rows;             /* likewise */
	struct pass_sink sink; /* what becomes of them */
};
/* As pass_run, with its progress and what is to be said at its end. */
int context_pass(struct context *c, const struct context_pass *how,
    struct pass_progress *done, struct fault *f);

/*
 * Where a run with --checkpoint begins. ${p} has what it must agree with
 * (command, selection); the rest of it is filled: from the file of that name
 * (1), or as of a run that has not begun (0). The source goes on there,
 * judged by its time. -1.
 */
int context_resume(struct context *c, struct checkpoint *p, struct fault *f);

/*
 * The clock and the progress of a pass: context_tick (${context} is a struct
 * context) fits struct pass. ${matched}: what to call those matched, NULL
 * not to tell. ${rows}: data goes to stdout meanwhile.
 */
void context_begin(struct context *c, const char *matched, bool rows);
/* A run that writes has phases; the clock goes on from one to the next. */
struct context_phase {
	const char *verb;    /* "deleting: scanned" */
	const char *matched; /* what to call those matched, NULL not to tell */
	const char *written; /* likewise those written to */
	bool whole;          /* all is read, also where a run goes on */
};
void context_begin_phase(struct context *c, const struct context_phase *p);
/* The same of ${entries} entries in files (-1: not known yet), of which is
 * told how many are ${verb} ("checked"). Where a pass follows another, the
 * clock goes on. */
void context_begin_files(struct context *c, const char *verb, int64_t entries);
void context_tick(void *context, const struct pass_progress *p);
void context_end(struct context *c);

/* Say what of the export to S3 ${m} is not as it came. */
void context_warn_directory(struct log *log, const struct s3_manifest *m);
/* Say that the file ${path} of replies does not have all of the table. */
void context_warn_partial(struct log *log, const char *path);

/* Below: its files' (--input), for context.c. */
int context_input_open(struct context *c, struct fault *f);
struct source *context_input_source(struct context *c);
void context_input_close(struct context *c);

/* What reports say of it. */
struct report_place context_place(const struct context *c);
struct report_work context_work(const struct context *c,
    const struct pass_progress *done);

#endif
