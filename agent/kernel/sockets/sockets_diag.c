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

/* Addresses and ports are in network order here (inet_diag_msg_common_fill()). */
static void read_id(struct tcx_socket *socket, const struct inet_diag_sockid *id)
{
	memcpy(socket->local, id->idiag_src, sizeof(socket->local));
	memcpy(socket->remote, id->idiag_dst, sizeof(socket->remote));
	memcpy(socket->local_port, &id->idiag_sport, sizeof(socket->local_port));
	memcpy(socket->remote_port, &id->idiag_dport, sizeof(socket->remote_port));
}

/*
 * A filter for the kernel (INET_DIAG_REQ_BYTECODE) that drops IPv6 sockets without IPv4: it accepts
 * local addresses in ::ffff:0:0/96, and ::. Each step has the offsets of the next one, if its
 * condition holds and if not: to the end accepts, beyond it drops. The address completes a struct
 * inet_diag_hostcond.
 */
struct condition {
	struct inet_diag_bc_op op;
	uint8_t family;
	uint8_t prefix_len;
	int32_t port; /* -1: any */
	uint8_t address[16];
};

#define STEP	  sizeof(struct inet_diag_bc_op)
#define CONDITION sizeof(struct condition)

static const struct only_ipv4 {
	struct nlattr attribute;
	struct condition mapped;
	struct inet_diag_bc_op otherwise;
	struct condition any;
} only_ipv4 = {
	.attribute = {.nla_len = sizeof(only_ipv4), .nla_type = INET_DIAG_REQ_BYTECODE},
	.mapped = {.op = {INET_DIAG_BC_S_COND, CONDITION, CONDITION + STEP},
		   .family = AF_INET6,
		   .prefix_len = 8 * TCX_MAPPED_LEN,
		   .port = -1,
		   .address = {[10] = 0xff, [11] = 0xff}},
	.otherwise = {INET_DIAG_BC_JMP, STEP, STEP + CONDITION},
	.any = {.op = {INET_DIAG_BC_S_COND, CONDITION, CONDITION + STEP},
		.family = AF_INET6,
		.prefix_len = 128,
		.port = -1},
};

/* Known of listeners and unconnected UDP sockets, in kernels since 4.3. */
static bool takes_ipv4(const struct nlmsghdr *message, const struct inet_diag_msg *body)
{
	static const uint8_t any[sizeof(body->id.idiag_src)];
	const struct nlattr *attributes[INET_DIAG_SKV6ONLY + 1];
	uint8_t v6only;

	return body->idiag_family == AF_INET6 &&
	       memcmp(body->id.idiag_src, any, sizeof(any)) == 0 &&
	       tcx_netlink_parse(message, sizeof(*body), attributes, INET_DIAG_SKV6ONLY + 1,
				 NULL) != NULL &&
	       tcx_attribute_copy(attributes[INET_DIAG_SKV6ONLY], &v6only, sizeof(v6only)) &&
	       v6only == 0;
}

static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct tcx_socket_query *query = context;
	const struct inet_diag_msg *body = mnl_nlmsg_get_payload(message);
	struct tcx_socket socket;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return true;
	if (mnl_nlmsg_get_payload_len(message) < sizeof(*body))
		return tcx_fault_set(fault, "sock_diag: a message is too short");
	if (body->idiag_family != query->family)
		return true;
	socket.family = body->idiag_family;
	socket.state = body->idiag_state;
	socket.receive_queue = body->idiag_rqueue;
	socket.send_queue = body->idiag_wqueue;
	read_id(&socket, &body->id);
	socket.link = body->id.idiag_if;
	socket.takes_ipv4 = takes_ipv4(message, body);
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
