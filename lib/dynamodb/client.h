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

/* Units the last call really cost; negative: as estimated. */
void ddb_settle(struct ddb_conn *c, double read_units, double write_units);
/* Write units of all that this connection has sent, tries that may have acted
 * included: as told by the service, else as estimated. */
double ddb_wrote(const struct ddb_conn *c);

/* So many units were turned away, by a refusal or inside of a 200. */
void ddb_throttled(struct ddb_conn *c, double read_units, double write_units);
/* How long it takes to try a throttled read or write of a sweep again: as
 * RETRY_UNLUCKY while the pace is about right, else as RETRY_THROTTLE. */
enum retry_class ddb_throttle_class(struct ddb *d, bool write);
/* How many tries a request (or statement) of a sweep gets. */
int ddb_attempts(struct ddb *d);

#endif
