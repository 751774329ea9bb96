/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd --print: nstat's format to the character, and what nstat leaves out. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/read_sources.h"
#include "sample/print.h"
#include "tests/unit/fixture.h"

static char *print_of(const char *root, bool all)
{
	struct tcx_fault fault = {""};
	struct tcx_sources *sources = fixture_sources(root);
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(snapshot);
	assert_true(tcx_print(out, snapshot, all));
	fclose(out);
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
	return text;
}

static void format(void **state)
{
	struct fixture fixture;
	char *text;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp",
		     "Ip: Forwarding DefaultTTL InReceives\nIp: 1 64 0\n"
		     "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn CurrEstab InSegs\nTcp: 1 2 3 -1 4 5\n"
		     "New: A B A\nNew: 6 7 8\n");
	fixture_puts(&fixture, "net/snmp6",
		     "Ip6InReceives                   \t18446744073709551615\n"
		     "Icmp6OutNeighborAdvertisementsAndMore\t9\n");
	fixture_puts(&fixture, "net/netstat", "TcpExt: TW\nTcpExt: 1234567890123456\n");
	fixture_puts(&fixture, "net/sockstat", "TCP: inuse 10\n");
	fixture_puts(&fixture, "net/sockstat6", "TCP6: inuse 11\n");
	fixture_puts(&fixture, "sys/net/ipv4/ipfrag_time", "30\n");
	fixture_puts(&fixture, "net/tls_stat", "TlsTxSw                         \t14\n");
	fixture_puts(&fixture, "net/sctp/snmp",
		     "SctpCurrEstab                   \t12\nSctpOutSCTPPacks\t13\n");
	text = print_of(fixture.root, true);
	assert_string_equal(strrchr(text, '1'), "14                 0.0\n");
	free(text);
	text = print_of(fixture.root, false);
	assert_string_equal(text, "#kernel\n"
				  "SctpCurrEstab                   12                 0.0\n"
				  "SctpOutSCTPPacks                13                 0.0\n"
				  "IpInReceives                    0                  0.0\n"
				  "TcpInSegs                       5                  0.0\n"
				  "NewB                            7                  0.0\n"
				  "Ip6InReceives                   18446744073709551615   0.0\n"
				  "Icmp6OutNeighborAdvertisementsAndMore9                  0.0\n"
				  "TcpExtTW                        1234567890123456   0.0\n"
				  "SockstatTcpInuse                10                 0.0\n"
				  "SockstatTcp6Inuse               11                 0.0\n");
	free(text);
	fixture_close(&fixture);
}

/* One line per counter of a whole kernel: all but the six settings, TcpCurrEstab and the sysctl. */
static void whole_kernel(void **state)
{
	static const char *const omitted[] = {
		"\nIpForwarding ", "\nIpDefaultTTL ", "\nTcpRtoAlgorithm ", "\nTcpRtoMin ",
		"\nTcpRtoMax ",	   "\nTcpMaxConn ",   "\nTcpCurrEstab ",    "\nSysctlIpfragTime "};
	const char *root = fixture_source("tests/fixtures/7.3");
	char *text = print_of(root, false);
	char *last = fixture_text(root, "net/sctp/snmp");
	size_t lines = 0;

	(void)state;
	for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	for (size_t i = 0; i < COUNT(omitted); i++)
		assert_null(strstr(text, omitted[i]));
	/* The values are numbered: the last one says how many there are. One line is the title. */
	assert_int_equal(lines - 1, strtoul(strrchr(last, '\t'), NULL, 10) - COUNT(omitted));
	free(last);
	free(text);
}

/* A full disk is not passed over in silence. */
static void full_disk(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_sources *sources = fixture_sources(fixture_source("tests/fixtures/7.3"));
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(snapshot);
	assert_non_null(out);
	assert_false(tcx_print(out, snapshot, true));
	fclose(out);
	tcx_snapshot_unref(snapshot);
	tcx_sources_free(sources);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format),
		cmocka_unit_test(whole_kernel),
		cmocka_unit_test(full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
