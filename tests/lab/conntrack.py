# SPDX-License-Identifier: BSD-2-Clause
"""Connection tracking and the firewall as programs see them: the table by ctnetlink, packets by NFQUEUE."""

import contextlib
import os
import socket
import struct

import harness

NETLINK_NETFILTER = 12
REQUEST, ACK, EXCLUSIVE, CREATE = 0x1, 0x4, 0x200, 0x400
NEW, DELETE = 0x100, 0x102  # IPCTNL_MSG_CT_...
ORIGINAL, REPLY, TIMEOUT = 1, 2, 7  # CTA_...
ADDRESSES, PROTOCOL = 1, 2  # of CTA_TUPLE_...
PACKET, VERDICT, CONFIG = 0x300, 0x301, 0x302  # NFQNL_MSG_...
COMMAND, PARAMETERS, PACKET_HEADER, VERDICT_HEADER = 1, 2, 1, 2  # NFQA_...
BIND, COPY_HEADERS, ACCEPT = 1, 1, 1
NESTED = 0x8000
UDP_TIMEOUT = "net.netfilter.nf_conntrack_udp_timeout"


def attribute(kind, data):
    size = 4 + len(data)
    return struct.pack("=HH", size, kind) + data + bytes(-size % 4)


class Link:
    """A netlink socket to the netfilter of a side."""

    def __init__(self, side):
        self.host = side.host
        with side.inside():
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.socket.settimeout(harness.DEADLINE)
        self.close = self.socket.close

    def send(self, kind, flags, attributes, family=socket.AF_INET):
        body = struct.pack("=BBH", family, 0, 0) + attributes
        self.socket.send(struct.pack("=IHHII", 16 + len(body), kind, REQUEST | flags, 1, 0) + body)

    def ask(self, kind, flags=0, attributes=b"", family=socket.AF_INET):
        """Has the kernel do something."""
        self.send(kind, ACK | flags, attributes, family)
        error, = struct.unpack_from("=i", self.socket.recv(1 << 16), 16)
        if error:
            raise harness.Skip(f"netfilter of {self.host} does not take message {kind:#x}: {os.strerror(-error)}")


class Queue(Link):
    """The packets that rules with the target NFQUEUE hand to a program; they wait for its verdict."""

    def __init__(self, side):
        super().__init__(side)
        side.undo.callback(self.close)
        self.ask(CONFIG, attributes=attribute(COMMAND, struct.pack("!BBH", BIND, 0, 0)), family=0)
        self.ask(CONFIG, attributes=attribute(PARAMETERS, struct.pack("!IB", 0, COPY_HEADERS)), family=0)

    def wait(self):
        """The number of the next packet."""
        message = self.socket.recv(1 << 16)
        kind, = struct.unpack_from("=H", message, 4)
        size, attribute_kind, number = struct.unpack_from("=HH", message, 20) + struct.unpack_from("!I", message, 24)
        if (kind, attribute_kind) != (PACKET, PACKET_HEADER):
            raise harness.Failure(f"a packet of NFQUEUE begins with {message[:28]}")
        return number

    def accept(self, number):
        self.send(VERDICT, 0, attribute(VERDICT_HEADER, struct.pack("!II", ACCEPT, number)))


def flow(kind, protocol, source, destination):
    """A direction of a connection over IPv4; its ends are an address and a port."""
    addresses = attribute(1, socket.inet_aton(source[0])) + attribute(2, socket.inet_aton(destination[0]))
    ports = b"".join(attribute(2 + i, struct.pack("!H", port)) for i, (_, port) in enumerate((source, destination)))
    tuple_of = attribute(NESTED | ADDRESSES, addresses) + attribute(NESTED | PROTOCOL, attribute(1, bytes([protocol])) + ports)
    return attribute(NESTED | kind, tuple_of)


def put(side, protocol, source, destination, timeout=600):
    """An entry of a connection that no packet has made, as conntrackd puts it there."""
    with contextlib.closing(Link(side)) as link:
        link.ask(NEW, CREATE | EXCLUSIVE, flow(ORIGINAL, protocol, source, destination) +
                 flow(REPLY, protocol, destination, source) + attribute(TIMEOUT, struct.pack("!I", timeout)))


def flush(side):
    with contextlib.closing(Link(side)) as link:
        link.ask(DELETE)


def track(side, rule="INPUT -m conntrack --ctstate INVALID -j DROP"):
    """A rule that needs connection tracking: without one the kernel does none. At the end the table is emptied."""
    side.iptables(rule)
    side.sysctl(UDP_TIMEOUT, 600)
    side.undo.callback(flush, side)
