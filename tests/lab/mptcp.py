# SPDX-License-Identifier: BSD-2-Clause
"""A ghost that speaks MPTCP (RFC 8684), rightly or not."""

import hashlib
import itertools
import struct

import ghost
from frames import ACK, RST, SYN, option

KIND, PROTOCOL = 30, 262
CAPABLE, JOIN, DSS = 0, 1, 2
VERSION, HMAC_SHA256, CHECKSUMS = 1, 0x01, 0x80
KEY = b"eightoct"
PORTS = itertools.count(50000)  # each once: an MPTCP socket outlives its program for a while


def digest(key):
    """Token and first sequence number of a key."""
    value = hashlib.sha256(key).digest()
    return value[:4], int.from_bytes(value[24:], "big")


class Speaker:
    """One connection of a ghost to b, with its own key and the one of b."""

    def __init__(self, lab, checksums=False):
        self.flags = HMAC_SHA256 | (CHECKSUMS if checksums else 0)
        self.checksums = checksums
        self.host = lab.ghost()
        port = next(lab.ports)
        server = lab.b.listen(port, protocol=PROTOCOL)
        self.peer = ghost.Peer(self.host, next(PORTS), port)
        capable = bytes([CAPABLE << 4 | VERSION, self.flags])
        self.peer.knock(option(KIND, capable))
        answer = self.peer.receive(lambda segment: segment.flags & SYN)
        self.key = answer.options[KIND][2:10]
        self.peer.send(options=option(KIND, capable + KEY + self.key))
        self.socket = lab.b.accept(server)
        self.data, self.subflow = digest(KEY)[1] + 1, 1

    def say(self, text, subflow=0, ahead=0, length=None, checksum=None):
        """Data with a mapping; subflow and ahead are added to where it says that the data belongs."""
        acked, mapped, long_mapping = 0x01, 0x04, 0x08
        mapping = struct.pack("!BBIQIH", DSS << 4, acked | mapped | long_mapping, digest(self.key)[1] + 1 & 0xffffffff,
                              self.data + ahead & 2**64 - 1, self.subflow + subflow, len(text) if length is None else length)
        if self.checksums:
            mapping += struct.pack("!H", checksum)
        self.peer.send(ACK, text, options=option(KIND, mapping))
        self.data += len(text)
        self.subflow += len(text)

    def join(self, proof):
        """A second way into the connection, with what should prove that we know the keys."""
        way = ghost.Peer(self.host, next(PORTS), self.peer.far_port)
        way.knock(option(KIND, bytes([JOIN << 4, 1]) + digest(self.key)[0] + bytes(4)))
        way.receive(lambda segment: segment.flags & SYN)
        way.send(options=option(KIND, bytes([JOIN << 4, 0]) + proof))
        way.receive(lambda segment: segment.flags & RST)
