/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares network namespaces by inode numbers, and enters them with setns(). */
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
#include <unistd.h>

/* An inode number that no file has: the namespace is unknown. */
#define UNKNOWN_INODE ((ino_t)-1)

/* Work to do in another namespace. */
struct errand {
	const struct tcx_namespace *ns;
	bool (*work)(void *context, struct tcx_fault *fault);
	void *context;
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

enum tcx_where tcx_proc_root_where(const char *root)
{
	bool procfs;
	ino_t inode = inode_of(root, "", &procfs);
	ino_t own = own_inode(root);

	if (inode != 0 && !procfs)
		return TCX_WHERE_FILES;
	if (inode == 0 || own == 0)
		return TCX_WHERE_UNKNOWN;
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
	if (is_procfs(root) && access(sys, F_OK) != 0)
		beside = "/..";
	return asprintf(&whole, "%s%s/%s", root, beside, path) < 0 ? NULL : whole;
}

/* A process that does not exist. A whole procfs, and plain files, count as the own namespace. */
static bool is_gone(const char *root)
{
	char self[PATH_MAX];

	snprintf(self, sizeof(self), "%s/self", root);
	return access(root, F_OK) != 0 || (is_procfs(root) && access(self, F_OK) != 0);
}

bool tcx_namespace_init(struct tcx_namespace *ns, const char *root)
{
	enum tcx_where where = tcx_proc_root_where(root);
	bool procfs;

	ns->root = strdup(root);
	ns->inode = 0;
	if (ns->root == NULL)
		return false;
	if (where == TCX_WHERE_OTHER)
		ns->inode = inode_of(root, "", &procfs);
	else if (where == TCX_WHERE_UNKNOWN && is_gone(root))
		ns->inode = UNKNOWN_INODE;
	return true;
}

void tcx_namespace_clear(struct tcx_namespace *ns)
{
	free(ns->root);
	ns->root = NULL;
}

bool tcx_namespace_is_here(const struct tcx_namespace *ns)
{
	return ns->inode == 0 || ns->inode == own_inode(ns->root);
}

static bool refuse(const char *path, int error, struct tcx_fault *fault)
{
	const char *remedy = "";

	if (error == EPERM || error == EACCES)
		remedy = "; that takes CAP_SYS_ADMIN, and CAP_SYS_PTRACE where the process is not "
			 "the agent's user's";
	return tcx_fault_set(fault, "%s: the network namespace cannot be entered: %s%s", path,
			     strerror(error), remedy);
}

bool tcx_namespace_enter(const struct tcx_namespace *ns, struct tcx_fault *fault)
{
	char path[PATH_MAX];
	int fd, error;

	if (tcx_namespace_is_here(ns))
		return true;
	if (ns->inode == UNKNOWN_INODE)
		return tcx_fault_set(
			fault,
			"its network namespace was unknown when the agent began to read there; "
			"correct procRoot, or start the agent again when %s/net/snmp exists",
			ns->root);
	snprintf(path, sizeof(path), "%s/ns/net", ns->root);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(path, errno, fault);
	error = setns(fd, CLONE_NEWNET) == 0 ? 0 : errno;
	close(fd);
	if (error != 0)
		return refuse(path, error, fault);
	return tcx_namespace_is_here(ns) ||
	       tcx_fault_set(fault,
			     "%s: it is another network namespace by now; start the agent again",
			     path);
}

static void *run(void *arg)
{
	struct errand *errand = arg;

	errand->done = tcx_namespace_enter(errand->ns, errand->fault) &&
		       errand->work(errand->context, errand->fault);
	return NULL;
}

bool tcx_namespace_do(const struct tcx_namespace *ns,
		      bool (*work)(void *context, struct tcx_fault *fault), void *context,
		      struct tcx_fault *fault)
{
	struct errand errand = {ns, work, context, fault, false};
	pthread_t thread;
	int error;

	if (tcx_namespace_is_here(ns)) {
		run(&errand);
		return errand.done;
	}
	error = pthread_create(&thread, NULL, run, &errand);
	if (error != 0)
		return tcx_fault_set(fault,
				     "no thread can be started: %s; raise the limit of tasks",
				     strerror(error));
	pthread_join(thread, NULL);
	return errand.done;
}

static bool do_nothing(void *context, struct tcx_fault *fault)
{
	(void)context;
	(void)fault;
	return true;
}

bool tcx_namespace_can_enter(const char *root, struct tcx_fault *fault)
{
	struct tcx_namespace ns;
	bool can = tcx_namespace_init(&ns, root) || tcx_fault_set(fault, "out of memory");

	can = can && tcx_namespace_do(&ns, do_nothing, NULL, fault);
	tcx_namespace_clear(&ns);
	return can;
}
