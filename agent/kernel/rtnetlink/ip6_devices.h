/* SPDX-License-Identifier: BSD-2-Clause */
/* When IPv6 of each interface began. */
#ifndef TCX_KERNEL_RTNETLINK_IP6_DEVICES_H
#define TCX_KERNEL_RTNETLINK_IP6_DEVICES_H

#include <stdint.h>

#include "kernel/read_table.h"

struct tcx_ip6_device {
	uint8_t link[4]; /* ifIndex: the key */
	uint32_t began;	 /* by the kernel's clock, in hundredths of a second */
};

extern const struct tcx_table_reader tcx_ip6_devices;

#endif
