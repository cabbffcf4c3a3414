#ifndef LIB_DYNAMODB_PROBE_H
#define LIB_DYNAMODB_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct aws_config;
struct ddb_conn;
struct ddb_table;
struct world;
struct fault;

/* Checks for doctor, which change nothing. */

/* Whether the endpoint answers: one GET, not signed, to see whether the network
 * or the credentials are at fault. Any reply is an answer. */
struct probe_hello {
	bool page; /* the answer is HTML or XML, which DynamoDB's is not */
	bool answered;
	char error[256]; /* why not */
	int64_t took_ms;
	bool clock_known;
	int64_t skew_ms; /* service's clock less ours, ± half a second */
};
int probe_hello(const struct aws_config *config, struct world *world,
    struct probe_hello *out, struct fault *f);

/* The result of trying an operation. */
enum probe_said {
	PROBE_ALLOWED,
	PROBE_DENIED,  /* the fault has the service's words */
	PROBE_UNKNOWN, /* the server has no such operation */
	PROBE_FAILED   /* the fault says why */
};

/* Scan one entry, which is discarded. */
enum probe_said probe_scan(struct ddb_conn *c, const char *table,
    struct fault *f);

/* The delete that a purge sends, by PartiQL (BatchExecuteStatement) or by
 * DeleteItem, of a random key and under a condition that is never true (TTL
 * attribute ${ttl} < the smallest number). It costs a write unit and CloudTrail
 * may log it. */
enum probe_said probe_delete(struct ddb_conn *c, const struct ddb_table *t,
    const char *ttl, bool partiql, struct fault *f);

/* The consistent read that a purge sends to find out why a delete had no
 * effect, of a random key. It costs a read unit. */
enum probe_said probe_get(struct ddb_conn *c, const struct ddb_table *t,
    const char *ttl, struct fault *f);

/* DescribeContinuousBackups. */
struct probe_backups {
	bool on;          /* point-in-time recovery */
	int64_t earliest; /* restorable, epoch seconds; -1: unknown */
	int64_t latest;
};
enum probe_said probe_backups(struct ddb_conn *c, const char *table,
    struct probe_backups *out, struct fault *f);

#endif
