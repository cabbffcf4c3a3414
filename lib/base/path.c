#include <sys/types.h>

#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"

/* The value of the variable named at ${s}, which begins with '$'; *${n} is the
 * length of that. NULL when it is not set or not a name. */
static const char *
variable(const char *s, size_t *n)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_";
	bool brace = s[1] == '{';
	const char *from = s + (brace ? 2 : 1), *value;
	size_t length = brace ? strcspn(from, "}") : strspn(from, letters);
	char *name;

	if (length == 0 || (brace && from[length] != '}'))
		return NULL;
	name = xstrndup(from, length);
	value = getenv(name);
	free(name);
	*n = (size_t)(from - s) + length + (brace ? 1 : 0);
	return value;
}

/* The home directory of ${user} ("": of who runs this). */
static const char *
home_of(const char *user)
{
	const char *home = *user == '\0' ? getenv("HOME") : NULL;
	const struct passwd *pw;

	if (home != NULL && *home != '\0')
		return home;
	pw = *user == '\0' ? getpwuid(getuid()) : getpwnam(user);
	return pw != NULL ? pw->pw_dir : NULL;
}

char *
path_expand(const char *s)
{
	struct buf plain = { 0 }, out = { 0 };
	const char *value, *rest;
	size_t n;

	while (*s != '\0') {
		value = *s == '$' ? variable(s, &n) : NULL;
		if (value != NULL) {
			buf_adds(&plain, value);
			s += n;
		} else {
			buf_addc(&plain, *s++);
		}
	}
	rest = buf_text(&plain);
	if (*rest == '~') {
		char *user;

		n = strcspn(rest, "/");
		user = xstrndup(rest + 1, n - 1);
		value = home_of(user);
		free(user);
		if (value != NULL) {
			buf_adds(&out, value);
			rest += n;
		}
	}
	buf_adds(&out, rest);
	buf_release(&plain);
	return buf_detach(&out);
}
