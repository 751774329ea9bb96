# SPDX-License-Identifier: BSD-2-Clause
"""Sends requests to snmpd as fast as it can, and reads no answer: flood.py SECONDS OID PORT..."""

import contextlib
import socket
import sys
import time

import ber

VARBINDS = 100


def main(seconds, oid, *ports):
    plugs = []
    for port in ports:
        plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        plug.connect(("127.0.0.1", int(port)))
        plug.setblocking(False)
        plugs.append(plug)
    messages = [ber.request(ber.GET, number, [oid] * VARBINDS) for number in range(1, 20)]
    sent, end = 0, time.monotonic() + float(seconds)
    while time.monotonic() < end:
        for plug in plugs:
            with contextlib.suppress(OSError):  # one that finds no place, or nobody who listens
                plug.send(messages[sent % len(messages)])
                sent += 1
    print(f"{sent} requests sent")


main(*sys.argv[1:])
