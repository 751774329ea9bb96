# SPDX-License-Identifier: BSD-2-Clause
"""Holds TCP and UDP sockets in as many states as can be had to stand still, until its standard input ends.

Run by the tests with `ip netns exec`, in a namespace where 10.1.0.1 is the address of an interface and packets to 10.1.0.2 and
fd00::2 go nowhere. Prints "ready" when all are there; nothing here checks anything.
"""

import socket
import struct
import sys
import time

V4, V6, TCP, UDP = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
HERE, NOWHERE, NOWHERE6 = "10.1.0.1", "10.1.0.2", "fd00::2"
ANY = {V4: "0.0.0.0", V6: "::"}
LOOPBACK = {V4: "127.0.0.1", V6: "::1"}

held = []


def new(family, kind, address=None, **options):
    """A socket; options name what is set before it is bound."""
    one = socket.socket(family, kind)
    held.append(one)
    for name, value in options.items():
        level = socket.IPPROTO_IPV6 if name.startswith("IPV6_") else socket.SOL_SOCKET
        one.setsockopt(level, getattr(socket, name), value)
    if address:
        one.bind(address)
    return one


def listener(family, address, port, backlog=16, **options):
    one = new(family, TCP, (address, port), SO_REUSEADDR=1, **options)
    one.listen(backlog)
    return one


def pair(server, family, address=None):
    """Both ends of a connection to a listener."""
    client = new(family, TCP)
    client.connect((address or LOOPBACK[family], server.getsockname()[1]))
    held.append(server.accept()[0])
    return client, held[-1]


def fill(one):
    """Sends until the peer's window is shut."""
    one.setblocking(False)
    idle = 0
    while idle < 5:
        try:
            one.send(bytes(65536))
            idle = 0
        except BlockingIOError:
            idle += 1
            time.sleep(0.02)


def all_states(family):
    server = listener(family, LOOPBACK[family], 2000)
    pair(server, family)
    client, peer = pair(server, family)
    client.send(b"unread")
    client, peer = pair(server, family)  # CLOSE-WAIT and FIN-WAIT-2
    client.shutdown(socket.SHUT_WR)
    client, peer = pair(server, family)  # LAST-ACK, behind data that nobody reads, and FIN-WAIT-2
    peer.shutdown(socket.SHUT_WR)
    fill(client)
    client.shutdown(socket.SHUT_WR)
    client, peer = pair(server, family)  # FIN-WAIT-1 twice
    fill(client)
    fill(peer)
    client.shutdown(socket.SHUT_WR)
    peer.shutdown(socket.SHUT_WR)
    client, peer = pair(server, family)  # TIME-WAIT
    client.close()
    peer.close()
    for client in (new(family, TCP), new(family, TCP)):  # SYN-SENT
        client.setblocking(False)
        client.connect_ex((NOWHERE if family == V4 else NOWHERE6, 2001))
    waiting = listener(family, LOOPBACK[family], 2002, backlog=4)
    for _ in range(3):
        new(family, TCP).connect(waiting.getsockname()[:2])
    full = listener(family, LOOPBACK[family], 2003, backlog=1)
    for _ in range(2):
        new(family, TCP).connect(full.getsockname()[:2])


def shared_ports():
    """Several sockets on one port, and a listener of one address beside one of all."""
    for family in (V4, V6):
        options = {"IPV6_V6ONLY": 1} if family == V6 else {}
        group = [listener(family, ANY[family], 2010, 8, SO_REUSEPORT=1, **options) for _ in range(3)]
        for _ in range(4):
            new(family, TCP).connect((LOOPBACK[family], 2010))
        del group
        listener(family, ANY[family], 2011, SO_REUSEPORT=1, **options)
        own = listener(family, LOOPBACK[family], 2011, SO_REUSEPORT=1, **options)
        pair(own, family)
    new(V4, TCP).connect((HERE, 2011))
    new(V4, TCP).connect((HERE, 2011))


def mapped():
    """IPv4 connections of an IPv6 listener, which are IPv6 sockets at its end."""
    both = listener(V6, ANY[V6], 2020, IPV6_V6ONLY=0)
    pair(both, V4, LOOPBACK[V4])
    pair(both, V4, HERE)
    pair(both, V6)
    only = listener(V6, "::ffff:127.0.0.1", 2022)
    client, peer = pair(only, V4)  # TIME-WAIT of the IPv6 socket
    peer.close()
    client.close()
    listener(V4, ANY[V4], 2023, SO_REUSEPORT=1)
    listener(V6, ANY[V6], 2023, SO_REUSEPORT=1, IPV6_V6ONLY=0)
    every4 = listener(V6, "::ffff:0.0.0.0", 2021)
    pair(every4, V4, LOOPBACK[V4])
    pair(every4, V4, HERE)


def devices():
    """Listeners of one port that are bound to different devices, one of them full, and link-local ones with their zone."""
    for family in (V4, V6):
        only = {"IPV6_V6ONLY": 1} if family == V6 else {}
        listener(family, ANY[family], 2040, 100, SO_BINDTODEVICE=b"v0", **only)
        full = listener(family, ANY[family], 2040, 3, SO_BINDTODEVICE=b"lo", **only)
        for _ in range(4):
            new(family, TCP).connect((LOOPBACK[family], full.getsockname()[1]))
    listener(V4, ANY[V4], 2041, SO_REUSEPORT=1, SO_BINDTODEVICE=b"lo")
    listener(V4, ANY[V4], 2041, SO_REUSEPORT=1)
    listener(V4, LOOPBACK[V4], 2041, SO_REUSEPORT=1)
    for address in (LOOPBACK[V4], "127.0.0.2", "127.0.0.3"):
        new(V4, TCP).connect((address, 2041))
    listener(V6, ANY[V6], 2042, IPV6_V6ONLY=1)
    for name in ("v0", "v1"):
        zone = socket.if_nametoindex(name)
        own = new(V6, TCP, ("fe80::1", 2043, 0, zone))
        own.listen(5)
        for port in (2042, 2043):
            new(V6, TCP).connect(("fe80::1", port, 0, zone))


def datagrams():
    new(V4, UDP, ("0.0.0.0", 2030), SO_REUSEADDR=1)
    new(V4, UDP, ("127.0.0.1", 2030), SO_REUSEADDR=1)
    for _ in range(3):
        new(V4, UDP, ("127.0.0.1", 2031), SO_REUSEPORT=1)
    connected = new(V4, UDP, ("127.0.0.1", 2032))
    connected.connect(("127.0.0.1", 2033))
    new(V6, UDP, ("::", 2034), IPV6_V6ONLY=0)
    new(V6, UDP, ("::", 2035), IPV6_V6ONLY=1)
    new(V6, UDP, ("::ffff:127.0.0.1", 2036))
    new(V6, UDP, ("::1", 2037)).connect(("::1", 2033))
    new(V6, UDP).connect(("::ffff:127.0.0.1", 2033))
    new(V4, UDP, ("127.0.0.1", 2038), SO_RCVBUF=1)
    for name in (b"lo", b"v0"):
        new(V4, UDP, (ANY[V4], 2039), SO_BINDTODEVICE=name)
    sender = new(V4, UDP)
    for port, count in ((2031, 3), (2038, 50), (2039, 2)):
        for _ in range(count):
            sender.sendto(b"unread", (LOOPBACK[V4], port))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def half_open(port, count):
    """Connection requests from a host that never answers."""
    raw = socket.socket(V4, socket.SOCK_RAW, socket.IPPROTO_RAW)
    for i in range(count):
        ends = socket.inet_aton(NOWHERE) + socket.inet_aton(HERE)
        tcp = struct.pack("!HHIIBBHHH", 3000 + i, port, 1, 0, 5 << 4, 2, 1000, 0, 0)
        tcp = tcp[:16] + struct.pack("!H", checksum(ends + struct.pack("!HH", 6, len(tcp)) + tcp)) + tcp[18:]
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends
        raw.sendto(ip + tcp, (HERE, 0))
    raw.close()


def main():
    for family in (V4, V6):
        all_states(family)
    shared_ports()
    mapped()
    devices()
    datagrams()
    half_open(2011, 5)
    half_open(2020, 2)
    half_open(2021, 3)
    print("ready", flush=True)
    sys.stdin.read()


main()
