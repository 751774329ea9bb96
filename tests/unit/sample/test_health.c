/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Health, as a table of numbers. A case is a text: "TcpInSegs=5" grew by that in the window, or is
 * that now; "TcpInSegs~" has no growth, as it began anew; "TcpInSegs?" is too old.
 */
#include "tests/unit/test.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sample/derive.h"
#include "sample/health.h"
#include "tests/unit/words.h"

#define NOW_NS	  (1000 * TCX_NS_PER_S)
#define OLDEST_NS (990 * TCX_NS_PER_S)

#define ABSENT UINT64_MAX /* of no row */
#define MAX    "18446744073709551614"

struct sample {
	enum tcx_health row;
	const char *numbers;
	uint64_t value;
};

/* What is put: into the values and into the growth, so that taking the wrong one shows. */
static void put(struct tcx_snapshot *snapshot, size_t i, const char *rest, bool now)
{
	uint64_t number = rest[0] == '=' ? strtoull(rest + 1, NULL, 10) : 7;

	snapshot->values[i] = now ? number : number / 2 + 3;
	snapshot->window->of[i] = now || rest[0] == '~' ? TCX_NO_NUMBER : number;
	if (rest[0] != '?')
		return;
	assert_true(tcx_snapshot_keep(snapshot, NULL, i, i + 1));
	snapshot->taken[i] = OLDEST_NS - 1;
}

static struct tcx_snapshot *snapshot_of(const char *numbers, bool now)
{
	struct tcx_layout *layout = words_layout(numbers);
	struct tcx_snapshot *snapshot = tcx_snapshot_new(layout);
	const char *name;
	size_t len;

	snapshot->taken_ns = NOW_NS;
	snapshot->window = tcx_numbers_new(layout->count);
	for (size_t i = 0; words_next(&numbers, &name, &len); i++)
		put(snapshot, i, name + len, now);
	tcx_layout_unref(layout);
	return snapshot;
}

static void expect(const char *what, size_t i, enum tcx_health row,
		   const struct tcx_health_input *input, uint64_t value)
{
	uint64_t found = 0;

	if (!tcx_health_value(row, input, &found))
		found = ABSENT;
	if (found != value)
		fail_msg("%s %zu, %s: %" PRIu64, what, i, tcx_health_label(row), found);
}

/* Over the window. */
static const struct sample grown[] = {
	{TCX_healthRetransSegments, "TcpRetransSegs=5 TcpOutSegs=1000", 50},
	{TCX_healthRetransSegments, "TcpRetransSegs=0 TcpOutSegs=1000", 0}, /* zero is not absent */
	{TCX_healthRetransSegments, "TcpRetransSegs=1 TcpOutSegs=300", 33}, /* rounded down */
	{TCX_healthRetransSegments, "TcpRetransSegs=1 TcpOutSegs=10001", 0},
	{TCX_healthRetransSegments, "TcpRetransSegs=300 TcpOutSegs=100", 30000}, /* no share */
	/* the divisor: 0, below its minimum, at it */
	{TCX_healthRetransSegments, "TcpRetransSegs=5 TcpOutSegs=0", ABSENT},
	{TCX_healthRetransSegments, "TcpRetransSegs=99 TcpOutSegs=99", ABSENT},
	{TCX_healthRetransSegments, "TcpRetransSegs=99 TcpOutSegs=100", 9900},
	/* what there is not, what began anew, and what is too old, in either part */
	{TCX_healthRetransSegments, "TcpRetransSegs=5", ABSENT},
	{TCX_healthRetransSegments, "TcpOutSegs=1000", ABSENT},
	{TCX_healthRetransSegments, "TcpRetransSegs~ TcpOutSegs=1000", ABSENT},
	{TCX_healthRetransSegments, "TcpRetransSegs=5 TcpOutSegs~", ABSENT},
	{TCX_healthRetransSegments, "TcpRetransSegs? TcpOutSegs=1000", ABSENT},
	{TCX_healthRetransSegments, "TcpRetransSegs=5 TcpOutSegs?", ABSENT},
	/* printed twice */
	{TCX_healthRetransSegments, "TcpRetransSegs=5 TcpRetransSegs=5 TcpOutSegs=1000", ABSENT},
	/* differences, also of what was read a moment later than the rest */
	{TCX_healthRetransData,
	 "TcpRetransSegs=30 TcpExtTCPSynRetrans=10 TcpExtTCPOrigDataSent=1000", 200},
	{TCX_healthRetransData,
	 "TcpRetransSegs=10 TcpExtTCPSynRetrans=11 TcpExtTCPOrigDataSent=1000", 0},
	{TCX_healthRetransData, "TcpRetransSegs=30 TcpExtTCPOrigDataSent=1000", ABSENT},
	{TCX_healthRetransSpurious,
	 "TcpExtTCPDSACKRecvSegs=5 TcpRetransSegs=30 TcpExtTCPSynRetrans=10", 2500},
	{TCX_healthRetransSpurious,
	 "TcpExtTCPDSACKRecvSegs=5 TcpRetransSegs=30 TcpExtTCPSynRetrans=11", ABSENT},
	{TCX_healthRetransSpurious,
	 "TcpExtTCPDSACKRecvSegs=5 TcpRetransSegs=30 TcpExtTCPSynRetrans=31", ABSENT},
	{TCX_healthConnectFails, "TcpAttemptFails=12 TcpExtEmbryonicRsts=4 TcpActiveOpens=10",
	 8000},
	/* shares whose whole is what happened */
	{TCX_healthListenDrops, "TcpExtListenDrops=10 TcpPassiveOpens=0", 10000},
	{TCX_healthListenDrops, "TcpExtListenDrops=1 TcpPassiveOpens=99", 100},
	{TCX_healthListenDrops, "TcpExtListenDrops=4 TcpPassiveOpens=5", ABSENT},
	{TCX_healthListenDrops, "TcpExtListenDrops=0 TcpPassiveOpens=0", ABSENT},
	{TCX_healthFastPathAcks, "TcpExtTCPHPAcks=60 TcpExtTCPPureAcks=40", 6000},
	{TCX_healthSoftnetDrops, "SoftnetDropped=1 SoftnetProcessed=999", 10},
	/* sums and quotients that do not fit */
	{TCX_healthListenDrops, "TcpExtListenDrops=" MAX " TcpPassiveOpens=" MAX, 10000},
	{TCX_healthRetransSegments, "TcpRetransSegs=" MAX " TcpOutSegs=100", UINT64_MAX},
	{TCX_healthRetransSegments, "TcpRetransSegs=" MAX " TcpOutSegs=" MAX, 10000},
	/* a counter of old kernels alone is 0 in others */
	{TCX_healthFastPathData, "TcpExtTCPHPHits=30 TcpInSegs=100", 3000},
	{TCX_healthFastPathData, "TcpExtTCPHPHits=30 TcpExtTCPHPHitsToUser=20 TcpInSegs=100", 5000},
	{TCX_healthFastPathData, "TcpExtTCPHPHits=30 TcpExtTCPHPHitsToUser~ TcpInSegs=100", ABSENT},
	{TCX_healthFastPathData, "TcpExtTCPHPHitsToUser=20 TcpInSegs=100", ABSENT},
	{TCX_healthRetransTimer,
	 "TcpRetransSegs=40 TcpExtTCPFastRetrans=10 TcpExtTCPSlowStartRetrans=5 "
	 "TcpExtTCPSynRetrans=5",
	 5000},
	{TCX_healthRetransTimer,
	 "TcpRetransSegs=40 TcpExtTCPFastRetrans=10 TcpExtTCPForwardRetrans=10 "
	 "TcpExtTCPSlowStartRetrans=5 TcpExtTCPSynRetrans=5",
	 2500},
	/* a host without IPv6, and with it */
	{TCX_healthUdpRcvbufErrors, "UdpRcvbufErrors=10 UdpInDatagrams=85 UdpInErrors=15", 1000},
	{TCX_healthUdpRcvbufErrors,
	 "UdpRcvbufErrors=10 UdpInDatagrams=85 UdpInErrors=15 Udp6RcvbufErrors=10 "
	 "Udp6InDatagrams=290 Udp6InErrors=10",
	 500},
	{TCX_healthUdpRcvbufErrors,
	 "UdpRcvbufErrors=10 UdpInDatagrams=85 UdpInErrors=15 Udp6RcvbufErrors=10 "
	 "Udp6InDatagrams? Udp6InErrors=10",
	 ABSENT},
	/* no divisor */
	{TCX_healthMemoryPressures, "TcpExtTCPMemoryPressures=0", 0},
	{TCX_healthMemoryPressures, "TcpExtTCPMemoryPressures=3", 3},
	{TCX_healthMemoryPressures, "TcpExtTCPMemoryPressures~", ABSENT},
	{TCX_healthMemoryPressures, "TcpInSegs=3", ABSENT},
	/* of no percent */
	{TCX_healthHystartCwnd,
	 "TcpExtTCPHystartTrainCwnd=500 TcpExtTCPHystartDelayCwnd=99 "
	 "TcpExtTCPHystartTrainDetect=9 TcpExtTCPHystartDelayDetect=1",
	 59},
	{TCX_healthHystartCwnd,
	 "TcpExtTCPHystartTrainCwnd=500 TcpExtTCPHystartDelayCwnd=99 "
	 "TcpExtTCPHystartTrainDetect=9 TcpExtTCPHystartDelayDetect=0",
	 ABSENT},
};

static void over_a_window(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(grown); i++) {
		struct tcx_snapshot *snapshot = snapshot_of(grown[i].numbers, false);
		struct tcx_health_input input = {.snapshot = snapshot, .oldest_ns = OLDEST_NS};

		expect("case", i, grown[i].row, &input, grown[i].value);
		tcx_numbers_unref(snapshot->window);
		snapshot->window = NULL;
		expect("no window yet, case", i, grown[i].row, &input, ABSENT);
		tcx_snapshot_unref(snapshot);
	}
}

/* A file with a fault may hide what would else be 0. */
static void hidden(void **state)
{
	struct tcx_snapshot *snapshot =
		snapshot_of("UdpRcvbufErrors=10 UdpInDatagrams=85 UdpInErrors=15", false);
	const struct tcx_health_input input = {.snapshot = snapshot, .oldest_ns = OLDEST_NS};

	(void)state;
	snapshot->faulty = 1U << TCX_SOURCE_SNMP6;
	expect("fault of snmp6", 0, TCX_healthUdpRcvbufErrors, &input, ABSENT);
	snapshot->faulty = 1U << TCX_SOURCE_NETSTAT;
	expect("fault of netstat", 0, TCX_healthUdpRcvbufErrors, &input, 1000);
	tcx_snapshot_unref(snapshot);
}

/* As it is. */
static const struct sample gauges[] = {
	{TCX_healthConntrackUse, "NfConntrackCount=50 NfConntrackMax=200", 2500},
	{TCX_healthConntrackUse, "NfConntrackCount=0 NfConntrackMax=200", 0},
	{TCX_healthConntrackUse, "NfConntrackCount=201 NfConntrackMax=200", 10050},
	{TCX_healthConntrackUse, "NfConntrackCount=50 NfConntrackMax=0", ABSENT}, /* no limit */
	{TCX_healthConntrackUse, "NfConntrackCount=50", ABSENT},
	{TCX_healthConntrackUse, "NfConntrackCount? NfConntrackMax=200", ABSENT},
	{TCX_healthTcpMemoryUse, "SockstatTcpMem=1000", 2500},
	{TCX_healthTcpMemoryUse, "SockstatTcpMem?", ABSENT},
	{TCX_healthTcpMemoryUse, "SockstatTcpOrphan=1", ABSENT},
	{TCX_healthOrphansUse, "SockstatTcpOrphan=1", ABSENT}, /* a namespace without that file */
	{TCX_healthTimeWaitUse, "SockstatTcpTw=1", ABSENT},    /* no time-wait allowed at all */
};

static void as_it_is(void **state)
{
	struct tcx_limits limits = {
		.known = {[TCX_LIMIT_TCP_MEM_MAX] = true, [TCX_LIMIT_TCP_TIME_WAIT] = true},
		.numbers = {[TCX_LIMIT_TCP_MEM_MAX] = 4000, [TCX_LIMIT_TCP_ORPHANS] = 10},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(gauges); i++) {
		struct tcx_snapshot *snapshot = snapshot_of(gauges[i].numbers, true);
		struct tcx_health_input input = {
			.snapshot = snapshot, .oldest_ns = OLDEST_NS, .limits = &limits};

		expect("case", i, gauges[i].row, &input, gauges[i].value);
		input.limits = NULL;
		if (tcx_health_table(gauges[i].row) == TCX_TABLE_LIMITS)
			expect("no limits, case", i, gauges[i].row, &input, ABSENT);
		tcx_snapshot_unref(snapshot);
	}
}

static void the_fullest(void **state)
{
	struct tcx_health_input input = {.uses = {[TCX_TABLE_TCP_LISTENERS] = {true, 9950},
						  [TCX_TABLE_UDP_SOCKETS] = {false, 7}}};

	(void)state;
	assert_int_equal(tcx_health_table(TCX_healthListenerUse), TCX_TABLE_TCP_LISTENERS);
	expect("fullest", 0, TCX_healthListenerUse, &input, 9950);
	expect("fullest", 0, TCX_healthUdpSocketUse, &input, ABSENT);
}

/* Nothing was ever read; and something, but nothing that any row knows. */
static void nothing(void **state)
{
	struct tcx_snapshot *snapshot = snapshot_of("TcpExtNeverHeardOf=1", false);
	const struct tcx_health_input input = {.snapshot = snapshot}, none = {.snapshot = NULL};

	(void)state;
	for (int row = 0; row < TCX_HEALTHS; row++) {
		expect("nothing", 0, (enum tcx_health)row, &none, ABSENT);
		expect("nothing", 1, (enum tcx_health)row, &input, ABSENT);
	}
	tcx_snapshot_unref(snapshot);
}

/* --- From readings on --------------------------------------------------------------------------*/

struct moment {
	unsigned int second;
	const char *values;
	uint64_t value; /* of healthListenDrops */
};

/* Windows of ten seconds; what goes backwards has no value in the window that it did so in. */
static const struct moment moments[] = {
	{0, "TcpExtListenDrops=4294967290 TcpPassiveOpens=5", ABSENT},
	{9, "TcpExtListenDrops=4294967292 TcpPassiveOpens=12", ABSENT},
	{10, "TcpExtListenDrops=4294967293 TcpPassiveOpens=12", 3000},
	{15, "TcpExtListenDrops=4294967294 TcpPassiveOpens=212", 3000}, /* finished ones alone */
	{20, "TcpExtListenDrops=4 TcpPassiveOpens=312", ABSENT},	/* a wrap at 32 bits */
	{30, "TcpExtListenDrops=14 TcpPassiveOpens=312", 10000},
	{40, "TcpExtListenDrops=14 TcpPassiveOpens=321", ABSENT}, /* too few */
	{50, "TcpExtListenDrops=14 TcpPassiveOpens=331", 0},
	{60, "TcpExtListenDrops=15 TcpPassiveOpens=0", ABSENT}, /* it began anew */
	{70, "TcpExtListenDrops=16 TcpPassiveOpens=99", 100},
	{200, "TcpExtListenDrops=36 TcpPassiveOpens=199", ABSENT}, /* a machine that slept */
	{210, "TcpExtListenDrops=46 TcpPassiveOpens=209", 5000},
};

static struct tcx_snapshot *reading(struct tcx_layout *layout, const struct moment *moment)
{
	struct tcx_snapshot *now = tcx_snapshot_new(layout);
	const char *text = moment->values, *name;
	size_t len;

	now->taken_ns = NOW_NS + moment->second * TCX_NS_PER_S;
	for (size_t i = 0; words_next(&text, &name, &len); i++)
		now->values[i] = strtoull(name + len + 1, NULL, 10);
	return now;
}

static void windows(void **state)
{
	const struct tcx_derive_settings settings = {
		.interval_ns = TCX_NS_PER_S, .rate_ns = 1, .window_ns = 10 * TCX_NS_PER_S};
	struct tcx_layout *layout = words_layout(moments[0].values);
	struct tcx_derive derive = {.settings = {.interval_ns = 0}};
	struct tcx_snapshot *last = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct tcx_snapshot *now = reading(layout, &moments[i]);
		const struct tcx_health_input input = {.snapshot = now, .oldest_ns = NOW_NS};

		now->anew = last != NULL ? tcx_snapshot_went_back(last, now) : 0;
		tcx_derive(&derive, &settings, last, now);
		expect("moment", i, TCX_healthListenDrops, &input, moments[i].value);
		tcx_snapshot_unref(last);
		last = now;
	}
	tcx_derive_clear(&derive);
	tcx_snapshot_unref(last);
	tcx_layout_unref(layout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_a_window), cmocka_unit_test(hidden),
		cmocka_unit_test(as_it_is),	 cmocka_unit_test(the_fullest),
		cmocka_unit_test(nothing),	 cmocka_unit_test(windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
