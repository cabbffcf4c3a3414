#include <cjson/cJSON.h>
#include <stdint.h>
#include <string.h>

#include "lib/aws/doc.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/secret.h"

#define FILE_MAX ((size_t)1 << 20)

/* A struct doc is a cJSON by another name. */
static cJSON *
in(const struct doc *d)
{
	return (cJSON *)(void *)(uintptr_t)d;
}

struct doc *
doc_parse(const struct buf *text, struct fault *f)
{
	const char *end = NULL;
	cJSON *j = text->n > 0
	    ? cJSON_ParseWithLengthOpts(text->p, text->n, &end, 0)
	    : NULL;

	if (j != NULL)
		end += strspn(end, " \t\r\n");
	if (cJSON_IsObject(j) && end == text->p + text->n)
		return (struct doc *)(void *)j;
	doc_free((struct doc *)(void *)j);
	(void)fault(f, FAULT_DATA, "not a JSON object (%zu bytes)", text->n);
	return NULL;
}

struct doc *
doc_load(const char *path, struct fault *f)
{
	struct buf b = { 0 };
	struct doc *d = NULL;

	if (secret_read(&b, path, FILE_MAX, f) == 0) {
		d = doc_parse(&b, f);
		if (d == NULL)
			(void)fault_at(f, "%.300s", path);
	}
	secret_release(&b);
	return d;
}

/* cJSON allows a thousand levels. */
static void
wipe(cJSON *j)
{
	for (; j != NULL; j = j->next) {
		if (j->valuestring != NULL)
			crypto_wipe(j->valuestring, strlen(j->valuestring));
		if (j->child != NULL)
			wipe(j->child);
	}
}

void
doc_free(struct doc *d)
{
	wipe(in(d));
	cJSON_Delete(in(d));
}

static const cJSON *
find(const struct doc *d, const char *outer, const char *name)
{
	const cJSON *at = in(d);

	if (outer != NULL)
		at = cJSON_GetObjectItemCaseSensitive(at, outer);
	return cJSON_GetObjectItemCaseSensitive(at, name);
}

const char *
doc_text(const struct doc *d, const char *outer, const char *name)
{
	const cJSON *v = find(d, outer, name);

	return cJSON_IsString(v) && v->valuestring[0] != '\0' ? v->valuestring
							      : NULL;
}

int64_t
doc_int(const struct doc *d, const char *outer, const char *name)
{
	const cJSON *v = find(d, outer, name);

	/* beyond 2^53 a double cannot hold every whole number */
	if (!cJSON_IsNumber(v) || !(v->valuedouble >= 0) ||
	    v->valuedouble > 9007199254740992.0)
		return -1;
	return (int64_t)v->valuedouble;
}

void
doc_set(struct doc *d, const char *name, const char *value)
{
	cJSON *was = cJSON_DetachItemFromObjectCaseSensitive(in(d), name);

	wipe(was);
	cJSON_Delete(was);
	(void)cJSON_AddStringToObject(in(d), name, value);
}

void
doc_print(const struct doc *d, struct buf *out)
{
	char *text = cJSON_PrintUnformatted(in(d));

	if (text == NULL)
		return;
	(void)buf_reserve(out, strlen(text));
	buf_adds(out, text);
	crypto_wipe(text, strlen(text));
	cJSON_free(text);
}
