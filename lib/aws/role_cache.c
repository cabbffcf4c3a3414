#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/role_cache.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/mem.h"
#include "lib/base/path.h"

/* "name": "value" as Python's json.dumps writes it; false for characters that
 * it would write otherwise than they are. */
static bool
add(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return true;
	buf_addf(out, "%s\"%s\": \"", out->n > 1 ? ", " : "", name);
	for (; *value != '\0'; value++) {
		if (*value < ' ' || *value > '~')
			return false;
		if (*value == '"' || *value == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *value);
	}
	buf_addc(out, '"');
	return true;
}

char *
role_cache_path(const struct role_cache *r)
{
	struct buf text = { 0 };
	char hex[41], *directory, *path = NULL;

	buf_addc(&text, '{');
	if (r->duration > 0)
		buf_addf(&text, "\"DurationSeconds\": %lld",
		    (long long)r->duration);
	if (add(&text, "ExternalId", r->external_id) &&
	    add(&text, "RoleArn", r->role_arn) &&
	    add(&text, "RoleSessionName", r->session_name) &&
	    add(&text, "SerialNumber", r->serial)) {
		buf_addc(&text, '}');
		crypto_sha1_hex(hex, text.p, text.n);
		directory = path_expand("~/.aws/cli/cache");
		path = xasprintf("%s/%s.json", directory, hex);
		free(directory);
	}
	buf_release(&text);
	return path;
}
