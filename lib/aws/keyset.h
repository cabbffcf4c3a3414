#ifndef LIB_AWS_KEYSET_H
#define LIB_AWS_KEYSET_H

#include <stdint.h>

#include "lib/aws/sign.h"

/* Keys with what is known of them, owned by whoever has them. */
struct aws_keyset {
	struct aws_keys keys;
	char *account; /* NULL: not told */
	uint64_t generation;
	int64_t expires; /* epoch seconds, INT64_MAX: never */
};

/* Wipe and free what is in it. */
void aws_keyset_release(struct aws_keyset *keys);

#endif
