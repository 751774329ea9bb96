/* SPDX-License-Identifier: BSD-2-Clause */
/* What the driver of an interface says of its speed. */
#ifndef TCX_KERNEL_RTNETLINK_LINK_SPEED_H
#define TCX_KERNEL_RTNETLINK_LINK_SPEED_H

#include <stdint.h>

/*
 * In Mbit/s; 0 where the driver does not know, or cannot be asked. Any socket of the interface's
 * network namespace will do. name has room for IFNAMSIZ characters. Source: SIOCETHTOOL,
 * ETHTOOL_GLINKSETTINGS; ETHTOOL_GSET before kernel 4.6.
 */
uint32_t tcx_link_speed(int fd, const char *name);

#endif
