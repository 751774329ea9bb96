#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""health: what counters say when they are put together, against what the test works out of the counters by itself, by the
formulas of rows.json."""

import collections
import json
import shutil

import ber
import harness
from harness import NO_INSTANCE, OBJECTS, SEQUENCE, Process, Value, check, check_equal, wait_for

ROWS = json.loads((harness.SOURCE / "mibs/rows.json").read_text())
HEALTH = {row["object"]: row for row in ROWS["health"]}
SCALARS = {row["object"]: f"{harness.ROOT}.{row['oid']}.0" for row in ROWS["scalars"] if row["mib"] == "LINUX-TCPEXT-MIB"}
TABLE = next(f"{harness.ROOT}.{table['oid']}.1" for table in ROWS["tables"] if table["object"] == "healthTable")
LABEL, VALUE, UNIT = 2, 3, 4
HELD = f"{OBJECTS}.1.13.1.3"  # kernelTableRows, of the tables that the agent holds
LISTENERS, DATAGRAMS, LIMITS = 8, 10, 11
LOSSY = 7007

WINDOW = 4  # snapshots that one has, or more where a machine is busy
# What the traffic moves.
MOVED = ("healthListenDrops", "healthConnectFails", "healthResets", "healthAbortOnData", "healthFastPathAcks", "healthUdpRcvbufErrors",
         "healthIcmpErrors")
STILL = ("healthUdpSndbufErrors", "healthMemoryPressures")  # it is 0 there
LOST = ("healthRetransData", "healthRetransSegments", "healthRetransFast")


# --- What the values have to be -----------------------------------------------------------------------------------------------

def part(terms, numbers):
    """The sum, None where one is not known; what a kernel need not have is 0."""
    total = 0
    for term in terms:
        optional, sign, name = term.startswith("?"), term.lstrip("?")[0], term.lstrip("?")[1:]
        if name not in numbers and not optional:
            return None
        total += numbers.get(name, 0) * (1 if sign == "+" else -1)
    return max(total, 0)


def worked_out(row, numbers):
    """The value of a formula, or None."""
    value = part(row["numerator"], numbers)
    if value is None or not row["minimum"]:
        return value
    divisor = part(row["denominator"], numbers)
    if divisor is None or divisor < row["minimum"]:
        return None
    return (10000 * value if row["unit"] == "percent" else value) // divisor


def nstat(name):
    return f"{OBJECTS}.2.1.2.{len(name)}." + ".".join(str(ord(letter)) for letter in name)


# --- Readings -----------------------------------------------------------------------------------------------------------------

Reading = collections.namedtuple("Reading", "sequence counters health")
OVER_TIME = {name: row for name, row in HEALTH.items() if row["over"] == "window"}
COUNTERS = sorted({term.lstrip("?+-") for row in OVER_TIME.values() for term in row["numerator"] + row["denominator"]})


def read(manager):
    """Counters and health of one snapshot: all in one request."""
    names = [SEQUENCE] + [nstat(name) for name in COUNTERS] + [SCALARS[name] for name in OVER_TIME]
    answer = manager.ask(ber.GET, names)
    values = [value if isinstance(value, int) else None for _, value in answer.varbinds]
    known = {name: value for name, value in zip(COUNTERS, values[1:]) if value is not None}
    return Reading(values[0], known, dict(zip(OVER_TIME, values[1 + len(COUNTERS):])))


def between(first, last):
    """What health is of the time between two readings."""
    grown = {name: last.counters[name] - first.counters[name] for name in last.counters if name in first.counters}
    return {name: worked_out(row, grown) for name, row in OVER_TIME.items()}


def window_of(readings, reading):
    """The two ends of a window that a reading's health is exactly of: it has ended, but not long ago. None where there is none."""
    for end in range(reading.sequence, reading.sequence - 2 * WINDOW, -1):
        for begin in range(end - WINDOW, end - 2 * WINDOW, -1):
            if begin in readings and end in readings and between(readings[begin], readings[end]) == reading.health:
                return begin, end
    return None


def is_moved(reading, names):
    return all(reading.health[name] for name in names)


def lose(site):
    """Every seventh segment to the port gets lost, if this machine can do that."""
    rule = ("-A", "INPUT", "-p", "tcp", "--dport", LOSSY, "!", "--syn", "-m", "statistic", "--mode", "nth", "--every", 7,
            "--packet", 3, "-j", "DROP")
    able = shutil.which("iptables", path=harness.PATH) is not None and site.run("iptables", *rule).returncode == 0
    if not able:
        harness.skip("without iptables and its match statistic no segment gets lost")
    return able


def windows(site):
    """Each value over time is exactly what its counters grew by between the ends of one window, of traffic of all sorts."""
    site.snmpd()
    agent = site.agent("refreshInterval 1\nhealthWindow 3600\n")
    wanted = MOVED + (LOST if lose(site) else ())
    site.start(Process, site.inside("python3", "-B", harness.HERE / "traffic.py", "busy", LOSSY), site.folder / "traffic")
    readings, found = {}, set()

    def take():
        reading = read(manager)
        readings[reading.sequence] = reading
        if is_moved(reading, wanted):
            found.add(window_of(readings, reading))
        return len(found - {None}) >= 3

    with ber.Manager(site.snmp) as manager:
        check_equal(set(read(manager).health.values()), {None}, "before the first window has finished there is no value")
        agent.end()
        site.agent(f"refreshInterval 1\nhealthWindow {WINDOW}\n")
        wait_for(lambda: f"three windows are found that explain the values; readings {sorted(readings)}, windows {found}, "
                 f"{readings[max(readings)]}", take, 3 * harness.DEADLINE, pause=0.1)
    begin, end = max(found - {None})
    last = between(readings[begin], readings[end])
    for name in wanted:
        check(last[name], f"{name} is {last[name]}. {HEALTH[name]['formula']}")
    for name in STILL:
        check_equal(last[name], 0, f"{name} is 0: what could be and was not")
    check(None in last.values(), f"{sum(value is None for value in last.values())} have no value: their divisor is too small")


# --- The table, and what is read for it ------------------------------------------------------------------------------------------

# A listener whose queue holds two of the five that make it full, and one connection in TIME-WAIT; until somebody ends it.
SOCKETS = """
import signal, socket
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as client:
        peer, _ = server.accept()
    peer.close()
with socket.create_server(("127.0.0.1", 0), backlog=4) as server:
    clients = [socket.create_connection(server.getsockname()) for _ in range(2)]
    signal.pause()
"""


def column(site, number):
    """The values of a column of healthTable, by the names of their scalars."""
    names = list(HEALTH)
    return {names[int(oid.rpartition(".")[2]) - 1]: value.value for oid, value in site.walk(f"{TABLE}.{number}")}


def scalars(site, names):
    found = site.get(*(SCALARS[name] for name in names))
    return {name: value.value for name, value in zip(names, found) if value != NO_INSTANCE}


def held(site):
    """Which tables the agent holds; asking for this makes it read none."""
    return {int(oid.rpartition(".")[2]) for oid, _ in site.walk(HELD)}


def table(site):
    """healthTable is walked whole and says what the scalars say; only what needs a table of the kernel has the agent read it."""
    site.snmpd()
    site.run("sh", "-c", "echo 4 >/proc/sys/net/ipv4/tcp_max_tw_buckets")
    site.start(Process, site.inside("python3", "-c", SOCKETS), site.folder / "sockets")
    site.agent("refreshInterval 1\nhealthWindow 1\ntableInterval 3600\n")
    wait_for("the sockets are there", lambda: site.run("ss", "-Htn", "state", "established").stdout.count("127.0.0.1:") >= 8)
    wait_for("the first window has finished", lambda: "healthMemoryPressures" in scalars(site, ["healthMemoryPressures"]))
    check_equal(column(site, LABEL), {name: name for name in HEALTH}, f"all {len(HEALTH)} rows have the names of their scalars")
    check_equal(column(site, UNIT), {name: "hundredths of a percent" if row["unit"] == "percent" else row["unit"]
                                     for name, row in HEALTH.items()}, "and say what they are in")
    scalars(site, list(OVER_TIME))
    check_equal(held(site), set(), "neither for these nor for values over time does the agent read a table")

    check_equal(scalars(site, ["healthTimeWaitUse"]), {"healthTimeWaitUse": 2500}, "one of four in TIME-WAIT is 25.00 %")
    check_equal(held(site), {LIMITS}, "it waited for the limits, and for nothing else")
    row = list(HEALTH).index("healthListenerUse") + 1
    check_equal(site.get(f"{TABLE}.{VALUE}.{row}"), [Value("Gauge32", 4000)], "two that wait of five that make the queue full")
    check_equal(held(site), {LIMITS, LISTENERS}, "this waited for the listeners")

    check({"healthTimeWaitUse", "healthListenerUse", "healthUdpSocketUse"} <= set(column(site, VALUE)), "a walk has them all")
    check_equal(held(site), {LIMITS, LISTENERS, DATAGRAMS}, "and waited for the UDP sockets, too")
    names = list(HEALTH)
    found = site.get(*(SCALARS[name] for name in names), *(f"{TABLE}.{VALUE}.{i + 1}" for i in range(len(names))))
    check_equal(dict(zip(names, found[len(names):])), dict(zip(names, found)), "in one request the rows are what the scalars are")

if __name__ == "__main__":
    harness.main(windows, table)
