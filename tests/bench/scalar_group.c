/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The least that a subagent with scalars can be: one netsnmp_register_scalar_group(), a constant
 * for each. The measure for what a request costs that net-snmp's library takes to the handler and
 * back.
 *
 * Usage: scalar-group SOCKET OID COUNT
 */
#include <stdlib.h>

#include "snmp/netsnmp.h"

static int answer(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
		  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	(void)handler;
	(void)registration;
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
		struct counter64 value = {0, 42};

		if (info->mode == MODE_GET)
			snmp_set_var_typed_value(request->requestvb, ASN_COUNTER64, &value,
						 sizeof(value));
	}
	return SNMP_ERR_NOERROR;
}

int main(int argc, char **argv)
{
	oid root[MAX_OID_LEN];
	size_t root_len = MAX_OID_LEN;

	if (argc != 4)
		return EXIT_FAILURE;
	setenv("MIBS", "", 1);
	snmp_enable_stderrlog();
	netsnmp_enable_subagent();
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_agent("scalar-group");
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, argv[1]);
	if (!read_objid(argv[2], root, &root_len))
		return EXIT_FAILURE;
	netsnmp_register_scalar_group(netsnmp_create_handler_registration(
					      "bench", answer, root, root_len, HANDLER_CAN_RONLY),
				      1, (oid)atoi(argv[3]));
	init_snmp("scalar-group");
	for (;;)
		agent_check_and_process(1);
}
