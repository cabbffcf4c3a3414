#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/aws/message.h"
#include "lib/aws/proxy.h"
#include "lib/aws/world.h"
#include "lib/base/blank.h"
#include "lib/base/buf.h"

static const char *const secret_headers[] = {
	"authorization",
	"x-amz-security-token",
	"x-amz-sso_bearer_token",
	"x-aws-ec2-metadata-token",
};

/* How a service begins to quote the request that it was sent. */
static const char *const shown[] = { "The Canonical String",
	"The String-to-Sign" };

/* Control characters of ASCII and Latin-1, and Unicode's line separators. */
static bool
is_control(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return u[0] < 0x20 || u[0] == 0x7f ||
	    (u[0] == 0xc2 && u[1] >= 0x80 && u[1] <= 0x9f) ||
	    (u[0] == 0xe2 && u[1] == 0x80 && (u[2] == 0xa8 || u[2] == 0xa9));
}

void
message_clean(char *text)
{
	size_t before = strspn(text, " \t\r\n"), n = 0;
	char *p;

	if (before > 0)
		memmove(text, text + before, strlen(text + before) + 1);
	while (text[n] != '\0' && !is_control(text + n))
		n++;
	text[n] = '\0';
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if ((p = strstr(text, shown[i])) != NULL)
			*p = '\0';
	for (n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
}

void
message_copy(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text != NULL ? text : "");
	message_clean(out);
}

/* The secret in the header ${line}, or NULL. */
static const char *
secret_of(const char *line)
{
	for (size_t i = 0;
	     i < sizeof(secret_headers) / sizeof(secret_headers[0]); i++) {
		size_t n = strlen(secret_headers[i]);

		if (strncasecmp(line, secret_headers[i], n) == 0 &&
		    line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " ");
	}
	return NULL;
}

/* Blank the secrets of the headers of ${x} in ${text}. */
static void
hide_headers(const struct http_exchange *x, struct buf *text)
{
	for (size_t i = 0; i < x->nheaders; i++) {
		const char *secret = secret_of(x->headers[i]), *blank;

		if (secret == NULL)
			continue;
		blank_secret(text, secret, BLANK_SECRET_MIN);
		/* "Bearer TOKEN": the token alone, too */
		blank = strchr(secret, ' ');
		if (blank != NULL && strchr(blank + 1, ' ') == NULL)
			blank_secret(text, blank + 1, BLANK_SECRET_MIN);
	}
}

void
message_hide(struct http_exchange *x)
{
	struct buf id = { x->request_id, strlen(x->request_id), 0 };
	struct buf error = { x->error, strlen(x->error), 0 };

	hide_headers(x, &id);
	hide_headers(x, &error);
	if (x->status == 200)
		return;
	hide_headers(x, &x->reply);
	proxy_hide(&x->reply);
}

void
message_hide_part(const struct http_exchange *x, struct slice part)
{
	struct buf b = { x->reply.p + (part.p - x->reply.p), part.n, 0 };

	hide_headers(x, &b);
}
