/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that managers on this host find the MIB texts. */
#include "checks.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "snmp/netsnmp.h"

/* Where Debian's package has base MIBs, and where README unpacks it. */
#define ERLANG "/usr/lib/erlang/lib/snmp-*/mibs"

#define MIB_FILE TCX_MIB_DIR "/LINUX-TCPEXT-MIB.txt"

static void read_tools_file(struct doctor *doctor, const char *path)
{
	(void)doctor;
	if (access(path, R_OK) == 0)
		read_config_with_type(path, "snmp");
}

/* The MIB directories of snmpwalk and its kin: MIBDIRS, "mibdirs" of snmp.conf, or the default. */
static const char *tools_directories(struct doctor *doctor)
{
	static const char *const names[] = {"snmp.conf", "snmp.local.conf", NULL};

	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_NO_TOKEN_WARNINGS, 1);
	register_mib_handlers();
	tcx_doctor_each_file(doctor, names, read_tools_file);
	return netsnmp_get_mib_directory();
}

/* The library does not expand $HOME, nor remove the '+' of MIBDIRS. */
static bool mib_path(const char *directory, const char *pattern, char path[PATH_MAX])
{
	const char *home = "";

	directory += strspn(directory, "+-");
	if (strncmp(directory, "$HOME", 5) == 0) {
		home = getenv("HOME") != NULL ? getenv("HOME") : "";
		directory += 5;
	}
	return snprintf(path, PATH_MAX, "%s%s/%s", home, directory, pattern) < PATH_MAX;
}

static bool any_has(const char *directories, const char *pattern)
{
	char directory[PATH_MAX], path[PATH_MAX];
	bool found = false;

	while (!found && tcx_list_next(&directories, ":", directory)) {
		glob_t matches;

		if (!mib_path(directory, pattern, path))
			continue;
		found = glob(path, 0, NULL, &matches) == 0;
		globfree(&matches);
	}
	return found;
}

static void check_own_mib(struct doctor *doctor, const char *directories)
{
	if (any_has(directories, "LINUX-TCPEXT-MIB*")) {
		OK("MIB: snmpwalk and its kin find it: -m LINUX-TCPEXT-MIB");
		return;
	}
	if (access(MIB_FILE, R_OK) == 0)
		WARN("MIB: snmpwalk and its kin look only in %s; give them -M +" TCX_MIB_DIR
		     ", or write 'mibdirs +" TCX_MIB_DIR "' to /etc/snmp/snmp.conf",
		     directories);
	else
		WARN("MIB: " MIB_FILE ": %s; 'make install' puts it there. The agent needs it not, "
		     "but managers do, for names",
		     strerror(errno));
}

static void check_base_mib(struct doctor *doctor, const char *directories)
{
	glob_t matches = {.gl_pathc = 0};

	if (any_has(directories, "SNMPv2-SMI*")) {
		OK("MIB: the base MIBs are there (SNMPv2-SMI)");
		return;
	}
	glob(ERLANG, GLOB_ONLYDIR, NULL, &matches);
	glob("/usr/local/lib/erlang-snmp" ERLANG, GLOB_ONLYDIR | GLOB_APPEND, NULL, &matches);
	if (matches.gl_pathc > 0)
		OK("MIB: the base MIBs are those of erlang-snmp: give tools -M +%s",
		   matches.gl_pathv[0]);
	else
		WARN("MIB: the base MIB SNMPv2-SMI, which every other one needs, is in none of %s; "
		     "on Debian install erlang-snmp (main) or snmp-mibs-downloader (non-free)",
		     directories);
	globfree(&matches);
}

void tcx_check_mibs(struct doctor *doctor)
{
	const char *directories = tools_directories(doctor);

	if (directories == NULL)
		directories = "/usr/share/snmp/mibs";
	check_own_mib(doctor, directories);
	check_base_mib(doctor, directories);
}
