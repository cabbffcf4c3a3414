#ifndef LIB_AWS_SIGN_H
#define LIB_AWS_SIGN_H

#include <stdint.h>

#include "lib/base/slice.h"

struct buf;

/*
 * AWS Signature Version 4 ("Create a signed AWS API request", IAM User
 * Guide). A pure function of keys, request and time. libcurl's own signer
 * is wrong on several distributions and cannot correct the clock on
 * Debian 12 (libcurl 7.88).
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

struct aws_sign_request {
	const char *method;
	const char *host;  /* as sent, with its port unless the default */
	const char *path;  /* "/", or as sent: percent-encoded (it is encoded
			      once more for signing, as all but S3 want) */
	const char *query; /* "" or "a=b&c=d", encoded already, any order */
	const struct aws_header *headers; /* to be signed beside host, date,
					     token; any order */
	size_t nheaders;
	struct slice body;
	const char *region;
	const char *service;
};

/* What the request must carry for the signature to hold. */
struct aws_signature {
	char date[24];       /* X-Amz-Date */
	char *authorization; /* Authorization; freed by aws_sign_release */
};

/* Sign ${rq} at ${now} (epoch seconds). X-Amz-Date and, with a session
 * token, X-Amz-Security-Token are signed and must be sent. Pure. */
void aws_sign(struct aws_signature *out, const struct aws_keys *keys,
    const struct aws_sign_request *rq, int64_t now);
void aws_sign_release(struct aws_signature *sig);

/* The canonical request and the string to sign, added to ${canonical} and
 * ${to_sign}: for the tests on AWS's published vectors. Pure. */
void aws_sign_canonical(struct buf *canonical, struct buf *to_sign,
    const struct aws_keys *keys, const struct aws_sign_request *rq,
    int64_t now);

#endif
