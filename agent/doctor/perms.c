/* agentXPerms: who may open the master's socket. */
#include "checks.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The group that Debian's snmpd runs in; a socket of that group needs no root to connect. */
#define SNMPD_GROUP "Debian-snmp"

/*
 * The owner and group of agentXPerms are the socket's; its directory stays root's, so that all
 * others need the x for others there. To connect takes the right to write.
 */
bool tcx_doctor_perms_let_in(const struct doctor *doctor)
{
	const struct tcx_snmpd_perms *perms = &doctor->snmpd.perms;
	const struct group *group = getgrnam(perms->group);

	if (!doctor->snmpd.have_perms || perms->directory < 0 ||
	    (perms->directory & S_IXOTH) == 0 || perms->socket < 0)
		return false;
	return (perms->socket & S_IWOTH) != 0 ||
	       ((perms->socket & S_IWGRP) != 0 && group != NULL &&
		tcx_doctor_in_group(group->gr_gid)) ||
	       ((perms->socket & S_IWUSR) != 0 &&
		strcmp(perms->user, tcx_doctor_user(geteuid())) == 0);
}

/* Whether the line lets a group in, so that the user only needs to join it. */
static bool perms_serve_group(const struct tcx_snmpd_conf *snmpd, const char *group)
{
	const struct tcx_snmpd_perms *perms = &snmpd->perms;

	return snmpd->have_perms && perms->directory >= 0 && perms->socket >= 0 &&
	       (perms->directory & S_IXOTH) != 0 && (perms->socket & S_IWGRP) != 0 &&
	       strcmp(perms->group, group) == 0;
}

void tcx_doctor_advise_perms(const struct tcx_snmpd_conf *snmpd)
{
	bool debian = getgrnam(SNMPD_GROUP) != NULL && getpwnam(SNMPD_GROUP) != NULL;
	const char *user = debian ? SNMPD_GROUP : tcx_doctor_user(geteuid());
	const char *group = debian ? SNMPD_GROUP : tcx_doctor_group(getegid());

	if (!perms_serve_group(snmpd, group)) {
		tcx_doctor_add("write to %s and restart snmpd:", tcx_doctor_file_to_write(snmpd));
		tcx_doctor_add("  agentXPerms 0660 0755 %s %s", user, group);
	}
	if (debian && !tcx_doctor_in_group(getgrnam(SNMPD_GROUP)->gr_gid))
		tcx_doctor_add("let the user in and start the agent anew: usermod -aG %s %s", group,
			       tcx_doctor_user(geteuid()));
}
