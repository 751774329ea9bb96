#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""nstatRate is what nstat's daemon has in the same namespace over the same time, and snmpd's monitor can watch nstatRate32."""

import bisect
import math
import os
import pathlib
import signal
import time

import ber
import harness
import kernel
from harness import HERE, NO_INSTANCE, OBJECTS, TIME, Failure, Process, check, check_equal, main, wait_for

SCAN_S = 1  # refreshInterval, and -d of nstat
MEAN_S = 10  # rateTime, and -t of nstat
CLIENT = pathlib.Path(os.environ.get("SNMPNSTAT", harness.AGENT.parent / "snmpnstat")).resolve()
NAME = "UdpNoPorts"  # what datagrams.py makes the kernel count
RATE, RATE32, GROWTH = (f"{OBJECTS}.2.1.{column}.{kernel.nstat_index(NAME)}" for column in (9, 10, 11))
ROUNDED = 0.05 + 0.001  # by nstat, and by the agent


class Record:
    """What the kernel had counted when, as datagrams.py wrote it."""

    def __init__(self, path):
        lines = [line.split() for line in path.read_text().splitlines()]
        lines = [line for line in lines if len(line) == 3]  # the last one may be half there
        self.began = [float(line[0]) for line in lines]
        self.ended = [float(line[1]) for line in lines]
        self.numbers = [int(line[2]) for line in lines]

    def at_least(self, when):
        i = bisect.bisect_right(self.ended, when)
        return self.numbers[i - 1 if i > 0 else 0]

    def at_most(self, when):
        return self.numbers[min(bisect.bisect_left(self.began, when), len(self.numbers) - 1)]

    def lateness(self):
        """How late the machine was at worst to let somebody go on who waited for a moment."""
        return max(later - earlier for earlier, later in zip(self.began, self.began[1:]))


def means(record, last, step, late):
    """The lowest and the highest mean rate that one gets who reads each step up to last, each time up to so late."""
    kept = math.exp(-math.log(10) * SCAN_S / MEAN_S)
    gained = (1 - kept) / step
    low, high = gained * record.at_least(last), gained * record.at_most(last + late)
    weight, when = gained * (1 - kept), last - step
    while when > record.began[0] - step:
        low -= weight * record.at_most(when + late)
        high -= weight * record.at_least(when)
        weight *= kept
        when -= step
    rest = weight / (1 - kept) * record.numbers[0]  # it stood still before
    return low - rest, high - rest


def allowed(record, since, until):
    """What any instants of reading allow, for one whose last one was between since and until."""
    late = record.lateness()
    found = []
    for step in (SCAN_S, SCAN_S + late):  # nstat takes a late reading for one in time
        last = since - step
        while last <= until:
            found.append(means(record, last, step, late))
            last += 0.05
    return min(low for low, _ in found) - ROUNDED, max(high for _, high in found) + ROUNDED


def nstat_rate(site):
    done = site.run("nstat", "-asz")
    for line in done.stdout.splitlines():
        if line.startswith(f"{NAME} "):
            return float(line.split()[2])
    raise Failure(f"nstat does not have {NAME}: {done.stdout[:200]} {done.stderr}")


def client_rate(site):
    done = site.run(CLIENT, "-as", "-d", SCAN_S, *harness.V2C, site.address, NAME)
    return float(done.stdout.splitlines()[1].split()[2])


def day_of(hours, minutes, seconds, tenths=0):
    """As seconds of the day."""
    return hours * 3600 + minutes * 60 + seconds + tenths / 10


def snapshot_time(date):
    octets = bytes.fromhex(date.value.replace(" ", ""))
    return day_of(*octets[4:8])


def wait_for_rate(site, started, first):
    """It is absent until rateTime has passed since the first snapshot, which came after the agent was started and not after the
    first one that was seen. snapshotTime has tenths of a second."""
    def is_there():
        rate, date = site.get(RATE, TIME)
        now = snapshot_time(date)
        if (now - started) % 86400 < MEAN_S - 0.2 and rate != NO_INSTANCE:
            raise Failure(f"there is a rate at {now}, and the agent is not older than {started}: {rate}")
        if (now - first) % 86400 > MEAN_S + 0.2 and rate == NO_INSTANCE:
            raise Failure(f"there is no rate at {now}, though there was a snapshot at {first}")
        return rate != NO_INSTANCE

    wait_for("there is a rate", is_there)
    check(True, "there is no rate before rateTime has passed, and one once it has")


def compare(site, path):
    """Both means at one moment, against the numbers that the kernel had."""
    since = time.monotonic()
    rate, rate32 = site.get(RATE, RATE32)
    printed = client_rate(site)
    theirs = nstat_rate(site)
    until = time.monotonic()
    wait_for("the record goes on", lambda: Record(path).began[-1] > until)
    low, high = allowed(Record(path), since, until)
    ours = rate.value / 1000
    check(all(low <= rate <= high for rate in (ours, printed, theirs)),
          f"nstatRate is {ours:.3f}, snmpnstat says {printed} and nstat {theirs}: readings at other instants would give {low:.1f} to {high:.1f}")
    check_equal(rate32, harness.Value("Gauge32", math.floor(ours + 0.5)), "nstatRate32 is that in whole events")


def nstat(site):
    """nstat -d 1 -t 10 and the agent with the same times, while a counter grows slowly, fast and slowly again."""
    site.snmpd()
    started = day_of(*time.localtime()[3:6])
    agent = site.agent(f"refreshInterval {SCAN_S}\nrateTime {MEAN_S}\n")
    first = snapshot_time(site.get(TIME)[0])
    check_equal(site.run("nstat", "-d", SCAN_S, "-t", MEAN_S).returncode, 0, "nstat's daemon starts")
    record = site.folder / "record"
    site.start(Process, site.inside("python3", "-B", HERE / "datagrams.py", "4:4", "8:20", "1:2"), record)
    wait_for_rate(site, started, first)
    for pause in (0, 3, 4, 4):
        time.sleep(pause)
        compare(site, record)
    growth = site.get(GROWTH)[0]
    check(growth == NO_INSTANCE or growth.syntax == "Counter64", "there is no growth before a minute has passed", growth)
    site.write("tcpextd.conf", harness.patience("") + "rateTime 3600\n")
    agent.send(signal.SIGHUP)
    wait_for("rates begin anew with another rateTime", lambda: site.get(RATE) == [NO_INSTANCE])
    check(True, "rates begin anew with another rateTime")


# --- snmpd's monitor ----------------------------------------------------------------------------------------------------------

TRAPS = "127.0.0.1:1620"
FIRED = "1.3.6.1.2.1.88.2.0.1"  # mteTriggerFired
RECEIVE = f"""
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
    receiver.bind(("127.0.0.1", 1620))
    print("ready", flush=True)
    while True:
        print(receiver.recv(65536).hex(), flush=True)
"""
MONITOR = f"""
createUser watcher SHA "other words"
rouser watcher auth
agentSecName watcher
trap2sink {TRAPS} public
monitor -I -r 1 -o .{RATE32} "too many" .{RATE32} > 100
"""


def monitor(site):
    """The monitor of snmpd.conf tells when nstatRate32 passes what it is told, and not before."""
    traps = site.folder / "traps"
    site.start(Process, site.inside("python3", "-c", RECEIVE), traps)
    wait_for("the receiver of traps is ready", lambda: traps.exists() and "ready" in traps.read_text())
    snmpd = site.snmpd(more=MONITOR)
    if "Unknown token: monitor" in snmpd.output.read_text():
        raise harness.Skip("this snmpd has no DISMAN-EVENT-MIB")
    site.agent("refreshInterval 0.5\nrateTime 1\n")

    def fired():
        packets = [bytes.fromhex(line) for line in traps.read_text().split()[1:]]
        return [packet for packet in packets if ber.oid(FIRED) in packet]

    wait_for("there is a rate of nothing", lambda: site.get(RATE32) == [harness.Value("Gauge32", 0)])
    check_equal(fired(), [], "nothing is told while nothing comes")
    site.start(Process, site.inside("python3", "-B", HERE / "datagrams.py", "1:20"), site.folder / "record")
    packet = wait_for("snmpd tells that the rate is high", fired)[0]
    check(b"too many" in packet and ber.oid(RATE32) in packet, "it has the monitor's name and nstatRate32 of the counter", packet.hex())


if __name__ == "__main__":
    main(nstat, monitor)
