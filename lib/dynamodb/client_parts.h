#ifndef LIB_DYNAMODB_CLIENT_PARTS_H
#define LIB_DYNAMODB_CLIENT_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/config.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/sign.h"
#include "lib/aws/world.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/rate.h"

/* Shared by client.c and call.c only. */

struct ddb {
	struct ddb_options o;
	int64_t deadline_us; /* by mono_us; 0: none */
	atomic_bool throttled_told, slow_told;
	struct aws_endpoint endpoint;
	char *url;
	struct service *service;
	struct lock *lock; /* for all below */
	struct rate read, write;
	struct ddb_counts counts;
};

struct ddb_conn {
	struct ddb *d;
	void *line;
	struct http_exchange x;
	const char *operation; /* of the current call */
	struct aws_sign_key key;
	double took_read, took_write; /* by the current try */
	double wrote;                 /* as ddb_wrote */
};

/* Take units from both buckets. Returns how long to wait before sending, us. */
int64_t client_take(struct ddb_conn *c, double read, double write);
/* Count a request that was sent; ${write}: it may take write units. */
void client_count(struct ddb *d, bool retry, bool write);

#endif
