/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the address of a receiver of notifications is: the transports of snmpcmd(1), as trapsink and
 * trapsess take them.
 */
#ifndef TCX_CONFIG_RECEIVER_H
#define TCX_CONFIG_RECEIVER_H

struct tcx_receiver {
	const char *prefix; /* of the address; constant; "" where it has none */
	int family;	    /* AF_UNSPEC: that of the host */
	int type;	    /* 0: the library alone knows, such as one with TLS */
};

/* Without a prefix it is a host, or a path from / on. */
struct tcx_receiver tcx_receiver_of(const char *address);

#endif
