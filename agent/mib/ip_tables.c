/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's tables of IPv4: atTable (3.3), ipAddrTable, ipRouteTable and ipNetToMediaTable (3.5).
 */
#include <string.h>

#include "base/octets.h"
#include "kernel/ip_tables.h"
#include "mib/objects.h"
#include "snmp/table_rows.h"

/* RFC1213: the value of a metric that is not used. */
#define NO_METRIC ((uint64_t)-1)

/* Linux puts together whatever fits an IPv4 packet. */
#define REASSEMBLY_MAX 65535

static void put_mask(struct tcx_value *value, uint8_t prefix_len)
{
	uint32_t mask = prefix_len > 0 ? UINT32_MAX << (32 - prefix_len) : 0;
	uint8_t octets[4];

	tcx_octets_put32(octets, mask);
	tcx_value_address(value, octets);
}

TCX_COLUMN_OF(tcx_address, address, tcx_value_address(value, tcx_address->address))
TCX_COLUMN_OF(tcx_address, address_link, tcx_value_integer(value, tcx_address->link))
TCX_COLUMN_OF(tcx_address, address_mask, put_mask(value, tcx_address->prefix_len))
TCX_COLUMN_OF(tcx_address, address_broadcast, tcx_value_integer(value, tcx_address->broadcast_bit))
TCX_COLUMN_OF(tcx_address, reassembly_max, tcx_value_integer(value, REASSEMBLY_MAX))

static const struct tcx_column address_columns[] = {
	{1, read_address, NULL},	{2, read_address_link, NULL},
	{3, read_address_mask, NULL},	{4, read_address_broadcast, NULL},
	{5, read_reassembly_max, NULL},
};

static const struct tcx_table_rows address_rows = {
	TCX_ROWS_OF_TABLE, TCX_TABLE_IP_ADDRESSES, {{TCX_INDEX_SPREAD, 4}}};

bool tcx_add_ip_addresses(struct tcx_tree *tree)
{
	return tcx_add_columns(tree, NULL, 0, &address_rows, TCX_COLUMNS(address_columns));
}

TCX_COLUMN_OF(tcx_route, destination, tcx_value_address(value, tcx_route->destination))
TCX_COLUMN_OF(tcx_route, route_link, tcx_value_integer(value, tcx_route->link))
TCX_COLUMN_OF(tcx_route, metric,
	      tcx_value_integer(value,
				tcx_route->metric < INT32_MAX ? tcx_route->metric : INT32_MAX))
TCX_COLUMN_OF(tcx_route, no_metric, tcx_value_integer(value, NO_METRIC))
TCX_COLUMN_OF(tcx_route, next_hop, tcx_value_address(value, tcx_route->next_hop))
TCX_COLUMN_OF(tcx_route, route_type, tcx_value_integer(value, tcx_route->type))
TCX_COLUMN_OF(tcx_route, protocol, tcx_value_integer(value, tcx_route->protocol))
TCX_COLUMN_OF(tcx_route, age, tcx_value_integer(value, 0)) /* the kernel keeps none */
TCX_COLUMN_OF(tcx_route, route_mask, put_mask(value, tcx_route->prefix_len))
TCX_COLUMN_OF(tcx_route, info, tcx_value_no_oid(value))

static const struct tcx_column route_columns[] = {
	{1, read_destination, NULL}, {2, read_route_link, NULL},  {3, read_metric, NULL},
	{4, read_no_metric, NULL},   {5, read_no_metric, NULL},	  {6, read_no_metric, NULL},
	{7, read_next_hop, NULL},    {8, read_route_type, NULL},  {9, read_protocol, NULL},
	{10, read_age, NULL},	     {11, read_route_mask, NULL}, {12, read_no_metric, NULL},
	{13, read_info, NULL},
};

static const struct tcx_table_rows route_rows = {
	TCX_ROWS_OF_TABLE, TCX_TABLE_IP_ROUTES, {{TCX_INDEX_SPREAD, 4}}};

bool tcx_add_ip_routes(struct tcx_tree *tree)
{
	return tcx_add_columns(tree, NULL, 0, &route_rows, TCX_COLUMNS(route_columns));
}

TCX_COLUMN_OF(tcx_neighbour, neighbour_link,
	      tcx_value_integer(value, tcx_octets_get32(tcx_neighbour->link)))
TCX_COLUMN_OF(tcx_neighbour, hardware,
	      tcx_value_octets(value, tcx_neighbour->hardware, tcx_neighbour->hardware_len))
TCX_COLUMN_OF(tcx_neighbour, neighbour, tcx_value_address(value, tcx_neighbour->address))
TCX_COLUMN_OF(tcx_neighbour, neighbour_type, tcx_value_integer(value, tcx_neighbour->type))

static bool hardware_is_known(const void *row)
{
	return ((const struct tcx_neighbour *)row)->hardware_known;
}

static const struct tcx_column neighbour_columns[] = {{1, read_neighbour_link, NULL},
						      {2, read_hardware, hardware_is_known},
						      {3, read_neighbour, NULL},
						      {4, read_neighbour_type, NULL}};

static const struct tcx_table_rows neighbour_rows = {
	TCX_ROWS_OF_TABLE, TCX_TABLE_IP_NEIGHBOURS, {{TCX_INDEX_NUMBER, 4}, {TCX_INDEX_SPREAD, 4}}};

bool tcx_add_ip_neighbours(struct tcx_tree *tree)
{
	return tcx_add_columns(tree, NULL, 0, &neighbour_rows, TCX_COLUMNS(neighbour_columns));
}

/* Without those of interfaces that ignoreInterface names. */
static bool is_in_at(const void *row)
{
	return !((const struct tcx_neighbour *)row)->ignored;
}

static bool hardware_is_in_at(const void *row)
{
	return is_in_at(row) && hardware_is_known(row);
}

static const struct tcx_column at_columns[] = {{1, read_neighbour_link, is_in_at},
					       {2, read_hardware, hardware_is_in_at},
					       {3, read_neighbour, is_in_at}};

/* The same rows; atNetAddress is a NetworkAddress, whose only kind, internet, is 1. */
static const struct tcx_table_rows at_rows = {
	TCX_ROWS_OF_TABLE,
	TCX_TABLE_IP_NEIGHBOURS,
	{{TCX_INDEX_NUMBER, 4}, {TCX_INDEX_ONE, 0}, {TCX_INDEX_SPREAD, 4}}};

bool tcx_add_at(struct tcx_tree *tree)
{
	return tcx_add_columns(tree, NULL, 0, &at_rows, TCX_COLUMNS(at_columns));
}
