#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stale is never served as fresh, and the varbinds of one PDU come from one snapshot."""

import datetime
import re
import sys

import harness
import kernel
from harness import (AGE, DISCONTINUITY, FAILURES, INTERVAL, LAST_FAILURE, MAX_AGE, MIB2, NO_INSTANCE, OBJECTS, SEQUENCE, TIME,
                     V2C, Value, check, check_equal, key, wait_for)

UPTIME = f"{MIB2}.1.3.0"
# Not of the snapshot: read when asked for, or the agent's own; of health the fullest sockets, and what rows are called.
FULLEST = (39, 40)
OTHERS = tuple(f"{OBJECTS}.{i}." for i in ("1.13", "1.14", 18, 19, 20, 31, 34, 39, "36.1.2", "36.1.4", "36.1.5",
                                           *(f"{column}.{row}" for column in (35, "36.1.3") for row in FULLEST)))

# A little proc root. Its numbers are such that nobody could have them from anywhere else.
SNMP = """\
Ip: Forwarding InReceives OutRequests
Ip: 1 {0} {0}
Icmp: InMsgs
Icmp: {0}
Tcp: RtoMin CurrEstab InSegs
Tcp: 200 {0} {0}
Udp: InDatagrams
Udp: {0}
"""
NETSTAT = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: {0} {0}\n"
BAD = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 5\n"
CUT = "Ip: Forwarding InReceives OutRequests\nIp: 1 {0}"
WORSE = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 5 five\n"
SHOWN = [f"{MIB2}.{oid}.0" for oid in ("4.3", "4.10", "5.1", "6.9", "6.10", "7.1")] + [f"{OBJECTS}.8.1.0", f"{OBJECTS}.8.24.0"]


def write(site, number, netstat=NETSTAT, snmp=SNMP):
    site.write("proc/net/snmp", snmp.format(number))
    site.write("proc/net/netstat", netstat.format(number))


def rewrite(site, agent, number, netstat=NETSTAT, snmp=SNMP):
    """In place, for the agent keeps the files open; and held, for it must not see them half written."""
    with agent.held():
        write(site, number, netstat, snmp)


def start(site, number, conf):
    write(site, number)
    site.snmpd()
    return site.agent(f"procRoot {site.folder}/proc\n{conf}")


def shows(site, number, other=None):
    """MIB-II has this number, and the counters of netstat have it or the other one."""
    values = [value.value for value in site.get(*SHOWN)]
    return values == [number] * 6 + [number if other is None else other] * 2


def number_of(site, oid):
    return site.get(oid)[0].value


def age(site):
    """How old a snapshot is, how often it is renewed, and when the counters started anew."""
    begin = datetime.datetime.now(datetime.timezone.utc)
    agent = start(site, 4000000001, "refreshInterval 1234.5\n")
    end = datetime.datetime.now(datetime.timezone.utc)
    check_equal(site.get(INTERVAL, MAX_AGE), [Value("Gauge32", 1234500), Value("Gauge32", 12345000)],
                "snapshotInterval is refreshInterval in ms, snapshotMaxAge ten of them")
    first = number_of(site, AGE)
    wait_for("snapshotAge grows", lambda: number_of(site, AGE) > first)
    check(number_of(site, SEQUENCE) == 1, "snapshotAge grows while no new snapshot comes")
    octets = bytes(int(octet, 16) for octet in number_of(site, TIME).split())
    zone = (1 if octets[8] == ord("+") else -1) * (octets[9] * 60 + octets[10])
    taken = datetime.datetime(octets[0] * 256 + octets[1], *octets[2:7], octets[7] * 100000,
                              tzinfo=datetime.timezone(datetime.timedelta(minutes=zone)))
    check(begin - datetime.timedelta(seconds=0.1) <= taken <= end, "snapshotTime is when the agent started", (begin, taken, end))
    agent.end()
    start_again(site)


def start_again(site):
    agent = site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.1\nmaxAge 7\n")
    check_equal(site.get(INTERVAL, MAX_AGE), [Value("Gauge32", 100), Value("Gauge32", 7000)], "maxAge is snapshotMaxAge")
    site.wait_readings(4)
    begun = number_of(site, DISCONTINUITY)
    wait_for("time passes", lambda: number_of(site, UPTIME) > begun + 10)
    rewrite(site, agent, 4000000002)
    wait_for("the new numbers", lambda: shows(site, 4000000002))
    seen = {number_of(site, DISCONTINUITY) for _ in range(50)}
    check(seen == {begun}, "snapshotDiscontinuityTime stays the same while counters grow", seen | {begun})
    rewrite(site, agent, 3000000000)
    wait_for("the smaller numbers", lambda: shows(site, 3000000000))
    later = number_of(site, DISCONTINUITY)
    check(begun < later <= number_of(site, UPTIME), "it moves when a counter goes backwards", (begun, later))


def garbage(site):
    """A file that cannot be read keeps its last good values; that is counted, and logged when it begins and when it ends."""
    agent = start(site, 4000000001, "refreshInterval 0.1\nmaxAge 3600\n")
    check(shows(site, 4000000001), "good values")
    healthy = len(agent.log())
    rewrite(site, agent, 4000000009, BAD)
    wait_for("five failed reads", lambda: number_of(site, FAILURES) >= 5)
    sequence = number_of(site, SEQUENCE)
    check(shows(site, 4000000009, 4000000001), "while a file cannot be read, its last good values stay; those of the other are new")
    cause = number_of(site, LAST_FAILURE)
    check("net/netstat" in cause and "TcpExt" in cause and "fewer values than names" in cause, "snapshotLastFailure says why", cause)
    check(len(agent.log()) == healthy + 1 and cause in agent.log()[-1], "five failures, one line in the log", agent.log())
    wait_for("the snapshots go on", lambda: number_of(site, SEQUENCE) > sequence)
    rewrite(site, agent, 4000000009, BAD, CUT)
    wait_for("the other file fails, too", lambda: "net/snmp" in number_of(site, LAST_FAILURE))
    sequence, failures = number_of(site, SEQUENCE), number_of(site, FAILURES)
    wait_for("five failed reads", lambda: number_of(site, FAILURES) >= failures + 5)
    check(shows(site, 4000000009, 4000000001) and number_of(site, SEQUENCE) == sequence, "a read of nothing is no new snapshot")
    rewrite(site, agent, 4000000002)
    wait_for("the counters come back", lambda: shows(site, 4000000002))
    check(number_of(site, SEQUENCE) > sequence, "snapshotSequence goes on")
    check("net/snmp" in number_of(site, LAST_FAILURE), "snapshotLastFailure stays")
    agent.wait_log("can be read again")
    rewrite(site, agent, 4000000009, BAD)
    wait_for("the same failure again", lambda: cause == number_of(site, LAST_FAILURE))
    rewrite(site, agent, 4000000009, WORSE)
    wait_for("another cause", lambda: "ListenDrops" in number_of(site, LAST_FAILURE))
    rewrite(site, agent, 4000000002)
    wait_for("the counters come back", lambda: shows(site, 4000000002))
    wait_for("the log says so", lambda: len(agent.log()) >= healthy + 6)
    lines = [line for line in agent.log()[healthy:] if "net/netstat" in line]
    check(len(lines) == 4 and cause in lines[0] and cause in lines[2] and all("can be read again" in line for line in lines[1::2]),
          "two outages of one cause: two lines each; another cause meanwhile is no other outage", lines)


def too_old(site):
    """Past maxAge the counters are not there, the snapshot group is, and a good read brings them back."""
    agent = start(site, 4000000001, "refreshInterval 0.1\nmaxAge 2\n")
    rewrite(site, agent, 4000000001, BAD, CUT)
    wait_for("the counters go", lambda: site.get(*SHOWN) == [NO_INSTANCE] * len(SHOWN))
    check(number_of(site, AGE) > number_of(site, MAX_AGE), "snapshotAge is above snapshotMaxAge")
    left = site.walk(OBJECTS, repetitions=25)
    left = [varbind for varbind in left if not f"{varbind[0]}.".startswith(OTHERS)]
    check([oid for oid, _ in left] == [f"{OBJECTS}.1.{i}.0" for i in range(1, 13)], "of the counters' objects the snapshot group is left",
          [oid for oid, _ in left][:20])
    shown = [(oid, value) for oid, value in site.walk(MIB2, repetitions=25) if value.value in (4000000001, 4000000009)]
    check(not shown, "no walk of mib-2 shows a number that is too old", shown[:5])
    rest = site.getnext(f"{OBJECTS}.1.15")[0]
    check(key(rest[0]) > key(f"{OBJECTS}.17"), "GETNEXT passes over what is not there", rest)
    tables = site.walk(f"{MIB2}.6.13") and site.walk(f"{MIB2}.7.5") and site.walk(f"{MIB2}.2.2")
    check(tables, "snmpd's tables are there")
    before = number_of(site, SEQUENCE)
    rewrite(site, agent, 4000000003)
    wait_for("the counters come back", lambda: shows(site, 4000000003))
    check(number_of(site, SEQUENCE) > before and agent.alive(), "and the sequence goes on")


def nothing_yet(site):
    """A proc root without any file: the agent runs, says so, and serves as soon as there is something."""
    site.snmpd()
    agent = site.agent(f"refreshInterval 0.1\nprocRoot {site.folder}/proc\n", wait=False)
    wait_for("the agent answers", lambda: site.get(FAILURES)[0].syntax == "Counter64")
    check_equal(site.get(SEQUENCE, AGE, TIME, SHOWN[0]), [Value("Counter64", 0), NO_INSTANCE, NO_INSTANCE, NO_INSTANCE],
                "no snapshot: number 0, no age, no time, no counters")
    check("proc/net/snmp" in number_of(site, LAST_FAILURE), "the cause names the file", number_of(site, LAST_FAILURE))
    write(site, 4000000005)
    wait_for("the counters appear", lambda: shows(site, 4000000005))
    check(agent.alive(), "then they are served")


def answers(site, oids, options=None):
    if options is None:
        return site.ask("snmpget", V2C, (), oids)
    return site.ask("snmpbulkget", V2C, options, oids)


def one_snapshot(site):
    """While the kernel counts and snapshots follow each other, each PDU has one sequence number from its first varbind to its last."""
    groups = "".join(f"view seen included .{MIB2}.{group}.{i}\n" for group, last in ((6, 12), (7, 4)) for i in range(1, last + 1))
    site.snmpd(f"view seen included .{OBJECTS}\n{groups}", more="maxGetbulkResponses 5000\n")
    site.agent("refreshInterval 0.1\nmaxAge 60\n")
    site.start(harness.Process, site.inside(sys.executable, harness.HERE / "traffic.py", "stream"), site.folder / "traffic.out")
    counters = list(kernel.Counters(kernel.read_live(site)))
    moving = [f"{OBJECTS}.2.1.2.{kernel.nstat_index(name)}" for name in counters[:57]]
    asked = [SEQUENCE, *(f"{MIB2}.6.{i}.0" for i in range(1, 13)), *(f"{MIB2}.7.{i}.0" for i in range(1, 5)), *moving[:41], SEQUENCE]
    gets = [answers(site, asked) for _ in range(200)]
    by_number = {}
    for varbinds in gets:
        by_number.setdefault(varbinds[0][1].value, []).append([value for _, value in varbinds])
    mixed = [number for number, group in by_number.items() if any(values != group[0] for values in group)]
    check(all(varbinds[-1] == varbinds[0] for varbinds in gets), f"{len(gets)} GETs of {len(asked)}: one sequence each, {len(by_number)} in all")
    check(not mixed, "the same sequence number always comes with the same values", mixed[:3])
    check(len({str(group[0][1:-1]) for group in by_number.values()}) > 1, "the values moved")
    check([varbinds[0][1].value for varbinds in gets] == sorted(varbinds[0][1].value for varbinds in gets), "the sequence only grows")
    # The first column reaches snapshotSequence behind the scalars of tcp and udp, the others make that take its time.
    repeaters = [f"{MIB2}.6", *moving]
    repetitions = len(site.walk(f"{MIB2}.6")) + len(site.walk(f"{MIB2}.7")) + 1
    bulks = []
    for _ in range(60):
        varbinds = answers(site, [f"{OBJECTS}.1", *repeaters], ("-Cn1", f"-Cr{repetitions}"))
        bulks.append([value.value for oid, value in varbinds if oid == SEQUENCE])
    check(all(len(numbers) == 2 for numbers in bulks), f"{len(bulks)} GETBULKs of {repetitions} times {len(repeaters)} reach from group to group",
          bulks[:3])
    check(all(len(set(numbers)) == 1 for numbers in bulks), f"one sequence each, {len({n[0] for n in bulks})} in all",
          [numbers for numbers in bulks if len(set(numbers)) > 1][:5])


FIXTURE = harness.SOURCE / "tests" / "fixtures" / "7.3"
SOURCES = {path: i for i, path in enumerate(("net/snmp", "net/snmp6", "net/netstat", "net/sockstat", "net/sockstat6",
                                             "sys/net/ipv4/ipfrag_time", "net/sctp/snmp", "net/xfrm_stat", "net/tls_stat",
                                             "net/softnet_stat", "net/stat/nf_conntrack", "sys/net/netfilter/nf_conntrack_count",
                                             "sys/net/netfilter/nf_conntrack_max", "net/stat/arp_cache", "net/stat/ndisc_cache",
                                             "net/stat/rt_cache", "net/stat/synproxy"), 1)}  # counterSourceIndex
STATE, SOURCE_AGE, SOURCE_FAILURES, CAUSE = 4, 5, 7, 8  # columns of counterSourceTable
GOOD, PARTIAL, FAILED, ABSENT = range(1, 5)

# Why, file, what becomes of its text, and the counters that must go; None: those of ipfrag_time.
POSITION = f"{OBJECTS}.2.1.7."  # nstatPosition
BROKEN = (
    ("an empty file", "net/sockstat6", lambda text: "", r"Sockstat\w+6(Inuse|Memory)"),
    ("a line of names alone", "net/netstat", lambda text: text.splitlines(True)[0], r"(TcpExt|IpExt|MPTcpExt)"),
    ("a value too few in a section", "net/netstat", lambda text: re.sub(r"(\nTcpExt: .*) \d+\n", r"\1\n", text), r"TcpExt"),
    # The group keeps ipReasmTimeout, else it is left to snmpd after another maxAge.
    ("a value too few in a section of MIB-II", "net/snmp", lambda text: re.sub(r"(\nIp: .*) \d+\n", r"\1\n", text), r"Ip(?!Ext|6)"),
    ("a word without a value", "net/snmp6", lambda text: re.sub(r"(Udp6InDatagrams\s*)\d+", r"\1", text), r"Udp6InDatagrams$"),
    ("a word without a value", "net/sockstat", lambda text: text.replace("mem ", "memory", 1), r"SockstatTcp[A-Z]"),
    ("a blank line", "net/snmp", lambda text: text.replace("\nTcp:", "\n\nTcp:", 1), r"$"),
    ("a word without a value", "net/sctp/snmp", lambda text: re.sub(r"(SctpAborteds\s*)\d+", r"\1", text), r"SctpAborteds$"),
    ("a number too few in a line", "net/stat/nf_conntrack", lambda text: re.sub(r"\w+ \n$", "\n", text), r"NfConntrack(?!Count|Max)"),
    ("a word for a number", "net/softnet_stat", lambda text: "soon" + text[4:], r"Softnet"),
    ("a text for a number", "sys/net/ipv4/ipfrag_time", lambda text: "soon\n", None),
)


def source(site, column, path):
    return number_of(site, f"{OBJECTS}.1.14.1.{column}.{SOURCES[path]}")


def sums_of(names):
    """The sums of MIB-II that lack a summand."""
    first = [f"Udp{name[4:]}" for name in names if name.startswith("Udp6")]
    return {oid for table in (kernel.RFC1213, kernel.HC) for name, oid in table.items() if name in first}


def wanted_without(texts, mib, gone, known):
    """What must be served: all values, those of these counters as instances that are not there."""
    counters = kernel.Counters(texts)
    wanted = kernel.everything(counters, mib)
    if gone is None:
        return {**wanted, f"{MIB2}.4.13.0": NO_INSTANCE}
    names = [name for name in counters if re.match(gone, name)]
    for name in names:
        del counters[name]
    left = {oid: value for oid, value in kernel.everything(counters, mib).items() if oid not in sums_of(names)}
    if known:  # the names are as before
        left.update({oid: wanted[oid] for oid in left if oid.startswith(POSITION)})
    return {oid: left.get(oid, NO_INSTANCE) for oid in wanted}


def proc_root(site):
    texts = kernel.read_texts(FIXTURE)
    for path, text in texts.items():
        site.write(f"proc/{path}", text)
    return texts


def check_without(site, texts, mib, gone, what, known=True):
    """All counters but these are served, those of MIB-II too."""
    wanted = wanted_without(texts, mib, gone, known)
    missing = [oid for oid, value in wanted.items() if value == NO_INSTANCE]
    wait_for(f"{what}: the values get too old", lambda: all(value == NO_INSTANCE for value in site.get_all(missing).values()))
    check_equal(site.get_all(wanted), wanted, f"{what}: {len(missing)} values are gone, {len(wanted) - len(missing)} go on")


def break_and_mend(site, agent, texts, mib, row):
    why, path, change, gone = row
    what = f"{why} in {path}"
    before = len(agent.log())
    with agent.held():
        site.write(f"proc/{path}", change(texts[path]))
    wait_for(f"{what} is seen", lambda: source(site, STATE, path) in (PARTIAL, FAILED))
    begin = agent.wait_log(f"proc/{path}: .*; ")
    check(source(site, CAUSE, path) in begin[-1] and number_of(site, LAST_FAILURE) in begin[-1], f"{what}: log, table and scalar agree")
    check_without(site, texts, mib, gone, what)
    sequence = number_of(site, SEQUENCE)
    wait_for("the snapshots go on", lambda: number_of(site, SEQUENCE) > sequence + 2)
    young, old = (value.value for value in site.get(AGE, f"{OBJECTS}.1.14.1.{SOURCE_AGE}.{SOURCES[path]}"))
    check(young < old, f"{what}: the file's last good read is older than the snapshot", (young, old))
    check(all(source(site, STATE, other) == GOOD for other in texts if other != path), f"{what}: the other files are good")
    with agent.held():
        site.write(f"proc/{path}", texts[path])
    wait_for("it can be read again", lambda: source(site, STATE, path) == GOOD)
    wait_for("the log says so", lambda: len(agent.log()) >= before + 2)
    check(len(agent.log()) == before + 2, f"{what}: one line when it begins, one when it ends", agent.log()[before:])
    wanted = kernel.everything(kernel.Counters(texts), mib)
    check_equal(site.get_all(wanted), wanted, f"{what}: all values are back")


def one_broken(site):
    """A file that is broken takes away what is broken, and nothing else."""
    mib = kernel.read_mib()
    texts = proc_root(site)
    site.snmpd()
    agent = site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.1\nmaxAge 2\n")
    for row in BROKEN:
        break_and_mend(site, agent, texts, mib, row)


def cannot_be_used(site):
    """A file that the agent's user may not read, and one that is none."""
    mib = kernel.read_mib()
    texts = proc_root(site)
    site.snmpd(more="agentXPerms 0777 0777\n")
    (site.folder / "proc/net/netstat").chmod(0)
    agent = site.agent(f"procRoot {site.folder}/proc\n", options=("-u", "nobody"))
    check(source(site, STATE, "net/netstat") == FAILED and "Permission denied" in source(site, CAUSE, "net/netstat"),
          "a file that the user may not read", source(site, CAUSE, "net/netstat"))
    check_without(site, texts, mib, r"(TcpExt|IpExt|MPTcpExt)", "a file that the user may not read", known=False)
    check_equal([line.partition("; ")[2] for line in agent.log() if "net/netstat" in line], ["what cannot be read is not served until it can"],
                "the log promises no last good values, as there are none")
    agent.end()
    (site.folder / "proc/net/netstat").chmod(0o644)
    (site.folder / "proc/net/sockstat").unlink()
    (site.folder / "proc/net/sockstat").symlink_to("/dev/null")
    site.agent(f"procRoot {site.folder}/proc\n")
    check(source(site, STATE, "net/sockstat") == FAILED, "/dev/null in its place", source(site, STATE, "net/sockstat"))
    check_without(site, texts, mib, r"Sockstat(Sockets|[A-Za-z]+(?<!6)(Inuse|Orphan|Tw|Alloc|Mem|Memory)$)", "/dev/null in its place", known=False)


def replaced(site):
    """Files that come by a rename, go, and come again below procRoot: what is served is what is there."""
    start(site, 4000000001, "refreshInterval 0.1\nmaxAge 3600\n")
    netstat = site.folder / "proc/net/netstat"
    for number in (4000000002, 4000000003):
        site.write("new", NETSTAT.format(number)).rename(netstat)
        wait_for("the other file is read", lambda: shows(site, 4000000001, number))
    check(number_of(site, FAILURES) == 0, "a file that another one replaces is no fault")
    netstat.unlink()
    wait_for("its counters go", lambda: site.get(*SHOWN[6:]) == [NO_INSTANCE] * 2)
    check_equal(source(site, STATE, "net/netstat"), ABSENT, "a file that is removed takes its counters with it, whatever maxAge is")
    site.write("new", BAD).rename(netstat)
    wait_for("it is there again, and broken", lambda: source(site, STATE, "net/netstat") == FAILED)
    site.write("new", NETSTAT.format(4000000004)).rename(netstat)
    wait_for("a good one in its place is read", lambda: shows(site, 4000000001, 4000000004))


SOFTNET = "{:08x} {:08x} 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 {:08x}\n"
CONNTRACK = "entries  drop\n"


def processors(site):
    """Totals of files with a line for each processor: they go on over a wrap and a processor that leaves, and tell where they do not."""
    softnet, conntrack = SOURCES["net/softnet_stat"], SOURCES["net/stat/nf_conntrack"]
    moved = [f"{OBJECTS}.1.14.1.9.{i}" for i in (softnet, conntrack)]
    shown = [f"{OBJECTS}.24.1.0", f"{OBJECTS}.24.2.0", f"{OBJECTS}.25.10.0", f"{OBJECTS}.25.1.0"]  # processed, dropped, drop, entries

    def put(cpus, lines):
        with agent.held():
            site.write("proc/net/softnet_stat", "".join(SOFTNET.format(processed, dropped, cpu) for cpu, processed, dropped in cpus))
            site.write("proc/net/stat/nf_conntrack", CONNTRACK + "".join(f"{entries:08x}  {drop:08x} \n" for entries, drop in lines))

    def expect(values, what):
        wait_for(f"{what}: {values}", lambda: [value.value for value in site.get(*shown)] == values)
        check(True, f"{what}: {values}")
        return [number_of(site, oid) for oid in moved], number_of(site, DISCONTINUITY)

    write(site, 1)
    site.write("proc/net/softnet_stat", SOFTNET.format(0xfffffff0, 1, 0) + SOFTNET.format(0x10, 2, 3))
    site.write("proc/net/stat/nf_conntrack", CONNTRACK + "00000005  fffffffe\n00000005  00000001\n")
    site.snmpd()
    agent = site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.1\n")
    begun = expect([2**32, 3, 2**32 - 1, 5], "at first the sums")
    put(((0, 0x10, 1), (3, 0x10, 2)), ((4, 3), (4, 1)))
    check_equal(expect([2**32 + 0x20, 3, 2**32 + 4, 4], "numbers wrap"), begun, "and that is no discontinuity")
    put(((3, 0x11, 4),), ((4, 3), (4, 2)))
    check_equal(expect([2**32 + 0x21, 5, 2**32 + 5, 4], "a processor goes"), begun, "and that is none")
    put(((0, 0x12, 2), (3, 0x11, 4)), ((4, 4), (4, 2)))
    check_equal(expect([2**32 + 0x23, 6, 2**32 + 6, 4], "and comes back"), begun, "nor that")
    wait_for("time passes", lambda: number_of(site, UPTIME) > begun[0][1] + 10)
    put(((0, 0x12, 2), (3, 0x11, 4)), ((4, 4),))
    files, everything = expect([2**32 + 0x23, 6, 4, 4], "a line that does not say whose it is goes")
    check(files[0] == begun[0][0] and files[1] > begun[0][1] and everything == begun[1],
          "and that is a discontinuity of its file, and of nothing else", (begun, files, everything))


harness.main(age, garbage, too_old, nothing_yet, one_snapshot, one_broken, cannot_be_used, replaced, processors)
