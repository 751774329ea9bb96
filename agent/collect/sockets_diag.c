#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>

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

/* The attributes behind the fixed part hold nothing that is needed. */
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
	return query->sink(query->context, &socket, fault);
}

bool tcx_sockets_list_diag(struct tcx_kernel *kernel, const struct tcx_socket_query *query,
			   struct tcx_fault *fault)
{
	const struct inet_diag_req_v2 request = {
		.sdiag_family = query->family,
		.sdiag_protocol = protocols[query->protocol],
		.idiag_states = query->states,
	};
	const struct tcx_netlink_query dump = {
		.type = SOCK_DIAG_BY_FAMILY,
		.body = &request,
		.body_len = sizeof(request),
		.sink = take_message,
		.context = (void *)query,
	};

	return tcx_netlink_dump(&kernel->diag, &dump, fault);
}
