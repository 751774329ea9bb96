# SPDX-License-Identifier: BSD-2-Clause
"""Connections that end badly: the TCPAbortOn... counters of the kernel's document."""

import socket
import struct

import frames
import world
from expect import at_least, exactly, expect, grows
from experiment import experiment
from frames import FIN
from ghost import Ghost
from harness import Skip

TCP_REPAIR, TCP_REPAIR_WINDOW, REPAIR_ON, REPAIR_OFF_WITHOUT_PROBE = 19, 29, 1, -1
TCP_LINGER2 = getattr(socket, "TCP_LINGER2", 8)


def linger(connection, seconds):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, seconds))


@experiment("a server that ends with unread data", section="TcpExtTCPAbortOnClose")
def abort_on_close(lab):
    """a writes hello, b acknowledges it and its program never reads it. When that program closes the connection the data is
    lost, and b says so with a RST in place of a FIN.
    """
    _, client, peer = lab.pair()
    client.send(b"hello\n")
    yield expect("the server closes",
                 a=exactly(TcpEstabResets=1, TcpInSegs=1, IpInReceives=1, IpInDelivers=1, IpExtInOctets=52, IpExtInNoECTPkts=1,
                           TcpCurrEstab=-1),
                 b=exactly(TcpExtTCPAbortOnClose=1, TcpOutRsts=1, TcpEstabResets=1, TcpOutSegs=1, IpOutRequests=1,
                           IpOutTransmits=1, IpExtOutOctets=52, TcpCurrEstab=-1))
    peer.close()


@experiment("a linger time of zero", section="TCP abort")
def abort_on_data(lab):
    """SO_LINGER with a time of 0 makes close() send a RST at once, whatever is still in flight."""
    _, client, _ = lab.pair()
    linger(client, 0)
    yield expect("the client closes", a=grows(TcpExtTCPAbortOnData=1, TcpOutRsts=1, TcpEstabResets=1),
                 b=grows(TcpEstabResets=1, TcpInSegs=1))
    client.close()


@experiment("orphans that nobody answers", section="TcpExtTCPAbortOnMemory and TcpExtTCPAbortOnTimeout")
def abort_on_timeout(lab):
    """b drops all that comes in, then a closes ten connections. Their FINs are never acknowledged: they are orphans in
    FIN-WAIT-1, sent again until a gives up, which tcp_orphan_retries makes a matter of a second. No RST is sent.
    """
    lab.a.sysctl("net.ipv4.tcp_orphan_retries", 1)
    server = lab.b.listen(backlog=16)
    clients = [lab.a.connect() for _ in range(10)]
    for _ in clients:
        lab.b.accept(server)
    lab.b.iptables("INPUT -p tcp --dport 9000 -j DROP")
    yield expect("a closes ten connections", a=grows(TcpExtTCPAbortOnTimeout=10, TcpOutRsts=0))
    with lab.a.until("TcpExtTCPAbortOnTimeout", 10):
        for client in clients:
            client.close()


def born_established(side, address, port, window=0):
    """A connection that came into being without a packet: what TCP_REPAIR is for. window is that of its peer."""
    made = side.socket()
    made.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_ON)
    made.connect((address, port))
    if window:
        made.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_WINDOW, struct.pack("5I", 0, window, window, window, 0))
    made.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_OFF_WITHOUT_PROBE)
    return made


def many_orphans(side, count):
    """So many connections of the side that have been closed and cannot even send their FIN, since their peer has no window.
    It is nobody; the few probes go nowhere.
    """
    nobody = f"{world.NET}.99"
    side.ip(f"neigh replace {nobody} lladdr 02:00:00:00:09:99 dev {world.DEVICE} nud permanent",
            undo=f"neigh del {nobody} dev {world.DEVICE}")
    for number in range(count):
        born_established(side, nobody, 1024 + number // 10000).close()


@experiment("too many orphans", section="TcpExtTCPAbortOnMemory and TcpExtTCPAbortOnTimeout", differs="""
    The document sets net.ipv4.tcp_max_orphans to 10. That belongs to the whole host, with the count of orphans of all its
    namespaces, so the lab leaves it alone and makes the orphans. A quarter is enough: tcp_out_of_resources(), asked by the
    retransmission timer, counts orphans fourfold when the connection in question was silent for twice the longest timeout and
    met an ICMP error. The count is the approximate one (tcp_orphan_cache) that a timer of newer kernels renews every 100 ms,
    so that connections closed together are all judged by what was before.
    """)
def abort_on_memory(lab):
    """a has very many orphans, connections that it closed and whose FIN nobody answers. One of them talks to a ghost, which
    says that the host is unreachable. When its timer strikes once more, a finds that there are too many, and resets and
    forgets it.
    """
    with open("/proc/sys/net/ipv4/tcp_max_orphans", encoding="ascii") as file:
        limit = int(file.read())
    if limit > 1 << 18:
        raise Skip(f"net.ipv4.tcp_max_orphans of this host is {limit}")
    host = Ghost(near=lab.b)
    half = limit // 8
    lab.a.sysctl("net.ipv4.tcp_orphan_retries", 100)  # else the first are given up after 50 s, and this host may be slow
    yield expect("a has too many orphans", a=grows(SockstatTcpOrphan=at_least(half), SockstatTcpAlloc=at_least(half),
                                                   SockstatTcpMem=at_least(half)))
    many_orphans(lab.a, limit // 4 + 100)
    lab.a.sysctl("net.ipv4.tcp_rto_max_ms", 1000)
    yield expect("the timer of one that seems hopeless", a=grows(TcpExtTCPAbortOnMemory=at_least(1), TcpOutRsts=at_least(1)))
    with lab.a.until("TcpExtTCPAbortOnMemory"):  # close() itself may find too many where other labs have some
        born_established(lab.a, host.address, 9000, window=1000).close()
        host.unreachable(host.receive(lambda packet: packet.protocol == frames.TCP and frames.Segment.read(packet).flags & FIN))


@experiment("a client that does not wait for the server's FIN", section="TcpExtTCPAbortOnLinger")
def abort_on_linger(lab):
    """The client may linger ten seconds in close(), and TCP_LINGER2 is negative. b acknowledges the FIN; in FIN-WAIT-2, a sends
    a RST and forgets the connection at once.
    """
    _, client, _ = lab.pair()
    linger(client, 10)
    client.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    yield expect("the client closes", a=grows(TcpExtTCPAbortOnLinger=1, TcpOutRsts=1), b=grows(TcpEstabResets=1))
    client.close()
