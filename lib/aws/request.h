#ifndef LIB_AWS_REQUEST_H
#define LIB_AWS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/aws/retry.h"
#include "lib/aws/sign.h"

struct aws_credentials;
struct aws_endpoint;
struct fault;
struct http_exchange;
struct service;
struct world;

/*
 * One request of any protocol, with its tries:
 *
 *	do {
 *		request_send(&r);
 *		why = the meaning of the reply, by request_judge;
 *	} while ((rc = request_next(&r, why, most, f)) == 1);
 *	request_release(&r);
 */
#define REQUEST_HEADERS_MAX 10

struct request {
	struct world *world;
	struct service *service;
	void *line;              /* an open one, for one thread */
	struct http_exchange *x; /* the caller's: method, url, body, limits */
	/* Sent and signed, in addition to User-Agent and the signature's own.
	 * All strings are borrowed until request_release. */
	const struct aws_header *headers;
	size_t nheaders;
	bool gzip; /* the reply may be compressed */
	/* Signed with these keys, or with those of the run, which are renewed
	 * if the service says that they have expired; both NULL: not signed. */
	const struct aws_keys *keys;
	struct aws_credentials *credentials;
	/* For signed requests. */
	const struct aws_endpoint *endpoint;
	const char *region, *name; /* of the service */
	struct aws_sign_key *key;  /* kept between requests, or NULL */
	int64_t pause_ms;          /* between tries; 0: as retry.h says */
	int64_t deadline_us;       /* as for request_wait */
	bool settling;

	/* state: all 0 at first */
	int tries; /* without those that only led to new keys */
	int renewals;
	bool corrected;
	uint64_t generation; /* of the keys of the last try */
	int64_t skew_ms;     /* the clock's correction of the last try */
	int cost;            /* what the last retry took from the quota */
	char *sent[REQUEST_HEADERS_MAX];
};

/*
 * Sign and send once, and learn the service's clock. x then contains the reply,
 * or why there is none, with the secrets of the request's headers blanked. The
 * headers stay in x until the next try or request_release wipes them.
 */
void request_send(struct request *r);
/* What a reply with the error code ${code} ("" if none) means: as
 * retry_classify, but RETRY_SKEW only if the clock was wrong. */
enum retry_class request_judge(const struct request *r, const char *code);
/*
 * Decide after a try that ended with ${why}, and wait if needed; ${most} is the
 * largest number of tries. 1: send it again. 0: that was the last try, with or
 * without an answer. -1: a signal, the deadline, or no newer keys.
 */
int request_next(struct request *r, enum retry_class why, int most,
    struct fault *f);
/* Wipe the headers. The reply, in x, is the caller's. */
void request_release(struct request *r);

/*
 * Wait ${us}. -1 on a signal, or at ${deadline_us} of the world's mono_us (0:
 * none). ${settling}: no deadline, and a signal ends it only after
 * STOP_SETTLE_MS.
 */
int request_wait(struct world *world, int64_t us, bool settling,
    int64_t deadline_us, struct fault *f);

#endif
