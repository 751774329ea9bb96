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
#include "snmp/netsnmp.h"

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

/* The library's callbacks have no argument of ours. */
static struct tcx_wire *wire;

/* One connection. */
struct connection {
	int fd;
	unsigned char in[TCX_PDU_LONGEST]; /* what was received; it has room for any PDU of ours */
	size_t begin, in_len;		   /* from where on, and how much, is not used yet */
	uint64_t skip;			   /* octets left of a PDU that is too long */
	struct tcx_pdu asked;		   /* our request, without body, until it is answered */
	uint64_t asked_ns;		   /* when */
	bool asking;
	bool lost;
};

/*
 * False after the timeout, or when the agent shall end. *begin is when it waited first, or 0. errno
 * stays.
 */
static bool wait_writable(int fd, uint64_t *begin)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLOUT},
			       {.fd = wire->stop_fd, .events = POLLIN}};
	uint64_t now = tcx_clock_now();
	int left;

	*begin = *begin == 0 ? now : *begin;
	left = SEND_TIMEOUT_MS - (int)((now - *begin) / TCX_NS_PER_MS);
	return left > 0 && poll(fds, 2, left) > 0 && fds[1].revents == 0;
}

/* --- Giving up ---------------------------------------------------------------------------------*/

/* The library notices at its next read, and connects anew. */
static void give_up(const netsnmp_transport *transport, const char *cause)
{
	struct connection *connection = transport->data;

	if (!connection->lost)
		wire->cause = cause;
	connection->lost = true;
	shutdown(connection->fd, SHUT_RDWR);
}

/*
 * The library checks the time only while nothing comes: it would wait for ever for a master that
 * sends requests but no response.
 */
static void look_at_time(const netsnmp_transport *transport)
{
	const struct connection *connection = transport->data;
	struct pollfd stop = {.fd = wire->stop_fd, .events = POLLIN};
	uint64_t waited = tcx_clock_now() - connection->asked_ns;

	if (waited > (uint64_t)wire->timeout_s * TCX_NS_PER_S)
		give_up(transport, "it did not answer");
	else if (waited > TCX_NS_PER_S && poll(&stop, 1, 0) > 0)
		give_up(transport, "the agent ends");
}

/*
 * The library waits for responses in a loop of its own. If the connection ends there, it sets one
 * more alarm that connects each time, and two of these soon are four (handle_agentx_packet() and
 * agentx_reopen_session(), up to 5.10). So it first gets an error response, and notices the end
 * when it is back in our loop.
 */
static int end(struct connection *connection, void *buffer)
{
	if (!connection->asking)
		return 0;
	connection->asking = false;
	tcx_pdu_refuse(&connection->asked, TCX_WIRE_LOST, 0, buffer);
	return TCX_PDU_ERROR;
}

/* --- Sending -----------------------------------------------------------------------------------*/

/* Gives up if it cannot. The master may have ended the connection, which is no cause of ours. */
static bool send_all(const netsnmp_transport *transport, const unsigned char *data, size_t len)
{
	const struct connection *connection = transport->data;
	uint64_t begin = 0; /* of waiting */

	while (len > 0) {
		ssize_t sent = send(connection->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			data += sent;
			len -= (size_t)sent;
		} else if (errno != EAGAIN || !wait_writable(connection->fd, &begin)) {
			give_up(transport, errno == EAGAIN
						   ? "it did not take what was sent to it in time"
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
static void answer(const netsnmp_transport *transport, const void *octets)
{
	const struct connection *connection = transport->data;
	unsigned char error[TCX_PDU_ERROR];
	struct tcx_pdu pdu;

	tcx_pdu_read(&pdu, octets);
	if (pdu.size > TCX_PDU_LONGEST) {
		tcx_pdu_refuse(&pdu, TCX_PDU_TOO_BIG, 1, error);
		octets = error;
		pdu.size = sizeof(error);
	}
	if (!connection->lost)
		send_all(transport, octets, pdu.size);
}

void tcx_wire_answer(const struct tcx_wire *to, const void *octets)
{
	answer(to->transport, octets);
}

/*
 * The library repeats a request each second, see on_session(). Nothing is lost on this way, so that
 * is only the time to check whether to wait on. Another request means that it has given up the one
 * before. A master that does not answer one would make us wait for each of the next hundred, too.
 */
static bool ask(const netsnmp_transport *transport, const struct tcx_pdu *pdu, const void *data)
{
	struct connection *connection = transport->data;

	if (connection->asking && pdu->packet == connection->asked.packet) {
		look_at_time(transport);
		return true;
	}
	if (connection->asking) {
		give_up(transport, "it did not answer");
		return false;
	}
	connection->asked = *pdu;
	connection->asked_ns = tcx_clock_now();
	connection->asking = send_all(transport, data, pdu->size);
	return connection->asking;
}

static int send_pdu(netsnmp_transport *transport, const void *data, int len, void **opaque,
		    int *opaque_len)
{
	const struct connection *connection = transport->data;
	struct tcx_pdu pdu;

	(void)opaque;
	(void)opaque_len;
	tcx_pdu_read(&pdu, data);
	if (pdu.type == TCX_PDU_RESPONSE) {
		answer(transport, data);
		return len;
	}
	return !connection->lost && ask(transport, &pdu, data) ? len : -1;
}

/* --- Receiving ---------------------------------------------------------------------------------*/

/* Drops what is left of a PDU that is too long. */
static void skip(struct connection *connection)
{
	size_t len = connection->skip < connection->in_len ? connection->skip : connection->in_len;

	connection->begin += len;
	connection->in_len -= len;
	connection->skip -= len;
}

/* Receives all there is, as far as there is room. */
static void fill(struct connection *connection)
{
	ssize_t len;

	memmove(connection->in, connection->in + connection->begin, connection->in_len);
	connection->begin = 0;
	len = recv(connection->fd, connection->in + connection->in_len,
		   sizeof(connection->in) - connection->in_len, MSG_DONTWAIT);
	if (len > 0)
		connection->in_len += (size_t)len;
	else if (len == 0 || (errno != EAGAIN && errno != EINTR))
		connection->lost = true;
	skip(connection);
}

/* Whether the next PDU is there, or at least the header of one that is too long. */
static bool has_pdu(const struct connection *connection, struct tcx_pdu *pdu)
{
	if (connection->in_len < TCX_PDU_HEADER)
		return false;
	tcx_pdu_read(pdu, connection->in + connection->begin);
	return connection->in_len >= pdu->size || pdu->size > TCX_PDU_LONGEST;
}

/*
 * Gives PDUs to the face up to the first one that it does not take. Returns the length of that one,
 * which is then in buffer; else 0.
 */
static size_t use(struct connection *connection, void *buffer)
{
	struct tcx_pdu pdu;

	while (!connection->lost && has_pdu(connection, &pdu)) {
		const unsigned char *octets = connection->in + connection->begin;
		bool used = wire->take(wire->arg, &pdu);

		connection->skip = pdu.size;
		skip(connection);
		if (used)
			continue;
		if (pdu.type == TCX_PDU_RESPONSE && pdu.packet == connection->asked.packet)
			connection->asking = false;
		memcpy(buffer, octets, pdu.size);
		return pdu.size;
	}
	return 0;
}

/*
 * Passes on one PDU at a time. The library's transports pass on all there is, which turns a flood
 * of requests into a queue in memory, as it answers one a turn. While another one is here the
 * library gets a descriptor that is always readable, so that it asks for that, too.
 */
static int receive(netsnmp_transport *transport, void *buffer, int size, void **opaque,
		   int *opaque_len)
{
	struct connection *connection = transport->data;
	struct tcx_pdu next;
	size_t len = 0;

	(void)size; /* the library offers SNMP_MAX_RCV_MSG_SIZE, 65536, unless it has part of a PDU
		     */
	*opaque = NULL;
	*opaque_len = 0;
	if (!connection->lost && !has_pdu(connection, &next))
		fill(connection);
	if (!connection->lost)
		len = use(connection, buffer);
	if (!connection->lost && connection->asking)
		look_at_time(transport);
	if (connection->lost)
		return end(connection, buffer);
	if (len == 0)
		transport->flags |= NETSNMP_TRANSPORT_FLAG_EMPTY_PKT;
	transport->sock = has_pdu(connection, &next) ? wire->readable_fd : connection->fd;
	return (int)len;
}

/* --- The library's transport -------------------------------------------------------------------*/

static int close_socket(netsnmp_transport *transport)
{
	const struct connection *connection = transport->data;

	if (transport->sock >= 0)
		close(connection->fd);
	transport->sock = -1;
	if (wire->transport == transport)
		wire->transport = NULL;
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
	struct connection *connection = calloc(1, sizeof(*connection));
	int fd = -1;

	(void)spec;
	wire->cause = NULL;
	if (transport != NULL && connection != NULL)
		fd = connect_list();
	if (fd < 0) {
		free(transport);
		free(connection);
		return NULL;
	}
	transport->domain = domain_name;
	transport->domain_length = DOMAIN_NAME_LEN;
	transport->sock = connection->fd = fd;
	transport->flags = NETSNMP_TRANSPORT_FLAG_STREAM;
	transport->data = connection; /* which the library frees with the rest */
	transport->data_length = sizeof(*connection);
	transport->msgMaxSize = ANY_SIZE;
	transport->f_recv = receive;
	transport->f_send = send_pdu;
	transport->f_close = close_socket;
	wire->transport = transport;
	wire->connections++;
	return transport;
}

bool tcx_wire_init(struct tcx_wire *state)
{
	const char **prefixes = calloc(2, sizeof(prefixes[0])); /* which the library frees */

	wire = state;
	wire->stop_fd = -1;
	wire->readable_fd = eventfd(1, EFD_CLOEXEC);
	wire->master = "";
	wire->domain = calloc(1, sizeof(*wire->domain));
	if (wire->domain == NULL || prefixes == NULL || wire->readable_fd < 0) {
		free(prefixes);
		return false;
	}
	prefixes[0] = "tcpextd";
	wire->domain->prefix = prefixes;
	wire->domain->name = domain_name;
	wire->domain->name_length = DOMAIN_NAME_LEN;
	wire->domain->f_create_from_tspec = open_transport;
	netsnmp_tdomain_register(wire->domain);
	return true;
}

void tcx_wire_free(void)
{
	free(wire->domain);
	close(wire->readable_fd);
}
