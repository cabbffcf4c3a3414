#ifndef LIB_AWS_SIGN_H
#define LIB_AWS_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/crypto.h"
#include "lib/base/slice.h"

/*
 * AWS Signature Version 4 ("Create a signed AWS API request", IAM User Guide),
 * a pure function of keys, request and time. libcurl's own signer is wrong on
 * several distributions and cannot correct the clock in libcurl 7.88.
 */
struct aws_keys {
	const char *access_key;
	const char *secret_key;
	const char *session_token; /* NULL: none */
};

struct aws_header {
	const char *name; /* any case */
	const char *value;
};

/* The key that signs for a day, a region and a service, kept for the next
 * request: to derive it takes four times as long as to sign. Secret, to be
 * wiped in the end; begins as all 0. For one thread. */
struct aws_sign_key {
	bool known;
	unsigned char of[CRYPTO_SHA256]; /* what it was derived from */
	unsigned char key[CRYPTO_SHA256];
};

struct aws_sign_request {
	const char *method;
	const char *host;  /* as sent, with its port unless the default */
	const char *path;  /* "/", or as sent: percent-encoded (for signing it
			      is encoded again, as all but S3 do) */
	const char *query; /* "" or "a=b&c=d", encoded, in any order */
	const struct aws_header *headers; /* to sign beside host, date, token;
					     in any order */
	size_t nheaders;
	struct slice body;
	const char *region;
	const char *service;
	struct aws_sign_key *key; /* NULL: derived, and not kept */
};

/* Headers that the request must have. */
struct aws_signature {
	char date[24];       /* X-Amz-Date */
	char *authorization; /* Authorization; freed by aws_sign_release */
};

/* Sign ${rq} at ${now} (epoch seconds). X-Amz-Date and, with a session
 * token, X-Amz-Security-Token are signed and must be sent. Pure, but for
 * ${rq}->key. */
void aws_sign(struct aws_signature *out, const struct aws_keys *keys,
    const struct aws_sign_request *rq, int64_t now);
void aws_sign_release(struct aws_signature *sig);

#endif
