#ifndef SWEEP_RESTORE_LOOK_H
#define SWEEP_RESTORE_LOOK_H

struct fault;
struct images;
struct restore;
struct sweep_totals;

/* A dry run of restore_run, all of whose files were checked: look which keys
 * are in use, without writing. 0, 1, -1 and totals as there. */
int restore_look(const struct restore *r, struct images *images,
    struct sweep_totals *totals, struct fault *f);

#endif
