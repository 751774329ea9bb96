/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that the agent's user can reach the master. */
#include "checks.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session/address.h"

static void mode_text(mode_t mode, char text[11])
{
	static const char letters[] = "rwxrwxrwx";

	text[0] = S_ISSOCK(mode) ? 's' : S_ISDIR(mode) ? 'd' : '-';
	for (int i = 0; i < 9; i++)
		text[1 + i] = (mode & (0400 >> i)) != 0 ? letters[i] : '-';
	text[10] = '\0';
}

static void show_file(struct doctor *doctor, const char *path)
{
	char mode[11], user[DOCTOR_NAME_MAX], group[DOCTOR_NAME_MAX];
	struct stat status;

	if (stat(path, &status) != 0) {
		MORE("%s: %s", path, strerror(errno));
		return;
	}
	mode_text(status.st_mode, mode);
	MORE("%s %s:%s %s", mode, tcx_doctor_user(status.st_uid, user),
	     tcx_doctor_group(status.st_gid, group), path);
}

static void show_socket(struct doctor *doctor, const char *path)
{
	char directory[PATH_MAX];
	int len = (int)(strrchr(path, '/') - path);

	snprintf(directory, sizeof(directory), "%.*s", len > 0 ? len : 1, path);
	show_file(doctor, directory);
	show_file(doctor, path);
}

/* Advises to join a group that may write to the socket. */
static void advise_group(struct doctor *doctor, const char *path)
{
	char group[DOCTOR_NAME_MAX];
	struct stat status;

	if (stat(path, &status) != 0 || (status.st_mode & S_IWGRP) == 0 ||
	    tcx_doctor_in_group(status.st_gid))
		return;
	tcx_doctor_group(status.st_gid, group);
	MORE("this socket is open to group %s: 'usermod -aG %s %s', and start the agent anew",
	     group, group, doctor->user);
}

void tcx_doctor_reach(struct doctor *doctor)
{
	const char *list = doctor->masters;
	char address[PATH_MAX];

	while (!doctor->reached && tcx_address_next(&list, address)) {
		struct tcx_fault fault = {""};

		doctor->reached = tcx_address_probe(address, -1, &fault);
		if (doctor->reached || doctor->master[0] == '\0') {
			memcpy(doctor->master, address, sizeof(doctor->master));
			doctor->unreached = fault;
		}
	}
}

/* The group of Debian's snmpd; with a socket of this group no root is needed. */
#define SNMPD_GROUP "Debian-snmp"

/*
 * agentXPerms gives owner and group to the socket only. Its directory stays root's, so others need
 * x there, and w on the socket to connect.
 */
static bool opens_to(const struct doctor *doctor, mode_t right)
{
	const struct tcx_snmpd_perms *perms = &doctor->snmpd.perms;

	return perms->directory >= 0 && (perms->directory & S_IXOTH) != 0 && perms->socket >= 0 &&
	       ((mode_t)perms->socket & right) != 0;
}

static bool perms_let_in(const struct doctor *doctor)
{
	const struct tcx_snmpd_perms *perms = &doctor->snmpd.perms;
	const struct group *group = getgrnam(perms->group);

	return opens_to(doctor, S_IWOTH) ||
	       (opens_to(doctor, S_IWGRP) && group != NULL && tcx_doctor_in_group(group->gr_gid)) ||
	       (opens_to(doctor, S_IWUSR) && strcmp(perms->user, doctor->user) == 0);
}

static void advise_perms(struct doctor *doctor)
{
	const struct group *theirs = getgrnam(SNMPD_GROUP);
	bool debian = theirs != NULL && getpwnam(SNMPD_GROUP) != NULL;
	char own[DOCTOR_NAME_MAX];
	const char *group = debian ? SNMPD_GROUP : tcx_doctor_group(getegid(), own);

	if (!opens_to(doctor, S_IWGRP) || strcmp(doctor->snmpd.perms.group, group) != 0) {
		MORE("write to %s and restart snmpd:", doctor->file_to_write);
		MORE("  agentXPerms 0660 0755 %s %s", debian ? SNMPD_GROUP : doctor->user, group);
	}
	if (debian && !tcx_doctor_in_group(theirs->gr_gid))
		MORE("let the user in and start the agent anew: usermod -aG %s %s", group,
		     doctor->user);
}

/* Only for a socket that was reached: otherwise more has been printed already. */
static void check_perms(struct doctor *doctor)
{
	bool let_in = perms_let_in(doctor);

	OK("snmpd.conf: agentXPerms %s user %s in%s", let_in ? "lets" : "does not let",
	   doctor->user, let_in ? "" : ", yet it reaches the socket");
}

/* The directory and snmpd.conf may each keep the user out. */
static void advise(struct doctor *doctor, const char *path)
{
	char directory[PATH_MAX];
	bool closed = tcx_address_closed_directory(path, directory);

	if (closed) {
		MORE("where %s is made anew at each boot, write to a file in /etc/tmpfiles.d:",
		     directory);
		MORE("  d %s 0755 root root", directory);
	} else {
		advise_group(doctor, path);
	}
	if (doctor->snmpd.file_count == 0)
		return;
	if (!perms_let_in(doctor))
		advise_perms(doctor);
	else if (!closed)
		MORE("agentXPerms in snmpd.conf lets the user in: restart snmpd, so that it holds");
}

/* Prints why the other masters of a list cannot be reached. */
static void show_others(struct doctor *doctor)
{
	const char *list = doctor->masters;
	char address[PATH_MAX];

	while (tcx_address_next(&list, address)) {
		struct tcx_fault fault = {""};

		if (strcmp(address, doctor->master) != 0 && !tcx_address_probe(address, -1, &fault))
			MORE("%s: %s", address, fault.text);
	}
}

void tcx_check_socket(struct doctor *doctor)
{
	const char *address = doctor->master;
	const char *path = tcx_address_path(address);

	if (doctor->explained) {
		MORE("so the agent cannot connect: %s: %s", address, doctor->unreached.text);
		return;
	}
	if (doctor->reached)
		OK("AgentX: user %s can connect to %s", doctor->user, address);
	else
		FAIL("AgentX: %s: %s", address, doctor->unreached.text);
	if (path != NULL && path[0] == '/')
		show_socket(doctor, path);
	if (!doctor->reached)
		show_others(doctor);
	if (path == NULL)
		return;
	if (!doctor->reached && access(path, W_OK) != 0 && errno == EACCES)
		advise(doctor, path);
	if (doctor->reached && geteuid() != 0 && doctor->snmpd.file_count > 0)
		check_perms(doctor);
}
