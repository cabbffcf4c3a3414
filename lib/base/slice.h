#ifndef LIB_BASE_SLICE_H
#define LIB_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define SLICE_DEPTH 80

/*
 * A borrowed range of bytes, and a scanner for JSON (RFC 8259) that never
 * copies or allocates. It checks the whole grammar, UTF-8 included, and refuses
 * nesting deeper than SLICE_DEPTH. It returns ranges of the text itself, so
 * that a key goes back to the service byte for byte: cJSON would read
 * "a\u0000b" as "a", and a delete could hit another entry.
 *
 * p == NULL means "absent". Strings come without quotes but with their escapes,
 * all other values whole.
 */
struct slice {
	const char *p;
	size_t n;
};

/* The literal ${s} as a slice. */
#define SLICE(s) ((struct slice){ (s), sizeof(s) - 1 })
/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).n, (s).p

struct slice slice_str(const char *s);

/* 0 if ${doc} is one JSON value, with or without white space around it. Else
 * -1, and ${where} (may be NULL) is the offset of the wrong byte. Pure. */
int slice_check(struct slice doc, size_t *where);

/*
 * A walk through one document. w.p is at the next byte to read; after a -1 it
 * is at the wrong byte, and the walk is over.
 */
struct slice_walk {
	const char *p;
	const char *end;
	int depth;
	bool fresh; /* just after a '{' or '[' */
};

struct slice_walk slice_walk(struct slice doc);
/* Step into an object (or array): 0, or -1 when the next value is not one. */
int slice_object(struct slice_walk *w);
int slice_array(struct slice_walk *w);
/* The next member: 1 with its name and the walk at its value, which must be
 * read or stepped into before the next call; 0 after the closing brace; -1. */
int slice_member(struct slice_walk *w, struct slice *name);
/* The next element: 1 with the walk at it; 0 after the bracket; -1. */
int slice_element(struct slice_walk *w);
/* Read and check one value of any kind, quotes included. */
int slice_value(struct slice_walk *w, struct slice *value);
/* Read a string; ${text} is what is between the quotes. */
int slice_string(struct slice_walk *w, struct slice *text);
/* 0 if only white space is left, or -1. */
int slice_end(struct slice_walk *w);

/*
 * Below, ${text} is what is between the quotes of a checked string. A lone
 * surrogate (\ud800) reads as U+FFFD.
 */
/* Bytes of the decoded text. Pure. */
size_t slice_text_length(struct slice text);
/* Add the decoded text to ${out}. */
void slice_text_decode(struct buf *out, struct slice text);
/* Whether the decoded text is exactly ${p}[0..n). Pure. */
bool slice_text_is(struct slice text, const char *p, size_t n);
/* Add ${p}[0..n) to ${out} as a JSON string with quotes. Bytes that are not
 * UTF-8 become U+FFFD. */
void slice_text_encode(struct buf *out, const char *p, size_t n);

/* The value of the first member ${name} of the checked ${object}, or p NULL.
 * Linear. Pure. */
struct slice slice_get(struct slice object, const char *name);
/* The decoded text of a checked string value as a C string, truncated to
 * ${size} and at a NUL; "" if it is not a string. For messages and names. */
void slice_copy(char *out, size_t size, struct slice value);
/* A checked string value without its quotes, or p NULL. Pure. */
struct slice slice_unquote(struct slice value);
/* Read a checked value that is an integer, or one in quotes: 0, or -1. */
int slice_int(struct slice value, int64_t *v);

/* Whether two values differ at most in white space, order of members, and
 * escapes. Pure. */
bool slice_same(struct slice a, struct slice b);

#endif
