/* SPDX-License-Identifier: BSD-2-Clause */
/* Workarounds of net-snmp 5.8 to 5.10; later releases were not checked. */
#include "snmp/quirks.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "snmp/dispatcher.h"

/* Exported by the library (agentx/client.h, agentx/subagent.h), but not installed as headers. */
int agentx_open_session(netsnmp_session *session);
int agentx_close_session(netsnmp_session *session, int why);
int agentx_send_ping(netsnmp_session *session);
void agentx_check_session(unsigned int alarm, void *session);

#define CLOSE_OTHER 1 /* RFC 2741, 6.2.2 */

/* snmpd takes this for all sessions of the connection. */
#define ALL_SESSIONS (-1)

/* The library's version of a session with a master (agentx/protocol.h, not installed). */
#define AGENTX_VERSION 0xC1

/* The library sends nothing over a session of another version. */
#define SENDS_NOTHING 0

/* RFC 2741, 6.2.3: priorities begin with 1. */
#define NOBODYS_PRIORITY 0

#define US_PER_S       1000000
#define OWN_TIMEOUT_US 2000000000 /* nearly the maximum of a long */

/* --- Start and log -----------------------------------------------------------------------------*/

void tcx_quirk_no_mibs(void)
{
	setenv("MIBS", "", 1);
}

void tcx_quirk_init_snmp(const char *application)
{
	setenv("MIBDIRS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_snmp(application);
}

static void set_or_unset(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/*
 * The library reads its state from where it reads files, and reads none of the rest there: our own
 * files are read later, and reported.
 */
void tcx_quirk_init_master(const char *application, const char *path)
{
	const char *before = getenv("SNMPCONFPATH");
	char *kept = before != NULL ? strdup(before) : NULL;

	setenv("MIBDIRS", "", 1);
	setenv("SNMPCONFPATH", path, 1);
	set_persistent_directory(path);
	init_snmp(application);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	set_or_unset("SNMPCONFPATH", kept);
	free(kept);
}

/* Its last line: where there was no room for one before, there is none for this. */
#define END_OF_STATE "# This is whole."

static void state_path(const char *application, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s.conf", get_persistent_directory(), application);
}

static off_t size_of(const char *path)
{
	struct stat state;

	return stat(path, &state) == 0 ? state.st_size : 0;
}

bool tcx_quirk_has_state(const char *application)
{
	char path[PATH_MAX];

	state_path(application, path);
	return size_of(path) > 0;
}

/*
 * snmp_store() removes what was before also where nothing could be written. What was before is in a
 * file beside, which the library reads, too; of a part that was written it would complain.
 */
bool tcx_quirk_store_state(const char *application)
{
	char path[PATH_MAX];
	off_t size;

	state_path(application, path);
	snmp_save_persistent(application);
	snmp_call_callbacks(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_STORE_DATA, NULL);
	size = size_of(path);
	read_config_store(application, END_OF_STATE);
	if (size_of(path) > size) {
		snmp_clean_persistent(application);
		return true;
	}
	unlink(path);
	return false;
}

/* snmp_shutdown() does snmp_store(). */
void tcx_quirk_store_no_more(void)
{
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
}

/*
 * Each process that reads the state counts as a start, and who has heard of that takes no word of
 * one with fewer. The state is written at a start, so that its age is the time of that engine.
 */
void tcx_quirk_go_on(const char *application)
{
	u_int boots = (u_int)snmpv3_local_snmpEngineBoots();
	u_char id[SNMP_MAXBUF_SMALL];
	size_t len = snmpv3_get_engineID(id, sizeof(id));
	char path[PATH_MAX];
	struct stat state;

	state_path(application, path);
	if (boots > 1 && stat(path, &state) == 0 && state.st_mtime <= time(NULL))
		set_enginetime(id, (u_int)len, boots - 1, (u_int)(time(NULL) - state.st_mtime), 1);
}

static int count_line(netsnmp_log_handler *handler, int priority, const char *line)
{
	(void)priority;
	(void)line;
	handler->imagic++;
	return 1;
}

static bool hears_all(netsnmp_log_handler *handler, int pri_max)
{
	handler->pri_max = pri_max;
	handler->imagic = 0;
	for (int priority = LOG_EMERG; priority <= LOG_DEBUG; priority++)
		snmp_log(priority, "is this heard?\n");
	return handler->imagic == LOG_DEBUG - LOG_EMERG + 1;
}

/*
 * A handler's pri_max is its most severe priority up to 5.9.3, and its least severe in later
 * releases. Versions do not tell, since distributions backport the change, so this tries it.
 */
bool tcx_quirk_hear_all(netsnmp_log_handler *handler)
{
	const netsnmp_log_handler before = *handler;
	bool hears;

	handler->handler = count_line;
	hears = hears_all(handler, LOG_EMERG) || hears_all(handler, LOG_DEBUG);
	handler->handler = before.handler;
	handler->imagic = before.imagic;
	return hears;
}

/* --- Access of managers ------------------------------------------------------------------------*/

/* vacm_standard_views() hears this. */
void tcx_quirk_standard_views(void)
{
	snmp_call_callbacks(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_PRE_READ_CONFIG, NULL);
}

void tcx_quirk_parse(const struct config_line *parser, char *text)
{
#ifdef HAVE_STRUCT_CONFIG_LINE_PARSE_LINE1
	if (parser->parse_line1 != NULL)
		parser->parse_line1(parser->config_token, text);
	else
		parser->parse_line2(parser->config_token, text);
#else
	parser->parse_line(parser->config_token, text);
#endif
}

struct opened {
	netsnmp_session *session;
	bool informs;
};

static int take_sink(int major, int minor, void *parameters, void *arg)
{
	struct agent_add_trap_args *sink = parameters;
	struct opened *opened = arg;

	(void)major;
	(void)minor;
	opened->session = sink->ss;
	opened->informs = sink->confirm != 0;
	sink->rc = SNMPERR_SUCCESS;
	return SNMPERR_SUCCESS;
}

/*
 * Left to itself the library logs each notification that it cannot send, keeps using a session of a
 * stream that it has freed when its receiver ended, and waits for an engineID, with all retries, in
 * the loop that serves managers. So it gives its sinks to us (netsnmp_add_notification_session()).
 */
netsnmp_session *tcx_quirk_open_sink(const struct config_line *parser, char *text, bool *informs)
{
	struct opened opened = {NULL, false};

	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_NOTIFICATIONS,
			       take_sink, &opened);
	tcx_quirk_parse(parser, text);
	snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_NOTIFICATIONS,
				 take_sink, &opened, 1);
	if (opened.session != NULL)
		opened.session->flags |= SNMP_FLAGS_DONT_PROBE;
	*informs = opened.informs;
	return opened.session;
}

/*
 * The library keeps each user of createUser in its state, from where it would come back once its
 * line is gone. A user's storage type tells whose it is: that of the state is OTHER meanwhile.
 */
#define OF_STATE ST_NONVOLATILE
#define OF_FILES ST_READONLY
#define ASIDE	 ST_OTHER

static void change_storage(int from, int to)
{
	for (struct usmUser *user = usm_get_userList(); user != NULL; user = user->next)
		if (user->userStorageType == from)
			user->userStorageType = to;
}

void tcx_quirk_users_begin(void)
{
	struct usmUser *next;

	for (struct usmUser *user = usm_get_userList(); user != NULL; user = next) {
		next = user->next;
		if (user->userStorageType != OF_FILES)
			continue;
		usm_remove_user(user);
		usm_free_user(user);
	}
	change_storage(OF_STATE, ASIDE);
}

void tcx_quirk_users_end(void)
{
	change_storage(OF_STATE, OF_FILES);
	change_storage(ASIDE, OF_STATE);
}

/* Up to 5.10 the library does so when it has read its own files, which are ours no more. */
void tcx_quirk_engine_is_set(void)
{
	u_char id[SNMP_MAXBUF_SMALL];
	size_t len = snmpv3_get_engineID(id, sizeof(id));

	set_enginetime(id, (u_int)len, (u_int)snmpv3_local_snmpEngineBoots(),
		       (u_int)snmpv3_local_snmpEngineTime(), 1);
}

/* --- Receivers of notifications ----------------------------------------------------------------*/

/* As usm_discover_engineid() does, which waits for the answer; the empty user is always there. */
bool tcx_quirk_ask_engine(netsnmp_session *session, snmp_callback on_answer, void *arg)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

	if (pdu == NULL)
		return false;
	pdu->version = SNMP_VERSION_3;
	pdu->securityName = strdup("");
	pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	pdu->securityModel = SNMP_SEC_MODEL_USM;
	if (pdu->securityName != NULL && snmp_async_send(session, pdu, on_answer, arg) != 0)
		return true;
	snmp_free_pdu(pdu);
	return false;
}

bool tcx_quirk_make_user(netsnmp_session *session)
{
	return usm_create_user_from_session(session) == SNMPERR_SUCCESS;
}

void tcx_quirk_forget_engine(netsnmp_session *session)
{
	SNMP_FREE(session->securityEngineID);
	SNMP_FREE(session->contextEngineID);
	session->securityEngineIDLen = session->contextEngineIDLen = 0;
	session->flags &= ~(u_long)SNMP_FLAGS_USER_CREATED;
}

/* --- Requests ----------------------------------------------------------------------------------*/

/*
 * The library copies the master's sysUpTime (agentx_synch_input()), in hundredths of a second and
 * with an error that varies. So its zero is kept, until it is clearly another: the master was
 * restarted. After each 497 days sysUpTime begins anew without that.
 */
uint64_t tcx_quirk_uptime_zero(uint64_t now_ns, uint64_t known_ns)
{
	const uint64_t turn_ns = (UINT32_MAX + UINT64_C(1)) * (TCX_NS_PER_S / 100);
	uint64_t uptime_ns = (uint64_t)(uint32_t)netsnmp_get_agent_uptime() * (TCX_NS_PER_S / 100);
	uint64_t zero = now_ns > uptime_ns ? now_ns - uptime_ns : 0;
	uint64_t difference = (zero > known_ns ? zero - known_ns : known_ns - zero) % turn_ns;

	return tcx_clock_earlier(difference, turn_ns - difference) > TCX_NS_PER_S / 2 ? zero
										      : known_ns;
}

/*
 * A GETNEXT with an include among its names comes as a GET first, then as a GETNEXT of those that
 * had no value (handle_pdu()). Were the GET delegated, its answer would be sent as it is.
 */
bool tcx_quirk_is_getnext(const netsnmp_agent_request_info *info)
{
	return info->asp->pdu->command != SNMP_MSG_GET;
}

/*
 * Without a value the library asks the next registration, error or not (check_getnext_results()).
 */
void tcx_quirk_answer_error(netsnmp_delegated_cache *cache)
{
	for (netsnmp_request_info *one = cache->requests; one != NULL; one = one->next) {
		if (one->delegated != REQUEST_IS_DELEGATED)
			continue;
		one->delegated = REQUEST_IS_NOT_DELEGATED;
		snmp_set_var_typed_integer(one->requestvb, ASN_INTEGER, 0);
		netsnmp_set_request_error(cache->reqinfo, one, SNMP_ERR_GENERR);
	}
}

/* --- Registrations -----------------------------------------------------------------------------*/

/*
 * unregister_mib_context() still reads the name and the context when it has freed the registration,
 * which has them: netsnmp_unregister_handler() gives it these.
 */
void tcx_quirk_unregister(const netsnmp_handler_registration *made)
{
	const char *name = made->contextName != NULL ? made->contextName : "";
	char context[TCX_CONTEXT_MAX + 1];
	oid root[MAX_OID_LEN];

	memcpy(root, made->rootoid, made->rootoid_len * sizeof(oid));
	snprintf(context, sizeof(context), "%s", name);
	unregister_mib_context(root, made->rootoid_len, made->priority, made->range_subid,
			       made->range_ubound, made->contextName != NULL ? context : NULL);
}

/*
 * On unregister, the master removes the OID of whoever has it at that priority
 * (unregister_agentx_list(), all releases). The library also unregisters what was refused to us and
 * is another agent's: so this names a priority that nobody has.
 */
void tcx_quirk_unregister_nothing(struct register_parameters *parameters)
{
	parameters->priority = NOBODYS_PRIORITY;
}

/*
 * A registration within another cuts the outer one into slices, and the library would register the
 * whole again for each (register_mib_reattach()). Only the first slice begins where the
 * registration does.
 */
static void keep_first_slice(netsnmp_subtree *slice, tcx_quirk_is_over *is_over)
{
	if (is_over(slice->reginfo) ||
	    snmp_oid_compare(slice->start_a, slice->start_len, slice->name_a, slice->namelen) != 0)
		slice->flags |= SUBTREE_ATTACHED;
}

/* If the last session ended during its registrations, the rest is wrongly marked as done. */
void tcx_quirk_register_once(tcx_quirk_is_over *is_over)
{
	register_mib_detach();
	for (subtree_context_cache *context = get_top_context_cache(); context != NULL;
	     context = context->next)
		for (netsnmp_subtree *slice = context->first_subtree; slice != NULL;
		     slice = slice->next)
			for (netsnmp_subtree *child = slice; child != NULL; child = child->children)
				keep_first_slice(child, is_over);
}

/* Does what agentx_registration_callback() does, which the library does not offer. */
void tcx_quirk_ask_master(netsnmp_handler_registration *made)
{
	struct register_parameters parameters = {
		.name = made->rootoid,
		.namelen = made->rootoid_len,
		.priority = made->priority,
		.timeout = made->timeout,
		.contextName = made->contextName,
		.reginfo = made,
	};

	snmp_call_callbacks(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID, &parameters);
}

/* Likewise (agentx_sysOR_callback()). In the next session the library sends all its rows again. */
void tcx_quirk_update_sysORTable(const oid *sysORID, size_t len, const char *text, bool listed)
{
	struct register_sysOR_parameters row = {
		.name = (oid *)sysORID, .namelen = len, .descr = (char *)text};

	snmp_call_callbacks(SNMP_CALLBACK_APPLICATION,
			    listed ? SNMPD_CALLBACK_REG_SYSOR : SNMPD_CALLBACK_UNREG_SYSOR, &row);
}

/* --- Sessions ----------------------------------------------------------------------------------*/

/*
 * The library gives the session with a master a timeout of its own, six seconds a request
 * (subagent_open_master_session(), up to 5.10); agentXTimeout and agentXRetries shall hold. It
 * waits in the loop that also serves and takes signals, so it shall ask again each second, at which
 * wire.c checks whether the agent shall end. Requests within the agent use a session, too, which
 * waits as long as a table takes: dispatcher.c limits that.
 */
void tcx_quirk_session_timeout(netsnmp_session *session, int timeout_s)
{
	bool master = session->version == AGENTX_VERSION;

	session->timeout = master ? US_PER_S : OWN_TIMEOUT_US;
	session->retries = master ? timeout_s - 1 : 0;
}

/*
 * A master that waits for our answer uses our registrations. If one is removed it uses freed
 * memory, and snmpd ends (5.9.3, handle_getnext_loop()). The end of a session first ends its
 * requests (close_agentx_session()).
 */
void tcx_quirk_end_sessions(netsnmp_session *session)
{
	session->sessid = ALL_SESSIONS;
	agentx_close_session(session, CLOSE_OTHER);
}

/* The library's functions use the number of the session that they are given. */
long tcx_quirk_open_other(netsnmp_session *session)
{
	long main = session->sessid, other = main;

	if (agentx_open_session(session))
		other = session->sessid;
	session->sessid = main;
	return other;
}

/*
 * The master ends the requests that wait for the session, then goes on with others that have been
 * answered, be it into this session, whose registrations it frees without another look
 * (close_agentx_session(), up to 5.10). Once it answers a ping it has gone on with all of them.
 */
bool tcx_quirk_end_other(netsnmp_session *session, long other)
{
	long main = session->sessid;

	if (!agentx_send_ping(session))
		return false;
	session->sessid = other;
	agentx_close_session(session, CLOSE_OTHER);
	session->sessid = main;
	return true;
}

void tcx_quirk_silence_session(netsnmp_session *session)
{
	session->version = SENDS_NOTHING;
}

/*
 * The library finds the session dead, frees it and opens another one at once. In securityModel it
 * keeps the number of the alarm for its pings.
 */
void tcx_quirk_reopen_session(netsnmp_session *session)
{
	agentx_check_session((unsigned int)session->securityModel, session);
}
