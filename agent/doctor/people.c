/* Users and groups: their names, and whether the user that is tried is in one. */
#include "checks.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

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
