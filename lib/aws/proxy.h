#ifndef LIB_AWS_PROXY_H
#define LIB_AWS_PROXY_H

#include <stdbool.h>

struct buf;

/*
 * The proxies in the environment (https_proxy and the other variables that
 * libcurl reads). Their addresses may contain a user and a password, and
 * libcurl quotes an address that it cannot use.
 */

/* Whether all of them are [scheme://][user[:password]@]host[:port][/], so that
 * it is known which part is secret. */
bool proxy_all_plain(void);

/* Blank their users and passwords in ${text}, however they are encoded
 * (blank_secret). */
void proxy_hide(struct buf *text);

#endif
