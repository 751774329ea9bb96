/* Whether the agent's user reaches the master. */
#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session/address.h"
#include "session/agentx.h"

static void mode_text(mode_t mode, char text[11])
{
	static const char letters[] = "rwxrwxrwx";

	text[0] = S_ISSOCK(mode) ? 's' : S_ISDIR(mode) ? 'd' : '-';
	for (int i = 0; i < 9; i++)
		text[1 + i] = mode & (0400 >> i) ? letters[i] : '-';
	text[10] = '\0';
}

static void show_file(const char *path)
{
	struct stat status;
	char mode[11];

	if (stat(path, &status) != 0) {
		tcx_doctor_add("%s: %s", path, strerror(errno));
		return;
	}
	mode_text(status.st_mode, mode);
	tcx_doctor_add("%s %s:%s %s", mode, tcx_doctor_user(status.st_uid),
		       tcx_doctor_group(status.st_gid), path);
}

static void show_socket(const char *path)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX];

	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	show_file(directory);
	show_file(path);
}

/* A group that may write to the socket, and that our user is not in, is one to join. */
static void advise_group(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && (status.st_mode & S_IWGRP) != 0 &&
	    !tcx_doctor_in_group(status.st_gid))
		tcx_doctor_add("this socket is open to group %s: 'usermod -aG %s %s', and start "
			       "the agent anew",
			       tcx_doctor_group(status.st_gid), tcx_doctor_group(status.st_gid),
			       tcx_doctor_user(geteuid()));
}

void tcx_doctor_reach(struct doctor *doctor)
{
	const char *list = doctor->masters;
	char address[PATH_MAX];

	while (!doctor->reached && tcx_address_next(&list, address)) {
		struct tcx_fault fault = {""};

		doctor->reached = tcx_agentx_probe(address, &fault);
		if (doctor->reached || doctor->master[0] == '\0') {
			memcpy(doctor->master, address, sizeof(doctor->master));
			doctor->unreached = fault;
		}
	}
}

/* Where the socket is closed to the user, that finding has said it all. */
static void check_perms(struct doctor *doctor)
{
	bool let_in = tcx_doctor_perms_let_in(doctor);

	tcx_doctor_say(doctor, DOCTOR_OK, "snmpd.conf: agentXPerms %s user %s in%s",
		       let_in ? "lets" : "does not let", tcx_doctor_user(geteuid()),
		       let_in ? "" : ", yet it reaches the socket");
}

static bool is_closed(const char *path)
{
	return access(path, W_OK) != 0 && errno == EACCES;
}

/* The directory as it is, and snmpd.conf: each may keep the user out. */
static void advise(struct doctor *doctor, const char *path)
{
	char directory[PATH_MAX];

	if (tcx_agentx_closed_directory(path, directory)) {
		tcx_doctor_add("where %s is made anew at each boot, write to a file in "
			       "/etc/tmpfiles.d:",
			       directory);
		tcx_doctor_add("  d %s 0755 root root", directory);
	} else {
		advise_group(path);
	}
	if (doctor->snmpd.file_count == 0)
		return;
	if (!tcx_doctor_perms_let_in(doctor))
		tcx_doctor_advise_perms(&doctor->snmpd);
	else if (!tcx_agentx_closed_directory(path, directory))
		tcx_doctor_add("agentXPerms in snmpd.conf lets the user in: restart snmpd, so that "
			       "it holds");
}

/* Of a list, why the others cannot be reached either. */
static void show_others(const struct doctor *doctor)
{
	const char *list = doctor->masters;
	char address[PATH_MAX];

	while (tcx_address_next(&list, address)) {
		struct tcx_fault fault = {""};

		if (strcmp(address, doctor->master) != 0 && !tcx_agentx_probe(address, &fault))
			tcx_doctor_add("%s: %s", address, fault.text);
	}
}

void tcx_check_socket(struct doctor *doctor)
{
	const char *address = doctor->master;
	const char *path = tcx_address_path(address);

	if (doctor->explained) {
		tcx_doctor_add("so the agent cannot connect: %s: %s", address,
			       doctor->unreached.text);
		return;
	}
	if (doctor->reached)
		tcx_doctor_say(doctor, DOCTOR_OK, "AgentX: user %s can connect to %s",
			       tcx_doctor_user(geteuid()), address);
	else
		tcx_doctor_say(doctor, DOCTOR_FAIL, "AgentX: %s: %s", address,
			       doctor->unreached.text);
	if (path != NULL && path[0] == '/')
		show_socket(path);
	if (!doctor->reached)
		show_others(doctor);
	if (path != NULL && !doctor->reached && is_closed(path))
		advise(doctor, path);
	if (path != NULL && doctor->reached && geteuid() != 0 && doctor->snmpd.file_count > 0)
		check_perms(doctor);
}
