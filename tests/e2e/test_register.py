#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The agent's scalars replace snmpd's while it runs, and nothing else of snmpd's; the configuration chooses which."""

import contextlib
import re
import signal
import subprocess
import threading
import time

import harness
from harness import MIB2, NO_OBJECT, OBJECTS, ROOT, Value, check, check_equal, wait_for

# Values that no kernel has in a namespace as quiet as this one.
SNMP = """\
Ip: Forwarding DefaultTTL InReceives FragCreates
Ip: 1 99 3000000001 3000000002
Icmp: InMsgs
Icmp: 3000000003
Tcp: RtoMin InSegs
Tcp: 200 3000000004
Udp: InDatagrams
Udp: 3000000005
"""
INSTANCES = {"ip": (f"{MIB2}.4.2.0", f"{MIB2}.4.3.0", f"{MIB2}.4.19.0"), "icmp": (f"{MIB2}.5.1.0",), "tcp": (f"{MIB2}.6.10.0",),
             "udp": (f"{MIB2}.7.1.0",)}
VALUES = {"ip": (99, 3000000001, 3000000002), "icmp": (3000000003,), "tcp": (3000000004,), "udp": (3000000005,)}
OR_DESCR = f"{MIB2}.1.9.1.3"
OR_ID = f"{MIB2}.1.9.1.2"
MODULES = {"ip": f"{MIB2}.4", "icmp": f"{MIB2}.5", "tcp": f"{MIB2}.49", "udp": f"{MIB2}.50", "tcpext": f"{ROOT}.3.1"}


REFUSED_RETRY = 10  # seconds from one try to the next

SCALARS = "register ip icmp tcp udp tcpext\n"


def proc_root(site):
    site.write("proc/net/snmp", SNMP)
    return f"procRoot {site.folder}/proc\n"


def groups_served(site):
    """Which groups show the agent's numbers whole; a group of which only some does not count, and is an error."""
    served = set()
    for group, oids in INSTANCES.items():
        numbers = tuple(value.value for value in site.get(*oids))
        if numbers == VALUES[group]:
            served.add(group)
        elif set(numbers) & set(VALUES[group]):
            served.add(f"{group} in part: {numbers}")
    if site.get(harness.VERSION)[0].syntax == "STRING":
        served.add("tcpext")
    return served


def served_amid_reload(site):
    """The same while the agent begins a new session: a request that is under way then is answered with an error."""
    with contextlib.suppress(harness.Failure):
        return groups_served(site)
    return None


def modules(site):
    """The groups with a row in sysORTable."""
    ids = dict(site.walk(OR_ID))
    texts = {oid: value.value for oid, value in site.walk(OR_DESCR) if "by tcpextd" in value.value}
    rows = [ids[oid.replace(OR_DESCR, OR_ID)].value for oid in texts]
    return sorted(group for group, module in MODULES.items() for row in rows if row == module)


def tables(site):
    """The instances of all tables of mib-2 in these groups."""
    found = {oid for group in (2, 4, 5, 6, 7, 31) for oid, _ in site.walk(f"{MIB2}.{group}", repetitions=25)}
    return {oid for oid in found if not re.fullmatch(rf"{re.escape(MIB2)}\.\d+\.\d+\.0", oid)}


def instances(site):
    return {oid: value for group in (4, 5, 6, 7) for oid, value in site.walk(f"{MIB2}.{group}") if len(oid.split(".")) == 9}


def replaced(site):
    """All groups of scalars, from snmpd to the agent and back: when it leaves, and when it is killed."""
    conf = proc_root(site) + SCALARS
    site.snmpd()
    scalars, rows = instances(site), tables(site)
    check(scalars and rows, f"snmpd alone has {len(scalars)} scalars and {len(rows)} instances of tables")
    names = {"tcpConnTable": "6.13", "ifTable": "2.2", "ipAddrTable": "4.20", "udpTable": "7.5", "ifXTable": "31.1.1"}
    for name, oid in names.items():
        check(any(row.startswith(f"{MIB2}.{oid}.") for row in rows), f"{name} is among them")
    check_equal(groups_served(site), set(), "none is the agent's")
    for number, what in ((signal.SIGTERM, "leaves"), (signal.SIGKILL, "is killed")):
        agent = site.agent(conf)
        check_equal(groups_served(site), {"ip", "icmp", "tcp", "udp", "tcpext"}, "the agent serves all groups")
        check_equal(modules(site), sorted(MODULES), "sysORTable has a row for each")
        check_equal(sorted(tables(site) ^ rows), [], "snmpd's tables are as they were")
        agent.end(number)
        wait_for("snmpd's own scalars are back", lambda: instances(site) == scalars)
        check_equal(groups_served(site), set(), f"the agent {what}: nothing of it stays")
        check_equal(modules(site), [], "no row in sysORTable either")
        check_equal(sorted(tables(site) ^ rows), [], "snmpd's tables are as they were")


def chosen(site):
    """`register` chooses; lines add up, letters of any case will do."""
    conf = proc_root(site)
    site.snmpd()
    for lines, wanted in (("register ip tcp\n", {"ip", "tcp"}), ("register UDP, Icmp\nregister TcpExt\n", {"udp", "icmp", "tcpext"}),
                          ("register all\n", set(MODULES)), ("register none\n", set())):
        agent = site.agent(conf + lines, wait=False)
        agent.wait_log("connected")
        wait_for(lambda: f"{sorted(wanted)} by '{lines.strip()}', not {groups_served(site)}", lambda: groups_served(site) == wanted)
        check(True, f"'{'; '.join(lines.splitlines())}': {', '.join(sorted(wanted)) or 'nothing'}")
        wait_for(lambda: f"rows of sysORTable for {sorted(wanted)}, not {modules(site)}", lambda: modules(site) == sorted(wanted))
        if "tcpext" not in wanted:
            check_equal(site.get(f"{OBJECTS}.8.24.0"), [NO_OBJECT], "a private object is noSuchObject")
        agent.end()
        check(len(agent.log()) == 3, "it logs nothing more than ever", agent.log())
        agent.log_file.unlink()


def refused(site):
    """At snmpd's own priority the master refuses what it has itself: said in plain words, and the rest is served."""
    conf = proc_root(site)
    site.snmpd()
    scalars, rows = instances(site), tables(site)
    agent = site.agent(conf + "registerPriority 127\n")
    for group, oid in (("ip", f"{MIB2}.4"), ("icmp", f"{MIB2}.5"), ("tcp", f"{MIB2}.6"), ("udp", f"{MIB2}.7"),
                       ("interfaces", f"{MIB2}.2.1"), ("at", f"{MIB2}.3.1.1.1"), ("ipAddrTable", f"{MIB2}.4.20.1.1"), ("ipRouteTable", f"{MIB2}.4.21.1.1"),
                       ("ipNetToMediaTable", f"{MIB2}.4.22.1.1")):
        agent.wait_log(f"refuses .{re.escape(oid)} ")
        lines = [line for line in agent.log() if f".{oid} " in line]
        check(len(lines) == 1 and all(part in lines[0] for part in (f"group {group})", "priority 127", "registerPriority", "register'")),
              f"one line says that {oid} of {group} is refused and what to do", lines)
    served = groups_served(site)
    check(served.isdisjoint({"icmp", "tcp", "udp"}), "snmpd goes on to serve these groups itself", served)
    check("tcpext" in served, "the private group is served", served)
    check(not [line for line in agent.log() if "registering pdu failed" in line], "none of the library's own lines", agent.log())
    time.sleep(REFUSED_RETRY + 2)
    check(not [line for line in agent.log() if "takes the group" in line], "refused it stays, however often the agent asks", agent.log())
    check(groups_served(site).isdisjoint({"icmp", "tcp", "udp"}), "snmpd goes on to serve them", groups_served(site))
    check_equal(modules(site), ["tcpext"], "sysORTable has a row of ours for what is served")
    site.write("tcpextd.conf", conf + "registerPriority 126\n")
    agent.send(signal.SIGHUP)
    wait_for("all groups are the agent's at 126", lambda: served_amid_reload(site) == set(MODULES))
    check(agent.alive(), "the remedy helps, without a restart")
    wait_for(lambda: f"the rows of sysORTable, not {modules(site)}", lambda: modules(site) == sorted(MODULES))
    agent.end()
    check_equal((instances(site), sorted(tables(site) ^ rows)), (scalars, []), "when it has ended all is snmpd's, as it was")


def another(site, name, conf):
    """One more agent, with a folder of its own."""
    folder = site.write(f"{name}/tcpextd.conf", conf).parent
    return site.start(harness.Agent, site.inside(harness.AGENT, "-f", "-C", "-c", folder / "tcpextd.conf", "-x", site.master,
                                                 "-Lf", folder / "tcpextd.log"), folder)


def first_wins(site):
    """Of two agents the second one hears that the first one is there."""
    conf = proc_root(site) + SCALARS
    site.snmpd()
    first = site.agent(conf)
    second = another(site, "second", "refreshInterval 7\n" + SCALARS)
    second.wait_log(f"refuses .{re.escape(OBJECTS)} \\(group tcpext\\)")
    for group in INSTANCES:
        lines = [line for line in second.log() if f"group {group})" in line]
        check(lines and all("another agent holds it" in line for line in lines), f"the second agent's log: {group} is taken",
              second.log())
        check(all("hides the other's values" in line and "an snmpd of its own" in line for line in lines),
              "what the number does, and what to do instead", lines)
    check_equal(site.get(harness.INTERVAL), [Value("Gauge32", 1000)], "the first one serves on")
    check(first.alive() and second.alive(), "both live")
    site.write("second/tcpextd.conf", "refreshInterval 7\nregister icmp\n")
    second.send(signal.SIGHUP)
    second.wait_log("configuration read again")
    check_equal(groups_served(site), set(INSTANCES) | {"tcpext"}, "the second one gives up what it never had: the first one keeps it")
    site.write("second/tcpextd.conf", "refreshInterval 7\n" + SCALARS)
    second.send(signal.SIGHUP)
    wait_for("it wants them again", lambda: len([line for line in second.log() if "configuration read again" in line]) == 2)
    time.sleep(REFUSED_RETRY + 2)
    check_equal(site.get(harness.INTERVAL), [Value("Gauge32", 1000)], "the first one serves on, however often the second one asks")
    check_equal(len([line for line in second.log() if "refuses" in line]), 2 * len(MODULES),
                "one line for each group and registration, however often it is asked for")
    first.end()
    wait_for("the second agent takes over", lambda: site.get(harness.INTERVAL) == [Value("Gauge32", 7000)])
    check(all(f"takes the group {group} now" in "".join(second.log()) for group in MODULES), "and says so of each group", second.log())
    wait_for(lambda: f"one row of sysORTable for each, not {modules(site)}", lambda: modules(site) == sorted(MODULES))
    first = site.agent(conf, wait=False)
    first.wait_log("refuses")
    check_equal(first.end(), 0, "another one that comes meanwhile")
    check_equal(site.get(harness.INTERVAL), [Value("Gauge32", 7000)], "takes nothing away when it ends")
    check(second.alive(), "the second agent lives")


def lower_hides(site):
    """A second agent with a lower number hides the first one, of which managers see nothing until it ends; the first hears nothing of it."""
    conf = proc_root(site) + SCALARS
    site.snmpd()
    first = site.agent(conf)
    second = another(site, "second", "registerPriority 99\nrefreshInterval 7\n" + SCALARS)
    wait_for("managers see the second agent", lambda: site.get(harness.INTERVAL) == [Value("Gauge32", 7000)])
    wait_for("of each group", lambda: groups_served(site) == {"tcpext"})
    check(not [line for line in first.log() + second.log() if "refuses" in line], "neither hears of the other", (first.log(), second.log()))
    second.end()
    wait_for("the first one is back", lambda: groups_served(site) == set(INSTANCES) | {"tcpext"})
    check_equal(site.get(harness.INTERVAL), [Value("Gauge32", 1000)], "when the second one has ended the first one is shown again")


def priority_told(site):
    """A reload to a priority that another agent has, too: the refusals are told of with that priority."""
    site.snmpd()
    site.agent(SCALARS)
    another(site, "second", "registerPriority 101\n" + SCALARS).wait_log("connected")
    third = another(site, "third", SCALARS)
    for priority in (100, 101):
        for group in MODULES:
            third.wait_log(f"\\(group {group}\\) at priority {priority}: another agent holds it")
        check(True, f"{len(MODULES)} groups at priority {priority}")
        site.write("third/tcpextd.conf", "registerPriority 101\n" + SCALARS)
        third.send(signal.SIGHUP)


def master_survives(site):
    """Registrations and the proc root change under walks: snmpd, which loses hold of a request whose registration is taken
    back, lives on, and so does the agent, which answers to the end of its session."""
    snmpd = site.snmpd()
    agent = site.agent("registerPriority 99\n")
    over = threading.Event()

    def walk(oid):
        while not over.is_set():
            subprocess.run(["snmpbulkwalk", *harness.V2C, "-t5", "-r0", "-Cr20", site.address, oid], env=site.environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    walkers = [threading.Thread(target=walk, args=[oid]) for oid in 2 * (f"{MIB2}.4", f"{MIB2}.6", f"{OBJECTS}.2")]
    for walker in walkers:
        walker.start()
    try:
        for i in range(20):
            site.write("tcpextd.conf", harness.patience("") + f"registerPriority {100 - i % 2}\nprocRoot {('/proc', '/proc/self')[i % 2]}\n")
            agent.send(signal.SIGHUP)
            wait_for("it is read", lambda: len([line for line in agent.log() if "configuration read again" in line]) == i + 1)
            time.sleep(0.2)  # walks get under way again
    finally:
        over.set()
        for walker in walkers:
            walker.join()
    check(snmpd.alive() and agent.alive(), "both have survived 20 changes of the priority and of the proc root")
    check(site.get(harness.VERSION)[0].syntax == "STRING", "the agent is served")
    check_equal([line for line in agent.log() if re.search("lost|refuse|connected", line)][1:], [], "the log has nothing of it")


harness.main(replaced, chosen, refused, first_wins, lower_hides, priority_told, master_survives)
