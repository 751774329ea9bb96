/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens the log files of -Lf safely. Which lines go there is session/log.c. */
#include "daemon/log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snmp/netsnmp.h"

#define LINE_MAX_OCTETS 256

/* The first file behind this destination, NULL: of all. */
static netsnmp_log_handler *next_file(const netsnmp_log_handler *behind)
{
	netsnmp_log_handler *to = behind != NULL ? behind->next : get_logh_head();

	while (to != NULL && to->type != NETSNMP_LOGHANDLER_FILE)
		to = to->next;
	return to;
}

/*
 * The library would open a file at once: it follows links, waits for the reader of a FIFO, and
 * empties the file. Without a free descriptor it only notes the path, and logs that to the
 * destinations that are enabled.
 */
static bool parse_without_descriptors(char *options, int argc, char **argv, bool *good)
{
	struct rlimit before, none;

	if (getrlimit(RLIMIT_NOFILE, &before) != 0)
		return false;
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	if (setrlimit(RLIMIT_NOFILE, &none) != 0)
		return false;
	*good = snmp_log_options(options, argc, argv) >= 0;
	return setrlimit(RLIMIT_NOFILE, &before) == 0;
}

bool tcx_log_files_options(char *options, int argc, char **argv)
{
	bool good = false;

	for (netsnmp_log_handler *to = get_logh_head(); to != NULL; to = to->next)
		netsnmp_disable_this_loghandler(to);
	if (parse_without_descriptors(options, argc, argv, &good))
		return good;
	fprintf(stderr, "tcpextd: -L: the limit of open files cannot be changed: %s\n",
		strerror(errno));
	return false;
}

static bool is_link_of_ours(const char *path)
{
	struct stat found;

	return lstat(path, &found) == 0 && (found.st_uid == 0 || found.st_uid == geteuid());
}

/* A second name may be one that another user gave to a file of root's. */
static bool has_another_name(int fd)
{
	struct stat opened;

	return geteuid() == 0 && fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) &&
	       opened.st_nlink > 1;
}

/* A descriptor or -1. Does not wait for the reader of a FIFO, which would block the loop. */
static int open_path(const char *path)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags | O_NOFOLLOW, 0666);

	if (fd < 0 && errno == ELOOP && is_link_of_ours(path))
		fd = open(path, flags, 0666);
	if (fd < 0 || !has_another_name(fd))
		return fd;
	close(fd);
	errno = EMLINK;
	return -1;
}

static const char *reason(int error)
{
	if (error == ELOOP)
		return "it is a symbolic link that another user has made";
	return error == EMLINK ? "it has another name (a hard link)" : strerror(error);
}

static bool open_file(netsnmp_log_handler *handler)
{
	int fd = open_path(handler->token);
	FILE *file = fd >= 0 ? fdopen(fd, "a") : NULL;

	if (file == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (handler->magic != NULL)
		fclose(handler->magic);
	handler->magic = file;
	return true;
}

/* What cannot be emptied, such as a terminal, holds nothing. */
static void empty(int fd)
{
	if (!netsnmp_ds_get_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_APPEND_LOGFILES) &&
	    ftruncate(fd, 0) != 0)
		return;
}

static bool is_cut_at(off_t end)
{
	struct rlimit most;

	return getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur < (rlim_t)end + LINE_MAX_OCTETS;
}

/* Only a file on a disk can be asked, not a terminal; and not for what RLIMIT_FSIZE would cut. */
static bool has_space(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	struct stat opened;

	if (end < 0 || fstat(fd, &opened) != 0 || !S_ISREG(opened.st_mode))
		return true;
	if (is_cut_at(end)) {
		errno = EFBIG;
		return false;
	}
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, end, LINE_MAX_OCTETS) == 0 ||
	       (errno != ENOSPC && errno != EDQUOT && errno != EFBIG);
}

static bool is_at(const char *path, int fd, struct stat *opened)
{
	struct stat found;

	return fstat(fd, opened) == 0 && stat(path, &found) == 0 &&
	       found.st_dev == opened->st_dev && found.st_ino == opened->st_ino;
}

static void remove_empty(const char *path, int fd)
{
	struct stat opened;

	if (is_at(path, fd, &opened) && S_ISREG(opened.st_mode) && opened.st_size == 0)
		unlink(path);
}

bool tcx_log_files_open(struct tcx_fault *fault)
{
	for (netsnmp_log_handler *to = next_file(NULL); to != NULL; to = next_file(to)) {
		bool open = open_file(to);
		int error;

		if (open)
			empty(fileno(to->magic));
		if (open && has_space(fileno(to->magic)))
			continue;
		error = errno;
		if (open)
			remove_empty(to->token, fileno(to->magic));
		return tcx_fault_set(fault,
				     "%s: the log file cannot be written: %s; give -Lf another "
				     "place",
				     to->token, reason(error));
	}
	return true;
}

static void reopen(netsnmp_log_handler *handler)
{
	struct stat opened;

	if (handler->magic != NULL && is_at(handler->token, fileno(handler->magic), &opened))
		return;
	if (!open_file(handler))
		snmp_log(LOG_WARNING,
			 "%s: cannot be opened anew: %s; the log goes on in the file that was "
			 "there before; let user %lu write to the folder, or make the file before "
			 "SIGHUP (logrotate: create)\n",
			 handler->token, reason(errno), (unsigned long)geteuid());
}

void tcx_log_files_reopen(void)
{
	for (netsnmp_log_handler *to = next_file(NULL); to != NULL; to = next_file(to))
		reopen(to);
}

void tcx_log_files_close(void)
{
	for (netsnmp_log_handler *to = next_file(NULL); to != NULL; to = next_file(to)) {
		if (to->magic != NULL)
			fclose(to->magic);
		to->magic = NULL;
	}
}
