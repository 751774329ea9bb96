#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A proc root of another network namespace: counters, settings and tables are all of that one, or not there, and the log
says whose they are."""

import contextlib
import os
import pathlib
import resource
import shutil
import signal

import harness
import test_kernel_tables as told
import test_tables as tables
from harness import MIB2, NO_INSTANCE, OBJECTS, Skip, Value, check, check_equal, wait_for

IN_RECEIVES = f"{MIB2}.4.3.0"
REASM_TIMEOUT = f"{MIB2}.4.13.0"
NETWORK = ("link add name {0}0 type veth peer name {0}1\nlink set {0}0 up\nlink set {0}1 up\naddr add 10.9.{1}.1/24 dev {0}0\n"
           "route add 172.{1}.0.0/16 via 10.9.{1}.2\n")
OTHER_TIMEOUT = 17


def inode(path):
    return os.stat(path).st_ino


def stay(site):
    """The proc root of a process that stays in the site's namespace."""
    process = site.start(harness.Process, site.inside("sleep", "600"), site.folder / "sleep.out")
    root = f"/proc/{process.pid}"
    wait_for("it is in its namespace", lambda: inode(f"{root}/ns/net") == inode(f"/run/netns/{site.netns}"))
    return root


@contextlib.contextmanager
def two(site):
    """Another site with other links, another ipfrag_time and more datagrams."""
    told.batch(site, NETWORK.format("own", 1))
    with harness.Site("other") as other:
        told.batch(other, NETWORK.format("far", 2))
        done = other.run("sh", "-c", f"echo {OTHER_TIMEOUT} > /proc/sys/net/ipv4/ipfrag_time")
        check(done.returncode == 0, "the other namespace has an ipfrag_time of its own", done.stderr)
        told.send(other, "127.0.0.1", 1000)
        yield other


def receives(site):
    names, values = [line.split() for line in site.run("cat", "/proc/net/snmp").stdout.splitlines() if line.startswith("Ip:")]
    return int(values[names.index("InReceives")])


def counters_are(site, whose, what):
    """ipInReceives is that of a site; the quiet one has few, the other one more than 1000."""
    wait_for(f"{what}: the counters", lambda: site.get(IN_RECEIVES) == [Value("Counter32", receives(whose))])
    check(True, f"{what}: the counters")


def tables_are(site, whose, what):
    """All tables of a namespace are as ip and ss show them there."""
    links = {link["ifname"]: link["ifindex"] for link in told.ip_json(whose, "link")}
    found = {tables.octets(row[2]): int(index) for index, row in tables.table(site, "ifTable").items()}
    check_equal(found, {name.encode().hex(): index for name, index in links.items()}, f"{what}: the interfaces")
    found = {tables.octets(row[tables.IP6_NAME]) for row in tables.table(site, "ifIp6Table").values()}
    check_equal(found, {name.encode().hex() for name in links}, f"{what}: IPv6 of the interfaces")
    addresses = {one["local"] for link in told.ip_json(whose, "-4", "addr") for one in link["addr_info"]}
    check_equal(set(tables.table(site, "ipAddrTable")), addresses, f"{what}: the addresses")
    check_equal(set(tables.table(site, "ipRouteTable")), {one for one, in told.wanted_routes(whose)[0]}, f"{what}: the routes")
    listeners = {".".join(map(str, end)) for _, _, _, end, _ in told.ss(whose, "-tl4")}
    found = {index.removesuffix(".0.0.0.0.0") for index in tables.table(site, "tcpConnTable")}
    check_equal(found, listeners, f"{what}: the sockets")


def reasm_timeout(site):
    return Value("INTEGER", int(site.run("cat", "/proc/sys/net/ipv4/ipfrag_time").stdout))


def all_of_it(site):
    """procRoot of a process in another namespace: all is of that one, and of the own one after a reload."""
    site.snmpd()
    with two(site) as other, contextlib.ExitStack() as stack:
        tables.listener(other, stack, ("10.9.2.1", 3002))
        tables.listener(site, stack, ("10.9.1.1", 3001))
        root = stay(other)
        agent = site.agent(f"procRoot {root}\n" + tables.FAST)
        for what, whose, conf in (("there", other, None), ("here", site, tables.FAST), ("there again", other, f"procRoot {root}\n" + tables.FAST)):
            if conf is not None:
                lines = len(agent.log())
                site.write("tcpextd.conf", conf)
                agent.send(signal.SIGHUP)
                wait_for("it is read", lambda: len(agent.log()) > lines)
            counters_are(site, whose, what)
            check_equal(site.get(REASM_TIMEOUT), [reasm_timeout(whose)], f"{what}: ipReasmTimeout is that of the namespace")
            tables_are(site, whose, what)
        check_equal([line for line in agent.log() if "namespace" in line], [], "the log finds nothing wrong with that")
        check(reasm_timeout(site) != reasm_timeout(other), "the two have different timeouts")


def changes(site):
    """ifLastChange tells of the links in the other namespace."""
    site.snmpd()
    with two(site) as other:
        site.agent(f"procRoot {stay(other)}\n" + tables.FAST)
        index = tables.indices(other)["far0"]
        column = f"{tables.ENTRY['ifTable']}.9.{index}"
        check_equal(site.get(column), [Value("Timeticks", 0)], "0 while nothing has changed")
        told.ip(other, "link", "set", "far0", "down")
        wait_for("the change shows", lambda: site.get(column)[0].value > 0)
        check(True, "then the time of the change")


def gone(site):
    """The process of procRoot ends while the agent runs: what is read then is not that of any other namespace."""
    site.snmpd()
    with two(site) as other:
        root = stay(other)
        site.agent(f"procRoot {root}\n" + tables.FAST)
        counters_are(site, other, "while it is there")
        other.processes[-1].kill()
        check_equal(site.walk(tables.ENTRY["ipAddrTable"]), [], "a table that is read afterwards has no row")


def not_yet(site):
    """A namespace that could not be entered, for want of a descriptor, is entered once it can be, while a manager keeps asking."""
    site.snmpd()
    with two(site) as other:
        agent = site.agent(tables.FAST + f"procRoot {stay(other)}\n")
        soft, hard = resource.prlimit(agent.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, (0, hard))
        check_equal(site.get(tables.IF_NUMBER), [NO_INSTANCE], "no table without a descriptor")
        agent.wait_log("network namespace cannot be entered: Too many open files")
        resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, (soft, hard))
        wait_for("the interfaces are there", lambda: site.get(tables.IF_NUMBER) != [NO_INSTANCE])
        tables_are(site, other, "after that")
        agent.wait_log("the table of interfaces can be read again")


def denied(site):
    """Where the agent may not enter the namespace there are no tables, and the log says why."""
    if not shutil.which("setpriv"):
        raise Skip("needs setpriv (Debian: util-linux)")
    with two(site) as other, contextlib.ExitStack() as stack:
        site.snmpd()  # it keeps the interfaces that it saw at first for a while
        tables.listener(other, stack, ("10.9.2.1", 3002))
        own = {name: tables.instances(site, name) for name, _ in tables.WORDS.values()}
        agent = site.agent(f"procRoot {stay(other)}\n", under=("setpriv", "--bounding-set", "-sys_admin"))
        counters_are(site, other, "without CAP_SYS_ADMIN")
        check_equal(site.get(REASM_TIMEOUT), [NO_INSTANCE], "ipReasmTimeout is not there")
        lines = agent.wait_log("no table is registered")
        check(len(lines) == 1 and "another network namespace" in lines[0] and "CAP_SYS_ADMIN" in lines[0], "the log says why", lines)
        check_equal({name: tables.instances(site, name) for name in own}, own, "the tables of MIB-II are snmpd's")
        check_equal([site.walk(f"{OBJECTS}.{arc}") for arc in (18, 19, 20)], [[], [], []], "the agent's own tables have no row")
        check_equal(site.walk(tables.ENTRY["kernelTable"]), [], "nor has kernelTable")
        words = {index.value for _, index in site.walk(f"{MIB2}.1.9.1.3") if "by tcpextd" in index.value}
        check_equal(len(words), 5, "five groups are registered")


def nobodys(site):
    """A procRoot that is not there when the agent starts is of no namespace, whatever comes in its place: there are no tables."""
    with contextlib.ExitStack() as stack:
        site.snmpd()  # it keeps the interfaces that it saw at first for a while
        tables.listener(site, stack, ("127.0.0.1", 3001))
        own = {name: tables.instances(site, name) for name, _ in tables.WORDS.values()}
        agent = site.agent(f"procRoot {site.folder}/process\n" + tables.FAST, wait=False)
        agent.wait_log("connected to the AgentX master")
        lines = agent.wait_log("no table is registered")
        check(len(lines) == 1 and f"procRoot {site.folder}/process: " in lines[0], "the log says why", lines)
        for when in "before it comes", "when it has come":
            check_equal({name: tables.instances(site, name) for name in own}, own, f"{when}: the tables of MIB-II are snmpd's")
            check_equal([site.walk(f"{OBJECTS}.{arc}") for arc in (18, 19, 20)], [[], [], []], f"{when}: the agent's own have no row")
            check_equal(site.get(REASM_TIMEOUT), [NO_INSTANCE], f"{when}: ipReasmTimeout is not there")
            site.write("process/net/snmp", pathlib.Path("/proc/net/snmp").read_text())
            site.write("process/sys/net/ipv4/ipfrag_time", f"{OTHER_TIMEOUT}\n")
            wait_for("the counters come", lambda: site.get(IN_RECEIVES) != [NO_INSTANCE])


def host_procfs(site):
    """A host's procfs, as a container has it: `net' is the container's own, which the log says; that of process 1 is ROOT/1."""
    if not shutil.which("unshare"):
        raise Skip("needs unshare (Debian: util-linux)")
    site.snmpd()
    root = site.folder / "host"
    root.mkdir()
    with two(site) as other:
        def start(conf):
            """Process 1 of a PID namespace is in the other network namespace, the agent in the site's."""
            path = site.write("tcpextd.conf", harness.patience(conf) + conf)
            agent = f"exec ip netns exec {site.netns} {harness.AGENT} -f -C -c {path} -x {site.master} -Lf {site.folder}/tcpextd.log"
            agent = site.start(harness.Agent, other.inside(
                "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
                f"mount --bind /proc {root} && ({agent}) & wait"), site.folder)
            site.wait_served(agent)
            return agent
        agent = start(f"procRoot {root}\n" + tables.FAST)
        counters_are(site, site, "ROOT")
        tables_are(site, site, "ROOT")
        lines = agent.wait_log(f"procRoot {root} has the counters of the network namespace that the agent runs in")
        check(len(lines) == 1 and f"procRoot {root}/1" in lines[0], "the log says whose they are, and what to write for the others", lines)
        agent.kill()
        wait_for("snmpd has noticed that", lambda: site.sequence() is None)
        agent = start(f"procRoot {root}/1\n" + tables.FAST)
        counters_are(site, other, "ROOT/1")
        tables_are(site, other, "ROOT/1")
        check_equal(site.get(REASM_TIMEOUT), [reasm_timeout(other)], "ROOT/1: ipReasmTimeout")
        check_equal([line for line in agent.log() if "namespace" in line], [], "the log has nothing of it")
        agent.kill()


if __name__ == "__main__":
    harness.main(all_of_it, changes, gone, not_yet, denied, nobodys, host_procfs)
