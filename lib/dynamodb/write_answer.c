#include <stdbool.h>
#include <string.h>

#include "lib/base/fault.h"
#include "lib/dynamodb/write_answer.h"

#define IS(name, s) slice_text_is(name, s, sizeof(s) - 1)

static const struct slice none = { NULL, 0 };

/* Read a member's value into ${to}, if that is not NULL and still absent. If
 * the bytes of ${likely}, an object, are here, they are the whole value. */
static int
read_member(struct slice_walk *w, struct slice likely, struct slice *to)
{
	struct slice other;

	if (to == NULL || to->p != NULL)
		return slice_value(w, &other);
	if (likely.p == NULL || (size_t)(w->end - w->p) < likely.n ||
	    memcmp(w->p, likely.p, likely.n) != 0)
		return slice_value(w, to);
	w->p += likely.n;
	*to = likely;
	return 0;
}

static bool
object_or_none(struct slice value)
{
	return value.p == NULL || value.p[0] == '{' || value.p[0] == 'n';
}

/* Whether ${error} has a code. */
static bool
is_error(struct slice error)
{
	return slice_unquote(slice_get(error, "Code")).n > 0;
}

/* The answer to one statement: an object, with or without an item, with or
 * without an error that has a code. */
static int
read_statement(struct slice_walk *w, struct write_answer *a)
{
	struct slice name, *to;
	int r;

	a->image = a->error = none;
	if (slice_object(w) != 0)
		return -1;
	while ((r = slice_member(w, &name)) == 1) {
		to = IS(name, "Item")   ? &a->image
		    : IS(name, "Error") ? &a->error
					: NULL;
		if (read_member(w, to == &a->image ? a->likely : none, to) != 0)
			return -1;
	}
	if (r != 0 || !object_or_none(a->image))
		return -1;
	if (a->error.p != NULL && a->error.p[0] == 'n')
		a->error = none;
	return a->error.p == NULL || is_error(a->error) ? 0 : -1;
}

/* ${n}: the number of answers, up to the first that is not valid. */
static int
read_statements(struct slice_walk *w, struct write_answers *a, size_t *n)
{
	struct write_answer more = { .likely = none };
	int r;

	if (slice_array(w) != 0)
		return -1;
	for (*n = 0; (r = slice_element(w)) == 1; ++*n)
		if (read_statement(w, *n < a->n ? &a->list[*n] : &more) != 0)
			return -1;
	return r;
}

static int
no_json(struct slice body, struct fault *f)
{
	return fault(f, FAULT_DATA, "the reply is not JSON (%zu bytes)",
	    body.n);
}

/* Say what is wrong with a reply of which ${n} answers were read; may read it
 * again. */
static int
no_answers(const struct write_answers *a, struct slice body, bool responses,
    size_t n, struct fault *f)
{
	struct slice list;

	if (slice_check(body, NULL) != 0)
		return no_json(body, f);
	list = slice_get(body, "Responses");
	if (list.p == NULL || list.p[0] != '[')
		return fault(f, FAULT_DATA, "the reply has no Responses");
	if (!responses)
		return fault(f, FAULT_DATA,
		    "the reply's answer to statement %zu is not what "
		    "DynamoDB sends",
		    n + 1);
	return fault(f, FAULT_DATA, "the reply answers %zu of %zu statements",
	    n, a->n);
}

int
write_answers_read(struct write_answers *a, struct slice body, struct fault *f)
{
	struct slice_walk w = slice_walk(body);
	bool responses = false;
	struct slice name;
	size_t n = 0;
	int r = slice_object(&w) == 0 ? 1 : -1;

	a->consumed = none;
	while (r == 1 && (r = slice_member(&w, &name)) == 1) {
		if (IS(name, "Responses") && !responses) {
			responses = read_statements(&w, a, &n) == 0;
			r = responses ? 1 : -1;
		} else if (read_member(&w, none,
			       IS(name, "ConsumedCapacity") ? &a->consumed
							    : NULL) != 0) {
			r = -1;
		}
	}
	if (r == 0 && slice_end(&w) == 0 && responses && n == a->n)
		return 0;
	return no_answers(a, body, responses, n, f);
}

int
write_answer_read(struct write_answer *a, struct slice *consumed,
    struct slice body, struct fault *f)
{
	struct slice_walk w = slice_walk(body);
	struct slice metrics = none, name, *to;
	bool any = false, known = false;
	int r = slice_object(&w) == 0 ? 1 : -1;

	a->image = a->error = *consumed = none;
	while (r == 1 && (r = slice_member(&w, &name)) == 1) {
		to = IS(name, "Attributes")             ? &a->image
		    : IS(name, "ConsumedCapacity")      ? consumed
		    : IS(name, "ItemCollectionMetrics") ? &metrics
							: NULL;
		any = true;
		known = known || to != NULL;
		if (read_member(&w, to == &a->image ? a->likely : none, to) !=
		    0)
			r = -1;
	}
	if (r == 0 && slice_end(&w) == 0 &&
	    (!any ||
		(known && object_or_none(a->image) &&
		    object_or_none(*consumed) && object_or_none(metrics))))
		return 0;
	a->image = *consumed = none;
	if (slice_check(body, NULL) != 0)
		return no_json(body, f);
	return fault(f, FAULT_DATA, "the reply is not what DynamoDB sends");
}
