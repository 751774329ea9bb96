#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""etc/zabbix, imported into a real Zabbix: it polls the agent by it, finds what the test plants, and sees it go."""

import contextlib
import re
import socket

import managers
import test_tables as tables
import zabbix_server
from harness import NO_INSTANCE, OBJECTS, SOURCE, check, check_equal, main, skip
from managers import PATIENCE, wait_for
from test_namespaces import Names

TECHNICAL = "Linux TCP-IP by tcpextd"
SERVICE_NAMES = f"{OBJECTS}.39.1.3"
NAMESPACE_NAMES, NAMESPACE_ACTIVE = f"{OBJECTS}.40.1.3", f"{OBJECTS}.40.1.10"
NSTAT_KINDS = f"{OBJECTS}.2.1.3"
COUNTER = 1

# Times of a minute take seconds here.
CONF = "healthWindow 2\ntableInterval 1\n"
CROSSED = 1000  # datagrams that nobody takes, so many that they cross a threshold
MACROS = {"INTERVAL": "2s", "DISCOVERY.INTERVAL": "8s", "CLEAR.TIME": "6s", "QUIET.TIME": "20s", "NODATA.TIME": "30s", "SOCKET.TIME": "6s",
          "LISTEN.DROPS.TIME": "6s", "UDP.RECEIVE.LOSS.TIME": "6s", "NAMESPACE.COUNT": "1"}

FULL, WELL, LOSSY, NOBODY, CLIENT = 4433, 4434, 5140, 5141, 45000
HELD, LOST = 17, 23
EPHEMERAL = 32768, 61000  # net.ipv4.ip_local_port_range, which Zabbix's own sockets are of, too
# Severity and name of what is planted; that the queue is full hides that the listener drops.
PROBLEMS = {(2, "Health: Listen drops: more than 1 %"), (2, "Health: UDP receive buffer errors: more than 1 %"),
            (4, f"Listener 127.0.0.1:{FULL}: queue full, clients are turned away"),
            (3, f"UDP socket 127.0.0.1:{LOSSY}: more than 1 drops per second")}
# Each of these is hidden by one of them, unless it is there before that, or after.
HIDDEN = {(2, f"UDP socket 127.0.0.1:{LOSSY}: queue more than 80 % full"), (2, f"Listener 127.0.0.1:{FULL}: queue more than 80 % full"),
          (3, f"Listener 127.0.0.1:{FULL}: more than 1 drops per second")}
HOST_WIDE = ("Health: Softnet", "Health: Memory pressures")  # others work there, too
SILENT = (3, "tcpextd: no answer for 30s")
STALE = (3, "tcpextd: the kernel's counters cannot be read")


# --- What Zabbix says ---------------------------------------------------------------------------------------------------------

class Host:
    """The site's agent, as Zabbix has it."""

    def __init__(self, zabbix, number):
        self.zabbix = zabbix
        self.id = number
        self.macros = dict(MACROS)
        self.set()

    def set(self, *macro):
        """Macros of its own, and one more or with another value."""
        self.macros |= dict([macro] if macro else [])
        macros = [{"macro": f"{{$TCPEXTD.{name}}}", "value": value} for name, value in self.macros.items()]
        self.zabbix.call("host.update", hostid=self.id, macros=macros)

    def get(self, what, output, **more):
        return self.zabbix.call(f"{what}.get", hostids=[self.id], output=output, **more)

    def items(self):
        """By key."""
        return {one["key_"]: one for one in self.get("item", ["itemid", "name", "key_", "snmp_oid", "state", "error", "lastvalue", "lastclock"])}

    def value(self, key):
        """The last one, None while there is none."""
        one = self.items().get(f"tcpextd.{key}")
        return float(one["lastvalue"]) if one and one["lastclock"] != "0" else None

    def growth(self, key):
        """What a counter grew by since its first rate, which is the sum of its rates by their times."""
        item = self.items()[f"tcpextd.{key}"]["itemid"]
        found = self.zabbix.call("history.get", itemids=[item], history=0, output="extend")
        rates = sorted((int(one["clock"]) + int(one["ns"]) / 1e9, float(one["value"])) for one in found)
        return round(sum(rate * (time - before) for (before, _), (time, rate) in zip(rates, rates[1:])), 2)

    def labels(self, what):
        """Of what is discovered: the names, without those of services."""
        found = [re.match(rf"{what} (\S+)(?: \(.*\))?: Use$", one["name"]) for one in self.items().values()]
        return sorted(one[1] for one in found if one)

    def events(self, is_meant):
        """Severity and name of those that began, and of those of them that are over. Whose a socket is depends on where the test runs."""
        found = [(int(one["severity"]), re.sub(r" \(.*\)", "", one["name"]), one["r_eventid"] != "0") for one in self.get("event", "extend", value=1)]
        ours = [one for one in found if is_meant(one[1])]
        return {one[:2] for one in ours}, {one[:2] for one in ours if one[2]}

    def problems(self):
        """But for the whole host's, and those of namespaces."""
        return self.events(lambda name: not name.startswith((*HOST_WIDE, "Namespace")))

    def problems_of_namespaces(self):
        return self.events(lambda name: name.startswith("Namespace"))


def add_host(site, *words):
    """What a user does who has nothing of it in Zabbix yet."""
    return site.run(SOURCE / "etc/zabbix/add-host", *words, env={"ZABBIX_PASSWORD": "zabbix"}, timeout=PATIENCE)


def added(site, name):
    """The number of a host that add-host has made."""
    done = add_host(site, zabbix_server.URL, name, "127.0.0.1")
    found = re.fullmatch(rf"{zabbix_server.URL}/zabbix\.php\?action=host\.dashboard\.view&hostid=(\d+)\n", done.stdout)
    check(found, "add-host says where the dashboards are", done)
    return found[1]


def made_of_template(zabbix):
    """The numbers of all that the template has."""
    template = zabbix.call("template.get", output=["templateid"], filter={"host": TECHNICAL})[0]["templateid"]
    kinds = ("item", "trigger", "graph", "discoveryrule", "itemprototype", "triggerprototype", "graphprototype", "templatedashboard")
    return {kind: sorted(one[id_of(kind)] for one in zabbix.call(f"{kind}.get", templateids=[template], output=[id_of(kind)]))
            for kind in kinds}


def id_of(kind):
    """What the API calls an object's number."""
    return {"itemprototype": "itemid", "discoveryrule": "itemid", "triggerprototype": "triggerid", "graphprototype": "graphid",
            "templatedashboard": "dashboardid"}.get(kind, f"{kind}id")


# --- What the kernel says -----------------------------------------------------------------------------------------------------

def kernel(site, name):
    """A counter, by nstat's name."""
    done = site.run("nstat", "-asz", name)
    return next(int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith(name))


def bound(site, option):
    """Addresses and ports of sockets, as ss writes them."""
    return sorted(line.split()[3] for line in site.run("ss", "-Hln", option).stdout.splitlines())


def port(address):
    return int(address.rpartition(":")[2])


# --- Faults -------------------------------------------------------------------------------------------------------------------

class Traffic:
    """Sockets in the site's namespace: a listener with a short queue, one that is well, and a UDP socket with little room."""

    def __init__(self, site, stack):
        self.site = site
        self.stack = stack
        self.full = tables.listener(site, stack, ("127.0.0.1", FULL), backlog=0)
        self.well = tables.listener(site, stack, ("127.0.0.1", WELL), backlog=64)
        self.clients = [tables.connect(site, stack, ("127.0.0.1", WELL)) for _ in range(HELD)]
        self.servers = [stack.enter_context(self.well.accept()[0]) for _ in range(HELD)]
        self.lossy = self.datagrams(LOSSY)
        self.lossy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.sender = self.datagrams(CLIENT)

    def datagrams(self, port):
        with tables.inside(self.site):
            one = self.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        one.bind(("127.0.0.1", port))
        return one

    def lose(self):
        """Nobody gets into the one listener, and few datagrams into the socket."""
        with contextlib.ExitStack() as stack:
            for _ in range(25):
                with tables.inside(self.site):
                    client = stack.enter_context(socket.socket())
                client.setblocking(False)
                client.connect_ex(("127.0.0.1", FULL))
                self.send(LOSSY, 10)
        self.lossy.recv(100)

    def send(self, port, count):
        for _ in range(count):
            with contextlib.suppress(ConnectionRefusedError):
                self.sender.sendto(bytes(100), ("127.0.0.1", port))

    def recover(self):
        """Queues are empty, and others get in."""
        self.full.setblocking(False)
        self.lossy.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.lossy.recv(100)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.full.accept()[0].close()
        for _ in range(25):
            with tables.inside(self.site):
                client = socket.create_connection(("127.0.0.1", WELL))
            self.well.accept()[0].close()
            client.close()


# --- The case -----------------------------------------------------------------------------------------------------------------

def template(site):
    """The template is imported, polled and discovers; values are the kernel's; faults raise problems, and these end."""
    site.snmpd()
    names = Names(site)
    agent = start_agent(site, f"namespace {names['*']}\nthreshold ports UdpNoPorts value > {CROSSED} severity critical\n")
    zabbix = zabbix_server.Zabbix(site).start()
    refused = add_host(site, zabbix_server.URL, "tried, and wrong", "127.0.0.1")
    check("Incorrect characters" in refused.stderr and refused.returncode == 1, "a name that Zabbix refuses is said", refused)
    host = Host(zabbix, added(site, "tried"))
    made = made_of_template(zabbix)
    check(all(made.values()), f"Zabbix {'.'.join(map(str, zabbix.version))} has the template", made)
    zabbix.call("host.delete", added(site, "once more"))
    check_equal(made_of_template(zabbix), made, "importing it once more makes nothing new")
    with names, contextlib.ExitStack() as stack:
        crossed = of_namespaces(site, host, names)
        traffic = Traffic(site, stack)
        discovered(site, host)
        polled(site, host)
        equal(site, host, traffic)
        faults(site, host, traffic)
        wait_for(lambda: f"that of the namespace has ended with it: {host.problems_of_namespaces()}",
                 lambda: host.problems_of_namespaces() == (crossed, crossed))
        everything(site, host)
        silent(site, host, agent)


def start_agent(site, more=""):
    """`ip netns exec' leaves nothing of /sys/fs/cgroup, which has the names of services."""
    tree = site.folder / "tree"
    tree.mkdir(exist_ok=True)
    return site.agent(CONF + more, under=("sh", "-c", 'mount -t cgroup2 none "$0" 2>/dev/null; exec "$@"', tree))


def discovered(site, host):
    """By names that people know. A UDP socket with a port as clients have is left out."""
    def lasting():
        return [one for one in bound(site, "-u") if port(one) not in range(*EPHEMERAL)]

    for what, wanted in (("Listener", lambda: bound(site, "-t")), ("UDP socket", lasting)):
        check(wanted(), f"ss knows a {what}")
        wait_for(lambda: f"each {what} of ss is discovered, and no other: {host.labels(what)}", lambda: host.labels(what) == wanted())

    def services():
        return sorted(value.value for _, value in site.walk(SERVICE_NAMES))

    if services():
        wait_for(lambda: f"services are discovered: {host.labels('Service')}", lambda: host.labels("Service") == services())
    else:
        skip("here no service has a name")


def of_namespaces(site, host, names):
    """The worst one alone is discovered where one is wanted; each has its items. Gives the problem of the bad one, which then goes."""
    bad = names.add("bad", CROSSED + 1)
    wait_for("the agent says that it is bad", lambda: [value.value for _, value in site.walk(NAMESPACE_ACTIVE)] == [1])
    well = names.add("well", 5)

    def discovered_ones():
        return sorted(re.match(r"Namespace (\S+) \(", one["name"])[1] for one in host.items().values()
                      if one["name"].startswith("Namespace ") and one["name"].endswith(": Active"))

    wait_for("one is discovered", discovered_ones)
    check_equal(discovered_ones(), [bad], "which is the worst")
    host.set("NAMESPACE.COUNT", "100")
    wait_for(lambda: f"both are discovered: {discovered_ones()}", lambda: discovered_ones() == sorted((well, bad)))
    inodes = {value.value: name.rpartition(".")[2] for name, value in site.walk(NAMESPACE_NAMES)}
    for one, values in ((bad, (1, 3)), (well, (0, None))):
        wait_for(lambda: f"items of {one} have values", lambda: tuple(
            host.value(f"namespace{what}[{inodes[one]}]") for what in ("Active", "WorstSeverity")) == values)
    wanted = {(4, f"Namespace {bad}: a threshold of severity critical is crossed")}
    wait_for(lambda: f"it is a problem: {host.problems_of_namespaces()}", lambda: host.problems_of_namespaces()[0] == wanted)
    names.delete("bad")
    return wanted


def polled(site, host):
    """Each item has a value, unless the agent has none."""
    def lacking():
        items = {key: one["snmp_oid"].strip(".") for key, one in host.items().items() if one["lastclock"] == "0"}
        found = site.get_all(items.values())
        return [key for key, oid in items.items() if found[oid] != NO_INSTANCE]

    wait_for(lambda: f"these have values: {lacking()}", lambda: not lacking())
    none_unsupported(host)


def none_unsupported(host):
    items = host.items()
    check_equal({key: one["error"] for key, one in items.items() if one["state"] != "0"}, {}, f"none of {len(items)} items is unsupported")


def equal(site, host, traffic):
    """A gauge of a row, and a counter that is read by its row of nstatTable, as RFC1213's is a sum."""
    key = f"tcpListenEstablished[1.4.127.0.0.1.{WELL}]"
    wait_for(lambda: f"{HELD} connections are at the listener, not {host.value(key)}", lambda: host.value(key) == HELD)
    before = kernel(site, "UdpNoPorts")
    traffic.send(NOBODY, LOST)
    check_equal(kernel(site, "UdpNoPorts") - before, LOST, "the kernel counts datagrams for nobody")
    wait_for(lambda: f"Zabbix counts as many: {host.growth('UdpNoPorts')}", lambda: host.growth("UdpNoPorts") == LOST)


def faults(site, host, traffic):
    def come():
        traffic.lose()
        return host.problems()[0] >= PROBLEMS

    def go():
        traffic.recover()
        began, ended = host.problems()
        return began == ended

    wait_for(lambda: f"what is planted is found: {host.problems()}", come, pause=0.3)
    wait_for(lambda: f"what was planted has gone: {host.problems()}", go, pause=0.3)
    check_equal(host.problems()[0] - HIDDEN, PROBLEMS, "no other problem was there")
    for name in ("TcpExtListenDrops", "TcpExtListenOverflows", "UdpRcvbufErrors"):
        wait_for(lambda: f"{name}: {host.growth(name)}, the kernel says {kernel(site, name)}", lambda: host.growth(name) == kernel(site, name))
        check(kernel(site, name) > 0, f"{name} grew, and so says Zabbix")


def everything(site, host):
    """All counters of the kernel, once their rule is turned on."""
    rule = next(one for one in host.get("discoveryrule", ["itemid", "key_", "status"]) if one["key_"].endswith("[nstat.counter]"))
    check_equal(rule["status"], "1", "discovery of all counters is off")
    host.zabbix.call("discoveryrule.update", itemid=rule["itemid"], status=0)

    def lacking():
        wanted = sum(value.value == COUNTER for _, value in site.walk(NSTAT_KINDS))
        return wanted - sum(key.startswith("tcpextd.nstat.counter[") and one["lastclock"] != "0" for key, one in host.items().items())

    wait_for(lambda: f"{lacking()} more counters have values", lambda: lacking() == 0)
    none_unsupported(host)


def silent(site, host, agent):
    """snmpd without the agent is one problem, which ends with an agent's return; and items stay as they are."""
    agent.kill()
    wait_for(lambda: f"nobody answers: {host.problems()}", lambda: SILENT in host.problems()[0])
    check_equal(host.problems()[0] - HIDDEN, PROBLEMS | {SILENT}, "that the agent is gone is one problem")
    none_unsupported(host)
    files = copy_files(site)
    start_agent(site, f"procRoot {files.parent}\n")
    wait_for(lambda: f"one is back: {host.problems()}", lambda: SILENT in host.problems()[1])
    stale(host, files)


def copy_files(site):
    """What an agent reads in place of /proc/net."""
    files = site.folder / "proc/net"
    files.mkdir(parents=True)
    site.run("cp", *(f"/proc/net/{name}" for name in ("snmp", "netstat", "sockstat")), files)
    return files


def stale(host, files):
    """An agent that can read nothing is one problem, too."""
    away = files.rename(files.with_name("away"))
    wait_for(lambda: f"nothing can be read: {host.problems()}", lambda: STALE in host.problems()[0])
    check_equal(host.problems()[0] - HIDDEN, PROBLEMS | {SILENT, STALE}, "that nothing can be read is one more problem")
    none_unsupported(host)
    away.rename(files)
    wait_for(lambda: f"all can be read: {host.problems()}", lambda: STALE in host.problems()[1])


main(template)
