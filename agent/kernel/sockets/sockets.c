/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists sockets from sock_diag, else from procfs. Each has a file of its own. */
#include "sockets.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Errors that mean sock_diag is missing, not failed: no permission (seccomp, LSM), no module for
 * the protocol or the netlink family, or a kernel before 3.3.
 */
static const int missing[] = {EPERM,	  EACCES,	   ENOENT,	EINVAL,
			      EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT};

static bool is_missing(int error)
{
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (missing[i] == error)
			return true;
	return false;
}

/* Whether to list with procfs instead. A refusal comes before any socket. */
static bool give_up_diag(struct tcx_netns_reader *reader, enum tcx_protocol protocol,
			 const struct tcx_fault *why)
{
	if (!is_missing(reader->diag.error))
		return false;
	reader->use_procfs[protocol] = true;
	reader->why[protocol] = *why;
	return true;
}

bool tcx_socket_is_mapped(const struct tcx_socket *socket)
{
	static const uint8_t mapped[TCX_MAPPED_LEN] = {[10] = 0xff, [11] = 0xff};

	return socket->family == AF_INET6 && memcmp(socket->local, mapped, sizeof(mapped)) == 0;
}

bool tcx_sockets_list(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
		      struct tcx_table *table, struct tcx_fault *fault)
{
	struct tcx_fault why = {""};

	if (!reader->use_procfs[query->protocol]) {
		table->source = "sock_diag";
		if (tcx_sockets_list_diag(reader, query, &why))
			return true;
		if (!give_up_diag(reader, query->protocol, &why)) {
			if (fault != NULL)
				*fault = why;
			return false;
		}
	}
	table->source = "procfs";
	table->fallback = reader->why[query->protocol];
	return tcx_sockets_list_proc(reader, query, fault);
}

bool tcx_sockets_list_tcp(struct tcx_netns_reader *reader, uint32_t states,
			  tcx_socket_callback *callback, void *context, struct tcx_table *table,
			  struct tcx_fault *fault)
{
	struct tcx_socket_query query = {
		.protocol = TCX_TCP,
		.family = AF_INET,
		.states = states,
		.callback = callback,
		.context = context,
	};

	if (!tcx_sockets_list(reader, &query, table, fault))
		return false;
	query.family = AF_INET6;
	return tcx_sockets_list(reader, &query, table, fault);
}

/* The IPv4 address of ::ffff:a.b.c.d; 0.0.0.0 of ::. */
static void unmap(uint8_t address[16])
{
	memmove(address, address + TCX_MAPPED_LEN, 4);
	memset(address + 4, 0, 12);
}

static bool take_mapped(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	const struct tcx_socket_query *query = context;
	struct tcx_socket ipv4 = *socket;

	if (!socket->takes_ipv4 && !tcx_socket_is_mapped(socket))
		return true;
	ipv4.family = AF_INET;
	unmap(ipv4.local);
	unmap(ipv4.remote);
	return query->callback(query->context, &ipv4, fault);
}

bool tcx_sockets_list_ipv4(struct tcx_netns_reader *reader, enum tcx_protocol protocol,
			   tcx_socket_callback *callback, struct tcx_table *table,
			   struct tcx_fault *fault)
{
	const struct tcx_socket_query ipv4 = {
		.protocol = protocol,
		.family = AF_INET,
		.states = TCX_ALL_STATES,
		.callback = callback,
		.context = table,
	};
	struct tcx_socket_query mapped = ipv4;

	mapped.family = AF_INET6;
	mapped.only_ipv4 = true;
	mapped.callback = take_mapped;
	mapped.context = (void *)&ipv4;
	return (tcx_sockets_list(reader, &ipv4, table, fault) &&
		tcx_sockets_list(reader, &mapped, table, fault)) ||
	       table->cut;
}
