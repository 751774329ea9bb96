# SPDX-License-Identifier: BSD-2-Clause
"""SCTP: associations that begin, talk and end. A kernel may lack it."""

import struct

import frames
from expect import REST, at_least, expect, grows
from experiment import experiment
from experiments.e02_aborts import linger
from harness import Skip, check_equal

SCTP, COOKIE_ECHO = 132, b"\x0a\0\0\4"
CRC32C = 0x82f63b78


def listener(lab):
    try:
        return lab.b.listen(protocol=SCTP)
    except OSError as error:
        raise Skip(f"no SCTP here: {error}") from None


@experiment("associations of SCTP, and what they carry")
def sctp_associations(lab):
    """a and b agree on an association with four chunks. a writes a few words, then more than a packet holds. One association
    ends as both close, another one as a has no time to linger.
    """
    server = listener(lab)
    both = dict(SctpCurrEstab=1, SctpOutSCTPPacks=2, SctpInSCTPPacks=2, SctpOutCtrlChunks=2, SctpInCtrlChunks=2)
    yield expect("a connects", a=grows(SctpActiveEstabs=1, **both), b=grows(SctpPassiveEstabs=1, **both))
    client = lab.a.connect(protocol=SCTP)
    peer = lab.b.accept(server)
    yield expect("a few words", a=grows(SctpOutOrderChunks=1, SctpFragUsrMsgs=0),
                 b=grows(SctpInOrderChunks=1, SctpReasmUsrMsgs=0))
    client.send(b"hello")
    check_equal(peer.recv(10), b"hello", "sctp-associations: b reads what a wrote")
    yield expect("4000 octets", a=grows(SctpOutOrderChunks=at_least(2), SctpFragUsrMsgs=1), b=grows(SctpReasmUsrMsgs=1))
    client.send(bytes(4000))
    peer.recv(10000)
    yield expect("both close", a=grows(SctpShutdowns=1, SctpCurrEstab=-1), b=grows(SctpShutdowns=1, SctpCurrEstab=-1))
    client.close()
    peer.recv(10)
    peer.close()
    yield REST
    client = lab.a.connect(protocol=SCTP)
    peer = lab.b.accept(server)
    both = dict(SctpAborteds=1, SctpCurrEstab=-1)
    yield expect("a closes and does not linger", a=grows(**both), b=grows(**both))
    linger(client, 0)
    client.close()


@experiment("packets of SCTP for no association")
def sctp_errors(lab):
    """The ghost sends a packet with a wrong checksum, and a good one to a port that nobody has."""
    host = lab.ghost()
    listener(lab)
    yield expect("a wrong checksum", b=grows(SctpChecksumErrors=1, SctpInSCTPPacks=1))
    host.ip(SCTP, packet(9000, good=False))
    yield expect("a port that nobody has", b=grows(SctpOutOfBlues=1, SctpInSCTPPacks=1))
    host.ip(SCTP, packet(9001))


def packet(port, good=True):
    header = struct.pack("!HHI", 5000, port, 1)
    value = crc32c(header + bytes(4) + COOKIE_ECHO)
    return header + struct.pack("<I", value if good else frames.spoiled(value)) + COOKIE_ECHO


def crc32c(data):
    value = 0xffffffff
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (CRC32C if value & 1 else 0)
    return value ^ 0xffffffff
