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

/* arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME */
bool
arn_is_table(const char *s)
{
	if (strncmp(s, "arn:", 4) != 0)
		return false;
	for (int i = 0; i < 5; i++) {
		if (i == 2 && strncmp(s, "dynamodb:", 9) != 0)
			return false;
		s = strchr(s, ':');
		if (s == NULL)
			return false;
		s++;
	}
	return strncmp(s, "table/", 6) == 0 && arn_is_table_name(s + 6);
}

char *
arn_account(const char *s)
{
	for (int i = 0; i < 4 && s != NULL; i++) {
		s = strchr(s, ':');
		s = s != NULL ? s + 1 : NULL;
	}
	if (s == NULL || strspn(s, "0123456789") != 12)
		return NULL;
	return xstrndup(s, 12);
}
