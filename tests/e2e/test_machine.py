#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a machine denies an agent: calls of the kernel, descriptors, memory, threads, the processes of others, room on a disk. It serves
what is true, and the rest is absent; or it ends at once, and says why."""

import collections
import pathlib
import platform
import re
import signal
import sys

import ber
import harness
import kernel
import seccomp
import test_standalone as standalone
from harness import OBJECTS, Skip, check, check_equal, wait_for

FIXTURE = harness.SOURCE / "tests/fixtures/7.3"
CONF = "refreshInterval 0.2\ntableInterval 1\ntableTimeout 10\n"
AS_USER = ("setpriv", "--reuid=987654321", "--regid=987654321", "--clear-groups")  # nobody else's, as its threads are counted
MOST_LINES = 40  # a line for each file, and each table, that cannot be had
SOCKET = f"{OBJECTS}.31.1.4.1.4.127.0.0.1.161"  # udpSocketSockets of snmpd's
TABLES = (18, 20, 30, 31, 33)  # of LINUX-TCPEXT-MIB

# What is started, how it is said, and what becomes of it.
Row = collections.namedtuple("Row", "what under says ends absent", defaults=("", False, ()))


class Scene:
    """snmpd, and agents over a fixture's files, one after the other."""

    def __init__(self, site):
        self.site = site
        for path, text in kernel.read_texts(FIXTURE).items():
            site.write(f"proc/{path}", text)
        counters = kernel.private(kernel.Counters(kernel.read_texts(FIXTURE)), kernel.read_mib())
        self.wanted = {oid: value.value for oid, value in counters.items()}
        site.folder.chmod(0o777)  # some agents are another user
        site.snmpd(more="agentXPerms 0777 0777\n")
        self.manager = ber.Manager(site.snmp)
        site.agent(self.conf()).end()  # its programs and libraries have been read

    def conf(self):
        return f"procRoot {self.site.folder}/proc\n{CONF}"

    def ask(self, names):
        return dict(zip(names, self.manager.values(names)))

    def start(self, row, **more):
        (self.site.folder / "tcpextd.out").unlink(missing_ok=True)
        agent = self.site.agent(self.conf(), under=row.under, wait=False, **more)
        wait_for(lambda: f"{row.what}: it has tried to connect, or has ended: {agent.log()}",
                 lambda: not agent.alive() or any("AgentX master at" in line for line in agent.log()))
        return agent

    def try_row(self, row, **more):
        agent = self.start(row, **more)
        if row.ends or not agent.alive():
            self.must_end(row, agent)
        else:
            self.must_serve(row, agent)
        agent.kill()

    def must_end(self, row, agent):
        """The log may be on standard error alone, as it is not open yet."""
        status, lines = agent.wait(), [*agent.log(), *agent.said()]
        good = status == 1 and 1 <= len(lines) <= 3 and any(re.search(row.says, line) for line in lines)
        check(row.ends and good, f"{row.what}: it ends, and says why", (status, lines))

    def is_all(self):
        """Whether all counters are served. Another value is a failure at once."""
        found = self.ask(list(self.wanted))
        wrong = {oid: value for oid, value in found.items() if value not in (None, self.wanted[oid])}
        if wrong:
            raise harness.Failure(f"shown, and not so: {wrong}")
        return found == self.wanted

    def must_serve(self, row, agent):
        wait_for(lambda: f"{row.what}: all counters are served: {agent.log()}", self.is_all)
        for table in TABLES:
            self.site.walk(f"{OBJECTS}.{table}", repetitions=20)
        wanted = None if SOCKET in row.absent else 1
        wait_for(lambda: f"{row.what}: the row of a table is {wanted}: {agent.log()}", lambda: self.ask([SOCKET])[SOCKET] == wanted)
        if row.says:
            agent.wait_log(row.says)
        lines = agent.log()
        check(len(lines) <= MOST_LINES and (row.says or len(lines) == 2), f"{row.what}: {len(lines)} lines in the log", lines)
        check_equal(agent.end(), 0, f"{row.what}: it serves {len(self.wanted)} counters, and ends as it should")


# --- Calls that are denied ----------------------------------------------------------------------------------------------------------

def denied(calls, says="", error="EPERM", ends=False, absent=()):
    under = (sys.executable, "-B", harness.HERE / "seccomp.py", error, *calls.split(), "--")
    return Row(f"{calls} is denied ({error})", under, says, ends, absent)


DENIED = (
    denied("socket=16", "netlink: no socket: Operation not permitted", absent=(SOCKET,)),
    denied("socket=16", "netlink: no socket: Address family not supported", error="EAFNOSUPPORT", absent=(SOCKET,)),
    denied("socket=2 socket=10"),
    denied("setns"),
    denied("inotify_init1 inotify_add_watch"),
    denied("setpriority"),
    denied("fallocate fstatfs", error="ENOSYS"),
    denied("ioctl"),
    denied("getdents64"),
    denied("eventfd2", "no descriptor: ", ends=True),
    denied("timerfd_create", "no descriptor: ", ends=True),
    denied("epoll_create1", "no descriptor: ", ends=True),
    denied("signalfd4", "signals cannot be watched: ", ends=True),
    denied("clone3", "no thread can be started; raise the limit of tasks", ends=True),
    denied("capset", "allow capset", ends=True),
)


def has_clone3():
    """Whether the C library starts threads by it, as that of GNU does from 2.34 on."""
    name, version = platform.libc_ver()
    return name == "glibc" and tuple(map(int, version.split("."))) >= (2, 34)


def filters(site):
    """A filter denies calls, as one of a service or a container may."""
    if platform.machine() not in seccomp.MACHINES:
        raise Skip(f"no numbers of calls for {platform.machine()}")
    scene = Scene(site)
    for row in DENIED:
        if "clone3" in row.what and not has_clone3():
            harness.skip(f"{row.what}: this C library starts threads otherwise")
            continue
        scene.try_row(row)


# --- Limits -------------------------------------------------------------------------------------------------------------------------

# To look for leaks, and to report them, takes threads and files, too.
NO_LEAKS = ("env", "ASAN_OPTIONS=detect_leaks=0")


def limited(limit, most, says="", ends=False, user=False):
    before = (*(AS_USER if user else ()), *(NO_LEAKS if ends else ()))
    return Row(f"--{limit}={most}", (*before, "prlimit", f"--{limit}={most}:{most}", "--"), says, ends)


LIMITED = (
    *(limited("nofile", most, "Too many open files", ends=True) for most in (4, 6, 8, 10, 12)),
    limited("nofile", 64),
    limited("as", 200 << 20),
    limited("nproc", 0, "no thread can be started; raise the limit of tasks", ends=True, user=True),
    limited("nproc", 16, user=True),
    limited("memlock", 0),
    limited("core", 0),
    limited("rss", 1),
)
FEW_FILES = (16, 18, 20, 24, 28, 30, 32, 34, 36)


def limits(site):
    """Limits of the process: files, memory, threads."""
    scene = Scene(site)
    for row in LIMITED:
        if row.under[-2].startswith("--as=") and any(word in harness.AGENT.read_bytes() for word in (b"__asan_init", b"__tsan_init")):
            continue  # a sanitizer has a lot of addresses
        scene.try_row(row)


def few_files(site):
    """As many files as are enough to start, and too few for all: what is served is true, and the log says what lacks."""
    scene = Scene(site)
    for most in FEW_FILES:
        row = limited("nofile", most)
        agent = scene.start(row)
        if not agent.alive():
            scene.must_end(row._replace(ends=True, says="Too many open files"), agent)
            continue
        sequence = site.sequence() or 0
        wait_for(lambda: f"{most} files: it is served, or says what lacks; {site.sequence()}, {agent.log()}",
                 lambda: (site.sequence() or 0) > sequence + 2 or any("Too many open files" in line for line in agent.log()))
        whole = scene.is_all()  # nothing is shown that is not so
        for table in TABLES:
            site.walk(f"{OBJECTS}.{table}", repetitions=20)
        lines = agent.log()
        check(whole or any("Too many open files" in line for line in lines), f"{most} files: {'all' if whole else 'not all'} is served", lines)
        check(len(lines) <= MOST_LINES, f"{most} files: {len(lines)} lines in the log", lines)
        check_equal(agent.end(), 0, f"{most} files: it ends as it should")


# --- procfs that hides --------------------------------------------------------------------------------------------------------------

HIDDEN = (("hidepid=2", "", ""), ("hidepid=4", "", ""), ("hidepid=2", "namespacePid *\n", "is mounted with hidepid"),
          ("subset=pid", "", "give 'procRoot /proc/self'"), ("hidepid=2,subset=pid", "procRoot /proc/self\n", ""))
IDLE = ("Tcp", "Udp", "TcpExt", "IpExt")


def counters_of(site, wanted):
    return {oid: value.value for oid, value in site.get_all(wanted).items()}


def hidden(site):
    """/proc hides processes from the agent's user: counters and tables are there all the same, or the log says what to do."""
    site.snmpd(more="agentXPerms 0777 0777\n")
    site.folder.chmod(0o777)
    counters = kernel.Counters(kernel.read_live(site))
    wanted = {f"{OBJECTS}.2.1.2.{kernel.nstat_index(name)}": value for name, value in counters.items() if name.startswith(IDLE) and value >= 0}
    for options, conf, says in HIDDEN:
        what = f"/proc with {options} and '{conf.strip()}'"
        under = ("unshare", "-m", "sh", "-c", f'mount -t proc -o {options} proc /proc && exec "$@"', "sh", *AS_USER)
        agent = site.agent(CONF + conf, wait=False, under=under)
        wait_for("it has started", lambda: not agent.alive() or any("AgentX master at" in line for line in agent.log()))
        if not agent.alive() and "mount" in "".join(agent.said()):
            raise Skip(f"this kernel knows no such procfs: {agent.said()}")
        wait_for("it is served", lambda: site.sequence() is not None)
        # Without its files there is no counter, and none is 0.
        shown = dict.fromkeys(wanted) if says.startswith("give") else wanted
        wait_for(lambda: f"{what}: counters are the kernel's: {harness.differences(counters_of(site, wanted), shown)}",
                 lambda: counters_of(site, wanted) == shown)
        wait_for(f"{what}: so is a table", lambda: site.get(SOCKET)[0].value == 1)
        if says:
            agent.wait_log(says)
        check(says or len(agent.log()) == 2, f"{what}: the log", agent.log())
        check_equal(agent.end(), 0, f"{what}: it ends as it should")


# --- A full disk --------------------------------------------------------------------------------------------------------------------

FULL = ("log", "-Lf", "the log file cannot be written: No space left on device"), ("pid", "-p", "cannot be written: No space left on device")
TURNS = 240  # whose lines are more than the page of memory that the log has


def on_disk(disk, is_full=False):
    """A little file system, which the program alone sees, and this one through /proc."""
    room = f"head -c 100000 /dev/zero > {disk}/fill 2> /dev/null; " if is_full else ""
    return ("unshare", "-m", "sh", "-c", f'mount -t tmpfs -o size=16k,mode=1777 tmpfs {disk}; {room}exec "$@"', "sh")


def fill(path):
    try:
        with open(path, "wb", buffering=0) as file:
            while True:
                file.write(bytes(64))
    except OSError:
        return


def reload(agent, times=1):
    for _ in range(times):
        lines = len(agent.log())
        agent.send(signal.SIGHUP)
        wait_for("it has read its configuration again", lambda: len(agent.log()) > lines)


def disk(site):
    """No room for the log and the pid file: no start without them, and no end for it."""
    site.snmpd()
    place = site.folder / "disk"
    place.mkdir()
    for name, option, says in FULL:
        agent = site.agent(under=on_disk(place, is_full=True), options=(option, place / name), wait=False)
        lines = agent.wait() and [*agent.said(), *agent.log()]
        check(agent.popen.returncode == 1 and any(f"{place}/{name}: {says}" in line for line in lines), f"{name}: it does not start, and says why", lines)
        agent.output.unlink()
    agent = site.agent(under=on_disk(place), options=("-Lf", place / "log", "-p", place / "pid"))
    inside = pathlib.Path(f"/proc/{agent.pid}/root{place}")
    descriptors = max(agent.descriptors() for _ in range(10))
    fill(inside / "fill")
    reload(agent, TURNS)
    check(len((inside / "log").read_text().splitlines()) < len(agent.log()), "the disk is full, so that lines are lost")
    site.wait_readings()
    check((inside / "pid").read_text() == f"{agent.pid}\n", "the pid file is as it was")
    wait_for("a full disk costs no descriptor", lambda: agent.descriptors() <= descriptors)
    (inside / "fill").unlink()
    (inside / "log").rename(inside / "log.1")
    reload(agent, 2)
    wait_for("the log goes on", lambda: (inside / "log").exists() and "configuration read again" in (inside / "log").read_text())
    check_equal(agent.end(), 0, "with room again the log goes on, and it ends as it should")


def state(site):
    """No room for the state of a master: it serves, and says what is lost."""
    place = site.folder / "disk"
    place.mkdir()
    site.environment["SNMP_PERSISTENT_DIR"] = str(place / "state")
    agent = standalone.start(site, under=on_disk(place, is_full=True))
    said = agent.wait_log(f"{place}/state cannot be written: No space left on device")
    check(len(said) == 1 and agent.end() == 0, "it serves, says so once, and ends as it should", said)


if __name__ == "__main__":
    harness.main(filters, limits, few_files, hidden, disk, state)
