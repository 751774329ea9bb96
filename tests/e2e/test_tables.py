#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The tables as a manager sees them: against ip, tc, ss and procfs in the same namespace, while things change, cold and at
work, with one and the other source, registered and not. What the agent reads of the kernel is the subject of
test_kernel_tables.py; here it is how that gets through snmpd."""

import collections
import contextlib
import ctypes
import ipaddress
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import time

import ber
import harness
import kernel
import test_kernel_tables as told
from harness import (AGENT, MIB2, NO_INSTANCE, NO_OBJECT, OBJECTS, V2C, Failure, Skip, Value, check, check_equal, wait_for)

HEX = (*V2C, "-Ox")  # every text in hexadecimal
CROWD = 600  # more than may wait
FAST = "tableInterval 1\n"
ONCE = "tableInterval 3600\n"  # read when asked for, and not again in the course of a test

IF_NUMBER = f"{MIB2}.2.1.0"
SYS_UPTIME = f"{MIB2}.1.3.0"
# kernelTableIndex
INTERFACES, ADDRESSES, ROUTES, NEIGHBOURS, CONNECTIONS, ENDPOINTS, STATES, LISTENERS, PROCESSORS, DATAGRAMS, LIMITS, IP6, SERVICES = range(1, 14)
SOCKETS = (CONNECTIONS, ENDPOINTS, STATES, LISTENERS, DATAGRAMS)
ENTRY = {"ifTable": f"{MIB2}.2.2.1", "atTable": f"{MIB2}.3.1.1", "ipAddrTable": f"{MIB2}.4.20.1",
         "ipRouteTable": f"{MIB2}.4.21.1", "ipNetToMediaTable": f"{MIB2}.4.22.1", "tcpConnTable": f"{MIB2}.6.13.1",
         "udpTable": f"{MIB2}.7.5.1", "tcpStateTable": f"{OBJECTS}.18.1", "tcpListenTable": f"{OBJECTS}.20.1",
         "kernelTable": f"{OBJECTS}.1.13.1", "softnetCpuTable": f"{OBJECTS}.30.1",
         "udpSocketTable": f"{OBJECTS}.31.1", "ifIp6Table": f"{OBJECTS}.33.1"}
TOTALS = [f"{OBJECTS}.19.{i}.0" for i in range(1, 5)]
NAME, ROWS, AGE, COST, CUT, SOURCE, SURVEY = range(2, 9)  # columns of kernelTable
TRUE, FALSE = 1, 2


# --- What a manager sees ------------------------------------------------------------------------------------------------------

def in_order(varbinds):
    oids = [harness.key(oid) for oid, _ in varbinds]
    return oids == sorted(set(oids))


def table(site, name, repetitions=50, how=HEX):
    """A table by a walk: the rows by their index, as dictionaries of columns."""
    entry = ENTRY[name]
    varbinds = site.walk(entry, how=how, repetitions=repetitions)
    if not in_order(varbinds):
        check(False, f"{name}: a walk of {len(varbinds)} is in order, and none comes twice")
    rows = {}
    for oid, value in varbinds:
        column, _, index = oid.removeprefix(entry + ".").partition(".")
        rows.setdefault(index, {})[int(column)] = value
    return rows


def info(site, column, index):
    return site.get(f"{ENTRY['kernelTable']}.{column}.{index}")[0]


def held(site):
    """Which tables the agent holds; asking for this makes it read none."""
    return {int(oid.rpartition(".")[2]) for oid, _ in site.walk(f"{ENTRY['kernelTable']}.{ROWS}")}


def octets(value):
    """The octets of a text, as hexadecimal digits."""
    return value.value.replace(" ", "").lower() if value.value else ""


def address(text):
    return Value("IpAddress", text)


def number(value):
    return Value("INTEGER", value)


def gauge(value):
    return Value("Gauge32", value)


def mask(length):
    return address(str(ipaddress.ip_network(f"0.0.0.0/{length}").netmask))


def whole(rows, columns, what):
    """Every row has every column."""
    lacking = {index: sorted(set(columns) - row.keys()) for index, row in rows.items() if row.keys() != set(columns)}
    check(rows and not lacking, f"{what}: {len(rows)} rows with all {len(columns)} columns", lacking)


def indices(site):
    return {link["ifname"]: link["ifindex"] for link in told.ip_json(site, "link")}


# --- Things to look at --------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def inside(site):
    """What is done here is done in the site's namespace; a socket that is opened here stays there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as before, open(f"/run/netns/{site.netns}") as namespace:
        def enter(file):
            if libc.setns(file.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        enter(namespace)
        try:
            yield
        finally:
            enter(before)


def listener(site, stack, where, backlog=16, family=socket.AF_INET):
    with inside(site):
        one = stack.enter_context(socket.socket(family))
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(where)
    one.listen(backlog)
    return one


def connect(site, stack, where, family=socket.AF_INET):
    with inside(site):
        one = stack.enter_context(socket.socket(family))
    one.settimeout(5)
    one.connect(where)
    return one


@contextlib.contextmanager
def helper(site, *argv):
    """A program in the namespace that says "ready" and stays until its input ends."""
    process = subprocess.Popen(site.inside("python3", "-B", *argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               preexec_fn=harness.die_with_parent)
    try:
        if process.stdout.readline() != "ready\n":
            raise Failure(f"{argv} cannot be had")
        yield process
    finally:
        process.kill()
        process.wait()


# --- Interfaces ---------------------------------------------------------------------------------------------------------------

def wanted_link(link, speed, queue):
    """A row of ifTable from one of `ip -s -j link`; ifLastChange is the subject of another case."""
    rx, tx = link["stats64"]["rx"], link["stats64"]["tx"]
    counters = {10: rx["bytes"], 11: rx["packets"] - rx["multicast"], 12: rx["multicast"], 13: rx["dropped"], 14: rx["errors"],
                15: 0, 16: tx["bytes"], 17: tx["packets"], 18: 0, 19: tx["dropped"], 20: tx["errors"]}
    return {1: number(link["ifindex"]), 2: link["ifname"].encode("utf-8", "surrogateescape").hex(),
            3: number({"loopback": 24, "ether": 6}.get(link["link_type"], 131)), 4: number(link["mtu"]),
            5: None if speed is None else gauge(min(speed * 10**6, 2**32 - 1)), 6: told.hardware(link),
            7: number(1 if "UP" in link["flags"] else 2), 8: number(told.STATUS[link["operstate"]]),
            21: gauge(queue), 22: Value("OID", "0.0"), **{column: Value("Counter32", n % 2**32) for column, n in counters.items()}}


def speed_of(site, name):
    """In Mbit/s; 0 where there is none. None where /sys does not tell: of links that are down, whose driver may know it."""
    text = site.run("cat", f"/sys/class/net/{name}/speed").stdout.strip()
    return max(0, int(text)) if text else 0 if name == "lo" else None


def interfaces(site):
    """ifTable against `ip -s -j link`, with odd names, a link without a carrier, and a queue that does not empty."""
    told.batch(site, told.LINKS)
    told.ip(site, "link", "add", "name", told.ODD[0], "type", "veth", "peer", "name", told.ODD[1])
    wait_for("the kernel has noticed what is down", lambda: "state LOWERLAYERDOWN" in told.ip(site, "link", "show", "v2"))
    told.send(site, "127.0.0.1", 3)
    slow = site.run("tc", "qdisc", "add", "dev", "v0", "root", "tbf", "rate", "8bit", "burst", "2000", "limit", "100000")
    told.send(site, "10.2.0.2", 7)
    site.snmpd()
    site.agent(FAST)

    def queues():
        return {one["dev"]: one["qlen"] for one in json.loads(site.run("tc", "-s", "-j", "qdisc", "show").stdout) if "root" in one}

    def both():
        begin = time.monotonic()
        site.get(IF_NUMBER)
        wait_for("ifTable is newer than that", lambda: info(site, AGE, INTERFACES).value < 1000 * (time.monotonic() - begin))
        return table(site, "ifTable"), {link["ifname"]: link for link in told.ip_json(site, "-s", "link")}, queues()
    rows, links, queue = told.steady(lambda: (told.ip(site, "-s", "link"), queues()), both)
    whole(rows, range(1, 23), "ifTable")
    wanted = {str(link["ifindex"]): wanted_link(link, speed_of(site, name), queue.get(name, 0)) for name, link in links.items()}
    found = {index: {**row, 2: octets(row[2]), 6: octets(row[6])} for index, row in rows.items()}
    for index, row in found.items():
        del row[9]
        if index in wanted and wanted[index][5] is None:
            row[5] = None
    for index in wanted:
        check_equal(found.get(index, {}), wanted[index], f"{bytes.fromhex(wanted[index][2]).decode()}: as `ip -s link` shows it")
    check_equal(set(found), set(wanted), "no interface is missing, none too many")
    check_equal(site.get(IF_NUMBER), [number(len(wanted))], "ifNumber is their number")
    waiting = rows[str(links["v0"]["ifindex"])][21].value
    if slow.returncode != 0:
        raise Skip(f"tc: {slow.stderr.strip()}")
    check(waiting > 0, "ifOutQLen of the slow link tells of packets that wait", waiting)


def last_change(site):
    """ifLastChange is 0 for a link that is as it was; it is sysUpTime when the link goes down, and when it comes up."""
    told.batch(site, "link add name v0 type veth peer name v1\nlink set v0 up\nlink set v1 up\n")
    index = indices(site)
    changes = [f"{ENTRY['ifTable']}.9.{index[name]}" for name in ("v0", "v1", "lo")]
    status = [f"{ENTRY['ifTable']}.8.{index[name]}" for name in ("v0", "v1", "lo")]
    wait_for("the carrier is there", lambda: [link["operstate"] for link in told.ip_json(site, "link")].count("UP") == 2)
    snmpd = site.snmpd()
    agent = site.agent(FAST + "agentXPingInterval 3\n")
    check_equal(site.get(*changes), [Value("Timeticks", 0)] * 3, "0 while nothing has changed")
    last = 0
    for way, wanted in (("down", [2, 7, 1]), ("up", [1, 1, 1])):
        before = site.get(SYS_UPTIME)[0].value
        told.ip(site, "link", "set", "v0", way)
        wait_for(f"v0 is {way}", lambda: [value.value for value in site.get(*status)] == wanted)
        first, *others = site.get(*changes)
        after = site.get(SYS_UPTIME)[0].value
        # The agent knows sysUpTime from the master's answer, which a busy machine may hand on late.
        check(max(before - 100, last) < first.value <= after + 2, f"{way}: sysUpTime at the change", (before, first, after))
        check_equal([value.value > 0 for value in others], [True, False], f"{way}: the other end has changed too, and nothing else")
        again = {tuple(site.get(*changes)) for _ in range(10)}
        check_equal(len(again), 1, f"{way}: the same each time that it is asked for")
        last = first.value
    snmpd.end()
    site.snmpd()
    site.wait_served(agent)
    check_equal(site.get(*changes), [Value("Timeticks", 0)] * 3, "0 when snmpd, and so sysUpTime, began after the change")
    agent.end()
    site.agent(ONCE + "refreshInterval 60\n")
    told.ip(site, "link", "set", "v0", "down")
    row = site.get(changes[0], status[0])
    check(row[0].value > 0 and row[1].value == 2, "v0 has changed since the agent was started", row)
    for way in ("set v0 up", "del v0"):
        told.ip(site, "link", *way.split())
        check_equal([site.get(changes[0], status[0]) for _ in range(5)], [row] * 5,
                    f"link {way}: nothing of the row is newer than the rest of it")


def counting(site):
    """The counters of ifTable are as young as refreshInterval says, whatever tableInterval is: rates are made of them."""
    site.snmpd()
    octets_of_lo = f"{ENTRY['ifTable']}.10.{indices(site)['lo']}"
    site.agent("tableInterval 3600\nrefreshInterval 0.1\n")
    for _ in range(3):
        told.send(site, "127.0.0.1", 5)
        sent = {link["ifname"]: link for link in told.ip_json(site, "-s", "link")}["lo"]["stats64"]["rx"]["bytes"]
        wait_for(f"ifInOctets of lo is {sent}", lambda: site.get(octets_of_lo)[0].value == sent)
        check(sent > 5000, "a GET shows what has come since the one before", sent)


def ignored(site):
    """ignoreInterface leaves links out of ifTable, ifNumber and atTable; addresses, routes and ifXTable have them. SIGHUP applies it."""
    told.batch(site, NETWORK + "link add name w0 type veth peer name w1\nneigh add 10.7.0.2 lladdr 02:00:00:00:00:07 dev w0\n")
    index = indices(site)
    site.snmpd()
    agent = site.agent(FAST + "ignoreInterface v0 x*\nignoreInterface w?\n")

    def shown():
        return sorted(bytes.fromhex(octets(row[2])).decode() for row in table(site, "ifTable").values())
    kept = sorted(set(index) - {"v0", "w0", "w1"})
    check_equal(shown(), kept, "ifTable is without them")
    check_equal(site.get(IF_NUMBER), [number(len(kept))], "so is ifNumber")
    check_equal([table(site, name) == {} for name in ("atTable", "ipNetToMediaTable")], [True, False],
                "so is atTable; ipNetToMediaTable has their neighbours")
    check_equal(site.get(f"{ENTRY['ipAddrTable']}.2.10.1.0.1", f"{ENTRY['ipRouteTable']}.2.172.16.0.0"),
                [number(index["v0"])] * 2, "addresses and routes keep their ifIndex")
    names = {value.value for _, value in site.walk(f"{MIB2}.31.1.1.1.1")}
    check("v0" in names, "snmpd's ifXTable has them", names)
    done = site.run(AGENT, "--doctor", "-C", "-c", site.folder / "tcpextd.conf", "-x", site.master)
    check(re.search(r"ignoreInterface leaves out 3 of \d+\n +v0", done.stdout), "the doctor names them", done.stdout)
    site.write("tcpextd.conf", FAST + "ignoreInterface lo\n")
    agent.send(signal.SIGHUP)
    wait_for("others are left out after SIGHUP", lambda: shown() == sorted(set(index) - {"lo"}))
    wait_for("atTable has them all", lambda: len(table(site, "atTable")) == 2)


COMING_AND_GOING = """
import subprocess, sys
print("ready", flush=True)
while True:
    for way in ("link add {0} type veth peer name {0}x", "link del {0}"):
        lines = "".join(way.format(f"c{i}") + "\\n" for i in range(20))
        subprocess.run(["ip", "-batch", "-"], input=lines, text=True)
"""


def changing_interfaces(site):
    """Interfaces come and go during walks: all in order, none twice, those that stay are all there."""
    told.batch(site, "".join(f"link add name s{i} type veth peer name p{i}\n" for i in range(10)))
    stay = {str(index) for index in indices(site).values()}
    site.snmpd()
    site.agent(FAST)
    seen = set()
    with helper(site, "-c", COMING_AND_GOING):
        deadline = time.monotonic() + 4
        walks = 0
        while walks < 5 or time.monotonic() < deadline and len(seen) < 3:
            rows = table(site, "ifTable", repetitions=5)
            columns = [{index for index, row in rows.items() if column in row} for column in range(1, 23)]
            if not all(stay <= column for column in columns):
                check(False, "each column has all that stay", [sorted(stay - column) for column in columns])
            seen |= {len(column) for column in columns}
            walks += 1
    check(True, f"{walks} walks of 22 columns, which saw {sorted(seen)} rows")
    check(len(seen) > 1, "the number of rows has changed meanwhile", seen)


# --- Addresses, routes, neighbours --------------------------------------------------------------------------------------------

def addresses(site):
    """ipAddrTable against `ip -j addr`: primary, secondary, point-to-point, and one address twice."""
    told.batch(site, told.ADDRESSES)
    site.snmpd()
    site.agent(ONCE)
    rows = table(site, "ipAddrTable")
    whole(rows, range(1, 6), "ipAddrTable")
    wanted = {}
    for link in sorted(told.ip_json(site, "-4", "addr"), key=lambda link: link["ifindex"]):
        for one in sorted(link["addr_info"], key=lambda one: -one["prefixlen"]):
            broadcast = int(one.get("broadcast", "0").rpartition(".")[2]) & 1
            wanted.setdefault(one["local"], {1: address(one["local"]), 2: number(link["ifindex"]), 3: mask(one["prefixlen"]),
                                             4: number(broadcast), 5: number(65535)})
    check_equal(rows, wanted, f"{len(wanted)} addresses, as `ip addr` shows them")


def routes(site):
    """ipRouteTable against `ip -j route`: every kind of route, several to one destination, multipath, the default route."""
    told.batch(site, told.ROUTES)
    site.snmpd()
    site.agent(ONCE)
    rows = table(site, "ipRouteTable")
    whole(rows, range(1, 14), "ipRouteTable")
    unused = {column: number(-1) for column in (4, 5, 6, 12)}
    wanted = {destination: {1: address(destination), 2: number(row["link"]), 3: number(min(row["metric"], 2**31 - 1)),
                            7: address(row["via"]), 8: number(row["type"]), 9: number(row["protocol"]), 10: number(0),
                            11: mask(row["prefix"]), 13: Value("OID", "0.0"), **unused}
              for (destination,), row in told.wanted_routes(site)[0].items()}
    check_equal(rows, wanted, f"{len(wanted)} destinations, as `ip route` shows them")


def neighbours(site):
    """ipNetToMediaTable and atTable against `ip -j neigh`, those without an address included."""
    told.batch(site, told.NEIGHBOURS)
    told.send(site, "10.1.0.77", 1)
    wait_for("nobody answers for 10.1.0.77",
             lambda: "FAILED" in told.ip(site, "neigh", "show", "10.1.0.77"))
    site.snmpd()
    site.agent(ONCE)
    index = indices(site)
    media, at = table(site, "ipNetToMediaTable"), table(site, "atTable")
    wanted = {f"{index[row['dev']]}.{row['dst']}": (index[row["dev"]], row.get("lladdr", "").replace(":", ""), row["dst"],
                                                    told.neighbour_type(row["state"]))
              for row in told.ip_json(site, "-4", "neigh")}
    check_equal({key: (row[1].value, octets(row[2]), row[3].value, row[4].value) for key, row in media.items()}, wanted,
                f"{len(wanted)} neighbours, as `ip neigh` shows them")
    wanted = {".".join((key.split(".", 1)[0], "1", key.split(".", 1)[1])): row[:3] for key, row in wanted.items()}
    check_equal({key: (row[1].value, octets(row[2]), row[3].value) for key, row in at.items()}, wanted, "the same in atTable")
    check_equal({row[3].syntax for row in (*media.values(), *at.values())}, {"IpAddress"}, "their addresses are of type IpAddress")
    check(any(row[2].value == "" for row in media.values()), "one has no hardware address")


# --- Sockets ------------------------------------------------------------------------------------------------------------------

def inet_index(kind, text, link, port):
    packed = ipaddress.ip_address(text).packed + (link.to_bytes(4, "big") if link else b"")
    return ".".join(map(str, (kind, len(packed), *packed, port)))


def read_sockets(site):
    """All tables of sockets, by SNMP, but for the moments since when drops are counted, which who_loses() looks at, and for services,
    of which test_services.py is."""
    found = {name: table(site, name) for name in ("tcpConnTable", "udpTable", "tcpStateTable", "tcpListenTable", "udpSocketTable")}
    for name, (drops, since) in SINCE.items():
        for index, row in found[name].items():
            if row.pop(since, None) is None and drops in row:
                check(False, f"{name}: {index} has drops, and since when")
            row.pop(SERVICE[name], None)
    return found | {"totals": [value.value for value in site.get(*TOTALS)]}


def text(words):
    """An SnmpAdminString by HEX."""
    return Value("Hex-STRING", words.encode().hex(" ").upper())


def socket_name(kind, at, link, port, names):
    """ss writes addresses as RFC 5952 says; names: of the interfaces, by ifIndex."""
    zone = f"%{names.get(link, link)}" if link else ""
    return f"{at}{zone}:{port}" if kind in (1, 3) else f"[{at}{zone}]:{port}"


LISTEN = {4: "sockets", 5: "queue", 6: "max", 7: "full", 8: "syn_received", 9: "established", 10: "name", 11: "drops", 13: "use"}
UDP = {4: "sockets", 5: "receive", 6: "limit", 7: "use", 8: "drops", 9: "send", 11: "name"}
SINCE = {"tcpListenTable": (11, 12), "udpSocketTable": (8, 10)}  # columns: drops, since
SERVICE = {"tcpListenTable": 14, "udpSocketTable": 12}


def bound_rows(site, columns, bound):
    """Rows of one of these two tables, with the columns that there are."""
    names = {index: name for name, index in indices(site).items()}
    rows = {}
    for end, row in bound.items():
        shown = {name: Value("Counter32", value) if name == "drops" else gauge(value) for name, value in row.items()}
        shown["name"] = text(socket_name(*end, names))
        rows[inet_index(*end)] = {column: shown[name] for column, name in columns.items() if name in shown}
    return rows


def ss_sockets(site):
    """The same, from ss."""
    states, listeners = told.wanted_states(site), told.wanted_listeners(site)
    state_words = {number: word for word, number in enumeration("tcpStateName").items()}
    connections = {}
    for state, local, remote in told.ss_ipv4(site, "-ta"):
        connections[".".join(map(str, (*local, *remote)))] = {
            1: number(told.STATE[state]), 2: address(local[0]), 3: number(local[1]), 4: address(remote[0]), 5: number(remote[1])}
    return {
        "tcpConnTable": connections,
        "udpTable": {f"{at}.{port}": {1: address(at), 2: number(port)} for _, (at, port), _ in told.ss_ipv4(site, "-ua")},
        "tcpStateTable": {f"{family}.{state}": {3: gauge(row["sockets"]), 4: gauge(row["unread"]),
                                                5: Value("Counter64", row["receive"]), 6: Value("Counter64", row["send"]),
                                                7: text(f"ipv{4 if family == 1 else 6} {state_words[state]}")}
                          for (family, state), row in states.items()},
        "tcpListenTable": bound_rows(site, LISTEN, listeners),
        "udpSocketTable": bound_rows(site, UDP, told.wanted_datagrams(site)),
        "totals": [sum(row[name] for row in states.values()) for name in ("sockets", "unread", "receive", "send")]}


def enumeration(column):
    """The names of a column's values in the MIB, with their numbers."""
    with open(harness.SOURCE / "mibs" / "rows.json", encoding="ascii") as file:
        tables = json.load(file)["tables"]
    return next(row["values"] for table in tables for row in table["columns"] if row["object"] == column)


def proc_connections(site):
    """Ends and state of /proc/net/tcp."""
    rows = {}
    for line in site.run("cat", "/proc/net/tcp").stdout.splitlines()[1:]:
        _, local, remote, state = line.split()[:4]
        ends = []
        for end in (local, remote):
            host, port = end.split(":")
            ends += [*reversed(bytes.fromhex(host)), int(port, 16)]
        rows[".".join(map(str, ends))] = told.STATE[list(told.STATE)[(0, 4, 2, 3, 5, 6, 10, 0, 7, 8, 1, 9)[int(state, 16)]]]
    return rows


def by_both(site):
    """The tables of sockets by SNMP and by ss, and tcpConnTable by procfs, of one moment."""
    def read():
        begin = time.monotonic()
        wait_for("the tables are newer than that", lambda: youngest(site) < 1000 * (time.monotonic() - begin))
        return read_sockets(site), ss_sockets(site), proc_connections(site)
    return told.steady(told.queues(site), read)


def youngest(site):
    """Age in milliseconds that none of the tables of sockets exceeds; they are asked for first."""
    site.getnext(*(ENTRY[name] for name in ("tcpConnTable", "udpTable", "tcpStateTable", "tcpListenTable", "udpSocketTable")))
    return max(info(site, AGE, index).value for index in SOCKETS)


@contextlib.contextmanager
def many_sockets(site):
    """Sockets in all states that can be held."""
    with told.hold_sockets(site) as holder, helper(site, harness.HERE / "closing.py"):
        try:
            yield
        finally:
            holder.kill()


def sockets(site):
    """tcpConnTable, udpTable, tcpStateTable, tcpListenTable and udpSocketTable against ss; tcpConnTable against /proc/net/tcp."""
    site.snmpd()
    with many_sockets(site):
        agent = site.agent(FAST)
        found, wanted, proc = by_both(site)
        for name, rows in wanted.items():
            check_equal(found[name], rows, f"{name}: {len(rows)} as ss shows them")
        check_equal({index: row[1].value for index, row in found["tcpConnTable"].items() if index in proc}, proc,
                    "tcpConnTable: what /proc/net/tcp has is there")
        check(len(found["tcpConnTable"]) > len(proc), "and IPv4 connections of IPv6 sockets")
        states = {state for (_, state), row in told.wanted_states(site).items() if row["sockets"] > 0}
        check_equal(set(told.STATE.values()) - states, {told.STATE["UNCONN"]}, "all states are there that a socket can be held in")
        check(len(told.wanted_listeners(site)) < len(list(told.ss(site, "-tl"))), "some listeners share a port")
        check_equal(len(found["tcpStateTable"]), 22, "every state has a row, with 0 sockets too")
        check_equal({info(site, SOURCE, index).value for index in SOCKETS}, {"sock_diag"}, "all from sock_diag")
        check_equal({info(site, SURVEY, index).value for index in SOCKETS}, {"TCP and UDP sockets"}, "all of one survey")
        agent.end()
        without_sock_diag(site)


def denied_agent(site, conf, under=(), wait=True):
    """The agent where the kernel denies it sock_diag, as the filter of a service may."""
    if platform.machine() not in told.SOCKET_CALL:
        raise Skip(f"no number of the call socket() for {platform.machine()}")
    return site.agent(conf, wait=wait, under=("python3", "-B", harness.HERE / "without_sock_diag.py", *under))


def without_sock_diag(site):
    agent = denied_agent(site, FAST)
    found, wanted, _ = by_both(site)
    wanted["tcpListenTable"] = bound_rows(site, LISTEN, told.without_devices("listener", told.wanted_listeners(site)))
    wanted["udpSocketTable"] = bound_rows(site, UDP, told.without_devices("datagrams", told.wanted_datagrams(site)))
    for name, option in (("tcpConnTable", "-tl"), ("udpTable", "-ua")):
        for port in told.only_by_ipv6(site, option):
            del wanted[name][f"0.0.0.0.{port}" + (".0.0.0.0.0" if name == "tcpConnTable" else "")]
    for name, rows in wanted.items():
        check_equal(found[name], rows, f"without sock_diag: {name} has the same {len(rows)}")
    check_equal({info(site, SOURCE, index).value for index in SOCKETS}, {"procfs"},
                "without sock_diag: kernelTableSource says procfs")
    said = agent.wait_log("procfs")
    check(len(said) == 1 and os.strerror(1) in said[0], "without sock_diag: the log says so once for all tables, and why", said)


def full_queue(site):
    """One listener's accept queue is full: just this one has tcpListenFull, and TcpExtListenOverflows has grown."""
    overflows = kernel.read_mib()["tcpExtListenOverflows"].oid + ".0"
    places = [(socket.AF_INET, "127.0.0.1", 3001), (socket.AF_INET, "127.0.0.1", 3002), (socket.AF_INET, "0.0.0.0", 3003),
              (socket.AF_INET6, "::1", 3002), (socket.AF_INET6, "::", 3004)]
    site.snmpd()
    with contextlib.ExitStack() as stack:
        servers = [listener(site, stack, (at, port), 3, family) for family, at, port in places]
        site.agent(FAST)
        for victim in (1, 4):
            family, at, port = places[victim]
            to = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(at, at), port)
            full = inet_index(1 if family == socket.AF_INET else 2, at, 0, port)
            before = site.get(overflows)[0].value
            for _ in range(4):
                connect(site, stack, to, family)
            with inside(site):
                one_more = stack.enter_context(socket.socket(family))
            one_more.setblocking(False)
            one_more.connect_ex(to)
            wait_for("the connection is turned away", lambda: site.get(overflows)[0].value > before)
            wait_for(f"{full} is full, and no other", lambda: [
                index for index, row in table(site, "tcpListenTable").items() if row[7].value > 0] == [full])
            row = table(site, "tcpListenTable")[full]
            check_equal((row[5].value, row[6].value, row[9].value), (4, 3, 4),
                        f"{at} port {port}: full, and no other; 4 wait, 3 may")
            one_more.close()
            for _ in range(4):
                stack.enter_context(servers[victim].accept()[0])
            wait_for("it is empty again", lambda: table(site, "tcpListenTable")[full][5].value == 0)


def drops_of(site, option, port):
    """What ss tells of each socket of a port."""
    return [memory["d"] for _, _, local, memory in told.ss_memory(site, option) if told.end_of(local)[1] == port]


class Losing:
    """A row that loses, of listeners or of UDP sockets."""

    def __init__(self, site, name, option, port):
        self.site, self.name, self.option, self.port = site, name, option, port
        self.columns = [f"{ENTRY[name]}.{column}.{inet_index(1, '127.0.0.1', 0, port)}" for column in SINCE[name]]

    def shown(self):
        """Drops and since when, or None."""
        values = self.site.get(*self.columns)
        return tuple(value.value for value in values) if NO_INSTANCE not in values else None

    def must_be(self, count, since, what):
        """Waits until the row has this count; since when it is counted has to be the same."""
        wait_for(lambda: f"{self.name}: {what}: {count}, not {self.shown()}", lambda: (self.shown() or [None])[0] == count)
        return check_equal(self.shown(), (count, since), f"{self.name}: {what}: {count}, counted since then")

    def found(self):
        """The row that loses is the only one, and has what ss shows. Gives both columns of it."""
        def same():
            rows = table(self.site, self.name)
            losing = {index: row[SINCE[self.name][0]].value for index, row in rows.items() if row[SINCE[self.name][0]].value > 0}
            return losing == {inet_index(1, "127.0.0.1", 0, self.port): sum(drops_of(self.site, self.option, self.port))}
        wait_for(f"{self.name}: one row loses, and has as much as ss {self.option}m shows", same)
        check(True, f"{self.name}: the row of port {self.port} loses, and has what ss {self.option}m shows: {self.shown()[0]}")
        return self.shown()


def share(site, stack, kind, port, count=1):
    """Sockets that share a port, with as little room as can be had."""
    sharing = []
    for _ in range(count):
        with inside(site):
            one = stack.enter_context(socket.socket(socket.AF_INET, kind))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        one.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            one.listen(0)
        sharing.append(one)
    return sharing


def clients(site, port, count, turned_away):
    """So many connect, until so many were turned away. Then they end, as each would ask again."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            with inside(site):
                one = stack.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        wait_for("some are turned away", lambda: sum(drops_of(site, "-tl", port)) >= turned_away)


def datagrams(site, port, count, senders=1):
    """So many from each of several ports. Gives how many are dropped."""
    before = sum(drops_of(site, "-ua", port))
    for _ in range(senders):
        with inside(site), socket.socket(type=socket.SOCK_DGRAM) as one:
            for _ in range(count):
                one.sendto(b"x", ("127.0.0.1", port))
    return sum(drops_of(site, "-ua", port)) - before


def who_loses(site):
    """The listener and the UDP socket that lose are found by their drops, as many as ss shows; a sum stays when a socket closes."""
    site.snmpd()
    with contextlib.ExitStack() as stack:
        listener(site, stack, ("127.0.0.1", 5001), 16)
        listener(site, stack, ("127.0.0.1", 5002), 1)
        for port in (5001, 5002):
            share(site, stack, socket.SOCK_DGRAM, port)
        agent = site.agent(FAST)
        tcp, udp = Losing(site, "tcpListenTable", "-tl", 5002), Losing(site, "udpSocketTable", "-ua", 5002)
        clients(site, 5002, 8, turned_away=6)
        check(0 < datagrams(site, 5002, 50) < 50, "some of fifty datagrams find room, others do not")
        for losing in (tcp, udp):
            losing.found()
        for kind, losing in ((socket.SOCK_STREAM, tcp), (socket.SOCK_DGRAM, udp)):
            one_closes(site, share(site, stack, kind, 5003, count=2), Losing(site, losing.name, losing.option, 5003))
        agent.end()
        site.agent(FAST + "tableIdle 1\n")
        _, since = udp.found()
        wait_for("the table is let go as nobody asks for it", lambda: DATAGRAMS not in held(site))
        wait_for("it is there again", udp.shown)
        check(udp.shown()[1] > since, "its drops are counted since then", (udp.shown(), since))
        check_equal(udp.shown()[0], sum(drops_of(site, "-ua", 5002)), "and begin with what ss shows")


def loses_without_sock_diag(site):
    """Without sock_diag: the UDP socket that loses is found, and its sum stays when one of two closes; listeners have no drops."""
    site.snmpd()
    with contextlib.ExitStack() as stack:
        listener(site, stack, ("127.0.0.1", 5001))
        for port in (5001, 5002):
            share(site, stack, socket.SOCK_DGRAM, port)
        denied_agent(site, FAST)
        udp = Losing(site, "udpSocketTable", "-ua", 5002)
        _, since = wait_for("the row is there", udp.shown)
        for _ in range(2):
            check(0 < datagrams(site, 5002, 50) <= 50, "of fifty datagrams some find no room")
            udp.must_be(sum(drops_of(site, "-ua", 5002)), since, "the drops of the kernel")
        udp.found()
        one_closes(site, share(site, stack, socket.SOCK_DGRAM, 5003, count=2), Losing(site, udp.name, udp.option, 5003))
        columns = table(site, "tcpListenTable")[inet_index(1, "127.0.0.1", 0, 5001)].keys()
        check(4 in columns and not set(SINCE["tcpListenTable"]) & columns, "a listener has neither drops nor their moment", columns)


def one_closes(site, sharing, losing):
    """Two sockets of one port drop, one closes, and the other one goes on."""
    since = wait_for("the row is there", losing.shown)[1]
    if losing.option == "-tl":
        clients(site, 5003, 40, turned_away=36)
    else:
        datagrams(site, 5003, 10, senders=40)
    drops = drops_of(site, losing.option, 5003)
    check(len(drops) == 2 and all(drops), f"{losing.name}: both have dropped", drops)
    losing.must_be(sum(drops), since, "the sum of both")
    sharing[0].close()
    wait_for("the table knows that one is gone",
             lambda: table(site, losing.name)[inet_index(1, "127.0.0.1", 0, 5003)][4].value == 1)
    losing.must_be(sum(drops), since, "the same when one has closed")
    if losing.option == "-ua":
        more = datagrams(site, 5003, 10)
        check(more > 0, "the other one goes on to drop", more)
        losing.must_be(sum(drops) + more, since, "and the sum goes on with it")
    sharing[1].close()


OPENING_AND_CLOSING = """
import socket, struct
server = socket.socket()
server.bind(("0.0.0.0", 4000))
server.listen(1000)
reset = struct.pack("ii", 1, 0)
print("ready", flush=True)
while True:
    pairs = []
    for i in range(400):
        client = socket.socket()
        client.bind((f"127.0.{i % 200}.1", 0))
        client.connect((f"127.1.{i % 100}.1", 4000))
        pairs += [client, server.accept()[0]]
    for end in pairs:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        end.close()
"""


def changing_connections(site):
    """Connections open and close by thousands during walks: in order, to the end, none twice, those that stay are there."""
    site.snmpd()
    with contextlib.ExitStack() as stack:
        server = listener(site, stack, ("127.0.0.1", 4001), 400)
        for _ in range(200):
            connect(site, stack, ("127.0.0.1", 4001))
            stack.enter_context(server.accept()[0])
        site.agent(FAST)
        stay = set(table(site, "tcpConnTable"))
        check(len(stay) >= 401, f"{len(stay)} connections stay")
        opens = f"{MIB2}.6.5.0"
        with helper(site, "-c", OPENING_AND_CLOSING):
            before = wait_for("it has begun", lambda: site.get(opens)[0].value)
            seen = set()

            def walk(repetitions):
                rows = table(site, "tcpConnTable", repetitions, V2C)
                missing = [index for index in stay for column in range(1, 6) if column not in rows.get(index, {})]
                if missing:
                    check(False, "those that stay are in each column of each walk", missing[:5])
                seen.update(rows)
                return len(seen) > len(stay)

            for repetitions in (None, 10, 50):
                walk(repetitions)
            wait_for("walks see some of those that come and go", lambda: walk(50))
            opened = wait_for("thousands have been opened", lambda: max(0, site.get(opens)[0].value - before - 2000)) + 2000
        check(True, f"walks while {opened} connections were opened; {len(seen - stay)} of those that went were seen")


# --- netstat ------------------------------------------------------------------------------------------------------------------

def netstat(site, option):
    """The lines of snmpnetstat. -CL has it show RFC1213's tables where it finds later ones."""
    done = subprocess.run(["snmpnetstat", *V2C, "-t10", f"-CL{option}", "-Cn", "-Cf", "inet", str(site.address)],
                          capture_output=True, text=True, env=site.environment)
    if done.returncode != 0:
        raise Failure(f"snmpnetstat {option}: {done.stderr}")
    return [line.split() for line in done.stdout.splitlines() if line]


def end_of(text):
    """127.0.0.1.22 as a pair; * is any address, or any port."""
    host, _, port = text.rpartition(".")
    return "0.0.0.0" if host == "*" else host, 0 if port == "*" else int(port)


def network_of(text):
    """10.1.0/24 in full."""
    host, _, length = text.partition("/")
    return f"{host}{'.0' * (3 - host.count('.'))}/{length}" if length else text


def snmpnetstat(site):
    """snmpnetstat -Ci, -Cr and -Can show interfaces, routes and sockets as ip and ss do."""
    if not shutil.which("snmpnetstat"):
        raise Skip("needs snmpnetstat")
    told.batch(site, "link add name v0 type veth peer name v1\nlink set v0 up mtu 1400\nlink set v1 up\n"
               "addr add 10.1.0.1/24 dev v0\nroute add default via 10.1.0.9\nroute add 172.16.0.0/16 via 10.1.0.2\n")
    site.snmpd(more="view seen excluded .1.3.6.1.2.1.4.24\n")
    with contextlib.ExitStack() as stack:
        server = listener(site, stack, ("127.0.0.1", 3001))
        connect(site, stack, ("127.0.0.1", 3001))
        stack.enter_context(server.accept()[0])
        site.agent(ONCE)
        check_equal(sorted((line[0], int(line[1])) for line in netstat(site, "i")[1:]),
                    sorted((link["ifname"], link["mtu"]) for link in told.ip_json(site, "link")), "-Ci: the interfaces")
        lines = [line for line in netstat(site, "r") if len(line) == 4 and line[2].startswith("<")]
        check_equal(sorted((network_of(destination), gateway, link) for destination, gateway, _, link in lines),
                    sorted((route["dst"], route.get("gateway", route.get("prefsrc")), route["dev"])
                           for route in told.ip_json(site, "-4", "route")), "-Cr: the routes")
        lines = netstat(site, "an")
        words = {"LISTEN": "LISTEN", "ESTAB": "ESTABLISHED"}
        check_equal(sorted((line[3], end_of(line[1]), end_of(line[2])) for line in lines if line[0] == "tcp"),
                    sorted((words[state], local, remote) for state, _, _, local, remote in told.ss(site, "-ta4")), "-Can: TCP")
        check_equal(sorted(end_of(line[1]) for line in lines if line[0] == "udp"),
                    sorted(local for _, _, _, local, _ in told.ss(site, "-ua4")), "-Can: UDP")


def names(site):
    """tcpListenName where the name of the interface is no text, is another one, and where it is gone."""
    site.snmpd()
    site.agent(FAST)
    with contextlib.ExitStack() as stack:
        link = b"v\xff\\\xc3\xa4"  # Linux takes nearly all octets
        check_equal(site.run("ip", "link", "add", os.fsdecode(link), "type", "veth").returncode, 0, f"there is an interface {link}")
        with inside(site):
            index = socket.if_nametoindex(os.fsdecode(link))
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, link)
        one.bind(("0.0.0.0", 3001))
        one.listen(1)
        row = f"{ENTRY['tcpListenTable']}.10.{inet_index(3, '0.0.0.0', index, 3001)}"

        def wait_name(wanted):
            wait_for(wanted, lambda: bytes.fromhex(octets(site.get(row, how=HEX)[0])) == wanted.encode())

        wait_name(r"0.0.0.0%v\xff\x5cä:3001")
        site.run("ip", "link", "set", os.fsdecode(link), "name", "eth7")
        wait_name("0.0.0.0%eth7:3001")
        site.run("ip", "link", "del", "eth7")
        wait_name(f"0.0.0.0%{index}:3001")


# --- Processors -----------------------------------------------------------------------------------------------------------------

def processors(site):
    """softnetCpuTable against /proc/net/softnet_stat, of this machine and of others."""
    site.snmpd()
    agent = site.agent(ONCE)
    first = [[int(word, 16) for word in line.split()] for line in site.run("cat", "/proc/net/softnet_stat").stdout.splitlines()]
    rows = table(site, "softnetCpuTable", how=V2C)
    last = [[int(word, 16) for word in line.split()] for line in site.run("cat", "/proc/net/softnet_stat").stdout.splitlines()]
    columns = {2: 0, 3: 1, 4: 2, 5: 9, 6: 10}
    check_equal([row[8].value for row in rows.values()], [f"cpu{int(index) - 1}" for index in rows], "each has its name in the kernel")
    if len(first[0]) > 12:
        check_equal(set(rows), {str(line[12] + 1) for line in first}, "a row for each processor that is online")
        check(all((rows[str(before[12] + 1)][column].value - before[i]) % 2**32 <= (after[i] - before[i]) % 2**32
                  for before, after in zip(first, last) for column, i in columns.items()), "each number is between those before and after",
              rows)
    agent.end()
    for lines, wanted in (("1 2 3 0 0 0 0 0 9 a b c 0 d e\nffffffff 1 1 0 0 0 0 0 1 1 1 1 7 1 1\n",
                           {"1": [1, 2, 3, 10, 11, 12], "8": [2**32 - 1, 1, 1, 1, 1, 1]}),
                          ("1 2 3 0 0 0 0 0 9 a b\n", {}),
                          ("1 2 3 0 0 0 0 0 9 a b c 0\n1 2 3 0 0 0 0 0 9 a b c 0\n", {})):
        site.write("proc/net/softnet_stat", lines)
        site.write("proc/net/snmp", "Ip: InReceives\nIp: 1\n")
        agent = site.agent(f"procRoot {site.folder}/proc\n" + ONCE)
        found = {index: [row[column].value for column in range(2, 8)] for index, row in table(site, "softnetCpuTable", how=V2C).items()}
        check_equal(found, wanted, f"the rows of {len(lines.splitlines())} lines of {len(lines.splitlines()[0].split())} columns")
        agent.end()


# --- IPv6 of interfaces ---------------------------------------------------------------------------------------------------------

IP6_NAME, IP6_BEGAN, IP6_REQUESTS = 2, 3, 14  # columns of ifIp6Table


def ip6_rows(site):
    """When each row of ifIp6Table began, by ifIndex, and all other instances."""
    found = dict(site.walk(ENTRY["ifIp6Table"], repetitions=50))
    began = {oid: value for oid, value in found.items() if oid.startswith(f"{ENTRY['ifIp6Table']}.{IP6_BEGAN}.")}
    return ({int(oid.rpartition(".")[2]): value.value for oid, value in began.items()},
            {oid: value for oid, value in found.items() if oid not in began})


def ip6_as_files(site, mib):
    """Waits until ifIp6Table has just what the files have. Gives when each row began."""
    seen = {}

    def same():
        wanted = kernel.interfaces(kernel.read_live_ip6(site), mib)
        seen["began"], found = ip6_rows(site)
        seen["differs"] = harness.differences(found, wanted)
        return found == wanted and seen["began"]
    return wait_for(lambda: f"ifIp6Table has what the files have: {seen['differs']}", same)


def begin_anew(site):
    """Takes IPv6 from v0 and gives it back, until the kernel, unless others are faster, gives its file the number that it had."""
    begun = time.monotonic()
    wait_for("the kernel's clock, of hundredths of a second, has moved", lambda: time.monotonic() > begun + 0.03)

    def number():
        return site.run("stat", "-c", "%i", "/proc/net/dev_snmp6/v0").stdout
    before = number()
    for _ in range(100):
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as caches:
            caches.write("2")
        told.batch(site, "link set v0 mtu 1000\nlink set v0 mtu 1500\n")
        if number() == before:
            return


def ip6_interfaces(site):
    """ifIp6Table against the files; a row begins anew with IPv6 of its interface, and goes on under another name."""
    told.batch(site, "link add name v0 type veth peer name v1\nlink set v0 up\nlink set v1 up\naddr add fd00::1/64 dev v0 nodad\n"
               "neigh add fd00::2 lladdr 02:00:00:00:00:02 dev v0 nud permanent\n")
    told.ip(site, "link", "add", "name", told.ODD[0], "type", "veth", "peer", "name", told.ODD[1])
    index = indices(site)
    mib = kernel.read_mib()
    site.snmpd()
    agent = site.agent(FAST + "refreshInterval 0.1\n")
    for to in ("fd00::1", "fd00::2"):
        done = site.run("python3", "-c", f"import socket; s = socket.socket(10, 2); [s.sendto(b'x', ('{to}', 9)) for _ in range(100)]")
        check_equal(done.stderr, "", f"a hundred datagrams to {to}")
    began = ip6_as_files(site, mib)
    check_equal(set(began), set(index.values()), "a row for each interface, with what its file has")
    sent = f"{ENTRY['ifIp6Table']}.{IP6_REQUESTS}."
    check(site.get(sent + str(index["v0"]))[0].value >= 200, "v0 has sent them, those to its own address included")
    check_equal((info(site, ROWS, IP6).value, info(site, SOURCE, IP6).value), (len(index), "procfs"), "kernelTable tells of it")

    def restarted(what, links):
        """All else goes on."""
        nonlocal began
        now = wait_for(what, lambda: ip6_rows(site)[0].get(index[links[0]], 0) > began[index[links[0]]] and ip6_as_files(site, mib))
        check_equal({link for link in index if now[index[link]] != began[index[link]]}, set(links), what)
        began = now
    told.ip(site, "link", "set", "v0", "mtu", "1000")
    wait_for("the row is gone without IPv6", lambda: set(ip6_rows(site)[0]) == set(began) - {index["v0"]})
    told.ip(site, "link", "set", "v0", "mtu", "1500")
    restarted("a row that was away has begun anew, and no other", ["v0"])
    told.ip(site, "link", "set", "v0", "down")
    for _ in range(2):  # the second time no counter falls
        with agent.held():
            begin_anew(site)
        restarted("so has one whose IPv6 was away between two readings", ["v0"])
    told.batch(site, "link set v0 up\nlink set v0 down\nlink set v0 name w0\nlink set w0 up\n")
    name = f"{ENTRY['ifIp6Table']}.{IP6_NAME}.{index['v0']}"
    wait_for("the other name shows", lambda: site.get(name) == [Value("STRING", "w0")])
    check_equal(ip6_as_files(site, mib), began, "all rows go on, that of the other name included")
    told.ip(site, "link", "del", "w0")
    wait_for("the rows of interfaces that are gone are gone", lambda: set(ip6_rows(site)[0]) == set(began) - {index["v0"], index["v1"]})
    site.write("tcpextd.conf", FAST + "ignoreInterface l*\n")
    agent.send(signal.SIGHUP)
    wait_for("ignoreInterface leaves out lo", lambda: set(ip6_rows(site)[0]) == {index[name] for name in told.ODD})
    check_equal(agent.end(), 0, "the agent lives until its end")


def ip6_renamed(site):
    """An interface gets another name after the names were listed: the row is there, once; and without dev_snmp6 there is none."""
    site.write("proc/net/snmp", SNMP)
    for link, text in (("lo", "ifIndex 1\n"), ("v0", "ifIndex 2\nIp6InReceives 18446744073709551615\n")):
        site.write(f"proc/net/dev_snmp6/{link}", text)
    site.snmpd()
    conf = f"procRoot {site.folder}/proc\ntableTimeout 20\n" + ONCE
    folder = site.folder / "proc/net/dev_snmp6"
    with harness.SlowFile(site, folder / "v0") as slow:
        agent = site.agent(conf, under=slow.prefix)
        waiting = ask(site, slow, "snmpbulkwalk", ENTRY["ifIp6Table"])
        (folder / "v0").rename(folder / "w0")
        slow.let_go()
        found = answer(waiting)
        check_equal([value for oid, value in found if f".{IP6_NAME}." in oid.removeprefix(ENTRY["ifIp6Table"])],
                    ['STRING: "lo"', 'STRING: "w0"'], "both interfaces are there, by their names")
        check_equal(found[-1], (f"{ENTRY['ifIp6Table']}.4.2", "Counter64: 18446744073709551615"), "with what the file has")
        check_equal(agent.end(), 0, "the agent has lived")
    shutil.rmtree(folder)
    agent = site.agent(conf)
    check_equal(site.walk(ENTRY["ifIp6Table"]), [], "without dev_snmp6 there are no rows")
    check_equal((info(site, ROWS, IP6).value, info(site, CUT, IP6)), (0, number(FALSE)), "which kernelTable says")
    check(not [line for line in agent.log() if "dev_snmp6" in line], "and which is no fault", agent.log())
    agent.end()


def many_interfaces(site):
    """Two thousand interfaces: ifIp6Table has them all, and the agent no descriptor more."""
    site.snmpd()
    agent = site.agent(FAST)

    def descriptors():
        """Beside those that are open for as long as a file is read."""
        return min(agent.descriptors() for _ in range(20))
    wait_for("there is one interface at first", lambda: len(ip6_rows(site)[0]) == 1)
    before = descriptors()
    told.batch(site, "".join(f"link add name a{i} type veth peer name b{i}\n" for i in range(1000)))
    wanted = set(indices(site).values())

    def rows():
        return [int(oid.rpartition(".")[2]) for oid, _ in site.walk(f"{ENTRY['ifIp6Table']}.{IP6_REQUESTS}", repetitions=100)]
    wait_for("the others come", lambda: len(rows()) == len(wanted))
    for _ in range(2):
        check_equal(rows(), sorted(wanted), f"a row for each of {len(wanted)} interfaces, in order")
        wait_for("the agent has as many descriptors as before", lambda: descriptors() <= before)
        age = info(site, AGE, IP6).value
        wait_for("it is read again", lambda: info(site, AGE, IP6).value < age)


# --- Limits ---------------------------------------------------------------------------------------------------------------------

MEMORY = ("sys/net/ipv4/tcp_mem", "sys/net/ipv4/udp_mem")
# Sub-id, file, which of its numbers, and of which counter the next sub-id has the use.
LIMIT = ((1, MEMORY[0], 1, "SockstatTcpMem"), (3, MEMORY[0], 2, "SockstatTcpMem"), (6, MEMORY[1], 0, "SockstatUdpMem"),
         (8, MEMORY[1], 1, "SockstatUdpMem"), (10, MEMORY[1], 2, "SockstatUdpMem"),
         (13, "sys/net/ipv4/tcp_max_orphans", 0, "SockstatTcpOrphan"), (15, "sys/net/ipv4/tcp_max_tw_buckets", 0, "SockstatTcpTw"),
         (18, "sys/net/ipv4/ipfrag_high_thresh", 0, "SockstatFragMemory"),
         (20, "sys/net/ipv6/ip6frag_high_thresh", 0, "SockstatFrag6Memory"),
         (22, "sys/net/ipv4/neigh/default/gc_thresh3", 0, "ArpCacheEntries"),
         (24, "sys/net/ipv6/neigh/default/gc_thresh3", 0, "NdiscCacheEntries"))


def wanted_limits(texts, counters):
    """Sub-id to value: limits, hundredths of a percent of each, and memory in octets."""
    wanted = {}
    for sub_id, file, place, counter in LIMIT:
        if file in texts:
            limit = int(texts[file].split()[place])
            wanted[sub_id] = gauge(limit)
            if counter in counters and limit:
                wanted[sub_id + 1] = gauge(counters[counter] * 10000 // limit)
    for sub_id, counter in ((5, "SockstatTcpMem"), (12, "SockstatUdpMem")):
        wanted[sub_id] = Value("Counter64", counters[counter] * os.sysconf("SC_PAGESIZE"))
    if counters.get("NfConntrackMax"):
        wanted[17] = gauge(counters["NfConntrackCount"] * 10000 // counters["NfConntrackMax"])
    return wanted


def found_limits(site):
    return {int(oid.split(".")[-2]): value for oid, value in site.walk(f"{OBJECTS}.32")}


def limits(site):
    """The limits against the files of the namespace, and of a proc root; how much of each is in use."""
    site.snmpd()
    agent = site.agent(FAST)
    files = sorted({file for _, file, _, _ in LIMIT})
    site.run("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=777", "net.ipv4.ipfrag_high_thresh=1000000")

    def texts():
        found = {file: site.run("cat", f"/proc/{file}") for file in files}
        return {file: done.stdout for file, done in found.items() if done.returncode == 0}

    def own(values):
        """Without what others on this machine move."""
        return {sub_id: value for sub_id, value in values.items() if sub_id in {limit for limit, _, _, _ in LIMIT}}

    wanted = own(wanted_limits(texts(), kernel.Counters(kernel.read_live(site))))
    check_equal(wanted[15], gauge(777), "the namespace has a limit of its own")
    wait_for("that is what the agent has", lambda: own(found_limits(site)) == wanted)
    check(set(found_limits(site)) >= {sub_id + 1 for sub_id in (15, 18)} | {5, 12}, "and how much of them is in use")
    agent.end()
    made = {"net/snmp": "Ip: InReceives\nIp: 1\n", "net/sockstat": "TCP: inuse 1 orphan 3 tw 5 alloc 2 mem 70001\nUDP: inuse 1 mem 4\n"
            "FRAG: inuse 1 memory 5000000000\n", "net/sockstat6": "FRAG6: inuse 1 memory 1\n", MEMORY[0]: "1\t35000\t70000\n",
            MEMORY[1]: "3\t6\t7\n", "sys/net/ipv4/tcp_max_orphans": "12\n", "sys/net/ipv4/tcp_max_tw_buckets": "0\n",
            "sys/net/ipv4/ipfrag_high_thresh": "5000000000\n", "sys/net/netfilter/nf_conntrack_count": "7\n",
            "sys/net/netfilter/nf_conntrack_max": "14\n"}
    for name, content in made.items():
        site.write(f"proc/{name}", content)
    agent = site.agent(f"procRoot {site.folder}/proc\n" + ONCE)
    wanted = wanted_limits(made, kernel.Counters(made))
    wanted[18] = gauge(2**32 - 1)
    check_equal(found_limits(site), wanted, "of made files: a use over 100, none of a limit of 0, no file no limit")
    agent.end()


# --- On demand ----------------------------------------------------------------------------------------------------------------

def on_demand(site):
    """No table is read before it is asked for; then it is renewed by itself; it goes when nobody asks any more."""
    site.snmpd()
    agent = site.agent("tableInterval 1\ntableIdle 4\n")
    site.walk(f"{MIB2}.6", repetitions=1)
    site.walk(f"{OBJECTS}.1")
    names = dict(site.walk(f"{ENTRY['kernelTable']}.{NAME}"))
    check_equal(len(names), SERVICES, "kernelTable names all tables")
    surveys = [value.value for _, value in site.walk(f"{ENTRY['kernelTable']}.{SURVEY}")]
    check_equal((len(surveys), len(set(surveys))), (SERVICES, 8), "and by which survey each is made")
    site.walk(ENTRY["kernelTable"])
    agent.end()
    agent = site.agent("tableInterval 1\ntableIdle 4\n")
    site.get(harness.VERSION, f"{MIB2}.6.9.0")
    site.walk(f"{OBJECTS}.8", repetitions=50)
    site.walk(ENTRY["kernelTable"])
    check_equal(held(site), set(), "scalars, counters and kernelTable itself make the agent read none")
    for column in (ROWS, AGE, COST, CUT, SOURCE):
        check_equal(info(site, column, INTERFACES), NO_INSTANCE, f"column {column} of a table that is not held has no instance")
    number_of_links = site.get(IF_NUMBER)[0].value
    check_equal(held(site), {INTERFACES}, "one that is asked for is read, no other")
    check_equal([info(site, ROWS, INTERFACES), info(site, CUT, INTERFACES), info(site, SOURCE, INTERFACES)],
                [gauge(number_of_links), number(FALSE), Value("STRING", "rtnetlink")], "kernelTable tells of it")
    told.batch(site, "link add name v0 type veth peer name v1\n")
    wait_for("the new interfaces show, though nobody asks", lambda: info(site, ROWS, INTERFACES) == gauge(number_of_links + 2))
    check(True, "it is renewed in the background")
    check_equal(held(site), {INTERFACES}, "and held")
    wait_for("nobody has asked for tableIdle", lambda: agent.send(signal.SIGHUP) or not held(site))
    check(True, "then it is let go, and SIGHUP is no request")
    check_equal(site.get(IF_NUMBER), [number(number_of_links + 2)], "asked for again, it is read again")
    agent.end()


def cut(site):
    """A table with more rows than maxRows: the first ones, kernelTableCut, a line in the log; whole again with more."""
    told.batch(site, "".join(f"route add blackhole 20.0.{i}.0/24\n" for i in range(150)))
    site.snmpd()
    agent = site.agent(FAST + "maxRows 100\n")
    column = f"{ENTRY['ipRouteTable']}.1"
    check_equal(len(site.walk(column, repetitions=50)), 100, "there are maxRows rows")
    check_equal((info(site, ROWS, ROUTES), info(site, CUT, ROUTES)), (gauge(100), number(TRUE)), "kernelTableCut says so")
    lines = agent.wait_log("more than 100 rows")
    check("maxRows" in lines[0] and "IPv4 routes" in lines[0], "so does the log, with the remedy", lines)
    wait_for("it grows old", lambda: info(site, AGE, ROUTES).value > 500)
    wait_for("it has been read again", lambda: info(site, AGE, ROUTES).value < 500)
    site.write("tcpextd.conf", FAST + "maxRows 1000\n")
    agent.send(signal.SIGHUP)
    wait_for("it is whole again", lambda: info(site, CUT, ROUTES) == number(FALSE))
    check_equal(len(site.walk(column, repetitions=50)), 150, "with more, all rows are there")
    check_equal(len([line for line in agent.log() if "more than" in line]), 1, "the log has said it once")


def cold(site):
    """The first walk of a large cold table, with snmpd's own patience of one second: no timeout, no row lost, no session."""
    count = 40000
    networks = ((i * 7919 % count >> 8, i * 7919 % count & 255) for i in range(count))  # each once, in no order
    told.batch(site, "".join(f"route add blackhole 20.{high}.{low}.0/24\n" for high, low in networks))
    usual = harness.SNMPD_CONF.format(master=site.master) + harness.ALL
    site.snmpd(whole=usual.replace("agentXTimeout 15\n", ""))
    agent = site.agent(ONCE)
    varbinds = site.walk(f"{ENTRY['ipRouteTable']}.1", repetitions=100, patience=("-t1", "-r0"))
    check_equal(len(varbinds), count, "every row is there")
    check(in_order(varbinds), "in order, none twice")
    check_equal(len(agent.log()), 2, "the session is the first one, and nothing else is in the log")


# --- While a table is being read ----------------------------------------------------------------------------------------------

SNMP = "Ip: Forwarding DefaultTTL\nIp: 1 99\nTcp: RtoMin InSegs\nTcp: 200 3000000004\n"
SEGMENTS = f"{MIB2}.6.10.0"
TITLES = "  sl  local_address rem_address   st tx_queue rx_queue\n"
LINES = "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000\n   1: 0100007F:0017 00000000:0000 0A 00000000:00000000\n"
FIRST, SECOND = "127.0.0.1.22.0.0.0.0.0", "127.0.0.1.23.0.0.0.0.0"
STATE_COLUMN = f"{ENTRY['tcpConnTable']}.1"


class SlowTable(harness.SlowFile):
    """An agent whose table of connections takes as long to read as the test wants."""

    def __init__(self, site, more="", under=()):
        site.write("proc/net/snmp", SNMP)
        site.write("proc/net/tcp6", TITLES)
        super().__init__(site, site.folder / "proc/net/tcp")
        self.site = site
        self.conf = f"procRoot {site.folder}/proc\ntableTimeout 20\n" + ONCE
        self.agent = denied_agent(site, self.conf + more, (*under, *self.prefix))

    def ask(self, tool, *oids):
        return ask(self.site, self, tool, *oids)

    def feed(self, text=TITLES + LINES):
        super().feed(text)


def ask(site, slow, tool, *oids):
    """A request that has to wait for a slow file, in the background."""
    argv = [tool, *V2C, "-t20", "-r0", "-On", "-Cc" if tool == "snmpbulkwalk" else "-Ob", site.address, *oids]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=site.environment,
                               preexec_fn=harness.die_with_parent)
    wait_for("the agent has begun to read", slow.is_being_read)
    return process


def answer(process):
    """What a tool in the background prints in the end: OIDs and values."""
    output, _ = process.communicate(timeout=harness.DEADLINE)
    return [tuple(line.lstrip(".").split(" = ", 1)) for line in output.splitlines()]


def polite(site):
    """A first reading is waited for, and has the agent's priority; a renewal steps back behind other programs, at least as far."""
    site.snmpd()
    own = os.getpriority(os.PRIO_PROCESS, 0)
    for nice, wanted in ((max(own, 0), max(own, 10)), (max(own, 15), max(own, 15))):
        with SlowTable(site, "tableInterval 1\n", ("/usr/bin/nice", "-n", str(nice - own))) as slow:
            def priorities():
                with contextlib.suppress(ProcessLookupError):  # a thread has just ended
                    return {os.getpriority(os.PRIO_PROCESS, int(task)) for task in os.listdir(f"/proc/{slow.agent.popen.pid}/task")}

            waiting = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
            check_equal(wait_for("no thread ends", priorities), {nice}, f"with {nice} of the agent its threads have that while a request waits")
            slow.feed()
            answer(waiting)
            wait_for("it is being renewed", slow.is_being_read)
            check_equal(wait_for("no thread ends", priorities), {nice, wanted}, f"the one that renews has {wanted}")
        slow.agent.end()


def meanwhile(site):
    """Requests for a table that is being read wait; all others are answered as always; then those are answered too."""
    site.snmpd()
    with SlowTable(site) as slow:
        get = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}", SEGMENTS)
        walk = slow.ask("snmpbulkwalk", STATE_COLUMN)
        check_equal({tuple(site.get(SEGMENTS)) for _ in range(20)}, {(Value("Counter32", 3000000004),)}, "a scalar is answered")
        check_equal(site.get(f"{ENTRY['ifTable']}.1.1"), [number(1)], "another table is answered")
        site.wait_readings()
        check_equal(held(site), {INTERFACES}, "kernelTable is answered")
        check(get.poll() is None and walk.poll() is None, "those who want the table wait")
        slow.feed()
        check_equal(answer(get), [(f"{STATE_COLUMN}.{FIRST}", "INTEGER: 2"), (SEGMENTS, "Counter32: 3000000004")],
                    "then they are answered: the GET")
        check_equal(answer(walk), [(f"{STATE_COLUMN}.{index}", "INTEGER: 2") for index in (FIRST, SECOND)], "and the walk, whole")


def crowd(site):
    """More requests for a table that is being read than may wait: those that are too many get an error at once."""
    site.snmpd()
    with SlowTable(site) as slow:
        slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
        with ber.Manager(site.snmp, harness.DEADLINE) as manager:
            for _ in range(CROWD):
                manager.send(ber.GET, [f"{STATE_COLUMN}.{FIRST}"])
            refused = [manager.receive() for _ in range(CROWD - 500)]
            check(all(answer.error for answer in refused), f"{len(refused)} get an error", refused[:3])
            check_equal(site.get(SEGMENTS), [Value("Counter32", 3000000004)], "others are served as before")
            slow.feed()
            answers = [manager.receive() for _ in range(CROWD - len(refused))]
            check(all(not answer.error for answer in answers[1:]), "those who waited get the table", collections.Counter(
                answer.error for answer in answers))


def too_slow(site):
    """A table that takes longer than tableTimeout, and than snmpd waits by default: an error, and the session stays."""
    usual = harness.SNMPD_CONF.format(master=site.master) + harness.ALL
    site.snmpd(whole=usual.replace("agentXTimeout 15\n", ""))
    with SlowTable(site, "agentXPingInterval 4\ntableTimeout 3\n") as slow:
        get = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}", SEGMENTS)
        walk = slow.ask("snmpbulkwalk", STATE_COLUMN)
        for asked in (get, walk):
            check("genError" in str(answer(asked)), "an error while the table is being read")
        lines = slow.agent.wait_log("tableTimeout")
        site.write("tcpextd.conf", slow.conf + "agentXPingInterval 4\ntableTimeout 3\n")
        slow.agent.send(signal.SIGHUP)
        slow.agent.wait_log("configuration read again")
        lines = [line for line in slow.agent.log() if "tableTimeout" in line]
        check(len(lines) == 1, "the log says so once, though snmpd asks again and again", lines)
        check_equal(site.get(SEGMENTS), [Value("Counter32", 3000000004)], "a scalar is the agent's as before")
        slow.feed()
        wait_for("then the table is there", lambda: site.get(f"{STATE_COLUMN}.{FIRST}") == [number(2)])
        check_equal([oid for oid, _ in site.walk(STATE_COLUMN)], [f"{STATE_COLUMN}.{index}" for index in (FIRST, SECOND)], "whole")
        check_equal([line for line in slow.agent.log() if "lost" in line], [], "the session is the first one")


def no_row_lost(site):
    """A request that asks for what is known and for a table that is being read: every answer is the next one, none is passed."""
    site.snmpd()
    with SlowTable(site) as slow:
        known = [f"{OBJECTS}.1.3", f"{OBJECTS}.1.4.0", f"{OBJECTS}.1.13.1.2.1"]
        wanted = [oid for oid, _ in site.getnext(*known)]
        asked = [known[0], f"{OBJECTS}.18.1.3.1.1", known[1], f"{OBJECTS}.18.1.3", known[2]]
        waiting = slow.ask("snmpgetnext", *asked)
        slow.feed()
        check_equal([oid for oid, _ in answer(waiting)],
                    [wanted[0], f"{OBJECTS}.18.1.3.1.2", wanted[1], f"{OBJECTS}.18.1.3.1.1", wanted[2]],
                    "five names, five next ones")


def longer_than_idle(site):
    """A table that takes longer to read than tableIdle: those who wait for it get it, and it is read once."""
    site.snmpd()
    with SlowTable(site, "tableIdle 1\n") as slow:
        waiting = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
        time.sleep(2)  # longer than tableIdle
        slow.feed()
        check_equal(answer(waiting), [(f"{STATE_COLUMN}.{FIRST}", "INTEGER: 2")], "it is answered")
        check(not slow.is_being_read(), "nobody reads any more")


def failing(site):
    """A table that cannot be read: those who waited get no row, the log says why, once, and that it is over."""
    site.snmpd()
    with SlowTable(site) as slow:
        waiting = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
        slow.feed("nonsense\n   0: nonsense\n")
        check_equal(answer(waiting), [(f"{STATE_COLUMN}.{FIRST}", "No Such Instance currently exists at this OID")],
                    "it is not there")
        lines = slow.agent.wait_log("TCP connections cannot be read")
        check(str(slow.path) in lines[0], "the log names the file", lines)
        time.sleep(2)  # longer than requests are told that it failed
        check(not slow.is_being_read(), "it is not tried again while nobody asks")
        waiting = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
        slow.feed()
        check_equal(answer(waiting), [(f"{STATE_COLUMN}.{FIRST}", "INTEGER: 2")], "a later request has it tried again")
        slow.agent.wait_log("TCP connections can be read again")


def reload_while_renewed(site):
    """maxRows is changed while a table is being renewed: this read is cut as before, and another one follows at once."""
    lines = TITLES + "".join(f"  {i}: 0100007F:{1000 + i:04X} 00000000:0000 0A 00000000:00000000\n" for i in range(101))
    site.snmpd()
    with SlowTable(site, "tableInterval 1\nmaxRows 100\n") as slow:
        waiting = slow.ask("snmpget", f"{STATE_COLUMN}.127.0.0.1.1000.0.0.0.0.0")
        slow.feed(lines)
        answer(waiting)
        check_equal(info(site, CUT, CONNECTIONS), number(TRUE), "the table is cut")
        wait_for("it is being renewed", slow.is_being_read)
        site.write("tcpextd.conf", slow.conf + "maxRows 1000\n")
        slow.agent.send(signal.SIGHUP)
        slow.agent.wait_log("configuration read again")
        slow.feed(lines)
        wait_for("it is read again, long before tableInterval", slow.is_being_read)
        slow.feed(lines)
        wait_for("it is whole", lambda: info(site, CUT, CONNECTIONS) == number(FALSE))
        check_equal(info(site, ROWS, CONNECTIONS), gauge(101), "with all its rows")


def reload_in_spite(site):
    """SIGHUP while a table is never read to its end and somebody asks for it all the time: the reload is not put off for ever."""
    site.snmpd()
    with SlowTable(site, "tableTimeout 1\n") as slow, contextlib.ExitStack() as stack:
        def ask():
            stack.callback(slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}").communicate)
            time.sleep(0.2)
            return [line for line in slow.agent.log() if "configuration read again" in line]
        ask()
        slow.agent.send(signal.SIGHUP)
        wait_for("the configuration is read again", ask)
        check(True, "it is read again")
        slow.feed()


def reload_meanwhile(site):
    """SIGHUP while a request waits for a table that the new configuration does without: the answer first, then the change."""
    site.snmpd()
    with SlowTable(site) as slow:
        waiting = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
        site.write("tcpextd.conf", slow.conf + "refreshInterval 7\nregister tcp tcpext\n")
        slow.agent.send(signal.SIGHUP)
        wait_for("what is not registered is in force", lambda: site.get(harness.INTERVAL) == [gauge(7000)])
        check_equal(site.get(SEGMENTS), [Value("Counter32", 3000000004)], "the agent goes on meanwhile")
        check_equal(site.get(f"{ENTRY['ifTable']}.1.1"), [number(1)], "with a table that nobody has asked for before")
        check(waiting.poll() is None, "the request still waits")
        slow.feed()
        check_equal(answer(waiting), [(f"{STATE_COLUMN}.{FIRST}", "INTEGER: 2")], "it is answered")
        slow.agent.wait_log("configuration read again")
        check(f"{STATE_COLUMN}.{SECOND}" not in dict(site.walk(STATE_COLUMN)), "then the table is snmpd's again")
        check(slow.agent.alive(), "the agent lives")


def reload_elsewhere(site):
    """SIGHUP to another proc root while a table is being read: it is not waited for, and who waits gets the other one."""
    for name, line in (("tcp", LINES.splitlines()[1]), ("tcp6", "")):
        site.write(f"other/net/{name}", TITLES + line + "\n" * bool(line))
    site.write("other/net/snmp", SNMP.replace("3000000004", "3000000007"))
    site.snmpd()
    with SlowTable(site) as slow:
        waiting = slow.ask("snmpwalk", STATE_COLUMN)
        site.write("tcpextd.conf", slow.conf + f"procRoot {site.folder}/other\n")
        slow.agent.send(signal.SIGHUP)
        slow.agent.wait_log("configuration read again")
        seen = []

        def others_are_shown():
            seen.extend(value for value in site.get(SEGMENTS) if value not in seen)
            return Value("Counter32", 3000000007) in seen
        wait_for("counters are those of the other root", others_are_shown)
        check(set(seen) <= {NO_INSTANCE, Value("Counter32", 3000000007)}, "no counter of the one before is shown", seen)
        check_equal(answer(waiting)[:1], [(f"{STATE_COLUMN}.{SECOND}", "INTEGER: 2")], "so is the table, for one who waited")
        slow.feed()
        check_equal(site.get(f"{STATE_COLUMN}.{FIRST}", f"{STATE_COLUMN}.{SECOND}"), [NO_INSTANCE, number(2)],
                    "and it stays so when the other reading ends")
        check_equal(slow.agent.end(), 0, "the agent has lived")


def restart_meanwhile(site):
    """snmpd ends and comes back while a request waits for a table."""
    snmpd = site.snmpd()
    with SlowTable(site, "agentXPingInterval 3\n") as slow:
        waiting = slow.ask("snmpbulkwalk", STATE_COLUMN)
        snmpd.kill()
        slow.agent.wait_log("lost the AgentX master")
        site.snmpd()
        site.wait_served(slow.agent)
        again = slow.ask("snmpbulkwalk", STATE_COLUMN)
        slow.feed()
        check_equal([oid for oid, _ in answer(again)], [f"{STATE_COLUMN}.{index}" for index in (FIRST, SECOND)],
                    "who asks the new snmpd is answered")
        check(slow.agent.alive() and site.get(SEGMENTS) == [Value("Counter32", 3000000004)], "the agent goes on")
        waiting.kill()
        waiting.communicate()


def end_meanwhile(site):
    """SIGTERM while a table is being read and a request waits for it: the agent ends, and does not wait for the reading."""
    site.snmpd()
    with SlowTable(site) as slow:
        waiting = slow.ask("snmpget", f"{STATE_COLUMN}.{FIRST}")
        slow.agent.send(signal.SIGTERM)
        check_equal(slow.agent.wait(15), 0, "its exit status is 0")
        waiting.kill()
        waiting.communicate()
        wait_for("snmpd's own table is back", lambda: site.get(f"{STATE_COLUMN}.{FIRST}") == [NO_INSTANCE])
        check(True, "snmpd's own table is back")


# --- Registration -------------------------------------------------------------------------------------------------------------

WORDS = {"interfaces": ("ifTable", INTERFACES), "at": ("atTable", NEIGHBOURS), "ipAddrTable": ("ipAddrTable", ADDRESSES),
         "ipRouteTable": ("ipRouteTable", ROUTES), "ipNetToMediaTable": ("ipNetToMediaTable", NEIGHBOURS),
         "tcpConnTable": ("tcpConnTable", CONNECTIONS), "udpTable": ("udpTable", ENDPOINTS)}
SUCCESSORS = {"ifXTable": f"{MIB2}.31.1.1", "ipAddressTable": f"{MIB2}.4.34", "inetCidrRouteTable": f"{MIB2}.4.24.7",
              "ipNetToPhysicalTable": f"{MIB2}.4.35", "tcpConnectionTable": f"{MIB2}.6.19", "tcpListenerTable": f"{MIB2}.6.20",
              "udpEndpointTable": f"{MIB2}.7.7"}
NETWORK = ("link add name v0 type veth peer name v1\nlink set v0 addrgenmode none\nlink set v1 addrgenmode none\n"
           "link set v0 up\nlink set v1 up\naddr add 10.1.0.1/24 dev v0\nroute add 172.16.0.0/16 via 10.1.0.2\n"
           "neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev v0 nud permanent\n")
OURS_ALONE = re.compile(rf"{re.escape(MIB2)}\.4\.(20\.1\.5|21\.1\.(4|5|6|10|12))\.")  # columns that snmpd leaves out


def instances(site, name):
    return {oid for oid, _ in site.walk(ENTRY[name], repetitions=50) if not OURS_ALONE.match(oid)}


def lacks(site, oid):
    """An agent that ends meanwhile leaves an error behind."""
    with contextlib.suppress(harness.Failure):
        return site.get(oid)[0] in (NO_INSTANCE, NO_OBJECT)
    return False


def registered(site):
    """Each word of `register` alone: that table is the agent's, the others are snmpd's; all of them are back at its end."""
    told.batch(site, NETWORK)
    with contextlib.ExitStack() as stack:
        listener(site, stack, ("127.0.0.1", 3001))
        site.snmpd()
        before = {name: instances(site, name) for name, _ in WORDS.values()}
        later = {name: [oid for oid, _ in site.walk(oid, repetitions=50)] for name, oid in SUCCESSORS.items()}
        check(all(before.values()), "snmpd has rows in each table", [name for name, rows in before.items() if not rows])
        for word, (name, index) in WORDS.items():
            agent = site.agent(ONCE + f"register tcpext {word}\n")
            rows = {other: instances(site, other) for other in before}
            check_equal(held(site), {index}, f"register {word}: that table is read by the agent, no other")
            check_equal(sorted(rows[name] ^ before[name]), [], f"{name} has the rows of snmpd's own")
            agent.end()
        agent = site.agent(ONCE + "register tcpext\n")
        check_equal({name: instances(site, name) for name in before}, before, "none: all tables are snmpd's")
        check_equal(held(site), set(), "and the agent reads none")
        agent.end()
        agent = site.agent(ONCE)
        check_equal({name: instances(site, name) for name in before}, before, "by default all are the agent's")
        check_equal(held(site), {index for _, index in WORDS.values()}, "it has read them")
        check_equal({name: [oid for oid, _ in site.walk(oid, repetitions=50)] for name, oid in SUCCESSORS.items()}, later,
                    "the tables of the later MIBs are snmpd's, as they were")
        for number_of_end, what in ((signal.SIGTERM, "ends"), (signal.SIGKILL, "is killed")):
            agent.end(number_of_end)
            wait_for("the column that only the agent has is gone", lambda: lacks(site, f"{ENTRY['ipAddrTable']}.5.127.0.0.1"))
            check_equal({name: instances(site, name) for name in before}, before, f"the agent {what}: snmpd's tables are back")
            if number_of_end == signal.SIGTERM:
                agent = site.agent(ONCE)


NEWER = ("link add name v2 type veth peer name v3\nlink set v2 up\nlink set v3 up\naddr add 250.1.0.1/24 dev v2\n"
         "route add 251.16.0.0/16 via 250.1.0.2\nneigh add 250.1.0.2 lladdr 02:00:00:00:00:02 dev v2 nud permanent\n")


def none_of_snmpd(site):
    """What snmpd's own table has and ours has not, be it younger or the agent's table empty, is in no column of a walk."""
    told.batch(site, NETWORK)
    site.snmpd()
    with contextlib.ExitStack() as stack:
        agent = site.agent(ONCE + "refreshInterval 60\n")
        site.getnext(*(f"{ENTRY[name]}.1.0" for name, _ in WORDS.values()))
        told.batch(site, NEWER)
        listener(site, stack, ("127.0.0.1", 65000))
        with inside(site):
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind(("250.1.0.1", 65000))
        for name, index in WORDS.values():
            rows = table(site, name)
            columns = {column: sum(column in row for row in rows.values()) for row in rows.values() for column in row}
            check_equal(set(columns.values()), {info(site, ROWS, index).value},
                        f"{name}: each of {len(columns)} columns has the agent's rows, and no other")
        behind = [f"{ENTRY[name].rpartition('.')[0]}.2" for name, _ in WORDS.values()]
        back = [(oid, found) for oid, (found, _) in harness.paired(behind, site.getnext(*behind))
                if harness.key(found) < harness.key(oid)]
        check_equal(back, [], "what lies behind a table leads on, not back into it")
        rows = site.getnext(*(ENTRY[name] for name, _ in WORDS.values()))
        beside = [oid + row.removeprefix(f"{oid[:-1]}1") for oid, (row, _) in harness.paired(behind, rows)]
        check_equal(site.get(*beside), [NO_OBJECT] * len(beside), "a row is under the entry of its table, and nowhere else")
        agent.end()
        for name in ("tcp", "tcp6", "udp", "udp6"):
            site.write(f"proc/net/{name}", TITLES)
        site.write("proc/net/snmp", SNMP)
        denied_agent(site, f"procRoot {site.folder}/proc\n" + ONCE)
        for name in ("tcpConnTable", "udpTable"):
            check_equal(site.walk(ENTRY[name]), [], f"{name} of the agent is empty, and so it is for a manager")


if __name__ == "__main__":
    harness.main(interfaces, ignored, last_change, counting, changing_interfaces, addresses, routes, neighbours, sockets,
                 full_queue, who_loses, loses_without_sock_diag, names, changing_connections, snmpnetstat, processors,
                 ip6_interfaces, ip6_renamed, many_interfaces, limits, on_demand, cut, cold, polite, meanwhile, crowd, too_slow,
                 no_row_lost,
                 longer_than_idle, failing, reload_while_renewed, reload_in_spite, reload_meanwhile,
                 reload_elsewhere, restart_meanwhile, end_meanwhile, registered, none_of_snmpd)
