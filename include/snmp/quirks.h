/* SPDX-License-Identifier: BSD-2-Clause */
/* Workarounds of net-snmp, all of them; quirks.c has the reason and the releases of each. */
#ifndef TCX_SNMP_QUIRKS_H
#define TCX_SNMP_QUIRKS_H

#include <stdbool.h>
#include <stdint.h>

#include "snmp/netsnmp.h"

/* --- Start and log -----------------------------------------------------------------------------*/

/*
 * The library shall read no MIB file, which the agent does not need: a missing one would fill the
 * log. Call before init_agent().
 */
void tcx_quirk_no_mibs(void);

/*
 * init_snmp(), without reading the configuration again, which we have read and reported, and
 * without opening each file of MIBDIRS, where it would wait for a FIFO.
 */
void tcx_quirk_init_snmp(const char *application);

/*
 * init_snmp() of a master: reads of all files those in the state directory alone, where it keeps
 * the number of its starts and its engineID from now on. path is copied.
 */
void tcx_quirk_init_master(const char *application, const char *path);

/* Writes that state. False: not all of it, as on a full disk; the library reads what was before. */
bool tcx_quirk_store_state(const char *application);

/* Whether it is there. */
bool tcx_quirk_has_state(const char *application);

/* The library writes no state at the end. */
void tcx_quirk_store_no_more(void);

/*
 * Gives this process the number of starts and the time of the agent that wrote the state, so that
 * receivers of SNMPv3 take both for one.
 */
void tcx_quirk_go_on(const char *application);

/* Sets the pri_max with which a log handler hears all priorities. False: the library has none. */
bool tcx_quirk_hear_all(netsnmp_log_handler *handler);

/* --- Access of managers ------------------------------------------------------------------------*/

/* Makes the views that words such as rocommunity use. */
void tcx_quirk_standard_views(void);

/* Hands a line to its parser, which may write into it. net-snmp 5.9.5.2 has two kinds of them. */
void tcx_quirk_parse(const struct config_line *parser, char *text);

/*
 * Hands a line such as trapsink to its parser, and returns the session that it has opened, for the
 * caller to close; NULL: none. The library shall never wait for an engineID in it.
 */
netsnmp_session *tcx_quirk_open_sink(const struct config_line *parser, char *text, bool *informs);

/* Users that are made between the two are not kept in the state; those of before are removed. */
void tcx_quirk_users_begin(void);
void tcx_quirk_users_end(void);

/* Call once the engineID is another one: the library shall take its time for ours. */
void tcx_quirk_engine_is_set(void);

/* --- Receivers of notifications ----------------------------------------------------------------*/

/*
 * Asks the receiver of a session for its engineID, without which an inform of SNMPv3 cannot be
 * sent. False: it cannot be sent. The session has the engineID some time after on_answer(), then
 * its user is to be made.
 */
bool tcx_quirk_ask_engine(netsnmp_session *session, snmp_callback on_answer, void *arg);
bool tcx_quirk_make_user(netsnmp_session *session);

/* The receiver may have another one now. */
void tcx_quirk_forget_engine(netsnmp_session *session);

/* --- Requests ----------------------------------------------------------------------------------*/

/*
 * When sysUpTime was 0, by tcx_sleeps_awake(), which is now_ns now; known_ns is what this returned
 * last, or 0.
 */
uint64_t tcx_quirk_uptime_zero(uint64_t now_ns, uint64_t known_ns);

/* Whether what comes as a GET is the first part of a GETNEXT, which must not be delegated. */
bool tcx_quirk_is_getnext(const netsnmp_agent_request_info *info);

/* Answers the delegated varbinds of a request with an error. */
void tcx_quirk_answer_error(netsnmp_delegated_cache *cache);

/* --- Registrations -----------------------------------------------------------------------------*/

/* Unregisters in its context, and frees it. */
void tcx_quirk_unregister(const netsnmp_handler_registration *made);

/* The master shall remove nothing on an Unregister that the library is about to send. */
void tcx_quirk_unregister_nothing(struct register_parameters *parameters);

/*
 * At the beginning of a session: the library shall register everything once, but for what is over.
 */
typedef bool tcx_quirk_is_over(const netsnmp_handler_registration *made);
void tcx_quirk_register_once(tcx_quirk_is_over *is_over);

/* Asks the master again for a registration that it has refused. */
void tcx_quirk_ask_master(netsnmp_handler_registration *made);

/* Adds a row to the master's sysORTable, or removes it. The library's own stays unchanged. */
void tcx_quirk_update_sysORTable(const oid *sysORID, size_t len, const char *text, bool listed);

/* --- Sessions ----------------------------------------------------------------------------------*/

/* Timeout of a session that the library is about to open, with a master or within the agent. */
void tcx_quirk_session_timeout(netsnmp_session *session, int timeout_s);

/*
 * Opens another session over the connection of this one. Returns its number, or that of this one if
 * the master has no other.
 */
long tcx_quirk_open_other(netsnmp_session *session);

/* Ends such a session, while no request is answered. False: it stays. */
bool tcx_quirk_end_other(netsnmp_session *session, long other);

/*
 * Ends all sessions with the master and sends nothing until tcx_quirk_reopen_session(), at once and
 * not by the library's alarm, begins another one.
 */
void tcx_quirk_end_sessions(netsnmp_session *session);
void tcx_quirk_silence_session(netsnmp_session *session);
void tcx_quirk_reopen_session(netsnmp_session *session);

#endif
