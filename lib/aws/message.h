#ifndef LIB_AWS_MESSAGE_H
#define LIB_AWS_MESSAGE_H

#include <stddef.h>

#include "lib/base/slice.h"

struct http_exchange;

/*
 * What a service says in an error, before anybody is told. It is other
 * people's text, and some of it is a secret: the words about a signature that
 * is refused hold the whole canonical request, session token included.
 */

/* Keep of ${text} what stands before the first line end or other control
 * character, and before "The Canonical String" or "The String-to-Sign". In
 * place. Pure. */
void message_clean(char *text);
/* The same of a copy of ${text} in ${out}; "" for NULL. Pure. */
void message_copy(char *out, size_t size, const char *text);

/*
 * Blank in ${x} what its request had in headers that are secret, wherever
 * somebody may have put it back: in the request id, in the error, and, where it
 * was answered by anything but a 200, in the reply, in which the users and
 * passwords of proxies are blanked, too. Its headers must still be there.
 */
void message_hide(struct http_exchange *x);
/* The same of the headers' secrets in ${part} of the reply, which is an error
 * inside of a 200. */
void message_hide_part(const struct http_exchange *x, struct slice part);
#endif
