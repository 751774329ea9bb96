# SPDX-License-Identifier: BSD-2-Clause
"""UDP and UDP-Lite, over IPv4 and IPv6: each counter has a twin in Udp6, UdpLite and UdpLite6."""

import contextlib
import socket
import threading
import time

import frames
import harness
import world
from expect import at_least, expect, grows
from experiment import experiment

EVERYBODY = {4: (f"{world.NET}.255", frames.BROADCAST_MAC), 6: ("ff02::1", "33:33:00:00:00:01")}
SO_BUSY_POLL = 46
KINDS = (("Udp", socket.AF_INET, frames.UDP), ("Udp6", socket.AF_INET6, frames.UDP),
         ("UdpLite", socket.AF_INET, frames.UDPLITE), ("UdpLite6", socket.AF_INET6, frames.UDPLITE))


def endpoint(lab, family, protocol):
    try:
        server = lab.b.socket(socket.SOCK_DGRAM, family, protocol)
    except OSError as error:
        raise harness.Skip(f"no socket of protocol {protocol}: {error}") from None
    server.bind(("", 9000))
    return server


def counts(kind, **growth):
    return grows(**{kind + name: number for name, number in growth.items()})


def datagrams(lab, kind, family, protocol):
    """One that is read, one for nobody, one that is wrong, more than the buffer holds, more than the link takes."""
    host = lab.ghost()
    version = 4 if family == socket.AF_INET else 6
    how = dict(family=version, protocol=protocol)
    server = endpoint(lab, family, protocol)
    yield expect("one that is read", b=counts(kind, InDatagrams=1, OutDatagrams=1))
    host.udp(9000, b"x", **how)
    _, sender = server.recvfrom(10)
    server.sendto(b"y", sender)
    yield expect("one for a port that nobody has", b=counts(kind, NoPorts=1, InErrors=0))
    host.udp(9999, b"x", **how)
    yield expect("one with a wrong checksum", b=counts(kind, InCsumErrors=1, InErrors=1, InDatagrams=0))
    host.udp(9000, b"x", good=False, **how)
    with contextlib.suppress(socket.timeout):
        server.settimeout(0.05)
        server.recv(10)
    if kind + "IgnoredMulti" in lab.world.printed:
        yield expect("one for all that nobody wants", b=counts(kind, IgnoredMulti=1, NoPorts=0))
        everybody, mac = EVERYBODY[version]
        host.udp(9999, b"x", destination=everybody, mac=mac, **how)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    yield expect("more than the receive buffer holds", b=counts(kind, RcvbufErrors=at_least(1), InErrors=at_least(1)))
    for _ in range(20):
        host.udp(9000, bytes(1000), **how)
    server.setblocking(False)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    faster = lab.b.slow("64kbit")
    yield expect("more than the send buffer holds", b=counts(kind, SndbufErrors=at_least(1)))
    with contextlib.suppress(BlockingIOError):
        for _ in range(100):
            server.sendto(bytes(1000), sender)
    faster()


@experiment("datagrams that a program fetches from the device itself")
def busy_poll(lab):
    """With SO_BUSY_POLL a program that waits for data looks into the device's queue, which veth has when GRO is on.
    Datagrams are sent while it looks, until one is found that way.
    """
    lab.b.offload(world.ETHTOOL_SGRO, 1)
    lab.b.undo.callback(lab.b.offload, world.ETHTOOL_SGRO, 0)
    host = lab.ghost()
    server = endpoint(lab, socket.AF_INET, frames.UDP)
    server.setsockopt(socket.SOL_SOCKET, SO_BUSY_POLL, 100000)
    server.setblocking(True)
    host.udp(9000, b"x")
    server.recv(10)
    yield expect("datagrams", b=grows(TcpExtBusyPollRxPackets=at_least(1)))
    harness.wait_for("a datagram is found by busy polling", lambda: found_by_polling(lab, host, server))


def found_by_polling(lab, host, server):
    reader = threading.Thread(target=server.recv, args=(10,), daemon=True)
    reader.start()
    time.sleep(0.01)
    host.udp(9000, b"x")
    reader.join()
    return lab.b.counter("TcpExtBusyPollRxPackets")


def define(kind, family, protocol):
    """The experiment for one of the four."""
    def body(lab):
        yield from datagrams(lab, kind, family, protocol)
    body.__name__ = f"{kind.lower()}_datagrams"
    body.__doc__ = datagrams.__doc__
    experiment(f"{kind}: datagrams that arrive, and why not")(body)


for each in KINDS:
    define(*each)
