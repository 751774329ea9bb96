# SPDX-License-Identifier: BSD-2-Clause
"""What a receiver counts: order, windows, memory, delays."""

import socket
import time

import frames
import stall
from expect import at_least, expect, grows
from experiment import experiment
from frames import ACK, RST, SYN
from harness import wait_for

SO_TIMESTAMPING = 37

TCP_QUICKACK = 12
RCVBUF = (socket.SOL_SOCKET, socket.SO_RCVBUF)


def seg(client, number, size=100, **more):
    """A segment of the ghost at this place of a row of equal ones; nothing moves on."""
    client.send(ACK, bytes(size), seq=client.start + number * size, **more)


def ghost_pair(lab, **options):
    client, peer = lab.ghost_pair(**options)
    client.start = client.seq
    return client, peer


@experiment("segments out of order, and twice", section="TCP out of order")
def out_of_order(lab):
    """The ghost sends the segment 3 before 1 and 2: it waits in the out-of-order queue. One that is covered by what is there is
    merged. A duplicate of it makes b send a D-SACK (OfoSent), and one of what was taken long ago as well (OldSent, and
    DelayedACKLost: perhaps our ACK was lost).
    """
    client, _ = ghost_pair(lab, sack=True)
    yield expect("segment 3", b=grows(TcpExtTCPOFOQueue=1, TcpExtTCPOFOMerge=0))
    seg(client, 3)
    yield expect("segment 3 again", b=grows(TcpExtTCPDSACKOfoSent=1, TcpExtTCPOFOQueue=1, TcpExtTCPOFOMerge=1))
    seg(client, 3)
    yield expect("segments 0 to 2", b=grows(TcpExtTCPOFOQueue=0, TcpInSegs=3))
    for number in range(3):
        seg(client, number)
    yield expect("segment 0 again", b=grows(TcpExtTCPDSACKOldSent=1, TcpExtDelayedACKLost=1))
    seg(client, 0)


@experiment("ACKs that one stands for", section="TCP out of order")
def ack_compression(lab):
    """Behind a hole each segment asks for an ACK with SACK. After the first few b waits a little and lets one stand for
    many.
    """
    client, _ = ghost_pair(lab, sack=True)
    yield expect("twenty segments behind a hole", b=grows(TcpExtTCPAckCompressed=at_least(1), TcpExtTCPOFOQueue=20))
    for number in range(20):
        seg(client, number + 1)


@experiment("a delayed ACK", section="Delayed ACK")
def delayed_ack(lab):
    """A program that wants its ACKs delayed (TCP_QUICKACK 0) gets one segment; the timer sends the ACK."""
    client, peer = ghost_pair(lab)
    peer.setsockopt(socket.IPPROTO_TCP, TCP_QUICKACK, 0)
    yield expect("one segment", b=grows(TcpExtDelayedACKs=1, TcpOutSegs=1))
    with lab.b.until("TcpExtDelayedACKs"):
        seg(client, 0)


@experiment("keepalive", section="TCP Fast Open")
def keepalive(lab):
    """With SO_KEEPALIVE b asks after a second of silence whether the ghost is still there. It is not: after two probes the
    connection is given up.
    """
    _, peer = ghost_pair(lab)
    yield expect("silence", b=grows(TcpExtTCPKeepAlive=2, TcpExtTCPAbortOnTimeout=1, TcpEstabResets=1))
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        peer.setsockopt(socket.IPPROTO_TCP, option, value)
    with lab.b.until("TcpExtTCPAbortOnTimeout"):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


@experiment("challenge ACKs", section="Challenge ACK")
def challenge_acks(lab):
    """A RST within the window but not at its edge, a SYN within the window, an ACK for what was never sent: each could be
    an attack, and is answered with a challenge ACK (RFC 5961).
    """
    lab.b.sysctl("net.ipv4.tcp_invalid_ratelimit", 0)
    client, _ = ghost_pair(lab)
    yield expect("a RST in the window", b=grows(TcpExtTCPChallengeACK=1, TcpExtTCPSYNChallenge=0, TcpEstabResets=0))
    client.send(RST, seq=client.seq + 100)
    yield expect("a SYN in the window", b=grows(TcpExtTCPChallengeACK=1, TcpExtTCPSYNChallenge=1))
    client.send(SYN, seq=client.seq + 100)
    yield expect("an ACK for what was never sent", b=grows(TcpExtTCPChallengeACK=1, TcpOutSegs=1))
    client.send(ack=client.ack + 100)
    yield expect("an ACK of long ago", b=grows(TcpExtTCPChallengeACK=1))
    client.send(ack=client.ack - (1 << 30))


@experiment("a window that closes and opens", section="TCP receive window")
def zero_window(lab):
    """a sends and b does not read: b's window goes to zero, and a probes it. When b reads, it opens."""
    server = lab.b.listen(options=[(*RCVBUF, 4096)])
    client = lab.a.connect()
    peer = lab.b.accept(server)
    client.setblocking(False)
    yield expect("b does not read", a=grows(TcpExtTCPWinProbe=at_least(1)),
                 b=grows(TcpExtTCPToZeroWindowAdv=at_least(1), TcpExtTCPWantZeroWindowAdv=at_least(0)))
    with lab.a.until("TcpExtTCPWinProbe"):
        try:
            while True:
                client.send(bytes(1000))
        except BlockingIOError:
            pass
    yield expect("b reads", b=grows(TcpExtTCPFromZeroWindowAdv=at_least(1)))
    peer.setblocking(False)
    wait_for("b has read all", lambda: drained(lab, peer))


def drained(lab, peer):
    try:
        while peer.recv(1 << 16):
            pass
    except BlockingIOError:
        pass
    return lab.b.counter("TcpExtTCPFromZeroWindowAdv")


@experiment("a receiver short of memory", section="prune")
def prune(lab):
    """b has a small receive buffer, and the ghost fills it with single octets that do not touch each other: each takes a
    buffer of its own. What no longer fits is dropped (OFODrop) after a vain attempt to make room (PruneCalled, RcvPruned).
    When the octet comes that is next in order, room is made for it by throwing the others out (OfoPruned). What is in order
    can be packed closer (RcvCollapsed).
    """
    small = [(*RCVBUF, 4096)]
    client, _ = ghost_pair(lab, sack=True, options=small)
    yield expect("every second octet", b=grows(TcpExtPruneCalled=at_least(1), TcpExtRcvPruned=at_least(1),
                                               TcpExtTCPOFODrop=at_least(1), TcpExtTCPWantZeroWindowAdv=at_least(1)))
    for number in range(1, 200):
        seg(client, 2 * number, size=1)
    yield expect("the first octet", b=grows(TcpExtOfoPruned=1, TcpExtPruneCalled=1))
    seg(client, 0, size=1)
    client, _ = ghost_pair(lab, options=small)
    yield expect("a hundred segments in order", b=grows(TcpExtPruneCalled=at_least(1), TcpExtTCPRcvCollapsed=at_least(1)))
    for number in range(100):
        seg(client, number)


@experiment("data that comes in spite of a closed window", section="prune")
def window_drops(lab):
    """The window was announced when b had more room. A second segment in order finds the queue full (RcvQDrop). Then the
    room is taken by timestamps that b asked for and does not fetch: the window is zero though the queue is empty, and what
    comes is dropped for that (ZeroWindowDrop).
    """
    client, peer = ghost_pair(lab)
    peer.setsockopt(*RCVBUF, 2048)
    yield expect("two segments for a buffer that has shrunk", b=grows(TcpExtTCPRcvQDrop=at_least(1)))
    for number in range(4):
        seg(client, number, size=1000)
    client, peer = ghost_pair(lab, options=[(*RCVBUF, 2048)])
    window = fill_error_queue(client, peer)
    yield expect("data into a window of zero", b=grows(TcpExtTCPZeroWindowDrop=1))
    for size in (window // 2, window - window // 2):
        client.send(ACK, bytes(size))
        peer.recv(size)
    client.send(ACK, bytes(100))


def fill_error_queue(client, peer):
    """Each write leaves a timestamp in the error queue of the socket, which is charged like received data. Gives the window."""
    software, sent, only = 1 << 4, 1 << 1, 1 << 11
    peer.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, software | sent | only)
    for _ in range(20):
        peer.send(b"x")
        window = client.receive().window
        client.send()
    return window


@experiment("segments for a socket in use", section="Delayed ACK")
def backlog(lab):
    """A program of b is within a system call on the socket and holds its lock. What arrives waits in the backlog: contiguous
    segments are merged there, too many are dropped. An ICMP error cannot be acted on, nor the timer of a delayed ACK.
    """
    client, peer = ghost_pair(lab)
    yield expect("four segments and an ICMP error", b=grows(TcpExtTCPBacklogCoalesce=3, TcpExtLockDroppedIcmps=1, TcpInSegs=5))
    with stall.held(peer):
        for number in range(4):
            seg(client, number, size=10)
        with lab.b.until("TcpExtLockDroppedIcmps"):
            host_unreachable(client)
    client.receive()
    client.send()
    yield expect("more than the backlog holds", b=grows(TcpExtTCPBacklogDrop=at_least(1)))
    peer.setsockopt(*RCVBUF, 1)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    with stall.held(peer), lab.b.until("TcpExtTCPBacklogDrop"):
        for number in range(400):
            seg(client, 2 * number, size=1)
    yield expect("the timer of a delayed ACK", b=grows(TcpExtDelayedACKLocked=at_least(1)))
    client, peer = ghost_pair(lab)
    peer.setsockopt(socket.IPPROTO_TCP, TCP_QUICKACK, 0)
    wait_for("the timer strikes while the socket is in use", lambda: delayed_in_use(lab, client, peer))


def delayed_in_use(lab, client, peer):
    """The socket is taken into use in the 40 ms before the timer, or at times too late."""
    before = lab.b.counter("TcpExtDelayedACKLocked"), lab.b.counter("TcpExtDelayedACKs")
    client.send(ACK, b"x")
    with stall.held(peer):
        deadline = time.monotonic() + 0.2
        while lab.b.counter("TcpExtDelayedACKLocked") == before[0] and time.monotonic() < deadline:
            time.sleep(0.01)
    client.receive(lambda segment: segment.payload)
    client.send()
    return lab.b.counter("TcpExtDelayedACKLocked") > before[0]


def host_unreachable(client):
    """The ICMP error that a router would send about b's next segment."""
    quoted = frames.tcp(client.theirs, client.ours, client.far_port, client.port, ACK, client.ack, client.seq)
    client.ghost.unreachable(frames.Packet(client.theirs, client.ours, frames.TCP, quoted))
