# SPDX-License-Identifier: BSD-2-Clause
"""What packets between the two namespaces do to counters of the whole host. Others on this machine move these, too: they grow
by at least so much.
"""

import contextlib
import os
import pathlib
import socket

import frames
import world
from expect import at_least, expect, grows
from experiment import experiment
from experiments.e12_ip import BROADCAST, GROUP, GROUP_MAC
from harness import Skip

SOL_UDP, UDP_SEGMENT = 17, 103
SEGMENTS, COPIES = 60, 31  # of a datagram; actions that one filter of tc takes


@contextlib.contextmanager
def on_processor(number):
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {number})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def backlog_limit():
    try:
        return int(pathlib.Path("/proc/sys/net/core/netdev_max_backlog").read_text(encoding="ascii"))
    except FileNotFoundError:
        raise Skip("net.core.netdev_max_backlog is seen in the host's first network namespace only") from None


def dropped(processor):
    """What softnet_stat says of a processor; column 13 tells whose line it is."""
    lines = [line.split() for line in pathlib.Path("/proc/net/softnet_stat").read_text(encoding="ascii").splitlines()]
    return next(int(line[1], 16) for line in lines if int(line[12], 16) == processor)


class Burst:
    """One datagram of a's that becomes 1860 packets, all before the processor can begin with the first: a second link, both
    ends of which are a's own, and a filter that copies what goes to port 9 to it 31 times, where each is cut into sixty.
    """

    def __init__(self, lab):
        self.limit, self.packets = backlog_limit(), SEGMENTS * COPIES
        if self.limit > self.packets - 100:
            raise Skip(f"net.core.netdev_max_backlog of this host is {self.limit}")
        lab.a.ip("link add v0 type veth peer name v1", undo="link del v0")
        lab.a.offload(world.ETHTOOL_STXCSUM, 0, "v0")  # and with it the cutting of datagrams
        for device in ("v0", "v1"):
            lab.a.sysctl(f"net.ipv6.conf.{device}.disable_ipv6", 1, for_good=True)
            lab.a.ip(f"link set {device} up")
        lab.a.ip("qdisc add dev eth0 clsact", undo="qdisc del dev eth0 clsact", tool="tc")
        copy = COPIES * " action mirred egress mirror dev v0"
        lab.a.ip(f"filter add dev eth0 egress protocol ip u32 match ip dport 9 0xffff{copy}", tool="tc")
        self.socket, self.target = lab.a.socket(socket.SOCK_DGRAM), (lab.b.address, 9)
        self.socket.setsockopt(SOL_UDP, UDP_SEGMENT, 8)
        self.processor = min(os.sched_getaffinity(0))

    def lost(self):
        """How many at least find no room in the backlog."""
        return at_least(self.packets - self.limit - 100)

    def send(self):
        with on_processor(self.processor), contextlib.suppress(OSError):  # the kernel may tell that it was lost
            self.socket.sendto(bytes(8 * SEGMENTS), self.target)


@experiment("more packets at once than a processor has room for")
def softnet_backlog(lab):
    """One datagram of a's becomes 1860 packets for the same processor, before it can begin with the first. Its backlog takes
    what netdev_max_backlog allows, and the rest is gone before any counter of IP.
    """
    burst = Burst(lab)
    lab.a.look("softnetCpuDropped", lambda: dropped(burst.processor), str(burst.processor + 1), shared=True)
    yield expect("one datagram", a=grows(SoftnetDropped=burst.lost(), SoftnetProcessed=at_least(burst.limit),
                                         softnetCpuDropped=burst.lost()))
    burst.send()


@experiment("packets that another processor takes")
def softnet_rps(lab):
    """Receive packet steering of b's device names one processor only, and packets come in on another one, which interrupts it."""
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) < 2:
        raise Skip("needs two processors")
    steer(lab.b, 1 << processors[1])
    lab.b.undo.callback(steer, lab.b, 0)
    host = lab.ghost()
    server = lab.b.socket(socket.SOCK_DGRAM)
    server.bind(("", 9000))
    yield expect("a hundred datagrams", b=grows(SoftnetReceivedRps=at_least(1), IpInReceives=100))
    with on_processor(processors[0]), lab.b.until("IpInReceives", 100):
        for _ in range(100):
            host.udp(9000)


def steer(side, processors):
    """processors is a mask."""
    done = side.site.run("sh", "-c", f"echo {processors:x} >/sys/class/net/eth0/queues/rx-0/rps_cpus")
    if done.returncode:
        raise Skip(f"no receive packet steering here: {done.stderr.strip()}")


@experiment("packets whose way has to be looked for")
def routing(lab):
    """b gets packets from and for addresses that no packet may have, one for an address that is another's, and some for all
    and for a group; it sends one to that group, of which it is a member.
    """
    for name in ("conf.all.forwarding", "conf.eth0.accept_local", "conf.eth0.route_localnet"):
        lab.b.sysctl(f"net.ipv4.{name}", 0)
    host = lab.ghost()
    server = lab.b.socket(socket.SOCK_DGRAM)
    server.bind(("", 9000))
    ours, theirs, home, other = host.address, lab.b.address, "127.0.0.1", f"{world.NET}.77"
    for title, source, destination, growth in (
            ("one for 127.0.0.1", ours, home, dict(RtCacheInMartianDst=at_least(1))),
            ("one from 127.0.0.1", home, theirs, dict(RtCacheInMartianSrc=at_least(1))),
            ("one for another host", ours, other, dict(RtCacheInNoRoute=at_least(1), RtCacheInSlowTot=at_least(1),
                                                       IpInAddrErrors=1))):
        yield expect(title, b=grows(IpInReceives=1, IpInDelivers=0, **growth))
        host.ip(frames.UDP, frames.udp(source, destination, 5000, 9000), source=source, destination=destination)
    yield expect("one for all", b=grows(RtCacheInBrd=at_least(1), IpInDelivers=1))
    host.udp(9000, destination=BROADCAST, mac=frames.BROADCAST_MAC)
    server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(theirs))
    server.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(theirs))
    yield expect("one for a group", b=grows(RtCacheInSlowMc=at_least(1)))
    host.udp(9000, destination=GROUP, mac=GROUP_MAC)
    yield expect("one to the group", b=grows(RtCacheOutSlowMc=at_least(1), RtCacheOutSlowTot=at_least(1)))
    server.sendto(b"x", (GROUP, 9000))
