/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks the agent's own set-up: its user, configuration, library, and the interfaces left out. */
#include "checks.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "daemon/process.h"
#include "snmp/netsnmp.h"

#define APP "tcpextd"

/* That of RHEL 8; nothing older was tried. */
#define OLDEST_MAJOR 5
#define OLDEST_MINOR 8

/* Without -u root asks for the agent that runs. */
static const char *user_to_try(const struct doctor *doctor, char name[DOCTOR_NAME_MAX])
{
	if (doctor->options->user != NULL || !doctor->by_root || doctor->agent_user == 0)
		return doctor->options->user;
	return tcx_doctor_user(doctor->agent_user, name);
}

void tcx_check_user(struct doctor *doctor)
{
	char name[DOCTOR_NAME_MAX];
	const char *user = user_to_try(doctor, name);
	struct tcx_fault fault = {""};
	uint64_t rights = doctor->configured ? tcx_config_rights(doctor->config) : 0;
	bool became = tcx_process_become(user, doctor->options->group, rights, &fault);
	char group[DOCTOR_NAME_MAX];

	tcx_doctor_user(geteuid(), doctor->user);
	tcx_doctor_group(getegid(), group);
	if (!became) {
		FAIL("user: %s", fault.text);
		MORE("what follows was tried as user %s, group %s", doctor->user, group);
		return;
	}
	OK("user: what follows was tried as user %s, group %s", doctor->user, group);
	if (user != doctor->options->user)
		MORE("as which process %ld runs", (long)doctor->agent);
	if (geteuid() == 0 && user == NULL)
		MORE("give -u USER if the agent is to run as another one");
}

static void note_config_file(struct doctor *doctor, const char *path)
{
	size_t len = strlen(doctor->config_files);

	if (access(path, F_OK) == 0)
		snprintf(doctor->config_files + len, sizeof(doctor->config_files) - len, "%s\n",
			 path);
}

void tcx_doctor_find_config(struct doctor *doctor)
{
	static const char *const names[] = {"agentx.conf", APP ".conf", APP ".local.conf", NULL};
	const char *list = doctor->options->config_file;
	char file[PATH_MAX];

	if (!doctor->options->no_default_config)
		tcx_doctor_each_file(doctor, names, note_config_file);
	while (list != NULL && tcx_list_next(&list, ",", file))
		note_config_file(doctor, file);
}

/* The agent reads the files as its first user, and after SIGHUP as the user of -u. */
void tcx_check_config(struct doctor *doctor)
{
	const char *list = doctor->config_files;
	char file[PATH_MAX];

	if (!doctor->configured) {
		FAIL("configuration: it has faults; each has its line in the log (standard error, "
		     "or what -L says) with file, line and remedy");
		MORE("the checks below take the defaults in its place");
		return;
	}
	while (tcx_list_next(&list, "\n", file))
		if (access(file, R_OK) == 0)
			OK("configuration: %s was read", file);
		else
			WARN("configuration: %s cannot be read by user %s (%s), so SIGHUP will not "
			     "work: make it and its directory readable",
			     file, doctor->user, strerror(errno));
	if (doctor->config_files[0] != '\0')
		return;
	OK("configuration: no file, so all defaults hold");
	if (!doctor->options->no_default_config)
		MORE("looked for " APP ".conf in %s", tcx_config_search_path());
}

void tcx_check_library(struct doctor *doctor)
{
	const char *version = netsnmp_get_version();
	int major = 0, minor = 0;

	if (sscanf(version, "%d.%d", &major, &minor) == 2 &&
	    (major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR)))
		OK("library: net-snmp %s", version);
	else
		WARN("library: net-snmp %s is too old, and the agent was not tried with it: "
		     "install "
		     "5.8 or later and build tcpextd with it",
		     version);
}

/* Lists those that ignoreInterface leaves out. */
void tcx_check_interfaces(struct doctor *doctor)
{
	const char *ignored = doctor->config->ignored.text;
	struct if_nameindex *names;
	size_t count = 0, all;

	if (ignored[0] == '\0')
		return;
	names = if_nameindex();
	if (names == NULL)
		return;
	for (all = 0; names[all].if_index != 0; all++)
		count += tcx_list_matches(ignored, names[all].if_name);
	tcx_doctor_say(doctor, all > 0 && count == all ? DOCTOR_WARN : DOCTOR_OK,
		       "interfaces: ignoreInterface leaves out %zu of %zu", count, all);
	if (all > 0 && count == all)
		MORE("ifTable is empty: give ignoreInterface narrower patterns");
	for (size_t i = 0; i < all && count < all; i++)
		if (tcx_list_matches(ignored, names[i].if_name))
			MORE("%s", names[i].if_name);
	if_freenameindex(names);
}
