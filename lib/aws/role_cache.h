#ifndef LIB_AWS_ROLE_CACHE_H
#define LIB_AWS_ROLE_CACHE_H

#include <stdint.h>

/*
 * The keys of a role as the AWS CLI keeps them in ~/.aws/cli/cache: a code
 * of an MFA device that was given to it serves us, too. Only ever read.
 */
struct role_cache {
	const char *role_arn;
	const char *session_name; /* NULL: not set */
	const char *external_id, *serial;
	int64_t duration; /* 0: not set */
};

/* The file's path, which the caller frees; NULL when its name cannot be told.
 * It is named after what was asked. Pure but for the home directory. */
char *role_cache_path(const struct role_cache *r);

#endif
