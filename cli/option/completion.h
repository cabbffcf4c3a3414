#ifndef CLI_OPTION_COMPLETION_H
#define CLI_OPTION_COMPLETION_H

#include <stddef.h>

struct buf;
struct command;

/*
 * The shells' completion scripts only run "ttlsweep __complete WORD…", so that
 * all shells offer the same and none knows an option.
 *
 * Add to ${out} the answer for ${words}[0..n), the words after the program's
 * name up to the one under the cursor, which may be empty. The first line says
 * what to do with the others:
 *
 *   words      offer them
 *   list       offer them without a space, as more may follow
 *   file       offer file names
 *   directory  offer directory names
 *
 * A line is a word and, after a tab, its meaning if there is one to show. Only
 * words with the beginning of the last of ${words} are offered.
 */
void completion_offer(struct buf *out, const struct command *const *commands,
    char *const *words, size_t n);

#endif
