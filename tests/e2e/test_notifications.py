#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Notifications arrive whole at every kind of sink; each once, in its order and with its time, whatever happens to snmpd."""

import datetime
import signal
import struct
import time

import harness
import test_thresholds as thresholds
import trapd
from harness import AGENT, OBJECTS, Value, check, check_equal, wait_for
from master import CLOSE, NOTIFY, OPEN, PING, RESPONSE, Master, Octets, encode

NODE = f"{OBJECTS}.34"
SENT, DROPPED, REFUSED, WAITING = (f"{NODE}.{i}.0" for i in range(1, 5))
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
STARTED, STALE, WELL = (f"{harness.ROOT}.0.{i}" for i in (5, 3, 4))

# A proc root with two files that can go stale.
FILES = {"net/snmp": "Ip: Forwarding InReceives\nIp: 1 5\n", "net/netstat": "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 1 2\n"}
QUICK = "refreshInterval 0.1\nmaxAge 0.5\nagentXPingInterval 3\n"


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def proc_root(site):
    for path, text in FILES.items():
        site.write(f"proc/{path}", text)
    return f"procRoot {site.folder}/proc\n"


def break_file(site, path):
    site.write(f"proc/{path}", FILES[path].replace("1", "one"))


def mend(site, path):
    site.write(f"proc/{path}", FILES[path])


def count(site, oid):
    return site.get(oid)[0].value


# --- With snmpd and snmptrapd -------------------------------------------------------------------------------------------------

def through_snmpd(site, conf):
    site.snmpd(more=trapd.sinks())
    return site.agent(conf)


def sinks(site, run=through_snmpd):
    """Traps of SNMPv1, v2c and v3, and informs: each sink gets each notification once, with all objects by their names."""
    sink = trapd.Trapd(site)
    root = proc_root(site)
    begin = now() - datetime.timedelta(seconds=1)
    run(site, QUICK + root)
    sink.came(len(trapd.SINKS), what="agentStartedNotification")
    break_file(site, "net/netstat")
    sink.came(len(trapd.SINKS), what="sourceStaleNotification")
    mend(site, "net/netstat")
    sink.came(len(trapd.SINKS), what="sourceWellNotification")
    of_source = ["notifiedContext", "notifiedObject", "notifiedEvent", "notifiedTime", "notifiedText"]
    for how in trapd.SINKS:
        traps = sink.traps(how)
        check_equal([trap.what for trap in traps], ["agentStartedNotification", "sourceStaleNotification", "sourceWellNotification"],
                    f"{how}: these three, in their order")
        started, stale, well = (trap.values for trap in traps)
        check_equal(list(started), ["notifiedCrossed", "notifiedEvent", "notifiedTime", "notifiedText"], f"{how}: what the first one has")
        check_equal((list(stale), list(well)), (of_source, of_source), f"{how}: what the others have")
        check_equal([values["notifiedEvent"] for values in (started, stale, well)], [1, 2, 3], f"{how}: events are numbered")
        check(begin <= started["notifiedTime"] <= stale["notifiedTime"] <= well["notifiedTime"] <= now(), f"{how}: each has its time", traps)
        check_equal((stale["notifiedContext"], stale["notifiedObject"]), ("", "net/netstat"), f"{how}: which file")
        check("fewer" in stale["notifiedText"] or "number" in stale["notifiedText"] or "one" in stale["notifiedText"],
              f"{how}: a sentence says why", stale)
        check_equal(well["notifiedText"], "net/netstat can be read again", f"{how}: and that it is over")
    check_equal(site.get(SENT, DROPPED, REFUSED, WAITING), [Value("Counter64", 3), Value("Counter64", 0), Value("Counter64", 0), Value("Gauge32", 0)],
                "the agent has counted them")


def outage(site):
    """What happens while snmpd is killed comes when it is back: none is missing, each has its time."""
    sink = trapd.Trapd(site)
    root = proc_root(site)
    snmpd = site.snmpd(more=trapd.sinks("trap, v2c"))
    agent = site.agent(QUICK + root)
    sink.came(1, what="agentStartedNotification")
    for path in FILES:
        break_file(site, path)
    sink.came(2, what="sourceStaleNotification")
    snmpd.kill()
    agent.wait_log("lost the AgentX master")
    gone = now()
    for path in FILES:
        mend(site, path)
        agent.wait_log(f"{path} can be read again")
    back = now()
    site.snmpd(more=trapd.sinks("trap, v2c"))
    traps = sink.came(5)
    found = [(trap.what, trap.values.get("notifiedObject")) for trap in traps]
    check_equal((found[0], sorted(found[1:3]), found[3:]),
                (("agentStartedNotification", None), [("sourceStaleNotification", path) for path in sorted(FILES)],
                 [("sourceWellNotification", path) for path in FILES]), "all have come, in their order")
    check_equal([trap.values["notifiedEvent"] for trap in traps], [1, 2, 3, 4, 5], "with their numbers")
    times = [trap.values["notifiedTime"] for trap in traps]
    second = datetime.timedelta(seconds=1)  # a tenth is what DateAndTime has, and the host's clock may be set meanwhile
    check(times == sorted(times) and gone - second <= times[3] and times[4] <= back + second,
          "with the times at which they happened, not of their sending", times)


# --- Thresholds ---------------------------------------------------------------------------------------------------------------

BURST = """
import socket
server = socket.create_server(("127.0.0.1", 4002), backlog=0)
held = [socket.socket() for _ in range(60)]
for one in held:
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", 4002))
"""
ESTABLISHED = "Tcp: RtoMin CurrEstab\nTcp: 200 {}\n"


def date(site, column, name, row=""):
    """A DateAndTime of thresholdTable."""
    octets = bytes(int(octet, 16) for octet in thresholds.cell(site, column, name, row).split())
    zone = (1 if octets[8] == ord("+") else -1) * (octets[9] * 60 + octets[10])
    return datetime.datetime(octets[0] * 256 + octets[1], *octets[2:7], octets[7] * 100000,
                             tzinfo=datetime.timezone(datetime.timedelta(minutes=zone)))


def crossing(site, run=through_snmpd):
    """ListenDrops of the kernel over a threshold and back: two notifications at each kind of sink, with all that they are to have."""
    sink = trapd.Trapd(site)
    run(site, "rateTime 1\nrefreshInterval 0.1\nthreshold drops TcpExtListenDrops rate > 5 clear 1 severity critical\n")
    thresholds.wait_state(site, thresholds.NORMAL, "drops")
    site.run("python3", "-c", BURST)
    times = {}
    for what in ("Crossed", "Cleared"):
        sink.came(len(trapd.SINKS), what=f"threshold{what}Notification")
        times[what] = date(site, thresholds.BEGAN, "drops") if what == "Cleared" else None
    for how in trapd.SINKS:
        traps = [trap for trap in sink.traps(how) if trap.what.startswith("threshold")]
        check_equal([trap.what for trap in traps], ["thresholdCrossedNotification", "thresholdClearedNotification"], f"{how}: just these two")
        crossed, cleared = (trap.values for trap in traps)
        check_equal((tuple(crossed), tuple(cleared)), (trapd.NAMES, trapd.NAMES), f"{how}: all objects, in their order")
        told = {name: crossed[name] for name in ("notifiedContext", "notifiedName", "notifiedRow", "notifiedObject", "notifiedKind",
                                                 "notifiedLimit", "notifiedLimit32", "notifiedSeverity", "notifiedState", "notifiedEvent")}
        check_equal(told, {"notifiedContext": "", "notifiedName": "drops", "notifiedRow": "", "notifiedObject": "TcpExtListenDrops",
                           "notifiedKind": "rate", "notifiedLimit": "5", "notifiedLimit32": 5, "notifiedSeverity": "critical",
                           "notifiedState": "crossed", "notifiedEvent": 2}, f"{how}: what has crossed which limit")
        check(float(crossed["notifiedValue"]) > 5 and crossed["notifiedValue32"] == int(float(crossed["notifiedValue"])),
              f"{how}: the value is over it", crossed)
        check_equal(crossed["notifiedText"], f"drops is crossed: TcpExtListenDrops grows by {crossed['notifiedValue']} a second, more than 5",
                    f"{how}: a sentence for people")
        check(float(cleared["notifiedValue"]) <= 1 and cleared["notifiedLimit"] == "1" and cleared["notifiedState"] == "normal" and
              cleared["notifiedEvent"] == 3 and cleared["notifiedText"].endswith(", not more than 1"), f"{how}: and is back", cleared)
        check(crossed["notifiedTime"] <= cleared["notifiedTime"] == times["Cleared"], f"{how}: each has its time, as thresholdTable has it",
              (crossed, cleared, times))


def established(site, number):
    site.write("proc/net/snmp", ESTABLISHED.format(number))


def away(site):
    """snmpd is killed between a crossing and the clearing: that comes later, with its time; and at the start what is crossed is told."""
    sink = trapd.Trapd(site)
    established(site, 9)
    conf = f"procRoot {site.folder}/proc\n{QUICK}threshold estab TcpCurrEstab value > 5.5\n"
    snmpd = site.snmpd(more=trapd.sinks("trap, v2c"))
    agent = site.agent(conf)
    crossed = sink.came(1, what="thresholdCrossedNotification")[0].values
    check_equal((crossed["notifiedEvent"], crossed["notifiedValue"], crossed["notifiedLimit"], crossed["notifiedLimit32"]), (2, "9", "5.5", 5),
                "what is crossed when it starts is told after the start")
    check_equal(crossed["notifiedTime"], date(site, thresholds.BEGAN, "estab"), "with its time")
    snmpd.kill()
    agent.wait_log("lost the AgentX master")
    established(site, 3)
    gone = now()
    wait_for("some readings", lambda: now() > gone + datetime.timedelta(seconds=1))
    site.snmpd(more=trapd.sinks("trap, v2c"))
    cleared = sink.came(1, what="thresholdClearedNotification")[0].values
    check_equal((cleared["notifiedEvent"], cleared["notifiedValue"], cleared["notifiedLimit"]), (3, "3", "4"), "the clearing comes")
    site.wait_served(agent)
    check_equal(cleared["notifiedTime"], date(site, thresholds.BEGAN, "estab"), "with the time at which it was cleared")
    check_equal(len(sink.traps()), 3, "three in all")
    agent.end()
    established(site, 8)
    site.agent(conf)
    started, again = sink.came(5)[3:]
    check_equal((started.what, started.values["notifiedEvent"], again.what), ("agentStartedNotification", 1, "thresholdCrossedNotification"),
                "another agent begins anew")


def reloaded(site):
    """SIGHUP: what is taken out, or is another one, is cleared with the reason; what stays is not told again. every repeats it."""
    sink = trapd.Trapd(site)
    established(site, 9)
    conf = f"procRoot {site.folder}/proc\n{QUICK}"
    lines = {name: f"threshold {name} TcpCurrEstab value > 5\n" for name in ("out", "other", "lower", "stays")}
    site.snmpd(more=trapd.sinks("trap, v2c"))
    agent = site.agent(conf + "".join(lines.values()))
    sink.came(5)
    thresholds.reload(site, agent, conf + lines["other"].replace("> 5", "> 12") + lines["lower"].replace("> 5", "> 2 every 1") + lines["stays"])
    found = sink.came(2, what="thresholdClearedNotification")
    check_equal(sorted(trap.values["notifiedText"] for trap in found), ["other is cleared: it was changed, or what it watches is another one",
                                                                       "out is cleared: it was taken out of the configuration"], "both are cleared, and why")
    check_equal({trap.values["notifiedState"] for trap in found}, {"unknown"}, "their state is unknown")
    found = sink.came(7, what="thresholdCrossedNotification")[4:]
    check_equal({trap.values["notifiedText"] for trap in found} - {"lower is crossed: TcpCurrEstab is 9, more than 2"},
                {"lower is still crossed: TcpCurrEstab is 9, and the limit is 2"}, "one with another limit is crossed still, and told again and again; what stays is not")
    thresholds.reload(site, agent, conf)
    found = sink.came(4, what="thresholdClearedNotification")[2:]
    check_equal(sorted(trap.values["notifiedText"] for trap in found), [f"{name} is cleared: it was taken out of the configuration"
                                                                       for name in ("lower", "stays")], "without thresholds all are cleared")


def rows(site):
    """A threshold on a column tells of each row, by its name; one that is gone is cleared."""
    sink = trapd.Trapd(site)
    site.snmpd(more=trapd.sinks("trap, v2c"))
    site.agent("tableInterval 1\nthreshold queue tcpListenQueue percent > 80\n")
    thresholds.wait_state(site, thresholds.NORMAL, "queue")
    listener, clients = (thresholds.python(site, text) for text in (thresholds.LISTENER, thresholds.CLIENTS))
    crossed = sink.came(1, what="thresholdCrossedNotification")[0].values
    row = "127.0.0.1:4001"
    check_equal([crossed[f"notified{name}"] for name in ("Name", "Row", "Object", "Kind", "Value", "Limit", "Severity")],
                ["queue", row, "tcpListenQueue", "percent", "100", "80", "warning"], "a listener that is full")
    clients.end()
    listener.end()
    cleared = sink.came(1, what="thresholdClearedNotification")[0].values
    check_equal((cleared["notifiedRow"], cleared["notifiedText"]), (row, f"queue is cleared: {row} is not there any more"),
                "and that it is gone")


NUMBER, TURNS = 200, 101


def storm(site):
    """10,000 crossings: the limit holds, what is dropped is counted, and the last of each arrives."""
    sink = trapd.Trapd(site)
    conf = f"procRoot {site.folder}/proc\n{QUICK}" + "".join(
        f"threshold t{i} TcpCurrEstab value {'>' if i % 2 else '<'} 5\n" for i in range(NUMBER))
    established(site, 5)
    site.snmpd(more=trapd.sinks("trap, v2c"))
    agent = site.agent(conf)
    begin = time.monotonic()
    for turn in range(TURNS):
        with agent.held():  # in its place, since another file there is noticed late
            (site.folder / "proc/net/snmp").write_text(ESTABLISHED.format(9 if turn % 2 else 1))
        wait_for("all are noticed", lambda: site.get(thresholds.ACTIVE)[0].value == NUMBER // 2 and is_other(site, turn))
    minutes = int((time.monotonic() - begin) / 60) + 1
    traps = sink.traps()
    check(len(traps) <= 60 * minutes, f"within {minutes} minutes no more than 60 in each", len(traps))
    dropped = count(site, DROPPED)
    turns = NUMBER // 2 + NUMBER * (TURNS - 1)  # at first half of them turn
    check(dropped >= turns - 60 * minutes - 60 - NUMBER, "all but these and those that wait are dropped", dropped)
    thresholds.reload(site, agent, conf + "notificationLimit 1000\n")
    wait_for("nothing waits", lambda: count(site, WAITING) == 0)
    traps = wait_for("all have come", lambda: (lambda found: found if len(found) == count(site, SENT) else None)(sink.traps()))
    last = {trap.values["notifiedName"]: trap.what for trap in traps if "notifiedName" in trap.values}
    wanted = {f"t{i}": f"threshold{'Cleared' if i % 2 else 'Crossed'}Notification" for i in range(NUMBER)}
    check_equal(last, wanted, "the last one of each says what is true")
    told = [trap for trap in traps if trap.what.startswith("threshold")]
    missing = [trap.values["notifiedDropped"] for trap in traps if trap.what == "droppedNotification"]
    check_equal(sum(missing), count(site, DROPPED), "what was dropped is told")
    check_equal(len(told) + sum(missing), turns, "each crossing and clearing has come or is counted")
    events = [trap.values["notifiedEvent"] for trap in traps]
    check(len(set(events)) == len(events) and max(events) <= turns + 1 + len(missing), "each has a number of its own", max(events))


def is_other(site, turn):
    """Whether the turn is seen: one of either kind stands as it should."""
    return thresholds.cell(site, thresholds.STATE, "t1") == (thresholds.CROSSED if turn % 2 else thresholds.NORMAL)


def none(site):
    """notificationLimit 0: nothing is sent; after SIGHUP with another one what is true then is told."""
    sink = trapd.Trapd(site)
    conf = QUICK + proc_root(site)
    site.snmpd(more=trapd.sinks("trap, v2c"))
    agent = site.agent(conf + "notificationLimit 0\n")
    break_file(site, "net/netstat")
    wait_for("its counters are gone", lambda: site.get(f"{OBJECTS}.8.24.0") == [harness.NO_INSTANCE])
    check_equal(sink.traps() + site.get(SENT, WAITING), [Value("Counter64", 0), Value("Gauge32", 0)], "nothing is sent, nothing waits")
    site.write("tcpextd.conf", harness.patience(conf) + conf + "notificationLimit 5\n")
    agent.send(signal.SIGHUP)
    traps = sink.came(1)
    check_equal([trap.what for trap in traps], ["sourceStaleNotification"], "with a limit the file that is stale is told, and no start")


# --- With a master that does what we say --------------------------------------------------------------------------------------

def sent(connection):
    """The notifications that came by a connection: their packets, and of their varbinds names and values."""
    found = []
    for pdu in list(connection.received):
        if pdu.kind == NOTIFY:
            octets = Octets(pdu.body, pdu.flags)
            varbinds = []
            while octets.data:
                varbinds.append(octets.varbind())
            found.append((pdu, {name: value for name, _, value in varbinds}, [name for name, _, _ in varbinds]))
    return found


def event_of(varbinds):
    return varbinds[f"{NODE}.16.0"]


def unanswered(site):
    """One whose session ends before the answer is sent again by the next session, with its number and its time."""
    with Master(site, hang_up={NOTIFY}) as master:
        site.agent(f"agentXPingInterval 3\n{proc_root(site)}", wait=False)
        first = wait_for("a notification", lambda: sent(master.connection(1)))
        master.hang_up = set()
        second = wait_for("it comes again", lambda: sent(master.connection(2)))
        pdu, varbinds, names = first[0]
        check_equal(names[0], TRAP_OID, "it begins with snmpTrapOID.0: sysUpTime is the master's")
        check_equal(varbinds[TRAP_OID], STARTED, "which is that of the start")
        check_equal((second[0][1], second[0][2]), (varbinds, names), "the second one is the same, event and time included")
        check(pdu.packet >= 1 << 31 and second[0][0].packet >= 1 << 31, "their numbers are none of the library's")
        others = [other.packet for other in master.connection(1).received if other.kind != NOTIFY]
        check(others and max(others) < 1 << 31, "of which each is below", max(others))
        check(second[0][0].session == 2, "by the session that it was told", second[0][0])
        answers = master.registered(2)
        wait_for("another ping", lambda: answers.count(PING) > 1)
        check_equal(len(sent(answers)), 1, "once it is answered it is not sent again")


def order(site):
    """Each waits for the answer to the one before; the session and its registrations go on meanwhile."""
    conf = QUICK + proc_root(site)
    with Master(site, silent={NOTIFY}) as master:
        agent = site.agent(conf, wait=False)
        connection = master.registered()
        break_file(site, "net/netstat")
        agent.wait_log("net/netstat: .*; its last good values stay")
        wait_for("it is stale and waits", lambda: connection.ask([WAITING]).varbinds[0][2] == 2)
        pings = connection.count(PING)
        wait_for("a ping", lambda: connection.count(PING) > pings)
        check_equal(len(sent(connection)), 1, "the second one waits for the answer to the first")
        master.silent = set()
        pdu = sent(connection)[0][0]
        connection.acknowledge(pdu)
        connection.acknowledge(pdu)  # once more than it should
        found = wait_for("the next one", lambda: (lambda found: found if len(found) > 1 else None)(sent(connection)))
        check_equal([varbinds[TRAP_OID] for _, varbinds, _ in found], [STARTED, STALE], "then it comes")
        wait_for("nothing waits", lambda: connection.ask([WAITING]).varbinds[0][2] == 0)
        check_equal([value for _, _, value in connection.ask([SENT, REFUSED]).varbinds], [2, 0], "both are counted")
        check(not connection.ended, "all by one session")


def error(connection, pdu, number):
    connection.send(encode(RESPONSE, connection.number, pdu.transaction, pdu.packet, struct.pack("!IHH", 100, number, 0)))


def refused(site):
    """An error is an answer as well: logged once, counted, and nothing is sent again."""
    conf = QUICK + proc_root(site)
    with Master(site, silent={NOTIFY}) as master:
        agent = site.agent(conf, wait=False)
        connection = master.registered()
        break_file(site, "net/netstat")
        for number in range(2):
            pdu = wait_for("a notification", lambda: sent(connection)[number:])[0][0]
            error(connection, pdu, 268)
        wait_for("both are refused", lambda: connection.ask([REFUSED]).varbinds[0][2] == 2)
        said = agent.wait_log("the master has not taken a notification")
        check(len(said) == 1 and "AgentX error 268" in said[0] and "notificationsRefused" in said[0], "one line says why", said)
        master.silent = set()
        mend(site, "net/netstat")
        agent.wait_log("the master takes notifications again")
        check_equal([event_of(varbinds) for _, varbinds, _ in sent(connection)], [1, 2, 3], "none was sent twice")


def ignored(site):
    """A master that answers pings and no notification: given up after twice the time that it has, and the next one is tried."""
    conf = "refreshInterval 0.1\nmaxAge 0.5\nagentXPingInterval 2\nagentXTimeout 1\nagentXRetries 0\n" + proc_root(site)
    with Master(site, silent={NOTIFY}) as master:
        agent = site.agent(conf, wait=False)
        connection = master.registered()
        break_file(site, "net/netstat")
        wait_for("the next one", lambda: len(sent(connection)) == 2)
        said = agent.wait_log("the master has not taken a notification: it has not answered it")
        check(len(said) == 1 and not connection.ended, "it says so; the session stays", said)


def limited(site):
    """notificationLimit holds, whatever happens; what was dropped is counted, and the last one of each file waits."""
    conf = QUICK.replace("maxAge 0.5", "maxAge 0.1") + proc_root(site)
    with Master(site) as master:
        agent = site.agent(conf + "notificationLimit 3\n", wait=False)
        connection = master.registered()
        for turn in range(6):
            for change in (break_file, mend):
                change(site, "net/netstat")
                events = wait_for("it is noticed", lambda: next_event(connection, turn, change))
        taken, dropped, turned_down, waiting = (value for _, _, value in connection.ask([SENT, DROPPED, REFUSED, WAITING]).varbinds)
        check_equal([event_of(varbinds) for _, varbinds, _ in sent(connection)], [1, 2, 3], "the first three are sent at once, and no more")
        check(dropped > 0 and (taken, turned_down) == (3, 0) and taken + dropped + waiting - 1 == events,
              "each other one waits or is dropped and counted, and one more that tells of these", (taken, dropped, waiting, events))
        check(agent.alive() and not connection.ended, "the session goes on")


def next_event(connection, turn, change):
    """How many changes of the file have been told, dropped or wait, once this one is among them."""
    sent_, dropped, waiting = (value for _, _, value in connection.ask([SENT, DROPPED, WAITING]).varbinds)
    told = sent_ + dropped + waiting - (1 if dropped else 0)
    return told if told >= 1 + 2 * turn + (1 if change is break_file else 2) else None


# --- By hand ------------------------------------------------------------------------------------------------------------------

def tried(site, *options):
    done = site.run(AGENT, "--notify-test", "-C", "-x", site.master, *options)
    return done.returncode, done.stdout


def by_hand(site):
    """tcpextd --notify-test sends one by a session of its own, and says what became of it."""
    status, said = tried(site)
    check(status == 1 and f"FAIL AgentX: {site.master}: there is no such socket" in said, "without snmpd: why, and what to do", said)
    said = site.run(AGENT, "--notify-test", "-C", "-x", f"/{site.netns}").stdout
    check("has dropped" not in said and " root:root /\n" in said, "that nothing was sent is not hidden; the folder is /", said)
    sink = trapd.Trapd(site)
    snmpd = site.snmpd(more=trapd.sinks("trap, v1", "trap, v3"))
    site.agent()
    sink.came(2, what="agentStartedNotification")
    status, said = tried(site)
    place = f"{site.folder}/snmpd.conf:"
    check(status == 0 and f"ok   notifications: the master at {site.master} has taken a testNotification" in said
          and f"ok   notifications: snmpd sends them where {place}" in said and ", and where other lines do" in said, "beside an agent: well", said)
    check("tester" not in said and "authentic" not in said, "it tells no user and no password", said)
    for how in ("trap, v1", "trap, v3"):
        values = sink.came(1, how, "testNotification")[0].values
        check(values["notifiedEvent"] == 0 and "tries whether this arrives" in values["notifiedText"], f"{how}: it comes", values)
    check_equal(site.walk(f"{NODE}.1")[0][1].value, 1, "the agent knows nothing of it, and its session goes on")
    snmpd.end()
    snmpd = site.snmpd()
    status, said = tried(site)
    check(status == 0 and "has taken a testNotification" in said and "warn notifications: snmpd.conf names nobody who gets them" in said
          and f"write to {site.folder}/snmpd.conf" in said and "trap2sink ADDRESS COMMUNITY" in said, "without a sink: what to write", said)
    snmpd.end()
    site.write("tcpextd.conf", "agentXTimeout 1\nagentXRetries 0\n")
    quick = ("-c", site.folder / "tcpextd.conf")
    with Master(site) as master:
        tried(site, *quick)
        received = master.connections[-1].received
        wait_for("all is received", lambda: len(received) >= 3)
        check_equal([pdu.kind for pdu in received], [OPEN, NOTIFY, CLOSE], "a session of three PDUs")
    with Master(site, silent={NOTIFY}):
        status, said = tried(site, *quick)
        check(status == 1 and "has not taken a testNotification: it does not answer" in said, "a master that does not answer: it says so", said)
    with Master(site, hang_up={OPEN}):
        status, said = tried(site, *quick)
        check(status == 1 and "has not taken a testNotification: it does not answer" in said, "one that hangs up: likewise", said)


if __name__ == "__main__":
    harness.main(sinks, outage, crossing, away, reloaded, rows, storm, none, unanswered, order, refused, ignored, limited, by_hand)
