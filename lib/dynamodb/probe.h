#ifndef LIB_DYNAMODB_PROBE_H
#define LIB_DYNAMODB_PROBE_H

#include <stdbool.h>
#include <stdint.h>

struct aws_config;
struct ddb_conn;
struct ddb_table;
struct world;
struct fault;

/*
 * Questions that change nothing, to see what works before it is needed.
 */

/* Whether anybody answers at the endpoint: one GET, not signed, so that it
 * tells the network from the credentials. Any reply is an answer. */
struct probe_hello {
	bool answered;
	char error[256]; /* why not */
	int64_t took_ms;
	bool clock_known;
	int64_t skew_ms; /* the service's clock less ours, ± half a second */
};
int probe_hello(const struct aws_config *config, struct world *world,
    struct probe_hello *out, struct fault *f);

/* What came of trying an operation. */
enum probe_said {
	PROBE_ALLOWED,
	PROBE_DENIED,  /* the fault has the service's words */
	PROBE_UNKNOWN, /* the server has no such operation */
	PROBE_FAILED   /* the fault says how */
};

/* Scan, one entry, which is thrown away. */
enum probe_said probe_scan(struct ddb_conn *c, const char *table,
    struct fault *f);

/*
 * The delete that a purge sends, of a key that was made up, under a condition
 * that nothing meets (TTL attribute ${ttl} < the smallest number there is):
 * by PartiQL (BatchExecuteStatement) or by DeleteItem. It costs a write unit
 * and CloudTrail may keep it.
 */
enum probe_said probe_delete(struct ddb_conn *c, const struct ddb_table *t,
    const char *ttl, bool partiql, struct fault *f);

/* DescribeContinuousBackups. */
struct probe_backups {
	bool on;          /* point-in-time recovery */
	int64_t earliest; /* epoch seconds that can be restored; -1: not told */
	int64_t latest;
};
enum probe_said probe_backups(struct ddb_conn *c, const char *table,
    struct probe_backups *out, struct fault *f);

#endif
