# SPDX-License-Identifier: BSD-2-Clause
"""ACKs that are not sent because the last one is too young (tcp_invalid_ratelimit, 500 ms), and segments from the past.

Where the document captures and replays packets, a ghost writes them.
"""

import ghost
from expect import between, exactly, expect, grows
from experiment import experiment
from frames import ACK, FIN, RST, SYN

FAR_AWAY = 1 << 30  # beyond any window
LONG_AGO = 1 << 20  # of a timestamp: more than any delay on the way explains


def established(lab):
    """A connection of a ghost to b, with timestamps, some of it in the past. Both ends."""
    client, peer = lab.ghost_pair(stamps=True)
    client.clock += LONG_AGO
    client.send(ACK, b"x")
    client.receive()
    peer.recv(1)
    return client, peer


@experiment("the same SYN three times", section="TcpExtTCPACKSkippedSynRecv", differs="""
    As in the document. The second SYN+ACK counts as TCPSynRetrans in newer kernels, and as TcpOutSegs too, since every SYN+ACK
    is made anew. The RST at the end is ours, lest the half-open connection go on by timer.
    """)
def ack_skipped_syn_recv(lab):
    """The first SYN makes a half-open connection, the second is answered with the SYN+ACK again, the third comes too soon and
    is not answered. Then the client resets the attempt.
    """
    lab.b.listen()
    client = ghost.Peer(lab.ghost(), port=40000)
    yield expect("three SYNs, then a RST",
                 b=exactly(TcpExtTCPACKSkippedSynRecv=1, TcpExtTCPSynRetrans=1, TcpRetransSegs=1, TcpPassiveOpens=0,
                           TcpExtEmbryonicRsts=1, TcpAttemptFails=1, TcpInSegs=4, TcpOutSegs=2, IpInReceives=4, IpInDelivers=4,
                           IpOutRequests=2, IpOutTransmits=2, IpExtInOctets=172, IpExtOutOctets=88, IpExtInNoECTPkts=4))
    for _ in range(3):
        client.seq = 1_000_000
        client.knock()
    client.send(RST)


@experiment("an old SYN twice", section="TcpExtTCPACKSkippedPAWS", differs="""
    A SYN that fails the PAWS check does not count as such any more: tcp_validate_incoming() looks at the SYN bit first and goes
    the way of the challenge ACK of RFC 5961. So TCPSYNChallenge and TCPACKSkippedChallenge grow in place of
    TCPACKSkippedPAWS, which the experiment ack-skipped-paws shows, and it is a segment in error (TcpInErrs).
    """)
def ack_skipped_challenge(lab):
    """The SYN that opened the connection comes again, twice, with its old timestamp. The first is answered with a challenge
    ACK, the second too soon after it is not.
    """
    client, _ = established(lab)
    yield expect("the old SYN, twice",
                 b=exactly(TcpExtTCPSYNChallenge=2, TcpExtTCPChallengeACK=1, TcpExtTCPACKSkippedChallenge=1, TcpInErrs=2,
                           TcpInSegs=2, TcpOutSegs=1, IpInReceives=2, IpInDelivers=2, IpOutRequests=1, IpOutTransmits=1,
                           IpExtInOctets=112, IpExtOutOctets=52, IpExtInNoECTPkts=2))
    for _ in range(2):
        client.send(SYN, seq=client.first, clock=client.clock - LONG_AGO, options=client.offer)


@experiment("an old ACK twice", section="TcpExtTCPACKSkippedPAWS", differs="""
    The document counts a SYN here (see ack-skipped-challenge). In newer kernels the sequence number decides: an ACK from the
    past that is also behind in the sequence is harmless reordering, counts as PAWSOldAck and is never answered.
    """)
def ack_skipped_paws(lab):
    """A pure ACK at the right place of the sequence, with a timestamp of long ago, fails the PAWS check. The first is answered,
    the second too soon after it is not. A third one is behind in the sequence as well.
    """
    client, _ = established(lab)
    past = client.clock - LONG_AGO
    yield expect("an ACK with an old timestamp, twice",
                 b=exactly(TcpExtPAWSEstab=2, TcpExtTCPACKSkippedPAWS=1, TcpInSegs=2, TcpOutSegs=1, IpInReceives=2,
                           IpInDelivers=2, IpOutRequests=1, IpOutTransmits=1, IpExtInOctets=104, IpExtOutOctets=52,
                           IpExtInNoECTPkts=2))
    client.send(clock=past)
    client.send(clock=past)
    yield expect("one with an old sequence number, too", b=grows(TcpExtPAWSOldAck=1, TcpExtPAWSEstab=0, TcpOutSegs=0))
    client.send(clock=past, seq=client.seq - 1)


@experiment("an ACK out of the window twice", section="TcpExtTCPACKSkippedSeq", differs="""
    The segments also count as BeyondWindow, new in Linux 6.17.
    """)
def ack_skipped_seq(lab):
    """A pure ACK with a good timestamp and a sequence number far beyond the window. The first is answered, the second too soon
    after it is not.
    """
    client, _ = established(lab)
    yield expect("an ACK out of the window, twice",
                 b=exactly(TcpExtTCPACKSkippedSeq=1, TcpExtBeyondWindow=2, TcpInSegs=2, TcpOutSegs=1, IpInReceives=2,
                           IpInDelivers=2, IpOutRequests=1, IpOutTransmits=1, IpExtInOctets=104, IpExtOutOctets=52,
                           IpExtInNoECTPkts=2))
    client.send(seq=client.seq + FAR_AWAY)
    client.send(seq=client.seq + FAR_AWAY)


@experiment("out of the window in FIN-WAIT-2 and TIME-WAIT", section="TCP ACK skip")
def ack_skipped_closing(lab):
    """b has closed, and the ghost has acknowledged its FIN; then it closes, too. In both states a segment out of the window is
    answered once and the next one not, and an old timestamp in TIME-WAIT counts as PAWSTimewait.
    """
    client, peer = established(lab)
    yield expect("two ACKs out of the window in FIN-WAIT-2",
                 b=grows(TcpExtTCPACKSkippedFinWait2=1, TcpExtTW=1))
    peer.close()
    client.receive(lambda segment: segment.flags & FIN)
    client.send()
    client.send(seq=client.seq + FAR_AWAY)
    client.receive()
    client.send(seq=client.seq + FAR_AWAY)

    yield expect("two ACKs out of the window in TIME-WAIT, the first of them perhaps too soon after the last answer",
                 b=grows(TcpExtTCPACKSkippedTimeWait=between(1, 2), TcpExtPAWSTimewait=0))
    client.send(FIN | ACK)
    client.receive()
    client.send(seq=client.seq + FAR_AWAY)
    client.send(seq=client.seq + FAR_AWAY)
    yield expect("an old ACK in TIME-WAIT", b=grows(TcpExtPAWSTimewait=1))
    client.send(clock=client.clock - LONG_AGO)


@experiment("a handshake that ends with a timestamp from nowhere", section="TCP PAWS")
def paws_handshake(lab):
    """The ACK of a handshake must echo the timestamp of the SYN+ACK (TSEcrRejected), and not bear an old one of its own
    (PAWSEstab). The other way round, a client refuses a SYN+ACK that echoes a timestamp that it never sent (PAWSActive).
    """
    lab.b.listen()
    host = lab.ghost()
    client = ghost.Peer(host, port=40000, stamps=True)
    yield expect("an ACK that echoes something else", b=grows(TcpExtTSEcrRejected=1, TcpPassiveOpens=0))
    client.knock()
    client.receive()
    client.echo += FAR_AWAY
    client.send()
    client.echo -= FAR_AWAY
    client.send(RST)
    yield expect("an ACK with an old timestamp", b=grows(TcpExtPAWSEstab=1, TcpPassiveOpens=0))
    client = ghost.Peer(host, port=40001, stamps=True)
    client.knock()
    client.receive()
    client.send(clock=client.clock - LONG_AGO)
    client.send(RST)
    yield expect("a SYN+ACK that echoes what nobody sent", b=grows(TcpExtPAWSActive=1, TcpOutRsts=1))
    server = ghost.Peer(host, port=9001, stamps=True)
    caller = lab.b.socket()
    caller.setblocking(False)
    caller.connect_ex((host.address, 9001))
    server.far_port = caller.getsockname()[1]
    server.receive(lambda segment: segment.flags & SYN)
    server.echo += FAR_AWAY
    server.send(SYN | ACK, options=server.offer)
    server.receive(lambda segment: segment.flags & RST)
    caller.close()
