#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The speed of the counters, as ratios measured side by side in one run. `make bench` runs it. bench.py master: what --master
takes alone.

Environment: TCPEXTD (the agent), BENCH_DIR (folder of the built helpers), MIB_ROOT (root of LINUX-TCPEXT-MIB).
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

AGENT = os.environ.get("TCPEXTD", "./tcpextd")
HELPERS = pathlib.Path(os.environ.get("BENCH_DIR", "tests/bench"))
ROOT = os.environ.get("MIB_ROOT", "1.3.6.1.4.1.8072.9999.9999.1213")
TCPEXT = f"{ROOT}.1.8"          # the group with most scalars
OTHER = "1.3.6.1.4.1.8072.9999.9999.1214"
IDLE_SECONDS = 30
CONTEXTS = 500


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bench:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.master = self.folder / "master"
        self.address = f"udp:127.0.0.1:{free_port()}"
        self.processes = []

    def start(self, *command):
        environment = dict(os.environ, MIBS="", SNMPCONFPATH=str(self.folder),
                           SNMP_PERSISTENT_DIR=str(self.folder / "persist"))
        with open(self.folder / "log", "ab") as log:
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def start_all(self):
        (self.folder / "snmpd.conf").write_text(
            f"master agentx\nagentXSocket {self.master}\nrocommunity public 127.0.0.1\n")
        self.start("snmpd", "-f", "-Lf", str(self.folder / "snmpd.log"), "-C", "-c",
                   str(self.folder / "snmpd.conf"), self.address)
        self.wait_for(self.master.exists, "snmpd does not start")
        agent = self.start(AGENT, "-f", "-C", "-x", str(self.master), "-Le")
        self.wait_for(lambda: self.has(f"{TCPEXT}.1.0"), "tcpextd does not serve")
        other = self.start(str(HELPERS / "scalar-group"), str(self.master), OTHER, "200")
        self.wait_for(lambda: self.has(f"{OTHER}.1.0"), "the scalar group does not serve")
        return agent, other

    def start_master(self):
        """Returns its address, too."""
        address = f"udp:127.0.0.1:{free_port()}"
        conf = self.folder / "tcpextd-master.conf"
        conf.write_text("rocommunity public 127.0.0.1\n")
        agent = self.start(AGENT, "-f", "-C", "-c", str(conf), "-Le", "--master", address)
        self.wait_for(lambda: self.has(f"{TCPEXT}.1.0", address), "tcpextd --master does not serve")
        return agent, address

    def get(self, name, address=None):
        result = subprocess.run(["snmpget", "-v2c", "-cpublic", "-m", "", "-Oqv", address or self.address, name],
                                capture_output=True, text=True, check=False)
        return result.stdout.strip()

    def has(self, name, address=None):
        answer = self.get(name, address)
        return answer != "" and "No Such" not in answer

    def wait_for(self, condition, complaint):
        deadline = time.monotonic() + 15
        while not condition():
            if time.monotonic() > deadline:
                sys.exit(f"bench: {complaint}:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.1)

    def count_scalars(self):
        """How many scalars from the first on this kernel has without a gap."""
        count = 0
        while self.has(f"{TCPEXT}.{count + 1}.0"):
            count += 1
        return count

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def memory_mib(pid, what="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_nanoseconds(pid):
    """Processor time of all threads, ended ones included: the clock of clock_getcpuclockid(), which Python lacks."""
    return time.clock_gettime_ns(~pid << 3 | 2)


def show_idle(pid):
    before, began = cpu_nanoseconds(pid), time.monotonic_ns()
    time.sleep(IDLE_SECONDS)
    share = 100 * (cpu_nanoseconds(pid) - before) / (time.monotonic_ns() - began)
    print(f"idle agent, refresh every 1 s, {IDLE_SECONDS} s: {share:.3f} % of a core (target at most 0.1)", flush=True)


def show_contexts(bench):
    """How long it takes to register two subtrees in each of many contexts."""
    process = bench.start(str(HELPERS / "../e2e/many_contexts"), str(bench.master), str(CONTEXTS))
    log, connected = bench.folder / "log", re.compile(r"^connected ([0-9.]+) [0-9]+$", re.M)
    bench.wait_for(lambda: connected.search(log.read_text()), "many_contexts does not connect")
    seconds = connected.search(log.read_text())[1]
    print(f"{CONTEXTS} contexts of two registrations each: connected in {seconds} s (target below 1)", flush=True)
    process.terminate()


def race(bench, targets, ours, other):
    """Address, OID and process of each, and the most that our ratios should be: a bulk walk's, its processor time's, of GETs."""
    subprocess.run([str(HELPERS / "requests"), str(bench.count_scalars()), *targets, *map(str, (*ours, *other))], check=True)


def show_master(bench, other):
    """What a varbind takes where there is no snmpd in between."""
    agent, address = bench.start_master()
    print("without snmpd:", flush=True)
    race(bench, ("0.08", "-", "0.4"), (address, TCPEXT, agent.pid), (bench.address, OTHER, other.pid))


def show_requests(bench, agent, other):
    show_idle(agent.pid)
    race(bench, ("0.85", "0.72", "0.97"), (bench.address, TCPEXT, agent.pid), (bench.address, OTHER, other.pid))
    print(f"resident memory after that: {memory_mib(agent.pid):.1f} MiB (target at most 10)", flush=True)


def main():
    if shutil.which("snmpd") is None or shutil.which("snmpget") is None:
        sys.exit("bench: snmpd and snmpget are needed (packages snmpd and snmp)")
    only_master = sys.argv[1:] == ["master"]
    if not only_master:
        subprocess.run([str(HELPERS / "refresh")], check=True)
    with tempfile.TemporaryDirectory(prefix="tcx-bench-") as folder:
        bench = Bench(folder)
        try:
            agent, other = bench.start_all()
            if not only_master:
                show_requests(bench, agent, other)
            show_master(bench, other)
            if not only_master:
                show_contexts(bench)
        finally:
            bench.stop()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
