#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""snmptrapd with etc/snmptrapd: a readable line for each notification, without the MIB by its traphandle, with it by snmptrapd."""

import re
import shutil

import managers
import harness
import trapd
from harness import AGENT, Process, Skip, check, check_equal, main
from managers import wait_for

PROC = {"net/snmp": "Ip: Forwarding InReceives\nIp: 1 42\n", "net/netstat": "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 1 2\n",
        "sys/net/netfilter/nf_conntrack_count": "1\n", "sys/net/netfilter/nf_conntrack_max": "1000\n"}
THRESHOLD = "threshold conntrack healthConntrackUse percent > 80 severity warning\n"
LOST = "TcpExt: SyncookiesSent ListenDrops\nTcpExt: 1\n"


def start(site, mibs):
    """snmptrapd as etc/snmptrapd has it, with the handler of the source tree and a file to write into."""
    managers.need_default_root()
    if shutil.which("snmptrapd", path=harness.PATH) is None:
        raise Skip("needs snmptrapd")
    lines = site.folder / "lines"
    text = (managers.FILES / "snmptrapd/snmptrapd.conf").read_text()
    text = text.replace("/usr/share/tcpextd/snmptrapd/line", f"/bin/sh {managers.FILES}/snmptrapd/line {lines}")
    del site.environment["MIBS"]
    site.environment.update(mibs)
    daemon = site.start(Process, site.inside("snmptrapd", "-f", "-Lo", "-n", "-C", "-c", site.write("snmptrapd.conf", text), "udp:127.0.0.1:162"),
                        site.folder / "snmptrapd.log")
    wait_for("snmptrapd listens", lambda: ":00A2 " in site.run("cat", "/proc/net/udp").stdout)
    return daemon, lines


def notify(site, sink):
    """A threshold is crossed and cleared, a file cannot be read and can be again, and somebody tries."""
    for name, content in PROC.items():
        site.write(f"proc/{name}", content)
    site.snmpd(more=f"{sink} 127.0.0.1 public\n")
    site.agent(f"procRoot {site.folder}/proc\nrefreshInterval 0.1\nmaxAge 0.5\n{THRESHOLD}")
    yield
    site.write("proc/sys/net/netfilter/nf_conntrack_count", "851\n")
    yield
    site.write("proc/sys/net/netfilter/nf_conntrack_count", "2\n")
    yield
    site.write("proc/net/netstat", LOST)
    yield
    site.write("proc/net/netstat", PROC["net/netstat"])
    yield
    done = site.run(AGENT, "-C", "-x", site.master, "--notify-test")
    check_equal(done.returncode, 0, "--notify-test succeeds")
    yield


def wait_line(shown, pattern):
    return wait_for(lambda: f"a line {pattern}; there are {shown()}", lambda: [line for line in shown() if re.search(pattern, line)])[0]


# Of each in its turn: the name, the severity, and what the text must have.
WANTED = (("agentStarted", "", "crossed thresholds: 0"), ("thresholdCrossed", "warning", "healthConntrackUse is at 85.1 percent, more than 80"),
          ("thresholdCleared", "warning", "healthConntrackUse is at 0.2 percent"), ("sourceStale", "", "net/netstat"),
          ("sourceWell", "", "net/netstat can be read again"), ("test", "", "tries whether this arrives"))


def handler(site):
    """Without any MIB, the traphandle."""
    _, lines = start(site, {"MIBDIRS": "/nonexistent"})
    for _, (what, severity, text) in zip(notify(site, "trap2sink"), WANTED):
        line = wait_line(lambda: lines.read_text().splitlines() if lines.exists() else [], f" {what}[ :]")
        begin = " ".join(filter(None, ("127.0.0.1", what, severity)))
        check(re.fullmatch(rf"[A-Z][a-z]{{2}} \d\d \d\d:\d\d:\d\d {re.escape(begin)}: .*{re.escape(text)}.*", line), line)
    check_equal(len(lines.read_text().splitlines()), len(WANTED), "a line each")


def whole(site):
    """With the MIB, snmptrapd's own line has every object by its name."""
    daemon, _ = start(site, {"MIBDIRS": f"{trapd.base_mibs()}:{harness.BUILD}/mibs/installed"})
    for _, (what, severity, text) in zip(notify(site, "trap2sink"), WANTED):
        line = wait_line(lambda: daemon.output.read_text().splitlines(), f"{what}Notification")
        parts = [f"snmpTrapOID.0 {what}Notification, ", "notifiedEvent.0 ", text] + ([f"notifiedSeverity.0 {severity}, "] if severity else [])
        check_equal([part for part in parts if part not in line], [], line)


if __name__ == "__main__":
    main(handler, whole)
