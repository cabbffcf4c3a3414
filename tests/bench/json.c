#include <string.h>

#include "tests/bench/json.h"

static const char *
blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return p;
}

/* A quote behind an odd number of backslashes is of the text. */
static const char *
string_end(const char *p)
{
	const char *begin = ++p, *quote;

	for (; (quote = strchr(p, '"')) != NULL; p = quote + 1) {
		const char *slash = quote;

		while (slash > begin && slash[-1] == '\\')
			slash--;
		if ((quote - slash) % 2 == 0)
			return quote + 1;
	}
	return p + strlen(p);
}

const char *
json_skip(const char *p)
{
	int depth = 0;

	p = blanks(p);
	if (*p == '"')
		return string_end(p);
	if (*p != '{' && *p != '[') {
		return p + strcspn(p, ",]} \t\r\n");
	}
	while (*p != '\0') {
		if (*p == '"') {
			p = string_end(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
		if (depth == 0)
			break;
	}
	return p;
}

const char *
json_first(const char *p)
{
	if (p == NULL)
		return NULL;
	p = blanks(p);
	if (*p != '{' && *p != '[')
		return NULL;
	p = blanks(p + 1);
	return *p == '}' || *p == ']' || *p == '\0' ? NULL : p;
}

const char *
json_after(const char *end)
{
	end = blanks(end);
	return *end == ',' ? blanks(end + 1) : NULL;
}

const char *
json_next(const char *p)
{
	p = blanks(json_skip(p));
	return json_after(*p == ':' ? json_skip(p + 1) : p);
}

const char *
json_value(const char *p)
{
	p = blanks(json_skip(p));
	return *p == ':' ? blanks(p + 1) : p;
}

void
json_two(const char *p, const char *const names[2], const char *values[2])
{
	values[0] = values[1] = NULL;
	if (p == NULL || *(p = blanks(p)) != '{')
		return;
	for (p = json_first(p); p != NULL; p = json_next(p))
		for (int i = 0; i < 2; i++) {
			size_t n = names[i] != NULL ? strlen(names[i]) : 0;

			if (n == 0 || strncmp(p + 1, names[i], n) != 0 ||
			    p[n + 1] != '"')
				continue;
			if (values[i] == NULL)
				values[i] = json_value(p);
			if (values[0] != NULL &&
			    (names[1] == NULL || values[1] != NULL))
				return;
		}
}

const char *
json_member(const char *p, const char *name)
{
	const char *const names[2] = { name, NULL };
	const char *values[2];

	json_two(p, names, values);
	return values[0];
}

long
json_string(const char *p, const char **out)
{
	if (p == NULL || *(p = blanks(p)) != '"')
		return -1;
	*out = p + 1;
	return (long)(string_end(p) - p) - 2;
}
