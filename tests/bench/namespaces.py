#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What one agent takes for many network namespaces, as ratios measured in one run. `make bench` runs it. Needs root.

Environment: TCPEXTD (the agent), BENCH_DIR (folder of the built helpers), MIB_ROOT (root of LINUX-TCPEXT-MIB).
"""
import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness
from bench import HELPERS

COST = f"{harness.OBJECTS}.40.1.9"      # namespaceCost
SCALAR = f"{harness.MIB2}.6.9.0"        # tcpCurrEstab
FORWARDING = f"{harness.MIB2}.4.1.0"
COUNTS = (1, 50, 500)
PAIRS = 5
PHASE = 4                               # seconds
MINUTE = 70                             # until all that is derived is there
PLACE = pathlib.Path("/run/netns")
CLONE_NEWNET, MS_BIND, MNT_DETACH = 0x40000000, 4096, 2
LIBC = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    if function(*arguments) != 0:
        raise harness.Failure(f"{function.__name__}: {os.strerror(ctypes.get_errno())}")


class Namespaces:
    """So many idle ones, with names that begin alike."""

    def __init__(self, site):
        self.prefix = f"{site.netns}-"
        self.names = []

    def make(self, count):
        """By a thread of its own, so that nobody else goes there."""
        thread = threading.Thread(target=self.fill, args=[count])
        thread.start()
        thread.join()

    def fill(self, count):
        while len(self.names) < count:
            path = PLACE / f"{self.prefix}{len(self.names)}"
            call(LIBC.unshare, CLONE_NEWNET)
            path.touch()
            self.names.append(path)
            call(LIBC.mount, b"/proc/thread-self/ns/net", os.fsencode(path), None, MS_BIND, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for path in self.names:
            LIBC.umount2(os.fsencode(path), MNT_DETACH)
            path.unlink()


class World(harness.Site):
    """An agent that serves so many namespaces, beside an snmpd of its own."""

    def __init__(self, count):
        super().__init__("bench")
        self.count, self.namespaces, self.tcpextd, self.master_process = count, None, None, None

    def __enter__(self):
        super().__enter__()
        self.namespaces = Namespaces(self)
        try:
            self.namespaces.make(self.count)
            self.start_master()
            self.tcpextd = self.agent(f"namespace {self.namespaces.prefix}*\nthreshold defaults\nagentXPingInterval 3\n")
            harness.wait_for("all are read", lambda: len(self.walk(COST, repetitions=50)) == self.count)
            harness.wait_for("contexts are served", self.all_served)
        except BaseException:
            self.close()
            raise
        return self

    def close(self):
        self.namespaces.__exit__()
        super().close()

    def some(self):
        """Their names: the first, the last and some between them."""
        names = sorted(path.name for path in self.namespaces.names)
        return sorted({names[i * (self.count - 1) // 4] for i in range(5)})

    def start_master(self):
        lines = "".join(f"com2sec -Cn {name} guest default to-{name}\ncom2secunix -Cn {name} guest default to-{name}\n"
                        for name in self.some())
        access = f"group guests v2c guest\naccess guests {self.namespaces.prefix} any noauth prefix seen seen none\n"
        self.master_process = self.snmpd(more=lines + access)

    def is_served(self, name):
        try:
            return self.get(FORWARDING, how=("-v2c", "-c", f"to-{name}"), patience=("-t1", "-r0"))[0].syntax == "INTEGER"
        except harness.Failure:
            return False

    def all_served(self):
        return all(map(self.is_served, self.some()))

    def latencies(self):
        """Nanoseconds of GETs of a scalar in the default context."""
        done = self.run(HELPERS / "latency", "udp:127.0.0.1:161", SCALAR, PHASE)
        return [int(line.split()[0]) for line in done.stdout.splitlines()]

    def restart_master(self):
        """Returns when the agent has connected again."""
        connected = self.connections()
        self.master_process.kill()
        self.start_master()
        harness.wait_for("the agent connects again", lambda: self.connections() > connected, pause=0.005)

    def connections(self):
        return sum("connected to the AgentX master" in line for line in self.tcpextd.log())


def percentile_us(samples, percent):
    return sorted(samples)[len(samples) * percent // 100] / 1000


def show_refresh(world):
    for count in COUNTS:
        if count <= world.count:
            files = sorted(map(str, world.namespaces.names))[:count]
            subprocess.run([HELPERS / "namespaces", *files], check=True)


def show_latency(one, many):
    """In turn."""
    few, lots = [], []
    for _ in range(PAIRS):
        few += one.latencies()
        lots += many.latencies()
    before, after = percentile_us(few, 99), percentile_us(lots, 99)
    print(f"GET in the default context, 99th percentile: {before:.0f} us with {one.count} namespace, {after:.0f} us with "
          f"{many.count}, ratio {after / before:.2f} (medians {percentile_us(few, 50):.0f} and {percentile_us(lots, 50):.0f} us; "
          "target at most 2)", flush=True)


def show_memory(one, many):
    few, lots = harness.private_kib(one.tcpextd), harness.private_kib(many.tcpextd)
    print(f"resident memory of each further idle namespace, up to {many.count}: {(lots - few) / (many.count - one.count):.1f} KiB "
          f"({lots / 1024:.1f} MiB in all; target at most 40)", flush=True)
    descriptors = len(os.listdir(f"/proc/{many.tcpextd.pid}/fd"))
    threads = max(len(os.listdir(f"/proc/{many.tcpextd.pid}/task")) for _ in range(1000))
    print(f"descriptors with {many.count} namespaces: {descriptors} (target at most 8 each); threads, at most of 1000 looks: "
          f"{threads} (target 4)", flush=True)


def show_restart(many):
    many.restart_master()
    began = time.monotonic()
    harness.wait_for("contexts are served again", many.all_served)
    print(f"registered again after a restart of snmpd, of {many.count} contexts: {time.monotonic() - began:.2f} s after it is "
          "connected (target at most 3)", flush=True)
    many.restart_master()
    began = time.monotonic()
    many.tcpextd.end()
    print(f"SIGTERM while it registers them: it ends in {time.monotonic() - began:.2f} s", flush=True)


def main():
    os.environ["PATH"] = harness.PATH
    why = harness.missing()
    if why:
        print(f"namespaces: skipped: {why}")
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, harness.leave)
    with World(COUNTS[-1]) as many:
        began = time.monotonic()
        with World(1) as one:
            show_latency(one, many)
            time.sleep(max(0, MINUTE - (time.monotonic() - began)))
            show_memory(one, many)
        show_restart(many)
        show_refresh(many)


if __name__ == "__main__":
    try:
        main()
    except harness.Failure as failure:
        sys.exit(f"bench: {failure}")
