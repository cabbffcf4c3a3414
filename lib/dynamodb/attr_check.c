#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/attr_walk.h"

/*
 * What DynamoDB would refuse to store, found before it is asked. Each check
 * gives what is wrong, to be read behind the attribute's name, or NULL.
 */

/* An attribute of an item is level 1 (Developer Guide, "Constraints"). */
#define NESTING 32

#define NO_VALUE "is no attribute's value like {\"S\":\"text\"}"
#define TOO_DEEP "is nested deeper than 32 levels"
#define NO_NUMBER \
	"holds what is no number of at most 38 digits from 1E-130 to 9.99E125"
#define NO_BASE64 "holds what is not base64"
#define NO_TRUE "holds a NULL that is not true"
#define NO_NAME "holds an attribute without a name"
#define EMPTY_SET "holds an empty set"
#define TWICE "holds a set with the same element twice"

/* The elements of a set, each as a text that is equal for equal ones. */
struct elements {
	struct buf all;
	size_t *ends;
	size_t n, cap;
};

static const char *
check_text(enum attr_type type, struct slice text)
{
	struct buf store = { 0 };
	const char *wrong = NULL;

	if (type == ATTR_S)
		return NULL;
	text = attr_plain(&store, text);
	if (type == ATTR_N && !attr_is_number(text))
		wrong = NO_NUMBER;
	else if (type == ATTR_B && text.n > 0 && !attr_is_base64(text))
		wrong = NO_BASE64;
	buf_release(&store);
	return wrong;
}

static void
add_element(struct elements *e, enum attr_type type, struct slice text)
{
	if (e->n == e->cap) {
		e->cap = e->cap > 0 ? e->cap * 2 : 16;
		e->ends = xreallocarray(e->ends, e->cap, sizeof(*e->ends));
	}
	attr_text_canonical(&e->all, type, text);
	e->ends[e->n++] = e->all.n;
}

static int
slice_cmp(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->p, y->p, x->n);
}

/* Sorted, for there may be thousands. */
static bool
has_twice(const struct elements *e)
{
	struct slice *list = xcalloc(e->n, sizeof(*list));
	bool twice = false;
	size_t from = 0;

	for (size_t i = 0; i < e->n; i++) {
		list[i] = (struct slice){ e->all.p + from, e->ends[i] - from };
		from = e->ends[i];
	}
	qsort(list, e->n, sizeof(*list), slice_cmp);
	for (size_t i = 1; i < e->n && !twice; i++)
		twice = slice_cmp(&list[i - 1], &list[i]) == 0;
	free(list);
	return twice;
}

static const char *
check_set(struct slice_walk *w, enum attr_type type)
{
	struct elements e = { 0 };
	const char *wrong = NULL;
	struct slice text;
	int r = slice_array(w);

	while (wrong == NULL && r >= 0 && (r = slice_element(w)) == 1) {
		wrong = slice_string(w, &text) == 0 ? check_text(type, text)
						    : NO_VALUE;
		if (wrong == NULL)
			add_element(&e, type, text);
	}
	if (wrong == NULL)
		wrong = r < 0       ? NO_VALUE
		    : e.n == 0      ? EMPTY_SET
		    : has_twice(&e) ? TWICE
				    : NULL;
	buf_release(&e.all);
	free(e.ends);
	return wrong;
}

static const char *check_value(struct slice_walk *w, int level);

static const char *
check_map(struct slice_walk *w, int level)
{
	const char *wrong = NULL;
	struct slice name;
	int r = slice_object(w);

	while (wrong == NULL && r >= 0 && (r = slice_member(w, &name)) == 1)
		wrong = name.n == 0 ? NO_NAME : check_value(w, level + 1);
	return wrong == NULL && r < 0 ? NO_VALUE : wrong;
}

static const char *
check_list(struct slice_walk *w, int level)
{
	const char *wrong = NULL;
	int r = slice_array(w);

	while (wrong == NULL && r >= 0 && (r = slice_element(w)) == 1)
		wrong = check_value(w, level + 1);
	return wrong == NULL && r < 0 ? NO_VALUE : wrong;
}

static const char *
check_inside(struct slice_walk *w, enum attr_type type, int level)
{
	struct slice text;

	switch (type) {
	case ATTR_S:
	case ATTR_N:
	case ATTR_B:
		return slice_string(w, &text) == 0 ? check_text(type, text)
						   : NO_VALUE;
	case ATTR_M:
		return check_map(w, level);
	case ATTR_L:
		return check_list(w, level);
	case ATTR_SS:
	case ATTR_NS:
	case ATTR_BS:
		return check_set(w, attr_element(type));
	default:
		if (slice_value(w, &text) != 0)
			return NO_VALUE;
		return type == ATTR_NULL && text.p[0] != 't' ? NO_TRUE : NULL;
	}
}

static const char *
check_value(struct slice_walk *w, int level)
{
	enum attr_type type;
	const char *wrong;

	if (level > NESTING)
		return TOO_DEEP;
	if (attr_enter(w, &type) != 0)
		return NO_VALUE;
	wrong = check_inside(w, type, level);
	return wrong == NULL && attr_leave(w) != 0 ? NO_VALUE : wrong;
}

const char *
attr_wrong(struct slice value)
{
	struct slice_walk w = slice_walk(value);
	const char *wrong = check_value(&w, 1);

	return wrong == NULL && slice_end(&w) != 0 ? NO_VALUE : wrong;
}

int
attr_check(struct slice value)
{
	return attr_wrong(value) == NULL ? 0 : -1;
}

int
attr_item_check(struct slice item, struct fault *f)
{
	struct slice_walk w = slice_walk(item);
	struct slice name, value;
	const char *wrong;
	int64_t size;

	if (slice_object(&w) != 0)
		return fault(f, FAULT_DATA, "an item is not a JSON object");
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (name.n == 0)
			return fault(f, FAULT_DATA, "it " NO_NAME);
		wrong = attr_wrong(value);
		if (wrong != NULL)
			return fault(f, FAULT_DATA, "\"%.*s\" %s",
			    SLICE_ARG(name), wrong);
	}
	size = attr_item_size(item);
	if (size > ATTR_ITEM_MAX)
		return fault(f, FAULT_DATA,
		    "its size is %lld bytes, and an entry has at most %d",
		    (long long)size, ATTR_ITEM_MAX);
	return 0;
}
