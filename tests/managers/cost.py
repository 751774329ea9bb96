#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a poll costs: packets and octets of IP on the wire, and time, for the table of tcpextd-managers(7). Run by hand, as root, on an idle machine."""

import json
import statistics
import time

import managers  # noqa: F401 # where the harness is
import harness
from harness import OBJECTS, V2C, V3

TIMES = 21
MAC_HEADER = 14  # what the loopback counts beside the packet


def read_objects():
    with open(harness.SOURCE / "mibs/rows.json", encoding="ascii") as file:
        rows = json.load(file)
    scalars = [f"{harness.ROOT}.{row['oid']}.0" for row in rows["scalars"] + rows["counters"]
               if row["mib"] == "LINUX-TCPEXT-MIB" and not row.get("per_type")]
    return [oid for oid in scalars if oid.startswith(f"{OBJECTS}.35.")], scalars


def count(site):
    sent = json.loads(site.run("ip", "-s", "-j", "link", "show", "lo").stdout)[0]["stats64"]["tx"]
    return sent["packets"], sent["bytes"]


def measure(site, *argv):
    """Packets, octets and the median time of one call, less what a call of snmpget takes to start."""
    spent = []
    site.run(*argv)
    before = count(site)
    for _ in range(TIMES):
        began = time.perf_counter()
        site.run(*argv)
        spent.append(time.perf_counter() - began)
    packets, octets = (after - start for after, start in zip(count(site), before))
    return packets / TIMES, (octets - MAC_HEADER * packets) / TIMES, statistics.median(spent) * 1000


def main():
    health, scalars = read_objects()
    with harness.Site("cost") as site:
        site.snmpd()
        site.agent("threshold defaults\nhealthWindow 1\n")
        time.sleep(3)
        start = measure(site, "snmpget", "-V")[2]
        for title, tool, oids in (
                ("GET healthActive", "snmpget", [f"{OBJECTS}.37.1.0"]),
                (f"GET {len(health)} values of health", "snmpget", health),
                (f"GET {len(scalars)} scalars, 60 a request", "snmpget", scalars),
                ("walk of healthTable", "snmpbulkwalk", [f"{OBJECTS}.36"]),
                ("walk of tcpListenTable", "snmpbulkwalk", [f"{OBJECTS}.20"]),
                ("walk of tcpStateTable", "snmpbulkwalk", [f"{OBJECTS}.18"]),
                ("walk of nstatValue", "snmpbulkwalk", [f"{OBJECTS}.2.1.3"]),
                ("walk of LINUX-TCPEXT-MIB", "snmpbulkwalk", [OBJECTS])):
            for how, version in ((V2C, "v2c"), (V3, "v3")):
                flags = ("-Cr50",) if tool == "snmpbulkwalk" else ()
                requests = [oids[i:i + 60] for i in range(0, len(oids), 60)]
                costs = [measure(site, tool, *how, "-On", *flags, site.udp[0], *some) for some in requests]
                packets, octets, spent = map(sum, zip(*costs))
                print(f"{title:40} {version:4} {packets:7.1f} packets {octets:9.0f} octets {spent - start * len(requests):8.1f} ms")


if __name__ == "__main__":
    main()
