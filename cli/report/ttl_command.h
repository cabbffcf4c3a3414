#ifndef CLI_REPORT_TTL_COMMAND_H
#define CLI_REPORT_TTL_COMMAND_H

#include <stdbool.h>

struct buf;
struct report_place;

/*
 * Add the AWS CLI's command that switches TTL ${on}, or off, for ${attribute}
 * of the table at ${place}: with its region, endpoint and profile, so that it
 * never acts on a table of the same name elsewhere. Pure.
 */
void ttl_command(struct buf *out, const struct report_place *place, bool on,
    const char *attribute);

#endif
