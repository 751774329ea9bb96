/* The files of the agent's own configuration. */
#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APP "tcpextd"

static void note_config_file(struct doctor *doctor, const char *path)
{
	char *copy = NULL;

	if (access(path, F_OK) == 0 && doctor->config_count < DOCTOR_CONFIG_FILES_MAX)
		copy = strdup(path);
	if (copy != NULL)
		doctor->config_files[doctor->config_count++] = copy;
}

/* Finds out which files there are, while the agent is still the user that it was started by. */
void tcx_doctor_find_config(struct doctor *doctor)
{
	static const char *const names[] = {"agentx.conf", APP ".conf", APP ".local.conf", NULL};
	const struct tcx_options *options = doctor->options;
	char *list = options->config_file != NULL ? strdup(options->config_file) : NULL;
	char *rest = NULL;

	if (!options->no_default_config)
		tcx_doctor_each_file(doctor, names, note_config_file);
	for (char *file = list != NULL ? strtok_r(list, ",", &rest) : NULL; file != NULL;
	     file = strtok_r(NULL, ",", &rest))
		note_config_file(doctor, file);
	free(list);
}

/* The agent reads it as who started it; after SIGHUP it reads it as the user that it has become. */
static void check_config_file(struct doctor *doctor, const char *path)
{
	int error = access(path, R_OK) == 0 ? 0 : errno;

	if (error == 0)
		tcx_doctor_say(doctor, DOCTOR_OK, "configuration: %s was read", path);
	else
		tcx_doctor_say(doctor, DOCTOR_WARN,
			       "configuration: %s cannot be read by user %s (%s), so SIGHUP will "
			       "not work: make it and its directory readable",
			       path, tcx_doctor_user(geteuid()), strerror(error));
}

void tcx_check_config(struct doctor *doctor)
{
	const struct tcx_options *options = doctor->options;

	if (!doctor->configured) {
		tcx_doctor_say(doctor, DOCTOR_FAIL,
			       "configuration: it has faults; each has its line in the log "
			       "(standard error, or what -L says) with file, line and remedy");
		tcx_doctor_add("the checks below take the defaults in its place");
		return;
	}
	for (size_t i = 0; i < doctor->config_count; i++)
		check_config_file(doctor, doctor->config_files[i]);
	if (doctor->config_count > 0)
		return;
	tcx_doctor_say(doctor, DOCTOR_OK, "configuration: no file, so all defaults hold");
	if (!options->no_default_config)
		tcx_doctor_add("looked for " APP ".conf in %s", tcx_doctor_search_path());
}
