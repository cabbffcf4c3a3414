#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/thread.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define MOST 256

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) != 0)
		;
}

struct crowd {
	pthread_t home; /* the calling thread */
	struct lock *lock;
	int meet;         /* on threads of their own, wait for so many … */
	int ticks_wanted; /* … and ticks */
	int runs[MOST];
	bool away[MOST]; /* ran on a thread of its own */
	int here;        /* in fn right now */
	int most;        /* … at the same time */
	int ticks;
	bool tick_away;
};

static void
crowd_fn(void *ctx, int i)
{
	struct crowd *c = ctx;

	lock_enter(c->lock);
	c->runs[i]++;
	c->away[i] = !pthread_equal(pthread_self(), c->home);
	if (++c->here > c->most)
		c->most = c->here;
	lock_wake(c->lock);
	while (c->away[i] && (c->most < c->meet || c->ticks < c->ticks_wanted))
		lock_wait(c->lock);
	c->here--;
	lock_leave(c->lock);
}

static void
crowd_tick(void *ctx)
{
	struct crowd *c = ctx;

	lock_enter(c->lock);
	c->ticks++;
	lock_wake(c->lock);
	lock_leave(c->lock);
	if (!pthread_equal(pthread_self(), c->home))
		c->tick_away = true;
}

static struct crowd
crowd(int meet, int ticks_wanted)
{
	return (struct crowd){ .home = pthread_self(),
		.lock = lock_new(),
		.meet = meet,
		.ticks_wanted = ticks_wanted };
}

static void
every_index_runs_once(void **state)
{
	static const int cases[] = { 0, 1, 2, 8, MOST };

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct crowd c = crowd(0, 0);

		threads_run(cases[k], crowd_fn, &c, crowd_tick, &c);
		for (int i = 0; i < MOST; i++) {
			int want = i < cases[k];

			if (c.runs[i] != want || c.away[i] != want) {
				print_error("%d threads, number %d\n", cases[k],
				    i);
				fail();
			}
		}
		assert_false(c.tick_away);
		lock_free(c.lock);
	}
}

static void
they_run_side_by_side(void **state)
{
	struct crowd c = crowd(8, 0);

	(void)state;
	threads_run(8, crowd_fn, &c, NULL, NULL);
	assert_int_equal(c.most, 8);
	lock_free(c.lock);
}

static void
ticks_come_ten_times_a_second(void **state)
{
	struct crowd c = crowd(0, 10);
	int64_t begin = now_ms();

	(void)state;
	threads_run(2, crowd_fn, &c, crowd_tick, &c);
	/* one may come early, as the last thread ends */
	assert_in_range(c.ticks, 10, 1 + (now_ms() - begin) / 100);
	assert_false(c.tick_away);
	lock_free(c.lock);
}

static void
it_returns_when_the_last_one_ends(void **state)
{
	int64_t fastest = INT64_MAX;
	struct crowd c = crowd(3, 0);

	(void)state;
	/* waiting for a tick, each would take 100 ms */
	for (int i = 0; i < 20; i++) {
		int64_t begin = now_ms(), took;

		c.most = 0;
		threads_run(3, crowd_fn, &c, crowd_tick, &c);
		took = now_ms() - begin;
		if (took < fastest)
			fastest = took;
	}
	assert_in_range(fastest, 0, 50);
	lock_free(c.lock);
}

/* --- signals --- */

static volatile sig_atomic_t alarm_came;
static pthread_t alarm_thread;

static void
on_alarm(int sig)
{
	(void)sig;
	alarm_thread = pthread_self();
	alarm_came = 1;
}

struct watch {
	struct lock *lock;
	bool seen; /* a tick saw the signal */
	int ticks; /* since it was sent; it is seen by the first */
	bool sent;
	bool blocked; /* the worker has the signal blocked */
	bool open;    /* … but not those that it causes itself */
};

static void
watch_fn(void *ctx, int i)
{
	struct watch *w = ctx;
	sigset_t mask;

	(void)i;
	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	lock_enter(w->lock);
	w->blocked = sigismember(&mask, SIGALRM) == 1 &&
	    sigismember(&mask, SIGINT) == 1 &&
	    sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGHUP) == 1;
	w->open = sigismember(&mask, SIGSEGV) == 0;
	while (!w->seen)
		lock_wait(w->lock);
	lock_leave(w->lock);
}

static void
watch_tick(void *ctx)
{
	struct watch *w = ctx;

	if (!w->sent) {
		w->sent = true;
		(void)kill(getpid(), SIGALRM);
		return;
	}
	if (w->seen)
		return;
	w->ticks++;
	if (alarm_came == 0)
		return;
	lock_enter(w->lock);
	w->seen = true;
	lock_wake(w->lock);
	lock_leave(w->lock);
}

static void
a_signal_is_seen_by_the_next_tick(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct watch w = { .lock = lock_new() };
	sigset_t before, after;

	(void)state;
	(void)sigaction(SIGALRM, &act, &old);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &before);
	threads_run(4, watch_fn, &w, watch_tick, &w);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &after);
	(void)sigaction(SIGALRM, &old, NULL);
	assert_true(w.seen);
	assert_int_equal(w.ticks, 1);
	assert_true(w.blocked);
	assert_true(w.open);
	assert_true(pthread_equal(alarm_thread, pthread_self()));
	for (int sig = 1; sig < 32; sig++)
		assert_int_equal(sigismember(&before, sig),
		    sigismember(&after, sig));
	lock_free(w.lock);
}

/* --- no threads left --- */

/* Bytes of address space in use; 0 unknown. */
static rlim_t
address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	(void)fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* In a child process with room for ${stacks} stacks: 0, or the number of the
 * check that failed. */
static int
with_few_threads(rlim_t stacks)
{
	/* threads keep their stacks until all are there */
	struct crowd c = crowd(0, 1);
	void *room = malloc((size_t)100 << 10);
	int away = 0;
	rlim_t used;

	free(room); /* so that the heap need not grow */
	used = address_space();
	if (used == 0 ||
	    setrlimit(RLIMIT_AS,
		&(struct rlimit){ used + (stacks << 19),
		    used + (stacks << 19) }) != 0)
		return 1;
	threads_run(16, crowd_fn, &c, crowd_tick, &c);
	for (int i = 0; i < 16; i++) {
		if (c.runs[i] != 1)
			return 2;
		if (c.away[i] && i != away)
			return 3;
		away += c.away[i];
	}
	if ((away == 0) != (stacks == 0) || away == 16)
		return 4;
	if (c.tick_away || c.ticks == 0 || c.here != 0)
		return 5;
	return 0;
}

static void
without_threads_every_index_still_runs(void **state)
{
	static const rlim_t cases[] = { 0, 2, 9 };

	(void)state;
	if (SANITIZED) /* its shadow memory needs the address space */
		skip();
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		rlim_t stacks = cases[k];
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(with_few_threads(stacks));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			print_error("room for %d: status %x\n", (int)stacks,
			    (unsigned)status);
			fail();
		}
	}
}

/* --- locks --- */

struct count {
	struct lock *lock;
	long sum;
	int waiting;
	bool go;
};

static void
count_fn(void *ctx, int i)
{
	struct count *c = ctx;

	lock_enter(c->lock);
	c->waiting++;
	if (i == 0) {
		while (c->waiting < 8) {
			lock_leave(c->lock);
			nap(1);
			lock_enter(c->lock);
		}
		c->go = true;
		lock_wake(c->lock);
	}
	while (!c->go)
		lock_wait(c->lock);
	lock_leave(c->lock);
	for (int k = 0; k < 10000; k++) {
		lock_enter(c->lock);
		c->sum++;
		lock_leave(c->lock);
	}
}

static void
a_lock_lets_one_in_and_wakes_all(void **state)
{
	struct count c = { .lock = lock_new() };

	(void)state;
	threads_run(8, count_fn, &c, NULL, NULL);
	assert_int_equal(c.sum, 80000);
	lock_free(c.lock);
	lock_free(NULL);
}

/* --- a thread of one's own --- */

static void
own_fn(void *ctx)
{
	struct lock *l = ((void **)ctx)[0];
	int *n = ((void **)ctx)[1];

	lock_enter(l);
	while (*n == 0)
		lock_wait(l);
	*n = 2;
	lock_leave(l);
}

static void
a_thread_of_ones_own_is_waited_for(void **state)
{
	struct lock *l = lock_new();
	int n = 0;
	void *ctx[2] = { l, &n };
	struct thread *t = thread_start(own_fn, ctx);

	(void)state;
	assert_non_null(t);
	lock_enter(l);
	n = 1;
	lock_wake(l);
	lock_leave(l);
	thread_join(t);
	assert_int_equal(n, 2);
	thread_join(NULL);
	lock_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, as stacks of earlier threads are reused. */
		cmocka_unit_test(without_threads_every_index_still_runs),
		cmocka_unit_test(every_index_runs_once),
		cmocka_unit_test(they_run_side_by_side),
		cmocka_unit_test(ticks_come_ten_times_a_second),
		cmocka_unit_test(it_returns_when_the_last_one_ends),
		cmocka_unit_test(a_signal_is_seen_by_the_next_tick),
		cmocka_unit_test(a_lock_lets_one_in_and_wakes_all),
		cmocka_unit_test(a_thread_of_ones_own_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
