# SPDX-License-Identifier: BSD-2-Clause
"""The managers of test_load.py: each asks in a way of its own."""

import bisect
import time

import ber
from harness import MIB2, OBJECTS, ROOT, V3, Failure, key
from load_manager import NO_ANSWER, NO_CONNECTION, Manager
from load_weather import TABLES
from test_limits import SCALAR

TABLE_AGE = f"{OBJECTS}.1.13.1.4"
STATE = f"{OBJECTS}.38.1.9"
CROSSED, NORMAL = 3, 2
CONNECTIONS = f"{MIB2}.6.13.1.1"
# Everything but the other columns of tcpConnTable, which has as many rows as there are sockets.
MOST = [f"{MIB2}.{i}" for i in (1, 2, 3, 4, 5, *(f"6.{i}" for i in range(1, 13)), 7)] + [ROOT]


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


# What the tools say, and what it is.
FAULTS = (("Timeout", NO_ANSWER), ("genError", f"error {ber.GEN_ERR}"), ("Unknown host", NO_CONNECTION), ("onnect", NO_CONNECTION),
          ("ailure in send", NO_CONNECTION))


class Version3(Manager):
    """By the tools: authentic and private."""

    def exchange(self, kind, names, community, **more):
        try:
            return [(oid, value.value) for oid, value in self.load.site.ask("snmpget", V3, (), names, patience=("-t50", "-r0"))], None
        except Failure as error:
            return None, next((fault for word, fault in FAULTS if word in str(error)), str(error).rpartition(': ')[2])

    def work(self):
        self.get_all()
        time.sleep(0.2)


class Health(Manager):
    """What is always crossed is so, what never is not, and their number is right."""

    sees = "states"

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

    sees = "rows"

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
    """The crowd of connections: each answer has all from the name that was asked for to its last one. A walk of so many would not
    come to its end between two causes."""

    pause, sees = 0, "rows"

    def work(self):
        at = self.chance.choice(self.load.crowd)
        for _ in range(50):
            found = self.ask(ber.GETBULK, [".".join(map(str, at))], ages=[f"{TABLE_AGE}.5"], repetitions=100)
            if not found:
                break
            rows = [key(name) for name, _ in found]
            self.look_at(at, rows)
            at = rows[-1]
        time.sleep(1)

    def look_at(self, at, rows):
        first, last = (bisect.bisect_right(self.load.crowd, row) for row in (at, rows[-1]))
        wanted, shown = self.load.crowd[first:last], list(filter(self.load.is_of_crowd, rows))
        self.counts["rows"] += len(shown)
        if shown != wanted:
            self.load.say(self, f"connections: {sorted(set(wanted) - set(shown))[:3]} are missing, {sorted(set(shown) - set(wanted))[:3]} are not there, "
                          f"or their order is wrong: {shown[:3]}")


class Rude(Manager):
    """Asks for more than an answer can hold."""

    sees = "requests"

    def exchange(self, *arguments, **more):
        found, fault = super().exchange(*arguments, **more)
        return ([], None) if fault == f"error {ber.TOO_BIG}" else (found, fault)

    def work(self):
        self.ask(ber.GET, [self.chance.choice((SCALAR, self.load.longest))] * self.chance.choice((150, 482, 1250, 2000)))
        self.ask(ber.GETBULK, [self.load.longest, SCALAR] * 40, repetitions=self.chance.randrange(1, 300))
        time.sleep(1)


MANAGERS = (ByGetnext, ByGetbulk, Counters, ContextCounters, Version1, Version3, Health, Rows, Sockets, Rude)
