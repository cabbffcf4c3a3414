#ifndef CLI_LOG_H
#define CLI_LOG_H

#include <stddef.h>

#include "lib/dynamodb/client.h"

struct fault;
struct lock;

/*
 * All messages: lines on standard error, "ttlsweep: …", from any thread. The
 * line of progress is erased first. Control bytes in them are escaped. A
 * terminal gets them broken at words, but for notes and warnings that contain a
 * command.
 */
struct log {
	struct lock *lock;
	int level;  /* -1 quiet, 0, 1 -v, 2 -vv */
	bool drawn; /* the terminal shows a line of progress */
};

void log_init(struct log *t, int level);
void log_release(struct log *t);

/* Unless -q. */
void log_note(struct log *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Always. */
void log_warn(struct log *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The text of ${f}, if any. */
void log_fault(struct log *t, const struct fault *f);
/* The same before other lines; ${f} has no text then, so that it is written
 * only once. */
void log_fault_first(struct log *t, struct fault *f);
/* As log of struct ddb_options; ${ctx} is a struct log. */
void log_hook(void *ctx, enum log_level level, const char *text);

/* Show ${p}[0..n) as the line of progress; erase it if ${n} is 0. */
void log_draw(struct log *t, const char *p, size_t n);
/* Write ${p}[0..n), whole lines, to standard error. */
void log_write(struct log *t, const char *p, size_t n);

#endif
