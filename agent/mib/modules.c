/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules of objects that a configuration can choose. */
#include "mib/modules.h"

#include <strings.h>

#include "mib/objects.h"

#define MIB2		 1, 3, 6, 1, 2, 1
#define SNMP_MODULES	 1, 3, 6, 1, 6, 3
#define OID_AND_LEN(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

#define ROOT	OID_AND_LEN
#define SUBTREE OID_AND_LEN
#define SYSORID OID_AND_LEN

const struct tcx_module tcx_modules[] = {
	{"ip", tcx_add_module, TCX_MODULE_BY_OBJECT, ROOT(MIB2), SUBTREE(MIB2, 4), SYSORID(MIB2, 4),
	 "RFC1213-MIB: the scalars of the ip group, by tcpextd"},
	{"icmp", tcx_add_module, TCX_MODULE_WHOLE, ROOT(MIB2), SUBTREE(MIB2, 5), SYSORID(MIB2, 5),
	 "RFC1213-MIB: the icmp group, by tcpextd"},
	{"tcp", tcx_add_module, TCX_MODULE_WHOLE, ROOT(MIB2), SUBTREE(MIB2, 6), SYSORID(MIB2, 49),
	 "TCP-MIB: the scalars of the tcp group, 64-bit ones included, by tcpextd"},
	{"udp", tcx_add_module, TCX_MODULE_WHOLE, ROOT(MIB2), SUBTREE(MIB2, 7), SYSORID(MIB2, 50),
	 "UDP-MIB: the scalars of the udp group, 64-bit ones included, by tcpextd"},
	{"tcpext", tcx_add_module, TCX_MODULE_OWN, ROOT(TCX_OBJECTS_ROOT),
	 SUBTREE(TCX_OBJECTS_ROOT), SYSORID(TCX_MIB_ROOT, 3, 1), /* linuxTcpExtAgentV1 */
	 "LINUX-TCPEXT-MIB: all TCP/IP counters of the Linux kernel, by tcpextd"},
	{"interfaces", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 2, 2),
	 SYSORID(MIB2, 2), "RFC1213-MIB: the interfaces group, by tcpextd"},
	{"at", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 3), SYSORID(MIB2, 3),
	 "RFC1213-MIB: the at group, by tcpextd"},
	{"ipAddrTable", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 4, 20),
	 SYSORID(MIB2, 4, 20), "RFC1213-MIB: ipAddrTable, by tcpextd"},
	{"ipRouteTable", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 4, 21),
	 SYSORID(MIB2, 4, 21), "RFC1213-MIB: ipRouteTable, by tcpextd"},
	{"ipNetToMediaTable", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 4, 22),
	 SYSORID(MIB2, 4, 22), "RFC1213-MIB: ipNetToMediaTable, by tcpextd"},
	{"tcpConnTable", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 6, 13),
	 SYSORID(MIB2, 6, 13), "RFC1213-MIB: tcpConnTable, by tcpextd"},
	{"udpTable", tcx_add_module, TCX_MODULE_TABLE, ROOT(MIB2), SUBTREE(MIB2, 7, 5),
	 SYSORID(MIB2, 7, 5), "RFC1213-MIB: udpTable, by tcpextd"},
	{"system", tcx_add_standalone, TCX_MODULE_MASTER, ROOT(MIB2), SUBTREE(MIB2, 1),
	 SYSORID(SNMP_MODULES, 1, 2, 2, 6), "SNMPv2-MIB: the system group, by tcpextd"},
	{"snmp", tcx_add_standalone, TCX_MODULE_MASTER, ROOT(MIB2), SUBTREE(MIB2, 11),
	 SYSORID(SNMP_MODULES, 1, 2, 2, 8), "SNMPv2-MIB: the snmp group, by tcpextd"},
	{"snmpEngine", tcx_add_standalone, TCX_MODULE_MASTER, ROOT(SNMP_MODULES),
	 SUBTREE(SNMP_MODULES), SYSORID(SNMP_MODULES, 10, 3, 1, 1),
	 "SNMP-FRAMEWORK-MIB: the engine, and counters of its parts, by tcpextd"},
};

const size_t tcx_modules_count = sizeof(tcx_modules) / sizeof(tcx_modules[0]);

static unsigned int bits_of(bool of_master)
{
	unsigned int bits = 0;

	for (size_t i = 0; i < tcx_modules_count; i++)
		if ((tcx_modules[i].how == TCX_MODULE_MASTER) == of_master)
			bits |= 1U << i;
	return bits;
}

unsigned int tcx_modules_of_master(void)
{
	return bits_of(true);
}

unsigned int tcx_modules_bit(const char *word)
{
	unsigned int all = bits_of(false);

	if (strcasecmp(word, "all") == 0)
		return all;
	for (size_t i = 0; i < tcx_modules_count; i++)
		if (strcasecmp(word, tcx_modules[i].word) == 0)
			return all & 1U << i;
	return 0;
}
