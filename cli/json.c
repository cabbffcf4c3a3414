#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "export/item_json.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"

/* A struct json is a cJSON. */
static cJSON *
in(struct json *j)
{
	return (cJSON *)(void *)j;
}

void
json_init(void)
{
	cJSON_Hooks hooks = { .malloc_fn = xmalloc, .free_fn = free };

	cJSON_InitHooks(&hooks);
}

struct json *
json_new(void)
{
	return (struct json *)(void *)cJSON_CreateObject();
}

void
json_free(struct json *j)
{
	cJSON_Delete(in(j));
}

static struct json *
add(struct json *j, const char *name, cJSON *v)
{
	if (j != NULL && name == NULL)
		cJSON_AddItemToArray(in(j), v);
	else if (j != NULL)
		cJSON_AddItemToObject(in(j), name, v);
	return (struct json *)(void *)v;
}

void
json_add(struct json *j, const char *name, struct json *v)
{
	add(j, name, in(v));
}

struct json *
json_object(struct json *j, const char *name)
{
	return add(j, name, cJSON_CreateObject());
}

struct json *
json_array(struct json *j, const char *name)
{
	return add(j, name, cJSON_CreateArray());
}

void
json_int(struct json *j, const char *name, int64_t v)
{
	struct buf b = { 0 };

	buf_addi(&b, v);
	add(j, name, cJSON_CreateRaw(buf_text(&b)));
	buf_release(&b);
}

void
json_real(struct json *j, const char *name, double v, int digits)
{
	char text[400];
	char *end;

	if (!isfinite(v)) {
		json_null(j, name);
		return;
	}
	(void)snprintf(text, sizeof(text), "%.*f", digits, v);
	if (strchr(text, '.') != NULL) {
		end = text + strlen(text);
		while (end[-1] == '0')
			*--end = '\0';
		if (end[-1] == '.')
			*--end = '\0';
	}
	add(j, name, cJSON_CreateRaw(text));
}

void
json_text(struct json *j, const char *name, const char *p, size_t n)
{
	struct buf b = { 0 }, tame = { 0 };

	slice_text_encode(&b, p, n);
	/* without the quotes; characters unsafe on a terminal become \u… */
	item_json_string(&tame, (struct slice){ b.p + 1, b.n - 2 });
	add(j, name, cJSON_CreateRaw(buf_text(&tame)));
	buf_release(&b);
	buf_release(&tame);
}

void
json_str(struct json *j, const char *name, const char *s)
{
	if (s != NULL)
		json_text(j, name, s, strlen(s));
}

void
json_bool(struct json *j, const char *name, bool v)
{
	add(j, name, cJSON_CreateBool(v));
}

void
json_null(struct json *j, const char *name)
{
	add(j, name, cJSON_CreateNull());
}

void
json_print(struct buf *out, const struct json *j)
{
	char *text = cJSON_PrintUnformatted((const cJSON *)(const void *)j);
	size_t from = out->n;

	buf_adds(out, text);
	if (!text_locale_utf8())
		item_json_ascii(out, from);
	buf_addc(out, '\n');
	free(text);
}
