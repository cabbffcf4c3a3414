#ifndef CLI_LOG_H
#define CLI_LOG_H

#include <stddef.h>

#include "lib/dynamodb/client.h"

struct lock;

/*
 * All messages: lines on standard error, "ttlsweep: …", from any thread, never
 * through the line of progress that may stand there. Bytes of the table in
 * them are made harmless: none ends a line.
 */
struct log {
	struct lock *lock;
	int level;  /* -1 quiet, 0, 1 -v, 2 -vv */
	bool drawn; /* a line of progress stands on the terminal */
};

void log_init(struct log *t, int level);
void log_release(struct log *t);

/* Said unless -q. */
void log_note(struct log *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Always said. */
void log_warn(struct log *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The client's own (struct ddb_options.log); ${ctx} is a struct log. */
void log_hook(void *ctx, enum log_level level, const char *text);

/* Draw ${p}[0..n) as the line of progress, or erase it (${n} 0). */
void log_draw(struct log *t, const char *p, size_t n);
/* Write ${p}[0..n), whole lines, to standard error. */
void log_write(struct log *t, const char *p, size_t n);

#endif
