#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the agent reads of the kernel's tables, against what ip, tc and ss print of them in the same namespace."""

import collections
import ctypes
import ipaddress
import json
import os
import platform
import re
import struct
import subprocess

import harness
from harness import BUILD, Failure, Skip, check, check_equal, wait_for

DUMP = os.environ.get("DUMP_TABLES", str(BUILD / "tests/e2e/dump_tables"))
UP, DOWN, TESTING, UNKNOWN, DORMANT, NOT_PRESENT, LOWER_LAYER_DOWN = range(1, 8)
STATUS = {"UP": UP, "UNKNOWN": UP, "DOWN": DOWN, "TESTING": TESTING, "DORMANT": DORMANT, "NOTPRESENT": NOT_PRESENT,
          "LOWERLAYERDOWN": LOWER_LAYER_DOWN}
OTHER, DIRECT, INDIRECT = 1, 3, 4
PROTOCOL = {"redirect": 4, "kernel": 2, "boot": 2, "static": 2, "ra": 4, "bgp": 14, "isis": 9, "ospf": 13, "rip": 8}
STATE = {name: number for number, name in enumerate(
    "UNCONN LISTEN SYN-SENT SYN-RECV ESTAB FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT LAST-ACK CLOSING TIME-WAIT".split(), 1)}
V4, V6 = 1, 2


# --- What the agent reads -----------------------------------------------------------------------------------------------------

HEXADECIMAL = ("name", "address", "hardware")


def word(name, text):
    return int(text) if re.fullmatch(r"\d+", text) and name not in HEXADECIMAL else text


def dump(site, *arguments, **run):
    """The rows of some tables, in their order, as dictionaries; under "table" one line about each."""
    done = subprocess.run(site.inside(DUMP, *arguments), capture_output=True, text=True, **run)
    if done.returncode != 0:
        raise Failure(f"{DUMP}: {done.stderr.strip()}")
    rows = collections.defaultdict(list)
    for line in done.stdout.splitlines():
        text, _, fallback = line.partition(" fallback=")
        kind, *words = text.split(" ")
        row = {name: word(name, value) for name, _, value in (each.partition("=") for each in words)}
        if fallback:
            row["fallback"] = fallback
        rows[kind].append(row)
    return rows


def keyed(rows, *names):
    """The rows by their index, with a check that none has another's."""
    found = {tuple(row[name] for name in names): row for row in rows}
    if len(found) < len(rows):
        check(False, f"no index comes twice in {len(rows)} rows")
    return found


def only(row, wanted):
    """As much of a row as wanted has."""
    return {name: row.get(name) for name in wanted}


def check_rows(found, wanted, what):
    """Nothing missing, nothing extra, and everything that is wanted of a row."""
    check_equal({index: only(row, wanted.get(index, row)) for index, row in found.items()}, wanted, what)


def check_order(rows, key, what):
    keys = [key(row) for row in rows]
    check(len(keys) > 1 and keys == sorted(keys), f"{what}: {len(keys)} rows in the order of their index")


def address_key(text):
    return ipaddress.ip_address(text).packed


def steady(watched, read):
    """A reading while nothing changed of what is watched."""
    def try_once():
        before = watched()
        found = read()
        return found if watched() == before else None
    return wait_for("things stand still", try_once)


def ip(site, *arguments):
    done = site.run("ip", *arguments)
    if done.returncode != 0:
        raise Skip(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def ip_json(site, *arguments):
    return json.loads(ip(site, "-j", *arguments) or "[]")


def batch(site, text):
    """Several lines of ip at once."""
    done = subprocess.run(site.inside("ip", "-batch", "-"), input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise Skip(f"ip cannot make what is needed here: {done.stderr.strip()}")


# --- Interfaces ---------------------------------------------------------------------------------------------------------------

LINKS = """\
link add name v0 type veth peer name v1
link add name v2 type veth peer name v3
link add name br0 type bridge
link set v0 up mtu 1400
link set v1 up
link set v2 up address 02:00:00:00:ab:cd
link set br0 up
link set lo mtu 60000
addr add 10.2.0.1/24 dev v0
neigh add 10.2.0.2 lladdr 02:00:00:00:00:99 dev v0 nud permanent
"""


ODD = ("a.very-odd=$@#x", "öäü\\é")


def send(site, address, count):
    """Datagrams of 1000 octets that nobody waits for."""
    program = f"import socket; s = socket.socket(type=2); [s.sendto(bytes(1000), ('{address}', 9)) for _ in range({count})]"
    site.run("python3", "-c", program)


def hardware(link):
    """The hardware address of one of `ip -j link`; zeros are none."""
    digits = link.get("address", "").replace(":", "")
    return digits if digits.strip("0") else ""


def links(site):
    """Interfaces of several kinds and states, with counters and a queue that does not empty."""
    batch(site, LINKS)
    wait_for("the kernel has noticed what is down", lambda: "state LOWERLAYERDOWN" in ip(site, "link", "show", "v2"))
    ip(site, "link", "add", "name", ODD[0], "type", "veth", "peer", "name", ODD[1])
    send(site, "127.0.0.1", 3)
    slow = site.run("tc", "qdisc", "add", "dev", "v0", "root", "tbf", "rate", "8bit", "burst", "2000", "limit", "100000")
    send(site, "10.2.0.2", 7)

    def queues():
        shown = json.loads(site.run("tc", "-s", "-j", "qdisc", "show").stdout or "[]")
        return {queue["dev"]: queue["qlen"] for queue in shown if "root" in queue}

    rows, shown, queue = steady(lambda: (ip(site, "-s", "link"), queues()),
                                lambda: (dump(site, "links")["link"], ip_json(site, "-s", "link"), queues()))
    found = keyed(rows, "index")
    wanted = {}
    for link in shown:
        counters = link["stats64"]
        wanted[link["ifindex"],] = {
            "name": link["ifname"].encode("utf-8", "surrogateescape").hex(), "address": hardware(link),
            "mtu": link["mtu"], "status": STATUS[link["operstate"]], "admin": int("UP" in link["flags"]),
            "rx_bytes": counters["rx"]["bytes"], "rx_packets": counters["rx"]["packets"],
            "rx_errors": counters["rx"]["errors"], "rx_multicast": counters["rx"]["multicast"],
            "tx_bytes": counters["tx"]["bytes"], "tx_packets": counters["tx"]["packets"],
            "tx_errors": counters["tx"]["errors"], "tx_dropped": counters["tx"]["dropped"]}
    check_rows(found, wanted, f"{len(wanted)} links are what `ip -s link` shows")
    names = {bytes.fromhex(row["name"]).decode(): row for row in found.values()}
    check(set(ODD) <= names.keys(), "odd names come as they are", names.keys())
    check_equal(names["lo"]["address"], "", "the loopback has no hardware address")
    check_equal((names["lo"]["type"], names["v0"]["type"]), (772, 1), "hardware types")
    check_equal([names[name]["status"] for name in ("lo", "v0", "v2", "v3")],
                [UP, UP, LOWER_LAYER_DOWN, DOWN], "statuses")
    check(names["lo"]["rx_packets"] >= 3, "the loopback has counted", names["lo"])
    speed = site.run("cat", "/sys/class/net/v0/speed").stdout.strip()
    check_equal((names["v0"]["speed"], names["lo"]["speed"]), (int(speed), 0), "speed, where there is one")
    if slow.returncode != 0:
        raise Skip(f"tc: {slow.stderr.strip()}")
    check(queue["v0"] > 0, "packets are waiting", queue)
    check_equal((names["v0"]["queue"], names["v1"]["queue"]), (queue["v0"], 0), "queue of the slow link, and of a free one")


def large_link(site):
    """A link with more alternative names than the kernel's usual answer has room for: it is there, and so are the others."""
    batch(site, "".join(f"link add name v{i} type veth peer name w{i}\n" for i in range(3)))
    batch(site, "".join(f"link property add dev v1 altname {i:0120}\n" for i in range(300)))
    names = site.run("ls", "/sys/class/net").stdout.split()
    found = {bytes.fromhex(row["name"]).decode() for row in dump(site, "links")["link"]}
    check_equal(found, set(names), "no link is missing")


# --- Addresses ----------------------------------------------------------------------------------------------------------------

ADDRESSES = """\
link add name v0 type veth peer name v1
link set v0 up
link set v1 up
addr add 10.1.0.1/24 brd + dev v0
addr add 10.1.0.2/24 brd + dev v0
addr add 10.1.0.3/25 dev v0
addr add 10.1.0.4/30 brd 10.1.0.4 dev v0
addr add 10.3.0.1 peer 10.3.0.2/30 dev v1
addr add 10.4.0.1 peer 10.4.0.2/32 dev v1
addr add 10.5.0.1 peer 10.5.0.2/32 dev v1
addr add 10.5.0.1 peer 10.5.0.3/24 dev v0
addr add 10.6.0.1/16 brd + dev v1
addr add 10.6.0.1/24 brd + dev v1
addr add 192.168.255.255/31 dev v1
"""


def addresses(site):
    """Primary, secondary, point-to-point, without broadcast, and the same one twice."""
    batch(site, ADDRESSES)
    rows = dump(site, "addresses")["address"]
    wanted = {}
    for link in sorted(ip_json(site, "-4", "addr"), key=lambda link: link["ifindex"]):
        for info in sorted(link["addr_info"], key=lambda info: -info["prefixlen"]):
            wanted.setdefault((info["local"],), {
                "link": link["ifindex"], "prefix": info["prefixlen"],
                "broadcast": int(info.get("broadcast", "0").rpartition(".")[2]) & 1})
    check_rows(keyed(rows, "address"), wanted, f"{len(wanted)} addresses are what `ip addr` shows")
    check_order(rows, lambda row: address_key(row["address"]), "addresses")
    of = {row["address"]: row for row in rows}
    index = {link["ifname"]: link["ifindex"] for link in ip_json(site, "link")}
    check_equal(of["10.5.0.1"]["link"], min(index["v0"], index["v1"]), "an address of two links is the lower one's")
    check_equal(of["10.6.0.1"]["prefix"], 24, "of two masks of one link it is the narrower one")
    check_equal([of[name]["broadcast"] for name in ("10.1.0.2", "10.1.0.3", "10.1.0.4", "10.4.0.1")], [1, 0, 0, 0],
                "the broadcast address's last bit, 0 where there is none")


# --- Routes -------------------------------------------------------------------------------------------------------------------

ROUTES = """\
link add name v0 type veth peer name v1
link set v0 up
link set v1 up
link add name v2 type veth peer name v3
link set v2 up
addr add 10.1.0.1/24 dev v0
addr add 10.1.0.2/24 dev v0
addr add fd00::1/64 dev v0 nodad
addr add 10.3.0.1 peer 10.3.0.2/32 dev v1
addr add 10.7.0.1/24 dev v1
route add default via 10.1.0.9 metric 200
route add default via 10.1.0.8 metric 100
route add 0.0.0.0/1 via 10.1.0.7
route add 128.0.0.0/1 via 10.1.0.7
route add 172.16.0.0/12 via 10.1.0.2
route add 172.16.0.0/24 via 10.1.0.3 metric 50
route add 172.16.0.0/24 via 10.1.0.4 metric 40
route add 172.16.0.0/24 tos 0x10 via 10.1.0.5
route add 172.17.0.0/16 nexthop via 10.1.0.2 weight 2 nexthop via 10.1.0.3 weight 7 nexthop via 10.1.0.4 weight 7
route add 172.18.0.0/16 via inet6 fd00::2 dev v0
route add 172.18.0.0/24 via inet6 fd00::2 dev v0 src 10.1.0.1
route add 46.0.0.0/8 dev v0
route add 46.1.0.0/16 dev v2
route add 46.2.0.0/16 nexthop dev v1 weight 3 nexthop via 10.1.0.2
route add 46.3.0.0/16 dev v0 src 10.1.0.2
route add blackhole 46.4.0.0/16 src 10.1.0.2
route add blackhole 172.19.0.0/16
route add unreachable 172.20.0.0/16 metric 4294967295
route add prohibit 172.21.0.0/16
route add throw 172.22.0.0/16
route add local 172.23.0.0/16 dev lo table main
route add 172.24.0.0/16 dev v1 proto static scope link
route add 172.25.0.0/16 via 10.1.0.2 proto bgp
route add 172.26.0.0/16 via 10.1.0.2 proto ospf
route add 172.27.0.0/16 via 10.1.0.2 proto isis
route add 172.28.0.0/16 via 10.1.0.2 proto rip
route add 172.29.0.0/16 via 10.1.0.2 proto babel
route add 172.30.0.0/16 via 10.1.0.2 proto 250
route add 172.31.0.0/16 via 10.1.0.2 table 100
route add 172.31.1.1 via 10.99.0.1 dev v1 onlink
"""
NOT_UNICAST = {"blackhole": OTHER, "unreachable": OTHER, "prohibit": OTHER, "throw": OTHER, "local": DIRECT}


def own_addresses(site):
    """The first primary address of each link that has one."""
    own = {}
    for link in ip_json(site, "-4", "addr"):
        for one in link["addr_info"]:
            if not one.get("secondary"):
                own.setdefault(link["ifname"], one["local"])
    return own


def wanted_route(route, index, own):
    """A route of `ip -j route` as a row."""
    hops = route.get("nexthops", [route])
    hop = max(hops, key=lambda hop: hop.get("weight", 1))
    kind = NOT_UNICAST.get(route.get("type"), INDIRECT if "gateway" in hop or "via" in hop else DIRECT)
    via = {INDIRECT: hop.get("gateway"), DIRECT: route.get("prefsrc", own.get(hop.get("dev")))}.get(kind)
    link = index.get(hop.get("dev"), 0)
    return {"prefix": int(route["dst"].partition("/")[2] or 32) if route["dst"] != "default" else 0, "link": link,
            "via": via or "0.0.0.0",
            "metric": route.get("metric", 0), "tos": int(route.get("tos", "0"), 16),
            "type": kind,
            "protocol": PROTOCOL.get(route.get("protocol", "boot"), 1)}


def preference(destination):
    """Sorts the routes to a destination, the one to be shown first."""
    sign = 1 if destination == "0.0.0.0" else -1
    return lambda row: (sign * row["prefix"], row["tos"] != 0, row["metric"])


def wanted_routes(site):
    index = {link["ifname"]: link["ifindex"] for link in ip_json(site, "link")}
    own = own_addresses(site)
    all_routes = collections.defaultdict(list)
    for route in ip_json(site, "-4", "-d", "route", "show", "table", "main"):
        destination = route["dst"].partition("/")[0].replace("default", "0.0.0.0")
        all_routes[destination,].append(wanted_route(route, index, own))
    return {key: min(rows, key=preference(*key)) for key, rows in all_routes.items()}, sum(map(len, all_routes.values()))


def routes(site):
    """Routes of every kind, several to one destination, and a table that is not the main one."""
    batch(site, ROUTES)
    rows = dump(site, "routes")["route"]
    wanted, number = wanted_routes(site)
    found = keyed(rows, "destination")
    check(number > len(wanted), f"{number} routes to {len(wanted)} destinations: some share one")
    check_rows(found, wanted, "the routes are what `ip route` shows")
    check_order(rows, lambda row: address_key(row["destination"]), "routes")
    check(("172.31.0.0",) not in found, "no route of another table")
    check_equal([found[name,]["via"] for name in ("0.0.0.0", "172.16.0.0", "172.17.0.0", "172.18.0.0", "10.1.0.0")],
                ["10.1.0.8", "10.1.0.4", "10.1.0.3", "0.0.0.0", "10.1.0.1"],
                "the default route of the lowest metric, the longest prefix of no type of service, the weightiest hop")
    check_equal((found["172.18.0.0",]["type"], found["172.18.0.0",]["prefix"]), (INDIRECT, 24),
                "a gateway of another family is one, though the route names an own address")
    check_equal([found[f"46.{i}.0.0",]["via"] for i in range(5)], ["10.1.0.1", "0.0.0.0", "10.3.0.1", "10.1.0.2", "0.0.0.0"],
                "direct: the link's first address, which it may not have, or the one that the route names; none of a blackhole")
    ip(site, "rule", "add", "from", "1.2.3.4", "lookup", "100")
    check_equal(dump(site, "routes")["route"], rows, "the same when the kernel keeps local routes apart")


DEAD = """\
link add name v0 type veth peer name v1
link add name v2 type veth peer name v3
link set v0 up
link set v1 up
link set v2 up
link set v3 up
addr add 10.1.0.1/24 dev v0
addr add 10.2.0.1/24 dev v2
route add default via 10.1.0.2 metric 10
route add default via 10.2.0.2 metric 20
route add 172.16.0.0/24 via 10.1.0.2
route add 172.16.0.0/16 via 10.2.0.2
route add 172.17.0.0/16 metric 10 nexthop via 10.1.0.2 nexthop via 10.1.0.3
route add 172.17.0.0/16 metric 20 via 10.2.0.2
link set v1 down
"""


NO_CARRIER = """\
link add name v0 type veth peer name v1
link add name v2 type veth peer name v3
link set v0 up
link set v1 up
link set v2 up
link set v3 up
addr add 10.1.0.1/24 dev v0
addr add 10.2.0.1/24 dev v2
route add 172.16.0.0/16 nexthop via 10.2.0.2 weight 2 nexthop via 10.1.0.2 weight 9
link set v1 down
"""


def no_carrier(site):
    """A hop without a carrier is used as before unless the kernel is told not to, and then it is not shown."""
    batch(site, NO_CARRIER)
    wait_for("a hop has no carrier", lambda: "linkdown" in ip(site, "route", "show", "172.16.0.0/16"))
    for ignored, wanted in (("0", "10.1.0.2"), ("1", "10.2.0.2")):
        for name in ("all", "v0"):
            if site.run("sysctl", "-w", f"net.ipv4.conf.{name}.ignore_routes_with_linkdown={ignored}").returncode != 0:
                raise Skip("no net.ipv4.conf.all.ignore_routes_with_linkdown here")
        found = {row["destination"]: row["via"] for row in dump(site, "routes")["route"]}
        check_equal(found["172.16.0.0"], wanted, f"the weightiest hop that is used, ignore_routes_with_linkdown {ignored}")


def dead_routes(site):
    """A link without a carrier, and the kernel told not to use its routes: a row is the route that it uses instead."""
    if site.run("sysctl", "-w", "net.ipv4.conf.all.ignore_routes_with_linkdown=1").returncode != 0:
        raise Skip("no net.ipv4.conf.all.ignore_routes_with_linkdown here")
    batch(site, DEAD)
    wait_for("four routes are dead", lambda: ip(site, "route").count(" dead") >= 4)
    found = {row["destination"]: row for row in dump(site, "routes")["route"]}
    for destination in ("0.0.0.0", "172.16.0.0", "172.17.0.0"):
        (used,) = ip_json(site, "route", "get", "8.8.8.8" if destination == "0.0.0.0" else destination)
        check_equal(found[destination]["via"], used["gateway"], f"{destination}: as `ip route get` says")
    check_equal((found["10.1.0.0"]["type"], found["10.1.0.0"]["prefix"]), (DIRECT, 24), "a dead one that is alone stays")


NEXTHOPS = """\
link add name v0 type veth peer name v1
link set v0 up
link set v1 up
addr add 10.1.0.1/24 dev v0
addr add 10.2.0.1/24 dev v1
addr add fd00::1/64 dev v0 nodad
nexthop add id 70000 via 10.1.0.2 dev v0
nexthop add id 3 via 10.1.0.3 dev v0
nexthop add id 4 via fd00::4 dev v0
nexthop add id 5 dev v1
nexthop add id 6 blackhole
nexthop add id 7 group 70000,2/3,5
route add 172.16.0.0/16 nhid 70000
route add 172.17.0.0/16 nhid 4
route add 172.18.0.0/16 nhid 5
route add 172.19.0.0/16 nhid 6
route add 172.20.0.0/16 nhid 7
route add 172.21.0.0/16 via 10.1.0.9
"""


def nexthops(site):
    """Routes that name nexthop objects, with the hop beside the name, and with the name alone."""
    batch(site, NEXTHOPS)
    told = {}
    for mode in "10":
        if site.run("sysctl", "-w", f"net.ipv4.nexthop_compat_mode={mode}").returncode != 0:
            raise Skip("no net.ipv4.nexthop_compat_mode here")
        told[mode] = ip(site, "route", "show", "172.16.0.0/16")
        found = {row["destination"]: (row["type"], row["via"]) for row in dump(site, "routes")["route"]}
        check_equal(found, {
            "10.1.0.0": (DIRECT, "10.1.0.1"), "10.2.0.0": (DIRECT, "10.2.0.1"), "172.16.0.0": (INDIRECT, "10.1.0.2"), "172.17.0.0": (INDIRECT, "0.0.0.0"),
            "172.18.0.0": (DIRECT, "10.2.0.1"), "172.19.0.0": (OTHER, "0.0.0.0"), "172.20.0.0": (INDIRECT, "10.1.0.3"),
            "172.21.0.0": (INDIRECT, "10.1.0.9")}, f"routes, nexthop_compat_mode {mode}")
    check(told["0"] != told["1"], "the kernel has told them in two ways", told)


def no_table(site):
    """A namespace whose loopback was never up has no main table at all: that is no route, and no fault."""
    subprocess.run(["ip", "netns", "add", f"{site.netns}-new"], check=True)
    try:
        done = subprocess.run(["ip", "netns", "exec", f"{site.netns}-new", DUMP, "routes"], capture_output=True, text=True)
        check_equal((done.returncode, done.stdout.strip(), done.stderr.strip()),
                    (0, "table name=routes source=rtnetlink rows=0 cut=0", ""), "a table without rows")
    finally:
        subprocess.run(["ip", "netns", "del", f"{site.netns}-new"])


def many_routes(site):
    """More routes than one answer of the kernel holds, added in no order."""
    count = 20000
    batch(site, "link add name v0 type veth peer name v1\nlink set v0 up\nlink set v1 up\naddr add 10.1.0.1/24 dev v0\n" +
          "".join(f"route add 20.{i * 7919 % count >> 8}.{i * 7919 % count & 255}.0/24 via 10.1.0.2\n" for i in range(count)))
    rows = dump(site, "routes")["route"]
    check_equal(len(rows), count + 1, "all routes are there")
    check_order(rows, lambda row: address_key(row["destination"]), "routes")
    found = dump(site, "-m", "1000", "routes")
    check_equal(found["route"], rows[:1000], "cut, the first ones stay")
    check_equal([found["table"][0]["cut"], dump(site, "routes")["table"][0]["cut"]], [1, 0], "that it was cut shows")


# --- Neighbours ---------------------------------------------------------------------------------------------------------------

NEIGHBOURS = """\
link add name v0 type veth peer name v1
link set v0 up
link set v1 up
addr add 10.1.0.1/24 dev v0
addr add 10.2.0.1/24 dev v1
neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev v0 nud permanent
neigh add 10.1.0.2 lladdr 02:00:00:00:00:22 dev v1 nud stale
neigh add 10.1.0.3 lladdr 02:00:00:00:00:03 dev v0 nud stale
neigh add 10.1.0.4 lladdr 02:00:00:00:00:04 dev v0 nud noarp
neigh add 10.1.0.5 dev v0 nud failed
neigh add proxy 10.1.0.6 dev v0
"""


def neighbour_type(states):
    if {"INCOMPLETE", "FAILED"} & set(states):
        return 2
    return 4 if "PERMANENT" in states else 3


def neighbours(site):
    """Permanent, learnt, failed and unfinished ones; not those that need no resolution, nor proxied addresses."""
    batch(site, NEIGHBOURS)
    send(site, "10.1.0.77", 1)
    rows = dump(site, "neighbours")["neighbour"]
    index = {link["ifname"]: link["ifindex"] for link in ip_json(site, "link")}
    wanted = {(index[row["dev"]], row["dst"]): {"hardware": row.get("lladdr", "").replace(":", ""),
                                               "type": neighbour_type(row["state"])}
              for row in ip_json(site, "-4", "neigh")}
    check_rows(keyed(rows, "link", "address"), wanted, f"{len(wanted)} neighbours are what `ip neigh` shows")
    check_order(rows, lambda row: (row["link"], address_key(row["address"])), "neighbours")
    of = {row["address"]: row for row in rows}
    check_equal((of["10.1.0.5"]["type"], of["10.1.0.77"]["type"]), (2, 2), "those without an address are invalid")
    check_equal([name for name in ("10.1.0.4", "10.1.0.6") if name in of], [], "no NOARP, no proxy")


# --- Sockets ------------------------------------------------------------------------------------------------------------------

STREETS = """\
link add name v0 type veth peer name v1
link set v0 up
link set v1 up
addr add 10.1.0.1/24 dev v0
addr add fd00::1/64 dev v0 nodad
addr add fe80::1/64 dev v0 nodad
addr add fe80::1/64 dev v1 nodad
neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev v0 nud permanent
neigh add fd00::2 lladdr 02:00:00:00:00:02 dev v0 nud permanent
"""


def hold_sockets(site):
    batch(site, STREETS)
    holder = subprocess.Popen(site.inside("python3", "-B", harness.HERE / "sockets.py"), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, preexec_fn=harness.die_with_parent)
    if holder.stdout.readline() != "ready\n":
        raise Failure("the sockets cannot be made")
    return holder


def end_of(text):
    """Address and port as ss prints them: 127.0.0.1:22, [::1]:22, *:22, 0.0.0.0%lo:22."""
    address, _, port = text.rpartition(":")
    address = address.partition("%")[0].strip("[]")
    return "::" if address == "*" else address, 0 if port == "*" else int(port)


def device_of(text):
    """The device of an end: lo in 0.0.0.0%lo:22, None in [::]:22."""
    return text.partition("%")[2].partition(":")[0].rstrip("]") or None


def ss_words(site, *options):
    return [line.split()[:5] for line in site.run("ss", "-nH", *options).stdout.splitlines()]


def ss_memory(site, *options):
    """Queues, local end, and the memory and drops of each socket: r, rb, d ..."""
    for line in site.run("ss", "-nHOm", *options).stdout.splitlines():
        _, receive, send, local, *rest = line.split()
        memory = re.search(r"skmem:\(([^)]*)\)", " ".join(rest))[1]
        yield int(receive), int(send), local, {name: int(number) for name, number in re.findall(r"([a-z]+)(\d+)", memory)}


def ss(site, *options):
    """The lines of ss: state, receive queue, send queue, local end, remote end."""
    for state, receive, send, local, remote in ss_words(site, *options):
        yield state, int(receive), int(send), end_of(local), end_of(remote)


def ipv4_end(text):
    """The same for an end that is of IPv4, of whatever socket; else None. * is what an IPv6 socket has that takes both."""
    address, _, port = text.rpartition(":")
    address = address.partition("%")[0].strip("[]")
    address = "0.0.0.0" if address == "*" else address.removeprefix("::ffff:")
    return (address, 0 if port == "*" else int(port)) if "." in address else None


def ss_ipv4(site, *options):
    """State and ends of all sockets that talk IPv4, or may."""
    for family in ("-4", "-6"):
        for state, _, _, local, remote in ss_words(site, family, *options):
            if ipv4_end(local):
                yield state, ipv4_end(local), ipv4_end(remote)


def only_by_ipv6(site, option):
    """Ports of IPv6 sockets on :: that take IPv4 too, without an IPv4 socket on 0.0.0.0 beside them: procfs does not tell."""
    both, own = (re.findall(pattern, site.run("ss", "-nH", option, family).stdout)
                 for family, pattern in (("-6", r" \*:(\d+) "), ("-4", r" 0\.0\.0\.0:(\d+) ")))
    return {int(port) for port in both} - {int(port) for port in own}


def wanted_states(site):
    wanted = {(family, state): {"sockets": 0, "unread": 0, "receive": 0, "send": 0}
              for family in (V4, V6) for state in STATE.values()}
    for family, option in ((V4, "-4"), (V6, "-6")):
        for state, receive, send, _, _ in ss(site, "-ta", option):
            row = wanted[family, STATE[state]]
            row["sockets"] += 1
            if state != "LISTEN":
                row["unread"] += receive > 0
                row["receive"] += receive
                row["send"] += send
    return wanted


def listener_key(family, address, link, port):
    """Of a row: InetAddressType is another one with a zone."""
    return family + (2 if link else 0), address, link, port


def listeners_of(family, address, link, port):
    """Those that may have taken a connection, as the kernel looks for them."""
    everywhere = ["0.0.0.0"] if family == V4 else ["::ffff:0.0.0.0", "::"] if "." in address else ["::"]
    for addresses in ([address], everywhere):
        for zone in (link, 0):
            for at in addresses:
                yield listener_key(family, at, zone, port)


def wanted_listeners(site):
    """Listeners by their end and device, with the connections that came by them."""
    wanted = {}
    index = {link["ifname"]: link["ifindex"] for link in ip_json(site, "link")}
    for family, option in ((V4, "-4"), (V6, "-6")):
        for queue, most, local, memory in ss_memory(site, "-tl", option):
            address, port = end_of(local)
            row = wanted.setdefault(listener_key(family, address, index.get(device_of(local), 0), port), {
                "sockets": 0, "queue": 0, "max": 0, "full": 0, "established": 0, "syn_received": 0, "use": 0, "drops": 0})
            for name, number in (("sockets", 1), ("queue", queue), ("max", most), ("full", queue > most), ("drops", memory["d"])):
                row[name] += number
            row["use"] = max(row["use"], 10000 * queue // (most + 1))
        for state, _, _, local, _ in ss_words(site, "-ta", option):
            address, port = end_of(local)
            keys = listeners_of(family, address, index.get(device_of(local), 0), port)
            row = next((wanted[key] for key in keys if key in wanted), None)
            if row and state in ("ESTAB", "SYN-RECV"):
                row["established" if state == "ESTAB" else "syn_received"] += 1
    return wanted


def wanted_datagrams(site):
    """UDP sockets by their end and device."""
    wanted = {}
    index = {link["ifname"]: link["ifindex"] for link in ip_json(site, "link")}
    for family, option in ((V4, "-4"), (V6, "-6")):
        for receive, send, local, memory in ss_memory(site, "-ua", option):
            address, port = end_of(local)
            row = wanted.setdefault(listener_key(family, address, index.get(device_of(local), 0), port), {
                "sockets": 0, "receive": 0, "limit": 0, "send": 0, "use": 0, "drops": 0})
            for name, number in (("sockets", 1), ("receive", receive), ("limit", memory["rb"]), ("send", send), ("drops", memory["d"])):
                row[name] += number
            row["use"] = max(row["use"], 10000 * memory["r"] // memory["rb"])
    return wanted


ONLY_SOCK_DIAG = {"listener": {"max", "full", "use", "drops"}, "datagrams": {"limit", "use"}}


def without_devices(what, bound):
    """Listeners or UDP sockets as procfs tells them: those of one address and port are one row, without what it does not tell."""
    merged = {}
    for (kind, address, _, port), row in bound.items():
        sums = merged.setdefault(((kind - 1) % 2 + 1, address, 0, port), {})
        for name, number in row.items():
            if name not in ONLY_SOCK_DIAG[what]:
                sums[name] = sums.get(name, 0) + number
    return merged


def shown_by_ss(site):
    """What all five tables must be."""
    return {"connections": {(*local, *remote): {"state": STATE[state]} for state, local, remote in ss_ipv4(site, "-ta")},
            "endpoints": {local: {} for _, local, _ in ss_ipv4(site, "-ua")},
            "states": wanted_states(site), "listeners": wanted_listeners(site), "datagrams": wanted_datagrams(site)}


def compare(found, wanted):
    """One reading of all tables against ss."""
    for table, kind, option, index in (
            ("connections", "connection", "-tan, of IPv4,", ("local", "local_port", "remote", "remote_port")),
            ("endpoints", "endpoint", "-uan, of IPv4,", ("local", "local_port")),
            ("states", "state", "-tan, counted,", ("type", "state")),
            ("listeners", "listener", "-ltnm", ("type", "address", "link", "port")),
            ("datagrams", "datagrams", "-uanm", ("type", "address", "link", "port"))):
        check_rows(keyed(found[kind], *index), wanted[table], f"{len(wanted[table])} {table} are what ss {option} shows")


def queues(site):
    return lambda: site.run("ss", "-tuanmH").stdout


SOCKET_TABLES = ("connections", "endpoints", "states", "listeners", "datagrams")


def sockets(site):
    """Sockets in many states, both families, shared ports, full queues: against ss, and sock_diag against procfs."""
    with hold_sockets(site) as holder:
        diag, wanted = steady(queues(site), lambda: (dump(site, *SOCKET_TABLES), shown_by_ss(site)))
        check_equal({row["source"] for row in diag["table"]}, {"sock_diag"}, "sock_diag is what is read")
        check_equal(diag["dumps"], [{"of_sockets": 4}], "by four dumps: one for each family and protocol")
        compare(diag, wanted)
        states, listeners = wanted["states"], wanted["listeners"]
        missing = [state for state in STATE.values() if states[V4, state]["sockets"] == 0]
        check_equal(missing, [STATE["UNCONN"], STATE["CLOSING"]], "all states that can be made to last are there")
        check(any(row["full"] for row in listeners.values()), "one listener is full")
        check_equal(listeners[V4, "0.0.0.0", 0, 2011]["syn_received"], 5, "half-open connections of a listener")
        check_equal((listeners[V6, "::", 0, 2020]["established"], listeners[V6, "::", 0, 2020]["syn_received"]), (3, 2),
                    "IPv4 connections of an IPv6 listener are its own")
        of_ipv4 = listeners[V6, "::ffff:0.0.0.0", 0, 2021]
        check_equal((of_ipv4["established"], of_ipv4["syn_received"]), (2, 3), "and those of one for all of IPv4")
        check_order(diag["connection"], lambda row: (address_key(row["local"]), row["local_port"],
                                                     address_key(row["remote"]), row["remote_port"]), "connections")
        for name in ("listener", "datagrams"):
            check_order(diag[name], lambda row: (row["type"], address_key(row["address"]), row["link"], row["port"]), name)
        index = {link["ifname"]: link["ifindex"] for link in ip_json(site, "link")}
        shown = {key: (row["queue"], row["max"], row["full"], row["established"]) for key, row in listeners.items()}
        for family, at in ((V4, "0.0.0.0"), (V6, "::")):
            check_equal([shown[listener_key(family, at, index[name], 2040)] for name in ("lo", "v0")],
                        [(4, 3, 1, 4), (0, 100, 0, 0)], f"{at}: full on one device, and not on the other")
        own, *others = [shown[key][3] for key in ((1, "127.0.0.1", 0, 2041), (3, "0.0.0.0", index["lo"], 2041), (1, "0.0.0.0", 0, 2041))]
        check_equal((own, sum(others)), (1, 2), "the own address goes before any, with a device and without")
        check_equal([shown[4, "fe80::1", index[name], 2043][3] for name in ("v0", "v1")], [1, 1], "a link-local address has its zone")
        check_equal(shown[2, "::", 0, 2042][3], 2, "connections of link-local addresses by a listener of any")
        connections, endpoints = wanted["connections"], wanted["endpoints"]
        check_equal([("0.0.0.0", port, "0.0.0.0", 0) in connections for port in (2020, 2010, 2021, 2023)], [True] * 4,
                    "listeners on :: that take IPv4, and on ::ffff:0.0.0.0, are listeners of IPv4")
        check_equal([("0.0.0.0", port) in endpoints for port in (2034, 2035)], [True, False], "so is a UDP socket, if it may")
        check_equal([("127.0.0.1", port) in endpoints for port in (2036, 2037)], [True, False], "and one that has an IPv4 address")
        of_udp = wanted["datagrams"]
        check_equal([of_udp[listener_key(V4, "0.0.0.0", index[name], 2039)]["receive"] > 0 for name in ("lo", "v0")], [True, False],
                    "a datagram is at the socket that is bound to its device")
        check_equal([of_udp[1, "127.0.0.1", 0, port]["drops"] > 0 for port in (2031, 2038)], [False, True], "one UDP socket has dropped")
        mapped = {row["state"] for row in diag["connection"] if row["local_port"] in (2020, 2021, 2022)}
        check_equal(mapped, {STATE[name] for name in ("LISTEN", "ESTAB", "SYN-RECV", "TIME-WAIT")}, "their connections are there")
        same_from_procfs(site, "chosen", lambda: dump(site, "-p", *SOCKET_TABLES))
        denied(site)
        holder.stdin.close()


def same_from_procfs(site, why, read):
    def both():
        return dump(site, *SOCKET_TABLES), read()
    diag, proc = steady(queues(site), both)
    listening, unconnected = only_by_ipv6(site, "-tl"), only_by_ipv6(site, "-ua")
    check(listening and unconnected, f"{why}: IPv6 sockets take IPv4, which procfs does not tell", (listening, unconnected))
    diag["connection"] = [row for row in diag["connection"]
                          if not (row["local"] == "0.0.0.0" and row["local_port"] in listening)]
    diag["endpoint"] = [row for row in diag["endpoint"]
                        if not (row["local"] == "0.0.0.0" and row["local_port"] in unconnected)]
    check_equal({row["source"] for row in proc["table"]}, {"procfs"}, f"{why}: procfs is what is read")
    check(all(why in row.get("fallback", "") for row in proc["table"]), f"{why}: and why", proc["table"])
    for kind in ("listener", "datagrams"):
        check_equal({name for row in proc[kind] for name in row} & ONLY_SOCK_DIAG[kind], set(),
                    f"{why}: {kind} without {', '.join(sorted(ONLY_SOCK_DIAG[kind]))}")
        proc[kind], diag[kind] = (
            without_devices(kind, {(row.pop("type"), row.pop("address"), row.pop("link"), row.pop("port")): row for row in rows})
            for rows in (proc[kind], diag[kind]))
    check(any(row.get("drops") for row in proc["datagrams"].values()), f"{why}: a UDP socket has drops")
    for name in ("connection", "endpoint", "state", "listener", "datagrams"):
        check_equal(proc[name], diag[name], f"{why}: {len(proc[name])} rows of {name} are the same as from sock_diag")


COMING_AND_GOING = """
import socket, struct
servers = [(socket.create_server((at, 4000), family=family, backlog=1000), family, to) for family, at, to in
           ((socket.AF_INET, "0.0.0.0", "127.0.0.1"), (socket.AF_INET6, "::", "::1"))]
reset = struct.pack("ii", 1, 0)
print("ready", flush=True)
while True:
    ends = []
    for _ in range(100):
        for server, family, to in servers:
            client = socket.socket(family)
            client.connect((to, 4000))
            ends += [client, server.accept()[0]]
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        end.close()
"""


def agree(found):
    """Whether the tables of one reading tell of the same connections."""
    counted = collections.Counter(row["state"] for row in found["connection"])
    states = {row["state"]: row["sockets"] for row in found["state"] if row["type"] == V4 and row["sockets"]}
    served = [row for row in found["connection"] if row["local_port"] == 4000 and row["state"] == STATE["ESTAB"]]
    taken = sum(row["established"] for row in found["listener"] if row["type"] == V4)
    return (states, taken) == (counted, len(served)) or (states, taken, counted, len(served))


def one_instant(site):
    """Connections come and go all the time: the tables of one survey have the same of them in every reading."""
    busy = subprocess.Popen(site.inside("python3", "-B", "-c", COMING_AND_GOING), stdout=subprocess.PIPE, text=True,
                            preexec_fn=harness.die_with_parent)
    try:
        check_equal(busy.stdout.readline(), "ready\n", "connections come and go")
        readings = [dump(site, "connections", "states", "listeners") for _ in range(30)]
    finally:
        busy.kill()
        busy.wait()
    check(len({len(found["connection"]) for found in readings}) > 1, "their number is another one now and then")
    check_equal([agree(found) for found in readings], [True] * len(readings), "connections, states and listeners always agree")
    check_equal({found["dumps"][0]["of_sockets"] for found in readings}, {2}, "each reading is a dump for each family")


# --- Without sock_diag --------------------------------------------------------------------------------------------------------

SOCKET_CALL = {"x86_64": 41, "aarch64": 198}
AF_NETLINK, NETLINK_SOCK_DIAG, EPERM = 16, 4, 1
ALLOW, ERRNO = 0x7fff0000, 0x00050000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2


def deny_sock_diag(call):
    """In the child: from here on the kernel refuses socket(AF_NETLINK, ..., NETLINK_SOCK_DIAG), as a service's filter may."""
    program = b"".join(struct.pack("HBBI", *line) for line in (
        (LOAD, 0, 0, 0), (EQUAL, 0, 5, call),
        (LOAD, 0, 0, 16), (EQUAL, 0, 3, AF_NETLINK),
        (LOAD, 0, 0, 32), (EQUAL, 0, 1, NETLINK_SOCK_DIAG),
        (RETURN, 0, 0, ERRNO | EPERM), (RETURN, 0, 0, ALLOW)))
    room = ctypes.create_string_buffer(program, len(program))
    libc = ctypes.CDLL(None, use_errno=True)
    bpf = struct.pack("HL", len(program) // 8, ctypes.addressof(room))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, FILTER, bpf, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def denied(site):
    call = SOCKET_CALL.get(platform.machine())
    if call is None:
        raise Skip(f"no number of the call socket() for {platform.machine()}")
    same_from_procfs(site, os.strerror(EPERM),
                     lambda: dump(site, *SOCKET_TABLES, preexec_fn=lambda: deny_sock_diag(call)))


if __name__ == "__main__":
    if not os.access(DUMP, os.X_OK):
        print(f"skipped: needs {DUMP}; build it or set DUMP_TABLES")
        raise SystemExit(77)
    harness.main(links, large_link, addresses, routes, no_carrier, dead_routes, nexthops, no_table, many_routes, neighbours, sockets,
                 one_instant)
