#ifndef CLI_COMMAND_SWEEPING_H
#define CLI_COMMAND_SWEEPING_H

#include "sweep/purge.h"

struct fault;
struct options;
struct log;

/* What purge and repair are made of: the same run with another action.
 * Returns what a command's run does. */
int sweeping_run(const struct options *o, struct log *log,
    enum purge_action action, struct fault *f);

#endif
