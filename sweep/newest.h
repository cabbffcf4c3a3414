#ifndef SWEEP_NEWEST_H
#define SWEEP_NEWEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct item;

/*
 * Which of several images of an entry, spread over files, is the newest one.
 * All files are walked in the same order each time: once to see which keys
 * occur more than once, then once a round to weigh the images of these. What
 * it keeps in memory is two bits of a filter and one of the answer for each
 * image, and the keys of one round.
 */
struct newest;

/* ${bytes}: what the files hold, about, for the size of the filter; ${most}:
 * keys that a round may hold (NEWEST_MOST, but for tests). */
#define NEWEST_MOST ((size_t)1 << 18)
struct newest *newest_new(int64_t bytes, size_t most);
/* The first walk: one more image; images are numbered from 0. */
void newest_see(struct newest *n, const struct item *item);
/* How many were seen so far. */
int64_t newest_seen(const struct newest *n);
/* After the first walk: how many more are needed; 0 when all keys differ. */
int newest_rounds(struct newest *n);
/* Walk ${round}, from 0, begins. */
void newest_begin(struct newest *n, int round);
/* Image number ${image} is of time ${at_us}; of two of the same time the one
 * with the lower number is taken. */
void newest_weigh(struct newest *n, const struct item *item, int64_t at_us,
    int64_t image);
/* After all rounds: whether there is a newer image of this one's entry. What
 * the first walk did not see is not old. */
bool newest_is_old(const struct newest *n, int64_t image);
/* NULL is fine. */
void newest_free(struct newest *n);

#endif
