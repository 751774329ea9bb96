/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handle of a network namespace: which one a proc root or a name shows, whether it still does,
 * and what enters it with setns() and reads there. Readers are lent, one at a time to a thread. In
 * the agent's own namespace they come back with their sockets open; of others nothing is left but
 * the link watch.
 *
 * ROOT/net of a whole procfs is the reader's own namespace, whoever mounted it; ROOT/PID is that of
 * a process. The inode number of a file below net identifies a namespace in every mount, without
 * privileges (proc_net_ns_init()). An O_PATH descriptor of a process's folder does not keep the
 * namespace alive, and is never that of another process.
 */
#include "kernel/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/netlink.h>
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
#include "kernel/links.h"
#include "kernel/netns_reader.h"

/* How long sock_diag is not tried again: the kernel may look for a module each time. */
#define DIAG_RETRY_NS (60 * TCX_NS_PER_S)

/* Until a thread that could not go home tries again. */
#define PAUSE_NS TCX_NS_PER_MS

/* Until links that could not be listed are listed again. */
#define LIST_RETRY_NS TCX_NS_PER_S

/*
 * How often to see whether another namespace has lost its process: what is kept of it has a second.
 * By the clock, since a process may be one of another PID namespace, which pidfd_open() does not
 * find.
 */
#define LOOK_NS (TCX_NS_PER_S / 2)

struct tcx_netns {
	atomic_uint references;
	char *name; /* owned: the proc root, or the file that has the name */
	enum tcx_where where;
	struct tcx_link_watch *link_watch; /* owned */

	struct tcx_namespace_id id;
	/* Of another namespace: */
	int folder;	  /* O_PATH, of its process; else AT_FDCWD */
	const char *file; /* where it is entered: the path below folder */
	bool links;	  /* a name that is a symbolic link */

	pthread_mutex_t lock; /* guards what follows */
	struct tcx_netns_reader *idle;
};

struct attempt {
	const struct tcx_netns *netns;
	struct tcx_fault *fault;
	bool done;
};

const char *tcx_netns_name(const struct tcx_netns *netns)
{
	return netns->name;
}

enum tcx_where tcx_netns_where(const struct tcx_netns *netns)
{
	return netns->where;
}

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
	char path[PATH_MAX];

	return realpath(root, path) != NULL && strcmp(path, "/proc") == 0;
}

static bool is_init_elsewhere(const char *root, ino_t own)
{
	bool procfs;
	ino_t init = inode_of(root, "/1", &procfs);

	return procfs && init != own && !is_proc(root);
}

/* A process that does not exist. A whole procfs, and plain files, count as the own namespace. */
static bool is_missing(const char *root)
{
	char self[PATH_MAX];

	snprintf(self, sizeof(self), "%s/self", root);
	return access(root, F_OK) != 0 || (is_procfs(root) && access(self, F_OK) != 0);
}

enum tcx_where tcx_netns_look(const char *root)
{
	bool procfs;
	ino_t inode = inode_of(root, "", &procfs);
	ino_t own = own_inode(root);

	if (inode != 0 && !procfs)
		return TCX_WHERE_FILES;
	if (inode == 0 || own == 0)
		return is_missing(root) ? TCX_WHERE_GONE : TCX_WHERE_UNKNOWN;
	if (inode != own)
		return TCX_WHERE_OTHER;
	return is_init_elsewhere(root, own) ? TCX_WHERE_OWN_NOT_INIT : TCX_WHERE_OWN;
}

/*
 * The path of a file below root, to be freed. No process has a sys of its own: that is beside its
 * folder.
 */
static char *path_of(const char *root, const char *path)
{
	const char *beside = "";
	char sys[PATH_MAX];
	char *whole;

	snprintf(sys, sizeof(sys), "%s/sys", root);
	if (strncmp(path, "sys/", 4) == 0 && is_procfs(root) && access(sys, F_OK) != 0)
		beside = "/..";
	return asprintf(&whole, "%s%s/%s", root, beside, path) < 0 ? NULL : whole;
}

/* Whether it has to be entered. If not, it is the thread's own or of no namespace. */
static bool is_other(const struct tcx_netns *netns)
{
	return netns->where >= TCX_WHERE_OTHER;
}

/* The ctime of a process's file is that of the inode that is made for who looks at it. */
static struct tcx_namespace_id id_of(const struct tcx_netns *netns, const struct stat *status)
{
	struct tcx_namespace_id id = {.inode = (uint32_t)status->st_ino};

	if (netns->where == TCX_WHERE_NAMED && !netns->links)
		id.changed = status->st_ctim;
	return id;
}

bool tcx_namespace_is(const struct tcx_namespace_id *a, const struct tcx_namespace_id *b)
{
	return a->inode == b->inode && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

/* Who may not trace a process sees the number of its net/snmp all the same (proc_alloc_inum()). */
static struct tcx_namespace_id see_in(const struct tcx_netns *netns, int folder)
{
	struct tcx_namespace_id id = {0};
	struct stat status;

	if (fstatat(folder, netns->file, &status, 0) == 0)
		id = id_of(netns, &status);
	else if (netns->where == TCX_WHERE_OTHER && fstatat(folder, "net/snmp", &status, 0) == 0)
		id = (struct tcx_namespace_id){.inode = (uint32_t)status.st_ino, .hidden = true};
	return id;
}

/* Which namespace its file is of. Inode 0: of none any more. */
static struct tcx_namespace_id see(const struct tcx_netns *netns)
{
	return see_in(netns, netns->folder);
}

struct tcx_namespace_id tcx_netns_id(const struct tcx_netns *netns)
{
	return netns->id;
}

bool tcx_netns_is_gone(struct tcx_netns *netns)
{
	struct tcx_namespace_id id;

	if (!is_other(netns))
		return false;
	id = see(netns);
	return !tcx_namespace_is(&id, &netns->id);
}

static bool refuse(const struct tcx_netns *netns, int error, struct tcx_fault *fault)
{
	const char *remedy = "";

	if (error == EPERM || error == EACCES)
		remedy = "; that takes CAP_SYS_ADMIN, and CAP_SYS_PTRACE where the process is not "
			 "the agent's user's";
	tcx_fault_set(fault, "%s%s: the network namespace cannot be entered: %s%s", netns->name,
		      netns->where == TCX_WHERE_NAMED ? "" : "/ns/net", strerror(error), remedy);
	errno = error;
	return false;
}

/* Asked of what is open, since the file may be another's by now. */
static bool is_same(const struct tcx_netns *netns, int fd, struct tcx_fault *fault)
{
	struct tcx_namespace_id id = {0};
	struct stat status;

	if (fstat(fd, &status) == 0)
		id = id_of(netns, &status);
	if (tcx_namespace_is(&id, &netns->id))
		return true;
	tcx_fault_set(fault, "%s: it is another network namespace by now; start the agent again",
		      netns->name);
	errno = ESTALE;
	return false;
}

static bool move_to(const struct tcx_netns *netns, int fd, int *home, struct tcx_fault *fault)
{
	int from = *home;
	int error;

	if (from < 0)
		from = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (from >= 0 && setns(fd, CLONE_NEWNET) == 0) {
		*home = from;
		return true;
	}
	error = errno;
	if (from >= 0 && from != *home)
		close(from);
	refuse(netns, error, fault);
	errno = from < 0 ? EAGAIN : error; /* nobody lacks the right to be where he is */
	return false;
}

bool tcx_netns_enter(const struct tcx_netns *netns, int *home, struct tcx_fault *fault)
{
	bool done;
	int fd, error;

	if (!is_other(netns))
		return true;
	if (netns->where == TCX_WHERE_GONE) {
		tcx_fault_set(
			fault,
			"its network namespace was unknown when the agent began to read there; "
			"correct procRoot, or start the agent again when %s/net/snmp exists",
			netns->name);
		errno = ESTALE;
		return false;
	}
	fd = openat(netns->folder, netns->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(netns, errno, fault);
	done = is_same(netns, fd, fault) && move_to(netns, fd, home, fault);
	error = errno;
	close(fd);
	errno = error;
	return done;
}

/*
 * Going back fails only while memory is short; a thread that stays would read what is not its own.
 */
void tcx_netns_return(int *home)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};

	if (*home < 0)
		return;
	while (setns(*home, CLONE_NEWNET) != 0)
		nanosleep(&pause, NULL);
	close(*home);
	*home = -1;
}

static void *try(void *arg)
{
	struct attempt *attempt = arg;
	int home = -1;

	attempt->done = tcx_netns_enter(attempt->netns, &home, attempt->fault);
	tcx_netns_return(&home);
	return NULL;
}

/* By a thread of its own: /proc/net is that of the first thread, which stays where it is. */
bool tcx_netns_can_enter(const struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct attempt attempt = {netns, fault, false};
	pthread_t thread;
	int error;

	if (!is_other(netns))
		return true;
	error = pthread_create(&thread, NULL, try, &attempt);
	if (error != 0)
		return tcx_fault_set(fault,
				     "no thread can be started: %s; raise the limit of tasks",
				     strerror(error));
	pthread_join(thread, NULL);
	return attempt.done;
}

/* Only who has to list links enters. */
static bool catch_up(struct tcx_netns *netns, struct tcx_fault *fault)
{
	bool done;
	int home = -1;

	if (tcx_netns_is_gone(netns))
		return tcx_link_watch_close(netns->link_watch) ||
		       tcx_fault_set(fault, "its network namespace is gone");
	if (tcx_link_watch_drain(netns->link_watch))
		return true;
	if (!tcx_netns_enter(netns, &home, fault))
		return false;
	done = tcx_link_watch_list(netns->link_watch, fault);
	tcx_netns_return(&home);
	return done;
}

/* Another namespace is looked at whatever happens. */
bool tcx_netns_drain(struct tcx_netns *netns, uint64_t *due_ns, struct tcx_fault *fault)
{
	bool done = catch_up(netns, fault);

	*due_ns = TCX_NEVER;
	if (is_other(netns))
		*due_ns = tcx_clock_now() + LOOK_NS;
	else if (!done)
		*due_ns = tcx_clock_now() + LIST_RETRY_NS;
	return done;
}

void tcx_netns_end_watch(struct tcx_netns *netns)
{
	tcx_link_watch_close(netns->link_watch);
}

int tcx_netns_fd(const struct tcx_netns *netns)
{
	return tcx_link_watch_fd(netns->link_watch);
}

static void close_sockets(struct tcx_netns_reader *reader)
{
	tcx_netlink_close(&reader->route);
	tcx_netlink_close(&reader->diag);
}

static void free_reader(struct tcx_netns_reader *reader)
{
	if (reader == NULL)
		return;
	close_sockets(reader);
	free(reader);
}

static void free_netns(struct tcx_netns *netns)
{
	free_reader(netns->idle);
	tcx_link_watch_free(netns->link_watch);
	if (netns->folder >= 0)
		close(netns->folder);
	pthread_mutex_destroy(&netns->lock);
	free(netns->name);
	free(netns);
}

TCX_REFERENCE_DEFINE(tcx_netns, free_netns)

/* Where the default context reads, so that its namespace is known as any other. */
static uint32_t own_namespace(void)
{
	struct stat status;

	return stat("/proc/thread-self/ns/net", &status) == 0 ? (uint32_t)status.st_ino : 0;
}

/* The folder is opened first: it stays that of the process which the rest is found out of. */
static bool find_root(struct tcx_netns *netns, struct tcx_fault *fault)
{
	int folder = open(netns->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int error = errno;

	netns->where = tcx_netns_look(netns->name);
	netns->file = "ns/net";
	if (netns->where != TCX_WHERE_OTHER) {
		if (folder >= 0)
			close(folder);
		if (netns->where == TCX_WHERE_OWN || netns->where == TCX_WHERE_OWN_NOT_INIT)
			netns->id.inode = own_namespace();
		return true;
	}
	netns->folder = folder;
	netns->id = see(netns);
	return folder >= 0 ||
	       tcx_fault_set(fault, "%s: no descriptor: %s", netns->name, strerror(error));
}

static bool find_name(struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct statfs status;
	struct stat file;

	netns->where = TCX_WHERE_NAMED;
	netns->file = netns->name;
	netns->links = lstat(netns->name, &file) == 0 && S_ISLNK(file.st_mode);
	netns->id = see(netns);
	if (netns->id.inode == 0)
		return tcx_fault_set(fault, "%s: %s", netns->name, strerror(errno));
	return (statfs(netns->name, &status) == 0 && status.f_type == NSFS_MAGIC) ||
	       tcx_fault_set(fault, "%s: it is no namespace", netns->name);
}

/* The descriptor keeps its number, so that whoever opens below it goes on. */
bool tcx_netns_follow(struct tcx_netns *netns, const char *path, struct tcx_fault *fault)
{
	int folder =
		netns->where == TCX_WHERE_OTHER ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	bool done = folder >= 0;

	if (!done)
		tcx_fault_set(fault, "%s: %s", path, strerror(errno));
	else if (see_in(netns, folder).inode != netns->id.inode)
		done = tcx_fault_set(fault, "%s: it is in another network namespace", path);
	else
		done = dup3(folder, netns->folder, O_CLOEXEC) >= 0 ||
		       tcx_fault_set(fault, "%s: %s", path, strerror(errno));
	if (folder >= 0)
		close(folder);
	return done;
}

static struct tcx_netns *new_netns(const char *name,
				   bool (*find)(struct tcx_netns *netns, struct tcx_fault *fault),
				   struct tcx_fault *fault)
{
	struct tcx_netns *netns = tcx_reference_new(sizeof(*netns), fault);

	if (netns == NULL)
		return NULL;
	pthread_mutex_init(&netns->lock, NULL);
	netns->folder = AT_FDCWD;
	netns->name = strdup(name);
	netns->link_watch = tcx_link_watch_new();
	if (netns->name == NULL || netns->link_watch == NULL)
		tcx_fault_set(fault, "out of memory");
	else if (find(netns, fault))
		return netns;
	tcx_netns_unref(netns);
	return NULL;
}

struct tcx_netns *tcx_netns_new(const char *proc_root, struct tcx_fault *fault)
{
	return new_netns(proc_root, find_root, fault);
}

struct tcx_netns *tcx_netns_named(const char *file, struct tcx_fault *fault)
{
	return new_netns(file, find_name, fault);
}

static struct tcx_netns_reader *new_reader(struct tcx_netns *netns)
{
	struct tcx_netns_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		return NULL;
	tcx_netlink_init(&reader->route, NETLINK_ROUTE);
	tcx_netlink_init(&reader->diag, NETLINK_SOCK_DIAG);
	reader->netns = netns;
	reader->link_watch = netns->link_watch;
	reader->proc_root = is_other(netns) ? "/proc/thread-self" : netns->name;
	return reader;
}

/* The idle one, or a new one. */
static struct tcx_netns_reader *take(struct tcx_netns *netns)
{
	struct tcx_netns_reader *reader;

	pthread_mutex_lock(&netns->lock);
	reader = netns->idle;
	netns->idle = NULL;
	pthread_mutex_unlock(&netns->lock);
	return reader != NULL ? reader : new_reader(netns);
}

/* One stays, with its sockets, however many were lent at the same time. */
static void give_back(struct tcx_netns_reader *reader)
{
	struct tcx_netns *netns = reader->netns;
	struct tcx_netns_reader *other;

	pthread_mutex_lock(&netns->lock);
	other = netns->idle;
	netns->idle = reader;
	pthread_mutex_unlock(&netns->lock);
	free_reader(other);
}

static void forget_fallback(struct tcx_netns_reader *reader)
{
	uint64_t now = tcx_clock_now();

	if (now - reader->diag_ns < DIAG_RETRY_NS)
		return;
	reader->diag_ns = now;
	memset(reader->no_diag, 0, sizeof(reader->no_diag));
}

struct tcx_netns_reader *tcx_netns_begin(struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct tcx_netns_reader *reader = take(netns);

	if (reader == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	reader->ignored = "";
	reader->before = NULL;
	reader->home = -1;
	forget_fallback(reader);
	if (tcx_netns_enter(netns, &reader->home, fault))
		return reader;
	give_back(reader);
	return NULL;
}

void tcx_netns_end(struct tcx_netns_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->home >= 0)
		close_sockets(reader);
	tcx_netns_return(&reader->home);
	give_back(reader);
}

/* A path for messages, and behind it the one that is opened; to be freed. */
static char *two_paths(const char *name, const char *below, const char *opened)
{
	char *whole;

	return asprintf(&whole, "%s: %s%c%s", name, below, '\0', opened) == -1 ? NULL : whole;
}

static struct tcx_place place_of_name(const struct tcx_netns *netns, const char *below)
{
	bool sysctl = strncmp(below, "sys/", 4) == 0;
	struct tcx_place place = {.folder = AT_FDCWD, .inside = true, .pins = true};
	char opened[PATH_MAX];

	snprintf(opened, sizeof(opened), "/proc/%s%s", sysctl ? "" : "thread-self/", below);
	place.path = two_paths(netns->name, below, opened);
	if (place.path != NULL)
		place.below = place.path + strlen(place.path) + 1;
	return place;
}

/* Sysctls are of the namespace of whoever opens them. */
struct tcx_place tcx_netns_place(const struct tcx_netns *netns, const char *below)
{
	struct tcx_place place = {
		.folder = netns->folder,
		.inside = strncmp(below, "sys/", 4) == 0,
		.pins = is_other(netns),
	};

	if (netns->where == TCX_WHERE_NAMED)
		return place_of_name(netns, below);
	place.path = path_of(netns->name, below);
	if (place.path != NULL)
		place.below =
			place.path + (netns->folder == AT_FDCWD ? 0 : strlen(netns->name) + 1);
	return place;
}
