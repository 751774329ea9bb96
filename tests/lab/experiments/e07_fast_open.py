# SPDX-License-Identifier: BSD-2-Clause
"""TCP Fast Open: data in the SYN, with a cookie from an earlier connection."""

import contextlib
import socket

import ghost
from expect import expect, grows
from experiment import experiment
from frames import ACK, FIN, RST, SYN, fast_open

MSG_FASTOPEN = 0x20000000
TCP_FASTOPEN, TCP_FASTOPEN_KEY = 23, 33
BOTH_WAYS = 3  # of net.ipv4.tcp_fastopen: as a client and as a server


def listen(lab, queue=5):
    lab.b.sysctl("net.ipv4.tcp_fastopen", BOTH_WAYS)
    return lab.b.listen(options=[(socket.IPPROTO_TCP, TCP_FASTOPEN, queue)])


def ask_cookie(host, port=40000):
    """What b gives to a ghost that asks for a cookie."""
    peer = ghost.Peer(host, port=port)
    cookie = peer.connect(fast_open()).options[34]
    peer.send(RST | ACK)
    return cookie


def send_open(side, address, wait=True):
    """A client that sends data with its SYN if it has a cookie; else it waits for the handshake, or not."""
    client = side.socket()
    client.setblocking(wait)
    with contextlib.suppress(BlockingIOError):
        client.sendto(b"early", MSG_FASTOPEN, (address, 9000))
    return client


@experiment("Fast Open: first the cookie, then the data", section="TCP Fast Open description")
def fast_open_accepted(lab):
    """The first connection asks for a cookie and gets it; the second one sends it with data in the SYN, and b has them
    before the handshake is over.
    """
    lab.a.sysctl("net.ipv4.tcp_fastopen", BOTH_WAYS)
    server = listen(lab)
    yield expect("a asks for a cookie", a=grows(TcpExtTCPFastOpenActive=0),
                 b=grows(TcpExtTCPFastOpenCookieReqd=1, TcpExtTCPFastOpenPassive=0))
    send_open(lab.a, lab.b.address)
    lab.b.accept(server).recv(5)
    yield expect("a sends data with its SYN", a=grows(TcpExtTCPFastOpenActive=1, TcpExtTCPFastOpenActiveFail=0),
                 b=grows(TcpExtTCPFastOpenPassive=1, TcpExtTCPFastOpenCookieReqd=0, TcpPassiveOpens=1))
    send_open(lab.a, lab.b.address)
    lab.b.accept(server).recv(5)
    lab.a.run("ip", "tcp_metrics", "flush", quiet=True)


@experiment("Fast Open: a wrong cookie, a full queue, an old key", section="TCP Fast Open description")
def fast_open_refused(lab):
    """A SYN with a cookie that b did not make is answered as a usual SYN (PassiveFail). With as many Fast Open connections
    pending as the listener allows, the next one is as well (ListenOverflow, and not PassiveFail). A cookie of the key
    before the present one is still good (PassiveAltKey).
    """
    server = listen(lab, queue=1)
    host = lab.ghost()
    keys = b"sixteen octets 1", b"sixteen octets 2"
    server.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_KEY, keys[0])
    cookie = ask_cookie(host)
    yield expect("a SYN with a wrong cookie", b=grows(TcpExtTCPFastOpenPassiveFail=1, TcpExtTCPFastOpenPassive=0))
    peer = ghost.Peer(host, port=40001)
    peer.knock(fast_open(bytes(8)), b"early")
    peer.send(RST)

    server.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_KEY, keys[1] + keys[0])
    yield expect("a cookie of the old key", b=grows(TcpExtTCPFastOpenPassiveAltKey=1, TcpExtTCPFastOpenPassive=1))
    ghost.Peer(host, port=40002).knock(fast_open(cookie), b"early")
    yield expect("one more, while the first is still pending",
                 b=grows(TcpExtTCPFastOpenListenOverflow=1, TcpExtTCPFastOpenPassive=0, TcpExtTCPFastOpenPassiveFail=0))
    ghost.Peer(host, port=40003).knock(fast_open(cookie), b"early")


@experiment("Fast Open: a server that does not take the data", section="TCP Fast Open description")
def fast_open_active_fail(lab):
    """b is the client of a ghost. It has a cookie, but the ghost's SYN+ACK does not acknowledge the data: the attempt has
    failed, and the data is sent again. Then the ghost's FIN comes out of order, and b takes the way for a black hole.
    """
    lab.b.sysctl("net.ipv4.tcp_fastopen", BOTH_WAYS)
    lab.b.sysctl("net.ipv4.tcp_fastopen_blackhole_timeout_sec", 1)
    host = lab.ghost()
    give_cookie(lab, host)
    yield expect("data with the SYN, not acknowledged", b=grows(TcpExtTCPFastOpenActiveFail=1, TcpExtTCPFastOpenActive=0))
    _, server = answer_open(lab, host, acknowledge=0)
    server.receive(lambda segment: segment.payload)
    server.send()
    yield expect("data with the SYN, acknowledged", b=grows(TcpExtTCPFastOpenActive=1, TcpExtTCPFastOpenActiveFail=0))
    client, server = answer_open(lab, host, acknowledge=5)
    server.receive()
    yield expect("a FIN out of order", b=grows(TcpExtTCPFastOpenBlackhole=1))
    with lab.b.until("TcpExtTCPOFOQueue"):
        server.send(FIN | ACK, seq=server.seq + 1000)
    with lab.b.until("TcpExtTCPFastOpenBlackhole"):
        client.close()
        server.send(RST | ACK)
    lab.b.run("ip", "tcp_metrics", "flush", quiet=True)


def give_cookie(lab, host):
    """A first connection, by which b gets the ghost's cookie."""
    server = ghost.Peer(host, port=9000)
    client = send_open(lab.b, host.address, wait=False)
    server.accept(fast_open(b"8 octets"))
    server.send(RST | ACK)
    client.close()


def answer_open(lab, host, acknowledge):
    """A Fast Open of b to the ghost, which acknowledges so many octets of its data."""
    server = ghost.Peer(host, port=9000)
    client = send_open(lab.b, host.address, wait=False)
    server.far_port = client.getsockname()[1]
    syn = server.receive(lambda segment: segment.flags & SYN)
    server.ack = (syn.seq + 1 + acknowledge) % 2**32
    server.send(SYN | ACK, options=server.offer)
    return client, server
