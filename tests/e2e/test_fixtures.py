#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What each kernel printed is what a manager sees: own fixtures, captured ones where they are, and values that do not fit 32 bits."""

import itertools
import os
import pathlib
import re
import shutil

import harness
import kernel
from harness import MIB2, NO_INSTANCE, Value, check, check_equal

OWN = harness.SOURCE / "tests" / "fixtures"
CAPTURED_FILES = harness.SOURCE.parent / "shared" / "data" / "sources"
CAPTURED = harness.SOURCE.parent / "shared" / "data" / "fixtures"
SETTINGS = {"Ip:": 2, "Tcp:": 4}  # so many values at the beginning of a line are no counters


def without_snmpds(found, counters):
    """No kernel lacks the Ip lines, but some captures do. snmpd then shows scalars of its own behind the last one of ours: it
    keeps what lies between the tables of the group, and answers from there for the whole of it."""
    if "IpInReceives" in counters:
        return found
    return {oid: value for oid, value in found.items() if oid not in kernel.RFC1213.values() or not oid.startswith(f"{MIB2}.4.")}


def compare(site, root, name, mib, whole=True):
    """One proc root, by an agent of its own; whole: also each object that this kernel does not have."""
    counters = kernel.Counters(kernel.read_texts(root))
    wanted = kernel.everything(counters, mib)
    agent = site.agent(f"procRoot {root}\n")
    check_equal(without_snmpds(dict(site.walk_counters(repetitions=50)), counters), wanted,
                f"{name}: {len(counters)} counters, bulk walk")
    if not whole:
        return agent
    scalars = {f"{entry.oid}.0" for entry in mib.values() if harness.is_counter(entry.oid + ".0")}
    got = site.get_all(scalars | set(wanted) | set(kernel.RFC1213.values()))
    there = {oid: value for oid, value in got.items() if value != NO_INSTANCE}
    check_equal(there, wanted, f"{name}: GET of all {len(got)} objects, known to this kernel or not")
    return agent


def compare_each(site, roots, whole):
    mib = kernel.read_mib()
    site.snmpd()
    for root in roots:
        agent = compare(site, root, root.name, mib, whole)
        agent.end()
        check(len(agent.log()) == 3, f"{root.name}: nothing to log but start, connection and end", agent.log())
        agent.log_file.unlink()


def folders(where):
    return sorted(path for path in where.iterdir() if path.is_dir()) if where.is_dir() else []


def own(site):
    """The fixtures of the project: proc roots as they lie."""
    roots = [root for root in folders(OWN) if (root / "net").is_dir()]
    if not roots:
        raise harness.Skip(f"no fixtures in {OWN}")
    compare_each(site, roots, whole=True)


def captured(site):
    """Captures of real kernels, which are not part of the project: folders of what was /proc/net."""
    if not folders(CAPTURED):
        raise harness.Skip(f"no captured fixtures: {CAPTURED} is not there")
    roots = []
    for folder in folders(CAPTURED):
        root = site.folder / folder.name
        shutil.copytree(folder, root / "net")
        site.write(f"{folder.name}/sys/net/ipv4/ipfrag_time", "41\n")
        roots.append(root)
    compare_each(site, roots, whole=False)


def numbered(text, base):
    """The same names with base + 1, base + 2 ... in the place of the values; settings stay as they are."""
    count = itertools.count(base + 1)
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if re.match(r"\w+: [A-Z]\w+ [A-Z]", line):
            continue
        words = re.split(r"(\s+)", line)
        kept = SETTINGS.get(words[0], 0)
        for k, word in enumerate(words[1:], 1):
            if not word.lstrip("-").isdigit():
                continue
            if kept == 0:
                words[k] = str(next(count))
            kept = max(kept - 1, 0)
        lines[i] = "".join(words)
    return "\n".join(lines) + "\n"


def compare_interfaces(site, folder, interfaces, mib):
    found = dict(site.walk(f"{harness.OBJECTS}.33", repetitions=50))
    began = {oid for oid in found if oid.startswith(mib["ifIp6DiscontinuityTime"].oid + ".")}
    check_equal(len(began), len(interfaces), f"{folder.name}: {len(interfaces)} interfaces")
    check_equal({oid: value for oid, value in found.items() if oid not in began}, kernel.interfaces(interfaces, mib),
                f"{folder.name}: IPv6 of {', '.join(interfaces)}")


def captured_files(site):
    """Captures of single files, where they are: what LINUX-TCPEXT-MIB shows of them. Of one, which is not whole, that is nothing."""
    where = pathlib.Path(os.environ.get("TCX_CAPTURED_FILES", CAPTURED_FILES))
    if not folders(where):
        raise harness.Skip(f"no captured files in {where}")
    mib = kernel.read_mib()
    site.snmpd()
    for folder in folders(where):
        texts = kernel.read_texts(folder)
        interfaces = kernel.read_ip6(folder)
        if folder.name == "procfs-edited":
            site.write(f"{folder.name}/net/softnet_stat", texts.pop("net/softnet_stat"))
        for name, text in texts.items():
            texts[name] = text if text.endswith("\n") else text + "\n"
            site.write(f"{folder.name}/{name}", texts[name])
        for link, text in interfaces.items():
            site.write(f"{folder.name}/{kernel.IP6_FOLDER}/{link}", text)
        if not texts:
            continue
        agent = site.agent(f"procRoot {site.folder}/{folder.name}\n")
        counters = kernel.Counters(texts)
        wanted = {**kernel.private(counters, mib), **kernel.nstat_table(counters, mib)}
        found = {oid: value for oid, value in site.walk_counters(repetitions=50) if oid.startswith(harness.OBJECTS)}
        if folder.name == "procfs-edited":  # what is not whole has its place all the same
            found, wanted = ({oid: value for oid, value in each.items() if not oid.startswith(f"{mib['nstatPosition'].oid}.")}
                             for each in (found, wanted))
        check_equal(found, wanted, f"{folder.name}: {len(counters)} counters of {', '.join(texts)}")
        if interfaces:
            compare_interfaces(site, folder, interfaces, mib)
        agent.end()


def wide(site):
    """Values beyond 32 bits: Counter32 shows the low 32, Counter64 all 64, a Gauge32 of ours stays at its end."""
    mib = kernel.read_mib()
    texts = kernel.read_texts("/proc")
    site.snmpd()
    for base in (2**32 - 3, 7 * 2**32, 2**64 - 1000):
        for name, text in texts.items():
            by_processor = name.startswith(("net/softnet", "net/stat/"))  # in hexadecimal, and summed up
            site.write(f"proc/{name}", text if by_processor or name.startswith("sys/") else numbered(text, base))
        agent = compare(site, site.folder / "proc", f"from {base:#x} on", mib)
        agent.end()
    low, high, sum32, sum64 = site_values(site, "Tcp: InSegs\nTcp: 18446744073709551615\n"
                                          "Udp: InDatagrams\nUdp: 18446744073709551615\n", "Udp6InDatagrams 5\n",
                                          (f"{MIB2}.6.10.0", f"{MIB2}.6.17.0", f"{MIB2}.7.1.0", f"{MIB2}.7.8.0"))
    check_equal((low, high), (Value("Counter32", 2**32 - 1), Value("Counter64", 2**64 - 1)), "tcpInSegs and tcpHCInSegs of 2^64 - 1")
    check_equal((sum32, sum64), (Value("Counter32", 4), Value("Counter64", 4)), "a sum wraps as its summands do")


def site_values(site, snmp, snmp6, oids):
    """The values of these objects with nothing but these two files."""
    site.write("small/net/snmp", snmp)
    site.write("small/net/snmp6", snmp6)
    site.agent(f"procRoot {site.folder}/small\n")
    return site.get(*oids)


def below_zero(site):
    """A gauge that was added up while one processor had counted up and another not yet down is shown as 0."""
    mib = kernel.read_mib()
    names = ("sctpCurrEstab", "tlsCurrTxSw", "tlsCurrRxSw", "tlsTxSw")
    site.snmpd()
    site.write("proc/net/sctp/snmp", "SctpCurrEstab                   \t-1\n")
    site.write("proc/net/tls_stat", f"TlsCurrTxSw                     \t{2**64 - 1}\n"
               f"TlsCurrRxSw                     \t{2**64 - 2}\nTlsTxSw                         \t{2**64 - 1}\n")
    site.agent(f"procRoot {site.folder}/proc\n")
    rows = [".".join(str(part) for part in (len(name), *name.encode())) for name in (name[0].upper() + name[1:] for name in names)]
    check_equal(site.get(*(f"{mib[name].oid}.0" for name in names)), [Value("Gauge32", 0)] * 3 + [Value("Counter64", 2**64 - 1)],
                f"{', '.join(names)}")
    check_equal([value.value for value in site.get(*(f"{mib['nstatValue'].oid}.{row}" for row in rows))], [0, 0, 0, 2**64 - 1],
                "nstatValue of them")


harness.main(own, captured, captured_files, wide, below_zero)
