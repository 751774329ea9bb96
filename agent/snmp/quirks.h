/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workarounds of net-snmp, for what it gets wrong or has no call of. Each names in quirks.c the
 * releases that it is for.
 */
#ifndef TCX_SNMP_QUIRKS_H
#define TCX_SNMP_QUIRKS_H

#include <stdbool.h>
#include <stdint.h>

#include "snmp/netsnmp.h"

/* When sysUpTime was 0, on tcx_clock_now()'s clock; known_ns is what this returned last, or 0. */
uint64_t tcx_quirk_uptime_zero(uint64_t now_ns, uint64_t known_ns);

/* Answers what waited of a request with an error. */
void tcx_quirk_answer_error(netsnmp_delegated_cache *cache);

/* When a session has begun: what the library is to register there is all it has, each once. */
void tcx_quirk_register_once(void);

/* Asks the master for what is registered with the library, and has been refused. */
void tcx_quirk_ask_master(netsnmp_handler_registration *made);

/* Puts a row into the master's sysORTable, or takes it out. The library's own stays as it is. */
void tcx_quirk_list(const oid *sysORID, size_t len, const char *text, bool listed);

#endif
