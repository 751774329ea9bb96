#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""snmpd is killed and comes back, forty times: the agent serves again each time, and keeps neither descriptors nor memory."""

import os
import re
import statistics

import harness
from harness import check, check_equal

ROUNDS = 40
SETTLED = 5  # until here, buffers and lists may find their size


def descriptors(agent):
    """What each one leads to, without the numbers of sockets and the like."""
    folder = f"/proc/{agent.pid}/fd"
    return sorted(re.sub(r"\d+", "N", os.readlink(f"{folder}/{fd}")) for fd in os.listdir(folder))


def check_log(lines):
    """On a busy machine snmpd may not answer within the agent's agentXTimeout, which is a session lost, too."""
    words = [line.split()[0] for line in lines]
    lost = words.count("lost")
    check(words == ["connected"] + ["lost", "connected"] * lost, "a line in the log for each end and each begin of a session", lines)
    slow = len([line for line in lines if "it did not answer" in line])
    check(lost - slow <= ROUNDS <= lost, "no session ends but with snmpd, or without an answer of it", lines)


def forty_times(site):
    """Killed, restarted, served."""
    snmpd = site.snmpd()
    agent = site.agent("agentXPingInterval 3\n")
    served, fds, memory = 0, None, []
    for number in range(1, ROUNDS + 1):
        snmpd.kill()
        snmpd = site.snmpd()
        site.wait_served(agent)
        served += len(site.walk_counters(repetitions=25)) > 0
        if number == SETTLED:
            fds = descriptors(agent)
        memory.append(harness.private_kib(agent))
    check_equal(served, ROUNDS, "served again each time")
    check(agent.alive(), "by the same process")
    check_equal(descriptors(agent), fds, f"the {len(fds)} descriptors of round {SETTLED} are those of round {ROUNDS}")
    if harness.has_sanitizer(agent):
        harness.skip("private memory: this agent has a sanitizer, which keeps what is freed")
    else:
        # The allocator takes some pages more now and then, until round 40 or so. What a session loses, it loses in each round.
        grown = [after - before for before, after in zip(memory[SETTLED - 1:], memory[SETTLED:])]
        check(statistics.median(grown) <= 0, "private memory does not grow in most rounds", f"KiB: {memory}")
    check_log(agent.log()[1:])


harness.main(forty_times)
