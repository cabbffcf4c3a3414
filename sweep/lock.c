#define _DEFAULT_SOURCE /* flock, getaddrinfo */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/aws/endpoint.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "sweep/lock.h"

#define HERE "localhost"

/* Whether ${a} is an address of this machine: only then can a socket be bound
 * to it. */
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

/* Add the smallest address of ${host}, in whatever order they are returned. */
static void
add_address(struct buf *out, const char *host)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL;
	char least[NI_MAXHOST] = "", text[NI_MAXHOST];

	if (getaddrinfo(host, NULL, &hints, &list) != 0) {
		buf_adds(out, host); /* perhaps only a proxy knows it */
		return;
	}
	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		if (is_here(a))
			(void)strcpy(text, HERE);
		else if (getnameinfo(a->ai_addr, a->ai_addrlen, text,
			     sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		/* this machine comes first */
		if (least[0] == '\0' || strcmp(text, HERE) == 0 ||
		    (strcmp(least, HERE) != 0 && strcmp(text, least) < 0))
			memcpy(least, text, sizeof(least));
	}
	freeaddrinfo(list);
	buf_adds(out, least[0] != '\0' ? least : host);
}

/* Add address and port of the server at ${endpoint}, which are the same however
 * its name is spelled. */
static void
add_server(struct buf *out, const char *endpoint)
{
	struct aws_endpoint e;
	const char *host = e.host, *port;
	char *name;
	size_t n;

	if (aws_endpoint_parse(endpoint, &e) != 0) {
		buf_adds(out, endpoint);
		return;
	}
	if (host[0] == '[' && strchr(host, ']') != NULL) {
		host++;
		n = strcspn(host, "]");
		port = host + n + 1;
	} else {
		n = strcspn(host, ":");
		port = host + n;
		n -= n > 1 && host[n - 1] == '.';
	}
	name = xstrndup(host, n);
	add_address(out, name);
	free(name);
	buf_addf(out, " %s", *port == ':' ? port + 1 : e.tls ? "443" : "80");
}

void
sweep_lock_name(char out[SWEEP_LOCK_NAME], const struct sweep_lock_options *o)
{
	struct buf text = { 0 };

	buf_addf(&text, "%s\n", o->arn);
	if (o->id != NULL && o->id[0] != '\0')
		buf_adds(&text, o->id);
	else
		add_server(&text, o->endpoint);
	memcpy(out, "ttlsweep-", 9);
	crypto_sha256_hex(out + 9, buf_text(&text), text.n);
	buf_release(&text);
}

#define SHARED "/run/lock"
#define TEMPORARY "/tmp"
#define LOCKS "/proc/locks" /* proc(5), on Linux only */

/* How often to look again, 10 ms apart, for a file that another process is
 * making. */
#define PATIENCE 20

struct held {
	int fd; /* -1: not held */
	int how;
	char *name;
};

struct sweep_lock {
	int dir;
	char *path;
	struct held table;
	struct held shard; /* not held with a lock of the whole table */
};

/*
 * Open the directory ${path} without following a link. One of the user's own
 * is made when missing, and its mode set. A directory that several users share
 * must be sticky, so that nobody can replace a file that is locked.
 */
static int
place_open(const char *path, bool own, struct fault *f)
{
	const uid_t me = geteuid();
	struct stat st;
	int fd;

	if (own && mkdir(path, 0700) != 0 && errno != EEXIST)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 ||
	    (own && st.st_uid == me && (st.st_mode & 0777) != 0700 &&
		fchmod(fd, 0700) != 0))
		(void)fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	else if (st.st_uid != me && (own || st.st_uid != 0))
		(void)fault(f, FAULT_REFUSED, "%s: belongs to another user",
		    path);
	else if (!own && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	    (st.st_mode & S_ISVTX) == 0)
		(void)fault(f, FAULT_REFUSED,
		    "%s: others may remove files there", path);
	else
		return fd;
	(void)close(fd);
	return -1;
}

/*
 * Open or make the lock file ${name}. O_CREAT is refused on existing files of
 * other users in sticky directories (fs.protected_regular), so it is one or the
 * other. 0 with *fd set; 1 it cannot be made in this directory; -1 it exists
 * but cannot be used.
 */
static int
file_open(int dir, const char *directory, const char *name, int *fd,
    struct fault *f)
{
	const struct timespec nap = { 0, 10000000 };
	const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	struct stat st;
	int error = ENOENT;

	for (int i = 0; i < PATIENCE; i++) {
		*fd = openat(dir, name, flags);
		error = errno;
		if (*fd >= 0)
			break;
		if (error == EACCES) {
			/* it may be new, its mode not yet set */
			(void)nanosleep(&nap, NULL);
			continue;
		}
		if (error != ENOENT)
			break;
		*fd = openat(dir, name, flags | O_CREAT | O_EXCL, 0644);
		error = errno;
		if (*fd >= 0) {
			/* whatever the umask: others must be able to open it */
			(void)fchmod(*fd, 0644);
			return 0;
		}
		if (error != EEXIST) {
			(void)fault(f, FAULT_IO, "%s: %s", directory,
			    strerror(error));
			return 1;
		}
	}
	if (*fd < 0)
		return fault(f, FAULT_IO, "%s/%s: cannot open the lock: %s",
		    directory, name, strerror(error));
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	(void)close(*fd);
	*fd = -1;
	return fault(f, FAULT_REFUSED, "%s/%s: is not a regular file",
	    directory, name);
}

/* Whether ${fd} is still the file of that name: its holder may have removed it
 * between our open and our lock. */
static bool
still_there(int dir, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 &&
	    fstatat(dir, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The process that holds a lock on the file ${fd}; 0: not known. */
static long
holder_of(int fd)
{
	FILE *locks = fopen(LOCKS, "re");
	char line[256];
	struct stat st;
	long pid, found = 0;
	uint64_t inode;

	if (locks == NULL)
		return 0;
	/* "1: FLOCK  ADVISORY  WRITE 6614 fe:00:10780673 0 EOF" */
	while (fstat(fd, &st) == 0 && found == 0 &&
	    fgets(line, sizeof(line), locks) != NULL)
		if (sscanf(line, "%*d: FLOCK %*s %*s %ld %*x:%*x:%" SCNu64,
			&pid, &inode) == 2 &&
		    inode == st.st_ino && pid > 0)
			found = pid;
	(void)fclose(locks);
	return found;
}

static int
refuse_second(int fd, const char *directory, const char *name,
    const struct sweep_lock_options *o, struct fault *f)
{
	long pid = holder_of(fd);
	char who[48] = "it", end[80] = "";

	if (pid > 0) {
		(void)snprintf(who, sizeof(who), "process %ld", pid);
		(void)snprintf(end, sizeof(end),
		    ", or end it with 'kill %ld': it settles what it has sent",
		    pid);
	}
	return fault(f, FAULT_LOCKED,
	    "another purge, repair or restore of %s is running on this machine "
	    "(%s holds the lock %s/%s); wait for it to end%s",
	    o->arn, who, directory, name, end);
}

/* Lock the file ${name} in the directory; ${h} then owns the string. Returns as
 * file_open. */
static int
held_take(struct held *h, int dir, const char *directory, char *name, int how,
    const struct sweep_lock_options *o, struct fault *f)
{
	int rc, error;

	h->how = how;
	h->name = name;
	for (;;) {
		rc = file_open(dir, directory, name, &h->fd, f);
		if (rc != 0)
			return rc;
		do
			rc = flock(h->fd, how | LOCK_NB);
		while (rc != 0 && errno == EINTR);
		if (rc != 0)
			break;
		if (still_there(dir, name, h->fd))
			return 0;
		(void)close(h->fd);
	}
	error = errno;
	if (error == EWOULDBLOCK)
		(void)refuse_second(h->fd, directory, name, o, f);
	else
		(void)fault(f, FAULT_IO, "%s/%s: cannot lock: %s", directory,
		    name, strerror(error));
	(void)close(h->fd);
	h->fd = -1;
	return -1;
}

/* Release it. A file locked exclusively is removed, unless it is another
 * user's. One with a shared lock stays: being the last holder could only be
 * made sure of by keeping a new one out for a moment. */
static void
held_drop(struct held *h, int dir)
{
	if (h->fd >= 0) {
		if (h->how == LOCK_EX)
			(void)unlinkat(dir, h->name, 0);
		(void)close(h->fd);
	}
	free(h->name);
	*h = (struct held){ .fd = -1 };
}

/* Take the locks in one directory. 0; 1: try the next one; -1. */
static int
take_in(struct sweep_lock *l, const char *directory, bool own,
    const struct sweep_lock_options *o, struct fault *f)
{
	char name[SWEEP_LOCK_NAME];
	int rc;

	l->dir = place_open(directory, own, f);
	if (l->dir < 0)
		return 1;
	sweep_lock_name(name, o);
	rc = held_take(&l->table, l->dir, directory, xstrdup(name),
	    o->shards > 0 ? LOCK_SH : LOCK_EX, o, f);
	if (rc == 0 && o->shards > 0)
		rc = held_take(&l->shard, l->dir, directory,
		    xasprintf("%s-%d-of-%d", name, o->shard, o->shards),
		    LOCK_EX, o, f);
	if (rc == 0) {
		l->path = xasprintf("%s/%s", directory, name);
		return 0;
	}
	held_drop(&l->shard, l->dir);
	held_drop(&l->table, l->dir);
	(void)close(l->dir);
	return rc;
}

struct sweep_lock *
sweep_lock_take_in(const struct sweep_lock_places *places,
    const struct sweep_lock_options *o, struct fault *f)
{
	const char *const list[] = { places->shared[0], places->shared[1],
		places->own[0], places->own[1] };
	struct sweep_lock *l = xmalloc(sizeof(*l));
	struct fault why = { 0 };
	int rc = 1;

	*l = (struct sweep_lock){ .table.fd = -1, .shard.fd = -1 };
	for (size_t i = 0; rc > 0 && i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] != NULL)
			rc = take_in(l, list[i], i >= 2, o, &why);
	if (rc == 0)
		return l;
	free(l);
	if (rc > 0)
		(void)fault_add(&why,
		    ": no place for the lock of the table, nor is there one in "
		    "/run/lock; make one of the two writable (in a container, "
		    "mount an empty volume there)");
	if (f != NULL)
		*f = why;
	return NULL;
}

struct sweep_lock *
sweep_lock_take(const struct sweep_lock_options *o, struct fault *f)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char *own = xasprintf(TEMPORARY "/ttlsweep-%ld", (long)geteuid());
	char *other = runtime != NULL && runtime[0] == '/'
	    ? xasprintf("%s/ttlsweep-%ld", runtime, (long)geteuid())
	    : NULL;
	const struct sweep_lock_places places = {
		{ SHARED "/ttlsweep", SHARED }, { own, other }
	};
	struct sweep_lock *l = sweep_lock_take_in(&places, o, f);

	free(own);
	free(other);
	return l;
}

const char *
sweep_lock_path(const struct sweep_lock *l)
{
	return l->path;
}

void
sweep_lock_release(struct sweep_lock *l)
{
	if (l == NULL)
		return;
	free(l->path);
	held_drop(&l->shard, l->dir);
	held_drop(&l->table, l->dir);
	(void)close(l->dir);
	free(l);
}
