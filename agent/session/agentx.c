/* SPDX-License-Identifier: BSD-2-Clause */
/* The AgentX session: settings, connection, refused registrations, and their log lines. */
#include "session/agentx.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/config.h"
#include "parts.h"
#include "session/address.h"
#include "snmp/quirks.h"

#define APP		"tcpextd"
#define REFUSED_RETRY_S 10
#define FIRST_RETRY_S	1		     /* the session is then complete, as a rule */
#define DEFAULT_SOCKET	"/var/agentx/master" /* the library's NETSNMP_AGENTX_SOCKET */
#define US_PER_S	1000000

/* Turns of the loop in which requests are still answered before a session ends. */
#define LAST_TURNS 50
#define TURN_NS	   1000000L

/* AgentX error codes (RFC 2741, 6.2.16). */
enum { DUPLICATE_REGISTRATION = 263, REQUEST_DENIED = 267 };

/* The library's callbacks have no argument of ours. */
static struct tcx_agentx *agentx;

void tcx_agentx_configure(const struct tcx_config *config, const char *address)
{
	if (address == NULL)
		address = config->socket;
	agentx->wire.master = address[0] != '\0' ? address : DEFAULT_SOCKET;
	agentx->wire.rest = NULL;
	agentx->wire.timeout_s = config->timeout_s * (config->retries + 1);
	agentx->max_age_ns = config->max_age_ns;
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL,
			   config->ping_s);
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_TIMEOUT,
			   config->timeout_s * US_PER_S);
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_RETRIES,
			   config->retries);
}

static int ping_interval(void)
{
	return netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL);
}

/*
 * 5.10 also calls this for each request that it frees, with the request as session
 * (free_agent_snmp_session()): SNMP_CALLBACK_FREE_SESSION has the same number.
 */
static void on_connected(void *session)
{
	if (session != agentx->opened)
		return;
	agentx->opened = NULL;
	agentx->wire.rest = NULL;
	agentx->session = session;
	agentx->main = agentx->session->sessid;
	memset(agentx->sessions, 0, sizeof(agentx->sessions));
	agentx->left = 0;
	agentx->empty = 0;
	agentx->reported = 0;
	tcx_registrations_connected(&agentx->registrations);
	if (!agentx->away)
		snmp_log(LOG_NOTICE, "connected to the AgentX master at %s\n",
			 agentx->wire.address);
}

static void say_lost(void)
{
	const char *cause = agentx->wire.cause;

	snmp_log(LOG_WARNING,
		 "lost the AgentX master at %s: %s; trying every %d s to connect again\n",
		 agentx->wire.address, cause != NULL ? cause : "snmpd ended or did not answer",
		 ping_interval());
}

static void on_lost(void *session)
{
	(void)session;
	agentx->session = NULL;
	if (!agentx->away)
		say_lost();
}

/* Notes what is registered, since the library's log line of a failure lacks it. */
static void on_register(void *parameters)
{
	const struct register_parameters *registration = parameters;

	agentx->registering = registration->reginfo;
	tcx_groups_register(agentx, registration);
}

static void on_unregister(void *parameters)
{
	if (agentx->registrations.is_moot)
		tcx_quirk_unregister_nothing(parameters);
}

static void on_session(void *parameters)
{
	netsnmp_session *session = parameters;

	agentx->opened = session;
	tcx_quirk_session_timeout(session, agentx->wire.timeout_s);
}

/* The events of the library. */
static const struct {
	int major, minor;
	void (*handle)(void *parameters);
} events[] = {
	{SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_connected},
	{SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, on_lost},
	{SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID, on_register},
	{SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_UNREGISTER_OID, on_unregister},
	{SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SESSION_INIT, on_session},
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

static int on_event(int major, int minor, void *parameters, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < EVENTS; i++)
		if (events[i].major == major && events[i].minor == minor)
			events[i].handle(parameters);
	return 0;
}

/* Called after the library's own. */
static int on_registered(int major, int minor, void *parameters, void *arg)
{
	(void)major;
	(void)minor;
	(void)parameters;
	(void)arg;
	if (agentx->session != NULL)
		agentx->session->sessid = agentx->main;
	return 0;
}

/* Without an argument: the library would free it as its own (clear_callback()). */
static void watch_events(void)
{
	for (size_t i = 0; i < EVENTS; i++)
		netsnmp_register_callback(events[i].major, events[i].minor, on_event, NULL,
					  NETSNMP_CALLBACK_HIGHEST_PRIORITY);
	netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID,
				  on_registered, NULL, NETSNMP_CALLBACK_LOWEST_PRIORITY);
}

/* Keeps no state between runs. */
bool tcx_agentx_init(struct tcx_agentx *state, struct tcx_fault *fault)
{
	const char *face = getenv("TCPEXTD_FACE");

	agentx = state;
	agentx->to_library = face != NULL && strcmp(face, "library") == 0;
	agentx->wire.take = tcx_agentx_take;
	agentx->wire.arg = agentx;
	tcx_quirk_no_mibs();
	netsnmp_enable_subagent();
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS,
			       1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
	netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OID_OUTPUT_FORMAT,
			   NETSNMP_OID_OUTPUT_NUMERIC);
	init_agent(APP);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET,
			      TCX_WIRE_ADDRESS);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	/* As in a master: else every varbind passes all registrations before it. */
	netsnmp_set_lookup_cache_size(-1);
	watch_events();
	return tcx_wire_init(&agentx->wire, fault);
}

/* Those behind an address that can be reached were not tried. */
static void say_unreached(void)
{
	const char *list = agentx->wire.master;
	char address[PATH_MAX];
	bool reached = false;

	while (!reached && tcx_address_next(&list, address)) {
		struct tcx_fault fault = {"it does not answer; see that it is snmpd with 'master "
					  "agentx'"};

		reached = tcx_address_probe(address, agentx->wire.stop_fd, &fault);
		snmp_log(LOG_WARNING, "no AgentX master at %s: %s; trying every %d s to connect\n",
			 address, fault.text, ping_interval());
	}
}

void tcx_agentx_connect(void)
{
	tcx_quirk_init_snmp(APP);
	if (agentx->session == NULL && agentx->main == 0)
		say_unreached();
	tcx_groups_watch(agentx);
}

/*
 * The master passes answers on slowly, and gives an error instead when the session ends before. It
 * sends the repetitions of a GETBULK one by one.
 */
static void end_requests(void)
{
	const struct timespec turn = {.tv_nsec = TURN_NS};

	for (int i = 0; i < LAST_TURNS; i++) {
		agent_check_and_process(0);
		nanosleep(&turn, NULL);
	}
}

void tcx_agentx_leave(void)
{
	end_requests();
	if (agentx->session == NULL)
		return;
	tcx_quirk_end_sessions(agentx->session);
	if (agentx->session == NULL)
		return; /* the master has closed it meanwhile */
	agentx->away = true;
	tcx_quirk_silence_session(agentx->session);
}

void tcx_agentx_return(void)
{
	if (!agentx->away)
		return;
	tcx_quirk_reopen_session(agentx->session);
	agentx->away = false;
	if (agentx->session == NULL)
		say_lost();
}

void tcx_agentx_shutdown(void)
{
	agentx->wire.domain.prefix = NULL; /* the library would free what is constant */
	snmp_shutdown(APP);
	shutdown_agent();
}

/*
 * What was refused may be free by now, as when another agent has ended. Logs a module once when it
 * is refused and once when it no longer is.
 */
static void ask_again(unsigned int alarm, void *arg)
{
	unsigned int granted;

	(void)alarm;
	(void)arg;
	agentx->alarm = 0;
	if (agentx->session == NULL)
		return;
	granted = tcx_registrations_ask_again(&agentx->registrations, ~agentx->left);
	agentx->reported &= ~granted;
	for (size_t i = 0; i < agentx->modules.count; i++)
		if ((granted & 1U << i) != 0)
			snmp_log(LOG_NOTICE, "the master takes the group %s now\n",
				 agentx->modules.modules[i].word);
	if ((granted & TCX_ELSEWHERE) != 0)
		snmp_log(LOG_NOTICE, "the master takes all contexts now\n");
	tcx_registrations_update_sysORTable(&agentx->registrations);
}

static void ask_later(unsigned int seconds)
{
	if (agentx->alarm == 0)
		agentx->alarm = snmp_alarm_register(seconds, 0, ask_again, NULL);
}

/*
 * snmpd serves only the registration with the lowest priority, and managers cannot see which: a
 * lower number is no way to run two agents.
 */
static const char *remedy_of(const struct tcx_registration *one)
{
	if (!tcx_context_is_default(one->context))
		return "another agent holds it: end one of them, or leave the namespace out of "
		       "what this one serves;";
	return one->priority == DEFAULT_MIB_PRIORITY
		       ? "snmpd's own module or another agent holds it: set registerPriority below "
			 "that to replace snmpd's own, or leave the group out of 'register';"
		       : "another agent holds it, and of two agents managers see only the one with "
			 "the lower registerPriority, which hides the other's values: end one of "
			 "them, give that of another network namespace an snmpd of its own, or "
			 "leave the group out of 'register';";
}

static void say_refused(const struct tcx_registration *one, const char *name, long error)
{
	const char *context = one->context->name;
	char where[sizeof("context ") + TCX_CONTEXT_MAX];

	snprintf(where, sizeof(where), "%s %s", context[0] != '\0' ? "context" : "group",
		 context[0] != '\0' ? context : one->module->word);
	if (error == DUPLICATE_REGISTRATION)
		snmp_log(LOG_ERR,
			 "the master refuses %s (%s) at priority %d: %s asking again every %d s\n",
			 name, where, one->priority, remedy_of(one), REFUSED_RETRY_S);
	else
		snmp_log(LOG_ERR, "the master refuses %s (%s): %s (AgentX error %ld)\n", name,
			 where,
			 error == REQUEST_DENIED ? "it denies the request; see its own log"
						 : "see RFC 2741, section 6.2.16, and snmpd's log",
			 error);
}

/*
 * In a context that is new to the session, the library registers subtrees of its own, which snmpd
 * refuses. Of several contexts the log has the first.
 */
void tcx_agentx_refused(long error)
{
	const netsnmp_handler_registration *made = agentx->registering;
	const struct tcx_registration *one;
	unsigned int bit;
	char name[512];

	if (agentx->wire.lost)
		return; /* on_lost() logs that */
	one = tcx_registrations_refused(&agentx->registrations, made);
	if (one == NULL)
		return;
	bit = tcx_registration_bit(one);
	if ((agentx->reported & bit) != 0) {
		ask_later(REFUSED_RETRY_S);
		return;
	}
	ask_later(FIRST_RETRY_S);
	agentx->reported |= bit;
	snprint_objid(name, sizeof(name), made->rootoid, made->rootoid_len);
	say_refused(one, name, error);
}
