#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tcpextd --doctor: says what is wrong and what to do, and doing that helps."""

import os
import shutil
import subprocess

import harness
from test_namespaces import Names, how
from harness import (AGENT, ALL, INTERVAL, MIB2, NO_OBJECT, OBJECTS, ROOT, SEQUENCE, SNMPD_CONF, VERSION, Skip, Value, check,
                     check_equal, wait_for)

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

    def faults(self):
        """All that is not well."""
        return [(verdict, "\n".join(lines)) for verdict, lines in self.findings if verdict != "ok"]


def doctor(site, *options, conf="", env=None, within=()):
    path = site.write("doctor.conf", conf)
    site.write("mibs/LINUX-TCPEXT-MIB.txt", "")
    site.write("mibs/SNMPv2-SMI.txt", "")
    return Report(site.run(*within, AGENT, "--doctor", "-C", "-c", path, "-x", site.master, *options,
                           env={"MIBDIRS": str(site.folder / "mibs"), **(env or {})}))


def check_only(report, verdict, what, *words):
    """This fault, with its cure, and no other."""
    faults = report.faults()
    check(len(faults) == 1 and faults[0][0] == verdict and all(word in faults[0][1] for word in words), f"{what}: that, its cure, and no other fault",
          report.text)
    check(report.status == (1 if verdict == "FAIL" else 0), f"{what}: exit status {int(verdict == 'FAIL')}", report.status)


def healthy(site):
    """All is well: nothing to mend, exit status 0."""
    site.snmpd()
    agent = site.agent()
    report = doctor(site)
    check(report.status == 0 and report.faults() == [] and "nothing to mend" in report.text, "nothing is wrong, exit status 0", report.text)
    for words in (("doctor.conf", "was read"), ("/proc/net/snmp", "is there"), ("/proc/net/netstat", "is there"), ("reading:", "counters known"),
                  ("user root can connect to", str(site.master)), ("master agentx",), ("view: seen shows all", "community ("),
                  ("library: net-snmp",), ("agentaddress: snmpd listens for managers at udp:161",),
                  ("agent: snmpd at udp:127.0.0.1:161 passes questions on to it, version", "asked as the user of")):
        check(report.about("ok", *words), f"it looked at this: {' ... '.join(words)}", report.text)
    check(agent.alive() and site.get(INTERVAL) == [Value("Gauge32", 1000)], "the agent does not mind")
    check(len(agent.log()) == 2, "and it has nothing to log of that", agent.log())


def secrets(site):
    """It asks as a community, or as a user, and prints neither."""
    conf = SNMPD_CONF.format(master=site.master).replace("default public", "default very-secret") + ALL
    site.snmpd(whole=conf.replace("rouser tester authpriv\n", ""))
    agent = site.agent(wait=False)
    agent.wait_log("connected")
    report = wait_for("the community is answered", lambda: answered(doctor(site)))
    check("asked as the community of" in report.text and "very-secret" not in report.text, "the community is not in what it prints", report.text)
    users = "\n".join(line for line in conf.splitlines() if line.split()[0] not in ("com2sec", "com2secunix", "group", "access"))
    for process in reversed(site.processes):
        process.end()
    site.snmpd(whole=users + "\nrouser tester authpriv -V seen\n")
    agent = site.agent(wait=False)
    agent.wait_log("connected")
    report = wait_for("the user is answered", lambda: answered(doctor(site)))
    check("asked as the user of" in report.text, "it asks as a user of SNMPv3", report.text)
    for secret in ("tester", "authentic words", "private words"):
        check(secret not in report.text + "".join(report.said), f"'{secret}' is not in what it prints", report.text)
    site.write("snmpd.conf", users + "\nrouser tester authpriv -V seen\nrocommunity default public very-secret\nrouser joe SHA very-secret very-secret\n")
    report = doctor(site)
    check("very-secret" not in report.text, "nor is a word that stands in a wrong place of its line", report.text)
    check(report.about("warn", "snmpd.conf:9: what stands in the place of a view is not understood", "write -V"), "of which it tells the place", report.text)


def answered(report):
    return report if "passes questions on" in report.text else None


def broken(site):
    """Without snmpd, or with a wrong configuration or user: that is named, with the remedy; exit status 1."""
    snmpd = site.snmpd()
    agent = site.agent()
    report = doctor(site, conf="refreshInterval often\n")
    check_only(report, "FAIL", "a wrong configuration", "configuration")
    check(len(report.said) == 1 and "line 1: refreshInterval 'often'" in report.said[0], "its line says where", report.said)
    check_only(doctor(site, "-u", "no-such-user"), "FAIL", "a user that there is not", "user", "no-such-user")
    snmpd.end()
    check_only(doctor(site), "FAIL", "no snmpd", f"AgentX: {site.master}", "start snmpd")
    check(agent.alive(), "the agent goes on")


def kernel_files(site):
    """The kernel's files: which of them is wrong, and how."""
    site.snmpd()
    site.agent()
    report = doctor(site, conf=f"procRoot {site.folder}/none\n")
    check_only(report, "FAIL", "a proc root that is not there", f"{site.folder}/none/net/snmp", "procRoot")
    site.write("bad/net/snmp", "Tcp: InSegs OutSegs\nTcp: 1\n")
    report = doctor(site, conf=f"procRoot {site.folder}/bad\n")
    check(report.status == 1 and report.about("FAIL", "bad/net/snmp: Tcp: it has fewer values than names"), "a file that makes no sense",
          report.failed())
    site.write("new/net/snmp", "Tcp: InSegs Frobnications\nTcp: 1 2\n")
    report = doctor(site, conf=f"procRoot {site.folder}/new\n")
    check(report.status == 0 and report.about("warn", "names: 1 counters", "TcpFrobnications"), "a counter that nobody knows: a warning",
          report.text)
    check(report.about("warn", "new/net/netstat is not there"), "files that are not there: warnings", report.text)


def one_file(site):
    """One file that cannot be used: it alone is named."""
    site.snmpd()
    site.agent()
    shutil.copytree(harness.SOURCE / "tests/fixtures/6.18", site.folder / "proc")
    conf = f"procRoot {site.folder}/proc\n"
    check_equal(doctor(site, conf=conf).faults(), [], "all files are there: well")
    site.write("proc/net/sockstat6", "")
    check_only(doctor(site, conf=conf), "FAIL", "an empty file", f"{site.folder}/proc/net/sockstat6: ", "nothing is served", "user root may read it")
    (site.folder / "proc/net/sockstat6").unlink()
    shutil.copy(harness.SOURCE / "tests/fixtures/6.18/net/sockstat6", site.folder / "proc/net/sockstat6")
    (site.folder / "proc/net/netstat").chmod(0o600)
    for process in reversed(site.processes):
        process.end()
    site.snmpd(more="agentXPerms 0666 0755\n")
    site.agent()
    check_only(doctor(site, "-u", "65534", "-g", "65534", conf=conf), "FAIL", "a file of root's", f"{site.folder}/proc/net/netstat: ",
               "may read it")


def namespaces(site):
    """A proc root of the host's: its `net' is the reader's own, that of process 1 is the host's."""
    site.snmpd()
    site.agent()
    host = site.folder / "hostproc"
    host.mkdir()
    within = ("sh", "-c", 'mount --bind /proc "$0" && exec "$@"', host)
    check_only(doctor(site, conf=f"procRoot {host}\n", within=within), "FAIL", "the host's proc root", f"procRoot {host}: its counters are those of the agent's",
               f"write 'procRoot {host}/1'")
    outside = f"/proc/{os.getpid()}"
    report = doctor(site, conf=f"procRoot {outside}\n")
    check(report.about("ok", f"procRoot {outside}: counters and tables are those of its network namespace"), "that of a process: its namespace", report.text)
    report = doctor(site, "-u", "65534", "-g", "65534", conf=f"procRoot {outside}\n")
    check(report.about("ok", f"procRoot {outside}: counters and tables"), "for another user: that user's agent keeps what it takes", report.text)
    if not shutil.which("setpriv"):
        raise Skip("needs setpriv (Debian: util-linux)")
    report = doctor(site, "-u", "65534", "-g", "65534", conf=f"procRoot {outside}\n", within=("setpriv", "--bounding-set", "-sys_admin"))
    check(report.about("warn", f"procRoot {outside}: tables are not served", "CAP_SYS_ADMIN"), "for a user without capabilities: no tables", report.text)


def no_agent(site):
    """No agent, one of another snmpd, and two at one: a manager sees nothing, or not what is meant."""
    site.snmpd()
    check_equal(site.get(VERSION), [NO_OBJECT], "a manager gets noSuchObject")
    check_only(doctor(site), "FAIL", "no agent", "agent: none runs here", "systemctl enable --now tcpextd")
    agent = site.agent(options=("-x", site.folder / "elsewhere"), wait=False)
    agent.wait_log("no AgentX master")
    check_only(doctor(site), "FAIL", "an agent that is elsewhere", f"agent: process {agent.pid} runs, but is not connected", "-x")
    agent.end()
    site.agent()
    check_equal(doctor(site).status, 0, "an agent that is connected: well")

    def another(conf):
        path = site.write("second.conf", conf)
        return site.start(harness.Process, site.inside(AGENT, "-f", "-C", "-c", path, "-x", site.master, "-Lo"), site.folder / "second.log")

    second = another("register tcpext\n")
    wait_for("it is refused", lambda: "refuses" in second.output.read_text())
    report = wait_for("and not listed", lambda: (lambda one: one if not twice(one) else None)(doctor(site)))
    check_only(report, "warn", "a second agent that is refused", "agent: 2 run in this network namespace", "end all but one")
    second.end()
    another("registerPriority 90\nregister tcp\n")
    report = wait_for("the second agent is seen", lambda: twice(doctor(site)))
    check_only(report, "warn", "two agents at one snmpd", "agent: two are connected to this snmpd for tcp", "registerPriority")


def left_out(site):
    """An agent that is to serve nothing, or MIB-II alone, is no agent that is not connected."""
    site.snmpd(whole=SNMPD_CONF.format(master=site.master).replace("rouser tester authpriv\n", "") + f"view seen included .{ROOT}\nview seen included .{MIB2}.6\n")
    for conf, verdict, words in (("register tcp\n", "ok", "'register' leaves tcpext out"), ("register none\n", "warn", "'register' leaves all groups out")):
        agent = site.agent(conf, wait=False)
        agent.wait_log("connected")
        report = doctor(site, conf=conf)
        check(report.status == 0 and report.about(verdict, f"agent: process {agent.pid} runs", words), f"{conf.strip()}: {verdict}, and no FAIL", report.text)
        agent.end()


def twice(report):
    return report if report.about("warn", "agent: two") else None


def refused(site):
    """At the priority of snmpd's own modules what these hold is refused."""
    site.snmpd()
    conf = "registerPriority 127\n"
    agent = site.agent(conf)
    agent.wait_log("the master refuses")
    report = wait_for("sysORTable tells of all", lambda: missing(doctor(site, conf=conf), "icmp", "udpTable"))
    check_only(report, "FAIL", "refused groups", "agent: snmpd has refused it", "icmp", "somebody else is there at registerPriority 127", "write a lower one")
    check("tcpext" not in report.failed()[0], "what is served is not among them", report.failed())
    conf = "registerPriority 200\n"
    agent.end()
    site.agent(conf)
    check_only(doctor(site, conf=conf), "warn", "a priority behind that of snmpd's own modules", "registerPriority 200", "go before it")


def missing(report, *groups):
    return report if report.about("FAIL", "has refused", *groups) else None


def directory(site):
    """Wherever snmpd has run once, the socket's directory is root's alone, and agentXPerms does not change it."""
    site.master = site.folder / "agentx" / "master"
    site.master.parent.mkdir(mode=0o700)
    site.snmpd(more="agentXPerms 0666 0755\n")
    check_equal(site.master.parent.stat().st_mode & 0o777, 0o700, "snmpd has left the directory as it was")
    site.agent(options=("-u", "65534", "-g", "65534"), wait=False).wait_log(f"may not pass through {site.master.parent}; as root: chmod 0755")
    report = doctor(site, "-u", "65534", "-g", "65534")
    check_only(report, "FAIL", "a directory for root alone", f"may not pass through {site.master.parent}", f"chmod 0755 {site.master.parent}",
               f"d {site.master.parent} 0755 root root")
    check("agentXPerms 0" not in report.text, "agentXPerms is there and is not advised", report.text)
    site.master.parent.chmod(0o755)
    wait_for("after that chmod the agent is served", site.sequence)
    check_equal(doctor(site, "-u", "65534", "-g", "65534").faults(), [], "and the doctor is content")


def permissions(site):
    """A socket for root alone and an agent for somebody else: the line that it advises lets it in."""
    snmpd = site.snmpd(more="agentXPerms 0600 0755\n")
    report = doctor(site, "-u", "65534")
    check_only(report, "FAIL", "a socket for root alone", f"{site.master}: user 65534 may not open it",
               f"write to {site.folder}/snmpd.conf and restart snmpd", "agentXPerms 0660 0755")
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL + "agentXPerms 0666 0755\n")
    report = doctor(site, "-u", "65534")
    check_only(report, "FAIL", "a line that is there and not in force", "agentXPerms in snmpd.conf lets the user in: restart snmpd")
    snmpd.end()
    site.snmpd(more="agentXPerms 0666 0755\n")
    agent = site.agent(options=("-u", "65534", "-g", "65534"))
    check_equal(doctor(site, "-u", "65534").faults(), [], "with other agentXPerms: well")
    check(doctor(site).about("ok", "user: what follows was tried as user nobody", f"as which process {agent.pid} runs"), "without -u as that agent's user")


def masters(site):
    """An snmpd that is no master, or one at another socket."""
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master).replace("master agentx\n", "") + ALL)
    check_only(doctor(site), "FAIL", "no 'master agentx'", "snmpd.conf: 'master agentx' is missing; write it to", "the agent cannot connect")
    other = site.folder / "other"
    site.write("snmpd.conf", SNMPD_CONF.format(master=other) + ALL)
    check_only(doctor(site), "FAIL", "another socket", f"snmpd listens at {other}, and the agent connects to {site.master}",
               f"write 'agentXSocket {other}' to tcpextd.conf")


def lists(site):
    """Of a list of sockets one that answers is enough; else it says of each why it does not."""
    site.snmpd()
    site.agent()
    master, other = site.master, site.folder / "other"
    site.master = f"{other},{master}"
    report = doctor(site)
    check(report.faults() == [] and report.about("ok", f"can connect to {master}"), "the second of two answers: well", report.text)
    site.master = f"{other},tcp:127.0.0.1:7050"
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL)
    check_only(doctor(site), "FAIL", "none of two", f"AgentX: {other}: there is no such socket", "tcp:127.0.0.1:7050: the host is there")


def hosts(site):
    """A host of a TCP socket has several names."""
    site.snmpd(whole=SNMPD_CONF.format(master=f"{site.master},tcp:localhost:7050") + ALL)
    site.agent()
    site.write("snmpd.conf", SNMPD_CONF.format(master="tcp:localhost:7050") + ALL)
    site.master = "tcp:127.0.0.1:7050"
    check_equal(doctor(site).faults(), [], "localhost in the one file, 127.0.0.1 in the other, and it answers: well")


def persistent(site):
    """What snmpd writes itself when it ends is no file to write lines to."""
    folder = site.write("persist/snmpd.conf", "engineBoots 1\n").parent
    report = doctor(site, env={"SNMPCONFPATH": str(folder)})
    check(report.about("FAIL", "'master agentx' is missing; write it to /etc/snmp/snmpd.conf and"), "it names /etc/snmp/snmpd.conf", report.text)


def users(site):
    """A user whose password snmpd refuses is not one to ask as."""
    site.snmpd()
    agent = site.agent()
    site.write("snmpd.conf", f"master agentx\nagentXSocket {site.master}\ncreateUser joe SHA short\nrouser joe\n")
    check(doctor(site).about("ok", f"agent: process {agent.pid} runs", "no user was found that could ask"), "it says that it could not ask")


def addresses(site):
    """Where snmpd listens for managers, and that it does not answer there."""
    site.snmpd()
    site.agent()
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL + "agentaddress 127.0.0.1,[::1]\n")
    check_only(doctor(site), "warn", "an snmpd for this host only", "agentaddress: snmpd listens at 127.0.0.1,[::1] only", "agentaddress ADDRESS",
               f"write to {site.folder}/snmpd.conf")
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL + "agentaddress 127.0.0.1\nagentaddress udp:192.0.2.1:161\n")
    check_equal(doctor(site).faults(), [], "a further line adds an address for others")
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL + "agentaddress udp:192.0.2.1:161,udp:127.0.0.1:161\n")
    check(doctor(site).about("ok", "agent: snmpd at udp:127.0.0.1:161 passes questions on to it"), "of several it asks at the loopback")
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL + "agentaddress udp:1161\n")
    check_only(doctor(site), "warn", "an snmpd that does not answer", "snmpd does not answer", "asked at udp:127.0.0.1:1161", "agentaddress")


def sinks(site):
    """Who gets notifications: of use to all, and to who has thresholds a thing to look at."""
    site.snmpd()
    site.agent()
    watched = "threshold drops TcpExtListenDrops growth > 5\n"
    check(doctor(site).about("ok", "notifications: snmpd.conf names nobody who gets them"), "nobody, and nothing is watched: it says so")
    check_only(doctor(site, conf=watched), "warn", "nobody, and a threshold", "notifications: snmpd.conf names nobody who gets them",
               f"write to {site.folder}/snmpd.conf", "trap2sink ADDRESS COMMUNITY")
    site.write("snmpd.conf", SNMPD_CONF.format(master=site.master) + ALL + "informsink 192.0.2.1 a-secret-word\n")
    report = doctor(site, conf=watched)
    check(report.faults() == [] and report.about("ok", "notifications: snmpd sends them where", f"{site.folder}/snmpd.conf:") and
          "a-secret-word" not in report.text, "somebody: which line says so, and no more", report.text)


def outdated(site):
    """A view that was changed after snmpd's start, or whose names snmpd does not know: what is in force hides what the files show."""
    whole = DEBIAN.format(master=site.master)
    site.snmpd(whole=whole)
    agent = site.agent(wait=False)
    agent.wait_log("connected")
    changed = whole + "view systemonly included .1\n"
    site.write("snmpd.conf", changed)
    check_only(doctor(site), "FAIL", "an snmpd that was not restarted", "hides what the view systemonly shows in these files: restart snmpd")
    site.write("snmpd.conf", whole + "view other included .1\nrocommunity public localhost -V other\n")
    report = doctor(site)
    check(report.failed() == [] and report.about("warn", "view: systemonly hides"), "an earlier line for the same community: its view is named", report.text)
    agent.end()
    agent.log_file.unlink()
    for process in reversed(site.processes):
        process.end()
    site.snmpd(whole=changed)
    site.agent(wait=False).wait_log("connected")
    check_equal(doctor(site).faults(), [], "after the restart: well")


def contexts(site):
    """Communities of another context than the default one see nothing of the agent."""
    conf = SNMPD_CONF.format(master=site.master) + ALL
    conf = conf.replace("com2sec reader", "com2sec -Cn other reader").replace('access readers ""', "access readers other")
    conf = conf.replace("com2secunix reader default public\n", "")
    site.snmpd(whole=conf)
    agent = site.agent(wait=False)
    agent.wait_log("connected")
    check(site.tool("snmpget", harness.V2C, (), (SEQUENCE,), patience=("-t1", "-r0"), **UDP).returncode != 0, "a manager gets nothing")
    site.write("snmpd.conf", conf.replace("rouser tester authpriv\n", ""))
    check_only(doctor(site), "warn", "a community of another context", f"view: {site.folder}/snmpd.conf:8: the community has a context of its own only",
               "com2sec without -Cn")
    check(doctor(site).about("ok", f"agent: process {agent.pid} runs", "no community and no user was found that could ask"),
          "it says that it could not ask")
    agent.end()
    check(doctor(site).about("FAIL", "agent: none runs here, and snmpd could not be asked"), "without an agent that is the fault")


def advised(lines, *words):
    return [line for line in lines or [] if line.split()[0] in words]


def served_contexts(site):
    """Contexts of namespaces that nobody may read, and users that may read all: the lines that it advises, word by word, let in, or keep out."""
    with Names(site) as names:
        red = names.add("red", 5)
        conf = f"namespace {names['*']} {site.netns}\n"
        whole = (SNMPD_CONF.format(master=site.master) + ALL).replace("rouser tester authpriv", 'rouser tester authpriv -V seen ""')
        snmpd = site.snmpd(whole=whole)
        site.agent(f"agentXPingInterval 3\n{conf}")
        report = doctor(site, conf=conf)
        lines = report.about("warn", f"contexts: nobody may read the context {red}", "CONTEXTS in tcpextd.conf")
        check(lines and site.netns not in "".join(lines[1:]).replace(red, ""), "a context that nobody may read; the own one is none", report.text)
        check_equal(report.status, 0, "which is for the operator to choose")
        advice = advised(lines, "com2sec", "group", "access")
        check_equal(len(advice), 3, "it advises lines")
        snmpd.end()
        snmpd = site.snmpd(whole="\n".join([whole, *advice, ""]))
        ask = lambda community: site.get(f"{MIB2}.7.2.0", how=("-v2c", "-c", community), **UDP)
        wait_for("with these a manager reads it", lambda: read(site, lambda: ask(f"in-{red}")) == [Value("Counter32", 5)])
        report = doctor(site, conf=conf)
        check(report.about("ok", "contexts: all of namespaces that are there now can be read by", "community (") and report.faults() == [], "and all is well",
              report.text)
        snmpd.end()
        exact = whole + f'com2sec -Cn {red} guest default to-{red}\ngroup guests v2c guest\naccess guests "" any noauth exact seen none none\n'
        snmpd = site.snmpd(whole=exact)
        lines = doctor(site, conf=conf).about("warn", f"contexts: nobody may read the context {red}", "snmpd.conf:12 puts a community into it")
        advice = advised(lines, "access")
        check_equal(advice, ['access guests "" any noauth prefix seen none none'], "one that an exact line keeps out: the line that lacks")
        snmpd.end()
        snmpd = site.snmpd(whole="\n".join([exact, *advice, ""]))
        wait_for("with it a manager reads it", lambda: read(site, lambda: ask(how(red)[2])) == [Value("Counter32", 5)])
        check_equal(doctor(site, conf=conf).faults(), [], "and all is well")
        snmpd.end()
        open_line = "rouser tester authpriv -V seen"
        site.snmpd(whole=whole.replace('rouser tester authpriv -V seen ""', open_line))
        as_tester = lambda: site.get(f"{MIB2}.7.2.0", how=(*harness.V3, "-n", red), patience=("-t1", "-r0"))
        wait_for("a user whose line has no context reads it", lambda: read(site, as_tester) == [Value("Counter32", 5)])
        report = doctor(site, conf=conf)
        check_only(report, "warn", "a user without a context", f"{site.folder}/snmpd.conf:5: the line of the user names no context", "-V seen *",
                   '-V seen ""')
        check_equal(doctor(site).faults(), [], "without contexts nothing is said of that")
        site.write("snmpd.conf", whole.replace('rouser tester authpriv -V seen ""', open_line + " *"))
        report = doctor(site, conf=conf)
        check(report.faults() == [] and report.about("ok", "contexts: all of namespaces", "user ("), "with * it is meant so", report.text)
        report = doctor(site, conf=f"namespace {names['none']}\n")
        check(report.faults() == [] and report.about("ok", "contexts: none of these"), "names that are not there", report.text)
        site.write("snmpd.conf", whole + 'rocommunity some default -V seen c7\n')
        report = doctor(site, conf="namespacePid *\n")
        check_only(report, "warn", "contexts of processes", "nobody may read the context c1")


def read(site, ask):
    try:
        return ask()
    except harness.Failure:
        return None


def mib_files(site):
    """The tools lack a MIB."""
    site.snmpd()
    site.agent()
    site.write("own/LINUX-TCPEXT-MIB.txt", "")
    if os.path.exists("/usr/lib/erlang") or os.path.exists("/usr/local/lib/erlang-snmp"):
        harness.skip("the base MIBs of this host are found")
    else:
        check_only(doctor(site, env={"MIBDIRS": str(site.folder / "own")}), "warn", "no base MIBs", "SNMPv2-SMI", "erlang-snmp")
    site.write("base/SNMPv2-SMI.txt", "")
    check_only(doctor(site, env={"MIBDIRS": str(site.folder / "base")}), "warn", "not the agent's own MIB", "LINUX-TCPEXT-MIB", "MIB:")


def library(site):
    """A net-snmp that is too old, by what it says of itself."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Skip("needs a C compiler")
    source = site.write("old.c", 'const char *netsnmp_get_version(void);\nconst char *netsnmp_get_version(void) { return "5.7.3"; }\n')
    subprocess.run([compiler, "-shared", "-fPIC", "-o", site.folder / "old.so", source], check=True)
    site.snmpd()
    site.agent()
    check_only(doctor(site, env={"LD_PRELOAD": str(site.folder / "old.so"), "ASAN_OPTIONS": "verify_asan_link_order=0"}), "warn", "an old library", "library: net-snmp 5.7.3 is too old",
               "install 5.8 or later")


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
    found = report.about("warn", "view: systemonly hides ip, icmp, tcp, udp, tcpext, interfaces, at, ipAddrTable") or []
    check(found, "the doctor says which view hides what", report.text)
    check(any(f"community ({site.folder}/snmpd.conf:7)" in line for line in found), "and from whom, with file and line", found)
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


if __name__ == "__main__":
    harness.main(healthy, secrets, broken, kernel_files, one_file, namespaces, no_agent, left_out, refused, directory, permissions, masters, lists, hosts,
                 persistent, users, addresses, sinks, outdated, contexts, served_contexts, mib_files, library, debian)
