#ifndef LIB_STREAM_CMS_PARTS_H
#define LIB_STREAM_CMS_PARTS_H

#include <stddef.h>
#include <stdint.h>

struct cms_recipients;
struct fault;
struct outfile;

/*
 * An encrypted export: one file, or FILE, FILE.0002, FILE.0003 … when it is
 * longer than a message may be (lib/stream/cms.h). None has its name before all
 * are whole.
 */
struct cms_parts;

/* ${first} is opened, and owned by it from here on, also after a failure.
 * ${to} is borrowed; ${part} 0: CMS_PART. */
struct cms_parts *cms_parts_open(struct outfile *first,
    const struct cms_recipients *to, int64_t part, struct fault *f);
int cms_parts_write(struct cms_parts *s, const void *p, size_t n,
    struct fault *f);
/* End the last one and give all their names. Call cms_parts_discard
 * afterwards. */
int cms_parts_finish(struct cms_parts *s, struct fault *f);
/* Remove what has no name yet, free; NULL is fine. */
void cms_parts_discard(struct cms_parts *s);

#endif
