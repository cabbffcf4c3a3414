#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/stop.h"
#include "export/s3_locate.h"
#include "export/s3_manifest.h"

#define DEPTH 6 /* folders down; a prefix in the bucket may have some */
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

/* What is in the folder ${path}, but for names that begin with a dot. */
static int
list_folder(struct list *l, const char *path, struct fault *f)
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

static bool
is(const char *path, bool folder)
{
	struct stat st;

	return stat(path, &st) == 0 &&
	    (folder ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode));
}

/* Add to ${found} every folder at ${path} or below with ${summary} in it. */
static int
search(struct list *found, const char *path, const char *summary, int depth,
    struct fault *f)
{
	char *file = xasprintf("%s/%s", path, summary);
	struct list in = { 0 };
	int rc = 0;

	if (stop_requested() != 0) {
		rc = fault(f, FAULT_CANCELLED, "%s: interrupted", path);
	} else if (is(file, false)) {
		list_add(found, xstrdup(path));
	} else if (depth > 0) {
		rc = list_folder(&in, path, f);
		for (size_t i = 0; i < in.n && rc == 0; i++)
			if (is(in.path[i], true))
				rc = search(found, in.path[i], summary,
				    depth - 1, f);
	}
	list_release(&in);
	free(file);
	return rc;
}

char *
s3_locate_export(const char *path, const char *summary, struct fault *f)
{
	struct list found = { 0 };
	struct buf names = { 0 };
	char *folder = NULL;

	if (search(&found, path, summary, DEPTH, f) != 0) {
		list_release(&found);
		return NULL;
	}
	list_names(&names, &found);
	if (found.n == 1)
		folder = xstrdup(found.path[0]);
	else if (found.n == 0)
		(void)fault(f, FAULT_DATA,
		    "%s: no export to S3 is in it: there is no %s", path,
		    summary);
	else
		(void)fault(f, FAULT_DATA,
		    "%s: %zu exports are in it; name one of them: %s", path,
		    found.n, buf_text(&names));
	buf_release(&names);
	list_release(&found);
	return folder;
}

/* A key must not lead out of the folder. */
static bool
is_tame(const char *key)
{
	const char *p = key;

	for (;;) {
		size_t n = strcspn(p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (p[n] == '\0')
			return true;
		p += n + 1;
	}
}

/* The last parts of ${key} below ${root}, as many as make a file there. */
static char *
below(const char *root, const char *key)
{
	for (const char *p = key; p != NULL;) {
		char *path = xasprintf("%s/%s", root, p);

		if (is(path, false))
			return path;
		free(path);
		p = strchr(p, '/');
		p = p != NULL ? p + 1 : NULL;
	}
	return NULL;
}

/* A full export has its data below its manifests, incremental ones share a
 * folder beside theirs; ${path} is what the user calls the export. */
static char *
find(const struct s3_manifest *m, const char *path, const char *key)
{
	char *beside, *found;

	if (!is_tame(key))
		return NULL;
	found = below(m->folder, key);
	if (found == NULL)
		found = below(path, key);
	if (found == NULL) {
		beside = xasprintf("%s/..", m->folder);
		found = below(beside, key);
		free(beside);
	}
	return found;
}

/* Those beside ${m}'s files that no manifest names. In a folder that
 * incremental exports share nobody can tell. */
static int
find_surplus(struct s3_manifest *m, const struct list *known, struct fault *f)
{
	struct list all = { 0 }, surplus = { 0 };
	char *folder;
	int rc = 0;

	if (m->incremental || m->n == 0)
		return 0;
	folder = xstrdup(m->files[0].path);
	*strrchr(folder, '/') = '\0';
	/* manifests may lie in the same one */
	if (strcmp(folder, m->folder) != 0)
		rc = list_folder(&all, folder, f);
	for (size_t i = 0; i < all.n; i++)
		if (is(all.path[i], false) && !list_has(known, all.path[i]))
			list_add(&surplus, xstrdup(all.path[i]));
	m->surplus = surplus.path;
	m->nsurplus = surplus.n;
	list_release(&all);
	free(folder);
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

		file->path = find(m, path, file->key);
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
		    "%s: %zu of its %zu data files are missing: %s", m->folder,
		    missing.n, m->n, buf_text(&names));
	}
	if (rc == 0)
		rc = find_surplus(m, &known, f);
	buf_release(&names);
	list_release(&missing);
	list_release(&known);
	return rc;
}
