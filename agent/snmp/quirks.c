/* SPDX-License-Identifier: BSD-2-Clause */
/* Workarounds of net-snmp 5.9 to 5.10; later releases were not checked. */
#include "quirks.h"

#include "base/clock.h"

/*
 * The library copies the master's sysUpTime (agentx_synch_input()), in hundredths of a second and
 * with an error that varies. So its zero is kept, until it is clearly another: the master was
 * restarted.
 */
uint64_t tcx_quirk_uptime_zero(uint64_t now_ns, uint64_t known_ns)
{
	uint64_t uptime_ns = (uint64_t)netsnmp_get_agent_uptime() * (TCX_NS_PER_S / 100);
	uint64_t zero = now_ns > uptime_ns ? now_ns - uptime_ns : 0;
	uint64_t difference = zero > known_ns ? zero - known_ns : known_ns - zero;

	return difference > TCX_NS_PER_S / 2 ? zero : known_ns;
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

/*
 * A registration within another cuts the outer one into slices, and the library would register the
 * whole again for each (register_mib_reattach()). Only the first slice begins where the
 * registration does.
 */
static void keep_first_slice(netsnmp_subtree *slice)
{
	if (snmp_oid_compare(slice->start_a, slice->start_len, slice->name_a, slice->namelen) != 0)
		slice->flags |= SUBTREE_ATTACHED;
}

/* If the last session ended during its registrations, the rest is wrongly marked as done. */
void tcx_quirk_register_once(void)
{
	register_mib_detach();
	for (subtree_context_cache *context = get_top_context_cache(); context != NULL;
	     context = context->next)
		for (netsnmp_subtree *slice = context->first_subtree; slice != NULL;
		     slice = slice->next)
			for (netsnmp_subtree *child = slice; child != NULL; child = child->children)
				keep_first_slice(child);
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
