/* SPDX-License-Identifier: BSD-2-Clause */
/* What the checks share: how they print, names of users and groups, and where files may be. */
#include "checks.h"

#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/list.h"
#include "mib/modules.h"

void tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...)
{
	static const char *const words[] = {"ok  ", "warn", "FAIL", "      "};
	va_list args;

	doctor->said[verdict]++;
	printf("%s ", words[verdict]);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

const char *tcx_doctor_list_modules(unsigned int modules, char text[DOCTOR_LIST_MAX])
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < tcx_modules_count && len < DOCTOR_LIST_MAX; i++)
		if ((modules & 1U << i) != 0)
			len += (size_t)snprintf(text + len, DOCTOR_LIST_MAX - len, "%s%s",
						len > 0 ? ", " : "", tcx_modules[i].word);
	return text;
}

bool tcx_doctor_serves(const struct doctor *doctor, const char *word)
{
	return (doctor->served & tcx_modules_bit(word)) != 0;
}

static const char *name_or_number(char text[DOCTOR_NAME_MAX], const char *name, unsigned long id)
{
	if (name != NULL)
		snprintf(text, DOCTOR_NAME_MAX, "%s", name);
	else
		snprintf(text, DOCTOR_NAME_MAX, "%lu", id);
	return text;
}

const char *tcx_doctor_user(uid_t uid, char text[DOCTOR_NAME_MAX])
{
	const struct passwd *entry = getpwuid(uid);

	return name_or_number(text, entry != NULL ? entry->pw_name : NULL, uid);
}

const char *tcx_doctor_group(gid_t gid, char text[DOCTOR_NAME_MAX])
{
	const struct group *entry = getgrgid(gid);

	return name_or_number(text, entry != NULL ? entry->gr_name : NULL, gid);
}

bool tcx_doctor_in_group(gid_t gid)
{
	gid_t groups[1024];
	int count = getgroups(sizeof(groups) / sizeof(groups[0]), groups);

	for (int i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return gid == getegid();
}

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
