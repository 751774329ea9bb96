/* SPDX-License-Identifier: BSD-2-Clause */
/* What sd_notify() and sd_watchdog_enabled() do, as far as it is needed here. */
#include "daemon/service_manager.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES_SIZE 1024
#define NS_PER_US  1000

/* An absolute path, or '@' and a name that is none of a file. False: another kind of address. */
static bool set_address(struct tcx_service_manager *manager, const char *name)
{
	char *path = manager->address.sun_path;
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2 ||
	    len >= sizeof(manager->address.sun_path))
		return false;
	manager->address.sun_family = AF_UNIX;
	memcpy(path, name, len + 1);
	manager->address_len =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (name[0] == '/'));
	if (name[0] == '@')
		path[0] = '\0';
	return true;
}

/* WATCHDOG_PID, where it is set, says whom WATCHDOG_USEC is for. */
static uint64_t find_watchdog(void)
{
	const char *pid = getenv("WATCHDOG_PID"), *time = getenv("WATCHDOG_USEC");

	if (time == NULL || (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return strtoull(time, NULL, 10) * NS_PER_US;
}

void tcx_service_manager_find(struct tcx_service_manager *manager)
{
	const char *name = getenv("NOTIFY_SOCKET");

	*manager = (struct tcx_service_manager){.fd = -1};
	if (name == NULL || !set_address(manager, name))
		return;
	manager->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager->fd >= 0)
		manager->watchdog_ns = find_watchdog();
}

bool tcx_service_manager_tell(const struct tcx_service_manager *manager, const char *format, ...)
{
	char lines[LINES_SIZE];
	va_list values;

	if (manager->fd < 0)
		return true;
	va_start(values, format);
	vsnprintf(lines, sizeof(lines), format, values);
	va_end(values);
	return sendto(manager->fd, lines, strlen(lines), MSG_DONTWAIT | MSG_NOSIGNAL,
		      (const struct sockaddr *)&manager->address, manager->address_len) >= 0;
}

void tcx_service_manager_close(struct tcx_service_manager *manager)
{
	if (manager->fd >= 0)
		close(manager->fd);
	manager->fd = -1;
}
