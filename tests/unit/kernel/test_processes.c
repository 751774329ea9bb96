/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Namespaces that are found by their processes: in proc roots that are written here, where a
 * namespace is a file with several links; and real ones, which need root.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/kernel/processes/processes.h"
#include "base/clock.h"
#include "tests/unit/fixture.h"

#define CANNOT 77
#define NOBODY 65534
#define HEX    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct tcx_processes *open_processes(const char *root, const char *patterns)
{
	struct tcx_fault fault = {""};
	struct tcx_processes *processes = tcx_processes_new(root, &fault);
	struct tcx_list list = {""};

	if (processes == NULL)
		fail_msg("%s", fault.text);
	strcpy(list.text, patterns);
	tcx_processes_set(processes, &list);
	return processes;
}

static void set(struct tcx_processes *processes, const char *patterns)
{
	struct tcx_list list = {""};

	strcpy(list.text, patterns);
	tcx_processes_set(processes, &list);
}

/* The only one that is found; NULL: there is none. */
static const struct tcx_process_netns *look(struct tcx_processes *processes)
{
	const struct tcx_process_netns *found;
	uint64_t due_ns;
	size_t count;

	tcx_processes_look(processes, &due_ns, NULL);
	found = tcx_processes_found(processes, &count);
	assert_in_range(count, 0, 1);
	return count > 0 ? found : NULL;
}

/* --- In a proc root that is written here -------------------------------------------------------
 */

static struct fixture fixture;

static void add_link(const char *netns, const char *path)
{
	char from[PATH_MAX], to[PATH_MAX];

	fixture_puts(&fixture, path, "");
	snprintf(from, sizeof(from), "%s/%s", fixture.root, netns);
	snprintf(to, sizeof(to), "%s/%s", fixture.root, path);
	assert_int_equal(unlink(to), 0);
	assert_int_equal(link(from, to), 0);
}

static void put(int pid, const char *below, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/%s", pid, below);
	fixture_puts(&fixture, path, text);
}

static void move_to(int pid, const char *netns)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/net/snmp", pid);
	add_link(netns, path);
}

/* It begins now. */
static void begin(int pid, const char *netns, const char *command, const char *cgroup)
{
	const uint64_t tick_ns = TCX_NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
	char stat[256];

	snprintf(stat, sizeof(stat), "%d (a) b) S%s %llu 0 0\n", pid,
		 " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
		 (unsigned long long)(tcx_clock_now() / tick_ns));
	put(pid, "comm", command);
	put(pid, "cgroup", cgroup);
	put(pid, "stat", stat);
	move_to(pid, netns);
}

static void end(int pid)
{
	static const char *const files[] = {"net/snmp", "comm", "cgroup", "stat", "net", ""};
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s/%d/%s", fixture.root, pid, files[i]);
		assert_int_equal(remove(path), 0);
	}
}

/* Longer than a clock tick, so that what begins next has begun after what was before. */
static void let_time_pass(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
}

static int make_tree(void **state)
{
	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "own", "");
	fixture_puts(&fixture, "blue", "");
	fixture_puts(&fixture, "green", "");
	add_link("own", "net/snmp");
	begin(1, "own", "init\n", "0::/init.scope\n");
	return 0;
}

static int remove_tree(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

/* What matches: the command, the group, its whole path; nothing in the own namespace. */
static void matches(void **state)
{
	static const struct {
		const char *patterns;
		bool found;
	} cases[] = {{"", false},	  {"nginx", true},	  {"ngin", false},
		     {"x ngin? y", true}, {"web.service", true},  {"/system.slice/*", true},
		     {"/web*", false},	  {"init*", false},	  {"*", true},
		     {"*.scope", false},  {"0123456789ab", false}};

	(void)state;
	begin(12, "blue", "nginx\n", "0::/system.slice/web.service\n");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tcx_processes *processes = open_processes(fixture.root, cases[i].patterns);
		const struct tcx_process_netns *found = look(processes);

		if ((found != NULL) != cases[i].found)
			fail_msg("%s", cases[i].patterns);
		if (found != NULL)
			assert_int_equal(found->pid, 12);
		tcx_processes_free(processes);
	}
}

/* /proc/PID/cgroup as runtimes have it, and what the namespace is called. */
static void names(void **state)
{
	static const struct {
		const char *cgroup, *name;
		enum tcx_cgroup_kind kind;
	} cases[] = {
		{"0::/system.slice/docker-" HEX ".scope\n", "0123456789ab", TCX_CGROUP_DOCKER},
		{"0::/../../docker/" HEX "\n", "0123456789ab", TCX_CGROUP_DOCKER},
		{"12:pids:/docker/" HEX "\n11:cpu,cpuacct:/docker/" HEX
		 "\n1:name=systemd:/docker/" HEX "\n0::/system.slice/containerd.service\n",
		 "0123456789ab", TCX_CGROUP_DOCKER},
		{"0::/machine.slice/libpod-" HEX ".scope/container\n", "0123456789ab",
		 TCX_CGROUP_PODMAN},
		{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" HEX
		 ".scope\n",
		 "0123456789ab", TCX_CGROUP_PODMAN},
		{"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/"
		 "cri-containerd-" HEX ".scope\n",
		 "0123456789ab", TCX_CGROUP_CONTAINERD},
		{"0::/k8s.io/" HEX "\n", "0123456789ab", TCX_CGROUP_CONTAINERD},
		{"0::/system.slice/nerdctl-" HEX ".scope\n", "0123456789ab", TCX_CGROUP_CONTAINERD},
		{"0::/kubepods/besteffort/pod12345678-1234-1234-1234-123456789abc/" HEX "\n",
		 "0123456789ab", TCX_CGROUP_CRI},
		{"0::/kubepods.slice/kubepods-pod1.slice/crio-" HEX ".scope\n", "0123456789ab",
		 TCX_CGROUP_CRI},
		{"0::/machine.slice/systemd-nspawn@deb.service/payload\n", "deb",
		 TCX_CGROUP_NSPAWN},
		{"0::/machine.slice/machine-my\\x2ddeb.scope\n", "my-deb", TCX_CGROUP_NSPAWN},
		{"0::/lxc.payload.c1/init.scope\n", "c1", TCX_CGROUP_LXC},
		{"3:cpu:/\n1:name=systemd:/system.slice/web.service\n0::/\n", "web.service",
		 TCX_CGROUP_UNIT},
		{"0::/user.slice/user-0.slice/session-3.scope\n", "sleep", TCX_CGROUP_UNIT},
		{"0::/x\n", "sleep", TCX_CGROUP_OTHER},
		{"0::/\n", "sleep", TCX_CGROUP_ROOT},
		{"", "sleep", TCX_CGROUP_ROOT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tcx_process_names names;
		struct tcx_processes *processes;
		const struct tcx_process_netns *found;

		begin(12, "blue", "sleep\n", cases[i].cgroup);
		processes = open_processes(fixture.root, "*");
		found = look(processes);
		assert_non_null(found);
		names = found->names;
		assert_string_equal(tcx_process_name(&names), cases[i].name);
		assert_int_equal(names.kind, cases[i].kind);
		assert_string_equal(names.command, "sleep");
		tcx_processes_free(processes);
	}
}

/* A path that is too long is cut; a file that is too long ends somewhere. */
static void long_names(void **state)
{
	char cgroup[20000], command[100] = "";
	struct tcx_processes *processes;
	const struct tcx_process_netns *found;

	(void)state;
	memset(command, 'c', sizeof(command) - 1);
	memset(cgroup, 'x', sizeof(cgroup));
	memcpy(cgroup, "0::/", 4);
	cgroup[sizeof(cgroup) - 1] = '\0';
	begin(12, "blue", command, cgroup);
	processes = open_processes(fixture.root, "*");
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(strlen(found->names.command), sizeof(found->names.command) - 1);
	assert_int_equal(strlen(found->names.path), TCX_CGROUP_NAME_SIZE - 1);
	assert_int_equal(strlen(found->names.group), TCX_CGROUP_NAME_SIZE - 2);
	tcx_processes_free(processes);
}

/* What is known of a process goes on with it, and not with another one of its number. */
static void lists(void **state)
{
	struct tcx_process_list list = {0};
	char from[PATH_MAX], to[PATH_MAX];
	int root = open(fixture.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	begin(20, "blue", "a\n", "0::/a\n");
	begin(22, "blue", "a\n", "0::/a\n");
	assert_true(tcx_process_list(root, &list, NULL));
	assert_int_equal(list.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(list.all[i].pid, ((const uint32_t[]){1, 20, 22})[i]);
		assert_int_equal(list.all[i].listings, 0);
		list.all[i].netns = list.all[i].pid;
	}
	begin(21, "blue", "a\n", "0::/a\n");
	assert_true(tcx_process_list(root, &list, NULL));
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(list.all[i].pid, ((const uint32_t[]){1, 20, 21, 22})[i]);
		assert_int_equal(list.all[i].listings, i != 2);
		assert_int_equal(list.all[i].netns, i != 2 ? list.all[i].pid : 0);
	}
	end(20);
	snprintf(from, sizeof(from), "%s/21", fixture.root);
	snprintf(to, sizeof(to), "%s/20", fixture.root);
	assert_int_equal(rename(from, to), 0);
	assert_true(tcx_process_list(root, &list, NULL));
	assert_int_equal(list.count, 3);
	assert_int_equal(list.all[0].listings, 2);
	assert_int_equal(list.all[1].pid, 20);
	assert_int_equal(list.all[1].listings, 0);
	assert_int_equal(list.all[1].netns, 0);
	assert_int_equal(list.all[2].listings, 2);
	free(list.all);
	close(root);
}

/* A process is looked at ever more seldom. */
static void seldom(void **state)
{
	(void)state;
	for (uint32_t listings = 0; listings < 40; listings++) {
		const struct tcx_process process = {.listings = listings};
		bool due = listings == 0 || listings == 1 || listings == 2 || listings == 4 ||
			   listings == 8 || listings == 16 || listings == 32;

		assert_int_equal(tcx_process_is_due(&process), due);
	}
}

/* Where no descriptor is left it is tried again, but not at once. */
static void no_descriptors(void **state)
{
	struct tcx_processes *processes = open_processes(fixture.root, "*");
	struct tcx_fault fault = {""};
	struct rlimit usual, none;
	uint64_t due_ns, now = tcx_clock_now();
	bool done;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	done = tcx_processes_look(processes, &due_ns, &fault);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	assert_false(done);
	assert_string_equal(fault.text, "the processes cannot be listed");
	assert_true(due_ns > now);
	assert_true(tcx_processes_look(processes, &due_ns, &fault));
	tcx_processes_free(processes);
}

/* What was opened is closed: of namespaces that go, of those that are left, and of itself. */
static void closes(void **state)
{
	const size_t before = fixture_descriptors();
	struct tcx_processes *processes;
	uint64_t due_ns;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	begin(21, "green", "nginx\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	assert_true(tcx_processes_look(processes, &due_ns, NULL));
	end(20);
	set(processes, "nginx");
	assert_true(tcx_processes_look(processes, &due_ns, NULL));
	assert_non_null(look(processes));
	tcx_processes_free(processes);
	assert_int_equal(fixture_descriptors(), before);
}

/* By number, each once, with all its processes, whether these match or not. */
static void several(void **state)
{
	const struct tcx_process_netns *found;
	struct tcx_processes *processes;
	uint64_t due_ns;
	size_t count;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	begin(21, "blue", "nginx\n", "0::/a\n");
	begin(22, "blue", "sleep\n", "0::/a\n");
	begin(23, "green", "nginx\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	assert_true(tcx_processes_look(processes, &due_ns, NULL));
	found = tcx_processes_found(processes, &count);
	assert_int_equal(count, 2);
	assert_true(found[0].number < found[1].number);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(found[i].processes, found[i].pid == 20 ? 3 : 1);
	tcx_processes_free(processes);
}

/* Another process goes on for one that has ended, also one that has begun meanwhile. */
static void goes_on(void **state)
{
	struct tcx_processes *processes;
	const struct tcx_process_netns *found;
	uint64_t found_ns;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	begin(21, "blue", "sleep\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	found = look(processes);
	assert_non_null(found);
	found_ns = found->found_ns;

	end(20);
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(found->pid, 21);
	assert_int_equal(found->found_ns, found_ns);

	begin(22, "blue", "other\n", "0::/b\n");
	let_time_pass();
	assert_non_null(look(processes));
	end(21);
	set(processes, "nginx");
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(found->pid, 22);
	assert_int_equal(found->found_ns, found_ns);
	assert_string_equal(found->names.command, "nginx");

	end(22);
	set(processes, "nginx");
	assert_null(look(processes));
	tcx_processes_free(processes);
}

/* A listing that is due by itself, since nothing goes on for one that has ended, has no fault. */
static void is_missed(void **state)
{
	const uint64_t deadline = tcx_clock_now() + 30 * TCX_NS_PER_S;
	struct tcx_fault fault = {""};
	struct tcx_processes *processes;
	uint64_t due_ns;
	size_t count = 1;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	assert_non_null(look(processes));
	end(20);
	while (count > 0 && tcx_clock_now() < deadline) {
		if (!tcx_processes_look(processes, &due_ns, &fault))
			fail_msg("%s", fault.text);
		tcx_processes_found(processes, &count);
		let_time_pass();
	}
	assert_int_equal(count, 0);
	tcx_processes_free(processes);
}

/* The number of one that is gone is that of a new one, whose process began after that. */
static void number_again(void **state)
{
	struct tcx_processes *processes;
	const struct tcx_process_netns *found;
	uint64_t found_ns;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	found = look(processes);
	assert_non_null(found);
	found_ns = found->found_ns;
	end(20);
	let_time_pass();
	begin(21, "blue", "nginx\n", "0::/a\n");
	set(processes, "nginx");
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(found->pid, 21);
	assert_true(found->found_ns > found_ns);

	end(21);
	let_time_pass();
	begin(22, "blue", "sleep\n", "0::/a\n");
	set(processes, "nginx");
	assert_null(look(processes));
	tcx_processes_free(processes);
}

/* A process gets its namespace, its command and its group a while after it began. */
static void late(void **state)
{
	struct tcx_processes *processes;

	(void)state;
	begin(20, "own", "unshare\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	assert_null(look(processes));
	move_to(20, "blue");
	set(processes, "nginx");
	assert_null(look(processes));
	put(20, "comm", "nginx\n");
	set(processes, "nginx");
	assert_non_null(look(processes));
	tcx_processes_free(processes);
}

/* In which listings after its first one a process is looked at. */
static void looks(void **state)
{
	static const uint32_t wanted[] = {0, 1, 2, 4, 8, 16, 32, 64};
	size_t count = 0;

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		struct tcx_process process = {.listings = i};

		if (tcx_process_is_due(&process))
			assert_int_equal(wanted[count++], i);
	}
	assert_int_equal(count, COUNT(wanted));
}

/* Its process has gone to another namespace, as by setns(). */
static void moved(void **state)
{
	struct tcx_processes *processes;
	const struct tcx_process_netns *found;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	assert_non_null(look(processes));
	move_to(20, "green");
	set(processes, "nginx");
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(found->pid, 20);
	move_to(20, "own");
	for (int i = 0; i < 4; i++) {
		set(processes, "nginx");
		look(processes);
	}
	assert_null(look(processes));
	tcx_processes_free(processes);
}

/* Other patterns keep what they match, and find what they did not match before. */
static void other_patterns(void **state)
{
	struct tcx_processes *processes;
	const struct tcx_process_netns *found;
	uint64_t found_ns;

	(void)state;
	begin(20, "blue", "nginx\n", "0::/a\n");
	begin(21, "green", "sleep\n", "0::/a\n");
	processes = open_processes(fixture.root, "nginx");
	found_ns = look(processes)->found_ns;
	set(processes, "n*");
	assert_int_equal(look(processes)->found_ns, found_ns);
	set(processes, "sleep");
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(found->pid, 21);
	set(processes, "");
	assert_null(look(processes));
	tcx_processes_free(processes);
}

static void no_root(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	assert_null(tcx_processes_new("/nonexistent", &fault));
	assert_non_null(strstr(fault.text, "/nonexistent"));
}

/* --- Real ones ---------------------------------------------------------------------------------
 */

/* This test. Others that run at the same time see its processes, too. */
static pid_t self;

/* A command of this test alone, of 7 characters at most. Valid until the next call. */
static const char *own(const char *command)
{
	static char name[16];

	snprintf(name, sizeof(name), "%.7s%07u", command, (unsigned int)self % 10000000);
	return name;
}

static void set_command(const char *name)
{
	prctl(PR_SET_NAME, name);
}

/* A process of this name in a network namespace of its own, or in the caller's; 0: not allowed. */
static pid_t start(const char *command, bool apart)
{
	int ready[2];
	char done = 0;
	pid_t child;

	if (pipe(ready) != 0)
		return 0;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set_command(command);
		done = !apart || unshare(CLONE_NEWNET) == 0;
		if (write(ready[1], &done, 1) != 1 || !done)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &done, 1) != 1)
		done = 0;
	close(ready[0]);
	close(ready[1]);
	return done ? child : 0;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Until it has lost what it has found: the kernel tells of the end. */
static bool is_lost(struct tcx_processes *processes)
{
	for (int i = 0; i < 1000; i++) {
		struct pollfd ended = {.fd = tcx_processes_fd(processes), .events = POLLIN};

		if (look(processes) == NULL)
			return true;
		poll(&ended, 1, 10);
	}
	return false;
}

static void real(void **state)
{
	struct tcx_processes *processes = open_processes("/proc", own("real"));
	pid_t child = start(own("real"), true);
	struct pollfd ended = {.fd = tcx_processes_fd(processes), .events = POLLIN};
	const struct tcx_process_netns *found;
	struct stat status;
	char path[64];

	(void)state;
	if (child == 0) {
		tcx_processes_free(processes);
		skip();
	}
	found = look(processes);
	assert_non_null(found);
	assert_int_equal(found->pid, child);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)child);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(found->inode, status.st_ino);
	assert_int_equal(poll(&ended, 1, 0), 0);
	end_child(child);
	assert_true(is_lost(processes));
	assert_int_equal(poll(&ended, 1, 0), 0);
	tcx_processes_free(processes);
}

/* All that takes a process of its own, to change its namespaces; 0: so it must be. */
static int in_child(int (*work)(void))
{
	pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0)
		_exit(work());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT)
		skip();
	return WEXITSTATUS(status);
}

/* Another process in the same namespace goes on. */
static int go_on_in_one(void)
{
	struct tcx_processes *processes = open_processes("/proc", own("first"));
	const struct tcx_process_netns *found;
	uint64_t found_ns;
	pid_t first, second;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (unshare(CLONE_NEWNET) != 0)
		return CANNOT;
	first = start(own("first"), false);
	second = start(own("second"), false);
	if (setns(home, CLONE_NEWNET) != 0 || (found = look(processes)) == NULL ||
	    found->pid != (uint32_t)first)
		return 1;
	found_ns = found->found_ns;
	end_child(first);
	found = look(processes);
	if (found == NULL || found->pid != (uint32_t)second || found->found_ns != found_ns)
		return 2;
	end_child(second);
	return is_lost(processes) ? 0 : 3;
}

/* Who may not trace a process finds its namespace all the same, without the number of nsfs. */
static int find_as_nobody(void)
{
	pid_t child = start(own("other"), true);
	struct tcx_processes *processes;
	const struct tcx_process_netns *found = NULL;
	int result = CANNOT;

	if (child == 0)
		return CANNOT;
	processes = open_processes("/proc", own("other"));
	if (setegid(NOBODY) == 0 && seteuid(NOBODY) == 0) {
		found = look(processes);
		result = found == NULL || found->pid != (uint32_t)child ? 1
			 : found->inode == 0				? 0
									: 2;
	}
	/* Nobody's end would not end it, either. */
	if (seteuid(0) == 0)
		end_child(child);
	tcx_processes_free(processes);
	return result;
}

/* The fault names it. */
static bool is_told(const char *root, const char *what)
{
	struct tcx_processes *processes = open_processes(root, "*");
	struct tcx_fault fault = {""};
	uint64_t due_ns;

	return !tcx_processes_look(processes, &due_ns, &fault) && strstr(fault.text, what) != NULL;
}

static int mount_proc(const char *options)
{
	return unshare(CLONE_NEWNS) == 0 && mount("", "/", "", MS_REC | MS_PRIVATE, NULL) == 0 &&
			       mount("proc", fixture.root, "proc", 0, options) == 0
		       ? 0
		       : CANNOT;
}

static int hide(const char *options)
{
	int result = mount_proc(options);

	if (result != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return CANNOT;
	return is_told(fixture.root, "hidepid") ? 0 : 1;
}

static int hide_files(void)
{
	return hide("hidepid=1");
}

static int hide_folders(void)
{
	return hide("hidepid=2");
}

/* In a PID namespace of its own, with a procfs of that. */
static int see_own_alone(void)
{
	int result = mount_proc(NULL);

	return result != 0 ? result : is_told(fixture.root, "PID namespace") ? 0 : 1;
}

/* In a new PID namespace: found tells that it has found what the other end of the pipe then ends.
 */
static int find_outer(int found)
{
	struct tcx_processes *processes = open_processes("/proc", own("outer"));

	if (look(processes) == NULL || write(found, "", 1) != 1)
		return 1;
	return is_lost(processes) ? 0 : 2;
}

/* The procfs is of another PID namespace, whose numbers pidfd_open() does not know. */
static int look_in_from_another(void)
{
	pid_t child = start(own("outer"), true), inner;
	int found[2], status = -1;
	char done;

	if (child == 0 || pipe(found) != 0 || unshare(CLONE_NEWPID) != 0)
		return CANNOT;
	inner = fork();
	if (inner == 0)
		_exit(find_outer(found[1]));
	close(found[1]);
	if (read(found[0], &done, 1) == 1)
		end_child(child);
	waitpid(inner, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static int see_own_pidns(void)
{
	int status = -1;
	pid_t inner;

	if (unshare(CLONE_NEWPID) != 0)
		return CANNOT;
	inner = fork();
	if (inner == 0)
		_exit(see_own_alone());
	waitpid(inner, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static void another_goes_on(void **state)
{
	(void)state;
	assert_int_equal(in_child(go_on_in_one), 0);
}

static void of_other_users(void **state)
{
	(void)state;
	assert_int_equal(in_child(find_as_nobody), 0);
}

static void hidden(void **state)
{
	(void)state;
	assert_int_equal(in_child(hide_files), 0);
	assert_int_equal(in_child(hide_folders), 0);
}

static void own_pidns(void **state)
{
	(void)state;
	assert_int_equal(in_child(see_own_pidns), 0);
}

static void other_pidns(void **state)
{
	(void)state;
	assert_int_equal(in_child(look_in_from_another), 0);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(matches),
		IN_TREE(names),
		IN_TREE(long_names),
		IN_TREE(lists),
		cmocka_unit_test(seldom),
		IN_TREE(no_descriptors),
		IN_TREE(closes),
		IN_TREE(several),
		IN_TREE(goes_on),
		IN_TREE(is_missed),
		IN_TREE(number_again),
		IN_TREE(late),
		cmocka_unit_test(looks),
		IN_TREE(moved),
		IN_TREE(other_patterns),
		cmocka_unit_test(no_root),
		cmocka_unit_test(real),
		cmocka_unit_test(another_goes_on),
		cmocka_unit_test(of_other_users),
		IN_TREE(hidden),
		IN_TREE(own_pidns),
		cmocka_unit_test(other_pidns),
	};

	self = getpid();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
