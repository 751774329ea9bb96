#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every value equals the kernel's: all objects, by all requests and versions, against nstat and procfs of a namespace that
rests.
"""

import glob
import os
import sys
import time

import harness
import kernel
from harness import MIB2, NO_INSTANCE, OBJECTS, V1, V2C, V3, Failure, check, check_equal, key, wait_for

REPETITIONS = (1, 7, 25, 50)

# These cannot be held still: most count the sockets of the whole machine, the first one those that snmpd opens for a moment.
RESTLESS = ("SockstatSocketsUsed", "SockstatTcpOrphan", "SockstatTcpAlloc", "SockstatTcpMem", "SockstatUdpMem")
HOSTS_OWN = ("Softnet", "ArpCache", "NdiscCache", "RtCache")  # files of the whole machine


# --- A namespace that rests -----------------------------------------------------------------------------------------------------

def make_traffic(site):
    """Some of everything, in packets small enough to need fragments, with nothing that would end later by itself."""
    site.run("ip", "link", "set", "lo", "mtu", "1500")
    site.run("sysctl", "-qw", "net.ipv4.ipfrag_time=1", "net.ipv4.tcp_max_tw_buckets=0")
    done = site.run(sys.executable, harness.HERE / "traffic.py")
    if done.returncode != 0:
        raise Failure(f"no traffic: {done.stderr}")
    wait_for("the lone fragments time out", lambda: kernel.Counters(kernel.read_live(site))["IpReasmTimeout"] == 3)
    site.run("sysctl", "-qw", "net.ipv4.ipfrag_time=17")


def own(counters):
    """Without what others move."""
    return {name: value for name, value in counters.items() if name not in RESTLESS and not name.startswith(HOSTS_OWN)}


def wait_for_rest(site):
    """Until the counters stay as they are through a second of looking, and two snapshots more are taken."""
    def rests():
        first = own(kernel.Counters(kernel.read_live(site)))
        for _ in range(10):
            time.sleep(0.1)
            if own(kernel.Counters(kernel.read_live(site))) != first:
                return False
        return True

    wait_for("the namespace comes to rest", rests)
    site.wait_readings(2)


def arc(oid):
    """Of an object of ours: the sub-id below linuxTcpExtObjects."""
    return key(oid)[len(key(OBJECTS))]


# --- Comparing ------------------------------------------------------------------------------------------------------------------

class Parity:
    """What the kernel printed, what a manager must see of it, and the ways to ask."""

    def __init__(self, site, texts, moving=(), **how):
        """moving: the names whose values cannot be held still; how: where and how the tools ask."""
        self.site = site
        self.how = how
        self.mib = kernel.read_mib()
        self.counters = kernel.Counters(texts)
        self.moving = {oid for name in self.counters if name in moving or moving and name.startswith(HOSTS_OWN)
                       for oid in (kernel.object_of(name, self.mib)[0], f"{OBJECTS}.2.1.2.{kernel.nstat_index(name)}")}
        self.wanted = kernel.everything(self.counters, self.mib)

    def still(self, found):
        """Without the values that move; that they are there counts all the same."""
        return {oid: "moves" if oid in self.moving else value for oid, value in found.items()}

    def compare(self, found, wanted, what):
        check_equal(self.still(found), self.still(wanted), what)

    def all_ways(self):
        """The same values by GET, walk and bulk walk, in each version; version 1 cannot carry a Counter64."""
        narrow = {oid: value for oid, value in self.wanted.items() if value.syntax != "Counter64"}
        for name, how, wanted in (("v1", V1, narrow), ("v2c", V2C, self.wanted), ("v3", V3, self.wanted)):
            self.compare(self.site.get_all(wanted, how=how, **self.how), wanted, f"GET of {len(wanted)} instances, {name}")
            self.compare(dict(self.site.walk_counters(how=how, **self.how)), wanted, f"walk, {name}")
        for how, repetitions in (*((V2C, number) for number in REPETITIONS), (V3, 25)):
            found = self.site.walk_counters(how=how, repetitions=repetitions, **self.how)
            self.compare(dict(found), self.wanted, f"bulk walk, {repetitions} repetitions, {how[0][1:]}")
            check(len(found) == len(self.wanted), "each instance came once", f"{len(found)} for {len(self.wanted)}")

    def getnext(self):
        """From each private instance to the next. Behind the last pointer of nstatTable come its texts, behind the last label the
        rates once it is time, and between the counters of ICMPv6 and those of SCTP the tables of sockets, which are not wanted
        here."""
        oids = sorted((oid for oid in self.wanted if oid.startswith(OBJECTS + ".")), key=key)
        last_pointer = max((oid for oid in oids if oid.startswith(f"{OBJECTS}.2.1.4.")), key=key)
        last_label = max((oid for oid in oids if oid.startswith(f"{OBJECTS}.2.1.8.")), key=key)
        found = {}
        for i in range(0, len(oids), 50):
            found.update(zip(oids[i:i + 50], self.site.getnext(*oids[i:i + 50])))
        wrong = [(oid, found[oid][0], after) for oid, after in zip(oids, oids[1:])
                 if oid not in (last_pointer, last_label) and found[oid][0] != after and not arc(oid) < 18 < arc(after)]
        check(not wrong, f"GETNEXT of {len(oids)} instances gives the one behind each", wrong[:5])
        check(found[last_pointer][0].startswith(f"{OBJECTS}.2.1.5."), "GETNEXT of the last pointer gives the first text",
              found[last_pointer])

    def not_in_v1(self):
        value = f"{self.mib['nstatValue'].oid}.{kernel.nstat_index('IpInReceives')}"
        for oid in (f"{self.mib['tcpExtListenDrops'].oid}.0", f"{self.mib['ipExtInOctets'].oid}.0", value):
            done = self.site.tool("snmpget", V1, (), (oid,))
            check("noSuchName" in done.stderr, f"v1 cannot see the Counter64 {oid}", done)

    def nstat(self):
        """The counters by the tool that names them."""
        done = self.site.run("nstat", "-asz")
        lines = [line.split() for line in done.stdout.splitlines() if not line.startswith("#")]
        found = [(name, int(value)) for name, value, _ in lines]
        check(found == self.counters.as_nstat(), f"nstat -asz prints the {len(found)} names and values that procfs was read to have")

    def pointers(self):
        """Each row of nstatTable points to an object that exists and has the row's value."""
        pointers = {name: kernel.object_of(name, self.mib)[0] for name in self.counters}
        pointed = self.site.get_all({oid for oid in pointers.values() if oid})
        bits = {"Counter64": 64, "Counter32": 32, "Gauge32": 32, "INTEGER": 32}
        wrong = []
        for name, number in own(self.counters).items():
            value = pointed.get(pointers[name])
            if pointers[name] and (value == NO_INSTANCE or (value.value - number) % 2 ** bits[value.syntax] != 0):
                wrong.append((name, pointers[name], value, number))
        check(not wrong, f"the {len(pointed)} objects that nstatObject points to exist and have the value of the row", wrong[:5])
        without = [name for name in self.counters if not pointers[name] and kernel.known(name, self.mib)]
        check(all(name.startswith("Udp") and name in kernel.RFC1213 or name in kernel.WITHOUT_OBJECT for name in without),
              "known, but without an object of their own, are only the four of Udp that RFC1213 shows as a sum, and what no kernel "
              "of today counts", without)

    def descriptions(self):
        """nstatDescription says what the MIB says, or something at least where RFC1213 has the object."""
        texts = dict(self.site.walk(f"{OBJECTS}.2.1.5", repetitions=25))
        wrong = []
        for name in self.counters:
            text = texts.get(f"{OBJECTS}.2.1.5.{kernel.nstat_index(name)}")
            described = kernel.object_of(name, self.mib)[1]
            if text is None or bool(text.value) != kernel.known(name, self.mib):
                wrong.append((name, text))
            elif described and not described.description.startswith(text.value):
                wrong.append((name, text, described.description))
        check(not wrong and len(texts) == len(self.counters), f"{len(texts)} descriptions, the MIB's own where it has the object", wrong[:3])

    def snapshot_group(self):
        known = sum(kernel.known(name, self.mib) for name in self.counters)
        found = [value.value for value in self.site.get(harness.KNOWN, harness.UNKNOWN, harness.FAILURES, harness.LAST_FAILURE)]
        check_equal(found, [known, len(self.counters) - known, 0, ""], "snapshotKnown, Unknown, Failures and LastFailure")

    def absent(self):
        """What this kernel does not print is not there, and not zero."""
        printed = {kernel.descriptor(name)[0] for name in self.counters}
        scalars = {name: entry for name, entry in self.mib.items() if arc(entry.oid) in (*range(3, 16), *range(21, 30))}
        absent = [f"{entry.oid}.0" for name, entry in scalars.items() if name not in printed]
        found = self.site.get_all(absent)
        check(set(found.values()) <= {NO_INSTANCE} and len(found) == len(absent),
              f"{len(absent)} of {len(scalars)} scalars, which this kernel does not print, are noSuchInstance")

    def by_name(self):
        """The rule of the house, through the eyes of net-snmp's own MIB parser: LINUX-TCPEXT-MIB has nstat's names."""
        folders, have_rfc1213 = base_mibs()
        if folders is None:
            harness.skip("by name: no base MIBs here (Debian: erlang-snmp), so all of this was by number")
            return
        oids = {}
        for name in self.counters:
            word, instance = kernel.descriptor(name)
            if word in self.mib:
                oids[f"LINUX-TCPEXT-MIB::{word}.{instance}"] = f"{self.mib[word].oid}.{instance}"
            elif have_rfc1213 and name in kernel.RFC1213:
                oids[f"RFC1213-MIB::{word}.{instance}"] = kernel.RFC1213[name]
        modules = ["LINUX-TCPEXT-MIB"] + ["RFC1213-MIB"] * have_rfc1213
        self.site.environment.update(MIBDIRS=":".join([os.path.dirname(kernel.mib_file()), *folders]), MIBS=":".join(modules))
        found, names = [], list(oids)
        for i in range(0, len(names), 60):
            done = self.site.tool("snmpget", V2C, (), names[i:i + 60])
            found += harness.parse_answer(done.stdout)
            check(done.stderr == "", f"net-snmp finds the names from {names[i]} on, without a word", done.stderr[:300])
        self.site.environment["MIBS"] = ""
        check_equal(dict(zip(names, (oid for oid, _ in found))), oids, f"{len(names)} names lead to their OIDs")
        self.compare(dict(found), {oid: self.wanted[oid] for oid in oids.values()}, "and to their values")

    def read_only(self):
        """Whatever a manager might try to write, and the view would let it, is refused."""
        names = ("snapshotInterval", "tcpExtListenDrops", "sockstatFragInuse")
        oids = [self.mib[name].oid + ".0" for name in names] + [f"{MIB2}.{oid}.0" for oid in ("4.1", "4.2", "5.1", "6.4", "7.1")]
        before = self.site.get_all(oids)
        for oid, value in before.items():
            done = self.site.tool("snmpset", V2C, (), (oid, "i" if value.syntax == "INTEGER" else "u", "1"))
            check(done.returncode != 0 and "notWritable" in done.stderr, f"snmpset of {oid} is refused: notWritable", done.stderr)
        check_equal(self.site.get_all(oids), before, "nothing was written")


def base_mibs():
    """The folders with the MIBs that ours imports, or None, and whether RFC1213-MIB is among them."""
    folders = ["/usr/share/snmp/mibs", "/usr/share/snmp/mibs/ietf", "/var/lib/mibs/ietf", "/usr/share/mibs/ietf"]
    for erlang in glob.glob("/usr/lib/erlang/lib/snmp-*/mibs"):
        folders += [erlang, f"{erlang}/v1"]
    folders += os.environ.get("MIBDIRS", "").strip("+:").split(":")
    folders = [folder for folder in folders if folder and os.path.isdir(folder)]

    def have(module):
        return any(glob.glob(f"{folder}/{module}*") for folder in folders)

    return folders if have("SNMPv2-SMI") and have("NET-SNMP-MIB") else None, have("RFC1213-MIB") and have("RFC-1212")


# --- The cases ------------------------------------------------------------------------------------------------------------------

def live(site):
    """The namespace's own procfs, over a unix socket and from outside, so that asking counts nothing."""
    make_traffic(site)
    site.snmpd()
    site.agent("refreshInterval 0.2\nmaxAge 60\n")
    wait_for_rest(site)
    parity = Parity(site, kernel.read_live(site), moving=RESTLESS)
    counters = parity.counters
    idle = [name for name in ("IpReasmFails", "IcmpInErrors", "TcpAttemptFails", "UdpInErrors", "Udp6NoPorts", "Icmp6InMsgs",
                              "TcpExtListenDrops", "IcmpMsgInType40") if not counters.get(name)]
    check(not idle, f"the traffic moved {sum(value != 0 for value in counters.values())} counters", idle)
    check(parity.wanted[f"{MIB2}.4.13.0"].value == 17 and counters["IpReasmTimeout"] == 3,
          "ipReasmTimeout is to be the sysctl's 17 s, not the 3 that the kernel counted")
    integer = f"{OBJECTS}.2.1.6.{kernel.nstat_index('TcpMaxConn')}"
    check(parity.wanted[f"{MIB2}.6.4.0"].value == parity.wanted[integer].value == -1, "tcpMaxConn and its nstatInteger are to be -1")
    parity.nstat()
    parity.all_ways()
    parity.getnext()
    parity.not_in_v1()
    parity.pointers()
    parity.descriptions()
    parity.snapshot_group()
    parity.absent()
    parity.by_name()
    parity.read_only()
    check_equal(own(kernel.Counters(kernel.read_live(site))), own(counters), "nothing moved while SNMP was looking")


def copy(site):
    """A copy of that procfs through procRoot, over UDP inside the namespace: not even the machine can move these."""
    make_traffic(site)
    texts = kernel.read_live(site)
    for name, text in texts.items():
        site.write(f"proc/{name}", text)
    site.snmpd()
    site.agent(f"procRoot {site.folder}/proc\n")
    parity = Parity(site, texts, address="udp:127.0.0.1:161", netns=True)
    parity.all_ways()
    found = kernel.Counters(kernel.read_live(site))
    check(found["UdpInDatagrams"] > parity.counters["UdpInDatagrams"], "meanwhile the live counters moved")


if __name__ == "__main__":
    harness.main(live, copy)
