#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Capabilities: the threads that read have those that the configuration asks for, the one that talks to snmpd never has."""

import pathlib
import re
import shutil
import signal

import harness
import test_netns as netns
import test_standalone as standalone
import test_tables as tables
from harness import Skip, check, check_equal

USER = 65534
SETS = ("Inh", "Prm", "Eff", "Bnd", "Amb")
NET_BIND_SERVICE, SYS_PTRACE, SYS_ADMIN = 1 << 10, 1 << 19, 1 << 21
NONE = (0,) * len(SETS)


def rights(status):
    """The sets of /proc/PID/task/TID/status, as numbers in the order of SETS."""
    return tuple(int(re.search(rf"^Cap{name}:\s*(\w+)$", status, re.M)[1], 16) for name in SETS)


def of_threads(pid):
    """The sets of the first thread, and those of all others, which are the same in each."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            found[int(task.name)] = rights((task / "status").read_text())
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
    main = found.pop(pid)
    check_equal(len(set(found.values())), 1, f"all of the {len(found)} other threads have the same")
    return main, next(iter(found.values()))


def asked(*capabilities):
    both = sum(capabilities)
    return (0, both, both, 0, 0)


def as_user(site):
    """With -u the threads that read keep what procRoot of another namespace takes, and the tables of that one are served."""
    site.snmpd(more="agentXPerms 0666 0755\n")
    with netns.two(site) as other:
        agent = site.agent(f"procRoot {netns.stay(other)}\n" + tables.FAST, options=("-u", USER))
        check_equal(of_threads(agent.pid), (NONE, asked(SYS_PTRACE, SYS_ADMIN)), "none for the first thread, two for the others, for good")
        netns.counters_are(site, other, "there")
        netns.tables_are(site, other, "there")
        check_equal([line for line in agent.log() if "apabilit" in line or "CAP_" in line], [], "the log has nothing of it")


def reloaded(site):
    """What SIGHUP adds takes a new start, and the log says so; what goes away takes none."""
    site.snmpd(more="agentXPerms 0666 0755\n")
    with netns.two(site) as other:
        there = f"procRoot {netns.stay(other)}\n" + tables.FAST
        agent = site.agent(tables.FAST, options=("-u", USER))
        check_equal(of_threads(agent.pid), (NONE, NONE), "the own namespace takes none")
        site.write("tcpextd.conf", there)
        agent.send(signal.SIGHUP)
        agent.wait_log("start it again")
        lines = agent.wait_log("no table is registered")
        check("CAP_SYS_ADMIN" in lines[0], "it says what is lacking, too", lines)
        netns.counters_are(site, other, "added by SIGHUP")
        agent.end()
        agent = site.agent(there, options=("-u", USER))
        netns.tables_are(site, other, "after a new start")
        site.write("tcpextd.conf", tables.FAST)
        agent.send(signal.SIGHUP)
        netns.counters_are(site, site, "taken away by SIGHUP")
        site.write("tcpextd.conf", there)
        agent.send(signal.SIGHUP)
        netns.counters_are(site, other, "added again")
        netns.tables_are(site, other, "added again")
        check_equal([line for line in agent.log() if "start it again" in line], [], "which takes no new start")


def as_master(site):
    """With --master the thread that managers' requests come to has none, once it listens."""
    with netns.two(site) as other:
        conf = f"procRoot {netns.stay(other)}\n" + tables.FAST
        agent = standalone.start(site, conf, options=("-u", USER), addresses=(standalone.UDP,))
        check_equal(of_threads(agent.pid), (NONE, asked(SYS_PTRACE, SYS_ADMIN)), "none for the first thread, two for the others")
        netns.counters_are(site, other, "there")


def as_root(site):
    """Without -u root keeps all else."""
    site.snmpd()
    everything = rights(pathlib.Path("/proc/self/status").read_text())[1]
    with netns.two(site) as other:
        for what, conf, kept in (("nothing", "", 0), ("another namespace", f"procRoot {netns.stay(other)}\n", SYS_PTRACE | SYS_ADMIN)):
            agent = site.agent(conf)
            rest = everything & ~(NET_BIND_SERVICE | SYS_PTRACE | SYS_ADMIN)
            main, others = of_threads(agent.pid)
            check_equal((main[1:3], others[1:3]), ((rest, rest), (rest | kept, rest | kept)), f"asked for {what}")
            agent.end()


def given(site):
    """As a service manager gives them, in the ambient set: kept where they are asked for, and of no program that is executed."""
    if not shutil.which("setpriv"):
        raise Skip("needs setpriv (Debian: util-linux)")
    site.snmpd(more="agentXPerms 0666 0755\n")
    under = ("setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups", "--bounding-set", "-all,+sys_admin,+sys_ptrace",
             "--inh-caps", "-all,+sys_admin,+sys_ptrace", "--ambient-caps", "-all,+sys_admin,+sys_ptrace", "--no-new-privs")
    site.folder.chmod(0o777)  # for its log
    with netns.two(site) as other:
        agent = site.agent(f"procRoot {netns.stay(other)}\n" + tables.FAST, under=under)
        bound = SYS_PTRACE | SYS_ADMIN
        check_equal(of_threads(agent.pid), ((0, 0, 0, bound, 0), (0, bound, bound, bound, 0)), "the first thread has none")
        netns.tables_are(site, other, "there")
        agent.end()
        agent = site.agent(tables.FAST, under=under)
        check_equal(of_threads(agent.pid), ((0, 0, 0, bound, 0),) * 2, "nothing asks for them")


if __name__ == "__main__":
    harness.main(as_user, reloaded, as_master, as_root, given)
