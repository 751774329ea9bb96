#include "tcx_log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tcx_netsnmp.h"

#define LINE_MAX_OCTETS 256

/* The first file at a destination or behind it. */
static netsnmp_log_handler *find_file(netsnmp_log_handler *from)
{
	while (from != NULL && from->type != NETSNMP_LOGHANDLER_FILE)
		from = from->next;
	return from;
}

/* Without waiting: a FIFO that nobody reads would hold up the loop. */
static bool open_file(netsnmp_log_handler *handler)
{
	int fd = open(handler->token,
		      O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
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

/* What is no file of a disk, a terminal for instance, cannot be asked. */
static bool has_room(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	return end < 0 || fallocate(fd, FALLOC_FL_KEEP_SIZE, end, LINE_MAX_OCTETS) == 0 ||
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

bool tcx_log_files_check(struct tcx_fault *fault)
{
	netsnmp_log_handler *to = get_logh_head();

	for (to = find_file(to); to != NULL; to = find_file(to->next)) {
		bool open = to->magic != NULL || open_file(to);
		int error;

		if (open && has_room(fileno(to->magic)))
			continue;
		error = errno;
		if (open)
			remove_empty(to->token, fileno(to->magic));
		return tcx_fault_set(fault,
				     "%s: the log file cannot be written: %s; give -Lf another "
				     "place",
				     to->token, strerror(error));
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
			 handler->token, strerror(errno), (unsigned long)geteuid());
}

void tcx_log_files_reopen(void)
{
	netsnmp_log_handler *to = get_logh_head();

	for (to = find_file(to); to != NULL; to = find_file(to->next))
		reopen(to);
}

void tcx_log_files_close(void)
{
	netsnmp_log_handler *to = get_logh_head();

	for (to = find_file(to); to != NULL; to = find_file(to->next)) {
		if (to->magic != NULL)
			fclose(to->magic);
		to->magic = NULL;
	}
}
