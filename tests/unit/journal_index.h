#ifndef TESTS_UNIT_JOURNAL_INDEX_H
#define TESTS_UNIT_JOURNAL_INDEX_H

#include "export/journal_format.h"
#include "lib/stream/lines.h"

/* Read the journal ${path} from end to end. */
static inline int
index_of(struct journal_index *ix, const char *path, struct fault *f)
{
	struct lines *l = lines_open(path, f);
	int rc = l != NULL ? journal_index_read(ix, l, f) : -1;

	lines_close(l);
	return rc;
}

#endif
