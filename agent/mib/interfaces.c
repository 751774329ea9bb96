/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's interfaces group, 3.4: ifNumber and ifTable, from the kernel's links. */
#include <linux/if_arp.h>

#include "base/octets.h"
#include "kernel/links.h"
#include "mib/objects.h"

#define BITS_PER_MBIT 1000000ULL

TCX_SHOW(ifNumber)
{
	tcx_value_integer(value, tcx_table_of(request, object)->count);
	return true;
}

/* IANAifType-MIB by ARPHRD_* (linux/if_arp.h); all others are other(1). */
static const struct {
	uint16_t arphrd;
	uint16_t iana;
} types[] = {
	{ARPHRD_ETHER, 6},
	{ARPHRD_EETHER, 6},
	{ARPHRD_LOOPBACK, 24},
	{ARPHRD_PPP, 23},
	{ARPHRD_SLIP, 28},
	{ARPHRD_CSLIP, 28},
	{ARPHRD_INFINIBAND, 199},
	{ARPHRD_IEEE802, 9},
	{ARPHRD_IEEE802_TR, 9},
	{ARPHRD_IEEE80211, 71},
	{ARPHRD_IEEE80211_PRISM, 71},
	{ARPHRD_IEEE80211_RADIOTAP, 71},
	{ARPHRD_FDDI, 15},
	{ARPHRD_HDLC, 118},
	{ARPHRD_FRAD, 32},
	{ARPHRD_DLCI, 32},
	{ARPHRD_ATM, 37},
	{ARPHRD_IEEE1394, 144},
	{ARPHRD_TUNNEL, 131},
	{ARPHRD_TUNNEL6, 131},
	{ARPHRD_SIT, 131},
	{ARPHRD_IPGRE, 131},
	{ARPHRD_IP6GRE, 131},
	{ARPHRD_HIPPI, 47},
	{ARPHRD_X25, 5},
	{ARPHRD_LAPB, 16},
	{ARPHRD_ARCNET, 35},
	{ARPHRD_NONE, 131},
};

static uint16_t iana_type(uint16_t arphrd)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].arphrd == arphrd)
			return types[i].iana;
	return 1;
}

static bool is_told(const struct tcx_link *link, enum tcx_link_lack lack)
{
	return (link->lacks & lack) == 0;
}

TCX_COLUMN_OF(tcx_link, ifIndex, integer, tcx_octets_get32(tcx_link->index))

TCX_COLUMN_IF(tcx_link, ifDescr, is_told(tcx_link, TCX_LINK_NO_NAME), text, tcx_link->name)

TCX_COLUMN_OF(tcx_link, ifType, integer, iana_type(tcx_link->type))

TCX_COLUMN_IF(tcx_link, ifMtu, is_told(tcx_link, TCX_LINK_NO_MTU), integer,
	      tcx_link->mtu < INT32_MAX ? tcx_link->mtu : INT32_MAX)

TCX_COLUMN_OF(tcx_link, ifSpeed, gauge32_latched, tcx_link->speed *BITS_PER_MBIT)

TCX_COLUMN_OF(tcx_link, ifPhysAddress, octets, tcx_link->address, tcx_link->address_len)

TCX_COLUMN_OF(tcx_link, ifAdminStatus, integer, tcx_link->admin_up ? TCX_LINK_UP : TCX_LINK_DOWN)

TCX_COLUMN_OF(tcx_link, ifOperStatus, integer, tcx_link->status)

/* sysUpTime at the last change; 0 if that was before sysUpTime or the agent began. */
TCX_COLUMN_OF(tcx_link, ifLastChange, ticks, tcx_request_uptime_at(request, tcx_link->changed_ns))

/* Counters of IFLA_STATS64. */
#define COUNTER(name, number)                                                                      \
	TCX_COLUMN_IF(tcx_link, name, is_told(tcx_link, TCX_LINK_NO_COUNTERS), counter32, number)

COUNTER(ifInOctets, tcx_link->counters.rx_bytes)
COUNTER(ifInUcastPkts, tcx_link->in_unicast)
COUNTER(ifInNUcastPkts, tcx_link->counters.multicast)
COUNTER(ifInDiscards, tcx_link->counters.rx_dropped + tcx_link->counters.rx_missed_errors)
COUNTER(ifInErrors, tcx_link->counters.rx_errors)
COUNTER(ifOutOctets, tcx_link->counters.tx_bytes)
COUNTER(ifOutUcastPkts, tcx_link->counters.tx_packets)
COUNTER(ifOutDiscards, tcx_link->counters.tx_dropped)
COUNTER(ifOutErrors, tcx_link->counters.tx_errors)

/*
 * The kernel does not count these. ifOutUcastPkts has sent broadcasts and multicasts, too;
 * rx_dropped has frames of unknown protocols. rx_nohandler is of devices that may not receive.
 */
COUNTER(ifInUnknownProtos, 0)
COUNTER(ifOutNUcastPkts, 0)

TCX_COLUMN_OF(tcx_link, ifOutQLen, gauge32_latched, tcx_link->queue_len)

TCX_COLUMN_OF(tcx_link, ifSpecific, oid, TCX_NO_OID)
