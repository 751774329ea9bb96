/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes, locks and removes the pid file. */
#include "daemon/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another agent may remove the file between our open() and lock; ten in a row will not. */
#define TRIES 10

enum outcome { TAKEN, REFUSED, GONE };

static bool is_at(const char *path, const struct stat *opened)
{
	struct stat found;

	return lstat(path, &found) == 0 && found.st_dev == opened->st_dev &&
	       found.st_ino == opened->st_ino;
}

/*
 * Whoever may write to the folder may have put anything there; a second name may be that of another
 * file of root's.
 */
static bool may_be_written(int fd, const char *path, struct stat *opened, struct tcx_fault *fault)
{
	if (fstat(fd, opened) != 0 || !S_ISREG(opened->st_mode))
		return tcx_fault_set(fault, "%s: is no regular file; give -p another place", path);
	if (opened->st_uid != 0 && opened->st_uid != geteuid())
		return tcx_fault_set(fault, "%s: belongs to user %lu; remove it, then start again",
				     path, (unsigned long)opened->st_uid);
	if (opened->st_nlink > 1)
		return tcx_fault_set(fault,
				     "%s: has another name (a hard link); remove it, then start "
				     "again",
				     path);
	return true;
}

/* The kernel gives no id for a process in another pid namespace. */
static enum outcome explain_lock(int fd, const char *path, int error, struct tcx_fault *fault)
{
	struct flock other = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char who[32] = "another process";

	if (error != EACCES && error != EAGAIN)
		tcx_fault_set(fault, "%s: cannot be locked: %s; give -p another place", path,
			      strerror(error));
	else if (fcntl(fd, F_GETLK, &other) == 0 && other.l_type == F_UNLCK)
		return GONE;
	else {
		if (other.l_pid > 0)
			snprintf(who, sizeof(who), "process %ld", (long)other.l_pid);
		tcx_fault_set(fault,
			      "%s: %s has it locked, an agent that runs already; end that first, "
			      "or give -p another place",
			      path, who);
	}
	return REFUSED;
}

static enum outcome take(int fd, const char *path, struct tcx_fault *fault)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat opened;

	if (!may_be_written(fd, path, &opened, fault))
		return REFUSED;
	if (fcntl(fd, F_SETLK, &lock) != 0)
		return explain_lock(fd, path, errno, fault);
	return is_at(path, &opened) ? TAKEN : GONE;
}

/* A FIFO and a socket give ENXIO. */
static bool explain_open(const char *path, int error, struct tcx_fault *fault)
{
	if (error == ENXIO || error == EISDIR)
		return tcx_fault_set(fault, "%s: is no regular file; give -p another place", path);
	if (error == ELOOP)
		return tcx_fault_set(fault,
				     "%s: is a symbolic link, which is not followed; remove it, "
				     "or give -p another place",
				     path);
	return tcx_fault_set(fault, "%s: cannot be written: %s; give -p a place that exists", path,
			     strerror(error));
}

/* A descriptor or -1. Neither empties the file nor waits for the reader of a FIFO. */
static int open_locked(const char *path, struct tcx_fault *fault)
{
	enum outcome outcome = GONE;
	int fd = -1;

	for (int i = 0; outcome == GONE && i < TRIES; i++) {
		fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
			  0644);
		if (fd < 0) {
			explain_open(path, errno, fault);
			return -1;
		}
		outcome = take(fd, path, fault);
		if (outcome != TAKEN)
			close(fd);
	}
	if (outcome == GONE)
		tcx_fault_set(fault,
			      "%s: others create and remove it all the time; give -p another place",
			      path);
	return outcome == TAKEN ? fd : -1;
}

bool tcx_pid_file_write(struct tcx_pid_file *file, const char *path, struct tcx_fault *fault)
{
	int fd;

	if (path == NULL)
		return true;
	fd = open_locked(path, fault);
	if (fd < 0)
		return false;
	*file = (struct tcx_pid_file){.path = path, .fd = fd};
	if (ftruncate(fd, 0) == 0 && dprintf(fd, "%ld\n", (long)getpid()) > 0)
		return true;
	tcx_fault_set(fault, "%s: cannot be written: %s; make room there, or give -p another place",
		      path, strerror(errno));
	tcx_pid_file_remove(file);
	return false;
}

static void remove_or_empty(const struct tcx_pid_file *file)
{
	struct stat opened;

	if (fstat(file->fd, &opened) == 0 && is_at(file->path, &opened) && unlink(file->path) == 0)
		return;
	if (ftruncate(file->fd, 0) != 0)
		return; /* nothing more can be */
}

void tcx_pid_file_remove(struct tcx_pid_file *file)
{
	if (file->path == NULL)
		return;
	remove_or_empty(file);
	close(file->fd);
	file->path = NULL;
}
