/* What snmpd.conf says about the AgentX master. */
#include "doctor.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tcx_netsnmp.h"

/* The group that Debian's snmpd runs in; a socket of that group needs no root to connect. */
#define SNMPD_GROUP "Debian-snmp"

static void read_snmpd_file(struct doctor *doctor, const char *path)
{
	if (tcx_snmpd_conf_read(&doctor->snmpd, path) == EACCES)
		doctor->denied = true;
}

/* What snmpd reads: its own files, and what all AgentX programs share. */
void tcx_doctor_read_snmpd_conf(struct doctor *doctor)
{
	static const char *const names[] = {"snmpd.conf", "snmpd.local.conf", "agentx.conf",
					    "agentx.local.conf", NULL};

	tcx_doctor_each_file(doctor, names, read_snmpd_file);
	tcx_snmpd_conf_finish(&doctor->snmpd);
}

/* Where snmpd's own lines go: the folder that it includes, else the file that it reads. */
const char *tcx_doctor_put_file(const struct tcx_snmpd_conf *snmpd, char *path)
{
	if (snmpd->include_dir[0] != '\0')
		snprintf(path, TCX_DOCTOR_PATH, "%s/tcpextd.conf", snmpd->include_dir);
	else
		snprintf(path, TCX_DOCTOR_PATH, "%s",
			 snmpd->file_count > 0 ? snmpd->files[0].path : "/etc/snmp/snmpd.conf");
	return path;
}

static void list_files(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	if (snmpd->file_count == 0)
		tcx_doctor_say(doctor, DOCTOR_WARN,
			       "snmpd.conf: none was read, in %s; what snmpd allows is not known",
			       tcx_doctor_search_path());
	for (size_t i = 0; i < snmpd->file_count; i++)
		if (snmpd->files[i].path != NULL)
			tcx_doctor_say(doctor, DOCTOR_OK, "snmpd.conf: %s was read",
				       snmpd->files[i].path);
	for (size_t i = 0; i < snmpd->note_count; i++)
		tcx_doctor_say(doctor, DOCTOR_WARN, "snmpd.conf: %s", snmpd->notes[i]);
	if (doctor->denied)
		tcx_doctor_add(
			"run --doctor as root, with -u to name the agent's user, to look at these");
	if (snmpd->short_of_memory)
		tcx_doctor_say(doctor, DOCTOR_WARN,
			       "snmpd.conf: out of memory; not all of it was looked at");
}

/* snmpd's -x turns the master on as well, so a socket that answers is no fault. */
static void check_master(struct doctor *doctor)
{
	if (doctor->snmpd.master) {
		tcx_doctor_say(doctor, DOCTOR_OK, "snmpd.conf: 'master agentx' is there");
		return;
	}
	tcx_doctor_say(doctor, doctor->reached ? DOCTOR_WARN : DOCTOR_FAIL,
		       "snmpd.conf: 'master agentx' is missing; write it to %s and restart snmpd",
		       tcx_doctor_file_to_write(&doctor->snmpd));
	if (doctor->reached)
		tcx_doctor_add("yet the socket answers: snmpd has its -x, or reads another file");
}

/* snmpd can listen at several addresses. */
static bool listens_at(const char *addresses, const char *address)
{
	char list[PATH_MAX];
	char *rest = NULL;

	snprintf(list, sizeof(list), "%s", addresses);
	for (char *one = strtok_r(list, ", \t", &rest); one != NULL;
	     one = strtok_r(NULL, ", \t", &rest))
		if (strcmp(tcx_doctor_path_of(one), tcx_doctor_path_of(address)) == 0)
			return true;
	return false;
}

static void check_agentx_socket(struct doctor *doctor)
{
	const char *set = doctor->snmpd.socket;
	const char *theirs = set[0] != '\0' ? set : NETSNMP_AGENTX_SOCKET;
	const char *ours = tcx_agentx_address();

	if (listens_at(theirs, ours)) {
		tcx_doctor_say(doctor, DOCTOR_OK,
			       "snmpd.conf: snmpd and the agent have the same socket, %s", ours);
		return;
	}
	tcx_doctor_say(doctor, DOCTOR_WARN,
		       "snmpd.conf: snmpd listens at %s, and the agent connects to %s", theirs,
		       ours);
	tcx_doctor_add("write 'agentXSocket %.*s' to tcpextd.conf, or 'agentXSocket %s' to %s",
		       (int)strcspn(theirs, ", \t"), theirs, ours,
		       tcx_doctor_file_to_write(&doctor->snmpd));
}

/*
 * The owner and group of agentXPerms are the socket's; its directory stays root's, so that all
 * others need the x for others there. To connect takes the right to write.
 */
static bool perms_let_in(const struct tcx_snmpd_perms *perms)
{
	const struct group *group = getgrnam(perms->group);

	if (perms->directory < 0 || (perms->directory & S_IXOTH) == 0 || perms->socket < 0)
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

static void advise_perms(const struct tcx_snmpd_conf *snmpd)
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

static void check_perms(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	enum doctor_verdict verdict = doctor->reached ? DOCTOR_OK : DOCTOR_WARN;

	if (geteuid() == 0 || tcx_doctor_path_of(tcx_agentx_address())[0] != '/')
		return;
	if (snmpd->have_perms && perms_let_in(&snmpd->perms)) {
		tcx_doctor_say(doctor, DOCTOR_OK, "snmpd.conf: agentXPerms lets user %s in",
			       tcx_doctor_user(geteuid()));
		return;
	}
	tcx_doctor_say(doctor, verdict, "snmpd.conf: agentXPerms %s and does not let user %s in",
		       snmpd->have_perms ? "is for others" : "is not there",
		       tcx_doctor_user(geteuid()));
	if (verdict == DOCTOR_OK)
		tcx_doctor_add("yet it reaches the socket");
	else
		advise_perms(snmpd);
}

void tcx_doctor_snmpd_conf(struct doctor *doctor)
{
	list_files(doctor);
	if (doctor->snmpd.file_count == 0)
		return;
	check_master(doctor);
	check_agentx_socket(doctor);
	check_perms(doctor);
	tcx_doctor_views(doctor);
}
