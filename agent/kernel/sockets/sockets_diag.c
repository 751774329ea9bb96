/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists sockets with sock_diag. */
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "sockets.h"

static const uint8_t protocols[TCX_PROTOCOLS] = {
	[TCX_TCP] = IPPROTO_TCP,
	[TCX_UDP] = IPPROTO_UDP,
};

#define ATTRIBUTES (INET_DIAG_CGROUP_ID + 1)

/*
 * A filter of IPv6 sockets for the kernel (INET_DIAG_REQ_BYTECODE): local addresses in ::/80, as
 * all that speak IPv4 have (::ffff:0:0/96, or ::), and few others but ::1. A condition says how far
 * it is to the next one, if it holds and if not: the end accepts, what is beyond it drops.
 */
static const struct only_ipv4 {
	struct nlattr attribute;
	struct inet_diag_bc_op op;
	/* A struct inet_diag_hostcond and its address: */
	uint8_t family;
	uint8_t prefix_len;
	int32_t port; /* -1: any */
	uint8_t address[16];
} only_ipv4 = {
	.attribute = {.nla_len = sizeof(only_ipv4), .nla_type = INET_DIAG_REQ_BYTECODE},
	.op = {INET_DIAG_BC_S_COND, sizeof(only_ipv4) - sizeof(struct nlattr), sizeof(only_ipv4)},
	.family = AF_INET6,
	.prefix_len = 80,
	.port = -1,
};

/* Known of listeners and unconnected UDP sockets, in kernels since 4.3. */
static bool takes_ipv4(const struct inet_diag_msg *body, const struct nlattr *v6only)
{
	static const uint8_t any[sizeof(body->id.idiag_src)];
	uint8_t only;

	return body->idiag_family == AF_INET6 &&
	       memcmp(body->id.idiag_src, any, sizeof(any)) == 0 &&
	       tcx_attribute_copy(v6only, &only, sizeof(only)) && only == 0;
}

/* Addresses and ports are in network order here (inet_diag_msg_common_fill()). */
static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct tcx_socket_query *query = context;
	const struct nlattr *attributes[ATTRIBUTES];
	const struct inet_diag_msg *body =
		tcx_netlink_parse(message, sizeof(*body), attributes, ATTRIBUTES, fault);
	struct tcx_socket socket;

	if (body == NULL)
		return false;
	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY || body->idiag_family != query->family)
		return true;
	socket.protocol = query->protocol;
	socket.family = body->idiag_family;
	socket.state = body->idiag_state;
	memcpy(socket.local, body->id.idiag_src, sizeof(socket.local));
	memcpy(socket.remote, body->id.idiag_dst, sizeof(socket.remote));
	memcpy(socket.local_port, &body->id.idiag_sport, sizeof(socket.local_port));
	memcpy(socket.remote_port, &body->id.idiag_dport, sizeof(socket.remote_port));
	socket.receive_queue = body->idiag_rqueue;
	socket.send_queue = body->idiag_wqueue;
	socket.link = body->id.idiag_if;
	socket.takes_ipv4 = takes_ipv4(body, attributes[INET_DIAG_SKV6ONLY]);
	memcpy(&socket.cookie, body->id.idiag_cookie, sizeof(socket.cookie));
	/* The kernel tells it unasked. */
	if (!tcx_attribute_copy(attributes[INET_DIAG_CGROUP_ID], &socket.cgroup,
				sizeof(socket.cgroup)))
		socket.cgroup = 0;
	socket.memory_count = tcx_attribute_copy_most(attributes[INET_DIAG_SKMEMINFO],
						      socket.memory, sizeof(socket.memory)) /
			      sizeof(socket.memory[0]);
	socket.drops_known = socket.memory_count > SK_MEMINFO_DROPS;
	socket.drops = socket.drops_known ? socket.memory[SK_MEMINFO_DROPS] : 0;
	return query->callback(query->context, &socket, fault);
}

bool tcx_sockets_list_diag(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault)
{
	const struct {
		struct inet_diag_req_v2 body;
		struct only_ipv4 filter;
	} request = {
		.body = {.sdiag_family = query->family,
			 .sdiag_protocol = protocols[query->protocol],
			 .idiag_ext = query->memory ? 1U << (INET_DIAG_SKMEMINFO - 1) : 0,
			 .idiag_states = query->states},
		.filter = only_ipv4,
	};
	const bool filtered = query->only_ipv4 && query->family == AF_INET6;
	const struct tcx_netlink_query dump = {
		.type = SOCK_DIAG_BY_FAMILY,
		.body = &request,
		.body_len = filtered ? sizeof(request) : sizeof(request.body),
		.callback = take_message,
		.context = (void *)query,
	};

	return tcx_netlink_dump(&reader->diag, &dump, fault);
}
