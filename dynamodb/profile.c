#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/stop.h"
#include "dynamodb/hash.h"
#include "dynamodb/profile_file.h"

#define FILE_MAX ((size_t)4 << 20)

/* Takes ${text}, n bytes and a NUL. */
static struct profile_file *
parse(char *text, size_t n, const char *path, enum profile_kind kind,
    struct fault *f)
{
	struct profile_file *file = xcalloc(1, sizeof(*file));

	file->path = xstrdup(path);
	file->kind = kind;
	file->text = text;
	file->n = n;
	if (profile_read(file, f) != 0) {
		profile_free(file);
		return NULL;
	}
	return file;
}

struct profile_file *
profile_parse(const char *p, size_t n, const char *path, enum profile_kind kind,
    struct fault *f)
{
	return parse(xstrndup(p, n), n, path, kind, f);
}

/* Read all of ${fd} into memory of its own, never leaving a copy behind. */
static int
read_all(int fd, char **text, size_t *n, const char *path, struct fault *f)
{
	size_t cap = 4096;
	char *p = xmalloc(cap + 1);

	*n = 0;
	for (;;) {
		bool stop = stop_await(fd, POLLIN, 0) != 0;
		ssize_t got = stop ? 0 : read(fd, p + *n, cap - *n);

		if (stop) {
			hash_wipe(p, *n);
			free(p);
			return fault(f, FAULT_CANCELLED, "%s: interrupted",
			    path);
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (got > 0 && *n + (size_t)got > FILE_MAX)) {
			hash_wipe(p, *n);
			free(p);
			return got < 0
			    ? fault(f, FAULT_CONFIG, "%s: %s", path,
				  strerror(errno))
			    : fault(f, FAULT_CONFIG, "%s: longer than %zu MiB",
				  path, FILE_MAX >> 20);
		}
		if (got == 0)
			break;
		*n += (size_t)got;
		if (*n == cap) {
			char *more = xmalloc(cap * 2 + 1);

			memcpy(more, p, *n);
			hash_wipe(p, *n);
			free(p);
			p = more;
			cap *= 2;
		}
	}
	p[*n] = '\0';
	*text = p;
	return 0;
}

struct profile_file *
profile_load(const char *path, enum profile_kind kind, struct fault *f)
{
	struct profile_file *file = NULL;
	struct stat st;
	char *text = NULL;
	size_t n;
	int fd;

	/* In a container HOME is often a folder one may not look into. */
	if (stat(path, &st) != 0 &&
	    (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
		return profile_parse("", 0, path, kind, f);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		(void)fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_CONFIG,
		    "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (read_all(fd, &text, &n, path, f) == 0)
		file = parse(text, n, path, kind, f);
	(void)close(fd);
	return file;
}

void
profile_free(struct profile_file *file)
{
	if (file == NULL)
		return;
	for (size_t i = 0; i < file->nsections; i++)
		free(file->sections[i].name);
	free(file->sections);
	free(file->entries);
	hash_wipe(file->text, file->n);
	free(file->text);
	free(file->path);
	free(file);
}

/* The defaults may stand in several places, the others in one. */
const struct profile_entry *
profile_find(const struct profile_file *file, size_t section,
    const char *option, const char *sub)
{
	const struct profile_section *s = &file->sections[section];
	size_t first = strcmp(s->header, PROFILE_DEFAULTS) == 0 ? 0 : s->first;

	for (size_t i = file->nentries; i > first; i--) {
		const struct profile_entry *e = &file->entries[i - 1];

		if (strcmp(e->option, option) == 0 &&
		    (sub == NULL
			    ? e->sub == NULL
			    : e->sub != NULL && strcmp(e->sub, sub) == 0) &&
		    strcmp(file->sections[e->section].header, s->header) == 0)
			return e;
	}
	return NULL;
}

/* The section that counts, plus one; 0 when there is none. */
static size_t
find_section(const struct profile_file *file, const char *type,
    const char *name)
{
	for (size_t i = file->nsections; i > 0; i--) {
		const struct profile_section *s = &file->sections[i - 1];

		if (s->type != NULL && !s->hidden &&
		    strcmp(s->type, type) == 0 && strcmp(s->name, name) == 0)
			return i;
	}
	return 0;
}

/* The option in its section, else among the defaults. */
static const struct profile_entry *
find_option(const struct profile_file *file, const char *type, const char *name,
    const char *option)
{
	size_t section = find_section(file, type, name);
	const struct profile_entry *e;

	if (section == 0)
		return NULL;
	e = profile_find(file, section - 1, option, NULL);
	for (size_t i = 0; e == NULL && i < file->nsections; i++)
		if (strcmp(file->sections[i].header, PROFILE_DEFAULTS) == 0)
			e = profile_find(file, i, option, NULL);
	return e;
}

const char *
profile_get(const struct profile_file *file, const char *type, const char *name,
    const char *option, const char *sub)
{
	const struct profile_entry *e = find_option(file, type, name, option);

	if (e != NULL && sub != NULL)
		e = profile_find(file, e->section, option, sub);
	else if (e != NULL && e->nested)
		e = NULL;
	return e != NULL ? e->value : NULL;
}

bool
profile_has(const struct profile_file *file, const char *type, const char *name)
{
	return find_section(file, type, name) > 0;
}

int
profile_line(const struct profile_file *file, const char *type,
    const char *name, const char *option)
{
	size_t section = find_section(file, type, name);
	const struct profile_entry *e;

	if (option == NULL)
		return section > 0 ? file->sections[section - 1].line : 0;
	e = find_option(file, type, name, option);
	return e != NULL ? e->line : 0;
}

const char *
profile_name(const struct profile_file *file, size_t i)
{
	for (size_t j = 0; j < file->nsections; j++) {
		const struct profile_section *s = &file->sections[j];

		if (s->type != NULL && strcmp(s->type, "profile") == 0 &&
		    !s->hidden && i-- == 0)
			return s->name;
	}
	return NULL;
}

const char *
profile_path(const struct profile_file *file)
{
	return file->path;
}

void
profile_mistaken(struct buf *out, const struct profile_file *file,
    const char *name)
{
	for (size_t i = 0; i < file->nsections; i++) {
		const struct profile_section *s = &file->sections[i];

		if (s->type != NULL || strcmp(s->header, name) != 0 ||
		    strcmp(name, PROFILE_DEFAULTS) == 0)
			continue;
		buf_addf(out,
		    "; %.300s:%d has [%.100s], which that file ignores: write "
		    "[profile %.100s] there",
		    file->path, s->line, name, name);
		return;
	}
}
