#ifndef LIB_BASE_THREAD_H
#define LIB_BASE_THREAD_H

#include <stdbool.h>

/* A mutex and the condition that goes with it. */
struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *l);
void lock_enter(struct lock *l);
void lock_leave(struct lock *l);
/* Call these with the lock held: sleep until lock_wake; wake all sleepers. */
void lock_wait(struct lock *l);
void lock_wake(struct lock *l);

/*
 * Run ${fn}(ctx, i) for i in 0..n-1, each on its own thread, and return when
 * all have returned. Meanwhile call ${tick}(tick_ctx) (may be NULL) on the
 * calling thread, about ten times a second. Signals are handled on the calling
 * thread. When the system has no more threads, the other calls are made one by
 * one on the calling thread after that: no call may wait for another to begin.
 */
void threads_run(int n, void (*fn)(void *ctx, int i), void *ctx,
    void (*tick)(void *tick_ctx), void *tick_ctx);

/* Run ${fn}(ctx) on a thread of its own until it returns. NULL where the system
 * has no thread left. */
struct thread;
struct thread *thread_start(void (*fn)(void *ctx), void *ctx);
/* Wait until it has returned. */
void thread_join(struct thread *t);

#endif
