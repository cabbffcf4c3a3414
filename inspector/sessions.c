#include <string.h>

#include "inspector/sessions.h"
#include "lib/base/text.h"

static const struct slice words[] = { { "sess", sizeof("sess") - 1 },
	{ "session", sizeof("session") - 1 },
	{ "sessions", sizeof("sessions") - 1 },
	{ "sessid", sizeof("sessid") - 1 }, { "sid", sizeof("sid") - 1 },
	{ "phpsessid", sizeof("phpsessid") - 1 } };
static const char ends[] = ":#/_-.|";

size_t
sessions_prefix(struct slice key)
{
	/* most keys are ruled out here */
	if (key.n == 0 || memchr("sSpP", *key.p, 4) == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = words[i].n;

		if (n < key.n &&
		    memchr(ends, key.p[n], sizeof(ends) - 1) != NULL &&
		    text_same_fold(key.p, words[i].p, n))
			return n + 1;
	}
	return 0;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Length of the word at ${p}: capitals, without the one that begins the next
 * word (PHP in PHPSession), or lower case after at most one capital. */
static size_t
word_length(const char *p)
{
	size_t n = 0;

	while (is_upper(p[n]))
		n++;
	if (n > 1)
		return is_lower(p[n]) ? n - 1 : n;
	while (is_lower(p[n]))
		n++;
	return n;
}

bool
sessions_table(const char *name)
{
	static const char word[] = "sessions";

	while (*name != '\0') {
		size_t n = word_length(name);

		if ((n == strlen(word) || n == strlen(word) - 1) &&
		    text_same_fold(name, word, n))
			return true;
		name += n > 0 ? n : 1;
	}
	return false;
}

bool
sessions_attribute(const char *name)
{
	static const char *const names[] = { "session_id", "sessionId",
		"sessionid", "session_key", "session", "sid", "PHPSESSID" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}
