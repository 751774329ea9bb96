# SPDX-License-Identifier: BSD-2-Clause
"""Connection tracking: its table, what does not fit it, what is announced, what clashes."""

import socket

import conntrack
import frames
import world
from expect import exactly, expect, grows
from experiment import experiment
from frames import RST, SYN


def segment(host, flags):
    """A TCP segment for b that is nobody's."""
    host.ip(frames.TCP, frames.tcp(host.address, host.far.address, 40000, 9000, flags, 1))


@experiment("packets that belong to no connection")
def conntrack_invalid(lab):
    """The firewall of b drops what connection tracking calls invalid, such as a reset for a connection that it does not know.
    An ICMP error about such a one is counted apart.
    """
    host = lab.ghost()
    conntrack.track(lab.b)
    received = dict(IpInReceives=1, IpInDelivers=0, IpExtInNoECTPkts=1)
    yield expect("a RST for no connection", b=exactly(NfConntrackInvalid=1, IpExtInOctets=40, **received))
    segment(host, RST)
    quoted = frames.udp(lab.b.address, host.address, 9000, 5000)
    yield expect("an ICMP error about no connection", b=exactly(NfConntrackIcmpError=1, IpExtInOctets=56, **received))
    host.unreachable(frames.Packet(lab.b.address, host.address, frames.UDP, quoted))


@experiment("connections in the table")
def conntrack_entries(lab):
    """A datagram that comes in makes an entry. A program, as conntrackd, puts one there. Then it empties the table."""
    host = lab.ghost()
    conntrack.track(lab.b)
    one = dict(NfConntrackEntries=1, NfConntrackCount=1)
    yield expect("a datagram", b=grows(NfConntrackInsert=0, **one))
    host.udp(9000)
    yield expect("an entry of a program's", b=exactly(NfConntrackInsert=1, **one))
    conntrack.put(lab.b, frames.UDP, (host.address, 7000), (lab.b.address, 9000))
    yield expect("an empty table", b=exactly(NfConntrackEntries=-2, NfConntrackCount=-2))
    conntrack.flush(lab.b)


@experiment("two packets of one new flow")
def conntrack_clash(lab):
    """A firewall takes its time (NFQUEUE), and two packets of a new flow are in it at once. Neither has found an entry. The
    first puts one into the table when it is through, and the second finds it there then. A datagram goes on with that entry; a
    SYN is dropped.
    """
    host = lab.ghost()
    lab.b.listen()
    conntrack.track(lab.b)
    queue = conntrack.Queue(lab.b)
    lab.b.iptables("INPUT -j NFQUEUE --queue-num 0")
    yield expect("a datagram twice", b=grows(NfConntrackClashres=1, NfConntrackInsertFailed=0, NfConntrackDrop=0,
                                             NfConntrackEntries=1, IpInDelivers=2))
    twice(queue, lambda: host.udp(9000))
    yield expect("a SYN twice", b=grows(NfConntrackInsertFailed=1, NfConntrackDrop=1, NfConntrackClashres=0,
                                        NfConntrackEntries=1, IpInDelivers=1, TcpInSegs=1))
    twice(queue, lambda: segment(host, SYN))


def twice(queue, send):
    """Both packets are in the queue before the first goes on."""
    send()
    send()
    for number in [queue.wait(), queue.wait()]:
        queue.accept(number)


@experiment("a flow that a helper announces")
def conntrack_expected(lab):
    """A client of TFTP asks b for a file, and the answer will come from another port. Connection tracking reads the question
    and expects that flow; the answer is its first packet.
    """
    host = lab.ghost()
    conntrack.track(lab.b)
    lab.b.iptables("PREROUTING -p udp --dport 69 -j CT --helper tftp", table="raw")
    server = lab.b.socket(socket.SOCK_DGRAM)
    yield expect("the question", b=grows(NfConntrackExpectCreate=1, NfConntrackExpectNew=0))
    host.udp(69, b"\0\1file\0octet\0")
    yield expect("the answer", b=grows(NfConntrackExpectNew=1, NfConntrackExpectDelete=1))
    server.sendto(b"\0\3\0\1", (host.address, 5000))


@experiment("an address translator that has to look for a port")
def conntrack_nat(lab):
    """Two programs of b, with addresses of their own, send from the same port to the same place, and leave with one address.
    The first keeps its port; for the second the kernel finds that port taken.
    """
    host = lab.ghost()
    second = f"{world.NET}.52"
    lab.b.ip(f"addr add {second}/24 dev {world.DEVICE}", undo=f"addr del {second}/24 dev {world.DEVICE}")
    conntrack.track(lab.b)
    lab.b.iptables(f"POSTROUTING -p udp -j SNAT --to-source {lab.b.address}", table="nat")
    for address, found in ((lab.b.address, 0), (second, 1)):
        tool = lab.b.socket(socket.SOCK_DGRAM)
        tool.bind((address, 5000))
        yield expect(f"a datagram from {address}", b=grows(NfConntrackFound=found, NfConntrackEntries=1))
        tool.sendto(b"x", (host.address, 5000))
