#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The thresholds of the manual's symptoms: its experiments cross them, which is notified, and they are cleared when all is well.

Limits are as in the manual. Only times are shorter: nothing has to last, and rates and windows are of seconds.
"""

import os
import re
import signal
import socket
import sys
import time

import paths  # noqa: F401
import coverage
import experiment
import harness
import snmp
import test_symptoms as symptoms
import test_thresholds as table
import trapd
import world

CONF = "rateTime 1\nhealthWindow 2\nnotificationLimit 1000\n"

# Threshold to the experiment that crosses it.
ONCE = {
    "syn-retries": "syn-retransmitted", "vanished-peers": "keepalive", "time-wait": "time-wait", "udp-queue": "udp-loses",
    "icmp-held-back": "icmp-limits", "tcp-checksums": "tcp-errors", "output-drops": "discards", "no-routes": "no-routes",
    "challenges": "challenge-acks", "fast-open-fails": "fast-open-active-fail", "mptcp-fallback": "mptcp-fallback",
}
# Those that want it again and again: within a window there have to be so many that a share says something.
OFTEN = {
    "listen-drops": "listen-overflow", "syn-flood": "syn-flood-cookies", "connect-fails": "refused",
    "abort-failed": "abort-failed", "retransmissions": "sack-recovery", "prunes": "prune", "udp-receive-loss": "udp-memory",
    "reassembly-fails": "ip-fragment-limit", "softnet-drops": "softnet-backlog",
}
ROWS = {"udp-queue": "0.0.0.0:9000"}  # of thresholds on a table

CROSSED, CLEARED = "thresholdCrossedNotification", "thresholdClearedNotification"
PAIRS = 120  # connections, and datagrams: more than any value wants


class Eye:
    """What a side's table of thresholds says, and what its snmpd has sent."""

    def __init__(self, made, side):
        self.side = side
        self.trapd = trapd.Trapd(side.site)
        self.manager = snmp.Manager(side.site.snmp)
        made.stack.callback(self.manager.close)

    def cell(self, column, name):
        return self.manager.get([table.at(column, name, ROWS.get(name, ""))])[0]

    def is_crossed(self, name):
        return self.cell(table.STATE, name) == table.CROSSED

    def told(self, name):
        """Which of its notifications have come, in their order."""
        wanted = name, ROWS.get(name, "")
        return [trap.what for trap in self.trapd.traps() if tuple(map(trap.values.get, ("notifiedName", "notifiedRow"))) == wanted]


def meet(client_side, server_side):
    """What a sound host does: connections, which are answered by cookies; data both ways; datagrams in fragments."""
    server_side.sysctl("net.ipv4.tcp_syncookies", 2)
    server = server_side.listen(9100, backlog=2 * PAIRS)
    clients = [client_side.connect(9100) for _ in range(PAIRS)]
    peers = [server_side.accept(server) for _ in clients]
    ends = [side.socket(socket.SOCK_DGRAM) for side in (client_side, server_side)]
    for end, side in zip(ends, (client_side, server_side)):
        end.bind((side.address, 9100))
    for end, other in (ends, reversed(ends)):
        end.connect(other.getsockname())
    for first, second in ((clients[0], peers[0]), (peers[0], clients[0]), ends, reversed(ends)):
        for _ in range(PAIRS):
            first.send(bytes(2000 if first in ends else 1))
            second.recv(4000)
    for made in clients + peers:
        made.close()


def be_well(made):
    """Both sides, each as client and as server."""
    meet(made.a, made.b)
    made.end_experiment()
    meet(made.b, made.a)
    made.end_experiment()


class Test:
    """Crosses thresholds of both sides, and clears them."""

    def __init__(self, made):
        self.made = made
        self.eyes = [Eye(made, side) for side in made.sides]
        self.crossed = []  # where, and which threshold

    def was_crossed(self, name, before, seconds):
        """Where its crossings have become more; the experiment is still set up meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            found = [eye for eye in self.eyes if (eye.cell(table.CROSSINGS, name) or 0) > before[eye]]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.02)

    def try_once(self, name, entry, before, seconds):
        try:
            for _ in entry.body(experiment.Lab(self.made)):
                pass
            return self.was_crossed(name, before, seconds)
        finally:
            self.made.end_experiment()

    def cross(self, name, entry):
        """Runs the experiment until the table says that the threshold was crossed, and waits for the notification."""
        harness.wait_for(f"{name} is not crossed before",
                         lambda: not any(eye.is_crossed(name) for eye in self.eyes) or be_well(self.made))
        before = {eye: eye.cell(table.CROSSINGS, name) or 0 for eye in self.eyes}
        seconds = 4 if name in ONCE else 0  # for the next reading; others have what they need in a window or never
        found = harness.wait_for(f"{entry.name} crosses {name}", lambda: self.try_once(name, entry, before, seconds))
        for eye in found:
            harness.wait_for(f"{eye.side.host} tells of it", lambda: CROSSED in eye.told(name))
        self.crossed += [(eye, name) for eye in found]
        harness.check(True, f"{name}: {entry.name} crosses it, which {' and '.join(eye.side.host for eye in found)} tells")

    def try_cross(self, name, entry):
        try:
            self.cross(name, entry)
        except harness.Skip as why:
            harness.skip(f"{name}: {why}")
        except Exception as error:  # one that fails must not keep the others from being run
            if coverage.same_kernel():
                harness.check(False, f"{name}: {entry.name} crosses it", error)
            else:
                harness.skip(f"{name}: this kernel does otherwise: {error}")

    def clear(self):
        """Lets all be well until all are cleared, and looks at what was sent."""
        harness.wait_for(lambda: f"cleared are all but {[name for eye, name in self.crossed if eye.is_crossed(name)]}",
                         lambda: not any(eye.is_crossed(name) for eye, name in self.crossed) or be_well(self.made))
        for eye, name in dict.fromkeys(self.crossed):
            harness.wait_for(f"{eye.side.host} tells that {name} is cleared", lambda: eye.told(name)[-1] == CLEARED)
            told = eye.told(name)
            harness.check_equal(told, len(told) // 2 * [CROSSED, CLEARED], f"{name}: {eye.side.host} tells that it is cleared")


def lines_and_experiments():
    """Name of a threshold to its line, and to the experiments of its symptom."""
    for _, lines in symptoms.sections(symptoms.PAGE.read_text(encoding="ascii")):
        for line in symptoms.thresholds(lines):
            yield line.split()[1], line, symptoms.experiments(lines)


def check_all(found):
    """Each has an experiment of its symptom here, or only such as change settings of the whole host."""
    crossed = {**ONCE, **OFTEN}
    wrong = [name for name, _, runs in found if crossed.get(name) not in runs and "host" not in runs.values()]
    harness.check(not wrong, "each symptom has an experiment that crosses its threshold", wrong)
    unknown = set(crossed) - {name for name, _, _ in found}
    harness.check(not unknown, "no other is looked for", unknown)
    return crossed


def run(found, crossed):
    conf = CONF + "".join(re.sub(r" for \S+", "", line) + "\n" for _, line, _ in found)
    entries = experiment.load()
    with world.World(agent=conf, snmpd=trapd.sinks("trap, v2c")) as made:
        test = Test(made)
        for name, run_by in crossed.items():
            test.try_cross(name, entries[run_by])
        test.clear()


def main():
    os.environ["PATH"] = harness.PATH
    why = harness.missing()
    if why:
        print(f"skipped: {why}")
        return 77
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, harness.leave)
    found = list(lines_and_experiments())
    try:
        run(found, check_all(found))
    except harness.Skip as why:
        print(f"skipped: {why}")
        return 77
    except harness.Failure as error:
        harness.check(False, "the test goes through", error)
    tally = harness.tally
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
