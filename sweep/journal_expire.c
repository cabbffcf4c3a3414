#define _DEFAULT_SOURCE /* flock */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/journal_format.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/table.h"
#include "sweep/journal.h"

/*
 * The policy: a journal is somebody's only undo, so a file is removed only if
 * all of it was checked. What cannot be opened, locked or understood stays.
 */

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether ${h} is of this table. */
static bool
same_table(const struct journal_expiry *e, const struct journal_header *h)
{
	const char *id = e->table->id != NULL ? e->table->id : "";

	/* with an id, the name may be spelled as an ARN */
	return strcmp(h->endpoint, e->endpoint) == 0 &&
	    strcmp(h->region, e->region) == 0 && strcmp(h->table_id, id) == 0 &&
	    (id[0] != '\0' || strcmp(h->table, e->table->name) == 0);
}

/* Whether the file ${fd} begins with the first line of a journal of the table.
 */
static bool
of_table(const struct journal_expiry *e, int fd)
{
	struct journal_header h;
	char *path = xasprintf("/dev/fd/%d", fd);
	bool is = journal_header_load(&h, path, NULL) == 0;

	free(path);
	if (!is)
		return false;
	is = same_table(e, &h);
	journal_header_release(&h);
	return is;
}

/* Whether the file is old enough, and not ${own}. */
static bool
is_old(const struct journal_expiry *e, const struct stat *st,
    const struct stat *own)
{
	return S_ISREG(st->st_mode) && (int64_t)st->st_mtime < e->before &&
	    (own == NULL || !same_file(st, own));
}

/* Whether to remove ${name}. It is checked through one descriptor, and must
 * still be the same file afterwards. */
static bool
is_due(const struct journal_expiry *e, int dir, const char *name,
    const struct stat *own)
{
	struct stat st, now;
	bool due;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !is_old(e, &st, own))
		return false;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	due = flock(fd, LOCK_EX | LOCK_NB) == 0 && of_table(e, fd) &&
	    fstat(fd, &st) == 0 && is_old(e, &st, own) &&
	    fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    same_file(&st, &now);
	(void)close(fd);
	return due;
}

static int
expire_in(const struct journal_expiry *e, DIR *d, const char *directory,
    int64_t *n, struct fault *f)
{
	const struct dirent *entry;
	struct stat st;
	bool own = e->own != NULL && stat(e->own, &st) == 0;

	while ((entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;
		char *path;

		if (!is_due(e, dirfd(d), name, own ? &st : NULL))
			continue;
		if (!e->dry && unlinkat(dirfd(d), name, 0) != 0)
			return fault(f, FAULT_IO,
			    "%s/%s: cannot remove the old journal: %s",
			    directory, name, strerror(errno));
		++*n;
		path = xasprintf("%s/%s", directory, name);
		if (e->told != NULL)
			e->told(e->ctx, path);
		free(path);
	}
	return 0;
}

int
journal_expire(const struct journal_expiry *e, int64_t *n, struct fault *f)
{
	char *directory =
	    e->dir != NULL ? xstrdup(e->dir) : journal_default_directory();
	DIR *d = directory != NULL ? opendir(directory) : NULL;
	int rc = 0;

	*n = 0;
	if (d != NULL) {
		rc = expire_in(e, d, directory, n, f);
		(void)closedir(d);
	}
	free(directory);
	return rc;
}
