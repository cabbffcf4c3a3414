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
 * One request of whatever protocol, with its tries:
 *
 *	do {
 *		request_send(&r);
 *		why = what the protocol makes of the reply, by request_judge;
 *	} while ((rc = request_next(&r, why, most, f)) == 1);
 *	request_release(&r);
 */
#define REQUEST_HEADERS_MAX 10

struct request {
	struct world *world;
	struct service *service;
	void *line;              /* an open one, for one thread */
	struct http_exchange *x; /* the caller's: method, url, body, limits */
	/* Sent, beside User-Agent and what the signature asks for, and signed.
	 * To be there until it is released, as all strings. */
	const struct aws_header *headers;
	size_t nheaders;
	bool gzip; /* the reply may be compressed */
	/* Signed with these keys, or with those of the run, which are renewed
	 * when the service calls them expired; both NULL: not signed. */
	const struct aws_keys *keys;
	struct aws_credentials *credentials;
	const struct aws_endpoint *endpoint; /* … for these three, then */
	const char *region, *name; /* the service's, as it is signed */
	struct aws_sign_key *key;  /* kept between requests; NULL: not */
	int64_t pause_ms;          /* between tries; 0: as retry.h says */
	int64_t deadline_us;       /* as for request_wait */
	bool settling;

	/* so far: to begin with all 0 */
	int tries; /* that count; keys that had to be renewed do not */
	bool renewed, corrected;
	uint64_t generation; /* of the keys the last one was signed with */
	int64_t skew_ms;     /* and the clock's correction */
	int cost;            /* what the last retry took of the quota */
	char *sent[REQUEST_HEADERS_MAX];
};

/*
 * Sign and send, once, and learn the service's clock: x holds the reply, or
 * why there is none, without what is secret in the request's headers. These
 * stay in x until the next try, or request_release, wipes them.
 */
void request_send(struct request *r);
/* What the reply means when ${code} is the error's name, "" where it has none:
 * as retry_classify, but RETRY_SKEW only where the clock was off. */
enum retry_class request_judge(const struct request *r, const char *code);
/*
 * What follows from ${why}, ${most} being the number of tries it may have. 1:
 * send it again, what had to be waited is over. 0: that was the last try,
 * whether it answered or not. -1: a signal, the deadline, or no newer keys.
 */
int request_next(struct request *r, enum retry_class why, int most,
    struct fault *f);
/* Wipe what was sent. The reply is the caller's, who has x. */
void request_release(struct request *r);

/*
 * Wait ${us}; -1 when a signal came, or ${deadline_us} of the world's mono_us
 * (0: none). ${settling}: there is no deadline, and a signal does not end it
 * for STOP_SETTLE_MS.
 */
int request_wait(struct world *world, int64_t us, bool settling,
    int64_t deadline_us, struct fault *f);

#endif
