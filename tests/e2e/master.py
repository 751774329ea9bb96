# SPDX-License-Identifier: BSD-2-Clause
"""An AgentX master that does what a test says, and nothing else (RFC 2741).

It plays snmpd's part on a unix socket: it answers what agents ask, unless it is told to be silent, and asks them for values.
All that it received is kept. Everything that waits has a deadline.
"""

import collections
import contextlib
import itertools
import os
import socket
import struct
import threading

from harness import DEADLINE, Failure, wait_for

OPEN, CLOSE, REGISTER, UNREGISTER, GET, GETNEXT = 1, 2, 3, 4, 5, 6
NOTIFY, PING, ADD_CAPS, REMOVE_CAPS, RESPONSE = 12, 13, 16, 17, 18
ASKED = (OPEN, CLOSE, REGISTER, UNREGISTER, NOTIFY, PING, ADD_CAPS, REMOVE_CAPS)  # what an agent wants an answer to

NO_ERROR, TOO_BIG, UNSUPPORTED_CONTEXT = 0, 1, 262
LONGEST = 65536  # octets of a PDU that net-snmp takes
HEADER = struct.Struct("!BBBBIIII")
BIG_ENDIAN, CONTEXT = 0x10, 0x08

Pdu = collections.namedtuple("Pdu", "kind flags session transaction packet body")
Answer = collections.namedtuple("Answer", "error index varbinds size")


# --- Octets -------------------------------------------------------------------------------------------------------------------

def encode_oid(oid, include=0):
    ids = [int(part) for part in oid.split(".")] if oid else []
    prefix = 0
    if ids[:4] == [1, 3, 6, 1] and len(ids) > 4 and 0 < ids[4] < 256:
        prefix, ids = ids[4], ids[5:]
    return struct.pack(f"!BBBB{len(ids)}I", len(ids), prefix, include, 0, *ids)


def encode_string(octets):
    return struct.pack("!I", len(octets)) + octets + b"\0" * (-len(octets) % 4)


def encode(kind, session, transaction, packet, body, context=None):
    flags = BIG_ENDIAN
    if context is not None:
        flags, body = flags | CONTEXT, encode_string(context) + body
    return HEADER.pack(1, kind, flags, 0, session, transaction, packet, len(body)) + body


def response(pdu, error=NO_ERROR, session=None, packet=None, flags=BIG_ENDIAN, uptime=100):
    """The octets of a response to this, and what a test wants to be otherwise."""
    order = "!" if flags & BIG_ENDIAN else "<"
    numbers = (pdu.session if session is None else session, pdu.transaction, pdu.packet if packet is None else packet, 8)
    return struct.pack(order + "BBBBIIIIIHH", 1, RESPONSE, flags, 0, *numbers, uptime, error, 0)


def grants(octets, pdu):
    """Whether they begin with PDUs of which one is a response to this that has no error."""
    while len(octets) >= HEADER.size:
        flags = octets[2]
        order = "!" if flags & BIG_ENDIAN else "<"
        _, kind, _, _, _, _, packet, size = struct.unpack(order + "BBBBIIII", octets[:HEADER.size])
        body = octets[HEADER.size:HEADER.size + size]
        if kind == RESPONSE and packet == pdu.packet and len(body) >= 8:
            rest = Octets(body, flags)
            if flags & CONTEXT:
                rest.string()
            return rest.take("IHH")[1] == NO_ERROR
        octets = octets[HEADER.size + size:]
    return False


class Octets:
    """What is left of a body."""

    def __init__(self, data, flags):
        self.data, self.order = data, "!" if flags & BIG_ENDIAN else "<"

    def take(self, layout):
        size = struct.calcsize(self.order + layout)
        values = struct.unpack(self.order + layout, self.data[:size])
        self.data = self.data[size:]
        return values[0] if len(values) == 1 else values

    def oid(self):
        count, prefix, _, _ = self.take("BBBB")
        ids = self.take(f"{count}I") if count > 1 else (self.take("I"),) if count else ()
        return ".".join(map(str, ((1, 3, 6, 1, prefix) if prefix else ()) + tuple(ids)))

    def string(self):
        size = self.take("I")
        text, self.data = self.data[:size], self.data[(size + 3) // 4 * 4:]
        return text

    def varbind(self):
        kind, _ = self.take("HH")
        name = self.oid()
        if kind in (2, 65, 66, 67):
            return name, kind, self.take("I")
        if kind == 70:
            return name, kind, self.take("Q")
        if kind in (4, 64, 68):
            return name, kind, self.string()
        if kind == 6:
            return name, kind, self.oid()
        return name, kind, None


def parse_answer(pdu):
    octets = Octets(pdu.body, pdu.flags)
    _, error, index = octets.take("IHH")
    varbinds = []
    while octets.data:
        varbinds.append(octets.varbind())
    return Answer(error, index, varbinds, HEADER.size + len(pdu.body))


# --- The master ---------------------------------------------------------------------------------------------------------------

class Connection:
    """One agent's. A thread reads what comes and answers it."""

    def __init__(self, master, plug, number):
        self.master, self.plug, self.number = master, plug, number
        self.received = []  # every PDU but answers, once it is answered
        self.answers = {}  # packet number to PDU
        self.granted = set()  # bodies of registrations
        self.ended = False
        self.sending = threading.Lock()  # or an acknowledgement would get into the middle of a long request
        self.packets = itertools.count(1)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def read(self, size):
        data = b""
        while len(data) < size:
            more = self.plug.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read_pdu(self):
        header = self.read(HEADER.size)
        order = "!" if header[2] & BIG_ENDIAN else "<"
        _, kind, flags, _, session, transaction, packet, size = struct.unpack(order + "BBBBIIII", header)
        return Pdu(kind, flags, session, transaction, packet, self.read(size))

    def serve(self):
        with contextlib.suppress(OSError, EOFError):
            while True:
                self.master.reading.wait()
                self.take(self.read_pdu())
        self.ended = True

    def take(self, pdu):
        if pdu.kind == RESPONSE:
            self.answers[pdu.packet] = pdu
            return
        octets = self.master.reply(self, pdu) if self.master.reply and pdu.kind in ASKED else None
        if pdu.kind in self.master.hang_up:
            self.hang_up()
        elif octets is not None:
            self.give(pdu, octets)
        elif pdu.kind in ASKED and pdu.kind not in self.master.silent and self.count(REGISTER) < self.master.registrations:
            self.acknowledge(pdu)
        self.received.append(pdu)  # now that it is answered: whoever sees it may send

    def hang_up(self):
        with contextlib.suppress(OSError):
            self.plug.shutdown(socket.SHUT_RDWR)

    def acknowledge(self, pdu):
        """Another session of the connection has another number."""
        session = self.number + 1000 * self.count(OPEN) if pdu.kind == OPEN else pdu.session
        self.give(pdu, response(pdu, session=session))

    def give(self, pdu, octets):
        self.send(octets)
        if pdu.kind == REGISTER and grants(octets, pdu):
            self.granted.add(pdu.body)

    def send(self, data):
        with self.sending:
            self.plug.sendall(data)

    def count(self, kind):
        return len([pdu for pdu in self.received if pdu.kind == kind])

    # Requests

    def get(self, names, packet=None, context=None):
        """The octets of a Get."""
        body = b"".join(encode_oid(name) + encode_oid("") for name in names)
        return encode(GET, self.number, packet, packet, body, context)

    def getnext(self, names, packet=None):
        body = b"".join(encode_oid(name) + encode_oid("1.4") for name in names)
        return encode(GETNEXT, self.number, packet, packet, body)

    def ask(self, names, request=None, seconds=DEADLINE):
        """Asks for these and returns the answer."""
        packet = next(self.packets)
        self.send((request or self.get)(names, packet=packet))
        return self.answer(packet, seconds)

    def answer(self, packet, seconds=DEADLINE):
        return parse_answer(wait_for(f"an answer to request {packet}", lambda: self.answers.pop(packet, None), seconds))


class Master:
    """Listens until the test is over. silent: kinds of PDU that get no answer; hang_up: those that end the connection.
    After so many registrations a connection gets no answer at all. reply(connection, pdu): octets to be sent in place of what is usual,
    or None."""

    registrations = float("inf")

    def __init__(self, site, silent=(), hang_up=(), accepts=True, backlog=16, reply=None):
        self.silent, self.hang_up, self.reply = set(silent), set(hang_up), reply
        self.reading = threading.Event()
        self.reading.set()
        self.connections = []
        with contextlib.suppress(FileNotFoundError):
            os.unlink(site.master)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(site.master))
        self.listener.listen(backlog)
        if accepts:
            threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                plug, _ = self.listener.accept()
                self.connections.append(Connection(self, plug, len(self.connections) + 1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.reading.set()
        for plug in [self.listener] + [connection.plug for connection in self.connections]:
            with contextlib.suppress(OSError):
                plug.shutdown(socket.SHUT_RDWR)
            plug.close()

    def connection(self, number):
        """The one with this number, from 1, once it is there."""
        wait_for(f"connection {number}", lambda: len(self.connections) >= number)
        return self.connections[number - 1]

    def registered(self, number=1):
        """The connection, once all is registered there: the agent tells its capabilities last, then nothing until it pings."""
        connection = self.connection(number)
        wait_for("the agent has registered all", lambda: connection.count(ADD_CAPS) > 0 and connection.count(PING) > 0)
        if connection.ended:
            raise Failure("the agent has left")
        return connection
