# SPDX-License-Identifier: BSD-2-Clause
"""What a manager sees of both sides at one instant, and the proof that nstat sees the same.

A reading is taken between two runs of nstat. When these agree, nothing was counted meanwhile, and what came over SNMP, from a
snapshot made in between, must be the same to the last counter. When they do not, there is still traffic, and it is tried again.
"""

import time

import harness
import kernel
import relations
import snmp
from harness import Failure, wait_for

# Numbers that nstat does not print, since they are no counters.
BESIDE = ("TcpCurrEstab", "IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn")


class Eye:
    """Reads one side: over SNMP and with nstat."""

    def __init__(self, side, objects):
        self.side, self.objects = side, objects
        self.manager = snmp.Manager(side.site.snmp)
        self.oids = {}
        self.beside = list(BESIDE) + [name for name in kernel.Counters(self.sockstat()) if name.startswith("Sockstat")]

    def sockstat(self):
        return {name: self.side.read_file(f"/proc/self/{name}") for name in ("net/sockstat", "net/sockstat6")}

    def oid(self, name):
        """The object that bears the counter's name; what the MIB does not know by name stands in nstatTable."""
        if name not in self.oids:
            oid, _ = kernel.object_of(name, self.objects)
            self.oids[name] = oid or f"{harness.OBJECTS}.2.1.2.{kernel.nstat_index(name)}"
        return self.oids[name]

    def label(self, name):
        """The object as a manager writes it."""
        word, instance = kernel.descriptor(name)
        return f"{word}.{instance}" if kernel.object_of(name, self.objects)[0] else f'nstatValue."{name}"'

    def sequence(self):
        return self.manager.get([harness.SEQUENCE])[0]

    def snmp(self, names):
        """Name to value; one that the agent does not serve is missing."""
        names = [*names, *self.beside]
        values = self.manager.get(self.oid(name) for name in names)
        return {name: value for name, value in zip(names, values) if value is not None}

    def nstat(self):
        lines = self.side.run("nstat", "-asz", quiet=True).splitlines()[1:]
        return {name: int(value) for name, value, *_ in map(str.split, lines)}


class Watch:
    """Reads both sides, and remembers what it saw."""

    def __init__(self, world):
        objects = kernel.read_mib()
        self.eyes = {side.name: Eye(side, objects) for side in world.sides}
        self.readings = self.compared = 0
        self.different, self.broken = [], []
        for eye in self.eyes.values():
            eye.side.site.environment["NSTAT_HISTORY"] = str(eye.side.site.folder / "nstat.history")
            world.stack.callback(eye.manager.close)

    def nstat(self):
        return {name: eye.nstat() for name, eye in self.eyes.items()}

    def fresh(self):
        """Waits until both agents serve a snapshot that was begun after now: the next one may have been under way."""
        begun = {name: eye.sequence() for name, eye in self.eyes.items()}
        for name, eye in self.eyes.items():
            wait_for(f"a new snapshot of {eye.side.host}", lambda: eye.sequence() >= begun[name] + 2)

    def read(self, seconds=harness.DEADLINE):
        """Side to name to value."""
        deadline = time.monotonic() + seconds
        before = self.nstat()
        while time.monotonic() < deadline:
            self.fresh()
            seen = {name: eye.snmp(before[name]) for name, eye in self.eyes.items()}
            after = self.nstat()
            if before == after:
                self.compare(seen, after)
                return seen
            before = after
        raise Failure(f"the counters do not come to rest: {harness.differences(before, after)}")

    def compare(self, seen, nstat):
        """Over SNMP and with nstat: the same names, the same values. And what SNMP says makes sense in itself."""
        self.readings += 1
        for side, values in nstat.items():
            self.broken += relations.broken(side, seen[side])
            self.compared += len(values)
            for name, value in values.items():
                if seen[side].get(name) != value:
                    self.different.append(f"{side} {name}: SNMP {seen[side].get(name)}, nstat {value}")
