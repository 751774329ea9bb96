/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens regular files without blocking. */
#include "kernel/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0, or an errno. */
static int check(int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	return S_ISREG(status.st_mode) ? 0 : EINVAL;
}

int tcx_open_regular(int folder, const char *path, struct tcx_fault *fault)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int error = fd >= 0 ? check(fd) : errno;

	if (error == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	if (error == ENXIO)
		error = EINVAL; /* a socket, which cannot even be opened */
	tcx_fault_set(fault, "%s", error == EINVAL ? "it is no regular file" : strerror(error));
	errno = error;
	return -1;
}
