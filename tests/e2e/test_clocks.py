#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clocks that jump under an agent and its snmpd: the host's is set, the machine sleeps, all go on by hours at once. What is too old is
shown no more, what is worked out with time begins anew, and no time tells of a break that there was not."""

import collections
import contextlib
import datetime
import socket
import time

import ber
import failing
import harness
import kernel
import test_thresholds as thresholds
from failing import BOOTTIME, MONOTONIC, REALTIME
from harness import AGE, DISCONTINUITY, OBJECTS, SEQUENCE, TIME, check, check_equal, wait_for

MINUTE, HOUR, DAY = 60, 3600, 86400
MAX_AGE_S = 2
GAP_S = 2  # ten refreshIntervals: what was not read for longer begins anew
TABLE_AGE_S = 10
CONF = f"""refreshInterval 0.2
maxAge {MAX_AGE_S}
tableInterval {TABLE_AGE_S // 10}
rateTime 1
healthWindow 1
threshold raised TcpCurrEstab value > 5
threshold late TcpCurrEstab value > 5 for 20h
threshold rate TcpExtListenDrops rate > 1
threshold growth TcpExtListenDrops growth > 1
threshold window healthListenDrops percent > 1
"""
STEP = 1000  # by which the counter grows while nobody looks
PORT = 5000  # and those behind it
MOST_LINES = 12  # of the log, for a jump: a session that is lost and found, and groups with it

# By how much which clock moves. No kernel's BOOTTIME or MONOTONIC goes back.
JUMPS = (
    *((f"the host's clock is set {how}", {REALTIME: by})
      for how, by in (("an hour on", HOUR), ("ten minutes back", -10 * MINUTE), ("40 days on", 40 * DAY), ("400 days back", -400 * DAY))),
    *((f"the machine sleeps for {how}", {REALTIME: by, BOOTTIME: by})
      for how, by in (("five seconds", 5), ("a minute", MINUTE), ("an hour", HOUR), ("30 days", 30 * DAY), ("400 days", 400 * DAY))),
    *((f"all clocks go on by {how}", {REALTIME: by, BOOTTIME: by, MONOTONIC: by})
      for how, by in (("five seconds", 5), ("an hour", HOUR), ("40 days", 40 * DAY), ("497 days, sysUpTime begins anew", 497 * DAY))),
)


def of_counter(column):
    return f"{OBJECTS}.2.1.{column}.{kernel.nstat_index('TcpExtListenDrops')}"


WATCHED = ("late", "rate", "growth", "window")
ASKED = {
    "drops": f"{OBJECTS}.8.24.0", "sequence": SEQUENCE, "age": AGE, "when": TIME, "rate": of_counter(9), "growth": of_counter(11),
    "window": f"{OBJECTS}.35.10.0", "since": DISCONTINUITY, "since of the file": f"{OBJECTS}.1.14.1.9.3",
    "last change": thresholds.at(thresholds.CHANGED, "raised"), "state": thresholds.at(thresholds.STATE, "raised"),
    "crossings": thresholds.at(thresholds.CROSSINGS, "raised"),
    **{f"crossings of {name}": thresholds.at(thresholds.CROSSINGS, name) for name in WATCHED},
}
# What no jump changes, and what there never is as the counter grows only while nobody looks: what it is of a minute or a window.
STAYS = ("since", "since of the file", "last change", "crossings", *(f"crossings of {name}" for name in WATCHED))
NEVER = ("growth", "window")


def socket_at(port):
    return f"{OBJECTS}.31.1.4.1.4.127.0.0.1.{port}"  # udpSocketSockets


class Clocks:
    """snmpd and an agent whose clocks are the test's, over files and sockets that change only while the agent stands still."""

    def __init__(self, site):
        self.site, self.failing = site, failing.Failing(site, "failing.so")
        self.shifts = collections.Counter()
        self.drops, self.port, self.plug = 0, PORT, None
        site.write("proc/net/snmp", "Tcp: PassiveOpens CurrEstab\nTcp: 0 9\n")
        site.write("proc/net/netstat", "")
        self.grow(0)
        site.snmpd(under=self.failing.prefix)
        self.manager = ber.Manager(site.snmp)
        self.agent = site.agent(f"procRoot {site.folder}/proc\n" + CONF, under=self.failing.prefix)
        wait_for("the socket is in its table", lambda: self.ask([socket_at(self.port)]) == [1])

    def grow(self, by):
        """In place, as the kernel's files do."""
        self.drops += by
        (self.site.folder / "proc/net/netstat").write_text(f"TcpExt: ListenDrops\nTcpExt: {self.drops}\n")
        if self.plug:
            self.plug.close()
        self.port += 1
        self.plug = self.site.socket(socket.SOCK_DGRAM)
        self.plug.bind(("127.0.0.1", self.port))

    def shift(self, shifts):
        for clock, seconds in shifts.items():
            self.shifts[clock] += seconds
            self.failing.shift(clock, self.shifts[clock])

    def ask(self, names):
        with contextlib.suppress(OSError):
            return ber.values(self.manager.ask(ber.GET, names))
        return [None] * len(names)

    def look(self):
        return dict(zip(ASKED, self.ask(list(ASKED.values()))))

    def jump(self, shifts, by):
        """Gives what is answered first, and of the table."""
        names = [*ASKED.values(), socket_at(self.port), socket_at(self.port + 1)]
        with self.agent.held():
            self.grow(by)
            self.shift(shifts)
            numbers = [self.manager.send(ber.GET, some) for some in (names[:-2], names[-2:])]
        answers = {answer.number: answer for answer in (self.manager.receive(), self.manager.receive())}
        first, of_table = (ber.values(answers[number]) for number in numbers)
        return dict(zip(ASKED, first)), of_table

    def date(self):
        """The host's, as they have it."""
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.shifts[REALTIME])


def date_of(octets):
    year, rest = int.from_bytes(octets[:2], "big"), octets[2:]
    offset = datetime.timedelta(hours=rest[7], minutes=rest[8]) * (1 if rest[6] == ord("+") else -1)
    return datetime.datetime(year, *rest[:5], rest[5] * 100000, tzinfo=datetime.timezone(offset))


def is_new(clocks, seen):
    """Of a reading after the jump."""
    return seen["drops"] == clocks.drops and seen["rate"] == 0 and seen["state"] == thresholds.CROSSED


def false_of(seen, before, drops, gap):
    """What is not so in an answer. gap: nothing was read for so long that all begins anew."""
    wrong = {name: seen[name] for name in STAYS if seen[name] not in (None, before[name])}
    wrong.update({name: seen[name] for name in NEVER if seen[name] is not None and gap})
    wrong.update({"rate": seen["rate"]} if gap and seen["rate"] not in (None, 0) else {})
    wrong.update({"drops": seen["drops"]} if seen["drops"] not in (None, *drops) else {})
    wrong.update({"age": seen["age"]} if seen["drops"] is not None and seen["age"] > 1000 * MAX_AGE_S else {})
    wrong.update({"state": seen["state"]} if seen["state"] == thresholds.NORMAL else {})
    return wrong


def look_until_new(clocks, before, gap):
    """All answers until what was read after the jump is whole again. Returns what was wrong in any."""
    wrong = {}

    def look():
        seen = clocks.look()
        wrong.update(false_of(seen, before, (clocks.drops,) if gap else (clocks.drops, before["drops"]), gap))
        return is_new(clocks, seen) and seen["sequence"] > before["sequence"]

    wait_for(lambda: f"all is there again: {clocks.look()}; {clocks.agent.log()[-3:]}", look)
    return wrong


def look_at_all(clocks):
    """An answer that has everything, with which others can be compared."""
    seen = {}

    def look():
        seen.update(clocks.look())
        return is_new(clocks, seen) and all(seen[name] is not None for name in ("sequence", "when", *STAYS))

    wait_for(lambda: f"all is there: {seen}; {clocks.agent.log()[-3:]}", look)
    return seen


def jump(clocks, what, shifts):
    """The counter grows where the gap is so long that its growth is of no time."""
    gap = shifts.get(BOOTTIME, 0) > GAP_S
    old, lines = clocks.port, len(clocks.agent.log())
    before = look_at_all(clocks)
    first, (gone, _) = clocks.jump(shifts, STEP if gap else 0)
    allowed = (clocks.drops,) if shifts.get(BOOTTIME, 0) > MAX_AGE_S else (before["drops"], clocks.drops)
    check_equal(false_of(first, before, allowed, gap), {}, f"{what}: the first answer has nothing old, and no other discontinuity")
    if shifts.get(BOOTTIME, 0) > TABLE_AGE_S:
        check(gone is None, f"{what}: nor has that of a table", (old, gone))
    check_equal(look_until_new(clocks, before, gap), {}, f"{what}: nor have those behind it, until all is there again")
    wait_for("the socket is in its table", lambda: clocks.ask([socket_at(clocks.port), socket_at(old)]) == [1, None])
    when, now = date_of(look_at_all(clocks)["when"]), clocks.date()
    check(abs(now - when) < datetime.timedelta(seconds=MAX_AGE_S + harness.DEADLINE), f"{what}: snapshotTime is the host's", (when, now))
    said = clocks.agent.log()[lines:]
    check(len(said) <= MOST_LINES, f"{what}: {len(said)} lines in the log", said)


def jumps(site):
    """One after the other, each as if somebody had asked while the machine stood still."""
    clocks = Clocks(site)
    look_at_all(clocks)
    most = max(clocks.agent.descriptors() for _ in range(10))
    for what, shifts in JUMPS:
        jump(clocks, what, shifts)
    wait_for("the descriptors are those of the beginning", lambda: clocks.agent.descriptors() <= most)
    check_equal(clocks.agent.end(), 0, f"{len(JUMPS)} jumps: it ends as it should, with the descriptors of the beginning")


def group(site):
    """A group that is too old just after a jump is not left to snmpd: its next look, a maxAge later, finds it read again."""
    clocks = Clocks(site)
    for _ in range(2):  # looks, with all there
        sequence = clocks.look()["sequence"]
        wait_for("readings of a maxAge", lambda: clocks.look()["sequence"] > sequence + 5 * MAX_AGE_S)
    clocks.jump({BOOTTIME: HOUR, MONOTONIC: HOUR}, STEP)
    sequence = clocks.look()["sequence"]
    wait_for("readings of a maxAge, and more", lambda: clocks.look()["sequence"] > sequence + 7 * MAX_AGE_S)
    check_equal([line for line in clocks.agent.log() if "group tcp" in line], [], "the group tcp is the agent's all the while")


def back(site):
    """The clock of boot goes back, as no kernel's does: nothing is read, nor is anything shown, until it is where it was."""
    clocks = Clocks(site)
    before = look_at_all(clocks)
    first, (gone, _) = clocks.jump({BOOTTIME: -10 * MINUTE}, STEP)
    shown = {name: first[name] for name in ("drops", "rate", *NEVER) if first[name] is not None}
    check_equal((shown, gone), ({}, None), "nothing is shown that was read later than now")
    clocks.jump({BOOTTIME: 10 * MINUTE}, 0)
    check(look_at_all(clocks)["sequence"] > before["sequence"] and clocks.agent.end() == 0, "then all goes on")


def others(site):
    """In a time namespace, where the clocks of boot are others than those of snmpd: times are told by sysUpTime all the same."""
    site.snmpd()
    since_boot = int(time.clock_gettime(time.CLOCK_MONOTONIC))
    for boottime, monotonic in ((100 * DAY, 50 * DAY), (HOUR, 0), (30 - since_boot, 20 - since_boot)):
        what = f"BOOTTIME moved by {boottime} s, MONOTONIC by {monotonic} s"
        agent = site.agent(CONF, under=("unshare", "--time", "--boottime", str(boottime), "--monotonic", str(monotonic)), wait=False)
        wait_for("it has started", lambda: not agent.alive() or site.sequence())
        if not agent.alive():
            raise harness.Skip(f"needs time namespaces (Linux 5.6): {agent.said()}")
        uptime, since, age = (value.value for value in site.get(f"{harness.MIB2}.1.3.0", DISCONTINUITY, AGE))
        check(0 < since <= uptime and age < 1000 * MAX_AGE_S, f"{what}: it began after snmpd did, and before now", (since, uptime, age))
        wait_for("there is a rate", lambda: site.get(of_counter(9))[0].value == 0)
        check_equal((site.get(DISCONTINUITY)[0].value, agent.end()), (since, 0), f"{what}: that stays, and it ends as it should")


if __name__ == "__main__":
    harness.main(jumps, group, back, others)
