#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a service manager hears of the agent, by the protocol of sd_notify(3): here the manager is the test."""

import contextlib
import pathlib
import signal
import socket

import harness
import test_tables as tables
from harness import AGENT, check, check_equal, wait_for

WAITING, CONNECTED = "waits for snmpd", "connected to snmpd"
QUICK = "refreshInterval 0.1\n"
# The agent's own waits for snmpd make the watchdog's time longer: four of a second here.
SHORT = QUICK + "agentXTimeout 1\nagentXRetries 0\nagentXPingInterval 3\n"
LATE = "a reading does not end"


class Manager:
    """A socket, known to programs under this prefix, and what came there: a dictionary for each datagram."""

    def __init__(self, site, watchdog_s=None):
        path = site.folder / "notify"
        self.heard = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        path.chmod(0o777)
        self.prefix = ("/usr/bin/env", f"NOTIFY_SOCKET={path}")  # of the agent alone: snmpd would tell, too
        if watchdog_s is not None:
            self.prefix += (f"WATCHDOG_USEC={int(watchdog_s * 1e6)}",)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def hear(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                lines = self.socket.recv(65536).decode().split("\n")
                self.heard.append(dict(line.split("=", 1) for line in lines))
        return self.heard

    def wait(self, what, condition, since=0):
        """Waits for a datagram behind the first ones. Gives how many there are then, with that one."""
        def find():
            return next((i for i, told in enumerate(self.hear()) if i >= since and condition(told)), None)
        return wait_for(lambda: f"the manager hears {what}; it heard {self.heard[since:]}", lambda: find() is not None) and find() + 1

    def wait_status(self, words, since=0):
        return self.wait(f"'{words}'", lambda told: words in told.get("STATUS", ""), since)

    def has(self, name, first, end=None):
        return [told[name] for told in self.heard[first:end] if name in told]


def copy_snmp(site):
    """A proc root with what /proc/net/snmp has now, and the lines of the configuration that read it."""
    site.write("proc/net/snmp", pathlib.Path("/proc/net/snmp").read_text())
    return site.folder / "proc/net/snmp", f"procRoot {site.folder}/proc\n" + SHORT


def ready(site):
    """READY comes once the counters were read, and does not wait for snmpd."""
    file, conf = copy_snmp(site)
    with Manager(site) as manager, harness.SlowFile(site, file) as slow:
        agent = site.agent(conf, wait=False, under=manager.prefix + slow.prefix)
        wait_for("the first reading has begun", slow.is_being_read)
        begun = manager.wait_status(f"{WAITING}; reads: 0 of 0 files, 0 counters")
        check_equal(manager.has("READY", 0), [], "while the file is being read, nobody is ready")
        slow.let_go()
        end = manager.wait("READY", lambda told: told.get("READY") == "1", begun)
        check(manager.heard[end - 1]["STATUS"].startswith(f"{WAITING}; reads: 1 of 1 files, "), "it is then, without snmpd", manager.heard)
        site.snmpd()
        manager.wait_status(CONNECTED, end)
        check_equal(len(manager.has("READY", 0)), 1, "it is told once")
        check_equal(agent.end(), 0, "the agent ends well")
        manager.hear()
        check_equal(manager.has("STOPPING", 0), ["1"], "and says that it does")


def status(site):
    """STATUS tells of files that cannot be read, of rows of tables, and of the worst threshold that is crossed."""
    site.snmpd()
    with Manager(site, 1) as manager:
        site.agent(SHORT + "threshold always TcpRtoMin value > 0 severity info\nthreshold worse TcpRtoMax value > 0 severity critical\n",
                   under=manager.prefix)
        end = manager.wait_status("worst threshold crossed: worse")
        check("; 0 rows of tables; " in manager.heard[end - 1]["STATUS"], "no table is in use", manager.heard[end - 1])
        rows = len(site.walk(f"{tables.ENTRY['ifTable']}.1"))
        manager.wait_status(f"; {rows} rows of tables; ", end)
        check(rows > 0, "a table has been read", rows)


def faulty(site):
    """A file that cannot be read is told of, and so is why a start fails."""
    _, conf = copy_snmp(site)
    site.write("proc/net/netstat", "no such format\n")
    with Manager(site, 1) as manager:
        agent = site.agent(conf, wait=False, under=manager.prefix)
        manager.wait_status("reads: 1 of 2 files, ")
        agent.end()
        end = len(manager.hear())
        done = site.run(*manager.prefix, AGENT, "-f", "-C", "-x", site.master, "-u", "no-such-user")
        manager.wait_status("there is no user 'no-such-user'", end)
        check_equal((done.returncode, manager.has("READY", end)), (1, []), "the start has failed, and nobody is ready")


def reloading(site):
    """SIGHUP is a reload that begins and ends, whether the new configuration is any good or not."""
    with Manager(site) as manager:
        agent = site.agent(QUICK, wait=False, under=manager.prefix)
        end = manager.wait("READY", lambda told: "READY" in told)
        for conf in (QUICK + "rateTime 30\n", "no directive\n", QUICK):
            site.write("tcpextd.conf", conf)
            agent.send(signal.SIGHUP)
            begun = manager.wait("RELOADING", lambda told: told.get("RELOADING") == "1", end)
            end = manager.wait("READY", lambda told: "READY" in told, begun)
            check(int(manager.heard[begun - 1]["MONOTONIC_USEC"]) > 0, "RELOADING has its time", manager.heard[begun - 1])
        check_equal(agent.end(), 0, "the agent lives until its end")


def watchdog(site):
    """WATCHDOG is told while the loop turns and readings of the counters end, and not while one does not."""
    file, conf = copy_snmp(site)
    with Manager(site, 1) as manager, harness.SlowFile(site, file) as slow:
        site.agent(conf, wait=False, under=manager.prefix + slow.prefix)
        wait_for("the first reading has begun", slow.is_being_read)
        slow.let_go()
        end = manager.wait("WATCHDOG", lambda told: "WATCHDOG" in told, manager.wait("READY", lambda told: "READY" in told))
        check_equal(manager.has("WATCHDOG_USEC", 0), ["4000000"], "its time is that of the agent's longest wait for snmpd")
        site.write("proc/net/snmp", file.read_text())
        wait_for("the file is opened anew", slow.is_being_read)
        late = manager.wait_status(LATE, end)
        slow.let_go()
        end = manager.wait("a status that is good again", lambda told: LATE not in told.get("STATUS", LATE), late)
        check_equal(manager.has("WATCHDOG", late, end), [], "a reading that does not end is not alive")
        manager.wait("WATCHDOG", lambda told: "WATCHDOG" in told, end)


def slow_table(site):
    """A table that is being read, however long, is no reason to end the agent."""
    site.write("proc/net/snmp", pathlib.Path("/proc/net/snmp").read_text())
    site.write("proc/net/dev_snmp6/v0", "ifIndex 2\n")
    site.snmpd()
    with Manager(site, 1) as manager, harness.SlowFile(site, site.folder / "proc/net/dev_snmp6/v0") as slow:
        site.agent(f"procRoot {site.folder}/proc\ntableTimeout 20\n" + SHORT, under=manager.prefix + slow.prefix)
        waiting = tables.ask(site, slow, "snmpbulkwalk", tables.ENTRY["ifIp6Table"])
        end = len(manager.hear())
        for _ in range(12):  # four come in the time of the watchdog
            end = manager.wait("WATCHDOG", lambda told: "WATCHDOG" in told, end)
        slow.let_go()
        check(tables.answer(waiting) != [], "the table has come in the end")


def other(site):
    """Nothing is told to a watchdog of another process, and nothing at all to an address of another kind."""
    with Manager(site, 1) as manager:
        agent = site.agent(QUICK, wait=False, under=(*manager.prefix, "WATCHDOG_PID=1"))
        end = manager.wait("READY", lambda told: "READY" in told)
        agent.send(signal.SIGHUP)
        manager.wait("READY", lambda told: "READY" in told, end)
        check_equal(agent.end(), 0, "the agent ends well")
        manager.hear()
        check_equal(manager.has("WATCHDOG", 0), [], "the watchdog of another process hears nothing")
    agent = site.agent(QUICK, wait=False, under=("/usr/bin/env", "NOTIFY_SOCKET=vsock:2:1"))
    agent.wait_log("started")
    check_equal(agent.end(), 0, "an agent that cannot tell anything serves all the same")


if __name__ == "__main__":
    harness.main(ready, status, faulty, reloading, watchdog, slow_table, other)
