# SPDX-License-Identifier: BSD-2-Clause
"""MPTCP: one connection over several ways."""

import socket
import struct
import subprocess

import ghost
import harness
import world
from expect import REST, at_least, expect, grows
from experiment import experiment
from flow import transfer
from frames import ACK, RST, option
from mptcp import CAPABLE, JOIN, KIND, PROTOCOL, Speaker

SECOND_A, SECOND_B = f"{world.NET}.240", f"{world.NET}.241"


def socket_or_skip(side):
    try:
        return side.socket(protocol=PROTOCOL)
    except OSError as error:
        raise harness.Skip(f"no MPTCP here: {error}") from None


def pair(lab, port=9000):
    """An MPTCP connection from a to b: listener and both ends."""
    socket_or_skip(lab.a)
    server = lab.b.listen(port, protocol=PROTOCOL)
    client = lab.a.connect(port, protocol=PROTOCOL)
    return server, client, lab.b.accept(server)


def speak(client, peer):
    """Some octets each way; only then is the connection fully established in the eyes of both."""
    client.send(b"hello")
    peer.recv(5)
    peer.send(b"hello")
    client.recv(5)


def more_subflows(lab, limit=2):
    """Both sides may have more than one way."""
    for side in (lab.a, lab.b):
        side.run("ip", "mptcp", "limits", "set", "subflow", limit, "add_addr_accepted", limit)
        side.undo.callback(side.run, "ip", "mptcp", "endpoint", "flush", quiet=True, may_fail=True)


def second_address(side, address):
    """An address for a second way; the other side knows where it lives."""
    side.ip(f"addr add {address}/24 dev eth0", undo=f"addr del {address}/24 dev eth0")
    side.peer.ip(f"neigh replace {address} lladdr {side.mac} dev eth0 nud permanent", undo=f"neigh del {address} dev eth0")


@experiment("an MPTCP handshake")
def mptcp_handshake(lab):
    """Both ends speak MPTCP: MP_CAPABLE in the SYN, the SYN+ACK and the ACK."""
    socket_or_skip(lab.a)
    server = lab.b.listen(protocol=PROTOCOL)
    yield expect("a connects and speaks",
                 a=grows(MPTcpExtMPCapableSYNTX=1, MPTcpExtMPCapableSYNACKRX=1, MPTcpExtMPCapableFallbackSYNACK=0,
                         MPTcpExtMPCurrEstab=1),
                 b=grows(MPTcpExtMPCapableSYNRX=1, MPTcpExtMPCapableACKRX=1, MPTcpExtMPCurrEstab=1))
    client = lab.a.connect(protocol=PROTOCOL)
    speak(client, lab.b.accept(server))


@experiment("MPTCP that falls back to TCP")
def mptcp_fallback(lab):
    """b's program listens with plain TCP, and a falls back at the SYN+ACK. Then a ghost leaves MP_CAPABLE out of its ACK, and b
    falls back.
    """
    socket_or_skip(lab.a)
    lab.b.listen(9000)
    lab.b.listen(9001, protocol=PROTOCOL)
    yield expect("a server without MPTCP", a=grows(MPTcpExtMPCapableSYNTX=1, MPTcpExtMPCapableFallbackSYNACK=1), b=grows())
    lab.a.connect(9000, protocol=PROTOCOL)
    client = ghost.Peer(lab.ghost(), 40000, 9001)
    yield expect("an ACK without MP_CAPABLE", b=grows(MPTcpExtMPCapableSYNRX=1, MPTcpExtMPCapableFallbackACK=1))
    client.connect(option(KIND, bytes([CAPABLE << 4 | 1, 1])))


@experiment("a firewall that does not like MPTCP")
def mptcp_blackhole(lab):
    """b drops SYNs that bear an MPTCP option. After so many a sends a plain one, and remembers that MPTCP does not get
    through.
    """
    socket_or_skip(lab.a)
    lab.a.sysctl("net.mptcp.syn_retrans_before_tcp_fallback", 1)
    lab.a.sysctl("net.mptcp.blackhole_timeout", 60)
    server = lab.b.listen(protocol=PROTOCOL)
    lab.b.iptables("INPUT -p tcp --syn --tcp-option 30 -j DROP")
    yield expect("a connects, by and by", a=grows(MPTcpExtMPCapableSYNTXDrop=1, MPTcpExtBlackhole=1))
    client = lab.a.connect(protocol=PROTOCOL)
    yield expect("a connects again", a=grows(MPTcpExtMPCapableSYNTXDisabled=1, MPTcpExtMPCapableSYNTX=0))
    lab.a.connect(protocol=PROTOCOL)
    lab.b.accept(server)
    client.close()


@experiment("a second subflow")
def mptcp_join(lab):
    """a has a second address and joins the connection from there. Then that subflow becomes a backup, and at last the
    address is withdrawn.
    """
    socket_or_skip(lab.a)
    more_subflows(lab)
    second_address(lab.a, SECOND_A)
    lab.a.run("ip", "mptcp", "endpoint", "add", SECOND_A, "dev", "eth0", "id", 5, "subflow")
    server = lab.b.listen(protocol=PROTOCOL)
    yield expect("a connects and speaks", a=grows(MPTcpExtMPJoinSynTx=1, MPTcpExtMPJoinSynAckRx=1),
                 b=grows(MPTcpExtMPJoinSynRx=1, MPTcpExtMPJoinAckRx=1))
    with lab.b.until("MPTcpExtMPJoinAckRx"):
        client = lab.a.connect(protocol=PROTOCOL)
        peer = lab.b.accept(server)
        speak(client, peer)
    yield expect("the subflow becomes a backup", a=grows(MPTcpExtMPPrioTx=at_least(1)), b=grows(MPTcpExtMPPrioRx=at_least(1)))
    lab.a.run("ip", "mptcp", "endpoint", "change", "id", 5, "backup")
    yield expect("the address goes", a=grows(MPTcpExtRmAddrTx=1, MPTcpExtRmSubflow=1), b=grows(MPTcpExtRmAddr=1))
    lab.a.run("ip", "mptcp", "endpoint", "delete", "id", 5)
    with lab.b.until("MPTcpExtRmAddr", growth=0):
        speak(client, peer)


@experiment("an address that the server announces")
def mptcp_add_addr(lab):
    """b has a second address and announces it; a says that it heard, and joins there. A port can be announced as well."""
    socket_or_skip(lab.a)
    more_subflows(lab)
    second_address(lab.b, SECOND_B)
    lab.b.run("ip", "mptcp", "endpoint", "add", SECOND_B, "dev", "eth0", "signal")
    server = lab.b.listen(9000, protocol=PROTOCOL)
    yield expect("a connects and speaks",
                 a=grows(MPTcpExtAddAddr=1, MPTcpExtEchoAddTx=1, MPTcpExtMPJoinSynTx=1),
                 b=grows(MPTcpExtAddAddrTx=1, MPTcpExtEchoAdd=1, MPTcpExtMPJoinSynRx=1))
    with lab.b.until("MPTcpExtMPJoinAckRx"):
        client = lab.a.connect(protocol=PROTOCOL)
        peer = lab.b.accept(server)
        speak(client, peer)
    yield REST
    client.close()
    peer.close()
    lab.b.run("ip", "mptcp", "endpoint", "flush")
    lab.b.run("ip", "mptcp", "endpoint", "add", SECOND_B, "dev", "eth0", "port", 9100, "signal")
    yield expect("an address with a port",
                 a=grows(MPTcpExtPortAdd=at_least(1), MPTcpExtMPJoinPortSynAckRx=at_least(1)),
                 b=grows(MPTcpExtMPJoinPortSynRx=at_least(1), MPTcpExtMPJoinPortAckRx=at_least(1)))
    with lab.b.until("MPTcpExtMPJoinPortAckRx"):
        client = lab.a.connect(protocol=PROTOCOL)
        peer = lab.b.accept(server)
        speak(client, peer)


@experiment("joins that are refused")
def mptcp_refused(lab):
    """A backup subflow joins; then b allows no more than one way, and refuses the next one. A ghost tries to join what b
    does not know, with a token from nowhere.
    """
    socket_or_skip(lab.a)
    more_subflows(lab)
    second_address(lab.a, SECOND_A)
    lab.a.run("ip", "mptcp", "endpoint", "add", SECOND_A, "dev", "eth0", "subflow", "backup")
    yield expect("a backup", b=grows(MPTcpExtMPJoinSynBackupRx=1, MPTcpExtMPJoinRejected=0))
    with lab.b.until("MPTcpExtMPJoinAckRx"):
        speak(*pair(lab)[1:])
    yield expect("one too many", a=grows(MPTcpExtMPRstTx=1), b=grows(MPTcpExtMPJoinRejected=1))
    lab.b.run("ip", "mptcp", "limits", "set", "subflow", 0)
    with lab.b.until("MPTcpExtMPJoinRejected"):
        speak(*pair(lab, 9001)[1:])
    client = ghost.Peer(lab.ghost(), 40000)
    yield expect("a join with a token from nowhere", b=grows(MPTcpExtMPJoinNoTokenFound=1, TcpOutRsts=1))
    client.knock(option(KIND, bytes([JOIN << 4, 0]) + struct.pack("!II", 12345, 67890)))
    client.receive(lambda segment: segment.flags & RST)


@experiment("an MPTCP connection that ends at once")
def mptcp_fastclose(lab):
    """a closes with a linger time of zero: MP_FASTCLOSE, and a reset."""
    _, client, peer = pair(lab)
    speak(client, peer)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    yield expect("a closes", a=grows(MPTcpExtMPFastcloseTx=1, MPTcpExtMPCurrEstab=-1), b=grows(MPTcpExtMPFastcloseRx=1))
    with lab.b.until("MPTcpExtMPFastcloseRx"):
        client.close()


def second_link(lab):
    """Another veth pair between the sides."""
    ends = [f"eth1 netns {side.site.netns}" for side in (lab.a, lab.b)]
    done = subprocess.run(f"ip link add {ends[0]} type veth peer name {ends[1]}".split(), capture_output=True, text=True)
    if done.returncode:
        raise harness.Failure(done.stderr)
    lab.a.undo.callback(lab.a.run, "ip", "link", "del", "eth1", quiet=True, may_fail=True)
    for side, address in ((lab.a, "192.168.123.250"), (lab.b, "192.168.123.251")):
        side.ip(f"addr add {address}/24 dev eth1")
        side.ip("link set eth1 up")
    lab.a.run("ip", "mptcp", "endpoint", "add", "192.168.123.250", "dev", "eth1", "subflow")
    lab.b.run("ip", "mptcp", "endpoint", "add", "192.168.123.251", "dev", "eth1", "signal")


@experiment("two ways of which one is slow, then dead")
def mptcp_two_links(lab):
    """A second link is slow: what comes over the first one must wait for it in order (OFOQueue). Then nothing comes through
    it any more: a gives it up for stale and sends again over the first what was lost there (MPTCPRetrans), some of it twice
    (DuplicateData).
    """
    socket_or_skip(lab.a)
    more_subflows(lab)
    second_link(lab)
    with lab.b.until("MPTcpExtMPJoinAckRx"):
        _, client, peer = pair(lab)
        speak(client, peer)
    peer.setblocking(False)
    lab.a.run("tc", "qdisc", "add", "dev", "eth1", "root", "tbf", "rate", "2mbit", "burst", 3000, "limit", 200000)
    yield expect("a transfer", a=grows(MPTcpExtSndWndShared=at_least(1)),
                 b=grows(MPTcpExtOFOQueue=at_least(1), MPTcpExtOFOQueueTail=at_least(1), MPTcpExtOFOMerge=at_least(1),
                         MPTcpExtRcvWndShared=at_least(1)))
    transfer(client, peer, 1 << 20)
    yield expect("a transfer over one way", a=grows(MPTcpExtMPTCPRetrans=at_least(1), MPTcpExtSubflowStale=at_least(1)),
                 b=grows(MPTcpExtDuplicateData=at_least(1)))
    lab.a.sysctl("net.mptcp.stale_loss_cnt", 1)  # not before: a way that is given up already is not given up again

    def counts():
        return lab.a.counter("MPTcpExtSubflowStale"), lab.b.counter("MPTcpExtDuplicateData")

    before = counts()

    def given_up():
        """A busy host may have nothing under way there, or nothing twice. Then the way is open again and taken up once more."""
        reopen = lab.b.iptables("INPUT -i eth1 -j DROP")
        transfer(client, peer, 1 << 22)
        reopen()
        if all(now > then for now, then in zip(counts(), before)):
            return True
        transfer(client, peer, 1 << 20)
        return False

    harness.wait_for("the second way is given up", given_up)


@experiment("MPTCP that is spoken badly")
def mptcp_errors(lab):
    """A ghost speaks MPTCP with b, and each time something is wrong: data without a mapping, a mapping for other data, one far
    beyond the window, one that ends all mappings, a wrong checksum, a plea to fall back.
    """
    socket_or_skip(lab.a)
    speaker = Speaker(lab)
    yield expect("data without a mapping", b=grows(MPTcpExtDssFallback=1, MPTcpExtDSSNoMatchTCP=0))
    speaker.peer.send(ACK, b"x")
    speaker = Speaker(lab)
    yield expect("a mapping for other data", b=grows(MPTcpExtDSSNoMatchTCP=at_least(1), MPTcpExtDssFallback=1))
    speaker.say(b"x", subflow=1000)
    speaker = Speaker(lab)
    yield expect("a mapping far beyond the window", b=grows(MPTcpExtNoDSSInWindow=1))
    speaker.say(b"x")
    speaker.say(b"y", ahead=1 << 30)
    speaker = Speaker(lab)
    yield expect("a mapping that ends all mappings", b=grows(MPTcpExtInfiniteMapRx=1))
    speaker.say(b"x")
    speaker.say(b"y", length=0)
    speaker = Speaker(lab, checksums=True)
    yield expect("a wrong checksum", b=grows(MPTcpExtDataCsumErr=1, MPTcpExtDssFallback=1))
    speaker.say(b"x", checksum=0x1234)
    speaker = Speaker(lab)
    yield expect("a plea to fall back", b=grows(MPTcpExtMPFailRx=1, MPTcpExtMPFailTx=1))
    speaker.say(b"x")
    speaker.peer.send(ACK, options=option(KIND, bytes([6 << 4, 0]) + bytes(8)))


@experiment("resets and joins of a stranger")
def mptcp_strangers(lab):
    """A ghost's reset says why (MP_TCPRST). Then it joins a connection whose key it does not know: b refuses, and says why."""
    socket_or_skip(lab.a)
    speaker = Speaker(lab)
    yield expect("a reset with a reason", b=grows(MPTcpExtMPRstRx=1, TcpEstabResets=1))
    speaker.say(b"x")
    speaker.peer.send(RST | ACK, options=option(KIND, bytes([8 << 4, 1])))
    speaker = Speaker(lab)
    yield expect("a join with a wrong proof", b=grows(MPTcpExtMPJoinSynRx=1, MPTcpExtMPJoinAckHMacFailure=1, TcpOutRsts=1))
    speaker.say(b"x")
    speaker.join(proof=bytes(20))
