/* SPDX-License-Identifier: BSD-2-Clause */
/* Workarounds of net-snmp; quirks.c names the releases of each. */
#ifndef TCX_SNMP_QUIRKS_H
#define TCX_SNMP_QUIRKS_H

#include <stdbool.h>
#include <stdint.h>

#include "snmp/netsnmp.h"

/* When sysUpTime was 0, on tcx_clock_now()'s clock; known_ns is what this returned last, or 0. */
uint64_t tcx_quirk_uptime_zero(uint64_t now_ns, uint64_t known_ns);

/* Answers the delegated varbinds of a request with an error. */
void tcx_quirk_answer_error(netsnmp_delegated_cache *cache);

/* At the beginning of a session: the library shall register everything, each once. */
void tcx_quirk_register_once(void);

/* Asks the master again for a registration that it has refused. */
void tcx_quirk_ask_master(netsnmp_handler_registration *made);

/* Adds a row to the master's sysORTable, or removes it. The library's own stays unchanged. */
void tcx_quirk_update_sysORTable(const oid *sysORID, size_t len, const char *text, bool listed);

#endif
