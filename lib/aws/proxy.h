#ifndef LIB_AWS_PROXY_H
#define LIB_AWS_PROXY_H

#include <stdbool.h>

struct buf;

/*
 * The proxies that the environment names (https_proxy and the others that
 * libcurl reads): their addresses may have a user and a password in them, and
 * are quoted by libcurl where it cannot use them.
 */

/*
 * Whether ${address} is one of which all that is secret is known:
 * [scheme://][user[:password]@]host[:port][/]. Of any other form nobody knows
 * which part is a password ("user:secret", "http://user:secret%40host").
 * Pure.
 */
bool proxy_plain(const char *address);

/* Whether each one that the environment names is plain. */
bool proxy_all_plain(void);

/* Blank the users and passwords of all of them in ${text}, however they are
 * encoded (message_blank). */
void proxy_hide(struct buf *text);

#endif
