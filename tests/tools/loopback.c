/*
 * Preloaded into a test server that listens on all addresses, at a port from
 * its command line: makes it listen on 127.0.0.1 only, at a port that the
 * kernel picks (no two servers get the same one), and writes the port to the
 * file named by LOOPBACK_PORT_FILE.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Write and rename it, so that readers never see half of it. */
static int
tell(const char *path, int port)
{
	char temporary[PATH_MAX];
	FILE *f;

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	if ((f = fopen(temporary, "w")) == NULL)
		return -1;
	fprintf(f, "%d\n", port);
	if (fclose(f) != 0)
		return -1;
	return rename(temporary, path);
}

int
bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	int (*next)(int, const struct sockaddr *, socklen_t);
	const char *path = getenv("LOOPBACK_PORT_FILE");
	struct sockaddr_in in;
	socklen_t size = sizeof(in);

	*(void **)&next = dlsym(RTLD_NEXT, "bind");
	if (path == NULL || addr->sa_family != AF_INET || len < sizeof(in))
		return next(fd, addr, len);
	memcpy(&in, addr, sizeof(in));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = 0;
	if (next(fd, (struct sockaddr *)&in, sizeof(in)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &size) != 0)
		return -1;
	return tell(path, ntohs(in.sin_port));
}
