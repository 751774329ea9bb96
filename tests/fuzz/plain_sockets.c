/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tables of sockets must have. */
#include "plain_sockets.h"

#include <string.h>
#include <sys/socket.h>

#include "fuzz.h"

/* RFC1213's numbers of states by the kernel's; 0: no table has such sockets. */
static uint8_t state_of(uint8_t state)
{
	static const uint8_t states[] = {0, 5, 3, 4, 6, 7, 11, 1, 8, 9, 2, 10};

	return state < sizeof(states) ? states[state] : 0;
}

static bool listens(const struct tcx_socket *socket)
{
	return socket->protocol == TCX_TCP && state_of(socket->state) == TCX_TCP_LISTEN;
}

void plain_sockets_add(struct plain_sockets *sockets, const struct tcx_socket *socket)
{
	if (sockets->count % 64 == 0)
		sockets->all = realloc(sockets->all, (sockets->count + 64) * sizeof(*socket));
	MUST(sockets->all != NULL);
	sockets->all[sockets->count++] = *socket;
}

void plain_sockets_clear(struct plain_sockets *sockets)
{
	free(sockets->all);
	memset(sockets, 0, sizeof(*sockets));
}

static void check_order(const struct tcx_table *table)
{
	for (size_t i = 1; i < table->count; i++)
		MUST(memcmp(tcx_table_row(table, i - 1), tcx_table_row(table, i),
			    table->kind->key_size) < 0);
}

/* The row with this key, which must be there. It is found by looking at all of them. */
static size_t place_of(const struct tcx_table *table, const void *key)
{
	size_t i = 0;

	while (i < table->count && memcmp(tcx_table_row(table, i), key, table->kind->key_size) != 0)
		i++;
	MUST(i < table->count);
	return i;
}

/* --- By family and state -----------------------------------------------------------------------*/

static void check_states(const struct plain_sockets *sockets, const struct tcx_table *table)
{
	struct tcx_tcp_state_row rows[3][TCX_TCP_STATES + 1] = {{{0}}};

	for (size_t i = 0; i < sockets->count; i++) {
		const struct tcx_socket *socket = &sockets->all[i];
		struct tcx_tcp_state_row *row =
			&rows[socket->family == AF_INET ? 1 : 2][state_of(socket->state)];

		if (socket->protocol != TCX_TCP)
			continue;
		row->sockets++;
		if (listens(socket))
			continue;
		row->unread += socket->receive_queue != 0;
		row->receive_queue += socket->receive_queue;
		row->send_queue += socket->send_queue;
	}
	MUST(table->count == 2 * TCX_TCP_STATES);
	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_tcp_state_row *row = tcx_table_row(table, i);
		const struct tcx_tcp_state_row *wanted = &rows[row->address_type][row->state];

		MUST(row->sockets == wanted->sockets && row->unread == wanted->unread);
		MUST(row->receive_queue == wanted->receive_queue);
		MUST(row->send_queue == wanted->send_queue);
	}
}

/* --- IPv4 alone --------------------------------------------------------------------------------*/

/* Where the IPv4 address of an end is; -1: the socket speaks IPv6. */
static int place_of_ipv4(const struct tcx_socket *socket)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (socket->family == AF_INET)
		return 0;
	return socket->takes_ipv4 || memcmp(socket->local, mapped, 12) == 0 ? 12 : -1;
}

/* The first socket of a row has its state. */
static void check_connections(const struct plain_sockets *sockets, const struct tcx_table *table)
{
	uint8_t *states = calloc(table->count + 1, 1);

	for (size_t i = 0; i < sockets->count; i++) {
		const struct tcx_socket *socket = &sockets->all[i];
		const int at = place_of_ipv4(socket);
		uint8_t key[12];

		if (socket->protocol != TCX_TCP || at < 0 || state_of(socket->state) == 0)
			continue;
		memcpy(key, socket->local + at, 4);
		memcpy(key + 4, socket->local_port, 2);
		memcpy(key + 6, socket->remote + at, 4);
		memcpy(key + 10, socket->remote_port, 2);
		if (states[place_of(table, key)] == 0)
			states[place_of(table, key)] = state_of(socket->state);
	}
	for (size_t i = 0; i < table->count; i++)
		MUST(((const struct tcx_connection *)tcx_table_row(table, i))->state == states[i]);
	free(states);
}

static void check_endpoints(const struct plain_sockets *sockets, const struct tcx_table *table)
{
	uint8_t *seen = calloc(table->count + 1, 1);

	for (size_t i = 0; i < sockets->count; i++) {
		const struct tcx_socket *socket = &sockets->all[i];
		const int at = place_of_ipv4(socket);
		uint8_t key[6];

		if (socket->protocol != TCX_UDP || at < 0 || state_of(socket->state) == 0)
			continue;
		memcpy(key, socket->local + at, 4);
		memcpy(key + 4, socket->local_port, 2);
		seen[place_of(table, key)] = 1;
	}
	for (size_t i = 0; i < table->count; i++)
		MUST(seen[i] == 1);
	free(seen);
}

/* --- What is bound -----------------------------------------------------------------------------*/

/* Both have 32 bits, or one more. */
static uint32_t use_of(uint64_t queue, uint64_t limit)
{
	uint64_t use = limit > 0 ? queue * 10000 / limit : 0;

	return use < UINT32_MAX ? (uint32_t)use : UINT32_MAX;
}

static bool limit_of(const struct tcx_socket *socket, uint32_t *use)
{
	if (listens(socket))
		*use = use_of(socket->receive_queue, (uint64_t)socket->send_queue + 1);
	else if (socket->memory_count >= 2)
		*use = use_of(socket->memory[0], socket->memory[1]);
	else
		return false;
	return true;
}

/* The key: type, address with the zone behind it, port. */
static void write_key(uint8_t key[23], const struct tcx_socket *socket, const uint8_t *address,
		      uint32_t link)
{
	const size_t len = socket->family == AF_INET ? 4 : 16;

	memset(key, 0, 23);
	key[0] = (uint8_t)((len == 4 ? 1 : 2) + (link != 0 ? 2 : 0));
	memcpy(key + 1, address, len);
	for (int i = 0; i < 4; i++)
		key[1 + len + (size_t)i] = (uint8_t)(link >> (24 - 8 * i));
	memcpy(key + 21, socket->local_port, 2);
}

/* What a row with struct tcx_bound must have, and the drops of any row. */
struct sum {
	struct tcx_bound at;
	struct tcx_tcp_listener listener;
	struct tcx_udp_socket udp;
	bool drops_known;
};

/* Whether an earlier socket of those that count has this one's cookie, and had drops. */
static bool is_counted(const struct plain_sockets *sockets, size_t i,
		       bool (*counts)(const struct tcx_socket *socket))
{
	for (size_t k = 0; k < i; k++)
		if (counts(&sockets->all[k]) && sockets->all[k].drops_known &&
		    sockets->all[k].drops != 0 && sockets->all[k].cookie == sockets->all[i].cookie)
			return true;
	return false;
}

static void add_drops(uint32_t *drops, const struct plain_sockets *sockets, size_t i,
		      bool (*counts)(const struct tcx_socket *socket))
{
	if (sockets->all[i].drops_known && !is_counted(sockets, i, counts))
		*drops += sockets->all[i].drops;
}

static void add_bound(struct sum *sum, const struct tcx_socket *socket, bool known, uint32_t use)
{
	if (sum->at.sockets++ == 0) {
		sum->at.limit_known = known;
		sum->drops_known = true;
	}
	sum->at.use = known && use > sum->at.use ? use : sum->at.use;
	sum->drops_known = sum->drops_known && socket->drops_known;
	if (socket->cgroup != 0 && (sum->at.cgroup == 0 || socket->cgroup < sum->at.cgroup))
		sum->at.cgroup = socket->cgroup;
}

static void check_bound(const struct tcx_bound *row, const struct sum *sum,
			const struct tcx_table *table)
{
	MUST(row->sockets == sum->at.sockets && row->limit_known == sum->at.limit_known);
	MUST(row->use == sum->at.use && row->cgroup == sum->at.cgroup);
	MUST(row->drops.count == sum->at.drops.count);
	MUST(row->drops.since_ns == (sum->drops_known ? table->taken_ns : 0));
}

static bool is_udp(const struct tcx_socket *socket)
{
	return socket->protocol == TCX_UDP && state_of(socket->state) != 0;
}

static void check_udp(const struct plain_sockets *sockets, const struct tcx_table *table)
{
	struct sum *sums = calloc(table->count + 1, sizeof(*sums));

	for (size_t i = 0; i < sockets->count; i++) {
		const struct tcx_socket *socket = &sockets->all[i];
		struct sum *sum;
		uint8_t key[23];
		uint32_t use = 0;
		bool known = limit_of(socket, &use);

		if (!is_udp(socket))
			continue;
		write_key(key, socket, socket->local, socket->link);
		sum = &sums[place_of(table, key)];
		add_bound(sum, socket, known, use);
		add_drops(&sum->at.drops.count, sockets, i, is_udp);
		sum->udp.receive_queue += socket->receive_queue;
		sum->udp.send_queue += socket->send_queue;
		sum->udp.receive_limit += known ? socket->memory[1] : 0;
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_udp_socket *row = tcx_table_row(table, i);

		check_bound(&row->at, &sums[i], table);
		MUST(row->receive_queue == sums[i].udp.receive_queue);
		MUST(row->receive_limit == sums[i].udp.receive_limit);
		MUST(row->send_queue == sums[i].udp.send_queue);
	}
	free(sums);
}

/* The listener of a connection among the sockets before it; NULL: there is none. */
static const struct tcx_socket *listener_of(const struct plain_sockets *sockets, size_t i)
{
	static const uint8_t any[16], any_ipv4[16] = {[10] = 0xff, [11] = 0xff};
	const struct tcx_socket *socket = &sockets->all[i];
	const bool mapped = socket->family == AF_INET6 && memcmp(socket->local, any_ipv4, 12) == 0;
	const uint8_t *const addresses[] = {socket->local, mapped ? any_ipv4 : any, any};
	uint8_t key[23], other[23];

	for (size_t a = 0; a < 6; a++) {
		/* Its own address with the device, and without; then all with it, then without. */
		static const size_t which[] = {0, 0, 1, 2, 1, 2};
		const bool with_link = a != 1 && a < 4;

		if (with_link && socket->link == 0)
			continue;
		write_key(key, socket, addresses[which[a]], with_link ? socket->link : 0);
		for (size_t k = 0; k < i; k++) {
			write_key(other, &sockets->all[k], sockets->all[k].local,
				  sockets->all[k].link);
			if (listens(&sockets->all[k]) && memcmp(key, other, sizeof(key)) == 0)
				return &sockets->all[k];
		}
	}
	return NULL;
}

static void add_listener(struct sum *sum, const struct plain_sockets *sockets, size_t i)
{
	const struct tcx_socket *socket = &sockets->all[i];
	uint32_t use = 0;

	limit_of(socket, &use);
	add_bound(sum, socket, sockets->by_diag, use);
	add_drops(&sum->at.drops.count, sockets, i, listens);
	sum->listener.queue += socket->receive_queue;
	if (!sockets->by_diag)
		return;
	sum->listener.queue_max += socket->send_queue;
	sum->listener.full += socket->receive_queue > socket->send_queue;
}

static void check_listeners(const struct plain_sockets *sockets, const struct tcx_table *table)
{
	struct sum *sums = calloc(table->count + 1, sizeof(*sums));

	for (size_t i = 0; i < sockets->count; i++) {
		const struct tcx_socket *socket = &sockets->all[i], *listener = socket;
		const uint8_t state = state_of(socket->state);
		uint8_t key[23];
		struct sum *sum;

		if (socket->protocol == TCX_TCP &&
		    (state == TCX_TCP_ESTABLISHED || state == TCX_TCP_SYN_RECEIVED))
			listener = listener_of(sockets, i);
		else if (!listens(socket))
			continue;
		if (listener == NULL)
			continue;
		write_key(key, listener, listener->local, listener->link);
		sum = &sums[place_of(table, key)];
		if (listener == socket)
			add_listener(sum, sockets, i);
		else if (state == TCX_TCP_ESTABLISHED)
			sum->listener.established++;
		else
			sum->listener.syn_received++;
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_tcp_listener *row = tcx_table_row(table, i);
		const struct tcx_tcp_listener *wanted = &sums[i].listener;

		check_bound(&row->at, &sums[i], table);
		MUST(row->queue == wanted->queue && row->queue_max == wanted->queue_max);
		MUST(row->full == wanted->full && row->established == wanted->established);
		MUST(row->syn_received == wanted->syn_received);
	}
	free(sums);
}

/* --- Services: no cgroup has a name here, so that there is one row at most
 * ----------------------*/

static bool serves(const struct tcx_socket *socket)
{
	return socket->cgroup != 0 && state_of(socket->state) != 0 &&
	       state_of(socket->state) != TCX_TCP_TIME_WAIT;
}

static bool receives(const struct tcx_socket *socket)
{
	return serves(socket) && (socket->protocol == TCX_UDP || listens(socket));
}

static void add_service(struct tcx_service *sum, const struct tcx_socket *socket)
{
	uint32_t use = 0;

	if (socket->protocol == TCX_UDP)
		sum->udp_sockets++;
	else if (listens(socket))
		sum->listeners++;
	else if (state_of(socket->state) == TCX_TCP_ESTABLISHED)
		sum->established++;
	else if (state_of(socket->state) == TCX_TCP_SYN_SENT ||
		 state_of(socket->state) == TCX_TCP_SYN_RECEIVED)
		sum->connecting++;
	else
		sum->closing++;
	if (!listens(socket)) {
		sum->unread += socket->receive_queue;
		sum->unsent += socket->send_queue;
	}
	if (receives(socket) && limit_of(socket, &use)) {
		sum->limit_known = true;
		sum->use = use > sum->use ? use : sum->use;
	}
	if (sum->cgroup == 0 || socket->cgroup < sum->cgroup)
		sum->cgroup = socket->cgroup;
}

/* Of each group some socket must tell its drops. */
static bool are_drops_known(const struct plain_sockets *sockets)
{
	for (size_t i = 0; i < sockets->count; i++) {
		bool known = false;

		for (size_t k = 0; k < sockets->count && serves(&sockets->all[i]); k++)
			known = known || (serves(&sockets->all[k]) && sockets->all[k].drops_known &&
					  sockets->all[k].cgroup == sockets->all[i].cgroup);
		if (serves(&sockets->all[i]) && !known)
			return false;
	}
	return true;
}

static void check_services(const struct plain_sockets *sockets, const struct tcx_table *table)
{
	struct tcx_service sum = {.name_len = 0};
	const struct tcx_service *row = table->count > 0 ? tcx_table_row(table, 0) : &sum;

	for (size_t i = 0; i < sockets->count; i++) {
		if (!serves(&sockets->all[i]))
			continue;
		add_service(&sum, &sockets->all[i]);
		if (receives(&sockets->all[i]))
			add_drops(&sum.drops.count, sockets, i, receives);
	}
	MUST(table->count == (sum.cgroup != 0) && row->name_len == 0);
	MUST(row->cgroup == sum.cgroup && row->limit_known == sum.limit_known);
	MUST(row->listeners == sum.listeners && row->established == sum.established);
	MUST(row->connecting == sum.connecting && row->closing == sum.closing);
	MUST(row->udp_sockets == sum.udp_sockets && row->use == sum.use);
	MUST(row->unread == sum.unread && row->unsent == sum.unsent);
	MUST(row->drops.count == sum.drops.count);
	if (table->count > 0)
		MUST(row->drops.since_ns == (are_drops_known(sockets) ? table->taken_ns : 0));
}

void plain_sockets_check(const struct plain_sockets *sockets, struct tcx_table *const *tables)
{
	static const struct {
		enum tcx_table_id id;
		void (*check)(const struct plain_sockets *sockets, const struct tcx_table *table);
	} checks[] = {
		{TCX_TABLE_TCP_STATES, check_states},
		{TCX_TABLE_TCP_CONNECTIONS, check_connections},
		{TCX_TABLE_UDP_ENDPOINTS, check_endpoints},
		{TCX_TABLE_UDP_SOCKETS, check_udp},
		{TCX_TABLE_TCP_LISTENERS, check_listeners},
		{TCX_TABLE_SERVICES, check_services},
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		check_order(tables[checks[i].id]);
		checks[i].check(sockets, tables[checks[i].id]);
	}
}
