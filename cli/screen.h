#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* How many lines of ${columns} cells ${text}[0..n), whole lines, takes on a
 * terminal. Colours take no room. Pure. */
int screen_lines(const char *text, size_t n, int columns);

/*
 * Add ${text}[0..n), escaped whole lines, to ${out} so that it replaces the
 * screen of a terminal of ${rows} lines of ${columns} without flicker. Lines
 * without room are left out, but for the last, and the one before it says how
 * many. ${first}: clear the screen first. Pure.
 */
void screen_draw(struct buf *out, const char *text, size_t n, int rows,
    int columns, bool first);

#endif
