/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd as the master, without snmpd: where it listens, what managers ask, and its state. */
#ifndef TCX_SESSION_MASTER_H
#define TCX_SESSION_MASTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "mib/notifications.h"
#include "snmp/dispatcher.h"

struct tcx_master {
	struct tcx_dispatcher *dispatcher; /* borrowed; set before the first request */
	long transactions;		   /* the number of the last request */
	struct tcx_manager_request *first; /* of those that wait for a table */
};

/*
 * Prepares the library as a master, and reads the state of the last run. Call before
 * tcx_config_register().
 */
void tcx_master_init(void);

/*
 * Listens at addresses (snmpcmd(1), "AGENT SPECIFICATION"), which may need root. Requests are
 * answered from the loop on, with *master, which must outlive them.
 */
bool tcx_master_listen(struct tcx_master *master, char *const *addresses, size_t count,
		       struct tcx_fault *fault);

/*
 * Once the user is the one that it shall be: keeps the state, and says in the log what is wrong
 * with it or with access.
 */
void tcx_master_begin(void);

/* Sends a notification to the sinks of the configuration. False when memory is short. */
bool tcx_master_notify(const struct tcx_notice *notice);

/* Keeps the state, and frees that of the library, sessions included. */
void tcx_master_shutdown(void);

#endif
