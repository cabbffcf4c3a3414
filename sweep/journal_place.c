#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "sweep/journal.h"

/* The folder ${path} lies in; the caller frees it. */
static char *
folder_of(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	return n == 0 ? xstrdup(".") : xstrndup(path, n);
}

int
journal_sync_folder(const char *path, struct fault *f)
{
	char *folder = folder_of(path);
	int rc = 0;

	if (file_sync_directory(folder) != 0)
		rc = fault(f, FAULT_IO, "%s: cannot sync the folder: %s",
		    folder, strerror(errno));
	free(folder);
	return rc;
}

/* Why the journal cannot be in ${folder}, and what to do. */
static int
no_place(const char *folder, enum fault_kind kind, const char *why,
    struct fault *f)
{
	return fault(f, kind,
	    "the journal's folder %s: %s: name another with --journal-dir, or "
	    "a file with --journal",
	    folder, why);
}

/* Make ${path} and what is missing above it. */
static int
make_folder(const char *path, struct fault *f)
{
	struct stat st;
	char *above;
	int rc;

	if (stat(path, &st) == 0)
		return 0; /* judged later */
	above = folder_of(path);
	if (errno != ENOENT)
		rc = no_place(path, FAULT_IO, strerror(errno), f);
	else if (strcmp(above, path) == 0)
		rc = 0;
	else
		rc = make_folder(above, f);
	free(above);
	if (rc != 0)
		return -1;
	if (mkdir(path, 0700) == 0)
		return journal_sync_folder(path, f);
	if (errno != EEXIST)
		return no_place(path, FAULT_IO, strerror(errno), f);
	return 0;
}

/* Journals hold whole sessions: a folder where strangers may rename or plant
 * files is none for them. */
static int
check_folder(const char *path, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return no_place(path, FAULT_IO, strerror(errno), f);
	if (S_ISLNK(st.st_mode)) {
		if (st.st_uid != 0 && st.st_uid != geteuid())
			return no_place(path, FAULT_REFUSED,
			    "is a symbolic link of another user", f);
		if (stat(path, &st) != 0)
			return no_place(path, FAULT_IO, strerror(errno), f);
	}
	if (!S_ISDIR(st.st_mode))
		return no_place(path, FAULT_IO, strerror(ENOTDIR), f);
	if ((st.st_mode & S_IWOTH) != 0)
		return no_place(path, FAULT_REFUSED,
		    "everybody may write there", f);
	return 0;
}

/* Relative paths in XDG_STATE_HOME do not count (XDG Base Directory
 * Specification). */
char *
journal_default_folder(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	const struct passwd *pw;

	if (state != NULL && state[0] == '/')
		return xasprintf("%s/ttlsweep", state);
	if (geteuid() == 0)
		return xstrdup("/var/lib/ttlsweep");
	if (home == NULL || home[0] != '/') {
		pw = getpwuid(geteuid());
		home = pw != NULL ? pw->pw_dir : NULL;
	}
	if (home == NULL || home[0] != '/')
		return NULL;
	return xasprintf("%s/.local/state/ttlsweep", home);
}

char *
journal_default_path(const char *dir, const char *table, int64_t now, bool make,
    struct fault *f)
{
	char *folder = dir != NULL ? xstrdup(dir) : journal_default_folder();
	char *path = NULL;
	struct buf base = { 0 };
	struct stat st;

	if (folder == NULL || folder[0] == '\0') {
		(void)fault(f, FAULT_CONFIG,
		    "no folder for the journal: HOME is not set; name one "
		    "with --journal-dir");
		goto out;
	}
	if (make && make_folder(folder, f) != 0)
		goto out;
	if ((make || lstat(folder, &st) == 0) && check_folder(folder, f) != 0)
		goto out;
	buf_adds(&base, folder);
	if (folder[strlen(folder) - 1] != '/')
		buf_addc(&base, '/');
	journal_name(&base, table, now);
	for (int n = 1;; n++) {
		path = journal_numbered(buf_text(&base), n);
		if (lstat(path, &st) != 0)
			break;
		free(path);
	}
out:
	buf_release(&base);
	free(folder);
	return path;
}

int
journal_check_place(const char *path, bool make, struct fault *f)
{
	char *wanted = folder_of(path), *at = xstrdup(wanted), *trial;
	struct stat st;
	int rc = 0;

	while (make && stat(at, &st) != 0 && errno == ENOENT) {
		char *above = folder_of(at);
		bool top = strcmp(above, at) == 0;

		free(at);
		at = above;
		if (top)
			break;
	}
	trial = xasprintf("%s/.ttlsweep-XXXXXX", at);
	if (mkdtemp(trial) == NULL)
		rc = no_place(wanted, FAULT_IO, strerror(errno), f);
	else
		(void)rmdir(trial);
	free(trial);
	free(at);
	free(wanted);
	return rc;
}

int64_t
journal_free_space(const char *path)
{
	char *folder = folder_of(path);
	struct statvfs fs;
	uint64_t unit, n;

	/* A folder that is yet to be made will lie where the one above is. */
	while (statvfs(folder, &fs) != 0) {
		char *above = folder_of(folder);
		bool top = errno != ENOENT || strcmp(above, folder) == 0;

		free(folder);
		folder = above;
		if (top) {
			free(folder);
			return -1;
		}
	}
	free(folder);
	unit = fs.f_frsize != 0 ? fs.f_frsize : fs.f_bsize;
	n = fs.f_bavail;
	if (unit == 0 || fs.f_blocks == 0)
		return -1; /* it does not count */
	if (n > (uint64_t)INT64_MAX / unit)
		return INT64_MAX;
	return (int64_t)(n * unit);
}
