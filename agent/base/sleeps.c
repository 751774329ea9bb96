/* SPDX-License-Identifier: BSD-2-Clause */
/* A short list of sleeps, each found by the distance of two clocks, which grows by it. */
#include "base/sleeps.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"

/* Less is no sleep: some time passes between the two clocks' being asked. */
#define SHORTEST_NS (TCX_NS_PER_S / 100)

/* The first one stays, as most moments are before it: those since the agent began. */
static void make_room(struct tcx_sleeps *sleeps)
{
	if (sleeps->count < TCX_SLEEPS_MAX)
		return;
	sleeps->count--;
	memmove(&sleeps->of[1], &sleeps->of[2], (sleeps->count - 1) * sizeof(sleeps->of[0]));
}

void tcx_sleeps_note(struct tcx_sleeps *sleeps, uint64_t now_ns, uint64_t awake_ns)
{
	uint64_t slept_ns = now_ns > awake_ns ? now_ns - awake_ns : 0;

	if (sleeps->count > 0 && slept_ns < sleeps->of[sleeps->count - 1].slept_ns + SHORTEST_NS)
		return;
	make_room(sleeps);
	sleeps->of[sleeps->count].seen_ns = now_ns;
	sleeps->of[sleeps->count].slept_ns = slept_ns;
	sleeps->count++;
}

uint64_t tcx_sleeps_look(struct tcx_sleeps *sleeps)
{
	struct timespec awake;
	uint64_t now_ns = tcx_clock_now();

	clock_gettime(CLOCK_MONOTONIC, &awake);
	tcx_sleeps_note(sleeps, now_ns, tcx_clock_ns(&awake));
	return tcx_sleeps_awake(sleeps, now_ns);
}

uint64_t tcx_sleeps_awake(const struct tcx_sleeps *sleeps, uint64_t moment_ns)
{
	uint64_t awake_ns;
	size_t i = 0;

	if (sleeps->count == 0)
		return moment_ns;
	while (i + 1 < sleeps->count && sleeps->of[i + 1].seen_ns <= moment_ns)
		i++;
	awake_ns = moment_ns - tcx_clock_earlier(moment_ns, sleeps->of[i].slept_ns);
	if (i + 1 == sleeps->count)
		return awake_ns;
	return tcx_clock_earlier(awake_ns, sleeps->of[i + 1].seen_ns - sleeps->of[i + 1].slept_ns);
}
