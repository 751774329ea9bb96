/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of a master: lists of them, what kind each is, and what becomes of a connection. */
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "session/address.h"
#include "tests/unit/fixture.h"

#define NOBODY	(-1)
#define TIMEOUT 5000 /* ms */

static void lists(void **state)
{
	static const struct {
		const char *list, *each; /* each behind the other, with a bar behind it */
	} lists[] = {
		{"/x/master", "/x/master|"},
		{"/x/master,tcp:127.0.0.1:705", "/x/master|tcp:127.0.0.1:705|"},
		{" /x/master , tcp:[::1]:705\t,", "/x/master|tcp:[::1]:705|"},
		{",,/a b,", "/a b|"},
		{"", ""},
		{" , ,", ""},
	};
	char address[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		const char *list = lists[i].list;
		char each[128] = "";

		while (tcx_address_next(&list, address))
			strcat(strcat(each, address), "|");
		assert_string_equal(each, lists[i].each);
	}
}

static void paths(void **state)
{
	(void)state;
	assert_string_equal(tcx_address_path("/x/master"), "/x/master");
	assert_string_equal(tcx_address_path("unix:/x/master"), "/x/master");
	assert_string_equal(tcx_address_path("x/master"), "x/master");
	assert_null(tcx_address_path("tcp:localhost:705"));
	assert_null(tcx_address_path("TCP6:[::1]:705"));
	assert_null(tcx_address_path("localhost:705"));
	assert_null(tcx_address_path("705"));
}

/* A socket of this family with a port of its own; listens when backlog is not negative. */
static int open_port(int family, int backlog, in_port_t *port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *own = family == AF_INET ? (void *)&four : (void *)&six;
	socklen_t len = family == AF_INET ? sizeof(four) : sizeof(six);
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, own, len) != 0 || getsockname(fd, own, &len) != 0 ||
	    (backlog >= 0 && listen(fd, backlog) != 0)) {
		close(fd);
		return -1;
	}
	*port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
	return fd;
}

static const char *with_port(const char *host, in_port_t port)
{
	static char address[64];

	snprintf(address, sizeof(address), "%s%d", host, port);
	return address;
}

static void takes(const char *address)
{
	int fd = tcx_address_connect(address, TIMEOUT, NOBODY);

	if (fd < 0)
		fail_msg("%s: %d, %s", address, fd, strerror(errno));
	close(fd);
}

static void hosts(void **state)
{
	in_port_t port;
	int fd = open_port(AF_INET, 9, &port);

	(void)state;
	assert_true(fd >= 0);
	takes(with_port("tcp:127.0.0.1:", port));
	takes(with_port("127.0.0.1:", port));
	takes(with_port("tcp:", port));
	takes(with_port("tcp::", port));
	close(fd);
	fd = open_port(AF_INET6, 9, &port);
	if (fd < 0)
		skip();
	takes(with_port("tcp6:[::1]:", port));
	takes(with_port("tcpipv6:[::1]:", port));
	close(fd);
}

static void long_path(void **state)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(tcx_address_connect(path, TIMEOUT, NOBODY), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

/* What connecting gives, and what the log then says of it. */
static void expect(const char *address, int error, const char *says)
{
	struct tcx_fault fault = {""};
	int fd = tcx_address_connect(address, TIMEOUT, NOBODY);

	if (fd != -1 || errno != error)
		fail_msg("%s: %d, %s", address, fd, strerror(errno));
	assert_false(tcx_address_probe(address, NOBODY, &fault));
	if (strstr(fault.text, says) == NULL)
		fail_msg("%s: '%s' lacks '%s'", address, fault.text, says);
}

/* Each cause has its text. */
static void causes(void **state)
{
	char path[PATH_MAX];
	struct fixture fixture;
	in_port_t port;
	int fd = open_port(AF_INET, -1, &port);

	(void)state;
	assert_true(fd >= 0);
	fixture_open(&fixture);
	expect(with_port("tcp:127.0.0.1:", port), ECONNREFUSED, "nobody listens at that port");
	close(fd);
	expect("tcp:no..host:705", ENOENT, "no such host");
	expect("tcp:127.0.0.1:nowhere", ENOENT, "no such host or port");
	expect("no/such/master", ENOENT, "the path is relative");
	expect("unix:master-that-is-none", ENOENT, "the path is relative");
	snprintf(path, sizeof(path), "%s/master", fixture.root);
	expect(path, ENOENT, "no such socket");
	fixture_puts(&fixture, "master", "");
	expect(path, ECONNREFUSED, "nobody listens there; start snmpd");
	fixture_close(&fixture);
}

/* A listener whose queue is full drops what comes: neither an answer nor a refusal. */
static void waits(void **state)
{
	in_port_t port;
	int fd = open_port(AF_INET, 0, &port);
	int queued, ends[2];

	(void)state;
	assert_true(fd >= 0);
	queued = tcx_address_connect(with_port("tcp:127.0.0.1:", port), TIMEOUT, NOBODY);
	assert_true(queued >= 0);
	assert_int_equal(tcx_address_connect(with_port("tcp:127.0.0.1:", port), 50, NOBODY), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(tcx_address_connect(with_port("tcp:127.0.0.1:", port), -1, ends[0]), -1);
	assert_int_equal(errno, ECANCELED);
	close(ends[0]);
	close(ends[1]);
	close(queued);
	close(fd);
}

/* What needs no question: addresses of datagrams, and what the library alone knows. */
static void plain(void **state)
{
	static const char *const are[] = {"192.0.2.1",
					  "192.0.2.1:1162",
					  "udp:192.0.2.1",
					  "udp6:[::1]:162",
					  "UDPv6:::1",
					  "[::1]:162",
					  "162",
					  "unix:/x/sink",
					  "/x/sink",
					  "/x:y/sink",
					  "ipv6:[::1]:162",
					  "tlstcp:host:10162",
					  "dtlsudp:host",
					  "udp:192.0.2.1:9"};
	static const char *const are_not[] = {
		"host.invalid",	  "host.invalid:162", "udp:host.invalid", "tcp:192.0.2.1",
		"tcp6:[::1]:162", "udp6:192.0.2.1",   "ipv6:host.invalid"};

	(void)state;
	for (size_t i = 0; i < COUNT(are); i++)
		assert_true(tcx_address_is_plain(are[i]));
	for (size_t i = 0; i < COUNT(are_not); i++)
		assert_false(tcx_address_is_plain(are_not[i]));
}

static void reaches(void **state)
{
	in_port_t port;
	int fd = open_port(AF_INET, 1, &port);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(tcx_address_reach(with_port("tcp:127.0.0.1:", port), TIMEOUT), 0);
	assert_int_equal(tcx_address_reach("udp:localhost:162", TIMEOUT), 0);
	assert_int_equal(tcx_address_reach("udp:127.0.0.1:no port", TIMEOUT), ENOENT);
	close(fd);
	assert_int_equal(tcx_address_reach(with_port("tcp:127.0.0.1:", port), TIMEOUT),
			 ECONNREFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),   cmocka_unit_test(paths),	cmocka_unit_test(hosts),
		cmocka_unit_test(causes),  cmocka_unit_test(waits),	cmocka_unit_test(plain),
		cmocka_unit_test(reaches), cmocka_unit_test(long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
