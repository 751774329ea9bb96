#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hosts that answer a GET of health as no agent would: answers.py OBJECTS PORT=KIND... It prints "ready" and answers until its
input ends.

OBJECTS is the OID below which the objects are. Each port of 127.0.0.1 is a host of its own.
"""

import selectors
import socket
import sys

import ber

COUNTER64, GAUGE, TEXT, INTEGER = 0x46, 0x42, 4, 2
NO_OBJECT, NO_INSTANCE = ber.element(0x80, b""), ber.element(0x81, b"")


def number(tag, value):
    return ber.element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def values(objects, names, **told):
    """What an agent says that is well, but for what is told of the objects of healthCrossed."""
    crossed = {f"{objects}.1.1.0": number(COUNTER64, 7), f"{objects}.37.1.0": number(GAUGE, 0)}
    crossed.update({f"{objects}.37.{key[1:]}.0": value for key, value in told.items()})
    return [(name, crossed.get(name, number(GAUGE, 0) if name.startswith(f"{objects}.35.") else NO_INSTANCE)) for name in names]


def response(asked, varbinds, kind=ber.RESPONSE, error=0, number_of=lambda n: n):
    pairs = b"".join(ber.element(0x30, ber.oid(name) + value) for name, value in varbinds)
    pdu = ber.integer(number_of(asked.number)) + ber.integer(error) + ber.integer(0) + ber.element(0x30, pairs)
    return ber.element(0x30, ber.integer(1) + ber.element(4, b"public") + ber.element(kind, pdu))


def crossed(worst, severity=3, count=1):
    return {"_1": number(GAUGE, count), "_2": ber.element(TEXT, worst), "_3": number(INTEGER, severity)}


# Each makes packets of what was asked, the names of it, and OBJECTS.
KINDS = {
    "well": lambda asked, names, objects: [response(asked, values(objects, names))],
    "twice": lambda asked, names, objects: 2 * [response(asked, values(objects, names))],
    "critical": lambda asked, names, objects: [response(asked, values(objects, names, **crossed(b"disk", count=3)))],
    "info": lambda asked, names, objects: [response(asked, values(objects, names, **crossed(b"talk", 1)))],
    "escape": lambda asked, names, objects: [response(asked, values(objects, names, **crossed(b"\x1b[2J\x07\xff" + 30000 * b"x", 2)))],
    "zero": lambda asked, names, objects: [response(asked, values(objects, names, **crossed(b"a\0b", 2)))],
    "severity": lambda asked, names, objects: [response(asked, values(objects, names, **crossed(b"disk", 99)))],
    "nameless": lambda asked, names, objects: [response(asked, values(objects, names, _1=number(GAUGE, 1)))],
    "types": lambda asked, names, objects: [response(asked, [(name, number(COUNTER64, 1)) for name in names])],
    "texts": lambda asked, names, objects: [response(asked, [(name, ber.element(TEXT, 500 * b"y")) for name in names])],
    "nulls": lambda asked, names, objects: [response(asked, [(name, b"\x05\x00") for name in names])],
    "less": lambda asked, names, objects: [response(asked, values(objects, names)[:-1])],
    "none": lambda asked, names, objects: [response(asked, [])],
    "more": lambda asked, names, objects: [response(asked, values(objects, names) + [(names[0], number(GAUGE, 1))])],
    "others": lambda asked, names, objects: [response(asked, list(reversed(values(objects, names))))],
    "absent": lambda asked, names, objects: [response(asked, [(name, NO_OBJECT) for name in names])],
    "young": lambda asked, names, objects: [response(asked, values(objects, names[:1]) + [(name, NO_INSTANCE) for name in names[1:]])],
    "denied": lambda asked, names, objects: [response(asked, [(name, b"\x05\x00") for name in names], error=16)],
    "big": lambda asked, names, objects: [response(asked, [], error=1)],
    "error": lambda asked, names, objects: [response(asked, [], error=77)],
    "id": lambda asked, names, objects: [response(asked, values(objects, names), number_of=lambda n: n + 1)],
    "get": lambda asked, names, objects: [response(asked, values(objects, names), kind=ber.GET)],
    "trap": lambda asked, names, objects: [response(asked, values(objects, names), kind=0xa7)],
    "report": lambda asked, names, objects: [response(asked, values(objects, names), kind=0xa8)],
    "junk": lambda asked, names, objects: 50 * [b"\x30\x84\xff\xff\xff\xff", b"", b"\xff" * 1400],
    "cut": lambda asked, names, objects: [response(asked, values(objects, names))[:200]],
    "late": lambda asked, names, objects: [b"junk", response(asked, values(objects, names))],
    "silent": lambda asked, names, objects: [],
}


def main():
    objects, pairs = sys.argv[1], [word.split("=") for word in sys.argv[2:]]
    waiting = selectors.DefaultSelector()
    waiting.register(sys.stdin, selectors.EVENT_READ)
    for port, kind in pairs:
        plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        plug.bind(("127.0.0.1", int(port)))
        waiting.register(plug, selectors.EVENT_READ, KINDS[kind])
    print("ready", flush=True)
    while True:
        for key, _ in waiting.select():
            if key.data is None:
                return
            data, who = key.fileobj.recvfrom(65536)
            asked = ber.parse(data)
            for packet in key.data(asked, [name for name, _ in asked.varbinds], objects):
                key.fileobj.sendto(packet, who)


if __name__ == "__main__":
    main()
