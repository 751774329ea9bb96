# SPDX-License-Identifier: BSD-2-Clause
"""Data on its way from b to a ghost, in numbered segments of equal size."""

import contextlib
import select
import socket
import time

import world
from frames import ACK, CWR, ECE, SYN, sack

SIZE = 1000  # octets of a segment


class Flow:
    """A connection on which b sends and the ghost acknowledges.

    patient: b's retransmission timer does not strike. probes: b may send tail loss probes. ecn: the ghost understands
    congestion marks. initcwnd: how much b may send at once.
    """

    def __init__(self, lab, patient=True, probes=False, ecn=False, initcwnd=10, **options):
        options.setdefault("sack", True)
        overhead = 12 if options.get("stamps") else 0
        lab.b.sysctl("net.ipv4.tcp_early_retrans", 3 if probes else 0)
        lab.b.ip(f"route replace {world.NET}.9/32 dev {world.DEVICE} initcwnd {initcwnd}" + " rto_min 20s" * patient,
                 undo=f"route del {world.NET}.9/32 dev {world.DEVICE}")
        self.ghost, self.sender = lab.ghost_pair(mss=SIZE + overhead, flags=SYN | (ECE | CWR if ecn else 0), **options)
        self.sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.first = self.ghost.ack
        self.sent = 0

    def edge(self, number):
        """The sequence number where this segment begins."""
        return (self.first + int(number * SIZE)) % 2**32

    def send(self, count, wait=True):
        """b writes so many segments, and the ghost sees them."""
        self.sender.sendall(bytes(count * SIZE))
        self.sent += count
        if wait:
            self.ghost.receive(lambda segment: segment.end == self.edge(self.sent))

    def burst(self):
        """How many segments come in a row."""
        count = 0
        while self.ghost.ghost.next(0.005 if count else 1):
            count += 1
        return count

    def later(self):
        """Lets the clock of b's timestamps, of a millisecond, go on."""
        time.sleep(0.005)

    def ack(self, number, *blocks, flags=ACK, **more):
        """The ghost has all before this segment, and the blocks, each from one segment to before another."""
        options = sack(*((self.edge(left), self.edge(right)) for left, right in blocks)) if blocks else b""
        self.ghost.send(flags, ack=self.edge(number), options=options, **more)

    def receive(self, number):
        """The ghost sees this segment, be it for the first time or again."""
        return self.ghost.receive(lambda segment: segment.payload and segment.seq == self.edge(number))


def transfer(sender, receiver, octets):
    """Moves so much from one end to the other."""
    sender.setblocking(False)
    left = octets
    while octets > 0:
        select.select([receiver], [sender] if left else [], [], 10)
        with contextlib.suppress(BlockingIOError):
            left -= sender.send(bytes(min(left, 1 << 16)))
        with contextlib.suppress(BlockingIOError):
            octets -= len(receiver.recv(1 << 20))
