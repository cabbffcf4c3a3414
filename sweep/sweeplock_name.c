#define _DEFAULT_SOURCE /* getaddrinfo */

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dynamodb/config.h"
#include "dynamodb/hash.h"
#include "sweep/sweeplock.h"

#define HERE "localhost"

/* Whether ${a} is an address of this machine: only to one of these can a
 * socket be bound. */
static bool
is_here(const struct addrinfo *a)
{
	struct sockaddr_storage any;
	int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool here;

	if (fd < 0)
		return false;
	memset(&any, 0, sizeof(any));
	memcpy(&any, a->ai_addr, a->ai_addrlen);
	here = bind(fd, (struct sockaddr *)&any, a->ai_addrlen) == 0;
	(void)close(fd);
	return here;
}

/* The least of the addresses of ${host}, whatever order they come in. */
static void
add_address(struct buf *out, const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL;
	char least[NI_MAXHOST] = "", text[NI_MAXHOST];

	if (getaddrinfo(host, NULL, &hints, &list) != 0) {
		buf_adds(out, host); /* behind a proxy, maybe */
		return;
	}
	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		if (is_here(a))
			(void)strcpy(text, HERE);
		else if (getnameinfo(a->ai_addr, a->ai_addrlen, text,
			     sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		/* ours goes before any other */
		if (least[0] == '\0' || strcmp(text, HERE) == 0 ||
		    (strcmp(least, HERE) != 0 && strcmp(text, least) < 0))
			memcpy(least, text, sizeof(least));
	}
	freeaddrinfo(list);
	buf_adds(out, least[0] != '\0' ? least : host);
}

/* The server at ${endpoint}, whichever of its names and spellings is used:
 * its address and port. */
static void
add_server(struct buf *out, const char *endpoint)
{
	struct aws_endpoint e;
	const char *port;
	char host[sizeof(e.host)], *end;
	size_t n;

	if (aws_endpoint_parse(endpoint, &e) != 0) {
		buf_adds(out, endpoint);
		return;
	}
	memcpy(host, e.host, sizeof(host));
	end = host[0] == '[' ? strchr(host, ']') : host;
	end = end != NULL ? strchr(end, ':') : NULL;
	port = e.tls ? "443" : "80";
	if (end != NULL) {
		port = e.host + (end - host) + 1;
		*end = '\0';
	}
	n = strlen(host);
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	} else if (n > 1 && host[n - 1] == '.') {
		host[n - 1] = '\0';
	}
	add_address(out, host);
	buf_addf(out, " %s", port);
}

void
sweeplock_name(char out[SWEEPLOCK_NAME], const struct sweeplock_options *o)
{
	struct buf text = { 0 };

	buf_addf(&text, "%s\n", o->arn);
	if (o->id != NULL && o->id[0] != '\0')
		buf_adds(&text, o->id);
	else
		add_server(&text, o->endpoint);
	memcpy(out, "ttlsweep-", 9);
	hash_sha256_hex(out + 9, buf_text(&text), text.n);
	buf_release(&text);
}
