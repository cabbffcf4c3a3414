#ifndef LIB_BASE_THREAD_H
#define LIB_BASE_THREAD_H

#include <stdbool.h>

/*
 * Threads, and the one lock type: pthread.h is included only by workers.c.
 * Signals stay with the main thread.
 */
struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *l);
void lock_enter(struct lock *l);
void lock_leave(struct lock *l);
/* With the lock held: sleep until lock_wake; wake all sleepers. */
void lock_wait(struct lock *l);
void lock_wake(struct lock *l);

/*
 * Run ${fn}(ctx, i) for i in 0..n-1, each on its own thread; meanwhile call
 * ${tick}(tick_ctx) (may be NULL) on the calling thread, about ten times a
 * second, so that a signal is seen within a tenth of a second. Returns when
 * all have returned, at once. Where the system has no thread left, the calls
 * that got none are made one by one on the calling thread once the others
 * have returned: no call may wait for another to begin.
 */
void threads_run(int n, void (*fn)(void *ctx, int i), void *ctx,
    void (*tick)(void *tick_ctx), void *tick_ctx);

#endif
