#ifndef LIB_DYNAMODB_CLIENT_H
#define LIB_DYNAMODB_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/world.h"
#include "lib/base/buf.h"

struct aws_config;
struct aws_credentials;
struct fault;
struct service;

/*
 * The client. All threads share a struct ddb: endpoint, credentials, rate
 * buckets, the service's clock, counts. A struct ddb_conn is one kept-alive
 * connection and belongs to one thread.
 */
struct ddb;
struct ddb_conn;

struct ddb_options {
	const struct aws_config *config; /* borrowed, must outlive it */
	struct aws_credentials *credentials;
	struct world *world;
	const char *table_from; /* what named the table: "-t", …; NULL */
	double max_rcu;         /* units a second, 0: no limit */
	double max_wcu;
	/* Any thread may call it. NULL: no messages. */
	void (*log)(void *ctx, enum log_level level, const char *text);
	void *log_ctx;
};

struct ddb *ddb_open(const struct ddb_options *options, struct fault *f);
void ddb_close(struct ddb *d);

struct ddb_conn *ddb_conn_open(struct ddb *d, struct fault *f);
void ddb_conn_close(struct ddb_conn *c);
struct ddb *ddb_of(struct ddb_conn *c);
/* As given to ddb_open. Borrowed. */
const struct ddb_options *ddb_options(const struct ddb *d);

/* What all connections have done so far. */
struct ddb_counts {
	int64_t requests, writes; /* sent, retries included; of these writes */
	int64_t retries;
	int64_t throttled, throttled_writes; /* all, and of these writes */
	double read_units; /* as reported, else as estimated */
	double write_units;
};
void ddb_counts(struct ddb *d, struct ddb_counts *out);

/* Change the limits of a running client. */
void ddb_limit(struct ddb *d, double max_rcu, double max_wcu);
/* The most units that a read or write request may cost at the current pace; 0:
 * no limit. */
double ddb_share(struct ddb *d, bool write);

/* Do not wait (for the pace or a retry) past ${at_us} of the world's mono_us: a
 * longer wait ends then with FAULT_LATE. 0: no deadline. Only while no call is
 * running. */
void ddb_deadline(struct ddb *d, int64_t at_us);

/* The service's clock, as service_now. */
int64_t ddb_now(struct ddb *d);
/* Borrowed. */
struct service *ddb_service(struct ddb *d);
void ddb_log(struct ddb *d, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Units that the last call cost; negative: as estimated. */
void ddb_settle(struct ddb_conn *c, double read_units, double write_units);
/* Write units of everything this connection has sent, tries that may have acted
 * included: as reported, else as estimated. */
double ddb_wrote(const struct ddb_conn *c);

/* The service throttled a request or statement of this many units. */
void ddb_throttled(struct ddb_conn *c, double read_units, double write_units);
/* How a sweep retries a throttled read or write: as RETRY_UNLUCKY while the
 * pace is about right, else as RETRY_THROTTLE. */
enum retry_class ddb_throttle_class(struct ddb *d, bool write);
/* The number of tries for a request or statement of a sweep. */
int ddb_attempts(struct ddb *d);

#endif
