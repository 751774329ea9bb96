/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the configuration files, checks that they can be read, and logs their faults. */
#include "config_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/list.h"
#include "base/text.h"
#include "kernel/regular.h"
#include "snmp/netsnmp.h"

/* The library's own limits (CONFIG_MAX_RECURSE_DEPTH, CONFIG_MAX_FILES). */
#define DEPTH_MAX 16
#define FILES_MAX 4096

/* A file that is none of ours would fill the log. */
#define TOLD_MAX 20

/*
 * Logs one line. Without -f the log is usually elsewhere, so prints it to standard error as well,
 * for whoever starts the agent; once it runs, standard error leads nowhere.
 */
static void say(const struct tcx_options *options, const char *text)
{
	snmp_log(LOG_ERR, "%s\n", text);
	if (options->task == TCX_SERVE && !options->foreground)
		fprintf(stderr, "tcpextd: %s\n", text);
}

/* Says it without what a terminal would obey. */
void tcx_config_complain(struct tcx_config_reading *reading, const char *place, const char *format,
			 ...)
{
	char what[TCX_CONFIG_LINE_SIZE], line[2 * sizeof(what)], text[2 * sizeof(what)];
	va_list args;

	if (reading->faults++ >= TOLD_MAX)
		return;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(line, sizeof(line), "%s%s", place, what);
	tcx_text_escape(text, sizeof(text), line);
	say(reading->options, text);
}

void tcx_config_count_untold(const struct tcx_config_reading *reading)
{
	char text[TCX_CONFIG_LINE_SIZE];

	if (reading->faults <= TOLD_MAX)
		return;
	snprintf(text, sizeof(text), "faults of the configuration that are not told: %u",
		 reading->faults - TOLD_MAX);
	say(reading->options, text);
}

/* The library says where it is only in front of what it logs; tcx_config_note() takes it. */
void tcx_config_find_place(struct tcx_config_reading *reading, char place[TCX_CONFIG_LINE_SIZE])
{
	place[0] = '\0';
	reading->place = place;
	netsnmp_config_warn("%s", "");
	reading->place = NULL;
}

/* A file that is checked before the library reads it. */
struct file {
	struct tcx_config_reading *reading;
	const char *path;
	int depth; /* of includes */
};

const char *tcx_config_search_path(void)
{
	const char *path = getenv("SNMPCONFPATH");

	return path != NULL ? path : get_configuration_directory();
}

/* /dev/null, or a link to it, means no configuration. */
static bool is_null_device(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISCHR(status.st_mode) &&
	       status.st_rdev == makedev(1, 3);
}

static void check_includes(const struct file *file, int fd);

static const char *remedy_for(int error)
{
	if (error == ENOENT)
		return "give -c the path of a file that exists";
	if (error == EMFILE)
		return "raise the limit of files that the agent may open (LimitNOFILE in the unit)";
	return "make it a file that user and group of the agent may read";
}

/*
 * The library skips unreadable files silently, and waits for a FIFO. We report both. Whether there
 * is one that the library can read.
 */
static bool check_file(const struct file *file, bool must_exist)
{
	struct tcx_fault fault = {""};
	int fd;

	if (file->depth > DEPTH_MAX || file->reading->files++ > FILES_MAX ||
	    is_null_device(file->path))
		return false;
	fd = tcx_open_regular(AT_FDCWD, file->path, &fault);
	if (fd >= 0)
		check_includes(file, fd);
	else if (errno != ENOENT || must_exist)
		tcx_config_complain(file->reading, file->path, ": cannot be read: %s; %s",
				    fault.text, remedy_for(errno));
	return fd >= 0;
}

/* The library reports a missing file, since it knows the line. */
static void check_included(const struct file *from, const char *path)
{
	const struct file file = {from->reading, path, from->depth + 1};

	check_file(&file, false);
}

/* A path without a leading '/' is relative to the including file. */
static void check_include_file(const struct file *from, const char *name)
{
	const char *slash = strrchr(from->path, '/');
	int len = name[0] != '/' && slash != NULL ? (int)(slash + 1 - from->path) : 0;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%.*s%s", len, from->path, name);
	check_included(from, path);
}

static void check_include_dir(const struct file *from, const char *name)
{
	DIR *directory = opendir(name);
	const struct dirent *entry;
	char path[PATH_MAX];

	if (directory == NULL)
		return;
	while ((entry = readdir(directory)) != NULL) {
		const char *end = strrchr(entry->d_name, '.');

		if (end == NULL || end == entry->d_name || strcmp(end, ".conf") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
		check_included(from, path);
	}
	closedir(directory);
}

/* "NAME" or "NAME.conf", and NAME.local.conf, on the search path. */
static void check_include_search(const struct file *from, const char *name)
{
	static const char *const ends[] = {".conf", ".local.conf"};
	size_t len = strlen(name);
	const char *list = tcx_config_search_path();
	char directory[PATH_MAX], path[PATH_MAX];

	if (len > 5 && strcmp(name + len - 5, ".conf") == 0)
		len -= 5;
	while (tcx_list_next(&list, ":", directory))
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (snprintf(path, PATH_MAX, "%s/%.*s%s", directory, (int)len, name,
				     ends[i]) < PATH_MAX)
				check_included(from, path);
}

static const struct {
	const char *word;
	void (*check)(const struct file *from, const char *name);
} includes[] = {
	{"includeFile", check_include_file},
	{"includeDir", check_include_dir},
	{"includeSearch", check_include_search},
};

static void check_line(const struct file *file, char *line)
{
	char *word = line + strspn(line, " \t");
	size_t len = strcspn(word, " \t\r\n");
	char *name = word + len + strspn(word + len, " \t");

	name[strcspn(name, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(includes) / sizeof(includes[0]); i++)
		if (strlen(includes[i].word) == len && name[0] != '\0' &&
		    strncasecmp(word, includes[i].word, len) == 0)
			includes[i].check(file, name);
}

/* Owns fd. The library opens included files itself. */
static void check_includes(const struct file *file, int fd)
{
	FILE *text = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	while (text != NULL && getline(&line, &size, text) >= 0)
		check_line(file, line);
	free(line);
	if (text != NULL)
		fclose(text);
	else
		close(fd);
}

/* The files of each directory of the search path, in order: those of all subagents, then ours. */
static const struct default_file {
	const char *name;
	const char *type; /* the library's name for the set of words */
} default_files[] = {
	{"agentx.conf", "agentx"},
	{"tcpextd.conf", TCX_CONFIG_TYPE},
	{"tcpextd.local.conf", TCX_CONFIG_TYPE},
};

static void read_file(struct tcx_config_reading *reading, const char *path, const char *type,
		      bool must_exist)
{
	const struct file file = {reading, path, 0};
	unsigned int faults = reading->faults;
	bool there = check_file(&file, must_exist);
	int result;

	if (reading->faults != faults || !there)
		return;
	reading->shared = strcmp(type, TCX_CONFIG_TYPE) != 0;
	reading->in_library = true;
	result = read_config_with_type(path, type);
	reading->in_library = false;
	if (result != SNMPERR_SUCCESS && reading->faults == faults)
		tcx_config_complain(reading, path, ": was there, and then could not be opened");
}

/* The library's own search path (read_config_files_of_type()). */
static void read_default_files(struct tcx_config_reading *reading)
{
	const char *list = tcx_config_search_path();
	char directory[PATH_MAX], file[PATH_MAX];

	while (tcx_list_next(&list, ":", directory)) {
		if (euidaccess(directory, X_OK) != 0)
			continue; /* such as another user's home */
		for (size_t i = 0; i < sizeof(default_files) / sizeof(default_files[0]); i++)
			if (snprintf(file, PATH_MAX, "%s/%s", directory, default_files[i].name) <
			    PATH_MAX)
				read_file(reading, file, default_files[i].type, false);
	}
}

void tcx_config_read_files(struct tcx_config_reading *reading)
{
	const char *list = reading->options->config_file;
	char file[PATH_MAX];

	if (!reading->options->no_default_config)
		read_default_files(reading);
	while (list != NULL && tcx_list_next(&list, ",", file))
		read_file(reading, file, TCX_CONFIG_TYPE, true);
}
