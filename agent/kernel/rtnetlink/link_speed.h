/* SPDX-License-Identifier: BSD-2-Clause */
/* The speed of an interface, from its driver. */
#ifndef TCX_KERNEL_RTNETLINK_LINK_SPEED_H
#define TCX_KERNEL_RTNETLINK_LINK_SPEED_H

#include <stdint.h>

/*
 * In Mbit/s; 0 when the driver does not know it. fd is any socket of the interface's network
 * namespace; name has IFNAMSIZ characters. Source: SIOCETHTOOL, ETHTOOL_GLINKSETTINGS (ETHTOOL_GSET
 * before kernel 4.6).
 */
uint32_t tcx_link_speed(int fd, const char *name);

#endif
