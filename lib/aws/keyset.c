#include <stdlib.h>

#include "lib/aws/keyset.h"
#include "lib/base/secret.h"

void
aws_keyset_release(struct aws_keyset *keys)
{
	secret_free(keys->keys.access_key);
	secret_free(keys->keys.secret_key);
	secret_free(keys->keys.session_token);
	free(keys->account);
	*keys = (struct aws_keyset){ 0 };
}
