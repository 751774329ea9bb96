/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue: every row is found by its name and by no other. */
#include "tests/unit/test.h"

#include <string.h>

#include "catalogue/catalogue.h"
#include "sample/layout.h"

static enum tcx_counter find(const char *name, uint8_t *type)
{
	return tcx_catalogue_find(name, strlen(name), type);
}

static void every_row_is_found(void **state)
{
	uint8_t type = 99;

	(void)state;
	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);

		assert_int_equal(row->name_len, strlen(row->name));
		if (row->column >= 0)
			continue;
		assert_int_equal(find(row->name, &type), i);
		assert_int_equal(type, 0);
	}
}

static void rows_are_whole(void **state)
{
	(void)state;
	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);
		const struct tcx_section_row *section = tcx_catalogue_section(row->section);

		assert_in_range(row->name_len, 1, TCX_NAME_MAX);
		assert_memory_equal(row->name, section->prefix, strlen(section->prefix));
		assert_true(row->kind >= TCX_counter && row->kind < TCX_unknown);
		assert_true(row->column < TCX_ICMP_COLUMNS);
		assert_true(strlen(row->text) > 0);
		assert_true(strlen(row->since) > 0);
	}
}

/* The enumerations and the tables come from the same rows: they have the same order. */
static void enumerations_fit(void **state)
{
	(void)state;
	assert_string_equal(tcx_catalogue_row(TCX_TcpExtListenOverflows)->name,
			    "TcpExtListenOverflows");
	assert_int_equal(tcx_catalogue_row(TCX_TcpExtListenOverflows)->section, TCX_SECTION_TcpExt);
	assert_int_equal(tcx_catalogue_row(TCX_TcpExtListenOverflows)->column, -1);
	assert_int_equal(tcx_catalogue_row(TCX_TcpMaxConn)->kind, TCX_integer);
	assert_int_equal(tcx_catalogue_row(TCX_TcpCurrEstab)->kind, TCX_gauge);
	assert_int_equal(tcx_catalogue_row(TCX_Icmp6OutType)->column, TCX_ICMP_COLUMN_Icmp6OutType);
	assert_string_equal(tcx_catalogue_section(TCX_SECTION_MPTcpExt)->prefix, "MPTcpExt");
	assert_string_equal(
		tcx_catalogue_source(tcx_catalogue_section(TCX_SECTION_Ip6)->source)->path,
		"net/snmp6");
}

static const struct {
	const char *name;
	enum tcx_counter counter;
	uint8_t type;
} types[] = {
	{"IcmpMsgInType0", TCX_IcmpMsgInType, 0},
	{"IcmpMsgInType3", TCX_IcmpMsgInType, 3},
	{"IcmpMsgOutType10", TCX_IcmpMsgOutType, 10},
	{"Icmp6InType128", TCX_Icmp6InType, 128},
	{"Icmp6OutType255", TCX_Icmp6OutType, 255},
	{"IcmpMsgInType", TCX_NONE, 0},
	{"Icmp6OutType", TCX_NONE, 0},
	{"IcmpMsgInType256", TCX_NONE, 0},
	{"IcmpMsgInType999", TCX_NONE, 0},
	{"IcmpMsgInType1000", TCX_NONE, 0},
	{"IcmpMsgInType1024", TCX_NONE, 0},
	{"IcmpMsgInType10003", TCX_NONE, 0},
	{"IcmpMsgInType4294967299", TCX_NONE, 0},
	{"IcmpMsgInType00", TCX_NONE, 0},
	{"IcmpMsgInType03", TCX_NONE, 0},
	{"IcmpMsgInType003", TCX_NONE, 0},
	{"IcmpMsgInType0003", TCX_NONE, 0},
	{"IcmpMsgInType3x", TCX_NONE, 0},
	{"IcmpMsgInType-3", TCX_NONE, 0},
	{"IcmpInType3", TCX_NONE, 0},
	{"TcpExtTW3", TCX_NONE, 0},
	{"3", TCX_NONE, 0},
	{"255", TCX_NONE, 0},
	{"", TCX_NONE, 0},
};

static void icmp_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		uint8_t type = 77;

		if (find(types[i].name, &type) != types[i].counter || type != types[i].type)
			fail_msg("%s: found as %d, type %u", types[i].name,
				 (int)find(types[i].name, &type), type);
	}
}

/* In each section no two types have one name; what IANA left out has none. */
static void icmp_type_names(void **state)
{
	static const enum tcx_section sections[] = {TCX_SECTION_IcmpMsg, TCX_SECTION_Icmp6};

	(void)state;
	for (size_t s = 0; s < COUNT(sections); s++)
		for (unsigned int i = 0; i < TCX_ICMP_TYPES; i++) {
			const char *name = tcx_catalogue_icmp_type(sections[s], (uint8_t)i);

			for (unsigned int k = 0; name != NULL && k < i; k++) {
				const char *other =
					tcx_catalogue_icmp_type(sections[s], (uint8_t)k);

				assert_true(other == NULL || strcmp(name, other) != 0);
			}
		}
	assert_string_equal(tcx_catalogue_icmp_type(TCX_SECTION_IcmpMsg, 0), "Echo Reply");
	assert_string_equal(tcx_catalogue_icmp_type(TCX_SECTION_Icmp6, 135),
			    "Neighbor Solicitation");
	assert_null(tcx_catalogue_icmp_type(TCX_SECTION_Icmp6, 0));
	assert_null(tcx_catalogue_icmp_type(TCX_SECTION_IcmpMsg, 135));
}

static void near_misses(void **state)
{
	static const char *const names[] = {
		"tcpExtListenOverflows",
		"TcpExtListenOverflow",
		"TcpExtListenOverflowsX",
		"ListenOverflows",
		"TcpExt",
		"UDPInDatagrams",
	};
	uint8_t type;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(find(names[i], &type), TCX_NONE);
}

/* The name ends where its length says; what stands behind it does not count. */
static void length_counts(void **state)
{
	static const char text[] = {'T', 'c', 'p', 'I', 'n', 'S', 'e', 'g', 's', 'X'};
	uint8_t type;

	(void)state;
	assert_int_equal(tcx_catalogue_find(text, 9, &type), TCX_TcpInSegs);
	assert_int_equal(tcx_catalogue_find(text, 10, &type), TCX_NONE);
	assert_int_equal(tcx_catalogue_find(text, 8, &type), TCX_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_found), cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(enumerations_fit),   cmocka_unit_test(icmp_types),
		cmocka_unit_test(icmp_type_names),    cmocka_unit_test(near_misses),
		cmocka_unit_test(length_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
