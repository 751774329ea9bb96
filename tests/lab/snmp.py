# SPDX-License-Identifier: BSD-2-Clause
"""A manager in a hundred lines: GET of SNMPv2c over the unix socket of an snmpd.

It shares nothing with net-snmp, and it is fast enough to read all counters some hundred times.
"""

import functools
import itertools
import socket

INTEGER, STRING, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
COUNTER32, GAUGE32, TIMETICKS, COUNTER64 = 0x41, 0x42, 0x43, 0x46
GET, RESPONSE = 0xa0, 0xa2
AT_ONCE = 60  # varbinds of one request; more would not fit everywhere


class Refused(Exception):
    """The answer is an error, or none to our question."""


def tlv(tag, data):
    size = len(data)
    if size < 0x80:
        return bytes([tag, size]) + data
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + data


def integer(number):
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def base128(number):
    parts = [number & 0x7f]
    while number > 0x7f:
        number >>= 7
        parts.append(0x80 | number & 0x7f)
    return bytes(reversed(parts))


@functools.lru_cache(maxsize=None)
def oid(text):
    first, second, *rest = (int(part) for part in text.strip(".").split("."))
    return tlv(OID, base128(first * 40 + second) + b"".join(map(base128, rest)))


def request(number, community, oids):
    varbinds = b"".join(tlv(SEQUENCE, oid(text) + tlv(NULL, b"")) for text in oids)
    pdu = tlv(GET, integer(number) + integer(0) + integer(0) + tlv(SEQUENCE, varbinds))
    return tlv(SEQUENCE, integer(1) + tlv(STRING, community) + pdu)


def elements(data):
    """The tags and contents of a row of elements."""
    while data:
        size, begin = data[1], 2
        if size & 0x80:
            begin += size & 0x7f
            size = int.from_bytes(data[2:begin], "big")
        yield data[0], data[begin:begin + size]
        data = data[begin + size:]


def value(tag, data):
    """A number, octets, or None for what is not there."""
    if tag in (COUNTER32, GAUGE32, TIMETICKS, COUNTER64):
        return int.from_bytes(data, "big")
    if tag == INTEGER:
        return int.from_bytes(data, "big", signed=True)
    return data if tag in (STRING, OID) else None


class Manager:
    """A connection to one snmpd."""

    def __init__(self, path, community=b"public", patience=15):
        self.community = community
        self.numbers = itertools.count(1)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(patience)
        self.socket.connect(str(path))

    def close(self):
        self.socket.close()

    def get(self, oids):
        """The values of these instances, in their order; None for one that is not there."""
        oids = list(oids)
        found = []
        for i in range(0, len(oids), AT_ONCE):
            found += self.exchange(oids[i:i + AT_ONCE])
        return found

    def exchange(self, oids):
        number = next(self.numbers)
        self.socket.sendall(request(number, self.community, oids))
        (_, message), = elements(self.message())
        _, _, (tag, pdu) = elements(message)
        (_, answered), (_, status), _, (_, varbinds) = elements(pdu)
        if tag != RESPONSE or int.from_bytes(answered, "big") != number or int.from_bytes(status, "big"):
            raise Refused(f"{oids[0]} and {len(oids) - 1} more: status {status.hex()}")
        return [value(*list(elements(varbind))[1]) for _, varbind in elements(varbinds)]

    def message(self):
        """One whole message from the stream."""
        begin = self.receive(2)
        if begin[1] & 0x80:
            begin += self.receive(begin[1] & 0x7f)
            return begin + self.receive(int.from_bytes(begin[2:], "big"))
        return begin + self.receive(begin[1])

    def receive(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise Refused("snmpd closed the connection")
            data += more
        return data
