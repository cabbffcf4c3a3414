#ifndef LIB_AWS_PROXY_H
#define LIB_AWS_PROXY_H

#include <stdbool.h>

struct buf;

/*
 * The proxies that the environment names (https_proxy and the others that
 * libcurl reads): their addresses may have a user and a password in them, and
 * are quoted by libcurl where it cannot use them.
 */

/* Whether all that is secret is known of each one that the environment names:
 * [scheme://][user[:password]@]host[:port][/]. */
bool proxy_all_plain(void);

/* Blank the users and passwords of all of them in ${text}, however they are
 * encoded (blank_secret). */
void proxy_hide(struct buf *text);

#endif
