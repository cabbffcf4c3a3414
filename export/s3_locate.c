#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/s3_locate.h"
#include "export/s3_manifest.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/stream/input.h"

#define DEPTH 6 /* directories down; a prefix in the bucket may have some */
#define NAMED 5 /* that many of a list are named in a message */

/* Paths, in order. */
struct list {
	char **path;
	size_t n;
};

static void
list_add(struct list *l, char *path)
{
	if ((l->n & (l->n - 1)) == 0)
		l->path = xreallocarray(l->path, l->n > 0 ? 2 * l->n : 1,
		    sizeof(*l->path));
	l->path[l->n++] = path;
}

static void
list_release(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->path[i]);
	free(l->path);
	*l = (struct list){ 0 };
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
list_sort(struct list *l)
{
	if (l->n > 1)
		qsort(l->path, l->n, sizeof(*l->path), by_name);
}

/* Whether the sorted list has ${path}. */
static bool
list_has(const struct list *l, char *path)
{
	return l->n > 0 &&
	    bsearch(&path, l->path, l->n, sizeof(*l->path), by_name) != NULL;
}

/* "a, b, c and 7 more" */
static void
list_names(struct buf *out, const struct list *l)
{
	for (size_t i = 0; i < l->n && i < NAMED; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", l->path[i]);
	if (l->n > NAMED)
		buf_addf(out, " and %zu more", l->n - NAMED);
}

/* Add what is in the directory ${path}, except names that begin with a dot. */
static int
list_directory(struct list *l, const char *path, struct fault *f)
{
	DIR *d = opendir(path);
	struct dirent *e;

	if (d == NULL)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			list_add(l, xasprintf("%s/%s", path, e->d_name));
	(void)closedir(d);
	list_sort(l);
	return 0;
}

bool
s3_locate_is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* stat(2), with mode 0 for a link to nowhere. What cannot be read is an error:
 * an export could be there. */
static int
look(struct stat *st, const char *path, struct fault *f)
{
	*st = (struct stat){ 0 };
	if (stat(path, st) == 0)
		return 0;
	st->st_mode = 0;
	return errno == ENOENT || errno == ELOOP || errno == ENOTDIR
	    ? 0
	    : fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
}

/* A walk through a directory and those below. Links are followed, but no
 * directory is visited twice, nor one above: links may go in a circle. */
struct walk {
	struct seen {
		dev_t device;
		ino_t inode;
	} * seen;
	size_t n;
	struct list found;
	const char *name; /* of the file to find; NULL: data files */
};

/* Whether the directory was not visited yet; now it is. */
static bool
is_new(struct walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->seen[i].device == st->st_dev &&
		    w->seen[i].inode == st->st_ino)
			return false;
	w->seen = xreallocarray(w->seen, w->n + 1, sizeof(*w->seen));
	w->seen[w->n++] = (struct seen){ st->st_dev, st->st_ino };
	return true;
}

/* Mark the directories above ${path} as visited. */
static void
skip_above(struct walk *w, const char *path)
{
	char *up = xasprintf("%s/..", path);
	struct stat st;

	while (strlen(up) < 4000 && stat(up, &st) == 0 && is_new(w, &st)) {
		char *next = xasprintf("%s/..", up);

		free(up);
		up = next;
	}
	free(up);
}

static void
walk_release(struct walk *w)
{
	free(w->seen);
	list_release(&w->found);
}

/* Find directories with the file: 1, nothing below is another export. */
static int
take_named(struct walk *w, const char *path)
{
	char *file = xasprintf("%s/%s", path, w->name);
	bool there = s3_locate_is_file(file);

	if (there)
		list_add(&w->found, xstrdup(path));
	free(file);
	return there;
}

/* Whether ${name} is that of a data file. Those in Ion are refused when they
 * are read. */
static bool
is_data_name(const char *name)
{
	return strncmp(name, "manifest-", strlen("manifest-")) != 0 &&
	    (text_ends_in(name, strlen(name), ".json.gz") ||
		text_ends_in(name, strlen(name), ".json") ||
		text_ends_in(name, strlen(name), ".ion.gz") ||
		text_ends_in(name, strlen(name), ".ion"));
}

/* Find the data files in a directory with ${in} in it: 0, -1. */
static int
take_data(struct walk *w, const struct list *in, struct fault *f)
{
	struct stat st;

	for (size_t i = 0; i < in->n; i++) {
		if (!is_data_name(strrchr(in->path[i], '/') + 1))
			continue;
		if (look(&st, in->path[i], f) != 0)
			return -1;
		if (S_ISREG(st.st_mode))
			list_add(&w->found, xstrdup(in->path[i]));
		else if (!S_ISDIR(st.st_mode))
			return fault(f, FAULT_DATA,
			    "%s: has the name of a data file, but is not a "
			    "regular file",
			    in->path[i]);
	}
	return 0;
}

static int
walk_below(struct walk *w, const char *path, int depth, struct fault *f)
{
	struct list in = { 0 };
	struct stat st;
	int rc;

	if (stop_requested() != 0)
		return fault(f, FAULT_CANCELLED, "%s: interrupted", path);
	rc = list_directory(&in, path, f);
	if (rc == 0)
		rc = w->name != NULL ? take_named(w, path)
				     : take_data(w, &in, f);
	for (size_t i = 0; i < in.n && rc == 0 && depth > 0; i++) {
		rc = look(&st, in.path[i], f);
		if (rc == 0 && S_ISDIR(st.st_mode) && is_new(w, &st))
			rc = walk_below(w, in.path[i], depth - 1, f);
	}
	list_release(&in);
	return rc < 0 ? -1 : 0;
}

static int
walk(struct walk *w, const char *path, struct fault *f)
{
	struct stat st;

	if (look(&st, path, f) != 0)
		return -1;
	(void)is_new(w, &st);
	skip_above(w, path);
	return walk_below(w, path, DEPTH, f);
}

int
s3_locate_export(char **directory, const char *path, const char *name,
    struct fault *f)
{
	struct walk w = { .name = name };
	struct buf names = { 0 };
	int rc = walk(&w, path, f);

	*directory = NULL;
	if (rc == 0 && w.found.n == 1) {
		*directory = xstrdup(w.found.path[0]);
	} else if (rc == 0 && w.found.n > 1) {
		list_names(&names, &w.found);
		rc = fault(f, FAULT_DATA,
		    "%s: contains %zu exports; name one of them: %s", path,
		    w.found.n, buf_text(&names));
	}
	buf_release(&names);
	walk_release(&w);
	return rc;
}

static size_t
directory_length(const char *path)
{
	return (size_t)(strrchr(path, '/') - path);
}

/* All files must be in one directory: else exports could be mixed. */
static int
check_one_directory(const struct list *files, const char *path, struct fault *f)
{
	const char *first = files->path[0];
	size_t n = directory_length(first);

	for (size_t i = 1; i < files->n; i++) {
		const char *other = files->path[i];
		size_t m = directory_length(other);

		if (m != n || strncmp(first, other, n) != 0)
			return fault(f, FAULT_DATA,
			    "%s: it has no manifests, and data files in "
			    "several directories (%.*s, %.*s); name one that "
			    "has no others in it, or one file",
			    path, (int)n, first, (int)m, other);
	}
	return 0;
}

int
s3_locate_data(struct s3_manifest *m, const char *path, struct fault *f)
{
	struct walk w = { 0 };
	int rc = walk(&w, path, f);

	if (rc == 0 && w.found.n > 0)
		rc = check_one_directory(&w.found, path, f);
	if (rc == 0 && w.found.n > 0) {
		m->files = xcalloc(w.found.n, sizeof(*m->files));
		for (size_t i = 0; i < w.found.n; i++)
			m->files[m->n++] = (struct s3_file){
				.key = xstrdup(w.found.path[i]),
				.path = xstrdup(w.found.path[i]),
				.items = -1,
			};
	}
	walk_release(&w);
	return rc;
}

/* Whether ${key} stays within the directory. */
static bool
is_inside(const char *key)
{
	char *path = xasprintf("/%s/", key);
	bool inside = strstr(path, "//") == NULL &&
	    strstr(path, "/./") == NULL && strstr(path, "/../") == NULL;

	free(path);
	return inside;
}

/* The file below ${root} with the longest end of ${key}. */
static char *
below(const char *root, const char *key)
{
	for (const char *p = key; p != NULL;) {
		char *path = xasprintf("%s/%s", root, p);

		if (s3_locate_is_file(path))
			return path;
		free(path);
		p = strchr(p, '/');
		p = p != NULL ? p + 1 : NULL;
	}
	return NULL;
}

/* A full export has its data below its manifests; incremental ones share a
 * directory beside theirs. ${path} is the directory that the user named. */
static char *
find(const struct s3_manifest *m, const char *path, const char *key)
{
	char *beside = xasprintf("%s/..", m->directory), *found = NULL;
	const char *const roots[] = { m->directory, path, beside };

	/* beside a full export there may be another one */
	size_t n = m->summarized && !m->incremental ? 2 : 3;

	for (size_t i = 0; i < n && found == NULL && is_inside(key); i++)
		found = below(roots[i], key);
	free(beside);
	return found;
}

/* Find ${file}, which may be unzipped. */
static void
find_file(struct s3_manifest *m, const char *path, struct s3_file *file)
{
	char *stem;

	file->path = find(m, path, file->key);
	if (file->path != NULL ||
	    !text_ends_in(file->key, strlen(file->key), ".gz"))
		return;
	stem = xstrndup(file->key, strlen(file->key) - strlen(".gz"));
	file->path = find(m, path, stem);
	file->unzipped = file->path != NULL;
	free(stem);
}

void
s3_locate_sniff(struct s3_file *file, struct input *in)
{
	char c = '\0';

	if (text_ends_in(file->key, strlen(file->key), ".gz") &&
	    !file->unzipped)
		file->unzipped =
		    pread(input_descriptor(in), &c, 1, 0) == 1 && c == '{';
	/* the sum is of the compressed file */
	file->has_md5 = file->has_md5 && !file->unzipped;
}

/* Find other files in the same directory. Not for incremental exports, which
 * share one. */
static int
find_surplus(struct s3_manifest *m, const struct list *known, struct fault *f)
{
	struct list all = { 0 }, surplus = { 0 };
	char *directory;
	int rc = 0;

	if (m->incremental || m->n == 0)
		return 0;
	directory = xstrdup(m->files[0].path);
	*strrchr(directory, '/') = '\0';
	/* but not where the manifests are, too */
	if (strcmp(directory, m->directory) != 0)
		rc = list_directory(&all, directory, f);
	for (size_t i = 0; i < all.n; i++)
		if (s3_locate_is_file(all.path[i]) &&
		    !list_has(known, all.path[i]))
			list_add(&surplus, xstrdup(all.path[i]));
	m->surplus = surplus.path;
	m->nsurplus = surplus.n;
	list_release(&all);
	free(directory);
	return rc;
}

int
s3_locate_files(struct s3_manifest *m, const char *path, struct fault *f)
{
	struct list known = { 0 }, missing = { 0 };
	struct buf names = { 0 };
	int rc = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct s3_file *file = &m->files[i];

		find_file(m, path, file);
		if (file->path == NULL)
			list_add(&missing, xstrdup(file->key));
		else
			list_add(&known, xstrdup(file->path));
	}
	list_sort(&known);
	for (size_t i = 1; i < known.n && rc == 0; i++)
		if (strcmp(known.path[i - 1], known.path[i]) == 0)
			rc = fault(f, FAULT_DATA,
			    "%s: the manifest names it twice", known.path[i]);
	if (rc == 0 && missing.n > 0) {
		list_names(&names, &missing);
		rc = fault(f, FAULT_DATA,
		    "%.900s: %zu of its %zu data files %s missing: %.900s; "
		    "fetch the export again",
		    m->directory, missing.n, m->n,
		    missing.n == 1 ? "is" : "are", buf_text(&names));
	}
	if (rc == 0)
		rc = find_surplus(m, &known, f);
	buf_release(&names);
	list_release(&missing);
	list_release(&known);
	return rc;
}
