#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/bench/table.h"

/* An odd number and its inverse modulo 2^64, to make keys look random. */
#define STIR UINT64_C(0x9E3779B97F4A7C15)
#define UNSTIR UINT64_C(0xF1DE83E19937733D)
#define KEY_CHARS 11 /* of 6 bits, for 64 */

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *const words[] = { "sunset", "harbour", "forest", "city",
	"portrait", "winter", "garden", "bridge", "caf\xc3\xa9", "mountain",
	"night", "river", "gallery", "upload", "album", "private", "shared",
	"/img/full/", "/img/thumb/", "2026-11-", "Z\xc3\xbcrich", "return",
	"favourite", "comment", "tag", "user", "admin", "page", "jpeg", "width",
	"height", "exif" };

struct out {
	char *p;
	size_t n, room;
};

static void *
room_for(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (p == NULL) {
		fputs("replay: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

static void
add(struct out *o, const char *s, size_t n)
{
	if (o->n + n > o->room) {
		o->room = (o->n + n) * 3 / 2 + 4096;
		o->p = room_for(o->p, o->room, 1);
	}
	memcpy(o->p + o->n, s, n);
	o->n += n;
}

__attribute__((format(printf, 2, 3))) static void
addf(struct out *o, const char *format, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	add(o, line, (size_t)n);
}

static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += STIR;

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static bool
is_session(size_t i)
{
	return i % 10 < 7;
}

/* "session:…" or "search:…"; its length. */
static size_t
make_key(char key[64], size_t i)
{
	static const char *const kinds[] = { "image:", "search:", "user:" };
	const char *kind = is_session(i) ? "session:" : kinds[i % 3];
	uint64_t stirred = (uint64_t)i * STIR, rest = i;
	size_t n = strlen(kind);

	memcpy(key, kind, n);
	for (int k = 0; k < KEY_CHARS; k++, stirred >>= 6)
		key[n++] = letters[stirred & 63];
	if (is_session(i))
		for (int k = 0; k < 21; k++)
			key[n++] = letters[next(&rest) & 63];
	return n;
}

int64_t
table_find(const struct table *t, const char *key, long n)
{
	const char *colon = n > 0 ? memchr(key, ':', (size_t)n) : NULL, *at;
	uint64_t stirred = 0;
	char made[64];

	if (colon == NULL || key + n - colon <= KEY_CHARS)
		return -1;
	for (int k = KEY_CHARS; k > 0; k--) {
		at = strchr(letters, colon[k]);
		if (at == NULL || *at == '\0')
			return -1;
		stirred = stirred << 6 | (uint64_t)(at - letters);
	}
	stirred *= UNSTIR;
	if (stirred >= t->n || make_key(made, (size_t)stirred) != (size_t)n ||
	    memcmp(made, key, (size_t)n) != 0)
		return -1;
	return (int64_t)stirred;
}

/* About ${n} bytes of words and numbers, nothing that needs an escape. */
static size_t
prose(struct out *o, size_t n, uint64_t *state)
{
	size_t from = o->n;

	while (o->n - from < n) {
		uint64_t r = next(state);
		const char *w = words[r % 32];

		add(o, w, strlen(w));
		if (r >> 60 < 5)
			addf(o, "%" PRIu64 " ", r >> 8 & 0xffffff);
		else
			add(o, " ", 1);
	}
	return o->n - from;
}

/* Add the attributes of a session beside key and TTL; returns their size. */
static size_t
add_session(struct out *o, uint64_t *state)
{
	uint64_t r = next(state);
	size_t from, size = 4 + 15 + 4;

	addf(o, ",\"type\":{\"S\":\"connect-session\"},\"sess\":{\"S\":\"");
	from = o->n;
	addf(o,
	    "{\\\"cookie\\\":{\\\"originalMaxAge\\\":3600000,"
	    "\\\"expires\\\":\\\"2026-11-%02d\\\",\\\"httpOnly\\\":true,"
	    "\\\"path\\\":\\\"/\\\"},\\\"user\\\":\\\"user%d\\\","
	    "\\\"notes\\\":\\\"",
	    (int)(r % 28) + 1, (int)(r >> 8 & 0xffff));
	(void)prose(o, 60 + (size_t)(r >> 32) % 480, state);
	addf(o, "\\\"}");
	/* quotes count, their backslashes do not */
	for (size_t k = from; k < o->n; k++)
		size += o->p[k] != '\\';
	addf(o, "\"}");
	return size;
}

/* The same of a cache entry. */
static size_t
add_cached(struct out *o, uint64_t *state)
{
	uint64_t r = next(state);
	size_t n;

	addf(o,
	    ",\"hits\":{\"N\":\"%d\"},\"fresh\":{\"BOOL\":%s},\"image\":"
	    "{\"M\":{\"w\":{\"N\":\"%d\"},\"tags\":{\"L\":[{\"S\":\"%s\"},"
	    "{\"S\":\"%s\"}]}}},\"value\":{\"S\":\"",
	    (int)(r % 1000), r >> 62 == 0 ? "true" : "false",
	    1000 + (int)(r >> 10 & 0xfff), words[1], words[r >> 24 & 7]);
	n = prose(o, 120 + (size_t)(r >> 32) % 760, state);
	addf(o, "\"}");
	return 4 + 3 + 5 + 1 + 5 + 3 + 2 + 1 + 3 + 4 + 3 + 2 +
	    strlen(words[1]) + strlen(words[r >> 24 & 7]) + 5 + n;
}

/* Add the TTL of item ${i}, {"N":"…"}, if it has one; returns its value. */
static void
make_ttl(char text[48], struct table *t, size_t i, int64_t now, uint64_t *state)
{
	uint64_t r = next(state);
	int percent = (int)(r % 100);
	int64_t away = 3600 + (int64_t)((r >> 16) % (20 * 86400));

	t->overdue[i] = percent < 49;
	t->ttl[i] = percent < 49 ? now - away : now + 86400 + away;
	if (percent >= 45 && percent < 49)
		t->ttl[i] *= 1000;
	text[0] = '\0';
	if (percent == 99)
		t->ttl[i] = INT64_MAX;
	else
		snprintf(text, 48, ",\"ttl\":{\"N\":\"%" PRId64 "\"}",
		    t->ttl[i]);
}

static void
close_item(struct view *v, struct out *o, size_t i)
{
	add(o, "},", 2);
	v->text = o->p;
	v->at[i + 1] = o->n;
	v->crc[i + 1] = (uint32_t)crc32(v->crc[i],
	    (const Bytef *)o->p + v->at[i], (uInt)(o->n - v->at[i]));
}

static void
make_item(struct table *t, struct out outs[VIEWS], size_t i, int64_t now)
{
	uint64_t state = (uint64_t)i << 8 | 1;
	struct out *full = &outs[VIEW_FULL];
	char key[64], ttl[48];
	size_t n = make_key(key, i), size = 3 + n;

	make_ttl(ttl, t, i, now, &state);
	for (int view = 0; view < VIEWS; view++) {
		addf(&outs[view], "{\"key\":{\"S\":\"%.*s\"}", (int)n, key);
		if (view != VIEW_KEY)
			add(&outs[view], ttl, strlen(ttl));
	}
	if (ttl[0] != '\0') /* two digits a byte, and one */
		size += 3 + 1 + (strlen(ttl) - 15 + 1) / 2;
	size += is_session(i) ? add_session(full, &state)
			      : add_cached(full, &state);
	for (int view = 0; view < VIEWS; view++)
		close_item(&t->views[view], &outs[view], i);
	t->size[i] = (uint32_t)size;
	t->bytes += size;
	t->expired += t->overdue[i];
}

void
table_make(struct table *t, size_t n, int64_t now)
{
	struct out outs[VIEWS];

	memset(t, 0, sizeof(*t));
	memset(outs, 0, sizeof(outs));
	t->n = n;
	t->size = room_for(NULL, n + 1, sizeof(*t->size));
	t->ttl = room_for(NULL, n + 1, sizeof(*t->ttl));
	t->overdue = room_for(NULL, n + 1, sizeof(*t->overdue));
	t->present = room_for(NULL, n + 1, sizeof(*t->present));
	for (int view = 0; view < VIEWS; view++) {
		struct view *v = &t->views[view];

		v->at = room_for(NULL, n + 1, sizeof(*v->at));
		v->crc = room_for(NULL, n + 1, sizeof(*v->crc));
		v->at[0] = 0;
		v->crc[0] = 0;
	}
	for (size_t i = 0; i < n; i++)
		make_item(t, outs, i, now);
	table_fill(t, true);
}

void
table_fill(struct table *t, bool with_expired)
{
	for (size_t i = 0; i < t->n; i++)
		t->present[i] = with_expired || !t->overdue[i];
}

const char *
table_item(const struct table *t, int view, size_t i, size_t *n)
{
	const struct view *v = &t->views[view];

	*n = v->at[i + 1] - v->at[i] - 1;
	return v->text + v->at[i];
}

/* Two CRCs give that of the bytes between their ends, without reading those
 * bytes. */
uint32_t
table_crc(const struct table *t, int view, size_t a, size_t b)
{
	const struct view *v = &t->views[view];
	size_t last = b - 1;
	uint32_t before = v->crc[last], tail;

	before ^= (uint32_t)crc32_combine(v->crc[a], 0,
	    (z_off_t)(v->at[last] - v->at[a]));
	tail = (uint32_t)crc32(0, (const Bytef *)v->text + v->at[last],
	    (uInt)(v->at[b] - v->at[last] - 1));
	return (uint32_t)crc32_combine(before, tail,
	    (z_off_t)(v->at[b] - v->at[last] - 1));
}
