#include <string.h>

#include "lib/aws/credentials.h"
#include "lib/aws/doc.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

static char *
copy(const char *s)
{
	return s != NULL && *s != '\0' ? xstrdup(s) : NULL;
}

bool
search_sendable(const char *s)
{
	for (; s != NULL && *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f)
			return false;
	return true;
}

int
search_take(struct search *s, const struct found *k, const char *place,
    struct fault *f)
{
	if (!search_sendable(k->access_key) ||
	    !search_sendable(k->secret_key) ||
	    !search_sendable(k->session_token))
		return fault(f, FAULT_CREDENTIALS,
		    "%s: the keys contain white space or another byte that no "
		    "key has",
		    place);
	s->keys->keys.access_key = copy(k->access_key);
	s->keys->keys.secret_key = copy(k->secret_key);
	s->keys->keys.session_token = copy(k->session_token);
	s->keys->account = copy(k->account);
	s->keys->expires = k->expires;
	return 1;
}

int
search_take_doc(struct search *s, const struct doc *d, const char *outer,
    const char *const names[5], const char *place, struct fault *f)
{
	struct found k = { doc_text(d, outer, names[0]),
		doc_text(d, outer, names[1]), doc_text(d, outer, names[2]),
		doc_text(d, outer, names[3]), INT64_MAX };
	const char *end = doc_text(d, outer, names[4]);
	int64_t ms = doc_int(d, outer, names[4]);

	for (int i = 0; i < 2; i++)
		if ((i == 0 ? k.access_key : k.secret_key) == NULL)
			return fault(f, FAULT_CREDENTIALS, "%s: it has no %s",
			    place, names[i]);
	if (end != NULL && search_time(end, &k.expires) != 0)
		return fault(f, FAULT_CREDENTIALS,
		    "%s: its %s \"%.60s\" is not a time", place, names[4], end);
	if (ms >= 0)
		k.expires = ms / 1000;
	return search_take(s, &k, place, f);
}

bool
search_option(const struct search *s, const char *option,
    struct config_value *out)
{
	return config_value_profile(out, s->config, s->profile, option);
}

char *
search_name(const char *profile)
{
	struct buf out = { 0 };

	buf_adds(&out, "profile \"");
	text_escape(&out, profile, strlen(profile), false);
	buf_addc(&out, '"');
	return buf_detach(&out);
}

int
search_time(const char *s, int64_t *epoch)
{
	size_t n = strlen(s);
	bool fraction;

	if (n > 3 && strcmp(s + n - 3, "UTC") == 0)
		n -= 3;
	return text_iso8601_parse(s, n, epoch, &fraction);
}

int64_t
search_now(const struct search *s)
{
	return s->world->wall_ms(s->world->ctx) / 1000;
}
