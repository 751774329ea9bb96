#!/usr/bin/env python3
"""tcpextd --doctor: says what is wrong and what to do, and doing that helps."""

import harness
from harness import AGENT, INTERVAL, MIB2, NO_OBJECT, OBJECTS, ROOT, Value, check, check_equal, wait_for

# What Debian 12 installs as /etc/snmp/snmpd.conf, as far as it lets anybody see anything.
DEBIAN = """\
sysLocation    Sitting on the Dock of the Bay
sysServices    72
master  agentx
agentXSocket {master}
view   systemonly  included   .1.3.6.1.2.1.1
view   systemonly  included   .1.3.6.1.2.1.25.1
rocommunity  public default -V systemonly
rocommunity6 public default -V systemonly
rouser authPrivUser authpriv -V systemonly
"""
UDP = {"address": "udp:127.0.0.1:161", "netns": True}


class Report:
    """What the doctor prints: each finding with the lines that belong to it."""

    def __init__(self, done):
        self.status = done.returncode
        self.text = done.stdout
        self.said = done.stderr.splitlines()
        self.findings = []
        for line in done.stdout.splitlines():
            if line[:5] in ("ok   ", "warn ", "FAIL "):
                self.findings.append((line[:4].strip(), [line[5:]]))
            elif line.startswith("  ") and self.findings:
                self.findings[-1][1].append(line.strip())

    def about(self, verdict, *words):
        """The lines of the first such finding that has all these words."""
        for found, lines in self.findings:
            if found == verdict and all(word in "\n".join(lines) for word in words):
                return lines
        return None

    def failed(self):
        return [lines[0] for verdict, lines in self.findings if verdict == "FAIL"]


def doctor(site, *options, conf=""):
    path = site.write("tcpextd.conf", conf)
    return Report(site.run(AGENT, "--doctor", "-C", "-c", path, "-x", site.master, *options))


def healthy(site):
    """All is well: exit status 0, with and without the agent running."""
    site.snmpd()
    report = doctor(site)
    check(report.status == 0 and report.failed() == [], "nothing fails, exit status 0", report.text)
    for words in (("tcpextd.conf", "was read"), ("/proc/net/snmp", "is there"), ("/proc/net/netstat", "is there"), ("reading:", "counters known"),
                  ("user root can connect to", str(site.master)), ("master agentx",), ("view: seen shows all", "community public")):
        check(report.about("ok", *words), f"it looked at this: {' ... '.join(words)}", report.text)
    agent = site.agent()
    check_equal(doctor(site).status, 0, "it does not mind that the agent runs")
    check(agent.alive() and site.get(INTERVAL) == [Value("Gauge32", 1000)], "nor does the agent mind")
    check(len(agent.log()) == 2, "and it has nothing to log of that", agent.log())


def broken(site):
    """One fault at a time: named, with the remedy, exit status 1."""
    report = doctor(site)
    check(report.status == 1 and report.about("FAIL", str(site.master), "start snmpd with 'master agentx'"), "no snmpd", report.failed())
    site.snmpd()
    report = doctor(site, conf="refreshInterval often\n")
    check(report.status == 1 and report.about("FAIL", "configuration"), "a wrong configuration", report.failed())
    check(len(report.said) == 1 and "line 1: refreshInterval 'often'" in report.said[0], "its line says where", report.said)
    report = doctor(site, conf=f"procRoot {site.folder}/none\n")
    check(report.status == 1 and report.about("FAIL", f"{site.folder}/none/net/snmp", "procRoot"), "a proc root that is not there",
          report.failed())
    site.write("bad/net/snmp", "Tcp: InSegs OutSegs\nTcp: 1\n")
    report = doctor(site, conf=f"procRoot {site.folder}/bad\n")
    check(report.status == 1 and report.about("FAIL", "bad/net/snmp: Tcp: it has fewer values than names"), "a file that makes no sense",
          report.failed())
    site.write("new/net/snmp", "Tcp: InSegs Frobnications\nTcp: 1 2\n")
    report = doctor(site, conf=f"procRoot {site.folder}/new\n")
    check(report.status == 0 and report.about("warn", "names: 1 counters", "TcpFrobnications"), "a counter that nobody knows: a warning",
          report.text)
    check(report.about("warn", "new/net/netstat is not there"), "files that are not there: warnings", report.text)
    report = doctor(site, "-u", "no-such-user")
    check(report.status == 1 and report.about("FAIL", "user", "no-such-user"), "a user that there is not", report.failed())


def permissions(site):
    """A socket for root alone and an agent for somebody else: the line that it advises lets it in."""
    snmpd = site.snmpd(more="agentXPerms 0600 0755\n")
    report = doctor(site, "-u", "65534")
    check(report.status == 1 and report.about("FAIL", str(site.master), "may not open it", "agentXPerms"), "the socket is not ours to open",
          report.failed())
    check(report.about("warn", "snmpd.conf", "agentXPerms", f"{site.folder}/snmpd.conf"), "the line of snmpd.conf that is to blame is shown",
          report.text)
    snmpd.end()
    site.snmpd(more="agentXPerms 0666 0755\n")
    check_equal(doctor(site, "-u", "65534").status, 0, "with other agentXPerms: exit status 0")


def no_master(site):
    """An snmpd.conf that does not make snmpd a master."""
    site.write("snmpd.conf", "rocommunity public\n")
    report = doctor(site)
    lines = [lines for verdict, lines in report.findings if verdict in ("warn", "FAIL") and "master agentx" in "\n".join(lines)]
    check(report.status == 1 and any("snmpd.conf" in line for found in lines for line in found), "'master agentx' is missing: it says so",
          report.text)


def debian(site):
    """Debian's snmpd.conf hides nearly everything; the lines that the doctor advises, word by word, show it."""
    whole = DEBIAN.format(master=site.master)
    snmpd = site.snmpd(whole=whole)
    agent = site.agent(wait=False)
    agent.wait_log("connected")
    instances = [harness.SEQUENCE, f"{MIB2}.2.1.0", f"{MIB2}.4.1.0", f"{MIB2}.4.20.1.1.127.0.0.1", f"{MIB2}.5.1.0",
                 f"{MIB2}.6.1.0", f"{MIB2}.7.1.0"]
    check_equal(site.get(*instances, **UDP), [NO_OBJECT] * len(instances), "with Debian's views a manager sees nothing of ours")
    report = doctor(site)
    found = report.about("warn", "view: systemonly hides interfaces, at, ip, icmp, tcp, udp, tcpext, ipAddrTable") or []
    check(found, "the doctor says which view hides what", report.text)
    check(any(f"community public ({site.folder}/snmpd.conf:7)" in line for line in found), "and from whom, with file and line", found)
    advice = [line for line in found if line.startswith("view ")]
    check(len(advice) == 7 and f"view systemonly included .{ROOT}" in advice, "and which lines to add", found)
    check_equal(report.status, 0, "what a manager sees is for the operator to choose: exit status 0")
    snmpd.end()
    site.snmpd(whole=whole + "".join(line + "\n" for line in advice))
    wait_for("all of it is seen", lambda: all(value.value is not None for value in site.get(*instances, **UDP)))
    check(site.walk(OBJECTS, repetitions=25, **UDP), "with these lines it is seen")
    report = doctor(site)
    check(report.about("ok", "view: systemonly shows all") and not report.about("warn", "view:"), "and the doctor has no more to say",
          report.text)


harness.main(healthy, broken, permissions, no_master, debian)
