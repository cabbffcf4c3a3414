#ifndef EXPORT_SEALED_H
#define EXPORT_SEALED_H

#include <stddef.h>
#include <stdint.h>

struct cms_recipients;
struct fault;
struct place;

/*
 * An encrypted export: one file, or FILE, FILE.0002, FILE.0003 … when it is
 * longer than a message may be (export/cms.h). None has its name before all
 * are whole.
 */
struct sealed;

/* ${first} is opened, and owned by it from here on, also after a failure.
 * ${to} is borrowed; ${part} 0: CMS_PART. */
struct sealed *sealed_open(struct place *first, const struct cms_recipients *to,
    int64_t part, struct fault *f);
int sealed_write(struct sealed *s, const void *p, size_t n, struct fault *f);
/* End the last one and give all their names. Call sealed_discard
 * afterwards. */
int sealed_finish(struct sealed *s, struct fault *f);
/* Remove what has no name yet, free; NULL is fine. */
void sealed_discard(struct sealed *s);

#endif
