#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces of processes, in cgroups that are called as runtimes of containers call theirs: found and gone, each with its
row of namespaceTable and its context.

A case finds its own processes alone, by the name of the cgroup that it makes.
"""

import collections
import os
import shutil
import signal
import subprocess
import time

import harness
import test_kernel_tables as told
import test_namespaces as named
import test_services as services
from harness import OBJECTS, check, check_equal, wait_for

TABLE = f"{OBJECTS}.40.1"
COLUMNS = ("context", "name", "kind", "inode", "processes", "since", "age", "cost", "active", "worst", "state", "severity", "drops",
           "errors", "retrans")
PROCESS, DOCKER, PODMAN, CONTAINERD, CRI, NSPAWN, LXC = range(2, 9)
HEX = "0123456789abcdef" * 4
CROSSED, CRITICAL = 3, 3
FILES, FIT = 72, 8  # open files, and namespaces that they are enough for

# The path of a cgroup as a runtime has it; what the namespace is called, and its kind.
RUNTIMES = (
    (f"system.slice/docker-{'1' + HEX[1:]}.scope", "1" + HEX[1:12], DOCKER),
    (f"docker/{'2' + HEX[1:]}", "2" + HEX[1:12], DOCKER),
    (f"machine.slice/libpod-{'3' + HEX[1:]}.scope/container", "3" + HEX[1:12], PODMAN),
    (f"kubepods.slice/kubepods-pod1.slice/cri-containerd-{'4' + HEX[1:]}.scope", "4" + HEX[1:12], CONTAINERD),
    (f"kubepods.slice/kubepods-pod2.slice/crio-{'5' + HEX[1:]}.scope", "5" + HEX[1:12], CRI),
    (f"kubepods/besteffort/pod1234/{'6' + HEX[1:]}", "6" + HEX[1:12], CRI),
    ("machine.slice/systemd-nspawn@deb.service/payload", "deb", NSPAWN),
    ("machine.slice/machine-my\\x2dvm.scope", "my-vm", NSPAWN),
    ("lxc.payload.c7/init.scope", "c7", LXC),
    ("system.slice/apart.service", "apart.service", PROCESS),
)


class Containers:
    """Processes in cgroups below one of the case's own, each in a network namespace of its own."""

    def __init__(self):
        self.cgroups = services.Cgroups()
        self.all = []

    def __enter__(self):
        self.cgroups.__enter__()
        return self

    def __exit__(self, *how):
        for process in self.all:
            if process.poll() is None:
                self.end(process)
        self.cgroups.__exit__(*how)

    @property
    def pattern(self):
        return f"/{self.cgroups.name}/*"

    def start(self, path, *argv, inside=None):
        """unshare becomes the command. inside: a process, the namespace of which is entered instead."""
        how = ("nsenter", "-t", str(inside.pid), "-n") if inside else ("unshare", "-n")
        with self.cgroups.inside(path):
            process = subprocess.Popen([*how, *(argv or ("sleep", "600"))], stdin=subprocess.DEVNULL, preexec_fn=harness.die_with_parent)
        self.all.append(process)
        wait_for("it is in its namespace", lambda: inode(process) != inode(os))
        return process

    def end(self, process):
        process.send_signal(signal.SIGKILL)
        process.wait()


def inode(process):
    pid = "self" if process is os else process.pid
    return os.stat(f"/proc/{pid}/ns/net").st_ino


def send(process, count):
    """So many datagrams that nobody takes."""
    enter = ("nsenter", "-t", str(process.pid), "-n")
    subprocess.run([*enter, "ip", "link", "set", "lo", "up"], check=True)
    subprocess.run([*enter, "python3", "-B", "-c", named.SEND, str(count)], check=True)


def rows(site):
    """namespaceTable: the cells by name, of each row by its index."""
    found = collections.defaultdict(dict)
    for oid, value in site.walk(TABLE, repetitions=20):
        column, index = oid.removeprefix(TABLE + ".").split(".")
        found[int(index)][COLUMNS[int(column) - 2]] = value.value
    return found


def row_of(site, number):
    return rows(site).get(number)


def must_have(site, numbers):
    """Until the table has just these."""
    wait_for(lambda: f"the table has {numbers}: {dict(rows(site))}", lambda: set(rows(site)) == set(numbers))
    return rows(site)


def runtimes(site):
    """A row for each container, with its name and kind, and a context with its own counters."""
    with Containers() as containers:
        contexts = [f"c{number}" for number in range(1, len(RUNTIMES) + 1)]
        site.snmpd(more=named.access(*contexts))
        agent = site.agent(f"namespacePid {containers.pattern}\nthreshold ports UdpNoPorts value > 9 severity critical\n")
        check_equal(dict(rows(site)), {}, "no row before there is one")
        processes = [containers.start(path) for path, _, _ in RUNTIMES]
        for count, process in enumerate(processes, 1):
            send(process, count)
        found = must_have(site, {inode(process) for process in processes})
        for process, (path, name, kind) in zip(processes, RUNTIMES):
            row = found[inode(process)]
            check_equal((row["name"], row["kind"], row["inode"]), (name, kind, inode(process)), f"row of {path}")
        check_equal({row["context"] for row in found.values()}, set(contexts), "their contexts")
        wait_for("one process is in each", lambda: all(row["processes"] == 1 for row in rows(site).values()))
        for count, process in enumerate(processes, 1):
            named.shows(site, found[inode(process)]["context"], count)
        last = inode(processes[-1])
        wait_for("the last one has crossed its threshold", lambda: rows(site)[last].get("active") == 1)
        row = rows(site)[last]
        check_equal((row["worst"], row["state"], row["severity"]), ("ports", CROSSED, CRITICAL), "its worst")
        check(row["age"] < 10000 and row["cost"] > 0, "age and cost", row)
        check(all(row["active"] == 0 and "worst" not in row for index, row in rows(site).items() if index != last), "none in the others")
        check_equal(site.walk(TABLE, how=named.how("c1")), [], "the context of a namespace has no such row")
        check(agent.alive() and agent.end() == 0, "it ends well")


def goes_on(site):
    """A namespace lives as long as any process in it, and the kernel frees it then: nothing keeps it."""
    with Containers() as containers:
        site.snmpd(more=named.access("c1"))
        first = containers.start("docker/" + HEX)
        number = inode(first)
        second = containers.start("other", "sleep", "601", inside=first)
        site.agent(f"namespacePid {containers.pattern}\n")
        subprocess.run(["ip", "-n", site.netns, "link", "add", "far", "type", "veth", "peer", "name", "near", "netns", str(first.pid)],
                       check=True)
        send(first, 4)
        row = must_have(site, {number})[number]
        check_equal((row["name"], row["context"]), (HEX[:12], "c1"), "it is found by the first one")
        wait_for("both are in it", lambda: row_of(site, number)["processes"] == 2)
        named.shows(site, "c1", 4)
        since = named.value(site, "c1", harness.DISCONTINUITY)
        containers.end(first)
        send(second, 3)
        named.shows(site, "c1", 7)
        after = row_of(site, number)
        check_equal((after["since"], after["name"], after["context"]), (row["since"], row["name"], "c1"), "it is the same")
        check_equal(named.value(site, "c1", harness.DISCONTINUITY), since, "without a discontinuity")
        check(len(site.walk(f"{harness.MIB2}.2", how=named.how("c1"))) > 20, "interfaces by the other process")
        containers.end(second)
        must_have(site, set())
        wait_for("the kernel has freed it", lambda: not told.ip_json(site, "link", "show", "type", "veth"), named.SECONDS)
        wait_for("nothing is left of its context", lambda: named.value(site, "c1") is None)
        check(True, "all is gone")


def used_again(site):
    """The context of one that is gone is that of another one, with its own values and a discontinuity."""
    with Containers() as containers:
        site.snmpd(more=named.access("c1", "c2"))
        site.agent(f"namespacePid {containers.pattern}\n")
        before = 0
        for count in (5, 3):
            process = containers.start("docker/" + HEX)
            send(process, count)
            row = must_have(site, {inode(process)})[inode(process)]
            check_equal(row["context"], "c1", "its context")
            named.shows(site, "c1", count)
            since = named.value(site, "c1", harness.DISCONTINUITY)
            check(since > before, "a discontinuity", (before, since))
            before = since
            containers.end(process)
            must_have(site, set())


def beyond_the_limit(site):
    """What is beyond namespaceLimit is in the table, has no context, and is told once."""
    with Containers() as containers:
        site.snmpd(more=named.access("c1", "c2"))
        agent = site.agent(f"namespacePid {containers.pattern}\nnamespaceLimit 1\n")
        first = containers.start("docker/1" + HEX[1:])
        must_have(site, {inode(first)})
        second = containers.start("docker/2" + HEX[1:])
        found = must_have(site, {inode(first), inode(second)})
        check_equal([found[inode(process)]["context"] for process in (first, second)], ["c1", ""], "contexts")
        wait_for("its counters are read all the same", lambda: "age" in row_of(site, inode(second)))
        agent.wait_log(f"namespace 2{HEX[1:12]} is not served as a context")
        check_equal(len([line for line in agent.log() if "not served as a context" in line]), 1, "a line")


def open_files(agent):
    """The soft limit and the hard one."""
    line = [line for line in open(f"/proc/{agent.pid}/limits") if line.startswith("Max open files")][0]
    return tuple(int(number) for number in line.split()[3:5])


def few_descriptors(site):
    """As many as there may be are taken; what is beyond is told, and served once there is room."""
    with Containers() as containers:
        site.snmpd()
        agent = site.agent(f"namespacePid {containers.pattern}\n", under=("prlimit", f"--nofile=60:{FILES}"))
        check_equal(open_files(agent), (FILES, FILES), "the limit is the hard one")
        processes = [containers.start("docker/1" + HEX[1:]) for _ in range(3 * FIT)]
        agent.wait_log(f"are enough for {FIT} network namespaces, and there are more; raise their limit")
        served = wait_for("so many are served", lambda: len(rows(site)) == FIT and rows(site))
        time.sleep(17)  # the fourth time that they are listed none of them is due to be looked at
        check_equal([line for line in agent.log() if ": all processes can be seen" in line], [], "what there is no room for is not forgotten")
        for process in processes:
            if inode(process) in served:
                containers.end(process)
        later = {inode(process) for process in processes if process.poll() is None}
        check_equal(len(later), 2 * FIT, "others")
        wait_for("as many others are served", lambda: len(rows(site)) == FIT and set(rows(site)) < later)
        site.wait_readings()
        check_equal([line for line in agent.log() if "Too many open files" in line], [], "nothing lacks a descriptor")
        check(agent.alive() and agent.end() == 0, "it ends well")


def by_command(site):
    """By the name of a command, which it may get late; SIGHUP takes it back and finds it again."""
    with Containers() as containers:
        site.snmpd()
        agent = site.agent("namespacePid tcx-e2e-c*\n")
        command = site.folder / "tcx-e2e-cmd"
        shutil.copy(shutil.which("sleep"), command)
        process = containers.start("any", "sh", "-c", f"sleep 1; exec {command} 600")
        row = must_have(site, {inode(process)})[inode(process)]
        check_equal((row["name"], row["kind"]), ("tcx-e2e-cmd", PROCESS), "row")
        site.write("tcpextd.conf", harness.patience("") + "namespacePid nothing-like-it\n")
        agent.send(signal.SIGHUP)
        must_have(site, set())
        site.write("tcpextd.conf", harness.patience("") + "namespacePid nothing-like-it tcx-e2e-*\n")
        agent.send(signal.SIGHUP)
        must_have(site, {inode(process)})
        site.write("tcpextd.conf", harness.patience(""))
        agent.send(signal.SIGHUP)
        must_have(site, set())


if __name__ == "__main__":
    harness.main(runtimes, goes_on, used_again, beyond_the_limit, few_descriptors, by_command)
