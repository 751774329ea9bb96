/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells network namespaces apart by inode numbers, and enters them with setns(). */
#include "kernel/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Until a thread that could not go home tries again. */
#define PAUSE_NS TCX_NS_PER_MS

struct attempt {
	const struct tcx_namespace *ns;
	struct tcx_fault *fault;
	bool done;
};

static bool is_procfs(const char *path)
{
	struct statfs status;

	return statfs(path, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

/* The inode number of a file in whose network namespace; 0 if there is none. */
static ino_t inode_of(const char *root, const char *whose, bool *procfs)
{
	char path[PATH_MAX];
	struct stat status;

	*procfs = false;
	snprintf(path, sizeof(path), "%s%s/net/snmp", root, whose);
	if (stat(path, &status) != 0)
		return 0;
	*procfs = is_procfs(path);
	return status.st_ino;
}

/* Without /proc, the proc root itself may say it. */
static ino_t own_inode(const char *root)
{
	bool procfs;
	ino_t own = inode_of("/proc", "/thread-self", &procfs);

	return procfs ? own : inode_of(root, "/thread-self", &procfs);
}

static bool is_proc(const char *root)
{
	char *path = realpath(root, NULL);
	bool is = path != NULL && strcmp(path, "/proc") == 0;

	free(path);
	return is;
}

static bool is_init_elsewhere(const char *root, ino_t own)
{
	bool procfs;
	ino_t init = inode_of(root, "/1", &procfs);

	return procfs && init != own && !is_proc(root);
}

/* A process that does not exist. A whole procfs, and plain files, count as the own namespace. */
static bool is_gone(const char *root)
{
	char self[PATH_MAX];

	snprintf(self, sizeof(self), "%s/self", root);
	return access(root, F_OK) != 0 || (is_procfs(root) && access(self, F_OK) != 0);
}

enum tcx_where tcx_proc_root_where(const char *root)
{
	bool procfs;
	ino_t inode = inode_of(root, "", &procfs);
	ino_t own = own_inode(root);

	if (inode != 0 && !procfs)
		return TCX_WHERE_FILES;
	if (inode == 0 || own == 0)
		return is_gone(root) ? TCX_WHERE_GONE : TCX_WHERE_UNKNOWN;
	if (inode != own)
		return TCX_WHERE_OTHER;
	return is_init_elsewhere(root, own) ? TCX_WHERE_OWN_NOT_INIT : TCX_WHERE_OWN;
}

char *tcx_proc_root_path(const char *root, const char *path)
{
	const char *beside = "";
	char sys[PATH_MAX];
	char *whole;

	snprintf(sys, sizeof(sys), "%s/sys", root);
	if (strncmp(path, "sys/", 4) == 0 && is_procfs(root) && access(sys, F_OK) != 0)
		beside = "/..";
	return asprintf(&whole, "%s%s/%s", root, beside, path) < 0 ? NULL : whole;
}

bool tcx_namespace_is_other(const struct tcx_namespace *ns)
{
	return ns->where >= TCX_WHERE_OTHER;
}

/* Which namespace its file is of; 0: one that may not be seen, or no more. */
static ino_t see(const struct tcx_namespace *ns)
{
	struct stat status;

	return fstatat(ns->folder, ns->file, &status, 0) == 0 ? status.st_ino : 0;
}

/* The folder is opened first: it stays that of the process which the rest is found out of. */
static void init_root(struct tcx_namespace *ns)
{
	int folder = open(ns->name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	ns->where = tcx_proc_root_where(ns->name);
	ns->file = "ns/net";
	if (ns->where == TCX_WHERE_OTHER)
		ns->folder = folder;
	else if (folder >= 0)
		close(folder);
}

bool tcx_namespace_init(struct tcx_namespace *ns, const char *name, bool named,
			struct tcx_fault *fault)
{
	*ns = (struct tcx_namespace){.where = TCX_WHERE_NAMED, .folder = AT_FDCWD};
	ns->name = strdup(name);
	ns->file = ns->name;
	if (ns->name == NULL)
		return tcx_fault_set(fault, "out of memory");
	if (!named)
		init_root(ns);
	if (!tcx_namespace_is_other(ns))
		return true;
	ns->inode = see(ns);
	return ns->folder != -1 ||
	       tcx_fault_set(fault, "%s: no descriptor: %s", name, strerror(errno));
}

void tcx_namespace_clear(struct tcx_namespace *ns)
{
	if (ns->folder >= 0)
		close(ns->folder);
	free(ns->name);
}

bool tcx_namespace_is_gone(struct tcx_namespace *ns)
{
	if (!tcx_namespace_is_other(ns) || (see(ns) == ns->inode && !ns->gone))
		return false;
	ns->gone = ns->where == TCX_WHERE_NAMED;
	return true;
}

static bool refuse(const struct tcx_namespace *ns, int error, struct tcx_fault *fault)
{
	const char *remedy = "";

	if (error == EPERM || error == EACCES)
		remedy = "; that takes CAP_SYS_ADMIN, and CAP_SYS_PTRACE where the process is not "
			 "the agent's user's";
	return tcx_fault_set(fault, "%s%s: the network namespace cannot be entered: %s%s", ns->name,
			     ns->where == TCX_WHERE_NAMED ? "" : "/ns/net", strerror(error),
			     remedy);
}

/* Asked of what is open, since the file may be another's by now. */
static bool is_same(const struct tcx_namespace *ns, int fd, struct tcx_fault *fault)
{
	struct stat status;

	if (fstat(fd, &status) == 0 && status.st_ino == ns->inode && !ns->gone)
		return true;
	return tcx_fault_set(fault,
			     "%s: it is another network namespace by now; start the agent again",
			     ns->name);
}

static bool move_to(const struct tcx_namespace *ns, int fd, int *home, struct tcx_fault *fault)
{
	int error;

	*home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (*home >= 0 && setns(fd, CLONE_NEWNET) == 0)
		return true;
	error = errno;
	if (*home >= 0)
		close(*home);
	*home = -1;
	return refuse(ns, error, fault);
}

bool tcx_namespace_enter(const struct tcx_namespace *ns, int *home, struct tcx_fault *fault)
{
	bool done;
	int fd;

	*home = -1;
	if (!tcx_namespace_is_other(ns))
		return true;
	if (ns->where == TCX_WHERE_GONE)
		return tcx_fault_set(
			fault,
			"its network namespace was unknown when the agent began to read there; "
			"correct procRoot, or start the agent again when %s/net/snmp exists",
			ns->name);
	fd = openat(ns->folder, ns->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(ns, errno, fault);
	done = is_same(ns, fd, fault) && move_to(ns, fd, home, fault);
	close(fd);
	return done;
}

/* This fails only while memory is short; a thread that stays would read what is not its own. */
void tcx_namespace_leave(int home)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};

	if (home < 0)
		return;
	while (setns(home, CLONE_NEWNET) != 0)
		nanosleep(&pause, NULL);
	close(home);
}

static void *try(void *arg)
{
	struct attempt *attempt = arg;
	int home = -1;

	attempt->done = tcx_namespace_enter(attempt->ns, &home, attempt->fault);
	tcx_namespace_leave(home);
	return NULL;
}

bool tcx_namespace_can_enter(const struct tcx_namespace *ns, struct tcx_fault *fault)
{
	struct attempt attempt = {ns, fault, false};
	pthread_t thread;
	int error;

	if (!tcx_namespace_is_other(ns))
		return true;
	error = pthread_create(&thread, NULL, try, &attempt);
	if (error != 0)
		return tcx_fault_set(fault,
				     "no thread can be started: %s; raise the limit of tasks",
				     strerror(error));
	pthread_join(thread, NULL);
	return attempt.done;
}
