/* SPDX-License-Identifier: BSD-2-Clause */
/* Which network namespace a proc root shows. Other namespaces are made here and need root. */
#include "tests/unit/test.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/netns_reader.h"
#include "tests/unit/fixture.h"

#define CANNOT 77

/* Runs in a child, which may change its namespaces. What it finds is its exit status. */
static int in_child(int (*work)(const struct fixture *fixture), const struct fixture *fixture)
{
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0)
		_exit(work(fixture));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT)
		skip();
	return WEXITSTATUS(status);
}

/* Whose counters a proc root has now. */
static enum tcx_where where(const char *root)
{
	struct tcx_netns *netns = fixture_netns(root);
	enum tcx_where where = tcx_netns_where(netns);

	tcx_netns_unref(netns);
	return where;
}

/* Whether the thread gets there and back again. */
static bool visit(struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct tcx_netns_reader *reader = tcx_netns_begin(netns, fault);

	tcx_netns_end(reader);
	return reader != NULL;
}

/* Where there is nothing to enter. */
static void expect_here(const char *root)
{
	struct tcx_netns *netns = fixture_netns(root);

	assert_true(tcx_netns_where(netns) < TCX_WHERE_OTHER);
	assert_true(visit(netns, NULL));
	assert_true(tcx_netns_can_enter(netns, NULL));
	tcx_netns_unref(netns);
}

static void expect_path(const char *root, const char *behind)
{
	struct tcx_netns *netns = fixture_netns(root);
	struct tcx_place place = tcx_netns_place(netns, "sys/net");
	char wanted[PATH_MAX];

	assert_non_null(place.path);
	snprintf(wanted, sizeof(wanted), "%s%s", root, behind);
	assert_string_equal(place.path, wanted);
	free(place.path);
	tcx_netns_unref(netns);
}

/* A process has no sys of its own. */
static void test_path(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture);
	expect_path("/proc", "/sys/net");
	expect_path("/proc/self", "/../sys/net");
	expect_path(fixture.root, "/sys/net");
	fixture_close(&fixture);
}

static void test_own(void **state)
{
	(void)state;
	assert_int_equal(where("/proc"), TCX_WHERE_OWN);
	assert_int_equal(where("/proc/self"), TCX_WHERE_OWN);
	expect_here("/proc");
}

static void test_files(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture);
	assert_int_equal(where(fixture.root), TCX_WHERE_UNKNOWN);
	fixture_puts(&fixture, "net/snmp", "");
	assert_int_equal(where(fixture.root), TCX_WHERE_FILES);
	expect_here(fixture.root);
	fixture_close(&fixture);
}

/* Whatever comes there later may be of any namespace. */
static void test_gone(void **state)
{
	struct fixture fixture;
	struct tcx_netns *netns;
	struct tcx_fault fault = {""};
	char root[PATH_MAX];

	(void)state;
	fixture_open(&fixture);
	snprintf(root, sizeof(root), "%s/none", fixture.root);
	netns = fixture_netns(root);
	assert_int_equal(tcx_netns_where(netns), TCX_WHERE_GONE);
	assert_false(visit(netns, &fault));
	assert_non_null(strstr(fault.text, "none/net/snmp"));
	fixture_puts(&fixture, "none/net/snmp", "");
	assert_false(visit(netns, &fault));
	tcx_netns_unref(netns);
	expect_here(root);
	fixture_close(&fixture);
}

/* A dead process that its parent has not waited for has no namespace. */
static void test_dead(void **state)
{
	siginfo_t ended;
	char root[64];
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	snprintf(root, sizeof(root), "/proc/%ld", (long)child);
	assert_int_equal(where(root), TCX_WHERE_GONE);
	waitpid(child, NULL, 0);
}

/* The proc root of a process that stays in the namespace which this one leaves. */
static bool leave(char parent[64])
{
	snprintf(parent, 64, "/proc/%ld", (long)getppid());
	return unshare(CLONE_NEWNET) == 0;
}

static int find_other(const struct fixture *fixture)
{
	struct tcx_netns *netns;
	struct tcx_netns_reader *reader;
	char parent[64];

	(void)fixture;
	if (!leave(parent))
		return CANNOT;
	netns = fixture_netns(parent);
	if (where("/proc") != TCX_WHERE_OWN || tcx_netns_where(netns) != TCX_WHERE_OTHER)
		return 1;
	reader = tcx_netns_begin(netns, NULL);
	if (reader == NULL)
		return CANNOT; /* where the parent is somebody else's */
	if (where(parent) != TCX_WHERE_OWN)
		return 2;
	tcx_netns_end(reader);
	if (where(parent) == TCX_WHERE_OWN)
		return 3;
	if (!tcx_netns_can_enter(netns, NULL) || where(parent) == TCX_WHERE_OWN)
		return 4; /* that is another thread's */
	tcx_netns_unref(netns);
	return 0;
}

static void test_other(void **state)
{
	(void)state;
	assert_int_equal(in_child(find_other, NULL), 0);
}

/*
 * A process in a namespace of its own, with this number if it is not 0. 0 where that cannot be had.
 * It goes into a new one with each SIGUSR1, and ends with this one.
 */
static pid_t start_elsewhere(pid_t number)
{
	struct clone_args how = {
		.exit_signal = SIGCHLD,
		.set_tid = number != 0 ? (uintptr_t)&number : 0,
		.set_tid_size = number != 0,
	};
	sigset_t move;
	int number_of_move;
	int fds[2];
	char ready = 0;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = (pid_t)syscall(SYS_clone3, &how, sizeof(how));
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigemptyset(&move);
		sigaddset(&move, SIGUSR1);
		sigprocmask(SIG_BLOCK, &move, NULL);
		do {
			ready = unshare(CLONE_NEWNET) == 0;
			(void)!write(fds[1], &ready, 1);
		} while (sigwait(&move, &number_of_move) == 0);
		_exit(0);
	}
	if (child > 0)
		assert_int_equal(read(fds[0], &ready, 1), 1);
	close(fds[0]);
	close(fds[1]);
	return ready ? child : 0;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* A handle of the proc root of a process, whose links are watched. */
static struct tcx_netns *watch(const char *root)
{
	struct tcx_netns *netns = fixture_netns(root);
	uint64_t due_ns;

	if (!tcx_netns_drain(netns, &due_ns, NULL))
		skip();
	assert_true(tcx_netns_fd(netns) >= 0);
	assert_true(due_ns < TCX_NEVER);
	return netns;
}

/* It is entered no more, and nothing is kept of it. */
static void expect_lost(struct tcx_netns *netns)
{
	struct tcx_fault fault = {""};
	uint64_t due_ns;

	assert_false(visit(netns, &fault));
	assert_false(tcx_netns_can_enter(netns, NULL));
	assert_true(tcx_netns_drain(netns, &due_ns, NULL));
	assert_int_equal(tcx_netns_fd(netns), -1);
}

static ino_t inode_of(const char *root)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/ns/net", root);
	assert_int_equal(stat(path, &status), 0);
	return status.st_ino;
}

/* A process goes from one namespace into another. */
static void test_moved(void **state)
{
	pid_t child = start_elsewhere(0);
	struct tcx_netns *netns;
	char root[64];
	ino_t before;

	(void)state;
	if (child == 0)
		skip();
	snprintf(root, sizeof(root), "/proc/%ld", (long)child);
	netns = watch(root);
	assert_true(visit(netns, NULL));
	before = inode_of(root);
	kill(child, SIGUSR1);
	for (int i = 0; inode_of(root) == before && i < 10000; i++)
		usleep(1000);
	assert_int_equal(where(root), TCX_WHERE_OTHER);
	expect_lost(netns);
	tcx_netns_unref(netns);
	end_child(child);
}

/* A process that has the number of the one before it is not taken for that. */
static void test_reused(void **state)
{
	pid_t child = start_elsewhere(0);
	struct tcx_sources *sources;
	struct tcx_snapshot *snapshot;
	struct tcx_netns *netns;
	char root[64];

	(void)state;
	if (child == 0)
		skip();
	snprintf(root, sizeof(root), "/proc/%ld", (long)child);
	netns = watch(root);
	sources = fixture_sources(root);
	snapshot = tcx_sources_read(sources, NULL);
	assert_non_null(snapshot);
	tcx_snapshot_unref(snapshot);
	end_child(child);
	child = start_elsewhere(child);
	if (child != 0) {
		assert_int_equal(where(root), TCX_WHERE_OTHER);
		expect_lost(netns);
		assert_null(tcx_sources_read(sources, NULL));
		end_child(child);
	}
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
	if (child == 0)
		skip();
}

static int mount_procfs(const struct fixture *fixture)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
	    mount("", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("/proc", fixture->root, "", MS_BIND, NULL) != 0)
		return CANNOT;
	if (where("/proc") != TCX_WHERE_OWN)
		return 1;
	return where(fixture->root) == TCX_WHERE_OWN_NOT_INIT ? 0 : 2;
}

/* A host's procfs, as a container has it. */
static void test_not_init(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture);
	assert_int_equal(in_child(mount_procfs, &fixture), 0);
	fixture_close(&fixture);
}

static int be_refused(const struct fixture *fixture)
{
	struct tcx_fault fault = {""};
	struct tcx_netns *netns;
	char parent[64];

	(void)fixture;
	if (!leave(parent) || setuid(65534) != 0)
		return CANNOT;
	/* The kernel gives /proc/self to root otherwise. */
	prctl(PR_SET_DUMPABLE, 1);
	netns = fixture_netns(parent);
	if (tcx_netns_where(netns) != TCX_WHERE_OTHER)
		return 1;
	if (visit(netns, NULL) || tcx_netns_can_enter(netns, &fault))
		return 2;
	tcx_netns_unref(netns);
	return strstr(fault.text, parent) != NULL && strstr(fault.text, "CAP_SYS_ADMIN") != NULL
		       ? 0
		       : 3;
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(in_child(be_refused, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),	 cmocka_unit_test(test_own),
		cmocka_unit_test(test_files),	 cmocka_unit_test(test_gone),
		cmocka_unit_test(test_dead),	 cmocka_unit_test(test_other),
		cmocka_unit_test(test_not_init), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_moved),	 cmocka_unit_test(test_reused),
	};

	return cmocka_run_group_tests_name("netns", tests, NULL, NULL);
}
