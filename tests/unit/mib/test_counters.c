/* SPDX-License-Identifier: BSD-2-Clause */
/* The scalars of LINUX-TCPEXT-MIB: each row of the catalogue at its place, with its own value. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "mib/objects.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

static bool add_scalars(struct tcx_tree *tree)
{
	struct tcx_tree all = {0};
	bool added = tcx_add_counters(&all);

	for (size_t i = 0; i < all.count; i++)
		if (all.objects[i].id_len == 2)
			added = added && tcx_tree_add(tree, &all.objects[i]);
	tcx_tree_clear(&all);
	return added;
}

/* The place that LINUX-TCPEXT-MIB gives a few counters, for ever. */
static void places(void **state)
{
	static const struct {
		const char *name;
		enum tcx_counter counter;
	} rows[] = {
		{"3.1.0", TCX_IpReasmTimeout},
		{"3.2.0", TCX_IpOutTransmits},
		{"4.1.0", TCX_IcmpInCsumErrors},
		{"5.1.0", TCX_TcpInCsumErrors},
		{"8.1.0", TCX_TcpExtSyncookiesSent},
		{"9.1.0", TCX_IpExtInNoRoutes},
		{"10.1.0", TCX_MPTcpExtMPCapableSYNRX},
		{"11.1.0", TCX_Ip6InReceives},
		{"12.1.0", TCX_Icmp6InMsgs},
		{"13.1.0", TCX_Udp6InDatagrams},
		{"15.1.0", TCX_SockstatSocketsUsed},
	};
	struct serving serving;

	(void)state;
	serving_open(&serving, fixture_source("tests/fixtures/7.3"), add_scalars);
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value;
		const char *answer = serving_get(&serving, rows[i].name);

		assert_true(tcx_snapshot_get(serving.request.fresh, rows[i].counter, 0, &value));
		assert_int_equal(strtoull(strchr(answer, ' '), NULL, 10), value);
	}
	serving_close(&serving);
}

static const char *type_of(const struct tcx_counter_row *row)
{
	static const char *const types[] = {
		[TCX_counter] = "Counter64", [TCX_gauge] = "Gauge32", [TCX_integer] = "INTEGER"};

	return types[row->kind];
}

/* What GET says of a row, and that it says it where the row's section and sub-id are. */
static void compare_row(const struct serving *serving, const struct tcx_counter_row *row,
			enum tcx_counter counter)
{
	char name[32], expected[80] = "no instance";
	uint64_t value;

	snprintf(name, sizeof(name), "%u.%u.0",
		 (unsigned int)tcx_catalogue_section(row->section)->arc, (unsigned int)row->sub_id);
	if (tcx_snapshot_get(serving->request.fresh, counter, 0, &value))
		snprintf(expected, sizeof(expected), "%s %llu", type_of(row),
			 (unsigned long long)value);
	if (strcmp(serving_get(serving, name), expected) != 0)
		fail_msg("%s (%s): %s", row->name, name, serving_get(serving, name));
}

/* RFC1213 shows the rows with sub-id 0, and the tables show the columns. */
static bool is_scalar(const struct tcx_counter_row *row)
{
	return row->sub_id > 0 && row->column < 0;
}

static void all_counters(const char *kernel)
{
	struct serving serving;
	size_t scalars = 0;

	serving_open(&serving, fixture_source(kernel), add_scalars);
	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);

		if (!is_scalar(row))
			continue;
		compare_row(&serving, row, (enum tcx_counter)i);
		scalars++;
	}
	assert_int_equal(serving.tree.count, scalars);
	serving_close(&serving);
}

/* A walk goes upwards and finds as many as there are. */
static void walk(const char *kernel)
{
	struct serving serving;
	oid name[MAX_OID_LEN], next[MAX_OID_LEN];
	struct tcx_range behind = {.begin = name};
	size_t next_len, found = 0, expected = 0;
	struct tcx_value value;
	uint64_t number;

	serving_open(&serving, fixture_source(kernel), add_scalars);
	for (; tcx_tree_next(&serving.tree, &serving.request, &behind, next, &next_len, &value) ==
	       TCX_FOUND;
	     found++) {
		assert_true(snmp_oid_compare(next, next_len, name, behind.begin_len) > 0);
		memcpy(name, next, next_len * sizeof(oid));
		behind.begin_len = next_len;
	}
	for (int i = 0; i < TCX_COUNTERS; i++)
		expected +=
			is_scalar(tcx_catalogue_row((enum tcx_counter)i)) &&
			tcx_snapshot_get(serving.request.fresh, (enum tcx_counter)i, 0, &number);
	assert_int_equal(found, expected);
	serving_close(&serving);
}

static void every_kernel(void **state)
{
	static const char *const kernels[] = {
		"tests/fixtures/2.6.32",	"tests/fixtures/5.10",
		"tests/fixtures/6.18",		"tests/fixtures/7.3",
		"tests/fixtures/quirk-no-ipv6", "tests/fixtures/quirk-future"};

	(void)state;
	for (size_t i = 0; i < COUNT(kernels); i++) {
		all_counters(kernels[i]);
		walk(kernels[i]);
	}
}

static void nothing_fresh(void **state)
{
	struct serving serving;

	(void)state;
	serving_open(&serving, fixture_source("tests/fixtures/7.3"), add_scalars);
	serving.request.fresh = NULL;
	assert_string_equal(serving_next(&serving, ""), "end");
	assert_string_equal(serving_get(&serving, "8.1.0"), "no instance");
	serving_close(&serving);
}

static void wide_values(void **state)
{
	struct fixture fixture;
	struct serving serving;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp6", "Ip6InReceives 18446744073709551615\n");
	fixture_puts(&fixture, "net/sockstat", "sockets: used 4294967296\n");
	serving_open(&serving, fixture.root, add_scalars);
	assert_string_equal(serving_get(&serving, "11.1.0"), "Counter64 18446744073709551615");
	assert_string_equal(serving_get(&serving, "15.1.0"), "Gauge32 4294967295");
	serving_close(&serving);
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(every_kernel),
		cmocka_unit_test(nothing_fresh),
		cmocka_unit_test(wide_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
