#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct table;

/* The server's settings, which PUT /_set changes. */
struct manner {
	double rtt_ms;
	double wcu, rcu; /* units a second; 0: no limit */
	double burst;    /* size of the buckets, in seconds of units */
	double filled;   /* and how full they begin */
	double unlucky;  /* percentage of requests that are throttled */
};

/* A bucket: the available units, and when they were computed. */
struct bucket {
	double tokens;
	int64_t at_ns;
};

/* What was done since the last PUT /_set. Monotonic nanoseconds. */
struct tally {
	uint64_t requests, scans, reads, writes, others;
	uint64_t throttled;  /* requests with a throttled part */
	uint64_t refused;    /* single writes without units */
	uint64_t items_read; /* by scans */
	uint64_t bytes_out;
	uint64_t deleted, live_deleted,
	    absent;                         /* of items that did not exist */
	uint64_t put, put_differs, present; /* … over an item that existed */
	double read_units, write_units;
	uint64_t connections, connected; /* of all, those with a condition */
	int in_flight, most_in_flight;
	int64_t first_ns, last_connected_ns, first_write_ns, last_write_ns;
};

struct server {
	struct table *table;
	struct manner manner,
	    usual; /* usual: the settings of the command line */
	struct tally tally;
	struct bucket writes, reads;
	uint64_t chance;
	pthread_mutex_t lock; /* all above but the table */
};

/* Monotonic. */
int64_t now_ns(void);

/* A body in parts: own bytes, and items in the table. */
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

/* Answer ${operation} (the end of X-Amz-Target) with ${body}; ${r} is reused,
 * and keeps its memory. */
void answer(struct server *s, struct reply *r, const char *operation,
    const char *body);

/* GET /_stats; PUT /_set with a JSON object of the members of struct manner
 * that differ from the command line, and "expired": false for a table without
 * its expired entries. */
void answer_stats(struct server *s, struct reply *r);
void answer_set(struct server *s, struct reply *r, const char *body);

#endif
