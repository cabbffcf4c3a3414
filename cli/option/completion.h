#ifndef CLI_OPTION_COMPLETION_H
#define CLI_OPTION_COMPLETION_H

#include <stddef.h>

struct buf;
struct command;

/*
 * The shells' completion scripts are short: they ask the binary what may
 * follow, with "ttlsweep __complete WORD…", so that every shell offers the
 * same and none knows an option.
 *
 * Add to ${out} the answer for ${words}[0..n), the words behind the program's
 * name up to the one under the cursor, which comes last and may be empty. The
 * answer's first line says what to do with the rest:
 *
 *   words      offer the lines that follow
 *   list       the same, but more may follow each: no space behind it
 *   file       offer file names
 *   directory  offer directory names
 *
 * A line is a word, and behind a tab what it means, where there is something
 * to say. Only words that begin like the last of ${words} are there.
 */
void completion_offer(struct buf *out, const struct command *const *commands,
    char *const *words, size_t n);

#endif
