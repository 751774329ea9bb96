/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of hosts. The library would ask for each name in turn, and wait; here many are asked
 * for at once, and none for longer than some seconds.
 */
#ifndef TCX_CLIENT_LOOKUP_H
#define TCX_CLIENT_LOOKUP_H

#include <stdbool.h>

#include "base/fault.h"
#include "hosts.h"

/*
 * The address of a host, written so that the library asks nobody: udp:192.0.2.1:161,
 * udp6:[2001:db8::1]:161 or unix:/PATH. numeric: a name is none. False with a fault.
 */
bool tcx_lookup_one(const char *host, bool numeric, char address[TCX_ADDRESS_SIZE],
		    struct tcx_fault *fault);

/* The addresses of all hosts; the verdict of one that has none says why. False with a fault. */
bool tcx_lookup(struct tcx_hosts *hosts, struct tcx_fault *fault);

#endif
