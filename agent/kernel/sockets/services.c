/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the table of services from sockets of both protocols: a row for each cgroup. While sockets
 * are taken the key of a row is the number of the group; its name is known when all are there.
 */
#include <stddef.h>
#include <string.h>

#include "base/octets.h"
#include "base/text.h"
#include "kernel/cgroups.h"
#include "sockets.h"

#define KEY_SIZE offsetof(struct tcx_service, limit_known)

_Static_assert(KEY_SIZE <= TCX_DROPS_KEY_MAX, "a key has room in a note of drops");

static void count_tcp(struct tcx_service *row, const struct tcx_socket *socket)
{
	switch (socket->state) {
	case TCP_LISTEN:
		row->listeners++;
		break;
	case TCP_ESTABLISHED:
		row->established++;
		break;
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		row->connecting++;
		break;
	default:
		row->closing++;
	}
}

/* Whether it takes what comes from anybody, and can lose it. */
static bool receives(const struct tcx_socket *socket)
{
	return socket->protocol == TCX_UDP || tcx_socket_listens(socket);
}

/* What a listener tells of are connections, not octets. */
static void count(struct tcx_service *row, const struct tcx_socket *socket)
{
	uint32_t use;

	if (socket->protocol == TCX_UDP)
		row->udp_sockets++;
	else
		count_tcp(row, socket);
	if (!tcx_socket_listens(socket)) {
		row->unread += socket->receive_queue;
		row->unsent += socket->send_queue;
	}
	if (!receives(socket) || !tcx_socket_use(socket, &use))
		return;
	row->limit_known = true;
	if (row->use < use)
		row->use = use;
}

/* Further services have no row when the table is full; those that are there are counted on. */
static bool take(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_table *table = context;
	struct tcx_service new = {.cgroup = socket->cgroup};
	struct tcx_service *row;

	if (socket->cgroup == 0)
		return true;
	memcpy(&new, &socket->cgroup, sizeof(socket->cgroup));
	row = tcx_table_insert(table, &new, fault);
	if (row == NULL)
		return table->cut;
	count(row, socket);
	if (socket->drops_known)
		row->drops.since_ns = table->taken_ns;
	return !receives(socket) || tcx_drops_note(&row->drops, table, socket, row, fault);
}

/* Of a group without a name all of the key is 0. */
static void set_key(uint8_t *key, const struct tcx_table *table)
{
	char name[TCX_SERVICE_NAME_MAX + 1];
	struct tcx_service named = {0};
	const struct tcx_cgroup *group;
	uint64_t id;

	memcpy(&id, key, sizeof(id));
	group = tcx_cgroup_of(table, id);
	if (group != NULL) {
		tcx_text_escape(name, sizeof(name), group->service);
		named.name_len = (uint8_t)strlen(name);
		memcpy(named.name, name, named.name_len);
		tcx_octets_put32(named.path_hash, group->path_hash);
	}
	memcpy(key, &named, KEY_SIZE);
}

static bool name_rows(struct tcx_table *table, struct tcx_netns_reader *reader,
		      struct tcx_fault *fault)
{
	(void)reader;
	(void)fault;
	for (size_t i = 0; i < table->count; i++)
		set_key(tcx_table_edit(table, i), table);
	for (size_t i = 0; table->notes != NULL && i < table->notes->count; i++)
		set_key(tcx_drops_key(table, i), table);
	table->sorted = 0;
	return true;
}

static void merge(void *kept, const void *other)
{
	struct tcx_service *sum = kept;
	const struct tcx_service *row = other;

	sum->cgroup = row->cgroup < sum->cgroup ? row->cgroup : sum->cgroup;
	sum->listeners += row->listeners;
	sum->established += row->established;
	sum->connecting += row->connecting;
	sum->closing += row->closing;
	sum->udp_sockets += row->udp_sockets;
	sum->unread += row->unread;
	sum->unsent += row->unsent;
	sum->limit_known = sum->limit_known || row->limit_known;
	sum->use = row->use > sum->use ? row->use : sum->use;
	if (row->drops.since_ns == 0)
		sum->drops.since_ns = 0;
}

static bool end(struct tcx_table *table, struct tcx_fault *fault)
{
	return tcx_drops_end(table, offsetof(struct tcx_service, drops), fault);
}

static uint64_t cgroup_of(const void *row)
{
	return ((const struct tcx_service *)row)->cgroup;
}

const struct tcx_table_reader tcx_services = {
	.kind.row_size = sizeof(struct tcx_service),
	.kind.key_size = KEY_SIZE,
	.kind.merge = merge,
	.sockets.protocols = 1U << TCX_TCP | 1U << TCX_UDP,
	.sockets.states = TCX_ALL_STATES & ~(1U << TCP_TIME_WAIT),
	.sockets.only_diag = true,
	.sockets.take = take,
	.sockets.end = end,
	.sockets.memory = true,
	.sockets.cgroup = cgroup_of,
	.read = name_rows,
};
