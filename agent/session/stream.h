/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of managers and receivers, for whom the library would wait. */
#ifndef TCX_SESSION_STREAM_H
#define TCX_SESSION_STREAM_H

#include "snmp/netsnmp.h"

/*
 * From now on nobody waits for who does not read: what does not fit into the buffer of the socket
 * ends the connection. Holds for the connections that a listening transport accepts, too. Does
 * nothing to one of datagrams, or of TLS.
 */
void tcx_stream_never_wait(netsnmp_transport *transport);

#endif
