/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the agents that run on this host. */
#include "checks.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_text(const char *pid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, name);
	file = fopen(path, "re");
	if (file != NULL) {
		len = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = ' '; /* between the words of a command line */
	return len > 0;
}

/* A process whose namespace is unreadable counts, since the doctor need not be root. */
static bool is_in_our_network(const char *pid)
{
	struct stat theirs, ours;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	return stat(path, &theirs) != 0 || stat("/proc/self/ns/net", &ours) != 0 ||
	       theirs.st_ino == ours.st_ino;
}

/* Whether it has our name and is no short task of it. */
static bool is_agent(const char *pid)
{
	char name[32], ours[32], command[4096];

	return atol(pid) != (long)getpid() && read_text(pid, "comm", name, sizeof(name)) &&
	       read_text("self", "comm", ours, sizeof(ours)) && strcmp(name, ours) == 0 &&
	       read_text(pid, "cmdline", command, sizeof(command)) &&
	       strstr(command, " --doctor") == NULL && strstr(command, " --print") == NULL &&
	       strstr(command, " --notify-test") == NULL && is_in_our_network(pid);
}

/* Its real user; false when it has just ended. */
static bool read_user(const char *pid, uid_t *user)
{
	char status[4096];
	const char *line;

	if (!read_text(pid, "status", status, sizeof(status)))
		return false;
	line = strstr(status, "\nUid:");
	return line != NULL && sscanf(line, "\nUid:%u", user) == 1;
}

void tcx_doctor_find_agents(struct doctor *doctor)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;

	doctor->by_root = geteuid() == 0;
	while (processes != NULL && (entry = readdir(processes)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]) || !is_agent(entry->d_name))
			continue;
		doctor->agents++;
		doctor->agent = (pid_t)atol(entry->d_name);
		if (!read_user(entry->d_name, &doctor->agent_user))
			doctor->agent_user = 0;
	}
	if (processes != NULL)
		closedir(processes);
}
