/* SPDX-License-Identifier: BSD-2-Clause */
/* Becomes a daemon, and gives up root. */
#include "daemon/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include "daemon/rights.h"

/*
 * Each thread would get memory from a heap of its own, and leave holes there. What one makes others
 * free, and none makes much.
 */
static void use_one_heap(void)
{
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 1);
#endif
}

/* Each network namespace takes some; shells and services begin with few, for programs of select().
 */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Else a descriptor of ours becomes 0, 1 or 2, the lowest free one, and serves as standard I/O. */
bool tcx_process_begin(void)
{
	signal(SIGXFSZ, SIG_IGN);
	use_one_heap();
	raise_descriptors();
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

/* The first process waits for the daemon's result and exits with it. */
static void wait_for_daemon(int fd)
{
	unsigned char status = EXIT_FAILURE;

	while (read(fd, &status, 1) < 0 && errno == EINTR)
		;
	_exit(status);
}

bool tcx_process_daemonize(int *ready_fd, struct tcx_fault *fault)
{
	int fds[2];
	pid_t pid = -1;

	if (pipe2(fds, O_CLOEXEC) == 0)
		pid = fork();
	if (pid < 0)
		return tcx_fault_set(fault, "cannot go to the background: %s; start with -f",
				     strerror(errno));
	if (pid > 0) {
		close(fds[1]);
		wait_for_daemon(fds[0]);
	}
	close(fds[0]);
	setsid();
	*ready_fd = fds[1];
	return true;
}

void tcx_process_started(int ready_fd, bool well)
{
	unsigned char status = well ? EXIT_SUCCESS : EXIT_FAILURE;
	int null;

	if (ready_fd < 0)
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	if (null >= 0)
		close(null);
	if (write(ready_fd, &status, 1) < 0)
		return; /* whoever started us is gone */
	close(ready_fd);
}

/* To the kernel: leave it as it is. */
#define NO_ID UINT32_MAX

/* Digits only, within the range of an id. */
static bool is_number(const char *text, unsigned long *number)
{
	char *end;

	errno = 0;
	*number = strtoul(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number < NO_ID;
}

static bool find_group(const char *name, gid_t *gid, struct tcx_fault *fault)
{
	const struct group *group = getgrnam(name);
	unsigned long number;

	if (group != NULL)
		*gid = group->gr_gid;
	else if (is_number(name, &number))
		*gid = (gid_t)number;
	else
		return tcx_fault_set(fault, "there is no group '%s'; give -g one that exists",
				     name);
	return true;
}

/* A user without a passwd entry has no name for initgroups() and no own group. */
static bool find_user(const char *name, const struct passwd **entry, uid_t *uid,
		      struct tcx_fault *fault)
{
	unsigned long number;

	*entry = getpwnam(name);
	if (*entry == NULL && !is_number(name, &number))
		return tcx_fault_set(fault, "there is no user '%s'; give -u one that exists", name);
	if (*entry == NULL)
		*entry = getpwuid((uid_t)number);
	*uid = *entry != NULL ? (*entry)->pw_uid : (uid_t)number;
	return true;
}

/* What is permitted stays so, for tcx_rights_reduce() to choose from. */
static bool set_ids(const struct passwd *entry, uid_t uid, gid_t gid)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0)
		return false;

	if (entry != NULL && initgroups(entry->pw_name, gid) != 0)
		return false;
	if (entry == NULL && uid != NO_ID && setgroups(0, NULL) != 0)
		return false;
	return setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

/* No program executed later gains a right. Without CAP_SETPCAP, no_new_privs alone must do. */
static bool renounce(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0 && errno != EPERM)
			return false;
	return true;
}

static bool become(const char *user, const char *group, struct tcx_fault *fault)
{
	const struct passwd *entry = NULL;
	uid_t uid = NO_ID;
	gid_t gid = NO_ID;

	if (user == NULL && group == NULL)
		return true;
	if (user == NULL && geteuid() == 0)
		return tcx_fault_set(fault,
				     "-g alone leaves the agent root; give -u, too (-u root, "
				     "if that is meant)");
	if (user != NULL && !find_user(user, &entry, &uid, fault))
		return false;
	if (group != NULL && !find_group(group, &gid, fault))
		return false;
	if (entry != NULL && group == NULL)
		gid = entry->pw_gid;
	if (gid == NO_ID)
		return tcx_fault_set(fault, "user %s has no entry that names a group; give -g, too",
				     user);
	if ((user != NULL && !renounce()) || !set_ids(entry, uid, gid))
		return tcx_fault_set(
			fault,
			"cannot become user %s, group %s: %s; start as root or without -u and -g",
			user != NULL ? user : "(same)", group != NULL ? group : "(the user's)",
			strerror(errno));
	return true;
}

/*
 * Readings that nobody waits for have a low priority, where they can go back to ours. RLIMIT_NICE
 * has the lowest nice value that a thread may go to, taken from 20. Root may raise it.
 */
static void keep_priority(void)
{
	const rlim_t ours = (rlim_t)(20 - getpriority(PRIO_PROCESS, 0));
	struct rlimit limit;

	if (getrlimit(RLIMIT_NICE, &limit) != 0 || limit.rlim_cur >= ours)
		return;
	limit.rlim_cur = ours;
	if (limit.rlim_max < ours)
		limit.rlim_max = ours;
	setrlimit(RLIMIT_NICE, &limit);
}

bool tcx_process_become(const char *user, const char *group, uint64_t rights,
			struct tcx_fault *fault)
{
	uint64_t others = ~TCX_RIGHTS;

	keep_priority();
	if (!become(user, group, fault))
		return false;
	if (user != NULL && geteuid() != 0)
		others = 0;
	return tcx_rights_reduce(rights | others, fault);
}
