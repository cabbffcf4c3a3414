#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct table;

/* What the server does, and can be told to do by PUT /_set. */
struct manner {
	double rtt_ms;
	double wcu, rcu; /* units a second; 0: as many as come */
	double burst;    /* the buckets hold what comes in so many seconds */
	double filled;   /* and begin with so much */
	double unlucky;  /* per cent of the requests that are throttled */
};

/* What lies ready in one allowance of units, and since when. */
struct bucket {
	double tokens;
	int64_t at_ns;
};

/* What was done since the last PUT /_set. Monotonic nanoseconds. */
struct tally {
	uint64_t requests, scans, reads, writes, others;
	uint64_t throttled;  /* requests in which anything was */
	uint64_t refused;    /* single writes for which no units were there */
	uint64_t items_read; /* by scans */
	uint64_t bytes_out;
	uint64_t deleted, live_deleted, absent; /* of what was not there */
	uint64_t put, put_differs, present;     /* … where one was there */
	double read_units, write_units;
	uint64_t connections,
	    connected; /* of all, those that asked something */
	int in_flight, most_in_flight;
	int64_t first_ns, last_connected_ns, first_write_ns, last_write_ns;
};

struct server {
	struct table *table;
	struct manner manner, usual; /* usual: as it was started */
	struct tally tally;
	struct bucket writes, reads;
	uint64_t chance;
	pthread_mutex_t lock; /* all above but the table */
};

/* Monotonic. */
int64_t now_ns(void);

/* A body in parts: bytes of its own, and items where they lie. */
struct part {
	const char *p; /* NULL: in ${own}, from ${at} */
	size_t at, n;
};

struct reply {
	int status;
	uint32_t crc;
	size_t n; /* bytes of the body */
	char *own;
	size_t nown, room;
	struct part *parts;
	size_t nparts, parts_room;
};

/* The reply to ${operation} (the end of X-Amz-Target) with ${body}; ${r} is
 * used again and again, and keeps its memory. */
void answer(struct server *s, struct reply *r, const char *operation,
    const char *body);

/* GET /_stats; PUT /_set with a JSON object of those members of struct manner
 * that are not to be as usual, and "expired": false for a table without what
 * has expired. */
void answer_stats(struct server *s, struct reply *r);
void answer_set(struct server *s, struct reply *r, const char *body);

#endif
