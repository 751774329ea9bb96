/* Whether the agent's user reaches the master. */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tcx_netsnmp.h"

const char *tcx_doctor_path_of(const char *address)
{
	return strncmp(address, "unix:", 5) == 0 ? address + 5 : address;
}

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

/* Addresses such as tcp:localhost:705 have neither mode nor owner. */
static bool reach_address(const char *address, struct tcx_fault *fault)
{
	netsnmp_transport *transport = netsnmp_transport_open_client("agentx", address);

	if (transport == NULL)
		return tcx_fault_set(fault,
				     "nobody answers there; start snmpd with 'master agentx' and "
				     "'agentXSocket %s' in snmpd.conf, or correct agentXSocket in "
				     "tcpextd.conf",
				     address);
	transport->f_close(transport);
	netsnmp_transport_free(transport);
	return true;
}

void tcx_doctor_reach(struct doctor *doctor)
{
	const char *address = tcx_agentx_address();

	doctor->reached = tcx_doctor_path_of(address)[0] == '/'
				  ? tcx_agentx_probe(address, &doctor->unreached)
				  : reach_address(address, &doctor->unreached);
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

void tcx_doctor_socket(struct doctor *doctor)
{
	const char *address = tcx_agentx_address();
	const char *path = tcx_doctor_path_of(address);

	if (doctor->explained)
		tcx_doctor_add("so the agent cannot connect: %s: %s", address,
			       doctor->unreached.text);
	else if (doctor->reached)
		tcx_doctor_say(doctor, DOCTOR_OK, "AgentX: user %s can connect to %s",
			       tcx_doctor_user(geteuid()), path);
	else
		tcx_doctor_say(doctor, DOCTOR_FAIL, "AgentX: %s: %s", path, doctor->unreached.text);
	if (path[0] == '/' && !doctor->explained)
		show_socket(path);
	if (path[0] == '/' && !doctor->reached && is_closed(path))
		advise(doctor, path);
}
