/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the C library, with LD_PRELOAD, by an agent that is to read one file slowly: the
 * opening of TCX_SLOW_FILE takes until whoever listens at the socket TCX_SLOW_SOCKET has accepted
 * the connection and closed it. Where nobody listens it is as fast as ever.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef int opener(const char *path, int flags, ...);

static void wait_for_listener(const char *where)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char octet;

	strncpy(to.sun_path, where, sizeof(to.sun_path) - 1);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		while (read(fd, &octet, 1) < 0 && errno == EINTR)
			;
	close(fd);
}

static int open_slowly(const char *name, const char *path, int flags, mode_t mode)
{
	const char *slow = getenv("TCX_SLOW_FILE");
	const char *where = getenv("TCX_SLOW_SOCKET");
	opener *real;

	*(void **)&real = dlsym(RTLD_NEXT, name);
	if (slow != NULL && where != NULL && strcmp(path, slow) == 0)
		wait_for_listener(where);
	return real(path, flags, mode);
}

/* Only where a file may be made there is a mode. */
#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, flags);                                                             \
		if ((flags & (O_CREAT | __O_TMPFILE)) != 0)                                        \
			mode = va_arg(args, mode_t);                                               \
		va_end(args);                                                                      \
		return open_slowly(#name, path, flags, mode);                                      \
	}

/* What open() is compiled to, with large files and with _FORTIFY_SOURCE. */
OPEN(open)
OPEN(open64)
OPEN(__open_2)
OPEN(__open64_2)
