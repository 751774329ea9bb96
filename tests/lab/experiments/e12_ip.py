# SPDX-License-Identifier: BSD-2-Clause
"""IPv4 itself: headers, fragments, forwarding, marks, groups."""

import socket
import struct

import frames
import world
from expect import at_least, exactly, expect, grows
from experiment import experiment
from frames import DONT, MORE

ONE = dict(IpInReceives=1, IpExtInNoECTPkts=1)
SOL_PACKET, PACKET_VNET_HDR = 263, 15
BROADCAST, GROUP = f"{world.NET}.255", "224.1.2.3"
GROUP_MAC = "01:00:5e:01:02:03"


def listener(lab, port=9000):
    server = lab.b.socket(socket.SOCK_DGRAM)
    server.bind(("", port))
    return server


def datagram(host, payload=b"x", port=9000, destination=None):
    return frames.udp(host.address, destination or host.far.address, 5000, port, payload)


@experiment("headers that are wrong", section="General IPv4 counters")
def header_errors(lab):
    """A wrong version, a wrong checksum (which has a counter of its own besides), a length beyond the frame, a protocol that
    nobody knows (which b answers with an ICMP error), a bad option.
    """
    host = lab.ghost()
    yield expect("version 5", b=exactly(IpInReceives=1, IpInHdrErrors=1, IpExtInOctets=20))
    host.send(frames.ipv4(host.address, lab.b.address, frames.UDP, version=5), kind=frames.IPV4)
    yield expect("a wrong checksum", b=exactly(IpInHdrErrors=1, IpExtInCsumErrors=1, IpExtInOctets=28, **ONE))
    host.ip(frames.UDP, bytes(8), good=False)
    yield expect("a length beyond the frame", b=exactly(IpExtInTruncatedPkts=1, IpExtInOctets=28, **ONE))
    host.ip(frames.UDP, bytes(8), length=100)
    yield expect("protocol 253", b=exactly(IpInUnknownProtos=1, IpInDelivers=0, IcmpOutMsgs=1, IcmpOutDestUnreachs=1,
                                           IcmpMsgOutType3=1, IpOutRequests=1, IpOutTransmits=1, IpExtInOctets=28,
                                           IpExtOutOctets=56, **ONE))
    host.ip(253, bytes(8))
    yield expect("a bad option", b=grows(IpInHdrErrors=1, IcmpOutParmProbs=1, IcmpMsgOutType12=1))
    host.ip(frames.UDP, bytes(8), options=b"\x07\x03\x01\x00")


@experiment("packets dropped within the host", section="General IPv4 counters")
def discards(lab):
    """On the way in: a packet whose checksum the hardware was to fill in, at a place beyond its end, cannot be trimmed to its
    length. On the way out: a firewall eats what a program sends.
    """
    host = lab.ghost()
    host.wire.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    yield expect("a packet that cannot be trimmed", b=exactly(IpInDiscards=1, IpExtInOctets=108, **ONE))
    packet = frames.ether(host.mac, lab.b.mac, frames.ipv4(host.address, lab.b.address, frames.UDP, bytes(8)) + bytes(80))
    host.wire.send(struct.pack("=BBHHHH", 1, 0, 0, 0, 14 + 60, 6) + packet)
    tool = lab.b.socket(socket.SOCK_DGRAM)
    lab.b.iptables("OUTPUT -p udp --dport 9000 -j DROP")
    yield expect("a datagram into a firewall", b=exactly(IpOutRequests=1, IpOutDiscards=1, UdpOutDatagrams=0))
    try:
        tool.sendto(b"x", (host.address, 9000))
    except PermissionError:
        pass


@experiment("fragments, sent and put together")
def fragments(lab):
    """b sends a datagram of 4000 octets through a link of 1500: one packet cut (FragOKs), three fragments (FragCreates).
    The ghost sends one in two pieces; then pieces that overlap, and one of which the other never comes.
    """
    host = lab.ghost()
    server = listener(lab)
    whole = datagram(host, bytes(24))
    yield expect("a datagram of 4000 octets", b=exactly(IpFragOKs=1, IpFragCreates=3, IpOutRequests=1, IpOutTransmits=3,
                                                        UdpOutDatagrams=1, IpExtOutOctets=4000 + 8 + 3 * 20))
    server.sendto(bytes(4000), (host.address, 5000))
    yield expect("a datagram in two pieces", b=grows(IpReasmReqds=2, IpReasmOKs=1, IpReasmFails=0, UdpInDatagrams=1,
                                                     IpInReceives=2, IpInDelivers=1))
    host.ip(frames.UDP, whole[:16], ident=1, fragment=MORE)
    host.ip(frames.UDP, whole[16:], ident=1, fragment=2)
    server.recv(100)
    yield expect("pieces that overlap", b=grows(IpReasmReqds=2, IpReasmFails=1, IpExtReasmOverlaps=1, IpReasmOKs=0))
    host.ip(frames.UDP, whole[:16], ident=2, fragment=MORE)
    host.ip(frames.UDP, whole[8:24], ident=2, fragment=MORE | 1)
    lab.b.sysctl("net.ipv4.ipfrag_time", 1)
    yield expect("a piece without the other", b=grows(IpReasmReqds=1, IpReasmFails=1, IpReasmTimeout=1, IcmpOutTimeExcds=1))
    with lab.b.until("IpReasmTimeout"):
        host.ip(frames.UDP, whole[:16], ident=3, fragment=MORE)


@experiment("packets that b forwards, and why not")
def forwarding(lab):
    """b is a router between two ghosts on one wire. A packet forwarded counts as ForwDatagrams and OutTransmits, but not as
    OutRequests; since it leaves where it came from, b sends a redirect. One with a TTL of 1 dies here, one that must not
    be cut is too large for the way out: it counts as forwarded all the same.
    """
    yield expect("b becomes a router (1 in place of 2)", b=exactly(IpForwarding=-1))
    lab.b.sysctl("net.ipv4.conf.all.forwarding", 1)
    host, other = lab.ghost(), lab.ghost(number=10)
    to = dict(destination=other.address)
    octets = dict(IpExtInOctets=28, **ONE)
    yield expect("a packet for the other ghost",
                 b=exactly(IpForwDatagrams=1, IpOutTransmits=2, IpOutRequests=1, IcmpOutMsgs=1, IcmpOutRedirects=1,
                           IcmpMsgOutType5=1, IpExtOutOctets=28 + 56, **octets))
    host.ip(frames.UDP, bytes(8), **to)
    for device in ("all", "eth0"):
        lab.b.sysctl(f"net.ipv4.conf.{device}.send_redirects", 0)
    yield expect("a TTL of 1", b=exactly(IpInHdrErrors=1, IcmpOutMsgs=1, IcmpOutTimeExcds=1, IcmpMsgOutType11=1,
                                         IpOutRequests=1, IpOutTransmits=1, IpExtOutOctets=56, **octets))
    host.ip(frames.UDP, bytes(8), ttl=1, **to)
    lab.b.ip(f"route add {other.address}/32 dev eth0 mtu 600", undo=f"route del {other.address}/32 dev eth0")
    yield expect("1000 octets, not to be cut, for a way of 600",
                 b=grows(IpFragFails=1, IcmpOutDestUnreachs=1, IpForwDatagrams=1, IpOutTransmits=1, IpFragOKs=0))
    host.ip(frames.UDP, bytes(1000), fragment=DONT, **to)


@experiment("congestion marks", section="General IPv4 counters")
def ecn_codes(lab):
    """A packet for each of the four code points of ECN."""
    host = lab.ghost()
    listener(lab)
    names = {frames.NOT_ECT: "NoECT", frames.ECT1: "ECT1", frames.ECT0: "ECT0", frames.CE: "CE"}
    for code, name in names.items():
        yield expect(name, b=exactly(IpInReceives=1, IpInDelivers=1, IpExtInOctets=29, **{f"IpExtIn{name}Pkts": 1}))
        host.ip(frames.UDP, datagram(host), tos=code)


@experiment("broadcasts and multicasts")
def groups(lab):
    """b sends one of each; the ghost does, too, to a group that b has joined and to a port that nobody has (IgnoredMulti)."""
    host = lab.ghost()
    server = listener(lab)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    server.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    both = socket.inet_aton(GROUP) + socket.inet_aton(lab.b.address)
    server.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(lab.b.address))
    sent = dict(UdpOutDatagrams=1, IpOutRequests=1)
    yield expect("b sends a broadcast", b=grows(IpExtOutBcastPkts=1, IpExtOutBcastOctets=29, **sent))
    server.sendto(b"x", (BROADCAST, 9999))
    yield expect("b sends a multicast", b=grows(IpExtOutMcastPkts=1, IpExtOutMcastOctets=29, **sent))
    server.sendto(b"x", (GROUP, 9999))
    yield expect("b joins the group", b=grows(IpExtOutMcastPkts=at_least(1)))
    with lab.b.until("IpExtOutMcastPkts"):
        server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, both)
    yield expect("a broadcast", b=grows(IpExtInBcastPkts=1, IpExtInBcastOctets=29, UdpInDatagrams=1))
    host.udp(9000, b"x", destination=BROADCAST, mac=frames.BROADCAST_MAC)
    server.recv(10)
    yield expect("a multicast", b=grows(IpExtInMcastPkts=1, IpExtInMcastOctets=29, UdpInDatagrams=1))
    host.udp(9000, b"x", destination=GROUP, mac=GROUP_MAC)
    server.recv(10)
    yield expect("one that nobody wants", b=grows(UdpIgnoredMulti=1, UdpNoPorts=0))
    host.udp(9999, b"x", destination=BROADCAST, mac=frames.BROADCAST_MAC)
