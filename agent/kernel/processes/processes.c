/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The namespaces that were found by their processes, and how they come, go on and go. The number of
 * a namespace that is gone may be that of a new one at once. So the end of each one's process is
 * waited for, and another process goes on only if it had begun before that.
 */
#include "kernel/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "processes.h"

/* Between two listings. A process that gets its namespace late is found by the second one. */
#define LIST_NS (5 * TCX_NS_PER_S)

/* Between two looks at each namespace's process, where nothing tells that it has ended. */
#define LOOK_NS (TCX_NS_PER_S / 2)

/* How long a namespace without a process may wait for a listing to find another one in it. */
#define LOST_NS (TCX_NS_PER_S / 2)

/* Listings that are asked for by that take one part of so many of the time. */
#define SHARE 20

/* Descriptors of each namespace: its process, the process's folder, its links; and of all else. */
#define EACH   3
#define OTHERS 48

/* The inode number of the first PID namespace (PROC_PID_INIT_INO). */
#define FIRST_PIDNS 0xEFFFFFFC

struct tcx_processes {
	char *root; /* owned: the folder that has those of the processes */
	int folder; /* it, open */
	char *own;  /* owned: the proc root, whose net is not found */
	bool procfs;
	int wake_fd;  /* of epoll: the pidfds */
	bool pidfds;  /* the kernel has them, for the numbers of this procfs */
	bool changed; /* all processes are to be looked at, as the patterns are new, or there is
			 room */
	bool full;    /* the last listing had no room for one more namespace */
	struct tcx_list patterns;
	struct tcx_process_list list;
	uint64_t looked_ns; /* the last look */
	uint64_t listed_ns; /* when the last listing began; 0: there was none */
	uint64_t cost_ns;   /* of it */
	struct tcx_process_netns *found;
	size_t count;
};

/* --- The process that a namespace goes on by ---------------------------------------------------
 */

static int open_pidfd(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	errno = ENOSYS;
	return -1;
#endif
}

static ino_t number_at(int folder)
{
	struct stat status;

	return fstatat(folder, "net/snmp", &status, 0) == 0 ? status.st_ino : 0;
}

/* An ended process that nobody has waited for has a folder, but no namespace. */
static bool lives(const struct tcx_processes *processes, int fd, ino_t number)
{
	struct pollfd end = {.fd = fd, .events = POLLIN};

	return processes->pidfds ? poll(&end, 1, 0) == 0 : number_at(fd) == number;
}

static int open_process(const struct tcx_processes *processes, uint32_t pid)
{
	struct epoll_event event = {.events = EPOLLIN};
	char name[16];
	int fd;

	if (!processes->pidfds) {
		snprintf(name, sizeof(name), "%u", (unsigned int)pid);
		return openat(processes->folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	fd = open_pidfd((pid_t)pid);
	if (fd >= 0 && epoll_ctl(processes->wake_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Whether the namespace goes on by it, now that its number is that of this process's. */
static bool go_on(const struct tcx_processes *processes, struct tcx_process_netns *netns,
		  uint32_t pid, uint64_t before_ns)
{
	int fd = open_process(processes, pid);

	if (fd < 0)
		return false;
	if (tcx_process_netns_of(processes->folder, pid) == netns->number &&
	    tcx_process_began(processes->folder, pid) <= before_ns &&
	    lives(processes, fd, netns->number)) {
		netns->fd = fd;
		netns->pid = pid;
		return true;
	}
	close(fd);
	return false;
}

static bool find_another(const struct tcx_processes *processes, struct tcx_process_netns *netns)
{
	for (size_t i = 0; i < processes->list.count; i++) {
		struct tcx_process *process = &processes->list.all[i];

		if (process->netns != netns->number)
			continue;
		if (go_on(processes, netns, process->pid, netns->lost_ns))
			return true;
		process->netns = tcx_process_netns_of(processes->folder, process->pid);
	}
	return false;
}

/* --- Which there are ---------------------------------------------------------------------------
 */

static bool comes_before(const void *items, size_t i, const void *key)
{
	const struct tcx_process_netns *found = items;

	return found[i].number < *(const ino_t *)key;
}

static size_t place_of(const struct tcx_processes *processes, ino_t number)
{
	return tcx_search(processes->found, processes->count, &number, comes_before);
}

static struct tcx_process_netns *find(const struct tcx_processes *processes, ino_t number)
{
	size_t i = place_of(processes, number);

	return i < processes->count && processes->found[i].number == number ? &processes->found[i]
									    : NULL;
}

static void let_go(struct tcx_processes *processes, size_t i)
{
	struct tcx_process_netns *netns = &processes->found[i];

	if (netns->fd >= 0)
		close(netns->fd);
	processes->count--;
	processes->changed = processes->changed || processes->full;
	memmove(netns, netns + 1, (processes->count - i) * sizeof(*netns));
}

static bool add(struct tcx_processes *processes, const struct tcx_process_netns *netns)
{
	size_t place = place_of(processes, netns->number);

	if (!tcx_array_append(&processes->found, &processes->count, netns, sizeof(*netns)))
		return false;
	memmove(&processes->found[place + 1], &processes->found[place],
		(processes->count - 1 - place) * sizeof(*netns));
	processes->found[place] = *netns;
	return true;
}

/* --- Looking -----------------------------------------------------------------------------------
 */

/* listed: what pidfds do not tell is seen as well, that one has gone to another namespace. */
static void see_ends(struct tcx_processes *processes, uint64_t now, bool listed)
{
	for (size_t i = 0; i < processes->count; i++) {
		struct tcx_process_netns *netns = &processes->found[i];
		bool there = netns->fd >= 0 && lives(processes, netns->fd, netns->number);

		if (there && listed)
			there = tcx_process_netns_of(processes->folder, netns->pid) ==
				netns->number;
		if (there || netns->fd < 0)
			continue;
		close(netns->fd);
		netns->fd = -1;
		netns->lost_ns = processes->pidfds ? now : processes->looked_ns;
		find_another(processes, netns);
	}
	processes->looked_ns = now;
}

/* A listing has found no process in them. */
static void drop_lost(struct tcx_processes *processes)
{
	for (size_t i = processes->count; i-- > 0;)
		if (processes->found[i].fd < 0 && !find_another(processes, &processes->found[i]))
			let_go(processes, i);
}

/* How many namespaces may be kept, so that enough descriptors are left for what is read. */
static size_t room(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > OTHERS ? (size_t)(limit.rlim_cur - OTHERS) / EACH : 0;
}

static bool had_room(const struct tcx_processes *processes, struct tcx_fault *fault)
{
	return !processes->full ||
	       tcx_fault_set(fault,
			     "files that the agent may open are enough for %zu network namespaces, "
			     "and there are more; raise their limit (LimitNOFILE in the unit)",
			     room());
}

static void look_at(struct tcx_processes *processes, const struct tcx_process *process)
{
	struct tcx_process_netns netns = {.number = process->netns};

	if (!tcx_process_read_names(processes->folder, process->pid, &netns.names) ||
	    !tcx_process_matches(&netns.names, &processes->patterns))
		return;
	if (processes->count >= room()) {
		processes->full = true;
		return;
	}
	netns.found_ns = tcx_clock_now();
	netns.inode = tcx_process_nsfs_of(processes->folder, process->pid);
	if (go_on(processes, &netns, process->pid, netns.found_ns) && !add(processes, &netns))
		close(netns.fd);
}

static ino_t own_number(const struct tcx_processes *processes)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/net/snmp", processes->own);
	return stat(path, &status) == 0 ? status.st_ino : 0;
}

static void count_processes(struct tcx_processes *processes)
{
	for (size_t i = 0; i < processes->count; i++)
		processes->found[i].processes = 0;
	for (size_t i = 0; i < processes->list.count; i++) {
		struct tcx_process_netns *netns = find(processes, processes->list.all[i].netns);

		if (netns != NULL)
			netns->processes++;
	}
}

/* Of those that are due. */
static void find_numbers(const struct tcx_processes *processes)
{
	for (size_t i = 0; i < processes->list.count; i++) {
		struct tcx_process *process = &processes->list.all[i];

		if (tcx_process_is_due(process))
			process->netns = tcx_process_netns_of(processes->folder, process->pid);
	}
}

static void find_new(struct tcx_processes *processes)
{
	const ino_t own = own_number(processes);

	for (size_t i = 0; i < processes->list.count; i++) {
		const struct tcx_process *process = &processes->list.all[i];

		if ((tcx_process_is_due(process) || processes->changed) && process->netns != 0 &&
		    process->netns != own && find(processes, process->netns) == NULL)
			look_at(processes, process);
	}
}

/* What is lost is looked for among all that are new, before these may be of a new namespace. */
static bool list(struct tcx_processes *processes, uint64_t now, struct tcx_fault *fault)
{
	processes->listed_ns = now;
	if (!tcx_process_list(processes->folder, &processes->list, fault))
		return false;
	find_numbers(processes);
	drop_lost(processes);
	processes->full = processes->full && !processes->changed; /* else all are looked at */
	find_new(processes);
	processes->changed = false;
	count_processes(processes);
	processes->cost_ns = tcx_clock_now() - now;
	return true;
}

static uint64_t next_listing(const struct tcx_processes *processes)
{
	uint64_t due_ns = processes->listed_ns + LIST_NS;
	uint64_t ready_ns = processes->listed_ns + SHARE * processes->cost_ns;

	if (processes->changed || processes->listed_ns == 0)
		return 0;
	for (size_t i = 0; i < processes->count; i++) {
		const struct tcx_process_netns *netns = &processes->found[i];

		if (netns->fd < 0)
			due_ns = tcx_clock_earlier(
				due_ns, tcx_clock_earlier(ready_ns, netns->lost_ns + LOST_NS));
	}
	return due_ns;
}

/* --- What it cannot see ------------------------------------------------------------------------
 */

static bool is_own_pidns(const struct tcx_processes *processes)
{
	char pid[16] = "";

	return readlinkat(processes->folder, "self", pid, sizeof(pid) - 1) > 0 &&
	       strtol(pid, NULL, 10) == getpid();
}

/* Process 1 is there as long as its namespace is. */
static bool sees_all(const struct tcx_processes *processes, struct tcx_fault *fault)
{
	struct stat status;

	if (!processes->procfs)
		return true;
	if (fstatat(processes->folder, "1/comm", &status, 0) != 0)
		return tcx_fault_set(
			fault,
			"%s is mounted with hidepid, which hides the processes of other users; "
			"mount it with gid= of a group of the agent's, or give it CAP_SYS_PTRACE",
			processes->root);
	if (is_own_pidns(processes) && stat("/proc/self/ns/pid", &status) == 0 &&
	    status.st_ino != FIRST_PIDNS)
		return tcx_fault_set(
			fault,
			"%s has only the processes of the agent's own PID namespace; give procRoot "
			"HOST/1, where HOST is the host's procfs",
			processes->root);
	return true;
}

/* --- For the caller ----------------------------------------------------------------------------
 */

bool tcx_processes_look(struct tcx_processes *processes, uint64_t *due_ns, struct tcx_fault *fault)
{
	const uint64_t now = tcx_clock_now();
	bool listed = next_listing(processes) <= now, done = true;

	see_ends(processes, now, listed);
	listed = listed || next_listing(processes) <= now;
	if (listed)
		done = list(processes, now, fault);
	*due_ns = done ? next_listing(processes) : now + LIST_NS;
	if (!processes->pidfds && processes->count > 0)
		*due_ns = tcx_clock_earlier(*due_ns, now + LOOK_NS);
	return done && had_room(processes, fault) && sees_all(processes, fault);
}

void tcx_processes_set(struct tcx_processes *processes, const struct tcx_list *patterns)
{
	processes->patterns = *patterns;
	processes->changed = true;
	for (size_t i = processes->count; i-- > 0;)
		if (!tcx_process_matches(&processes->found[i].names, patterns))
			let_go(processes, i);
}

int tcx_processes_fd(const struct tcx_processes *processes)
{
	return processes->wake_fd;
}

const char *tcx_processes_root(const struct tcx_processes *processes)
{
	return processes->root;
}

const struct tcx_process_netns *tcx_processes_found(const struct tcx_processes *processes,
						    size_t *count)
{
	*count = processes->count;
	return processes->found;
}

/* The proc root, or the folder around it, if the root is a process. */
static char *find_root(const char *proc_root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/../self", proc_root);
	if (access(path, F_OK) != 0)
		return realpath(proc_root, NULL);
	snprintf(path, sizeof(path), "%s/..", proc_root);
	return realpath(path, NULL);
}

static bool open_folder(struct tcx_processes *processes, struct tcx_fault *fault)
{
	struct statfs status;

	processes->root = find_root(processes->own);
	if (processes->root != NULL)
		processes->folder = open(processes->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (processes->folder < 0)
		return tcx_fault_set(fault, "%s: %s", processes->own, strerror(errno));
	processes->procfs =
		fstatfs(processes->folder, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
	return true;
}

static bool open_wake(struct tcx_processes *processes, struct tcx_fault *fault)
{
	int fd = is_own_pidns(processes) ? open_pidfd(getpid()) : -1;

	processes->pidfds = fd >= 0;
	if (fd >= 0)
		close(fd);
	processes->wake_fd = epoll_create1(EPOLL_CLOEXEC);
	return processes->wake_fd >= 0 || tcx_fault_set(fault, "epoll: %s", strerror(errno));
}

struct tcx_processes *tcx_processes_new(const char *proc_root, struct tcx_fault *fault)
{
	struct tcx_processes *processes = calloc(1, sizeof(*processes));

	if (processes == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	processes->folder = -1;
	processes->wake_fd = -1;
	processes->own = strdup(proc_root);
	if (processes->own == NULL)
		tcx_fault_set(fault, "out of memory");
	else if (open_folder(processes, fault) && open_wake(processes, fault))
		return processes;
	tcx_processes_free(processes);
	return NULL;
}

void tcx_processes_free(struct tcx_processes *processes)
{
	if (processes == NULL)
		return;
	while (processes->count > 0)
		let_go(processes, processes->count - 1);
	if (processes->folder >= 0)
		close(processes->folder);
	if (processes->wake_fd >= 0)
		close(processes->wake_fd);
	free(processes->list.all);
	free(processes->found);
	free(processes->root);
	free(processes->own);
	free(processes);
}
