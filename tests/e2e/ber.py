# SPDX-License-Identifier: BSD-2-Clause
"""SNMPv2c in octets, for requests that the tools of net-snmp do not make: with a thousand varbinds, and very many at once."""

import collections
import itertools
import socket

GET, GETNEXT, RESPONSE, GETBULK = 0xa0, 0xa1, 0xa2, 0xa5
NO_ERROR, TOO_BIG, GEN_ERR = 0, 1, 5
SOME = 100  # names in a PDU, where there are many
EXCEPTIONS = {0x80: "noSuchObject", 0x81: "noSuchInstance", 0x82: "endOfMibView"}

Answer = collections.namedtuple("Answer", "number error index varbinds")


# --- Octets (BER) -------------------------------------------------------------------------------------------------------------

def element(tag, body):
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + body


def integer(number):
    return element(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(text):
    ids = [int(part) for part in text.split(".")]
    octets = []
    for number in [ids[0] * 40 + ids[1]] + ids[2:]:
        part = [number & 127]
        while number > 127:
            number >>= 7
            part.append(128 | number & 127)
        octets += reversed(part)
    return element(6, bytes(octets))


def request(kind, number, names, community="public", non_repeaters=0, repetitions=0, version=1):
    varbinds = b"".join(element(0x30, oid(name) + b"\x05\x00") for name in names)
    pdu = integer(number) + integer(non_repeaters) + integer(repetitions) + element(0x30, varbinds)
    return element(0x30, integer(version) + element(4, community.encode()) + element(kind, pdu))


def split(data):
    """Tag, body and what follows of the first element; None while it is not whole."""
    if len(data) < 2:
        return None
    size, begin = data[1], 2
    if size & 0x80:
        begin += size & 0x7f
        size = int.from_bytes(data[2:begin], "big")
    if len(data) < begin + size:
        return None
    return data[0], data[begin:begin + size], data[begin + size:]


def parts(data):
    while data:
        tag, body, data = split(data)
        yield tag, body


def parse_oid(body):
    ids, number = [], 0
    for octet in body:
        number = number << 7 | octet & 127
        if not octet & 128:
            ids.append(number)
            number = 0
    return ".".join(map(str, [ids[0] // 40, ids[0] % 40] + ids[1:]))


def parse_value(tag, body):
    if tag in (2, 0x41, 0x42, 0x43, 0x46):
        return int.from_bytes(body, "big", signed=tag == 2)
    return EXCEPTIONS.get(tag, body)


def parse(message, value_of=parse_value):
    _, (_, pdu) = None, list(parts(split(message)[1]))[2]
    number, error, index, (_, varbinds) = list(parts(pdu))
    found = []
    for _, varbind in parts(varbinds):
        (_, name), (tag, value) = parts(varbind)
        found.append((parse_oid(name), value_of(tag, value)))
    return Answer(*(int.from_bytes(part[1], "big") for part in (number, error, index)), found)


# --- A manager ----------------------------------------------------------------------------------------------------------------

def values(answer):
    """None for what has none; an error is none at all."""
    return [None if answer.error or value in EXCEPTIONS.values() else value for _, value in answer.varbinds]


class Manager:
    """One who asks by snmpd's unix socket, a stream, which needs no network namespace, or by a connection that there is. value_of makes
    a value of tag and body."""

    def __init__(self, path, seconds=10, value_of=parse_value, plug=None):
        self.plug = plug or socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.plug.settimeout(seconds)
        if plug is None:
            self.plug.connect(str(path))
        self.numbers = itertools.count(1)
        self.data = b""
        self.value_of = value_of

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.plug.close()

    def send(self, kind, names, **more):
        number = next(self.numbers)
        self.plug.sendall(request(kind, number, names, **more))
        return number

    def receive_octets(self):
        """The next answer; OSError when none comes."""
        while split(self.data) is None:
            more = self.plug.recv(65536)
            if not more:
                raise EOFError("snmpd has ended the connection")
            self.data += more
        _, body, rest = split(self.data)
        message, self.data = element(0x30, body), rest
        return message

    def receive(self):
        return parse(self.receive_octets(), self.value_of)

    def ask(self, kind, names, **more):
        number = self.send(kind, names, **more)
        while True:
            answer = self.receive()
            if answer.number == number:
                return answer

    def values(self, names):
        """Of many names, in PDUs of some."""
        names = list(names)
        return [value for i in range(0, len(names), SOME) for value in values(self.ask(GET, names[i:i + SOME]))]
