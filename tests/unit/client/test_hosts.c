/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of snmpnstat -f, and the addresses of what stands in it. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "client/hosts.h"
#include "client/lookup.h"

static bool take(struct tcx_hosts *hosts, const char *lines, struct tcx_fault *fault)
{
	size_t len = strlen(lines);
	char *text = malloc(len + 1);

	assert_non_null(text);
	memcpy(text, lines, len + 1);
	return tcx_hosts_take(hosts, text, len, fault);
}

/* Comments begin words; a # within one is of a community. */
static void lines(void **state)
{
	struct tcx_hosts hosts = {.items = NULL};
	struct tcx_fault fault = {""};

	(void)state;
	assert_true(
		take(&hosts, "# all\n\n a \nb\tse#cret # why\r\n\r\n#x\nudp:[::1]:1 c", &fault));
	assert_int_equal(hosts.count, 3);
	assert_string_equal(hosts.items[0].name, "a");
	assert_null(hosts.items[0].own);
	assert_string_equal(hosts.items[1].name, "b");
	assert_string_equal(hosts.items[1].own, "se#cret");
	assert_string_equal(hosts.items[2].name, "udp:[::1]:1");
	assert_string_equal(hosts.items[2].own, "c");
	tcx_hosts_clear(&hosts);
}

static const struct {
	const char *lines, *fault;
} wrong[] = {
	{"", "there is no host in it"},
	{"\n # a\n", "there is no host in it"},
	{"a\nb c d\n", "line 2: behind a host and its community, or context, comes a word more"},
	{"a\n\nb\x1b[1m\n", "line 3: it has octets that are not of ASCII"},
	{"a\xc3\xa4", "line 1: it has octets that are not of ASCII"},
};

static void wrong_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct tcx_hosts hosts = {.items = NULL};
		struct tcx_fault fault = {""};

		assert_false(take(&hosts, wrong[i].lines, &fault));
		assert_string_equal(fault.text, wrong[i].fault);
		tcx_hosts_clear(&hosts);
	}
}

static const struct {
	const char *host, *address; /* NULL: none, with this in the fault: */
	const char *fault;
} addresses[] = {
	{"192.0.2.1", "udp:192.0.2.1:161", NULL},
	{"192.0.2.1:1161", "udp:192.0.2.1:1161", NULL},
	{"udp:192.0.2.1", "udp:192.0.2.1:161", NULL},
	{"UDP:192.0.2.1:7", "udp:192.0.2.1:7", NULL},
	{"2001:db8::1", "udp6:[2001:db8::1]:161", NULL},
	{"[2001:db8::1]", "udp6:[2001:db8::1]:161", NULL},
	{"[2001:db8::1]:7", "udp6:[2001:db8::1]:7", NULL},
	{"udp6:2001:db8::1", "udp6:[2001:db8::1]:161", NULL},
	{"udpv6:[2001:DB8::1]:7", "udp6:[2001:db8::1]:7", NULL},
	{"unix:/run/snmp", "unix:/run/snmp", NULL},
	{"/run/snmp", "unix:/run/snmp", NULL},
	{"tcp:192.0.2.1", NULL, "give udp"},
	{"dtlsudp:192.0.2.1:7", NULL, "give udp"},
	{"udp:2001:db8::1", NULL, "has no address"},
	{"udp6:192.0.2.1", NULL, "has no address"},
	{"host", NULL, "has no address"},
	{"192.0.2.1:snmp", NULL, "has no address"},
	{"192.0.2.1:65535", "udp:192.0.2.1:65535", NULL},
	{"192.0.2.1:65697", NULL, "no address and port"},
	{"192.0.2.1:", NULL, "no address and port"},
	{":161", NULL, "no address and port"},
	{"udp:", NULL, "no address and port"},
	{"[2001:db8::1", NULL, "no address and port"},
	{"[2001:db8::1]x", NULL, "no address and port"},
	{"[]:7", NULL, "no address and port"},
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		char address[TCX_ADDRESS_SIZE];
		struct tcx_fault fault = {""};
		bool good = tcx_lookup_one(addresses[i].host, true, address, &fault);

		assert_int_equal(good, addresses[i].address != NULL);
		if (good)
			assert_string_equal(address, addresses[i].address);
		else
			assert_non_null(strstr(fault.text, addresses[i].fault));
	}
}

/* Whoever is no number is asked for in a thread, and what is wrong is told of just that one. */
static void many(void **state)
{
	struct tcx_hosts hosts = {.items = NULL};
	struct tcx_fault fault = {""};

	(void)state;
	assert_true(take(&hosts, "127.0.0.1\ntcp:127.0.0.1\n::1\n[::1\n", &fault));
	assert_true(tcx_lookup(&hosts, &fault));
	assert_string_equal(hosts.items[0].address, "udp:127.0.0.1:161");
	assert_string_equal(hosts.items[1].address, "");
	assert_int_equal(hosts.items[1].verdict.rank, TCX_UNKNOWN);
	assert_non_null(strstr(hosts.items[1].verdict.text, "give udp"));
	assert_string_equal(hosts.items[2].address, "udp6:[::1]:161");
	assert_string_equal(hosts.items[3].verdict.text, "is no address and port");
	tcx_hosts_clear(&hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(numbers),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
