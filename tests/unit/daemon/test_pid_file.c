/* SPDX-License-Identifier: BSD-2-Clause */
/* What is taken for a pid file, and what is refused, with the reason. */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/pid_file.h"

static char folder[] = "/tmp/tcx-pid-XXXXXX";
static char path[sizeof(folder) + 8];
static char other[sizeof(folder) + 8];

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/pid", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int remove_files(void **state)
{
	(void)state;
	unlink(path);
	rmdir(path);
	unlink(other);
	return 0;
}

static void make_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void check_text(const char *name, const char *wanted)
{
	char text[64] = "";
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) < sizeof(text) - 1);
	fclose(file);
	assert_string_equal(text, wanted);
}

static void check_refused(const char *name, const char *why)
{
	struct tcx_pid_file file = {NULL, -1};
	struct tcx_fault fault = {""};

	assert_false(tcx_pid_file_write(&file, name, &fault));
	if (strstr(fault.text, why) == NULL)
		fail_msg("'%s' does not say '%s'", fault.text, why);
	assert_null(file.path);
}

static void no_path_is_no_file(void **state)
{
	struct tcx_pid_file file = {NULL, -1};
	struct tcx_fault fault = {""};

	(void)state;
	assert_true(tcx_pid_file_write(&file, NULL, &fault));
	tcx_pid_file_remove(&file);
	assert_null(file.path);
}

/* What an agent left that was killed is longer than ours may be. */
static void it_has_the_id_and_goes(void **state)
{
	struct tcx_pid_file file = {NULL, -1};
	struct tcx_fault fault = {""};
	char wanted[32];

	(void)state;
	make_file(path, "12345678901234567890\n");
	snprintf(wanted, sizeof(wanted), "%ld\n", (long)getpid());
	assert_true(tcx_pid_file_write(&file, path, &fault));
	check_text(path, wanted);
	tcx_pid_file_remove(&file);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void only_a_regular_file_is_taken(void **state)
{
	(void)state;
	check_refused("/dev/null", "is no regular file");
	check_refused(folder, "is no regular file");
	assert_int_equal(mkfifo(path, 0600), 0);
	check_refused(path, "is no regular file");
}

static void another_name_is_refused(void **state)
{
	(void)state;
	make_file(other, "precious");
	assert_int_equal(link(other, path), 0);
	check_refused(path, "another name");
	unlink(path);
	assert_int_equal(symlink(other, path), 0);
	check_refused(path, "symbolic link");
	check_text(other, "precious");
}

static void what_is_another_users_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_file(path, "theirs");
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
	check_refused(path, "belongs to user 12345");
	check_text(path, "theirs");
}

static void a_folder_must_exist(void **state)
{
	char deep[sizeof(path) + 8];

	(void)state;
	snprintf(deep, sizeof(deep), "%s/none/pid", folder);
	check_refused(deep, "give -p a place that exists");
}

/* Locks are of processes: so another one has it. It tells when, and waits to be told. */
static void who_has_it_is_named(void **state)
{
	struct tcx_pid_file file = {NULL, -1};
	struct tcx_fault fault = {""};
	char named[64], octet;
	int here[2], there[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(here, O_CLOEXEC) | pipe2(there, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(there[1]);
		if (!tcx_pid_file_write(&file, path, &fault) || write(here[1], "", 1) != 1)
			_exit(1);
		_exit(read(there[0], &octet, 1) == 0 ? 0 : 1);
	}
	close(here[1]);
	assert_int_equal(read(here[0], &octet, 1), 1);
	snprintf(named, sizeof(named), "process %ld has it locked", (long)child);
	check_refused(path, named);
	close(there[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(here[0]);
	close(there[0]);
	assert_true(tcx_pid_file_write(&file, path, &fault));
	tcx_pid_file_remove(&file);
}

int __real_fcntl(int fd, int command, void *arg);
int __wrap_fcntl(int fd, int command, void *arg);

static int removals;  /* so often somebody removes the file just before it is locked */
static bool no_locks; /* the file system has none */

/* Linked with -Wl,--wrap=fcntl,--wrap=fcntl64: with large files it is called so on 32 bits. */
int __wrap_fcntl64(int fd, int command, void *arg) __attribute__((alias("__wrap_fcntl")));

int __wrap_fcntl(int fd, int command, void *arg)
{
	if (command == F_SETLK && no_locks) {
		errno = ENOLCK;
		return -1;
	}
	if (command == F_SETLK && removals > 0) {
		removals--;
		unlink(path);
	}
	return __real_fcntl(fd, command, arg);
}

/* It is made anew, unless it goes again and again. */
static void removed_before_it_is_locked(void **state)
{
	struct tcx_pid_file file = {NULL, -1};
	struct tcx_fault fault = {""};
	char wanted[32];

	(void)state;
	removals = 2;
	snprintf(wanted, sizeof(wanted), "%ld\n", (long)getpid());
	assert_true(tcx_pid_file_write(&file, path, &fault));
	check_text(path, wanted);
	tcx_pid_file_remove(&file);
	removals = 1000;
	check_refused(path, "others create and remove it all the time");
	removals = 0;
}

static void a_place_without_locks_is_refused(void **state)
{
	(void)state;
	no_locks = true;
	check_refused(path, "cannot be locked: ");
	no_locks = false;
}

static void without_room_no_file_is_left(void **state)
{
	struct rlimit before, none;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	check_refused(path, "make room there");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_not_equal(access(path, F_OK), 0);
}

/* Somebody has removed it and made another one: that is not ours to remove. */
static void only_our_own_is_removed(void **state)
{
	struct tcx_pid_file file = {NULL, -1};
	struct tcx_fault fault = {""};
	struct stat opened;
	int fd;

	(void)state;
	assert_true(tcx_pid_file_write(&file, path, &fault));
	fd = fcntl(file.fd, F_DUPFD_CLOEXEC, 0);
	assert_int_equal(rename(path, other), 0);
	make_file(path, "1\n");
	tcx_pid_file_remove(&file);
	check_text(path, "1\n");
	assert_int_equal(fstat(fd, &opened), 0);
	assert_int_equal(opened.st_size, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(no_path_is_no_file, remove_files),
		cmocka_unit_test_teardown(it_has_the_id_and_goes, remove_files),
		cmocka_unit_test_teardown(only_a_regular_file_is_taken, remove_files),
		cmocka_unit_test_teardown(another_name_is_refused, remove_files),
		cmocka_unit_test_teardown(what_is_another_users_is_refused, remove_files),
		cmocka_unit_test_teardown(a_folder_must_exist, remove_files),
		cmocka_unit_test_teardown(who_has_it_is_named, remove_files),
		cmocka_unit_test_teardown(removed_before_it_is_locked, remove_files),
		cmocka_unit_test_teardown(a_place_without_locks_is_refused, remove_files),
		cmocka_unit_test_teardown(without_room_no_file_is_left, remove_files),
		cmocka_unit_test_teardown(only_our_own_is_removed, remove_files),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
