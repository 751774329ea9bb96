/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds configuration files, and the one for a new line of snmpd's. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "snmp/netsnmp.h"

void tcx_doctor_each_file(struct doctor *doctor, const char *const *names,
			  void (*use)(struct doctor *doctor, const char *path))
{
	const char *list = tcx_config_search_path();
	char directory[PATH_MAX], path[PATH_MAX];

	while (tcx_list_next(&list, ":", directory))
		for (size_t i = 0; names[i] != NULL; i++)
			if (snprintf(path, PATH_MAX, "%s/%s", directory, names[i]) < PATH_MAX)
				use(doctor, path);
}

/* snmpd itself overwrites that one when it ends. */
static bool is_persistent(const char *path)
{
	const char *folder = get_persistent_directory();
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* The folder that snmpd includes, else the file that it reads. */
void tcx_doctor_find_file_to_write(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	const char *file = snmpd->file_count > 0 ? snmpd->files[0].path : NULL;

	if (snmpd->include_dir[0] != '\0')
		snprintf(doctor->file_to_write, sizeof(doctor->file_to_write), "%s/tcpextd.conf",
			 snmpd->include_dir);
	else
		snprintf(doctor->file_to_write, sizeof(doctor->file_to_write), "%s",
			 file != NULL && !is_persistent(file) ? file : "/etc/snmp/snmpd.conf");
}
