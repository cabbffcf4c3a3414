#ifndef CLI_CONTEXT_LIMITS_H
#define CLI_CONTEXT_LIMITS_H

struct ceilings;
struct context;
struct fault;

/* The ceilings that the options of a write ask for, with the price of
 * --price, which is the context's from here on. -1 where a cost is to be held
 * against a price that is not known. */
int limits_read(struct ceilings *c, struct context *x, struct fault *f);
/* What is given to entries as their TTL (--extend-ttl, --ttl-for-missing) is
 * read as a moment again, by the time that the context judges by. */
int limits_ttl(const struct context *c, struct fault *f);

#endif
