#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

static size_t
count_members(struct slice object)
{
	struct slice_walk w = slice_walk(object);
	struct slice name, value;
	size_t n = 0;

	if (slice_object(&w) != 0)
		return 0;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0)
		n++;
	return n;
}

static bool
same_text(struct slice a, struct slice b)
{
	struct buf text = { 0 };
	bool same;

	if (a.n == 0 || memchr(a.p, '\\', a.n) == NULL)
		return slice_text_is(b, a.p, a.n);
	slice_text_decode(&text, a);
	same = slice_text_is(b, buf_text(&text), text.n);
	buf_release(&text);
	return same;
}

/* The value of the first member with the same name, or p NULL. */
static struct slice
get_same(struct slice object, struct slice name)
{
	struct slice_walk w = slice_walk(object);
	struct slice member, value;

	if (slice_object(&w) == 0)
		while (slice_member(&w, &member) == 1 &&
		    slice_value(&w, &value) == 0)
			if (same_text(name, member))
				return value;
	return (struct slice){ NULL, 0 };
}

/* Objects with more members than this, in another order, are said to differ:
 * looking up each would be quadratic on hostile items. */
#define SAME_SHUFFLED 512

static bool
same_objects(struct slice a, struct slice b)
{
	struct slice_walk wa = slice_walk(a), wb = slice_walk(b);
	struct slice na, nb, va, vb;
	size_t n = count_members(a);
	bool shuffled = false;

	if (n != count_members(b) || slice_object(&wa) != 0 ||
	    slice_object(&wb) != 0)
		return false;
	while (slice_member(&wa, &na) == 1 && slice_value(&wa, &va) == 0) {
		if (!shuffled && slice_member(&wb, &nb) == 1 &&
		    slice_value(&wb, &vb) == 0 && same_text(na, nb)) {
			if (!slice_same(va, vb))
				return false;
			continue;
		}
		shuffled = true;
		if (n > SAME_SHUFFLED)
			return false;
		vb = get_same(b, na);
		if (vb.p == NULL || !slice_same(va, vb))
			return false;
	}
	return true;
}

static bool
same_arrays(struct slice a, struct slice b)
{
	struct slice_walk wa = slice_walk(a), wb = slice_walk(b);
	struct slice va, vb;
	int ra, rb;

	if (slice_array(&wa) != 0 || slice_array(&wb) != 0)
		return false;
	for (;;) {
		ra = slice_element(&wa);
		rb = slice_element(&wb);
		if (ra != rb)
			return false;
		if (ra != 1)
			return true;
		if (slice_value(&wa, &va) != 0 || slice_value(&wb, &vb) != 0 ||
		    !slice_same(va, vb))
			return false;
	}
}

bool
slice_same(struct slice a, struct slice b)
{
	if (a.p == NULL || b.p == NULL || a.n == 0 || b.n == 0)
		return a.n == b.n;
	if (a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
		return true;
	if (*a.p != *b.p)
		return false;
	switch (*a.p) {
	case '{':
		return same_objects(a, b);
	case '[':
		return same_arrays(a, b);
	case '"':
		return same_text(slice_unquote(a), slice_unquote(b));
	default:
		return false;
	}
}
