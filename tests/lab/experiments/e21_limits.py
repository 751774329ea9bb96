# SPDX-License-Identifier: BSD-2-Clause
"""Limits that a network namespace has for itself, and what happens beyond them."""

import socket

import frames
from expect import at_least, expect, grows
from experiment import experiment
from experiments.e06_handshakes import close_both
from frames import MORE

PIECES, LIMIT = 20, 5000


class Pieces:
    """Datagrams of 24 octets in two pieces, from a ghost to b."""

    def __init__(self, host, family):
        self.host, self.family = host, family
        ends = (host.address, host.far.address) if family == 4 else (host.address6, host.far.address6)
        self.whole = frames.udp(*ends, 5000, 9000, bytes(16))

    def first(self, ident):
        self.send(ident, 0, self.whole[:16], True)

    def last(self, ident):
        self.send(ident, 2, self.whole[16:], False)

    def send(self, ident, offset, data, more):
        if self.family == 4:
            self.host.ip(frames.UDP, data, ident=ident, fragment=offset | MORE * more)
        else:
            self.host.ip(frames.FRAGMENT, frames.fragment6(frames.UDP, offset, more, ident, data), family=6)


def sockstat(side, label, word):
    """A number of sockstat or sockstat6."""
    for name in ("sockstat", "sockstat6"):
        for line in side.read_file(f"/proc/self/net/{name}").splitlines():
            if line.startswith(f"{label.upper()}:"):
                words = line.split()
                return int(words[words.index(word) + 1])
    raise LookupError(f"sockstat has no {label}")


def fragment_limit(lab, family, kind, label, limit, setting):
    """The first pieces of twenty datagrams reach b, which has room for some: the others are failures at once. So is the rest
    of one that waits, as long as there is no room. Then b gets a higher limit, and the rest of all that wait comes.
    """
    pieces = Pieces(lab.ghost(), family)
    server = lab.b.socket(socket.SOCK_DGRAM, socket.AF_INET if family == 4 else socket.AF_INET6)
    server.bind(("", 9000))
    for name, value in (("low_thresh", 0), ("high_thresh", LIMIT), ("time", 300)):
        lab.b.sysctl(f"net.{setting}_{name}", value)
    most = f"net.{setting}_high_thresh"
    told = "/proc/sys/" + most.replace(".", "/")
    lab.b.look(limit, lambda: int(lab.b.read_file(told)))
    lab.b.look(f"{limit}Use", lambda: sockstat(lab.b, label, "memory") * 10000 // int(lab.b.read_file(told)))

    def counts(asked, **growth):
        return grows(**{f"{kind}Reasm{name}": number for name, number in growth.items()}, **asked)

    before = lab.b.counter(f"{kind}ReasmFails")
    memory, queues, share = f"Sockstat{label}Memory", f"Sockstat{label}Inuse", f"{limit}Use"
    yield expect("twenty first pieces", b=counts({memory: at_least(LIMIT), queues: at_least(1), share: at_least(10000)},
                                                 Reqds=PIECES, Fails=at_least(1), OKs=0))
    with lab.b.until(f"{kind}ReasmReqds", PIECES):
        for ident in range(PIECES):
            pieces.first(ident)
    kept = PIECES - (lab.b.counter(f"{kind}ReasmFails") - before)
    yield expect("the rest of one", b=counts({queues: 0, share: 0}, Reqds=1, Fails=1, OKs=0))
    pieces.last(0)
    yield expect("a higher limit, and the rest of all that wait",
                 b=counts({limit: LIMIT, queues: -kept}, Reqds=kept, Fails=0, OKs=kept))
    lab.b.sysctl(most, 2 * LIMIT)
    for ident in range(kept):
        pieces.last(ident)
        server.recv(100)


def define(*how):
    """The experiment for one of both."""
    def body(lab):
        yield from fragment_limit(lab, *how)
    kind = how[1]
    body.__name__ = f"{kind.lower()}_fragment_limit"
    body.__doc__ = fragment_limit.__doc__
    experiment(f"{kind}: more fragments than may wait")(body)


define(4, "Ip", "Frag", "limitIpFragments", "ipv4.ipfrag")
define(6, "Ip6", "Frag6", "limitIp6Fragments", "ipv6.ip6frag")


@experiment("places in TIME-WAIT")
def time_wait_limit(lab):
    """a may have a hundred, and closes three connections."""
    limit = 100
    lab.a.sysctl("net.ipv4.tcp_max_tw_buckets", limit)
    lab.a.look("limitTcpTimeWait", lambda: limit)
    lab.a.look("limitTcpTimeWaitUse", lambda: sockstat(lab.a, "TCP", "tw") * 10000 // limit)
    server = lab.b.listen()
    clients = [lab.a.connect() for _ in range(3)]
    peers = [lab.b.accept(server) for _ in clients]
    yield expect("three close", a=grows(SockstatTcpTw=3, limitTcpTimeWaitUse=300, limitTcpTimeWait=0))
    for ends in zip(clients, peers):
        close_both(*ends)
