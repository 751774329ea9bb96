#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Answers of a kernel by netlink, in files as answers.h has them: answers.py DIRECTORY, with a folder for each fuzzer."""

import pathlib
import socket
import struct
import sys

NLMSG_ERROR, NLMSG_DONE = 2, 3
MULTI, INTERRUPTED = 2, 0x10
KERNEL, STRANGER, ERROR, LONG = range(4)
NOT_SUPPORTED = 95


def message(kind, body=b"", sequence=1, flags=MULTI):
    padding = b"\0" * (-len(body) % 4)
    return struct.pack("=IHHII", 16 + len(body), kind, flags, sequence, 0) + body + padding


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def number(kind, value):
    return attribute(kind, struct.pack("=I", value))


def done(sequence=1, code=0):
    return message(NLMSG_DONE, struct.pack("=i", code), sequence)


def refused(sequence=1, code=NOT_SUPPORTED):
    return message(NLMSG_ERROR, struct.pack("=i", -code), sequence, 0)


def record(octets, kind=KERNEL):
    return struct.pack("<BH", kind, len(octets)) + octets


def ip(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


# --- rtnetlink ------------------------------------------------------------------------------------

NEWLINK, NEWADDR, NEWROUTE, NEWNEIGH, NEWQDISC, GETMULTICAST, NEWNEXTHOP = 16, 20, 24, 28, 36, 58, 104


def link(index, name, sequence=1, status=6):
    stats = struct.pack("=24Q", 100, 200, *range(6), 40, *range(15))
    parts = attribute(3, name.encode() + b"\0") + attribute(1, b"\2\0\0\0\0\1") + attribute(16, bytes([status]))
    return message(NEWLINK, struct.pack("=BxHiII", 0, 1, index, 0x1043, 0) + parts + number(4, 1500) + attribute(23, stats), sequence)


def qdisc(index, length, sequence=2):
    queue = attribute(7, attribute(3, struct.pack("=5I", length, 0, 0, 0, 0)))
    return message(NEWQDISC, struct.pack("=BxxxiIII", 0, index, 0, 0xffffffff, 1) + queue, sequence)


def address(index, text, prefix, flags=0, sequence=1):
    parts = attribute(1, ip(text)) + attribute(2, ip(text)) + attribute(4, ip("10.0.0.255"))
    return message(NEWADDR, struct.pack("=BBBBI", socket.AF_INET, prefix, flags, 0, index) + parts, sequence)


def neighbour(index, text, state, hardware=b"\2\0\0\0\0\2"):
    parts = attribute(1, ip(text)) + (attribute(2, hardware) if hardware else b"")
    return message(NEWNEIGH, struct.pack("=BxxxiHBB", socket.AF_INET, index, state, 0, 1) + parts)


def nexthop(number_of, parts, sequence=1):
    return message(NEWNEXTHOP, struct.pack("=BBBBI", socket.AF_INET, 0, 0, 0, 0) + number(1, number_of) + parts, sequence)


def group(index, text):
    times = struct.pack("=4I", 0, 0, 123, 456)
    return message(GETMULTICAST, struct.pack("=BBBBI", socket.AF_INET6, 128, 0, 0, index) + attribute(7, ip(text)) + attribute(6, times))


def route(text, prefix, parts, kind=1, protocol=4, tos=0, flags=0):
    head = struct.pack("=BBBBBBBBI", socket.AF_INET, prefix, 0, tos, 254, protocol, 0, kind, flags)
    return message(NEWROUTE, head + (attribute(1, ip(text)) if prefix else b"") + parts)


def hop(index, weight, gateway, flags=0):
    parts = attribute(5, ip(gateway))
    return struct.pack("=HBBi", 8 + len(parts), flags, weight, index) + parts


MEMBERS = attribute(2, struct.pack("=IBBHIBBH", 1, 0, 0, 0, 2, 1, 1, 0))
ROUTES = (route("10.0.0.0", 24, number(4, 2) + attribute(7, ip("10.0.0.1")), protocol=2) + route("0.0.0.0", 0, number(4, 2) + attribute(5, ip("10.0.0.9")), protocol=3)
          + route("10.1.0.0", 16, number(4, 3)) + route("10.2.0.0", 16, number(30, 7)) + route("10.2.0.0", 17, number(30, 2) + number(6, 5), tos=8)
          + route("10.3.0.0", 16, attribute(9, hop(2, 0, "10.0.0.7", 1) + hop(3, 4, "10.0.0.8"))) + route("10.4.0.0", 16, b"", kind=7)
          + route("10.5.0.0", 16, number(15, 255)) + route("10.6.0.0", 16, number(15, 254) + attribute(18, b"\12\0" + ip("fe80::1")), protocol=186))
NEXTHOPS = (nexthop(7, MEMBERS, 2) + nexthop(1, number(5, 2) + attribute(6, ip("10.0.0.3")), 2) + nexthop(2, number(5, 3), 2)
            + nexthop(3, attribute(4, b""), 2) + done(2))

RTNETLINK = {
    "addresses": record(address(2, "10.0.0.1", 24) + address(1, "127.0.0.1", 8)) + record(address(3, "10.0.0.1", 25) + done()),
    "link-addresses": record(address(2, "10.0.0.1", 24) + address(2, "10.0.0.2", 24, 1) + address(3, "10.0.0.3", 24) + done()),
    "neighbours": record(neighbour(2, "10.0.0.2", 2) + neighbour(2, "10.0.0.3", 0x20, None) + neighbour(3, "10.0.0.4", 0x80) + neighbour(3, "224.0.0.1", 0x40)
                         + neighbour(3, "10.0.0.5", 4, None) + done()),
    "nexthops": record(nexthop(7, MEMBERS) + nexthop(1, number(5, 2) + attribute(6, ip("10.0.0.3"))) + nexthop(3, attribute(4, b"")) + done()),
    "ip6-devices": record(group(1, "ff02::1") + group(2, "ff01::1") + group(2, "ff02::1") + done()),
    "links": record(link(1, "lo", status=0) + link(2, "eth0")) + record(link(70000, "v0", status=2) + done()) + record(qdisc(2, 9) + qdisc(3, 1) + done(2)),
    "routes": record(ROUTES) + record(done()) + record(NEXTHOPS) + record(address(3, "10.0.0.3", 24, sequence=3) + address(2, "10.0.0.4", 24, sequence=3) + done(3)),
}
AGAIN = {
    "no-queues": (5, record(link(1, "lo") + done()) + record(refused(2))),
    "interrupted": (0, record(message(NEWADDR, bytes(8), flags=MULTI | INTERRUPTED)) + record(address(2, "10.0.0.1", 24, sequence=2) + done(2))),
    "no-table": (6, record(refused(code=2))),
}

LINK_WATCH = {
    "changes": b"\002" + record(link(1, "lo") + link(2, "eth0") + done()) + record(link(2, "eth0", 0, 2)) + record(link(3, "v0", 0) + message(17, link(2, "eth0")[16:], 0))
               + record(link(3, "v0", 0, 2)),
    "lost": b"\252" + record(link(1, "lo") + done()) + record(b"\1", ERROR) + record(link(1, "lo", 0, 2)) + record(b"\2\0", ERROR) + record(link(4, "x") + done()),
}

# --- Sockets ----------------------------------------------------------------------------------------

ESTABLISHED, SYN_RECV, TIME_WAIT, CLOSE, LISTEN = 1, 3, 6, 7, 10
ANY, ANY6 = "0.0.0.0", "::"


def sock(sequence, state, local, port, remote=None, link=0, queues=(0, 0), cookie=1, memory=(100, 1000, 0, 2, 0, 0, 0, 0, 3), group_id=5, more=b""):
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    head = struct.pack("=BBBB", family, state, 0, 0) + struct.pack("!HH", port, 99)
    ends = ip(local).ljust(16, b"\0") + ip(remote or (ANY6 if ":" in local else ANY)).ljust(16, b"\0")
    body = head + ends + struct.pack("=IQ5I", link, cookie, 0, *queues, 0, 77)
    parts = (attribute(7, struct.pack(f"={len(memory)}I", *memory)) if memory else b"") + (attribute(21, struct.pack("=Q", group_id)) if group_id else b"")
    return message(20, body + parts + more, sequence)


BOTH, ONLY6 = attribute(11, b"\0"), attribute(11, b"\1")
TCP4 = (sock(1, LISTEN, ANY, 80, queues=(2, 1), cookie=1) + sock(1, LISTEN, ANY, 80, queues=(1, 9), cookie=2, group_id=4) + sock(1, LISTEN, "127.0.0.1", 81, cookie=3, link=1)
        + sock(1, ESTABLISHED, "10.0.0.1", 80, "10.0.0.2", queues=(5, 6), memory=()) + sock(1, SYN_RECV, "127.0.0.1", 81, "10.0.0.3", link=1, group_id=0)
        + sock(1, TIME_WAIT, "10.0.0.1", 80, "10.0.0.4", group_id=0, memory=()) + done())
TCP6 = (sock(2, LISTEN, ANY6, 80, cookie=4, more=BOTH) + sock(2, LISTEN, ANY6, 82, cookie=5, more=ONLY6) + sock(2, LISTEN, "::ffff:0.0.0.0", 83, cookie=6)
        + sock(2, ESTABLISHED, "::ffff:10.0.0.1", 80, "::ffff:10.0.0.2") + sock(2, ESTABLISHED, "::ffff:10.0.0.1", 83, "::ffff:10.0.0.2", link=2)
        + sock(2, ESTABLISHED, "fe80::1", 82, "fe80::2", link=2) + done(2))
UDP4 = (sock(3, CLOSE, ANY, 53, queues=(100, 5), cookie=7) + sock(3, CLOSE, ANY, 53, cookie=7, memory=(1,))
        + sock(3, ESTABLISHED, "10.0.0.1", 53, "10.0.0.9", link=3, cookie=8) + done(3))
UDP6 = sock(4, CLOSE, ANY6, 53, cookie=9, more=BOTH) + sock(4, CLOSE, "ff02::1", 5353, link=2, cookie=10, group_id=0) + done(4)
SOCKETS = {
    "all": record(TCP4) + record(TCP6) + record(UDP4) + record(UDP6),
    "no-ipv6": record(TCP4) + record(refused(2, 2)) + record(UDP4) + record(refused(4, 2)),
    "missing": record(refused(1, 1)),
    "interrupted": record(message(20, bytes(72), 1, INTERRUPTED)) + record(done(2)) + record(done(3)) + record(done(4)) + record(done(5)),
}

# --- What messages are made of ----------------------------------------------------------------------

PLAIN = record(message(16, b"abcd") + message(17, b"\xee")) + record(message(18, b"xyz") + done())
NETLINK = {
    "whole": b"\0" + record(message(16, b"abcd") + message(17, b"x")) + record(done()) + record(message(16, b"2", 2) + done(2)) + record(done(3, -5)),
    "refused": b"\0" + PLAIN,
    "errors": b"\0" + record(b"\0", ERROR) + record(message(16) + refused()) + record(b"", ERROR) + record(message(16, b"", 2), STRANGER) + record(done(2)),
    "notices": b"\017" + record(message(16, b"a", 0) + message(17, b"b", 3)) + record(message(16, b"", 0, 0), STRANGER) + record(message(3, b"", 0)),
    "interrupted": b"\0" + record(message(16, b"a", 1, INTERRUPTED)) + record(message(4, b"", 2)) + record(b"abc", LONG) + record(done(4)),
    "cut": b"\0" + record(message(16, b"abcdefg")[:20]) + record(done(2) + b"xxx"),
}


def write(folder, name, octets):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(octets)


out = pathlib.Path(sys.argv[1])
for place, (name, octets) in enumerate(RTNETLINK.items()):
    write(out / "rtnetlink", name, bytes([place]) + octets)
for name, (place, octets) in AGAIN.items():
    write(out / "rtnetlink", name, bytes([place]) + octets)
for name, octets in LINK_WATCH.items():
    write(out / "link_watch", name, octets)
for name, octets in SOCKETS.items():
    write(out / "sockets", name, octets)
for name, octets in NETLINK.items():
    write(out / "netlink", name, octets)
