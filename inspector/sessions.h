#ifndef INSPECTOR_SESSIONS_H
#define INSPECTOR_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/slice.h"

/* The names that session stores use, for when no --session-prefix is given. */

/* The length of the session prefix that ${key} begins with: sess, session,
 * sessions, sessid, sid or phpsessid in any case, then one of : # / _ - . |
 * 0: none. Pure. */
size_t sessions_prefix(struct slice key);

/* Whether the table ${name} contains only sessions: a word of its name is
 * "session" or "sessions", in any case. Words end where letters end, and where
 * the case changes: "my-sessions_v2", "UserSessions", "PHPSessionStore", but
 * not "obsession". Pure. */
bool sessions_table(const char *name);

/* Whether a table with this partition key contains only sessions:
 * session_id, sessionId, sessionid, session_key (Django), session, sid,
 * PHPSESSID. Pure. */
bool sessions_attribute(const char *name);

#endif
