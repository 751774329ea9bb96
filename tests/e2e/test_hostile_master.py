#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A master that sends what no master should, to an agent that serves: each PDU gets what RFC 2741 says or nothing, none of them costs the
session, and the agent shows what is true behind each. What leaves the stream without a beginning of a PDU costs the session, once.

HOSTILE has how many times as much is tried, SEED makes the choices.
"""

import os
import random
import struct
import time

import harness
from harness import MIB2, OBJECTS, check, check_equal, key, wait_for
from master import (BIG_ENDIAN, CLOSE, CONTEXT, GET, GETNEXT, HEADER, NO_ERROR, RESPONSE, TOO_BIG, UNSUPPORTED_CONTEXT, encode, encode_oid,
                    parse_answer)
from pairs import AGAIN, CALM, QUICK, SHOWN, Memory, Pair, descriptors, end_all, ready

MORE = int(os.environ.get("HOSTILE", "1"))
GETBULK, TESTSET, COMMITSET, UNDOSET, CLEANUPSET = range(7, 12)
NOT_WRITABLE = 17
NO_OBJECT, NO_INSTANCE, END_OF_VIEW = 128, 129, 130
SCALAR = f"{OBJECTS}.8.1.0"
BATCH = 100
SO_SNDBUFFORCE = 32  # of Linux; Python has no name for it
QUEUE = 64 << 20  # octets


def ranges(*names):
    return b"".join(encode_oid(name) + encode_oid("") for name in names)


def varbind(name):
    return struct.pack("!HH", 2, 0) + encode_oid(name) + struct.pack("!I", 7)


def counts(repeaters, repetitions):
    """What a GetBulk begins with."""
    return struct.pack("!HH", repeaters, repetitions)


class Asker:
    """Sends to an agent's only connection, and has the answers by the numbers of the requests."""

    def __init__(self, pair):
        self.pair, self.connection = pair, pair.connection()
        self.chance = random.Random(harness.SEED)

    def send(self, kind, body, **more):
        """Returns the number of the request."""
        packet = next(self.connection.packets)
        self.connection.send(encode(kind, self.connection.number, packet, packet, body, **more))
        return packet

    def answer(self, packet):
        return self.connection.answer(packet)

    def ask(self, kind, body, **more):
        return self.answer(self.send(kind, body, **more))

    def still(self):
        """Whatever came before has been answered or passed over, once this is answered, rightly and in the same session."""
        self.pair.must_be_right()
        return len(self.pair.master.connections) == 1


# --- What is sent -------------------------------------------------------------------------------------------------------------
# A generator yields, for each PDU or for some, what was wrong; the first is how often it was tried.

def whole(octets):
    """These, with zeros or less behind, so that they are as long as their header says; None when that is too much to send."""
    order = "!" if octets[2] & BIG_ENDIAN else "<"
    size = HEADER.size + struct.unpack(order + "I", octets[16:20])[0]
    return None if size > 1 << 20 else octets[:size] + bytes(max(0, size - len(octets)))


def flipped(asker):
    """4,000 PDUs with flipped bits."""
    number = 0x70000000
    bodies = {GET: ranges(*SHOWN), GETNEXT: ranges(*SHOWN), GETBULK: counts(1, 3) + ranges(MIB2), TESTSET: varbind(SCALAR),
              COMMITSET: b"", CLEANUPSET: b"", CLOSE: bytes(4), RESPONSE: bytes(8), 13: b""}
    for i in range(4000 * MORE):
        kind = list(bodies)[i % len(bodies)]
        octets = bytearray(encode(kind, 1, number + i, number + i, bodies[kind]))
        for _ in range(asker.chance.choice((1, 1, 1, 2, 3, 8))):
            bit = asker.chance.randrange(8 * len(octets))
            octets[bit // 8] ^= 1 << bit % 8
        sent = whole(bytes(octets))
        if sent is not None:
            asker.connection.send(sent)
        if i % BATCH == 0 and not asker.still():
            yield f"flip {i}: {octets.hex()}"


def long_names(asker):
    """3,024 names of 1 to 255 sub-identifiers, by Get, GetNext and GetNext that includes."""
    asked = {}
    for i in range(3024 * MORE):
        size = 1 + i % 255
        begin = asker.chance.choice((key(MIB2), key(OBJECTS), key(SCALAR), key(MIB2) + (2, 2, 1, 1), (), (1, 3, 6, 1), (2,)))[:size]
        ids = begin + tuple(asker.chance.choice((0, 1, 2, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff)) for _ in range(size - len(begin)))
        kind, include = ((GET, 0), (GETNEXT, 0), (GETNEXT, 1))[i % 3]
        name = encode_oid(".".join(map(str, ids)), include)
        if asker.chance.random() < 0.3:  # without a prefix
            name = struct.pack(f"!BBBB{size}I", size, 0, include, 0, *ids)
        asked[asker.send(kind, name + encode_oid(""))] = (kind, include, ids)
        if len(asked) == BATCH:
            yield from (wrong for packet, one in asked.items() for wrong in wrong_name(asker.answer(packet), *one))
            asked.clear()


def wrong_name(answer, kind, include, ids):
    (name, syntax, _), = answer.varbinds if len(answer.varbinds) == 1 else [("", 0, None)]
    if answer.error != NO_ERROR or syntax == 0:
        yield kind, ids, answer
    elif kind == GET or syntax == END_OF_VIEW:
        if key(name) != ids or (syntax not in (NO_OBJECT, NO_INSTANCE, END_OF_VIEW) and key(name)[-1:] != (0,)):
            yield kind, ids, answer
    elif not (key(name) > ids or (include and key(name) == ids)) or syntax in (NO_OBJECT, NO_INSTANCE):
        yield kind, ids, answer


def wrong_headers(asker):
    """576 headers of wrong versions, types, flags and reserved octets, with a body of a Get."""
    body, number = ranges(*SHOWN), 0x70000000
    for version in (0, 2, 255):
        for kind in (*range(0, 20), 64, 127, 128, 255):
            for flags in (BIG_ENDIAN, 0, BIG_ENDIAN | 0xe7, 0xe7):
                for reserved in (0, 255):
                    order = "!" if flags & BIG_ENDIAN else "<"
                    asker.connection.send(struct.pack(order + "BBBBIIII", version, kind, flags, reserved, 1, number, number, len(body)) + body)
                    number += 1
        if not asker.still():
            yield version


def bodies_cut(asker):
    """Bodies that end anywhere, of a Get, a GetNext, a GetBulk and a TestSet, each of them in a whole PDU."""
    for kind, body in ((GET, ranges(*SHOWN)), (GETNEXT, ranges(*SHOWN)), (GETBULK, counts(1, 3) + ranges(*SHOWN)),
                       (TESTSET, varbind(SCALAR) * 2)):
        for size in range(len(body)):
            asker.connection.send(encode(kind, 1, 0x70000000 + size, 0x70000000 + size, body[:size]))
        if not asker.still():
            yield kind


def numbers_of_octets(asker):
    """Names and values that say to be longer than the PDU, or shorter than they are."""
    name = encode_oid(SCALAR)
    for count in (0, 1, 8, 10, 128, 129, 254, 255):
        for kind, begin, end in ((GET, b"", encode_oid("")), (GETNEXT, b"", encode_oid("")), (GETBULK, counts(0, 5), encode_oid("")),
                                 (TESTSET, struct.pack("!HH", 4, 0), b"\xff\xff\xff\xff")):
            asker.connection.send(encode(kind, 1, 0x70000000, 0x70000000, begin + bytes([count]) + name[1:] + end))
    if not asker.still():
        yield "the session"


def bulk(asker):
    """27 GetBulks: none, one or the most of non-repeaters, repetitions and names."""
    for repeaters in (0, 1, 65535):
        for repetitions in (0, 1, 65535):
            for names in ([], [MIB2], [f"{OBJECTS}.2.1.{i % 5}" for i in range(20)]):
                answer = asker.ask(GETBULK, counts(repeaters, repetitions) + ranges(*names))
                if answer.error not in (NO_ERROR, TOO_BIG):
                    yield repeaters, repetitions, len(names), answer


LAST = "1.3.6.1.4.1.8072.9999.9999.1214"
RANGES = (  # begin, include, end, and what comes: the scalar, what is not beyond this, or END_OF_VIEW
    (SCALAR, 1, "", SCALAR), (SCALAR, 1, SCALAR, END_OF_VIEW), (SCALAR, 0, SCALAR, END_OF_VIEW), (SCALAR, 1, f"{OBJECTS}.8.2", SCALAR),
    (SCALAR, 0, f"{OBJECTS}.8.2", END_OF_VIEW), (f"{OBJECTS}.8.1", 0, f"{OBJECTS}.8.2", SCALAR), (f"{OBJECTS}.8.1", 1, SCALAR, END_OF_VIEW),
    (f"{OBJECTS}.8.1", 0, f"{OBJECTS}.8.1.1", SCALAR), (f"{OBJECTS}.8.1", 0, "1.3", END_OF_VIEW), (f"{OBJECTS}.8", 0, f"{OBJECTS}.8.1.0.0", SCALAR),
    (f"{OBJECTS}.8", 0, f"{OBJECTS}.8", END_OF_VIEW), (f"{OBJECTS}.8", 1, f"{OBJECTS}.8.0.4294967295", END_OF_VIEW), (LAST, 0, "", END_OF_VIEW),
    (LAST, 1, "1", END_OF_VIEW), ("2.5", 0, "", END_OF_VIEW), ("0.0", 0, "1.3", END_OF_VIEW), ("", 1, "1.3", END_OF_VIEW),
    (f"{OBJECTS}.8.0.4294967295", 0, "", SCALAR), (f"{OBJECTS}.8.0.4294967295.4294967295", 1, f"{OBJECTS}.9", SCALAR),
    (f"{OBJECTS}.8.1.0.0", 0, f"{OBJECTS}.8.1.1", END_OF_VIEW),
)


def bounds(asker):
    """20 ranges, also empty ones and those that end before they begin."""
    for begin, include, end, wanted in RANGES:
        (name, syntax, _), = asker.ask(GETNEXT, encode_oid(begin, include) + encode_oid(end)).varbinds
        if (END_OF_VIEW if syntax == END_OF_VIEW else name) != wanted or (syntax == END_OF_VIEW and name != (begin or "0.0")):
            yield begin, include, end, name, syntax


def strange_contexts(asker):
    """Contexts of 0 to 65,000 octets, with NULs, and such that are longer than the PDU."""
    names = [b"x" * size for size in (0, 1, 31, 32, 33, 255, 65000)] + [b"\0", b"\0x", b"x\0", b"x\0y", b"\xff\xfe", b" ", b"\n" * 32]
    for name in names:
        for kind in (GET, GETNEXT, GETBULK, TESTSET):
            answer = asker.ask(kind, ranges(SCALAR), context=name)
            if (answer.error, answer.varbinds) != (UNSUPPORTED_CONTEXT, []):
                yield kind, name[:40], answer
    for size in (1, 5, 100, 0x7fffffff, 0xfffffffd, 0xffffffff):
        for rest in (b"", b"x", b"xxxx"):
            octets = bytearray(encode(GET, 1, 1, 0x70000000, struct.pack("!I", size) + rest))
            octets[2] |= CONTEXT
            asker.connection.send(bytes(octets))
    if not asker.still():
        yield "the session"


def numbers(asker):
    """Sessions, transactions and packets of any number, in both byte orders: an answer has those of its request."""
    body = {"!": ranges(SCALAR), "<": struct.pack("<BBBB14IBBBB", 14, 0, 0, 0, *key(SCALAR), 0, 0, 0, 0)}
    for number in (0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff):
        for order, flags in (("!", BIG_ENDIAN), ("<", 0), ("!", BIG_ENDIAN | 7), ("<", 7)):
            asker.connection.answers.pop(number, None)
            asker.connection.send(struct.pack(order + "BBBBIIII", 1, GET, flags, 255, number, number, number, len(body[order])) + body[order])
            pdu = wait_for(f"an answer to number {number}", lambda: asker.connection.answers.pop(number, None))
            found = (pdu.session, pdu.transaction, pdu.packet, pdu.flags & BIG_ENDIAN, parse_answer(pdu).varbinds)
            if found != (number, number, number, flags & BIG_ENDIAN, asker.pair.truth[:1]):
                yield order, flags, pdu


MANY = (  # what, so many of these, and what comes
    (GET, b"", 4000, ranges(""), (NO_ERROR, 4000)), (GET, b"", 5000, ranges(""), (TOO_BIG, 0)), (GETNEXT, b"", 5000, ranges("2"), (NO_ERROR, 5000)),
    (GETNEXT, b"", 5000, ranges(""), (TOO_BIG, 0)), (GETBULK, counts(0, 0), 5000, ranges(""), (NO_ERROR, 0)),
    (GETBULK, counts(5000, 0), 5000, ranges(""), (TOO_BIG, 0)), (TESTSET, b"", 5000, struct.pack("!HHI", 5, 0, 0), (NOT_WRITABLE, 0)),
)


def many_varbinds(asker):
    """5,000 names in a PDU: as many answers, or tooBig where they would be too long."""
    for kind, begin, count, one, wanted in MANY:
        answer = asker.ask(kind, begin + one * count)
        if (answer.error, len(answer.varbinds)) != wanted:
            yield kind, count, answer.error, len(answer.varbinds)


def answers_to_nothing(asker):
    """Responses to what was never asked, or was answered before, whole and in pieces."""
    old = [pdu.packet for pdu in asker.connection.received]
    for packet in (*old[:20], *old[-20:], 0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0x80000002, 0xffffffff):
        for body in (bytes(8), struct.pack("!IHH", 0, 257, 0), b"", b"\0" * 7, b"\xff" * 40, varbind(SCALAR) * 3, bytes(60000)):
            asker.connection.send(encode(RESPONSE, 1, packet, packet, body))
    if not asker.still():
        yield "the session"


def instances(asker):
    """All names that there are."""
    name, names = "1", []
    while True:
        answer = asker.ask(GETBULK, counts(0, BATCH) + ranges(name))
        found = [name for name, syntax, _ in answer.varbinds if syntax != END_OF_VIEW]
        names += found
        if answer.error or (answer.varbinds and not found):
            return names
        name = names[-1]


def sets(asker):
    """A SET of every instance is notWritable, and leaves nothing, whatever comes behind it."""
    names = instances(asker)
    for at in range(0, len(names), BATCH):
        packets = [asker.send(TESTSET, varbind(name)) for name in names[at:at + BATCH]]
        for packet, name in harness.paired(packets, names[at:at + BATCH]):
            answer = asker.answer(packet)
            if (answer.error, answer.index) != (NOT_WRITABLE, 1):
                yield name, answer
    if len(names) < 1000:
        yield len(names)


ORDERS = ((COMMITSET,), (UNDOSET,), (CLEANUPSET,), (COMMITSET, UNDOSET, CLEANUPSET), (UNDOSET, COMMITSET), (CLEANUPSET, CLEANUPSET),
          (CLEANUPSET, COMMITSET, UNDOSET), (COMMITSET, COMMITSET), (UNDOSET, UNDOSET, CLEANUPSET, COMMITSET))


def orders(asker):
    """CommitSet, UndoSet and CleanupSet in 9 orders, behind a TestSet or none."""
    for i in range(7 * MORE):
        for order in ORDERS:
            if i % 2:
                asker.ask(TESTSET, varbind(SCALAR))
            for kind in order:
                asker.connection.send(encode(kind, 1, 0x70000000 + i, 0x70000000, b""))
    if not asker.still():
        yield "the session"


def octet_by_octet(asker):
    """A Get that is cut at each octet, with a pause."""
    for at in range(1, len(asker.connection.get(list(SHOWN), packet=1))):
        packet = next(asker.connection.packets)
        octets = asker.connection.get(list(SHOWN), packet=packet)
        with asker.connection.sending:  # or an acknowledgement gets between
            asker.connection.plug.sendall(octets[:at])
            time.sleep(0.01)
            asker.connection.plug.sendall(octets[at:])
        if asker.answer(packet).varbinds != asker.pair.truth:
            yield at


def queued(asker):
    """23,000 requests that wait for an agent which does not run: when it does, all are answered."""
    asker.connection.plug.setsockopt(harness.socket.SOL_SOCKET, SO_SNDBUFFORCE, QUEUE)
    with asker.pair.agent.held():
        packets = [asker.send(GET, ranges(SCALAR)) for _ in range(23000)]
    wait_for("the last one is answered", lambda: packets[-1] in asker.connection.answers)
    wrong = [packet for packet in packets if asker.answer(packet).varbinds != asker.pair.truth[:1]]
    if wrong:
        yield len(wrong)


PDUS = (flipped, long_names, wrong_headers, bodies_cut, numbers_of_octets, bulk, bounds, strange_contexts, numbers, many_varbinds,
        answers_to_nothing, sets, orders, octet_by_octet, queued)


# --- Cases --------------------------------------------------------------------------------------------------------------------

def same_session(site):
    """PDUs that no master should send, of all kinds, in one session."""
    print(f"  SEED={harness.SEED}", flush=True)
    with Pair(site, "pair", f"{CALM}tableIdle 3600\ntableInterval 3600\n") as pair:
        asker = Asker(pair.ready())
        instances(asker)
        pair.fds, lines = descriptors(pair.agent), pair.agent.log()
        for what in PDUS:
            begin = time.monotonic()
            check_equal(list(what(asker))[:3], [], f"{what.__doc__[:-1]}; {time.monotonic() - begin:.1f} s")
            if not check(asker.still(), "what is true is shown behind that, in the same session", pair.agent.log()[-3:]):
                return
        check(pair.holds_no_more(), f"the {len(pair.fds)} descriptors are those of the beginning", descriptors(pair.agent))
        check_equal(pair.agent.log(), lines, "the log has nothing of it")
        check_equal(pair.agent.end(), 0, "the agent ends in good order")


def keeps_nothing(site):
    """What is sent in a session, again and again, takes no memory: least of all SETs that are not cleaned up."""
    with Pair(site, "pair", CALM) as pair:
        asker = Asker(pair.ready())
        kinds = {"a TestSet of 20": (TESTSET, varbind(SCALAR) * 20), "a GetBulk": (GETBULK, counts(0, 5) + ranges(MIB2)),
                 "a Get": (GET, ranges(*SHOWN))}
        for name, (kind, body) in kinds.items():
            memory = Memory(pair.agent)
            for _ in range(10):
                packets = [asker.send(kind, body) for _ in range(200)]
                for packet in packets:
                    asker.answer(packet)
                memory.note()
            memory.check(f"10 times 200 of {name}")


# Behind these nothing can be known to be the beginning of a PDU.
STREAMS = {
    **{f"a Get that says to have {size} octets": encode(GET, 1, 1, 1, b"")[:16] + struct.pack("!I", size)
       for size in (24, 65516, 65517, 1 << 24, 1 << 31, (1 << 32) - 1)},
    **{f"a Get that ends after {size} octets": encode(GET, 1, 1, 1, ranges(SCALAR))[:size] for size in (1, 7, 19, 20, 21, 40)},
    "a Response of 2 GB": encode(RESPONSE, 1, 1, 1, b"")[:16] + struct.pack("!I", 1 << 31),
    "7 octets more than a PDU": encode(GET, 1, 1, 1, ranges(SCALAR)) + b"\1\5\0\0\0\0\1",
    "a request of HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a message of SNMP": bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500"),
    "a million of octets of 255": b"\xff" * 1000000,
    "octets by chance": random.Random(harness.SEED).randbytes(100000),
}


def broken_streams(site):
    """Half PDUs, and what is none: the agent pings, gets no answer that it knows, and begins another session."""
    found = [(name, octets, Pair(site, f"pair{i}", QUICK)) for i, (name, octets) in enumerate(STREAMS.items())]
    ready(found)
    for _, octets, pair in found:
        pair.connection().send(octets)
    for name, _, pair in found:
        wait_for(lambda: f"{name}: another connection; the log: {pair.agent.log()[-3:]}", lambda: len(pair.master.connections) > 1, AGAIN)
        pair.must_be_whole()
        lost = len(pair.lines("lost"))
        check(len(pair.agent.log()) <= 2 + 2 * lost, f"{name}: the agent serves again, {lost} sessions were lost", pair.agent.log())
    end_all(found, len(found))


if __name__ == "__main__":
    harness.main(same_session, keeps_nothing, broken_streams)
