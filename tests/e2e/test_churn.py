#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Network namespaces are made and deleted in random order while managers walk their contexts: each context shows the numbers of
its own namespace alone, nothing is kept of what was deleted, and names that are used again take no memory.

CHURN has how many are made, SEED makes an order.
"""

import ctypes
import os
import pathlib
import random
import socket
import statistics
import subprocess
import threading
import time

import harness
from harness import ABSENT, OBJECTS, Failure, check, check_equal, private_kib, wait_for

COUNT = int(os.environ.get("CHURN", "200"))
A_SECOND = 20
NAMES = 24
AT_ONCE = 16
OCTETS = f"{OBJECTS}.9.7.0"  # ipExtInOctets
GROWTH = 1024  # KiB for a quarter of them
HEADERS = 28  # octets of IPv4 and UDP
PLACE = pathlib.Path("/run/netns")
CLONE_NEWNET, MS_BIND, MNT_DETACH = 0x40000000, 4096, 2
LIBC = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    if function(*arguments) != 0:
        raise Failure(f"{function.__name__}: {os.strerror(ctypes.get_errno())}")


class Namespaces:
    """Those that there are. Each has a number of its own, which its ipExtInOctets tells, and an interface whose peer is seen
    outside as long as it lives."""

    def __init__(self, site):
        self.site, self.chance = site, random.Random(harness.SEED)
        self.prefix = f"{site.netns}-"
        self.names = [f"{self.prefix}{n}" for n in range(NAMES)]
        self.there = {}  # name to number
        self.had = {name: [] for name in self.names}  # all numbers of each name
        self.made = 0

    def make(self):
        """A thread makes it, so that nobody else goes there."""
        name = self.chance.choice([name for name in self.names if name not in self.there])
        self.made += 1
        self.had[name].append(self.made)
        failed = []

        def run():
            try:
                self.inside(name, self.made)
            except Exception as fault:  # the thread's own
                failed.append(fault)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]
        self.there[name] = self.made

    def inside(self, name, number):
        call(LIBC.unshare, CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "link", "add", "eth0", "type", "veth", "peer", "name", f"v{number}", "netns", self.site.netns], check=True)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
            plug.bind(("127.0.0.1", 0))
            plug.sendto(bytes(number), plug.getsockname())
        (PLACE / name).touch()
        call(LIBC.mount, b"/proc/thread-self/ns/net", os.fsencode(PLACE / name), None, MS_BIND, None)

    def delete(self, name):
        call(LIBC.umount2, os.fsencode(PLACE / name), MNT_DETACH)
        (PLACE / name).unlink()
        del self.there[name]

    def step(self):
        """Makes one, and deletes one where there are many."""
        if len(self.there) >= AT_ONCE:
            self.delete(self.chance.choice(sorted(self.there)))
        self.make()

    def peers(self):
        """The numbers of those whose interfaces there are."""
        shown = self.site.run("ip", "-o", "link").stdout.splitlines()
        return {int(line.split()[1][1:].split("@")[0]) for line in shown if line.split()[1].startswith("v")}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in list(self.there):
            self.delete(name)


def within(namespaces, name):
    return ("-v2c", "-c", f"in{namespaces.names.index(name)}")


def value(site, namespaces, name):
    """The number that a context shows; None for no object, or no answer at all: snmpd does not know it yet."""
    try:
        shown = site.get(OCTETS, how=within(namespaces, name), patience=("-t1", "-r0"))[0]
    except Failure:
        return None
    return None if shown in ABSENT.values() else shown.value - HEADERS


class Managers:
    """Threads that walk contexts until it is over."""

    def __init__(self, site, namespaces, count=3):
        self.site, self.namespaces = site, namespaces
        self.over, self.wrong, self.right = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self.run, args=[random.Random(f"{harness.SEED} {i}")]) for i in range(count)]

    def run(self, chance):
        while not self.over.is_set():
            try:
                self.walk(chance.choice(self.namespaces.names))
            except Failure as fault:
                self.wrong.append(str(fault))

    def walk(self, name):
        done = self.site.tool("snmpbulkwalk", within(self.namespaces, name), ("-Cr20",), (f"{OBJECTS}.9",), patience=("-t1", "-r0"))
        if "not increasing" in done.stderr:
            self.wrong.append(done.stderr)
        for oid, shown in harness.parse_answer(done.stdout):
            if oid == OCTETS and shown not in ABSENT.values():
                self.note(name, shown.value - HEADERS)

    def note(self, name, number):
        self.right += 1
        if number not in self.namespaces.had[name]:
            self.wrong.append((name, number, self.namespaces.had[name]))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def access(namespaces):
    lines = "".join(f"com2sec -Cn {name} guest default in{i}\ncom2secunix -Cn {name} guest default in{i}\n"
                    for i, name in enumerate(namespaces.names))
    return lines + f"group guests v2c guest\naccess guests {namespaces.prefix} any noauth prefix seen seen none\n"


def check_memory(agent, snmpd, memory):
    """Of (agent, snmpd), at even distances. Once all names are in use they stay as they are, but for what allocators do."""
    if harness.has_sanitizer(agent):
        harness.skip("memory: this agent has a sanitizer, which keeps what is freed")
        return
    quarter = len(memory) // 4
    for name, kib in zip(("the agent", "snmpd"), zip(*memory)):
        grown = statistics.median(kib[-quarter:]) - statistics.median(kib[2 * quarter:3 * quarter])
        check(grown <= GROWTH, f"{name} grows by {grown} KiB in the last quarter", f"KiB: {kib}")


def churn(site):
    """Numbers, peers and memory."""
    print(f"       SEED={harness.SEED}")
    with Namespaces(site) as namespaces:
        snmpd = site.snmpd(more=access(namespaces))
        agent = site.agent(f"namespace {namespaces.prefix}*\n")
        memory = []
        with Managers(site, namespaces) as managers:
            while namespaces.made < COUNT:
                namespaces.step()
                time.sleep(1 / A_SECOND)
                if namespaces.made % (COUNT // 40) == 0:
                    memory.append((private_kib(agent), private_kib(snmpd)))
        check(agent.alive() and snmpd.alive(), f"agent and snmpd have survived {COUNT} namespaces")
        check(managers.right > 0, f"{managers.right} numbers were asked for")
        check_equal(managers.wrong, [], "no context has shown a number of another namespace, and each walk has ended")
        wait_for(lambda: f"only interfaces of {namespaces.there}, not {namespaces.peers()}",
                 lambda: namespaces.peers() == set(namespaces.there.values()))
        check(True, "nothing is kept of what was deleted")
        for name in filter(namespaces.had.get, namespaces.names):
            wait_for(lambda n=name: f"{n} shows {namespaces.there.get(n)}, not {value(site, namespaces, n)}",
                     lambda n=name: value(site, namespaces, n) == namespaces.there.get(n))
        check(True, "each one that is there shows its number, and no other name anything")
        check_memory(agent, snmpd, memory)
        check_equal([line for line in agent.log() if " refuses " in line], [], "nothing is refused")


harness.main(churn)
