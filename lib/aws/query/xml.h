#ifndef LIB_AWS_QUERY_XML_H
#define LIB_AWS_QUERY_XML_H

#include "lib/base/slice.h"

struct fault;

/*
 * The replies of STS and CloudFormation. Names are without their prefix. A
 * document type, and so every entity of its own, is refused; so are documents
 * of more than 32 levels or 100 000 elements.
 */
struct xml; /* an element; a document is its root */

/* NULL, with FAULT_DATA, when ${text} is not a well-formed document. */
struct xml *xml_parse(struct slice text, struct fault *f);
/* Also wipes it: a reply may contain keys. */
void xml_free(struct xml *x);

/* The element at ${path}, "Result/Credentials", below ${at} (NULL: nothing is);
 * the first of each name. NULL when there is none. Borrowed. */
const struct xml *xml_find(const struct xml *at, const char *path);
/* The next one of the same name beside ${e}, NULL after the last. */
const struct xml *xml_next(const struct xml *e);

/* The text of the element at ${path} ("": ${at} itself) without the white
 * space around it, "" when it is empty; NULL when there is no such element.
 * Borrowed. */
const char *xml_text(const struct xml *at, const char *path);

#endif
