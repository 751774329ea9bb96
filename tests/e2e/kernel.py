# SPDX-License-Identifier: BSD-2-Clause
"""What the kernel says, and what a manager must therefore see: an own reading of procfs, of the MIB text and of RFC1213, which
shares nothing with the agent's.
"""

import collections
import json
import os
import pathlib
import re

import harness
from harness import MIB2, OBJECTS, ROOT, Value

FILES = ("net/sctp/snmp", "net/snmp", "net/snmp6", "net/netstat", "net/sockstat", "net/sockstat6", "sys/net/ipv4/ipfrag_time",
         "net/xfrm_stat", "net/tls_stat", "net/softnet_stat", "net/stat/nf_conntrack", "sys/net/netfilter/nf_conntrack_count",
         "sys/net/netfilter/nf_conntrack_max", "net/stat/arp_cache", "net/stat/ndisc_cache", "net/stat/rt_cache", "net/stat/synproxy")
IN_NSTAT = ("net/sctp/snmp", "net/snmp", "net/snmp6", "net/netstat")

# Counters that no kernel of today raises: nstatTable has them, and there is no object.
WITHOUT_OBJECT = ("XfrmOutPolDead", *(f"SoftnetColumn{i}" for i in range(4, 9)), "NfConntrackSearched", "ArpCacheRcvProbesMcast",
                  "ArpCacheRcvProbesUcast", "SynproxyEntries",
                  *(f"RtCache{word}" for word in ("InHit", "OutHit", "GcTotal", "GcIgnored", "GcGoalMiss", "GcDstOverflow",
                                                  "InHlistSearch", "OutHlistSearch")))
GAUGES_WITHOUT_OBJECT = ("SynproxyEntries",)

# What nstat does not take for counters.
NOT_IN_NSTAT = ("IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn", "TcpCurrEstab")


# --- procfs -------------------------------------------------------------------------------------------------------------------

def columns(text):
    """Pairs of lines: names, then values."""
    lines = text.splitlines()
    for names, values in zip(lines[0::2], lines[1::2]):
        section, *names = names.replace(":", " ").split()
        for name, value in harness.paired(names, values.split()[1:]):
            yield section + name, int(value)


def pairs(text):
    for line in text.splitlines():
        name, value = line.split()
        yield name, int(value)


def labels(text):
    for line in text.splitlines():
        label, *words = line.split()
        for word, value in zip(words[0::2], words[1::2]):
            yield "Sockstat" + label.rstrip(":").capitalize() + word.capitalize(), int(value)


def per_cpu(prefix):
    """A line of names, and a line of hexadecimal numbers for each processor; entries is the same in each."""
    def read(text):
        names, *lines = [line.split() for line in text.splitlines()]
        for name, *values in zip(names, *lines):
            numbers = [int(value, 16) for value in values]
            camel = "".join(part.capitalize() for part in name.split("_"))
            yield prefix + camel, numbers[0] if name == "entries" else sum(numbers)
    return read


SOFTNET = ("Processed Dropped TimeSqueeze Column4 Column5 Column6 Column7 Column8 CpuCollision ReceivedRps FlowLimitCount "
           "BacklogLength CPU InputQueueLength ProcessQueueLength").split()


def softnet(text):
    """The same without names."""
    lines = [line.split() for line in text.splitlines()]
    for i, values in enumerate(zip(*lines)):
        name = SOFTNET[i] if i < len(SOFTNET) else f"Column{i + 1}"
        if name != "CPU":
            yield "Softnet" + name, sum(int(value, 16) for value in values)


def number(name):
    return lambda text: [(name, int(text))]


READERS = {"net/snmp": columns, "net/snmp6": pairs, "net/netstat": columns, "net/sockstat": labels, "net/sockstat6": labels,
           "net/sctp/snmp": pairs, "net/xfrm_stat": pairs, "net/tls_stat": pairs,
           "net/softnet_stat": softnet, "net/stat/nf_conntrack": per_cpu("NfConntrack"), "net/stat/arp_cache": per_cpu("ArpCache"),
           "net/stat/ndisc_cache": per_cpu("NdiscCache"), "net/stat/rt_cache": per_cpu("RtCache"),
           "net/stat/synproxy": per_cpu("Synproxy"), "sys/net/netfilter/nf_conntrack_count": number("NfConntrackCount"),
           "sys/net/netfilter/nf_conntrack_max": number("NfConntrackMax")}


class Counters(dict):
    """Name to value, in the order in which nstat prints them. A name that is printed twice means nothing and is left out."""

    def __init__(self, texts):
        """texts: the file's name below the proc root to what it holds; what is not there is not there."""
        self.ipfrag_time = int(texts["sys/net/ipv4/ipfrag_time"]) if "sys/net/ipv4/ipfrag_time" in texts else None
        found = [(name, item) for name in FILES if name in texts and name in READERS for item in READERS[name](texts[name])]
        often = collections.Counter(name for _, (name, _) in found)
        super().__init__(item for _, item in found if often[item[0]] == 1)
        self.in_nstat = {name for file, (name, _) in found if file in IN_NSTAT}

    def as_nstat(self):
        """The lines of nstat -asz."""
        return [(name, value % 2**64) for name, value in self.items()
                if name in self.in_nstat and name not in NOT_IN_NSTAT]


def read_texts(folder):
    """The texts of a proc root that is a folder of this machine."""
    texts = {}
    for name in FILES:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, newline="") as file:
                texts[name] = file.read()
    return texts


def read_live(site):
    """The texts of the site's own namespace. cat opens no socket, so that it counts nothing."""
    texts = {}
    for name in FILES:
        done = site.run("cat", f"/proc/{name}")
        if done.returncode == 0:
            texts[name] = done.stdout
    return texts


IP6_FOLDER = "net/dev_snmp6"


def read_ip6(folder):
    """Interface to what dev_snmp6 of a proc root on this machine has of it."""
    path = pathlib.Path(folder, IP6_FOLDER)
    return {file.name: file.read_text() for file in path.iterdir()} if path.is_dir() else {}


def read_live_ip6(site):
    """The same of the site's own namespace."""
    program = "import json, kernel; print(json.dumps(kernel.read_ip6('/proc')))"
    return json.loads(site.run("python3", "-B", "-c", program, env={"PYTHONPATH": str(harness.HERE)}).stdout)


# --- The MIB text -------------------------------------------------------------------------------------------------------------

Object = collections.namedtuple("Object", "oid syntax description")

SYNTAXES = {"KernelNumber": "Counter64", "ThousandthsPerSecond": "Counter64", "HundredthsOfPercent": "Gauge32", "Unsigned32": "Gauge32", "Integer32": "INTEGER", "SnmpAdminString": "STRING",
            "CounterText": "STRING", "VariablePointer": "OID", "TimeStamp": "Timeticks", "DateAndTime": "Hex-STRING"}


def mib_file(name="LINUX-TCPEXT-MIB.txt"):
    """The generated MIB text, where make has put it or where it is kept."""
    for folder in (os.environ.get("MIBDIR_BUILT"), harness.BUILD / "mibs" / "installed", harness.BUILD / "mibs",
                   harness.SOURCE / "mibs"):
        if folder and os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    raise harness.Skip(f"needs {name}; set MIBDIR_BUILT to the folder that has it")


def read_mib():
    """Descriptor to Object of all that has a value, from the text as it stands."""
    with open(mib_file(), encoding="ascii") as file:
        text = re.sub(r"--[^\n]*", "", file.read())
    nodes = {"linuxTcpExtMIB": ROOT}
    objects = {}
    pattern = r"^(\w+)\s+(OBJECT-TYPE|OBJECT IDENTIFIER)\b(.*?)::=\s*\{\s*(\w+)\s+(\d+)\s*\}"
    for name, what, body, parent, number in re.findall(pattern, text, re.DOTALL | re.MULTILINE):
        if parent not in nodes:
            continue
        nodes[name] = f"{nodes[parent]}.{number}"
        if what == "OBJECT-TYPE" and re.search(r"MAX-ACCESS\s+read-only", body):
            syntax = re.search(r"SYNTAX\s+(\w+)", body)[1]
            description = " ".join(re.search(r'DESCRIPTION\s+"([^"]*)"', body)[1].split())
            objects[name] = Object(nodes[name], SYNTAXES.get(syntax, syntax), description)
    return objects


# --- RFC1213 and the 64-bit objects of RFC 4022 and RFC 4113 ----------------------------------------------------------------------

IP = ("Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers "
      "OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates").split()
ICMP = "Msgs Errors DestUnreachs TimeExcds ParmProbs SrcQuenchs Redirects Echos EchoReps Timestamps TimestampReps AddrMasks AddrMaskReps"
TCP = ("RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs "
       "RetransSegs").split()
UDP = "InDatagrams NoPorts InErrors OutDatagrams".split()
SETTINGS = ("IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn")


def rfc1213_names():
    """Kernel's name to the RFC1213 scalar that shows it."""
    names = {f"Ip{name}": f"{MIB2}.4.{i}.0" for i, name in enumerate(IP, 1) if name != "ReasmTimeout"}
    both = [way + name for way in ("In", "Out") for name in ICMP.split()]
    names.update({f"Icmp{name}": f"{MIB2}.5.{i}.0" for i, name in enumerate(both, 1)})
    names.update({f"Tcp{name}": f"{MIB2}.6.{i}.0" for i, name in enumerate(TCP, 1)})
    names.update({"TcpInErrs": f"{MIB2}.6.14.0", "TcpOutRsts": f"{MIB2}.6.15.0"})
    names.update({f"Udp{name}": f"{MIB2}.7.{i}.0" for i, name in enumerate(UDP, 1)})
    return names


RFC1213 = rfc1213_names()
HC = {"TcpInSegs": f"{MIB2}.6.17.0", "TcpOutSegs": f"{MIB2}.6.18.0", "UdpInDatagrams": f"{MIB2}.7.8.0",
      "UdpOutDatagrams": f"{MIB2}.7.9.0"}


def signed(number):
    return (number & 0xffffffff) - (number & 0x80000000) * 2


def rfc1213(counters):
    """Instance to value, for all scalars that these counters give."""
    wanted = {}
    for name, oid in RFC1213.items():
        if name not in counters:
            continue
        number = counters[name]
        if name.startswith("Udp"):
            number += counters.get("Udp6" + name[3:], 0)
        if name in SETTINGS:
            wanted[oid] = Value("INTEGER", signed(number))
        else:
            wanted[oid] = Value("Gauge32" if name == "TcpCurrEstab" else "Counter32", number % 2**32)
        if name in HC:
            wanted[HC[name]] = Value("Counter64", number % 2**64)
    if counters.ipfrag_time is not None:
        wanted[f"{MIB2}.4.13.0"] = Value("INTEGER", counters.ipfrag_time)
    wanted[f"{MIB2}.4.23.0"] = Value("Counter32", 0)  # ipRoutingDiscards: Linux discards no routes
    return wanted


# --- LINUX-TCPEXT-MIB -----------------------------------------------------------------------------------------------------------

def descriptor(name):
    """The rule of the house: nstat's name with a lower-case first letter; an ICMP type is the instance."""
    match = re.fullmatch(r"(IcmpMsg|Icmp6)((?:In|Out)Type)(\d+)", name)
    stem, instance = (match[1] + match[2], match[3]) if match else (name, "0")
    return stem[0].lower() + stem[1:], instance


def encode(syntax, number):
    if syntax == "Counter64":
        return Value(syntax, number % 2**64)
    if syntax == "Gauge32":
        return Value(syntax, min(number % 2**64, 2**32 - 1))
    return Value("INTEGER", signed(number))


def private(counters, mib):
    """Instance to value of the named objects."""
    wanted = {}
    for name, number in counters.items():
        word, instance = descriptor(name)
        if word in mib:
            wanted[f"{mib[word].oid}.{instance}"] = encode(mib[word].syntax, number)
    return wanted


def object_of(name, mib):
    """The instance that shows a counter whole, and its object in the MIB text if that is where it is; (None, None) for none."""
    word, instance = descriptor(name)
    if word in mib:
        return f"{mib[word].oid}.{instance}", mib[word]
    if name.startswith("Udp") and name in RFC1213:
        return None, None  # RFC1213 shows a sum
    return RFC1213.get(name), None


def known(name, mib):
    return descriptor(name)[0] in mib or name in RFC1213 or name in WITHOUT_OBJECT


def kind(name, mib):
    """counter(1), gauge(2), integer(3), unknown(4)"""
    if not known(name, mib):
        return 4
    if name in SETTINGS:
        return 3
    word = descriptor(name)[0]
    if name == "TcpCurrEstab" or name in GAUGES_WITHOUT_OBJECT or word in mib and mib[word].syntax == "Gauge32":
        return 2
    return 3 if word in mib and mib[word].syntax == "INTEGER" else 1


def nstat_index(name):
    return ".".join(map(str, [len(name), *name.encode()]))


def nstat_table(counters, mib):
    """Instance to value of nstatTable, without the descriptions."""
    entry = f"{OBJECTS}.2.1"
    wanted = {}
    for position, (name, number) in enumerate(counters.items(), 1):
        index = nstat_index(name)
        wanted[f"{entry}.2.{index}"] = Value("Counter64", number % 2**64)
        wanted[f"{entry}.3.{index}"] = Value("INTEGER", kind(name, mib))
        wanted[f"{entry}.4.{index}"] = Value("OID", object_of(name, mib)[0] or "0.0")
        if kind(name, mib) == 3:
            wanted[f"{entry}.6.{index}"] = Value("INTEGER", signed(number))
        wanted[f"{entry}.7.{index}"] = Value("Gauge32", position)
        wanted[f"{entry}.8.{index}"] = Value("STRING", name)
    return wanted


def icmp_labels(counters):
    """Instance to value of icmpMsgLabel and icmp6MsgLabel, by IANA's names."""
    with open(harness.SOURCE / "mibs" / "icmp_types.def", encoding="ascii") as file:
        names = {key[:2]: key[2] for key in re.findall(r'^ICMP_TYPE\((\w+), (\d+), "(.*)"\)', file.read(), re.MULTILINE)}
    types = {match.groups() for match in map(re.compile(r"(IcmpMsg|Icmp6)(?:In|Out)Type(\d+)").fullmatch, counters) if match}
    return {f"{OBJECTS}.{16 if section == 'IcmpMsg' else 17}.1.4.{number}": Value("STRING", names.get((section, number), f"type {number}"))
            for section, number in types}


def link_name(name):
    """A backslash, and what is no UTF-8, goes by its number. The tools show what is not ASCII in hexadecimal."""
    text = os.fsencode(name).replace(b"\\", b"\\x5c").decode("utf-8", "backslashreplace")
    return Value("STRING", text) if text.isascii() else Value("Hex-STRING", text.encode().hex(" ").upper())


def interfaces(texts, mib):
    """Instance to value of ifIp6Table, but for the time at which a row began; texts: interface to its file."""
    wanted = {}
    for link, text in texts.items():
        numbers = dict(pairs(text))
        index = numbers.pop("ifIndex")
        wanted[f"{mib['ifIp6Name'].oid}.{index}"] = link_name(link)
        for name, number in numbers.items():
            if f"if{name}" in mib:
                wanted[f"{mib[f'if{name}'].oid}.{index}"] = Value("Counter64", number)
    return wanted


def everything(counters, mib):
    """All values that these counters must give, but for the snapshot group and the texts of nstatTable."""
    return {**rfc1213(counters), **private(counters, mib), **nstat_table(counters, mib), **icmp_labels(counters)}
