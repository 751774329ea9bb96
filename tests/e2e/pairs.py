# SPDX-License-Identifier: BSD-2-Clause
"""Agents that each have a scripted master of their own, several in one site, and what must be so after whatever a master did:
the agent serves what is true, is the same process, and holds the descriptors that it held."""

import collections
import contextlib
import os
import re
import statistics
import types

import harness
from harness import AGENT, OBJECTS, Agent, Failure, check, check_equal, private_kib, wait_for
from master import ADD_CAPS, NO_ERROR, PING, REGISTER, Master, response

PING_S = 2
QUICK = f"agentXPingInterval {PING_S}\nagentXTimeout 1\nagentXRetries 0\n"
STEADY = "agentXPingInterval 6\nagentXTimeout 5\nagentXRetries 0\n"
CALM = "agentXPingInterval 12\nagentXTimeout 11\nagentXRetries 0\n"  # no session is lost, however busy the machine is
AT_ONCE = 14  # agents, with their masters: more of them are a busy machine by themselves
BUSY = 5  # times slower than it should be is a machine that builds meanwhile
AGAIN = 3 * PING_S * BUSY  # seconds until an agent serves again: three pings
FILES = ("snmp", "netstat", "snmp6", "sockstat", "sockstat6")
COUNTER64 = 70
SHOWN = {f"{OBJECTS}.8.1.0": "TcpExt: SyncookiesSent", f"{OBJECTS}.8.23.0": "TcpExt: ListenOverflows", f"{OBJECTS}.9.7.0": "IpExt: InOctets"}


def write_proc(site):
    """A proc root of the namespace's files, where each counter of netstat has a number of its own."""
    for name in FILES:
        site.write(f"proc/net/{name}", site.run("cat", f"/proc/net/{name}").stdout)
    lines, place = [], 0
    for title in (site.folder / "proc/net/netstat").read_text().splitlines()[::2]:
        section, *names = title.split()
        values = [place + i + 1 for i in range(len(names))]
        lines += [title, " ".join([section, *map(str, values)])]
        place += len(names)
    site.write("proc/net/netstat", "\n".join(lines) + "\n")


def descriptors(agent):
    """What each leads to, without the numbers of sockets and the like."""
    folder = f"/proc/{agent.pid}/fd"
    found = []
    for number in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):  # it is closed just now
            found.append(re.sub(r"\d+", "N", os.readlink(f"{folder}/{number}")))
    return sorted(found)


def read_truth(site):
    """What must be served of it."""
    lines = (site.folder / "proc/net/netstat").read_text().splitlines()
    numbers = {}
    for titles, values in harness.paired(lines[::2], lines[1::2]):
        section, *names = titles.split()
        numbers.update({f"{section} {name}": int(value) for name, value in harness.paired(names, values.split()[1:])})
    return [(oid, COUNTER64, numbers[name]) for oid, name in SHOWN.items()]


class Pair:
    """Made, it starts its agent; ready() waits until all is registered."""

    def __init__(self, site, name="pair", conf=QUICK, reply=None):
        self.name, self.site = name, site
        self.folder = site.folder / name
        self.folder.mkdir()
        if not (site.folder / "proc").exists():
            write_proc(site)
        self.truth = read_truth(site)
        self.master = Master(types.SimpleNamespace(master=self.folder / "master"), reply=reply)
        self.configure(conf)
        self.agent = site.start(Agent, site.inside(AGENT, "-f", "-C", "-c", self.folder / "tcpextd.conf", "-x", self.folder / "master",
                                                   "-Lf", self.folder / "tcpextd.log"), self.folder)
        self.fds = self.registrations = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.agent.kill()
        self.master.close()

    def configure(self, conf):
        self.site.write(f"{self.name}/tcpextd.conf", f"{conf}procRoot {self.site.folder}/proc\n")

    def connection(self):
        """The newest one, or None."""
        return self.master.connections[-1] if self.master.connections else None

    def hang_up(self):
        for connection in list(self.master.connections):
            connection.hang_up()

    def ready(self):
        """Serves for the first time."""
        wait_for(lambda: f"{self.name}: all is registered; the log: {self.agent.log()[-5:]}", self.is_complete, 2 * AGAIN)
        self.must_be_right()
        self.registrations = len(self.connection().granted)
        self.fds = descriptors(self.agent)
        return self

    def is_complete(self):
        """As many registrations as the first time, or a ping behind the last of what the agent tells at the beginning."""
        now = self.connection()
        if now is None or now.ended:
            return False
        if self.registrations is None:
            return now.count(ADD_CAPS) > 0 and now.count(PING) > 0
        return len(now.granted) >= self.registrations and now.count(ADD_CAPS) > 0

    def is_right(self):
        """Whether it answers, by its newest connection. A wrong value is a failure at once."""
        now = self.connection()
        if now is None or now.ended or not now.count(REGISTER):
            return False
        try:
            answer = now.ask(list(SHOWN), seconds=PING_S)
        except (Failure, OSError):
            return False
        if answer.error == NO_ERROR and answer.varbinds != self.truth:
            raise Failure(f"{self.name}: shows {answer.varbinds}, and {self.truth} is true")
        return answer.error == NO_ERROR

    def must_be_right(self):
        wait_for(lambda: f"{self.name}: served; process {self.agent.popen.poll()}, {len(self.master.connections)} connections, the log: "
                 f"{self.agent.log()[-5:]}", lambda: not self.agent.alive() or self.is_right(), AGAIN)
        if not self.agent.alive():
            raise Failure(f"{self.name}: the agent has ended with {self.agent.popen.poll()}: {self.agent.log()[-3:]}, {self.agent.said()[-3:]}")

    def must_be_whole(self):
        """Serves again, all of it."""
        self.must_be_right()
        wait_for(lambda: f"{self.name}: all {self.registrations} registrations, of which there are {len(self.connection().granted)}; the log: "
                 f"{self.agent.log()[-5:]}", self.is_complete, AGAIN)

    def holds_no_more(self):
        """While it serves, the descriptors are those of the beginning; a file that is read just now has one for a moment."""
        with contextlib.suppress(Failure):
            return wait_for("the descriptors are those of the beginning", lambda: self.is_right() and descriptors(self.agent) == self.fds, 2 * AGAIN)
        return False

    def other_descriptors(self):
        """What it has that it had not, and the reverse."""
        now, before = collections.Counter(descriptors(self.agent)), collections.Counter(self.fds)
        return dict(now - before), dict(before - now)

    def lines(self, pattern):
        return [line for line in self.agent.log() if re.search(pattern, line)]


# --- What goes wrong ----------------------------------------------------------------------------------------------------------
# A function of the connection and the PDU gives the octets that are sent in place of an acknowledgement.

def refuses(code):
    return lambda connection, pdu: response(pdu, code)


def silent(connection, pdu):
    return b""


def hangs_up(connection, pdu):
    connection.hang_up()
    return b""


class Wrong:
    """A reply that goes wrong as long as it is told to, at some kinds of PDU: all of them, or those that one more condition takes."""

    def __init__(self, fault, *kinds, where=None):
        self.fault, self.seen = fault, 0
        self.begin(*kinds, where=where)

    def __call__(self, connection, pdu):
        if pdu.kind not in self.kinds or (self.where and not self.where(connection, pdu)):
            return None
        self.seen += 1
        return self.fault(connection, pdu)

    def begin(self, *kinds, where=None):
        self.since, self.where, self.kinds = self.seen, where, set(kinds)

    def times(self):
        """How often it went wrong since it began."""
        return self.seen - self.since

    def end(self):
        self.kinds = set()


def in_groups(faults):
    """So that not all agents run at one time."""
    names = list(faults)
    for i in range(0, len(names), AT_ONCE):
        yield {name: faults[name] for name in names[i:i + AT_ONCE]}


def begin_all(site, faults, conf, *kinds, where=None):
    """A pair for each of the faults, all at once, and what goes wrong in each from the beginning on."""
    wrongs = [(name, Wrong(fault, *kinds, where=where)) for name, fault in faults.items()]
    begun = len(list(site.folder.glob("pair*")))
    return [(name, wrong, Pair(site, f"pair{i}", conf, wrong)) for i, (name, wrong) in enumerate(wrongs, begun)]


def ready(found):
    for _, _, pair in found:
        pair.ready()


def wait_wrong(found, what, times, on=False):
    """Each goes wrong so often, and no more unless it goes on."""
    left = list(found)

    def are_over():
        for one in [one for one in left if one[1].times() >= times]:
            if not on:
                one[1].end()
            left.remove(one)
        return not left

    wait_for(lambda: f"{what} goes wrong {times} times: {[(name, wrong.times(), pair.agent.log()[-3:]) for name, wrong, pair in left[:3]]}",
             are_over, AGAIN)


def end_all(found, tried):
    """All are what they were, and end."""
    held = {name: pair.other_descriptors() for name, _, pair in found if pair.fds and not pair.holds_no_more()}
    check(not held, "all hold the descriptors that they held", held)
    check_equal([name for name, _, pair in found if not pair.agent.alive()], [], "all are the process that they were")
    ended = {name: pair.agent.end() for name, _, pair in found}
    check_equal({name: status for name, status in ended.items() if status}, {}, f"all end in good order; what was tried: {tried}")
    for _, _, pair in found:
        pair.master.close()


class Memory:
    """Of an agent, after each of some rounds. What a round loses, it loses in each one. The allocator takes a page more now and then,
    until round 40 or so (test_restart.py)."""

    SETTLED = 5  # until here, buffers and lists may find their size
    MANY = 40
    PAGES = 8  # KiB

    def __init__(self, agent):
        self.agent, self.kib = agent, []

    def note(self):
        self.kib.append(private_kib(self.agent))

    def check(self, what):
        if harness.has_sanitizer(self.agent):
            harness.skip("private memory: this agent has a sanitizer, which keeps what is freed")
        else:
            grown = [after - before for before, after in zip(self.kib[self.SETTLED - 1:], self.kib[self.SETTLED:])]
            most = 0 if len(self.kib) >= self.MANY else self.PAGES
            check(statistics.median(grown) <= most, f"private memory grows by no more than {most} KiB in most of {what}", f"KiB: {self.kib}")
