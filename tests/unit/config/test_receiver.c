/* SPDX-License-Identifier: BSD-2-Clause */
/* What the addresses of receivers are. */
#include "tests/unit/test.h"

#include <sys/socket.h>

#include "config/receiver.h"

static void addresses(void **state)
{
	static const struct {
		const char *address, *prefix;
		int family, type;
	} all[] = {
		{"192.0.2.1", "", AF_UNSPEC, SOCK_DGRAM},
		{"192.0.2.1:1162", "", AF_UNSPEC, SOCK_DGRAM},
		{"host", "", AF_UNSPEC, SOCK_DGRAM},
		{"bad.example:162", "", AF_UNSPEC, SOCK_DGRAM},
		{"", "", AF_UNSPEC, SOCK_DGRAM},
		{"UDP:host:9", "udp:", AF_INET, SOCK_DGRAM},
		{"tcp:192.0.2.1", "tcp:", AF_INET, SOCK_STREAM},
		{"[::1]:162", "", AF_INET6, SOCK_DGRAM},
		{"fe80::1", "", AF_INET6, SOCK_DGRAM},
		{"::1", "", AF_INET6, SOCK_DGRAM},
		{"UdpIPv6:::1", "udpipv6:", AF_INET6, SOCK_DGRAM},
		{"ipv6:[::1]", "ipv6:", AF_INET6, SOCK_DGRAM},
		{"tcp6:[::1]:162", "tcp6:", AF_INET6, SOCK_STREAM},
		{"unix:/run/sink", "unix:", AF_UNIX, SOCK_STREAM},
		{"/run/a:sink", "", AF_UNIX, SOCK_STREAM},
		{"tlstcp:host:10162", "", AF_UNSPEC, 0},
		{"dtlsudp:host", "", AF_UNSPEC, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		const struct tcx_receiver found = tcx_receiver_of(all[i].address);

		assert_string_equal(found.prefix, all[i].prefix);
		assert_int_equal(found.family, all[i].family);
		assert_int_equal(found.type, all[i].type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
