/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink answers that are not as they should be. What comes back is recorded or made here, and
 * then the kernel is not asked: it would list all sockets of the machine for each octet that is
 * spoiled (linked with -Wl,--wrap=recvmsg,--wrap=mnl_socket_sendto).
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/kernel/rtnetlink/route_lists.h"
#include "base/octets.h"
#include "kernel/cgroups.h"
#include "kernel/ip6_interfaces.h"
#include "kernel/ip_tables.h"
#include "kernel/links.h"
#include "kernel/netlink.h"
#include "kernel/socket_tables.h"
#include "tests/unit/fixture.h"

#define DATAGRAMS     64
#define DATAGRAM_SIZE 32768

ssize_t __real_recvmsg(int fd, struct msghdr *header, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags);

ssize_t __real_mnl_socket_sendto(const struct mnl_socket *socket, const void *message, size_t len);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *message, size_t len);

/* One receive: an errno, or octets from a netlink port. */
struct datagram {
	int error;
	uint32_t from;
	size_t len;
	char *octets;
};

static struct script {
	enum { PASS, RECORD, REPLAY } mode;
	struct datagram datagrams[DATAGRAMS];
	size_t count;
	size_t next;
} script;

static void clear_script(void)
{
	for (size_t i = 0; i < script.count; i++)
		free(script.datagrams[i].octets);
	memset(&script, 0, sizeof(script));
}

static struct datagram *add_datagram(const void *octets, size_t len)
{
	struct datagram *datagram = &script.datagrams[script.count++];

	assert_in_range(script.count, 1, DATAGRAMS);
	memset(datagram, 0, sizeof(*datagram));
	datagram->len = len;
	datagram->octets = malloc(len > 0 ? len : 1);
	if (len > 0)
		memcpy(datagram->octets, octets, len);
	return datagram;
}

static void add_error(int error)
{
	add_datagram("", 0)->error = error;
}

static ssize_t replay(struct msghdr *header)
{
	const struct datagram *datagram = &script.datagrams[script.next];
	struct sockaddr_nl *from = header->msg_name;

	errno = EAGAIN;
	if (script.next == script.count)
		return -1;
	script.next++;
	errno = datagram->error;
	if (datagram->error != 0)
		return -1;
	memcpy(header->msg_iov->iov_base, datagram->octets,
	       datagram->len < header->msg_iov->iov_len ? datagram->len : header->msg_iov->iov_len);
	from->nl_pid = datagram->from;
	return (ssize_t)datagram->len;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *header, int flags)
{
	ssize_t len;

	if (script.mode == REPLAY)
		return replay(header);
	len = __real_recvmsg(fd, header, flags);
	if (script.mode == RECORD && len >= 0)
		add_datagram(header->msg_iov->iov_base, (size_t)len);
	return len;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *message, size_t len)
{
	return script.mode == REPLAY ? (ssize_t)len
				     : __real_mnl_socket_sendto(socket, message, len);
}

/* --- Datagrams made by hand ----------------------------------------------------------------- */

/* A message at the end of a datagram that is being written; len octets of body follow. */
static struct nlmsghdr *put_message(char *datagram, size_t *size, uint16_t type, size_t len)
{
	struct nlmsghdr *message = (struct nlmsghdr *)(datagram + *size);

	memset(message, 0, NLMSG_SPACE(len));
	message->nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_MULTI;
	message->nlmsg_seq = 1;
	*size += NLMSG_SPACE(len);
	return message;
}

static bool count_messages(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	(void)message;
	(void)fault;
	++*(int *)context;
	return true;
}

static int dumped; /* messages that the last dump gave */
static struct tcx_netlink netlink;

static bool dump(struct tcx_fault *fault)
{
	const struct ifinfomsg request = {0};
	const struct tcx_netlink_query query = {RTM_GETLINK, &request, sizeof(request),
						count_messages, &dumped};

	dumped = 0;
	script.mode = REPLAY;
	script.next = 0;
	tcx_netlink_close(&netlink);
	tcx_netlink_init(&netlink, NETLINK_ROUTE);
	return tcx_netlink_dump(&netlink, &query, fault);
}

/* Two messages and the end. */
static size_t write_answer(char *datagram)
{
	size_t size = 0;

	put_message(datagram, &size, RTM_NEWLINK, 16);
	put_message(datagram, &size, RTM_NEWLINK, 16);
	put_message(datagram, &size, NLMSG_DONE, 4);
	return size;
}

static int setup(void **state)
{
	(void)state;
	clear_script();
	tcx_netlink_init(&netlink, NETLINK_ROUTE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tcx_netlink_close(&netlink);
	clear_script();
	return 0;
}

static void whole_answer(void **state)
{
	char datagram[256];
	struct tcx_fault fault = {""};

	(void)state;
	add_datagram(datagram, write_answer(datagram));
	assert_true(dump(&fault));
	assert_int_equal(dumped, 2);
	assert_non_null(netlink.socket);
}

static void signals_do_not_matter(void **state)
{
	char datagram[256];

	(void)state;
	add_error(EINTR);
	add_error(EINTR);
	add_datagram(datagram, write_answer(datagram));
	assert_true(dump(NULL));
	assert_int_equal(dumped, 2);
}

/* Another process may send what it likes: an answer, an error, the end. */
static void strangers_are_not_heard(void **state)
{
	char datagram[256];
	size_t size = write_answer(datagram);

	(void)state;
	add_datagram(datagram, size)->from = 4711;
	add_datagram("x", 1)->from = 1;
	add_datagram("", 0)->from = 1;
	add_datagram(datagram, size);
	assert_true(dump(NULL));
	assert_int_equal(dumped, 2);
}

static void other_requests_answers(void **state)
{
	char datagram[256];
	size_t size = 0;

	(void)state;
	put_message(datagram, &size, RTM_NEWLINK, 16)->nlmsg_seq = 0;
	put_message(datagram, &size, NLMSG_DONE, 4)->nlmsg_seq = 7;
	put_message(datagram, &size, NLMSG_NOOP, 0);
	size += write_answer(datagram + size);
	add_datagram(datagram, size);
	assert_true(dump(NULL));
	assert_int_equal(dumped, 2);
}

static void assert_interrupted(bool interrupted, const char *text)
{
	struct tcx_fault fault = {""};

	assert_false(dump(&fault));
	assert_int_equal(netlink.interrupted, interrupted);
	assert_non_null(strstr(fault.text, text));
	/* What is left of the answer goes with the socket. */
	assert_null(netlink.socket);
}

static void interrupted(void **state)
{
	char datagram[256];
	size_t size = write_answer(datagram);

	(void)state;
	((struct nlmsghdr *)datagram)->nlmsg_flags |= NLM_F_DUMP_INTR;
	add_datagram(datagram, size);
	assert_interrupted(true, "changing");
	assert_int_equal(dumped, 0);
}

static void interrupted_at_the_end(void **state)
{
	char datagram[256];
	size_t size = 0;

	(void)state;
	put_message(datagram, &size, NLMSG_DONE, 4)->nlmsg_flags |= NLM_F_DUMP_INTR;
	add_datagram(datagram, size);
	assert_interrupted(true, "changing");
}

static void overrun(void **state)
{
	(void)state;
	add_error(ENOBUFS);
	assert_interrupted(true, "changing");
}

static void no_answer(void **state)
{
	(void)state;
	assert_interrupted(false, strerror(EAGAIN));
	assert_int_equal(netlink.error, EAGAIN);
}

/* A message that is longer than any before: there is room for it at the next try. */
static void too_long(void **state)
{
	static char datagram[60000];
	const struct tcx_netlink_query query = {RTM_GETLINK, "", 0, count_messages, &dumped};
	size_t size = 0;

	(void)state;
	put_message(datagram, &size, RTM_NEWLINK, 50000);
	size += write_answer(datagram + size);
	add_datagram(datagram, size);
	assert_interrupted(true, "");
	assert_int_equal(dumped, 0);
	script.next = 0;
	netlink.sequence = 0;
	assert_true(tcx_netlink_dump(&netlink, &query, NULL));
	assert_int_equal(dumped, 3);
}

static void cut_short(void **state)
{
	char datagram[256];
	size_t size = write_answer(datagram);

	(void)state;
	for (size_t len = 1; len < size; len++) {
		if (len % NLMSG_LENGTH(16) == 0)
			continue;
		clear_script();
		add_datagram(datagram, len);
		assert_interrupted(false, "cut short");
	}
}

static void refused(void **state)
{
	char datagram[256];
	size_t size = 0;
	const int error = -EPERM;

	(void)state;
	memcpy(NLMSG_DATA(put_message(datagram, &size, NLMSG_ERROR, sizeof(struct nlmsgerr))),
	       &error, sizeof(error));
	add_datagram(datagram, size);
	assert_interrupted(false, strerror(EPERM));
	assert_int_equal(netlink.error, EPERM);
}

/* A dump that fails on its way says so in its end. */
static void failed_at_the_end(void **state)
{
	char datagram[256];
	size_t size = 0;
	const int error = -ENOMEM;

	(void)state;
	put_message(datagram, &size, RTM_NEWLINK, 16);
	memcpy(NLMSG_DATA(put_message(datagram, &size, NLMSG_DONE, 4)), &error, sizeof(error));
	add_datagram(datagram, size);
	assert_interrupted(false, strerror(ENOMEM));
}

static void attributes_of_any_shape(void **state)
{
	const struct nlattr *attributes[4];
	union {
		struct nlattr attribute;
		char octets[64];
	} buffer = {.attribute = {.nla_len = 7, .nla_type = 2}};
	uint32_t number;

	(void)state;
	memcpy(buffer.octets + 4, "abc", 3);
	/* The last attribute may go without its padding. */
	assert_true(tcx_netlink_parse_attributes(&buffer, 7, attributes, 4, NULL));
	assert_null(attributes[1]);
	assert_ptr_equal(attributes[2], &buffer);
	assert_false(tcx_attribute_copy(attributes[2], &number, 4));
	assert_true(tcx_attribute_copy(attributes[2], &number, 3));
	assert_false(tcx_attribute_copy(NULL, &number, 0));
	assert_true(tcx_netlink_parse_attributes(&buffer, 8, attributes, 2, NULL));
	assert_true(tcx_netlink_parse_attributes(&buffer, 0, attributes, 4, NULL));
	assert_null(attributes[2]);
	for (size_t len = 1; len < 7; len++)
		assert_false(tcx_netlink_parse_attributes(&buffer, len, attributes, 4, NULL));
	buffer.attribute.nla_len = 3;
	assert_false(tcx_netlink_parse_attributes(&buffer, 7, attributes, 4, NULL));
	buffer.attribute.nla_len = 0;
	assert_false(tcx_netlink_parse_attributes(&buffer, 7, attributes, 4, NULL));
}

/* --- Real answers, spoiled ------------------------------------------------------------------ */

static const struct tcx_table_reader *const readers[] = {
	&tcx_links,	    &tcx_addresses,  &tcx_routes,	 &tcx_neighbours,  &tcx_connections,
	&tcx_udp_endpoints, &tcx_tcp_states, &tcx_tcp_listeners, &tcx_udp_sockets, &tcx_services,
};

/* The first so many come from rtnetlink, which is everywhere; the others from sock_diag. */
#define ROUTE_READERS 4

/* A network namespace of this process alone, with a little of everything in it. */
static bool furnish(void)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int endpoint = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return listen(listener, 5) == 0 &&
	       bind(endpoint, (const struct sockaddr *)&any, sizeof(any)) == 0 &&
	       system("ip link set lo up && ip link add name v0 type veth peer name v1 &&"
		      "ip link set v0 up && ip addr add 192.0.2.1/24 brd + dev v0 &&"
		      "ip route add 198.51.100.0/24 nexthop via 192.0.2.2 "
		      "nexthop via 192.0.2.3 weight 3 &&"
		      "ip route add default via 192.0.2.4 metric 9 &&"
		      "ip route add 203.0.113.0/24 dev v0 &&"
		      "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:01 dev v0 nud permanent") == 0;
}

static void need_namespace(void)
{
	static bool furnished;

	if (furnished)
		return;
	if (unshare(CLONE_NEWNET) < 0) {
		print_message("skipped: no network namespace: %s\n", strerror(errno));
		skip();
	}
	if (!furnish()) {
		print_message("skipped: the namespace cannot be furnished (ip is needed)\n");
		skip();
	}
	furnished = true;
}

/* A reading starts with sequence number 1 and each dump takes the next, so a replay fits. */
static struct tcx_table *read_new(const struct tcx_table_reader *reader, struct tcx_fault *fault)
{
	script.next = 0;
	return fixture_table("/proc", reader, 1000, NULL, fault);
}

/* A request that the kernel does not take gets no answer from here either: emulators have little of
 * netlink. */
static void need_kernel(const struct tcx_table_reader *reader, const struct tcx_fault *fault)
{
	/* Routes that name nexthops are read with these. */
	const struct tcx_table_reader *const asked[] = {reader, &tcx_nexthops};

	script.mode = PASS;
	for (size_t i = 0; i < COUNT(asked); i++) {
		struct tcx_table *table = read_new(asked[i], NULL);

		if (table == NULL) {
			print_message("skipped: %s\n", fault->text);
			skip();
		}
		tcx_table_unref(table);
	}
	fail_msg("%s", fault->text);
}

/* How many rows there are. SIZE_MAX where the kernel does not list them. */
static size_t record(const struct tcx_table_reader *reader)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table;
	size_t rows;

	clear_script();
	script.mode = RECORD;
	table = read_new(reader, &fault);
	for (size_t i = 0; table == NULL && i < ROUTE_READERS; i++)
		if (reader == readers[i])
			fail_msg("%s", fault.text);
	if (table == NULL)
		return SIZE_MAX;
	rows = table->count;
	tcx_table_unref(table);
	script.mode = REPLAY;
	return rows;
}

static void replays_are_the_same(void **state)
{
	(void)state;
	need_namespace();
	for (size_t i = 0; i < COUNT(readers); i++) {
		size_t rows = record(readers[i]);
		struct tcx_table *table;

		if (rows == SIZE_MAX)
			continue; /* no sock_diag here */
		table = read_new(readers[i], NULL);
		assert_non_null(table);
		assert_int_equal(table->count, rows);
		assert_in_range(rows, 1, 100);
		tcx_table_unref(table);
	}
}

/* The highest speed of the links. */
static uint32_t read_speed(void)
{
	struct tcx_table *table = read_new(&tcx_links, NULL);
	uint32_t highest = 0;

	assert_non_null(table);
	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_link *link = tcx_table_row(table, i);

		highest = link->speed > highest ? link->speed : highest;
	}
	tcx_table_unref(table);
	return highest;
}

/* A kernel without traffic control refuses to list queues. */
static void speed_without_queues(void **state)
{
	const int error = -EOPNOTSUPP;
	char datagram[256];
	struct nlmsghdr *message;
	size_t size = 0;
	uint32_t speed;

	(void)state;
	need_namespace();
	speed = read_speed();
	assert_int_not_equal(speed, 0);
	record(&tcx_links);
	free(script.datagrams[--script.count].octets);
	message = put_message(datagram, &size, NLMSG_ERROR, sizeof(struct nlmsgerr));
	memcpy(NLMSG_DATA(message), &error, sizeof(error));
	message->nlmsg_seq = 2;
	add_datagram(datagram, size);
	assert_int_equal(read_speed(), speed);
}

/* Either a table or a fault, whatever one octet becomes; the sanitizers watch the rest. */
static void spoil_octet(const struct tcx_table_reader *reader, char *octet)
{
	static const uint8_t spoilers[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x03};
	char good = *octet;

	for (size_t i = 0; i < COUNT(spoilers); i++) {
		struct tcx_fault fault = {""};
		struct tcx_table *table;

		*octet = (char)spoilers[i];
		table = read_new(reader, &fault);
		assert_int_equal(table == NULL, fault.text[0] != '\0');
		tcx_table_unref(table);
	}
	*octet = good;
}

static void spoiled_octets(void **state)
{
	(void)state;
	need_namespace();
	for (size_t i = 0; i < COUNT(readers); i++) {
		if (record(readers[i]) == SIZE_MAX)
			continue;
		for (size_t d = 0; d < script.count; d++)
			for (size_t at = 0; at < script.datagrams[d].len; at++)
				spoil_octet(readers[i], script.datagrams[d].octets + at);
	}
}

/* Routes that refer to a list which cannot be read are no table. */
static void without_lists(void **state)
{
	(void)state;
	need_namespace();
	record(&tcx_routes);
	assert_in_range(script.count, 2, DATAGRAMS);
	while (script.count > 0) {
		struct tcx_fault fault = {""};

		free(script.datagrams[--script.count].octets);
		assert_null(read_new(&tcx_routes, &fault));
		assert_string_equal(fault.text, "netlink: no answer: Resource temporarily "
						"unavailable");
	}
}

/* An attribute at the end of a datagram's only message. */
static void put_attribute(char *datagram, size_t *size, uint16_t type, const void *value,
			  size_t len)
{
	struct nlattr *attribute = (struct nlattr *)(datagram + *size);

	attribute->nla_len = (uint16_t)(sizeof(*attribute) + len);
	attribute->nla_type = type;
	memcpy(attribute + 1, value, len);
	*size += NLMSG_ALIGN(attribute->nla_len);
	((struct nlmsghdr *)datagram)->nlmsg_len = (uint32_t)*size;
}

/* A group's weights have 16 bits, less one: the upper octet stands behind the lower one. */
static void weights_of_nexthops(void **state)
{
	static const uint32_t ids[] = {10, 1, 2, 3};
	static const struct {
		uint8_t weight, high;
	} weights[] = {{255, 0}, {0, 2}, {200, 1}};
	struct nexthop_grp group[COUNT(weights)] = {{0}};
	const struct tcx_nexthop *found;
	struct tcx_fault fault = {""};
	struct tcx_table *table;
	char datagram[256];
	size_t end = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(group); i++) {
		group[i].id = ids[i + 1];
		memcpy((char *)&group[i] + offsetof(struct nexthop_grp, weight), &weights[i], 2);
	}
	for (size_t i = 0; i < COUNT(ids); i++) {
		size_t size = 0;

		put_message(datagram, &size, RTM_NEWNEXTHOP, sizeof(struct nhmsg));
		put_attribute(datagram, &size, NHA_ID, &ids[i], sizeof(ids[i]));
		put_attribute(datagram, &size, NHA_OIF, &ids[i], sizeof(ids[i]));
		if (i == 0)
			put_attribute(datagram, &size, NHA_GROUP, group, sizeof(group));
		add_datagram(datagram, size);
	}
	put_message(datagram, &end, NLMSG_DONE, 4);
	add_datagram(datagram, end);
	script.mode = REPLAY;
	table = read_new(&tcx_nexthops, &fault);
	if (table == NULL)
		need_kernel(&tcx_nexthops, &fault);
	found = tcx_nexthop_find(table, ids[0]);
	assert_non_null(found);
	assert_int_equal(found->link, ids[2]);
	tcx_table_unref(table);
}

/* --- What the kernel does not tell ---------------------------------------------------------- */

/* The datagram that is being written: a message and its attributes. */
static struct {
	char octets[1024];
	size_t size;
} writing;

static void begin_message(uint16_t type, const void *body, size_t len)
{
	writing.size = 0;
	memcpy(NLMSG_DATA(put_message(writing.octets, &writing.size, type, len)), body, len);
}

static void put(uint16_t type, const void *value, size_t len)
{
	put_attribute(writing.octets, &writing.size, type, value, len);
}

static void end_message(void)
{
	add_datagram(writing.octets, writing.size);
}

/* The end of the answer to a request of this number. */
static void end_answer(uint32_t sequence)
{
	writing.size = 0;
	put_message(writing.octets, &writing.size, NLMSG_DONE, 4)->nlmsg_seq = sequence;
	end_message();
	script.mode = REPLAY;
}

static struct tcx_table *read_lacking(const struct tcx_table_reader *reader, const char *lacking)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table = read_new(reader, &fault);

	if (table == NULL)
		need_kernel(reader, &fault);
	assert_string_equal(table->lacking.text, lacking);
	return table;
}

static void put_link(int index, unsigned int lacks)
{
	const struct ifinfomsg body = {
		.ifi_index = index, .ifi_type = 772, .ifi_flags = IFF_UP | IFF_PROMISC};
	const struct rtnl_link_stats64 counters = {.rx_packets = 10, .multicast = 4};
	const uint8_t status = IF_OPER_UP;
	const uint32_t mtu = 1400;

	begin_message(RTM_NEWLINK, &body, sizeof(body));
	if ((lacks & TCX_LINK_NO_NAME) == 0)
		put(IFLA_IFNAME, "v0", 3);
	if ((lacks & TCX_LINK_NO_STATUS) == 0)
		put(IFLA_OPERSTATE, &status, sizeof(status));
	if ((lacks & TCX_LINK_NO_MTU) == 0)
		put(IFLA_MTU, &mtu, sizeof(mtu));
	if ((lacks & TCX_LINK_NO_COUNTERS) == 0)
		put(IFLA_STATS64, &counters, sizeof(counters));
	end_message();
}

/* The other rows are there, and what there is of this one. */
static void lacking_links(void **state)
{
	static const struct {
		unsigned int lacks;
		const char *text;
	} rows[] = {
		{0, ""},
		{TCX_LINK_NO_NAME, "interface 7 (without a name) has no IFLA_IFNAME"},
		{TCX_LINK_NO_STATUS, "interface 7 (v0) has no IFLA_OPERSTATE"},
		{TCX_LINK_NO_MTU | TCX_LINK_NO_COUNTERS, "interface 7 (v0) has no IFLA_MTU"},
		{TCX_LINK_NO_COUNTERS, "interface 7 (v0) has no IFLA_STATS64"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct tcx_link *link;
		struct tcx_table *table;

		clear_script();
		put_link(7, rows[i].lacks);
		put_link(8, 0);
		end_answer(1);
		end_answer(2);
		table = read_lacking(&tcx_links, rows[i].text);
		assert_int_equal(table->count, 2);
		link = tcx_table_row(table, 0);
		assert_int_equal(link->lacks, rows[i].lacks);
		assert_int_equal(link->status, rows[i].lacks == TCX_LINK_NO_STATUS
						       ? TCX_LINK_UNKNOWN
						       : TCX_LINK_UP);
		link = tcx_table_row(table, 1);
		assert_int_equal(link->lacks, 0);
		assert_int_equal(link->type, 772);
		assert_int_equal(link->flags, IFF_UP | IFF_PROMISC);
		assert_true(link->admin_up);
		assert_int_equal(link->mtu, 1400);
		assert_int_equal(link->in_unicast, 6);
		tcx_table_unref(table);
	}
}

/* Without its number a link is no row. */
static void link_without_number(void **state)
{
	struct tcx_table *table;

	(void)state;
	put_link(0, 0);
	put_link(8, 0);
	end_answer(1);
	end_answer(2);
	table = read_lacking(&tcx_links, "an interface has no number");
	assert_int_equal(table->count, 1);
	tcx_table_unref(table);
}

static void lacking_addresses(void **state)
{
	const struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 7};
	struct tcx_table *table;

	(void)state;
	begin_message(RTM_NEWADDR, &body, sizeof(body));
	put(IFA_ADDRESS, "\x0a\x01\x00\x02", 4);
	end_message();
	begin_message(RTM_NEWADDR, &body, sizeof(body));
	put(IFA_LOCAL, "\x0a\x01\x00\x01", 4);
	end_message();
	end_answer(1);
	table = read_lacking(&tcx_addresses, "an address of interface 7 has no IFA_LOCAL");
	assert_int_equal(table->count, 1);
	tcx_table_unref(table);
}

static void put_neighbour(uint16_t state, const char *address, const char *hardware)
{
	const struct ndmsg body = {.ndm_family = AF_INET, .ndm_ifindex = 7, .ndm_state = state};

	begin_message(RTM_NEWNEIGH, &body, sizeof(body));
	if (address != NULL)
		put(NDA_DST, address, 4);
	if (hardware != NULL)
		put(NDA_LLADDR, hardware, 6);
	end_message();
}

static void lacking_neighbours(void **state)
{
	struct tcx_table *table;
	const struct tcx_neighbour *row;

	(void)state;
	put_neighbour(NUD_REACHABLE, NULL, "abcdef");
	put_neighbour(NUD_FAILED, "\x0a\x01\x00\x03", NULL);
	put_neighbour(NUD_REACHABLE, "\x0a\x01\x00\x02", "abcdef");
	put_neighbour(NUD_REACHABLE, "\x0a\x01\x00\x01", NULL);
	end_answer(1);
	table = read_lacking(&tcx_neighbours, "a neighbour of interface 7 has no NDA_DST");
	assert_int_equal(table->count, 3);
	for (size_t i = 0; i < table->count; i++) {
		row = tcx_table_row(table, i);
		assert_int_equal(row->hardware_known, i > 0);
	}
	tcx_table_unref(table);
	clear_script();
	put_neighbour(NUD_REACHABLE, "\x0a\x01\x00\x01", NULL);
	end_answer(1);
	tcx_table_unref(read_lacking(&tcx_neighbours,
				     "neighbour 10.1.0.1 of interface 7 has no NDA_LLADDR"));
}

static void lacking_nexthops(void **state)
{
	const struct nhmsg body = {.nh_family = AF_INET};
	const uint32_t link = 7, id = 3;
	struct tcx_table *table;

	(void)state;
	begin_message(RTM_NEWNEXTHOP, &body, sizeof(body));
	put(NHA_OIF, &link, sizeof(link));
	end_message();
	begin_message(RTM_NEWNEXTHOP, &body, sizeof(body));
	put(NHA_ID, &id, sizeof(id));
	put(NHA_OIF, &link, sizeof(link));
	end_message();
	end_answer(1);
	table = read_lacking(&tcx_nexthops, "a nexthop of interface 7 has no NHA_ID");
	assert_non_null(tcx_nexthop_find(table, id));
	tcx_table_unref(table);
}

/* Of a nexthop that is a part of what is read for routes, too. */
static void lacking_beside(void **state)
{
	const struct rtmsg body = {.rtm_family = AF_INET,
				   .rtm_dst_len = 24,
				   .rtm_table = RT_TABLE_MAIN,
				   .rtm_type = RTN_UNICAST};
	const struct nhmsg nexthop = {.nh_family = AF_INET};
	const uint32_t id = 3;
	const struct tcx_route *row;
	struct tcx_table *table;

	(void)state;
	begin_message(RTM_NEWROUTE, &body, sizeof(body));
	put(RTA_DST, "\x0a\x01\x00\x00", 4);
	put(RTA_NH_ID, &id, sizeof(id));
	end_message();
	end_answer(1);
	begin_message(RTM_NEWNEXTHOP, &nexthop, sizeof(nexthop));
	((struct nlmsghdr *)writing.octets)->nlmsg_seq = 2;
	end_message();
	end_answer(2);
	table = read_lacking(&tcx_routes, "a nexthop of interface 0 has no NHA_ID");
	assert_int_equal(table->count, 1);
	row = tcx_table_row(table, 0);
	assert_int_equal(row->type, TCX_ROUTE_OTHER);
	tcx_table_unref(table);
}

/* The answer to a request of this number: the group that lo joined, and when. */
static void tell_group(uint32_t sequence, const char *group, uint32_t joined)
{
	const struct ifaddrmsg body = {.ifa_family = AF_INET6, .ifa_index = 1};
	const struct ifa_cacheinfo times = {.cstamp = joined, .tstamp = 99};

	begin_message(RTM_GETMULTICAST, &body, sizeof(body));
	((struct nlmsghdr *)writing.octets)->nlmsg_seq = sequence;
	put(IFA_MULTICAST, group, 16);
	if (joined > 0)
		put(IFA_CACHEINFO, &times, sizeof(times));
	end_message();
	end_answer(sequence);
}

static void tell_no_group(uint32_t sequence)
{
	const int32_t error = -EPERM;

	writing.size = 0;
	memcpy(NLMSG_DATA(put_message(writing.octets, &writing.size, NLMSG_ERROR, 4)), &error, 4);
	((struct nlmsghdr *)writing.octets)->nlmsg_seq = sequence;
	end_message();
	script.mode = REPLAY;
}

/* The row of lo: since when its IPv6 is, 0 if that is unknown; -1: it is left out. */
static int64_t read_began(void)
{
	struct tcx_table *table = read_lacking(&tcx_ip6_interfaces, "");
	const struct tcx_ip6_interface *row = tcx_table_find_number(table, 1);
	int64_t began = row != NULL ? (int64_t)row->began : -1;

	assert_int_equal(script.next, script.count);
	tcx_table_unref(table);
	return began;
}

/*
 * IPv6 of an interface began when it joined ff02::1. The kernel is asked before the files are read
 * and after; where it says something else then, all is read anew.
 */
static void began(void **state)
{
	static const char nodes[] = "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
	static const char others[] = "\xff\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
	static const struct {
		const char *group;
		uint32_t joined[6]; /* 0: the time is not told */
		uint32_t dumps;
		int64_t began;
	} rows[] = {
		{nodes, {5, 5}, 2, 5},
		{nodes, {5, 6, 6, 6}, 4, 6},
		{nodes, {5, 0, 0, 6, 7, 7}, 6, 7},
		{nodes, {1, 2, 2, 3, 3, 4}, 6, -1},
		{nodes, {0, 0}, 2, 0},
		{others, {5, 6}, 2, 0},
	};

	(void)state;
	need_namespace();
	if (access("/proc/net/dev_snmp6/lo", F_OK) != 0)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		clear_script();
		for (uint32_t sequence = 1; sequence <= rows[i].dumps; sequence++)
			tell_group(sequence, rows[i].group, rows[i].joined[sequence - 1]);
		assert_int_equal(read_began(), rows[i].began);
	}
	clear_script();
	tell_no_group(1);
	tell_no_group(2);
	assert_int_equal(read_began(), 0);
}

/* --- Sockets --------------------------------------------------------------------------------- */

/* A listening IPv6 socket; v6only as the kernel tells it, -1: it does not. */
static void put_listener(uint16_t port, int v6only)
{
	struct inet_diag_msg body = {.idiag_family = AF_INET6, .idiag_state = TCP_LISTEN};
	const uint8_t only = (uint8_t)v6only;

	body.id.idiag_sport = htons(port);
	begin_message(SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
	((struct nlmsghdr *)writing.octets)->nlmsg_seq = 2;
	if (v6only >= 0)
		put(INET_DIAG_SKV6ONLY, &only, sizeof(only));
	end_message();
}

/* A socket of IPv4, or of IPv6 that talks IPv4, at 10.1.0.1 or on all addresses. */
static void put_socket(uint32_t sequence, uint8_t family, uint8_t state, const uint8_t *address,
		       uint32_t link)
{
	struct inet_diag_msg body = {.idiag_family = family, .idiag_state = state};

	body.id.idiag_sport = htons(80);
	body.id.idiag_if = link;
	memcpy(body.id.idiag_src, address, 16);
	begin_message(SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
	((struct nlmsghdr *)writing.octets)->nlmsg_seq = sequence;
	end_message();
}

static const uint8_t none[16];
static const uint8_t ipv4[16] = {10, 1, 0, 1};
static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1};
static const uint8_t all_mapped[16] = {[10] = 0xff, [11] = 0xff};

struct listener {
	uint8_t family;
	const uint8_t *address;
	uint32_t link;
};

/* In the kernel's order: the own address before any, and there the device before none. */
static const struct listener ipv4_listeners[] = {
	{AF_INET, ipv4, 1},
	{AF_INET, ipv4, 0},
	{AF_INET, none, 1},
	{AF_INET, none, 0},
};

static const struct listener mapped_listeners[] = {
	{AF_INET6, mapped, 1}, {AF_INET6, mapped, 0},	  {AF_INET6, all_mapped, 1},
	{AF_INET6, none, 1},   {AF_INET6, all_mapped, 0}, {AF_INET6, none, 0},
};

/* Whoever listens, the last of them first, and one connection that is bound to device 1. */
static struct tcx_table *read_listeners(const struct listener *listeners, size_t count,
					const uint8_t *connected)
{
	uint32_t sequence = listeners->family == AF_INET ? 1 : 2;

	clear_script();
	if (sequence == 2)
		end_answer(1);
	for (size_t i = count; i > 0; i--)
		put_socket(sequence, listeners->family, TCP_LISTEN, listeners[i - 1].address,
			   listeners[i - 1].link);
	put_socket(sequence, listeners->family, TCP_ESTABLISHED, connected, 1);
	end_answer(sequence);
	if (sequence == 1)
		end_answer(2);
	return read_lacking(&tcx_tcp_listeners, "");
}

/* Without sock_diag nothing is asked, and what a test has put there gives no answer. */
static void need_sock_diag(void)
{
	struct tcx_table *table;
	bool lacks;

	script.mode = PASS;
	table = read_new(&tcx_tcp_listeners, NULL);
	lacks = table != NULL && strcmp(table->source, "procfs") == 0;
	tcx_table_unref(table);
	script.mode = REPLAY;
	if (lacks) {
		print_message("skipped: sockets cannot be listed with sock_diag here\n");
		skip();
	}
}

static void check_chosen(const struct listener *listeners, size_t count, const uint8_t *connected)
{
	struct tcx_table *table = read_listeners(listeners, count, connected);
	size_t len = listeners->family == AF_INET ? 4 : 16;
	const struct tcx_tcp_listener *found = NULL;

	assert_int_equal(table->count, count);
	for (size_t i = 0; i < count; i++) {
		const struct tcx_tcp_listener *row = tcx_table_row(table, i);

		if (row->established > 0)
			found = row;
	}
	assert_non_null(found);
	assert_memory_equal(found->at.address, listeners->address, len);
	assert_int_equal(tcx_octets_get32(found->at.address + len), listeners->link);
	tcx_table_unref(table);
}

/* The first that there is. */
static void listener_of_connection(void **state)
{
	(void)state;
	need_sock_diag();
	for (size_t i = 0; i < COUNT(ipv4_listeners); i++)
		check_chosen(&ipv4_listeners[i], COUNT(ipv4_listeners) - i, ipv4);
	for (size_t i = 0; i < COUNT(mapped_listeners); i++)
		check_chosen(&mapped_listeners[i], COUNT(mapped_listeners) - i, mapped);
}

/* Half-open connections come right behind their listener before Linux 4.4, and then others listen.
 */
static void put_sockets(uint32_t sequence, uint8_t family)
{
	put_socket(sequence, family, TCP_LISTEN, family == AF_INET ? ipv4 : mapped, 0);
	put_socket(sequence, family, TCP_SYN_RECV, family == AF_INET ? ipv4 : mapped, 0);
	put_socket(sequence, family, TCP_LISTEN, none, 0);
	put_socket(sequence, family, TCP_SYN_RECV, family == AF_INET ? ipv4 : mapped, 0);
	put_socket(sequence, family, TCP_ESTABLISHED, none, 0);
	put_socket(sequence, family, TCP_TIME_WAIT, none, 0);
	end_answer(sequence);
}

static uint32_t sockets_in(const struct tcx_table *states, uint8_t type, uint8_t state)
{
	const uint8_t key[] = {type, state};

	return ((const struct tcx_tcp_state_row *)tcx_table_find(states, key))->sockets;
}

/*
 * One answer for each protocol and family makes all tables, and just those that are wanted: TCP's
 * come first.
 */
static void survey_of_sockets(void **state)
{
	static const struct tcx_survey *const survey = &tcx_surveys[TCX_SURVEY_SOCKETS];
	const unsigned int all = 1U << TCX_TABLE_TCP_CONNECTIONS | 1U << TCX_TABLE_TCP_STATES |
				 1U << TCX_TABLE_TCP_LISTENERS | 1U << TCX_TABLE_UDP_ENDPOINTS |
				 1U << TCX_TABLE_UDP_SOCKETS;
	struct tcx_table *tables[TCX_TABLES];

	(void)state;
	need_sock_diag();
	put_sockets(1, AF_INET);
	put_sockets(2, AF_INET6);
	put_socket(3, AF_INET, TCP_CLOSE, ipv4, 0);
	end_answer(3);
	put_socket(4, AF_INET6, TCP_ESTABLISHED, mapped, 0);
	end_answer(4);
	assert_true(fixture_survey("/proc", survey, all, tables, 1000, NULL, NULL));
	assert_int_equal(script.next, script.count);
	for (size_t id = 0; id < TCX_TABLES; id++)
		assert_int_equal(tables[id] != NULL, all >> id & 1);
	for (uint8_t type = TCX_IPV4; type <= TCX_IPV6; type++) {
		const struct tcx_table *states = tables[TCX_TABLE_TCP_STATES];
		const struct tcx_tcp_listener *any =
			tcx_table_row(tables[TCX_TABLE_TCP_LISTENERS], type == TCX_IPV4 ? 0 : 2);

		assert_int_equal(sockets_in(states, type, TCX_TCP_LISTEN), 2);
		assert_int_equal(sockets_in(states, type, TCX_TCP_SYN_RECEIVED), 2);
		assert_int_equal(sockets_in(states, type, TCX_TCP_ESTABLISHED), 1);
		assert_int_equal(sockets_in(states, type, TCX_TCP_TIME_WAIT), 1);
		assert_int_equal(any[0].established, 1);
		assert_int_equal(any[0].syn_received, 0);
		assert_int_equal(any[1].syn_received, 2);
	}
	assert_int_equal(tables[TCX_TABLE_TCP_CONNECTIONS]->count, 3);
	assert_int_equal(tables[TCX_TABLE_UDP_ENDPOINTS]->count, 2);
	assert_int_equal(tables[TCX_TABLE_UDP_SOCKETS]->count, 2);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(tables[id]);
}

/* How many sockets of IPv6 the kernel told of. */
static size_t count_ipv6(void)
{
	size_t count = 0;

	for (size_t i = 0; i < script.count; i++) {
		const struct nlmsghdr *message = (const void *)script.datagrams[i].octets;
		int left = (int)script.datagrams[i].len;

		for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
			const struct inet_diag_msg *body = mnl_nlmsg_get_payload(message);

			count += message->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
				 body->idiag_family == AF_INET6;
		}
	}
	return count;
}

/* The kernel leaves out what speaks no IPv4, unless another table of the survey wants it. */
static void filtered_if_alone(void **state)
{
	static const struct tcx_survey *const survey = &tcx_surveys[TCX_SURVEY_SOCKETS];
	const struct sockaddr_in6 fd00 = {.sin6_family = AF_INET6, .sin6_addr.s6_addr[0] = 0xfd};
	struct tcx_table *tables[TCX_TABLES];
	const int one = 1;
	int listener;

	(void)state;
	need_namespace();
	listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (setsockopt(listener, IPPROTO_IP, IP_FREEBIND, &one, sizeof(one)) < 0 ||
	    bind(listener, (const struct sockaddr *)&fd00, sizeof(fd00)) < 0 ||
	    listen(listener, 1) < 0 || record(&tcx_connections) == SIZE_MAX) {
		print_message("skipped: no IPv6, or no sock_diag\n");
		skip();
	}
	assert_int_equal(count_ipv6(), 0);
	clear_script();
	script.mode = RECORD;
	assert_true(fixture_survey("/proc", survey,
				   1U << TCX_TABLE_TCP_CONNECTIONS | 1U << TCX_TABLE_TCP_STATES,
				   tables, 1000, NULL, NULL));
	assert_int_equal(count_ipv6(), 1);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(tables[id]);
	close(listener);
}

/* Kernels before 4.3 do not tell whether a socket on :: takes IPv4 as well. */
static void listeners_on_all_of_ipv6(void **state)
{
	const struct tcx_connection *row;
	struct tcx_table *table;

	(void)state;
	need_sock_diag();
	end_answer(1);
	put_listener(80, -1);
	put_listener(81, 1);
	put_listener(82, 0);
	end_answer(2);
	table = read_lacking(&tcx_connections, "");
	assert_string_equal(table->source, "sock_diag");
	assert_int_equal(table->count, 1);
	row = tcx_table_row(table, 0);
	assert_int_equal(row->local_port[1], 82);
	assert_int_equal(row->state, TCX_TCP_LISTEN);
	tcx_table_unref(table);
}

/* A listener of a port whose cgroup the kernel tells in so many octets. */
static void put_of_cgroup(uint16_t port, size_t octets)
{
	struct inet_diag_msg body = {.idiag_family = AF_INET, .idiag_state = TCP_LISTEN};
	const uint64_t id = UINT64_MAX - 1;

	body.id.idiag_sport = htons(port);
	begin_message(SOCK_DIAG_BY_FAMILY, &body, sizeof(body));
	if (octets > 0)
		put(INET_DIAG_CGROUP_ID, &id, octets);
	end_message();
}

/*
 * Kernels before 5.8 do not tell the cgroup: then there is no service, and no nameless one either.
 * This one is in no tree.
 */
static void cgroups(void **state)
{
	static const size_t told[] = {0, sizeof(uint32_t), sizeof(uint64_t)};
	const unsigned int wanted = 1U << TCX_TABLE_TCP_LISTENERS | 1U << TCX_TABLE_SERVICES;
	struct tcx_table *tables[TCX_TABLES];

	(void)state;
	need_sock_diag();
	for (size_t i = 0; i < COUNT(told); i++) {
		const bool known = told[i] == sizeof(uint64_t);
		const struct tcx_tcp_listener *row;

		clear_script();
		script.mode = REPLAY;
		put_of_cgroup(80, told[i]);
		for (uint32_t sequence = 1; sequence <= 4; sequence++)
			end_answer(sequence);
		assert_true(fixture_survey("/proc", &tcx_surveys[TCX_SURVEY_SOCKETS], wanted,
					   tables, 1000, NULL, NULL));
		assert_int_equal(tables[TCX_TABLE_TCP_LISTENERS]->count, 1);
		row = tcx_table_row(tables[TCX_TABLE_TCP_LISTENERS], 0);
		assert_int_equal(row->at.cgroup, known ? UINT64_MAX - 1 : 0);
		assert_int_equal(tables[TCX_TABLE_SERVICES]->count, known);
		assert_null(tcx_cgroup_of(tables[TCX_TABLE_SERVICES], row->at.cgroup));
		for (size_t id = 0; id < TCX_TABLES; id++)
			tcx_table_unref(tables[id]);
	}
}

/* Messages that are too short for what they are. */
static void hollow_messages(void **state)
{
	static const struct {
		const struct tcx_table_reader *reader;
		uint16_t type;
		size_t len; /* so much of zeros is a fault, and less too */
	} rows[] = {
		{&tcx_links, RTM_NEWLINK, sizeof(struct ifinfomsg) - 1},
		{&tcx_addresses, RTM_NEWADDR, sizeof(struct ifaddrmsg) - 1},
		{&tcx_routes, RTM_NEWROUTE, sizeof(struct rtmsg) - 1},
		{&tcx_neighbours, RTM_NEWNEIGH, sizeof(struct ndmsg) - 1},
		{&tcx_connections, SOCK_DIAG_BY_FAMILY, sizeof(struct inet_diag_msg) - 1},
	};
	char datagram[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t len = 0; len <= rows[i].len; len++) {
			struct tcx_fault fault = {""};
			size_t size = 0;

			clear_script();
			script.mode = REPLAY;
			put_message(datagram, &size, rows[i].type, len);
			put_message(datagram, &size, NLMSG_DONE, 4);
			add_datagram(datagram, size);
			assert_null(read_new(rows[i].reader, &fault));
			if (strstr(fault.text, "too short") == NULL)
				need_kernel(rows[i].reader, &fault);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(signals_do_not_matter, setup, teardown),
		cmocka_unit_test_setup_teardown(strangers_are_not_heard, setup, teardown),
		cmocka_unit_test_setup_teardown(other_requests_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(interrupted_at_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(overrun, setup, teardown),
		cmocka_unit_test_setup_teardown(no_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_short, setup, teardown),
		cmocka_unit_test_setup_teardown(refused, setup, teardown),
		cmocka_unit_test_setup_teardown(failed_at_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(attributes_of_any_shape, setup, teardown),
		cmocka_unit_test_setup_teardown(replays_are_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(speed_without_queues, setup, teardown),
		cmocka_unit_test_setup_teardown(without_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(spoiled_octets, setup, teardown),
		cmocka_unit_test_setup_teardown(weights_of_nexthops, setup, teardown),
		cmocka_unit_test_setup_teardown(lacking_links, setup, teardown),
		cmocka_unit_test_setup_teardown(link_without_number, setup, teardown),
		cmocka_unit_test_setup_teardown(lacking_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(lacking_neighbours, setup, teardown),
		cmocka_unit_test_setup_teardown(lacking_nexthops, setup, teardown),
		cmocka_unit_test_setup_teardown(lacking_beside, setup, teardown),
		cmocka_unit_test_setup_teardown(began, setup, teardown),
		cmocka_unit_test_setup_teardown(listener_of_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(survey_of_sockets, setup, teardown),
		cmocka_unit_test_setup_teardown(filtered_if_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(listeners_on_all_of_ipv6, setup, teardown),
		cmocka_unit_test_setup_teardown(cgroups, setup, teardown),
		cmocka_unit_test_setup_teardown(hollow_messages, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
