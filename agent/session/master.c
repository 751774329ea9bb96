/* SPDX-License-Identifier: BSD-2-Clause */
/* The library as a master: its start, the addresses, its state, and notifications. */
#include "session/master.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "master_parts.h"
#include "session/address.h"
#include "sinks.h"
#include "snmp/quirks.h"
#include "stream.h"

/* Where neither systemd nor the environment names one. */
#define DEFAULT_STATE "/var/lib/tcpextd"

/* --- The state ---------------------------------------------------------------------------------*/

/* STATE_DIRECTORY is systemd's, of StateDirectory in the unit. */
const char *tcx_master_state_directory(void)
{
	const char *path = getenv("SNMP_PERSISTENT_DIR");

	if (path == NULL)
		path = getenv("STATE_DIRECTORY");
	return path != NULL ? path : DEFAULT_STATE;
}

/* NULL: it is kept; else why not. */
static const char *store_state(const char *path)
{
	if (mkdirhier(path, NETSNMP_AGENT_DIRECTORY_MODE, 0) != SNMPERR_SUCCESS ||
	    access(path, W_OK) != 0)
		return strerror(errno);
	return tcx_quirk_store_state(TCX_MASTER_TYPE) ? NULL : strerror(ENOSPC);
}

/* A manager with SNMPv3 takes an engine that began anew for one that is no longer ours. */
static void keep_state(void)
{
	const char *path = get_persistent_directory();
	const char *why = store_state(path);

	if (why != NULL)
		snmp_log(LOG_WARNING,
			 "%s cannot be written: %s; the engineID and the number of starts are lost "
			 "at the end, for which managers with SNMPv3 may have to be told of the "
			 "new one: make it a folder of the agent's user, or name another in "
			 "SNMP_PERSISTENT_DIR\n",
			 path, why);
}

/* --- Start and end -----------------------------------------------------------------------------*/

void tcx_master_init(enum tcx_task task)
{
	tcx_quirk_no_mibs();
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID,
			       NETSNMP_DS_AGENT_DONT_LOG_TCPWRAPPERS_CONNECTS, 1);
	netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_OID_OUTPUT_FORMAT,
			   NETSNMP_OID_OUTPUT_NUMERIC);
	init_agent(TCX_MASTER_TYPE);
	if (task != TCX_DOCTOR) {
		tcx_quirk_init_master(TCX_MASTER_TYPE, tcx_master_state_directory());
		return;
	}
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_snmp(TCX_MASTER_TYPE);
}

/* NULL with errno; 0: the address is none. */
static netsnmp_transport *open_at(const char *address, struct tcx_fault *fault)
{
	netsnmp_transport *transport;

	errno = 0;
	transport = netsnmp_transport_open_server("snmp", address);
	if (transport == NULL)
		tcx_fault_set(fault,
			      "cannot listen at %s: %s; give --master an address of this host "
			      "that is free, such as udp:161, and start as root for a port "
			      "below 1024",
			      address, errno != 0 ? strerror(errno) : "it is no address");
	return transport;
}

int tcx_master_try(const char *address, struct tcx_fault *fault)
{
	netsnmp_transport *transport;

	if (tcx_address_path(address) != NULL)
		return tcx_address_probe(address, -1, fault) ? EADDRINUSE : 0;
	transport = open_at(address, fault);
	if (transport == NULL)
		return errno != 0 ? errno : EINVAL;
	transport->f_close(transport);
	netsnmp_transport_free(transport);
	return 0;
}

static bool listen_at(struct tcx_master *master, const char *address, struct tcx_fault *fault)
{
	netsnmp_transport *transport = open_at(address, fault);
	netsnmp_session session;

	if (transport == NULL)
		return false;
	tcx_stream_never_wait(transport);
	snmp_sess_init(&session);
	session.version = SNMP_DEFAULT_VERSION;
	session.callback = tcx_master_take;
	session.callback_magic = master;
	session.isAuthoritative = SNMP_SESS_AUTHORITATIVE;
	if (snmp_add(&session, transport, netsnmp_agent_check_packet, netsnmp_agent_check_parse) ==
	    NULL)
		return tcx_fault_set(fault, "out of memory");
	snmp_log(LOG_NOTICE, "listens at %s\n", address);
	return true;
}

bool tcx_master_listen(struct tcx_master *master, char *const *addresses, size_t count,
		       struct tcx_fault *fault)
{
	for (size_t i = 0; i < count; i++)
		if (!listen_at(master, addresses[i], fault))
			return false;
	return true;
}

void tcx_master_begin(void)
{
	keep_state();
	if (!vacm_is_configured())
		snmp_log(LOG_WARNING,
			 "nobody may read anything yet: give tcpextd.conf a line such as "
			 "'rocommunity COMMUNITY SOURCE' (tcpextd.conf(5), \"Access\")\n");
}

/* Since the start it is what it was, unless it could not be written, or was removed. */
void tcx_master_shutdown(struct tcx_master *master)
{
	tcx_sinks_free(master->sinks);
	master->sinks = NULL;
	if (!tcx_quirk_has_state(TCX_MASTER_TYPE))
		store_state(get_persistent_directory());
	tcx_quirk_store_no_more();
	snmp_shutdown(TCX_MASTER_TYPE);
	shutdown_agent();
	free(master->connections);
	master->connections = NULL;
	master->connection_count = 0;
}

/* --- Notifications -----------------------------------------------------------------------------*/

struct varbinds {
	netsnmp_variable_list *first;
	bool whole;
};

static void put(void *arg, const oid *name, size_t len, const struct tcx_value *value)
{
	struct varbinds *varbinds = arg;

	if (snmp_varlist_add_variable(&varbinds->first, name, len, value->type, value->data,
				      value->len) == NULL)
		varbinds->whole = false;
}

bool tcx_master_notify(const struct tcx_notice *notice)
{
	struct varbinds varbinds = {NULL, true};

	tcx_notice_varbinds(notice, put, &varbinds);
	if (varbinds.whole)
		send_trap_vars_with_context(-1, -1, varbinds.first, notice->context);
	snmp_free_varbind(varbinds.first);
	return varbinds.whole;
}

static void on_reached(int fd, void *arg)
{
	(void)fd;
	tcx_sinks_run(arg);
}

bool tcx_master_set(struct tcx_master *master, const struct tcx_access *access)
{
	if (master->sinks == NULL) {
		master->sinks = tcx_sinks_new();
		if (master->sinks == NULL)
			return false;
		if (register_readfd(tcx_sinks_fd(master->sinks), on_reached, master->sinks) !=
		    FD_REGISTERED_OK)
			snmp_log(LOG_ERR, "receivers of notifications that are not known by "
					  "their numbers are told late: the library watches "
					  "no more descriptors\n");
	}
	tcx_sinks_set(master->sinks, access);
	return true;
}

void tcx_master_run(struct tcx_master *master)
{
	tcx_sinks_run(master->sinks);
}

/* Reads what comes, and has what is due sent again. False: no answer is waited for. */
static bool wait_once(struct tcx_sinks *sinks)
{
	struct timeval wait = {0, 0};
	int fd = tcx_sinks_fd(sinks), count = fd + 1, block = 1;
	fd_set fds;

	FD_ZERO(&fds);
	snmp_select_info(&count, &fds, &wait, &block);
	if (block && !tcx_sinks_wait(sinks))
		return false;
	FD_SET(fd, &fds);
	if (select(count, &fds, NULL, NULL, block ? NULL : &wait) > 0)
		snmp_read(&fds);
	else
		snmp_timeout();
	tcx_sinks_run(sinks);
	return true;
}

/* Answers are counted with requests, and nobody sends requests here. */
void tcx_master_notify_once(const struct tcx_access *access, const struct tcx_notice *notice,
			    struct tcx_master_sent *sent)
{
	struct tcx_sinks *sinks = tcx_sinks_new();

	if (sinks != NULL) {
		tcx_quirk_go_on(TCX_MASTER_TYPE);
		tcx_sinks_set(sinks, access);
		tcx_master_notify(notice);
		while (wait_once(sinks))
			;
	}
	tcx_sinks_free(sinks);
	sent->sent = snmp_get_statistic(STAT_SNMPOUTTRAPS);
	sent->answered = snmp_get_statistic(STAT_SNMPINPKTS);
}
