#define _DEFAULT_SOURCE /* flock */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "export/place.h"

char *
place_part(const char *path)
{
	char *target = place_follow(path), *part;

	if (target == NULL)
		return NULL;
	part = xasprintf("%s.part", target);
	free(target);
	return part;
}

/* Open ${p}->temp, the unfinished file, and lock it. */
static int
open_part(struct place *p, int64_t from, struct fault *f)
{
	struct stat st;
	int how = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

	p->fd = open(p->temp, how | (from == 0 ? O_CREAT : 0), 0600);
	if (p->fd < 0 && errno == ENOENT && from > 0)
		return fault(f, FAULT_REFUSED,
		    "%s: is not there: it holds what the checkpoint goes on "
		    "from; remove the checkpoint to begin anew",
		    p->temp);
	if (p->fd < 0 || fstat(p->fd, &st) != 0)
		return fault(f, FAULT_IO, "%s: %s", p->temp, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault(f, FAULT_IO, "%s: is not a plain file", p->temp);
	if (flock(p->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return fault(f, FAULT_REFUSED, "%s: another run is writing it",
		    p->temp);
	if (st.st_size < from)
		return fault(f, FAULT_REFUSED,
		    "%s: has %lld bytes, the checkpoint goes on behind %lld: "
		    "remove both to begin anew",
		    p->temp, (long long)st.st_size, (long long)from);
	if (ftruncate(p->fd, from) != 0 || fchmod(p->fd, 0600) != 0 ||
	    lseek(p->fd, from, SEEK_SET) < 0)
		return fault(f, FAULT_IO, "%s: %s", p->temp, strerror(errno));
	return place_sync_folder(p->temp, f);
}

int
place_open_part(struct place *p, const char *path, int64_t from,
    struct fault *f)
{
	struct stat st;

	*p = (struct place){ .fd = -1, .keep = true };
	p->name = xstrdup(path);
	p->target = place_follow(path);
	if (p->target == NULL) {
		(void)place_fault(p, errno, f);
	} else if (stat(p->target, &st) == 0 && !S_ISREG(st.st_mode)) {
		(void)fault(f, FAULT_IO,
		    "%s: is not a plain file: nothing could go on with it "
		    "later",
		    path);
	} else {
		p->temp = place_part(path);
		if (open_part(p, from, f) == 0)
			return 0;
	}
	place_discard(p);
	return -1;
}
