/* SPDX-License-Identifier: BSD-2-Clause */
/* A session with the master for one notification: three PDUs, each of which wants an answer. */
#include "session/notify_once.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "notices.h"
#include "session/address.h"

#define SESSION_NAME "tcpextd --notify-test"

/* Octets of the longest response that is taken: such a one has no varbind. */
#define LONGEST 4096

enum { OPEN_PACKET = 1, NOTIFY_PACKET, CLOSE_PACKET };

struct exchange {
	int fd;
	uint64_t due_ns; /* of the answer */
	unsigned char octets[LONGEST];
	struct tcx_pdu response; /* of which those are */
};

/* False with errno when it is due or fails. */
static bool wait_for(struct exchange *exchange, short events)
{
	struct pollfd fd = {.fd = exchange->fd, .events = events};
	uint64_t now_ns = tcx_clock_now();
	int left = exchange->due_ns > now_ns
			   ? (int)((exchange->due_ns - now_ns) / TCX_NS_PER_MS) + 1
			   : 0;
	int ready = poll(&fd, 1, left);

	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0;
}

static bool send_message(struct exchange *exchange, const struct tcx_message *message)
{
	for (size_t sent = 0; sent < message->len;) {
		ssize_t len = send(exchange->fd, message->octets + sent, message->len - sent,
				   MSG_NOSIGNAL);

		if (len > 0)
			sent += (size_t)len;
		else if (errno != EAGAIN || !wait_for(exchange, POLLOUT))
			return false;
	}
	return true;
}

static bool receive(struct exchange *exchange, unsigned char *octets, size_t len)
{
	for (size_t received = 0; received < len;) {
		ssize_t more = recv(exchange->fd, octets + received, len - received, 0);

		if (more > 0)
			received += (size_t)more;
		else if (more == 0)
			errno = ECONNRESET;
		if (more == 0 || (more < 0 && (errno != EAGAIN || !wait_for(exchange, POLLIN))))
			return false;
	}
	return true;
}

static bool receive_response(struct exchange *exchange)
{
	struct tcx_pdu *response = &exchange->response;
	unsigned char *octets = exchange->octets;

	if (!receive(exchange, octets, TCX_PDU_HEADER))
		return false;
	tcx_pdu_read(response, octets);
	if (response->size > LONGEST) {
		errno = EMSGSIZE;
		return false;
	}
	return receive(exchange, octets + TCX_PDU_HEADER, response->left);
}

/* Sends and waits for the answer, whatever else the master may say before. */
static bool ask(struct exchange *exchange, const struct tcx_message *message, uint32_t packet,
		int timeout_ms, struct tcx_fault *fault)
{
	struct tcx_pdu *response = &exchange->response;
	uint16_t error;

	exchange->due_ns = tcx_clock_now() + (uint64_t)timeout_ms * TCX_NS_PER_MS;
	errno = 0;
	if (!send_message(exchange, message))
		return tcx_fault_set(fault, "it takes nothing: %s", strerror(errno));
	do {
		if (!receive_response(exchange))
			return tcx_fault_set(fault,
					     "it does not answer (%s); see that it is snmpd with "
					     "'master agentx', and its log",
					     strerror(errno));
	} while (response->type != TCX_PDU_RESPONSE || response->packet != packet);
	if (!tcx_pdu_take_error(response, &error))
		return tcx_fault_set(fault, "its answer makes no sense");
	if (error != 0)
		return tcx_fault_set(fault,
				     "it refuses with AgentX error %u (RFC 2741, 6.2.16); "
				     "see its log",
				     error);
	return true;
}

static bool converse(struct exchange *exchange, const struct tcx_notice *notice, int timeout_ms,
		     struct tcx_fault *fault)
{
	struct tcx_message message;
	uint32_t session;
	bool taken;

	tcx_message_open(&message, OPEN_PACKET, SESSION_NAME);
	if (!ask(exchange, &message, OPEN_PACKET, timeout_ms, fault))
		return false;
	session = exchange->response.session;
	tcx_notice_message(&message, session, NOTIFY_PACKET, notice);
	taken = ask(exchange, &message, NOTIFY_PACKET, timeout_ms, fault);
	tcx_message_close(&message, session, CLOSE_PACKET);
	if (taken)
		ask(exchange, &message, CLOSE_PACKET, timeout_ms, NULL);
	return taken;
}

bool tcx_notify_once(const char *address, const struct tcx_notice *notice, int timeout_ms,
		     struct tcx_fault *fault)
{
	struct exchange exchange = {.fd = tcx_address_connect(address, timeout_ms, -1)};
	bool taken;

	if (exchange.fd < 0)
		return tcx_fault_set(fault, "it cannot be reached: %s", strerror(errno));
	taken = converse(&exchange, notice, timeout_ms, fault);
	close(exchange.fd);
	return taken;
}
