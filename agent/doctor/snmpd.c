/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks what snmpd.conf says about the AgentX master. */
#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "session/address.h"
#include "snmp/netsnmp.h"

static void read_snmpd_file(struct doctor *doctor, const char *path)
{
	if (tcx_snmpd_conf_read(&doctor->snmpd, path) == EACCES)
		doctor->denied = true;
}

/* snmpd itself overwrites that one when it ends. */
static bool is_persistent(const char *path)
{
	const char *folder = get_persistent_directory();
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* The folder that the files include, else the first of them. */
static void find_file_to_write(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	const char *file = snmpd->file_count > 0 ? snmpd->files[0].path : NULL;

	if (snmpd->include_dir[0] != '\0')
		snprintf(doctor->file_to_write, sizeof(doctor->file_to_write), "%s/tcpextd.conf",
			 snmpd->include_dir);
	else
		snprintf(doctor->file_to_write, sizeof(doctor->file_to_write), "%s",
			 file != NULL && !is_persistent(file) ? file
			 : doctor->options->master	      ? "/etc/snmp/tcpextd.conf"
							      : "/etc/snmp/snmpd.conf");
}

/* Reads snmpd's own files, and those that all AgentX programs share. */
void tcx_doctor_read_snmpd_conf(struct doctor *doctor)
{
	static const char *const names[] = {"snmpd.conf", "snmpd.local.conf", "agentx.conf",
					    "agentx.local.conf", NULL};

	tcx_doctor_each_file(doctor, names, read_snmpd_file);
	tcx_snmpd_conf_finish(&doctor->snmpd);
	find_file_to_write(doctor);
}

/* Has the same words for who may ask and who is told, and --master for where. */
void tcx_doctor_read_own_conf(struct doctor *doctor)
{
	const struct tcx_options *options = doctor->options;
	char *addresses = doctor->snmpd.addresses;
	const char *list = doctor->config_files;
	char file[PATH_MAX];
	size_t len = 0;

	doctor->snmpd.section = "[tcpextd]";
	while (tcx_list_next(&list, "\n", file))
		read_snmpd_file(doctor, file);
	tcx_snmpd_conf_finish(&doctor->snmpd);
	for (size_t i = 0; i < options->address_count && len < PATH_MAX; i++)
		len += (size_t)snprintf(addresses + len, PATH_MAX - len, "%s%s", len > 0 ? "," : "",
					options->addresses[i]);
	find_file_to_write(doctor);
}

void tcx_check_snmpd_files(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	if (snmpd->file_count == 0)
		WARN("snmpd.conf: none was read, in %s; what snmpd allows is not known",
		     tcx_config_search_path());
	for (size_t i = 0; i < snmpd->file_count; i++)
		OK("snmpd.conf: %s was read", snmpd->files[i].path);
	for (size_t i = 0; i < snmpd->note_count; i++)
		WARN("snmpd.conf: %s", snmpd->notes[i]);
	if (doctor->denied)
		MORE("run --doctor as root, with -u to name the agent's user, to look at these");
	if (snmpd->short_of_memory)
		WARN("snmpd.conf: out of memory; not all of it was looked at");
}

/* snmpd's -x enables the master as well, so a socket that answers is no fault. */
void tcx_check_master(struct doctor *doctor)
{
	if (doctor->snmpd.master) {
		OK("snmpd.conf: 'master agentx' is there");
		return;
	}
	tcx_doctor_say(doctor, doctor->reached ? DOCTOR_WARN : DOCTOR_FAIL,
		       "snmpd.conf: 'master agentx' is missing; write it to %s and restart snmpd",
		       doctor->file_to_write);
	if (doctor->reached)
		MORE("yet the socket answers: snmpd has its -x, or reads another file");
	doctor->explained = !doctor->reached;
}

/* A host has many names, so a host that answers needs the same port only. */
static bool is_same(const struct doctor *doctor, const char *one, const char *other)
{
	const char *path = tcx_address_path(one), *other_path = tcx_address_path(other);
	const char *port = strrchr(one, ':'), *other_port = strrchr(other, ':');

	if (strcmp(path != NULL ? path : one, other_path != NULL ? other_path : other) == 0)
		return true;
	return doctor->reached && path == NULL && other_path == NULL && port != NULL &&
	       other_port != NULL && strcmp(port, other_port) == 0;
}

/* Both can be lists: snmpd listens at all of its, and the agent takes the first that answers. */
static bool meet(const struct doctor *doctor, const char *ours, const char *theirs)
{
	char one[PATH_MAX], other[PATH_MAX];

	while (tcx_address_next(&ours, one))
		for (const char *list = theirs; tcx_address_next(&list, other);)
			if (is_same(doctor, one, other))
				return true;
	return false;
}

void tcx_check_same_socket(struct doctor *doctor)
{
	const char *set = doctor->snmpd.socket;
	const char *theirs = set[0] != '\0' ? set : NETSNMP_AGENTX_SOCKET;
	const char *ours = doctor->masters;

	if (doctor->explained)
		return;
	if (meet(doctor, ours, theirs)) {
		OK("snmpd.conf: snmpd and the agent have the same socket, %s", ours);
		return;
	}
	tcx_doctor_say(doctor, doctor->reached ? DOCTOR_WARN : DOCTOR_FAIL,
		       "snmpd.conf: snmpd listens at %s, and the agent connects to %s", theirs,
		       ours);
	MORE("write 'agentXSocket %.*s' to tcpextd.conf, or 'agentXSocket %s' to %s",
	     (int)strcspn(theirs, ", \t"), theirs, ours, doctor->file_to_write);
	doctor->explained = !doctor->reached;
}
