#ifndef CLI_COMMAND_SESSION_H
#define CLI_COMMAND_SESSION_H

#include <stddef.h>

#include "cli/command/cookie.h"
#include "lib/base/slice.h"

struct buf;
struct context;
struct fault;

/* The session that a user's cookie names (show --cookie). All zero is a valid
 * closed one. */
struct session {
	struct cookie cookie;
	struct slice *keys; /* it may have: one for each session prefix */
	size_t nkeys;
};

/*
 * Read the cookie and the secrets that the options of ${c} name. -1 also
 * (FAULT_REFUSED) when there are secrets and none has signed it: who sends a
 * forged cookie is to see no session. To be closed in either case.
 */
int session_open(struct session *s, const struct context *c, struct fault *f);
/* Add what is to be said of the cookie. */
void session_print(const struct session *s, struct buf *out);
/* Wipe and free. */
void session_close(struct session *s);

#endif
