#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Managers of every kind at once, beside many sockets and namespaces with traffic, links and routes that come and go, reloads and an
snmpd that is killed: each value that they are shown is held against the kernel's (truth.py), each request is answered unless
snmpd was away for a cause, and the agent does not grow.

LOAD_SECONDS and LOAD_SOCKETS say how long and how many, LOAD_SEED repeats an order. `make soak` does it for half an hour; it is no part
of make check.
"""

import collections
import contextlib
import json
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import threading
import time

import ber
import harness
import test_tables as tables

from harness import INTERVAL, MIB2, OBJECTS, ROOT, SEQUENCE, V3, Failure, check, check_equal, key, wait_for
from test_limits import PORTS, SCALAR, longest
from truth import COUNTER, History, Truth

SECONDS = int(os.environ.get("LOAD_SECONDS", "160"))
SOCKETS = int(os.environ.get("LOAD_SOCKETS", "20000"))
SEED = os.environ.get("LOAD_SEED", str(time.time_ns()))
CROWD = harness.AGENT.parent / "tests/bench/crowd"
NAMESPACES = 50
TICK = 0.05  # seconds between two looks at the kernel; at a namespace, NAMESPACES / AT_ONCE times that
AT_ONCE = 5
PAUSE = 0.02  # seconds between two requests of a manager
PATIENCE = 60  # seconds, on a busy machine
TABLE_TIMEOUT = 30  # seconds
WAIT = 300  # seconds, until some thousand registrations have been made on a machine that is very busy
MAX_AGE = 60  # seconds
GROWTH = 4096  # KiB, of which tables that come and go take most

CONF = f"""agentXPingInterval 6
agentXTimeout 5
agentXRetries 0
namespace {{prefix}}*
maxAge {MAX_AGE}
tableTimeout {TABLE_TIMEOUT}
tableIdle 5
refreshInterval {{refresh}}
tableInterval {{table}}
healthWindow {{window}}
register {{words}}
threshold always IpDefaultTTL value > 1
threshold never IpDefaultTTL value < 1
threshold moving UdpNoPorts rate > {{rate}}
"""
QUEUES = "threshold queue tcpListenQueue value > 1\n"
ALL = "ip icmp tcp udp tcpext interfaces at ipAddrTable ipRouteTable ipNetToMediaTable tcpConnTable udpTable"
LEFT_OUT = {"icmp": f"{MIB2}.5.", "udp": f"{MIB2}.7."}
PROBE = f"{MIB2}.5.1.0"  # snmpd has no icmp group of its own in a context

SOURCE_AGE, TABLE_AGE = f"{OBJECTS}.1.14.1.5", f"{OBJECTS}.1.13.1.4"
NSTAT = {"net/snmp": 1, "net/snmp6": 2, "net/netstat": 3, "net/sockstat": 4, "net/sockstat6": 5}
STATE = f"{OBJECTS}.38.1.9"
CROSSED, NORMAL = 3, 2
CONNECTIONS = f"{MIB2}.6.13.1.1"
# Everything but the other columns of tcpConnTable, which has as many rows as there are sockets.
MOST = [f"{MIB2}.{i}" for i in (1, 2, 3, 4, 5, *(f"6.{i}" for i in range(1, 13)), 7)] + [ROOT]
# Descriptor of a column whose instances are the rows, kernelTableIndex.
TABLES = {f"{MIB2}.2.2.1.1": 1, f"{MIB2}.4.20.1.1": 2, f"{MIB2}.4.21.1.1": 3}


def before(oid):
    """A name whose successor the instance is."""
    stem, _, last = oid.rpartition(".")
    return f"{stem}.{int(last) - 1}"


def access(prefix, names):
    return "".join(f"com2sec -Cn {name} guest default in{i}\ncom2secunix -Cn {name} guest default in{i}\n" for i, name in
                   enumerate(names)) + f"group guests v2c guest\naccess guests {prefix} any noauth prefix seen seen none\n"


# --- The weather --------------------------------------------------------------------------------------------------------------

class Links(threading.Thread):
    """Links, addresses and routes come and go; what there is, with the times between which it may have been so."""

    def __init__(self, load):
        super().__init__(daemon=True)
        self.load, self.chance = load, random.Random(f"{SEED} links")
        self.counts, self.there = collections.Counter(), []
        self.states, self.lock = collections.deque(maxlen=500), threading.Lock()
        self.note(time.monotonic())

    def ip(self, *words):
        return json.loads(subprocess.run(["ip", "-n", self.load.site.netns, "-j", *words], check=True, capture_output=True).stdout)

    def note(self, begun):
        links, routes = self.ip("addr"), self.ip("route")
        places = {"default" if route["dst"] == "default" else route["dst"].partition("/")[0] for route in routes}
        state = ({str(link["ifindex"]) for link in links},
                 {each["local"] for link in links for each in link["addr_info"] if each["family"] == "inet"}, places)
        if self.states:
            self.states[-1][1] = time.monotonic()
        self.states.append([begun, float("inf"), dict(zip(TABLES, state))])

    def between(self, column, since, until):
        """The rows that there may have been, and those that there must have been; None if nobody knows any more."""
        with self.lock:  # not amid a change
            states = list(self.states)
        if states[0][0] > since:
            return None
        rows = [state[column] for begun, ended, state in states if begun <= until and ended >= since]
        return set.union(*rows), set.intersection(*rows)

    def run(self):
        number = 0
        while not self.load.over.is_set():
            if len(self.there) < 8 or len(self.there) < 16 and self.chance.random() < 0.5:
                number += 1
                name, peer = f"v{number}", self.chance.choice(self.load.names)
                lines = [f"link add {name} type veth peer name w{number} netns {peer}", f"link set {name} up",
                         f"addr add 10.{number % 200}.1.1/24 dev {name}", f"route add 172.16.{number % 200}.0/24 dev {name}"]
                self.there.append((number, name))
                self.counts.update(links=1, routes=2)
            elif self.chance.random() < 0.5:
                lines = ["link del " + self.there.pop(self.chance.randrange(len(self.there)))[1]]
                self.counts.update(links=1, routes=2)
            else:
                number, (which, name) = number + 1, self.chance.choice(self.there)
                lines = [f"addr add 10.{which % 200}.2.{1 + number % 200}/24 dev {name}", f"route del 172.16.{which % 200}.0/24",
                         f"route add 172.16.{which % 200}.0/24 via 10.{which % 200}.1.7"]
                self.counts.update(routes=3)
            with self.lock:
                begun = time.monotonic()
                subprocess.run(["ip", "-n", self.load.site.netns, "-force", "-batch", "-"], input="\n".join(lines), text=True,
                               stderr=subprocess.DEVNULL)
                self.note(begun)
            time.sleep(self.chance.uniform(0.2, 0.6))


class Watch(threading.Thread):
    """Looks at the kernel and the agent all the time."""

    def __init__(self, load):
        super().__init__(daemon=True)
        self.load, self.samples = load, []

    def run(self):
        turn, due = 0, 0
        others = [self.load.histories[name] for name in self.load.names]
        while not self.load.over.is_set():
            self.load.histories[""].read()
            for history in others[turn:turn + AT_ONCE]:
                history.read()
            turn = (turn + AT_ONCE) % len(others)
            if time.monotonic() > due:
                due = time.monotonic() + 1
                self.load.learn()
                self.samples.append(self.sample())
            time.sleep(TICK)

    def sample(self):
        folder = pathlib.Path(f"/proc/{self.load.agent.pid}")
        return {"private KiB": harness.private_kib(self.load.agent), "threads": len(os.listdir(folder / "task")),
                "descriptors": len(os.listdir(folder / "fd"))}

    def thirds(self, what):
        """The medians of the first third, and of the last."""
        values = [sample[what] for sample in self.samples]
        third = len(values) // 3
        return statistics.median(values[:third]), statistics.median(values[-third:])


# --- Managers -----------------------------------------------------------------------------------------------------------------

class Manager(threading.Thread):
    """Asks by v2c until it is over, and looks at each answer."""

    version, pause = 1, PAUSE

    def __init__(self, load, number):
        super().__init__(daemon=True, name=type(self).__name__)
        self.load, self.chance = load, random.Random(f"{SEED} {number}")
        self.counts, self.highest, self.ber = collections.Counter(), {}, None

    def run(self):
        try:
            while not self.load.over.is_set():
                self.work()
        except Exception as error:
            self.load.say(self, f"{type(error).__name__}: {error} at {error.__traceback__.tb_next.tb_lineno}")
            raise
        if self.ber:
            self.ber.plug.close()

    def exchange(self, kind, names, community, **more):
        """The answer, or why there is none."""
        try:
            if self.ber is None:
                self.ber = ber.Manager(self.load.site.snmp, PATIENCE)
            answer = self.ber.ask(kind, names, community=community, version=self.version, **more)
        except (OSError, EOFError) as error:
            if self.ber:
                self.ber.plug.close()
            self.ber = None
            return None, f"{type(error).__name__}: {error}"
        return (answer.varbinds, None) if answer.error == 0 else (None, f"error {answer.error}")

    def ask(self, kind, names, context="", ages=(), **more):
        """The varbinds, without those of the ages, which are asked for first. None if there is no answer, or something was torn
        down meanwhile. What shows counters has been compared with the kernel."""
        epoch, begun = self.load.epoch, time.monotonic()
        first = list(ages) if kind == ber.GET else list(map(before, ages))
        community = f"in{self.load.names.index(context)}" if context else "public"
        found, fault = self.exchange(kind, first + names, community, non_repeaters=len(ages) * (kind == ber.GETBULK), **more)
        ended = time.monotonic()
        self.load.notice()
        calm = epoch is not None and epoch is self.load.epoch
        self.counts["requests"] += 1
        time.sleep(self.pause if found else 5 * PAUSE)
        if found is None:
            if not calm:
                self.counts[f"lost by {self.load.why}"] += 1
            elif fault == f"error {ber.GEN_ERR}" and ended - begun >= TABLE_TIMEOUT and "table could not be read" in "".join(self.load.agent.log()):
                self.counts["lost by tableTimeout"] += 1
            else:
                self.load.say(self, f"no answer to {kind:x} {names[:3]} ({len(names)}) in '{context}' after {ended - begun:.1f} s: {fault}")
            return None
        age = max([value for oid, value in found[:len(ages)] if oid in ages and isinstance(value, int)], default=0)
        self.age, self.since, self.until = age, begun - (age + 2) / 1000, ended
        if calm:
            self.compare(found[len(ages):], context, kind == ber.GET, epoch)
        return found[len(ages):] if calm else None

    def compare(self, varbinds, context, all_files, epoch):
        history, truth = self.load.histories[context], self.load.truth
        history.read()
        readings = history.between(self.since, self.until)
        self.counts["too old"] += not readings
        for oid, value in varbinds:
            shown = truth.shown.get(oid)
            if not readings or not shown or any(oid.startswith(group) for group in epoch) or not all_files and shown.files - set(NSTAT):
                continue
            if not isinstance(value, int):
                if self.age < 1000 * MAX_AGE and shown.names[0] in readings[0].counters:
                    self.load.say(self, f"{oid} in '{context}' is {value}, of {shown.names} {self.age} ms ago")
                continue
            so = truth.is_so(shown, value, readings)
            self.counts["values"] += so is not None
            last = self.highest.get((context, oid), value) if shown.kind == COUNTER else value
            if so is False or (value - last) % 2**shown.bits >= 2**(shown.bits - 1):
                self.load.say(self, f"{oid} ({shown.names}) in '{context}' is {value}, was {last}, the kernel has "
                              f"{[one.counters.get(shown.names[0]) for one in (readings[0], readings[-1])]}")
            self.highest[context, oid] = value

    def walk(self, root, context="", kind=ber.GETBULK, ages=tuple(f"{SOURCE_AGE}.{i}" for i in NSTAT.values()), repetitions=25):
        """What is below, in order; None when it was broken off."""
        at, seen = root, {}
        while not self.load.over.is_set():
            found = self.ask(kind, [at], context, ages, **({"repetitions": repetitions} if kind == ber.GETBULK else {}))
            if not found:
                return None
            for oid, value in found:
                if not oid.startswith(root + ".") or value in ber.EXCEPTIONS.values():
                    return seen
                if key(oid) <= key(at):
                    self.load.say(self, f"{oid} comes after {at} in '{context}'")
                    return None
                seen[oid], at = value, oid
        return None

    def get_all(self, context="", bits=None, at_once=40):
        """All that shows a counter of files that there are."""
        readings = list(self.load.histories[context].readings)
        there = set(readings[0].counters) & set(readings[-1].counters)
        shown = [(oid, one) for oid, one in list(self.load.truth.shown.items()) if there.issuperset(one.names) and one.kind and bits in (None, one.bits)]
        for i in range(0, len(shown), at_once):
            files = set.union(*(one.files for _, one in shown[i:i + at_once]))
            self.ask(ber.GET, [oid for oid, _ in shown[i:i + at_once]], context, [f"{SOURCE_AGE}.{self.load.sources[file]}" for file in sorted(files)])


class ByGetnext(Manager):
    """Everything, of one context after the other."""

    def work(self):
        for root in (MIB2, ROOT):
            self.walk(root, self.chance.choice(self.load.names), kind=ber.GETNEXT)


class ByGetbulk(Manager):
    """Everything, of the default context and one other."""

    def work(self):
        for context in ("", self.chance.choice(self.load.names)):
            for root in MOST:
                self.walk(root, context)


class Counters(Manager):
    def work(self):
        self.get_all()


class ContextCounters(Manager):
    def work(self):
        self.get_all(self.chance.choice(self.load.names))


class Version1(Manager):
    """Has no 64 bits, and no exceptions: an error where a walk ends."""

    version = 0

    def work(self):
        self.get_all(bits=32)
        self.ask(ber.GETNEXT, [f"{MIB2}.2.2.1", f"{MIB2}.4.21.1"])


class Version3(Manager):
    """By the tools: authentic and private."""

    def exchange(self, kind, names, community, **more):
        try:
            return [(oid, value.value) for oid, value in self.load.site.ask("snmpget", V3, (), names, patience=("-t50", "-r0"))], None
        except Failure as error:
            return None, str(error)

    def work(self):
        self.get_all()
        time.sleep(0.2)


class Health(Manager):
    """What is always crossed is so, what never is not, and their number is right."""

    def work(self):
        context = self.chance.choice(("", self.chance.choice(self.load.names)))
        self.walk(f"{OBJECTS}.36", context)
        names = self.walk(STATE, context)
        if not names:
            return
        for _ in range(10):
            found = self.ask(ber.GET, [f"{OBJECTS}.37.1.0", *names], context)
            if found and all(isinstance(value, int) for _, value in found):
                self.look_at(found, context)

    def look_at(self, found, context):
        states = {bytes(key(oid)[len(key(STATE)):]): state for oid, state in found[1:]}
        for word, wanted in ((b"always", CROSSED), (b"never", NORMAL)):
            if [state for name, state in states.items() if word in name] != [wanted]:
                self.load.say(self, f"{word} in '{context}' is wrong: {states}")
        if not any(b"queue" in name for name in states) and found[0][1] != list(states.values()).count(CROSSED):
            self.load.say(self, f"{found[0][1]} are crossed in '{context}', and {states}")
        self.counts["states"] += len(states)


class Rows(Manager):
    """Tables of links, addresses and routes, which come and go."""

    def work(self):
        for column, number in TABLES.items():
            rows = self.walk(column, ages=[f"{TABLE_AGE}.{number}"], repetitions=5)
            self.look_at(column, rows)

    def walk(self, root, *arguments, **more):
        self.began = None
        return super().walk(root, *arguments, **more)

    def ask(self, *arguments, **more):
        found = super().ask(*arguments, **more)
        if found is not None and self.began is None:
            self.began = self.since
        return found

    def look_at(self, column, rows):
        known = rows is not None and self.load.links.between(column, min(self.began, self.since), self.until)
        if known:
            may, must = known
            rows = {oid[len(column) + 1:] for oid in rows}
            self.counts["rows"] += len(rows)
            if not must <= rows <= may:
                self.load.say(self, f"{column}: {sorted(must - rows)} are missing, {sorted(rows - may)} are not there")


class Sockets(Manager):
    """The crowd of connections, whole."""

    pause = 0

    def work(self):
        rows = self.walk(CONNECTIONS, ages=[f"{TABLE_AGE}.5"], repetitions=100)
        if rows is not None:
            rows = {oid[len(CONNECTIONS) + 1:] for oid in rows}
            rows = {row for row in rows if self.load.is_of_crowd(row)}
            self.counts["rows"] += len(rows)
            if rows != self.load.crowd:
                self.load.say(self, f"connections: {sorted(self.load.crowd - rows)[:3]} are missing, {sorted(rows - self.load.crowd)[:3]} are not there")
        time.sleep(1)


class Rude(Manager):
    """Asks for more than an answer can hold."""

    def exchange(self, *arguments, **more):
        found, fault = super().exchange(*arguments, **more)
        return ([], None) if fault == f"error {ber.TOO_BIG}" else (found, fault)

    def work(self):
        self.ask(ber.GET, [self.chance.choice((SCALAR, self.load.longest))] * self.chance.choice((150, 482, 1250, 2000)))
        self.ask(ber.GETBULK, [self.load.longest, SCALAR] * 40, repetitions=self.chance.randrange(1, 300))
        time.sleep(1)


MANAGERS = (ByGetnext, ByGetbulk, Counters, ContextCounters, Version1, Version3, Health, Rows, Sockets, Rude)


# --- The load -----------------------------------------------------------------------------------------------------------------

class Load:
    """Where it all happens. epoch: what the agent leaves to snmpd; another object after each cause for lost requests, and None
    while there is one."""

    def __init__(self, site, stack):
        self.site, self.chance, self.over = site, random.Random(SEED), threading.Event()
        self.epoch, self.why, self.wrong, self.counts = None, "", [], collections.Counter()
        self.prefix = f"{site.netns}-"
        self.names = [f"{self.prefix}{i}" for i in range(NAMESPACES)]
        for name in self.names:
            stack.callback(subprocess.run, ["ip", "netns", "del", name])
            subprocess.run(["ip", "netns", "add", name], check=True)
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        self.histories = {name: History(name or site.netns, not name) for name in ("", *self.names)}
        for history in self.histories.values():
            stack.callback(history.close)
        rows = json.loads((harness.SOURCE / "mibs" / "rows.json").read_text(encoding="ascii"))
        self.sources = {source["path"]: source["index"] for source in rows["sources"]}
        self.truth = Truth()
        self.learn()
        self.make_crowd(stack)
        self.words, self.left_out = ALL, []
        self.snmpd = self.start_snmpd()
        self.configure("")
        self.agent = site.agent(self.conf)
        self.wait_in_force()
        self.longest = longest(site)
        self.traffic = site.start(harness.Process, site.inside("python3", "-B", harness.HERE / "traffic.py", "around", site.netns, *self.names),
                   site.folder / "traffic.log")

    def learn(self):
        """The kernel prints some counters only once they are not 0."""
        for context in ("", self.names[0]):
            self.truth.learn(self.histories[context].readings[-1].texts)

    def say(self, who, text):
        self.wrong.append(f"{time.monotonic() - self.begun:.1f} s, {who.name}: {text}")

    def is_of_crowd(self, row):
        """Both ends of those have addresses of their own."""
        return re.match(r"127\.[1-9]", row)

    def make_crowd(self, stack):
        crowd = stack.enter_context(subprocess.Popen(self.site.inside(CROWD, SOCKETS), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        if crowd.stdout.readline().split() != ["ready", str(SOCKETS)]:
            raise harness.Skip(f"needs {SOCKETS} sockets")
        lines = self.site.run("cat", "/proc/net/tcp").stdout.splitlines()[1:]
        rows = {".".join(map(self.end, line.split()[1:3])) for line in lines}
        self.crowd = set(filter(self.is_of_crowd, rows))

    @staticmethod
    def end(text):
        """An end of a connection as in an index."""
        address, port = text.split(":")
        return ".".join(map(str, [*int(address, 16).to_bytes(4, "little"), int(port, 16)]))

    def start_snmpd(self):
        """Without tables of sockets of its own: while it makes them of so many, it answers nobody, not even the agent."""
        return self.site.snmpd(more="agentXTimeout 50\n" + access(self.prefix, self.names), options=(
            "-I", "-tcpTable,-tcpConnectionTable,-tcpListenerTable,-udpTable,-udpEndpointTable", *(f"udp:127.0.0.1:{port}" for port in PORTS[1:])))

    def configure(self, more=QUEUES):
        """Writes another configuration; refreshInterval tells when it is in force."""
        self.refresh = self.chance.randrange(300, 1500)
        self.conf = CONF.format(prefix=self.prefix, refresh=self.refresh / 1000, table=self.chance.randrange(5, 15),
                                window=self.chance.randrange(5, 60), words=self.words, rate=self.chance.randrange(1, 9)) + more
        self.site.write("tcpextd.conf", self.conf)

    def is_in_force(self, community):
        with contextlib.suppress(OSError, EOFError), ber.Manager(self.site.snmp, 2) as manager:
            (_, interval), (_, probe), (_, sequence) = manager.ask(ber.GET, [INTERVAL, PROBE, SEQUENCE], community=community).varbinds
            return interval == self.refresh and isinstance(sequence, int) and (
                community == "public" or isinstance(probe, int) != bool(self.left_out))

    def wait_in_force(self):
        for community in ("public", *(f"in{i}" for i in range(NAMESPACES)), "public"):
            wait_for(lambda: f"{community} is served as it is configured: {self.agent.log()[-3:]}", lambda: self.is_in_force(community), WAIT)
        time.sleep(0.5)  # what is registered last
        self.lost, self.epoch = len(self.sessions_lost()), tuple(self.left_out)

    @contextlib.contextmanager
    def cause(self, what):
        """Requests may be lost meanwhile, and until the agent serves again."""
        self.epoch, self.why = None, what
        yield
        self.wait_in_force()
        self.counts[what] += 1

    def restart(self):
        with self.cause("restarts of snmpd"):
            self.snmpd.kill()
            self.snmpd = self.start_snmpd()

    def stop(self):
        with self.cause("times that snmpd stood still"):
            lost = len(self.sessions_lost())
            self.snmpd.send(signal.SIGSTOP)
            wait_for("the agent notices", lambda: len(self.sessions_lost()) > lost, WAIT)
            self.snmpd.send(signal.SIGCONT)

    def sessions_lost(self):
        return [line for line in self.agent.log() if line.startswith("lost")]

    def notice(self):
        """On a busy machine snmpd may not answer the agent within agentXTimeout, which is a cause, too."""
        lost = self.sessions_lost()
        if self.epoch is not None and len(lost) > self.lost:
            self.epoch, self.why = None, "sessions that snmpd did not answer"
            self.counts[self.why] += 1
            if not re.search("it did not (answer|take what was sent to it in time)", lost[-1]):
                self.wrong.append(f"a session has no cause to be lost: {lost}")

    def flood(self):
        with self.cause("floods"):
            self.site.run("python3", "-B", harness.HERE / "flood.py", self.chance.randrange(1, 6), self.longest, *PORTS, timeout=120)

    def times_read(self):
        return sum("configuration read again" in line for line in self.agent.log())

    def read_again(self, *more):
        count = self.times_read()
        self.configure(*more)
        self.agent.send(signal.SIGHUP)
        wait_for(lambda: f"the configuration is read again: {self.agent.log()[-5:]}", lambda: self.times_read() > count, WAIT)

    def reload(self):
        """Another configuration, as tcpextd.conf(5) has it: at once, and with no session lost."""
        self.read_again()
        self.counts["reloads"] += 1

    def reregister(self):
        """Other groups: another session."""
        with self.cause("reloads with another session"):
            self.words, self.left_out = (ALL, []) if self.left_out else (" ".join(set(ALL.split()) - set(LEFT_OUT)), list(LEFT_OUT.values()))
            self.read_again()

    def when_at_rest(self):
        """What the agent has when it has let go of all tables."""
        wait_for("all tables are let go", lambda: tables.held(self.site) == set(), WAIT)
        return self.watch.sample()

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.epoch is None:
                self.wait_in_force()
            time.sleep(0.2)

    def run(self):
        self.links, self.watch = Links(self), Watch(self)
        for root in MOST:
            self.site.walk(root, repetitions=25)
        for community in (f"in{i}" for i in range(NAMESPACES)):  # links are watched from the first time on
            self.site.walk(f"{MIB2}.2", how=("-v2c", "-c", community), repetitions=25)
        self.at_rest, self.begun = self.when_at_rest(), time.monotonic()
        managers = [kind(self, number) for number, kind in enumerate(MANAGERS)]
        threads = [self.watch, self.links, *managers]
        for thread in threads:
            thread.start()
        try:
            while time.monotonic() < self.begun + SECONDS:
                self.rest(self.chance.uniform(5, 25))
                self.chance.choice(3 * [self.reload] + [self.reregister, self.restart, self.stop, self.flood])()
        except Failure as error:
            self.wrong.append(f"{error}; snmpd lives: {self.snmpd.alive()}; {self.snmpd.output.read_text()[-2000:]}, {self.agent.log()}")
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
        for one in managers:
            self.counts += one.counts
            self.counts[f"requests of {one.name}"] += one.counts["requests"]
        self.counts += self.links.counts


def load(site):
    """Nothing is wrong, nothing is lost, nothing grows."""
    print(f"  LOAD_SEED={SEED}", flush=True)
    if not CROWD.exists():
        raise harness.Skip(f"needs {CROWD}, which `make soak` builds")
    with contextlib.ExitStack() as stack:
        begun = time.monotonic()
        all_of_it = Load(site, stack)
        print(f"  {SOCKETS} sockets, {NAMESPACES} namespaces: {time.monotonic() - begun:.1f} s")
        all_of_it.run()
        report(all_of_it)
        check_equal(all_of_it.agent.end(), 0, "the agent ends")


def report(one):
    for what, count in one.counts.items():
        print(f"  {count:>10} {what}")
    print(f"  {len(one.wrong):>10} wrong")
    check_equal(one.wrong[:10], [], f"{one.counts['values']} values are the kernel's, {one.counts['rows']} rows are there, each request is answered")
    check(one.agent.alive() and one.snmpd.alive() and one.traffic.alive(), "all live")
    for what in one.at_rest:
        first, last = one.watch.thirds(what)
        print(f"  {last:>10} {what}, at first {first}: {[sample[what] for sample in one.watch.samples][::10]}")
    if not harness.has_sanitizer(one.agent):
        first, last = one.watch.thirds("private KiB")
        check(last < first + GROWTH, "memory does not grow from the first third to the last")
    one.read_again("")
    wait_for(lambda: f"at rest it is as it was: {one.watch.sample()}, {one.at_rest}",
             lambda: all(one.when_at_rest()[what] <= one.at_rest[what] for what in ("threads", "descriptors")), WAIT)
    check(True, f"at rest it is as it was: {one.watch.sample()}, {one.at_rest}")


if __name__ == "__main__":
    harness.main(load)
