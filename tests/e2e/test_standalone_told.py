#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tcpextd --master tells sinks itself, of each kind, what snmpd would; and --notify-test tries them, beside an agent that runs."""

import harness
import test_notifications as notifications
import trapd
from harness import check, check_equal
from test_standalone import start
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


if __name__ == "__main__":
    harness.main(sinks, crossing, again, notify)
