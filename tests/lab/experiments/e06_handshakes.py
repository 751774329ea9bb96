# SPDX-License-Identifier: BSD-2-Clause
"""Handshakes that a server cannot or will not finish: SYN cookies, full queues, deferred accepts, TIME-WAIT."""

import socket

import ghost
from expect import REST, at_least, exactly, expect, grows
from experiment import experiment
from frames import ACK, RST, SYN
from harness import wait_for

TCP_DEFER_ACCEPT, TCP_LINGER2 = 9, 8
REUSEPORT = (socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)


@experiment("SYN cookies, sent, received and wrong", section="SYN cookies")
def syn_cookies(lab):
    """With tcp_syncookies at 2 every SYN+ACK is a cookie and b keeps nothing. An ACK that returns it makes the connection; one
    that returns something else does not, and is answered with a RST.
    """
    lab.b.sysctl("net.ipv4.tcp_syncookies", 2)
    server = lab.b.listen()
    host = lab.ghost()
    good, bad = ghost.Peer(host, port=40000), ghost.Peer(host, port=40001)
    packet = dict(IpInReceives=1, IpInDelivers=1, TcpInSegs=1, IpExtInNoECTPkts=1)
    answer = dict(IpOutRequests=1, IpOutTransmits=1, TcpOutSegs=1)
    yield expect("a SYN", b=exactly(TcpExtSyncookiesSent=1, TcpExtTCPReqQFullDoCookies=1, IpExtInOctets=44,
                                      IpExtOutOctets=44, **packet, **answer))
    good.knock()
    good.receive()
    yield expect("the ACK that belongs to it", b=exactly(TcpExtSyncookiesRecv=1, TcpPassiveOpens=1, TcpCurrEstab=1,
                                                         IpExtInOctets=40, TcpExtTCPPureAcks=1, **packet))
    good.send()
    lab.b.accept(server)
    yield expect("an ACK with a wrong cookie", b=exactly(TcpExtSyncookiesFailed=1, TcpOutRsts=1, IpExtInOctets=40,
                                                         IpExtOutOctets=40, **packet, **answer))
    bad.ack = 12345
    bad.send()
    bad.receive(lambda segment: segment.flags & RST)


def fill_syn_queue(lab, backlog, extra):
    """SYNs of a ghost that never sends the ACK; extra more than the queue holds."""
    lab.b.listen(backlog=backlog)
    host = lab.ghost()
    peers = [ghost.Peer(host, port=40000 + number) for number in range(backlog + 1 + extra)]

    def knock():
        for peer in peers:
            peer.knock()
    return knock


@experiment("a SYN flood that cookies answer", section="SYN cookies")
def syn_flood_cookies(lab):
    """With tcp_syncookies at 1 cookies begin when the queue of half-open connections is full, that is with backlog + 1 of them.
    Nothing is dropped.
    """
    lab.b.sysctl("net.ipv4.tcp_syncookies", 1)
    knock = fill_syn_queue(lab, backlog=4, extra=120)
    yield expect("125 SYNs to a backlog of 4", b=grows(TcpExtTCPReqQFullDoCookies=120, TcpExtSyncookiesSent=120,
                                                         TcpExtTCPReqQFullDrop=0, TcpExtListenDrops=0))
    knock()


@experiment("a SYN flood without cookies", section="TcpExtListenOverflows and TcpExtListenDrops")
def syn_flood_drops(lab):
    """Without cookies the SYNs that find the queue full are dropped. These are ListenDrops without ListenOverflows: the accept
    queue is empty.
    """
    lab.b.sysctl("net.ipv4.tcp_syncookies", 0)
    lab.b.sysctl("net.ipv4.tcp_max_syn_backlog", 64)
    knock = fill_syn_queue(lab, backlog=4, extra=3)
    yield expect("eight SYNs to a backlog of 4", b=grows(TcpExtTCPReqQFullDrop=3, TcpExtListenDrops=3, TcpExtListenOverflows=0,
                                                         TcpExtSyncookiesSent=0))
    knock()


@experiment("a full accept queue that answers with a RST", section="TcpExtListenOverflows and TcpExtListenDrops")
def abort_on_overflow(lab):
    """With tcp_abort_on_overflow the ACK that finds the accept queue full is answered with a RST. The handshake had begun when
    there was still room.
    """
    lab.b.sysctl("net.ipv4.tcp_abort_on_overflow", 1)
    lab.b.listen(backlog=0)
    host = lab.ghost()
    first, second = ghost.Peer(host, port=40000), ghost.Peer(host, port=40001)
    second.knock()
    first.connect()
    yield expect("the ACK of the second", b=grows(TcpExtListenOverflows=1, TcpExtListenDrops=1, TcpExtEmbryonicRsts=1,
                                                  TcpOutRsts=1))
    second.receive(lambda segment: segment.flags & SYN)
    second.send()
    second.receive(lambda segment: segment.flags & RST)


@experiment("an ACK that a deferred accept ignores")
def defer_accept(lab):
    """A listener with TCP_DEFER_ACCEPT wants data. The bare ACK of the handshake is ignored, the connection made by the first
    data.
    """
    server = lab.b.listen(options=[(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 5)])
    client = ghost.Peer(lab.ghost(), port=40000)
    yield expect("the ACK, then data", b=grows(TcpExtTCPDeferAcceptDrop=1, TcpPassiveOpens=1))
    client.connect()
    client.send(ACK, b"x")
    lab.b.accept(server)


@experiment("a connection refused", section="TCP Fast Open")
def refused(lab):
    """Nobody listens: b answers the SYN with a RST, and the attempt of a has failed."""
    yield expect("nc nstat-b 9000",
                 a=exactly(TcpActiveOpens=1, TcpAttemptFails=1, TcpInSegs=1, TcpOutSegs=1, IpInReceives=1, IpInDelivers=1,
                           IpOutRequests=1, IpOutTransmits=1, IpExtInOctets=40, IpExtOutOctets=60, IpExtInNoECTPkts=1),
                 b=exactly(TcpOutRsts=1, TcpInSegs=1, TcpOutSegs=1, IpInReceives=1, IpInDelivers=1, IpOutRequests=1,
                           IpOutTransmits=1, IpExtInOctets=60, IpExtOutOctets=40, IpExtInNoECTPkts=1))
    lab.a.socket().connect_ex((lab.b.address, 9000))


@experiment("a SYN that nobody answers", section="General TCP counters")
def syn_retransmitted(lab):
    """b drops the first SYN; a repeats it after a second, and then the handshake goes through."""
    lab.b.listen()
    accept = lab.b.iptables("INPUT -p tcp --dport 9000 -j DROP")
    client = lab.a.socket()
    client.setblocking(False)
    yield expect("nc nstat-b 9000, twice",
                 a=grows(TcpExtTCPSynRetrans=at_least(1), TcpRetransSegs=at_least(1), TcpActiveOpens=1,
                         TcpExtTCPTimeouts=at_least(1), TcpCurrEstab=1))
    with lab.a.until("TcpExtTCPSynRetrans"):
        client.connect_ex((lab.b.address, 9000))
    accept()
    wait_for("the connection is there", lambda: lab.a.counter("TcpCurrEstab"))


def close_both(first, second):
    """The first to close is the one that waits."""
    first.close()
    second.recv(1)
    second.close()


def waits_shortly(side, client):
    """Closes with two seconds for FIN-WAIT-2. If the peer's ACK comes in the last moment of close(), the socket waits itself,
    and is reset in the end (tcp_rcv_state_process()): then this is False."""
    killed, resets = side.counter("TcpExtTWKilled"), side.counter("TcpOutRsts")
    client.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, 2)
    client.close()
    wait_for("it waits no more", lambda: side.counter("TcpExtTWKilled") > killed or side.counter("TcpOutRsts") > resets)
    return side.counter("TcpExtTWKilled") > killed


@experiment("TIME-WAIT, its short form, its reuse and its limit")
def time_wait(lab):
    """Who closes first waits in TIME-WAIT (TW). A FIN-WAIT-2 that may last two seconds only becomes a short one (TWKilled).
    With tcp_tw_reuse an outgoing connection may take over the place of one that waits (TWRecycled), and beyond
    tcp_max_tw_buckets none is kept (TCPTimeWaitOverflow).
    """
    lab.a.sysctl("net.ipv4.tcp_tw_reuse", 1)
    lab.a.sysctl("net.ipv4.tcp_tw_reuse_delay", 1)
    server = lab.b.listen()
    client = lab.a.connect(source_port=40000)
    peer = lab.b.accept(server)
    yield expect("a closes, then b", a=grows(TcpExtTW=1, SockstatTcpTw=1, TcpCurrEstab=-1),
                 b=grows(TcpExtTW=0, TcpCurrEstab=-1))
    with lab.a.until("TcpExtTW"):
        close_both(client, peer)

    yield expect("a connects from the same port", a=grows(TcpExtTWRecycled=1, TcpActiveOpens=1))
    client = lab.a.connect(source_port=40000)
    peer = lab.b.accept(server)

    yield expect("a closes with two seconds for FIN-WAIT-2", a=grows(TcpExtTWKilled=1))
    while not waits_shortly(lab.a, client):
        client = lab.a.connect()
        lab.b.accept(server)
    yield REST
    lab.a.sysctl("net.ipv4.tcp_max_tw_buckets", 1)
    clients = [lab.a.connect() for _ in range(3)]
    peers = [lab.b.accept(server) for _ in clients]
    yield expect("a closes three with room for none", a=grows(TcpExtTCPTimeWaitOverflow=at_least(1)))
    with lab.a.until("TcpExtTCPTimeWaitOverflow"):
        for ends in zip(clients, peers):
            close_both(*ends)


@experiment("connections that move to another listener")
def migrate(lab):
    """Two listeners share a port (SO_REUSEPORT) and tcp_migrate_req is on. When one closes, what waits in its queue moves to
    the other; when that one closes as well, there is no third.
    """
    lab.b.sysctl("net.ipv4.tcp_migrate_req", 1)
    servers = [lab.b.listen(options=[REUSEPORT])]
    lab.a.connect()
    servers.append(lab.b.listen(options=[REUSEPORT]))
    yield expect("the first listener closes", b=grows(TcpExtTCPMigrateReqSuccess=1, TcpExtTCPMigrateReqFailure=0))
    servers[0].close()
    yield expect("the second closes", b=grows(TcpExtTCPMigrateReqSuccess=0, TcpExtTCPMigrateReqFailure=1))
    servers[1].close()
