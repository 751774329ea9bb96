#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each allocation of the agent's own code fails once: what is served stays true, the agent comes back, and nothing is left open. What
its libraries allocate succeeds, since net-snmp does not outlive it.

FAILING=all tries each; else SEED makes the choice.
"""

import collections

import failing
import harness
from harness import check

ROUNDS, STARTS = 24, 14  # of a choice
# Where malloc() alone gives nothing, each second reading of a namespace fails, as the others have realloc(): a line for each file.
MANY_LINES = 400
ERROR = collections.defaultdict(lambda: [0])


def failing_memory(site):
    if any(word in harness.AGENT.read_bytes() for word in (b"__asan_init", b"__tsan_init")):
        raise harness.Skip("a sanitizer has an allocator of its own")
    return failing.Failing(site, "no_memory.so", own=True)


def rounds(site):
    """While it serves: a reload, readings, tables and requests."""
    with harness.Site("other") as other:
        held = failing.Held(site, other, failing_memory(site))
        held.start()
        held.learn()
        counted = held.count_round()
        tried = failing.trials(counted, ROUNDS, ERROR)
        good = sum(held.survives(f"{name}() {at} gives nothing", name, at) for name, at, _ in tried)
        failing.tell("a round", tried, good, held.had)
        for name in sorted({name for name, *_ in tried}):
            what = f"from some time on no {name}() gives anything"
            check(held.survives(what, name, 1, 0, failing.FROM_THEN_ON, MANY_LINES), what)
            had = held.failing.failed()
            check(had > 0, f"{what}: {had} times, of {counted[name]} calls in a round before")
        check(held.agent.end() == 0, "it ends as it should")


def starts(site):
    """While it starts: it serves in the end, or ends at once and says why."""
    with harness.Site("other") as other:
        held = failing.Held(site, other, failing_memory(site))
        held.start()
        held.learn()
        tried = failing.trials(held.count_start(), STARTS, ERROR)
        good = sum(held.starts(f"{name}() {at} gives nothing", name, at) for name, at, _ in tried)
        failing.tell("a start", tried, good, held.had)


if __name__ == "__main__":
    harness.main(rounds, starts)
