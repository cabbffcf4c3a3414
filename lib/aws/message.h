#ifndef LIB_AWS_MESSAGE_H
#define LIB_AWS_MESSAGE_H

#include <stddef.h>

#include "lib/base/slice.h"

struct http_exchange;

/*
 * Makes the text of a service's error fit to be shown. It may contain secrets:
 * an error about a signature quotes the whole canonical request, session token
 * included.
 */

/* Cut ${text} at the first newline or other control character, and at "The
 * Canonical String" or "The String-to-Sign". Pure. */
void message_clean(char *text);
/* The same for a copy of ${text} in ${out}; "" for NULL. Pure. */
void message_copy(char *out, size_t size, const char *text);

/*
 * Blank the secrets of the request's headers, which must still be there, in
 * the request id, the error and, unless the status is 200, the reply; there
 * also the users and passwords of proxies.
 */
void message_hide(struct http_exchange *x);
/* Blank the headers' secrets in ${part} of the reply, an error within a 200. */
void message_hide_part(const struct http_exchange *x, struct slice part);
#endif
