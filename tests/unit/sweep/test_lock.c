#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "sweep/lock.h"

#define ENDPOINT "https://dynamodb.eu-west-1.amazonaws.com"
#define ARN "arn:aws:dynamodb:eu-west-1:123456789012:table/TSAGalleryCache"
#define ID "8e4b0d1f-7c2a-4b57-9c5e-0f2f5f1f6a11"
#define STRANGER 12345
#define FRIEND 12346

/* --- a directory for each test --- */

static char *base, *shared, *own, *file; /* file: the table's, in shared */
static struct sweep_lock_places places;

static const struct sweep_lock_options table = { .endpoint = ENDPOINT,
	.arn = ARN,
	.id = ID };

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char name[SWEEP_LOCK_NAME];

	(void)state;
	base = xasprintf("%s/sweeplock-XXXXXX", tmp != NULL ? tmp : P_tmpdir);
	if (mkdtemp(base) == NULL)
		return -1;
	shared = xasprintf("%s/shared", base);
	own = xasprintf("%s/own", base);
	sweep_lock_name(name, &table);
	file = xasprintf("%s/%s", shared, name);
	places = (struct sweep_lock_places){ { shared, NULL }, { own, NULL } };
	if (mkdir(shared, 0700) != 0 || chmod(shared, 01777) != 0)
		return -1;
	return 0;
}

static int
forget(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static int
teardown(void **state)
{
	int rc = nftw(base, forget, 8, FTW_DEPTH | FTW_PHYS);

	(void)state;
	free(base);
	free(shared);
	free(own);
	free(file);
	return rc;
}

static struct sweep_lock *
take(void)
{
	struct fault f = { 0 };
	struct sweep_lock *l = sweep_lock_take_in(&places, &table, &f);

	if (l == NULL)
		fail_msg("%s", f.text);
	return l;
}

/* The result of taking ${o} now. */
static enum fault_kind
ask(const struct sweep_lock_options *o)
{
	struct fault f = { 0 };
	struct sweep_lock *l = sweep_lock_take_in(&places, o, &f);

	sweep_lock_release(l);
	return l != NULL ? FAULT_NONE : f.kind;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void
touch(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

/* --- who excludes whom --- */

static void
a_second_run_is_refused(void **state)
{
	struct sweep_lock *l = take();
	struct fault f = { 0 };

	(void)state;
	assert_null(sweep_lock_take_in(&places, &table, &f));
	assert_int_equal(f.kind, FAULT_LOCKED);
	assert_non_null(
	    strstr(f.text, "another purge, repair or restore of " ARN));
	assert_non_null(strstr(f.text, "wait"));
	assert_non_null(strstr(f.text, file));
	assert_null(sweep_lock_take_in(&places, &table, NULL));
	sweep_lock_release(l);
	sweep_lock_release(NULL);
	assert_int_equal(ask(&table), FAULT_NONE);
	assert_int_equal(access(file, F_OK), -1);
}

/* The holder removes the file. Of many processes some open a file that is just
 * being removed: never do two have the lock. */
static void
of_many_processes_one_has_the_lock(void **state)
{
	enum { MANY = 6, TURNS = 200 };
	char *mark = xasprintf("%s/mark", base);
	pid_t pids[MANY];
	int status, broken = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] > 0)
			continue;
		(void)alarm(60);
		for (int got = 0; got < TURNS;) {
			struct sweep_lock *l =
			    sweep_lock_take_in(&places, &table, NULL);
			int fd;

			if (l == NULL)
				continue;
			fd = open(mark, O_WRONLY | O_CREAT | O_EXCL, 0600);
			if (fd < 0 || close(fd) != 0 || unlink(mark) != 0)
				_exit(1);
			sweep_lock_release(l);
			got++;
		}
		_exit(0);
	}
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		broken += status != 0;
	}
	assert_int_equal(broken, 0);
	assert_int_equal(access(file, F_OK), -1);
	free(mark);
}

static void
tables_and_shards_exclude_each_other(void **state)
{
	static const struct {
		const char *name;
		struct sweep_lock_options held, asked;
		bool out;
	} cases[] = {
		{ "table, table", { ENDPOINT, ARN, ID, 0, 0 },
		    { ENDPOINT, ARN, ID, 0, 0 }, true },
		{ "table, shard", { ENDPOINT, ARN, ID, 0, 0 },
		    { ENDPOINT, ARN, ID, 1, 4 }, true },
		{ "shard, table", { ENDPOINT, ARN, ID, 1, 4 },
		    { ENDPOINT, ARN, ID, 0, 0 }, true },
		{ "shard, same shard", { ENDPOINT, ARN, ID, 1, 4 },
		    { ENDPOINT, ARN, ID, 1, 4 }, true },
		{ "shard, next shard", { ENDPOINT, ARN, ID, 1, 4 },
		    { ENDPOINT, ARN, ID, 2, 4 }, false },
		{ "shards 1 of 12 and 11 of 2 digits",
		    { ENDPOINT, ARN, ID, 1, 12 }, { ENDPOINT, ARN, ID, 11, 12 },
		    false },
		{ "another table", { ENDPOINT, ARN, ID, 0, 0 },
		    { ENDPOINT, ARN "2", ID, 0, 0 }, false },
		{ "another endpoint", { ENDPOINT, ARN, ID, 0, 0 },
		    { "http://localhost:8000", ARN, ID, 0, 0 }, true },
		{ "made anew", { ENDPOINT, ARN, ID, 0, 0 },
		    { ENDPOINT, ARN, ID "2", 0, 0 }, false },
		{ "a name for want of an ARN", { ENDPOINT, "T", ID, 0, 0 },
		    { ENDPOINT, "T", ID, 0, 0 }, true },
		{ "a name that would be a path", { ENDPOINT, "../x", ID, 0, 0 },
		    { ENDPOINT, "../x", ID, 0, 0 }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sweep_lock *l =
		    sweep_lock_take_in(&places, &cases[i].held, NULL);
		enum fault_kind want = cases[i].out ? FAULT_LOCKED : FAULT_NONE;

		assert_non_null(l);
		if (ask(&cases[i].asked) != want)
			fail_msg("%s", cases[i].name);
		/* who was refused holds no lock */
		sweep_lock_release(l);
		if (ask(&cases[i].asked) != FAULT_NONE ||
		    ask(&cases[i].held) != FAULT_NONE)
			fail_msg("%s: afterwards", cases[i].name);
	}
}

/* The same table has the same file, however its server is named. */
static void
the_file_name_depends_on_the_table_only(void **state)
{
/* a label that is too long for any resolver */
#define SEVENTY(c)                                                            \
	c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c \
	    c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c \
		c c
#define NOWHERE SEVENTY("x")
#define UPPER SEVENTY("X")
#define LOCAL "arn:aws:dynamodb:ddblocal:000000000000:table/T"
	static const struct {
		const char *a, *a_arn, *a_id, *b, *b_arn, *b_id;
		bool same;
	} cases[] = {
		/* with an id */
		{ ENDPOINT, ARN, ID, "https://dynamodb.eu-west-1.api.aws", ARN,
		    ID, true },
		{ ENDPOINT, ARN, ID, ENDPOINT, ARN "2", ID, false },
		{ "http://127.0.0.1:1", LOCAL, "a", "http://127.0.0.1:2", LOCAL,
		    "a", true },
		{ "http://127.0.0.1:1", LOCAL, "a", "http://127.0.0.1:1", LOCAL,
		    "b", false },
		/* without: the server is part of the name */
		{ "http://127.0.0.1:8000", LOCAL, "", "http://localhost:8000",
		    LOCAL, NULL, true },
		{ "http://127.0.0.1:8000", LOCAL, "",
		    "HTTP://LocalHost:08000//", LOCAL, "", true },
		{ "http://127.0.0.1:8000", LOCAL, "", "http://[::1]:8000",
		    LOCAL, "", true },
		{ "http://127.0.0.1:8000", LOCAL, "", "http://0.0.0.0:8000",
		    LOCAL, "", true },
		{ "http://127.0.0.1", LOCAL, "", "http://127.0.0.1:80/", LOCAL,
		    "", true },
		{ "https://127.0.0.1", LOCAL, "", "https://127.0.0.1:443",
		    LOCAL, "", true },
		{ "http://192.0.2.1:8000", LOCAL, "", "http://192.0.2.1.:8000",
		    LOCAL, "", true },
		{ "http://127.0.0.1:8000", LOCAL, "", "http://127.0.0.1:8001",
		    LOCAL, "", false },
		{ "http://127.0.0.1:8000", LOCAL, "", "http://192.0.2.1:8000",
		    LOCAL, "", false },
		{ "http://127.0.0.1:8000", LOCAL, "", "http://127.0.0.1:8000",
		    LOCAL "2", "", false },
		{ "http://" NOWHERE ":8000", LOCAL, "",
		    "http://" UPPER ":8000/", LOCAL, "", true },
		{ "http://" NOWHERE ":8000", LOCAL, "",
		    "http://" NOWHERE "e:8000", LOCAL, "", false },
		{ "no url", LOCAL, "", "no url", LOCAL, "", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sweep_lock_options a = { cases[i].a,
			cases[i].a_arn, cases[i].a_id, 0, 0 };
		const struct sweep_lock_options b = { cases[i].b,
			cases[i].b_arn, cases[i].b_id, 0, 0 };
		char one[SWEEP_LOCK_NAME], other[SWEEP_LOCK_NAME];

		sweep_lock_name(one, &a);
		sweep_lock_name(other, &b);
		if ((strcmp(one, other) == 0) != cases[i].same)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
		assert_int_equal(strlen(one), SWEEP_LOCK_NAME - 1);
	}
}

/* Start a process that takes the lock and keeps it; -1: it could not. */
static pid_t
holder(uid_t uid)
{
	int pipes[2];
	char c = 'n';
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (uid != geteuid() && setuid(uid) != 0)
			_exit(1);
		c = sweep_lock_take_in(&places, &table, NULL) != NULL ? 'y'
								      : 'n';
		if (write(pipes[1], &c, 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(close(pipes[1]), 0);
	assert_int_equal(read(pipes[0], &c, 1), 1);
	assert_int_equal(close(pipes[0]), 0);
	assert_int_equal(c, 'y');
	return pid;
}

static void
end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void
a_process_holds_the_lock_until_it_is_killed(void **state)
{
	pid_t pid = holder(geteuid());
	char *who =
	    xasprintf("(process %ld holds the lock %s)", (long)pid, file);
	struct fault f = { 0 };

	(void)state;
	assert_null(sweep_lock_take_in(&places, &table, &f));
	assert_int_equal(f.kind, FAULT_LOCKED);
	if (access("/proc/locks", R_OK) == 0 && strstr(f.text, who) == NULL)
		fail_msg("%s", f.text);
	free(who);
	end(pid);
	assert_int_equal(ask(&table), FAULT_NONE);
}

static void
users_exclude_each_other(void **state)
{
	struct sweep_lock *l;
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	/* the other user was first: it is his file */
	assert_int_equal(chmod(base, 0755), 0);
	pid = holder(STRANGER);
	assert_int_equal(ask(&table), FAULT_LOCKED);
	end(pid);
	l = take();
	assert_int_equal(access(own, F_OK), -1);
	sweep_lock_release(l);
	/* … and the other way round, with a umask that would exclude him */
	(void)umask(077);
	l = take();
	(void)umask(022);
	assert_int_equal(mode_of(file), 0644);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setuid(STRANGER) == 0 && ask(&table) == FAULT_LOCKED ? 0
									   : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	sweep_lock_release(l);
}

/* --- directories --- */

static void
files_and_directories_have_the_right_modes(void **state)
{
	static const mode_t masks[] = { 0, 022, 077 };

	(void)state;
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		mode_t before = umask(masks[i]);
		struct sweep_lock *l = take();

		assert_string_equal(sweep_lock_path(l), file);
		assert_int_equal(access(own, F_OK), -1);
		places.shared[0] = NULL;
		assert_int_equal(ask(&table), FAULT_NONE);
		places.shared[0] = shared;
		(void)umask(before);
		assert_int_equal(mode_of(own), 0700);
		assert_int_equal(mode_of(file), 0644);
		sweep_lock_release(l);
		assert_int_equal(nftw(own, forget, 8, FTW_DEPTH), 0);
	}
}

/* Whether the lock is taken in the shared directory, as ${uid}. */
static bool
is_shared(uid_t uid)
{
	struct fault f = { 0 };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct sweep_lock *l;

		if (uid != geteuid() && setuid(uid) != 0)
			_exit(3);
		l = sweep_lock_take_in(&places, &table, &f);
		if (l == NULL)
			_exit(2);
		status = strcmp(sweep_lock_path(l), file) == 0 ? 0 : 1;
		sweep_lock_release(l);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	(void)nftw(own, forget, 8, FTW_DEPTH);
	return WEXITSTATUS(status) == 0;
}

/* Who owns a directory, or may write to one without the sticky bit, can replace
 * the lock file. */
static void
shared_directories_must_be_trusted(void **state)
{
	static const struct {
		const char *name;
		uid_t owner;
		mode_t mode;
		uid_t user;
		bool used;
	} cases[] = {
		{ "root's", 0, 01777, STRANGER, true },
		{ "root's, for root", 0, 01777, 0, true },
		{ "root's, not sticky", 0, 0777, 0, false },
		{ "root's, not sticky, a group's", 0, 0775, 0, false },
		{ "root's alone, for root", 0, 0755, 0, true },
		{ "root's alone", 0, 0755, STRANGER, false },
		{ "the user's own", STRANGER, 01777, STRANGER, true },
		{ "a user's, for root", STRANGER, 01777, 0, false },
		{ "a user's, for another", STRANGER, 01777, FRIEND, false },
		{ "a user's alone, for root", STRANGER, 0755, 0, false },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(base, 01777), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(chown(shared, cases[i].owner, 0), 0);
		assert_int_equal(chmod(shared, cases[i].mode), 0);
		if (is_shared(cases[i].user) != cases[i].used)
			fail_msg("%s", cases[i].name);
	}
}

static void
no_shared_directory_is_made(void **state)
{
	(void)state;
	assert_int_equal(rmdir(shared), 0);
	assert_int_equal(ask(&table), FAULT_NONE);
	assert_int_equal(access(shared, F_OK), -1);
	assert_int_equal(mode_of(own), 0700);
}

static void
a_users_directory_is_private(void **state)
{
	(void)state;
	places.shared[0] = NULL;
	assert_int_equal(mkdir(own, 0700), 0);
	assert_int_equal(chmod(own, 0777), 0);
	assert_int_equal(ask(&table), FAULT_NONE);
	assert_int_equal(mode_of(own), 0700);
}

static void
the_next_directory_is_used_if_one_is_missing(void **state)
{
	char *missing = xasprintf("%s/no/such", base);
	struct sweep_lock *l;

	(void)state;
	places =
	    (struct sweep_lock_places){ { missing, NULL }, { missing, own } };
	l = take();
	assert_int_equal(mode_of(own), 0700);
	assert_int_equal(ask(&table), FAULT_LOCKED);
	sweep_lock_release(l);
	places.own[1] = NULL;
	assert_int_equal(ask(&table), FAULT_IO);
	free(missing);
}

static void
links_and_files_are_not_used_as_directories(void **state)
{
	char *real = xasprintf("%s/real", base);

	(void)state;
	assert_int_equal(mkdir(real, 0777), 0);
	/* a link instead of the shared one: the next is used */
	assert_int_equal(rmdir(shared), 0);
	assert_int_equal(symlink(real, shared), 0);
	assert_int_equal(ask(&table), FAULT_NONE);
	assert_int_equal(mode_of(own), 0700);
	/* a link instead of the user's own: refused */
	assert_int_equal(nftw(own, forget, 8, FTW_DEPTH), 0);
	assert_int_equal(symlink(real, own), 0);
	assert_int_equal(ask(&table), FAULT_IO);
	assert_int_equal(unlink(own), 0);
	assert_int_equal(symlink("nowhere", own), 0);
	assert_int_equal(ask(&table), FAULT_IO);
	assert_int_equal(unlink(own), 0);
	touch(own, 0600);
	assert_int_equal(ask(&table), FAULT_IO);
	/* nothing was made where the links point */
	assert_int_equal(rmdir(real), 0);
	free(real);
}

static void
another_users_directory_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	places.shared[0] = NULL;
	assert_int_equal(mkdir(own, 0700), 0);
	assert_int_equal(chown(own, STRANGER, STRANGER), 0);
	assert_int_equal(ask(&table), FAULT_REFUSED);
}

/* --- files --- */

static void
planted_files_are_refused(void **state)
{
	char *victim = xasprintf("%s/victim", base);
	char *missing = xasprintf("%s/missing", base);

	(void)state;
	touch(victim, 0600);
	assert_int_equal(ask(&table), FAULT_NONE);

	assert_int_equal(symlink(victim, file), 0);
	assert_int_equal(ask(&table), FAULT_IO);
	assert_int_equal(mode_of(victim), 0600);
	assert_int_equal(unlink(file), 0);

	assert_int_equal(symlink(missing, file), 0);
	assert_int_equal(ask(&table), FAULT_IO);
	assert_int_equal(access(missing, F_OK), -1);
	assert_int_equal(unlink(file), 0);

	assert_int_equal(mkfifo(file, 0666), 0); /* it must not hang */
	assert_int_equal(ask(&table), FAULT_REFUSED);
	assert_int_equal(unlink(file), 0);

	assert_int_equal(mkdir(file, 0777), 0);
	assert_int_equal(ask(&table), FAULT_REFUSED);
	assert_int_equal(rmdir(file), 0);

	/* a hard link to our own file is locked, not changed */
	assert_int_equal(link(victim, file), 0);
	assert_int_equal(ask(&table), FAULT_NONE);
	assert_int_equal(mode_of(victim), 0600);
	free(victim);
	free(missing);
}

static void
a_file_that_cannot_be_opened_is_refused(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(base, 0755), 0);
	touch(file, 0600);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(setuid(STRANGER) == 0 && ask(&table) == FAULT_IO ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- with the default directories --- */

static void
the_default_directories_work(void **state)
{
	const struct sweep_lock_options o = { .endpoint = "unit test",
		.arn = "unit test",
		.id = "unit test" };
	struct fault f = { 0 };
	struct sweep_lock *l = sweep_lock_take(&o, &f);

	(void)state;
	if (l == NULL && f.kind == FAULT_LOCKED)
		skip(); /* another run of this test */
	if (l == NULL)
		fail_msg("%s", f.text);
	assert_null(sweep_lock_take(&o, &f));
	assert_int_equal(f.kind, FAULT_LOCKED);
	sweep_lock_release(l);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_second_run_is_refused),
		TEST(of_many_processes_one_has_the_lock),
		TEST(tables_and_shards_exclude_each_other),
		TEST(the_file_name_depends_on_the_table_only),
		TEST(a_process_holds_the_lock_until_it_is_killed),
		TEST(users_exclude_each_other),
		TEST(files_and_directories_have_the_right_modes),
		TEST(shared_directories_must_be_trusted),
		TEST(no_shared_directory_is_made),
		TEST(a_users_directory_is_private),
		TEST(the_next_directory_is_used_if_one_is_missing),
		TEST(links_and_files_are_not_used_as_directories),
		TEST(another_users_directory_is_refused),
		TEST(planted_files_are_refused),
		TEST(a_file_that_cannot_be_opened_is_refused),
		TEST(the_default_directories_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
