#ifndef LIB_STREAM_CMS_READ_H
#define LIB_STREAM_CMS_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cms_key;
struct fault;

/*
 * An encrypted message (lib/stream/cms.h) being read, in memory that hardly
 * grows with it and without a copy of it in the clear: it is gone through
 * twice. The first time its tag is verified and check sums of its pieces are
 * kept; the second time a piece is handed out when it is still the same. So
 * nothing is handed out that the tag does not hold for.
 */
struct cms_read;

/* Whether a CMS message begins with these bytes; CMS_READ_HEAD of them are
 * enough to tell. Pure. */
#define CMS_READ_HEAD 24
bool cms_read_is(const void *p, size_t n);

/* Where to read. All borrowed. */
struct cms_source {
	int fd; /* a file, … */
	off_t from;
	const char *name; /* for messages */
	bool follows;     /* when it is full, it goes on in name.0002 */
	const struct cms_key *key; /* NULL: that is the fault */
	int64_t part;              /* 0: CMS_PART */
};

/* The first message is verified already. */
struct cms_read *cms_read_open(const struct cms_source *s, struct fault *f);
/* Up to ${room} bytes of the text: how many, 0 at the end, -1. */
int cms_read_some(struct cms_read *r, unsigned char *to, size_t room,
    struct fault *f);
/* Begin again. */
int cms_read_rewind(struct cms_read *r, struct fault *f);
void cms_read_close(struct cms_read *r);

/* The name of the ${n}th file of an export whose first is ${path}; the
 * caller's. Pure. */
char *cms_read_part(const char *path, int n);

#endif
