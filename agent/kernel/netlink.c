/* SPDX-License-Identifier: BSD-2-Clause */
/* Netlink sockets, dumps and attributes. Knows no family of messages. */
#include "kernel/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

/* A dump's datagrams have at most 32 KiB (netlink_dump()), unless a single message needs more. */
#define FIRST_CAPACITY ((size_t)32 * 1024)

/* For pending notifications; one of an interface takes about 2 KiB there. */
#define RECEIVE_BUFFER (1024 * 1024)

/*
 * The kernel makes its answer within our sendmsg() and recvmsg(), which this does not limit; it
 * limits the wait for an answer that never comes.
 */
#define TIMEOUT_S 10

/* Tries of an interrupted dump, and by how much each pause is longer than the last. */
#define TRIES	 10
#define PAUSE_NS 1000000L

/* The delivery of one datagram. */
struct delivery {
	uint32_t sequence; /* of the request that it answers; 0 for notifications */
	tcx_netlink_callback *callback;
	void *context;
	bool done; /* the answer is complete */
};

void tcx_netlink_init(struct tcx_netlink *netlink, int protocol)
{
	memset(netlink, 0, sizeof(*netlink));
	netlink->protocol = protocol;
	netlink->capacity = FIRST_CAPACITY;
}

void tcx_netlink_rest(struct tcx_netlink *netlink)
{
	free(netlink->buffer);
	netlink->buffer = NULL;
}

void tcx_netlink_close(struct tcx_netlink *netlink)
{
	if (netlink->socket != NULL)
		mnl_socket_close(netlink->socket);
	netlink->socket = NULL;
	tcx_netlink_rest(netlink);
}

static bool fail(struct tcx_netlink *netlink, int error, const char *what, struct tcx_fault *fault)
{
	netlink->error = error;
	return tcx_fault_set(fault, "netlink: %s: %s", what, strerror(error));
}

/* Marks the dump as worth another try. */
static bool interrupt(struct tcx_netlink *netlink, struct tcx_fault *fault)
{
	netlink->interrupted = true;
	return tcx_fault_set(fault, "netlink: it kept changing while it was being read");
}

/* Options that an older kernel lacks are no reason to fail. */
static void set_options(struct mnl_socket *socket, unsigned int groups)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_S};
	const int one = 1;
	const int size = RECEIVE_BUFFER;
	int fd = mnl_socket_get_fd(socket);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	if (groups == 0)
		return;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

bool tcx_netlink_open(struct tcx_netlink *netlink, unsigned int groups, struct tcx_fault *fault)
{
	netlink->error = 0;
	if (netlink->socket != NULL)
		return true;
	netlink->socket = mnl_socket_open2(netlink->protocol, SOCK_CLOEXEC);
	if (netlink->socket == NULL)
		return fail(netlink, errno, "no socket", fault);
	set_options(netlink->socket, groups);
	if (mnl_socket_bind(netlink->socket, groups, MNL_SOCKET_AUTOPID) < 0) {
		fail(netlink, errno, "the socket cannot be bound", fault);
		tcx_netlink_close(netlink);
		return false;
	}
	return true;
}

static bool make_room(struct tcx_netlink *netlink, struct tcx_fault *fault)
{
	if (netlink->buffer == NULL)
		netlink->buffer = malloc(netlink->capacity);
	return netlink->buffer != NULL || tcx_fault_set(fault, "out of memory");
}

static bool send_request(struct tcx_netlink *netlink, const struct tcx_netlink_query *query,
			 struct tcx_fault *fault)
{
	struct nlmsghdr *message;

	if (!make_room(netlink, fault))
		return false;
	message = mnl_nlmsg_put_header(netlink->buffer);
	/* Never 0, the number of notifications. */
	netlink->sequence += netlink->sequence == UINT32_MAX ? 2 : 1;
	message->nlmsg_type = query->type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = netlink->sequence;
	memcpy(mnl_nlmsg_put_extra_header(message, query->body_len), query->body, query->body_len);
	if (mnl_socket_sendto(netlink->socket, message, message->nlmsg_len) < 0)
		return fail(netlink, errno, "the request cannot be sent", fault);
	return true;
}

/* Receives one datagram; *from becomes its netlink port. The length may exceed the buffer. */
static ssize_t receive_from(struct tcx_netlink *netlink, int flags, uint32_t *from)
{
	struct sockaddr_nl address = {0};
	struct iovec iov = {netlink->buffer, netlink->capacity};
	struct msghdr header = {
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t len;

	do {
		len = recvmsg(mnl_socket_get_fd(netlink->socket), &header, flags | MSG_TRUNC);
	} while (len < 0 && errno == EINTR);
	*from = address.nl_pid;
	return len;
}

/* A datagram did not fit and is lost. The next one may be longer yet. */
static bool grow(struct tcx_netlink *netlink, size_t len, struct tcx_fault *fault)
{
	char *buffer = realloc(netlink->buffer, 2 * len);

	if (buffer == NULL)
		return tcx_fault_set(fault, "out of memory");
	netlink->buffer = buffer;
	netlink->capacity = 2 * len;
	return interrupt(netlink, fault);
}

/*
 * Receives one datagram of the kernel, port 0. Processes with CAP_NET_ADMIN in this namespace may
 * send to the socket, too.
 */
static bool receive(struct tcx_netlink *netlink, int flags, size_t *len, struct tcx_fault *fault)
{
	uint32_t from;
	ssize_t got;

	do {
		got = receive_from(netlink, flags, &from);
	} while (got >= 0 && from != 0);
	if (got < 0 && errno == ENOBUFS)
		return interrupt(netlink, fault);
	if (got < 0)
		return fail(netlink, errno, "no answer", fault);
	*len = (size_t)got;
	return *len <= netlink->capacity || grow(netlink, *len, fault);
}

/* NLMSG_ERROR, and NLMSG_DONE of a failed dump, begin with a negative errno. */
static bool take_result(struct tcx_netlink *netlink, const struct nlmsghdr *message,
			struct tcx_fault *fault)
{
	int32_t result = 0;

	if (mnl_nlmsg_get_payload_len(message) >= sizeof(result))
		memcpy(&result, mnl_nlmsg_get_payload(message), sizeof(result));
	if (result >= 0)
		return true;
	return fail(netlink, result == INT32_MIN ? EPROTO : -result, "the kernel refuses", fault);
}

static bool take_message(struct tcx_netlink *netlink, struct delivery *delivery,
			 const struct nlmsghdr *message, struct tcx_fault *fault)
{
	if (message->nlmsg_seq != delivery->sequence)
		return true;
	if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0 || message->nlmsg_type == NLMSG_OVERRUN)
		return interrupt(netlink, fault);
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
		delivery->done = true;
		return take_result(netlink, message, fault);
	}
	if (message->nlmsg_type < NLMSG_MIN_TYPE)
		return true;
	return delivery->callback(delivery->context, message, fault);
}

/* mnl_nlmsg_ok() takes lengths from 2 GiB on for negative, and accepts them. */
static bool is_whole(const struct nlmsghdr *message, int left)
{
	return mnl_nlmsg_ok(message, left) && message->nlmsg_len <= (uint32_t)left;
}

static bool take_datagram(struct tcx_netlink *netlink, struct delivery *delivery, size_t len,
			  struct tcx_fault *fault)
{
	const struct nlmsghdr *message = (const void *)netlink->buffer;
	int left = (int)len;

	for (; !delivery->done && is_whole(message, left); message = mnl_nlmsg_next(message, &left))
		if (!take_message(netlink, delivery, message, fault))
			return false;
	if (!delivery->done && left > 0)
		return tcx_fault_set(fault, "netlink: a message is cut short");
	return true;
}

static bool take_answer(struct tcx_netlink *netlink, struct delivery *delivery,
			struct tcx_fault *fault)
{
	size_t len;

	while (!delivery->done)
		if (!receive(netlink, 0, &len, fault) ||
		    !take_datagram(netlink, delivery, len, fault))
			return false;
	return true;
}

bool tcx_netlink_dump(struct tcx_netlink *netlink, const struct tcx_netlink_query *query,
		      struct tcx_fault *fault)
{
	struct delivery delivery = {.callback = query->callback, .context = query->context};

	netlink->interrupted = false;
	if (!tcx_netlink_open(netlink, 0, fault))
		return false;
	if (send_request(netlink, query, fault)) {
		delivery.sequence = netlink->sequence;
		if (take_answer(netlink, &delivery, fault))
			return true;
	}
	tcx_netlink_close(netlink);
	return false;
}

bool tcx_netlink_try_again(unsigned int tried)
{
	const struct timespec pause = {.tv_nsec = (long)tried * PAUSE_NS};

	if (tried >= TRIES)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

bool tcx_netlink_notifications(struct tcx_netlink *netlink, tcx_netlink_callback *callback,
			       void *context, bool *empty, struct tcx_fault *fault)
{
	struct delivery delivery = {.callback = callback, .context = context};
	size_t len;

	netlink->interrupted = false;
	netlink->error = 0;
	*empty = false;
	if (!make_room(netlink, fault)) {
		netlink->error = ENOMEM;
		return false;
	}
	if (receive(netlink, MSG_DONTWAIT, &len, fault))
		return take_datagram(netlink, &delivery, len, fault);
	*empty = netlink->error == EAGAIN;
	return false;
}

bool tcx_netlink_parse_attributes(const void *at, size_t len, const struct nlattr **attributes,
				  size_t count, struct tcx_fault *fault)
{
	const struct nlattr *attribute = at;
	int left = (int)len;

	memset(attributes, 0, count * sizeof(attributes[0]));
	while (mnl_attr_ok(attribute, left)) {
		if (mnl_attr_get_type(attribute) < count)
			attributes[mnl_attr_get_type(attribute)] = attribute;
		left -= MNL_ALIGN(attribute->nla_len);
		attribute = mnl_attr_next(attribute);
	}
	/* The last attribute needs no padding. */
	if (left > 0)
		return tcx_fault_set(fault, "netlink: an attribute is cut short");
	return true;
}

const void *tcx_netlink_parse(const struct nlmsghdr *message, size_t len,
			      const struct nlattr **attributes, size_t count,
			      struct tcx_fault *fault)
{
	const char *body = mnl_nlmsg_get_payload(message);
	size_t whole = mnl_nlmsg_get_payload_len(message);
	size_t begin = MNL_ALIGN(len);

	if (whole < len) {
		tcx_fault_set(fault, "netlink: a message is too short");
		return NULL;
	}
	if (begin > whole)
		begin = whole;
	if (!tcx_netlink_parse_attributes(body + begin, whole - begin, attributes, count, fault))
		return NULL;
	return body;
}

bool tcx_attribute_copy(const struct nlattr *attribute, void *to, size_t len)
{
	if (attribute == NULL || mnl_attr_get_payload_len(attribute) < len)
		return false;
	memcpy(to, mnl_attr_get_payload(attribute), len);
	return true;
}

size_t tcx_attribute_copy_most(const struct nlattr *attribute, void *to, size_t capacity)
{
	size_t len = attribute != NULL ? mnl_attr_get_payload_len(attribute) : 0;

	if (len > capacity)
		len = capacity;
	tcx_attribute_copy(attribute, to, len);
	return len;
}
