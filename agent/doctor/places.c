/* Where configuration files are, and where a new line of snmpd's goes. */
#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snmp/netsnmp.h"

const char *tcx_doctor_search_path(void)
{
	const char *path = getenv("SNMPCONFPATH");

	return path != NULL ? path : get_configuration_directory();
}

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

/* snmpd writes that one itself when it ends, so nobody else may. */
static bool is_persistent(const char *path)
{
	const char *folder = get_persistent_directory();
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

const char *tcx_doctor_put_file(const struct tcx_snmpd_conf *snmpd, char *path)
{
	const char *file = snmpd->file_count > 0 ? snmpd->files[0].path : NULL;

	if (snmpd->include_dir[0] != '\0')
		snprintf(path, TCX_DOCTOR_PATH, "%s/tcpextd.conf", snmpd->include_dir);
	else
		snprintf(path, TCX_DOCTOR_PATH, "%s",
			 file != NULL && !is_persistent(file) ? file : "/etc/snmp/snmpd.conf");
	return path;
}
