# SPDX-License-Identifier: BSD-2-Clause
"""What a sender counts that finds out how much, how large and how fast it may send."""

import contextlib
import os
import socket
import time

from expect import at_least, expect, grows
from experiment import experiment
from flow import Flow, transfer
from harness import wait_for


@experiment("small writes that wait for each other", section="General TCP counters")
def auto_corking(lab):
    """The first small write still waits in a slow qdisc. The second is held back, to go with what comes next."""
    flow = Flow(lab)
    yield expect("small writes", b=grows(TcpExtTCPAutoCorking=at_least(1)))
    faster = lab.b.slow("8kbit")
    for _ in range(3):
        flow.send(1, wait=False)
    for _ in range(4):
        flow.sender.send(b"x")
    faster()


@experiment("the search for the largest segment")
def mtu_probing(lab):
    """With tcp_mtu_probing at 2 b begins with small segments and tries larger ones. They arrive (MTUPSuccess), until a drops
    all that is longer than 1200 octets (MTUPFail).
    """
    lab.b.sysctl("net.ipv4.tcp_mtu_probing", 2)
    _, client, peer = lab.pair()
    yield expect("a transfer", b=grows(TcpExtTCPMTUPSuccess=at_least(1), TcpExtTCPMTUPFail=0))
    client.setblocking(False)
    transfer(peer, client, 1 << 20)
    yield expect("a transfer over a way that swallows large packets", b=grows(TcpExtTCPMTUPFail=at_least(1)))
    lab.a.iptables("INPUT -m length --length 1200:65535 -j DROP")
    _, client, peer = lab.pair(9001)
    client.setblocking(False)
    with lab.b.until("TcpExtTCPMTUPFail"):
        transfer(peer, client, 1 << 17)


@experiment("slow start that ends early", section="TCP Hybrid Slow Start")
def hystart(lab):
    """CUBIC ends slow start before a loss: when the ACKs of a round come in a train longer than half the round trip
    (TrainDetect), or when the round trip grows (DelayDetect). The window at that moment is added up in the Cwnd counters.
    """
    yield expect("ACKs in a long train",
                 b=grows(TcpExtTCPHystartTrainDetect=at_least(1), TcpExtTCPHystartTrainCwnd=at_least(16)))
    again(lab, "TcpExtTCPHystartTrainDetect", delay=lambda number: 0.004, gap=0.0003)
    yield expect("a round trip that grows",
                 b=grows(TcpExtTCPHystartDelayDetect=at_least(1), TcpExtTCPHystartDelayCwnd=at_least(16)))
    again(lab, "TcpExtTCPHystartDelayDetect", delay=lambda number: 0.05 if number > 1 else 0.005, gap=0)


def again(lab, name, **way):
    """One flow after the other, until the counter grows: a train of ACKs is broken when this program has to wait for a CPU."""
    before = lab.b.counter(name)

    def one_more():
        with undisturbed():
            rounds(Flow(lab, scale=7, options=[(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")]), **way)
        return lab.b.counter(name) > before
    wait_for(f"{name} grows", one_more)


def rounds(flow, delay, gap):
    """A way with a delay: the ghost acknowledges what came in one burst after so many seconds, with gaps in between."""
    flow.send(100, wait=False)
    acknowledged = number = 0
    while acknowledged < flow.sent:
        arrived = acknowledged + flow.burst()
        time.sleep(delay(number))
        while acknowledged < arrived:
            acknowledged += 1
            flow.ack(acknowledged)
            spin(gap)
        number += 1


@contextlib.contextmanager
def undisturbed():
    """Gaps are as short as they are meant to be on a busy host, too, where root may have that."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def spin(seconds):
    """Waits without leaving the CPU."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
