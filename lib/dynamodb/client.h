#ifndef LIB_DYNAMODB_CLIENT_H
#define LIB_DYNAMODB_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/retry.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct aws_config;
struct aws_credentials;
struct fault;
struct service;

/*
 * The client. A struct ddb is shared by all threads: endpoint, credentials,
 * rate buckets, the clock's correction, counts. A struct ddb_conn is one
 * kept-alive connection and belongs to one thread.
 */
struct ddb;
struct ddb_conn;

struct ddb_options {
	const struct aws_config *config; /* borrowed, must outlive it */
	struct aws_credentials *credentials;
	struct world *world;
	const char *table_from; /* who names the table: "-t", …; NULL */
	double max_rcu;         /* units a second, 0: no limit */
	double max_wcu;
	/* Where messages go; any thread may call it. NULL: nowhere. */
	void (*log)(void *ctx, enum log_level level, const char *text);
	void *log_ctx;
};

struct ddb *ddb_open(const struct ddb_options *options, struct fault *f);
void ddb_close(struct ddb *d);

struct ddb_conn *ddb_conn_open(struct ddb *d, struct fault *f);
void ddb_conn_close(struct ddb_conn *c);
struct ddb *ddb_of(struct ddb_conn *c);

/* What was done so far, over all connections. */
struct ddb_counts {
	int64_t requests; /* sent, retries included */
	int64_t retries;
	int64_t throttled;
	double read_units; /* told by the service, else estimated */
	double write_units;
};
void ddb_counts(struct ddb *d, struct ddb_counts *out);

/* Change the limits of a running client (pace found out from the table). */
void ddb_limit(struct ddb *d, double max_rcu, double max_wcu);
/* How many read units one request may cost at this pace; 0: no limit. */
double ddb_read_share(struct ddb *d);
double ddb_write_share(struct ddb *d);

/* Wait for nothing (a pace, another try) past ${at_us} of the world's
 * mono_us: what would have to ends with FAULT_LATE then. 0: no such time. To
 * be set while no call is under way. */
void ddb_deadline(struct ddb *d, int64_t at_us);

/* The service's clock by the replies so far, epoch seconds; the local clock
 * before the first reply. */
int64_t ddb_now(struct ddb *d);
/* Its clock, for more than that. Borrowed. */
struct service *ddb_service(struct ddb *d);
struct world *ddb_world(struct ddb *d);
const struct aws_config *ddb_config(struct ddb *d);
/* As it was given to ddb_open. */
const char *ddb_table_from(struct ddb *d);
void ddb_log(struct ddb *d, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

struct ddb_call {
	const char *operation; /* "Scan" */
	struct slice body;     /* JSON */
	double read_units;     /* estimates, taken from the buckets */
	double write_units;
	bool again;    /* it was sent before, and counts as a retry */
	bool single;   /* somebody waits for this one: fewer tries (retry.h) */
	bool patient;  /* throttling of one key range is not waited out here
			  but handed back: the caller has other work */
	bool settling; /* a signal does not keep it from being sent, for
			  STOP_SETTLE_MS: it shows what became of work
			  under way */
	/*
	 * Look at the bytes of a reply of status 200 and keep them (it may
	 * swap ${body} away). -1: they are not what DynamoDB sends, and the
	 * request is tried again. NULL: any JSON will do.
	 */
	int (*accept)(void *ctx, struct buf *body, struct fault *f);
	void *accept_ctx;
};

struct ddb_reply {
	int status;            /* HTTP */
	struct slice body;     /* borrowed from the connection until its next
				  call; empty when accept took it */
	char code[96];         /* the error's name after '#', "" on success */
	char message[512];     /* the service's own words */
	enum retry_class why;  /* of the last reply, when retries ran out */
	int tries;             /* that were made */
	bool hot_range;        /* throttled for one key range only */
	const char *keys_from; /* aws_credentials_source; borrowed */
	int sends; /* sends that may have acted, the answered one included:
		      throttled ones did not act and are not counted */
	int lost;  /* of these, those of which it is not known whether they
		      acted: no reply came, or one that is not DynamoDB's
		      own, or a failure of the service */
};

/*
 * Sign, send and, where the policy says so, try again, until there is a
 * complete reply. 0: status 200, and the caller must call ddb_settle with
 * what it cost. 1: the service refused; code and message say why, and it has
 * been settled (a failed condition costs, as estimated). -1: no reply to be
 * had, no credentials, a signal, or the deadline; in all four cases
 * reply->sends and reply->lost are set.
 */
int ddb_call(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, struct fault *f);

/* Units the last call really cost; negative: as estimated. */
void ddb_settle(struct ddb_conn *c, double read_units, double write_units);
/* Write units of all that this connection has sent, tries that may have acted
 * included: as told by the service, else as estimated. */
double ddb_wrote(const struct ddb_conn *c);

/* A batch statement was throttled inside a 200: slow the writes. */
void ddb_throttled(struct ddb_conn *c, bool write);
/* Wait until ${until_us} by the world's mono_us; -1 as ddb_backoff. */
int ddb_wait(struct ddb_conn *c, int64_t until_us, struct fault *f);
/* Wait as the policy says before retry ${i}; -1 when a signal or the
 * deadline came. */
int ddb_backoff(struct ddb_conn *c, enum retry_class why, int i,
    struct fault *f);
/* How many tries a request (or statement) of a sweep gets. */
int ddb_attempts(struct ddb *d);

/* Turn a refusal (1) into a fault that names the operation, and the missing
 * action or the table where that is what was wrong; returns -1. */
int ddb_refused(const struct ddb_call *call, const struct ddb_reply *reply,
    const char *table, struct fault *f);

#endif
