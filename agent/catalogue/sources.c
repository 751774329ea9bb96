#include "catalogue/sources.h"

static const char no_ipv6[] = "this kernel goes without IPv6";

static const struct tcx_source_row rows[TCX_SOURCES] = {
	[TCX_SOURCE_SNMP] = {"net/snmp", "IPv4, ICMP, TCP and UDP", NULL},
	[TCX_SOURCE_SNMP6] = {"net/snmp6", "IPv6", no_ipv6},
	[TCX_SOURCE_NETSTAT] = {"net/netstat", "TCP and IPv4 beyond RFC1213", NULL},
	[TCX_SOURCE_SOCKSTAT] = {"net/sockstat", "sockets", NULL},
	[TCX_SOURCE_SOCKSTAT6] = {"net/sockstat6", "IPv6 sockets", no_ipv6},
	[TCX_SOURCE_IPFRAG_TIME] = {"sys/net/ipv4/ipfrag_time", "time limit of reassembly", NULL},
	[TCX_SOURCE_SCTP] = {"net/sctp/snmp", "SCTP", "this host does not use SCTP"},
};

const struct tcx_source_row *tcx_catalogue_source(size_t source)
{
	return &rows[source];
}
