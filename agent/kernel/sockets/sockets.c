/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes tables of sockets: lists each protocol and family once, from sock_diag or else from procfs,
 * which have a file each, and gives every socket to all tables that want it.
 */
#include "sockets.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/cgroups.h"

/*
 * Errors that mean sock_diag is missing, not failed: no permission (seccomp, LSM), no module for
 * the protocol or the netlink family, or a kernel before 3.3.
 */
static const int missing[] = {EPERM,	  EACCES,	   ENOENT,	EINVAL,
			      EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT};

/* One protocol: tables, by id, and how each of them is made. NULL: not of that, or it is full. */
struct listing {
	struct tcx_table *const *tables;
	const struct tcx_socket_table *how[TCX_TABLES];
	size_t open; /* not full */
};

static bool is_missing(int error)
{
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (missing[i] == error)
			return true;
	return false;
}

bool tcx_is_mapped(const uint8_t address[16])
{
	static const uint8_t mapped[TCX_MAPPED_LEN] = {[10] = 0xff, [11] = 0xff};

	return memcmp(address, mapped, sizeof(mapped)) == 0;
}

/* The IPv4 address of ::ffff:a.b.c.d; 0.0.0.0 of ::. */
static void unmap(uint8_t address[16])
{
	memmove(address, address + TCX_MAPPED_LEN, 4);
	memset(address + 4, 0, 12);
}

static bool give(struct tcx_table *table, const struct tcx_socket_table *how,
		 const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_socket ipv4 = *socket;

	if (socket->state >= 32 || (how->states & 1U << socket->state) == 0)
		return true;
	if (!how->only_ipv4 || socket->family == AF_INET)
		return how->take(table, socket, fault);
	if (!socket->takes_ipv4 && !tcx_is_mapped(socket->local))
		return true;
	ipv4.family = AF_INET;
	unmap(ipv4.local);
	unmap(ipv4.remote);
	return how->take(table, &ipv4, fault);
}

/* A table that is full gets no more; when all are, the listing ends. */
static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct listing *listing = context;

	for (size_t id = 0; id < TCX_TABLES; id++) {
		if (listing->how[id] == NULL ||
		    give(listing->tables[id], listing->how[id], socket, fault))
			continue;
		if (!listing->tables[id]->cut)
			return false;
		listing->how[id] = NULL;
		listing->open--;
	}
	return listing->open > 0;
}

static void set_source(const struct listing *listing, const struct tcx_fault *no_diag)
{
	for (size_t id = 0; id < TCX_TABLES; id++) {
		struct tcx_table *table = listing->tables[id];

		if (listing->how[id] == NULL || (table->source != NULL && no_diag->text[0] == '\0'))
			continue;
		table->source = no_diag->text[0] == '\0' ? "sock_diag" : "procfs";
		table->fallback = *no_diag;
	}
}

static void drop_only_diag(struct listing *listing)
{
	for (size_t id = 0; id < TCX_TABLES; id++) {
		if (listing->how[id] == NULL || !listing->how[id]->only_diag)
			continue;
		listing->how[id] = NULL;
		listing->open--;
	}
}

/*
 * A kernel without IPv6 has no such sockets; IPv4 it must have. If sock_diag is missing, it says so
 * before any socket.
 */
static bool list(struct listing *listing, struct tcx_netns_reader *reader,
		 const struct tcx_socket_query *query, struct tcx_fault *fault)
{
	struct tcx_fault *no_diag = &reader->no_diag[query->protocol];
	struct tcx_fault why = {""};

	if (no_diag->text[0] == '\0') {
		set_source(listing, no_diag);
		if (tcx_sockets_list_diag(reader, query, &why) || listing->open == 0)
			return true;
		if (!is_missing(reader->diag.error))
			return tcx_fault_set(fault, "%s", why.text);
		*no_diag = why;
	}
	set_source(listing, no_diag);
	drop_only_diag(listing);
	if (listing->open > 0 && !tcx_sockets_list_proc(reader, query, fault))
		return listing->open == 0;
	return true;
}

/* The query asks for what any of the tables wants. */
static void add(struct listing *listing, struct tcx_socket_query *query, size_t id,
		const struct tcx_socket_table *how)
{
	if ((how->protocols & 1U << query->protocol) == 0)
		return;
	query->states |= how->states;
	query->only_ipv4 = query->only_ipv4 && how->only_ipv4;
	query->memory = query->memory || how->memory;
	listing->how[id] = how;
	listing->open++;
}

static const struct tcx_socket_table *made_of_sockets(const struct tcx_survey *survey, size_t id,
						      struct tcx_table *const *tables)
{
	return tables[id] != NULL && survey->members[id]->sockets.take != NULL
		       ? &survey->members[id]->sockets
		       : NULL;
}

/* What of the protocol no table wants is not listed. */
static bool read_protocol(const struct tcx_survey *survey, struct tcx_table *const *tables,
			  enum tcx_protocol protocol, struct tcx_netns_reader *reader,
			  struct tcx_fault *fault)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	struct listing listing = {.tables = tables};
	struct tcx_socket_query query = {
		.protocol = protocol,
		.only_ipv4 = true,
		.callback = take_socket,
		.context = &listing,
	};

	for (size_t id = 0; id < TCX_TABLES; id++) {
		const struct tcx_socket_table *how = made_of_sockets(survey, id, tables);

		if (how != NULL)
			add(&listing, &query, id, how);
	}
	for (size_t i = 0; i < 2 && listing.open > 0; i++) {
		query.family = families[i];
		if (!list(&listing, reader, &query, fault))
			return false;
	}
	return true;
}

/* What the reading before knew of cgroups. All its tables have the same. */
static const struct tcx_table *known_names(const struct tcx_netns_reader *reader)
{
	for (size_t id = 0; reader->before != NULL && id < TCX_TABLES; id++)
		if (reader->before[id] != NULL && reader->before[id]->names != NULL)
			return reader->before[id]->names;
	return NULL;
}

/* Neighbours are often of the same. */
static bool add_cgroups(struct tcx_table *names, const struct tcx_table *table,
			const struct tcx_socket_table *how, struct tcx_fault *fault)
{
	struct tcx_cgroup last = {.id = 0};

	for (size_t i = 0; i < table->count; i++) {
		struct tcx_cgroup next = {.id = how->cgroup(tcx_table_row(table, i))};

		if (next.id != 0 && next.id != last.id && !tcx_table_append(names, &next, fault))
			return false;
		last.id = next.id;
	}
	return true;
}

/* All tables share the names. */
static bool name_cgroups(const struct tcx_survey *survey, struct tcx_table *const *tables,
			 struct tcx_netns_reader *reader, struct tcx_fault *fault)
{
	struct tcx_table *names = NULL;

	for (size_t id = 0; id < TCX_TABLES; id++) {
		const struct tcx_socket_table *how = made_of_sockets(survey, id, tables);

		if (how == NULL || how->cgroup == NULL)
			continue;
		tables[id]->names = names != NULL
					    ? tcx_table_ref(names)
					    : tcx_table_new(&tcx_cgroup_kind, SIZE_MAX, 0, fault);
		names = tables[id]->names;
		if (names == NULL || !add_cgroups(names, tables[id], how, fault))
			return false;
	}
	return names == NULL || tcx_cgroups_name(names, known_names(reader), reader->netns, fault);
}

bool tcx_read_sockets(const struct tcx_survey *survey, struct tcx_table *const *tables,
		      struct tcx_netns_reader *reader, struct tcx_fault *fault)
{
	for (size_t id = 0; id < TCX_TABLES; id++) {
		const struct tcx_socket_table *how = made_of_sockets(survey, id, tables);

		if (how != NULL && how->begin != NULL && !how->begin(tables[id], fault))
			return false;
	}
	return read_protocol(survey, tables, TCX_TCP, reader, fault) &&
	       read_protocol(survey, tables, TCX_UDP, reader, fault) &&
	       name_cgroups(survey, tables, reader, fault);
}
