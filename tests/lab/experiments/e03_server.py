# SPDX-License-Identifier: BSD-2-Clause
"""What a server's queues count: merged segments, a full accept queue."""

from expect import exactly, expect
from experiment import experiment

ONE_SEGMENT = dict(IpInReceives=1, IpInDelivers=1, TcpInSegs=1, IpExtInNoECTPkts=1)


@experiment("two segments that become one", section="TcpExtTCPRcvCoalesce", differs="""
    The second segment is taken on the fast path as well (TCPHPHits): see the experiment normal-traffic.
    """)
def rcv_coalesce(lab):
    """a writes foo and bar, b acknowledges both and does not read. The first still waits when the second comes, and TCP merges
    them into one buffer.
    """
    _, client, _ = lab.pair()
    yield expect("a writes foo, then bar",
                 b=exactly(TcpExtTCPRcvCoalesce=1, TcpExtTCPHPHits=1, IpInReceives=2, IpInDelivers=2, IpOutRequests=2,
                           IpOutTransmits=2, TcpInSegs=2, TcpOutSegs=2, IpExtInOctets=110, IpExtOutOctets=104,
                           IpExtInNoECTPkts=2))
    with lab.a.until("TcpInSegs"):
        client.send(b"foo")
    client.send(b"bar")


@experiment("a full accept queue", section="TcpExtListenOverflows and TcpExtListenDrops", differs="""
    The document counts four drops, since nc repeats its SYN until the counters are read; here the client gives up after one.
    """)
def listen_overflow(lab):
    """A backlog of 1 lets 2 connections wait. nc accepts one of three; with two in the queue it is full, and the SYN of the
    fourth is dropped. Each overflow is a drop as well.
    """
    server = lab.b.listen(backlog=1)
    for number in range(3):
        lab.a.connect()
        if number == 0:
            lab.b.accept(server)
    yield expect("a fourth nc nstat-b 9000",
                 b=exactly(TcpExtListenOverflows=1, TcpExtListenDrops=1, IpExtInOctets=60, **ONE_SEGMENT))
    fourth = lab.a.socket()
    fourth.setblocking(False)
    with lab.b.until("TcpExtListenOverflows"):
        fourth.connect_ex((lab.b.address, 9000))
    fourth.close()
