/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One thread, a session of the library for each host that is being asked, and poll(). A session is
 * opened when its turn comes and is closed with its verdict, so that memory and descriptors are
 * bounded whatever the number of hosts.
 *
 * With SNMPv3 the library would wait for the engine ID of each host when it opens the session. So
 * it is told not to ask, and the request that asks is sent here like any other. It keeps one clock
 * for each engine ID. Hosts that share one, as copies of a machine do, look to it like a host whose
 * clock goes back; so they are asked once more at the end, one after the other.
 */
#include "gather.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "health_rows.h"
#include "probe.h"

/*
 * So many requests are under way that may be answered at any moment: the answers of all fit into
 * what a network card and a switch hold. After a moment those that have no answer wait beside them,
 * so that hosts that are down keep nobody from his turn.
 */
#define FRESH_MAX 128
#define FRESH_NS  (100 * TCX_NS_PER_MS)
#define OPEN_MAX  1024

/* How often it is looked whose time is up. */
#define TICK_NS (10 * TCX_NS_PER_MS)

/*
 * A host that is down is told after three seconds, unless the command line or snmp.conf says
 * otherwise: that it does is seen by another number than the library's own.
 */
#define RETRIES		2
#define LIBRARY_RETRIES 5

/* Descriptors that are something else's. */
#define OTHER_DESCRIPTORS 32

enum stage { PROBE, PROBED, REQUEST, DONE };

struct turn {
	struct tcx_host *host;
	void *session; /* owned; of the library's single sessions. NULL: nobody's turn */
	enum stage stage;
	uint64_t began;
	bool heard;	  /* what came was an answer to the library */
	unsigned strange; /* packets that were none */
};

struct gathering {
	const netsnmp_session *pattern; /* what all sessions are like */
	struct tcx_hosts *hosts;
	bool again;  /* those that were odd, with clocks of their own */
	size_t next; /* the host whose turn comes next */
	size_t room; /* turns at a time */
	size_t open, fresh;
	uint64_t looked; /* when it was looked whose time is up */
	struct turn turns[OPEN_MAX];
	struct pollfd polled[OPEN_MAX];
	netsnmp_large_fd_set ready; /* the one that is read */
};

/* --- What came --------------------------------------------------------------------------------*/

/* Why the library could not; it has a reason of its own where the system has none. */
static const char *reason_of(const netsnmp_session *session)
{
	return session->s_errno != 0 ? strerror(session->s_errno)
				     : snmp_api_errstring(session->s_snmp_errno);
}

static void finish(struct turn *turn)
{
	turn->stage = DONE;
}

/* The first call drops what the library has noted of the packets of others. */
static void refuse(struct turn *turn, int error)
{
	snmp_api_errstring(SNMPERR_SUCCESS);
	tcx_verdict_unknown(&turn->host->verdict, "refuses: %s", snmp_api_errstring(error));
	finish(turn);
}

/* A report is what an engine ID comes with. Of times that differ the library takes care. */
static void take_report(struct turn *turn, netsnmp_pdu *pdu)
{
	int type = snmpv3_get_report_type(pdu);

	if (turn->stage == PROBE)
		turn->stage = PROBED;
	else if (turn->stage == REQUEST && type != SNMPERR_NOT_IN_TIME_WINDOW)
		refuse(turn, type);
}

static void take_message(struct turn *turn, netsnmp_pdu *pdu)
{
	if (pdu->command == SNMP_MSG_REPORT) {
		take_report(turn, pdu);
	} else if (pdu->command == SNMP_MSG_RESPONSE && turn->stage == REQUEST) {
		tcx_verdict_take(&turn->host->verdict, pdu);
		finish(turn);
	} else {
		tcx_verdict_unknown(&turn->host->verdict, "answers with what is no response");
		finish(turn);
	}
}

static void give_up(struct turn *turn)
{
	turn->host->odd = turn->strange > 0;
	if (turn->strange == 0)
		tcx_verdict_unknown(&turn->host->verdict, "does not answer");
	else
		tcx_verdict_unknown(&turn->host->verdict,
				    "does not answer, but for %u packets that are no answer",
				    turn->strange);
	finish(turn);
}

/* The library calls it, with all that happens to a request. */
static int on_event(int operation, netsnmp_session *session, int number, netsnmp_pdu *pdu,
		    void *magic)
{
	struct turn *turn = magic;

	(void)number;
	turn->heard = true;
	if (turn->stage == DONE)
		return 1;
	switch (operation) {
	case NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE:
		take_message(turn, pdu);
		break;
	case NETSNMP_CALLBACK_OP_TIMED_OUT:
		give_up(turn);
		break;
	case NETSNMP_CALLBACK_OP_SEND_FAILED:
		tcx_verdict_unknown(&turn->host->verdict, "cannot be reached: %s",
				    reason_of(session));
		finish(turn);
		break;
	case NETSNMP_CALLBACK_OP_SEC_ERROR:
		if (turn->stage == REQUEST)
			refuse(turn, pdu->command == SNMP_MSG_REPORT ? snmpv3_get_report_type(pdu)
								     : session->s_snmp_errno);
	}
	return 1;
}

/* --- Sending ----------------------------------------------------------------------------------*/

static void send_request(struct turn *turn)
{
	netsnmp_session *session = snmp_sess_session(turn->session);
	netsnmp_pdu *pdu = turn->stage == PROBE
				   ? tcx_probe_request()
				   : tcx_scalars_request(tcx_health_scalars, TCX_HEALTH_CELLS);

	if (pdu != NULL && snmp_sess_async_send(turn->session, pdu, on_event, turn) != 0)
		return;
	if (turn->stage != DONE)
		refuse(turn, pdu != NULL ? session->s_snmp_errno : SNMPERR_MALLOC);
	snmp_free_pdu(pdu);
}

/* The engine ID is known: now the user's keys are made for it. */
static void go_on(const struct gathering *gathering, struct turn *turn)
{
	netsnmp_session *session = snmp_sess_session(turn->session);

	turn->stage = REQUEST;
	if (gathering->again)
		set_enginetime(session->securityEngineID, (u_int)session->securityEngineIDLen, 0, 0,
			       true);
	if (session->securityEngineIDLen == 0)
		refuse(turn, SNMPERR_UNKNOWN_ENG_ID);
	else if (usm_create_user_from_session(session) != SNMPERR_SUCCESS)
		refuse(turn, SNMPERR_USM_GENERICERROR);
	else
		send_request(turn);
}

/* --- Sessions ---------------------------------------------------------------------------------*/

/* Opens one that asks for no engine ID. NULL: it cannot, for which wanted has the reason. */
static void *open_session(netsnmp_session *wanted)
{
	void *session;

	wanted->flags |= SNMP_FLAGS_DONT_PROBE;
	session = snmp_sess_open(wanted);
	if (session != NULL) /* which has taken the flag away */
		snmp_sess_session(session)->flags |= SNMP_FLAGS_DONT_PROBE;
	return session;
}

static void set_own(netsnmp_session *wanted, const char *own)
{
	if (own == NULL)
		return;
	if (wanted->version == SNMP_VERSION_3) {
		wanted->contextName = (char *)own;
		wanted->contextNameLen = strlen(own);
	} else {
		wanted->community = (u_char *)own;
		wanted->community_len = strlen(own);
	}
}

static bool knows_engine(const netsnmp_session *session)
{
	return session->version != SNMP_VERSION_3 || session->securityEngineIDLen > 0;
}

/* False: all descriptors are in use, and one of another turn will be free. */
static bool begin(const struct gathering *gathering, struct turn *turn, struct tcx_host *host)
{
	netsnmp_session wanted = *gathering->pattern;

	wanted.peername = host->address;
	set_own(&wanted, host->own);
	*turn = (struct turn){.host = host,
			      .session = open_session(&wanted),
			      .stage = REQUEST,
			      .began = tcx_clock_now()};
	if (turn->session == NULL && wanted.s_errno == EMFILE && gathering->open > 0)
		return false;
	if (turn->session != NULL && !knows_engine(snmp_sess_session(turn->session)))
		turn->stage = PROBE;
	if (turn->session != NULL)
		send_request(turn);
	else
		tcx_verdict_unknown(&host->verdict, "cannot be reached: %s", reason_of(&wanted));
	return true;
}

/* --- Turns ------------------------------------------------------------------------------------*/

static void settle(const struct gathering *gathering, struct turn *turn)
{
	if (turn->stage == PROBED)
		go_on(gathering, turn);
	if (turn->stage != DONE)
		return;
	snmp_sess_close(turn->session);
	turn->session = NULL;
}

/* Closes what is done, and counts the others. */
static void settle_all(struct gathering *gathering)
{
	uint64_t now = tcx_clock_now();

	gathering->open = gathering->fresh = 0;
	for (size_t i = 0; i < gathering->room; i++) {
		struct turn *turn = &gathering->turns[i];

		if (turn->session != NULL)
			settle(gathering, turn);
		gathering->open += turn->session != NULL;
		gathering->fresh += turn->session != NULL && now - turn->began < FRESH_NS;
	}
}

static struct tcx_host *next_host(struct gathering *gathering)
{
	while (gathering->next < gathering->hosts->count) {
		struct tcx_host *host = &gathering->hosts->items[gathering->next++];

		if (host->address[0] != '\0' && (host->odd || !gathering->again))
			return host;
	}
	return NULL;
}

/* Gives free turns to the next hosts. False: there are no more, and all have had their turns. */
static bool fill(struct gathering *gathering)
{
	struct tcx_host *host;

	for (size_t i = 0; i < gathering->room && gathering->fresh < FRESH_MAX; i++) {
		if (gathering->turns[i].session != NULL)
			continue;
		host = next_host(gathering);
		if (host == NULL)
			break;
		if (!begin(gathering, &gathering->turns[i], host)) {
			gathering->next--;
			break;
		}
		gathering->open += gathering->turns[i].session != NULL;
		gathering->fresh++;
	}
	return gathering->open > 0 || gathering->next < gathering->hosts->count;
}

static void read_packet(struct gathering *gathering, struct turn *turn, int descriptor)
{
	turn->heard = false;
	netsnmp_large_fd_setfd(descriptor, &gathering->ready);
	snmp_sess_read2(turn->session, &gathering->ready);
	netsnmp_large_fd_clr(descriptor, &gathering->ready);
	turn->strange += !turn->heard;
}

/* Reads one packet of each that has some, so that nobody keeps others waiting. */
static void wait_and_read(struct gathering *gathering)
{
	struct pollfd *polled = gathering->polled;

	for (size_t i = 0; i < gathering->room; i++) {
		void *session = gathering->turns[i].session;

		polled[i].fd = session != NULL ? snmp_sess_transport(session)->sock : -1;
		polled[i].events = POLLIN;
		polled[i].revents = 0;
	}
	if (poll(polled, gathering->room, TICK_NS / TCX_NS_PER_MS) <= 0)
		return;
	for (size_t i = 0; i < gathering->room; i++)
		if (polled[i].revents != 0)
			read_packet(gathering, &gathering->turns[i], polled[i].fd);
}

/* The library sends again, or gives up. */
static void look_at_time(struct gathering *gathering)
{
	uint64_t now = tcx_clock_now();

	if (now - gathering->looked < TICK_NS)
		return;
	gathering->looked = now;
	for (size_t i = 0; i < gathering->room; i++)
		if (gathering->turns[i].session != NULL)
			snmp_sess_timeout(gathering->turns[i].session);
}

/* --- All of it --------------------------------------------------------------------------------*/

/* Each open turn has a descriptor, of which there may be more than most programs are given. */
static size_t find_room(size_t hosts)
{
	size_t wanted = hosts < OPEN_MAX ? hosts : OPEN_MAX;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1;
	if (limit.rlim_cur < wanted + OTHER_DESCRIPTORS) {
		limit.rlim_cur = limit.rlim_max < wanted + OTHER_DESCRIPTORS
					 ? limit.rlim_max
					 : wanted + OTHER_DESCRIPTORS;
		setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < wanted + OTHER_DESCRIPTORS)
		wanted =
			limit.rlim_cur > OTHER_DESCRIPTORS ? limit.rlim_cur - OTHER_DESCRIPTORS : 1;
	return wanted;
}

static void set_retries(netsnmp_session *wanted)
{
	int set = netsnmp_ds_get_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_RETRIES);

	if (wanted->retries == SNMP_DEFAULT_RETRIES && (set < 0 || set == LIBRARY_RETRIES))
		wanted->retries = RETRIES;
}

/* The library would log what is wrong with packets, but not with whose. */
static void hush(void)
{
	if (!snmp_get_do_debugging() &&
	    !netsnmp_ds_get_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DUMP_PACKET))
		netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
}

static void gather(const netsnmp_session *pattern, struct tcx_hosts *hosts, bool again)
{
	struct gathering gathering = {.pattern = pattern,
				      .hosts = hosts,
				      .again = again,
				      .room = again ? 1 : find_room(hosts->count)};

	netsnmp_large_fd_set_init(&gathering.ready, OPEN_MAX + OTHER_DESCRIPTORS);
	NETSNMP_LARGE_FD_ZERO(&gathering.ready);
	while (fill(&gathering)) {
		wait_and_read(&gathering);
		look_at_time(&gathering);
		settle_all(&gathering);
	}
	netsnmp_large_fd_set_cleanup(&gathering.ready);
}

static void copy_keys(netsnmp_session *to, const netsnmp_session *from)
{
	to->securityAuthProto = from->securityAuthProto;
	to->securityAuthProtoLen = from->securityAuthProtoLen;
	to->securityAuthKeyLen = from->securityAuthKeyLen;
	memcpy(to->securityAuthKey, from->securityAuthKey, sizeof(to->securityAuthKey));
	to->securityPrivProto = from->securityPrivProto;
	to->securityPrivProtoLen = from->securityPrivProtoLen;
	to->securityPrivKeyLen = from->securityPrivKeyLen;
	memcpy(to->securityPrivKey, from->securityPrivKey, sizeof(to->securityPrivKey));
}

/*
 * A first session is to nobody. The library makes keys of passphrases as it opens it, which takes
 * some milliseconds; the others get them from it. From 5.9.5 on the library also writes the port
 * that it got into what it was asked for, and would have all others bound to one: so that is a
 * copy.
 */
bool tcx_gather(const netsnmp_session *wanted, struct tcx_hosts *hosts, struct tcx_fault *fault)
{
	netsnmp_session pattern = *wanted;
	netsnmp_session first;
	void *session;

	pattern.peername = (char *)"udp:127.0.0.1:161";
	set_retries(&pattern);
	first = pattern;
	session = open_session(&first);
	if (session == NULL)
		return tcx_fault_set(fault, "no session: %s",
				     snmp_api_errstring(first.s_snmp_errno));
	copy_keys(&pattern, snmp_sess_session(session));
	hush();
	gather(&pattern, hosts, false);
	if (pattern.version == SNMP_VERSION_3)
		gather(&pattern, hosts, true);
	snmp_sess_close(session);
	return true;
}
