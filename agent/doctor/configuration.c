/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks the agent's own configuration files. */
#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"

#define APP "tcpextd"

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

/* The agent reads the file as its first user, and after SIGHUP as the user of -u. */
static void check_config_file(struct doctor *doctor, const char *path)
{
	if (access(path, R_OK) == 0)
		OK("configuration: %s was read", path);
	else
		WARN("configuration: %s cannot be read by user %s (%s), so SIGHUP will not work: "
		     "make it and its directory readable",
		     path, doctor->user, strerror(errno));
}

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
		check_config_file(doctor, file);
	if (doctor->config_files[0] != '\0')
		return;
	OK("configuration: no file, so all defaults hold");
	if (!doctor->options->no_default_config)
		MORE("looked for " APP ".conf in %s", tcx_config_search_path());
}
