#ifndef LIB_AWS_DOC_H
#define LIB_AWS_DOC_H

#include <stdint.h>

struct buf;
struct fault;

/*
 * A small JSON object that may contain keys or tokens, so it is wiped when it
 * is freed. Values are looked up by two names, the first NULL for those at the
 * top: doc_text(d, "roleCredentials", "accessKeyId").
 */
struct doc;

/* NULL, with FAULT_DATA, when ${text} is not one JSON object; the fault shows
 * no byte of it. */
struct doc *doc_parse(const struct buf *text, struct fault *f);
/* A whole file, up to 1 MiB. NULL with FAULT_NOT_FOUND when there is none,
 * with FAULT_IO when it cannot be read. */
struct doc *doc_load(const char *path, struct fault *f);
void doc_free(struct doc *d);

/* A string; NULL when there is none (or no ${d}), or an empty one. Borrowed. */
const char *doc_text(const struct doc *d, const char *outer, const char *name);
/* A whole number, 0 or more; else -1. */
int64_t doc_int(const struct doc *d, const char *outer, const char *name);

/* Set a string at the top. */
void doc_set(struct doc *d, const char *name, const char *value);
/* Add the document as JSON to ${out}, which the caller wipes. */
void doc_print(const struct doc *d, struct buf *out);

#endif
