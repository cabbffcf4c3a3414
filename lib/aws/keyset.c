#include <stdlib.h>
#include <string.h>

#include "lib/aws/keyset.h"
#include "lib/base/crypto.h"

static void
wipe(const char *s)
{
	char *p = (char *)(uintptr_t)s;

	if (p != NULL)
		crypto_wipe(p, strlen(p));
	free(p);
}

void
aws_keyset_release(struct aws_keyset *keys)
{
	wipe(keys->keys.access_key);
	wipe(keys->keys.secret_key);
	wipe(keys->keys.session_token);
	free(keys->account);
	*keys = (struct aws_keyset){ 0 };
}
