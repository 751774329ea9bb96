/* SPDX-License-Identifier: BSD-2-Clause */
/* Slows down the reading of files that cost, and speeds it up again. */
#include "sample/pace.h"

#include "base/clock.h"

#define SLOW_NS	   TCX_NS_PER_MS
#define IN_A_ROW   2
#define LONGEST_NS (60 * TCX_NS_PER_S)

void tcx_pace_note(struct tcx_pace *pace, uint64_t cost_ns, uint64_t usual_ns)
{
	uint64_t twice_ns = 2 * (pace->interval_ns > usual_ns ? pace->interval_ns : usual_ns);
	bool is_slow = cost_ns > SLOW_NS;

	pace->slow = is_slow ? pace->slow + 1 : 0;
	pace->fast = is_slow ? 0 : pace->fast + 1;
	if (pace->slow == IN_A_ROW)
		pace->interval_ns = twice_ns < LONGEST_NS ? twice_ns : LONGEST_NS;
	else if (pace->fast == IN_A_ROW)
		pace->interval_ns /= 2;
	else
		return;
	pace->slow = 0;
	pace->fast = 0;
	if (pace->interval_ns <= usual_ns)
		pace->interval_ns = 0;
}

/* Half an interval is for a reading that comes a little early. */
bool tcx_pace_is_due(const struct tcx_pace *pace, uint64_t since_ns, uint64_t usual_ns)
{
	return since_ns + usual_ns / 2 >= pace->interval_ns;
}
