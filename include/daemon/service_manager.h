/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells the service manager how the process is, by the protocol of sd_notify(3): datagrams of lines
 * NAME=VALUE, to the socket that NOTIFY_SOCKET names.
 */
#ifndef TCX_DAEMON_SERVICE_MANAGER_H
#define TCX_DAEMON_SERVICE_MANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct tcx_service_manager {
	int fd; /* -1: there is none, or it wants to know nothing */
	struct sockaddr_un address;
	socklen_t address_len;
	uint64_t watchdog_ns; /* it wants to hear WATCHDOG=1 that often; 0: it does not */
};

/* Finds it by the environment. */
void tcx_service_manager_find(struct tcx_service_manager *manager);

/*
 * Sends lines. Does not wait: false when they could not be sent, as while the manager is busy. True
 * where there is none.
 */
bool tcx_service_manager_tell(const struct tcx_service_manager *manager, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void tcx_service_manager_close(struct tcx_service_manager *manager);

#endif
