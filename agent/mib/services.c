/* SPDX-License-Identifier: BSD-2-Clause */
/* serviceTable: the sockets of each unit of systemd, container and virtual machine. */
#include "kernel/cgroups.h"
#include "kernel/socket_tables.h"
#include "mib/objects.h"

#define NAME(name, field)                                                                          \
	TCX_SHOW_WITH(const struct tcx_table *table = tcx_table_of(request, object);               \
		      const struct tcx_service *service = tcx_table_row(table, row);               \
		      const struct tcx_cgroup *cgroup = tcx_cgroup_of(table, service->cgroup),     \
		      name, cgroup != NULL, escaped, cgroup->field)

NAME(serviceName, service)
NAME(servicePath, path)

#define COLUMN_OF(name, as, field) TCX_COLUMN_OF(tcx_service, name, as, tcx_service->field)

COLUMN_OF(serviceListeners, gauge32_latched, listeners)
COLUMN_OF(serviceEstablished, gauge32_latched, established)
COLUMN_OF(serviceConnecting, gauge32_latched, connecting)
COLUMN_OF(serviceClosing, gauge32_latched, closing)
COLUMN_OF(serviceUdpSockets, gauge32_latched, udp_sockets)
COLUMN_OF(serviceReceiveQueue, counter64, unread)
COLUMN_OF(serviceSendQueue, counter64, unsent)

#define COLUMN_IF(name, known, ...) TCX_COLUMN_IF(tcx_service, name, known, __VA_ARGS__)

COLUMN_IF(serviceDrops, tcx_service->drops.since_ns != 0, counter32, tcx_service->drops.count)
COLUMN_IF(serviceSince, tcx_service->drops.since_ns != 0, ticks,
	  tcx_request_uptime_at(request, tcx_service->drops.since_ns))
COLUMN_IF(serviceUse, tcx_service->limit_known, gauge32_latched, tcx_service->use)
