/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of cgroup2: where it is mounted, and a search in it. The number of a group is the inode
 * number of its folder. A handle would lead there at once (open_by_handle_at()), but takes
 * CAP_DAC_READ_SEARCH.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroups.h"
#include "kernel/regular.h"

/* A descriptor is open for each level. */
#define DEPTH_MAX 32

/* Of a line of mounts, the beginning of which matters. */
#define LINE_SIZE 8192

/* --- Where it is mounted --------------------------------------------------------------------- */

struct root {
	int fd; /* -1: none yet */
	ino_t inode;
};

/* Of several the one whose inode number is the least: a group is made after the one it is in. */
static void take_root(struct root *root, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int other = fd;
	struct statfs kind;
	struct stat status;

	if (fd >= 0 && fstatfs(fd, &kind) == 0 && kind.f_type == CGROUP2_SUPER_MAGIC &&
	    fstat(fd, &status) == 0 && (root->fd < 0 || status.st_ino < root->inode)) {
		other = root->fd;
		root->fd = fd;
		root->inode = status.st_ino;
	}
	if (other >= 0)
		close(other);
}

/* Those that a process sees, below its root: PROC_ROOT/1 as a rule, or "/proc/self". */
static void take_mounts(struct root *root, const char *process)
{
	char path[2 * PATH_MAX], line[LINE_SIZE];
	struct mntent mount;
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "%s/mounts", process);
	fd = tcx_open_regular(AT_FDCWD, path, NULL);
	file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (file == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (getmntent_r(file, &mount, line, sizeof(line)) != NULL) {
		if (strcmp(mount.mnt_type, "cgroup2") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/root%s", process, mount.mnt_dir);
		take_root(root, path);
	}
	fclose(file);
}

int tcx_cgroup_open_root(const char *proc_root)
{
	struct root root = {.fd = -1};
	char init[PATH_MAX];

	snprintf(init, sizeof(init), "%s/1", proc_root);
	take_mounts(&root, "/proc/self");
	take_mounts(&root, proc_root);
	take_mounts(&root, init);
	return root.fd;
}

/* --- The search ------------------------------------------------------------------------------ */

struct search {
	struct tcx_table *groups;
	size_t missing; /* rows that have no name yet */
	bool wide;	/* some have a number of more than 32 bits */
	dev_t device;
	char path[PATH_MAX]; /* of the group, from the root, which is "" */
	size_t len;
};

static uint32_t hash_of(const char *path)
{
	uint32_t hash = 2166136261U;

	for (; *path != '\0'; path++)
		hash = (hash ^ (uint8_t)*path) * 16777619U;
	return hash;
}

/* Kernels of 32 bits have the lower half of the number for inode number (kernfs_id_ino()). */
static struct tcx_cgroup *find_by_half(const struct search *search, uint64_t inode)
{
	for (size_t i = 0; i < search->groups->count; i++) {
		struct tcx_cgroup *row = tcx_table_edit(search->groups, i);

		if (row->id > UINT32_MAX && (uint32_t)row->id == inode)
			return row;
	}
	return NULL;
}

static void take_group(struct search *search, uint64_t inode)
{
	struct tcx_cgroup *row = tcx_table_find(search->groups, &inode);
	const char *path = search->len > 0 ? search->path : "/";
	size_t len = strlen(path);

	if (row == NULL && search->wide)
		row = find_by_half(search, inode);
	if (row == NULL || row->searched_ns != 0 || row->service[0] != '\0')
		return;
	tcx_cgroup_service(search->path, row->service);
	memcpy(row->path, path, len < sizeof(row->path) ? len : sizeof(row->path) - 1);
	row->path_hash = hash_of(path);
	search->missing--;
}

static void search_folder(struct search *search, int folder, int depth);

/* Two links are those of "." and of the parent: there is nothing below (kernfs_refresh_inode()). */
static void search_entry(struct search *search, int folder, const char *name, int depth)
{
	const size_t len = search->len, more = strlen(name) + 1;
	struct stat status;
	int fd = -1;

	if (len + more >= sizeof(search->path) ||
	    fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode) ||
	    status.st_dev != search->device)
		return;
	search->path[len] = '/';
	memcpy(search->path + len + 1, name, more);
	search->len = len + more;
	take_group(search, status.st_ino);
	if (status.st_nlink != 2 && depth < DEPTH_MAX)
		fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		search_folder(search, fd, depth + 1);
	search->len = len;
	search->path[len] = '\0';
}

/* Closes it. */
static void search_folder(struct search *search, int folder, int depth)
{
	DIR *dir = fdopendir(folder);
	const struct dirent *entry;

	if (dir == NULL) {
		close(folder);
		return;
	}
	while (search->missing > 0 && (entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			search_entry(search, folder, entry->d_name, depth);
	closedir(dir);
}

void tcx_cgroup_search(int root, struct tcx_table *groups)
{
	struct search search = {.groups = groups};
	struct stat status;

	for (size_t i = 0; i < groups->count; i++) {
		const struct tcx_cgroup *row = tcx_table_row(groups, i);

		if (row->searched_ns != 0)
			continue;
		search.missing++;
		search.wide = search.wide || row->id > UINT32_MAX;
	}
	if (fstat(root, &status) != 0) {
		close(root);
		return;
	}
	search.device = status.st_dev;
	take_group(&search, status.st_ino);
	search_folder(&search, root, 0);
}
