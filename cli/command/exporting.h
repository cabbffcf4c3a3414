#ifndef CLI_COMMAND_EXPORTING_H
#define CLI_COMMAND_EXPORTING_H

#include <stdbool.h>

#include "cli/command/rows.h"
#include "cli/context/context.h"
#include "export/column.h"

struct cms_recipients;
struct fault;
struct format;
struct options;

/* An export under way: what its ways of writing (cli/export_*.c) share. */
struct exporting {
	struct context context;
	const struct format *format;
	struct columns columns;
	struct cms_recipients *to; /* NULL: not encrypted */
	struct rows_options rows;
	struct pass_progress done;
};

/* Whether -o names a file or directory, not standard output. */
bool exporting_to_file(const struct options *o);
/* The pass over all entries: as pass_run. */
int exporting_pass(struct exporting *x, const struct pass_sink *sink,
    struct fault *f);
/* "N entries written to FILE (SIZE…)", unless it is standard output. */
void exporting_tell(const struct exporting *x, int64_t entries, int64_t bytes,
    bool packed);

/* --checkpoint: to FILE.part, until it is whole. 0 or -1. */
int export_part(struct exporting *x, struct fault *f);
/* --layout s3: to a folder. 0 or -1. */
int export_s3(struct exporting *x, struct fault *f);

#endif
