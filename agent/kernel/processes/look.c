/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What procfs tells of a process: its network namespace, its command, its control group, and when
 * it began. All but the number of nsfs is told to anybody, unless procfs hides it (hidepid).
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "kernel/regular.h"
#include "processes.h"

/* The number of the field of /proc/PID/stat, of which the second one may hold anything. */
#define FIELD_BEGAN 22

static ino_t inode_of(int root, uint32_t pid, const char *below)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "%u/%s", (unsigned int)pid, below);
	return fstatat(root, path, &status, 0) == 0 ? status.st_ino : 0;
}

ino_t tcx_process_netns_of(int root, uint32_t pid)
{
	return inode_of(root, pid, "net/snmp");
}

uint32_t tcx_process_nsfs_of(int root, uint32_t pid)
{
	return (uint32_t)inode_of(root, pid, "ns/net");
}

/* As much as there is room for, and a zero byte. False: there is nothing. */
static bool read_text(int root, uint32_t pid, const char *below, char *text, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%u/%s", (unsigned int)pid, below);
	fd = tcx_open_regular(root, path, NULL);
	if (fd < 0)
		return false;
	got = read(fd, text, size - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static void take_group(struct tcx_process_names *names, char *path)
{
	char group[TCX_CGROUP_NAME_SIZE];
	enum tcx_cgroup_kind kind;
	size_t len = strlen(path);

	if (len >= sizeof(names->path))
		len = sizeof(names->path) - 1;
	path[len] = '\0';
	kind = tcx_cgroup_service(path, group);
	if (names->path[0] != '\0' && kind <= names->kind)
		return;
	memcpy(names->path, path, len + 1);
	memcpy(names->group, group, sizeof(group));
	names->kind = kind;
}

/* Lines "HIERARCHY:CONTROLLERS:PATH". Version 2 has one, version 1 one for each hierarchy. */
static void take_groups(struct tcx_process_names *names, char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *path = strstr(line, ":/");

		if (path != NULL)
			take_group(names, path + 1);
	}
}

bool tcx_process_read_names(int root, uint32_t pid, struct tcx_process_names *names)
{
	char text[8192];

	*names = (struct tcx_process_names){.kind = TCX_CGROUP_ROOT};
	if (!read_text(root, pid, "comm", names->command, sizeof(names->command)))
		return false;
	names->command[strcspn(names->command, "\n")] = '\0';
	if (read_text(root, pid, "cgroup", text, sizeof(text)))
		take_groups(names, text);
	return true;
}

/* NULL: it has less fields. */
static const char *field_of(const char *text, int number)
{
	const char *at = strrchr(text, ')');

	for (int field = 2; at != NULL && field < number; field++) {
		at = strchr(at, ' ');
		at = at != NULL ? at + 1 : NULL;
	}
	return at;
}

uint64_t tcx_process_began(int root, uint32_t pid)
{
	const long per_s = sysconf(_SC_CLK_TCK);
	const char *field;
	uint64_t ticks;
	char text[1024];

	if (!read_text(root, pid, "stat", text, sizeof(text)))
		return TCX_NEVER;
	field = field_of(text, FIELD_BEGAN);
	if (field == NULL || tcx_number_digits(field, text + strlen(text), &ticks) == NULL)
		return TCX_NEVER;
	return ticks * (TCX_NS_PER_S / (uint64_t)(per_s > 0 ? per_s : 100));
}

const char *tcx_process_name(const struct tcx_process_names *names)
{
	static const char service[] = ".service";
	const size_t len = strlen(names->group), behind = sizeof(service) - 1;
	bool is_service = names->kind == TCX_CGROUP_UNIT && len > behind &&
			  strcmp(names->group + len - behind, service) == 0;

	return names->kind >= TCX_CGROUP_DOCKER || is_service ? names->group : names->command;
}

bool tcx_process_matches(const struct tcx_process_names *names, const struct tcx_list *patterns)
{
	return tcx_list_matches(patterns->text, names->command) ||
	       tcx_list_matches(patterns->text, names->path) ||
	       tcx_list_matches(patterns->text, names->group);
}
