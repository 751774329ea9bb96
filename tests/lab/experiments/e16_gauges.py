# SPDX-License-Identifier: BSD-2-Clause
"""What goes up and down: sockets, memory, settings."""

import socket

import frames
from expect import at_least, exactly, expect, grows
from experiment import experiment
from frames import MORE

KINDS = ((socket.SOCK_DGRAM, 0, "Udp"), (socket.SOCK_DGRAM, frames.UDPLITE, "Udplite"), (socket.SOCK_RAW, 99, "Raw"))


@experiment("sockets in use")
def sockets(lab):
    """A program on b opens a socket of each kind, over IPv4 and IPv6, and closes them again."""
    lab.a.let_peer_rest()
    opened = []
    for family, suffix in ((socket.AF_INET, ""), (socket.AF_INET6, "6")):
        for kind, protocol, name in KINDS:
            yield expect(f"a socket: {name}{suffix}", b=grows(SockstatSocketsUsed=1, **{f"Sockstat{name}{suffix}Inuse": 1}))
            opened.append(lab.b.socket(kind, family, protocol))
            opened[-1].bind(("", 0))
        yield expect(f"a listener: Tcp{suffix}", b=grows(**{f"SockstatTcp{suffix}Inuse": 1}))
        opened.append(lab.b.listen(9000 + len(opened), family=family))
    yield expect("all are closed", b=grows(SockstatSocketsUsed=-len(opened), SockstatTcpInuse=-1, SockstatTcp6Inuse=-1))
    for each in opened:
        each.close()


@experiment("datagrams that nobody reads")
def udp_memory(lab):
    """Twenty sockets of b have their receive buffers full; the pages are those of all namespaces together."""
    host = lab.ghost()
    servers = [lab.b.socket(socket.SOCK_DGRAM) for _ in range(20)]
    for number, server in enumerate(servers):
        server.bind(("", 9000 + number))
    yield expect("200 datagrams each", b=grows(SockstatUdpMem=at_least(200), UdpRcvbufErrors=at_least(1)))
    for number in range(len(servers)):
        for _ in range(200):
            host.udp(9000 + number, bytes(1000))


@experiment("fragments that wait for the rest")
def fragment_memory(lab):
    """A piece of a datagram, of IPv4 and of IPv6, and then the other piece."""
    host = lab.ghost()
    lab.b.sysctl("net.ipv4.ipfrag_time", 300)
    lab.b.sysctl("net.ipv6.ip6frag_time", 300)
    yield expect("a first piece", b=grows(SockstatFragInuse=1, SockstatFragMemory=at_least(100), IpReasmReqds=1))
    host.ip(frames.UDP, bytes(16), ident=7, fragment=MORE)
    yield expect("and of IPv6", b=grows(SockstatFrag6Inuse=1, SockstatFrag6Memory=at_least(100), Ip6ReasmReqds=1))
    host.ip(frames.FRAGMENT, frames.fragment6(frames.UDP, 0, 1, 7, bytes(16)), family=6)
    yield expect("the rest of both", b=grows(SockstatFragInuse=-1, SockstatFrag6Inuse=-1, IpReasmOKs=1, Ip6ReasmOKs=1))
    host.ip(frames.UDP, bytes(16), ident=7, fragment=2)
    host.ip(frames.FRAGMENT, frames.fragment6(frames.UDP, 2, 0, 7, bytes(16)), family=6)


@experiment("a setting that is no counter")
def default_ttl(lab):
    """The TTL of packets that b sends: a number that a manager may read with the counters."""
    before = int(lab.b.read_file("/proc/sys/net/ipv4/ip_default_ttl"))
    yield expect("one hop more", b=exactly(IpDefaultTTL=1))
    lab.b.sysctl("net.ipv4.ip_default_ttl", before + 1)
