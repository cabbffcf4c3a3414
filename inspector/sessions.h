#ifndef INSPECTOR_SESSIONS_H
#define INSPECTOR_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/slice.h"

/*
 * How session stores name what they write, where nobody gave a
 * --session-prefix.
 */

/* With how many bytes of ${key} a session's key begins: sess, session,
 * sessions, sessid, sid or phpsessid in any case, and one of : # / _ - . | 0:
 * it is not a session's. Pure. */
size_t sessions_prefix(struct slice key);

/*
 * Whether a table called ${name} contains only sessions: one of the words of
 * its name is "session" or "sessions", in any case. Words end at every
 * character that is not a letter, and where the case shows it:
 * "my-sessions_v2", "UserSessions", "PHPSessionStore", but not "obsession".
 * Pure.
 */
bool sessions_table(const char *name);

/* Whether a table whose partition key has this name contains only sessions:
 * session_id, sessionId, sessionid, session, sid, PHPSESSID. Pure. */
bool sessions_attribute(const char *name);

#endif
