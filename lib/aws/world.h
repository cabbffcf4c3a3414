#ifndef LIB_AWS_WORLD_H
#define LIB_AWS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct fault;

/*
 * The outside, as the rest of the program sees it: a clock, a way to wait,
 * chance, and HTTP exchanges. Everything else in this room computes from
 * arguments; tests hand in a scripted world and need neither time nor net.
 */

/* How much somebody has to want to hear of it. */
enum log_level { LOG_NOTE, LOG_DEBUG, LOG_TRACE };

/* One HTTP exchange. The caller owns everything; a reply fills "out". */
struct http_exchange {
	/* in */
	const char *method; /* "GET", "POST", "PUT" */
	const char *url;
	const char *const *headers; /* "Name: value", nheaders of them */
	size_t nheaders;
	struct slice body;
	int64_t connect_ms; /* time limits, 0: none */
	int64_t total_ms;
	int64_t linger_ms; /* how long after a signal the reply is still
			      waited for; 0: not any more */
	bool direct;       /* never through a proxy (metadata services) */
	size_t max_body;   /* a longer reply is an error, after inflation too */

	/* out */
	int status;           /* 0: no complete reply */
	struct buf reply;     /* the body, inflated; emptied first */
	char request_id[128]; /* x-amzn-requestid, "" if none */
	int64_t date;         /* Date, epoch seconds; -1: none usable */
	int64_t retry_after;  /* x-amz-retry-after, ms; -1: none */
	int64_t sent_ms;      /* wall clock before the first byte went */
	int64_t received_ms;  /* … and after the last byte came */
	int sends;            /* how often the body may have reached the
				 service: 0 when no connection was made, more
				 than 1 when it was rewound and sent again */
	bool aged;            /* an Age header: a cache answered */
	char error[256];      /* why status is 0, for people */
};

struct world {
	void *ctx;
	/* Wall clock, milliseconds since the epoch. */
	int64_t (*wall_ms)(void *ctx);
	/* A clock that never goes back, microseconds. */
	int64_t (*mono_us)(void *ctx);
	/* Wait, in slices, so that a signal ends it early; ${through}: only
	 * one that came STOP_SETTLE_MS ago does. */
	void (*sleep_ms)(void *ctx, int64_t ms, bool through);
	/* Chance, uniform in [0, 1). */
	double (*chance)(void *ctx);
	/* A line to the outside: one kept-alive connection, for one thread. */
	void *(*line_open)(void *ctx, struct fault *f);
	/* 0 when a complete reply came (of any status), -1 when not: then
	 * status is 0 and error says why. */
	int (*exchange)(void *line, struct http_exchange *x);
	void (*line_close)(void *line);
	/* Ask whoever sits at the terminal; the answer, without its line end,
	 * is added to ${answer}. -1 when there is no terminal, or a signal
	 * came. NULL: there is nobody. */
	int (*ask)(void *ctx, const char *prompt, struct buf *answer,
	    struct fault *f);
};

/*
 * The real one: clock_gettime, nanosleep, libcurl. ${ca_bundle} (may be
 * NULL) is a file of certificates in place of the system's. Certificates
 * are always verified. Freed by world_real_close. NULL on failure.
 */
struct world *world_real_open(const char *ca_bundle, struct fault *f);
void world_real_close(struct world *world);

#endif
