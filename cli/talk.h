#ifndef CLI_TALK_H
#define CLI_TALK_H

#include <stddef.h>

#include "dynamodb/ddb.h"

struct lock;

/*
 * All talk: lines on standard error, "ttlsweep: …", from any thread, never
 * through the line of progress that may stand there. Bytes of the table in
 * them are made harmless: none ends a line.
 */
struct talk {
	struct lock *lock;
	int level;  /* -1 quiet, 0, 1 -v, 2 -vv */
	bool drawn; /* a line of progress stands on the terminal */
};

void talk_init(struct talk *t, int level);
void talk_release(struct talk *t);

/* Said unless -q. */
void talk_note(struct talk *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Always said. */
void talk_warn(struct talk *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The client's own (struct ddb_options.log); ${ctx} is a struct talk. */
void talk_log(void *ctx, enum ddb_log_level level, const char *text);

/* Draw ${p}[0..n) as the line of progress, or erase it (${n} 0). */
void talk_draw(struct talk *t, const char *p, size_t n);
/* Write ${p}[0..n), whole lines, to standard error. */
void talk_write(struct talk *t, const char *p, size_t n);

#endif
