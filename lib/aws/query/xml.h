#ifndef LIB_AWS_QUERY_XML_H
#define LIB_AWS_QUERY_XML_H

#include "lib/base/slice.h"

struct fault;

/*
 * The replies of the services that speak XML: STS and CloudFormation. Names
 * are without their prefix (namespaces tell nothing here). A document type,
 * and with it every entity of its own, is refused; so are documents of more
 * than 32 levels or 100 000 elements.
 */
struct xml;
struct xml_element;

/* NULL, with FAULT_DATA, when ${text} is not a well-formed document. */
struct xml *xml_parse(struct slice text, struct fault *f);
/* Wipes what it held: a reply may have keys in it. NULL is fine. */
void xml_free(struct xml *x);

const struct xml_element *xml_root(const struct xml *x);

/*
 * The element at ${path}, "Result/Credentials", below ${at}: of each name the
 * first. NULL when there is none. Borrowed from the document.
 */
const struct xml_element *xml_find(const struct xml_element *at,
    const char *path);
/* The next one of the same name beside ${e}, NULL past the last. */
const struct xml_element *xml_next(const struct xml_element *e);

/* The text of the element at ${path} ("": ${at} itself) without the white
 * space around it, "" when it is empty; NULL when there is no such element.
 * Borrowed. */
const char *xml_text(const struct xml_element *at, const char *path);

#endif
