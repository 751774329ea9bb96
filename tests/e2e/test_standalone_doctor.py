#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tcpextd --doctor with --master: no snmpd and no AgentX; where it listens, its state, who may ask, who is told."""

import socket

import harness
from harness import AGENT, ROOT, check, check_equal
from test_doctor import Report, check_only
from test_standalone import reload, start

READER = "rocommunity secret 127.0.0.1\n"
WHERE = "udp:127.0.0.1:161"


def ask(site, task, *options, addresses=(WHERE,), conf=None):
    """The doctor of the configuration that the agent has."""
    if conf is not None:
        site.write("tcpextd.conf", conf)
    site.write("mibs/LINUX-TCPEXT-MIB.txt", "")
    site.write("mibs/SNMPv2-SMI.txt", "")
    return Report(site.run(AGENT, task, "-C", "-c", site.folder / "tcpextd.conf", *options, "--master", *addresses,
                           env={"MIBDIRS": str(site.folder / "mibs")}))


def doctor(site, *options, **more):
    return ask(site, "--doctor", *options, **more)


def run(site, conf):
    """The agent as it is to be asked by a community from this host."""
    agent = start(site, access=conf, wait=False)
    agent.wait_log("tcpextd .* started")
    return agent


def healthy(site):
    """An agent that serves what its configuration says: nothing to mend, and not a word of snmpd."""
    agent = run(site, READER + "trap2sink 127.0.0.1 public\n")
    lines = len(agent.log())
    report = doctor(site)
    check(report.status == 0 and report.faults() == [], "nothing is wrong, exit status 0", report.text)
    for words in ((f"--master: {WHERE} is taken, as it is to be while process {agent.pid} runs",), ("state: user root may write to", "persist"),
                  (f"agent: it answers at {WHERE}, version", "asked as the community of"), ("view: _all_ shows all",),
                  ("notifications: the agent sends them where", "tcpextd.conf:2")):
        check(report.about("ok", *words), f"it looked at this: {' ... '.join(words)}", report.text)
    check(not any(word in report.text for word in ("snmpd", "AgentX", "secret")), "it tells of no snmpd, and no community", report.text)
    check_equal(agent.log()[lines:], [], "the agent has nothing to log of that")
    site.write("tcpextd.conf", 'exactEngineID 0x80001f880403\ncreateUser tester SHA "authentic words"\nrouser tester auth\n')
    check_equal(agent.end(), 0, "it ends")
    agent = run(site, (site.folder / "tcpextd.conf").read_text())
    report = doctor(site)
    check(report.faults() == [] and "asked as the user of" in report.text and "authentic words" not in report.text,
          "it asks as a user, also of an engine whose name is given", report.text)


def unhealthy(site):
    """What is wrong is named: no agent, one elsewhere, another program in its place, a state that is lost, nobody who may ask."""
    report = doctor(site, conf=READER)
    check(report.about("ok", f"--master: {WHERE} is free"), "a free address", report.text)
    check_only(report, "FAIL", "no agent", "agent: none runs here", f"start it: tcpextd --master {WHERE}")
    with site.socket(socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 161))
        report = doctor(site)
        check(report.about("FAIL", f"--master: {WHERE} is taken by another program, such as snmpd"), "an address that is taken", report.text)
    check(doctor(site, addresses=("udp:192.0.2.9:161",)).about("FAIL", "cannot listen at udp:192.0.2.9:161"), "one that is not this host's")
    agent = run(site, READER)
    report = doctor(site, addresses=("udp:127.0.0.1:1161",))
    check(report.about("warn", f"udp:127.0.0.1:1161 is free, though process {agent.pid} runs"), "an agent that listens elsewhere", report.text)
    (site.folder / "persist").chmod(0o755)
    check_only(doctor(site, "-u", "65534", "-g", "65534"), "warn", "a state of another user", "state: user nobody may not write to", "SNMP_PERSISTENT_DIR")
    report = doctor(site, conf="rocommunity secret 127.0.0.1 .1.3.6.1.2.1.1\n")
    check(report.about("warn", "view: .1.3.6.1.2.1.1 hides ip, icmp, tcp, udp, tcpext", f"view tcpext1 included .{ROOT}", "send the agent SIGHUP:"),
          "a view that hides nearly all, and the lines that show it", report.text)
    report = doctor(site, conf="")
    check(report.about("ok", "no community and no user was found") and report.about("warn", "no community and no user may read anything"),
          "nobody may ask", report.text)
    site.write("tcpextd.conf", "rocommunity secret 127.0.0.1 .1.3.6.1.2.1.1\n")
    reload(agent)
    report = doctor(site, conf=READER)
    check_only(report, "FAIL", "a line that is there and not in force", f"at {WHERE} it hides what these files show: send the agent SIGHUP")
    check(doctor(site, conf="rocommunity\n").about("FAIL", "configuration: it has faults"), "a configuration with faults")


if __name__ == "__main__":
    harness.main(healthy, unhealthy)
