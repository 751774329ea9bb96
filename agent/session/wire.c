/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport below the AgentX session, with a timeout for everything. */
#include "session/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "session/address.h"

/*
 * How long the master may take to receive. A master that floods us with requests waits for us as
 * well: neither would go on.
 */
#define SEND_TIMEOUT_MS 2000

/* As the library's own transports have it. */
#define ANY_SIZE 0x7fffffff

/* Nobody else's. */
static const oid domain_name[] = {TCX_MIB_ROOT};
#define DOMAIN_NAME_LEN (sizeof(domain_name) / sizeof(domain_name[0]))

static const char *const prefixes[] = {"tcpextd", NULL};

/* The library's callbacks have no argument of ours. */
static struct tcx_wire *wire;

/* False after the timeout, counted from begin on, or when the agent shall end. errno stays. */
static bool wait_writable(uint64_t begin)
{
	struct pollfd fds[] = {{.fd = wire->fd, .events = POLLOUT},
			       {.fd = wire->stop_fd, .events = POLLIN}};
	uint64_t waited_ms = (tcx_clock_now() - begin) / TCX_NS_PER_MS;

	return waited_ms < SEND_TIMEOUT_MS && poll(fds, 2, SEND_TIMEOUT_MS - (int)waited_ms) > 0 &&
	       fds[1].revents == 0;
}

/* --- Giving up ---------------------------------------------------------------------------------*/

/* The library notices at its next read, and connects anew. */
static void give_up(const char *cause)
{
	if (!wire->lost)
		wire->cause = cause;
	wire->lost = true;
	shutdown(wire->fd, SHUT_RDWR);
}

/*
 * The library checks the time only while nothing comes: it would wait for ever for a master that
 * sends requests but no response.
 */
static void look_at_time(void)
{
	struct pollfd stop = {.fd = wire->stop_fd, .events = POLLIN};
	uint64_t waited = tcx_clock_now() - wire->asked_ns;

	if (waited > (uint64_t)wire->timeout_s * TCX_NS_PER_S)
		give_up("it did not answer");
	else if (waited > TCX_NS_PER_S && poll(&stop, 1, 0) > 0)
		give_up("the agent ends");
}

/*
 * The library waits for responses in a loop of its own. If the connection ends there, it sets one
 * more alarm that connects each time, and two of these soon are four (handle_agentx_packet() and
 * agentx_reopen_session(), up to 5.10). So it first gets an error response, and notices the end
 * when it is back in our loop.
 */
static int end(void *buffer)
{
	if (!wire->asking)
		return 0;
	wire->asking = false;
	tcx_pdu_refuse(&wire->asked, TCX_WIRE_LOST, 0, buffer);
	return TCX_PDU_ERROR;
}

/* --- Sending -----------------------------------------------------------------------------------*/

/* Gives up if it cannot. The master may have ended the connection, which is no cause of ours. */
static bool send_all(const unsigned char *data, size_t len)
{
	const uint64_t begin = tcx_clock_now();

	while (len > 0) {
		ssize_t sent = send(wire->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			data += sent;
			len -= (size_t)sent;
		} else if (errno != EAGAIN || !wait_writable(begin)) {
			give_up(errno == EAGAIN ? "it did not take what was sent to it in time"
						: NULL);
			return false;
		}
	}
	return true;
}

/*
 * A response that the master would drop becomes an error of its first varbind: the master ignores
 * an error without a varbind. One that cannot be sent is dropped silently: the end of the session
 * is logged.
 */
void tcx_wire_answer(const void *octets)
{
	unsigned char error[TCX_PDU_ERROR];
	struct tcx_pdu pdu;

	tcx_pdu_read(&pdu, octets);
	if (pdu.size > TCX_PDU_LONGEST) {
		tcx_pdu_refuse(&pdu, TCX_PDU_TOO_BIG, 1, error);
		octets = error;
		pdu.size = sizeof(error);
	}
	if (!wire->lost)
		send_all(octets, pdu.size);
}

bool tcx_wire_request(const struct tcx_message *message)
{
	return !wire->lost && send_all(message->octets, message->len);
}

/*
 * The library repeats a request each second, see on_session(). Nothing is lost on this way, so that
 * is only the time to check whether to wait on. Another request means that it has given up the one
 * before. A master that does not answer one would make us wait for each of the next hundred, too.
 */
static bool ask(const struct tcx_pdu *pdu, const void *data)
{
	if (wire->asking && pdu->packet == wire->asked.packet) {
		look_at_time();
		return true;
	}
	if (wire->asking) {
		give_up("it did not answer");
		return false;
	}
	wire->asked = *pdu;
	wire->asked_ns = tcx_clock_now();
	wire->asking = send_all(data, pdu->size);
	return wire->asking;
}

static int send_pdu(netsnmp_transport *transport, const void *data, int len, void **opaque,
		    int *opaque_len)
{
	struct tcx_pdu pdu;

	(void)transport;
	(void)opaque;
	(void)opaque_len;
	tcx_pdu_read(&pdu, data);
	if (pdu.type == TCX_PDU_RESPONSE) {
		tcx_wire_answer(data);
		return len;
	}
	return !wire->lost && ask(&pdu, data) ? len : -1;
}

/* --- Receiving ---------------------------------------------------------------------------------*/

/* Drops what is left of a PDU that is too long. */
static void skip(void)
{
	size_t len = wire->skip < wire->in_len ? wire->skip : wire->in_len;

	wire->begin += len;
	wire->in_len -= len;
	wire->skip -= len;
}

/* Receives all there is, as far as there is room. */
static void fill(void)
{
	ssize_t len;

	memmove(wire->in, wire->in + wire->begin, wire->in_len);
	wire->begin = 0;
	len = recv(wire->fd, wire->in + wire->in_len, sizeof(wire->in) - wire->in_len,
		   MSG_DONTWAIT);
	if (len > 0)
		wire->in_len += (size_t)len;
	else if (len == 0 || (errno != EAGAIN && errno != EINTR))
		wire->lost = true;
	skip();
}

/* Whether the next PDU is there, or at least the header of one that is too long. */
static bool has_pdu(struct tcx_pdu *pdu)
{
	if (wire->in_len < TCX_PDU_HEADER)
		return false;
	tcx_pdu_read(pdu, wire->in + wire->begin);
	return wire->in_len >= pdu->size || pdu->size > TCX_PDU_LONGEST;
}

/*
 * Puts into buffer what the library gets of a PDU, and returns its length. Of responses that is the
 * one that it waits for: as long as that is not whole the time runs on. It uses the beginning only,
 * and would drop all of one whose varbinds it cannot read.
 */
static size_t hand_on(const struct tcx_pdu *pdu, const unsigned char *octets, void *buffer)
{
	if (pdu->type != TCX_PDU_RESPONSE) {
		memcpy(buffer, octets, pdu->size);
		return pdu->size;
	}
	if (!wire->asking || pdu->packet != wire->asked.packet || !tcx_pdu_strip(pdu, buffer))
		return 0;
	wire->asking = false;
	return TCX_PDU_ERROR;
}

/*
 * Gives PDUs to the face up to the first one of which the library gets something. Returns the
 * length of that, which is then in buffer; else 0.
 */
static size_t use(void *buffer)
{
	struct tcx_pdu pdu;

	while (!wire->lost && has_pdu(&pdu)) {
		const unsigned char *octets = wire->in + wire->begin;
		bool used = wire->take(wire->arg, &pdu);
		size_t len = used ? 0 : hand_on(&pdu, octets, buffer);

		wire->skip = pdu.size;
		skip();
		if (len > 0)
			return len;
	}
	return 0;
}

/*
 * Passes on one PDU at a time, for which the library offers room (SNMP_MAX_RCV_MSG_SIZE, 65536).
 * The library's transports pass on all there is, which turns a flood of requests into a queue in
 * memory, as it answers one a turn. While another one is here the library gets a descriptor that is
 * always readable, so that it asks for that, too.
 */
static int receive(netsnmp_transport *transport, void *buffer, int size, void **opaque,
		   int *opaque_len)
{
	struct tcx_pdu next;
	size_t len;

	(void)size;
	*opaque = NULL;
	*opaque_len = 0;
	if (!wire->lost && !has_pdu(&next))
		fill();
	len = use(buffer);
	if (!wire->lost && wire->asking)
		look_at_time();
	if (wire->lost)
		return end(buffer);
	if (len == 0)
		transport->flags |= NETSNMP_TRANSPORT_FLAG_EMPTY_PKT;
	transport->sock = has_pdu(&next) ? wire->readable_fd : wire->fd;
	return (int)len;
}

/* --- The library's transport -------------------------------------------------------------------*/

static int close_socket(netsnmp_transport *transport)
{
	if (transport->sock >= 0) {
		close(wire->fd);
		wire->number++;
	}
	transport->sock = -1;
	return 0;
}

/* Connects to the first address of the list that can be reached. */
static int connect_first(const char *list)
{
	char address[PATH_MAX];
	int fd = -1;

	while (fd < 0 && tcx_address_next(&list, address))
		fd = tcx_address_connect(address, wire->timeout_s * 1000, wire->stop_fd);
	if (fd >= 0)
		strcpy(wire->address, address);
	wire->rest = fd >= 0 ? list : NULL;
	return fd;
}

/* Begins after an address that gave a connection but no session, so that it blocks no other. */
static int connect_list(void)
{
	int fd = wire->rest != NULL ? connect_first(wire->rest) : -1;

	return fd >= 0 ? fd : connect_first(wire->master);
}

static netsnmp_transport *open_transport(netsnmp_tdomain_spec *spec)
{
	netsnmp_transport *transport = calloc(1, sizeof(*transport));

	(void)spec;
	wire->cause = NULL;
	wire->fd = transport != NULL ? connect_list() : -1;
	if (wire->fd < 0) {
		free(transport);
		return NULL;
	}
	wire->number++;
	wire->lost = false;
	wire->asking = false;
	wire->in_len = 0;
	wire->skip = 0;
	transport->domain = domain_name;
	transport->domain_length = DOMAIN_NAME_LEN;
	transport->sock = wire->fd;
	transport->flags = NETSNMP_TRANSPORT_FLAG_STREAM;
	transport->msgMaxSize = ANY_SIZE;
	transport->f_recv = receive;
	transport->f_send = send_pdu;
	transport->f_close = close_socket;
	return transport;
}

bool tcx_wire_init(struct tcx_wire *state, struct tcx_fault *fault)
{
	wire = state;
	wire->stop_fd = -1;
	wire->readable_fd = eventfd(1, EFD_CLOEXEC);
	if (wire->readable_fd < 0)
		return tcx_fault_set(fault, "no descriptor: %s", strerror(errno));
	wire->master = "";
	wire->domain.prefix = (const char **)prefixes;
	wire->domain.name = domain_name;
	wire->domain.name_length = DOMAIN_NAME_LEN;
	wire->domain.f_create_from_tspec = open_transport;
	netsnmp_tdomain_register(&wire->domain);
	return true;
}
