#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it takes to ask many hosts at once, against one after the other. `make bench` runs it. Needs root.

All are addresses of one namespace, which one snmpd serves: so this is what it takes at least, with no way in between.

Environment: TCPEXTD (the agent; snmpnstat is beside it), MIB_ROOT (root of LINUX-TCPEXT-MIB).
"""
import pathlib
import signal
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness

CLIENT = harness.AGENT.parent / "snmpnstat"
HOSTS, SILENT, ONES = 1000, 30, 50
PAIRS = 7


def took(site, wanted, *argv):
    """Seconds. Its last line must end so."""
    begin = time.monotonic()
    done = site.run(*argv, timeout=120)
    seconds = time.monotonic() - begin
    if not done.stdout.endswith(wanted):
        sys.exit(f"bench: {done.stdout[-200:]}{done.stderr}")
    return seconds


def main():
    with harness.Site("bench") as site:
        site.udp = ("udp:0.0.0.0:161",)
        site.snmpd()
        site.agent()
        hosts = [f"127.1.{i // 250}.{i % 250 + 1}" for i in range(HOSTS)]
        at_once = (CLIENT, *harness.V2C, "--health", "-f", site.write("hosts", "\n".join(hosts)))
        in_turn = ("sh", "-c", 'for host; do "$0" -v2c -c public --health "$host"; done', CLIENT, *hosts[:ONES])
        ratios = []
        for _ in range(PAIRS):
            many = took(site, f" {HOSTS} well.\n", *at_once)
            ratios.append(many / HOSTS / (took(site, " not known.\n", *in_turn) / ONES))
        print(f"{HOSTS} hosts at once: {many:.2f} s, a host {statistics.median(ratios):.2f} of one after the other (target at most 0.3)", flush=True)
        site.write("hosts", "\n".join(hosts[SILENT:] + [f"{host}:9" for host in hosts[:SILENT]]))
        print(f"the same with {SILENT} that are silent: {took(site, ' well.' + chr(10), *at_once):.2f} s (target below 5)", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
