#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "dynamodb/message.h"
#include "dynamodb/world.h"

#define SECRET_MIN 8
#define BLANK '*'

static const char *const secret_headers[] = {
	"authorization",
	"x-amz-security-token",
	"x-amz-sso_bearer_token",
	"x-aws-ec2-metadata-token",
};

/* What the service shows of the request that it was sent. */
static const char *const shown[] = { "The Canonical String",
	"The String-to-Sign" };

/* Control characters of ASCII and Latin-1, and Unicode's line ends. */
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

/* How many bytes at ${p} spell ${secret}, or 0. JSON may have a backslash
 * before a '/'. */
static size_t
spelt(const char *p, const char *end, const char *secret)
{
	const char *begin = p;

	for (; *secret != '\0'; secret++, p++) {
		if (p < end && *p == '\\' && *secret == '/')
			p++;
		if (p >= end || *p != *secret)
			return 0;
	}
	return (size_t)(p - begin);
}

void
message_blank(struct buf *reply, const char *secret)
{
	char *p = reply->p, *end;
	size_t n;

	if (reply->n == 0 || strlen(secret) < SECRET_MIN)
		return;
	end = p + reply->n;
	while (
	    p < end && (p = memchr(p, secret[0], (size_t)(end - p))) != NULL) {
		n = spelt(p, end, secret);
		memset(p, BLANK, n);
		p += n > 0 ? n : 1;
	}
}

void
message_hide(struct http_exchange *x)
{
	if (x->status == 200 || x->status == 0)
		return;
	for (size_t i = 0; i < x->nheaders; i++)
		for (size_t j = 0;
		     j < sizeof(secret_headers) / sizeof(secret_headers[0]);
		     j++) {
			const char *name = secret_headers[j];
			size_t n = strlen(name);
			const char *value = x->headers[i] + n;

			if (strncasecmp(x->headers[i], name, n) != 0 ||
			    *value != ':')
				continue;
			message_blank(&x->reply,
			    value + 1 + strspn(value + 1, " "));
		}
}
