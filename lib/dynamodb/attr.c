#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"

/* DynamoDB's numbers: 38 digits, 1E-130 to 9.9…E+125. */
#define NUMBER_DIGITS 38
#define NUMBER_EXP_MIN (-129)
#define NUMBER_EXP_MAX 126

static const struct {
	const char *name;
	size_t n;
	const char *begins; /* what its JSON value may begin with */
} types[] = {
	/* clang-format off */
	[ATTR_S]    = { "S",    1, "\"" },
	[ATTR_N]    = { "N",    1, "\"" },
	[ATTR_B]    = { "B",    1, "\"" },
	[ATTR_BOOL] = { "BOOL", 4, "tf" },
	[ATTR_NULL] = { "NULL", 4, "tf" },
	[ATTR_M]    = { "M",    1, "{" },
	[ATTR_L]    = { "L",    1, "[" },
	[ATTR_SS]   = { "SS",   2, "[" },
	[ATTR_NS]   = { "NS",   2, "[" },
	[ATTR_BS]   = { "BS",   2, "[" },
	[ATTR_BAD]  = { "none", 4, "" },
	/* clang-format on */
};

const char *
attr_type_name(enum attr_type type)
{
	return types[type].name;
}

/* No known writer escapes the letters of a type, but JSON allows it. */
static enum attr_type
type_of(struct slice name)
{
	bool escaped = memchr(name.p, '\\', name.n) != NULL;
	enum attr_type t;

	for (t = ATTR_S; t < ATTR_BAD; t++) {
		size_t n = types[t].n;

		if (escaped
			? slice_text_is(name, types[t].name, n)
			: n == name.n && memcmp(name.p, types[t].name, n) == 0)
			break;
	}
	return t;
}

/* The type of a set's elements. */
static enum attr_type
element_of(enum attr_type set)
{
	return set == ATTR_SS ? ATTR_S : set == ATTR_NS ? ATTR_N : ATTR_B;
}

/* Step into an AttributeValue, up to its content. */
static int
enter(struct slice_walk *w, enum attr_type *type)
{
	struct slice name;

	if (slice_object(w) != 0 || slice_member(w, &name) != 1 ||
	    w->p >= w->end || *w->p == '\0')
		return -1;
	*type = type_of(name);
	return strchr(types[*type].begins, *w->p) != NULL ? 0 : -1;
}

/* Step out of it: 0, or -1 if it has another member. */
static int
leave(struct slice_walk *w)
{
	struct slice name;

	return slice_member(w, &name) == 0 ? 0 : -1;
}

/* attr_open of {"S":"…"}, {"N":"…"} or {"B":"…"} as the service writes it,
 * without a quote in the text; else false. */
static bool
open_compact(struct slice value, struct slice *inner, enum attr_type *type)
{
	const char *p = value.p;
	size_t n = value.n;

	if (n < sizeof("{'S':''}") - 1 || p[0] != '{' || p[1] != '"' ||
	    memcmp(p + 3, "\":\"", 3) != 0 ||
	    memchr(p + 6, '"', n - 6) != p + n - 2)
		return false;
	*inner = (struct slice){ p + 6, n - 8 };
	*type = p[2] == 'S' ? ATTR_S : p[2] == 'N' ? ATTR_N : ATTR_B;
	return p[2] == 'S' || p[2] == 'N' || p[2] == 'B';
}

enum attr_type
attr_open(struct slice value, struct slice *inner)
{
	struct slice_walk w = slice_walk(value);
	enum attr_type type;

	if (open_compact(value, inner, &type))
		return type;
	if (enter(&w, &type) != 0 || slice_value(&w, inner) != 0 ||
	    leave(&w) != 0 || slice_end(&w) != 0) {
		*inner = value;
		return ATTR_BAD;
	}
	if (inner->p[0] == '"')
		*inner = slice_unquote(*inner);
	return type;
}

/* ${text}, decoded into ${store} if it has escapes. */
static struct slice
plain(struct buf *store, struct slice text)
{
	if (text.n == 0 || memchr(text.p, '\\', text.n) == NULL)
		return text;
	buf_reset(store);
	slice_text_decode(store, text);
	return (struct slice){ buf_text(store), store->n };
}

static bool
is_base64(struct slice text)
{
	struct buf bytes = { 0 };
	bool good = crypto_base64_decode(&bytes, text.p, text.n) == 0;

	buf_release(&bytes);
	return good;
}

int64_t
attr_whole_number_size(struct slice text)
{
	size_t n = text.n;

	if (n == 0 || n > NUMBER_DIGITS || text.p[0] == '0')
		return 0;
	for (size_t i = 0; i < n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return 0;
	while (text.p[n - 1] == '0')
		n--;
	return 1 + ((int64_t)n + 1) / 2;
}

/*
 * Developer Guide, "DynamoDB Item sizes and formats", as measured on the
 * service: one byte, one for every two significant digits before the point and
 * every two after it, and one if negative. Leading and trailing zeros do not
 * count.
 */
int64_t
attr_number_size(struct slice text)
{
	struct buf store = { 0 };
	struct slice digits;
	struct decimal d;
	int64_t size, whole;

	size = attr_whole_number_size(text);
	if (size > 0)
		return size;
	digits = plain(&store, text);
	if (decimal_parse(&d, digits.p, digits.n) != 0) {
		size = (int64_t)digits.n;
	} else if (d.ndigits == 0) {
		size = 1;
	} else {
		whole = d.exp < 0 ? 0 : d.exp < d.ndigits ? d.exp : d.ndigits;
		size = 1 + (whole + 1) / 2 + (d.ndigits - whole + 1) / 2 +
		    (d.negative ? 1 : 0);
	}
	buf_release(&store);
	return size;
}

int64_t
attr_binary_size(struct slice text)
{
	struct buf store = { 0 };
	int64_t size;

	text = plain(&store, text);
	while (text.n > 0 && text.p[text.n - 1] == '=')
		text.n--;
	size = (int64_t)(text.n / 4 * 3 + text.n % 4 * 3 / 4);
	buf_release(&store);
	return size;
}

static int64_t
text_size(enum attr_type type, struct slice text)
{
	switch (type) {
	case ATTR_N:
		return attr_number_size(text);
	case ATTR_B:
		return attr_binary_size(text);
	default:
		return (int64_t)slice_text_length(text);
	}
}

/* Read a string at the walk and add its size. */
static int
size_string(struct slice_walk *w, enum attr_type type, int64_t *size)
{
	struct slice text;

	if (slice_string(w, &text) != 0)
		return -1;
	*size += text_size(type, text);
	return 0;
}

static int size_value(struct slice_walk *w, int64_t *size);

static int
size_inside(struct slice_walk *w, enum attr_type type, int64_t *size)
{
	struct slice text;
	int r;

	switch (type) {
	case ATTR_S:
	case ATTR_N:
	case ATTR_B:
		return size_string(w, type, size);
	case ATTR_M:
		*size += ATTR_DOCUMENT_BYTES;
		r = slice_object(w);
		while (r >= 0 && (r = slice_member(w, &text)) == 1) {
			*size += ATTR_ELEMENT_BYTES + text_size(ATTR_S, text);
			r = size_value(w, size);
		}
		return r;
	case ATTR_L:
		*size += ATTR_DOCUMENT_BYTES;
		r = slice_array(w);
		while (r >= 0 && (r = slice_element(w)) == 1) {
			*size += ATTR_ELEMENT_BYTES;
			r = size_value(w, size);
		}
		return r;
	case ATTR_SS:
	case ATTR_NS:
	case ATTR_BS:
		r = slice_array(w);
		while (r >= 0 && (r = slice_element(w)) == 1)
			r = size_inside(w, element_of(type), size);
		return r;
	default:
		*size += 1;
		return slice_value(w, &text);
	}
}

/* As attr_measure, without the value. */
static int
size_value(struct slice_walk *w, int64_t *size)
{
	struct slice_walk was = *w;
	struct slice value;
	enum attr_type type;
	int64_t sum = 0;

	if (enter(w, &type) == 0 && size_inside(w, type, &sum) == 0 &&
	    leave(w) == 0) {
		*size += sum;
		return 0;
	}
	*w = was;
	return slice_value(w, &value);
}

int
attr_measure(struct slice_walk *w, struct slice *value, int64_t *size)
{
	const char *begin = w->p;

	if (size_value(w, size) != 0)
		return -1;
	*value = (struct slice){ begin, (size_t)(w->p - begin) };
	return 0;
}

int64_t
attr_size(struct slice value)
{
	struct slice_walk w = slice_walk(value);
	int64_t size = 0;

	(void)size_value(&w, &size);
	return size;
}

int64_t
attr_item_size(struct slice item)
{
	struct slice_walk w = slice_walk(item);
	struct slice name;
	int64_t size = 0;

	if (slice_object(&w) != 0)
		return 0;
	while (slice_member(&w, &name) == 1) {
		size += text_size(ATTR_S, name);
		if (size_value(&w, &size) != 0)
			break;
	}
	return size;
}

void
attr_key_text(struct buf *out, struct slice value)
{
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);

	if (type == ATTR_S || type == ATTR_N || type == ATTR_B)
		slice_text_decode(out, inner);
	else
		buf_add(out, value.p, value.n);
}

bool
attr_is_number(struct slice text)
{
	struct decimal d;

	if (text.n == 0 || memchr(" \t", text.p[0], 2) != NULL ||
	    memchr(" \t", text.p[text.n - 1], 2) != NULL ||
	    decimal_parse(&d, text.p, text.n) != 0)
		return false;
	return d.ndigits == 0 ||
	    (d.ndigits <= NUMBER_DIGITS && !d.sticky &&
		d.exp >= NUMBER_EXP_MIN && d.exp <= NUMBER_EXP_MAX);
}

int
attr_key_value(struct buf *out, enum attr_type type, const char *p, size_t n)
{
	struct slice text = { p, n };
	bool good = type == ATTR_S ? text_is_utf8(p, n)
	    : type == ATTR_N       ? attr_is_number(text)
				   : type == ATTR_B && is_base64(text);

	if (n == 0 || !good)
		return -1;
	buf_addf(out, "{\"%s\":", types[type].name);
	slice_text_encode(out, p, n);
	buf_addc(out, '}');
	return 0;
}

static void
put_uint64(unsigned char *to, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		to[i] = (unsigned char)(v >> (56 - 8 * i) & 0xff);
}

/* A byte for the type, the length in eight bytes, and the bytes: whatever
 * follows, no two different keys become the same. */
static void
frame(struct buf *out, char what, const void *p, size_t n)
{
	unsigned char head[9] = { (unsigned char)what };

	put_uint64(head + 1, n);
	buf_add(out, head, sizeof(head));
	buf_add(out, p, n);
}

/* Sign, exponent and digits, or nothing for zero. A number that does not fit
 * into a struct decimal (DynamoDB has none) stays a text. */
static void
canonical_number(struct buf *out, struct slice text)
{
	unsigned char bytes[9 + DECIMAL_DIGITS];
	struct decimal d;

	if (decimal_parse(&d, text.p, text.n) != 0 || d.sticky ||
	    d.exp >= DECIMAL_EXP_MAX || d.exp <= -DECIMAL_EXP_MAX) {
		frame(out, 'n', text.p, text.n);
		return;
	}
	if (d.ndigits == 0) {
		frame(out, 'N', "", 0);
		return;
	}
	bytes[0] = d.negative ? '-' : '+';
	put_uint64(bytes + 1, (uint64_t)d.exp);
	memcpy(bytes + 9, d.digits, (size_t)d.ndigits);
	frame(out, 'N', bytes, 9 + (size_t)d.ndigits);
}

/* attr_key_canonical of {"${type}":"${text}"}. */
static void
text_canonical(struct buf *out, enum attr_type type, struct slice text)
{
	struct buf store = { 0 }, bytes = { 0 };

	text = plain(&store, text);
	if (type == ATTR_S)
		frame(out, 'S', text.p, text.n);
	else if (type == ATTR_N)
		canonical_number(out, text);
	else if (crypto_base64_decode(&bytes, text.p, text.n) == 0)
		frame(out, 'B', buf_text(&bytes), bytes.n);
	else
		frame(out, 'b', text.p, text.n);
	buf_release(&store);
	buf_release(&bytes);
}

void
attr_key_canonical(struct buf *out, struct slice value)
{
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);

	if (type == ATTR_S || type == ATTR_N || type == ATTR_B)
		text_canonical(out, type, inner);
	else
		frame(out, '?', value.p, value.n);
}

bool
attr_key_same(struct slice a, struct slice b, struct buf *scratch)
{
	size_t n;

	if (a.p == NULL || b.p == NULL)
		return false;
	buf_reset(scratch);
	attr_key_canonical(scratch, a);
	n = scratch->n;
	attr_key_canonical(scratch, b);
	return scratch->n == 2 * n &&
	    memcmp(scratch->p, scratch->p + n, n) == 0;
}

/* Below: what DynamoDB would refuse to store. Each check returns what is wrong,
 * as attr_wrong, or NULL. */

/* An attribute of an item is level 1 (Developer Guide, "Constraints"). */
#define NESTING 32

#define NO_VALUE "is not an attribute value such as {\"S\":\"text\"}"
#define TOO_DEEP "is nested deeper than 32 levels"
#define NO_NUMBER                                                   \
	"contains an invalid number (at most 38 digits, 1E-130 to " \
	"9.99E125)"
#define NO_BASE64 "contains invalid base64"
#define NO_TRUE "contains a NULL that is not true"
#define NO_NAME "contains an attribute without a name"
#define EMPTY_SET "contains an empty set"
#define TWICE "contains a set with a duplicate element"

/* The elements of a set in canonical form, one after the other. */
struct elements {
	struct buf all;
	struct buf ends; /* of each, a size_t */
	size_t n;
};

static const char *
check_text(enum attr_type type, struct slice text)
{
	struct buf store = { 0 };
	const char *wrong = NULL;

	if (type == ATTR_S)
		return NULL;
	text = plain(&store, text);
	if (type == ATTR_N && !attr_is_number(text))
		wrong = NO_NUMBER;
	else if (type == ATTR_B && text.n > 0 && !is_base64(text))
		wrong = NO_BASE64;
	buf_release(&store);
	return wrong;
}

static int
slice_cmp(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->p, y->p, x->n);
}

/* By sorting, as there may be thousands. */
static bool
has_twice(const struct elements *e)
{
	const size_t *ends = (const size_t *)(const void *)e->ends.p;
	struct slice *list = xcalloc(e->n, sizeof(*list));
	bool twice = false;
	size_t from = 0;

	for (size_t i = 0; i < e->n; i++) {
		list[i] = (struct slice){ e->all.p + from, ends[i] - from };
		from = ends[i];
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

	while (r >= 0 && (r = slice_element(w)) == 1) {
		wrong = slice_string(w, &text) == 0 ? check_text(type, text)
						    : NO_VALUE;
		if (wrong != NULL)
			break;
		text_canonical(&e.all, type, text);
		buf_add(&e.ends, &e.all.n, sizeof(e.all.n));
		e.n++;
	}
	if (wrong == NULL)
		wrong = r < 0       ? NO_VALUE
		    : e.n == 0      ? EMPTY_SET
		    : has_twice(&e) ? TWICE
				    : NULL;
	buf_release(&e.all);
	buf_release(&e.ends);
	return wrong;
}

static const char *check_value(struct slice_walk *w, int level);

/* The elements of a list, or the members of a map. */
static const char *
check_elements(struct slice_walk *w, bool map, int level)
{
	struct slice name = SLICE("-");
	const char *wrong = NULL;
	int r = map ? slice_object(w) : slice_array(w);

	while (wrong == NULL && r >= 0 &&
	    (r = map ? slice_member(w, &name) : slice_element(w)) == 1)
		wrong = name.n == 0 ? NO_NAME : check_value(w, level + 1);
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
	case ATTR_L:
		return check_elements(w, type == ATTR_M, level);
	case ATTR_SS:
	case ATTR_NS:
	case ATTR_BS:
		return check_set(w, element_of(type));
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
	if (enter(w, &type) != 0)
		return NO_VALUE;
	wrong = check_inside(w, type, level);
	return wrong == NULL && leave(w) != 0 ? NO_VALUE : wrong;
}

const char *
attr_wrong(struct slice value)
{
	struct slice_walk w = slice_walk(value);
	const char *wrong = check_value(&w, 1);

	return wrong == NULL && slice_end(&w) != 0 ? NO_VALUE : wrong;
}

int
attr_item_check(struct slice item, struct fault *f)
{
	struct slice_walk w = slice_walk(item);
	struct slice name;
	const char *wrong;
	int64_t size;

	if (slice_object(&w) != 0)
		return fault(f, FAULT_DATA, "an item is not a JSON object");
	while (slice_member(&w, &name) == 1) {
		if (name.n == 0)
			return fault(f, FAULT_DATA, "it " NO_NAME);
		wrong = check_value(&w, 1);
		if (wrong != NULL)
			return fault(f, FAULT_DATA, "\"%.*s\" %s",
			    SLICE_ARG(name), wrong);
	}
	/* its size is at most the length of its text */
	if (item.n > ATTR_ITEM_MAX &&
	    (size = attr_item_size(item)) > ATTR_ITEM_MAX)
		return fault(f, FAULT_DATA,
		    "its size is %lld bytes; entries have at most %d",
		    (long long)size, ATTR_ITEM_MAX);
	return 0;
}
