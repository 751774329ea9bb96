# SPDX-License-Identifier: BSD-2-Clause
"""Makes the kernel count: some of everything on the loopback interface of the namespace that it runs in, then ends.

Run by the tests with `ip netns exec`; nothing here checks anything.
"""

import contextlib
import ctypes
import socket
import struct
import sys
import time

MPTCP = 262
UDPLITE = 136
LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def listener(family, address, protocol=0, backlog=8):
    server = socket.socket(family, socket.SOCK_STREAM, protocol)
    server.bind((address, 0))
    server.listen(backlog)
    return server


def reset_at_close(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def tcp(family, address, protocol=0):
    """Connections that end well, that are reset, and that nobody listens for."""
    with listener(family, address, protocol) as server:
        for size in (1, 100000):
            with socket.socket(family, socket.SOCK_STREAM, protocol) as client:
                client.settimeout(5)
                client.connect(server.getsockname())
                peer, _ = server.accept()
                with peer:
                    client.sendall(bytes(min(size, 1000)))
                    peer.recv(1000)
                    if size > 1:
                        reset_at_close(client)
        nobody = server.getsockname()
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.connect_ex(nobody)


def overflow(family, address):
    """More connections than the listener takes."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(listener(family, address, backlog=0))
        for _ in range(4):
            client = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
            client.settimeout(0.1)
            reset_at_close(client)
            with contextlib.suppress(OSError):
                client.connect(server.getsockname())


def udp(family, address, protocol=0):
    """Datagrams that arrive, that find the buffer full, and that nobody waits for."""
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as server, \
            socket.socket(family, socket.SOCK_DGRAM, protocol) as client:
        server.bind((address, 0))
        client.sendto(b"x", server.getsockname())
        server.recv(1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        for _ in range(4):
            client.sendto(bytes(3000), server.getsockname())
        nobody = server.getsockname()
        server.close()
        for _ in range(3):
            client.sendto(b"x", nobody)


def icmp():
    """Types with and without an answer, unknown ones, and a wrong checksum."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        for kind in (8, 8, 13, 40, 200):
            body = struct.pack("!BBHHH", kind, 0, 0, 1, 1) + bytes(12)
            raw.sendto(body[:2] + struct.pack("!H", checksum(body)) + body[4:], ("127.0.0.1", 0))
        raw.sendto(struct.pack("!BBHHH", 8, 0, 0x1234, 1, 1), ("127.0.0.1", 0))
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as raw:
        for kind in (128, 128, 128, 200):
            raw.sendto(struct.pack("!BBHHH", kind, 0, 0, 1, 1), ("::1", 0))


def ip():
    """A protocol that nobody knows, no route, and fragments whose rest never comes."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, 253) as raw:
        raw.sendto(b"unknown protocol", ("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client, contextlib.suppress(OSError):
        client.sendto(b"no route", ("192.0.2.1", 9))
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for number in (1, 2, 3):
            header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, number, 0x2000, 64, 17, 0, *[bytes((127, 0, 0, 1))] * 2)
            raw.sendto(header + bytes(8), ("127.0.0.1", 0))


def stream(seconds):
    """Datagrams without end, for tests that want counters to move."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(seconds)
        while True:
            server.sendto(b"x", server.getsockname())
            server.recv(1)


def many_datagrams(family, address):
    """Some are read, and many more find the buffer full."""
    with socket.socket(family, socket.SOCK_DGRAM) as server, socket.socket(family, socket.SOCK_DGRAM) as client:
        server.bind((address, 0))
        for _ in range(30):
            client.sendto(b"x", server.getsockname())
            server.recv(1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        for _ in range(30):
            client.sendto(bytes(3000), server.getsockname())


def lossy(port):
    """Small segments over a connection some of whose segments get lost."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer, _ = server.accept()
            with peer:
                for _ in range(100):
                    client.sendall(b"x")
                left = 100
                while left:
                    left -= len(peer.recv(left))
                reset_at_close(client)


def busy(port):
    """Much of all that health is made of, until somebody ends it; what goes to the port may get lost."""
    while True:
        for family, address in LOOPBACKS:
            with socket.socket(family) as nobody:
                nobody.bind((address, 0))
                for _ in range(10):
                    with socket.socket(family) as client:
                        client.connect_ex(nobody.getsockname())
            tcp(family, address)
            overflow(family, address)
            many_datagrams(family, address)
        icmp()
        ip()
        lossy(port)


def around(names):
    """Some of it in each of these namespaces in turn, until somebody ends it."""
    places = [open(f"/run/netns/{name}") for name in names]
    while True:
        for place in places:
            if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            for family, address in LOOPBACKS:
                tcp(family, address)
                udp(family, address)
            icmp()
            ip()
            time.sleep(0.01)


def main():
    if sys.argv[1:] == ["stream"]:
        stream(5)
    if sys.argv[1:2] == ["around"]:
        around(sys.argv[2:])
    if sys.argv[1:2] == ["busy"]:
        busy(int(sys.argv[2]))
    for family, address in LOOPBACKS:
        tcp(family, address)
        overflow(family, address)
        udp(family, address)
        for optional, protocol in ((tcp, MPTCP), (udp, UDPLITE)):
            with contextlib.suppress(OSError):
                optional(family, address, protocol)
    icmp()
    ip()


main()
