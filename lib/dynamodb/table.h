#ifndef LIB_DYNAMODB_TABLE_H
#define LIB_DYNAMODB_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

struct ddb_conn;
struct fault;

enum ddb_projection { DDB_PROJECT_ALL, DDB_PROJECT_KEYS, DDB_PROJECT_SOME };

struct ddb_index_key {
	char *name; /* of the attribute */
	enum attr_type type;
};

/* An index, as far as it affects the cost of writes (cost.h). */
struct ddb_index {
	char *name;
	struct ddb_index_key *keys;
	size_t nkeys;
	bool global;
	enum ddb_projection projection; /* ALL when unknown */
	char **included;                /* SOME: attributes that are not keys */
	size_t nincluded;
	double read_units; /* provisioned, 0 if none */
	double write_units;
};

/* DescribeTable and DescribeTimeToLive. Owned; freed by ddb_table_release. */
struct ddb_table {
	char *name;
	char *arn;
	char *id;               /* TableId, "" if none */
	char *account;          /* from the ARN, "" if none */
	char *status;           /* ACTIVE … */
	char *partition, *sort; /* sort NULL without one */
	enum attr_type partition_type, sort_type;
	struct key_schema schema; /* the two names, borrowed from here */
	int64_t items;            /* hours old on the real service */
	int64_t bytes;
	bool provisioned;   /* else PAY_PER_REQUEST */
	double read_units;  /* what it can do a second: provisioned, or */
	double write_units; /* on-demand maximum, or warm; 0: unknown */
	bool protected;     /* deletion protection */
	char *stream_view;  /* NULL: no stream */
	struct ddb_index *indexes;
	size_t nindexes;
	char **replicas; /* the other regions */
	size_t nreplicas;
	bool strong_replicas; /* MultiRegionConsistency STRONG */
	char *ttl_status;     /* ENABLED, ENABLING, DISABLED, DISABLING; NULL:
				 not known … */
	char *ttl_why;        /* … and why not */
	bool ttl_denied;      /* … we may not ask */
	char *ttl_attribute;  /* NULL: the service names none */
	bool ttl_acts;        /* ENABLED or ENABLING */
};

/* Ask for both. A missing table is FAULT_NOT_FOUND, with the names of similar
 * tables, else of some others, if listing them is allowed. */
int ddb_table_describe(struct ddb_conn *c, const char *name,
    struct ddb_table *out, struct fault *f);
void ddb_table_release(struct ddb_table *t);

/*
 * The two halves, for callers that continue when one fails: DescribeTable, and
 * DescribeTimeToLive, which needs only t->name. When that is denied, unknown to
 * the server, or answers none of the four statuses, it is not a failure: the
 * status is unknown then.
 */
int ddb_table_read(struct ddb_conn *c, const char *name, struct ddb_table *out,
    struct fault *f);
int ddb_table_read_ttl(struct ddb_conn *c, struct ddb_table *t,
    struct fault *f);

/* Whether entries are judged as if TTL acted on ${attribute}: it does, or that
 * is unknown. Pure. */
bool ddb_table_ttl_acts(const struct ddb_table *t, const char *attribute);

#endif
