#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What tables of many connections cost, as ratios measured side by side in one run. `make bench` runs it. Needs root.

Each crowd of connections has a network namespace of its own, with snmpd and the agent in it, and a second snmpd that serves its
built-in tables. Both ends of a connection are there, so each is two rows.

Environment: TCPEXTD (the agent), BENCH_DIR (folder of the built helpers), MIB_ROOT (root of LINUX-TCPEXT-MIB).
"""
import collections
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness
import test_services
from bench import HELPERS, memory_mib

COLUMN = f"{harness.MIB2}.6.13.1.1"                     # tcpConnState
ESTABLISHED = f"{harness.OBJECTS}.18.1.3.1.5"           # tcpStateSockets of IPv4
SCALAR = f"{harness.MIB2}.6.9.0"                        # tcpCurrEstab
CONNECTIONS, STATES = 5, 7                              # numbers of kernelTable
SOCKET_TABLES = (COLUMN, f"{harness.MIB2}.7.5.1.1", f"{harness.OBJECTS}.18.1.3", f"{harness.OBJECTS}.20.1.5",
                 f"{harness.OBJECTS}.31.1.5", f"{harness.OBJECTS}.39.1.5")
FAMILIES, PROTOCOLS = {"2": "IPv4", "10": "IPv6"}, {"6": "TCP", "17": "UDP"}
AGENT, PEER = "udp:127.0.0.1:161", "udp:127.0.0.1:162"
PATIENCE = 45                                           # seconds that a walk may take
OFTEN, ENOUGH = 5, 10                                   # a walk is done so often, unless that takes so many seconds
PAIRS = 7
PHASE = 4                                               # seconds
CGROUPS = 5_000
PEER_CONF = """\
com2sec reader default public
group readers v2c reader
access readers "" any noauth exact seen seen none
view seen included .1
"""


class World(harness.Site):
    """A namespace with so many sockets, snmpd with the agent, and another snmpd."""

    def __init__(self, sockets):
        super().__init__("bench")
        self.sockets = sockets
        self.crowd = None
        self.tcpextd = None

    def __enter__(self):
        try:
            super().__enter__()
            self.fill()
            self.snmpd()
            self.start(harness.Process, self.inside("snmpd", "-f", "-Lo", "-C", "-c", self.write("peer.conf", PEER_CONF), PEER),
                       self.folder / "peer.log")
            self.tcpextd = self.agent("tableIdle 1\n")
            self.get(f"{harness.MIB2}.1.3.0", address=PEER, netns=True)
        except BaseException:
            self.close()
            raise
        return self

    def fill(self):
        self.crowd = subprocess.Popen(self.inside(HELPERS / "crowd", self.sockets), stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, preexec_fn=harness.die_with_parent)
        if self.crowd.stdout.readline().split() != ["ready", str(self.sockets)]:
            raise harness.Failure(f"{self.sockets} sockets cannot be opened")

    def close(self):
        if self.crowd is not None:
            self.crowd.kill()
            self.crowd.wait()
        super().close()

    def help(self, name, *arguments):
        """What a helper prints that runs in the namespace."""
        done = self.run(HELPERS / name, *arguments, timeout=3 * PATIENCE)
        if done.returncode != 0:
            raise harness.Failure(f"{name}: {done.stderr.strip()}")
        return done.stdout

    def kernel_table(self, column, table):
        return self.get(f"{harness.OBJECTS}.1.13.1.{column}.{table}")[0].value

    def wait_let_go(self, table):
        """The next request for the table has to wait until it is read."""
        harness.wait_for("the agent lets the table go", lambda: self.kernel_table(3, table) is None)

    def ask_for_table(self):
        """The agent reads it, if need be, and renews it for as long as tableIdle says. Returns how many rows it has."""
        self.get(f"{COLUMN}.0")
        return self.kernel_table(3, CONNECTIONS)

    def walk(self, address=AGENT):
        """Rows, seconds, and whether the walk came to its end."""
        rows, ns, how = self.help("walk", address, COLUMN, PATIENCE).split()
        if how == "whole" and int(rows) < self.sockets:
            raise harness.Failure(f"a walk of {address} ended after {rows} rows of {self.sockets}")
        return int(rows), int(ns) / 1e9, how == "whole"

    def latencies(self, oid, seconds, *process):
        """Pairs: nanoseconds, and whether a worker of the process was running meanwhile."""
        lines = self.help("latency", AGENT, oid, seconds, *process).splitlines()
        return [tuple(map(int, line.split())) for line in lines]


# --- Walks --------------------------------------------------------------------------------------------------------------------

def seconds_of(walks):
    return [seconds for _, seconds, _ in walks]


def tell(walks):
    """A walk that was stopped is the only one."""
    rows, seconds, whole = walks[0]
    return f"{statistics.median(seconds_of(walks)):.3f} s" if whole else f"stopped at {seconds:.0f} s after {rows} rows"


def show_walks(world):
    """Both agents in turn; ours has to read the table first."""
    ours, peers = [], []
    for _ in range(OFTEN):
        if sum(seconds_of(ours)) < ENOUGH:
            world.wait_let_go(CONNECTIONS)
            ours.append(world.walk())
        if sum(seconds_of(peers)) < ENOUGH:
            peers.append(world.walk(PEER))
    print(f"tcpConnTable, {ours[0][0]} rows, walk of a column in GETBULKs of 50: {tell(ours)}, "
          f"snmpd's built-in table: {tell(peers)} (medians of {len(ours)} and {len(peers)})", flush=True)


def show_states(world):
    """What the walk is often done for: how many connections are established?"""
    cold = []
    for _ in range(OFTEN):
        world.wait_let_go(STATES)
        cold += [ns for ns, _ in world.latencies(ESTABLISHED, 0)]
    warm = [ns for ns, _ in world.latencies(ESTABLISHED, 1)]
    print(f"tcpStateTable, {world.sockets} sockets, GET of the established ones: {statistics.median(cold) / 1e6:.1f} ms when "
          f"they have to be counted first, else {statistics.median(warm) / 1e6:.3f} ms", flush=True)


def walk_held(world):
    world.ask_for_table()
    return world.walk()


def show_cost_per_row(small, large):
    """Of tables that are there: to read them costs a row of the small one more, since the kernel keeps the sockets of all
    namespaces together."""
    pairs = [(walk_held(small), walk_held(large)) for _ in range(PAIRS)]
    costs = [[seconds / rows * 1e6 for rows, seconds, _ in pair] for pair in pairs]
    a, b = (statistics.median(column) for column in zip(*costs))
    ratio = statistics.median(b / a for a, b in costs)
    print(f"walk, per row: {a:.1f} us of {small.sockets}, {b:.1f} us of {large.sockets}, ratio {ratio:.2f} "
          f"(median of {PAIRS} pairs; target at most 1.2)", flush=True)


def show_dumps(world):
    """What is asked of the kernel while all tables of sockets are renewed each second."""
    world.tcpextd.end()
    file = world.folder / "dumps"
    # AddressSanitizer wants to be loaded first, and need not be.
    settings = (f"LD_PRELOAD={(HELPERS / 'dumps.so').resolve()}", f"TCX_DUMPS={file}", "ASAN_OPTIONS=verify_asan_link_order=0")
    world.tcpextd = world.agent(f"tableInterval 1\ntableIdle {3 * PHASE}\n", under=("/usr/bin/env", *settings))
    world.getnext(*SOCKET_TABLES)
    time.sleep(PHASE)
    file.write_text("")
    time.sleep(PHASE)
    dumps = collections.Counter()
    for (family, protocol, *_), count in collections.Counter(tuple(line.split()) for line in file.read_text().splitlines()).items():
        dumps[f"{FAMILIES[family]} {PROTOCOLS[protocol]}"] += round(count / PHASE)
    print(f"dumps of sockets while all tables of them are in use, a renewal: {sum(dumps.values())} "
          f"({', '.join(f'{kind} {count}' for kind, count in sorted(dumps.items()))}; target at most 4)", flush=True)


def show_cgroups():
    """What it costs to find whose a socket is, when its group is new to the agent."""
    try:
        with test_services.Cgroups() as groups:
            for i in range(CGROUPS):
                (groups.top / f"{i % 50}.slice" / f"{i}.service").mkdir(parents=True)
            print(f"{CGROUPS} cgroups: {subprocess.run([HELPERS / 'cgroups'], check=True, capture_output=True, text=True).stdout}",
                  end="", flush=True)
    except harness.Skip as why:
        print(f"cgroups: skipped: {why}")


# --- An agent that reads over and over ----------------------------------------------------------------------------------------

def show_memory(world, agent):
    world.latencies(SCALAR, 1)
    before = memory_mib(agent.pid)
    rows = world.ask_for_table()
    time.sleep(PHASE)
    held, peak = ((memory_mib(agent.pid, what) - before) * 2**20 / rows for what in ("VmRSS", "VmHWM"))
    print(f"resident memory grew by {held:.0f} octets per row of {rows} after several readings, by {peak:.0f} during them "
          "(target at most 64)", flush=True)


def percentile_us(samples, percent):
    ordered = sorted(ns for ns, _ in samples)
    return ordered[len(ordered) * percent // 100] / 1000


def show_latency(world, agent):
    """Phases without and with reading, in turn; a GET counts for the second when a worker ran meanwhile."""
    idle, busy = [], []
    for _ in range(PAIRS):
        world.wait_let_go(CONNECTIONS)
        idle += world.latencies(SCALAR, PHASE)
        world.ask_for_table()
        busy += world.latencies(SCALAR, PHASE, agent.pid)
    reading = [sample for sample in busy if sample[1]]
    if not reading:
        raise harness.Failure("no GET fell into a reading of the table")
    share = sum(ns for ns, _ in reading) / sum(ns for ns, _ in busy)
    before, during = percentile_us(idle, 99), percentile_us(reading, 99)
    print(f"GET of a scalar, idle agent: median {percentile_us(idle, 50):.0f} us, 99th percentile {before:.0f} us "
          f"({len(idle)} GETs)\n"
          f"GET of a scalar while {world.sockets} rows are being read: median {percentile_us(reading, 50):.0f} us, "
          f"99th percentile {during:.0f} us ({len(reading)} GETs; {100 * share:.0f} % of the time was reading), "
          f"ratio {during / before:.2f} (target at most 2)", flush=True)


def show_reading(world):
    """With an agent of its own, which has held no table yet and reads one every second, the least there is."""
    world.tcpextd.end()
    agent = world.agent(f"tableInterval 1\ntableIdle {PHASE + 1}\n")
    show_memory(world, agent)
    show_latency(world, agent)


def main():
    os.environ["PATH"] = harness.PATH
    why = harness.missing()
    if why:
        print(f"tables: skipped: {why}")
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, harness.leave)
    for sockets in (1_000, 10_000):
        with World(sockets) as world:
            show_walks(world)
            show_states(world)
    with World(100) as world:
        show_dumps(world)
    show_cgroups()
    with World(100_000) as large:
        show_walks(large)
        show_states(large)
        with World(10_000) as small:
            show_cost_per_row(small, large)
        print(large.help("connections"), end="", flush=True)
        show_reading(large)


if __name__ == "__main__":
    try:
        main()
    except harness.Failure as failure:
        sys.exit(f"bench: {failure}")
