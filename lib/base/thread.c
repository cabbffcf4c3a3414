#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/thread.h"

/* 256 workers stay cheap: a worker's deep frames are libcurl's and OpenSSL's,
 * well below this; pages and items live on the heap. */
#define WORKER_STACK ((size_t)512 << 10)
#define TICK_NS 100000000L

struct lock {
	pthread_mutex_t mutex;
	pthread_cond_t woken; /* by CLOCK_MONOTONIC */
};

/* Only a bug makes these fail, and continuing without the lock would harm. */
static void
must(int error)
{
	if (error != 0)
		abort();
}

struct lock *
lock_new(void)
{
	struct lock *l = xmalloc(sizeof(*l));
	pthread_condattr_t attr;

	must(pthread_mutex_init(&l->mutex, NULL));
	must(pthread_condattr_init(&attr));
	must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	must(pthread_cond_init(&l->woken, &attr));
	must(pthread_condattr_destroy(&attr));
	return l;
}

void
lock_free(struct lock *l)
{
	if (l == NULL)
		return;
	must(pthread_cond_destroy(&l->woken));
	must(pthread_mutex_destroy(&l->mutex));
	free(l);
}

void
lock_enter(struct lock *l)
{
	must(pthread_mutex_lock(&l->mutex));
}

void
lock_leave(struct lock *l)
{
	must(pthread_mutex_unlock(&l->mutex));
}

void
lock_wait(struct lock *l)
{
	must(pthread_cond_wait(&l->woken, &l->mutex));
}

void
lock_wake(struct lock *l)
{
	must(pthread_cond_broadcast(&l->woken));
}

/* What the threads of one threads_run share. */
struct crew {
	void (*fn)(void *ctx, int i);
	void *ctx;
	struct lock *lock;
	int running; /* the lock is woken when it becomes 0 */
};

struct worker {
	struct crew *crew;
	pthread_t thread;
	int i;
};

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct crew *crew = w->crew;

	crew->fn(crew->ctx, w->i);
	lock_enter(crew->lock);
	if (--crew->running == 0)
		lock_wake(crew->lock);
	lock_leave(crew->lock);
	return NULL;
}

/* All signals except those that a thread causes by its own error. */
static void
signals_of_others(sigset_t *set)
{
	static const int own[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV,
		SIGSYS, SIGTRAP };

	(void)sigfillset(set);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigdelset(set, own[i]);
}

/* As pthread_create, for one that leaves the signals to others. */
static int
create(pthread_t *thread, void *(*main)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t blocked, before;
	int error;

	must(pthread_attr_init(&attr));
	/* if the system wants a larger stack, its default is used */
	(void)pthread_attr_setstacksize(&attr, WORKER_STACK);
	signals_of_others(&blocked);
	must(pthread_sigmask(SIG_SETMASK, &blocked, &before));
	error = pthread_create(thread, &attr, main, arg);
	must(pthread_sigmask(SIG_SETMASK, &before, NULL));
	must(pthread_attr_destroy(&attr));
	return error;
}

/* Start workers 0, 1, … until the system has no more threads. Returns how many
 * were started. */
static int
crew_start(struct crew *crew, struct worker *list, int n)
{
	int i;

	lock_enter(crew->lock);
	for (i = 0; i < n; i++) {
		list[i] = (struct worker){ .crew = crew, .i = i };
		if (create(&list[i].thread, worker_main, &list[i]) != 0)
			break;
	}
	crew->running = i;
	lock_leave(crew->lock);
	return i;
}

/* A signal's handler runs inside the wait and does not end it; the next tick
 * sees what it did. */
static void
crew_wait(struct crew *crew, void (*tick)(void *tick_ctx), void *tick_ctx)
{
	struct timespec until;

	lock_enter(crew->lock);
	while (crew->running > 0) {
		int error = 0;

		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_NS;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		while (crew->running > 0 && error == 0)
			error = pthread_cond_timedwait(&crew->lock->woken,
			    &crew->lock->mutex, &until);
		if (error != ETIMEDOUT)
			must(error);
		lock_leave(crew->lock);
		if (tick != NULL)
			tick(tick_ctx);
		lock_enter(crew->lock);
	}
	lock_leave(crew->lock);
}

void
threads_run(int n, void (*fn)(void *ctx, int i), void *ctx,
    void (*tick)(void *tick_ctx), void *tick_ctx)
{
	struct crew crew = { .fn = fn, .ctx = ctx };
	struct worker *list;
	int started;

	if (n <= 0)
		return;
	list = xreallocarray(NULL, (size_t)n, sizeof(*list));
	crew.lock = lock_new();
	started = crew_start(&crew, list, n);
	crew_wait(&crew, tick, tick_ctx);
	for (int i = 0; i < started; i++)
		must(pthread_join(list[i].thread, NULL));
	for (int i = started; i < n; i++) {
		fn(ctx, i);
		if (tick != NULL)
			tick(tick_ctx);
	}
	lock_free(crew.lock);
	free(list);
}

struct thread {
	pthread_t thread;
	void (*fn)(void *ctx);
	void *ctx;
};

static void *
thread_main(void *arg)
{
	struct thread *t = arg;

	t->fn(t->ctx);
	return NULL;
}

struct thread *
thread_start(void (*fn)(void *ctx), void *ctx)
{
	struct thread *t = xcalloc(1, sizeof(*t));

	t->fn = fn;
	t->ctx = ctx;
	if (create(&t->thread, thread_main, t) == 0)
		return t;
	free(t);
	return NULL;
}

void
thread_join(struct thread *t)
{
	if (t == NULL)
		return;
	must(pthread_join(t->thread, NULL));
	free(t);
}
