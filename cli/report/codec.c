#include <string.h>

#include "cli/json.h"
#include "cli/report/codec.h"
#include "cli/report/report_read.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

void
codec_wrong(struct codec at, const char *what)
{
	if (!at.p->wrong)
		(void)fault(at.p->f, FAULT_DATA,
		    "%s: not a complete report of inspect --format json: "
		    "\"%s\" is missing or wrong",
		    at.p->name, what);
	at.p->wrong = true;
}

void
codec_check(struct codec at, const char *what, bool right)
{
	if (at.j == NULL && !right)
		codec_wrong(at, what);
}

bool
codec_is(struct slice value, const char *word)
{
	return value.n == strlen(word) && memcmp(value.p, word, value.n) == 0;
}

bool
codec_has(struct codec at, const char *name)
{
	return slice_get(at.in, name).p != NULL;
}

struct codec
codec_member(struct codec at, const char *name)
{
	if (at.j != NULL)
		return (
		    struct codec){ .p = at.p, .j = json_object(at.j, name) };
	return (struct codec){ .p = at.p, .in = slice_get(at.in, name) };
}

void
codec_figure_to(struct codec at, const char *name, int64_t max, int64_t *v)
{
	struct slice value;
	int64_t got;

	if (at.j != NULL) {
		json_int(at.j, name, *v);
		return;
	}
	value = slice_get(at.in, name);
	if (value.p == NULL || value.p[0] == '"' ||
	    slice_int(value, &got) != 0 || got < 0 || got > max)
		codec_wrong(at, name);
	else
		*v = got;
}

void
codec_figure(struct codec at, const char *name, int64_t *v)
{
	codec_figure_to(at, name, REPORT_FIGURE_MAX, v);
}

void
codec_real(struct codec at, const char *name, double *v)
{
	struct slice value;
	struct decimal d;
	int64_t thousandths;

	if (at.j != NULL) {
		json_real(at.j, name, *v, 3);
		return;
	}
	value = slice_get(at.in, name);
	if (value.p == NULL || decimal_parse(&d, value.p, value.n) != 0) {
		codec_wrong(at, name);
		return;
	}
	decimal_scale(&d, 3);
	thousandths = decimal_floor(&d);
	if (thousandths < 0 || thousandths > REPORT_FIGURE_MAX)
		codec_wrong(at, name);
	*v = (double)thousandths / 1000;
}

void
codec_flag(struct codec at, const char *name, bool *v)
{
	struct slice value = slice_get(at.in, name);

	if (at.j != NULL)
		json_bool(at.j, name, *v);
	else if (value.p == NULL ||
	    (!codec_is(value, "true") && !codec_is(value, "false")))
		codec_wrong(at, name);
	else
		*v = codec_is(value, "true");
}

struct slice
codec_decoded(struct codec at, const char *name, struct buf *b)
{
	struct slice inner = slice_unquote(slice_get(at.in, name));

	if (inner.p == NULL)
		return inner;
	buf_reset(b);
	slice_text_decode(b, inner);
	return (struct slice){ buf_text(b), b->n };
}

void
codec_text(struct codec at, const char *name, const char **v)
{
	struct buf b = { 0 };
	struct slice got;

	if (at.j != NULL) {
		json_str(at.j, name, *v);
		return;
	}
	got = codec_decoded(at, name, &b);
	if (codec_has(at, name) &&
	    (got.p == NULL || memchr(got.p, '\0', got.n) != NULL))
		codec_wrong(at, name);
	else if (got.p != NULL)
		*v = xstrdup(got.p);
	buf_release(&b);
}

void
codec_each(struct codec at, const char *name, size_t n,
    bool (*there)(const struct summary *s, size_t i),
    void (*one)(struct codec at, size_t i))
{
	struct slice_walk w = slice_walk(slice_get(at.in, name));
	struct codec element = { .p = at.p };
	int more = 0;

	if (at.j != NULL) {
		struct json *all = json_array(at.j, name);

		for (size_t i = 0; i < n; i++) {
			if (there != NULL && !there(at.p->s, i))
				continue;
			element.j = json_object(all, NULL);
			one(element, i);
		}
		return;
	}
	if (slice_array(&w) != 0)
		codec_wrong(at, name);
	while (!at.p->wrong && (more = slice_element(&w)) == 1 &&
	    slice_value(&w, &element.in) == 0)
		one(element, 0);
	if (more < 0)
		codec_wrong(at, name);
}
