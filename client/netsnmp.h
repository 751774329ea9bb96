/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers of net-snmp's client library, in the order that they need. */
#ifndef TCX_CLIENT_NETSNMP_H
#define TCX_CLIENT_NETSNMP_H

/* clang-format off */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/large_fd_set.h>
/* clang-format on */

#endif
