#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Everything that managers do, good or bad, in any order, for a quarter of an hour (SOAK_S has other seconds; SOAK_SEED repeats
an order): no session is lost for more than its own cause, nothing grows. `make soak` runs it; it is no part of make check."""

import collections
import os
import random
import re
import signal
import time

import ber
import harness
from harness import MIB2, OBJECTS, check, check_equal, wait_for
from test_limits import DESCRIPTION, PORTS, SCALAR, VALUE, columns, longest, memory_mib

SECONDS = int(os.environ.get("SOAK_S", "900"))
SEED = os.environ.get("SOAK_SEED", str(time.time_ns()))
TABLES = ("2.2", "3.1", "4.20", "4.21", "4.22", "6.13", "7.5")
REFUSED = (ber.NO_ERROR, ber.TOO_BIG)


class Soak:
    """The steps. Each returns how many sessions it may cost; what is wrong is kept."""

    def __init__(self, site):
        self.site, self.chance = site, random.Random(SEED)
        self.snmpd = self.start_snmpd()
        self.agent = site.agent("agentXPingInterval 5\nagentXTimeout 3\n")
        self.longest, self.values = longest(site), columns(site)
        self.wrong = []

    def start_snmpd(self):
        return self.site.snmpd(options=[f"udp:127.0.0.1:{port}" for port in PORTS[1:]])

    def expect(self, good, what):
        if not good:
            self.wrong.append(what)

    def walk(self):
        self.expect(len(self.site.walk_counters(repetitions=25)) > 200, "a walk is short")
        return 0

    def walk_tables(self):
        for table in TABLES:
            self.site.walk(f"{MIB2}.{table}", repetitions=25)
        return 0

    def get(self):
        for _ in range(100):
            self.expect(self.site.get(SCALAR)[0].syntax == "Counter64", "a GET of a scalar")
        return 0

    def long_get(self):
        """Item by item around the limit, and far beyond it."""
        name = self.chance.choice((self.longest, SCALAR, self.chance.choice(self.values)))
        with ber.Manager(self.site.snmp) as manager, ber.Manager(self.site.snmp) as other:
            for _ in range(10):
                count = self.chance.choice((150, 151, 482, 1250, 1260, 2000))
                asked = other.send(ber.GET, [SCALAR])
                answer = manager.ask(ber.GET, [name] * count)
                self.expect(answer.error in REFUSED, f"a GET of {count} times {name}: error {answer.error}")
                self.expect(other.receive()[:2] == (asked, 0), f"a GET beside one of {count} times {name}")
        return 0

    def bulk(self):
        with ber.Manager(self.site.snmp) as manager:
            for names in ([self.longest] * 90, self.values[:90], [DESCRIPTION], [VALUE], [f"{OBJECTS}.8"]):
                answer = manager.ask(ber.GETBULK, names, repetitions=self.chance.randrange(1, 300))
                self.expect(answer.error == 0, f"a GETBULK of {len(names)} names: error {answer.error}")
        return 0

    def flood(self):
        self.site.run("python3", "-B", harness.HERE / "flood.py", self.chance.randrange(1, 6), self.longest, *PORTS, timeout=120)
        self.site.wait_served(self.agent, 45)
        return 1

    def reload(self):
        before = len(self.agent.log())
        self.agent.send(signal.SIGHUP)
        wait_for("it has been read", lambda: "configuration read again" in "".join(self.agent.log()[before:]))
        return 0

    def stop_snmpd(self):
        self.snmpd.send(signal.SIGSTOP)
        wait_for("the loss is noticed", lambda: "lost" in self.agent.log()[-1])
        self.snmpd.send(signal.SIGCONT)
        self.site.wait_served(self.agent)
        return 1

    def restart_snmpd(self):
        self.snmpd.kill()
        self.snmpd = self.start_snmpd()
        self.site.wait_served(self.agent)
        return 1

    def lost(self):
        return len([line for line in self.agent.log() if line.startswith("lost")])


def soak(site):
    """No session is lost for more than its own cause."""
    soaking = Soak(site)
    usual = [soaking.walk, soaking.walk_tables, soaking.get, soaking.long_get, soaking.bulk, soaking.reload]
    steps, counts, losses = usual * 3 + [soaking.flood, soaking.stop_snmpd, soaking.restart_snmpd], collections.Counter(), collections.Counter()
    end, begun = time.monotonic() + SECONDS, None
    while time.monotonic() < end:
        step = soaking.chance.choice(steps)
        before = soaking.lost()
        may_cost = step()
        cost = soaking.lost() - before
        counts[step.__name__] += 1
        losses[step.__name__] += cost
        soaking.expect(cost <= may_cost, f"{step.__name__} cost {cost} sessions")
        if begun is None and sum(counts.values()) == 50:
            begun = memory_mib(soaking.agent)
    print(f"seed {SEED}; steps: {dict(counts)}; sessions lost: {dict(losses)}; the agent's memory at its peak: "
          f"{begun} MiB after 50 steps, {memory_mib(soaking.agent)} MiB in the end; snmpd's {memory_mib(soaking.snmpd)} MiB")
    check_equal(soaking.wrong, [], f"{sum(counts.values())} steps: nothing went wrong, no session was lost without a cause")
    check(soaking.agent.alive() and soaking.snmpd.alive(), "both live")
    others = [line for line in soaking.agent.log() if not re.match("tcpextd .* started|connected|lost|configuration read", line)]
    check_equal(others, [], "the log has nothing else")
    check_equal(soaking.agent.end(), 0, "the agent ends")


if __name__ == "__main__":
    harness.main(soak)
