#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The agent's life beside snmpd's: before it, after it, without it; as a daemon, as another user; and its end."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import harness
from harness import AGENT, INTERVAL, Value, check, check_equal, wait_for

START = r"^tcpextd \S+ started: reads /proc every \S+ s$"
CONNECTED = r"^connected to the AgentX master at \S+$"
END = r"^tcpextd ends$"


def matches(lines, *patterns):
    return len(lines) == len(patterns) and all(map(re.search, patterns, lines))


def healthy(site):
    """snmpd first: three lines in the log, a pid file while it runs, exit status 0."""
    site.snmpd()
    pid_file = site.folder / "tcpextd.pid"
    agent = site.agent(options=("-p", pid_file))
    check_equal(pid_file.read_text(), f"{agent.pid}\n", "the pid file has the process id")
    site.walk_counters(repetitions=25)
    check_equal(agent.end(), 0, "SIGTERM: exit status 0")
    check(matches(agent.log(), START, CONNECTED, END), "the log has its start, its connection and its end, nothing else", agent.log())
    check(not pid_file.exists(), "the pid file is gone")
    check_equal(agent.said(), [], "nothing on standard output or error")
    agent = site.agent()
    check_equal(agent.end(signal.SIGINT), 0, "SIGINT: the same")


def before(site):
    """snmpd comes later, goes, and comes again."""
    agent = site.agent("agentXPingInterval 3\n", wait=False)
    agent.wait_log("no AgentX master at .*: there is no such socket; .*'master agentx'")
    snmpd = site.snmpd()
    site.wait_served(agent)
    check(matches(agent.log(), START, "no AgentX master", CONNECTED), "without snmpd one line says so; then it is connected", agent.log())
    snmpd.end()
    agent.wait_log("lost the AgentX master")
    snmpd = site.snmpd()
    site.wait_served(agent)
    check(agent.alive(), "snmpd ends and comes back: served again")
    lines = len(agent.log())
    snmpd.kill()
    wait_for("the loss is logged", lambda: len(agent.log()) > lines)
    check_equal(agent.end(), 0, "its end without snmpd")
    check(re.search(END, agent.log()[-1]) and len(agent.log()) == lines + 2, "one line for the loss, one for the end", agent.log()[lines:])


def alone(site):
    """Without snmpd from the start to the end."""
    agent = site.agent(wait=False)
    agent.wait_log("no AgentX master")
    check_equal(agent.end(), 0, "it ends as it should")
    check(matches(agent.log(), START, "no AgentX master", END), "start, the reason, end", agent.log())


def causes(site):
    """An address where no master can be reached: a refused port, an unknown host and a path that is relative are three things."""
    said = {}
    for address, cause in (("tcp:127.0.0.1:705", "nobody listens at that port"), ("tcp:no..host:705", "no such host"),
                           ("there/is/none", "the path is relative")):
        agent = site.agent(options=("-x", address), wait=False)
        said[address] = agent.wait_log("no AgentX master at")
        check(len(said[address]) == 1 and f"at {address}: " in said[address][0] and cause in said[address][0], f"{address}: {cause}",
              said[address])
        check_equal(agent.end(), 0, f"{address}: it ends as it should")
        agent.log_file.unlink()


def lists(site):
    """agentXSocket as snmpd has it in an agentx.conf that both read, with several addresses: the first that answers is taken."""
    host = "tcp:127.0.0.1:705"
    site.snmpd(more=f"agentXSocket {site.master},{host}\n")

    def connects(addresses, to):
        site.write("agentx.conf", f"agentXPingInterval 3\nagentXRetries 0\nagentXSocket {addresses}\n")
        agent = site.start(harness.Agent, site.inside(AGENT, "-f", "-Lf", site.folder / "tcpextd.log"), site.folder)
        site.wait_served(agent)
        lines = agent.wait_log("connected to")
        check(len(lines) == 1 and lines[0].endswith(f" at {to}"), f"{addresses.replace(str(site.folder), '...')}: connected to the right one", lines)
        told = [line for line in agent.log() if f"no AgentX master at {to}" in line]
        check_equal(told, [], "nothing is said of what was not tried before")
        check_equal(agent.end(), 0, "it ends as it should")
        agent.log_file.unlink()

    connects(f"{site.master},{host}", site.master)
    connects(f"{host},{site.master}", host)
    connects(f"{site.folder}/none,{host}", host)
    connects(f"tcp:127.0.0.1:9, {site.folder}/none, {site.master}", site.master)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(site.folder / "silent"))
        silent.listen(50)
        connects(f"{site.folder}/silent,{site.master}", site.master)
    (site.folder / "agentx.conf").unlink()
    agent = site.agent(options=("-x", f"{site.folder}/none,tcp:127.0.0.1:9"), wait=False)
    lines = wait_for("a line for each address", lambda: len(agent.wait_log("no AgentX master at")) == 2 and agent.wait_log("no AgentX master at"))
    check("no such socket" in lines[0] and "nobody listens at that port" in lines[1], "-x with a list where nobody answers: of each why", lines)
    agent.end()
    agent = site.agent(f"agentXSocket {site.folder}/none\n", options=("-x", ""), wait=False)
    said = agent.wait_log("AgentX master at")[0]
    check("at /var/agentx/master" in said, "an empty -x is the usual socket, whatever agentXSocket says", said)


def frozen(site):
    """A master that does not answer: the agent outlives it and serves afterwards; it can end meanwhile, too."""
    snmpd = site.snmpd()
    agent = site.agent("agentXPingInterval 2\nagentXTimeout 1\n")
    snmpd.send(signal.SIGSTOP)
    agent.wait_log("lost the AgentX master")
    check(agent.alive(), "snmpd stopped: the agent notices and lives")
    snmpd.send(signal.SIGCONT)
    site.wait_served(agent)
    check(True, "snmpd goes on: served again")
    snmpd.send(signal.SIGSTOP)
    agent.send(signal.SIGTERM)
    check_equal(agent.wait(10), 0, "SIGTERM while snmpd is stopped: it ends all the same")
    snmpd.send(signal.SIGCONT)


def count(agent, word):
    return len([line for line in agent.log() if word in line])


def read_tables(site):
    """What the agent has been asked for."""
    return site.walk(f"{harness.OBJECTS}.1.13.1.3")


def frozen_and_killed(site):
    """A master that stops answering, also while the agent registers, and is killed then: the next one is served, in silence."""
    snmpd = site.snmpd()
    agent = site.agent("agentXPingInterval 2\nagentXTimeout 1\n")
    for number in range(6):
        snmpd.send(signal.SIGSTOP)
        if number % 2 == 0:
            wait_for("the agent has noticed", lambda: count(agent, "lost") > number)
        time.sleep(0.2 * number)  # some of the library's tries to connect again
        snmpd.kill()
        snmpd = site.snmpd()
        wait_for("it has connected", lambda: count(agent, "connected") > number + 1)
        if number % 2 == 0:
            continue  # most of the registrations are still to be made
        site.wait_served(agent)
        tables = [f"{harness.MIB2}.{table}" for table in ("2.2", "3.1", "4.20", "4.21", "4.22", "6.13", "7.5")]
        wait_for("all tables are the agent's again", lambda: [site.walk(table) for table in tables] and len(read_tables(site)) == 6)
    site.wait_readings(4)
    others = [line for line in agent.log() if not re.match(r"tcpextd .* started|connected to the AgentX|lost the AgentX", line)]
    check_equal(others, [], "nothing else is in the log")


def ids(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {line.split()[1] for line in status.splitlines() if line.startswith(("Uid:", "Gid:"))}


def no_root(site):
    """As another user: what it may not open is said with the remedy; once it may, it serves."""
    agent = site.agent("agentXPingInterval 3\n", options=("-u", "65534", "-g", "65534"), wait=False)
    agent.wait_log("no such socket")
    check_equal(ids(agent.pid), {"65534"}, "it is the user and group of -u and -g")
    snmpd = site.snmpd(more="agentXPerms 0600 0755\n")
    agent.end()
    agent = site.agent("agentXPingInterval 3\n", options=("-u", "65534"), wait=False)
    lines = agent.wait_log("no AgentX master")
    check("user 65534 may not open it" in lines[0] and "agentXPerms" in lines[0], "a socket for root alone: it says so, and what to do",
          lines)
    snmpd.end()
    site.snmpd(more="agentXPerms 0666 0755\n")
    site.wait_served(agent)
    check(agent.alive(), "with agentXPerms it is served, without a restart")
    agent.end()
    pid_file = site.folder / "other.pid"
    agent = site.agent(options=("-u", "65534", "-p", pid_file))
    check_equal(pid_file.read_text(), f"{agent.pid}\n", "-p with -u: the pid file has the id")
    agent.end()
    check(not pid_file.exists() or pid_file.read_text() == "", "and no id when the agent has ended, though it may not remove the file")
    done = site.run(AGENT, "-f", "-C", "-x", site.master, "-u", "no-such-user", "-Le")
    check(done.returncode == 1 and "no-such-user" in done.stderr and len(done.stderr.splitlines()) == 1,
          "-u with a user that there is not: exit status 1 and one line", done)
    for given in (("-u", "4294967296"), ("-u", "+33"), ("-u", "54321"), ("-g", "4294967296")):
        done = site.run(AGENT, "-f", "-C", "-x", site.master, *given, "-Le")
        check(done.returncode == 1 and len(done.stderr.splitlines()) == 1, f"{' '.join(given)}: root is not kept, the start is refused", done)
    done = site.run(AGENT, "-f", "-C", "-x", site.master, "-Lf", site.folder / "none" / "log")
    check(done.returncode == 1 and "log file cannot be written" in done.stderr, "-Lf to nowhere: exit status 1 and one line", done)


def daemon_line(site, *options):
    return (AGENT, "-C", "-c", site.folder / "tcpextd.conf", "-x", site.master, "-Lf", site.folder / "tcpextd.log", "-p",
            site.folder / "tcpextd.pid", *options)


def daemon(site):
    """Without -f: the first process ends with the state of the start, when the daemon serves."""
    site.snmpd()
    site.write("tcpextd.conf", "refreshInterval 2\n")
    done = site.run(*daemon_line(site))
    check(done.returncode == 0 and not done.stdout + done.stderr, "the start returns 0 and says nothing", done)
    check_equal(site.get(INTERVAL), [Value("Gauge32", 2000)], "then it serves, at once")
    pid = int((site.folder / "tcpextd.pid").read_text())
    check(pid in site.pids() and os.getsid(pid) == pid, "the pid file has the daemon's id; it leads a session of its own")
    check(all(harness.leads_nowhere(pid, fd) for fd in range(3)), "its standard descriptors lead nowhere")
    os.kill(pid, signal.SIGTERM)
    wait_for("the daemon ends", lambda: pid not in site.pids())
    check(not (site.folder / "tcpextd.pid").exists(), "SIGTERM ends it and removes the pid file")


def wrong_start(site):
    """A daemon that cannot start: exit status 1, one line on standard error, nothing left running."""
    site.write("good.conf", "")
    site.write("tcpextd.conf", "refreshInterval often\n")
    for what, argv in (("a wrong configuration", daemon_line(site)),
                       ("a pid file that cannot be", (AGENT, "-C", "-x", site.master, "-Lf", site.folder / "log", "-p", "/no/such/dir/pid")),
                       ("a user that there is not", (AGENT, "-C", "-x", site.master, "-Lf", site.folder / "log", "-u", "no-such-user"))):
        done = site.run(*argv)
        check(done.returncode == 1, f"{what}: exit status 1", done)
        log = [path.read_text() for path in (site.folder / "tcpextd.log", site.folder / "log") if path.exists()]
        check(len(done.stderr.splitlines()) == 1 and done.stdout == "", f"{what}: one line on standard error", (done.stderr, log))
        wait_for("the daemon that could not start ends", lambda: not site.pids())
        check(not (site.folder / "tcpextd.pid").exists(), f"{what}: nothing is left, no pid file either")


def rotated(site):
    """SIGHUP opens the log anew, as logrotate wants it."""
    site.snmpd()
    agent = site.agent()
    agent.log_file.rename(site.folder / "old.log")
    agent.send(signal.SIGHUP)
    agent.wait_log("configuration read again")
    check("started" in (site.folder / "old.log").read_text() and agent.alive(), "what comes goes to a new file")
    agent.end()
    lines = (site.folder / "old.log").read_text().splitlines() + agent.log()
    check_equal([line for line in lines if "tcpextd" in line or "configuration" in line or "connected" in line], lines,
                "both have lines that say something, and no other")


SHORT = AGENT.parent / "tests/e2e/short.so"
COPIES = 500  # of OIDs, and more, are made for all registrations


def short_of_memory(site):
    """Memory that is short while it registers: the start ends with 1 and one line, wherever that happens."""
    if not SHORT.exists():
        raise harness.Skip(f"needs {SHORT}, which `make check` builds")
    for at in range(1, COPIES, 7):
        # What is freed is overwritten; AddressSanitizer wants to be loaded first, and need not be. Such an end frees nothing.
        settings = {"TCX_SHORT_AT": str(at), "LD_PRELOAD": str(SHORT), "MALLOC_PERTURB_": "165",
                    "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
        done = subprocess.run([AGENT, "-f", "-C", "-x", site.master, "-Le"], capture_output=True, text=True,
                              env={**site.environment, **settings}, timeout=harness.DEADLINE)
        if done.returncode != 1 or len(done.stderr.splitlines()) != 1 or "memory is short" not in done.stderr:
            check(False, f"copy {at} of an OID cannot be made: the start ends with 1", done)
            return
    check(True, f"no copy of an OID from number 1 to {COPIES} can be made: the start ends with 1")


harness.main(healthy, short_of_memory, before, alone, causes, lists, frozen, frozen_and_killed, no_root, daemon, wrong_start, rotated)
