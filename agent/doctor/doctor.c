#include "doctor/doctor.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks.h"
#include "daemon/process.h"
#include "snmp/netsnmp.h"

#define APP "tcpextd"

void tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...)
{
	static const char *const words[] = {"ok  ", "warn", "FAIL"};
	va_list args;

	doctor->said[verdict]++;
	printf("%s ", words[verdict]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void tcx_doctor_add(const char *format, ...)
{
	va_list args;

	fputs("       ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

const char *tcx_doctor_name_user(uid_t uid, char *number)
{
	const struct passwd *entry = getpwuid(uid);

	snprintf(number, TCX_DOCTOR_NUMBER, "%lu", (unsigned long)uid);
	return entry != NULL ? entry->pw_name : number;
}

const char *tcx_doctor_name_group(gid_t gid, char *number)
{
	const struct group *entry = getgrgid(gid);

	snprintf(number, TCX_DOCTOR_NUMBER, "%lu", (unsigned long)gid);
	return entry != NULL ? entry->gr_name : number;
}

bool tcx_doctor_in_group(gid_t gid)
{
	gid_t groups[1024];
	int count = getgroups(sizeof(groups) / sizeof(groups[0]), groups);

	if (gid == getegid())
		return true;
	for (int i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

const char *tcx_doctor_search_path(void)
{
	const char *path = getenv("SNMPCONFPATH");

	return path != NULL ? path : get_configuration_directory();
}

/*
 * Calls use() with the path that each name would have in each directory of the library's search
 * path.
 */
void tcx_doctor_each_file(struct doctor *doctor, const char *const *names,
			  void (*use)(struct doctor *doctor, const char *path))
{
	char *directories = strdup(tcx_doctor_search_path());
	char *rest = NULL;
	char path[PATH_MAX];

	if (directories == NULL)
		return;
	for (char *directory = strtok_r(directories, ":", &rest); directory != NULL;
	     directory = strtok_r(NULL, ":", &rest))
		for (size_t i = 0; names[i] != NULL; i++)
			if (snprintf(path, sizeof(path), "%s/%s", directory, names[i]) <
			    (int)sizeof(path))
				use(doctor, path);
	free(directories);
}

static void become_user(struct doctor *doctor)
{
	const struct tcx_options *options = &doctor->context->options;
	struct tcx_fault fault = {""};

	if (!tcx_process_become(options->user, options->group, &fault)) {
		tcx_doctor_say(doctor, DOCTOR_FAIL, "user: %s", fault.text);
		tcx_doctor_add("what follows was tried as user %s, group %s",
			       tcx_doctor_user(geteuid()), tcx_doctor_group(getegid()));
		return;
	}
	tcx_doctor_say(doctor, DOCTOR_OK, "user: what follows was tried as user %s, group %s",
		       tcx_doctor_user(geteuid()), tcx_doctor_group(getegid()));
	if (geteuid() == 0 && options->user == NULL)
		tcx_doctor_add("give -u USER if the agent is to run as another one");
}

static void note_config_file(struct doctor *doctor, const char *path)
{
	char *copy = NULL;

	if (access(path, F_OK) == 0 && doctor->config_count < DOCTOR_CONFIG_FILES_MAX)
		copy = strdup(path);
	if (copy != NULL)
		doctor->config_files[doctor->config_count++] = copy;
}

/* Finds out which files there are, while the agent is still the user that it was started by. */
static void find_config(struct doctor *doctor)
{
	static const char *const names[] = {"agentx.conf", APP ".conf", APP ".local.conf", NULL};
	const struct tcx_options *options = &doctor->context->options;
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

static void check_config(struct doctor *doctor)
{
	const struct tcx_options *options = &doctor->context->options;

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

static void summarize(const struct doctor *doctor)
{
	if (doctor->said[DOCTOR_FAIL] + doctor->said[DOCTOR_WARN] == 0)
		puts("nothing to mend");
	else
		printf("%u to mend, %u to look at\n", doctor->said[DOCTOR_FAIL],
		       doctor->said[DOCTOR_WARN]);
}

/* snmpd.conf is root's alone as a rule: all configuration is read before root is given up. */
bool tcx_doctor(struct tcx_context *context)
{
	struct doctor doctor = {.context = context, .configured = context->config.interval_ns > 0};

	find_config(&doctor);
	tcx_doctor_read_snmpd_conf(&doctor);
	tcx_doctor_find_agents(&doctor);
	become_user(&doctor);
	check_config(&doctor);
	tcx_doctor_library(&doctor);
	tcx_doctor_sources(&doctor);
	tcx_doctor_interfaces(&doctor);
	tcx_doctor_reach(&doctor);
	tcx_doctor_snmpd_conf(&doctor);
	tcx_doctor_socket(&doctor);
	tcx_doctor_perms(&doctor);
	tcx_doctor_agent(&doctor);
	tcx_doctor_addresses(&doctor);
	tcx_doctor_views(&doctor);
	tcx_doctor_mibs(&doctor);
	summarize(&doctor);
	for (size_t i = 0; i < doctor.config_count; i++)
		free(doctor.config_files[i]);
	tcx_snmpd_conf_clear(&doctor.snmpd);
	return doctor.said[DOCTOR_FAIL] == 0 && fflush(stdout) == 0;
}
