# SPDX-License-Identifier: BSD-2-Clause
"""Holds one TCP socket in the state CLOSING, until standard input ends.

Run by the tests with `ip netns exec`, in a namespace where 10.1.0.1 is the address of v0, v1 is the other end of that link, and
nobody answers for 10.1.0.2. This program plays the host 10.1.0.2: it takes a connection from raw frames and closes it at the
same moment as the socket does, without ever confirming that. Prints "ready" when it is so; nothing here checks anything.
"""

import select
import socket
import struct
import sys

HERE, PEER, PORT = "10.1.0.1", "10.1.0.2", 2050
ETH_P_IP = 0x0800
FIN, SYN, ACK = 1, 2, 16


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def send(raw, port, seq, ack, flags):
    """A segment of the peer's."""
    ends = socket.inet_aton(PEER) + socket.inet_aton(HERE)
    tcp = struct.pack("!HHIIBBHHH", PORT, port, seq, ack, 5 << 4, flags, 1000, 0, 0)
    tcp = tcp[:16] + struct.pack("!H", checksum(ends + struct.pack("!HH", 6, len(tcp)) + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends
    raw.sendto(ip + tcp, (HERE, 0))


def first_segment(wire):
    """Port and sequence number of the request for a connection."""
    while True:
        frame = wire.recv(2048)
        ip = frame[14:]
        header = (ip[0] & 15) * 4
        if ip[9] == 6 and ip[16:20] == socket.inet_aton(PEER):
            port, to, seq = struct.unpack("!HHI", ip[header:header + 8])
            if to == PORT:
                return port, seq


def main():
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP))
    wire.bind(("v1", ETH_P_IP))
    wire.settimeout(10)
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex((PEER, PORT))
    port, seq = first_segment(wire)
    send(raw, port, 1000, seq + 1, SYN | ACK)
    select.select([], [client], [], 10)
    client.shutdown(socket.SHUT_WR)
    send(raw, port, 1001, seq + 1, FIN | ACK)
    print("ready", flush=True)
    sys.stdin.read()


main()
