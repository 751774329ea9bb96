# SPDX-License-Identifier: BSD-2-Clause
"""The two hosts of the lab: nstat-a, the client, and nstat-b, the server, as in the kernel's document.

Each is a network namespace with a snmpd and a tcpextd of its own, or both are contexts of a tcpextd that is in a third; a veth pair
joins them and nothing else is on it. Their sockets all live in this one process, which enters a namespace for as long as it
takes to make one. What an experiment changes is undone when it ends.
"""

import collections
import contextlib
import ctypes
import fcntl
import functools
import os
import pathlib
import socket
import struct
import subprocess
from socket import AF_INET, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET

import harness
import settings
from harness import Failure, Skip, wait_for

DEVICE = "eth0"
NET = "192.168.122"
NET6 = "fd00:122:"

# What makes a quiet place to count in: no packet but ours, and no chance in what is sent.
SYSCTLS = {
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.icmp.ratelimit": 0,
    "net.ipv4.tcp_congestion_control": "reno",
    "net.ipv4.tcp_no_metrics_save": 1,
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.dad_transmits": 0,
    "net.ipv6.conf.default.router_solicitations": 0,
    "net.ipv6.conf.default.addr_gen_mode": 1,
    "net.ipv6.conf.default.mldv1_unsolicited_report_interval": 1,
    "net.ipv6.conf.default.mldv2_unsolicited_report_interval": 1,
}

# What some experiments need, and Debian's package of it. A kernel may lack the code for it.
OPTIONAL = {"iptables": "iptables", "ip6tables": "iptables", "tc": "iproute2"}

SIOCETHTOOL = 0x8946
ETHTOOL_SGRO, ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_STXCSUM = 0x2c, 0x1f, 0x24, 0x17
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000

SNMPD_OPTIONS = ("-I", "-smux,ifTable")  # for which it opens sockets, every three seconds
AGENT = "refreshInterval 0.1\ntableInterval 1\n"
GUESTS = 'group guests v2c guest\naccess guests "" any noauth prefix seen seen none\n'

# An object that is no counter: its instance, who else tells its value, and whether others on this machine move it, too.
Look = collections.namedtuple("Look", "instance told shared")


def setns(descriptor):
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Notes:
    """What is told as it happens, for those who want to read along."""

    def __init__(self, verbose=False):
        self.verbose = verbose

    def say(self, text):
        if self.verbose:
            print(f"    {text}", flush=True)

    def command(self, host, argv):
        self.say(f"{host}# {argv if isinstance(argv, str) else ' '.join(map(str, argv))}")


class Place:
    """Where counters are read, and where experiments change something."""

    def __init__(self, name, host, site, notes):
        self.name, self.host, self.site, self.notes = name, host, site, notes
        self.server, self.community = site, "public"  # where its numbers are asked for
        self.looks = {}
        self.undo = contextlib.ExitStack()

    def look(self, name, told, instance="0", shared=False):
        """Until the experiment ends, this column or limit is read beside the counters, and must be what told() gives."""
        self.looks[name] = Look(instance, told, shared or self.is_shared)

    @property
    def is_context(self):
        """Of an agent that is somewhere else, and shows there what is of the whole host."""
        return self.server is not self.site

    def wait_served(self):
        how = ("-v2c", "-c", self.community)
        wait_for(f"{self.host} is served", lambda: self.server.sequence(how))

    def end(self):
        self.looks = {}
        undo, self.undo = self.undo, contextlib.ExitStack()
        undo.close()


class HostSite(harness.Site):
    """A folder for a snmpd and an agent that run in the host's first network namespace, where nobody else can reach them."""

    udp = ()

    def __enter__(self):
        self.folder.chmod(0o755)
        self.reports.mkdir()
        return self

    def has_netns(self):
        return False

    def inside(self, *argv):
        return [str(word) for word in argv]


class Host(Place):
    """The first network namespace of the host, which alone shows the neighbour tables and has the settings of the whole host.
    Experiments send nothing there. Others move all that it counts.
    """

    is_shared = True

    def __init__(self, site, notes, noted):
        super().__init__("host", "the host", site, notes)
        self.noted = noted  # settings that somebody will put back, whatever happens to us

    def read_file(self, path):
        return pathlib.Path(path).read_text(encoding="ascii")

    def setting(self, name):
        return self.read_file(settings.path_of(name)).strip()

    def set(self, name, value):
        """Until the experiment ends."""
        path = settings.path_of(name)
        if path not in self.noted:
            raise Skip(f"there was no {name} when the lab began")
        self.notes.command(self.host, f"sysctl -w {name}='{value}'")
        self.undo.callback(path.write_text, self.setting(name))
        path.write_text(str(value))


class Side(Place):
    """One of the two hosts."""

    is_shared = False

    def __init__(self, name, number, site, notes):
        super().__init__(name, f"nstat-{name}", site, notes)
        self.address, self.address6 = f"{NET}.{number}", f"{NET6}:{number}"
        self.mac = f"02:00:00:00:00:{number % 100:02d}"
        self.peer = None
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.netns = os.open(f"/run/netns/{site.netns}", os.O_RDONLY)

    def close(self):
        self.undo.close()
        os.close(self.home)
        os.close(self.netns)

    @contextlib.contextmanager
    def inside(self):
        """This process is in the namespace for a while. Sockets stay where they were made."""
        setns(self.netns)
        try:
            yield
        finally:
            setns(self.home)

    # Commands

    def run(self, *argv, quiet=False, may_fail=False):
        """Runs a program in the namespace and gives its output."""
        argv = [str(word) for word in argv]
        if not quiet:
            self.notes.command(self.host, argv)
        try:
            with self.inside():
                done = subprocess.run(argv, capture_output=True, text=True, env=self.site.environment, timeout=harness.DEADLINE)
        except FileNotFoundError:
            raise Skip(f"needs {argv[0]} (Debian: {OPTIONAL.get(argv[0], 'iproute2')})") from None
        if done.returncode and not may_fail:
            # some of whose words came after Debian 11
            optional = argv[0] in OPTIONAL or argv[:2] in (["ip", "mptcp"], ["ip", "xfrm"])
            raise (Skip if optional else Failure)(f"{self.host}: {' '.join(argv)}: {done.stderr.strip()}")
        return done.stdout

    def ip(self, words, undo=None, tool="ip"):
        """An ip command, or one of tc, and the one that takes it back at the end."""
        self.run(tool, *words.split())
        if undo:
            self.undo.callback(self.run, tool, *undo.split(), quiet=True, may_fail=True)

    def iptables(self, rule, table="filter", tool="iptables"):
        """Adds a rule, for as long as the experiment runs or until what is returned is called."""
        self.run(tool, "-t", table, "-A", *rule.split())
        chain = rule.split()[0]  # emptied at last: iptables of i386 does not find some rules again, as those of TCP options
        self.undo.callback(self.run, tool, "-t", table, "-F", chain, quiet=True, may_fail=True)
        taken = contextlib.ExitStack()
        taken.callback(self.run, tool, "-t", table, "-D", *rule.split(), quiet=True, may_fail=True)
        self.undo.callback(taken.close)
        return taken.close

    def slow(self, rate):
        """What leaves waits in a qdisc that lets this rate through, until the end or until what is returned is called."""
        self.run("tc", "qdisc", "add", "dev", DEVICE, "root", "tbf", "rate", rate, "burst", 1600, "limit", 1 << 20)
        taken = contextlib.ExitStack()
        taken.callback(self.run, "tc", "qdisc", "del", "dev", DEVICE, "root", quiet=True, may_fail=True)
        self.undo.callback(taken.close)
        return taken.close

    def read_file(self, path):
        with self.inside(), open(path, encoding="ascii") as file:
            return file.read()

    def write_file(self, path, text):
        with self.inside(), open(path, "w", encoding="ascii") as file:
            file.write(str(text))

    def sysctl(self, name, value, for_good=False):
        """Sets a sysctl of the namespace; the value from before comes back at the end. Lists are given with blanks."""
        path = "/proc/sys/" + name.replace(".", "/")
        try:
            before = self.read_file(path).strip()
            if not for_good:
                self.notes.command(self.host, f"sysctl -w {name}='{value}'")
                self.undo.callback(self.write_file, path, before)
            self.write_file(path, value)
        except FileNotFoundError:
            raise Skip(f"this kernel has no {name}") from None

    # What the kernel counts, read here only to know when something has happened

    def counter(self, name):
        for file in ("/proc/self/net/snmp", "/proc/self/net/netstat"):
            lines = self.read_file(file).splitlines()
            for names, values in zip(lines[0::2], lines[1::2]):
                section, *words = names.replace(":", " ").split()
                if name.startswith(section) and name[len(section):] in words:
                    return int(values.split()[1 + words.index(name[len(section):])])
        for line in self.read_file("/proc/self/net/snmp6").splitlines():
            if line.split()[0] == name:
                return int(line.split()[1])
        return 0

    @contextlib.contextmanager
    def until(self, name, growth=1, seconds=harness.DEADLINE):
        """Does not go on after its block before the kernel has counted that much."""
        wanted = self.counter(name) + growth
        yield
        wait_for(lambda: f"{name} of {self.host} reaches {wanted}, it is {self.counter(name)}",
                 lambda: self.counter(name) >= wanted, seconds)

    # Sockets

    def socket(self, kind=SOCK_STREAM, family=AF_INET, protocol=0, options=()):
        """A socket in the namespace. It is closed at the end at the latest."""
        with self.inside():
            made = socket.socket(family, kind, protocol)
        self.undo.callback(made.close)
        made.settimeout(harness.DEADLINE)
        for level, name, value in options:
            made.setsockopt(level, name, value)
        return made

    def listen(self, port=9000, backlog=8, family=AF_INET, protocol=0, options=(), address=""):
        self.notes.say(f"{self.host}: listens on TCP port {port} with a backlog of {backlog}")
        server = self.socket(family=family, protocol=protocol)
        server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        for level, name, value in options:
            server.setsockopt(level, name, value)
        server.bind((address, port))
        server.listen(backlog)
        return server

    def connect(self, port=9000, address=None, family=AF_INET, protocol=0, options=(), source_port=0):
        """A connection to the other side, or wherever address says."""
        target = address or (self.peer.address if family == AF_INET else self.peer.address6)
        self.notes.say(f"{self.host}: connects to {target} port {port}")
        client = self.socket(family=family, protocol=protocol, options=options)
        if source_port:
            client.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            client.bind(("", source_port))
        client.connect((target, port))
        return client

    def accept(self, server):
        made, _ = server.accept()
        self.undo.callback(made.close)
        made.settimeout(harness.DEADLINE)
        return made

    def forget_sockets(self):
        """No TCP socket outlives an experiment, in whatever state it is."""
        self.run("ss", "-K", "-t", "-a", quiet=True, may_fail=True)

    def let_peer_rest(self):
        """The kernel counts a netlink socket, such as ip has, until a grace period is over, and whoever removes a link waits for
        that. It is no link of the peer's, where ip would leave sockets again. Sockets of MPTCP are counted for minutes: no
        experiment that counts sockets comes after these.
        """
        self.run("ip", "link", "add", "eth8", "type", "veth", "peer", "name", "eth9", quiet=True)
        self.run("ip", "link", "del", "eth8", quiet=True)

    def end(self):
        self.forget_sockets()
        super().end()

    # The device

    def offload(self, command, on, device=DEVICE):
        """What ethtool -K does."""
        value = ctypes.create_string_buffer(struct.pack("II", command, on))
        request = struct.pack("16sP", device.encode(), ctypes.addressof(value)) + bytes(16)
        with self.inside(), socket.socket(AF_INET, SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, SIOCETHTOOL, request)

    def prepare(self, peer):
        """After the link is there: addresses, neighbours for good, one packet for each segment."""
        self.peer = peer
        for words in (f"link set {DEVICE} address {self.mac}", f"addr add {self.address}/24 brd + dev {DEVICE}",
                      f"addr add {self.address6}/64 dev {DEVICE} nodad", f"link set {DEVICE} up",
                      f"neigh replace {peer.address} lladdr {peer.mac} dev {DEVICE} nud permanent",
                      f"neigh replace {peer.address6} lladdr {peer.mac} dev {DEVICE} nud permanent"):
            self.run("ip", *words.split(), quiet=True)
        for command in (ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO):
            self.offload(command, 0)

    def device_index(self):
        with self.inside():
            return socket.if_nametoindex(DEVICE)

    def is_up(self):
        """Also in the eyes of IPv6, which reports its multicast groups only then."""
        return " state UP " in self.run("ip", "link", "show", DEVICE, quiet=True)


class World:
    """Both sides, made and removed; and the host, for experiments that are about it: noted are settings that they may change.
    agent and snmpd are more lines for their configurations. contexts: one agent serves both sides.
    """

    def __init__(self, verbose=False, noted=None, agent="", snmpd="", contexts=False):
        self.notes = Notes(verbose)
        self.stack = contextlib.ExitStack()
        self.a = self.b = self.host = None
        self.noted = noted
        self.agent, self.snmpd, self.contexts = agent, snmpd, contexts

    @property
    def sides(self):
        return self.a, self.b

    @property
    def places(self):
        return [*self.sides, self.host] if self.host else list(self.sides)

    def __enter__(self):
        try:
            self.a, self.b = (self.make_side(name, number) for name, number in (("a", 250), ("b", 251)))
            self.join()
            if self.noted is not None:
                self.host = Host(self.stack.enter_context(HostSite("lab-host")), self.notes, self.noted)
                self.stack.callback(self.host.end)
            if self.contexts:
                self.serve_contexts()
            else:
                self.serve()
            for place in self.places:
                place.wait_served()
            for side in self.sides:
                wait_for(f"the link of {side.host} is up", side.is_up)
        except BaseException:
            self.__exit__()
            raise
        return self

    def serve(self):
        for place in self.places:
            place.site.snmpd(more=self.snmpd, options=SNMPD_OPTIONS)
            place.site.agent(AGENT + self.agent, wait=False)

    def serve_contexts(self):
        """By one agent in a namespace where nothing happens."""
        one = self.stack.enter_context(harness.Site("lab-one"))
        names = [side.site.netns for side in self.sides]
        for side, name in zip(self.sides, names):
            side.server, side.community = one, f"to-{name}"
        lines = "".join(f"com2secunix -Cn {name} guest default to-{name}\n" for name in names)
        one.snmpd(more=lines + GUESTS + self.snmpd, options=SNMPD_OPTIONS)
        one.agent(f"{AGENT}namespace {' '.join(names)}\n{self.agent}", wait=False)

    def make_side(self, name, number):
        site = self.stack.enter_context(harness.Site(f"lab-{name}"))
        side = Side(name, number, site, self.notes)
        self.stack.callback(side.close)
        for name, value in SYSCTLS.items():
            with contextlib.suppress(Skip):
                side.sysctl(name, value, for_good=True)
        return side

    def join(self):
        ends = [f"{DEVICE} netns {side.site.netns}" for side in self.sides]
        done = subprocess.run(f"ip link add {ends[0]} type veth peer name {ends[1]}".split(), capture_output=True, text=True)
        if done.returncode:
            raise Skip(f"no veth pair here: {done.stderr.strip()}")
        self.a.prepare(self.b)
        self.b.prepare(self.a)

    def __exit__(self, *_):
        with harness.blocked_signals():
            self.stack.close()

    @functools.cached_property
    def printed(self):
        """The names that this kernel's nstat knows."""
        return {line.split()[0] for line in self.a.run("nstat", "-asz", quiet=True).splitlines()[1:]}

    def end_experiment(self):
        for place in self.places:
            place.end()
