/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks a subtree to its end, or for so many seconds, with GETBULKs of 50. Prints how many rows it
 * came to, nanoseconds, and "whole" or "stopped".
 *
 * Usage: walk ADDRESS OID SECONDS
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "client.h"

#define REPETITIONS 50

int main(int argc, char **argv)
{
	netsnmp_session *session;
	struct client_walk walk;
	oid root[MAX_OID_LEN];
	size_t root_len = MAX_OID_LEN;
	uint64_t began, limit_ns;
	int seconds;

	if (argc != 4)
		client_fail("usage: walk ADDRESS OID SECONDS");
	seconds = atoi(argv[3]);
	limit_ns = (uint64_t)seconds * TCX_NS_PER_S;
	session = client_open(argv[1], seconds);
	if (!read_objid(argv[2], root, &root_len))
		client_fail("wrong arguments");
	client_walk_begin(&walk, root, root_len);
	began = tcx_clock_now();
	while (!walk.ended && tcx_clock_now() - began < limit_ns)
		if (!client_walk_step(&walk, session, REPETITIONS))
			break;
	printf("%zu %llu %s\n", walk.rows, (unsigned long long)(tcx_clock_now() - began),
	       walk.ended ? "whole" : "stopped");
	snmp_close(session);
	return 0;
}
