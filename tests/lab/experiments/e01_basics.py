# SPDX-License-Identifier: BSD-2-Clause
"""The first three experiments of the kernel's document: a ping, a handshake, a few words."""

import socket

import frames
from expect import exactly, expect
from experiment import experiment


@experiment("one ping from a to b", section="ping test")
def ping(lab):
    """a sends one ICMP echo request with the usual 56 octets of data (20 + 8 + 56 = 84 octets) and b answers it. The named
    counters and their numeric twins move together, and with them those of IP.
    """
    tool = lab.a.socket(socket.SOCK_RAW, protocol=socket.IPPROTO_ICMP)
    both = dict(IpInReceives=1, IpInDelivers=1, IpOutRequests=1, IpOutTransmits=1, IcmpInMsgs=1, IcmpOutMsgs=1,
                IpExtInOctets=84, IpExtOutOctets=84, IpExtInNoECTPkts=1)
    yield expect("ping -c 1 nstat-b",
                 a=exactly(IcmpOutEchos=1, IcmpMsgOutType8=1, IcmpInEchoReps=1, IcmpMsgInType0=1, **both),
                 b=exactly(IcmpInEchos=1, IcmpMsgInType8=1, IcmpOutEchoReps=1, IcmpMsgOutType0=1, **both))
    tool.sendto(frames.icmp(8, rest=b"\x12\x34\0\1", payload=bytes(56)), (lab.b.address, 0))
    tool.recv(100)


@experiment("the three-way handshake", section="tcp 3-way handshake", differs="""
    The client counts one TCPDelivered more: in newer kernels a segment that was acknowledged counts there, the SYN too.
    """)
def handshake(lab):
    """a sends a SYN, b answers with a SYN+ACK, a with an ACK: two segments from a, one from b. The ACK carries no data and
    takes the slow path, so that b counts a pure ACK.
    """
    server = lab.b.listen()
    yield expect("nc nstat-b 9000",
                 a=exactly(TcpActiveOpens=1, TcpInSegs=1, TcpOutSegs=2, TcpExtTCPDelivered=1, IpInReceives=1, IpInDelivers=1,
                           IpOutRequests=2, IpOutTransmits=2, IpExtInOctets=60, IpExtOutOctets=112, IpExtInNoECTPkts=1,
                           TcpCurrEstab=1),
                 b=exactly(TcpPassiveOpens=1, TcpInSegs=2, TcpOutSegs=1, TcpExtTCPPureAcks=1, IpInReceives=2, IpInDelivers=2,
                           IpOutRequests=1, IpOutTransmits=1, IpExtInOctets=112, IpExtOutOctets=60, IpExtInNoECTPkts=2,
                           TcpCurrEstab=1))
    lab.a.connect()
    lab.b.accept(server)


@experiment("a few words from a to b", section="TCP normal traffic", differs="""
    TCPHPHits does not grow for the second word, though the fast path is on: tcp_rcv_established() leaves it when the segment
    needs more memory than the socket has set aside (skb->truesize > sk->sk_forward_alloc), and in newer kernels a socket whose
    queue was read keeps nothing aside. So the fast path takes data only while data is waiting, and then the new segment is
    merged with the waiting one as well (TCPRcvCoalesce).
    """)
def normal_traffic(lab):
    """a writes a word, b answers with an ACK and nc reads it. With window scaling the fast path is off at first: a takes the
    first ACK on the slow path (TCPPureAcks) and the second on the fast one (TCPHPAcks). Then a writes twice while b does not
    read.
    """
    _, client, peer = lab.pair()
    one = dict(IpInReceives=1, IpInDelivers=1, IpOutRequests=1, IpOutTransmits=1, TcpInSegs=1, TcpOutSegs=1, IpExtInNoECTPkts=1)
    sent = dict(one, TcpExtTCPOrigDataSent=1, TcpExtTCPDelivered=1, IpExtInOctets=52, IpExtOutOctets=58)
    received = dict(one, IpExtInOctets=58, IpExtOutOctets=52)
    yield expect("a writes hello, b reads it", a=exactly(TcpExtTCPPureAcks=1, **sent), b=exactly(**received))
    client.send(b"hello\n")
    peer.recv(6)
    yield expect("a writes world, b reads it", a=exactly(TcpExtTCPHPAcks=1, **sent), b=exactly(**received))
    client.send(b"world\n")
    peer.recv(6)
    yield expect("a writes a third word, b leaves it", a=exactly(TcpExtTCPHPAcks=1, **sent), b=exactly(**received))
    client.send(b"about\n")
    yield expect("a writes a fourth one", a=exactly(TcpExtTCPHPAcks=1, **sent),
                 b=exactly(TcpExtTCPHPHits=1, TcpExtTCPRcvCoalesce=1, **received))
    client.send(b"nstat\n")
