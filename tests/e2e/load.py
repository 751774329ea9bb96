# SPDX-License-Identifier: BSD-2-Clause
"""Where test_load.py happens: snmpd and agent with many sockets and namespaces, traffic in them, and what befalls them: each cause for
which a request may be lost.
"""

import collections
import contextlib
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import ber
import harness
import test_tables as tables

from harness import INTERVAL, MIB2, SEQUENCE, Failure, key, wait_for
from load_manager import HANGS_UP, MAX_AGE, TABLE_TIMEOUT
from load_managers import CONNECTIONS, MANAGERS, MOST
from load_weather import Links, Watch
from test_limits import PORTS, longest
from truth import History, Truth

CROWD = harness.AGENT.parent / "tests/bench/crowd"
NAMESPACES = 50
WAIT = 300  # seconds, until some thousand registrations have been made on a machine that is very busy

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


def access(prefix, names):
    return "".join(f"com2sec -Cn {name} guest default in{i}\ncom2secunix -Cn {name} guest default in{i}\n" for i, name in
                   enumerate(names)) + f"group guests v2c guest\naccess guests {prefix} any noauth prefix seen seen none\n"


def end(text):
    """An end of a connection as in an index."""
    address, port = text.split(":")
    return *int(address, 16).to_bytes(4, sys.byteorder), int(port, 16)


class Cause:
    """While it lasts, requests may be lost."""

    def __init__(self, what):
        self.what, self.ended = what, float("inf")


class Load:
    """left_out: what the agent leaves to snmpd."""

    def __init__(self, site, stack, sockets):
        self.site, self.chance, self.over = site, self.chance_of("load"), threading.Event()
        self.causes, self.lost, self.noticing = [], 0, threading.Lock()
        self.wrong, self.counts = [], collections.Counter()
        self.make_namespaces(stack)
        rows = json.loads((harness.SOURCE / "mibs" / "rows.json").read_text(encoding="ascii"))
        self.sources = {source["path"]: source["index"] for source in rows["sources"]}
        self.truth = Truth()
        self.learn()
        self.make_crowd(stack, sockets)
        self.words, self.left_out = ALL, []
        self.snmpd = self.start_snmpd()
        self.configure("")
        self.agent = site.agent(self.conf)
        self.wait_in_force()
        self.longest = longest(site)
        self.traffic = site.start(harness.Process, site.inside("python3", "-B", harness.HERE / "traffic.py", "around", site.netns, *self.names),
                                  site.folder / "traffic.log")

    @staticmethod
    def chance_of(whom):
        """The same for the same seed."""
        return random.Random(f"{harness.SEED} {whom}")

    def make_namespaces(self, stack):
        self.prefix = f"{self.site.netns}-"
        self.names = [f"{self.prefix}{i}" for i in range(NAMESPACES)]
        for name in self.names:
            stack.callback(subprocess.run, ["ip", "netns", "del", name])
            subprocess.run(["ip", "netns", "add", name], check=True)
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        self.histories = {name: History(name or self.site.netns, not name) for name in ("", *self.names)}
        for history in self.histories.values():
            stack.callback(history.close)

    def make_crowd(self, stack, sockets):
        crowd = stack.enter_context(subprocess.Popen(self.site.inside(CROWD, sockets), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        if crowd.stdout.readline().split() != ["ready", str(sockets)]:
            raise harness.Skip(f"needs {sockets} sockets")
        lines = self.site.run("cat", "/proc/net/tcp").stdout.splitlines()[1:]
        rows = (key(f"{CONNECTIONS}.") + end(local) + end(remote) for _, local, remote, *_ in map(str.split, lines))
        self.crowd = sorted(filter(self.is_of_crowd, rows))

    @staticmethod
    def is_of_crowd(row):
        """Both ends of those have addresses of their own: not in 127.0."""
        column = len(key(CONNECTIONS))
        return row[:column] == key(CONNECTIONS) and row[column] == 127 and row[column + 1] > 0

    def learn(self):
        """The kernel prints some counters only once they are not 0."""
        for context in ("", self.names[0]):
            self.truth.learn(self.histories[context].readings[-1].texts)

    def say(self, who, text):
        self.wrong.append(f"{time.monotonic() - self.begun:.1f} s, {who.name}: {text}")

    def count_logged(self, words):
        return sum(words in line for line in self.agent.log())

    # Until it is served

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
        with self.noticing:
            self.lost = len(self.sessions_lost())
            for cause in self.causes:
                cause.ended = min(cause.ended, time.monotonic())

    # Causes

    def causes_since(self, begun):
        """What may have cost a request that began then, and has just ended."""
        return [cause.what for cause in list(self.causes) if cause.ended >= begun]

    @contextlib.contextmanager
    def cause(self, what):
        """Requests may be lost meanwhile, and until the agent serves again."""
        self.causes.append(Cause(what))
        yield
        self.wait_in_force()
        self.counts[what] += 1

    def sessions_lost(self):
        return [line for line in self.agent.log() if line.startswith("lost")]

    def notice(self):
        """On a busy machine snmpd may not answer the agent within agentXTimeout, which is a cause, too."""
        with self.noticing:
            lost = self.sessions_lost()
            if len(lost) <= self.lost or self.causes_since(float("inf")):
                return
            self.causes.append(Cause("sessions that snmpd did not answer"))
            self.counts[self.causes[-1].what] += 1
        if not re.search("it did not (answer|take what was sent to it in time)", lost[-1]):
            self.wrong.append(f"a session has no cause to be lost: {lost}")

    def restart(self):
        with self.cause(HANGS_UP):
            self.snmpd.kill()
            self.snmpd = self.start_snmpd()

    def stop(self):
        with self.cause("times that snmpd stood still"):
            lost = len(self.sessions_lost())
            self.snmpd.send(signal.SIGSTOP)
            wait_for("the agent notices", lambda: len(self.sessions_lost()) > lost, WAIT)
            self.snmpd.send(signal.SIGCONT)

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

    # The time that it takes

    def see_all(self):
        """Each table is read once, and leaves behind what it will: links are watched from the first time on."""
        for root in MOST:
            self.site.walk(root, repetitions=25)
        self.site.getnext(CONNECTIONS)
        for community in (f"in{i}" for i in range(NAMESPACES)):
            self.site.walk(f"{MIB2}.2", how=("-v2c", "-c", community), repetitions=25)

    def when_at_rest(self):
        """What the agent has when it has let go of all tables."""
        wait_for("all tables are let go", lambda: tables.held(self.site) == set(), WAIT)
        return self.watch.sample()

    def rest(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.causes_since(float("inf")):
                self.wait_in_force()
            time.sleep(0.2)

    def deeds(self):
        """Each of them, in any order, and from then on whatever comes."""
        each = [self.reload, self.reregister, self.restart, self.stop, self.flood]
        yield from self.chance.sample(each, len(each))
        while True:
            yield self.chance.choice(each + 2 * [self.reload])

    def run(self, seconds):
        self.links, self.watch = Links(self), Watch(self)
        self.see_all()
        self.at_rest, self.begun = self.when_at_rest(), time.monotonic()
        self.managers = [kind(self, number) for number, kind in enumerate(MANAGERS)]
        threads = [self.watch, self.links, *self.managers]
        for thread in threads:
            thread.start()
        try:
            for deed in itertools.takewhile(lambda _: time.monotonic() < self.begun + seconds, self.deeds()):
                self.rest(self.chance.uniform(5, 25))
                deed()
        except Failure as error:
            self.wrong.append(f"{error}; snmpd lives: {self.snmpd.alive()}; {self.snmpd.output.read_text()[-2000:]}, {self.agent.log()}")
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
        for one in self.managers:
            self.counts += one.counts
            self.counts[f"requests of {one.name}"] += one.counts["requests"]
        self.counts += self.links.counts
