# SPDX-License-Identifier: BSD-2-Clause
"""What goes on beside the managers of test_load.py: links and routes that come and go, and somebody who looks at kernel and agent all
the time.
"""

import collections
import json
import os
import pathlib
import statistics
import subprocess
import threading
import time

import harness

from harness import MIB2

TICK = 0.05  # seconds between two looks at the kernel; at a namespace, NAMESPACES / AT_ONCE times that
AT_ONCE = 5

# Column whose instances are the rows, and its kernelTableIndex.
TABLES = {f"{MIB2}.2.2.1.1": 1, f"{MIB2}.4.20.1.1": 2, f"{MIB2}.4.21.1.1": 3}


class Links(threading.Thread):
    """Links, addresses and routes come and go; what there is, with the times between which it may have been so."""

    def __init__(self, load):
        super().__init__(daemon=True)
        self.load, self.chance = load, load.chance_of("links")
        self.counts, self.there, self.number = collections.Counter(), [], 0
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

    def add(self):
        self.number += 1
        number, name = self.number, f"v{self.number}"
        self.there.append((number, name))
        self.counts.update(links=1, routes=2)
        return [f"link add {name} type veth peer name w{number} netns {self.chance.choice(self.load.names)}", f"link set {name} up",
                f"addr add 10.{number % 200}.1.1/24 dev {name}", f"route add 172.16.{number % 200}.0/24 dev {name}"]

    def remove(self):
        self.counts.update(links=1, routes=2)
        return ["link del " + self.there.pop(self.chance.randrange(len(self.there)))[1]]

    def turn(self):
        self.number += 1
        which, name = self.chance.choice(self.there)
        self.counts.update(routes=3)
        return [f"addr add 10.{which % 200}.2.{1 + self.number % 200}/24 dev {name}", f"route del 172.16.{which % 200}.0/24",
                f"route add 172.16.{which % 200}.0/24 via 10.{which % 200}.1.7"]

    def run(self):
        while not self.load.over.is_set():
            if len(self.there) < 8 or len(self.there) < 16 and self.chance.random() < 0.5:
                lines = self.add()
            else:
                lines = self.chance.choice((self.remove, self.turn))()
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

    def values(self, what):
        return [sample[what] for sample in self.samples]

    def tide(self, what):
        """The median of the first third, and the low water of the last one: what comes and goes is in the first alone."""
        values = self.values(what)
        third = len(values) // 3
        return statistics.median(values[:third]), min(values[-third:])
