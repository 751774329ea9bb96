#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A group of MIB-II that has nothing to show is left to snmpd, and taken back; the session and the other groups stay."""

import contextlib
import re
import subprocess
import threading

import harness
import test_tables as tables
from harness import MIB2, OBJECTS, Failure, check, check_equal, wait_for

IP, TCP, UDP = (f"{MIB2}.{oid}.0" for oid in ("4.3", "6.10", "7.1"))
OURS = 4000000001  # a number that nobody has from anywhere else
SNMP = """\
Ip: Forwarding InReceives
Ip: 1 {0}
Tcp: RtoMin InSegs
Tcp: 200 {0}
"""
WITH_UDP = SNMP + "Udp: InDatagrams\nUdp: {0}\n"
NETSTAT = "TcpExt: SyncookiesSent\nTcpExt: {0}\n"
ROUNDS = 25  # of going and coming under walks


def start(site, conf, begin=harness.Site.agent):
    give(site, WITH_UDP)
    site.write("proc/net/netstat", NETSTAT.format(OURS))
    return begin(site, f"procRoot {site.folder}/proc\nrefreshInterval 0.1\n{conf}")


def give(site, snmp):
    site.write("proc/net/snmp", snmp.format(OURS))


def get(site, oid):
    """Of a group that may go. None at that moment: what is asked then gets genErr."""
    with contextlib.suppress(Failure):
        return site.get(oid)[0]
    return None


def udp(site):
    return get(site, UDP)


def is_ours(value):
    return value is not None and value.value == OURS


def others(site):
    """Those that are to stay."""
    return [value.value for value in site.get(IP, TCP, f"{OBJECTS}.8.1.0")]


def is_snmpds(value):
    return value is not None and value.syntax == "Counter32" and value.value != OURS


def modules(site):
    """The groups with a row of ours in sysORTable."""
    texts = [value.value for _, value in site.walk(f"{MIB2}.1.9.1.3")]
    return sorted(re.search(r"(\w+)(?: group)?(?:,|: all)", text)[1] for text in texts if text.endswith("by tcpextd"))


def lines(agent, pattern):
    return [line for line in agent.log() if re.search(pattern, line)]


def leave(site, agent):
    give(site, SNMP)
    agent.wait_log("the group udp has had nothing to show for 1 s: managers see snmpd's own until it has")
    return wait_for(lambda: f"snmpd's own udpInDatagrams, not {udp(site)}", lambda: is_snmpds(udp(site)))


def come_and_go(site):
    """The lines of Udp go for longer than maxAge, and come again."""
    site.snmpd()
    agent = start(site, "maxAge 1\nregister ip tcp udp tcpext\n")
    all_rows = modules(site)
    check_equal((is_ours(udp(site)), others(site)), (True, [OURS] * 3), "ours")
    leave(site, agent)
    check_equal(others(site), [OURS] * 3, "the other groups stay")
    walked = dict(site.walk(f"{MIB2}.7", repetitions=20))
    check(is_snmpds(walked.get(UDP, harness.NO_OBJECT)), "a walk sees snmpd's own as well", walked)
    wait_for("the row of sysORTable goes", lambda: len(modules(site)) == len(all_rows) - 1)
    give(site, WITH_UDP)
    wait_for("ours again", lambda: is_ours(udp(site)))
    agent.wait_log("the group udp has something to show again")
    wait_for("its row of sysORTable", lambda: modules(site) == all_rows)
    check_equal(others(site), [OURS] * 3, "the other groups")
    check_equal((len(lines(agent, "the group udp")), len(lines(agent, "connected to|lost"))), (2, 1), "two lines in the log, and one session")


def new_session(site):
    """snmpd is another one, or tcpextd.conf, while the group is left: it is left again, of which the log says nothing more."""
    snmpd = site.snmpd()
    agent = start(site, "maxAge 1\nagentXPingInterval 3\nregister ip tcp udp tcpext\n")
    leave(site, agent)
    snmpd.kill()
    site.snmpd()
    site.wait_served(agent)
    wait_for("snmpd's own", lambda: is_snmpds(udp(site)))
    path = site.folder / "tcpextd.conf"
    path.write_text(path.read_text().replace("register ip tcp", "register tcp"))
    agent.send(harness.signal.SIGHUP)
    agent.wait_log("configuration read again")
    wait_for("ip is snmpd's, and udp", lambda: is_snmpds(get(site, IP)) and is_snmpds(udp(site)))
    give(site, WITH_UDP)
    wait_for("ours again", lambda: is_ours(udp(site)))
    check_equal(len(lines(agent, "the group udp")), 2, "two lines in the log")


def table(site):
    """A table that cannot be read goes likewise."""
    site.snmpd()
    agent = start(site, "maxAge 1\n", tables.denied_agent)
    row, snmpds = f"{MIB2}.7.5.1.2.10.0.0.1.4242", f"{MIB2}.7.5.1.2.127.0.0.1.161"
    check_equal(site.get(snmpds), [harness.NO_INSTANCE], "none")
    wait_for("snmpd's row", lambda: get(site, snmpds) == harness.Value("INTEGER", 161))
    check(is_ours(udp(site)), "the scalars of udp stay")
    site.write("proc/net/udp", "head\n  1: 0100000A:1092 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 1\n")
    wait_for("ours", lambda: get(site, row) == harness.Value("INTEGER", 4242))
    check_equal(site.get(snmpds), [harness.NO_INSTANCE], "and none of snmpd's")
    check_equal(len(lines(agent, "the group udpTable")), 2, "two lines in the log")


class Walker(threading.Thread):
    """A manager that walks on and on."""

    def __init__(self, site, number):
        super().__init__(daemon=True)
        self.site, self.number = site, number
        self.stop, self.walked = False, 0

    def run(self):
        where = (f"{MIB2}.7", MIB2, f"{MIB2}.6", ".1.3")[self.number]
        while not self.stop:
            with contextlib.suppress(Failure, subprocess.SubprocessError):
                self.walked += len(self.site.walk(where, repetitions=5 * (self.number + 1))) > 0


def under_walks(site):
    """Again and again while four managers walk in bulk: snmpd lives, and so does the session."""
    snmpd = site.snmpd()
    agent = start(site, "maxAge 0.2\nregister ip tcp udp tcpext udpTable\n")
    walkers = [Walker(site, number) for number in range(4)]
    for walker in walkers:
        walker.start()
    for number in range(1, ROUNDS + 1):
        for snmp, pattern in ((SNMP, "udp has had nothing to show"), (WITH_UDP, "udp has something to show")):
            give(site, snmp)
            wait_for(f"round {number}: {pattern}", lambda: len(lines(agent, pattern)) == number or not snmpd.alive())
        if not snmpd.alive():
            break
    for walker in walkers:
        walker.stop = True
    for walker in walkers:
        walker.join()
    check(snmpd.alive(), "snmpd lives", snmpd.output.read_text()[-500:])
    check_equal(len(lines(agent, "the group udp")), 2 * ROUNDS, "all changes")
    check(all(walker.walked > 0 for walker in walkers), "walks went through", [walker.walked for walker in walkers])
    wait_for("ours", lambda: is_ours(udp(site)))
    check_equal((others(site), len(lines(agent, "connected to|lost"))), ([OURS] * 3, 1), "the other groups, in one session")


harness.main(come_and_go, new_session, table, under_walks)
