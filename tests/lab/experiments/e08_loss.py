# SPDX-License-Identifier: BSD-2-Clause
"""What a sender counts when data gets lost, comes late or comes twice.

b sends, a ghost receives, and what the ghost acknowledges is all that b knows of the way. Congestion control is reno, so that
no model of the path has a say.
"""

import socket

from expect import at_least, expect, grows
from experiment import experiment
from flow import Flow
from frames import ACK, ECE


@experiment("a lost segment, repaired with SACK", section="TCP retransmission and congestion control")
def sack_recovery(lab):
    """Of ten segments the first is lost. The ghost reports three later ones with SACK, and b repeats the first. That one is
    lost again, which b learns when a segment sent after it is reported.
    """
    flow = Flow(lab)
    yield expect("SACK of the segments 1 to 3", b=grows(TcpExtTCPSackRecovery=1, TcpExtTCPFastRetrans=1, TcpRetransSegs=1,
                                                        TcpExtTCPRenoRecovery=0, TcpExtTCPTimeouts=0))
    flow.send(10)
    flow.ack(0, (1, 4))
    flow.receive(0)
    yield expect("SACK of one sent after the repetition", b=grows(TcpExtTCPLostRetransmit=1, TcpExtTCPFastRetrans=1))
    flow.ack(0, (1, 10))
    flow.send(2)
    flow.ack(0, (1, 11))
    flow.receive(0)
    flow.ack(12)


@experiment("a lost segment, repaired without SACK", section="TCP retransmission and congestion control")
def reno_recovery(lab):
    """Three duplicate ACKs make b repeat the first segment. And of two segments, two duplicate ACKs are one too many: b
    takes it for reordering.
    """
    flow = Flow(lab, sack=False)
    yield expect("three duplicate ACKs", b=grows(TcpExtTCPRenoRecovery=1, TcpExtTCPFastRetrans=1, TcpRetransSegs=1,
                                                 TcpExtTCPSackRecovery=0))
    flow.send(10)
    for _ in range(3):
        flow.ack(0)
    flow.receive(0)
    flow.ack(10)
    flow = Flow(lab, sack=False)
    yield expect("two duplicate ACKs of two segments", b=grows(TcpExtTCPRenoReorder=at_least(1)))
    flow.send(2)
    for _ in range(2):
        flow.ack(0)
    flow.ack(2)


@experiment("segments that come in another order", section="TCP retransmission and congestion control", differs="""
    The document counts a hole that fills, without the segment having been sent again, as TCPTSReorder. Today
    tcp_clean_rtx_queue() calls that SACKReorder; TSReorder is left for holes that fill with a timestamp from before the
    repetition (tcp_try_undo_partial()).
    """)
def reordering(lab):
    """SACK reports the segment 5, then 3, which was never sent again (SACKReorder). Then the holes fill. On another connection
    three later segments are reported and b repeats one, but the ACK for it bears the timestamp of the first copy: it was only
    late (TSReorder), and b takes its reduction back, in part and then in full.
    """
    flow = Flow(lab, stamps=True)
    yield expect("SACK of 5, then of 3, then an ACK that fills the holes",
                 b=grows(TcpExtTCPSACKReorder=2, TcpExtTCPTSReorder=0))
    flow.send(8)
    flow.ack(2, (5, 6))
    flow.ack(2, (3, 4), (5, 6))
    flow.ack(8)
    flow = Flow(lab, stamps=True)
    yield expect("an ACK for what was only late",
                 b=grows(TcpExtTCPTSReorder=1, TcpExtTCPPartialUndo=1, TcpExtTCPSackRecovery=1))
    flow.send(10)
    early = flow.ghost.echo
    flow.later()
    flow.ack(0, (2, 5))
    flow.receive(0)
    flow.ghost.echo = early
    flow.ack(1, (2, 5))
    flow.ack(10)


@experiment("repetitions that were not needed", section="DSACK")
def undo(lab):
    """b repeats a segment that was only late. It learns so from the timestamp of an ACK for all (FullUndo), or from a D-SACK
    that reports the repetition as a duplicate (DSACKRecv, DSACKUndo).
    """
    flow = Flow(lab, stamps=True)
    yield expect("an ACK for all, with the timestamp of the first copy", b=grows(TcpExtTCPFullUndo=1, TcpExtTCPSackRecovery=1))
    late_segment(flow)
    yield expect("a D-SACK when there is nothing left to undo", b=grows(TcpExtTCPDSACKIgnoredNoUndo=1, TcpExtTCPDSACKRecv=1))
    flow.send(1)
    flow.ack(10, (0, 1))
    flow.ack(11)
    flow = Flow(lab)
    yield expect("a D-SACK", b=grows(TcpExtTCPDSACKUndo=1, TcpExtTCPDSACKRecv=1, TcpExtTCPDSACKRecvSegs=1,
                                     TcpExtTCPSackRecovery=1))
    flow.send(10)
    flow.ack(0, (1, 4))
    flow.receive(0)
    flow.ack(8, (0, 1))
    flow.ack(10)


def late_segment(flow):
    """The first of ten segments is repeated; then all are acknowledged with the timestamp of before."""
    flow.send(10)
    early = flow.ghost.echo
    flow.later()
    flow.ack(0, (1, 4))
    flow.receive(0)
    flow.ghost.echo = early
    flow.ack(10)


@experiment("D-SACK blocks that say something, and some that do not", section="DSACK")
def dsack(lab):
    """A D-SACK of an out-of-order segment stands within a second block (DSACKOfoRecv). One that reports more than b ever sent
    again is dubious. One about a time before the last reduction is too old (IgnoredOld). And a SACK block for what was never
    sent is discarded.
    """
    flow = Flow(lab)
    yield expect("a D-SACK, though b never sent anything twice", b=grows(TcpExtTCPDSACKIgnoredDubious=1))
    flow.send(4)
    flow.ack(2, (0, 1))
    flow.ack(4)
    yield expect("a D-SACK from before the loss that was repaired",
                 b=grows(TcpExtTCPDSACKIgnoredOld=1, TcpExtTCPSackRecovery=1))
    flow = Flow(lab)
    flow.send(4)
    flow.ack(4)
    flow.send(10)
    flow.ack(4, (5, 8))
    flow.receive(4)
    flow.ack(13)
    flow.ack(13, (0, 1))
    flow.ack(14)
    flow = Flow(lab)
    yield expect("a D-SACK within a SACK", b=grows(TcpExtTCPDSACKOfoRecv=1, TcpExtTCPSackRecovery=1))
    flow.send(10)
    flow.ack(0, (1, 4))
    flow.receive(0)
    flow.ack(0, (1, 2), (1, 5))
    flow.ack(10)
    yield expect("a SACK for what was never sent", b=grows(TcpExtTCPSACKDiscard=1))
    flow.send(1)
    flow.ack(10, (40, 41))
    flow.ack(11)


@experiment("a retransmission timeout", section="TCP retransmission and congestion control")
def timeout(lab):
    """The ghost does not answer at all. After the timeout b repeats the first segment, and with the ACK of it goes on in slow
    start: SlowStartRetrans. Then it is silent again, in the loss state.
    """
    flow = Flow(lab, patient=False)
    yield expect("silence", b=grows(TcpExtTCPTimeouts=at_least(1), TcpExtTcpTimeoutRehash=at_least(1),
                                    TcpRetransSegs=at_least(1)))
    flow.send(4)
    flow.receive(0)
    yield expect("an ACK, then silence", b=grows(TcpExtTCPSlowStartRetrans=at_least(1), TcpExtTCPLossFailures=1))
    with lab.b.until("TcpExtTCPLossFailures"):
        flow.ack(1)
    flow.ack(4)


@experiment("a timeout that was not needed", section="TCP Fast Open")
def spurious_timeout(lab):
    """After a timeout the ghost reports segments that were never repeated: the first copies did arrive, the timeout was
    spurious (F-RTO), and b takes its reduction back. Then silence: a timeout while a SACK is known (SackFailures).
    """
    flow = Flow(lab, patient=False)
    yield expect("a timeout, SACK of the first copies, silence",
                 b=grows(TcpExtTCPSpuriousRTOs=1, TcpExtTCPLossUndo=1, TcpExtTCPSackFailures=1, TcpExtTCPTimeouts=at_least(2)))
    flow.send(4)
    with lab.b.until("TcpExtTCPTimeouts"):
        flow.receive(0)
    with lab.b.until("TcpExtTCPSackFailures"):
        flow.ack(0, (1, 4))
    flow.ack(4)


@experiment("timeouts in the midst of a recovery", section="TCP retransmission and congestion control")
def recovery_fails(lab):
    """The repetition gets lost as well, and nothing tells b so but its timer: SackRecoveryFail, or without SACK
    RenoRecoveryFail. One duplicate ACK is too few to begin with: RenoFailures.
    """
    flow = Flow(lab, patient=False)
    yield expect("a recovery with SACK, then silence", b=grows(TcpExtTCPSackRecovery=1, TcpExtTCPSackRecoveryFail=1))
    flow.send(10)
    with lab.b.until("TcpExtTCPSackRecoveryFail"):
        flow.ack(0, (1, 4))
    flow.ack(10)
    flow = Flow(lab, patient=False, sack=False)
    yield expect("a recovery without SACK, then silence", b=grows(TcpExtTCPRenoRecovery=1, TcpExtTCPRenoRecoveryFail=1))
    flow.send(10)
    with lab.b.until("TcpExtTCPRenoRecoveryFail"):
        for _ in range(3):
            flow.ack(0)
    flow.ack(10)
    flow = Flow(lab, patient=False, sack=False)
    yield expect("one duplicate ACK, then silence", b=grows(TcpExtTCPRenoRecovery=0, TcpExtTCPRenoFailures=1))
    flow.send(4)
    with lab.b.until("TcpExtTCPRenoFailures"):
        flow.ack(0)
    flow.ack(4)


@experiment("a tail loss probe", section="Tail Loss Probe (TLP)")
def loss_probe(lab):
    """The last segments get no ACK. Long before a timeout b sends the last one again as a probe, and the ACK that goes
    beyond it tells that it repaired a loss.
    """
    flow = Flow(lab, probes=True)
    yield expect("two segments, lost", b=grows(TcpExtTCPLossProbes=1, TcpExtTCPLossProbeRecovery=1, TcpExtTCPTimeouts=0))
    flow.send(2)
    flow.receive(1)
    flow.ack(2)
    flow.send(1)
    flow.ack(3)


@experiment("a receiver that takes a SACK back", section="TCP retransmission and congestion control")
def reneging(lab):
    """The ghost reports two segments with SACK, then acknowledges the one before them and no longer knows of them: they must be
    sent again.
    """
    flow = Flow(lab)
    yield expect("an ACK just before what was reported", b=grows(TcpExtTCPSACKReneging=1))
    flow.send(4)
    flow.ack(0, (1, 3))
    with lab.b.until("TcpExtTCPSACKReneging"):
        flow.ack(1)
    flow.ack(4)


@experiment("SACK blocks that grow", section="SACK shift")
def sack_shift(lab):
    """b keeps several segments in one buffer. A SACK block that ends within a buffer has it cut (ShiftFallback); when it grows,
    what is new moves to the buffer before (SackShifted), in the end with the whole rest (SackMerged).
    """
    flow = Flow(lab)
    yield expect("a SACK of 2, of 2 to 3, of 2 to 4",
                 b=grows(TcpExtTCPSackShiftFallback=at_least(1), TcpExtTCPSackShifted=at_least(1),
                         TcpExtTCPSackMerged=at_least(1)))
    flow.send(10)
    for end in range(3, 11):
        flow.ack(0, (2, end))
    flow.ack(10)


@experiment("repetitions that never leave the host", section="TCP Fast Open")
def host_queues(lab):
    """A slow qdisc still holds the first copies when the timer strikes: to repeat them would be of no use. And when a firewall
    eats the repetition, it has failed.
    """
    flow = Flow(lab, patient=False)
    yield expect("a timeout while all still waits in the qdisc", b=grows(TcpExtTCPSpuriousRtxHostQueues=at_least(1)))
    faster = lab.b.slow("8kbit")
    with lab.b.until("TcpExtTCPSpuriousRtxHostQueues"):
        flow.send(4, wait=False)
    faster()
    flow = Flow(lab)
    yield expect("a repetition into a firewall", b=grows(TcpExtTCPRetransFail=at_least(1)))
    flow.send(10)
    accept = lab.b.iptables("OUTPUT -p tcp --sport 9001 -j DROP")
    with lab.b.until("TcpExtTCPRetransFail"):
        flow.ack(0, (1, 4))
    accept()
    flow.ack(10)


@experiment("a send queue that must not be cut any more")
def wqueue_too_big(lab):
    """SACK blocks in the middle of b's buffers have them cut in two, which costs memory. When a sender already holds much more
    than its buffer allows, it refuses.
    """
    flow = Flow(lab, scale=7, initcwnd=500)
    yield expect("a SACK in the middle of 400 segments", b=grows(TcpExtTCPWqueueTooBig=at_least(1)))
    flow.send(400)
    flow.sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    flow.ack(0, (103, 104))
    flow.ack(400)


@experiment("congestion that a router marks")
def congestion_marks(lab):
    """The ghost says in every ACK that its segments came with a congestion mark (ECE)."""
    lab.b.sysctl("net.ipv4.tcp_ecn", 1)
    flow = Flow(lab, ecn=True)
    yield expect("an ACK with ECE", b=grows(TcpExtTCPDeliveredCE=4, TcpExtTCPDelivered=4))
    flow.send(4)
    flow.ack(4, flags=ACK | ECE)
