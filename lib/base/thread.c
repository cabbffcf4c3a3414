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
	pthread_cond_t woken;
};

/* Only a bug makes these fail, and going on without the lock would harm. */
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

	must(pthread_mutex_init(&l->mutex, NULL));
	must(pthread_cond_init(&l->woken, NULL));
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
	pthread_mutex_t mutex;
	pthread_cond_t idle; /* running has become 0 */
	int running;
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
	must(pthread_mutex_lock(&crew->mutex));
	if (--crew->running == 0)
		must(pthread_cond_signal(&crew->idle));
	must(pthread_mutex_unlock(&crew->mutex));
	return NULL;
}

/* All signals but those that a thread raises by its own error. */
static void
signals_of_others(sigset_t *set)
{
	static const int own[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV,
		SIGSYS, SIGTRAP };

	(void)sigfillset(set);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigdelset(set, own[i]);
}

/* Start workers 0, 1, … until the system has no thread left; how many. */
static int
crew_start(struct crew *crew, struct worker *list, int n)
{
	pthread_attr_t attr;
	sigset_t blocked, before;
	int i;

	must(pthread_attr_init(&attr));
	/* Where the system wants a larger stack than this, its default. */
	(void)pthread_attr_setstacksize(&attr, WORKER_STACK);
	signals_of_others(&blocked);
	must(pthread_sigmask(SIG_SETMASK, &blocked, &before));
	must(pthread_mutex_lock(&crew->mutex));
	for (i = 0; i < n; i++) {
		list[i] = (struct worker){ .crew = crew, .i = i };
		if (pthread_create(&list[i].thread, &attr, worker_main,
			&list[i]) != 0)
			break;
	}
	crew->running = i;
	must(pthread_mutex_unlock(&crew->mutex));
	must(pthread_sigmask(SIG_SETMASK, &before, NULL));
	must(pthread_attr_destroy(&attr));
	return i;
}

/*
 * A signal's handler runs inside the wait and does not end it: the next tick
 * sees what it left, so ticks come at a fixed pace however it is.
 */
static void
crew_wait(struct crew *crew, void (*tick)(void *tick_ctx), void *tick_ctx)
{
	struct timespec until;

	must(pthread_mutex_lock(&crew->mutex));
	while (crew->running > 0) {
		int error = 0;

		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_NS;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		while (crew->running > 0 && error == 0)
			error = pthread_cond_timedwait(&crew->idle,
			    &crew->mutex, &until);
		if (error != 0 && error != ETIMEDOUT)
			must(error);
		must(pthread_mutex_unlock(&crew->mutex));
		if (tick != NULL)
			tick(tick_ctx);
		must(pthread_mutex_lock(&crew->mutex));
	}
	must(pthread_mutex_unlock(&crew->mutex));
}

void
threads_run(int n, void (*fn)(void *ctx, int i), void *ctx,
    void (*tick)(void *tick_ctx), void *tick_ctx)
{
	struct crew crew = { .fn = fn, .ctx = ctx };
	struct worker *list;
	pthread_condattr_t attr;
	int started;

	if (n <= 0)
		return;
	list = xreallocarray(NULL, (size_t)n, sizeof(*list));
	must(pthread_mutex_init(&crew.mutex, NULL));
	must(pthread_condattr_init(&attr));
	must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	must(pthread_cond_init(&crew.idle, &attr));
	must(pthread_condattr_destroy(&attr));

	started = crew_start(&crew, list, n);
	crew_wait(&crew, tick, tick_ctx);
	for (int i = 0; i < started; i++)
		must(pthread_join(list[i].thread, NULL));
	for (int i = started; i < n; i++) {
		fn(ctx, i);
		if (tick != NULL)
			tick(tick_ctx);
	}

	must(pthread_cond_destroy(&crew.idle));
	must(pthread_mutex_destroy(&crew.mutex));
	free(list);
}
