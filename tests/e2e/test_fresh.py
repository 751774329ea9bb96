#!/usr/bin/env python3
"""Stale is never served as fresh, and the varbinds of one PDU come from one snapshot."""

import datetime
import sys

import harness
import kernel
from harness import (AGE, DISCONTINUITY, FAILURES, INTERVAL, LAST_FAILURE, MAX_AGE, MIB2, NO_INSTANCE, OBJECTS, SEQUENCE, TIME,
                     V2C, Value, check, check_equal, key, wait_for)

UPTIME = f"{MIB2}.1.3.0"
TABLES = tuple(f"{OBJECTS}.{i}." for i in ("1.13", 18, 19, 20))  # not of the snapshot: read when they are asked for

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
WORSE = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 5 five\n"
SHOWN = [f"{MIB2}.{oid}.0" for oid in ("4.3", "4.10", "5.1", "6.9", "6.10", "7.1")] + [f"{OBJECTS}.8.1.0", f"{OBJECTS}.8.24.0"]


def write(site, number, netstat=NETSTAT):
    site.write("proc/net/snmp", SNMP.format(number))
    site.write("proc/net/netstat", netstat.format(number))


def rewrite(site, agent, number, netstat=NETSTAT):
    """In place, for the agent keeps the files open; and held, for it must not see them half written."""
    with agent.held():
        write(site, number, netstat)


def start(site, number, conf):
    write(site, number)
    site.snmpd()
    return site.agent(f"procRoot {site.folder}/proc\n{conf}")


def shows(site, number):
    return {value.value for value in site.get(*SHOWN)} == {number}


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
    before = site.sequence()
    wait_for("snapshotSequence grows", lambda: site.sequence() > before + 3)
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
    """A read that fails leaves the last good values, is counted, and is logged once per cause."""
    agent = start(site, 4000000001, "refreshInterval 0.1\nmaxAge 3600\n")
    check(shows(site, 4000000001), "good values")
    healthy = len(agent.log())
    rewrite(site, agent, 4000000009, BAD)
    wait_for("five failed reads", lambda: number_of(site, FAILURES) >= 5)
    sequence = number_of(site, SEQUENCE)
    check(shows(site, 4000000001), "while reads fail, the last good values stay, those of the other files too")
    cause = number_of(site, LAST_FAILURE)
    check("net/netstat" in cause and "TcpExt" in cause and "fewer values than names" in cause, "snapshotLastFailure says why", cause)
    check(len(agent.log()) == healthy + 1 and cause in agent.log()[-1], "five failures, one line in the log", agent.log())
    check(number_of(site, SEQUENCE) == sequence, "no new snapshot was counted")
    rewrite(site, agent, 4000000002)
    wait_for("the counters come back", lambda: shows(site, 4000000002))
    check(number_of(site, SEQUENCE) > sequence, "snapshotSequence goes on")
    check(number_of(site, LAST_FAILURE) == cause, "snapshotLastFailure stays")
    agent.wait_log("can be read again")
    failures = number_of(site, FAILURES)
    rewrite(site, agent, 4000000009, BAD)
    wait_for("the same failure again", lambda: number_of(site, FAILURES) > failures)
    rewrite(site, agent, 4000000009, WORSE)
    wait_for("another cause", lambda: "ListenDrops" in number_of(site, LAST_FAILURE))
    agent.wait_log("ListenDrops")
    check(len(agent.log()) == healthy + 3, "the old cause is not logged again, the new one is", agent.log())


def too_old(site):
    """Past maxAge the counters are not there, the snapshot group is, and a good read brings them back."""
    agent = start(site, 4000000001, "refreshInterval 0.1\nmaxAge 1\n")
    rewrite(site, agent, 4000000001, BAD)
    wait_for("the counters go", lambda: site.get(*SHOWN) == [NO_INSTANCE] * len(SHOWN))
    check(number_of(site, AGE) > number_of(site, MAX_AGE), "snapshotAge is above snapshotMaxAge")
    left = site.walk(OBJECTS, repetitions=25)
    left = [varbind for varbind in left if not varbind[0].startswith(TABLES)]
    check([oid for oid, _ in left] == [f"{OBJECTS}.1.{i}.0" for i in range(1, 13)], "of the counters' objects the snapshot group is left",
          [oid for oid, _ in left][:20])
    shown = [(oid, value) for oid, value in site.walk(MIB2, repetitions=25) if value.value in (4000000001, 4000000009)]
    check(not shown, "no walk of mib-2 shows a number that is too old", shown[:5])
    rest = site.getnext(f"{OBJECTS}.1.14")[0]
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


harness.main(age, garbage, too_old, nothing_yet, one_snapshot)
