# SPDX-License-Identifier: BSD-2-Clause
"""TLS in the kernel: sessions whose records it encrypts and decrypts. A kernel may lack it."""

import contextlib
import socket
import struct

from expect import expect, grows
from experiment import experiment
from harness import Skip, check_equal

TCP_ULP, SOL_TLS, TLS_TX, TLS_RX, TLS_RX_EXPECT_NO_PAD, TLS_SET_RECORD_TYPE = 31, 282, 1, 2, 4, 1
TLS_1_2, TLS_1_3, AES_GCM_128, ALERT = 0x0303, 0x0304, 51, 21


def has_keys(connection, way, version, key=b"0123456789abcdef"):
    """From here on the kernel encrypts or decrypts what goes one way: struct tls12_crypto_info_aes_gcm_128."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"tls")
    except OSError as error:
        raise Skip(f"no TLS in the kernel here: {error}") from None
    connection.setsockopt(SOL_TLS, way, struct.pack("=HH8s16s4s8s", version, AES_GCM_128, bytes(8), key, bytes(4), bytes(8)))


@experiment("TLS sessions of the kernel")
def tls_sessions(lab):
    """a's program gives the kernel its key to send by, b's program the one to receive by. b reads what a wrote."""
    _, client, peer = lab.pair()
    yield expect("a sends by a key", a=grows(TlsTxSw=1, TlsCurrTxSw=1, TlsRxSw=0))
    has_keys(client, TLS_TX, TLS_1_2)
    yield expect("b receives by it", b=grows(TlsRxSw=1, TlsCurrRxSw=1, TlsTxSw=0, TlsDecryptError=0))
    has_keys(peer, TLS_RX, TLS_1_2)
    client.send(b"secret")
    check_equal(peer.recv(100), b"secret", "tls-sessions: b reads what a wrote")
    yield expect("both close", a=grows(TlsCurrTxSw=-1), b=grows(TlsCurrRxSw=-1))
    client.close()
    peer.close()


@experiment("TLS records that the kernel does not decrypt at once")
def tls_errors(lab):
    """b has another key than a, and can decrypt nothing. Of another connection b's program has said that there is no padding,
    so that the kernel decrypts into its memory; then comes an alert, which has to be decrypted again to another place.
    """
    _, client, peer = lab.pair()
    has_keys(client, TLS_TX, TLS_1_2)
    has_keys(peer, TLS_RX, TLS_1_2, b"another key than")
    yield expect("a record under another key", b=grows(TlsDecryptError=1))
    client.send(b"secret")
    with contextlib.suppress(OSError):
        peer.recv(100)
    _, client, peer = lab.pair(9001)
    has_keys(client, TLS_TX, TLS_1_3)
    has_keys(peer, TLS_RX, TLS_1_3)
    try:
        peer.setsockopt(SOL_TLS, TLS_RX_EXPECT_NO_PAD, 1)
    except OSError as error:
        raise Skip(f"no TLS_RX_EXPECT_NO_PAD here: {error}") from None
    yield expect("an alert", b=grows(TlsDecryptRetry=1, TlsRxNoPadViolation=0))
    client.sendmsg([b"\1\0"], [(SOL_TLS, TLS_SET_RECORD_TYPE, bytes([ALERT]))])
    peer.recvmsg(20000, 100)
