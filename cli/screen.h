#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Lines that ${text}[0..n), whole lines, takes where ${columns} fit into each.
 * Colours take no room. Pure. */
int screen_lines(const char *text, size_t n, int columns);

/*
 * Add ${text}[0..n), harmless whole lines, to ${out} so that it takes the
 * place of what stood on a terminal of ${rows} lines of ${columns}, without a
 * flicker; what has no room is cut, and the last line says so. ${first}: wipe
 * all first. Pure.
 */
void screen_draw(struct buf *out, const char *text, size_t n, int rows,
    int columns, bool first);

#endif
