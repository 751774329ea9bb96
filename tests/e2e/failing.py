# SPDX-License-Identifier: BSD-2-Clause
"""Calls of an agent that fail where a test says so, and clocks that are shifted: the other side of failing.c and no_memory.c."""

import ctypes
import mmap
import os
import random
import signal
import time

import ber
import harness
import kernel

ALL = os.environ.get("FAILING") == "all"
CHANCE = random.Random(harness.SEED)
REALTIME, MONOTONIC, BOOTTIME = 0, 1, 7
ONCE, FROM_THEN_ON, EACH_SECOND = range(3)
ROWS = 128
TEXT = 32


class Row(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * TEXT), ("calls", ctypes.c_uint32), ("failed", ctypes.c_uint32), ("at", ctypes.c_uint32),
                ("how", ctypes.c_uint32), ("error", ctypes.c_int32), ("unused", ctypes.c_uint32)]


class Table(ctypes.Structure):
    _fields_ = [("shift_ns", ctypes.c_int64 * 8), ("own", ctypes.c_uint32), ("unused", ctypes.c_uint32), ("rows", Row * ROWS)]


class Failing:
    """What is loaded into programs that are started under this one's prefix, and how it fails. own: only calls of the program itself
    count, not those of its libraries."""

    def __init__(self, site, library, own=False):
        built = harness.AGENT.parent / "tests/e2e" / library
        if not built.exists():
            raise harness.Skip(f"needs {built}, which `make check` builds")
        path = site.folder / f"{library}.table"
        path.write_bytes(bytes(ctypes.sizeof(Table)))
        with open(path, "r+b") as file:
            self.table = Table.from_buffer(mmap.mmap(file.fileno(), 0))
        self.table.own = own
        # AddressSanitizer wants to be loaded first, and need not be.
        self.prefix = ("/usr/bin/env", f"LD_PRELOAD={built}", f"TCX_FAILING={path}",
                       f"ASAN_OPTIONS={site.environment['ASAN_OPTIONS']}:verify_asan_link_order=0")

    def rows(self):
        return [row for row in self.table.rows if row.name]

    def row(self, name):
        return next(row for row in self.rows() if row.name == name.encode())

    def count(self):
        """Name to how often each function was called since it was told to."""
        return {row.name.decode(): row.calls for row in self.rows() if row.calls}

    def start_count(self):
        for row in self.table.rows:
            row.at = row.calls = row.failed = 0

    def fail(self, name, at, error=0, how=ONCE):
        """From here on call number `at' fails. failed() counts from here, too."""
        self.start_count()
        row = self.row(name)
        row.error, row.how = error, how
        row.at = at

    def failed(self):
        """How many calls have failed."""
        return sum(row.failed for row in self.table.rows)

    def stop(self):
        for row in self.table.rows:
            row.at = 0

    def shift(self, clock, seconds):
        self.table.shift_ns[clock] = int(seconds * 10**9)


# --- What is held while something fails ---------------------------------------------------------------------------------------

FIXTURE = harness.SOURCE / "tests" / "fixtures" / "7.3"
CONF = "procRoot {root}\nrefreshInterval 0.1\nmaxAge 3600\ntableInterval 1\ntableTimeout 2\nagentXPingInterval 4\nagentXTimeout 3\nnamespace {other}\n"
# snmpd waits for a subagent as long as a manager does, and gives up then.
SNMPD = ("agentXTimeout 3\nagentXRetries 0\ncom2secunix -Cn {other} guest default other\ngroup guests v2c guest\n"
         'access guests {other} any noauth exact seen seen none\n')
SYS_NAME = f"{harness.MIB2}.1.5.0"
MOVES = (1, 31, 34, 39)  # groups of the agent's: how it fares, and what is worked out with time
OF_HOST = (15, 30, 32)  # sockstat, processors, limits
TIMES = ((20, 1, 12), (33, 1, 3), (40, 1, 7), (40, 1, 8))  # tcpListenSince, ifIp6DiscontinuityTime, namespaceSince, -Age
TABLES = tuple(f"{harness.MIB2}.{group}" for group in ("2.2", "3.1", "4.20", "4.21", "4.22", "6.13", "7.5"))
AT_ONCE = 100
FIRST_NUMBER = 1 << 24  # of requests that are made once
RECOVERY = int(os.environ.get("RECOVERY", "30"))
ROUND = 2  # seconds that a round may last at most
TRIED = "AgentX master at"  # in the log, once it has tried to connect
SHORT = "memory is short; start the agent with more"
MOST_LINES = 60  # that a failure may cost the log: an outage of each of 26 files has two


class Ended(harness.Failure):
    """The agent has ended by itself."""


class Held:
    """An agent whose counters are a fixture's, with the tables of an idle namespace and a context of another one: what it serves stays
    the same, so whatever else it shows is a lie."""

    def __init__(self, site, other, failing):
        self.site, self.failing, self.lies = site, failing, []
        self.had = 0  # trials whose call came, and failed
        self.conf = CONF.format(root=site.folder / "proc", other=other.netns)
        for path, text in kernel.read_texts(FIXTURE).items():
            site.write(f"proc/{path}", text)
        self.snmpd = site.snmpd(more=SNMPD.format(other=other.netns))
        self.manager = ber.Manager(site.snmp)
        self.mib = kernel.read_mib()
        self.agent = self.wanted = None

    def start(self, wait=True):
        (self.site.folder / "tcpextd.out").unlink(missing_ok=True)
        self.agent = self.site.agent(self.conf, under=self.failing.prefix, wait=wait)
        return self.agent

    def walk(self, community, oid):
        """All instances below an OID, in PDUs of many."""
        found, at = {}, oid
        while True:
            try:
                answer = self.manager.ask(ber.GETBULK, [at], community=community, repetitions=AT_ONCE)
            except OSError:
                return {}  # what snmpd does not know yet it does not answer
            for at, value in answer.varbinds:
                if not at.startswith(f"{oid}.") or value == "endOfMibView":
                    return found
                found[at] = value
            if answer.error or not answer.varbinds:
                return found

    def walk_all(self):
        found = {}
        for community, roots in (("public", (harness.OBJECTS, *TABLES)), ("other", (harness.OBJECTS,))):
            for root in roots:
                found.update({(community, oid): value for oid, value in self.walk(community, root).items()
                              if root in TABLES or harness.key(oid)[len(harness.key(root))] not in MOVES})
        return found

    def learn(self):
        """What is to be served from here on, of which the counters are known from the texts."""
        before = harness.wait_for("both contexts are served", lambda: self.walk("other", harness.OBJECTS) and self.walk_all())
        self.site.wait_readings(16)
        after = self.walk_all()
        self.wanted = {key: value for key, value in after.items() if before.get(key) == value and not self.is_of_host(*key)}
        counters = kernel.private(kernel.Counters(kernel.read_texts(FIXTURE)), self.mib)
        found = {oid: self.wanted.get(("public", oid)) for oid in counters}
        wanted = {oid: value.value for oid, value in counters.items()}
        if found != wanted:
            harness.check_equal(found, wanted, f"{len(counters)} counters are the fixture's")
        self.make_requests()
        self.descriptors = max(self.agent.descriptors() for _ in range(20))
        self.lines = len(self.agent.log())

    @staticmethod
    def is_of_host(community, oid):
        """In a namespace's context, what does not stand still as it is the whole host's, in part; and since when something is. Of
        nstatTable the values are enough."""
        own = harness.key(oid)[len(harness.key(harness.OBJECTS)):]
        name = bytes(number for number in own[4:] if number < 256)
        return own[:3] in TIMES or own[:2] == (2, 1) and own[2] != 2 or community == "other" and (own[0] in OF_HOST or own[0] == 2 and name.startswith(b"Sockstat"))

    @staticmethod
    def is_free(oid):
        """snmpd has tables of MIB-II of its own, which it shows while there is no session."""
        return oid.startswith(f"{harness.MIB2}.")

    def make_requests(self):
        """One by one, as they are sent, with what they ask for. An answer that is the same octets as the first needs no look."""
        self.requests, self.first = [], {}
        for community in ("public", "other"):
            names = [oid for who, oid in self.wanted if who == community]
            for i in range(0, len(names), AT_ONCE):
                number = FIRST_NUMBER + len(self.requests)
                some = names[i:i + AT_ONCE]
                self.requests.append((number, community, some, ber.request(ber.GET, number, some, community=community)))

    def take(self, request, octets):
        """How much of an answer is as it was."""
        number, community, names, _ = request
        answer = ber.parse(octets)
        served = 0
        for oid, (name, value) in zip(names, [] if answer.error else answer.varbinds):
            if oid == name and value == self.wanted[community, oid]:
                served += 1
                continue
            self.missing.append((community, oid, name, value, self.wanted[community, oid]))
            if oid != name or value not in ber.EXCEPTIONS.values() and not self.is_free(oid):
                self.lies.append(self.missing[-1])
        if served == len(names):
            self.first[number] = octets
        return served

    def receive(self):
        try:
            return self.manager.receive_octets()
        except OSError as why:
            raise harness.Failure(f"snmpd does not answer: {why}") from None

    def ask_all(self):
        """How much is served of what is wanted. What is neither that nor absent is a lie."""
        served, self.missing = 0, []
        for request in self.requests:
            number, _, names, message = request
            self.manager.plug.sendall(message)
            octets = self.receive()
            while octets != self.first.get(number) and ber.parse(octets).number != number:
                octets = self.receive()
            served += len(names) if octets == self.first.get(number) else self.take(request, octets)
        return served

    def is_whole(self):
        """Whether all is served, with as few descriptors as ever."""
        if not self.agent.alive():
            raise Ended(f"the agent has ended: {self.agent.popen.returncode} {self.agent.said()[-3:]} {self.agent.log()[-3:]}")
        return self.agent.descriptors() <= self.descriptors and self.ask_all() == len(self.wanted)

    def answers(self):
        """snmpd is in nobody's hand: its own objects are there."""
        return self.manager.ask(ber.GET, [SYS_NAME]).error == 0

    def again(self):
        """Another agent, which knows nothing of what happened."""
        self.failing.stop()
        self.agent.kill()
        self.start()
        self.learn()

    def may_end(self):
        """What net-snmp has freed while memory was short it would use again (finish() in main.c)."""
        return self.agent.popen.returncode == 1 and any(SHORT in line for line in self.agent.log())

    def hold(self, what, happens, most_lines=MOST_LINES):
        """Something happens: no lie meanwhile, snmpd goes on, and afterwards all is as before. False: not so."""
        before = self.lines
        self.lies.clear()
        try:
            happens()
            self.ask_all()
            self.failing.stop()
            harness.wait_for(lambda: f"all is served: {self.ask_all()} of {len(self.wanted)}, descriptors {self.agent.descriptors()} of "
                             f"{self.descriptors}; {self.missing[:5]}; log {self.agent.log()[before:]}", self.is_whole, RECOVERY)
        except Ended as why:
            return self.may_end() or harness.check(False, what, why)
        except harness.Failure as why:
            return harness.check(False, what, why)
        self.lines = len(self.agent.log())
        lines = self.lines - before
        if self.lies or lines > most_lines or not self.answers():
            return harness.check(False, what, f"lies {self.lies[:5]}; {lines} lines {self.agent.log()[before:][:MOST_LINES]}")
        return True

    def round(self, ends=lambda: False):
        """What there is for an agent to do: a reload, readings, tables, requests for all of it. Until it ends, or its time is over."""
        self.agent.send(signal.SIGHUP)
        self.ask_all()
        deadline = time.monotonic() + ROUND
        while time.monotonic() < deadline and not ends():
            time.sleep(0.01)

    def count_round(self):
        sequence = self.site.sequence() or 0
        self.failing.start_count()
        self.round(lambda: (self.site.sequence() or 0) >= sequence + 12)
        return self.failing.count()

    def count_start(self):
        self.agent.end()
        self.failing.start_count()
        self.start()
        counted = self.failing.count()
        self.agent.end()
        return counted

    def survives(self, what, name, at, error=0, how=ONCE, most_lines=MOST_LINES):
        """Call number `at' of a function fails in a round."""
        def happens():
            self.failing.fail(name, at, error, how)
            self.round(self.failing.failed if how == ONCE else lambda: False)
        good = self.hold(what, happens, most_lines)
        self.had += self.failing.failed() > 0
        if good:
            return True
        self.again()
        return False

    def starts(self, what, name, at, error=0, how=ONCE):
        """Call number `at' of a function fails during a start: it serves in the end, or it has ended and says why."""
        self.failing.fail(name, at, error, how)
        agent = self.start(wait=False)
        self.lines = 0
        try:
            harness.wait_for("it has a session, or has ended", lambda: not agent.alive() or any(TRIED in line for line in agent.log()))
            if agent.alive():
                good = self.hold(what, lambda: None)
                return good and not agent.alive() or agent.end() == 0 and good or harness.check(False, f"{what}: the end", agent.popen.returncode)
            said = len(agent.said()) + len(agent.log())
            most = 4 if self.may_end() else 3  # memory may be short once it is connected: that has a line, and the end
            return agent.popen.returncode == 1 and 1 <= said <= most or harness.check(False, what, (agent.popen.returncode, agent.said(), agent.log()))
        except harness.Failure as why:
            return harness.check(False, what, f"{why}; {agent.popen.poll()} {agent.said()} {agent.log()}")
        finally:
            self.had += self.failing.failed() > 0
            self.failing.stop()
            agent.kill()


def each_call(name, count, errors):
    """Each call once, with the errors in turn, and each error once at least."""
    return [(name, i % count + 1, errors[i % len(errors)]) for i in range(max(count, len(errors)) if errors else 0)]


def trials(counted, some, errors):
    """(function, number, error) of all calls, or a choice in which each function is as often as any other."""
    if ALL:
        return [trial for name, count in counted.items() for trial in each_call(name, count, errors[name])]
    names = sorted(name for name in counted if errors[name])
    CHANCE.shuffle(names)
    names = [names[i % len(names)] for i in range(some)]
    return [(name, CHANCE.randint(1, counted[name]), CHANCE.choice(errors[name])) for name in names]


def tell(title, tried, good, had):
    harness.check(good == len(tried), f"{title}: {len(tried)} failures of {len({name for name, *_ in tried})} functions, {good} without a "
                  f"trace; SEED={harness.SEED}")
    harness.check(2 * had >= len(tried), f"{title}: in {had} of {len(tried)} the call came, and failed")
