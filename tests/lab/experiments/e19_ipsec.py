# SPDX-License-Identifier: BSD-2-Clause
"""IPsec: what policies do to packets, and what ESP does, which a kernel may lack."""

import contextlib
import socket
import struct

import frames
import world
from expect import exactly, expect, grows
from experiment import experiment

IPIP, ESP = 4, 50
MOST = 6  # templates of a policy
PLAIN = ("enc", "ecb(cipher_null)", "", "auth", "digest_null", "")  # no secret, so that a ghost can speak it
CHECKED = (*PLAIN[:3], "auth", "hmac(sha1)", "0x0123456789abcdef0123456789abcdef01234567")
RECEIVED = dict(IpInReceives=1, IpInDelivers=1, UdpInErrors=1, IpExtInOctets=29, IpExtInNoECTPkts=1)


class Ends:
    """b and a ghost: a datagram each way, and what the policies of b say to it."""

    def __init__(self, lab):
        self.side, self.host = lab.b, lab.ghost()
        self.socket = lab.b.socket(socket.SOCK_DGRAM)
        self.socket.bind(("", 9000))
        lab.b.undo.callback(lab.b.run, "ip", "xfrm", "state", "flush", quiet=True, may_fail=True)

    def policy(self, action="allow", templates=0, level="required"):
        """The same one for both ways, in place of the last; each template asks for ESP."""
        self.side.ip("xfrm policy flush", undo="xfrm policy flush")
        ours, theirs = self.side.address, self.host.address
        for way, source, destination in (("in", theirs, ours), ("out", ours, theirs)):
            template = f" tmpl src {source} dst {destination} proto esp mode transport level {level}"
            self.side.ip(f"xfrm policy add dir {way} src {source} dst {destination} action {action}" + templates * template)

    def receive(self):
        self.host.udp(9000, b"x")

    def send(self):
        with contextlib.suppress(OSError):
            self.socket.sendto(b"x", (self.host.address, 9000))


@experiment("policies that let nothing through")
def ipsec_policies(lab):
    """b has policies for datagrams from and to the ghost, and these are in the clear. A policy can forbid them; it can ask for
    ESP, which they do not bear and for which nobody has made an association; it can ask for more transforms than the kernel
    allows. At last there is none, and b takes nothing without one.
    """
    ends = Ends(lab)
    ends.policy("block")
    yield expect("one comes in that is forbidden", b=exactly(XfrmInPolBlock=1, **RECEIVED))
    ends.receive()
    yield expect("one goes out that is forbidden", b=exactly(XfrmOutPolBlock=1))
    ends.send()
    ends.policy(templates=1)
    yield expect("one comes in without ESP", b=exactly(XfrmInTmplMismatch=1, **RECEIVED))
    ends.receive()
    yield expect("one is to go out with ESP", b=exactly(XfrmOutNoStates=1, IpOutRequests=1, UdpOutDatagrams=1))
    ends.send()
    ends.policy(templates=MOST, level="use")
    yield expect("one comes in that may have had six transforms", b=exactly(XfrmInBufferError=1, **RECEIVED))
    ends.receive()
    yield expect("one is to go out through six transforms", b=exactly(XfrmOutPolError=1, UdpSndbufErrors=1))
    ends.send()
    lab.b.ip("xfrm policy flush")
    lab.b.ip("xfrm policy setdefault in block", undo="xfrm policy setdefault in accept")
    yield expect("one comes in without any policy", b=exactly(XfrmInNoPols=1, **RECEIVED))
    ends.receive()


class Associations:
    """ESP between a ghost and b: its associations, and packets of the ghost's."""

    def __init__(self, lab):
        self.side, self.host = lab.b, lab.ghost()
        self.spis = iter(range(0x1000, 0x2000))

    def add(self, more="", way="in", mode="transport", algorithms=PLAIN, destination=None):
        """One more; its SPI."""
        spi = next(self.spis)
        ours, theirs = self.side.address, destination or self.host.address
        source, target = (theirs, ours) if way == "in" else (ours, theirs)
        words = f"xfrm state add src {source} dst {target} proto esp spi {spi} mode {mode}"
        self.side.run("ip", *words.split(), *algorithms, *more.split())
        self.side.undo.callback(self.flush)
        return spi

    def flush(self):
        for what in ("state", "policy"):
            self.side.run("ip", "xfrm", what, "flush", quiet=True)

    def receive(self, spi, number=1, inner=None, tail=b""):
        """b gets a datagram, or a packet, within ESP."""
        kind, data = inner or (frames.UDP, frames.udp(self.host.address, self.side.address, 5000, 9000))
        padding = bytes(range(1, 1 + -(len(data) + 2) % 4))
        self.host.ip(ESP, struct.pack("!II", spi, number) + data + padding + bytes([len(padding), kind]) + tail)


@experiment("packets within ESP that are not as they should be")
def ipsec_received(lab):
    """The ghost sends ESP to b, without encryption: with an SPI that nobody knows, less than its header, the same packet twice,
    one more than an association may have, one with a wrong check value, one that should have been in UDP, one for an
    association that is still negotiated, a tunnel with a datagram in place of a packet, and one with a packet that no policy
    asks for.
    """
    ends = Associations(lab)
    nothing = dict(UdpNoPorts=0)
    one = ends.add("replay-window 32")
    yield expect("an SPI that nobody knows", b=grows(XfrmInNoStates=1, **nothing))
    ends.receive(one - 1)
    yield expect("a header that is cut off", b=grows(XfrmInHdrError=1, **nothing))
    ends.host.ip(ESP, bytes(6))
    yield expect("the same packet twice", b=grows(XfrmInStateSeqError=1, UdpNoPorts=1))
    ends.receive(one)
    ends.receive(one)
    one = ends.add("limit packet-hard 1")
    yield expect("two where one is allowed", b=grows(XfrmInStateExpired=1, UdpNoPorts=1))
    ends.receive(one, 1)
    ends.receive(one, 2)
    one = ends.add(algorithms=CHECKED)
    yield expect("a wrong check value", b=grows(XfrmInStateProtoError=1, **nothing))
    ends.receive(one, tail=bytes(12))
    one = ends.add("encap espinudp 4500 4500 0.0.0.0")
    yield expect("one that should be in UDP", b=grows(XfrmInStateMismatch=1, **nothing))
    ends.receive(one)
    lab.b.ip(f"xfrm state allocspi src {ends.host.address} dst {lab.b.address} proto esp mode transport min 99 max 99")
    yield expect("one that is negotiated still", b=grows(XfrmAcquireError=1, **nothing))
    ends.receive(99)
    one = ends.add(mode="tunnel")
    yield expect("a tunnel with no packet in it", b=grows(XfrmInStateModeError=1, **nothing))
    ends.receive(one, 1)
    datagram = frames.udp(ends.host.address, lab.b.address, 5000, 9000)
    yield expect("a tunnel without a policy", b=grows(XfrmInNoPols=1, **nothing))
    ends.receive(one, 2, inner=(IPIP, frames.ipv4(ends.host.address, lab.b.address, frames.UDP, datagram)))


@experiment("packets that ESP does not let out")
def ipsec_sent(lab):
    """A policy of b's asks for ESP. The association may have one packet and no more; its sequence numbers are used up; it is a
    tunnel whose other end no route leads to.
    """
    ends, traffic = Associations(lab), Ends(lab)
    traffic.policy(templates=1)
    ends.add("limit packet-hard 1", way="out")
    yield expect("two where one is allowed", b=grows(XfrmOutStateExpired=1))
    traffic.send()
    traffic.send()
    ends.flush()
    traffic.policy(templates=1)
    ends.add("replay-oseq 0xffffffff", way="out")
    yield expect("no number is left", b=grows(XfrmOutStateSeqError=1))
    traffic.send()
    ends.flush()
    ours, theirs, nowhere = lab.b.address, traffic.host.address, "8.8.8.8"
    ends.add(way="out", mode="tunnel", destination=nowhere)
    lab.b.ip(f"xfrm policy add dir out src {ours} dst {theirs} tmpl src {ours} dst {nowhere} proto esp mode tunnel")
    yield expect("a tunnel to nowhere", b=grows(XfrmOutBundleGenError=1))
    traffic.send()
