/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists the names of network namespaces, and watches their folder by inotify. That tells of a new
 * file before it is mounted on, and nothing of a mount that goes while the file stays, nor may it
 * be had, as of a user's 128: so all are listed twice a second as well.
 */
#include "kernel/netns_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/list.h"

#define LOOK_NS (TCX_NS_PER_S / 2)

/* A new name shows its namespace within a millisecond, on a busy machine in more. */
#define SOON_NS	 (2 * TCX_NS_PER_MS)
#define YOUNG_NS (TCX_NS_PER_S / 5)

#define CHANGES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)

static void clear_list(struct tcx_netns_name *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(all[i].path);
	free(all);
}

/* Takes all events. A folder that is gone is watched no more. */
static void take_events(struct tcx_netns_names *names)
{
	_Alignas(struct inotify_event) char events[4096];
	const struct inotify_event *event;
	ssize_t len;

	while (names->watch_fd >= 0 && (len = read(names->watch_fd, events, sizeof(events))) > 0) {
		names->changed_ns = tcx_clock_now();
		for (ssize_t at = 0; at < len; at += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const struct inotify_event *)(events + at);
			if ((event->mask & IN_IGNORED) != 0)
				names->watch = -1;
		}
	}
}

/* Without inotify, or before there is a folder, the looks have to do. */
static void watch(struct tcx_netns_names *names)
{
	if (names->watch_fd < 0)
		names->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (names->watch_fd >= 0 && names->watch < 0)
		names->watch = inotify_add_watch(names->watch_fd, names->folder, CHANGES);
}

/* Which device the files of nsfs are of: there is one for all. */
static dev_t device_of_nsfs(void)
{
	struct stat status;

	return stat("/proc/thread-self/ns/net", &status) == 0 ? status.st_dev : 0;
}

/* *links: it is a symbolic link. Of one that may not be followed, names->refused says so. */
static bool look_at(struct tcx_netns_names *names, int folder, const char *entry,
		    struct stat *status, bool *links)
{
	if (fstatat(folder, entry, status, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	*links = S_ISLNK(status->st_mode);
	if (!*links || fstatat(folder, entry, status, 0) == 0)
		return S_ISREG(status->st_mode);
	if (errno == EACCES || errno == EPERM)
		tcx_fault_set(&names->refused,
			      "%s/%s: %s; to follow it to another user's process takes "
			      "CAP_SYS_PTRACE: mount on a file in its place (ip netns attach)",
			      names->folder, entry, strerror(errno));
	return false;
}

/*
 * What is gone meanwhile is none. *young: it may be one soon. The ctime of what a link leads to is
 * that of an inode which is made for who looks at it.
 */
static bool append(struct tcx_netns_names *names, int folder, const char *entry, dev_t nsfs,
		   bool *young)
{
	struct tcx_netns_name name = {.path = NULL};
	struct stat status;
	bool links;

	if (!look_at(names, folder, entry, &status, &links))
		return true;
	*young = *young || status.st_dev != nsfs;
	if (status.st_dev != nsfs)
		return true;
	name.id.inode = (uint32_t)status.st_ino;
	if (!links)
		name.id.changed = status.st_ctim;
	if (asprintf(&name.path, "%s/%s", names->folder, entry) < 0)
		return false;
	name.name = name.path + strlen(names->folder) + 1;
	if (tcx_array_append(&names->all, &names->count, &name, sizeof(name)))
		return true;
	free(name.path);
	return false;
}

static bool read_folder(struct tcx_netns_names *names, DIR *folder, const char *patterns,
			bool *young, struct tcx_fault *fault)
{
	dev_t nsfs = device_of_nsfs();
	const struct dirent *entry;

	for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0)
		if (tcx_list_matches(patterns, entry->d_name) &&
		    !append(names, dirfd(folder), entry->d_name, nsfs, young))
			return tcx_fault_set(fault, "out of memory");
	return errno == 0 ||
	       tcx_fault_set(fault, "%s cannot be listed: %s", names->folder, strerror(errno));
}

static bool list(struct tcx_netns_names *names, const char *patterns, bool *young,
		 struct tcx_fault *fault)
{
	DIR *folder = opendir(names->folder);
	bool done;

	if (folder == NULL)
		return errno == ENOENT || tcx_fault_set(fault, "%s cannot be opened: %s",
							names->folder, strerror(errno));
	done = read_folder(names, folder, patterns, young, fault);
	closedir(folder);
	return done;
}

bool tcx_netns_names_list(struct tcx_netns_names *names, const char *patterns, uint64_t *due_ns,
			  struct tcx_fault *fault)
{
	const struct tcx_netns_names before = *names;
	bool young = false;
	bool done;

	watch(names);
	take_events(names);
	names->all = NULL;
	names->count = 0;
	names->refused.text[0] = '\0';
	done = list(names, patterns, &young, fault);
	if (done) {
		clear_list(before.all, before.count);
	} else {
		clear_list(names->all, names->count);
		names->all = before.all;
		names->count = before.count;
	}
	young = young && tcx_clock_now() - names->changed_ns < YOUNG_NS;
	*due_ns = tcx_clock_now() + (young ? SOON_NS : LOOK_NS);
	return done;
}

int tcx_netns_names_fd(const struct tcx_netns_names *names)
{
	return names->watch_fd;
}

void tcx_netns_names_clear(struct tcx_netns_names *names)
{
	if (names->watch_fd >= 0)
		close(names->watch_fd);
	clear_list(names->all, names->count);
	*names = (struct tcx_netns_names)TCX_NETNS_NAMES(names->folder);
}
