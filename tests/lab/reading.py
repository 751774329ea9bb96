# SPDX-License-Identifier: BSD-2-Clause
"""What a manager sees of both sides at one instant, and the proof that nstat sees the same.

A reading is taken between two runs of nstat. When these agree, nothing was counted meanwhile, and what came over SNMP, from a
snapshot made in between, must be the same to the last counter. When they do not, there is still traffic, and it is tried
again. Files that nstat does not know are read beside it. Those of the whole host never come to rest, as others move them, too:
of their counters SNMP must show one that is not before the first look at the file, nor after the second.
"""

import contextlib
import json
import time

import harness
import kernel
import relations
import snmp
from harness import Failure, wait_for

# Numbers that nstat does not print, since they are no counters.
BESIDE = ("TcpCurrEstab", "IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn")

with open(harness.SOURCE / "mibs" / "rows.json", encoding="ascii") as rows:
    SOURCES = {source["index"]: source for source in json.load(rows)["sources"]}
MORE = [source for source in SOURCES.values() if source["set"] == "more"]  # what nstat does not read
OWN = [source["path"] for source in MORE if source["per"] == "netns"]
SHARED = [source["path"] for source in MORE if source["per"] == "host"]
WHOLE_HOST = ("Sockstat", *(source["prefix"] for source in MORE if source["per"] == "host"))  # how their names begin
NEW_FILE = 10  # seconds that an agent may take to find a file that has come with a module of the kernel
TABLES = {"tcpListen": 8, "softnetCpu": 9, "udpSocket": 10, "limit": 11}  # how names of columns begin, kernelTableIndex


class Eye:
    """Reads one side: over SNMP and with nstat."""

    def __init__(self, side, objects):
        self.side, self.objects = side, objects
        self.manager = snmp.Manager(side.server.snmp, side.community.encode())
        self.oids = {}
        self.beside = [] if side.is_shared else [*BESIDE, *self.counters(("net/sockstat", "net/sockstat6"))]

    def counters(self, files):
        """Name to value of these files, where there are such."""
        found = {}
        for name in files:
            with contextlib.suppress(FileNotFoundError):
                found[name] = self.side.read_file(f"/proc/{name}")
        return kernel.Counters(found)

    def oid(self, name):
        """The object that bears the counter's name; what the MIB does not know by name stands in nstatTable."""
        if name in self.side.looks:
            return f"{self.objects[name].oid}.{self.side.looks[name].instance}"
        if name not in self.oids:
            oid, _ = kernel.object_of(name, self.objects)
            self.oids[name] = oid or f"{harness.OBJECTS}.2.1.2.{kernel.nstat_index(name)}"
        return self.oids[name]

    def label(self, name):
        """The object as a manager writes it."""
        if name in self.side.looks:
            return f"{name}.{self.side.looks[name].instance}"
        word, instance = kernel.descriptor(name)
        return f"{word}.{instance}" if kernel.object_of(name, self.objects)[0] else f'nstatValue."{name}"'

    def is_newer(self, begun):
        """Whether all files, and the tables that are looked at, have been read since then. A file that took long is read less
        often than others, a table only if somebody asks.
        """
        self.manager.get(map(self.oid, self.side.looks))
        asked = time.monotonic()
        tables = {number for begin, number in TABLES.items() for name in self.side.looks if name.startswith(begin)}
        ages = self.manager.get([f"{harness.OBJECTS}.1.14.1.5.{index}" for index in SOURCES] +
                                [f"{harness.OBJECTS}.1.13.1.4.{index}" for index in tables])
        return all(age is None or (age + 1) / 1000 < asked - begun for age in ages)

    def snmp(self, names):
        """Name to value; one that the agent does not serve is missing."""
        names = [*names, *self.beside]
        values = self.manager.get(self.oid(name) for name in names)
        return {name: value for name, value in zip(names, values) if value is not None}

    def nstat(self):
        """Name to value of all that only this side moves."""
        if self.side.is_shared:
            return {}
        lines = self.side.run("nstat", "-asz", quiet=True).splitlines()[1:]
        found = {name: int(value) for name, value, *_ in map(str.split, lines)}
        return {**found, **self.counters(OWN), **self.told(shared=False)}

    def shared(self):
        """The same of what others on this machine move, too."""
        return {**self.counters(() if self.side.is_context else SHARED), **self.told(shared=True)}

    def told(self, shared):
        return {name: look.told() for name, look in self.side.looks.items() if look.shared == shared}

    def goes_both_ways(self, name):
        word, _ = kernel.descriptor(name)
        return word in self.objects and self.objects[word].syntax == "Gauge32"

    def rests(self, low, seen, high):
        """Whether what we look at and goes both ways is what it was before or afterwards, or between: others may move it."""
        return all(name in seen and min(low[name], high[name]) <= seen[name] <= max(low[name], high[name])
                   for name, look in self.side.looks.items() if look.shared and self.goes_both_ways(name))

    def outside(self, low, seen, high):
        """The counters of the whole host that SNMP shows as less than before the reading, or as more than after it."""
        return [f"{self.side.name} {name}: SNMP {seen.get(name)}, before {low[name]}, after {high[name]}" for name in high
                if not self.goes_both_ways(name) and
                not (name in seen and (seen[name] - low[name]) % 2**32 <= (high[name] - low[name]) % 2**32)]


class Watch:
    """Reads all places, and remembers what it saw."""

    def __init__(self, world):
        objects = kernel.read_mib()
        self.eyes = {side.name: Eye(side, objects) for side in world.places}
        self.readings = self.compared = 0
        self.different, self.broken = [], []
        for eye in self.eyes.values():
            eye.side.site.environment["NSTAT_HISTORY"] = str(eye.side.site.folder / "nstat.history")
            world.stack.callback(eye.manager.close)

    def nstat(self):
        return {name: eye.nstat() for name, eye in self.eyes.items()}

    def shared(self):
        return {name: eye.shared() for name, eye in self.eyes.items()}

    def fresh(self):
        """Waits until all agents serve what was read after now."""
        begun = time.monotonic()
        for eye in self.eyes.values():
            wait_for(f"a new snapshot of {eye.side.host}", lambda: eye.is_newer(begun))

    def read(self, seconds=harness.DEADLINE):
        """Side to name to value."""
        begun = time.monotonic()
        before = self.nstat()
        while time.monotonic() < begun + seconds:
            low = self.shared()
            self.fresh()
            seen = {name: eye.snmp([*before[name], *low[name]]) for name, eye in self.eyes.items()}
            high = self.shared()
            after = self.nstat()
            rests = before == after and all(eye.rests(low[name], seen[name], high[name]) for name, eye in self.eyes.items())
            if rests and (self.is_whole(seen, after) or time.monotonic() > begun + NEW_FILE):
                self.compare(seen, after)
                for name, eye in self.eyes.items():
                    self.different += eye.outside(low[name], seen[name], high[name])
                return seen
            before = after
        raise Failure(f"the counters do not come to rest: {harness.differences(before, after)}; {low}, {high}")

    def is_whole(self, seen, nstat):
        return all(name in seen[side] for side, values in nstat.items() for name in values)

    def compare(self, seen, nstat):
        """Over SNMP and with nstat: the same names, the same values. And what SNMP says makes sense in itself."""
        self.readings += 1
        for side, values in nstat.items():
            self.broken += relations.broken(side, seen[side])
            self.compared += len(values)
            for name, value in values.items():
                if seen[side].get(name) != value:
                    self.different.append(f"{side} {name}: SNMP {seen[side].get(name)}, nstat {value}")
