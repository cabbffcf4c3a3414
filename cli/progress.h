#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pass_progress;

/* How far a pass is. It knows neither clock nor terminal: time is an argument,
 * and the text goes to a function. */
struct progress;

enum progress_mode {
	PROGRESS_OFF,
	PROGRESS_DRAW,  /* one line, drawn again at most 4 times a second */
	PROGRESS_LINES, /* a line a second (--progress always, no terminal) */
	PROGRESS_BEAT   /* a line a minute, for logs */
};

struct progress_options {
	enum progress_mode mode;
	const char *verb;    /* "scanned" */
	const char *matched; /* "matched"; NULL: not shown */
	const char *written; /* "deleted"; NULL: not shown */
	int64_t expected;    /* entries, by an old count; 0: unknown, use the
				segments; -1: unknown */
	bool exact;          /* exactly so many */
	/* Write a whole line; PROGRESS_DRAW: draw it, or erase it (${n} 0). */
	void (*put)(void *ctx, const char *p, size_t n);
	/* Cells in a line now; 0: do not draw (we are in the background).
	 * NULL: 80. */
	int (*width)(void *ctx);
	void *ctx;
};

/* NULL with PROGRESS_OFF, which the other functions accept. */
struct progress *progress_start(const struct progress_options *o,
    int64_t now_us);
void progress_tick(struct progress *p, int64_t now_us,
    const struct pass_progress *at);
/* Erase the line and free. */
void progress_stop(struct progress *p);

#endif
