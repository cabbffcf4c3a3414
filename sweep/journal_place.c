#include <errno.h>
#include <libgen.h>
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

#define ENDING ".journal"
/* The names of tables and of files have up to 255 bytes: leave room for the
 * time, a number and the ending. */
#define TABLE_MOST 200

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* Add the name of a default journal: TABLE-20261122T081200Z.journal. */
static void
add_name(struct buf *out, const char *table, int64_t now)
{
	char when[32];

	for (size_t i = 0; i < TABLE_MOST && table[i] != '\0'; i++)
		buf_addc(out,
		    strchr(PLAIN, table[i]) != NULL ||
			    (table[i] == '.' && i > 0)
			? table[i]
			: '_');
	buf_addc(out, '-');
	if (text_time_compact(when, now) == 0)
		buf_adds(out, when);
	else
		buf_addi(out, now);
	buf_adds(out, ENDING);
}

/* The length of ${path} without ".journal", ".gz" or ".journal.gz". */
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

/* ${path} without the number that journal_numbered added, if it did: NAME
 * exists beside NAME-2. The caller frees it. */
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

/* ${path} with the first number from ${n} on that is not taken. */
static char *
free_name(const char *path, int n)
{
	struct stat st;
	char *name;

	while (lstat(name = journal_numbered(path, n), &st) == 0) {
		free(name);
		n++;
	}
	return name;
}

char *
journal_fresh(const char *path)
{
	int n;
	char *base = unnumbered(path, &n), *fresh;

	fresh = free_name(base, n);
	free(base);
	return fresh;
}

/* The directory that ${path} is in; the caller frees it. */
static char *
directory_of(const char *path)
{
	char *copy = xstrdup(path), *directory = xstrdup(dirname(copy));

	free(copy);
	return directory;
}

/* ${path}, else the nearest directory above it that exists; frees it and gives
 * one that the caller frees. */
static char *
nearest(char *path)
{
	struct stat st;

	while (stat(path, &st) != 0 && errno == ENOENT) {
		char *above = directory_of(path);
		bool top = strcmp(above, path) == 0;

		free(path);
		path = above;
		if (top)
			break;
	}
	return path;
}

int
journal_sync_directory(const char *path, struct fault *f)
{
	char *directory = directory_of(path);
	int rc = 0;

	if (file_sync_directory(directory) != 0)
		rc = fault(f, FAULT_IO, "%s: cannot sync the directory: %s",
		    directory, strerror(errno));
	free(directory);
	return rc;
}

/* Why the journal cannot be in ${directory}, and what to do. */
static int
no_place(const char *directory, enum fault_kind kind, const char *why,
    struct fault *f)
{
	return fault(f, kind,
	    "the journal's directory %s%s: %s; name another with "
	    "--journal-dir, or a file with --journal",
	    directory, strcmp(directory, ".") == 0 ? " (here)" : "", why);
}

/* ${directory} is missing, and making it failed with ${error}. */
static int
not_made(const char *directory, int error, struct fault *f)
{
	char *why = xasprintf("it does not exist and cannot be created (%s)",
	    strerror(error));
	int rc = no_place(directory, FAULT_IO, why, f);

	free(why);
	return rc;
}

/* Make ${path}, which ${whole} begins with, and the missing directories above
 * it. */
static int
make_directory(const char *path, const char *whole, struct fault *f)
{
	struct stat st;
	char *above;
	int rc = 0;

	if (stat(path, &st) == 0)
		return 0; /* judged later */
	if (errno != ENOENT)
		return no_place(whole, FAULT_IO, strerror(errno), f);
	above = directory_of(path);
	if (strcmp(above, path) != 0)
		rc = make_directory(above, whole, f);
	free(above);
	if (rc != 0)
		return -1;
	if (mkdir(path, 0700) == 0)
		return journal_sync_directory(path, f);
	return errno == EEXIST ? 0 : not_made(whole, errno, f);
}

/* A journal contains whole sessions: nobody else may be able to rename or plant
 * files in its directory. */
static int
check_directory(const char *path, struct fault *f)
{
	enum fault_kind kind = FAULT_IO;
	const char *why = NULL;
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && st.st_uid != 0 &&
	    st.st_uid != geteuid()) {
		kind = FAULT_REFUSED;
		why = "is a symbolic link of another user";
	} else if (stat(path, &st) != 0) {
		why = strerror(errno);
	} else if (!S_ISDIR(st.st_mode)) {
		why = strerror(ENOTDIR);
	} else if ((st.st_mode & S_IWOTH) != 0) {
		kind = FAULT_REFUSED;
		why = "everyone may write there";
	}
	return why == NULL ? 0 : no_place(path, kind, why, f);
}

/* A relative XDG_STATE_HOME is ignored (XDG Base Directory Specification). */
char *
journal_default_directory(void)
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
	char *directory =
	    dir != NULL ? xstrdup(dir) : journal_default_directory();
	char *path = NULL;
	struct buf base = { 0 };
	struct stat st;

	if (directory == NULL || directory[0] == '\0') {
		(void)fault(f, FAULT_CONFIG,
		    "no directory for the journal: HOME is not set; name one "
		    "with --journal-dir");
		goto out;
	}
	if (make && make_directory(directory, directory, f) != 0)
		goto out;
	if ((make || lstat(directory, &st) == 0) &&
	    check_directory(directory, f) != 0)
		goto out;
	buf_adds(&base, directory);
	if (directory[strlen(directory) - 1] != '/')
		buf_addc(&base, '/');
	add_name(&base, table, now);
	path = free_name(buf_text(&base), 1);
out:
	buf_release(&base);
	free(directory);
	return path;
}

int
journal_check_place(const char *path, bool make, struct fault *f)
{
	char *wanted = directory_of(path), *at = xstrdup(wanted), *trial;
	int rc = 0;

	if (make)
		at = nearest(at);
	trial = xasprintf("%s/.ttlsweep-XXXXXX", at);
	if (mkdtemp(trial) != NULL)
		(void)rmdir(trial);
	else if (strcmp(at, wanted) != 0)
		rc = not_made(wanted, errno, f);
	else
		rc = no_place(wanted, FAULT_IO, strerror(errno), f);
	free(trial);
	free(at);
	free(wanted);
	return rc;
}

int64_t
journal_free_space(const char *path)
{
	char *directory = nearest(directory_of(path));
	struct statvfs fs;
	uint64_t unit, n;
	int rc = statvfs(directory, &fs);

	free(directory);
	if (rc != 0 || fs.f_blocks == 0)
		return -1;
	unit = fs.f_frsize != 0 ? fs.f_frsize : fs.f_bsize;
	n = fs.f_bavail;
	if (unit == 0)
		return -1;
	return n > (uint64_t)INT64_MAX / unit ? INT64_MAX : (int64_t)(n * unit);
}
