/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people call a cgroup, by the ways in which systemd, container runtimes and virtual machines
 * name theirs: the container or machine that the path leads into, else the unit of systemd, else
 * the last part. Inside a container there may be units as well, which are its own matter.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "cgroups.h"

/* A container's id has so many digits, and people use as many. */
#define ID_DIGITS    64
#define SHORT_DIGITS 12

struct part {
	const char *at;
	size_t len;
};

/* Takes the middle of a part that is one's name. */
typedef bool take_middle(struct part middle, char *name);

static bool take_id(struct part middle, char *name)
{
	if (middle.len != ID_DIGITS)
		return false;
	for (size_t i = 0; i < middle.len; i++)
		if (!isxdigit((unsigned char)middle.at[i]))
			return false;
	memcpy(name, middle.at, SHORT_DIGITS);
	name[SHORT_DIGITS] = '\0';
	return true;
}

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* The octet that systemd writes as "\x2d" (systemd.unit(5)); 0: there is none. */
static char unescaped(struct part text)
{
	int high, low;

	if (text.len < 4 || text.at[0] != '\\' || text.at[1] != 'x')
		return '\0';
	high = digit_of(text.at[2]);
	low = digit_of(text.at[3]);
	return high >= 0 && low >= 0 ? (char)(high << 4 | low) : '\0';
}

static bool take_machine(struct part middle, char *name)
{
	if (middle.len == 0)
		return false;
	while (middle.len > 0) {
		char octet = unescaped(middle);
		size_t taken = octet != '\0' ? 4 : 1;

		*name++ = octet != '\0' ? octet : *middle.at;
		middle.at += taken;
		middle.len -= taken;
	}
	*name = '\0';
	return true;
}

/* By systemd's scopes or without. libvirt registers its machines as nspawn does. */
static const struct {
	const char *in; /* how the name of the group around it begins */
	const char *before, *behind;
	take_middle *take;
	enum tcx_cgroup_kind kind;
} containers[] = {
	{"", "docker-", ".scope", take_id, TCX_CGROUP_DOCKER},
	{"docker", "", "", take_id, TCX_CGROUP_DOCKER},
	{"", "libpod-", ".scope", take_id, TCX_CGROUP_PODMAN},
	{"", "libpod-", "", take_id, TCX_CGROUP_PODMAN},
	{"", "cri-containerd-", ".scope", take_id, TCX_CGROUP_CONTAINERD},
	{"", "nerdctl-", ".scope", take_id, TCX_CGROUP_CONTAINERD},
	{"", "crio-", ".scope", take_id, TCX_CGROUP_CRI},
	{"pod", "", "", take_id, TCX_CGROUP_CRI},
	{"", "", "", take_id, TCX_CGROUP_CONTAINERD},
	{"", "machine-", ".scope", take_machine, TCX_CGROUP_NSPAWN},
	{"", "systemd-nspawn@", ".service", take_machine, TCX_CGROUP_NSPAWN},
	{"", "lxc.payload.", "", take_machine, TCX_CGROUP_LXC},
};

static const char *const units[] = {".service", ".scope", ".socket", ".mount", ".swap"};

static bool begins(struct part part, const char *with)
{
	return part.len >= strlen(with) && memcmp(part.at, with, strlen(with)) == 0;
}

static bool ends(struct part part, const char *with)
{
	size_t len = strlen(with);

	return part.len >= len && memcmp(part.at + part.len - len, with, len) == 0;
}

/* What a part of a path says of the group, and its name. TCX_CGROUP_ROOT: nothing. */
typedef enum tcx_cgroup_kind take_part(struct part around, struct part part, char *name);

static enum tcx_cgroup_kind take_container(struct part around, struct part part, char *name)
{
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
		size_t before = strlen(containers[i].before), behind = strlen(containers[i].behind);
		struct part middle = {part.at + before, part.len - before - behind};

		if (part.len >= before + behind && begins(around, containers[i].in) &&
		    begins(part, containers[i].before) && ends(part, containers[i].behind) &&
		    containers[i].take(middle, name))
			return containers[i].kind;
	}
	return TCX_CGROUP_ROOT;
}

static enum tcx_cgroup_kind take_any(struct part around, struct part part, char *name)
{
	(void)around;
	memcpy(name, part.at, part.len);
	name[part.len] = '\0';
	return TCX_CGROUP_OTHER;
}

static enum tcx_cgroup_kind take_unit(struct part around, struct part part, char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ends(part, units[i])) {
			take_any(around, part, name);
			return TCX_CGROUP_UNIT;
		}
	return TCX_CGROUP_ROOT;
}

/* The last part of what is left of the path, and the slash before it, are taken off. */
static struct part last_part(const char *path, const char **end)
{
	const char *slash = *end > path ? memrchr(path, '/', (size_t)(*end - path)) : NULL;
	struct part part = {path, 0};

	if (slash != NULL) {
		part = (struct part){slash + 1, (size_t)(*end - slash - 1)};
		*end = slash;
	} else {
		*end = path;
	}
	return part;
}

/* The last part of the path that is taken. Names of files are short enough (NAME_MAX). */
static enum tcx_cgroup_kind take_last(const char *path, take_part *take, char *name)
{
	const char *end = path + strlen(path);

	while (end > path) {
		struct part part = last_part(path, &end);
		const char *before = end;
		enum tcx_cgroup_kind kind = TCX_CGROUP_ROOT;

		if (part.len > 0 && part.len < TCX_CGROUP_NAME_SIZE)
			kind = take(last_part(path, &before), part, name);
		if (kind != TCX_CGROUP_ROOT)
			return kind;
	}
	return TCX_CGROUP_ROOT;
}

enum tcx_cgroup_kind tcx_cgroup_service(const char *path, char *service)
{
	static take_part *const takes[] = {take_container, take_unit, take_any};

	for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
		enum tcx_cgroup_kind kind = take_last(path, takes[i], service);

		if (kind != TCX_CGROUP_ROOT)
			return kind;
	}
	strcpy(service, "/");
	return TCX_CGROUP_ROOT;
}
