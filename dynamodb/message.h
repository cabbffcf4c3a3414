#ifndef DYNAMODB_MESSAGE_H
#define DYNAMODB_MESSAGE_H

#include <stddef.h>

struct buf;
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

/* Where ${x} was answered by anything but a 200, blank in the reply what its
 * request had in headers that are secret. Its headers must still be there. */
void message_hide(struct http_exchange *x);
/* Blank ${secret} wherever it stands in ${reply}; what is shorter than 8
 * bytes is no secret. Pure. */
void message_blank(struct buf *reply, const char *secret);

#endif
