/* SPDX-License-Identifier: BSD-2-Clause */
/* The log bridge: drops or translates lines of net-snmp, and passes on the rest. */
#include "session/log.h"

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "daemon/log_files.h"
#include "session/agentx.h"
#include "snmp/netsnmp.h"
#include "snmp/quirks.h"

#define IDENT "tcpextd"

/* The library's line about a refused registration: this, then the number of the error. */
#define REFUSAL "registering pdu failed: "

/* Lines of the library that we drop, since we log better words or at a better time. */
static const char *const dropped[] = {
	"NET-SNMP version ",
	"Created directory: ",
	"AgentX master disconnected us",
	"AgentX master agent failed to respond to ping",
	/*
	 * If a ping finds the master dead and then the connection ends, the library connects twice.
	 * The second try finds the session of the first, at each ping interval.
	 */
	"AgentX session to master agent attempted to be re-opened",
	/* Logged when the master ends during registrations; no fault. */
	"lock in _callback_lock sleeps",
	"netsnmp_assert lock_holded",
	/* A response after the end of its session, which on_lost() has logged. */
	"send response: ",
	"    -- ",
	"Log handling defined - disabling stderr",
	/* 5.8 asks itself which traps a session of AgentX wants, at its begin and end. */
	"unknown snmp version ",
	/* tcx_master_begin() says so in our words. */
	"Warning: no access control information configured.",
	/* Of what anybody may send to a master there would be a line each. */
	"Received broken packet. Closing session.",
	"Received bad msgID (",
	"Received bad msgMaxSize (",
	"unknown security model: ",
	"Bad PDU type received: ",
};

static bool begins(const char *line, const char *begin)
{
	return strncmp(line, begin, strlen(begin)) == 0;
}

static bool handled(const char *line)
{
	if (begins(line, REFUSAL)) {
		tcx_agentx_refused(strtol(line + strlen(REFUSAL), NULL, 10));
		return true;
	}
	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (begins(line, dropped[i]))
			return true;
	return false;
}

/* The bridge's pri_max is that of all priorities. */
static bool wants(const netsnmp_log_handler *to, int priority, int all)
{
	return priority <= to->priority && (to->pri_max == all || priority >= to->pri_max);
}

static int pass(netsnmp_log_handler *bridge, int priority, const char *line)
{
	if ((priority != LOG_DEBUG && tcx_config_note(line)) || handled(line))
		return 1;
	for (netsnmp_log_handler *to = get_logh_head(); to != NULL; to = to->next)
		if (to != bridge && wants(to, priority, bridge->pri_max))
			to->handler(to, priority, line);
	return 1;
}

/* The library shall call the bridge only; the bridge calls the destinations. */
static void disable_destinations(void)
{
	for (netsnmp_log_handler *to = get_logh_head(); to != NULL; to = to->next)
		if (to->handler != pass)
			netsnmp_disable_this_loghandler(to);
}

bool tcx_log_start(bool have_destination, bool to_stderr, struct tcx_fault *fault)
{
	netsnmp_log_handler *bridge;

	snmp_log_syslogname(IDENT);
	if (!have_destination && to_stderr)
		snmp_enable_stderrlog();
	else if (!have_destination)
		snmp_log_options((char[]){"sdaemon"}, 0, NULL);
	bridge = netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, LOG_DEBUG);
	if (bridge == NULL)
		return tcx_fault_set(fault, "out of memory");
	bridge->handler = pass;
	disable_destinations();
	if (!tcx_quirk_hear_all(bridge))
		return tcx_fault_set(fault,
				     "the net-snmp library %s keeps its log lines from the agent; "
				     "use one from 5.8 to 5.10",
				     netsnmp_get_version());
	return tcx_log_files_open(fault);
}

bool tcx_log_is_on_terminal(void)
{
	for (const netsnmp_log_handler *to = get_logh_head(); to != NULL; to = to->next)
		if (to->type == NETSNMP_LOGHANDLER_STDERR || to->type == NETSNMP_LOGHANDLER_STDOUT)
			return true;
	return false;
}

/* The library reopens what is not disabled; files it would not open safely. */
void tcx_log_reopen(void)
{
	tcx_log_files_reopen();
	for (netsnmp_log_handler *to = get_logh_head(); to != NULL; to = to->next)
		if (to->type == NETSNMP_LOGHANDLER_SYSLOG)
			netsnmp_enable_this_loghandler(to);
	netsnmp_logging_restart();
	disable_destinations();
}
