/* SPDX-License-Identifier: BSD-2-Clause */
/* net-snmp's headers, in the order that they need. */
#ifndef TCX_SNMP_NETSNMP_H
#define TCX_SNMP_NETSNMP_H

/* clang-format off */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/agent/agent_sysORTable.h>
#include <net-snmp/agent/sysORTable.h>
#include <net-snmp/library/fd_event_manager.h>
/* clang-format on */

#endif
