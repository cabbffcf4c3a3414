#include <stdlib.h>
#include <string.h>

#include "inspector/lookalike.h"
#include "inspector/moment.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

#define ENOUGH 1000 /* entries */
#define DEPTH 4     /* maps in maps */

void
lookalike_init(struct lookalikes *l, const char *ttl)
{
	*l = (struct lookalikes){ .lock = lock_new(), .ttl = ttl };
}

void
lookalike_release(struct lookalikes *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->names[i]);
	free(l->inside);
	lock_free(l->lock);
	*l = (struct lookalikes){ 0 };
}

/* Whether it is a number that is a time in some unit. */
static bool
looks_like_time(struct moment *m, struct slice value, int64_t now)
{
	moment_read(m, value, now, (struct moment_zone){ 0 });
	return moment_means(m->form) && m->form != MOMENT_STRING;
}

/* ${lacks}: the entry lacks the TTL attribute; ${ahead}: the time is in the
 * future. */
static void
count(struct lookalikes *l, struct slice name, bool lacks, bool ahead)
{
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < l->n; i++)
		if (slice_text_is(name, l->names[i], strlen(l->names[i])))
			break;
	if (i == LOOKALIKES)
		return;
	if (i == l->n) {
		l->seen[i] = l->ahead[i] = l->beside[i] = 0;
		slice_text_decode(&text, name);
		/* A name with a NUL in it could not be given as an option. */
		if (memchr(buf_text(&text), '\0', text.n) == NULL)
			l->names[l->n++] = buf_detach(&text);
		buf_release(&text);
	}
	if (i == l->n)
		return;
	l->seen[i] += lacks;
	l->ahead[i] += lacks && ahead;
	l->beside[i] += !lacks;
}

/* Whether the map ${value}, or one in it, has the missing attribute: then
 * ${path} leads to it. */
static bool
find_inside(const struct lookalikes *l, struct slice value, struct buf *path,
    int depth)
{
	struct slice_walk w;
	struct slice name, member, inner;
	size_t n = path->n;

	if (attr_open(value, &inner) != ATTR_M)
		return false;
	w = slice_walk(inner);
	if (slice_object(&w) != 0)
		return false;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &member) == 0) {
		buf_addc(path, '.');
		slice_text_decode(path, name);
		if (slice_text_is(name, l->ttl, strlen(l->ttl)) ||
		    strcmp(buf_text(path), l->ttl) == 0 ||
		    (depth > 1 && find_inside(l, member, path, depth - 1)))
			return true;
		path->n = n;
		path->p[n] = '\0';
	}
	return false;
}

static void
look_inside(struct lookalikes *l, struct slice name, struct slice value)
{
	struct buf path = { 0 };

	slice_text_decode(&path, name);
	if (l->inside == NULL && l->ttl != NULL &&
	    find_inside(l, value, &path, DEPTH))
		l->inside = buf_detach(&path);
	buf_release(&path);
}

void
lookalike_add(struct lookalikes *l, const struct item *item, int64_t now)
{
	bool lacks = item->ttl.p == NULL;
	atomic_int *looked = lacks ? &l->looked : &l->others;
	struct slice_walk w = slice_walk(item->json);
	struct slice name, value;
	struct moment m;

	if (*looked >= ENOUGH)
		return;
	lock_enter(l->lock);
	++*looked;
	if (slice_object(&w) == 0)
		while (slice_member(&w, &name) == 1 &&
		    slice_value(&w, &value) == 0) {
			if (value.p != item->partition.p &&
			    value.p != item->sort.p && value.p != item->ttl.p &&
			    looks_like_time(&m, value, now))
				count(l, name, lacks, m.floor > now);
			if (lacks)
				look_inside(l, name, value);
		}
	lock_leave(l->lock);
}

static void
swap(struct lookalikes *l, size_t i, size_t j)
{
	const char *name = l->names[i];
	int seen = l->seen[i], ahead = l->ahead[i], beside = l->beside[i];

	l->names[i] = l->names[j];
	l->seen[i] = l->seen[j];
	l->ahead[i] = l->ahead[j];
	l->beside[i] = l->beside[j];
	l->names[j] = name;
	l->seen[j] = seen;
	l->ahead[j] = ahead;
	l->beside[j] = beside;
}

static bool
comes_before(const struct lookalikes *l, size_t i, size_t j)
{
	bool ahead = l->ahead[i] > 0, other = l->ahead[j] > 0;

	return ahead != other ? ahead : l->seen[i] > l->seen[j];
}

/* Keep those that the attribute may have been renamed to or from. */
static void
keep_renamed(struct lookalikes *l, const char *acts)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		bool most = 2 * l->seen[i] > l->looked;
		bool old = acts != NULL && strcmp(l->names[i], acts) == 0;
		bool apart = 2 * l->beside[i] < l->others && l->others > 1 &&
		    l->seen[i] > 1;

		if (most && (old || apart || l->ahead[i] > 0))
			swap(l, kept++, i);
	}
	while (l->n > kept)
		free((void *)(uintptr_t)l->names[--l->n]);
}

void
lookalike_sort(struct lookalikes *l, bool all, const char *acts)
{
	if (!all)
		keep_renamed(l, acts);
	for (size_t i = 1; i < l->n; i++)
		for (size_t j = i; j > 0 && comes_before(l, j, j - 1); j--)
			swap(l, j, j - 1);
}
