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
	COOKIE_UNSIGNED,   /* express-session would reject it */
	COOKIE_UNVERIFIED, /* signed, but no secret was given */
	COOKIE_WRONG,      /* signed with none of the secrets */
	COOKIE_VALID
};

struct cookie {
	struct buf id; /* of the session, any bytes: a secret */
	enum cookie_verdict verdict;
	size_t secret, secrets; /* which of how many, from 1, if VALID */
};

/*
 * Read ${text}: a cookie's value, NAME=VALUE, or a whole Cookie or Set-Cookie
 * header line. Of several cookies, the one that verifies is taken, else
 * connect.sid, else the only signed one. ${secrets}: one per line, empty lines
 * are ignored; p NULL: none given. To be released. -1 (FAULT_USAGE) if there is
 * no such cookie.
 */
int cookie_read(struct cookie *c, struct slice text, struct slice secrets,
    struct fault *f);
/* Wipe and free. */
void cookie_release(struct cookie *c);

#endif
