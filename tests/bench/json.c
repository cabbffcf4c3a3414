#include <string.h>

#include "tests/bench/json.h"

static const char *
blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return p;
}

static const char *
string_end(const char *p)
{
	for (p++; *p != '\0' && *p != '"'; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return *p == '"' ? p + 1 : p;
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
json_next(const char *p)
{
	p = blanks(json_skip(p));
	if (*p == ':')
		p = blanks(json_skip(p + 1));
	return *p == ',' ? blanks(p + 1) : NULL;
}

const char *
json_value(const char *p)
{
	p = blanks(json_skip(p));
	return *p == ':' ? blanks(p + 1) : p;
}

const char *
json_member(const char *p, const char *name)
{
	size_t n = strlen(name);

	if (p == NULL || *(p = blanks(p)) != '{')
		return NULL;
	for (p = json_first(p); p != NULL; p = json_next(p))
		if (strncmp(p + 1, name, n) == 0 && p[n + 1] == '"')
			return json_value(p);
	return NULL;
}

long
json_string(const char *p, const char **out)
{
	if (p == NULL || *(p = blanks(p)) != '"')
		return -1;
	*out = p + 1;
	return (long)(string_end(p) - p) - 2;
}
