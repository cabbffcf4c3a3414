#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/stop.h"

/* The order matters: the flag is never cleared. */
static void
no_signal_is_set_at_first(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(stop_requested(), 0);
	assert_int_equal(stop_age_ms(), -1);
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(stop_await(fd[1], POLLOUT, 0), 0);
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(stop_await(fd[0], POLLIN, 0), 0);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

static void
the_first_signal_wins(void **state)
{
	(void)state;
	stop_set(SIGTERM);
	stop_set(SIGINT);
	assert_int_equal(stop_requested(), SIGTERM);
	assert_true(stop_age_ms() >= 0);
}

static void
after_a_signal_a_wait_ends(void **state)
{
	FILE *file = tmpfile();
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	/* nothing to read */
	assert_int_equal(stop_await(fd[0], POLLIN, 0), -1);
	assert_int_equal(stop_await(fd[0], POLLIN, 150), -1);
	/* data and end of file are still read */
	assert_int_equal(write(fd[1], "x", 1), 1);
	assert_int_equal(stop_await(fd[0], POLLIN, 0), 0);
	(void)close(fd[1]);
	assert_int_equal(stop_await(fd[0], POLLIN, 0), 0);
	(void)close(fd[0]);
	/* a file is always ready, even at its end */
	assert_non_null(file);
	assert_int_equal(stop_await(fileno(file), POLLIN, 0), 0);
	(void)fclose(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_signal_is_set_at_first),
		cmocka_unit_test(the_first_signal_wins),
		cmocka_unit_test(after_a_signal_a_wait_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
