/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups that are left to snmpd and taken back (doc/decisions/groups-have-sessions.md). */
#include "session/groups.h"

#include <string.h>

#include "base/clock.h"
#include "snmp/quirks.h"

void tcx_groups_connected(struct tcx_groups *groups, netsnmp_session *session)
{
	groups->session = session;
	groups->main = session != NULL ? session->sessid : 0;
	memset(groups->sessions, 0, sizeof(groups->sessions));
	groups->left = 0;
}

/* Where the session of a registration's group is; NULL: it is none that snmpd has as well. */
static long *session_of(struct tcx_groups *groups, const struct register_parameters *registration)
{
	for (size_t i = 0; registration->contextName == NULL && i < groups->modules->count; i++) {
		const struct tcx_module *module = &groups->modules->modules[i];

		if (strcmp(registration->reginfo->handlerName, module->word) == 0)
			return module->how == TCX_MODULE_OWN ? NULL : &groups->sessions[i];
	}
	return NULL;
}

void tcx_groups_register(struct tcx_groups *groups, const struct register_parameters *registration)
{
	netsnmp_session *session = groups->session;
	long *own = session != NULL ? session_of(groups, registration) : NULL;

	if (own == NULL)
		return;
	if (*own == 0)
		*own = tcx_quirk_open_other(session);
	session->sessid = *own;
}

void tcx_groups_registered(struct tcx_groups *groups)
{
	if (groups->session != NULL)
		groups->session->sessid = groups->main;
}

/* Requests of the master wait meanwhile. */
static bool leave(struct tcx_groups *groups, size_t i)
{
	unsigned int bit = 1U << i;
	bool done;

	tcx_dispatcher_hold(groups->dispatcher);
	done = tcx_quirk_end_other(groups->session, groups->sessions[i]);
	tcx_dispatcher_release(groups->dispatcher);
	if (!done || groups->session == NULL)
		return false;
	groups->sessions[i] = 0;
	groups->left |= bit;
	tcx_registrations_left(groups->registrations, i);
	if ((groups->told & bit) == 0)
		snmp_log(LOG_WARNING,
			 "the group %s has had nothing to show for %g s: managers see snmpd's own "
			 "until it has\n",
			 groups->modules->modules[i].word, (double)groups->max_age_ns / 1e9);
	groups->told |= bit;
	return true;
}

static bool take_back(struct tcx_groups *groups, size_t i)
{
	unsigned int bit = 1U << i;
	bool is_left = (groups->left & bit) != 0;

	if ((groups->told & bit) != 0)
		snmp_log(LOG_NOTICE, "the group %s has something to show again\n",
			 groups->modules->modules[i].word);
	groups->told &= ~bit;
	groups->left &= ~bit;
	if (is_left)
		tcx_registrations_ask_again(groups->registrations, bit);
	return is_left;
}

/* Whether there was anything to change. */
static bool change(struct tcx_groups *groups, size_t i)
{
	bool is_left = (groups->left & 1U << i) != 0;

	if (!is_left && (groups->sessions[i] == 0 || groups->sessions[i] == groups->main))
		return false;
	if (tcx_context_shows(groups->context, i, 0))
		return take_back(groups, i);
	return !is_left && !tcx_context_shows(groups->context, i, groups->max_age_ns) &&
	       leave(groups, i);
}

static void look(unsigned int alarm, void *arg)
{
	struct tcx_groups *groups = arg;
	size_t count = groups->modules->count;

	(void)alarm;
	tcx_groups_watch(groups);
	for (size_t n = 0; groups->session != NULL && n < count; n++) {
		size_t i = (groups->next + n) % count;

		if (!change(groups, i))
			continue;
		groups->next = i + 1;
		tcx_registrations_update_sysORTable(groups->registrations);
		return;
	}
}

void tcx_groups_watch(struct tcx_groups *groups)
{
	const uint64_t ns = groups->max_age_ns;
	const struct timeval wait = {.tv_sec = (time_t)(ns / TCX_NS_PER_S),
				     .tv_usec = (suseconds_t)(ns % TCX_NS_PER_S / 1000)};

	snmp_alarm_register_hr(wait, 0, look, groups);
}
