# SPDX-License-Identifier: BSD-2-Clause
"""A host made of hand-written frames.

It lives on the wire of one side (near) and talks to the kernel of the other (far). It has addresses of its own, Ethernet's too,
so that the kernel of its own side neither takes what is meant for it nor answers in its place: whatever the far kernel gets
is what an experiment wrote, to the last bit.
"""

import ctypes
import select
import socket
import struct
import time

import frames
import harness
import world
from frames import ACK, FIN, SYN

ETH_P_ALL = 3
SO_ATTACH_FILTER = 26
PATIENCE = 10  # seconds that an answer may take


def only_for(wire, mac):
    """Frames for others do not fill the buffer: a BPF of six instructions looks at the address."""
    load, load_half, equal, give = 0x20, 0x28, 0x15, 0x06
    high, low = struct.unpack("!IH", mac)
    words = ((load, 0, 0, 0), (equal, 0, 3, high), (load_half, 0, 0, 4), (equal, 0, 1, low), (give, 0, 0, 1 << 17), (give, 0, 0, 0))
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *word) for word in words))
    wire.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(words), ctypes.addressof(program)))


class Ghost:
    def __init__(self, near, number=9):
        self.near, self.far = near, near.peer
        self.address, self.address6 = f"{world.NET}.{number}", f"{world.NET6}:{number}"
        self.mac = f"02:00:00:00:01:{number:02d}"
        for address in (self.address, self.address6):
            self.far.ip(f"neigh replace {address} lladdr {self.mac} dev {world.DEVICE} nud permanent",
                        undo=f"neigh del {address} dev {world.DEVICE}")
        self.wire = near.socket(socket.SOCK_RAW, socket.AF_PACKET, socket.htons(ETH_P_ALL))
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        only_for(self.wire, frames.mac(self.mac))
        self.wire.bind((world.DEVICE, ETH_P_ALL))

    def send(self, packet, mac=None, kind=None):
        """Puts a packet on the wire, for the far kernel unless mac is another's."""
        self.wire.send(frames.ether(self.mac, mac or self.far.mac, packet, kind))

    def ip(self, protocol, payload=b"", source=None, destination=None, mac=None, family=4, **header):
        """Sends an IP packet with this header; from us to the far kernel unless told otherwise."""
        ours, theirs = (self.address, self.far.address) if family == 4 else (self.address6, self.far.address6)
        self.send(frames.ip(source or ours, destination or theirs, protocol, payload, **header), mac)

    def udp(self, port, payload=b"", source_port=5000, family=4, mac=None, destination=None, **more):
        """Sends a datagram."""
        ours, theirs = (self.address, self.far.address) if family == 4 else (self.address6, self.far.address6)
        protocol = more.get("protocol", frames.UDP)
        self.ip(protocol, frames.udp(ours, destination or theirs, source_port, port, payload, **more), family=family, mac=mac,
                destination=destination)

    def icmp6(self, kind, code=0, rest=bytes(4), payload=b"", source=None, destination=None, mac=None, hops=255, good=True):
        source, destination = source or self.address6, destination or self.far.address6
        self.ip(frames.ICMP6, frames.icmp6(source, destination, kind, code, rest, payload, good), source, destination, mac,
                family=6, hops=hops)

    def unreachable(self, packet, code=1, kind=3, rest=bytes(4)):
        """An ICMP error about a packet that we got; host unreachable, unless told otherwise."""
        quoted = frames.ipv4(packet.source, packet.destination, packet.protocol, packet.payload)[:28]
        self.ip(frames.ICMP, frames.icmp(kind, code, rest, quoted))

    def receive(self, wanted, seconds=PATIENCE):
        """The next packet for us that is wanted; what comes before it is lost."""
        deadline = time.monotonic() + seconds
        while True:
            packet = self.next(deadline - time.monotonic())
            if packet is None:
                raise harness.Failure("the packet that the ghost waits for does not come")
            if wanted(packet):
                return packet

    def next(self, seconds):
        """The next packet for us, or None."""
        deadline = time.monotonic() + seconds
        while select.select([self.wire], [], [], max(0, deadline - time.monotonic()))[0]:
            frame = self.wire.recv(1 << 17)
            if frame[:6] == frames.mac(self.mac):
                return frames.Packet.read(frame)
        return None


class Peer:
    """The ghost's end of one TCP connection. Nothing goes out unless asked for."""

    def __init__(self, ghost, port=0, far_port=9000, *, family=4, stamps=False, sack=False, scale=None, mss=1460, window=65535):
        self.ghost, self.port, self.far_port, self.family = ghost, port, far_port, family
        self.ours, self.theirs = ((ghost.address, ghost.far.address) if family == 4 else (ghost.address6, ghost.far.address6))
        self.seq, self.ack, self.first = 1_000_000, 0, 0
        self.clock, self.echo = (1_000_000 if stamps else None), 0
        self.window, self.header = window, {}
        self.offer = frames.mss(mss) + (frames.sack_permitted() if sack else b"")
        if scale is not None:
            self.offer += frames.window_scale(scale)

    def send(self, flags=ACK, payload=b"", *, seq=None, ack=None, options=b"", clock=None, window=None, **more):
        """Sends a segment. Unless seq says otherwise it is the next one, and takes its place in the sequence."""
        stamp = self.clock if clock is None else clock
        if stamp is not None:
            options = frames.timestamps(stamp, self.echo) + options
        if seq is None:
            seq = self.seq
            self.seq += len(payload) + bool(flags & SYN) + bool(flags & FIN)
        acknowledged = (self.ack if ack is None else ack) if flags & ACK else 0
        segment = frames.tcp(self.ours, self.theirs, self.port, self.far_port, flags, seq, acknowledged,
                             self.window if window is None else window, options, payload, **more)
        self.ghost.ip(frames.TCP, segment, family=self.family, **self.header)

    def receive(self, wanted=lambda segment: True, seconds=PATIENCE):
        """The next segment of this connection that is wanted. What it carries counts as received."""
        def ours(packet):
            segment = frames.Segment.read(packet)
            if segment is None or (segment.port, segment.source_port) != (self.port, self.far_port):
                return False
            self.note(segment)
            return wanted(segment)
        return frames.Segment.read(self.ghost.receive(ours, seconds))

    def note(self, segment):
        """Keeps the farthest sequence number and the last timestamp."""
        if not self.ack or (segment.end - self.ack) % 2**32 < 2**31:
            self.ack = segment.end
        self.echo = segment.stamp or self.echo

    def knock(self, options=b"", payload=b"", flags=SYN):
        """Sends the SYN."""
        self.first = self.seq
        self.send(flags, payload, options=self.offer + options)
        self.seq = self.first + 1

    def connect(self, options=b"", flags=SYN):
        """A whole handshake, begun by the ghost."""
        self.knock(options, flags=flags)
        answer = self.receive(lambda segment: segment.flags & SYN)
        self.send()
        return answer

    def accept(self, options=b"", flags=SYN | ACK):
        """A whole handshake, begun by the far kernel, at this port."""
        def opens(packet):
            segment = frames.Segment.read(packet)
            return segment and segment.port == self.port and segment.flags & SYN
        first = frames.Segment.read(self.ghost.receive(opens))
        self.far_port = first.source_port
        self.note(first)
        self.ack = (first.seq + 1) % 2**32
        self.first = self.seq
        self.send(flags, options=self.offer + options)
        self.receive(lambda segment: segment.flags & ACK)
        return first
