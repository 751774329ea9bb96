/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks many hosts for their health at the same time, one PDU each. */
#ifndef TCX_CLIENT_GATHER_H
#define TCX_CLIENT_GATHER_H

#include <stdbool.h>

#include "base/fault.h"
#include "hosts.h"
#include "netsnmp.h"

/*
 * Asks those that have an address, as a session says that snmp_parse_args() has made; each gets its
 * verdict. False with a fault, when none was asked.
 */
bool tcx_gather(const netsnmp_session *wanted, struct tcx_hosts *hosts, struct tcx_fault *fault);

#endif
