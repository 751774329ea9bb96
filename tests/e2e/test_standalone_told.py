#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tcpextd --master tells sinks itself, of each kind, what snmpd would; and --notify-test tries them, beside an agent that runs."""

import contextlib
import re
import shutil
import socket

import harness
import test_notifications as notifications
import trapd
from harness import V3, check, check_equal, wait_for
from test_standalone import ACCESS, refused, reload, start
from test_standalone_doctor import READER, ask


QUICK = "refreshInterval 0.1\nmaxAge 0.5\n"


def as_master(site, conf):
    return start(site, trapd.sinks() + harness.patience(conf) + conf)


def quiet(agent):
    """SNMPv1 has no Counter64, of which the library would complain each time; none is in what is sent."""
    check(not any(word in line for line in agent.log() for word in ("send_trap", "Counter64", "WARNING")), "the log has nothing of it", agent.log())
    check_equal(agent.end(), 0, "it ends")


def sinks(site):
    """trapsink, trap2sink, informsink and trapsess: each gets each notification once, with all objects by their names."""
    notifications.sinks(site, as_master)
    quiet(site.processes[-1])


def crossing(site):
    """A threshold is crossed and cleared: each kind of sink is told so."""
    notifications.crossing(site, as_master)
    quiet(site.processes[-1])


def again(site):
    """SIGHUP takes sinks out and brings others."""
    sink = trapd.Trapd(site)
    root = QUICK + notifications.proc_root(site)
    agent = start(site, trapd.sinks("trap, v1", "inform, v2c") + root)
    sink.came(2, what="agentStartedNotification")
    site.write("tcpextd.conf", trapd.sinks("trap, v2c") + root)
    agent.send(1)
    agent.wait_log("configuration read again")
    notifications.break_file(site, "net/netstat")
    sink.came(1, what="sourceStaleNotification")
    notifications.mend(site, "net/netstat")
    sink.came(1, what="sourceWellNotification")
    check_equal([trap.how for trap in sink.traps() if trap.what.startswith("source")], ["trap, v2c"] * 2, "only the sink of the new configuration is told")


def notify(site):
    """A testNotification comes to each sink, beside an agent whose own ones come before and after it; an inform says whether it did."""
    sink = trapd.Trapd(site)
    root = QUICK + notifications.proc_root(site)
    agent = start(site, trapd.sinks() + root)
    kinds = len(trapd.SINKS)
    sink.came(kinds, what="agentStartedNotification")
    report = ask(site, "--notify-test")
    check_equal(report.status, 0, "exit status 0")
    check(report.about("ok", f"notifications: {kinds} testNotifications were sent") and report.about("ok", "the informs were acknowledged"),
          "what became of them", report.text)
    check_equal(sorted(trap.how for trap in sink.came(kinds, what="testNotification")), sorted(trapd.SINKS), "one came to each sink")
    notifications.break_file(site, "net/netstat")
    check_equal(sorted(trap.how for trap in sink.came(kinds, what="sourceStaleNotification")), sorted(trapd.SINKS),
                "those of the agent are taken after it as well")
    check_equal(agent.end(), 0, "the agent ends")
    report = ask(site, "--notify-test", conf="informsink 127.0.0.1:1162 public\n")
    check(report.status == 1 and report.about("FAIL", "of 1 informs 1 were not acknowledged"), "nobody listens: no acknowledgement", report.text)
    report = ask(site, "--notify-test", conf=READER)
    check(report.status == 0 and report.about("warn", "tcpextd.conf names nobody who gets them", "trap2sink ADDRESS COMMUNITY"), "no sinks: their line",
          report.text)


# --- Receivers that are not there ---------------------------------------------------------------------------------------------

class Events:
    """What a test makes happen, a notification each time; a sink that always hears them tells when one was sent."""

    def __init__(self, site, conf):
        self.site, self.count = site, 0
        self.plug = site.socket(socket.SOCK_DGRAM)
        self.plug.bind(("127.0.0.1", 2162))
        self.plug.settimeout(harness.DEADLINE)
        self.conf = "trap2sink udp:127.0.0.1:2162 public\n" + QUICK + notifications.proc_root(site)
        self.agent = start(site, conf + self.conf)
        self.plug.recv(65536)

    def one(self):
        (notifications.mend if self.count % 2 else notifications.break_file)(self.site, "net/netstat")
        self.count += 1
        self.plug.recv(65536)

    def said(self, pattern):
        return [line for line in self.agent.log() if re.search(pattern, line)]


def lines_of(events, name):
    return len(events.said(f"do not reach {re.escape(name)}: ")), len(events.said(f"reach {re.escape(name)} again"))


def nowhere(site):
    """Who cannot be reached keeps nothing from starting, nor from a reload, and is named once, until it is there."""
    names = ("tcp:127.0.0.1:1163", "host.invalid", "tcp:127.0.0.1:1164", "192.0.2.1")
    lines = "".join(f"{word} {name}{rest}\n" for word, name, rest in
                    zip(("trapsink", "informsink", "trapsess -Ci -v2c -c public", "trap2sink -name here"), names, (" public", " public", "", "")))
    events = Events(site, lines)
    for name in names:
        events.agent.wait_log(f"notifications do not reach {re.escape(name)}: ")
    for _ in range(3):
        events.one()
    reload(events.agent)
    events.one()
    check_equal([lines_of(events, name) for name in names], [(1, 0)] * 4, "each is told of once")
    check(bool(events.said("configuration read again")) and not events.said(r"null|stays in force|send_trap|cannot create"), "nothing else is said",
          events.agent.log())
    with site.socket(socket.SOCK_STREAM) as first, site.socket(socket.SOCK_DGRAM) as last:
        site.run("ip", "address", "add", "192.0.2.1/24", "dev", "lo")
        for plug, where in ((first, ("127.0.0.1", 1163)), (last, ("192.0.2.1", 162))):
            plug.settimeout(harness.DEADLINE)
            plug.bind(where)
        first.listen()
        events.one()
        check(b"public" in last.recv(65536), "it comes where it can")
        plug = accepted(first)
        check(b"public" in plug.recv(65536), "by tcp as well")
        for name in (names[0], names[3]):
            events.agent.wait_log(f"notifications reach {re.escape(name)} again")
        plug.close()
        wait_for("the agent sees its end", lambda: not established(site, events.agent))
        events.one()
        plug = accepted(first)
        check(b"public" in plug.recv(65536), "and by another connection once that has ended")
        plug.close()
    check_equal(lines_of(events, names[1]), (1, 0), "the others are still not there")
    check_equal(events.agent.end(), 0, "it ends")


def accepted(listener):
    """A connection by which something comes; by others it is looked whether somebody is here."""
    while True:
        plug, _ = listener.accept()
        plug.settimeout(harness.DEADLINE)
        if plug.recv(1, socket.MSG_PEEK):
            return plug
        plug.close()


def established(site, agent):
    """The agent's connections to 1163."""
    lines = site.run("ss", "-Htnp", "dport", "=", ":1163").stdout.splitlines()
    return [line for line in lines if f"pid={agent.pid}," in line]


def faulty(site):
    """A line that is wrong in itself is refused, with its place, and changes nothing."""
    agent = start(site, trapd.sinks("trap, v2c"))
    for line in ("trapsess -v3 -u tester -l nonsense 127.0.0.1", "trap2sink -name", "trapsink -s 192.0.2.9 127.0.0.1", "trapsess -v2c -c public"):
        lines = len(agent.log())
        site.write("tcpextd.conf", f"rocommunity public\n{line}\n")
        reload(agent)
        found = agent.log()[lines:]
        check(any("line 2" in one for one in found) and any("stays in force" in one for one in found), line, found)
    check(not refused(site, V3), "what was in force stays so")


def mute(site):
    """A receiver of SNMPv3 informs that says nothing holds nobody up; once it answers it is told, be it another engine or not."""
    with site.socket(socket.SOCK_DGRAM) as plug:
        plug.bind(("127.0.0.1", 162))
        events = Events(site, trapd.sinks("inform, v3").replace("-Ci", "-Ci -t 600 -r 5"))
        check(not refused(site, V3, harness.VERSION), "who asks is answered")
        events.one()
        check(not refused(site, V3, harness.VERSION), "at the next notification, too")
        check(len(plug.recv(65536)) < 100 and not datagrams(plug), "which waits for the first question to be answered")
        site.write("tcpextd.conf", ACCESS + harness.ALL + trapd.sinks("inform, v3").replace("-Ci", "-Ci -t 1 -r 0") + events.conf)
        reload(events.agent)
        events.one()
        events.agent.wait_log("do not reach 127.0.0.1: it does not answer")
    for engine in ("first", "second"):
        sink = trapd.Trapd(site)
        before = len(sink.traps("inform, v3"))
        if engine == "second":
            events.one()
            wait_for("it refuses the other engine's", lambda: len(events.said("do not reach 127.0.0.1: it ")) == 2)
        events.one()
        sink.came(before + 1, "inform, v3")
        events.agent.wait_log("notifications reach 127.0.0.1 again")
        sink.kill()
        shutil.rmtree(site.folder / "persist-trapd")
    wait_for("it is reached again", lambda: lines_of(events, "127.0.0.1") == (2, 2))
    check_equal(events.agent.end(), 0, "it ends")


def hangs_up(site):
    """A receiver that takes an inform and ends the stream before it answers has lost it, which is told of."""
    with site.socket(socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 1163))
        listener.settimeout(harness.DEADLINE)
        listener.listen()
        events = Events(site, "trapsess -Ci -v2c -c public -t 600 -r 0 tcp:127.0.0.1:1163\n")
        plug = accepted(listener)
        check(b"public" in plug.recv(65536), "the inform comes")
        plug.close()
        events.agent.wait_log("do not reach tcp:127.0.0.1:1163: it has ended the connection")
    check_equal(events.agent.end(), 0, "it ends")


def stays(site):
    """After a reload that is refused receivers of SNMPv3 informs are told as before."""
    sink = trapd.Trapd(site)
    conf = ACCESS + harness.ALL + trapd.sinks("inform, v3") + QUICK + notifications.proc_root(site)
    agent = start(site, conf, access="")
    sink.came(1, what="agentStartedNotification")
    site.write("tcpextd.conf", conf + "trapsess -v2c -c public\n")
    reload(agent)
    agent.wait_log("stays in force")
    notifications.break_file(site, "net/netstat")
    sink.came(1, "inform, v3", "sourceStaleNotification")
    check(not any("do not reach" in line for line in agent.log()), "none is lost", agent.log())
    check_equal(agent.end(), 0, "it ends")


def both(site):
    """Of one address traps are sent and informs are not answered: a reload takes neither for the other."""
    events = Events(site, "trapsess -Ci -v2c -c public -t 1 -r 0 udp:127.0.0.1:1164\ntrap2sink udp:127.0.0.1:1164 public\n")
    events.agent.wait_log("do not reach udp:127.0.0.1:1164: it does not answer")
    reload(events.agent)
    events.one()
    check_equal(lines_of(events, "udp:127.0.0.1:1164"), (1, 0), "nothing has changed")
    check_equal(events.agent.end(), 0, "it ends")


def words(site):
    """A port behind the community, an address with quotes, and a path are taken as the library takes them."""
    path = site.folder / "sink"
    with site.socket(socket.SOCK_DGRAM) as port, site.socket(socket.SOCK_DGRAM) as quotes, socket.socket(socket.AF_UNIX) as listener:
        for plug, where in ((port, ("127.0.0.1", 1165)), (quotes, ("127.0.0.1", 1166)), (listener, str(path))):
            plug.bind(where)
            plug.settimeout(harness.DEADLINE)
        listener.listen()
        agent = start(site, f'trapsink 127.0.0.1 public 1165\ntrapsess -v2c -c public "udp:127.0.0.1:1166"\ntrap2sink {path} public\n')
        check(all(b"public" in plug.recv(65536) for plug in (port, quotes, accepted(listener))), "each is told")
        quiet(agent)


def datagrams(plug):
    with contextlib.suppress(BlockingIOError):
        return plug.recv(65536, socket.MSG_DONTWAIT)
    return None


if __name__ == "__main__":
    harness.main(sinks, crossing, again, notify, nowhere, faulty, mute, hangs_up, stays, both, words)
