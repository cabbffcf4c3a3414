#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/query/xml.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

#define DEPTH_MAX 32
#define ELEMENTS_MAX 100000

struct xml {
	char *name;
	struct buf text; /* its own, of all its parts */
	struct xml *parent, *child, *last, *next;
};

/* A document being read. */
struct reader {
	XML_Parser parser;
	struct xml *root, *at;
	int depth, count;
	const char *why; /* it was refused */
};

/* One more call may follow, for the end of an empty element. */
static void
stop(struct reader *r, const char *why)
{
	r->why = why;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL
on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = ctx;
	const char *colon = strrchr(name, ':');
	struct xml *e;

	(void)attributes;
	if (r->why != NULL)
		return;
	if (++r->depth > DEPTH_MAX) {
		stop(r, "nested too deeply");
		return;
	}
	if (++r->count > ELEMENTS_MAX) {
		stop(r, "too many elements");
		return;
	}
	e = xcalloc(1, sizeof(*e));
	e->name = xstrdup(colon != NULL ? colon + 1 : name);
	e->parent = r->at;
	if (r->at == NULL)
		r->root = e;
	else if (r->at->last == NULL)
		r->at->child = e;
	else
		r->at->last->next = e;
	if (r->at != NULL)
		r->at->last = e;
	r->at = e;
}

/* ${b} without the white space around it. */
static void
trim(struct buf *b)
{
	static const char blank[] = " \t\r\n";
	size_t skip = strspn(buf_text(b), blank);

	while (b->n > 0 && strchr(blank, b->p[b->n - 1]) != NULL)
		b->p[--b->n] = '\0';
	if (skip > 0 && skip < b->n) {
		memmove(b->p, b->p + skip, b->n - skip + 1);
		b->n -= skip;
	}
}

static void XMLCALL
on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;

	(void)name;
	if (r->why != NULL)
		return;
	trim(&r->at->text);
	r->at = r->at->parent;
	r->depth--;
}

static void XMLCALL
on_text(void *ctx, const XML_Char *p, int n)
{
	struct reader *r = ctx;

	if (r->at != NULL && r->why == NULL)
		buf_add(&r->at->text, p, (size_t)n);
}

static void XMLCALL
on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
    const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(ctx, "it has a document type");
}

/* Without recursion, as the input decides how deep it is. */
void
xml_free(struct xml *e)
{
	while (e != NULL) {
		struct xml *up = e->parent, *next = e->next;

		if (e->child != NULL) {
			next = e->child;
			e->child = NULL;
			e = next;
			continue;
		}
		crypto_wipe(e->text.p, e->text.n);
		buf_release(&e->text);
		free(e->name);
		free(e);
		e = next != NULL ? next : up;
	}
}

struct xml *
xml_parse(struct slice text, struct fault *f)
{
	struct reader r = { .parser = XML_ParserCreate(NULL) };
	enum XML_Status ok;

	if (r.parser == NULL) {
		(void)fault(f, FAULT_DATA, "expat cannot be started");
		return NULL;
	}
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	ok = text.n > INT_MAX
	    ? XML_STATUS_ERROR
	    : XML_Parse(r.parser, text.n > 0 ? text.p : "", (int)text.n, 1);
	if (ok != XML_STATUS_OK) {
		(void)fault(f, FAULT_DATA, "the reply is not XML: %s",
		    r.why != NULL
			? r.why
			: XML_ErrorString(XML_GetErrorCode(r.parser)));
		xml_free(r.root);
		r.root = NULL;
	}
	XML_ParserFree(r.parser);
	return r.root;
}

static const struct xml *
named(const struct xml *e, const char *name, size_t n)
{
	while (
	    e != NULL && (strncmp(e->name, name, n) != 0 || e->name[n] != '\0'))
		e = e->next;
	return e;
}

const struct xml *
xml_find(const struct xml *at, const char *path)
{
	while (at != NULL && *path != '\0') {
		size_t n = strcspn(path, "/");

		at = named(at->child, path, n);
		path += n + (path[n] == '/');
	}
	return at;
}

const struct xml *
xml_next(const struct xml *e)
{
	return named(e->next, e->name, strlen(e->name));
}

const char *
xml_text(const struct xml *at, const char *path)
{
	const struct xml *e = xml_find(at, path);

	return e != NULL ? buf_text(&e->text) : NULL;
}
