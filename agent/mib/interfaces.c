/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's interfaces group, 3.4: ifNumber and ifTable, from the kernel's links. */
#include <linux/if_arp.h>

#include "base/octets.h"
#include "kernel/links.h"
#include "mib/objects.h"
#include "snmp/table_rows.h"

#define BITS_PER_MBIT 1000000ULL

static void read_number(const void *row, const struct tcx_request *request, struct tcx_value *value)
{
	const struct tcx_table *table = row;

	(void)request;
	tcx_value_integer(value, table->count);
}

/* Numbers of IANAifType-MIB by the kernel's (linux/if_arp.h). What is not here is other(1). */
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
	{ARPHRD_RAWIP, 1},
	{ARPHRD_HIPPI, 47},
	{ARPHRD_X25, 5},
	{ARPHRD_LAPB, 16},
	{ARPHRD_ARCNET, 35},
	{ARPHRD_CAN, 1},
	{ARPHRD_NONE, 131},
};

static void read_type(const void *row, const struct tcx_request *request, struct tcx_value *value)
{
	const struct tcx_link *link = row;
	uint16_t type = 1;

	(void)request;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].arphrd == link->type)
			type = types[i].iana;
	tcx_value_integer(value, type);
}

TCX_COLUMN_OF(tcx_link, index, tcx_value_integer(value, tcx_octets_get32(tcx_link->index)))

TCX_COLUMN_OF(tcx_link, descr, tcx_value_text(value, tcx_link->name))

TCX_COLUMN_OF(tcx_link, mtu,
	      tcx_value_integer(value, tcx_link->mtu < INT32_MAX ? tcx_link->mtu : INT32_MAX))

TCX_COLUMN_OF(tcx_link, speed, tcx_value_gauge32_latched(value, tcx_link->speed *BITS_PER_MBIT))

TCX_COLUMN_OF(tcx_link, address, tcx_value_octets(value, tcx_link->address, tcx_link->address_len))

TCX_COLUMN_OF(tcx_link, admin_status,
	      tcx_value_integer(value, tcx_link->admin_up ? TCX_LINK_UP : TCX_LINK_DOWN))

TCX_COLUMN_OF(tcx_link, oper_status, tcx_value_integer(value, tcx_link->status))

/* sysUpTime at the change; 0 when there was none since sysUpTime, or the agent, began. */
static void read_last_change(const void *row, const struct tcx_request *request,
			     struct tcx_value *value)
{
	const struct tcx_link *link = row;

	tcx_value_ticks(value, tcx_request_uptime_at(request, link->changed_ns));
}

/* Counters of IFLA_STATS64. */
#define COUNTER(name, number) TCX_COLUMN_OF(tcx_link, name, tcx_value_counter32(value, number))

COUNTER(in_octets, tcx_link->counters.rx_bytes)
COUNTER(in_unicast, tcx_link->in_unicast)
COUNTER(in_others, tcx_link->counters.multicast)
COUNTER(in_discards, tcx_link->counters.rx_dropped + tcx_link->counters.rx_missed_errors)
COUNTER(in_errors, tcx_link->counters.rx_errors)
COUNTER(out_octets, tcx_link->counters.tx_bytes)
COUNTER(out_unicast, tcx_link->counters.tx_packets)
COUNTER(out_discards, tcx_link->counters.tx_dropped)
COUNTER(out_errors, tcx_link->counters.tx_errors)

/*
 * What the kernel does not count by itself. Sent broadcasts and multicasts are in ifOutUcastPkts,
 * frames of unknown protocols in rx_dropped. rx_nohandler is about devices that may not receive.
 */
COUNTER(none, 0)

TCX_COLUMN_OF(tcx_link, queue, tcx_value_gauge32_latched(value, tcx_link->queue_len))

TCX_COLUMN_OF(tcx_link, specific, tcx_value_no_oid(value))

static bool is_known(const void *row, enum tcx_link_lack lack)
{
	return (((const struct tcx_link *)row)->lacks & lack) == 0;
}

static bool name_is_known(const void *row)
{
	return is_known(row, TCX_LINK_NO_NAME);
}

static bool mtu_is_known(const void *row)
{
	return is_known(row, TCX_LINK_NO_MTU);
}

static bool counters_are_known(const void *row)
{
	return is_known(row, TCX_LINK_NO_COUNTERS);
}

static const struct tcx_column scalars[] = {{1, read_number, NULL}};

static const struct tcx_column columns[] = {
	{1, read_index, NULL},
	{2, read_descr, name_is_known},
	{3, read_type, NULL},
	{4, read_mtu, mtu_is_known},
	{5, read_speed, NULL},
	{6, read_address, NULL},
	{7, read_admin_status, NULL},
	{8, read_oper_status, NULL},
	{9, read_last_change, NULL},
	{10, read_in_octets, counters_are_known},
	{11, read_in_unicast, counters_are_known},
	{12, read_in_others, counters_are_known},
	{13, read_in_discards, counters_are_known},
	{14, read_in_errors, counters_are_known},
	{15, read_none, counters_are_known},
	{16, read_out_octets, counters_are_known},
	{17, read_out_unicast, counters_are_known},
	{18, read_none, counters_are_known},
	{19, read_out_discards, counters_are_known},
	{20, read_out_errors, counters_are_known},
	{21, read_queue, NULL},
	{22, read_specific, NULL},
};

static const struct tcx_table_rows number_row = {TCX_SCALARS_OF_TABLE, TCX_TABLE_INTERFACES, {{0}}};

static const struct tcx_table_rows rows = {
	TCX_ROWS_OF_TABLE, TCX_TABLE_INTERFACES, {{TCX_INDEX_NUMBER, 4}}};

bool tcx_add_interfaces(struct tcx_tree *tree)
{
	static const oid entry[] = {2, 1};

	return tcx_add_columns(tree, NULL, 0, &number_row, scalars, 1) &&
	       tcx_add_columns(tree, entry, 2, &rows, TCX_COLUMNS(columns));
}
