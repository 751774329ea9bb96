/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list of processes, by the folders of procfs. A number that is used again is another process
 * by the inode number of its folder, which readdir() tells; one that is new because the kernel was
 * short of memory is only looked at once more.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/number.h"
#include "processes.h"

/* 0: it is no process. */
static uint32_t pid_of(const char *name)
{
	const char *end = name + strlen(name);
	uint64_t pid;

	return tcx_number_digits(name, end, &pid) == end && pid <= INT32_MAX ? (uint32_t)pid : 0;
}

static bool read_folder(DIR *dir, struct tcx_process_list *list)
{
	const struct dirent *entry;

	while ((entry = readdir(dir)) != NULL) {
		struct tcx_process process = {pid_of(entry->d_name), 0, entry->d_ino, 0};

		if (process.pid != 0 &&
		    !tcx_array_append(&list->all, &list->count, &process, sizeof(process)))
			return false;
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct tcx_process *left = a, *right = b;

	return (left->pid > right->pid) - (left->pid < right->pid);
}

static void take_known(struct tcx_process_list *list, const struct tcx_process_list *before)
{
	const struct tcx_process *known = before->all, *end = known + before->count;

	for (size_t i = 0; i < list->count; i++) {
		struct tcx_process *process = &list->all[i];

		while (known < end && known->pid < process->pid)
			known++;
		if (known == end)
			break;
		if (known->pid != process->pid || known->inode != process->inode)
			continue;
		process->listings = known->listings + (known->listings < UINT32_MAX);
		process->netns = known->netns;
	}
}

bool tcx_process_list(int root, struct tcx_process_list *list, struct tcx_fault *fault)
{
	int fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct tcx_process_list next = {0};
	bool done;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return tcx_fault_set(fault, "the processes cannot be listed");
	}
	done = read_folder(dir, &next) || tcx_fault_set(fault, "out of memory");
	closedir(dir);
	if (!done) {
		free(next.all);
		return false;
	}
	if (next.count > 0)
		qsort(next.all, next.count, sizeof(*next.all), compare);
	take_known(&next, list);
	free(list->all);
	*list = next;
	return true;
}

bool tcx_process_is_due(const struct tcx_process *process)
{
	return (process->listings & (process->listings - 1)) == 0;
}
