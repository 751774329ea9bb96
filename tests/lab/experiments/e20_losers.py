# SPDX-License-Identifier: BSD-2-Clause
"""Which socket loses: rows of tcpListenTable and of udpSocketTable, with what ss shows beside them."""

import socket

import test_kernel_tables as told
from expect import REST, at_least, expect, grows
from experiment import experiment
from harness import check_equal


def row(port):
    """The index of a socket on all addresses of IPv4."""
    return f"1.4.0.0.0.0.{port}"


def skmem(side, option, port):
    """What ss shows of the one socket of a port: queue, limit of the queue, and its memory by ss's letters."""
    for receive, send, local, memory in told.ss_memory(side.site, option):
        if told.end_of(local)[1] == port:
            return receive, send, memory
    raise LookupError(f"ss {option} shows no socket of port {port}")


@experiment("a UDP socket that loses beside one that does not")
def udp_loses(lab):
    """Two programs on b read nothing of what comes. The buffer of one is small: its row has the drops, which are those that
    UDP counts. The row of the other has what waits.
    """
    host = lab.ghost()
    for port in (9000, 9001):
        server = lab.b.socket(socket.SOCK_DGRAM)
        if port == 9000:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        server.bind(("", port))
    before = lab.b.counter("UdpRcvbufErrors")
    lab.b.look("udpSocketDrops", lambda: skmem(lab.b, "-ua", 9000)[2]["d"], row(9000))
    lab.b.look("udpSocketReceiveQueue", lambda: skmem(lab.b, "-ua", 9001)[0], row(9001))
    yield expect("fifty datagrams for each", b=grows(udpSocketDrops=at_least(40), UdpRcvbufErrors=at_least(40),
                                                     UdpInErrors=at_least(40), udpSocketReceiveQueue=at_least(50 * 100)))
    for _ in range(50):
        host.udp(9000, b"x")
        host.udp(9001, b"x")
    yield REST
    check_equal(skmem(lab.b, "-ua", 9000)[2]["d"], lab.b.counter("UdpRcvbufErrors") - before,
                "udp-loses: the row has all drops of UDP")


@experiment("a listener that turns clients away beside one that does not")
def listener_loses(lab):
    """Eight clients come to a listener with a backlog of 1, two to another one. Two of the eight find room, the SYNs of the
    others are dropped, and the row of the full listener has all of these.
    """
    lab.b.listen(9000, backlog=1)
    lab.b.listen(9001)
    before = lab.b.counter("TcpExtListenDrops")
    lab.b.look("tcpListenDrops", lambda: skmem(lab.b, "-tl", 9000)[2]["d"], row(9000))
    lab.b.look("tcpListenUse", lambda: use(*skmem(lab.b, "-tl", 9000)[:2]), row(9000))
    lab.b.look("tcpListenQueue", lambda: skmem(lab.b, "-tl", 9001)[0], row(9001))
    yield expect("eight clients and two", b=grows(tcpListenDrops=at_least(6), TcpExtListenDrops=at_least(6),
                                                  TcpExtListenOverflows=at_least(6), tcpListenUse=10000, tcpListenQueue=2))
    for _ in range(2):
        lab.a.connect(9000)
        lab.a.connect(9001)
    with lab.b.until("TcpExtListenDrops", 6):
        clients = [lab.a.socket() for _ in range(6)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex((lab.b.address, 9000))
    for client in clients:  # which would ask again
        client.close()
    yield REST
    check_equal(skmem(lab.b, "-tl", 9000)[2]["d"], lab.b.counter("TcpExtListenDrops") - before,
                "listener-loses: the row has all drops of listeners")


def use(queue, longest):
    """Hundredths of a percent: one more than the longest queue makes it full."""
    return queue * 10000 // (longest + 1)
