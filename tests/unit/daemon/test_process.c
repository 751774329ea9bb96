/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom the agent becomes, and whom not, each in a process of its own; and the way to the
 * background. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/process.h"
#include "daemon/rights.h"

/* Nobody has these numbers. */
#define USER  "987654321"
#define GROUP "987654322"

static int told[2]; /* a pipe: how the start went */

static void check_refused(const char *user, const char *group, const char *why)
{
	struct tcx_fault fault = {""};

	assert_false(tcx_process_become(user, group, 0, &fault));
	if (strstr(fault.text, why) == NULL)
		fail_msg("'%s' does not say '%s'", fault.text, why);
}

/* The kernel's largest number means "as it is", so no user has it. */
static void who_is_not_there_is_refused(void **state)
{
	(void)state;
	check_refused("nobody-of-this-name", NULL, "there is no user 'nobody-of-this-name'");
	check_refused("", NULL, "there is no user ''");
	check_refused("-1", NULL, "there is no user '-1'");
	check_refused("12x", NULL, "there is no user '12x'");
	check_refused("4294967295", NULL, "there is no user '4294967295'");
	check_refused("99999999999999999999", NULL, "there is no user '9");
	check_refused("root", "nobody-of-this-name", "there is no group 'nobody-of-this-name'");
	check_refused("root", "4294967295", "there is no group '4294967295'");
	check_refused(USER, NULL, "has no entry that names a group; give -g, too");
}

static void a_group_alone_leaves_root(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	check_refused(NULL, "root", "-g alone leaves the agent root");
}

/* It ends by exit(), which writes what a build with counters has counted. */
static pid_t make_child(void)
{
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	return child;
}

/* In a child: the status of what it finds there. */
static void check_child(bool (*look)(void))
{
	int status;
	pid_t child = make_child();

	if (child == 0)
		exit(look() ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static uid_t uid_of(const char *name)
{
	const struct passwd *entry = getpwnam(name);

	return entry != NULL ? entry->pw_uid : 0;
}

static bool becomes_a_number(void)
{
	struct tcx_fault fault = {""};

	return tcx_process_become(USER, GROUP, 0, &fault) && getuid() == 987654321 &&
	       geteuid() == 987654321 && getegid() == 987654322 && getgroups(0, NULL) == 0 &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && setuid(0) != 0;
}

/* One that has an entry, and a group by its name. */
static bool becomes_by_name(void)
{
	struct tcx_fault fault = {""};

	return tcx_process_become("nobody", "root", 0, &fault) && getuid() == uid_of("nobody") &&
	       geteuid() == uid_of("nobody") && getegid() == 0 && setuid(0) != 0;
}

static bool cannot_come_back(void)
{
	struct tcx_fault fault = {""};

	return tcx_process_become(USER, GROUP, 0, &fault) &&
	       !tcx_process_become(USER, GROUP, 0, &fault) &&
	       !tcx_process_become("0", "0", 0, &fault) &&
	       strstr(fault.text, "cannot become user 0, group 0") != NULL &&
	       !tcx_process_become(NULL, "0", 0, &fault) &&
	       strstr(fault.text, "cannot become user (same), group 0") != NULL;
}

static void root_is_given_up_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	check_child(becomes_a_number);
	check_child(becomes_by_name);
	check_child(cannot_come_back);
}

/* Whoever has none of them gets them all, each at its place. */
static bool opens_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	return tcx_process_begin() && fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 &&
	       fcntl(2, F_GETFD) >= 0;
}

static void closed_descriptors_are_opened(void **state)
{
	(void)state;
	check_child(opens_standard_descriptors);
}

/* The first process has ended when its child has said how it went; that is a child of ours no more.
 */
static void go_to_background(bool well)
{
	struct tcx_fault fault = {""};
	int ready_fd = -1;

	if (!tcx_process_daemonize(&ready_fd, &fault))
		exit(99);
	tcx_process_started(ready_fd, well);
	exit(0);
}

static void check_background(bool well)
{
	int status;
	pid_t child = make_child();

	if (child == 0)
		go_to_background(well);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), well ? 0 : 1);
}

/* Nobody may open a descriptor meanwhile. */
static bool without_descriptors(bool (*act)(void))
{
	struct rlimit before, none;
	bool good;

	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
	good = act();
	setrlimit(RLIMIT_NOFILE, &before);
	return good;
}

static bool stays_in_the_foreground(void)
{
	struct tcx_fault fault = {""};
	int ready_fd = -1;

	return !tcx_process_daemonize(&ready_fd, &fault) && ready_fd == -1 &&
	       strstr(fault.text, "cannot go to the background: ") != NULL;
}

static bool is_refused(void)
{
	return without_descriptors(stays_in_the_foreground);
}

static bool is_null(int fd)
{
	struct stat null, found;

	return stat("/dev/null", &null) == 0 && fstat(fd, &found) == 0 &&
	       found.st_rdev == null.st_rdev;
}

/* Whoever waited for it has gone. */
static bool starts_for_nobody(void)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds) != 0 || close(fds[0]) != 0)
		return false;
	tcx_process_started(fds[1], true);
	return is_null(0) && is_null(1) && is_null(2);
}

static bool tells(void)
{
	tcx_process_started(told[1], true);
	return true;
}

/* Whoever waits hears of it although standard I/O cannot be changed. */
static bool tells_without_descriptors(void)
{
	unsigned char status = EXIT_FAILURE;

	return pipe(told) == 0 && without_descriptors(tells) && read(told[0], &status, 1) == 1 &&
	       status == EXIT_SUCCESS;
}

static void whatever_is_missing(void **state)
{
	(void)state;
	check_child(is_refused);
	check_child(starts_for_nobody);
	check_child(tells_without_descriptors);
}

static void who_started_it_hears_how_it_went(void **state)
{
	(void)state;
	check_background(true);
	check_background(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_not_there_is_refused),
		cmocka_unit_test(a_group_alone_leaves_root),
		cmocka_unit_test(root_is_given_up_for_good),
		cmocka_unit_test(closed_descriptors_are_opened),
		cmocka_unit_test(who_started_it_hears_how_it_went),
		cmocka_unit_test(whatever_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
