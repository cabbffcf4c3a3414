#ifndef CLI_COMMAND_RESUME_HINT_H
#define CLI_COMMAND_RESUME_HINT_H

struct buf;
struct options;
struct sweep_totals;

/*
 * Add what a run that was stopped has to say about the next one: the command
 * that goes on, with another name where its journal's is taken now; or what
 * has to be changed, where the same command would stop at the same place.
 * Nothing where nobody can tell. Looks at the disk for a free name.
 */
void resume_hint(struct buf *out, const struct options *o,
    const struct sweep_totals *t);

#endif
