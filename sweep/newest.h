#ifndef SWEEP_NEWEST_H
#define SWEEP_NEWEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct item;

/*
 * Finds the newest of several images of an entry, spread over files. All files
 * are walked in the same order each time: once to see which keys occur more
 * than once, then once per round to compare the images of those. Memory: two
 * filters, a bit for each image, and the keys of one round.
 */
struct newest;

/* ${bytes}: about the size of the files, for the size of the filters; ${most}:
 * keys in a round (NEWEST_MOST, but for tests). */
#define NEWEST_MOST ((size_t)1 << 18)
struct newest *newest_new(int64_t bytes, size_t most);
/* The first walk: add an image. */
void newest_see(struct newest *n, const struct item *item);
/* After the first walk: how many more are needed; 0 if all keys differ. In them
 * each image has a number of its own below ${numbers}. */
int newest_rounds(struct newest *n, int64_t numbers);
/* Walk ${round}, from 0, begins. */
void newest_begin(struct newest *n, int round);
/* Image number ${image} is of time ${at_us}; of two of the same time the one
 * with the lower number counts as newer. */
void newest_weigh(struct newest *n, const struct item *item, int64_t at_us,
    int64_t image);
/* After all rounds: whether its entry has a newer image. */
bool newest_is_old(const struct newest *n, int64_t image);
void newest_free(struct newest *n);

#endif
