/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd as the master, without snmpd: where it listens, what managers ask, and its state. */
#ifndef TCX_SESSION_MASTER_H
#define TCX_SESSION_MASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "config/config.h"
#include "config/options.h"
#include "mib/notifications.h"
#include "snmp/dispatcher.h"

struct tcx_sinks;
struct tcx_manager_connection;

struct tcx_master {
	struct tcx_sinks *sinks;		    /* owned */
	struct tcx_dispatcher *dispatcher;	    /* borrowed; set before the first request */
	long transactions;			    /* the number of the last request */
	struct tcx_manager_request *first;	    /* of those that wait for a table */
	struct tcx_manager_connection *connections; /* owned: of managers, by streams */
	size_t connection_count;
	uint64_t failed_ns; /* when an authenticationFailure was sent */
};

/*
 * Prepares the library as a master, and reads the state of the last run, but for the doctor, who
 * asks a master and shall not be taken for it. Call before tcx_config_register().
 */
void tcx_master_init(enum tcx_task task);

/* Where the state is kept. */
const char *tcx_master_state_directory(void);

/*
 * Listens at addresses (snmpcmd(1), "AGENT SPECIFICATION"), which may need root. Requests are
 * answered from the loop on, with *master, which must outlive them.
 */
bool tcx_master_listen(struct tcx_master *master, char *const *addresses, size_t count,
		       struct tcx_fault *fault);

/*
 * Whether it could listen at an address: 0, or EADDRINUSE or another errno with a fault. Of a unix
 * socket only whether somebody listens there, since the library removes it before it listens.
 */
int tcx_master_try(const char *address, struct tcx_fault *fault);

/*
 * Once the user is the one that it shall be: keeps the state, and says in the log what is wrong
 * with it or with access.
 */
void tcx_master_begin(void);

/* Who is told of notifications; access is borrowed until the next time. False: memory is short. */
bool tcx_master_set(struct tcx_master *master, const struct tcx_access *access);

/* Call in each turn of the loop. */
void tcx_master_run(struct tcx_master *master);

/* Sends a notification to those. False when memory is short. */
bool tcx_master_notify(const struct tcx_notice *notice);

/* How many notifications were sent, one for each sink, and how many informs were answered. */
struct tcx_master_sent {
	size_t sent, answered;
};

/*
 * The same beside an agent that may run, whose clock and engine it has. Waits for answers to
 * informs, which the library repeats some times. access has whom to tell.
 */
void tcx_master_notify_once(const struct tcx_access *access, const struct tcx_notice *notice,
			    struct tcx_master_sent *sent);

/* Keeps the state, and frees that of the library, sessions included. */
void tcx_master_shutdown(struct tcx_master *master);

#endif
