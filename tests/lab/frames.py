# SPDX-License-Identifier: BSD-2-Clause
"""Packets written by hand and read back: Ethernet, IPv4, IPv6, ICMP, UDP and TCP, right by default and wrong where asked."""

import collections
import socket
import struct

IPV4, IPV6 = 0x0800, 0x86dd
ICMP, IGMP, TCP, UDP, FRAGMENT, ICMP6, UDPLITE = 1, 2, 6, 17, 44, 58, 136
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))
MORE, DONT = 0x2000, 0x4000  # the fragment bits of IPv4
NOT_ECT, ECT1, ECT0, CE = range(4)
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"


def checksum(data):
    """The Internet checksum of RFC 1071."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def spoiled(value):
    """A checksum that is certainly wrong, and not the zero by which UDP says that there is none."""
    return value ^ 0x5555 or 0x1234


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def address(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def ether(source, destination, payload, kind=None):
    """A frame; what it carries is seen from the version of the packet unless kind says otherwise."""
    kind = kind or (IPV6 if payload[0] >> 4 == 6 else IPV4)
    return mac(destination) + mac(source) + struct.pack("!H", kind) + payload


# --- Network layer ------------------------------------------------------------------------------------------------------------

def ipv4(source, destination, protocol, payload=b"", *, ttl=64, tos=0, ident=0, fragment=0, options=b"", version=4,
         length=None, words=None, good=True):
    """An IPv4 packet. fragment is the offset in units of eight octets with MORE or DONT; length and words overrule the
    truth.
    """
    size = 20 + len(options)
    total = size + len(payload) if length is None else length
    header = struct.pack("!BBHHHBBH4s4s", version << 4 | (words or size // 4), tos, total, ident, fragment, ttl, protocol, 0,
                         address(source), address(destination)) + options
    value = checksum(header)
    return header[:10] + struct.pack("!H", value if good else spoiled(value)) + header[12:] + payload


def ipv6(source, destination, protocol, payload=b"", *, hops=64, traffic=0, label=0, length=None, version=6):
    first = version << 28 | traffic << 20 | label
    return struct.pack("!IHBB", first, len(payload) if length is None else length, protocol, hops) + \
        address(source) + address(destination) + payload


def fragment6(protocol, offset, more, ident, payload):
    """A fragment header of IPv6 and its piece; offset in units of eight octets."""
    return struct.pack("!BBHI", protocol, 0, offset << 3 | more, ident) + payload


def ip(source, destination, protocol, payload, **more):
    return (ipv6 if ":" in source else ipv4)(source, destination, protocol, payload, **more)


def pseudo(source, destination, protocol, length):
    """What TCP, UDP and ICMPv6 add to their checksum."""
    if ":" in source:
        return address(source) + address(destination) + struct.pack("!IHBB", length, 0, 0, protocol)
    return address(source) + address(destination) + struct.pack("!BBH", 0, protocol, length)


# --- Above it -----------------------------------------------------------------------------------------------------------------

def icmp(kind, code=0, rest=bytes(4), payload=b"", good=True):
    value = checksum(struct.pack("!BBH", kind, code, 0) + rest + payload)
    return struct.pack("!BBH", kind, code, value if good else spoiled(value)) + rest + payload


def icmp6(source, destination, kind, code=0, rest=bytes(4), payload=b"", good=True):
    text = struct.pack("!BBH", kind, code, 0) + rest + payload
    value = checksum(pseudo(source, destination, ICMP6, len(text)) + text)
    return text[:2] + struct.pack("!H", value if good else spoiled(value)) + text[4:]


def udp(source, destination, source_port, port, payload=b"", *, length=None, good=True, protocol=UDP):
    """A UDP datagram; for UDP-Lite the length is the coverage, here of everything."""
    size = 8 + len(payload)
    said = size if length is None else length
    header = struct.pack("!HHHH", source_port, port, said, 0)
    value = checksum(pseudo(source, destination, protocol, size) + header + payload) or 0xffff
    return header[:6] + struct.pack("!H", value if good else spoiled(value)) + payload


def tcp(source, destination, source_port, port, flags, seq=0, ack=0, window=65535, options=b"", payload=b"", *, good=True,
        words=None):
    options += bytes(-len(options) % 4)
    header = struct.pack("!HHIIBBHHH", source_port, port, seq % 2**32, ack % 2**32, (words or 5 + len(options) // 4) << 4,
                         flags, window, 0, 0) + options
    value = checksum(pseudo(source, destination, TCP, len(header) + len(payload)) + header + payload)
    return header[:16] + struct.pack("!H", value if good else spoiled(value)) + header[18:] + payload


# --- Options of TCP -----------------------------------------------------------------------------------------------------------

def option(kind, data=b""):
    return struct.pack("!BB", kind, 2 + len(data)) + data


NOP = b"\1"


def mss(size):
    return option(2, struct.pack("!H", size))


def window_scale(shift):
    return NOP + option(3, bytes([shift]))


def sack_permitted():
    return NOP + NOP + option(4)


def sack(*blocks):
    """Each block is the sequence numbers of its left and right edge."""
    return NOP + NOP + option(5, b"".join(struct.pack("!II", left % 2**32, right % 2**32) for left, right in blocks))


def timestamps(value, echo=0):
    return NOP + NOP + option(8, struct.pack("!II", value % 2**32, echo % 2**32))


def fast_open(cookie=b""):
    return option(34, cookie)


def md5(digest=bytes(16)):
    return NOP + NOP + option(19, digest)


def split_options(data):
    """Kind to data."""
    found = {}
    while data and data[0] != 0:
        size = 1 if data[0] == 1 else data[1] if len(data) > 1 else 0
        if size == 0:
            break
        if data[0] != 1:
            found[data[0]] = data[2:size]
        data = data[size:]
    return found


# --- Reading ------------------------------------------------------------------------------------------------------------------

class Packet(collections.namedtuple("Packet", "source destination protocol payload")):
    """An IP packet as it was seen on the wire; what of the frame lies beyond its length is not in it."""

    @classmethod
    def read(cls, frame):
        kind = struct.unpack_from("!H", frame, 12)[0]
        data = frame[14:]
        if kind == IPV4 and len(data) >= 20:
            size, total = (data[0] & 15) * 4, struct.unpack_from("!H", data, 2)[0]
            return cls(socket.inet_ntop(socket.AF_INET, data[12:16]), socket.inet_ntop(socket.AF_INET, data[16:20]), data[9],
                       data[size:total])
        if kind == IPV6 and len(data) >= 40:
            total = 40 + struct.unpack_from("!H", data, 4)[0]
            return cls(socket.inet_ntop(socket.AF_INET6, data[8:24]), socket.inet_ntop(socket.AF_INET6, data[24:40]), data[6],
                       data[40:total])
        return None


class Segment(collections.namedtuple("Segment", "source_port port seq ack flags window options payload")):
    """A TCP segment."""

    @classmethod
    def read(cls, packet):
        if packet is None or packet.protocol != TCP or len(packet.payload) < 20:
            return None
        source_port, port, seq, ack, words, flags, window = struct.unpack_from("!HHIIBBH", packet.payload)
        size = (words >> 4) * 4
        return cls(source_port, port, seq, ack, flags, window, split_options(packet.payload[20:size]), packet.payload[size:])

    @property
    def end(self):
        """The sequence number that follows."""
        return (self.seq + len(self.payload) + bool(self.flags & SYN) + bool(self.flags & FIN)) % 2**32

    @property
    def stamp(self):
        """The value of its timestamp, 0 if it has none."""
        return struct.unpack("!I", self.options[8][:4])[0] if 8 in self.options else 0
