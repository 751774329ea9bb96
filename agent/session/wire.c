/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport below the AgentX session, with a timeout for everything. */
#include "session/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "session/address.h"
#include "session/pdu.h"
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
	unsigned char in[TCX_PDU_LONGEST]; /* the PDU that is being received */
	size_t in_len;
	uint64_t skip;	      /* octets left of a PDU that is too long */
	struct tcx_pdu asked; /* our request, until the master has answered */
	uint64_t asked_ns;    /* when */
	bool asking;
	bool lost;
};

static bool is_to_end(void)
{
	struct pollfd stop = {.fd = wire->stop_fd, .events = POLLIN};

	return poll(&stop, 1, 0) > 0;
}

/* False after the timeout, or when the agent shall end. */
static bool wait_writable(int fd, int timeout_ms)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLOUT},
			       {.fd = wire->stop_fd, .events = POLLIN}};

	return poll(fds, 2, timeout_ms) > 0 && fds[1].revents == 0;
}

/* --- Giving up ---------------------------------------------------------------------------------*/

/* The library notices at its next read, and connects anew. */
static void give_up(const netsnmp_transport *transport, const char *cause)
{
	struct connection *connection = transport->data;

	if (!connection->lost)
		wire->cause = cause;
	connection->lost = true;
	shutdown(transport->sock, SHUT_RDWR);
}

/* After send_all(), which also fails if the master has ended the connection. */
static void give_up_sending(const netsnmp_transport *transport)
{
	give_up(transport, errno == EAGAIN ? "it did not take what was sent to it in time" : NULL);
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

static bool send_all(int fd, const unsigned char *data, size_t len)
{
	const uint64_t begin = tcx_clock_now();

	while (len > 0) {
		ssize_t sent = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		int left = SEND_TIMEOUT_MS - (int)((tcx_clock_now() - begin) / TCX_NS_PER_MS);

		if (sent > 0) {
			data += sent;
			len -= (size_t)sent;
		} else if (errno != EAGAIN || left <= 0 || !wait_writable(fd, left))
			return false;
	}
	return true;
}

/*
 * A response that the master would drop becomes an error of its first varbind: the master ignores
 * an error without a varbind.
 */
static bool send_answer(int fd, const struct tcx_pdu *pdu, const void *data)
{
	unsigned char error[TCX_PDU_ERROR];

	if (pdu->size <= TCX_PDU_LONGEST)
		return send_all(fd, data, pdu->size);
	tcx_pdu_refuse(pdu, TCX_PDU_TOO_BIG, 1, error);
	return send_all(fd, error, sizeof(error));
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
		if (is_to_end())
			give_up(transport, "the agent ends");
		return true;
	}
	if (connection->asking) {
		give_up(transport, "it did not answer");
		return false;
	}
	connection->asked = *pdu;
	connection->asked_ns = tcx_clock_now();
	connection->asking = send_all(transport->sock, data, pdu->size);
	return connection->asking;
}

/* A response that cannot be sent is dropped silently: the end of the session is logged. */
static int send_pdu(netsnmp_transport *transport, const void *data, int len, void **opaque,
		    int *opaque_len)
{
	struct connection *connection = transport->data;
	struct tcx_pdu pdu;
	bool sent;

	(void)opaque;
	(void)opaque_len;
	tcx_pdu_read(&pdu, data);
	if (connection->lost)
		sent = false;
	else if (tcx_pdu_asks_master(&pdu))
		sent = ask(transport, &pdu, data);
	else
		sent = send_answer(transport->sock, &pdu, data);
	if (!sent && !connection->lost)
		give_up_sending(transport);
	return sent || pdu.type == TCX_PDU_RESPONSE ? len : -1;
}

/* --- Receiving ---------------------------------------------------------------------------------*/

/* Reads behind what is in in. Returns the octets; 0 also at the end of the connection. */
static size_t take(const netsnmp_transport *transport, size_t size)
{
	struct connection *connection = transport->data;
	ssize_t len =
		recv(transport->sock, connection->in + connection->in_len, size, MSG_DONTWAIT);

	if (len > 0)
		return (size_t)len;
	if (len == 0 || (errno != EAGAIN && errno != EINTR))
		connection->lost = true;
	return 0;
}

/* Reads on to size octets. False while they are not there. */
static bool fill(const netsnmp_transport *transport, size_t size)
{
	struct connection *connection = transport->data;

	if (connection->in_len < size)
		connection->in_len += take(transport, size - connection->in_len);
	return connection->in_len >= size;
}

/*
 * The library checks the time only while nothing comes: it would wait for ever for a master that
 * sends requests but no response.
 */
static void look_at_time(const netsnmp_transport *transport)
{
	const struct connection *connection = transport->data;
	uint64_t waited = tcx_clock_now() - connection->asked_ns;

	if (waited > (uint64_t)wire->timeout_s * TCX_NS_PER_S)
		give_up(transport, "it did not answer");
	else if (waited > TCX_NS_PER_S && is_to_end())
		give_up(transport, "the agent ends");
}

/*
 * Skips a PDU that the library must not see and whose header is in connection->in. Everything is
 * registered in the default context; of another context's name the library copies the part before
 * the first 0 and reads as much as was sent (agentx_parse(), 5.9.3).
 */
static bool skip(const netsnmp_transport *transport, const struct tcx_pdu *pdu)
{
	struct connection *connection = transport->data;
	unsigned char answer[TCX_PDU_ERROR];
	bool too_big = pdu->size > TCX_PDU_LONGEST;

	if (!too_big && !tcx_pdu_has_context(pdu))
		return false;
	connection->in_len = 0;
	connection->skip = pdu->size - TCX_PDU_HEADER;
	tcx_pdu_refuse(pdu, too_big ? TCX_PDU_TOO_BIG : TCX_PDU_UNSUPPORTED_CONTEXT, too_big,
		       answer);
	if (tcx_pdu_asks_us(pdu) && !send_all(transport->sock, answer, sizeof(answer)))
		give_up_sending(transport);
	return true;
}

/* The length of the PDU in connection->in; 0 while it is incomplete. */
static size_t receive_pdu(const netsnmp_transport *transport)
{
	struct connection *connection = transport->data;
	struct tcx_pdu pdu;

	if (!fill(transport, TCX_PDU_HEADER))
		return 0;
	tcx_pdu_read(&pdu, connection->in);
	if (skip(transport, &pdu) || !fill(transport, pdu.size))
		return 0;
	if (connection->asking && pdu.type == TCX_PDU_RESPONSE &&
	    pdu.packet == connection->asked.packet)
		connection->asking = false;
	return pdu.size;
}

static void skip_more(const netsnmp_transport *transport)
{
	struct connection *connection = transport->data;

	connection->skip -=
		take(transport, connection->skip < sizeof(connection->in) ? connection->skip
									  : sizeof(connection->in));
}

/*
 * Passes on one whole PDU at a time. The library's transports read all there is, which turns a
 * flood of requests into a queue in memory, as it answers one a turn.
 */
static int receive(netsnmp_transport *transport, void *buffer, int size, void **opaque,
		   int *opaque_len)
{
	struct connection *connection = transport->data;
	size_t len = 0;

	(void)size; /* the library offers SNMP_MAX_RCV_MSG_SIZE, 65536, unless it has part of a PDU
		     */
	*opaque = NULL;
	*opaque_len = 0;
	if (!connection->lost && connection->skip > 0)
		skip_more(transport);
	else if (!connection->lost)
		len = receive_pdu(transport);
	if (!connection->lost && connection->asking)
		look_at_time(transport);
	if (connection->lost)
		return end(connection, buffer);
	if (len == 0)
		transport->flags |= NETSNMP_TRANSPORT_FLAG_EMPTY_PKT;
	memcpy(buffer, connection->in, len);
	connection->in_len -= len;
	return (int)len;
}

/* --- The library's transport -------------------------------------------------------------------*/

static int close_socket(netsnmp_transport *transport)
{
	if (transport->sock >= 0)
		close(transport->sock);
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
	wire->unproven = fd >= 0;
	return fd;
}

/* Begins after an address that gave a connection but no session, so that it blocks no other. */
static const char *begin_of(const char *list)
{
	const char *rest = list;
	char address[PATH_MAX];

	while (wire->unproven && tcx_address_next(&rest, address))
		if (strcmp(address, wire->address) == 0)
			return rest;
	return list;
}

static int connect_list(const char *list)
{
	const char *begin = begin_of(list);
	int fd = connect_first(begin);

	return fd >= 0 || begin == list ? fd : connect_first(list);
}

static netsnmp_transport *open_transport(netsnmp_tdomain_spec *spec)
{
	netsnmp_transport *transport = calloc(1, sizeof(*transport));
	struct connection *connection = calloc(1, sizeof(*connection));
	int fd = -1;

	(void)spec;
	wire->cause = NULL;
	if (transport != NULL && connection != NULL)
		fd = connect_list(wire->master);
	if (fd < 0) {
		free(transport);
		free(connection);
		return NULL;
	}
	transport->domain = domain_name;
	transport->domain_length = DOMAIN_NAME_LEN;
	transport->sock = fd;
	transport->flags = NETSNMP_TRANSPORT_FLAG_STREAM;
	transport->data = connection; /* which the library frees with the rest */
	transport->data_length = sizeof(*connection);
	transport->msgMaxSize = ANY_SIZE;
	transport->f_recv = receive;
	transport->f_send = send_pdu;
	transport->f_close = close_socket;
	return transport;
}

bool tcx_wire_init(struct tcx_wire *state)
{
	const char **prefixes = calloc(2, sizeof(prefixes[0])); /* which the library frees */

	wire = state;
	wire->stop_fd = -1;
	wire->master = "";
	wire->domain = calloc(1, sizeof(*wire->domain));
	if (wire->domain == NULL || prefixes == NULL) {
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
}
