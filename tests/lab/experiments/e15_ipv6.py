# SPDX-License-Identifier: BSD-2-Clause
"""IPv6 and ICMPv6."""

import contextlib
import socket

import frames
import ghost
import world
from expect import at_least, exactly, expect, grows
from experiment import experiment
from frames import ACK

ELSEWHERE = "2001:db8::8"  # an address of documentation; no route leads to it
GROUP, GROUP_MAC = "ff02::1", "33:33:00:00:00:01"
ONE = dict(Ip6InReceives=1, Ip6InNoECTPkts=1)

TYPES = (("DestUnreachs", 1), ("PktTooBigs", 2), ("TimeExcds", 3), ("ParmProblems", 4), ("Echos", 128), ("EchoReplies", 129),
         ("GroupMembQueries", 130), ("GroupMembResponses", 131), ("GroupMembReductions", 132), ("RouterSolicits", 133),
         ("RouterAdvertisements", 134), ("NeighborSolicits", 135), ("NeighborAdvertisements", 136), ("Redirects", 137),
         ("MLDv2Reports", 143))
ERRORS = (1, 2, 3, 4)


@experiment("a ping over IPv6")
def ping6(lab):
    """The ghost sends an echo request of 8 + 56 octets and b answers: 40 + 64 octets each way."""
    host = lab.ghost()
    yield expect("ping -c 1 -6 nstat-b",
                 b=exactly(Ip6InDelivers=1, Ip6OutRequests=1, Ip6OutTransmits=1, Ip6InOctets=104, Ip6OutOctets=104,
                           Icmp6InMsgs=1, Icmp6InEchos=1, Icmp6InType128=1, Icmp6OutMsgs=1, Icmp6OutEchoReplies=1,
                           Icmp6OutType129=1, **ONE))
    host.icmp6(128, payload=bytes(56))
    host.receive(lambda packet: packet.protocol == frames.ICMP6)


def body_of(lab, host, kind):
    """What a message of this type carries: an error quotes a packet of b, the others speak of nobody."""
    if kind in ERRORS:
        datagram = frames.udp(lab.b.address6, host.address6, 9000, 5000)
        return frames.ipv6(lab.b.address6, host.address6, frames.UDP, datagram)
    return frames.address(f"{world.NET6}:77")


@experiment("every named type of ICMPv6, received")
def icmp6_received(lab):
    """The ghost sends one message of each type that has a name; the named counter and its number grow."""
    host = lab.ghost()
    for name, kind in TYPES:
        yield expect(f"type {kind}", b=grows(Icmp6InMsgs=1, **{f"Icmp6In{name}": 1, f"Icmp6InType{kind}": 1}))
        host.icmp6(kind, payload=body_of(lab, host, kind))


@experiment("every named type of ICMPv6, sent")
def icmp6_sent(lab):
    """A program on b sends one message of each type through a raw socket."""
    host = lab.ghost()
    tool = lab.b.socket(socket.SOCK_RAW, socket.AF_INET6, socket.IPPROTO_ICMPV6)
    for name, kind in TYPES:
        yield expect(f"type {kind}", b=grows(Icmp6OutMsgs=1, **{f"Icmp6Out{name}": 1, f"Icmp6OutType{kind}": 1}))
        tool.sendto(bytes([kind, 0, 0, 0]) + bytes(4) + body_of(lab, host, kind), (host.address6, 0))


@experiment("ICMPv6 messages that are wrong, and more than b may send")
def icmp6_errors(lab):
    """A wrong checksum and a type that nobody knows; then many errors, of which b may send few; then more echo replies than the
    kernel's own socket may have in flight on a slow link.
    """
    host = lab.ghost()
    yield expect("a wrong checksum", b=grows(Icmp6InMsgs=1, Icmp6InErrors=1, Icmp6InCsumErrors=1))
    host.icmp6(128, good=False)
    yield expect("an error too short to quote anything", b=grows(Icmp6InErrors=1, Icmp6InCsumErrors=0))
    host.icmp6(1)
    lab.b.sysctl("net.ipv6.icmp.ratelimit", 10000)
    yield expect("twenty datagrams to a port that nobody has", b=grows(Udp6NoPorts=20, Icmp6OutRateLimitHost=at_least(10)))
    for _ in range(20):
        host.udp(9999, family=6)
    lab.b.sysctl("net.ipv6.icmp.ratelimit", 0)
    faster = lab.b.slow("64kbit")
    yield expect("many pings of 1400 octets", b=grows(Icmp6InEchos=400, Icmp6OutErrors=at_least(1)))
    for _ in range(400):
        host.icmp6(128, payload=bytes(1400))
    faster()


@experiment("IPv6 headers that are wrong")
def header6_errors(lab):
    """A wrong version, a length beyond the frame, a protocol that nobody knows (b answers with a parameter problem)."""
    host = lab.ghost()
    ours, theirs = host.address6, lab.b.address6
    yield expect("version 5", b=grows(Ip6InReceives=1, Ip6InHdrErrors=1, Ip6InDelivers=0))
    host.send(frames.ipv6(ours, theirs, frames.UDP, version=5), kind=frames.IPV6)
    yield expect("a length beyond the frame", b=exactly(Ip6InTruncatedPkts=1, Ip6InOctets=48, **ONE))
    host.ip(frames.UDP, bytes(8), family=6, length=100)
    yield expect("protocol 253", b=grows(Ip6InUnknownProtos=1, Icmp6OutParmProblems=1, Icmp6OutType4=1))
    host.ip(253, bytes(8), family=6)


@experiment("IPv6 packets that find no way")
def routes6(lab):
    """To an address that b could forward to but does not, to one without a route, and from b itself to such a one. A
    firewall on the way out discards; so does a device where IPv6 is switched off, on the way in.
    """
    host, other = lab.ghost(), lab.ghost(number=10)
    yield expect("a packet for the other ghost while b does not forward", b=grows(Ip6InAddrErrors=1, Ip6OutForwDatagrams=0))
    host.ip(frames.UDP, bytes(8), family=6, destination=other.address6)
    yield expect("a packet without a route", b=grows(Ip6InNoRoutes=1, Icmp6OutDestUnreachs=1))
    host.ip(frames.UDP, bytes(8), family=6, destination=ELSEWHERE)
    tool = lab.b.socket(socket.SOCK_DGRAM, socket.AF_INET6)
    yield expect("b sends to where no route leads", b=exactly(Ip6OutNoRoutes=1))
    tool.connect_ex((ELSEWHERE, 53))
    lab.b.iptables("OUTPUT -p udp -j DROP", tool="ip6tables")
    yield expect("b sends into a firewall", b=grows(Ip6OutDiscards=1, Ip6OutTransmits=0))
    with contextlib.suppress(PermissionError):
        tool.sendto(b"x", (host.address6, 9000))
    lab.b.ip("link add eth1 type veth peer name eth2", undo="link del eth1")
    lab.b.sysctl("net.ipv6.conf.eth1.disable_ipv6", 1)
    lab.b.ip("link set eth1 up")
    lab.b.ip("link set eth2 up")
    wire = lab.b.socket(socket.SOCK_RAW, socket.AF_PACKET)
    wire.bind(("eth2", 0))
    yield expect("a packet for a device without IPv6", b=grows(Ip6InDiscards=at_least(1)))
    packet = frames.ipv6(host.address6, lab.b.address6, frames.UDP, bytes(8))
    wire.send(frames.ether(host.mac, frames.BROADCAST_MAC, packet))


@experiment("IPv6 packets that b forwards, and why not")
def forwarding6(lab):
    """b is a router between two ghosts on one wire: one packet goes through, and a redirect comes back; one dies of its hop
    limit; one is too big for the way out, and in IPv6 no router cuts it.
    """
    lab.b.sysctl("net.ipv6.conf.all.forwarding", 1)
    host, other = lab.ghost(), lab.ghost(number=10)
    to = dict(family=6, destination=other.address6)
    yield expect("a packet for the other ghost", b=grows(Ip6OutForwDatagrams=1, Ip6InDelivers=0))
    host.ip(frames.UDP, bytes(8), **to)
    yield expect("a hop limit of 1", b=grows(Ip6InHdrErrors=1, Icmp6OutTimeExcds=1, Icmp6OutType3=1, Ip6OutForwDatagrams=0))
    host.ip(frames.UDP, bytes(8), hops=1, **to)
    lab.b.ip(f"-6 route add {other.address6}/128 dev eth0 mtu lock 1280", undo=f"-6 route del {other.address6}/128 dev eth0")
    yield expect("1400 octets for a way of 1280", b=grows(Ip6InTooBigErrors=1, Ip6FragFails=1, Icmp6OutPktTooBigs=1))
    host.ip(frames.UDP, bytes(1400), **to)


@experiment("fragments of IPv6, sent and put together")
def fragments6(lab):
    """As in IPv4, but b cuts only what it sends itself."""
    host = lab.ghost()
    server = lab.b.socket(socket.SOCK_DGRAM, socket.AF_INET6)
    server.bind(("", 9000))
    whole = frames.udp(host.address6, lab.b.address6, 5000, 9000, bytes(24))
    yield expect("a datagram of 4000 octets", b=grows(Ip6FragOKs=1, Ip6FragCreates=3, Ip6OutRequests=1, Ip6OutTransmits=3,
                                                      Udp6OutDatagrams=1))
    server.sendto(bytes(4000), (host.address6, 5000))
    yield expect("a datagram in two pieces", b=grows(Ip6ReasmReqds=2, Ip6ReasmOKs=1, Ip6ReasmFails=0, Udp6InDatagrams=1))
    for offset, more, piece in ((0, 1, whole[:16]), (2, 0, whole[16:])):
        host.ip(frames.FRAGMENT, frames.fragment6(frames.UDP, offset, more, 1, piece), family=6)
    server.recv(100)
    lab.b.sysctl("net.ipv6.ip6frag_time", 1)
    yield expect("a piece without the other", b=grows(Ip6ReasmReqds=1, Ip6ReasmFails=1, Ip6ReasmTimeout=1, Icmp6OutTimeExcds=1))
    with lab.b.until("Ip6ReasmTimeout"):
        host.ip(frames.FRAGMENT, frames.fragment6(frames.UDP, 0, 1, 2, whole[:16]), family=6)


@experiment("congestion marks and groups of IPv6")
def ecn_codes6(lab):
    """A packet for each of the four code points of ECN; then multicasts, received and sent."""
    host = lab.ghost()
    server = lab.b.socket(socket.SOCK_DGRAM, socket.AF_INET6)
    server.bind(("", 9000))
    names = {frames.NOT_ECT: "NoECT", frames.ECT1: "ECT1", frames.ECT0: "ECT0", frames.CE: "CE"}
    for code, name in names.items():
        yield expect(name, b=grows(Ip6InReceives=1, Ip6InDelivers=1, **{f"Ip6In{name}Pkts": 1}))
        host.ip(frames.UDP, frames.udp(host.address6, lab.b.address6, 5000, 9000, b"x"), family=6, traffic=code)
    yield expect("a multicast", b=grows(Ip6InMcastPkts=1, Ip6InMcastOctets=49))
    host.udp(9000, b"x", family=6, destination=GROUP, mac=GROUP_MAC)
    yield expect("one that nobody wants", b=grows(Udp6IgnoredMulti=1, Ip6InMcastPkts=1))
    host.udp(9999, b"x", family=6, destination=GROUP, mac=GROUP_MAC)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    index = lab.b.device_index()
    yield expect("b sends a multicast", b=grows(Ip6OutMcastPkts=1, Ip6OutMcastOctets=49, Udp6OutDatagrams=1))
    server.sendto(b"x", (GROUP, 9999, 0, index))


@experiment("duplicates that come by another way", section="DSACK")
def duplicate_rehash(lab):
    """Data comes twice over IPv6, the second time with another flow label: the sender has had a timeout and changed its way,
    so perhaps our ACKs get lost. b changes its way, too.
    """
    server = lab.b.listen(family=socket.AF_INET6)
    client = ghost.Peer(lab.ghost(), 40000, family=6, sack=True)
    client.connect()
    lab.b.accept(server)
    client.send(ACK, b"x")
    client.receive()
    yield expect("the same octet with another flow label", b=grows(TcpExtTcpDuplicateDataRehash=1, TcpExtTCPDSACKOldSent=1))
    client.header = dict(label=12345)
    client.send(ACK, b"x", seq=client.seq - 1)
