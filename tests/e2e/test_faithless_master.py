#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A master that does not keep its part: it refuses, is silent, hangs up or answers wrongly at each step of a session. The agent is the
same process afterwards, serves again what is true, holds the descriptors that it held, and its log has a few lines for it.
"""

import contextlib
import signal
import struct
import threading

import harness
from harness import MIB2, check, check_equal, wait_for
from master import (ADD_CAPS, ASKED, BIG_ENDIAN, CLOSE, GET, GETNEXT, HEADER, NOTIFY, OPEN, PING, REGISTER, REMOVE_CAPS, RESPONSE, UNREGISTER,
                    encode, encode_oid, response)
from pairs import AGAIN, CALM, QUICK, begin_all, end_all, hangs_up, in_groups, ready, refuses, silent, wait_wrong

GETBULK, TESTSET, COMMITSET, UNDOSET, CLEANUPSET = range(7, 12)
OURS = 1 << 31  # in the numbers of notifications
UNKNOWN_TYPES = (0, 19, 100, 255)
PATIENT = "agentXTimeout 20\nagentXRetries 0\nagentXPingInterval 30\n"
CODES = (1, 5, 16, 17, 18, *range(256, 269), 269, 300, 32768, 65535)  # of SNMP, of RFC 2741, and of nobody


# --- What goes wrong ----------------------------------------------------------------------------------------------------------

def ends_amid(connection, pdu):
    with contextlib.suppress(OSError):
        connection.send(response(pdu)[:25])
    return hangs_up(connection, pdu)


def cut(size):
    """An answer of so many octets, with or without a length that says so."""
    return lambda connection, pdu: response(pdu)[:16] + struct.pack("!I", size) + response(pdu)[20:20 + size]


def later(seconds):
    """It comes when the agent has given up, or nearly."""
    def run(connection, pdu):
        with contextlib.suppress(OSError):
            connection.acknowledge(pdu)

    def reply(connection, pdu):
        timer = threading.Timer(seconds, run, (connection, pdu))
        timer.daemon = True
        timer.start()
        return b""
    return reply


def in_context(name):
    def reply(connection, pdu):
        return encode(RESPONSE, pdu.session, pdu.transaction, pdu.packet, response(pdu)[HEADER.size:], name)
    return reply


def longer(more):
    """An answer with more behind it."""
    def reply(connection, pdu):
        return encode(RESPONSE, pdu.session, pdu.transaction, pdu.packet, response(pdu)[HEADER.size:] + more)
    return reply


def version(number, reserved):
    def reply(connection, pdu):
        octets = bytearray(response(pdu, session=connection.number))
        octets[0], octets[3] = number, reserved
        return bytes(octets)
    return reply


def after(*kinds, packet=lambda pdu: pdu.packet, body=b""):
    """Other PDUs come first, with the number of the agent's own."""
    def reply(connection, pdu):
        others = b"".join(encode(kind, connection.number, pdu.transaction, packet(pdu), body) for kind in kinds)
        return others + response(pdu, session=connection.number)
    return reply


def answers(**other):
    return lambda connection, pdu: response(pdu, **other)


# The session ends, or the agent goes on without what was refused.
BREAKS = {
    **{f"error {code}": refuses(code) for code in CODES},
    "silence": silent,
    "a hang-up": hangs_up,
    "half an answer, then a hang-up": ends_amid,
    "half an answer, then silence": lambda connection, pdu: response(pdu)[:25],
    "an answer of no octets": cut(0),
    "an answer of 4 octets": cut(4),
    "an answer without its last octet": cut(7),
    "the number of another request": lambda connection, pdu: response(pdu, packet=pdu.packet + 1),
    "the number of a notification": lambda connection, pdu: response(pdu, packet=pdu.packet ^ OURS),
    "an answer in a context of 33 octets": in_context(b"x" * 33),
    "an answer in a context with a NUL": in_context(b"x\0y"),
    "an answer in a context of 65,000 octets": in_context(b"x" * 65000),
    "an answer that is too long": longer(bytes(70000)),
    "an answer of 2 GB, which does not come": lambda connection, pdu: response(pdu)[:16] + struct.pack("!I", 1 << 31) + response(pdu)[20:],
    "an answer after the time-out": later(1.5),
    "a request in place of the answer": lambda connection, pdu: encode(GETBULK, 1, 1, pdu.packet, bytes(4)),
    "a Close in place of the answer": lambda connection, pdu: encode(CLOSE, 1, 1, pdu.packet, bytes(4)),
}

# The agent finds the answer all the same: nothing is lost, at no step.
BEARS = {
    "another session's number": answers(session=4711),
    "session 0": answers(session=0),
    "the highest session": answers(session=0xffffffff),
    "little-endian": answers(flags=0),
    "all other flags": answers(flags=BIG_ENDIAN | 0xe7),
    "the highest sysUpTime": answers(uptime=0xffffffff),
    "sysUpTime 0": answers(uptime=0),
    "version 0": version(0, 0),
    "version 255 and a reserved octet": version(255, 255),
    "twice": lambda connection, pdu: response(pdu, session=connection.number) * 2,
    "then an error": lambda connection, pdu: response(pdu, session=connection.number) + response(pdu, 267),
    "after the answer to another request": lambda connection, pdu: response(pdu, packet=pdu.packet + 1) + response(pdu),
    "late": later(0.02),
    "in a context": in_context(b"other"),
    "with octets that are no varbind": longer(b"\xff" * 20),
    "with 5,000 varbinds": longer(struct.pack("!HHI", 5, 0, 0) * 5000),
    "a GetBulk before it": after(GETBULK, body=bytes(4)),
    "a Get, a GetNext and a GetBulk before it": after(GET, GETNEXT, GETBULK),
    "a TestSet before it": after(TESTSET),
    "all of a SET before it": after(TESTSET, COMMITSET, UNDOSET, CLEANUPSET),
    "a CommitSet before it": after(COMMITSET),
    "requests of subagents before it": after(OPEN, REGISTER, UNREGISTER, 14, 15, NOTIFY, PING, ADD_CAPS, REMOVE_CAPS),
    "a Close before it": after(CLOSE, body=bytes(4)),
    "PDUs of no type before it": after(*UNKNOWN_TYPES),
    "a hundred answers to nothing before it": after(*[RESPONSE] * 100, packet=lambda pdu: pdu.packet ^ 0x5555, body=bytes(8)),
    "20 requests of 60 names before it": after(*[GETNEXT] * 20, body=(encode_oid(MIB2) + encode_oid("")) * 60),
    "half answers before it": after(RESPONSE, RESPONSE, body=bytes(3)),
}


# --- Cases --------------------------------------------------------------------------------------------------------------------

def reload(pair, conf, number):
    """The agent takes leave, and comes again."""
    pair.configure(f"{conf}registerPriority {99 - number}\n")
    pair.agent.send(signal.SIGHUP)


def of_a_group(connection, pdu):
    """Not the first of a connection."""
    return connection.count(OPEN) > 0


# A Close comes once in each leave.
STEPS = (  # kind of PDU, where, what it is called, and how often it goes wrong
    (PING, None, "Ping", 2),
    (OPEN, None, "Open", 2),
    (OPEN, of_a_group, "the Open of a group", 2),
    (REGISTER, None, "Register", 2),
    (ADD_CAPS, None, "AddAgentCaps", 2),
    (CLOSE, None, "Close", 1),
)


def bring_about(pair, kind, number):
    if kind == CLOSE:
        reload(pair, QUICK, number)
    elif kind != PING:
        pair.hang_up()


def one_step(found, number, kind, where, step, times):
    before = [(len(pair.agent.log()), len(pair.master.connections)) for _, _, pair in found]
    for _, wrong, pair in found:
        wrong.begin(kind, where=where)
        bring_about(pair, kind, number)
    wait_wrong(found, step, times)
    for (name, wrong, pair), (lines, connections) in harness.paired(found, before):
        pair.must_be_whole()
        grown, bound = len(pair.agent.log()) - lines, 4 + 2 * wrong.times() + 3 * (len(pair.master.connections) - connections)
        if grown > bound:
            check(False, f"{step}, {name}: {grown} lines in the log, not more than {bound}", pair.agent.log()[-grown:])
    tried = sum(wrong.times() for _, wrong, _ in found)
    check(True, f"{step} goes wrong in {len(found)} ways, {tried} times: each serves again, with all registrations")
    return tried


def breaks(site):
    """Each step goes wrong in each way: the agent serves again, with all of its registrations."""
    for faults in in_groups(BREAKS):
        found = begin_all(site, faults, QUICK, NOTIFY)
        wait_wrong(found, "Notify", 1)
        ready(found)
        tried = {"Notify": sum(wrong.seen for _, wrong, _ in found)}
        for number, (kind, where, step, times) in enumerate(STEPS):
            tried[step] = one_step(found, number, kind, where, step, times)
        end_all(found, tried)


def bears(site):
    """Answers that are odd, each step long: all is registered, no session is lost, and nothing is said."""
    for faults in in_groups(BEARS):
        found = begin_all(site, faults, CALM, *ASKED)
        ready(found)
        for number, (name, wrong, pair) in enumerate(found):
            reload(pair, CALM, number)
        for name, wrong, pair in found:
            wait_for(f"{name}: the agent comes again", lambda: len(pair.master.connections) > 1 and pair.is_complete())
            pair.must_be_whole()
            check_equal((len(pair.master.connections), pair.lines("lost|refuse|not taken")), (2, []),
                        f"{name}, {wrong.seen} times: a session before the reload and one behind it, nothing is lost")
        check_equal([name for name, _, pair in found if any(one.count(UNREGISTER) for one in pair.master.connections)], [],
                    "nothing is unregistered: it goes with the session")
        end_all(found, sum(wrong.seen for _, wrong, _ in found))


def ends(site):
    """SIGTERM while each registration goes wrong, in each way: the agent ends, patient as it may be."""
    for faults in in_groups({**BREAKS, **BEARS}):
        found = begin_all(site, faults, PATIENT, REGISTER)
        wait_wrong(found, "Register", 1, on=True)
        for _, _, pair in found:
            pair.agent.send(signal.SIGTERM)
        ended = {name: pair.agent.wait(AGAIN) for name, _, pair in found}
        check_equal({name: status for name, status in ended.items() if status}, {}, f"all {len(found)} end in good order")
        for _, _, pair in found:
            pair.master.close()


if __name__ == "__main__":
    harness.main(breaks, bears, ends)
