/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes namespaces by threads that end, and binds them to files. */
#include "tests/unit/names.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

bool names_begin(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount("", "/", "", MS_REC | MS_PRIVATE, NULL) == 0;
}

void names_bind(const char *what, const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0 || mount(what, path, "", MS_BIND, NULL) != 0)
		abort();
	close(fd);
}

static void *make(void *path)
{
	if (unshare(CLONE_NEWNET) != 0)
		abort();
	names_bind("/proc/thread-self/ns/net", path);
	return NULL;
}

void names_make(const char *folder, const char *name)
{
	char path[PATH_MAX];
	pthread_t thread;

	names_remove(folder, name);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (pthread_create(&thread, NULL, make, path) != 0)
		abort();
	pthread_join(thread, NULL);
}

void names_join(const char *folder, const char *name, const char *other)
{
	char path[PATH_MAX], also[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(also, sizeof(also), "%s/%s", folder, other);
	names_bind(path, also);
}

void names_remove(const char *folder, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	umount2(path, MNT_DETACH);
	unlink(path);
}
