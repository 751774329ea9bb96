# SPDX-License-Identifier: BSD-2-Clause
"""ICMP: every type in and out, errors, limits."""

import socket

import frames
from expect import at_least, exactly, expect, grows
from experiment import experiment

TYPES = (("EchoReps", 0), ("DestUnreachs", 3), ("SrcQuenchs", 4), ("Redirects", 5), ("TimeExcds", 11), ("ParmProbs", 12),
         ("Timestamps", 13), ("TimestampReps", 14), ("AddrMasks", 17), ("AddrMaskReps", 18))
ERRORS = (3, 4, 5, 11, 12)
ANSWERS = {13: dict(IcmpOutMsgs=1, IcmpOutEchoReps=1, IcmpMsgOutType0=1, IcmpOutTimestampReps=0)}


def message(lab, kind, host):
    """A message of this type; an error quotes a packet that b might have sent."""
    quoted = frames.ipv4(lab.b.address, host.address, frames.UDP, frames.udp(lab.b.address, host.address, 9000, 5000))
    return frames.icmp(kind, payload=quoted if kind in ERRORS else bytes(12))


@experiment("every named type, received", section="ICMP counters", differs="""
    The answer to a timestamp request goes out as type 14 but counts as type 0, OutEchoReps: in newer kernels
    __ip_make_skb() takes the type for a raw socket, as the kernel's own one is, from the flow (fl4_icmp_type), and
    icmp_reply() leaves it 0 there.
    """)
def icmp_received(lab):
    """The ghost sends one message of each type that has a name. Its named counter and its number grow; some types are
    errors about connections that do not exist.
    """
    host = lab.ghost()
    for name, kind in TYPES:
        twins = {f"IcmpIn{name}": 1, f"IcmpMsgInType{kind}": 1}
        answer = ANSWERS.get(kind, dict(IcmpOutMsgs=0))
        yield expect(f"type {kind}", b=grows(IcmpInMsgs=1, IcmpInCsumErrors=0, **twins, **answer))
        host.ip(frames.ICMP, message(lab, kind, host))


@experiment("every named type, sent", section="ICMP counters")
def icmp_sent(lab):
    """A program on b sends one message of each type through a raw socket; the kernel looks into the header and counts."""
    host = lab.ghost()
    tool = lab.b.socket(socket.SOCK_RAW, protocol=socket.IPPROTO_ICMP)
    for name, kind in TYPES:
        yield expect(f"type {kind}", b=grows(IcmpOutMsgs=1, **{f"IcmpOut{name}": 1, f"IcmpMsgOutType{kind}": 1}))
        tool.sendto(message(lab, kind, host), (host.address, 0))


@experiment("ICMP messages that are wrong", section="ICMP counters")
def icmp_errors(lab):
    """A wrong checksum counts as InMsgs, InErrors and InCsumErrors, but as no type. A type that nobody knows counts as that."""
    host = lab.ghost()
    one = dict(IpInReceives=1, IpInDelivers=1, IpExtInOctets=28, IpExtInNoECTPkts=1, IcmpInMsgs=1, IcmpInErrors=1)
    yield expect("a wrong checksum", b=exactly(IcmpInCsumErrors=1, **one))
    host.ip(frames.ICMP, frames.icmp(8, good=False))
    yield expect("type 99", b=exactly(IcmpMsgInType99=1, **one))
    host.ip(frames.ICMP, frames.icmp(99))


@experiment("more errors than b may send")
def icmp_limits(lab):
    """Errors are limited for each receiver (icmp_ratelimit) and for the whole host (icmp_msgs_per_sec). Here the limits are
    low.
    """
    host = lab.ghost()
    lab.b.sysctl("net.ipv4.icmp_ratelimit", 10000)
    yield expect("twenty datagrams to a port that nobody has", b=grows(UdpNoPorts=20, IcmpOutRateLimitHost=at_least(10)))
    for _ in range(20):
        host.udp(9999)
    lab.b.sysctl("net.ipv4.icmp_ratelimit", 0)
    lab.b.sysctl("net.ipv4.icmp_msgs_per_sec", 1)
    lab.b.sysctl("net.ipv4.icmp_msgs_burst", 1)
    yield expect("a hundred more, and one error a second for all", b=grows(UdpNoPorts=100, IcmpOutRateLimitGlobal=at_least(10)))
    for _ in range(100):
        host.udp(9999)


@experiment("echo replies that find no room")
def icmp_out_errors(lab):
    """b's link is slow, and the ghost asks for more echo replies than the kernel's own ICMP socket may have in flight."""
    host = lab.ghost()
    faster = lab.b.slow("64kbit")
    yield expect("many pings of 1400 octets", b=grows(IcmpInEchos=400, IcmpOutErrors=at_least(1)))
    for _ in range(400):
        host.ip(frames.ICMP, frames.icmp(8, payload=bytes(1400)))
    faster()
