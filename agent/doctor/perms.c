/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks agentXPerms: who may open the master's socket. */
#include "checks.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool tcx_doctor_perms_let_in(const struct doctor *doctor)
{
	const struct tcx_snmpd_perms *perms = &doctor->snmpd.perms;
	const struct group *group = getgrnam(perms->group);

	return opens_to(doctor, S_IWOTH) ||
	       (opens_to(doctor, S_IWGRP) && group != NULL && tcx_doctor_in_group(group->gr_gid)) ||
	       (opens_to(doctor, S_IWUSR) && strcmp(perms->user, doctor->user) == 0);
}

void tcx_doctor_advise_perms(struct doctor *doctor)
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
