/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rows have that are one address and port where sockets are bound: how many, how full, and
 * what the kernel dropped there.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/octets.h"
#include "base/ratio.h"
#include "kernel/links.h"
#include "sockets.h"

void tcx_bound_set_key(struct tcx_bound *bound, const struct tcx_socket *socket,
		       const uint8_t *address, uint32_t link)
{
	bool ipv4 = socket->family == AF_INET;
	size_t len = ipv4 ? 4 : 16;

	bound->address_type = ipv4 ? TCX_IPV4 : TCX_IPV6;
	memset(bound->address, 0, sizeof(bound->address));
	memcpy(bound->address, address, len);
	memcpy(bound->port, socket->local_port, sizeof(bound->port));
	if (link == 0)
		return;
	bound->address_type = ipv4 ? TCX_IPV4Z : TCX_IPV6Z;
	tcx_octets_put32(bound->address + len, link);
}

bool tcx_bound_read_names(struct tcx_table *table, struct tcx_netns_reader *reader,
			  struct tcx_fault *fault)
{
	(void)fault;
	for (size_t i = 0; i < table->count; i++) {
		struct tcx_bound *row = tcx_table_edit(table, i);
		uint32_t zone = tcx_zone_of(row);

		if (zone != 0)
			tcx_link_name(reader, zone, row->link_name);
	}
	return true;
}

static uint32_t use_of(uint64_t queue, uint64_t limit)
{
	uint64_t use = limit > 0 ? tcx_hundredths(queue, limit) : 0;

	return use < UINT32_MAX ? (uint32_t)use : UINT32_MAX;
}

struct tcx_use tcx_worst_use(const struct tcx_table *table)
{
	struct tcx_use use = {.known = false};

	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_bound *row = tcx_table_row(table, i);

		use.known = use.known || row->limit_known;
		if (row->limit_known && row->use > use.worst)
			use.worst = row->use;
	}
	return use;
}

bool tcx_socket_listens(const struct tcx_socket *socket)
{
	return socket->protocol == TCX_TCP && socket->state == TCP_LISTEN;
}

/* The queue of a listener is full when it is longer than its maximum: it takes one more. */
bool tcx_socket_use(const struct tcx_socket *socket, uint32_t *use)
{
	if (tcx_socket_listens(socket))
		*use = use_of(socket->receive_queue, (uint64_t)socket->send_queue + 1);
	else if (socket->memory_count > SK_MEMINFO_RCVBUF)
		*use = use_of(socket->memory[SK_MEMINFO_RMEM_ALLOC],
			      socket->memory[SK_MEMINFO_RCVBUF]);
	else
		return false;
	return true;
}

bool tcx_bound_begin(struct tcx_bound *bound, struct tcx_table *table,
		     const struct tcx_socket *socket, struct tcx_fault *fault)
{
	tcx_bound_set_key(bound, socket, socket->local, socket->link);
	bound->sockets = 1;
	bound->cgroup = socket->cgroup;
	return tcx_drops_note(&bound->drops, table, socket, bound, fault);
}

void tcx_bound_merge(struct tcx_bound *sum, const struct tcx_bound *other)
{
	sum->sockets += other->sockets;
	if (sum->use < other->use)
		sum->use = other->use;
	if (other->drops.since_ns == 0)
		sum->drops.since_ns = 0;
	if (sum->cgroup == 0 || (other->cgroup != 0 && other->cgroup < sum->cgroup))
		sum->cgroup = other->cgroup;
}

uint64_t tcx_bound_cgroup(const void *row)
{
	return ((const struct tcx_bound *)row)->cgroup;
}

bool tcx_bound_end(struct tcx_table *table, struct tcx_fault *fault)
{
	return tcx_drops_end(table, offsetof(struct tcx_bound, drops), fault);
}
