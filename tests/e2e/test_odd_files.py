#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Files of procRoot that are none, or too much: FIFOs that block, devices without an end, 100 MB, thousands of lines and columns, files that
come, grow and go while they are read. What they hold is absent, all else goes on; what is good is served to the last number."""

import os
import random
import re
import socket
import time

import ber
import harness
import kernel
from harness import KNOWN, OBJECTS, SEQUENCE, UNKNOWN, check, check_equal, private_kib, wait_for

CONF = "refreshInterval 0.1\nmaxAge 0.5\n"
MOST_KIB = 4 * 1024  # more than at the beginning, while a file has 100 MB
TEXTS = {
    "net/snmp": "Tcp: PassiveOpens CurrEstab\nTcp: 70 71\n",
    "net/netstat": "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 80 81\n",
    "net/snmp6": "Ip6InReceives 90\nIp6OutRequests 91\n",
    "net/sockstat": "sockets: used 60\nTCP: inuse 61 orphan 62 tw 63 alloc 64 mem 65\n",
    "net/softnet_stat": "00000010 00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n",
    "net/stat/nf_conntrack": "entries  drop\n00000005  00000007 \n00000005  00000008 \n",
    "net/xfrm_stat": "XfrmInError 50\n",
}


def nstat(name):
    return f"{OBJECTS}.2.1.2.{kernel.nstat_index(name)}"


COUNTERS = {path: {nstat(name): value for name, value in kernel.READERS[path](text) if name != "SoftnetColumn4"} for path, text in TEXTS.items()}


class Scene:
    """snmpd, and an agent over these files."""

    def __init__(self, site, conf=CONF, texts=None):
        self.site, self.proc = site, site.folder / "proc"
        for path, text in (TEXTS if texts is None else texts).items():
            site.write(f"proc/{path}", text)
        site.snmpd()
        self.agent = site.agent(f"procRoot {self.proc}\n{conf}")
        self.manager = ber.Manager(site.snmp)
        self.kib = 0

    def get(self, wanted):
        return dict(zip(wanted, self.manager.values(wanted)))

    def sequence(self):
        return self.manager.values([SEQUENCE])[0] or 0

    def readings(self, count):
        sequence = wait_for("snapshotSequence is answered", self.sequence)
        wait_for("it goes on reading", lambda: self.sequence() >= sequence + count)


# --- What is in the place of a file ---------------------------------------------------------------------------------------------------

def make_socket(path):
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(str(path))


def make_large(path):
    """Of zeros, without taking room."""
    with open(path, "wb") as file:
        file.truncate(100 << 20)


def make_long(path):
    """A line of 20 MB, which takes room for a moment."""
    path.write_bytes(b"TcpExt:" + b" ListenDrops" * (20 * 2**20 // 12) + b"\n")


def make_loop(path):
    loop = path.with_name("loop")
    loop.symlink_to("loop")
    path.symlink_to("loop")


NO_FILE = "it is no regular file"
ODD = {
    "a FIFO that nobody writes": (os.mkfifo, NO_FILE),
    "a folder": (os.mkdir, "Is a directory"),
    "a socket": (make_socket, NO_FILE),
    "links in a circle": (make_loop, "Too many levels of symbolic links"),
    "a link to nothing": (lambda path: path.symlink_to("/nowhere"), None),
    "zeros without end": (lambda path: path.symlink_to("/dev/zero"), NO_FILE),
    "a terminal": (lambda path: path.symlink_to("/dev/tty"), NO_FILE),
    "100 MB": (make_large, "it is larger than 16 MiB"),
    "20 MB in a line": (make_long, "it is larger than 16 MiB"),
    "nothing": (lambda path: path.write_text(""), ""),
    "a number of a million digits": (lambda path: path.write_text(f"TcpExt: ListenDrops\nTcpExt: {'9' * 2**20}\n"), ""),
    "octets by chance": (lambda path: path.write_bytes(random.Random(harness.SEED).randbytes(1 << 16)), ""),
}


def remove(path):
    (os.rmdir if path.is_dir() and not path.is_symlink() else os.unlink)(path)


def try_odd(scene, path, what, make, says):
    """In the place of one file: all others are read on, and with it back all is as before."""
    place, lines = scene.proc / path, len(scene.agent.log())
    others = {oid: value for other, counters in COUNTERS.items() if other != path for oid, value in counters.items()}
    beside = place.with_name("beside")
    make(beside)
    remove(place)
    os.rename(beside, place)
    wait_for(lambda: f"{what} in place of {path}: its counters go: {scene.get(COUNTERS[path])}", lambda: set(scene.manager.values(COUNTERS[path])) == {None})
    scene.readings(5)
    wait_for(lambda: f"{what} in place of {path}: the others are there: {scene.get(others)}", lambda: scene.get(others) == others)
    if says is not None:
        wait_for(lambda: f"the log says of {path}: {says}: {scene.agent.log()[lines:]}",
                 lambda: any(re.search(f"{path}: .*{says}", line) for line in scene.agent.log()[lines:]))
    kib = private_kib(scene.agent) - scene.kib
    check(kib < MOST_KIB or harness.has_sanitizer(scene.agent), f"{what} in place of {path}: {kib} KiB of memory more")
    remove(place)
    scene.site.write(f"proc/{path}", TEXTS[path])
    wait_for(f"{what} in place of {path}: its counters come back", lambda: scene.get(COUNTERS[path]) == COUNTERS[path])
    said = scene.agent.log()[lines:]
    check(len(said) <= 4, f"{what} in place of {path}: {len(said)} lines in the log", said)


def odd(site):
    """Each in the place of a file of another format."""
    scene = Scene(site, CONF + "register tcpext\n")
    wait_for("all is served", lambda: all(scene.get(counters) == counters for counters in COUNTERS.values()))
    scene.readings(15)
    descriptors, scene.kib = scene.agent.descriptors(), private_kib(scene.agent)
    for number, (what, (make, says)) in enumerate(ODD.items()):
        path = list(TEXTS)[number % len(TEXTS)]
        try_odd(scene, "net/netstat" if "million" in what else path, what, make, says)
    wait_for("the descriptors are those of the beginning", lambda: scene.agent.descriptors() <= descriptors)
    check_equal(scene.agent.end(), 0, "it ends as it should")


# --- While it is read -----------------------------------------------------------------------------------------------------------------

VERSIONS = 100


def replaced(site):
    """A file that another one replaces all the time, and that is gone now and then: each answer is of one of them, and never an older one."""
    names = [f"Name{i}" for i in range(300)]
    oids = [nstat(f"TcpExt{name}") for name in names[:60]]

    def text(number):
        return f"TcpExt: {' '.join(names)}\nTcpExt:{f' {number}' * len(names)}\n"

    scene = Scene(site, "refreshInterval 0.1\nmaxAge 60\n", {"net/netstat": text(1), "net/snmp": TEXTS["net/snmp"]})
    seen, mixed = [], []
    for number in range(2, VERSIONS):
        if number % 10 == 0:
            (scene.proc / "net/netstat").unlink()
        site.write("proc/net/netstat", text(number))
        values = set(scene.manager.values(oids))
        mixed += [values] if len(values) > 1 else []
        seen += [value for value in values if value is not None]
        time.sleep(0.02)
    check_equal(mixed, [], f"{VERSIONS} versions: the counters of an answer are of one of them")
    check(seen == sorted(seen) and max(seen) < VERSIONS and len(set(seen)) > 1, "and of a later one each time", seen)
    wait_for("the last one is served", lambda: set(scene.manager.values(oids)) == {VERSIONS - 1})
    check_equal(scene.agent.end(), 0, "it ends as it should")


def growing(site):
    """A file that grows by a line while it is read: what is there is served, and is right."""
    names = [f"Ip6Name{i}" for i in range(1000)]
    wanted = {nstat(name): 1000 + i for i, name in enumerate(names)}
    scene = Scene(site, CONF, {"net/snmp6": "", "net/snmp": TEXTS["net/snmp"]})
    wrong = {}
    with open(scene.proc / "net/snmp6", "ab", buffering=0) as file:
        for i, name in enumerate(names):
            file.write(f"{name} {1000 + i}\n".encode())
            if i % 50 == 0:
                found = scene.get(list(wanted)[:100])
                wrong.update({oid: value for oid, value in found.items() if value not in (None, wanted[oid])})
    check_equal(wrong, {}, "while it grows nothing is shown that is not so")
    wait_for("all lines are served", lambda: scene.get(wanted) == wanted)
    with scene.agent.held():
        os.truncate(scene.proc / "net/snmp6", 0)
    wait_for("it is empty again", lambda: set(scene.manager.values(wanted)) == {None})
    check_equal(scene.agent.end(), 0, "it ends as it should")


# --- Very much ------------------------------------------------------------------------------------------------------------------------

CPUS = 4096
COLUMNS = 5000


def softnet_line(cpu):
    values = [0xfffffff0 - cpu, cpu, 1, 0, 0, 0, 0, 0, 2, 3, 4, 5, cpu, 6, 7]
    return " ".join(f"{value:08x}" for value in values) + "\n"


def much(site):
    """4,096 processors, whose lines are summed up, and 5,000 columns that no agent knows."""
    per_cpu = "entries  searched found drop\n" + "".join(f"{9:08x}  {cpu:08x} {0xffffffff:08x} {2 * cpu:08x} \n" for cpu in range(CPUS))
    names = [f"New{i}" for i in range(COLUMNS)]
    texts = {
        "net/snmp": TEXTS["net/snmp"],
        "net/softnet_stat": "".join(map(softnet_line, range(CPUS))),
        "net/stat/nf_conntrack": per_cpu,
        "net/stat/arp_cache": per_cpu.replace("searched found drop", "lookups hits table_fulls"),
        "net/netstat": f"TcpExt: {' '.join(names)} ListenDrops\nTcpExt:{''.join(f' {2**64 - 1 - i}' for i in range(COLUMNS))} 81\n",
    }
    counters = {nstat(name): value % 2**64 for path, text in texts.items() for name, value in kernel.READERS[path](text)
                if "Column" not in name and "Length" not in name}
    scene = Scene(site, "refreshInterval 0.5\nmaxAge 60\ntableInterval 5\n", texts)
    wait_for("there is a reading", lambda: scene.sequence() > 1)
    found = scene.get(counters)
    check_equal(found, counters, f"{len(counters)} counters, {COLUMNS} of them in a line, and sums of {CPUS} lines")
    known, unknown = scene.manager.values([KNOWN, UNKNOWN])
    check(unknown >= COLUMNS and known + unknown >= len(counters), f"{unknown} are unknown", (known, unknown))
    rows = dict(site.walk(f"{OBJECTS}.30.1.2", repetitions=60))
    check_equal({int(oid.rpartition(".")[2]) - 1: value.value for oid, value in rows.items()}, {cpu: 0xfffffff0 - cpu for cpu in range(CPUS)},
                f"{CPUS} rows, one for each processor")
    check_equal([line for line in scene.agent.log()[2:] if "group" not in line], [], "the log has nothing of it")
    check_equal(scene.agent.end(), 0, "it ends as it should")


if __name__ == "__main__":
    harness.main(odd, replaced, growing, much)
