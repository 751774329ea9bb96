/* SPDX-License-Identifier: BSD-2-Clause */
/* Layouts: the order of nstatTable, the slots of known names, names that come twice. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "sample/layout.h"

static void append(struct tcx_layout *layout, const char *name)
{
	struct tcx_fault fault = {""};

	assert_true(tcx_layout_append(layout, 0, "", 0, name, strlen(name), &fault));
}

static struct tcx_layout *layout_of(const char *const *names, size_t count)
{
	struct tcx_layout *layout = tcx_layout_new();

	assert_non_null(layout);
	for (size_t i = 0; i < count; i++)
		append(layout, names[i]);
	assert_true(tcx_layout_finish(layout));
	return layout;
}

static void compare(void **state)
{
	static const char *const ascending[] = {"", "A", "B", "a", "AB", "BA", "AAA", "AAAA"};

	(void)state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t k = 0; k < COUNT(ascending); k++) {
			int order = tcx_layout_compare(ascending[i], strlen(ascending[i]),
						       ascending[k], strlen(ascending[k]));

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
	}
}

/* By length first, then byte by byte, whatever the order of the file. */
static void order(void **state)
{
	static const char *const names[] = {"TcpExtTW", "Zz",		"TcpInSegs", "Aa",
					    "M",	"IpForwarding", "TcpExtTV"};
	static const char *const sorted[] = {"M",	 "Aa",	      "Zz",	     "TcpExtTV",
					     "TcpExtTW", "TcpInSegs", "IpForwarding"};
	struct tcx_layout *layout = layout_of(names, COUNT(names));

	(void)state;
	assert_int_equal(layout->count, COUNT(names));
	assert_int_equal(layout->by_name_count, COUNT(sorted));
	for (size_t i = 0; i < COUNT(sorted); i++)
		assert_string_equal(layout->entries[layout->by_name[i]].name, sorted[i]);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(layout->entries[i].name, names[i]);
	tcx_layout_unref(layout);
}

/* As nstat prints: SCTP before all others. What has no row has no position. */
static void positions(void **state)
{
	static const struct {
		const char *name;
		uint8_t source;
		uint32_t position;
	} names[] = {
		{"TcpInSegs", TCX_SOURCE_SNMP, 3},
		{"Twice", TCX_SOURCE_SNMP, 0},
		{"IpForwarding", TCX_SOURCE_SNMP, 4},
		{"SysctlIpfragTime", TCX_SOURCE_IPFRAG_TIME, 0},
		{"SctpCurrEstab", TCX_SOURCE_SCTP, 1},
		{"SctpAborteds", TCX_SOURCE_SCTP, 2},
		{"XfrmInError", TCX_SOURCE_XFRM, 5},
		{"Twice", TCX_SOURCE_XFRM, 0},
	};
	struct tcx_layout *layout = tcx_layout_new();
	size_t positions = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_true(tcx_layout_append(layout, names[i].source, "", 0, names[i].name,
					      strlen(names[i].name), NULL));
	assert_true(tcx_layout_finish(layout));
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(layout->entries[i].position, names[i].position);
		if (names[i].position == 0)
			continue;
		assert_int_equal(layout->by_position[names[i].position - 1], i);
		positions++;
	}
	assert_int_equal(layout->by_name_count, positions);
	tcx_layout_unref(layout);
}

static void slots(void **state)
{
	static const char *const names[] = {"Unknown1", "TcpInSegs", "IcmpMsgInType3",
					    "Icmp6OutType255", "IcmpMsgInType256"};
	struct tcx_layout *layout = layout_of(names, COUNT(names));

	(void)state;
	for (int i = 0; i < TCX_COUNTERS; i++)
		assert_int_equal(layout->slot[i], i == TCX_TcpInSegs ? 1 : -1);
	for (int type = 0; type < TCX_ICMP_TYPES; type++) {
		assert_int_equal(layout->type_slot[TCX_ICMP_COLUMN_IcmpMsgInType][type],
				 type == 3 ? 2 : -1);
		assert_int_equal(layout->type_slot[TCX_ICMP_COLUMN_Icmp6OutType][type],
				 type == 255 ? 3 : -1);
		assert_int_equal(layout->type_slot[TCX_ICMP_COLUMN_IcmpMsgOutType][type], -1);
	}
	tcx_layout_unref(layout);
}

/* Nobody knows which of two equal names is meant: both are left out, three as well. */
static void ambiguous(void **state)
{
	static const char *const names[] = {"TcpInSegs",      "Twice",	"IpForwarding",	 "Thrice",
					    "Once",	      "Twice",	"TcpInSegs",	 "Thrice",
					    "IcmpMsgInType8", "Thrice", "IcmpMsgInType8"};
	struct tcx_layout *layout = layout_of(names, COUNT(names));

	(void)state;
	assert_int_equal(layout->by_name_count, 2);
	assert_string_equal(layout->entries[layout->by_name[0]].name, "Once");
	assert_string_equal(layout->entries[layout->by_name[1]].name, "IpForwarding");
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(layout->entries[i].ambiguous,
				 strcmp(names[i], "Once") != 0 &&
					 strcmp(names[i], "IpForwarding") != 0);
	assert_int_equal(layout->slot[TCX_TcpInSegs], -1);
	assert_int_equal(layout->slot[TCX_IpForwarding], 2);
	assert_int_equal(layout->type_slot[TCX_ICMP_COLUMN_IcmpMsgInType][8], -1);
	tcx_layout_unref(layout);
}

/* A setting has its slot, but is no counter of nstatTable. */
static void sysctls(void **state)
{
	static const char *const names[] = {"SysctlIpfragTime", "TcpInSegs"};
	struct tcx_layout *layout = layout_of(names, COUNT(names));

	(void)state;
	assert_int_equal(layout->slot[TCX_SysctlIpfragTime], 0);
	assert_int_equal(layout->by_name_count, 1);
	assert_string_equal(layout->entries[layout->by_name[0]].name, "TcpInSegs");
	tcx_layout_unref(layout);
}

static void long_names(void **state)
{
	struct tcx_layout *layout = tcx_layout_new();
	struct tcx_fault fault = {""};
	char name[TCX_NAME_MAX + 1];

	(void)state;
	memset(name, 'x', sizeof(name));
	assert_true(tcx_layout_append(layout, 0, "Ext", 3, name, TCX_NAME_MAX - 3, &fault));
	assert_int_equal(strlen(layout->entries[0].name), TCX_NAME_MAX);
	assert_int_equal(layout->entries[0].name_len, TCX_NAME_MAX);
	assert_false(tcx_layout_append(layout, 0, "Ext", 3, name, TCX_NAME_MAX - 2, &fault));
	assert_non_null(strstr(fault.text, "longer than 64 characters"));
	assert_false(tcx_layout_append(layout, 0, "", 0, name, TCX_NAME_MAX + 1, &fault));
	assert_int_equal(layout->count, 1);
	tcx_layout_unref(layout);
}

/* More names than any first guess of room. */
static void many_names(void **state)
{
	struct tcx_layout *layout = tcx_layout_new();
	char name[16];

	(void)state;
	for (int i = 5000; i > 0; i--) {
		snprintf(name, sizeof(name), "N%04d", i);
		append(layout, name);
	}
	assert_true(tcx_layout_finish(layout));
	assert_int_equal(layout->by_name_count, 5000);
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(layout->by_name[i], 4999 - i);
	tcx_layout_unref(layout);
}

static void no_names(void **state)
{
	struct tcx_layout *layout = layout_of(NULL, 0);

	(void)state;
	assert_int_equal(layout->by_name_count, 0);
	assert_int_equal(layout->slot[0], -1);
	assert_ptr_equal(tcx_layout_ref(layout), layout);
	tcx_layout_unref(layout);
	tcx_layout_unref(layout);
	tcx_layout_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compare),    cmocka_unit_test(order),
		cmocka_unit_test(slots),      cmocka_unit_test(ambiguous),
		cmocka_unit_test(sysctls),    cmocka_unit_test(long_names),
		cmocka_unit_test(many_names), cmocka_unit_test(no_names),
		cmocka_unit_test(positions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
