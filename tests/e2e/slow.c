/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the C library, with LD_PRELOAD, by an agent that is to read one file slowly: the
 * opening of TCX_SLOW_FILE takes until whoever listens at the socket TCX_SLOW_SOCKET has accepted
 * the connection and closed it. Where nobody listens it is as fast as ever.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

/* Whether that is the slow file: below a folder by its name there. */
static int is_slow(int folder, const char *path)
{
	const char *slow = getenv("TCX_SLOW_FILE");
	char link[64], whole[PATH_MAX] = "";
	ssize_t len;

	if (slow == NULL || folder == AT_FDCWD || path[0] == '/')
		return slow != NULL && strcmp(path, slow) == 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	len = readlink(link, whole, sizeof(whole) - 1);
	return len > 0 && strncmp(whole, slow, (size_t)len) == 0 && slow[len] == '/' &&
	       strcmp(slow + len + 1, path) == 0;
}

static void look_at(int folder, const char *path)
{
	const char *where = getenv("TCX_SLOW_SOCKET");

	if (where != NULL && is_slow(folder, path))
		wait_for_listener(where);
}

/* Only where a file may be made there is a mode. */
#define MODE(flags)                                                                                \
	mode_t mode = 0;                                                                           \
	va_list args;                                                                              \
                                                                                                   \
	va_start(args, flags);                                                                     \
	if (((flags) & (O_CREAT | __O_TMPFILE)) != 0)                                              \
		mode = va_arg(args, mode_t);                                                       \
	va_end(args)

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		int (*real)(const char *, int, ...);                                               \
		MODE(flags);                                                                       \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                                         \
		look_at(AT_FDCWD, path);                                                           \
		return real(path, flags, mode);                                                    \
	}

#define OPENAT(name)                                                                               \
	int name(int folder, const char *path, int flags, ...)                                     \
	{                                                                                          \
		int (*real)(int, const char *, int, ...);                                          \
		MODE(flags);                                                                       \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                                         \
		look_at(folder, path);                                                             \
		return real(folder, path, flags, mode);                                            \
	}

/* What open() and openat() are compiled to, with large files and with _FORTIFY_SOURCE. */
OPEN(open)
OPEN(open64)
OPEN(__open_2)
OPEN(__open64_2)
OPENAT(openat)
OPENAT(openat64)
OPENAT(__openat_2)
OPENAT(__openat64_2)
