#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"
#include "sweep/journal.h"

#define ENDING ".journal"
/* A table's name has up to 255 bytes, as has a file's: leave room for the
 * time, a number and the ending. */
#define TABLE_MOST 200

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
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	/* Some file systems know no such thing, and need none. */
	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
		rc = fault(f, FAULT_IO, "%s: cannot sync the folder: %s",
		    folder, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return rc;
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
		rc = fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
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
		return fault(f, FAULT_IO, "%s: cannot make the folder: %s",
		    path, strerror(errno));
	return 0;
}

/* Journals hold whole sessions: a folder where strangers may rename or plant
 * files is none for them. */
static int
check_folder(const char *path, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	if (S_ISLNK(st.st_mode)) {
		if (st.st_uid != 0 && st.st_uid != geteuid())
			return fault(f, FAULT_REFUSED,
			    "%s: is a symbolic link of another user: name "
			    "another folder with --journal-dir",
			    path);
		if (stat(path, &st) != 0)
			return fault(f, FAULT_IO, "%s: %s", path,
			    strerror(errno));
	}
	if (!S_ISDIR(st.st_mode))
		return fault(f, FAULT_IO, "%s: is not a folder", path);
	if ((st.st_mode & S_IWOTH) != 0)
		return fault(f, FAULT_REFUSED,
		    "%s: everybody may write there: name another folder with "
		    "--journal-dir, or a file with --journal",
		    path);
	return 0;
}

int
journal_folder_try(const char *path, struct fault *f)
{
	char *wanted = folder_of(path), *at = xstrdup(wanted), *trial;
	struct stat st;
	int rc = 0;

	while (stat(at, &st) != 0 && errno == ENOENT) {
		char *above = folder_of(at);
		bool top = strcmp(above, at) == 0;

		free(at);
		at = above;
		if (top)
			break;
	}
	trial = xasprintf("%s/.ttlsweep-XXXXXX", at);
	if (mkdtemp(trial) == NULL)
		rc = fault(f, FAULT_IO, "%s: %s: %s", wanted,
		    strcmp(at, wanted) == 0 ? "cannot write there"
					    : "cannot make the folder",
		    strerror(errno));
	else
		(void)rmdir(trial);
	free(trial);
	free(at);
	free(wanted);
	return rc;
}

/* The folder by the environment; relative paths in XDG_STATE_HOME do not
 * count (XDG Base Directory Specification). NULL: there is none. */
static char *
default_folder(void)
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

/* The table's part of a journal's name. */
static void
add_table(struct buf *out, const char *table)
{
	for (size_t i = 0; table[i] != '\0' && i < TABLE_MOST; i++) {
		char c = table[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		    (c == '.' && i > 0);

		buf_addc(out, plain ? c : '_');
	}
	buf_addc(out, '-');
}

static void
add_name(struct buf *out, const char *table, int64_t now)
{
	char when[32];

	add_table(out, table);
	if (text_time_compact(when, now) == 0)
		buf_adds(out, when);
	else
		buf_addi(out, now);
	buf_adds(out, ENDING);
}

/* Where the ending of the journal's name ${path} begins: at ".journal",
 * ".gz", ".journal.gz", else at its end. */
static size_t
stem_of(const char *path)
{
	static const char *const endings[] = { ".gz", ENDING };
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t ending = strlen(endings[i]);

		if (n > ending && path[n - ending - 1] != '/' &&
		    strncmp(path + n - ending, endings[i], ending) == 0)
			n -= ending;
	}
	return n;
}

char *
journal_numbered(const char *path, int n)
{
	size_t stem = stem_of(path);

	if (n <= 1)
		return xstrdup(path);
	return xasprintf("%.*s-%d%s", (int)stem, path, n, path + stem);
}

/* ${path} without the number that journal_numbered gave it, where it is one:
 * NAME is there beside NAME-2. The caller's. */
static char *
unnumbered(const char *path, int *number)
{
	size_t stem = stem_of(path), at = stem;
	struct stat st;
	char *base;

	while (at > 0 && path[at - 1] >= '0' && path[at - 1] <= '9')
		at--;
	*number = 1;
	if (stem - at < 1 || stem - at > 4 || at < 2 || path[at - 1] != '-')
		return xstrdup(path);
	base = xasprintf("%.*s%s", (int)at - 1, path, path + stem);
	if (lstat(base, &st) == 0) {
		*number = atoi(path + at);
		return base;
	}
	free(base);
	return xstrdup(path);
}

char *
journal_fresh(const char *path)
{
	struct stat st;
	int n;
	char *base = unnumbered(path, &n), *fresh;

	for (;;) {
		fresh = journal_numbered(base, n);
		if (lstat(fresh, &st) != 0)
			break;
		free(fresh);
		n++;
	}
	free(base);
	return fresh;
}

char *
journal_default_path(const char *dir, const char *table, int64_t now, bool make,
    struct fault *f)
{
	char *folder = dir != NULL ? xstrdup(dir) : default_folder();
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
	add_name(&base, table, now);
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

/* When the journal ${name} of the table's ${stem} was begun: 0, or -1 when
 * it is no such name: STEM20261122T081200Z[-N].journal */
static int
begun_at(const char *name, const struct buf *stem, int64_t *begun)
{
	const char *p = name + stem->n;
	char when[17];
	bool fraction;

	if (strncmp(name, buf_text(stem), stem->n) != 0 || strlen(p) < 16)
		return -1;
	memcpy(when, p, 16);
	when[16] = '\0';
	p += 16;
	if (*p == '-' && strspn(p + 1, "0123456789") > 0)
		p += 1 + strspn(p + 1, "0123456789");
	if (strcmp(p, ENDING) != 0)
		return -1;
	return text_iso8601_parse(when, 16, begun, &fraction);
}

int
journal_expire(const char *dir, const char *table, int64_t before, int64_t *n,
    struct fault *f)
{
	char *folder = dir != NULL ? xstrdup(dir) : default_folder();
	DIR *d = folder != NULL ? opendir(folder) : NULL;
	struct buf stem = { 0 };
	const struct dirent *e;
	int64_t begun;
	int rc = 0;

	*n = 0;
	add_table(&stem, table);
	while (d != NULL && rc == 0 && (e = readdir(d)) != NULL) {
		if (begun_at(e->d_name, &stem, &begun) != 0 || begun >= before)
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0)
			++*n;
		else
			rc = fault(f, FAULT_IO, "%s/%s: %s", folder, e->d_name,
			    strerror(errno));
	}
	if (d != NULL)
		(void)closedir(d);
	buf_release(&stem);
	free(folder);
	return rc;
}
