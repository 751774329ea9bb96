/* SPDX-License-Identifier: BSD-2-Clause */
/* The request that finds out the engine ID of a host, which the library itself waits for. */
#ifndef TCX_CLIENT_PROBE_H
#define TCX_CLIENT_PROBE_H

#include "netsnmp.h"

/* It is answered with a report; the session has the engine ID then. NULL where memory is short. */
netsnmp_pdu *tcx_probe_request(void);

#endif
