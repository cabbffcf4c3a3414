#include <string.h>

#include "lib/aws/arn.h"
#include "lib/base/mem.h"

#define NAME_MIN 3
#define NAME_MAX_BYTES 255

bool
arn_is_table_name(const char *s)
{
	size_t n = strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_.-");

	return n >= NAME_MIN && n <= NAME_MAX_BYTES && s[n] == '\0';
}

const char *
arn_part(const char *s, int n)
{
	for (; n > 0 && s != NULL; n--) {
		s = strchr(s, ':');
		s = s != NULL ? s + 1 : NULL;
	}
	return s;
}

/* arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME */
bool
arn_is_table(const char *s)
{
	const char *service = arn_part(s, 2), *resource = arn_part(s, 5);

	return strncmp(s, "arn:", 4) == 0 && resource != NULL &&
	    strncmp(service, "dynamodb:", 9) == 0 &&
	    strncmp(resource, "table/", 6) == 0 &&
	    arn_is_table_name(resource + 6);
}

char *
arn_account(const char *s)
{
	const char *account = arn_part(s, 4);

	return account != NULL && strspn(account, "0123456789") == 12
	    ? xstrndup(account, 12)
	    : NULL;
}
