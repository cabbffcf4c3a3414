#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/aws/profile.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/hashes.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

#define FILE_MAX ((size_t)4 << 20)
#define DEFAULTS "DEFAULT" /* its options count in all sections */

struct section {
	const char *header; /* the text between the brackets */
	const char *type;   /* a literal; NULL: not for us */
	char *name;
	size_t first; /* entry */
	bool hidden;  /* by a later one with its type and name */
	int line;
};

/* An option, or one of those nested below it. */
struct entry {
	size_t section;
	const char *option;
	const char *sub; /* NULL: the option itself */
	char *value;
	bool nested; /* others are nested below it in place of a value */
	int line;
};

struct profile_file {
	char *path;
	int missing; /* why there is no such file: an errno; 0 */
	enum profile_kind kind;
	char *text;
	size_t n;
	struct section *sections;
	size_t nsections;
	struct entry *entries;
	size_t nentries;
};

/*
 * The grammar is that of Python's configparser as botocore uses it, quirks
 * and all, because we must read what the AWS CLI reads. The text is cut up in
 * place: names and values are pointers into it, and a continuation line is
 * moved up to its value (there is always room, as it had a line of its own).
 * We accept more than the CLI only where that is harmless: a byte order mark,
 * and bytes that are not UTF-8.
 */
static const char *const types[] = { "profile", "sso-session", "services" };

struct reader {
	struct profile_file *file;
	int line;
	size_t indent;        /* of the last line that was not a continuation */
	bool in_option;       /* the last option may be continued … */
	size_t option;        /* … and this is its entry */
	char *end;            /* of its value, a NUL */
	size_t blank;         /* empty lines since then */
	struct hashes places; /* of struct place */
};

/* Of a section by header or by type and name, or of an option by header and
 * name: its index plus one. */
struct place {
	struct hash hash;
	size_t number;
};

static size_t *
place(struct reader *r, char kind, const char *a, const char *b)
{
	struct buf text = { 0 };
	struct place *at;

	buf_addf(&text, "%c%s\n%s", kind, a, b);
	at = hashes_at(&r->places, hash_of(buf_text(&text), text.n));
	buf_release(&text);
	return &at->number;
}

/* Length of the white space character at ${p}, as Python sees it, or 0. */
static size_t
space(const char *p, const char *end)
{
	static const char *const wide[] = { "\302\205", "\302\240",
		"\341\232\200", "\342\200\200", "\342\200\201", "\342\200\202",
		"\342\200\203", "\342\200\204", "\342\200\205", "\342\200\206",
		"\342\200\207", "\342\200\210", "\342\200\211", "\342\200\212",
		"\342\200\250", "\342\200\251", "\342\200\257", "\342\201\237",
		"\343\200\200" };
	size_t n;

	if (p == end)
		return 0;
	if (*p == ' ' || (*p >= '\t' && *p <= '\r') ||
	    (*p >= '\034' && *p <= '\037'))
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		n = strlen(wide[i]);
		if ((size_t)(end - p) >= n && memcmp(p, wide[i], n) == 0)
			return n;
	}
	return 0;
}

/* Leave out the white space around the text from *${p} to *${end}. Returns how
 * many characters of it there were at the beginning. */
static size_t
strip(char **p, char **end)
{
	size_t n, before = 0;

	for (; (n = space(*p, *end)) > 0; before++)
		*p += n;
	while (*end > *p) {
		char *last = *end - 1;

		while (last > *p && ((unsigned char)*last & 0xc0) == 0x80)
			last--;
		n = space(last, *end);
		if (n == 0 || last + n != *end)
			break;
		*end = last;
	}
	return before;
}

/* Room for one more than ${n}: doubled at each power of two. */
static void *
one_more(void *list, size_t n, size_t size)
{
	return (n & (n - 1)) != 0
	    ? list
	    : xreallocarray(list, n > 0 ? n * 2 : 1, size);
}

static void
entry_push(struct reader *r, const char *option, const char *sub, char *value)
{
	struct profile_file *file = r->file;

	file->entries =
	    one_more(file->entries, file->nentries, sizeof(*file->entries));
	file->entries[file->nentries++] =
	    (struct entry){ .section = file->nsections - 1,
		    .option = option,
		    .sub = sub,
		    .value = value,
		    .line = r->line };
}

/* Set the section's type and name, by its header. */
static void
classify(const struct profile_file *file, struct section *s)
{
	char **list;

	if (strcmp(s->header, DEFAULTS) == 0)
		return;
	if (file->kind == PROFILE_CREDENTIALS ||
	    strcmp(s->header, "default") == 0) {
		s->type = types[0];
		s->name = xstrdup(s->header);
		return;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strncmp(s->header, types[i], strlen(types[i])) == 0)
			s->type = types[i];
	list = s->type != NULL ? shlex_split(s->header) : NULL;
	if (list != NULL && list[0] != NULL && list[1] != NULL &&
	    list[2] == NULL)
		s->name = xstrdup(list[1]);
	else
		s->type = NULL;
	shlex_free(list);
}

static int
read_section(struct reader *r, const char *header, struct fault *f)
{
	struct profile_file *file = r->file;
	struct section *s;
	size_t *at = place(r, 'h', header, "");

	if (*at > 0 && strcmp(header, DEFAULTS) != 0)
		return fault(f, FAULT_CONFIG,
		    "%s:%d: section [%.100s] begins in line %d already",
		    file->path, r->line, header, file->sections[*at - 1].line);
	*at = file->nsections + 1;
	file->sections =
	    one_more(file->sections, file->nsections, sizeof(*file->sections));
	s = &file->sections[file->nsections++];
	*s = (struct section){ .header = header,
		.first = file->nentries,
		.line = r->line };
	classify(file, s);
	r->in_option = false;
	if (s->type == NULL)
		return 0;
	/* the last one counts, as in botocore: [default] after
	 * [profile default] hides it */
	at = place(r, 'n', s->type, s->name);
	if (*at > 0)
		file->sections[*at - 1].hidden = true;
	*at = file->nsections;
	return 0;
}

/* Cut "name = value" from ${p} to *${end} in two, at the first of ${delims}.
 * Returns the value; NULL when there is none of them. */
static char *
split(char **p, char **end, const char *delims)
{
	char *delim = *p, *value;

	while (delim < *end && strchr(delims, *delim) == NULL)
		delim++;
	if (delim == *end)
		return NULL;
	value = delim + 1;
	(void)strip(p, &delim);
	(void)strip(&value, end);
	*delim = **end = '\0';
	return value;
}

static int
read_option(struct reader *r, char *p, char *end, struct fault *f)
{
	struct profile_file *file = r->file;
	char *value = split(&p, &end, "=:");
	size_t *at;

	if (value == NULL || *p == '\0')
		return fault(f, FAULT_CONFIG,
		    "%s:%d: neither a [section] nor \"name = value\"",
		    file->path, r->line);
	for (char *c = p; *c != '\0'; c++)
		*c = text_lower(*c);
	at = place(r, 'o', file->sections[file->nsections - 1].header, p);
	if (*at > 0)
		return fault(f, FAULT_CONFIG,
		    "%s:%d: %.100s is set in line %d already", file->path,
		    r->line, p, file->entries[*at - 1].line);
	entry_push(r, p, NULL, value);
	*at = file->nentries;
	r->in_option = true;
	r->option = file->nentries - 1;
	r->end = end;
	r->blank = 0;
	return 0;
}

/* A line below an option with an empty value: "name = value". */
static int
read_nested(struct reader *r, char *p, char *end, struct fault *f)
{
	struct entry *option = &r->file->entries[r->option];
	char *value = split(&p, &end, "=");

	if (value == NULL)
		return fault(f, FAULT_CONFIG,
		    "%s:%d: below %.100s there must be \"name = value\"",
		    r->file->path, r->line, option->option);
	option->nested = true;
	entry_push(r, option->option, p, value);
	return 0;
}

/* One line without its newline; a NUL may be written at ${end}. */
static int
read_line(struct reader *r, char *p, char *end, struct fault *f)
{
	struct profile_file *file = r->file;
	size_t indent = strip(&p, &end);
	char *close;

	if (p == end) {
		r->blank++;
		return 0;
	}
	if (*p == '#' || *p == ';')
		return 0;
	if (r->in_option && indent > r->indent) {
		if (*file->entries[r->option].value == '\0')
			return read_nested(r, p, end, f);
		memset(r->end, '\n', ++r->blank);
		memmove(r->end + r->blank, p, (size_t)(end - p));
		r->end += r->blank + (size_t)(end - p);
		*r->end = '\0';
		r->blank = 0;
		return 0;
	}
	r->indent = indent;
	for (close = end - 1; close > p && *close != ']'; close--)
		;
	if (*p == '[' && close > p + 1) {
		*close = '\0';
		return read_section(r, p + 1, f);
	}
	if (file->nsections == 0)
		return fault(f, FAULT_CONFIG,
		    *p == '['
			? "%s:%d: a section without its closing ]"
			: "%s:%d: a setting before the first [section]; put "
			  "its section above it, such as [default]",
		    file->path, r->line);
	return read_option(r, p, end, f);
}

static int
read_lines(struct reader *r, struct fault *f)
{
	struct profile_file *file = r->file;
	char *p = file->text, *end = file->text + file->n, *next;

	if (file->n >= 3 && memcmp(p, "\357\273\277", 3) == 0)
		p += 3;
	for (; p < end; p = next) {
		char *stop = p;

		r->line++;
		while (stop < end && *stop != '\n' && *stop != '\r' &&
		    *stop != '\0')
			stop++;
		if (stop < end && *stop == '\0')
			return fault(f, FAULT_CONFIG,
			    "%s:%d: a NUL byte: not a text file, or one in "
			    "UTF-16; save it as UTF-8",
			    file->path, r->line);
		next = stop + (strncmp(stop, "\r\n", 2) == 0 ? 2 : 1);
		if (read_line(r, p, stop, f) != 0)
			return -1;
	}
	return 0;
}

/* Takes ${text}, n bytes and a NUL. */
static struct profile_file *
parse(char *text, size_t n, const char *path, enum profile_kind kind,
    struct fault *f)
{
	struct profile_file *file = xcalloc(1, sizeof(*file));
	struct reader r = { .file = file, .places.size = sizeof(struct place) };

	file->path = xstrdup(path);
	file->kind = kind;
	file->text = text;
	file->n = n;
	if (read_lines(&r, f) != 0) {
		profile_free(file);
		file = NULL;
	}
	hashes_release(&r.places);
	return file;
}

struct profile_file *
profile_parse(const char *p, size_t n, const char *path, enum profile_kind kind,
    struct fault *f)
{
	return parse(xstrndup(p, n), n, path, kind, f);
}

struct profile_file *
profile_load(const char *path, enum profile_kind kind, struct fault *f)
{
	struct stat st;
	struct fault why = { 0 };
	struct buf text = { 0 };
	struct profile_file *file;
	int fd, rc;

	/* in a container HOME is often a directory that we may not search */
	if (stat(path, &st) != 0 &&
	    (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) {
		rc = errno;
		file = profile_parse("", 0, path, kind, f);
		file->missing = rc;
		return file;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		(void)fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_CONFIG,
		    "%s: %s", path, strerror(errno));
		return NULL;
	}
	rc = file_read(fd, path, FILE_MAX, &text, &why);
	(void)close(fd);
	if (rc == 0)
		return parse(text.p, text.n, path, kind, f);
	if (rc == 1)
		(void)fault(&why, FAULT_IO, "%s: longer than %zu MiB", path,
		    FILE_MAX >> 20);
	(void)fault(f, why.kind == FAULT_IO ? FAULT_CONFIG : why.kind, "%s",
	    why.text);
	secret_release(&text);
	return NULL;
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
	crypto_wipe(file->text, file->n);
	free(file->text);
	free(file->path);
	free(file);
}

/* The entry of an option (${sub} NULL) in ${section}, or of one nested below
 * it; the last one when there are several. There may be several sections of
 * defaults, but only one of any other name. */
static const struct entry *
find_entry(const struct profile_file *file, size_t section, const char *option,
    const char *sub)
{
	const struct section *s = &file->sections[section];
	size_t first = strcmp(s->header, DEFAULTS) == 0 ? 0 : s->first;

	for (size_t i = file->nentries; i > first; i--) {
		const struct entry *e = &file->entries[i - 1];

		if (strcmp(e->option, option) == 0 &&
		    (sub == NULL
			    ? e->sub == NULL
			    : e->sub != NULL && strcmp(e->sub, sub) == 0) &&
		    strcmp(file->sections[e->section].header, s->header) == 0)
			return e;
	}
	return NULL;
}

/* The index of the section that counts, plus one; 0 when there is none. */
static size_t
find_section(const struct profile_file *file, const char *type,
    const char *name)
{
	for (size_t i = file->nsections; i > 0; i--) {
		const struct section *s = &file->sections[i - 1];

		if (s->type != NULL && !s->hidden &&
		    strcmp(s->type, type) == 0 && strcmp(s->name, name) == 0)
			return i;
	}
	return 0;
}

/* The option in its section, else among the defaults. */
static const struct entry *
find_option(const struct profile_file *file, const char *type, const char *name,
    const char *option)
{
	size_t section = find_section(file, type, name);
	const struct entry *e;

	if (section == 0)
		return NULL;
	e = find_entry(file, section - 1, option, NULL);
	for (size_t i = 0; e == NULL && i < file->nsections; i++)
		if (strcmp(file->sections[i].header, DEFAULTS) == 0)
			e = find_entry(file, i, option, NULL);
	return e;
}

const char *
profile_get(const struct profile_file *file, const char *type, const char *name,
    const char *option, const char *sub)
{
	const struct entry *e = find_option(file, type, name, option);

	if (e != NULL && sub != NULL)
		e = find_entry(file, e->section, option, sub);
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
	const struct entry *e;

	if (option == NULL)
		return section > 0 ? file->sections[section - 1].line : 0;
	e = find_option(file, type, name, option);
	return e != NULL ? e->line : 0;
}

const char *
profile_name(const struct profile_file *file, size_t i)
{
	for (size_t j = 0; j < file->nsections; j++) {
		const struct section *s = &file->sections[j];

		if (s->type != NULL && strcmp(s->type, "profile") == 0 &&
		    !s->hidden && i-- == 0)
			return s->name;
	}
	return NULL;
}

int
profile_missing(const struct profile_file *file)
{
	return file->missing;
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
	bool keys = file->kind == PROFILE_CREDENTIALS;
	char *right = keys ? xstrdup(name) : xasprintf("profile %s", name);
	char *wrong = keys ? xasprintf("profile %s", name) : xstrdup(name);

	for (size_t i = 0; i < file->nsections; i++) {
		const struct section *s = &file->sections[i];

		if ((!keys && s->type != NULL) ||
		    strcmp(s->header, wrong) != 0 ||
		    strcmp(name, DEFAULTS) == 0)
			continue;
		buf_addf(out, "; %.300s:%d has [%.100s], which that file ",
		    file->path, s->line, wrong);
		buf_adds(out, keys ? "takes for another name" : "ignores");
		buf_addf(out, ": write [%.100s] there", right);
		break;
	}
	free(right);
	free(wrong);
}
