/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many hosts, as snmpnstat -f has them: a file with a line for each, which is the host and, if it
 * has one of its own, its community or context.
 */
#ifndef TCX_CLIENT_HOSTS_H
#define TCX_CLIENT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "verdict.h"

/* Longer files and lists are taken for none of hosts. */
#define TCX_HOSTS_MAX	   20000
#define TCX_HOSTS_SIZE_MAX 4194304

#define TCX_ADDRESS_SIZE 128

struct tcx_host {
	const char *name; /* as the file has it */
	const char *own;  /* its community, or with SNMPv3 its context; NULL: the one of all */
	char address[TCX_ADDRESS_SIZE]; /* for the library; empty while it is not known */
	bool odd;			/* it sent something, but no answer */
	struct tcx_verdict verdict;
};

struct tcx_hosts {
	struct tcx_host *items; /* owned */
	size_t count;
	char *text; /* owned; names point into it */
};

/* Reads the file at a path, or standard input where that is "-". False with a fault. */
bool tcx_hosts_read(struct tcx_hosts *hosts, const char *path, struct tcx_fault *fault);

/* Takes the lines of a text, which becomes the hosts' whatever happens. */
bool tcx_hosts_take(struct tcx_hosts *hosts, char *text, size_t len, struct tcx_fault *fault);

void tcx_hosts_clear(struct tcx_hosts *hosts);

#endif
