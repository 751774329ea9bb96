/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of a history: where it is, whether it can be believed, reading and replacing it. */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

#define TITLE "#snmpnstat 1\n"

static bool path_fault(struct tcx_fault *fault, const char *path, const char *what)
{
	return tcx_fault_set(fault, "history %s: %s", path, what);
}

/* --- Its path ---------------------------------------------------------------------------------*/

/* Appends to a text of so many octets; a longer one ends in a fault of whoever uses it. */
static void append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s", more);
}

/* All that is no letter, digit, '.', ':', '-' or '_' becomes %NN, and so does a '.' in front. */
static void append_escaped(char *text, size_t size, const char *name)
{
	for (const char *at = name; *at != '\0'; at++) {
		char one[4] = {*at};
		bool plain = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
			     (*at >= 'a' && *at <= 'z') || strchr(":-_", *at) != NULL ||
			     (*at == '.' && at > name);

		if (!plain)
			snprintf(one, sizeof(one), "%%%02X", (unsigned char)*at);
		append(text, size, one);
	}
}

/* FNV-1a: two communities have two files, and a name tells none of them. */
static uint32_t checksum(const char *text)
{
	uint32_t sum = 2166136261U;

	for (; *text != '\0'; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619U;
	return sum;
}

static bool find_folder(char *path, size_t size, struct tcx_fault *fault)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state != NULL && state[0] == '/')
		snprintf(path, size, "%s/snmpnstat/", state);
	else if (home != NULL && home[0] == '/')
		snprintf(path, size, "%s/.local/state/snmpnstat/", home);
	else
		return tcx_fault_set(fault, "there is no place for a history: set HOME or "
					    "XDG_STATE_HOME, or give -a and -s");
	return true;
}

static bool make_folders(char *path, struct tcx_fault *fault)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		bool made;

		*slash = '\0';
		made = mkdir(path, 0700) == 0 || errno == EEXIST;
		if (!made)
			path_fault(fault, path, strerror(errno));
		*slash = '/';
		if (!made)
			return false;
	}
	return true;
}

bool tcx_history_find(struct tcx_history *history, const char *host, const char *context,
		      const char *community, struct tcx_fault *fault)
{
	char *path = history->path;
	char sum[10];

	history->fd = -1;
	if (!find_folder(path, PATH_MAX, fault) || !make_folders(path, fault))
		return false;
	append_escaped(path, PATH_MAX, host);
	if (context[0] != '\0') {
		append(path, PATH_MAX, "@");
		append_escaped(path, PATH_MAX, context);
	}
	if (community[0] != '\0') {
		snprintf(sum, sizeof(sum), "+%08x", checksum(community));
		append(path, PATH_MAX, sum);
	}
	return strlen(path) < PATH_MAX - sizeof(".new") ||
	       tcx_fault_set(fault,
			     "the name of the host is too long for a history: give -a and -s");
}

/* --- Reading it -------------------------------------------------------------------------------*/

/* Takes a line without its end. A name has no blank, so the only one is in front of the value. */
static bool take_line(struct tcx_counters *counters, const char *line, const char *end)
{
	const char *blank = memchr(line, ' ', (size_t)(end - line));
	size_t len = blank != NULL ? (size_t)(blank - line) : 0;
	char name[TCX_NAME_MAX + 1] = "";
	uint64_t value;

	if (!tcx_counters_is_name(line, len) || tcx_number_digits(blank + 1, end, &value) != end)
		return false;
	memcpy(name, line, len);
	return tcx_counters_find(counters, name) == NULL &&
	       tcx_counters_add(counters, name, len, value, 0);
}

static bool take_text(struct tcx_counters *counters, const char *text, const char *end)
{
	const char *newline;

	if (text == end) /* made, and not written yet */
		return true;
	if ((size_t)(end - text) < strlen(TITLE) || memcmp(text, TITLE, strlen(TITLE)) != 0)
		return false;
	for (text += strlen(TITLE); text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		if (newline == NULL || !take_line(counters, text, newline))
			return false;
	}
	return true;
}

static bool read_text(struct tcx_history *history, size_t size, struct tcx_fault *fault)
{
	char *text = malloc(size + 1);
	ssize_t len = text != NULL ? pread(history->fd, text, size + 1, 0) : -1;
	bool good =
		len >= 0 && (size_t)len == size && take_text(&history->counters, text, text + size);

	free(text);
	return good ||
	       path_fault(fault, history->path,
			  len < 0 ? strerror(errno) : "it is none, or damaged: -r removes it");
}

/* What would let somebody else say what is in it. */
static bool is_sound(const char *path, const struct stat *about, struct tcx_fault *fault)
{
	if (!S_ISREG(about->st_mode))
		return path_fault(fault, path, "it is no regular file");
	if (about->st_uid != geteuid())
		return path_fault(fault, path, "it is another user's");
	if (about->st_nlink > 1)
		return path_fault(fault, path, "it has a second name (a hard link)");
	if ((about->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return path_fault(fault, path, "others may write to it");
	if (about->st_size > TCX_HISTORY_MAX)
		return path_fault(fault, path, "it is too long");
	return true;
}

/* Opens and locks it. Who waited for the lock may have got a file that was replaced meanwhile. */
static bool lock(struct tcx_history *history, bool create, struct stat *about,
		 struct tcx_fault *fault)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (create ? O_CREAT : 0);
	struct stat now = {0};

	do {
		tcx_history_close(history);
		history->fd = open(history->path, flags, 0600);
		if (history->fd < 0)
			return path_fault(fault, history->path,
					  errno == ELOOP ? "it is a symbolic link"
							 : strerror(errno));
		if (fstat(history->fd, about) != 0)
			return path_fault(fault, history->path, strerror(errno));
		if (!is_sound(history->path, about, fault))
			return false;
		if (flock(history->fd, LOCK_EX) != 0)
			return path_fault(fault, history->path, strerror(errno));
	} while (stat(history->path, &now) != 0 || now.st_ino != about->st_ino ||
		 now.st_dev != about->st_dev);
	return true;
}

bool tcx_history_open(struct tcx_history *history, bool create, struct tcx_fault *fault)
{
	struct stat about;

	if (!create && access(history->path, F_OK) != 0 && errno == ENOENT)
		return true;
	if (!lock(history, create, &about, fault) ||
	    !read_text(history, (size_t)about.st_size, fault)) {
		tcx_history_close(history);
		return false;
	}
	history->written = about.st_mtime;
	return true;
}

/* --- Writing it -------------------------------------------------------------------------------*/

static bool write_text(int fd, const struct tcx_counters *counters, bool zeros)
{
	FILE *out = fdopen(fd, "w");

	if (out == NULL) {
		close(fd);
		return false;
	}
	fputs(TITLE, out);
	for (size_t i = 0; i < counters->count; i++)
		if (zeros || counters->items[i].value > 0)
			fprintf(out, "%s %llu\n", counters->items[i].name,
				(unsigned long long)counters->items[i].value);
	return (fclose(out) == 0);
}

/* Whoever holds the lock may remove what one that broke off has left. */
bool tcx_history_write(const struct tcx_history *history, const struct tcx_counters *counters,
		       bool zeros, struct tcx_fault *fault)
{
	char beside[PATH_MAX + sizeof(".new")];
	int fd;

	snprintf(beside, sizeof(beside), "%s.new", history->path);
	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && write_text(fd, counters, zeros) && rename(beside, history->path) == 0)
		return true;
	path_fault(fault, history->path, strerror(errno));
	unlink(beside);
	return false;
}

void tcx_history_close(struct tcx_history *history)
{
	if (history->fd >= 0)
		close(history->fd);
	history->fd = -1;
	tcx_counters_clear(&history->counters);
}
