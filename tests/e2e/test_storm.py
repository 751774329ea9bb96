#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""All at once: managers walk and get everything, while the configuration is read again and again, and links, namespaces, sockets,
files and tables come and go. .ci/run has it with the sanitizers, too; a report of theirs fails it (harness.Site.close()).
SEED makes an order, STORM_RELOADS makes it last longer."""

import collections
import contextlib
import io
import json
import os
import random
import re
import signal
import threading
import time

import ber
import harness
import test_kernel_tables as told
import test_netns as netns
import test_tables as tables
from harness import MIB2, OBJECTS, ROOT, Value, check, check_equal, key, wait_for

RELOADS = int(os.environ.get("STORM_RELOADS", "30"))
ENDS = 4
MORE = 3  # answers for each manager from one reload to the next
PATIENCE = 5  # seconds
PAUSE = 0.2  # seconds after an error: it takes the agent as long to leave a session
SEEN = "view seen included .1\nview seen excluded .1.3.6.1.2.1.25\n"
FAST = "refreshInterval 0.1\ntableInterval 1\ntableIdle 1\n"
CALM = "refreshInterval 0.7\ntableInterval 1\ntableIdle 1\n"
WORDS = "ip icmp tcp udp tcpext interfaces at ipAddrTable ipRouteTable ipNetToMediaTable tcpConnTable udpTable".split()
FILES = ("snmp", "snmp6", "netstat", "sockstat", "sockstat6", "tcp", "tcp6", "udp", "udp6")


# --- The weather --------------------------------------------------------------------------------------------------------------

# Links with addresses, routes and neighbours, in the namespace that this runs in.
LINKS = """
import subprocess
print("ready", flush=True)
while True:
    for lines in (["link add s{0} type veth peer name t{0}", "link set s{0} up", "link set t{0} up", "addr add 10.8.{0}.1/24 dev s{0}",
                   "route add 172.8.{0}.0/24 via 10.8.{0}.2", "neigh add 10.8.{0}.2 lladdr 02:00:00:00:00:07 dev s{0}"],
                  ["link add d{0} type dummy", "link set d{0} up", "link set s{0} down"], ["link del d{0}"], ["link del s{0}"]):
        text = "".join(line.format(i) + "\\n" for i in range(5) for line in lines)
        subprocess.run(["ip", "-force", "-batch", "-"], input=text, text=True, stderr=subprocess.DEVNULL)
"""
LEFT = "".join(f"link del {letter}{i}\n" for letter in "sd" for i in range(5))

# Sockets in many states. All are reset when they are closed, so that none stays for a minute.
SOCKETS = """
import socket, struct, time
print("ready", flush=True)
def new(kind):
    one = socket.socket(type=kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return one
while True:
    with new(socket.SOCK_STREAM) as server, new(socket.SOCK_DGRAM) as endpoint:
        server.bind(("127.0.0.1", 0))
        server.listen(4)
        endpoint.bind(("127.0.0.1", 0))
        ends = []
        for i in range(20):
            ends.append(new(socket.SOCK_STREAM))
            ends[-1].connect(server.getsockname())
            ends.append(server.accept()[0])
            if i % 4 == 0:
                ends[-1].shutdown(socket.SHUT_WR)
        time.sleep(0.05)
        for one in ends:
            one.close()
"""


@contextlib.contextmanager
def weather(site):
    """Links and sockets come and go while this lasts; then no link is left."""
    try:
        with tables.helper(site, "-c", LINKS), tables.helper(site, "-c", SOCKETS):
            yield
    finally:
        site.run("ip", "-force", "-batch", site.write("left", LEFT))


class Far:
    """A namespace that a proc root leads to, with a process that stays there. It goes when another one comes."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.site = self.root = None

    def __enter__(self):
        self.renew()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def renew(self):
        self.stack.close()
        self.site = self.stack.enter_context(harness.Site("far"))
        told.batch(self.site, netns.NETWORK.format("far", 2))
        self.stack.enter_context(tables.helper(self.site, "-c", LINKS))
        self.root = netns.stay(self.site)

    def end(self):
        """The process ends, and with it the proc root."""
        self.site.processes[-1].kill()


class Folder:
    """A proc root of files, which break and are mended."""

    def __init__(self, site):
        self.site = site
        self.root = site.folder / "proc"
        self.texts = {name: site.run("cat", f"/proc/net/{name}").stdout for name in FILES}
        self.mend()

    def mend(self):
        for name, text in self.texts.items():
            self.site.write(f"proc/net/{name}", text)

    def damage(self, chance):
        for name in chance.sample(FILES, 4):
            text = self.texts[name]
            self.site.write(f"proc/net/{name}", chance.choice((text[:chance.randrange(len(text) + 1)], "nonsense\n" * 3)))
        (self.root / "net" / chance.choice(FILES)).unlink(missing_ok=True)


# --- Managers -----------------------------------------------------------------------------------------------------------------

TAGS = {"INTEGER": 0x02, "Integer32": 0x02, "TruthValue": 0x02, "OBJECT IDENTIFIER": 0x06, "VariablePointer": 0x06,
        "IpAddress": 0x40, "Counter32": 0x41, "Gauge32": 0x42, "Unsigned32": 0x42, "HundredthsOfPercent": 0x42,
        "TimeTicks": 0x43, "TimeStamp": 0x43, "Counter64": 0x46, "KernelNumber": 0x46,
        "ThousandthsPerSecond": 0x46}
TEXT = 0x04  # all others
EXCEPTIONS = range(0x80, 0x83)


def read_tags():
    """The tag of the values of each object in rows.json."""
    rows = json.loads((harness.SOURCE / "mibs" / "rows.json").read_text(encoding="ascii"))
    columns = [{**column, "mib": table["mib"]} for table in rows["tables"] for column in table["columns"] if column["readable"]]
    return {key(f"{ROOT if row['mib'] == 'LINUX-TCPEXT-MIB' else MIB2}.{row['oid']}"): TAGS.get(row["syntax"], TEXT)
            for row in rows["counters"] + rows["scalars"] + columns if row["oid"]}


class Manager(threading.Thread):
    """Asks until it is told to end, and looks at each answer. What snmpd makes of a request whose registration goes or comes is not
    the agent's: an error, no answer, or a walk that jumps back; such things are counted."""

    tags = read_tags()
    lengths = sorted({len(name) for name in tags})

    def __init__(self, site, seed, work):
        super().__init__(daemon=True)
        self.site, self.chance, self.work = site, random.Random(seed), work
        self.over, self.may_ask = threading.Event(), threading.Event()
        self.may_ask.set()
        self.answers = self.errors = self.silences = self.jumps = 0
        self.wrong, self.seen = [], collections.deque(maxlen=2000)
        self.connect()
        self.start()

    def connect(self):
        self.ber = ber.Manager(self.site.snmp, PATIENCE, lambda tag, body: tag)

    def run(self):
        try:
            while not self.over.is_set():
                self.work(self)
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
        self.ber.plug.close()

    def ask(self, kind, names, **more):
        """The varbinds of an answer; none where there is an error, or no answer at all."""
        self.may_ask.wait()
        try:
            answer = self.ber.ask(kind, names, **more)
        except TimeoutError:
            self.silences += 1
            self.ber.plug.close()
            self.connect()
            return []
        self.answers += 1
        if answer.error != ber.NO_ERROR:
            self.errors += 1
            if answer.error != ber.GEN_ERR:
                self.wrong.append(f"error {answer.error} for {names[:3]}")
            time.sleep(PAUSE)
            return []
        for oid, tag in answer.varbinds:
            self.look_at(oid, tag)
        return answer.varbinds

    def look_at(self, oid, tag):
        name = key(oid)
        wanted = next((self.tags[name[:length]] for length in self.lengths if name[:length] in self.tags), tag)
        if tag != wanted and tag not in EXCEPTIONS:
            self.wrong.append(f"{oid} has the tag 0x{tag:02x}, not 0x{wanted:02x}")
        self.seen.append(oid)

    def walk(self, *roots, repetitions):
        """All that is below these names, side by side."""
        at = {root: root for root in roots}
        while at and not self.over.is_set():
            found = self.ask(ber.GETBULK, list(at.values()), repetitions=repetitions)
            ahead = {root: self.follow(root, last, found[i::len(at)]) for i, (root, last) in enumerate(at.items())}
            at = {root: last for root, last in ahead.items() if last is not None}

    def follow(self, root, last, column):
        """The last name of a column that is below the root; None when the column has left it."""
        for oid, tag in column:
            if tag in EXCEPTIONS or not oid.startswith(root + "."):
                return None
            if oid == last:
                self.wrong.append(f"{oid} comes twice, in {column}")
            self.jumps += key(oid) < key(last)
            last = oid
        return last

    def get(self):
        """What it has seen, and what comes next to that."""
        self.walk(*self.chance.sample(list(tables.ENTRY.values()), 2), repetitions=5)
        for kind in (ber.GET, ber.GETNEXT):
            self.ask(kind, self.chance.sample(self.seen, min(40, len(self.seen))) + [harness.SEQUENCE])


WORK = (lambda one: one.walk(MIB2, repetitions=25), lambda one: one.walk(ROOT, repetitions=25),
        lambda one: one.walk(*tables.ENTRY.values(), repetitions=8), lambda one: one.walk(MIB2, ROOT, repetitions=1), Manager.get)


class Managers(list):
    """They ask while this lasts."""

    def __init__(self, site):
        super().__init__(Manager(site, f"{harness.SEED} {i}", work) for i, work in enumerate(WORK))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in self:
            one.over.set()
            one.may_ask.set()  # when a test ends while they rest
        for one in self:
            one.join()

    def told(self):
        return [(one.answers, one.errors, one.silences, one.jumps, one.wrong[:3]) for one in self]

    def go_on(self):
        """Each one gets more answers."""
        wanted = [one.answers + MORE for one in self]
        wait_for(lambda: f"all managers are answered: {self.told()}",
                 lambda: all(one.answers >= count for one, count in harness.paired(self, wanted)))

    def rest(self, seconds):
        """None asks meanwhile, so that tables may be let go just when they are wanted again."""
        for one in self:
            one.may_ask.clear()
        time.sleep(seconds)
        for one in self:
            one.may_ask.set()


# --- The storm ----------------------------------------------------------------------------------------------------------------

def configure(site, chance, root, i):
    """Another proc root, other groups and another priority."""
    words = chance.sample(WORDS, chance.randrange(1, len(WORDS) + 1))
    site.write("tcpextd.conf", f"{harness.patience('')}{FAST}procRoot {root}\nregister {' '.join(words)}\n"
               f"registerPriority {100 + i % 3}\n{chance.choice(('', 'ignoreInterface s* lo'))}\n")


def times_read(agent):
    return sum("configuration read again" in line for line in agent.log())


def holds(agent):
    """What it has open, each as often as it has it, and its threads."""
    folder = f"/proc/{agent.pid}/fd"
    links = [os.readlink(f"{folder}/{number}") for number in os.listdir(folder)]
    return collections.Counter([re.sub("[0-9]+", "N", link) for link in links] + ["thread"] * len(os.listdir(f"/proc/{agent.pid}/task")))


def interval(site):
    """refreshInterval; none while a session begins."""
    with contextlib.suppress(harness.Failure):
        return site.get(harness.INTERVAL, patience=("-t1", "-r0"))
    return None


def at_rest(site, agent):
    """What it holds when it has let go of all tables."""
    wait_for("all tables are let go", lambda: tables.held(site) == set())
    return holds(agent)


def once(site, agent, chance, roots, far, folder, i):
    """A change of everything, and of what the proc root leads to, before, amid or after it."""
    before = times_read(agent)
    roots.rotate(-1)
    configure(site, chance, {"far": far.root, "folder": folder.root}.get(roots[0], roots[0]), i)
    agent.send(signal.SIGHUP)
    chance.choice((far.end, far.renew, folder.mend, lambda: folder.damage(chance), lambda: agent.send(signal.SIGHUP)))()
    wait_for(lambda: f"the configuration is read again: {agent.log()[-5:]}", lambda: times_read(agent) > before)
    if not far.site.processes[-1].alive():
        far.renew()


def reloads(site):
    """Reloads of all that there is, amid requests: both live, no session is lost, and in the end all is as it was before."""
    chance, roots = random.Random(harness.SEED), collections.deque(("/proc", "far", "folder", "far", "/proc/self", "folder"))
    print(f"  SEED={harness.SEED}")
    snmpd, folder = site.snmpd(SEEN), Folder(site)
    agent = site.agent(CALM)
    site.walk("1", repetitions=50)
    before = at_rest(site, agent)
    with Far() as far, weather(site), Managers(site) as managers:
        for i in range(RELOADS):
            managers.go_on()
            once(site, agent, chance, roots, far, folder, i)
            if i % 5 == 0:
                managers.go_on()
                managers.rest(chance.uniform(0.9, 1.3))
        managers.go_on()
    check(agent.alive() and snmpd.alive(), f"both live after {RELOADS} reloads")
    check_equal([one.wrong[:3] for one in managers], [[]] * len(managers), f"{sum(one.answers for one in managers)} answers: nothing is wrong")
    check(all(one.errors + one.silences + one.jumps <= 4 * RELOADS for one in managers), "no more errors than reloads may cause",
          managers.told())
    check_equal([line for line in agent.log() if "lost" in line], [], "no session was lost")
    count = times_read(agent)
    site.write("tcpextd.conf", harness.patience("") + CALM)
    agent.send(signal.SIGHUP)
    wait_for("the first configuration is read again", lambda: times_read(agent) > count)
    wait_for("it is in force", lambda: interval(site) == [Value("Gauge32", 700)])
    netns.counters_are(site, site, "then")
    wait_for(lambda: f"it holds little more than before: {holds(agent)}, before {before}",
             lambda: sum((at_rest(site, agent) - before).values()) < RELOADS / 3)
    netns.tables_are(site, site, "then")
    check_equal(agent.end(), 0, "the agent ends")


def ends(site):
    """SIGTERM amid all that, and amid a reload: the agent ends, and snmpd lives."""
    chance = random.Random(harness.SEED)
    snmpd, folder = site.snmpd(SEEN), Folder(site)
    with Far() as far, weather(site), Managers(site) as managers:
        for i in range(ENDS):
            agent = site.agent(FAST + f"procRoot {(far.root, '/proc')[i % 2]}\n")
            managers.go_on()
            configure(site, chance, folder.root, i)
            if i < 2:
                agent.send(signal.SIGHUP)
            check_equal(agent.end(), 0, f"it ends {('amid', 'without')[i // 2]} a reload")
    check(snmpd.alive(), "snmpd lives")
    check_equal([one.wrong[:3] for one in managers], [[]] * len(managers), "nothing was wrong")


def reported(site):
    """What a sanitizer reports fails a test, though the process lives on, has no terminal and ends well."""
    failed, said = harness.tally["failed"], io.StringIO()
    with contextlib.redirect_stdout(said), harness.Site("reported") as other:
        done = other.run("sh", "-c", "echo a data race >${TSAN_OPTIONS##*log_path=}.$$")
    seen, harness.tally["failed"] = harness.tally["failed"] - failed, failed
    check_equal((done.returncode, seen), (0, 1), "a report is a failure")
    check("a data race" in said.getvalue(), "and is shown", said.getvalue())


if __name__ == "__main__":
    harness.main(reloads, ends, reported)
