#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tcpextd --master: the same answers as through snmpd, to whom its configuration lets, and whatever comes."""

import contextlib
import errno
import pathlib
import re
import signal
import socket
import struct
import subprocess

import ber
import failing
import harness
import test_namespaces as namespaces
import test_tables as tables
from harness import AGENT, ALL, MIB2, NO_OBJECT, OBJECTS, V1, V2C, V3, Agent, Failure, check, check_equal, key, wait_for
from test_manuals import shown

ROOT = harness.SOURCE / "tests" / "fixtures" / "6.18"
FROZEN = f"procRoot {ROOT}\nrefreshInterval 3600\nmaxAge 7200\n"
ACCESS = harness.SNMPD_CONF[harness.SNMPD_CONF.index("createUser"):]
HOWS = {"v1": V1, "v2c": V2C, "v3": V3}
UDP = "udp:127.0.0.1:161"
ENGINE = "1.3.6.1.6.3.10.2.1"
UNKNOWN = "1.3.6.1.6.3.12.1.5.0"
GEN_ERROR = 5
OTHERS = 'com2secunix reader default other\ngroup readers v2c reader\naccess readers "" any noauth exact _all_ none none\n'

# What differs from one moment, or from one agent, to the next: the snapshot's sequence, age, time, cost and discontinuity; age, rows,
# cost, cut and source of tables; of sources age, cost, discontinuity; what of interfaces has a time; sockets and services, which are those
# of snmpd and of us; how many notifications there were.
MASKED = tuple(f"{part}." for part in (
    *(f"{OBJECTS}.1.{column}" for column in (1, 2, 3, 6, 12)), *(f"{OBJECTS}.1.13.1.{column}" for column in range(3, 8)),
    *(f"{OBJECTS}.1.14.1.{column}" for column in (5, 6, 9)), f"{MIB2}.2.2.1", f"{MIB2}.6.13", f"{MIB2}.7.5"))
MASKED_GROUPS = range(18, 40)  # of ours: tables of sockets and what is made of them


def start(site, conf="", access=ACCESS + ALL, options=(), addresses=(UDP,), wait=True, under=(), **more):
    """tcpextd as the master; its first address is that of the site."""
    path = site.write("tcpextd.conf", access + conf)
    site.snmp.unlink(missing_ok=True)
    agent = site.start(Agent, site.inside(*under, AGENT, "-f", "-C", "-c", path, "-Lf", site.folder / "tcpextd.log", *options, "--master",
                                          site.address, *addresses), site.folder, **more)
    if wait:
        site.wait_served(agent)
    return agent


def is_compared(oid):
    own = key(oid)[len(key(OBJECTS)):] if oid.startswith(OBJECTS + ".") else (0,)
    return not oid.startswith(MASKED) and own[0] not in MASKED_GROUPS


def answers(site, names=None):
    """What managers get in each way: of walks what is compared, of all else what comes to these names."""
    found = {}
    for version, how in HOWS.items():
        for group in (*(f"{MIB2}.{number}" for number in (4, 5, 6, 7)), OBJECTS):
            found[version, "walk", group] = dict(site.walk(group, how=how))
        for repetitions in (1, 7, 90) if version != "v1" else ():
            found[version, "bulk", repetitions] = dict(site.walk(OBJECTS, how=how, repetitions=repetitions))
    names = names or sorted({oid for group in found.values() for oid in group if is_compared(oid)}, key=key)[::7]
    for version, how in HOWS.items():
        found[version, "get"] = site.get_all(names, how=how, at_once=60)
        found[version, "parts"] = {oid: site.getnext(oid[:oid.rindex(".")], how=how) for oid in names[::40]}
        found[version, "none"] = dict(zip(names[::40], [site.tool("snmpget", how, (), (oid + ".1",)).stdout for oid in names[::40]]))
    return found, names


def same(site):
    """Over one proc root, get, walk and bulk in v1, v2c and v3."""
    master = start(site, FROZEN)
    own, names = answers(site)
    ours = {oid for group in own.values() for oid in group}
    check_equal(master.end(), 0, "it ends in good order")
    site.snmpd()
    site.agent(FROZEN)
    theirs, _ = answers(site, names)
    for way in own:
        wanted = {oid: value for oid, value in theirs[way].items() if is_compared(oid) and oid in ours}
        found = {oid: value for oid, value in own[way].items() if is_compared(oid)}
        check_equal(found, wanted, f"{' '.join(map(str, way))}: {len(found)} as through snmpd")


def system(site):
    """What is snmpd's otherwise: the system group, sysORTable, engine and counters."""
    start(site, 'sysContact "me" <me@here>\nsysLocation a rack\nsysName box\n')
    found = dict(site.walk(f"{MIB2}.1"))
    check_equal([found[f"{MIB2}.1.{i}.0"].value for i in (2, 4, 5, 6, 7)],
                ["1.3.6.1.4.1.8072.3.2.10", '"me" <me@here>', "box", "a rack", 72], "the texts of its configuration")
    check("Linux" in found[f"{MIB2}.1.1.0"].value, "sysDescr is that of uname", found[f"{MIB2}.1.1.0"])
    rows = [value.value for oid, value in found.items() if oid.startswith(f"{MIB2}.1.9.1.2.")]
    check(f"{MIB2}.49" in rows and f"{harness.ROOT}.3.1" in rows and len(rows) == len(set(rows)), "sysORTable has its modules", rows)
    one, other = (site.get(f"{MIB2}.1.3.0")[0].value for _ in range(2))
    check(0 < one <= other, "sysUpTime goes on")
    before, after = (site.get(f"{MIB2}.11.{15}.0")[0].value for _ in range(2))
    check_equal(after, before + 1, "snmpInGetRequests counts")
    check_equal(site.get(f"{ENGINE}.2.0")[0].value, 1, "its first start")


def modules(site):
    """sysORTable has a row for each module that is served, since it is, and sysORLastChange is when that changed."""
    def rows():
        found = dict(site.walk(f"{MIB2}.1.9.1"))
        table = {column: {oid.rpartition(".")[2]: value.value for oid, value in found.items() if oid.startswith(f"{MIB2}.1.9.1.{column}.")}
                 for column in (2, 3, 4)}
        check(table[2].keys() == table[3].keys() == table[4].keys(), "each row is whole", table)
        return table[2], table[4], site.get(f"{MIB2}.1.8.0")[0].value

    agent = start(site, "register tcpext,tcp,udp\n")
    all_ids, all_since, changed = rows()
    check(f"{MIB2}.49" in all_ids.values() and f"{MIB2}.50" in all_ids.values() and f"{MIB2}.4" not in all_ids.values(), "those of `register'", all_ids)
    check_equal(max(all_since.values()), changed, "all at the start")
    wait_for("a tenth of a second is over", lambda: site.get(f"{MIB2}.1.3.0")[0].value > changed + 10)
    site.write("tcpextd.conf", ACCESS + ALL + "register tcpext,tcp\n")
    reload(agent)
    fewer, since, again = rows()
    check_equal({index: oid for index, oid in all_ids.items() if oid != f"{MIB2}.50"}, fewer, "a row that goes leaves the others as they are")
    check(all(all_since[index] == ticks for index, ticks in since.items()) and again > changed + 10, "which is the last change", (since, changed, again))
    site.write("tcpextd.conf", ACCESS + ALL + "register tcpext,tcp,udp\n")
    reload(agent)
    ids, since, last = rows()
    check_equal(ids, all_ids, "it comes again, as the row that it was")
    check({since[index] for index in ids if ids[index] == f"{MIB2}.50"} == {last} and last >= again, "at the time of that change", (since, last))
    udp = site.get(f"{MIB2}.7.1.0")[0]
    check(udp.syntax == "Counter32", "and is served", udp)


def refused(site, how, oid=f"{MIB2}.6.1.0", **more):
    """Whether nobody answers, or with an error."""
    done = site.tool("snmpget", how, (), (oid,), patience=("-t2", "-r0"), **more)
    return "INTEGER" not in done.stdout and "STRING" not in done.stdout


def reload(agent):
    lines = len(agent.log())
    agent.send(signal.SIGHUP)
    wait_for("the configuration is read again", lambda: [line for line in agent.log()[lines:] if re.search("read again|stays in force", line)])


def access(site):
    """Nobody may read without a line that says so; SIGHUP reads them again; a faulty one changes nothing."""
    agent = start(site, access="", wait=False)
    agent.wait_log("nobody may read anything yet")
    check(all(refused(site, how, netns=True, address="127.0.0.1") for how in HOWS.values()), "nothing is readable at first")
    site.write("tcpextd.conf", ACCESS + f"view seen included .{MIB2}.6\nview seen excluded .{MIB2}.6.13\n")
    reload(agent)
    check(not any(refused(site, how) for how in (V1, V2C, V3)), "all may read once the lines are there")
    check_equal(site.get(harness.SEQUENCE, f"{MIB2}.6.1.0")[0], NO_OBJECT, "and only what the view has")
    site.write("tcpextd.conf", "rocommunity other\naccess wrong\n")
    reload(agent)
    check(any("missing CONTEXT" in line and "line 2" in line for line in agent.log()), "a faulty line is named", agent.log())
    check(not any(refused(site, how) for how in (V1, V2C, V3)), "what was in force stays so", agent.log())
    site.write("tcpextd.conf", OTHERS)
    reload(agent)
    check(all(refused(site, how) for how in (V1, V2C, V3)), "who is no longer there reads nothing, a user neither")
    check(not refused(site, ("-v2c", "-cother")), "and another does")
    check(refused(site, ("-v2c", "-cother", "-n", "none")) is False, "a community has its own context")
    agent.end()
    agent = start(site, access="nonsense 1\n", wait=False)
    check(agent.wait() != 0 and any("unknown word 'nonsense'" in line for line in agent.log()), "an unknown word is refused", agent.log())


def unread(site):
    """A configuration whose procRoot cannot be looked at: the old one stays in force, access included."""
    fails = failing.Failing(site, "failing.so")
    site.write("proc/net/snmp", tables.SNMP)
    agent = start(site, under=fails.prefix)
    site.write("tcpextd.conf", OTHERS + f"procRoot {site.folder}/proc\n")
    fails.fail("eventfd", 1, errno.EMFILE)
    agent.send(signal.SIGHUP)
    agent.wait_log("procRoot: .*; the old configuration stays in force")
    check(not any(refused(site, how, harness.VERSION) for how in (V1, V2C, V3)), "who was let in is so still")
    check(refused(site, ("-v2c", "-cother"), harness.VERSION), "and nobody else")
    reload(agent)
    check(refused(site, V2C, harness.VERSION) and not refused(site, ("-v2c", "-cother"), harness.VERSION), "at the next SIGHUP it is in force")


def views(site):
    """A walk passes what is not in the view, however it asks, and version 1 has no Counter64."""
    holes = f"view seen included .1\nview seen excluded .{OBJECTS}.2\nview seen excluded .{OBJECTS}.8.5\nview seen excluded .{MIB2}.6.9.0\n"
    start(site, FROZEN, access=ACCESS + holes)
    site.walk(OBJECTS)  # has all tables read, which shows in kernelTable
    walk = site.walk(f"{MIB2}.6") + site.walk(OBJECTS)
    bulk = site.walk(f"{MIB2}.6", repetitions=30) + site.walk(OBJECTS, repetitions=30)
    check_equal({oid: None for oid, _ in bulk if is_compared(oid)}, {oid: None for oid, _ in walk if is_compared(oid)}, f"{len(walk)} names by GETNEXT and by GETBULK")
    check(len(walk) > 300 and not any(oid.startswith((f"{OBJECTS}.2.", f"{OBJECTS}.8.5.", f"{MIB2}.6.9.")) for oid, _ in walk), "none is excluded")
    first = site.walk(f"{MIB2}.6", how=V1) + site.walk(f"{MIB2}.7", how=V1)
    check(f"{MIB2}.6.15.0" in dict(first) and f"{MIB2}.6.17.0" not in dict(first), "version 1 passes Counter64")
    check_equal(site.get(f"{MIB2}.6.9.0", f"{MIB2}.6.99.0", f"{MIB2}.6.17.0.1"),
                [NO_OBJECT, NO_OBJECT, harness.NO_INSTANCE], "what is not there is no such object, or instance")


def sets(site):
    """Nothing can be written."""
    start(site, access="com2secunix reader default public\ngroup all v1 reader\ngroup all v2c reader\ncreateUser tester SHA "
          '"authentic words" AES "private words"\ngroup all usm tester\naccess all "" any noauth exact _all_ _all_ none\n')
    for version, how in HOWS.items():
        done = site.tool("snmpset", how, (), (f"{MIB2}.1.4.0", "s", "me"))
        check(("noSuchName" if version == "v1" else "notWritable") in done.stderr, f"{version}: SET is refused", done.stderr)
    check_equal(site.get(f"{MIB2}.1.4.0")[0].value, "", "and has changed nothing")


def starts(site):
    """The engine is the same after kill -9, and its starts are counted; users are those of the configuration."""
    def engine():
        return [value.value for value in site.get(f"{ENGINE}.1.0", f"{ENGINE}.2.0", how=V3)]

    agent = start(site)
    name, boots = engine()
    check_equal(boots, 1, "the first start")
    for i in range(2, 4):
        agent.kill()
        agent = start(site)
        check_equal(engine(), [name, i], f"start {i}, after kill -9")
    check_equal(agent.end(), 0, "it ends")
    state = "".join(path.read_text() for path in (site.folder / "persist").glob("tcpextd*.conf"))
    check("tester" not in state, "no user is kept beside the configuration", state)
    agent = start(site)
    check_equal(engine(), [name, 4], "start 4, after a good end")


def unprivileged(site):
    """A port below 1024 is bound before the user changes, and the state is that user's."""
    (site.folder / "persist").mkdir()
    (site.folder / "persist").chmod(0o777)
    site.write("tcpextd.log", "").chmod(0o666)
    agent = start(site, access="rocommunity public\n", options=("-u", "nobody"), addresses=(UDP, "tcp:127.0.0.1:161"), wait=False)
    where = {"address": "127.0.0.1", "netns": True}
    wait_for("it answers", lambda: not refused(site, V2C, **where))
    check(not refused(site, V2C, address="tcp:127.0.0.1", netns=True), "by tcp, too")
    uids = re.search(r"^Uid:\s+(.*)$", pathlib.Path(f"/proc/{agent.pid}/status").read_text(), re.M)[1].split()
    check("0" not in uids, "it is root no more", uids)
    check(any((site.folder / "persist").glob("tcpextd*.conf")), "its state is kept")


def large(site):
    """5,000 varbinds in a request, and answers that are too long for a message."""
    start(site)
    with ber.Manager(site.snmp, 60) as manager:
        for kind, names in ((ber.GET, [f"{MIB2}.6.5.0"]), (ber.GETNEXT, [f"{MIB2}.6.5"]), (ber.GETBULK, [f"{MIB2}.6.4"])):
            answer = manager.ask(kind, names * 5000, repetitions=3 if kind == ber.GETBULK else 0)
            check_equal((answer.error, len(answer.varbinds) % 5000, {oid for oid, _ in answer.varbinds} <= {f"{MIB2}.6.5.0", f"{MIB2}.6.4.0"}),
                        (0, 0, True), f"{kind:#x} of 5,000")
        answer = manager.ask(ber.GETBULK, [OBJECTS], repetitions=1 << 30)
        check(answer.error == 0 and len(answer.varbinds) == 100, "a GETBULK gets as much as snmpd gives", len(answer.varbinds))
        answer = manager.ask(ber.GETBULK, [f"{MIB2}.6.1.0"], repetitions=0)
        check_equal((answer.error, answer.varbinds), (0, []), "a GETBULK of nothing")
        answer = manager.ask(ber.GETBULK, [f"{MIB2}.6.1", f"{MIB2}.6.2", "1.9"], repetitions=2, non_repeaters=1)
        check_equal([oid for oid, _ in answer.varbinds], [f"{MIB2}.6.1.0", f"{MIB2}.6.2.0", "1.9", f"{MIB2}.6.3.0", "1.9"],
                    "one alone, and two that are repeated")


def contexts(site):
    """Namespaces are contexts: of a user by -n, and of a community that com2sec puts into one."""
    with namespaces.Names(site) as names:
        first, second = names.add("a", 5), names.add("b", 7)
        site.run("python3", "-B", "-c", namespaces.SEND, "3")
        agent = start(site, f"namespace {names['*']}\n" + namespaces.access(first, second))
        namespaces.shows(site, first, 5)
        namespaces.shows(site, second, 7)
        for whole, sent in ((first, 5), (second, 7), ("", 3)):
            how = (*V3, "-n", whole)
            check_equal(site.get(namespaces.NO_PORTS, how=how)[0].value, sent, f"a user reads {whole or 'the default context'}")
            for repetitions in (None, 20):
                walk = dict(site.walk(f"{MIB2}.7", how=how, repetitions=repetitions))
                check_equal((walk[namespaces.NO_PORTS].value, f"{MIB2}.7.3.0" in walk), (sent, True), f"by a walk, {repetitions}")
        check_equal(site.get(namespaces.NO_PORTS)[0].value, 3, "the community public stays in the default context")
        before = site.get(UNKNOWN)[0].value
        check(refused(site, (*V3, "-n", "nowhere")) and site.get(UNKNOWN)[0].value > before, "a context that is none has no answer, and is counted")
        names.delete("b")
        wait_for("a deleted one is none", lambda: namespaces.value(site, second) is None)
        check_equal(namespaces.value(site, first), 5, "the other one goes on")
        check_equal(agent.end(), 0, "it ends well")


def as_user(name, whose):
    """One that tcpextd.conf(5) shows."""
    return ("-v3", "-l", "authPriv", "-u", name, "-a", "SHA", "-A", f"password-of-{whose}", "-x", "AES", "-X", f"another-of-{whose}")


def as_shown(site):
    """The lines that tcpextd.conf(5) has for contexts let in the same without snmpd, and nobody else."""
    with namespaces.Names(site) as names:
        lines = "".join(shown("CONTEXTS", first) for first in ("view everything", "com2sec", "view namespaces"))
        blue, green = names.add("blue", 5), names.add("green", 7)
        for word, whole in (("blue", blue), ("green", green)):
            lines = re.sub(rf"\b{word}\b", whole, lines)
        start(site, f"namespace {names['*']}\n{lines}")
        watcher, team = as_user("watcher", "yours"), as_user("blueteam", "theirs")
        allowed = (((*watcher, "-n", blue), 5), ((*watcher, "-n", green), 7), ((*team, "-n", blue), 5),
                   (("-v2c", "-c", f"guests-of-{blue}"), 5), (("-v2c", "-c", f"guests-of-{green}"), 7), (("-v2c", "-c", "guests-of-all"), 0))
        namespaces.wait_for("both are read", lambda: len(site.walk(f"{OBJECTS}.40.1.8")) == 2)
        for how, sent in allowed:
            check_equal(site.get(namespaces.NO_PORTS, how=how, netns=True, address="127.0.0.1")[0].value, sent, " ".join(how[-4:]))
        for how in ((*team, "-n", green), team, ("-v2c", "-c", "guests-of-the-table")):
            done = site.tool("snmpget", how, (), (namespaces.NO_PORTS,), patience=("-t2", "-r0"), netns=True, address="127.0.0.1")
            check("Counter32" not in done.stdout, f"not {' '.join(how[-4:])}", done.stdout)
        check_equal(len(site.walk(f"{OBJECTS}.40.1.3", how=("-v2c", "-c", "guests-of-the-table"), netns=True, address="127.0.0.1")), 2,
                    "who may see the table alone sees it")


def manual(site):
    """The lines for a container that tcpextd(8) has, as they stand there."""
    page = (harness.SOURCE / "man/tcpextd.8").read_text()
    lines = re.search(r"three lines are enough.*?\.nf\n(.*?)\.fi", page, re.S)[1]
    check_equal(len(lines.splitlines()), 3, "they are three")
    site.run("ip", "address", "add", "192.0.2.7/24", "dev", "lo")
    with site.socket(socket.SOCK_DGRAM) as sink:
        sink.settimeout(harness.DEADLINE)
        sink.bind(("192.0.2.7", 162))
        agent = start(site, access=lines, addresses=("udp:161",), wait=False)
        told = sink.recv(65536)
        check(b"public" in told and b"has started" in told, "it tells that it has started", told)
    check(not refused(site, V2C, netns=True, address="udp:192.0.2.7:161"), "who is let in reads")
    check(refused(site, V2C, netns=True, address="udp:127.0.0.1:161"), "and nobody else")
    check_equal([line for line in agent.log() if re.search("cannot|nobody|wrong|unknown", line)], [], "it has nothing to complain of")


def connect(site, seconds=20):
    plug = site.socket(socket.SOCK_STREAM)
    plug.settimeout(seconds)
    plug.connect(("127.0.0.1", 161))
    return ber.Manager(None, seconds, plug=plug)


def reset(manager):
    manager.plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    manager.plug.close()


def leave(manager):
    manager.plug.shutdown(socket.SHUT_WR)


LEAVING = {"closes": lambda manager: manager.plug.close(), "resets": reset, "is half closed": leave}


def gone(site):
    """Managers go while a table is being read for them, by each transport: others are served, and nothing of them is left."""
    site.write("proc/net/snmp", tables.SNMP)
    site.write("proc/net/tcp6", tables.TITLES)
    with harness.SlowFile(site, site.folder / "proc/net/tcp") as slow:
        agent = start(site, f"procRoot {site.folder}/proc\ntableTimeout 20\n" + tables.ONCE, addresses=(UDP, "tcp:127.0.0.1:161"),
                      under=("python3", "-B", harness.HERE / "without_sock_diag.py", *slow.prefix))
        descriptors = agent.descriptors()
        stays, column = connect(site), tables.STATE_COLUMN
        number = stays.send(ber.GETNEXT, [column])
        wait_for("the table is being read", slow.is_being_read)
        for how, go in LEAVING.items():
            for unix in (False, True):
                for kind in (ber.GET, ber.GETNEXT, ber.GETBULK):
                    manager = ber.Manager(site.snmp) if unix else connect(site)
                    for _ in range(3):
                        manager.send(kind, [column, tables.SEGMENTS], repetitions=3 if kind == ber.GETBULK else 0)
                    go(manager)
                    manager.plug.close()
                    check_equal(connect(site).ask(ber.GET, [tables.SEGMENTS]).error, 0, f"one {how} ({'unix' if unix else 'tcp'}, {kind:#x}): others are served")
        plug = site.socket(socket.SOCK_DGRAM)
        plug.sendto(ber.request(ber.GETNEXT, 1, [column]), ("127.0.0.1", 161))
        plug.close()
        check(agent.alive() and not refused(site, V3, f"{MIB2}.6.2.0"), "it lives")
        slow.feed(tables.TITLES + tables.LINES)
        answer = stays.receive()
        check_equal((answer.number, answer.error, [oid for oid, _ in answer.varbinds]), (number, 0, [f"{column}.{tables.FIRST}"]), "who has stayed is answered")
        stays.plug.close()
        wait_for(lambda: f"{descriptors} descriptors as before; there are {agent.descriptors()}",
                 lambda: agent.descriptors() <= descriptors)
        manager = connect(site)
        manager.send(ber.GETNEXT, [f"{MIB2}.7.5"])
        check_equal(agent.end(), 0, "it ends well, with a request at hand")


def overdue(site):
    """A table that takes longer than tableTimeout is an error for whoever waits for it; others are served."""
    site.write("proc/net/snmp", tables.SNMP)
    site.write("proc/net/tcp6", tables.TITLES)
    with harness.SlowFile(site, site.folder / "proc/net/tcp") as slow:
        agent = start(site, f"procRoot {site.folder}/proc\ntableTimeout 1\n" + tables.ONCE,
                      under=("python3", "-B", harness.HERE / "without_sock_diag.py", *slow.prefix))
        manager = ber.Manager(site.snmp, harness.DEADLINE)
        answer = manager.ask(ber.GET, [tables.SEGMENTS, f"{tables.STATE_COLUMN}.{tables.FIRST}"])
        check_equal((answer.error, answer.index), (GEN_ERROR, 2), "it is not there in time")
        check_equal(manager.ask(ber.GET, [tables.SEGMENTS]).error, 0, "others are served")
        check_equal(len(agent.wait_log("tableTimeout")), 1, "the log says so")
        wait_for("the table is being read", slow.is_being_read)
        slow.feed(tables.TITLES + tables.LINES)
        wait_for("then it is there", lambda: manager.ask(ber.GET, [f"{tables.STATE_COLUMN}.{tables.FIRST}"]).error == 0)


def silent(site):
    """Who connects and says nothing takes a part of the descriptors, at most: others are served."""
    agent = start(site, addresses=(UDP, "tcp:127.0.0.1:161"), under=("prlimit", "--nofile=64:64"))
    held = [connect(site) for _ in range(60)]
    for manager in held:
        with contextlib.suppress(OSError):
            manager.plug.sendall(b"\x30\x82\x10\x00\x02")
    check(not refused(site, V3, address="127.0.0.1", netns=True), "a manager by udp is served")
    check(agent.descriptors() < 60, "descriptors are left")
    asks = connect(site)
    check_equal(asks.ask(ber.GET, [tables.SEGMENTS]).error, 0, "and by tcp, for which who was idle longest goes")
    for _ in range(40):
        held.append(connect(site))
        asks.ask(ber.GET, [tables.SEGMENTS])
    check_equal(asks.ask(ber.GET, [tables.SEGMENTS]).error, 0, "who asks now and then stays connected, whoever comes")
    check(agent.descriptors() < 60, "descriptors are left")
    for manager in held:
        manager.plug.close()


def deaf(site):
    """Who asks and never reads is cut off once there is no more room for answers: others are served."""
    def is_cut_off(manager):
        """Sends as much as it can."""
        try:
            while manager.plug.send(many):
                pass
        except BlockingIOError:
            return False
        except OSError:
            return True

    start(site, addresses=(UDP, "tcp:127.0.0.1:161"))
    many = 100 * ber.request(ber.GETBULK, 1, [OBJECTS], repetitions=100)
    for manager in (connect(site), ber.Manager(site.snmp)):
        with manager:
            manager.plug.setblocking(False)
            wait_for("it is cut off", lambda: is_cut_off(manager))
            wait_for("others are served", lambda: not refused(site, V3, address="127.0.0.1", netns=True))


def full(site):
    """On a full disk, at the start or at the end, the state stays that of before; the log of the start says so."""
    def engine():
        return [value.value for value in site.get(f"{ENGINE}.1.0", f"{ENGINE}.2.0", how=V3)]

    def fill():
        with contextlib.suppress(OSError), open(state / "full", "wb", buffering=0) as rest:
            while rest.write(bytes(512)):
                pass

    state = site.folder / "persist"
    state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", state], check=True)
    try:
        agent = start(site)
        name, boots = engine()
        fill()
        check_equal(agent.end(), 0, "it ends on a full disk")
        (state / "full").unlink()
        agent = start(site)
        check_equal(engine(), [name, boots + 1], "the engine is the same, and its starts are counted")
        agent.end()
        fill()
        agent = start(site)
        agent.wait_log("cannot be written: No space left on device")
        agent.kill()
        agent = start(site)
        check_equal(engine(), [name, boots + 2], "on a full disk it starts as that engine")
        agent.end()
        (state / "full").unlink()
        agent = start(site)
        check_equal(engine(), [name, boots + 2], "the engine is the same")
        (state / "tcpextd-master.conf").unlink()
        agent.end()
        start(site)
        check_equal(engine(), [name, boots + 3], "what was removed meanwhile is written at the end")
    finally:
        for process in site.processes:
            process.kill()
        subprocess.run(["umount", "-l", state])


if __name__ == "__main__":
    harness.main(same, system, modules, access, unread, views, sets, starts, unprivileged, large, contexts, as_shown, manual, gone, overdue, silent, deaf, full)
