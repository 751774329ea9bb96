#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What managers see of each fault of tcpextd-reliability(7), and what the log says then.

A thread asks all the while. What it must have seen is asserted, how long is printed: with RELIABILITY=defaults, those of
tcpextd.conf, which is where the seconds of the manual are from.
"""

import collections
import contextlib
import os
import pathlib
import re
import resource
import signal
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

import failing
import harness
import snmp
import test_machine as machine
import test_namespaces as named
import test_standalone as standalone
from harness import MIB2, OBJECTS, check, check_equal, wait_for

PAGE = harness.SOURCE / "man/tcpextd-reliability.7"
DEFAULTS = os.environ.get("RELIABILITY") == "defaults"
CONF = "agentXPingInterval 5\nagentXTimeout 1\nagentXRetries 2\n" if DEFAULTS else \
    "refreshInterval 0.2\nmaxAge 2\ntableInterval 1\nagentXPingInterval 6\nagentXTimeout 5\nagentXRetries 0\n"
PATIENCE = 1.0 if DEFAULTS else 8.0  # how long a manager waits for an answer
PAUSE = 0.02

OWN = f"{OBJECTS}.8.24.0"  # tcpExtListenDrops, of net/netstat
MIB_II = f"{MIB2}.7.2.0"   # udpNoPorts, of net/snmp
VALUE, ABSENT, ERROR, SILENT = "value", "absent", "genErr", "no answer"

Change = collections.namedtuple("Change", "state when")


class Watcher:
    """A manager that asks for one object as often as it can, and keeps when what it gets became something else."""

    def __init__(self, path, oid, community="public"):
        self.path, self.oid, self.community = path, oid, community
        self.changes, self.values = [], set()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def run(self):
        while not self.stopped.wait(PAUSE):
            asked = time.monotonic()
            state = self.ask()
            if not self.changes or self.changes[-1].state != state:
                self.changes.append(Change(state, asked))

    def ask(self):
        try:
            with contextlib.closing(snmp.Manager(self.path, self.community.encode(), PATIENCE)) as manager:
                value, = manager.get([self.oid])
        except snmp.Refused:
            return ERROR
        except OSError:
            return SILENT
        self.values.add(value)
        return ABSENT if value is None else VALUE


# --- What is seen ---------------------------------------------------------------------------------------------------------------

def seen(watcher, begin):
    """The states from a moment on, with the seconds after it at which they were met first."""
    changes = watcher.changes
    first = max((number for number, change in enumerate(changes) if change.when <= begin), default=0)
    return [(change.state, max(0.0, change.when - begin)) for change in changes[first:]]


def must_see(watcher, begin, wanted, what):
    """Waits for the last of these states, and holds all that was seen since then against them. One in brackets may be passed over, and
    so may the first one: what was asked before comes to nothing."""
    first, _, others = wanted.partition(", ")
    last = wanted.split(", ")[-1]
    pattern = re.sub(r"\((.*?)\), ", r"(?:\1, )?", f"({first.strip('()')}), {others}")
    wait_for(lambda: f"{what}: a manager sees {wanted}; it is {seen(watcher, begin)}",
             lambda: watcher.changes[-1].state == last and re.fullmatch(pattern, ", ".join(state for state, _ in seen(watcher, begin))))
    check(True, f"{what}: " + ", ".join(f"{state} from {when:.1f} s" if when else state for state, when in seen(watcher, begin)))


def must_say(agent, *patterns):
    for pattern in patterns:
        agent.wait_log(pattern)
        check_equal(len([line for line in agent.log() if re.search(pattern, line)]), 1, f"the log says once: {pattern}")


def conf_of_snmpd():
    """As it is by default, or more patient with a busy machine."""
    usual = harness.SNMPD_CONF if not DEFAULTS else harness.SNMPD_CONF.replace("agentXTimeout 15\n", "")
    return usual + harness.ALL


def start_snmpd(site):
    return site.snmpd(whole=conf_of_snmpd().format(master=site.master))


@contextlib.contextmanager
def served(site, conf="", **more):
    """snmpd, the agent, and a manager that asks for a counter of LINUX-TCPEXT-MIB."""
    snmpd = start_snmpd(site)
    agent = site.agent(CONF + conf, **more)
    with Watcher(site.snmp, OWN) as watcher:
        wait_for("a manager sees it", lambda: watcher.changes)
        yield snmpd, agent, watcher


# --- snmpd and the agent --------------------------------------------------------------------------------------------------------

def agent_killed(site):
    """The agent ends, and is started again"""
    with served(site) as (_, agent, watcher):
        begin = time.monotonic()
        agent.kill()
        must_see(watcher, begin, f"{VALUE}, ({ERROR}), {ABSENT}", "killed")
        begin = time.monotonic()
        site.agent(CONF)
        must_see(watcher, begin, f"{ABSENT}, {VALUE}", "started")


def agent_stopped(site):
    """The agent stands still"""
    with served(site) as (_, agent, watcher):
        begin = time.monotonic()
        with agent.held():
            must_see(watcher, begin, f"{VALUE}, {SILENT}", "stopped")
        begin = time.monotonic()
        must_see(watcher, begin, f"({SILENT}), ({ERROR}), ({ABSENT}), {VALUE}", "continued")


def snmpd_killed(site):
    """snmpd ends, and is started again"""
    with served(site) as (snmpd, agent, watcher):
        begin = time.monotonic()
        snmpd.kill()
        must_see(watcher, begin, f"{VALUE}, {SILENT}", "killed")
        begin = time.monotonic()
        start_snmpd(site)
        must_see(watcher, begin, f"({SILENT}), ({ABSENT}), {VALUE}", "started")
        must_say(agent, "lost the AgentX master at .*: snmpd ended or did not answer")


def snmpd_stopped(site):
    """snmpd stands still"""
    with served(site) as (snmpd, agent, watcher):
        begin = time.monotonic()
        snmpd.send(signal.SIGSTOP)
        must_say(agent, "lost the AgentX master at .*: it did not answer")
        begin_again = time.monotonic()
        snmpd.send(signal.SIGCONT)
        must_see(watcher, begin_again, f"({SILENT}), ({ABSENT}), {VALUE}", "continued")
        states = [state for state, _ in seen(watcher, begin)]
        check(SILENT in states[:2], "meanwhile nobody answers", states)


def held_by_another(site):
    """Another agent holds what this one registers"""
    with served(site) as (_, agent, watcher):
        other = site.write("other.conf", CONF)
        log = site.folder / "other.log"
        second = site.start(harness.Process, site.inside(harness.AGENT, "-f", "-C", "-c", other, "-x", site.master, "-Lf", log), site.folder / "other.out")
        wait_for("it is refused", lambda: log.exists() and "the master refuses" in log.read_text())
        begin = time.monotonic()
        agent.kill()
        must_see(watcher, begin, f"{VALUE}, ({ERROR}), {ABSENT}, {VALUE}", "the other ends")
        wait_for("the log says so", lambda: "the master takes the group" in log.read_text())
        check(second.alive(), "the second one serves now")


# --- Files ----------------------------------------------------------------------------------------------------------------------

SNMP = "Udp: InDatagrams NoPorts\nUdp: {0} {0}\n"
NETSTAT = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: {0} {0}\n"
CUT = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 5\n"


@contextlib.contextmanager
def served_files(site):
    """A proc root of two files; a second manager asks for a counter of the other one."""
    site.write("proc/net/snmp", SNMP.format(7))
    site.write("proc/net/netstat", NETSTAT.format(7))
    with served(site, f"procRoot {site.folder}/proc\n") as (_, agent, watcher), Watcher(site.snmp, MIB_II) as other:
        wait_for("the other one sees its own, too", lambda: other.changes)
        begin = time.monotonic()
        yield agent, watcher
        check_equal({state for state, _ in seen(other, begin)}, {VALUE}, "a counter of the other file is there all the while")
        check_equal(other.values, {7}, "and has its value")
        check(watcher.values <= {7, 9, None}, "no other value than the file's was seen", watcher.values)


def file_gone(site):
    """A file of counters is taken away"""
    with served_files(site) as (agent, watcher):
        begin = time.monotonic()
        (site.folder / "proc/net/netstat").unlink()
        must_see(watcher, begin, f"{VALUE}, {ABSENT}", "taken away")
        must_say(agent, "net/netstat is there no more; what cannot be read is not served until it can")
        begin = time.monotonic()
        site.write("proc/net/netstat", NETSTAT.format(9))
        must_see(watcher, begin, f"{ABSENT}, {VALUE}", "put back")


def file_broken(site):
    """A file makes no sense, or cannot be read"""
    with served_files(site) as (agent, watcher):
        begin = time.monotonic()
        site.write("proc/net/netstat", CUT)
        must_see(watcher, begin, f"{VALUE}, {ABSENT}", "broken")
        must_say(agent, "net/netstat: .*; its last good values stay until they are .* s old")
        begin = time.monotonic()
        site.write("proc/net/netstat", NETSTAT.format(9))
        must_see(watcher, begin, f"{ABSENT}, {VALUE}", "mended")
        must_say(agent, "net/netstat can be read again")


# --- The configuration, namespaces, --master -------------------------------------------------------------------------------------

def conf_refused(site):
    """SIGHUP finds a fault in the configuration"""
    with served(site) as (_, agent, watcher):
        begin = time.monotonic()
        site.write("tcpextd.conf", "refreshInterval never\n")
        agent.send(signal.SIGHUP)
        must_say(agent, "refreshInterval", "the old configuration stays in force")
        site.sequence()
        check_equal([state for state, _ in seen(watcher, begin)], [VALUE], "a manager sees nothing of it")


def namespace_gone(site):
    """A network namespace is deleted, and made again"""
    with named.Names(site) as names:
        context = names.add("a", 5)
        site.snmpd(more=named.access(context))
        agent = site.agent(f"{CONF}namespace {context}\n")
        named.shows(site, context, 5)
        with Watcher(site.snmp, MIB_II, f"to-{context}") as watcher:
            wait_for("a manager sees it", lambda: watcher.changes)
            begin = time.monotonic()
            names.delete("a")
            must_see(watcher, begin, f"{VALUE}, {ABSENT}", "deleted")
            begin = time.monotonic()
            names.add("a", 3)
            must_see(watcher, begin, f"{ABSENT}, {VALUE}", "made again")
            named.shows(site, context, 3)
            check(watcher.values <= {0, 1, 2, 3, 5, None}, "no value but those of the two", watcher.values)
        check(agent.alive(), "the agent goes on")


def master_killed(site):
    """With --master, the agent ends and is started again"""
    conf = CONF + "rocommunity public\n"
    master = standalone.start(site, conf)
    with Watcher(site.snmp, OWN) as watcher:
        wait_for("a manager sees it", lambda: watcher.changes)
        begin = time.monotonic()
        master.kill()
        must_see(watcher, begin, f"{VALUE}, {SILENT}", "killed")
        begin = time.monotonic()
        standalone.start(site, conf)
        must_see(watcher, begin, f"({SILENT}), ({ABSENT}), {VALUE}", "started")


# --- The machine ----------------------------------------------------------------------------------------------------------------

STAYS = (harness.DISCONTINUITY, f"{OBJECTS}.1.14.1.9.3")  # of all, and of net/netstat


def jump(site, clocks):
    """Sets clocks an hour on. What was shown was young, and no counter is told to have begun anew."""
    fails = failing.Failing(site, "failing.so")
    with served(site, under=fails.prefix) as (_, agent, watcher):
        before = site.get(*STAYS)
        begin = time.monotonic()
        for clock in clocks:
            fails.shift(clock, 3600)
        site.wait_readings(3)
        must_see(watcher, begin, f"{VALUE}, ({ABSENT}), {VALUE}", "an hour on")
        check_equal(site.get(*STAYS), before, "there is no discontinuity")
        check_equal(len(agent.log()), 2, "the log has nothing of it")


def clock_set(site):
    """The host's clock is set"""
    jump(site, [failing.REALTIME])


def sleeps(site):
    """The machine sleeps, and wakes"""
    jump(site, [failing.REALTIME, failing.BOOTTIME])


def disk_full(site):
    """The disk of the log is full"""
    place = site.folder / "disk"
    place.mkdir()
    with served(site, under=machine.on_disk(place), options=("-Lf", place / "log")) as (_, agent, watcher):
        inside = pathlib.Path(f"/proc/{agent.pid}/root{place}")
        begin = time.monotonic()
        machine.fill(inside / "fill")
        machine.reload(agent, machine.TURNS)
        check_equal([state for state, _ in seen(watcher, begin)], [VALUE], "a manager sees nothing of it")
        check(len((inside / "log").read_text().splitlines()) < len(agent.log()), "lines are lost")
        (inside / "fill").unlink()
        machine.reload(agent)
        wait_for("with room again the log goes on", lambda: (inside / "log").read_text().endswith("configuration read again\n"))


def few_files(site):
    """The agent has too few descriptors"""
    with served(site) as (_, agent, watcher):
        most = resource.prlimit(agent.pid, resource.RLIMIT_NOFILE)
        begin = time.monotonic()
        resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, (3, most[1]))
        with Watcher(site.snmp, machine.SOCKET) as other:
            agent.wait_log("the table of UDP.* cannot be read: .*Too many open files")
            must_see(other, begin, f"({VALUE}), ({ERROR}), {ABSENT}", "too few")
            begin_again = time.monotonic()
            resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, most)
            must_see(other, begin_again, f"{ABSENT}, {VALUE}", "enough again")
        agent.wait_log("the table of UDP.* can be read again")
        check_equal([state for state, _ in seen(watcher, begin)], [VALUE], "counters, whose files are open, are there all the while")


def hidden(site):
    """/proc hides processes (hidepid)"""
    under = ("unshare", "-m", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', "sh", *machine.AS_USER)
    site.folder.chmod(0o777)
    snmpd = site.snmpd(whole=conf_of_snmpd().format(master=site.master) + "agentXPerms 0777 0777\n")
    agent = site.agent(CONF + "namespacePid *\n", under=under)
    with Watcher(site.snmp, OWN) as watcher:
        must_say(agent, "is mounted with hidepid")
        wait_for("a manager sees it", lambda: watcher.changes)
        check_equal(({state for state, _ in seen(watcher, 0)}, snmpd.alive()), ({VALUE}, True), "counters are there")


def check_page(cases):
    """The manual has these faults, and no others."""
    titles = [line[4:] for line in PAGE.read_text(encoding="ascii").splitlines() if line.startswith(".SS ")]
    check_equal([title.replace("\\-", "-") for title in titles], [case.__doc__ for case in cases], "the manual tells of these faults")


CASES = (agent_killed, agent_stopped, snmpd_killed, snmpd_stopped, held_by_another, file_gone, file_broken, conf_refused, namespace_gone, master_killed,
         clock_set, sleeps, disk_full, few_files, hidden)

if __name__ == "__main__":
    check_page(CASES)
    harness.main(*CASES)
