#ifndef CLI_CONTEXT_UNDO_H
#define CLI_CONTEXT_UNDO_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct context;
struct fault;
struct options;

/* The undo of a purge or repair: its journal, before there is one. */
struct undo {
	char *journal; /* its path; NULL: none. The caller frees it */
	bool numbered; /* it is a default one */
};

/* Where the journal of ${table} goes, by the options, at the time ${now}.
 * Without ${execute} (a dry run, doctor) nothing is made, and -1 shows what
 * would be wrong; journal is set where it is known all the same. */
int undo_choose(struct undo *u, const struct options *o, const char *table,
    int64_t now, bool execute, struct fault *f);
/* The command that puts back what is in ${journal}, whole: it does so when it
 * is pasted into a shell. The caller frees it. */
char *undo_command(const struct context *c, const char *journal);
/* Add ${path} as one word for a POSIX shell, of bytes that are shown as they
 * are: others are written in octal. A line end at its very end is lost. */
void undo_quote(struct buf *out, const char *path);
/* Whether a journal of ${need} bytes is sure to fit into ${space} (-1: not
 * known). Pure. */
bool undo_fits(double need, int64_t space);
/* Whether a purge refuses where it does not: not where the user chose the
 * place, or how much is deleted. Pure. */
bool undo_refuses(const struct options *o);

#endif
