/* SPDX-License-Identifier: BSD-2-Clause */
/* When the master's sysUpTime was 0: the same, until it is clearly another. */
#include "tests/unit/test.h"

#include "base/clock.h"
#include "snmp/quirks.h"

#define SECONDS(number) (uint64_t)((number)*1e9)

static const struct {
	long uptime; /* hundredths of a second */
	double now, known;
	bool anew;
} zeros[] = {
	{100, 5, 4, false},	{100, 5, 4.3, false}, {100, 5, 3.7, false}, {100, 5, 4.7, true},
	{100, 5, 3.3, true},	{100, 5, 0, true},    {100, 5, 100, true},  {1000, 20, 10.2, false},
	{1000, 20, 9.8, false}, {1000, 20, 19, true},
};

static void uptime_zero(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(zeros); i++) {
		uint64_t now = SECONDS(zeros[i].now), known = SECONDS(zeros[i].known);
		uint64_t zero, earliest, latest;

		netsnmp_set_agent_uptime((u_long)zeros[i].uptime);
		latest = now - netsnmp_get_agent_uptime() * (TCX_NS_PER_S / 100);
		zero = tcx_quirk_uptime_zero(now, known);
		earliest = now - netsnmp_get_agent_uptime() * (TCX_NS_PER_S / 100);
		if (zeros[i].anew)
			assert_in_range(zero, earliest, latest);
		else
			assert_int_equal(zero, known);
	}
}

/* It has been up for longer than this host. */
static void before_the_clock(void **state)
{
	(void)state;
	netsnmp_set_agent_uptime(1000);
	assert_int_equal(tcx_quirk_uptime_zero(SECONDS(5), SECONDS(3)), 0);
	assert_int_equal(tcx_quirk_uptime_zero(SECONDS(5), SECONDS(0.2)), SECONDS(0.2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uptime_zero),
		cmocka_unit_test(before_the_clock),
	};

	return cmocka_run_group_tests_name("quirks", tests, NULL, NULL);
}
