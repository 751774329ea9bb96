/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups that are left to snmpd and taken back (doc/decisions/groups-have-sessions.md). */
#include <string.h>

#include "base/clock.h"
#include "parts.h"
#include "snmp/quirks.h"

/* Where the session of a registration's group is; NULL: it is none that snmpd has as well. */
static long *session_of(struct tcx_agentx *agentx, const struct register_parameters *registration)
{
	for (size_t i = 0; registration->contextName == NULL && i < agentx->modules.count; i++) {
		const struct tcx_module *module = &agentx->modules.modules[i];

		if (strcmp(registration->reginfo->handlerName, module->word) == 0)
			return module->how == TCX_MODULE_OWN ? NULL : &agentx->sessions[i];
	}
	return NULL;
}

void tcx_groups_register(struct tcx_agentx *agentx, const struct register_parameters *registration)
{
	netsnmp_session *session = agentx->session;
	long *own = session != NULL ? session_of(agentx, registration) : NULL;

	if (own == NULL)
		return;
	if (*own == 0)
		*own = tcx_quirk_open_other(session);
	session->sessid = *own;
}

/* Requests of the master wait meanwhile. */
static bool leave(struct tcx_agentx *agentx, size_t i)
{
	unsigned int bit = 1U << i;
	bool done;

	tcx_dispatcher_hold(agentx->dispatcher);
	done = tcx_quirk_end_other(agentx->session, agentx->sessions[i]);
	tcx_dispatcher_release(agentx->dispatcher);
	if (!done || agentx->session == NULL)
		return false;
	agentx->sessions[i] = 0;
	agentx->left |= bit;
	tcx_registrations_left(&agentx->registrations, i);
	if ((agentx->told & bit) == 0)
		snmp_log(LOG_WARNING,
			 "the group %s has had nothing to show for %g s: managers see snmpd's own "
			 "until it has\n",
			 agentx->modules.modules[i].word, (double)agentx->max_age_ns / 1e9);
	agentx->told |= bit;
	return true;
}

static bool take_back(struct tcx_agentx *agentx, size_t i)
{
	unsigned int bit = 1U << i;
	bool is_left = (agentx->left & bit) != 0;

	if ((agentx->told & bit) != 0)
		snmp_log(LOG_NOTICE, "the group %s has something to show again\n",
			 agentx->modules.modules[i].word);
	agentx->told &= ~bit;
	agentx->left &= ~bit;
	if (is_left)
		tcx_registrations_ask_again(&agentx->registrations, bit);
	return is_left;
}

/*
 * Whether there was anything to change. After a sleep of the machine all is too old until it is
 * read: a group is left that was empty at two looks.
 */
static bool change(struct tcx_agentx *agentx, size_t i)
{
	struct tcx_context *context = tcx_dispatcher_find(agentx->dispatcher, TCX_CONTEXT_DEFAULT);
	unsigned int bit = 1U << i;
	bool is_left = (agentx->left & bit) != 0, was_empty = (agentx->empty & bit) != 0;

	if (!is_left && (agentx->sessions[i] == 0 || agentx->sessions[i] == agentx->main))
		return false;
	agentx->empty &= ~bit;
	if (tcx_context_shows(context, i))
		return take_back(agentx, i);
	agentx->empty |= bit;
	return !is_left && was_empty && leave(agentx, i);
}

static void look(unsigned int alarm, void *arg)
{
	struct tcx_agentx *agentx = arg;
	size_t count = agentx->modules.count;

	(void)alarm;
	tcx_groups_watch(agentx);
	for (size_t n = 0; agentx->session != NULL && n < count; n++) {
		size_t i = (agentx->next + n) % count;

		if (!change(agentx, i))
			continue;
		agentx->next = i + 1;
		tcx_registrations_update_sysORTable(&agentx->registrations);
		return;
	}
}

void tcx_groups_watch(struct tcx_agentx *agentx)
{
	const uint64_t ns = agentx->max_age_ns;
	const struct timeval wait = {.tv_sec = (time_t)(ns / TCX_NS_PER_S),
				     .tv_usec = (suseconds_t)(ns % TCX_NS_PER_S / 1000)};

	snmp_alarm_register_hr(wait, 0, look, agentx);
}
