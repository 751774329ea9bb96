/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the agent as agent/main.c does, but with tables that are made here. */
#include "frozen.h"

int frozen_main(int argc, char **argv);

#define main frozen_main
#include "agent/main.c"
#undef main

#include "base/octets.h"
#include "kernel/ip6_interfaces.h"
#include "kernel/ip_tables.h"
#include "kernel/links.h"
#include "kernel/socket_tables.h"
#include "kernel/softnet_cpus.h"
#include "sample/limits.h"
#include "tests/unit/fixture.h"

#include "fuzz.h"

#define FOR_EVER_NS (1000000 * TCX_NS_PER_S)

static const char conf[] = "refreshInterval 3600\nmaxAge 86400\ntableIdle 86400\n"
			   "agentXPingInterval 3600\nagentXTimeout 5\nagentXRetries 0\n"
			   "notificationLimit 0\nthreshold defaults\n"
			   "threshold turned-away TcpExtListenOverflows value > 1\n";

static const char snmp[] =
	"Ip: Forwarding DefaultTTL InReceives InHdrErrors ForwDatagrams\nIp: 1 64 3 4 5\n"
	"Icmp: InMsgs InErrors OutMsgs\nIcmp: 6 7 8\nIcmpMsg: InType3 OutType8\nIcmpMsg: 9 10\n"
	"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens CurrEstab InSegs OutSegs\n"
	"Tcp: 1 200 120000 -1 11 12 18446744073709551615 4294967296\n"
	"Udp: InDatagrams NoPorts InErrors OutDatagrams\nUdp: 13 14 15 16\n";
static const char netstat[] =
	"TcpExt: SyncookiesSent ListenOverflows TCPSomethingNew\nTcpExt: 1 18446744073709551615 3\n"
	"IpExt: InOctets\nIpExt: 4\n";

static struct fixture fixture;
static char socket_path[PATH_MAX];
static struct tcx_program program = {.reading.log = snmp_log};
static struct frozen frozen = {&program.agentx, &program.master, &program.agentx.modules};

/* --- Tables ------------------------------------------------------------------------------------*/

/* Makes row i of a table, which is zeros. False: there are no more. */
typedef bool make_row(void *row, unsigned int i);

static const uint32_t numbers[] = {1, 2, 255, 256, INT32_MAX};
static const uint8_t addresses[][4] = {
	{0, 0, 0, 0}, {10, 0, 0, 1}, {127, 0, 0, 1}, {255, 255, 255, 255}};
static const uint8_t ends[][16] = {
	{0}, {[15] = 1}, {[10] = 0xff, 0xff, 127, 0, 0, 1}, {0xfe, 0x80, [15] = 0xff}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool make_links(void *row, unsigned int i)
{
	struct tcx_link *link = row;

	if (i == COUNT(numbers))
		return false;
	tcx_octets_put32(link->index, numbers[i]);
	snprintf(link->name, sizeof(link->name), "eth%u\n", i);
	link->type = 1;
	link->status = (uint8_t)(TCX_LINK_UP + i);
	link->mtu = 1500 + i;
	link->address_len = (uint8_t)(6 * (i % 2));
	link->lacks = i == 3 ? TCX_LINK_NO_COUNTERS | TCX_LINK_NO_MTU : 0;
	link->counters.rx_bytes = (uint64_t)i << 32 | 17;
	return true;
}

static bool make_addresses(void *row, unsigned int i)
{
	struct tcx_address *address = row;

	if (i == COUNT(addresses))
		return false;
	memcpy(address->address, addresses[i], sizeof(address->address));
	address->prefix_len = (uint8_t)(8 * i);
	address->link = 1 + i;
	return true;
}

static bool make_routes(void *row, unsigned int i)
{
	struct tcx_route *route = row;

	if (i == COUNT(addresses))
		return false;
	memcpy(route->destination, addresses[i], sizeof(route->destination));
	memcpy(route->next_hop, addresses[1], sizeof(route->next_hop));
	route->link = i;
	route->metric = i << 30;
	route->type = TCX_ROUTE_INDIRECT;
	route->protocol = TCX_PROTOCOL_LOCAL;
	return true;
}

static bool make_neighbours(void *row, unsigned int i)
{
	struct tcx_neighbour *neighbour = row;

	if (i == COUNT(numbers))
		return false;
	tcx_octets_put32(neighbour->link, numbers[i]);
	memcpy(neighbour->address, addresses[i % 4], sizeof(neighbour->address));
	neighbour->type = TCX_NEIGHBOUR_DYNAMIC;
	neighbour->hardware_known = i != 2;
	neighbour->ignored = i == 3;
	neighbour->hardware_len = (uint8_t)(i % 2 != 0 ? 6 : 32);
	return true;
}

static bool make_connections(void *row, unsigned int i)
{
	struct tcx_connection *connection = row;

	if (i == 16)
		return false;
	memcpy(connection->local, addresses[i % 4], sizeof(connection->local));
	tcx_octets_put16(connection->local_port, (uint16_t)(i * 4369));
	memcpy(connection->remote, addresses[i / 4], sizeof(connection->remote));
	connection->state = (uint8_t)(1 + i % TCX_TCP_STATES);
	return true;
}

static bool make_udp_endpoints(void *row, unsigned int i)
{
	struct tcx_udp_endpoint *endpoint = row;

	if (i == 16)
		return false;
	memcpy(endpoint->local, addresses[i % 4], sizeof(endpoint->local));
	tcx_octets_put16(endpoint->local_port, (uint16_t)(i * 4369));
	return true;
}

static bool make_tcp_states(void *row, unsigned int i)
{
	struct tcx_tcp_state_row *state = row;

	if (i == (unsigned int)2 * TCX_TCP_STATES)
		return false;
	state->address_type = i < TCX_TCP_STATES ? TCX_IPV4 : TCX_IPV6;
	state->state = (uint8_t)(1 + i % TCX_TCP_STATES);
	state->sockets = i;
	state->receive_queue = UINT32_MAX + (uint64_t)i;
	return true;
}

static bool make_bound(struct tcx_bound *bound, unsigned int i)
{
	if (i == 8)
		return false;
	bound->address_type = (uint8_t)(TCX_IPV4 + i % 4);
	memcpy(bound->address, ends[i / 2], i % 2 == 0 ? 4 : 16);
	if (bound->address_type == TCX_IPV4Z)
		tcx_octets_put32(bound->address + 4, 2);
	if (bound->address_type == TCX_IPV6Z)
		tcx_octets_put32(bound->address + 16, UINT32_MAX);
	tcx_octets_put16(bound->port, (uint16_t)(i * 9362));
	snprintf(bound->link_name, sizeof(bound->link_name), "%s", i == 3 ? "\033[2J" : "");
	bound->limit_known = i % 3 != 0;
	bound->sockets = 1 + i;
	bound->use = 100 * i;
	bound->drops.count = i;
	return true;
}

static bool make_tcp_listeners(void *row, unsigned int i)
{
	struct tcx_tcp_listener *listener = row;

	listener->queue_max = 128;
	return make_bound(&listener->at, i);
}

static bool make_udp_sockets(void *row, unsigned int i)
{
	struct tcx_udp_socket *bound = row;

	bound->receive_limit = 212992;
	return make_bound(&bound->at, i);
}

static bool make_softnet_cpus(void *row, unsigned int i)
{
	struct tcx_softnet_cpu *cpu = row;

	tcx_octets_put32(cpu->index, 1 + i);
	cpu->processed = 100 + i;
	return i < 3;
}

static bool make_kernel_limits(void *row, unsigned int i)
{
	struct tcx_limits *limits = row;

	for (size_t k = 0; k < TCX_LIMITS; k++) {
		limits->known[k] = k != 3;
		limits->numbers[k] = 1000 + k;
	}
	return i < 1;
}

static bool make_ip6_interfaces(void *row, unsigned int i)
{
	struct tcx_ip6_interface *interface = row;

	if (i == COUNT(numbers))
		return false;
	tcx_octets_put32(interface->index, numbers[i]);
	snprintf(interface->name, sizeof(interface->name), "eth%u", i);
	for (size_t k = 0; k < TCX_COUNTED_COLUMNS; k++) {
		interface->known[k] = k % 4 != i % 4;
		interface->numbers[k] = 100 * i + k;
	}
	return true;
}

#define LONGEST_NAME "0123456789012345678901234567890123456789012345678901234567890123"

static bool make_services(void *row, unsigned int i)
{
	static const char *const names[] = {"", "a.service", "b\\033.service", LONGEST_NAME};
	struct tcx_service *service = row;

	if (i == COUNT(names))
		return false;
	service->name_len = (uint8_t)strlen(names[i]);
	memcpy(service->name, names[i], service->name_len);
	tcx_octets_put32(service->path_hash, i << 30);
	service->listeners = i;
	service->unread = (uint64_t)i << 40;
	return true;
}

static make_row *const makers[TCX_TABLES] = {
#define KERNEL_TABLE(index, id, survey, reader, title) [TCX_TABLE_##id] = make_##reader,
#include "mibs/tables.def"
};

/* Which table it is tells its kind, which is the real one's, copied. */
static struct tcx_table_reader readers[TCX_TABLES];
static struct tcx_survey surveys[TCX_SURVEYS];

static bool read_table(struct tcx_table *table, struct tcx_netns_reader *reader,
		       struct tcx_fault *fault)
{
	size_t id = 0;
	uint8_t row[1024];

	(void)reader;
	while (table->kind != &readers[id].kind)
		id++;
	MUST(table->kind->row_size <= sizeof(row));
	table->source = "procfs";
	for (unsigned int i = 0;; i++) {
		memset(row, 0, sizeof(row));
		if (!makers[id](row, i))
			return true;
		if (!tcx_table_append(table, row, fault))
			return false;
	}
}

static struct tcx_tables *start_tables(void)
{
	const struct tcx_tables_settings settings = {
		.interval_ns = FOR_EVER_NS,
		.refresh_ns = FOR_EVER_NS,
		.idle_ns = FOR_EVER_NS,
		.max_rows = 1000,
		.lazy = true,
	};
	const struct tcx_reading *reading = &program.reading;
	struct tcx_tables *tables;

	for (size_t i = 0; i < TCX_SURVEYS; i++)
		for (size_t id = 0; id < TCX_TABLES; id++) {
			const struct tcx_table_reader *real = tcx_surveys[i].members[id];

			if (real == NULL)
				continue;
			readers[id].kind = real->kind;
			readers[id].read = read_table;
			surveys[i].members[id] = &readers[id];
		}
	tables = tcx_tables_start(reading->pool, reading->events, reading->netns, surveys,
				  TCX_SURVEYS, &settings, NULL);
	MUST(tables != NULL);
	return tables;
}

/* --- The agent ---------------------------------------------------------------------------------*/

static void set_options(const char *more, bool is_master)
{
	static char text[4096], path[PATH_MAX];

	fixture_open(&fixture);
	fixture_puts(&fixture, "proc/net/snmp", snmp);
	fixture_puts(&fixture, "proc/net/netstat", netstat);
	snprintf(text, sizeof(text), "procRoot %s/proc\n%s%s", fixture.root, conf, more);
	fixture_puts(&fixture, "conf", text);
	snprintf(path, sizeof(path), "%s/conf", fixture.root);
	snprintf(socket_path, sizeof(socket_path), "%s/master", fixture.root);
	setenv("SNMP_PERSISTENT_DIR", fixture.root, 1);
	program.options = (struct tcx_options){.foreground = true,
					       .own_log = true,
					       .no_default_config = true,
					       .config_file = path,
					       .socket = socket_path,
					       .master = is_master};
}

static void add_context(const char *name, const struct tcx_context_settings *settings)
{
	struct tcx_context *context = tcx_dispatcher_set(program.agentx.dispatcher, name, settings);

	MUST(context != NULL);
	MUST(tcx_registrations_want(&program.agentx.registrations, context, program.config.modules,
				    true, program.config.priority));
}

static void set_tables(void)
{
	struct tcx_context *context =
		tcx_dispatcher_find(program.agentx.dispatcher, TCX_CONTEXT_DEFAULT);
	struct tcx_context_settings settings = context->settings;

	settings.tables = start_tables();
	MUST(tcx_dispatcher_set(program.agentx.dispatcher, TCX_CONTEXT_DEFAULT, &settings) ==
	     context);
	add_context(FROZEN_OTHER, &settings);
	add_context(FROZEN_GONE, &settings);
	tcx_tables_unref(settings.tables);
}

const struct frozen *frozen_start(const char *more, bool is_master)
{
	struct tcx_fault fault = {""};

	set_options(more, is_master);
	MUST(tcx_log_start(true, false, &fault));
	if (is_master)
		tcx_master_init(TCX_SERVE);
	else
		MUST(tcx_agentx_init(&program.agentx, &fault));
	tcx_config_register();
	MUST(tcx_config_read(&program.config, &program.options) == 0);
	MUST(make_dispatcher(&program) && set_reading(&program, &program.config, &fault));
	MUST(apply_config(&program));
	set_tables();
	register_readfd(tcx_reading_fd(&program.reading), on_reading, &program);
	MUST(tcx_registrations_apply(&program.agentx.registrations, &fault));
	tcx_dispatcher_remove(tcx_dispatcher_find(program.agentx.dispatcher, FROZEN_GONE));
	return &frozen;
}

const char *frozen_socket(void)
{
	return socket_path;
}

void frozen_turn(void)
{
	agent_check_and_process(0);
	follow_master(&program);
	tcx_notifications_run(program.agentx.notifications, program.reading.collector,
			      program.contexts.list);
}
