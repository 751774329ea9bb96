# SPDX-License-Identifier: BSD-2-Clause
"""About the whole host: what takes a change of its settings, and what its first network namespace alone shows.

`lab host' runs these, one after the other, and nothing else does. settings= names what an experiment changes: a parent puts
that back, whatever happens.
"""

import contextlib
import itertools
import socket

import conntrack
import frames
import world
from expect import at_least, expect, grows
from experiment import experiment
from experiments.e02_aborts import born_established, linger
from experiments.e20_losers import row, skmem
from experiments.e22_host import Burst
from harness import wait_for

MAC = "02:00:00:00:09:01"
NOBODY = f"{world.NET}.99"
SOLICITATION, SO_SNDBUFFORCE = 135, 32
ARP, NDISC = ("arp_cache", "ArpCache", 4, "10.99.{}.{}"), ("ndisc_cache", "NdiscCache", 6, "fd00:99::{}:{}")


# --- Neighbour tables ---------------------------------------------------------------------------------------------------------

class Nobodies:
    """A link of a's with a network behind it that nobody is in."""

    def __init__(self, lab, net):
        self.lab, self.net = lab, net
        lab.a.ip("link add v0 type veth peer name v1", undo="link del v0")
        for device in ("v0", "v1"):
            lab.a.ip(f"link set {device} up")
        is_new = ":" in net
        lab.a.ip(f"addr add {self.address(0)}/64 dev v0 nodad" if is_new else f"addr add {self.address(0)}/16 dev v0")
        self.socket = lab.a.socket(socket.SOCK_DGRAM, socket.AF_INET6 if is_new else socket.AF_INET,
                                   options=[(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 24)])  # what waits for an answer is in it

    def address(self, number):
        """A different one for each of them; 0 is a's own."""
        return self.net.format(1 + number // 250, 1 + number % 250)

    def send(self, number):
        with contextlib.suppress(OSError):  # some kernels tell that it was lost
            self.socket.sendto(b"x", (self.address(number), 9))


def counted(lab, file, name):
    """A number of a neighbour table of the host: entries is the same for each processor, the others are sums."""
    names, *lines = [line.split() for line in lab.host.read_file(f"/proc/net/stat/{file}").splitlines()]
    numbers = [int(line[names.index(name)], 16) for line in lines]
    return numbers[0] if name == "entries" else sum(numbers)


def overflow(lab, file, prefix, version, net):
    """The limit of the table is set to a hundred more than there are, and a sends to neighbours who do not answer, until fifty
    have found no room. Each is an entry for some seconds, which cannot be thrown out for the next.
    """
    setting = f"net.ipv{version}.neigh.default.gc_thresh3"
    limit = "limitArpEntries" if version == 4 else "limitNdiscEntries"
    link = Nobodies(lab, net)

    def use():
        return counted(lab, file, "entries") * 10000 // int(lab.host.setting(setting))

    lab.host.look(limit, lambda: int(lab.host.setting(setting)))
    lab.host.look(f"{limit}Use", use)
    before = use()
    yield expect("many neighbours", host=grows(**{
        f"{prefix}TableFulls": at_least(50), f"{prefix}ForcedGcRuns": at_least(50), f"{prefix}Allocs": at_least(100),
        f"{prefix}Entries": at_least(1), f"{limit}Use": at_least(9000 - before)}))
    lab.host.set(setting, counted(lab, file, "entries") + 100)
    enough = counted(lab, file, "table_fulls") + 50
    for number in itertools.takewhile(lambda _: counted(lab, file, "table_fulls") < enough, range(1, 5000)):
        link.send(number)
    yield expect("the link goes", host=grows(**{f"{prefix}Destroys": at_least(100), f"{limit}Use": at_least(-1 << 31)}))
    lab.a.run("ip", "link", "del", "v0")


def silence(lab, file, prefix, version, net):
    """a sends fifty packets to somebody who does not answer. Three may wait for the answer; then a gives up."""
    link = Nobodies(lab, net)
    for name, value in (("unres_qlen", 3), ("mcast_solicit", 1), ("retrans_time_ms", 500)):
        lab.a.sysctl(f"net.ipv{version}.neigh.v0.{name}", value, for_good=True)
    yield expect("fifty packets", host=grows(**{f"{prefix}UnresolvedDiscards": at_least(30), f"{prefix}ResFailed": at_least(1)}))
    failed = counted(lab, file, "res_failed")
    for _ in range(50):
        link.send(1)
    wait_for("the neighbour is given up", lambda: counted(lab, file, "res_failed") > failed)


def looked_up(lab, file, prefix, version, net):
    """A neighbour is named twice: the second time it is there."""
    name = f"neigh replace {Nobodies(lab, net).address(1)} lladdr {MAC} dev v0"
    yield expect("it is named", host=grows(**{f"{prefix}Lookups": at_least(1)}))
    lab.a.ip(name)
    yield expect("it is named again", host=grows(**{f"{prefix}Lookups": at_least(1), f"{prefix}Hits": at_least(1)}))
    lab.a.ip(name)


def cleaned_up(lab, file, prefix, version, net):
    """The kernel looks for old entries every 15 to 45 seconds."""
    yield expect("a clean-up", host=grows(**{f"{prefix}PeriodicGcRuns": at_least(1)}))
    before = counted(lab, file, "periodic_gc_runs")
    wait_for("a clean-up", lambda: counted(lab, file, "periodic_gc_runs") > before, 90)


def define(story, title, table, *changed):
    """The experiment for one of both tables."""
    def body(lab):
        yield from story(lab, *table)
    kind = table[1][:-len("Cache")]
    body.__name__ = f"{kind.lower()}_{story.__name__}"
    body.__doc__ = story.__doc__
    experiment(f"{kind}: {title}", settings=changed)(body)


for each in (ARP, NDISC):
    define(overflow, "more neighbours than the table takes", each, f"net.ipv{each[2]}.neigh.default.gc_thresh3")
    define(silence, "a neighbour that does not answer", each)
    define(looked_up, "a neighbour that is looked up", each)
    define(cleaned_up, "old neighbours that go", each)


@experiment("neighbours that look for b", settings=())
def ndisc_probes(lab):
    """A ghost asks who has b's address: all that may have it, then b alone."""
    host = lab.ghost()
    target = frames.address(lab.b.address6)
    group, mac = "ff02::1:ff00:" + lab.b.address6.rpartition(":")[2], "33:33:ff:00:02:51"
    option = b"\1\1" + frames.mac(host.mac)
    for title, name, how in (("all", "Mcast", dict(destination=group, mac=mac)), ("b alone", "Ucast", {})):
        yield expect(f"a question to {title}", host=grows(**{f"NdiscCacheRcvProbes{name}": at_least(1)}),
                     b=grows(Icmp6InNeighborSolicits=1))
        host.icmp6(SOLICITATION, payload=target + option, **how)


# --- Connection tracking ------------------------------------------------------------------------------------------------------

def flows(lab, host, count):
    """So many datagrams from addresses of their own to a program of b's that does not answer."""
    server = lab.b.socket(socket.SOCK_DGRAM)
    server.bind(("", 9000))
    with lab.b.until("IpInReceives", count):
        for number in range(count):
            source = f"10.0.{number >> 8}.{number & 255}"
            host.ip(frames.UDP, frames.udp(source, host.far.address, 5000, 9000), source=source)
    server.close()


@experiment("more connections than the table may have", settings=("net.netfilter.nf_conntrack_max",))
def conntrack_full(lab):
    """b may track 500 connections, and 500 flows come, none of which it answers. Of those that come then each is dropped,
    unless the kernel finds one nearby that it can throw out.
    """
    most = 500
    host = lab.ghost()
    conntrack.track(lab.b)
    lab.host.set("net.netfilter.nf_conntrack_max", most)
    count = "/proc/sys/net/netfilter/nf_conntrack_count"
    lab.b.look("limitNfConntrackUse", lambda: int(lab.b.read_file(count)) * 10000 // most)
    yield expect("500 flows", b=grows(NfConntrackCount=most, NfConntrackEntries=most, limitNfConntrackUse=10000,
                                      NfConntrackDrop=0, NfConntrackEarlyDrop=0))
    flows(lab, host, most)
    yield expect("1500 more", b=grows(NfConntrackDrop=at_least(500), NfConntrackEarlyDrop=at_least(1), NfConntrackCount=0))
    flows(lab, host, most + 1500)


@experiment("chains of the connection-tracking table that are too long", settings=("net.netfilter.nf_conntrack_buckets",))
def conntrack_chains(lab):
    """The table has 512 chains, and so many flows come that each would be of about a hundred entries, two of each flow."""
    host = lab.ghost()
    conntrack.track(lab.b)
    lab.host.set("net.netfilter.nf_conntrack_buckets", 512)
    yield expect("25000 flows", b=grows(NfConntrackChainlength=at_least(1), NfConntrackInsertFailed=at_least(1),
                                        NfConntrackDrop=0))
    flows(lab, host, 25000)


# --- Processors that receive --------------------------------------------------------------------------------------------------

@experiment("processors that run out of budget", settings=("net.core.netdev_budget",))
def softnet_budget(lab):
    """A processor has to stop after one packet, and comes back for the next."""
    host = lab.ghost()
    lab.host.set("net.core.netdev_budget", 1)
    yield expect("a hundred datagrams", host=grows(SoftnetTimeSqueeze=at_least(1)), b=grows(IpInReceives=100))
    flows(lab, host, 100)


@experiment("one flow that fills the backlog of a processor", settings=("net.core.flow_limit_cpu_bitmap",))
def softnet_flow_limit(lab):
    """The same as softnet-backlog, but the kernel watches the flows: once the backlog is half full, the one that fills it gets
    no more room.
    """
    burst = Burst(lab)
    lab.host.set("net.core.flow_limit_cpu_bitmap", f"{1 << burst.processor:x}")
    yield expect("one datagram", host=grows(SoftnetFlowLimitCount=at_least(1), SoftnetDropped=burst.lost()))
    burst.send()


# --- Memory -------------------------------------------------------------------------------------------------------------------

def pages(lab, label):
    """The memory of TCP or UDP, of the whole host. The kernel keeps some aside for each processor before it shows here."""
    lines = lab.host.read_file("/proc/net/sockstat").splitlines()
    return next(int(line.split()[-1]) for line in lines if line.startswith(f"{label}:"))


class Memory:
    """A limit of the memory of TCP or UDP, and how much of it is in use, over SNMP and from the files."""

    def __init__(self, lab, label, position, limit):
        self.lab, self.label, self.position, self.limit = lab, label, position, limit
        self.setting = f"net.ipv4.{label.lower()}_mem"
        lab.host.look(limit, self.allowed)
        lab.host.look(f"{limit}Use", self.use)

    def allowed(self):
        return int(self.lab.host.setting(self.setting).split()[self.position])

    def use(self):
        return pages(self.lab, self.label) * 10000 // self.allowed()

    def full(self):
        """The growth that makes it so."""
        return {f"{self.limit}Use": at_least(10000 - self.use())}

    def lower(self, limit, pressure):
        """What may be in use without a consequence. The last number stays as it is: others need memory, too."""
        self.lab.host.set(self.setting, f"{limit} {pressure} {self.lab.host.setting(self.setting).split()[2]}")


def fill_receive_buffers(lab, host, wanted):
    """Until there are so many more pages, nobody reads."""
    port, begin = 9100, pages(lab, "UDP")
    while pages(lab, "UDP") < begin + wanted:
        server = lab.b.socket(socket.SOCK_DGRAM)
        server.bind(("", port))
        for _ in range(100):
            host.udp(port, bytes(1000))
        port += 1


@experiment("more memory than UDP sockets may have", settings=("net.ipv4.udp_mem",))
def udp_memory_limit(lab):
    """Programs on b leave datagrams unread, and then all UDP sockets of the host may have less memory than that. A socket that
    has something already gets nothing more, though its buffer has room. Its own drops tell; of the counters of UDP some
    kernels raise none.
    """
    host = lab.ghost()
    memory = Memory(lab, "UDP", 0, "limitUdpMemMin")
    fill_receive_buffers(lab, host, 100)
    server = lab.b.socket(socket.SOCK_DGRAM)
    server.bind(("", 9000))
    lab.b.look("udpSocketDrops", lambda: skmem(lab.b, "-ua", 9000)[2]["d"], row(9000))
    yield expect("a low limit", host=grows(limitUdpMemMin=50 - memory.allowed(), **memory.full()))
    memory.lower(50, 50)
    yield expect("twenty datagrams", b=grows(udpSocketDrops=at_least(10)))
    with lab.b.until("IpInDelivers", 20):
        for _ in range(20):
            host.udp(9000, bytes(1000))


def fill_send_buffers(lab, wanted):
    """Connections of b to somebody who takes nothing, until there are so many more pages."""
    made, begin = [], pages(lab, "TCP")
    while pages(lab, "TCP") < begin + wanted:
        made.append(born_established(lab.b, NOBODY, 9000))
        made[-1].setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 4 << 20)
        made[-1].setblocking(False)
        with contextlib.suppress(BlockingIOError):
            made[-1].send(bytes(4 << 20))
    return made


@experiment("pressure on the memory of TCP", settings=("net.ipv4.tcp_mem",))
def tcp_memory(lab):
    """Programs on b send what nobody takes, until all TCP sockets of the host have more memory than the second number of
    tcp_mem. Then they close, and the memory is below the first number again.
    """
    lab.b.ip(f"neigh replace {NOBODY} lladdr {MAC} dev eth0 nud permanent", undo=f"neigh del {NOBODY} dev eth0")
    memory = Memory(lab, "TCP", 1, "limitTcpMemPressure")
    yield expect("much that is not sent", b=grows(TcpExtTCPMemoryPressures=at_least(1), SockstatTcpMem=at_least(1000)),
                 host=grows(**memory.full()))
    memory.lower(pages(lab, "TCP") + 500, pages(lab, "TCP") + 600)
    made = fill_send_buffers(lab, 2000)
    yield expect("it is thrown away", b=grows(TcpExtTCPMemoryPressuresChrono=at_least(1), SockstatTcpMem=at_least(-1 << 31)))
    for each in made:
        linger(each, 0)
        each.close()
