#ifndef EXPORT_KEYGUESS_H
#define EXPORT_KEYGUESS_H

#include "lib/base/slice.h"

/* How well the key's attributes are known. */
enum key_told {
	KEY_UNKNOWN,       /* not at all */
	KEY_GUESSED,       /* the partition key; there may be a sort key */
	KEY_ORDER_GUESSED, /* both, but they may be the other way round */
	KEY_TOLD
};

/*
 * Find the key's attributes by a first entry: ${item}, and ${keys} where the
 * file names them (p NULL else; DynamoDB does not tell in which order it
 * writes them). ${hint} ("key" or "pk,sk", may be NULL) must fit; else what
 * ${keys} names, a well-known name before another, else as they stand there;
 * else the first of the well-known names (key, id, sessionId, session_id,
 * session_key, pk with sk) that the entry holds as S, N or B. With ${item} p
 * NULL any name will do. The names are the caller's. Pure.
 */
enum key_told keyguess(struct slice item, struct slice keys, const char *hint,
    char **partition, char **sort);
/* "a, b, c": what ${item} holds as S, N or B, for a message; the caller
 * frees it. */
char *keyguess_names(struct slice item);

#endif
