#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Good requests to a master, in files: requests.py DIRECTORY. The first octet says by which transport; see fuzz_master.c."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from ber import GET, GETBULK, GETNEXT, RESPONSE, element, integer, oid

SET, TRAP, INFORM, TRAP2, REPORT = 0xa3, 0xa4, 0xa6, 0xa7, 0xa8
ENGINE = bytes.fromhex("80001f880466757a7a")
ROOT = "1.3.6.1.4.1.8072.9999.9999.1213.1"
MIB2 = "1.3.6.1.2.1"
NULL = b"\x05\x00"


def text(value):
    return element(4, value if isinstance(value, bytes) else value.encode())


def pdu(kind, names, first=0, second=0, value=NULL):
    varbinds = b"".join(element(0x30, oid(name) + value) for name in names)
    return element(kind, integer(1) + integer(first) + integer(second) + element(0x30, varbinds))


def by_community(version, community, body):
    return element(0x30, integer(version) + text(community) + body)


def by_user(engine, user, body, context="", flags=4):
    parameters = element(0x30, text(engine) + integer(0) + integer(0) + text(user) + text("") + text(""))
    header = element(0x30, integer(2) + integer(65507) + text(bytes([flags])) + integer(3))
    return element(0x30, integer(3) + header + text(parameters) + element(0x30, text(engine) + text(context) + body))


SCALARS = [f"{MIB2}.1.3.0", f"{MIB2}.6.5.0", f"{ROOT}.1.1.0", f"{ROOT}.8.24.0", f"{MIB2}.6.17.0"]
TABLES = [f"{MIB2}.6.13", f"{MIB2}.7.5", f"{MIB2}.2.2", f"{MIB2}.1.9", f"{ROOT}.2", f"{ROOT}.20", f"{ROOT}.1.13"]
OLD_TRAP = element(TRAP, oid("1.3.6.1.4.1.8072") + element(0x40, bytes(4)) + integer(6) + integer(1) + element(0x43, b"\0") + element(0x30, b""))

REQUESTS = {
    "v1-get": by_community(0, "public", pdu(GET, SCALARS[:2])),
    "v1-next": by_community(0, "holes", pdu(GETNEXT, [f"{MIB2}.4", f"{MIB2}.6.12.0"])),
    "get": by_community(1, "public", pdu(GET, SCALARS)),
    "next": by_community(1, "holes", pdu(GETNEXT, SCALARS + TABLES)),
    "bulk": by_community(1, "public", pdu(GETBULK, SCALARS[:1] + TABLES, 1, 20)),
    "holes": by_community(1, "holes", pdu(GETBULK, [MIB2, ROOT, "1.9"], 0, 90)),
    "set": by_community(1, "private", pdu(SET, [f"{MIB2}.1.4.0"], value=text("me"))),
    "not-set": by_community(0, "public", pdu(SET, [f"{MIB2}.1.4.0"], value=integer(1))),
    "inform": by_community(1, "public", pdu(INFORM, SCALARS[:1])),
    "trap": by_community(1, "public", pdu(TRAP2, SCALARS[:1])),
    "trap-v1": by_community(0, "public", OLD_TRAP),
    "response": by_community(1, "public", pdu(RESPONSE, SCALARS[:1])),
    "wrong": by_community(1, "nobody", pdu(GET, SCALARS[:1])),
    "v3-discovery": by_user(b"", "", pdu(GET, [])),
    "v3-get": by_user(ENGINE, "open", pdu(GET, SCALARS)),
    "v3-bulk": by_user(ENGINE, "open", pdu(GETBULK, TABLES, 0, 9)),
    "v3-context": by_user(ENGINE, "open", pdu(GETNEXT, SCALARS), "nowhere"),
    "v3-report": by_user(ENGINE, "open", pdu(REPORT, SCALARS[:1])),
    "v3-auth": by_user(ENGINE, "open", pdu(GET, SCALARS), flags=7),
}

folder = pathlib.Path(sys.argv[1])
for place, (name, octets) in enumerate(REQUESTS.items()):
    (folder / name).write_bytes(bytes([place % 3]) + octets)
(folder / "two").write_bytes(b"\2" + REQUESTS["get"] + REQUESTS["bulk"])
