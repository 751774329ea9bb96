/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the machine slept. tcx_clock_now() goes on meanwhile and CLOCK_MONOTONIC does not, nor does
 * sysUpTime, which is made of it: a moment of the one has to be found on the other.
 */
#ifndef TCX_BASE_SLEEPS_H
#define TCX_BASE_SLEEPS_H

#include <stddef.h>
#include <stdint.h>

#define TCX_SLEEPS_MAX 32

/* All zeros: none is known. */
struct tcx_sleeps {
	size_t count;
	struct {
		uint64_t seen_ns;  /* by tcx_clock_now(), when it was over */
		uint64_t slept_ns; /* in all, until then */
	} of[TCX_SLEEPS_MAX];
};

/* Notes what both clocks say: now_ns was asked first. */
void tcx_sleeps_note(struct tcx_sleeps *sleeps, uint64_t now_ns, uint64_t awake_ns);

/* The same with both clocks as they are. Returns how long the machine has been awake. */
uint64_t tcx_sleeps_look(struct tcx_sleeps *sleeps);

/*
 * How long the machine had been awake at a moment of tcx_clock_now(). Where a sleep came between
 * two notes, what was between them as well counts as before it, and at the latest as the second.
 */
uint64_t tcx_sleeps_awake(const struct tcx_sleeps *sleeps, uint64_t moment_ns);

#endif
