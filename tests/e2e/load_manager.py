# SPDX-License-Identifier: BSD-2-Clause
"""A manager of test_load.py: it holds what it is shown against what the kernel said (truth.py) between the time that the snapshot is
of and the answer, and knows for which cause there may be none.
"""

import collections
import threading
import time

import ber
from harness import OBJECTS, key
from truth import COUNTER

PAUSE = 0.02  # seconds between two requests of a manager
PATIENCE = 60  # seconds, on a busy machine
TABLE_TIMEOUT = 30  # seconds
LATE = "table could not be read"  # in the agent's log, once until a table comes again
MAX_AGE = 60  # seconds
NO_ANSWER, NO_CONNECTION = "no answer", "no connection"
HANGS_UP = "restarts of snmpd"  # nothing else ends a manager's connection

SOURCE_AGE = f"{OBJECTS}.1.14.1.5"
NSTAT = {"net/snmp": 1, "net/snmp6": 2, "net/netstat": 3, "net/sockstat": 4, "net/sockstat6": 5}


def before(oid):
    """A name whose successor the instance is."""
    stem, _, last = oid.rpartition(".")
    return f"{stem}.{int(last) - 1}"


class Manager(threading.Thread):
    """Asks by v2c until it is over, and looks at each answer."""

    version, pause = 1, PAUSE
    sees = "values"  # what it counts when it has looked at them

    def __init__(self, load, number):
        super().__init__(daemon=True, name=type(self).__name__)
        self.load, self.chance = load, load.chance_of(number)
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
            return None, NO_ANSWER if isinstance(error, TimeoutError) else NO_CONNECTION
        return (answer.varbinds, None) if answer.error == 0 else (None, f"error {answer.error}")

    def ask(self, kind, names, context="", ages=(), **more):
        """The varbinds, without those of the ages, which are asked for first. None if there is no answer, or something was torn
        down meanwhile. What shows counters has been compared with the kernel."""
        begun, left_out, told = time.monotonic(), tuple(self.load.left_out), self.load.count_logged(LATE)
        first = list(ages) if kind == ber.GET else list(map(before, ages))
        community = f"in{self.load.names.index(context)}" if context else "public"
        found, fault = self.exchange(kind, first + names, community, non_repeaters=len(ages) * (kind == ber.GETBULK), **more)
        ended = time.monotonic()
        self.load.notice()
        causes = self.load.causes_since(begun)
        self.counts["requests"] += 1
        time.sleep(self.pause if found else 5 * PAUSE)
        if found is None:
            late = ended - begun >= TABLE_TIMEOUT and self.load.count_logged(LATE) > told
            self.lose(fault, causes, late, f"after {ended - begun:.1f} s to {kind:x} {names[:3]} ({len(names)}) in '{context}'")
        if found is None or causes:
            return None
        age = max([value for oid, value in found[:len(ages)] if oid in ages and isinstance(value, int)], default=0)
        self.age, self.since, self.until = age, begun - (age + 2) / 1000, ended
        self.compare(found[len(ages):], context, kind == ber.GET, left_out)
        return found[len(ages):]

    def lose(self, fault, causes, late, what):
        """A request that has no answer: what it is that explains it. late: its time was up, and the log says so since it was asked."""
        if not causes and fault == f"error {ber.GEN_ERR}" and late:
            causes = ["tableTimeout"]
        if fault == NO_CONNECTION:
            causes = [cause for cause in causes if cause == HANGS_UP]
        if causes:
            self.counts[f"lost by {causes[0]}: {fault}"] += 1
        else:
            self.load.say(self, f"no answer {what}: {fault}")

    def compare(self, varbinds, context, all_files, left_out):
        history = self.load.histories[context]
        history.read()
        readings = history.between(self.since, self.until)
        self.counts["too old"] += not readings
        for oid, value in varbinds:
            shown = self.load.truth.shown.get(oid)
            if readings and shown and not oid.startswith(left_out) and (all_files or shown.files <= set(NSTAT)):
                self.compare_one(oid, value, shown, context, readings)

    def compare_one(self, oid, value, shown, context, readings):
        if not isinstance(value, int):
            if self.age < 1000 * MAX_AGE and shown.names[0] in readings[0].counters:
                self.load.say(self, f"{oid} in '{context}' is {value}, of {shown.names} {self.age} ms ago")
            return
        so = self.load.truth.is_so(shown, value, readings)
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
