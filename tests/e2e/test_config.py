#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A wrong configuration is one line with file, line, word and remedy: no start, and at SIGHUP no change. A right one counts."""

import os
import re
import signal

import harness
from harness import AGENT, INTERVAL, MAX_AGE, MIB2, NO_INSTANCE, OBJECTS, Value, check, check_equal, wait_for

DIRECTIVES = ("refreshInterval", "maxAge", "register", "tableInterval", "tableIdle", "tableTimeout", "maxRows", "ignoreInterface",
              "namespace", "namespaceLimit", "source", "threshold", "no",
              "registerPriority", "notificationLimit", "procRoot", "agentXSocket", "agentXPingInterval", "agentXTimeout", "agentXRetries")

# A line that is wrong, and what the complaint must say beside file, line and word.
WRONG = (
    ("refreshIntervall 5", "unknown word.*tcpextd.conf"),
    ("refresh 5", "unknown word"),
    ("refreshInterval often", "'often'.* number from 0.1 to 3600"),
    ("refreshInterval 0.09", "'0.09'.* from 0.1 to 3600"),
    ("refreshInterval 3600.1", "'3600.1'.* from 0.1 to 3600"),
    ("refreshInterval -1", "'-1'.* from 0.1 to 3600"),
    ("refreshInterval 1e2", "'1e2'.* from 0.1 to 3600"),
    ("refreshInterval 0x10", "'0x10'.* from 0.1 to 3600"),
    ("refreshInterval nan", "'nan'.* from 0.1 to 3600"),
    ("refreshInterval 1.2.3", "'1.2.3'.* from 0.1 to 3600"),
    ("refreshInterval 5 6", "'5 6'.* from 0.1 to 3600"),
    ("maxAge 0", "'0'.* from 0.1 to 86400"),
    ("maxAge 86401", "'86401'.* from 0.1 to 86400"),
    ("registerPriority 0", "'0'.* from 1 to 255"),
    ("registerPriority 256", "'256'.* from 1 to 255"),
    ("notificationLimit 1001", "'1001'.* from 0 to 1000"),
    ("registerPriority 1.5", "'1.5'.* whole number from 1 to 255"),
    ("register ip tpc udp", "'tpc'.* ip, icmp, tcp, udp, tcpext, interfaces, at, ipAddrTable, ipRouteTable, ipNetToMediaTable, "
     "tcpConnTable, udpTable, .*all.* none"),
    ("tableInterval 0.9", "'0.9'.* from 1 to 3600"),
    ("tableIdle never", "'never'.* from 1 to 86400"),
    ("tableTimeout 0", "'0'.* from 0.1 to 3600"),
    ("maxRows 99", "'99'.* from 100 to 10000000"),
    ("maxRows 1000.5", "'1000.5'.* whole number from 100 to 10000000"),
    ("ignoreInterface " + "x" * 600 + " " + "y" * 600, "'yyy.* room for 1023 characters"),
    ("source net/xfrm_stat", "'net/xfrm_stat'.* on or off"),
    ("source net/xfrm_stat of", "'net/xfrm_stat of'.* on or off"),
    ("source net/xfrm_stat off on", "'net/xfrm_stat off on'.* on or off"),
    ("source xfrm_stat off", "'xfrm_stat'.* counterSourceFile .*net/xfrm_stat"),
    ("threshold", "no value"),
    ("threshold a TcpExtListenDrop growth > 1", "'TcpExtListenDrop': the nearest name is TcpExtListenDrops"),
    ("threshold a TcpCurrEstab value > 5 for 0.1", "for 0.1 is shorter than refreshInterval, "),
    ("threshold a TcpCurrEstab value > 5 clear 6", "clear 6 is on the wrong side of the limit: give 5 or less"),
    ("no threshold a", "there is none of this name so far"),
    ("agentXPingInterval 0", "'0'.* from 1 to 3600"),
    ("agentXPingInterval 2.5", "'2.5'.* whole number from 1 to 3600"),
    ("agentXTimeout 3601", "'3601'.* from 1 to 3600"),
    ("agentXRetries many", "'many'.* from 0 to 100"),
    ("agentXPerms 0660 0755", "snmpd.conf"),
)


def start(site, *options):
    """The agent with what it says on standard error; none of these goes so far that it would stay."""
    return site.run(AGENT, "-f", "-x", site.master, *options)


def wrong(site):
    """At the start: one line, exit status 1, for each thing that can be wrong."""
    for line, says in WRONG:
        path = site.write("wrong.conf", f"# comment\nmaxAge 20\n{line}\n")
        done = start(site, "-C", "-c", path)
        word = line.split()[0]
        said = done.stderr.splitlines()
        good = len(said) == 1 and said[0].startswith(f"{path}: line 3: ") and word in said[0] and re.search(says, said[0])
        check(done.returncode == 1 and good, f"'{line}': file, line, word and remedy", (done.returncode, done.stderr))
    path = site.write("wrong.conf", "maxAge never\n\nrefreshInterval often\n")
    said = start(site, "-C", "-c", path).stderr.splitlines()
    check(len(said) == 2 and ": line 1: " in said[0] and ": line 3: " in said[1], "two faults, two lines", said)


def unreadable(site):
    """Files that are not there, or are no files."""
    folder = site.write("folder/x", "").parent
    os.mkfifo(site.folder / "pipe.conf")
    for path in (site.folder / "missing.conf", site.folder / "pipe.conf", folder):
        done = start(site, "-C", "-c", path)
        said = done.stderr.splitlines()
        check(done.returncode == 1 and len(said) == 1 and said[0].startswith(f"{path}: cannot be read: ") and "; " in said[0],
              f"-c {path.name}: one line that names it, the reason and the remedy", done.stderr)
    site.write("tcpextd.conf", "registerPriority high\n")
    done = start(site)
    check(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and f"{site.folder}/tcpextd.conf: line 1" in done.stderr,
          "tcpextd.conf on the search path of net-snmp counts", done.stderr)
    site.write("tcpextd.conf", "")
    site.write("agentx.conf", "agentXPingInterval soon\nsomebodyElses word\n")
    done = start(site)
    check(done.returncode == 1 and len(done.stderr.splitlines()) == 1 and f"{site.folder}/agentx.conf: line 1" in done.stderr,
          "so does agentx.conf; there, others' words are none of our business", done.stderr)


def hangup(site, agent, conf, log):
    """SIGHUP with a new file; returns the lines that this adds to the log, once one of them is like that."""
    lines = len(agent.log())
    if conf is None:
        (site.folder / "tcpextd.conf").unlink()
    else:
        site.write("tcpextd.conf", conf)
    agent.send(signal.SIGHUP)
    wait_for(lambda: f"'{log}' in {agent.log()[lines:]}", lambda: [line for line in agent.log()[lines:] if log in line])
    return agent.log()[lines:]


def reload_wrong(site):
    """At SIGHUP: one line, and the old configuration stays."""
    site.snmpd()
    agent = site.agent("refreshInterval 0.5\nmaxAge 77\n")
    for line, says in WRONG:
        said = hangup(site, agent, f"refreshInterval 3\nmaxAge 5\nregister none\n{line}\n", "old configuration stays")
        check(len(said) == 2 and "tcpextd.conf: line 4: " in said[0] and line.split()[0] in said[0] and re.search(says, said[0]),
              f"'{line}': the fault, and that the old configuration stays", said)
    said = hangup(site, agent, None, "old configuration stays")
    check(len(said) == 2 and "tcpextd.conf: cannot be read" in said[0], "the same when the file is gone", said)
    os.mkfifo(site.folder / "tcpextd.conf")
    lines = len(agent.log())
    agent.send(signal.SIGHUP)
    wait_for("it is refused", lambda: len(agent.log()) == lines + 2)
    check("tcpextd.conf: cannot be read: it is no regular file; " in agent.log()[lines], "the same when it is a FIFO", agent.log()[lines:])
    check_equal(site.get(INTERVAL, MAX_AGE), [Value("Gauge32", 500), Value("Gauge32", 77000)], "interval and age are the old ones")
    check(site.walk_counters(repetitions=50), "and so are the groups")
    site.wait_readings()
    check_equal(agent.end(), 0, "the agent has gone on, and ends")


def reload_right(site):
    """At SIGHUP: interval, age, proc root, groups and priority change without a restart."""
    site.snmpd()
    site.write("a/net/snmp", "Tcp: RtoMin InSegs\nTcp: 200 3000000001\n")
    site.write("b/net/snmp", "Tcp: RtoMin InSegs\nTcp: 200 3000000002\n")
    segments = f"{MIB2}.6.10.0"
    agent = site.agent(f"procRoot {site.folder}/a\n")
    check_equal(site.get(INTERVAL, MAX_AGE, segments), [Value("Gauge32", 1000), Value("Gauge32", 10000), Value("Counter32", 3000000001)],
                "as configured")
    again = "configuration read again"
    hangup(site, agent, f"procRoot {site.folder}/a\nrefreshInterval 0.3\nmaxAge 40\n", again)
    check_equal(site.get(INTERVAL, MAX_AGE), [Value("Gauge32", 300), Value("Gauge32", 40000)], "another interval and age")
    hangup(site, agent, f"procRoot {site.folder}/b\n", again)
    wait_for("the other proc root's value", lambda: site.get(segments) == [Value("Counter32", 3000000002)])
    check(True, "another proc root")
    hangup(site, agent, f"procRoot {site.folder}/b\nregister ip tcpext\n", again)
    check(site.get(segments)[0].value not in (3000000001, 3000000002), "the tcp group is snmpd's again")
    hangup(site, agent, f"procRoot {site.folder}/b\nregisterPriority 200\n", again)
    check(site.get(segments)[0].value not in (3000000001, 3000000002), "at priority 200, snmpd's own go before")
    hangup(site, agent, f"procRoot {site.folder}/b\nregisterPriority 50\n", again)
    check_equal(site.get(segments), [Value("Counter32", 3000000002)], "at priority 50, the agent's do")
    hangup(site, agent, f"procRoot {site.folder}/none\n", again)
    wait_for("no counters from an empty proc root", lambda: site.get(segments) == [NO_INSTANCE])
    hangup(site, agent, f"procRoot {site.folder}/a\n", again)
    wait_for("and back", lambda: site.get(segments) == [Value("Counter32", 3000000001)])
    check(agent.alive(), "through all of it the same process")


def source_off(site):
    """A file of counters that is turned off, and on again: its counters go and come, and nothing is logged of that."""
    site.snmpd()
    site.write("proc/net/snmp", "Tcp: RtoMin InSegs\nTcp: 200 3000000001\n")
    site.write("proc/net/xfrm_stat", "XfrmInError 7\n")
    errors, state, segments = f"{OBJECTS}.22.1.0", f"{OBJECTS}.1.14.1.4.8", f"{MIB2}.6.10.0"
    off, on = f"procRoot {site.folder}/proc\nsource net/xfrm_stat off\n", f"procRoot {site.folder}/proc\n"
    agent = site.agent(off)
    check_equal(site.get(errors, state, segments), [NO_INSTANCE, Value("INTEGER", 4), Value("Counter32", 3000000001)],
                "off: its counters are not there, others are")
    done = site.run(AGENT, "-C", "-c", site.folder / "tcpextd.conf", "--print", "all")
    check("XfrmInError" not in done.stdout and "TcpInSegs" in done.stdout, "--print all leaves it out, too", done)
    done = site.run(AGENT, "-C", "-c", site.folder / "tcpextd.conf", "--doctor")
    check("net/xfrm_stat is left out" in done.stdout, "the doctor says so", done.stdout)
    said = hangup(site, agent, on, "configuration read again")
    wait_for("on: they are there", lambda: site.get(errors, state) == [Value("Counter64", 7), Value("INTEGER", 1)])
    said += hangup(site, agent, off, "configuration read again")
    wait_for("off again: they are gone", lambda: site.get(errors, state) == [NO_INSTANCE, Value("INTEGER", 4)])
    check(len(said) == 2 and len(agent.log()) == 4, "nothing is logged but that the configuration was read", agent.log())


def options(site):
    """-h, -v, -H, and what there is not."""
    helped = site.run(AGENT, "-h")
    named = set(re.findall(r"^  (--?\w+)", helped.stdout, re.MULTILINE))
    check(helped.returncode == 0 and {"-f", "-x", "-c", "-C", "-L", "-D", "-p", "-u", "-g", "-H", "-v", "-h", "--print", "--doctor"} <= named,
          "-h names the options", named)
    check_equal(site.run(AGENT, "--help").stdout, helped.stdout, "--help is the same")
    version = site.run(AGENT, "-v")
    check(version.returncode == 0 and re.fullmatch(r"tcpextd \S+ \(net-snmp 5\.\S+\)\n", version.stdout), "-v prints the versions", version)
    directives = site.run(AGENT, "-H")
    text = directives.stdout + directives.stderr
    check(directives.returncode == 0 and all(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word in DIRECTIVES), "-H prints the directives", text[:500])
    for wrong_line in (("-z",), ("--no-such-option",), ("-f", "word"), ("-c",)):
        done = site.run(AGENT, *wrong_line)
        check(done.returncode == 1 and len(done.stderr.splitlines()) == 2 and "-h" in done.stderr.splitlines()[1],
              f"'{' '.join(wrong_line)}': what is wrong, where to look, exit status 1", done)
    check_equal(site.pids(), [], "none of them leaves anything running")


def directives_alone(site):
    """-H looks for no master, though one listens where the library would look."""
    site.snmpd()
    there = ("unshare", "-m", "sh", "-c",
             'mount -t tmpfs tmpfs /var && mkdir /var/agentx && ln -s "$0" /var/agentx/master && exec "$@"', site.master)
    check_equal(site.run(*there, "test", "-S", "/var/agentx/master").returncode, 0, "a master is there")
    done, usual = site.run(*there, AGENT, "-H"), site.run(AGENT, "-H")
    check(done.returncode == 0 and done.stderr == usual.stderr, "-H prints the same, exit status 0", done.returncode)


harness.main(wrong, unreadable, reload_wrong, reload_right, source_off, options, directives_alone)
