#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "export/keyguess.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/attr.h"

/* Whether ${item} holds ${name} as what a key can be. */
static bool
holds_key(struct slice item, const char *name)
{
	struct slice value = slice_get(item, name), inner;
	enum attr_type type;

	if (value.p == NULL)
		return false;
	type = attr_open(value, &inner);
	return type == ATTR_S || type == ATTR_N || type == ATTR_B;
}

char *
keyguess_names(struct slice item)
{
	struct slice_walk w = slice_walk(item);
	struct slice name, value, inner;
	struct buf out = { 0 };

	if (slice_object(&w) == 0)
		while (slice_member(&w, &name) == 1 &&
		    slice_value(&w, &value) == 0) {
			enum attr_type type = attr_open(value, &inner);

			if (type != ATTR_S && type != ATTR_N && type != ATTR_B)
				continue;
			if (out.n > 0)
				buf_adds(&out, ", ");
			slice_text_decode(&out, name);
		}
	return buf_detach(&out);
}

/* The one or two names in ${keys}, as they stand there; how many. */
static int
names_of(struct slice keys, char *names[2])
{
	struct slice_walk w = slice_walk(keys);
	struct slice name, value;
	int n = 0;

	names[0] = names[1] = NULL;
	if (keys.p == NULL || slice_object(&w) != 0)
		return 0;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		struct buf text = { 0 };

		if (n < 2) {
			slice_text_decode(&text, name);
			names[n] = buf_detach(&text);
		}
		n++;
	}
	return n <= 2 ? n : 0;
}

/* ${hint} is "partition" or "partition,sort". */
static bool
take_hint(struct slice item, char *const names[2], const char *hint,
    char **partition, char **sort)
{
	const char *comma = strchr(hint, ',');
	char *first = comma != NULL ? xstrndup(hint, (size_t)(comma - hint))
				    : xstrdup(hint);
	char *second = comma != NULL ? xstrdup(comma + 1) : NULL;

	for (int i = 0; second == NULL && names[1] != NULL && i < 2; i++)
		if (strcmp(names[i], first) == 0)
			second = xstrdup(names[1 - i]);
	if (item.p == NULL ||
	    (holds_key(item, first) &&
		(second == NULL || holds_key(item, second)))) {
		*partition = first;
		*sort = second;
		return true;
	}
	free(first);
	free(second);
	return false;
}

static const char *const known[] = { "key", "id", "sessionId", "session_id",
	"session_key", "pk" };
#define KNOWN (sizeof(known) / sizeof(known[0]))

/* How early it comes among the known names. */
static size_t
known_rank(const char *name)
{
	size_t i = 0;

	while (i < KNOWN && strcmp(known[i], name) != 0)
		i++;
	return i;
}

/* The file names the attributes of the key. */
static enum key_told
take_names(struct slice item, char *const names[2], char **partition,
    char **sort)
{
	int first = 0;

	if (!holds_key(item, names[0]) ||
	    (names[1] != NULL && !holds_key(item, names[1])))
		return KEY_UNKNOWN;
	if (names[1] != NULL && known_rank(names[1]) < known_rank(names[0]))
		first = 1;
	*partition = xstrdup(names[first]);
	*sort = names[1] != NULL ? xstrdup(names[1 - first]) : NULL;
	return names[1] != NULL && known_rank(*partition) == KNOWN
	    ? KEY_ORDER_GUESSED
	    : KEY_TOLD;
}

static bool
guess(struct slice item, char **partition, char **sort)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (item.p != NULL && !holds_key(item, known[i]))
			continue;
		*partition = xstrdup(known[i]);
		*sort = strcmp(known[i], "pk") == 0 && holds_key(item, "sk")
		    ? xstrdup("sk")
		    : NULL;
		return true;
	}
	return false;
}

enum key_told
keyguess(struct slice item, struct slice keys, const char *hint,
    char **partition, char **sort)
{
	enum key_told told = KEY_UNKNOWN;
	char *names[2];
	int n = names_of(keys, names);

	if (hint != NULL && take_hint(item, names, hint, partition, sort))
		told = *sort != NULL || n == 1 ? KEY_TOLD : KEY_GUESSED;
	else if (hint == NULL && n > 0)
		told = take_names(item, names, partition, sort);
	if (told == KEY_UNKNOWN && hint == NULL && guess(item, partition, sort))
		told = *sort != NULL ? KEY_TOLD : KEY_GUESSED;
	free(names[0]);
	free(names[1]);
	return told;
}
