# SPDX-License-Identifier: BSD-2-Clause
"""The table of experiments, and how one is run.

An experiment is a generator. It prepares, then yields what it expects (expect.py), then does what is to be measured: the
counters are read at each yield and at the end. All that it changes comes back by itself.
"""

import importlib
import itertools
import pathlib
import pkgutil
import shutil
import textwrap
import time

import coverage
import ghost
import harness
import reading
import relations
import world as worlds
from frames import SYN

TABLE = {}


class Experiment:
    """One entry of the table."""

    def __init__(self, body, title, section, differs, settings):
        self.body, self.title, self.section, self.settings = body, title, section, settings
        self.name = body.__name__.replace("_", "-")
        self.is_of_host = settings is not None
        self.story = textwrap.dedent(body.__doc__ or "").strip()
        self.differs = textwrap.dedent(differs).strip()


def experiment(title, section=None, differs="", settings=None):
    """Puts a generator into the table. section: where the kernel's document tells it; differs: what today's kernel does
    otherwise, and why. settings: of an experiment that is about the whole host, those that it changes, be it none.
    """
    def put(body):
        made = Experiment(body, title, section, differs, settings)
        if made.name in TABLE:
            raise ValueError(f"two experiments are called {made.name}")
        TABLE[made.name] = made
        return body
    return put


def load():
    """All experiments, in the order of their files' names."""
    if not TABLE:
        folder = pathlib.Path(__file__).resolve().parent / "experiments"
        for module in sorted(pkgutil.iter_modules([str(folder)]), key=lambda found: found.name):
            importlib.import_module(f"experiments.{module.name}")
    return TABLE


def growth(before, after):
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


class Lab:
    """What an experiment has in its hands: the two sides, and a voice."""

    def __init__(self, world):
        self.world, self.a, self.b, self.host = world, world.a, world.b, world.host
        self.ports = itertools.count(9000)

    def say(self, text):
        self.world.notes.say(text)

    def ghost(self, near="a", number=9):
        """A host of hand-written frames on the wire of this side; it talks to the other."""
        return ghost.Ghost(getattr(self, near), number)

    def ghost_pair(self, port=40000, options=(), flags=SYN, **more):
        """A connection from a ghost to b, to a port of its own: both ends."""
        far_port = next(self.ports)
        server = self.b.listen(far_port, options=options)
        client = ghost.Peer(self.ghost(), port, far_port, **more)
        client.connect(flags=flags)
        return client, self.b.accept(server)

    def pair(self, port=9000, client_options=(), server_options=(), **more):
        """A connection from a to b: the listener and both ends."""
        server = self.b.listen(port, options=server_options, **more)
        client = self.a.connect(port, options=client_options, **more)
        return server, client, self.b.accept(server)


class Tap:
    """The packets between the sides as tcpdump tells them, for those who read along."""

    def __init__(self, side):
        self.shown = 0
        command = side.site.inside("tcpdump", "-lnt", "--immediate-mode", "-i", worlds.DEVICE)
        self.process = side.site.start(harness.Process, command, side.site.folder / "tcpdump")
        harness.wait_for("tcpdump listens",
                         lambda: "listening on" in self.process.output.read_text() or not self.process.alive())

    def tell(self):
        """What has flown since the last time."""
        lines = [line for line in self.process.output.read_text().splitlines()
                 if line.startswith(("IP", "ARP", "unknown"))]
        for line in lines[self.shown:]:
            print(f"      {line}")
        self.shown = len(lines)


class Runner:
    """Runs experiments in one world and keeps what was seen to move.

    The growths are those of one release of the kernel, the one of COVERAGE. On another, a growth that differs says nothing about
    the agent and is no failure; that SNMP and nstat agree, and that the relations hold, must be so on all of them.
    """

    PATIENCE = 10  # seconds for a growth to become what is expected

    def __init__(self, world):
        self.world, self.watch = world, reading.Watch(world)
        self.strict = coverage.same_kernel()
        self.shown, self.skipped = {}, {}  # name of a counter to experiments, name of an experiment to the reason
        self.printed = {}  # names of counters, in the kernel's order
        self.tap = Tap(world.b) if world.notes.verbose and shutil.which("tcpdump") else None

    def run(self, entry):
        print(f"{entry.name}: {entry.title}", flush=True)
        if self.world.notes.verbose:
            self.tell(entry)
        try:
            self.steps(entry)
        except harness.Skip as why:
            self.skipped[entry.name] = str(why)
            harness.skip(f"{entry.name}: {why}")
        except Exception as error:  # one that fails must not keep the others from being run
            self.say_growth(f"{entry.name} goes through", f"{type(error).__name__}: {error}")
        finally:
            self.world.end_experiment()

    def tell(self, entry):
        for title, text in (("In the document", entry.section), ("What happens", entry.story), ("Today", entry.differs)):
            if text:
                print(textwrap.indent(f"{title}: {text}", "  "))

    def steps(self, entry):
        lab = Lab(self.world)
        generator = entry.body(lab)
        interval = next(generator)
        before = self.watch.read()
        while interval:
            if interval.title:
                self.world.notes.say(f"--- {interval.title}")
            following = next(generator, None)
            after = self.measure(entry, interval, before)
            before, interval = after, following
        generator.close()

    def measure(self, entry, interval, before):
        """Reads until the growth is what is expected, or will not become it any more."""
        deadline = time.monotonic() + self.PATIENCE
        while True:
            after = self.watch.read()
            grown = {side: growth(before[side], after[side]) for side in after}
            faults = [f"{side}: {fault}" for side, table in interval.tables.items()
                      for fault in table.faults(grown[side], after[side])]
            if not faults or time.monotonic() > deadline:
                break
        self.judge(entry, interval, after, grown, faults)
        return after

    def judge(self, entry, interval, after, grown, faults):
        """Says whether it went as expected, and keeps what was shown."""
        if not interval.tables:
            return
        if self.world.notes.verbose:
            self.tell_growth(grown, after)
        self.say_growth(f"{entry.name}: {interval.title}", "; ".join(faults))
        for values in after.values():
            self.printed.update(dict.fromkeys(values))
        for side, table in interval.tables.items():
            for name in table.shown():
                if name in grown[side] and not faults:
                    self.shown.setdefault(name, []).append(entry.name)

    def say_growth(self, what, fault):
        """A check that speaks about the kernel."""
        if fault and not self.strict:
            harness.skip(f"{what}: this kernel does otherwise: {fault}")
        else:
            harness.check(not fault, what, fault)

    def tell_growth(self, grown, after):
        if self.tap:
            self.tap.tell()
        for side, names in grown.items():
            print(f"    {self.watch.eyes[side].side.host} over SNMP: {'before':>30} {'after':>10} {'growth':>8}")
            for name, number in names.items():
                label = self.watch.eyes[side].label(name)
                print(f"      {label:40} {after[side][name] - number:10} {after[side][name]:10} {number:+8}")
        print(flush=True)

    def close(self):
        """What holds for all that was read."""
        watch = self.watch
        if self.skipped and not watch.readings:
            return
        harness.check(watch.readings and not watch.different,
                      f"SNMP and nstat agree: {watch.readings} readings of both sides, {watch.compared} counters",
                      "; ".join(watch.different[:10]))
        harness.check(watch.readings and not watch.broken, f"{len(relations.RELATIONS)} relations hold in each of them",
                      "; ".join(watch.broken[:10]))
