#ifndef LIB_AWS_WORLD_H
#define LIB_AWS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct fault;

/*
 * The outside world: a clock, waiting, random numbers, HTTP. Everything else in
 * this room computes from arguments; tests use a scripted world and need
 * neither time nor network.
 */

/* Shown always, with -v, with -vv. */
enum log_level { LOG_NOTE, LOG_DEBUG, LOG_TRACE };

/* One HTTP exchange. The caller owns everything. */
struct http_exchange {
	/* in */
	const char *method; /* "GET", "POST", "PUT" */
	const char *url;
	const char *const *headers; /* "Name: value", nheaders of them */
	size_t nheaders;
	struct slice body;
	int64_t connect_ms; /* time limits, 0: none */
	int64_t total_ms;
	int64_t linger_ms; /* how long to wait for the reply after a signal */
	bool direct;       /* never through a proxy (metadata services) */
	size_t max_body;   /* a longer reply (also when expanded) is an error */
	/* Called once when no byte of the reply has come after slow_ms. NULL:
	 * nobody to tell. */
	void (*slow)(void *ctx);
	void *slow_ctx;
	int64_t slow_ms;

	/* out */
	int status;           /* 0: no complete reply */
	struct buf reply;     /* the body, expanded; emptied first */
	char request_id[128]; /* x-amzn-requestid, "" if none */
	int64_t date;         /* Date, epoch seconds; -1: none usable */
	int64_t retry_after;  /* x-amz-retry-after, ms; -1: none */
	int64_t sent_ms;      /* wall clock before the first byte was sent */
	int64_t received_ms;  /* … and after the last one was received */
	int sends;            /* how often the service may have received the
				 body: 0 without a connection, 2 or more when
				 libcurl sent it again */
	bool aged;            /* an Age header: a cache answered */
	char error[256];      /* why status is 0, for people */
};

struct world {
	void *ctx;
	/* Wall clock, milliseconds since the epoch. */
	int64_t (*wall_ms)(void *ctx);
	/* A clock that never goes back, microseconds. */
	int64_t (*mono_us)(void *ctx);
	/* Wait; a signal ends that early, but with ${through} only after
	 * STOP_SETTLE_MS. */
	void (*sleep_ms)(void *ctx, int64_t ms, bool through);
	/* A random number in [0, 1). */
	double (*chance)(void *ctx);
	/* A line: one kept-alive connection, for one thread. */
	void *(*line_open)(void *ctx, struct fault *f);
	/* 0 when there is a complete reply, of any status. -1: status is 0 and
	 * error says why. */
	int (*exchange)(void *line, struct http_exchange *x);
	void (*line_close)(void *line);
	/* Ask the user at the terminal, and add the answer to ${answer}. -1
	 * when there is no terminal, or a signal came. NULL: nobody to ask. */
	int (*ask)(void *ctx, const char *prompt, struct buf *answer,
	    struct fault *f);
};

/*
 * The real one: clock_gettime, nanosleep, libcurl. ${ca_bundle} (may be NULL)
 * replaces the system's certificates, which are always verified. NULL on
 * failure.
 */
struct world *world_real_open(const char *ca_bundle, struct fault *f);
void world_real_close(struct world *world);

#endif
