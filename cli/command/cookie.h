#ifndef CLI_COMMAND_COOKIE_H
#define CLI_COMMAND_COOKIE_H

#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct fault;

/*
 * The cookie in which express-session keeps a session's id: "s:", the id,
 * ".", and the HMAC-SHA256 of the id under the application's secret in base64
 * without padding, percent-encoded. All pure.
 */
enum cookie_verdict {
	COOKIE_UNSIGNED,   /* express-session takes no such cookie */
	COOKIE_UNVERIFIED, /* signed, but there is no secret to verify with */
	COOKIE_WRONG,      /* signed with none of the secrets */
	COOKIE_VALID
};

struct cookie {
	struct buf id; /* the session's, may hold any byte: a secret */
	enum cookie_verdict verdict;
	size_t secret, secrets; /* VALID: which of how many, from 1 */
};

/*
 * Understand ${text}: the cookie's value, NAME=VALUE, or a whole Cookie or
 * Set-Cookie header line. Of several cookies it is the one that verifies,
 * else connect.sid, else the only signed one. ${secrets}: one a line, those
 * that are empty passed over; p NULL: none are known. To be released; -1
 * (FAULT_USAGE) when there is no such cookie in it.
 */
int cookie_read(struct cookie *c, struct slice text, struct slice secrets,
    struct fault *f);
/* Wipe and free. */
void cookie_release(struct cookie *c);

#endif
