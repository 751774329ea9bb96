# SPDX-License-Identifier: BSD-2-Clause
"""What the kernel of a namespace said, and when; and whether what a manager was shown then can be true: a counter lies between the
kernel's at the time that the snapshot is of at the earliest and the kernel's after the answer.
"""

import bisect
import collections
import ctypes
import functools
import os
import threading
import time

import kernel
from harness import OBJECTS, Failure

KEPT = 100  # seconds
OF_HOST = ("net/softnet_stat", "net/stat/arp_cache", "net/stat/ndisc_cache", "net/stat/rt_cache", "sys/net/netfilter/nf_conntrack_max")
LIBC = ctypes.CDLL(None, use_errno=True)

# Gauges that only the traffic moves, by so many sockets at once that a look between two readings finds; others go to and fro unseen:
# what waits for its end, what is queued, sockets of tools.
GAUGES = ("TcpCurrEstab", "SockstatTcpInuse", "SockstatTcp6Inuse", "SockstatUdpInuse", "SockstatUdp6Inuse")
SLACK = 8

COUNTER, GAUGE, INTEGER = 1, 2, 3  # kernel.kind()


def inside(netns, function):
    """What the function gives in that namespace: a thread of its own goes there."""
    results = []

    def run():
        with open(f"/run/netns/{netns}") as place:
            if LIBC.setns(place.fileno(), 0) == 0:
                results.append(function())
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if not results:
        raise Failure(f"{netns} cannot be entered")
    return results[0]


def open_files(names):
    """Such as there are. They stay those of the namespace in which they were opened."""
    paths = {name: f"/proc/{'thread-self/' if name.startswith('net/') else ''}{name}" for name in names}
    return {name: os.open(path, os.O_RDONLY) for name, path in paths.items() if os.path.exists(path)}


def text_of(descriptor):
    data = b""
    while more := os.pread(descriptor, 1 << 18, len(data)):
        data += more
    return data.decode()


class Reading:
    def __init__(self, files):
        self.begun = time.monotonic()
        self.texts = {name: text_of(descriptor) for name, descriptor in files.items()}
        self.ended = time.monotonic()

    @functools.cached_property
    def counters(self):
        return kernel.Counters(self.texts)


class History:
    """The readings of one namespace."""

    def __init__(self, netns, of_host):
        names = [name for name in kernel.READERS if of_host or name not in OF_HOST]
        self.files = inside(netns, lambda: open_files(names))
        self.readings, self.lock = collections.deque(), threading.Lock()
        self.read()

    def close(self):
        for descriptor in self.files.values():
            os.close(descriptor)

    def read(self):
        with self.lock:
            self.readings.append(Reading(self.files))
            while self.readings[0].ended < time.monotonic() - KEPT:
                self.readings.popleft()

    def between(self, since, until):
        """From the last one that ended before until the first one that began after; empty if there is none so old."""
        with self.lock:
            readings = list(self.readings)
        first = bisect.bisect_right([one.ended for one in readings], since) - 1
        last = bisect.bisect_left([one.begun for one in readings], until)
        return readings[first:last + 1] if first >= 0 and last < len(readings) else []


Shown = collections.namedtuple("Shown", "names bits kind files")


class Truth:
    """Which instance shows what."""

    def __init__(self):
        self.mib, self.shown, self.known = kernel.read_mib(), {}, set()

    def learn(self, texts):
        """The names that these files have."""
        for file, text in texts.items():
            for name in {name for name, _ in kernel.READERS[file](text)} - self.known:
                self.known.add(name)
                self.add(name, file)

    def add(self, name, file):
        kind, (word, instance) = kernel.kind(name, self.mib), kernel.descriptor(name)
        self.shown[f"{OBJECTS}.2.1.2.{kernel.nstat_index(name)}"] = Shown([name], 64, kind if kind != INTEGER else None, {file})
        if word in self.mib:
            self.shown[f"{self.mib[word].oid}.{instance}"] = Shown([name], 64, kind, {file})
        names, files = [name], {file}
        if name.startswith("Udp") and name in kernel.RFC1213:
            names, files = [name, "Udp6" + name[3:]], {file, "net/snmp6"}
        for oids, bits in ((kernel.RFC1213, 32), (kernel.HC, 64)):
            if name in oids:
                self.shown[oids[name]] = Shown(names, bits, kind, files)

    @staticmethod
    def number(shown, reading):
        return sum(reading.counters.get(name, 0) for name in shown.names)

    def is_so(self, shown, value, readings):
        """None where nothing can be said."""
        low, high = (self.number(shown, readings[i]) for i in (0, -1))
        if shown.kind == COUNTER:
            return (value - low) % 2**shown.bits <= (high - low) % 2**shown.bits
        if shown.kind == INTEGER:
            return value in map(kernel.signed, (low, high))
        if shown.kind == GAUGE and shown.names[0] in GAUGES:
            numbers = [self.number(shown, one) for one in readings]
            return min(numbers) - SLACK <= value <= max(numbers) + SLACK
        return None
