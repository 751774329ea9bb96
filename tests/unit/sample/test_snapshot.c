/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots: absent is not zero, and a counter that goes backwards shows. */
#include "tests/unit/test.h"

#include <string.h>

#include "kernel/reader.h"
#include "sample/snapshot.h"
#include "tests/unit/reading.h"

static struct tcx_snapshot *columns(const char *text)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = reading_of(tcx_read_columns, text, strlen(text), &fault);

	if (snapshot == NULL)
		fail_msg("%s", fault.text);
	return snapshot;
}

static void values(void **state)
{
	struct tcx_snapshot *snapshot = columns("Tcp: InSegs OutSegs\nTcp: 0 18446744073709551615\n"
						"IcmpMsg: InType3 OutType0\nIcmpMsg: 5 0\n");
	uint64_t value = 99;

	(void)state;
	assert_true(tcx_snapshot_get(snapshot, TCX_TcpInSegs, 0, &value));
	assert_int_equal(value, 0);
	assert_true(tcx_snapshot_get(snapshot, TCX_TcpOutSegs, 0, &value));
	assert_int_equal(value, UINT64_MAX);
	assert_true(tcx_snapshot_get_type(snapshot, TCX_ICMP_COLUMN_IcmpMsgInType, 3, 0, &value));
	assert_int_equal(value, 5);
	assert_true(tcx_snapshot_get_type(snapshot, TCX_ICMP_COLUMN_IcmpMsgOutType, 0, 0, &value));
	assert_int_equal(value, 0);
	tcx_snapshot_unref(snapshot);
}

static void absent(void **state)
{
	struct tcx_snapshot *snapshot = columns("Tcp: InSegs InSegs\nTcp: 1 2\n");
	uint64_t value = 99;

	(void)state;
	assert_false(tcx_snapshot_get(snapshot, TCX_TcpOutSegs, 0, &value));
	assert_false(tcx_snapshot_get(snapshot, TCX_TcpInSegs, 0, &value)); /* printed twice */
	assert_false(tcx_snapshot_get_type(snapshot, TCX_ICMP_COLUMN_IcmpMsgInType, 3, 0, &value));
	assert_false(tcx_snapshot_get(NULL, TCX_TcpInSegs, 0, &value));
	assert_false(tcx_snapshot_get_type(NULL, TCX_ICMP_COLUMN_IcmpMsgInType, 3, 0, &value));
	assert_int_equal(value, 99);
	tcx_snapshot_unref(snapshot);
}

static void new_is_zero(void **state)
{
	struct tcx_snapshot *with = columns("Tcp: InSegs\nTcp: 5\n");
	struct tcx_snapshot *snapshot = tcx_snapshot_new(with->layout);

	(void)state;
	assert_int_equal(snapshot->values[0], 0);
	assert_int_equal(snapshot->sequence, 0);
	assert_int_equal(snapshot->discontinuity_ns, 0);
	tcx_snapshot_unref(with);
	assert_string_equal(snapshot->layout->entries[0].name, "TcpInSegs"); /* its own reference */
	tcx_snapshot_unref(snapshot);
}

static void references(void **state)
{
	struct tcx_snapshot *snapshot = columns("Tcp: InSegs\nTcp: 5\n");

	(void)state;
	assert_ptr_equal(tcx_snapshot_ref(snapshot), snapshot);
	tcx_snapshot_unref(snapshot);
	assert_int_equal(snapshot->values[0], 5);
	tcx_snapshot_unref(snapshot);
	tcx_snapshot_unref(NULL);
}

static const struct {
	const char *before;
	const char *now;
	bool back;
} moves[] = {
	{"Tcp: InSegs\nTcp: 5\n", "Tcp: InSegs\nTcp: 5\n", false},
	{"Tcp: InSegs\nTcp: 5\n", "Tcp: InSegs\nTcp: 6\n", false},
	{"Tcp: InSegs\nTcp: 5\n", "Tcp: InSegs\nTcp: 4\n", true},
	{"Tcp: InSegs OutSegs\nTcp: 5 5\n", "Tcp: InSegs OutSegs\nTcp: 9 4\n", true},
	{"Tcp: InSegs\nTcp: 18446744073709551615\n", "Tcp: InSegs\nTcp: 0\n", true},
	{"Tcp: InSegs\nTcp: 0\n", "Tcp: InSegs\nTcp: 18446744073709551615\n", false},
	/* what may go down: gauges, settings, what nobody knows */
	{"Tcp: CurrEstab\nTcp: 5\n", "Tcp: CurrEstab\nTcp: 4\n", false},
	{"Ip: DefaultTTL\nIp: 64\n", "Ip: DefaultTTL\nIp: 63\n", false},
	{"New: A\nNew: 5\n", "New: A\nNew: 4\n", false},
	/* what comes or goes has no before or no after */
	{"Tcp: InSegs\nTcp: 5\n", "Tcp: OutSegs\nTcp: 4\n", false},
	{"Tcp: InSegs\nTcp: 5\n", "Tcp: OutSegs InSegs\nTcp: 1 4\n", true},
	{"Tcp: InSegs\nTcp: 5\n", "Tcp: InSegs InSegs\nTcp: 4 4\n", false},
};

static void going_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(moves); i++) {
		struct tcx_snapshot *before = columns(moves[i].before);
		struct tcx_snapshot *now = columns(moves[i].now);
		struct tcx_snapshot *same = tcx_snapshot_under(before, now->layout);

		if ((tcx_snapshot_went_back(same, now) != 0) != moves[i].back)
			fail_msg("row %zu: %s", i, moves[i].now);
		tcx_snapshot_unref(before);
		tcx_snapshot_unref(same);
		tcx_snapshot_unref(now);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),      cmocka_unit_test(absent),
		cmocka_unit_test(new_is_zero), cmocka_unit_test(references),
		cmocka_unit_test(going_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
