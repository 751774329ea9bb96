# SPDX-License-Identifier: BSD-2-Clause
"""Segments that a socket refuses: signatures, TTL, filters; ICMP errors that are none of its business; resets that fail."""

import socket
import struct

import frames
import ghost
import world
from expect import exactly, expect, grows
from experiment import experiment
from frames import ACK

TCP_MD5SIG, IP_MINTTL, IPV6_MINHOPCOUNT = 14, 21, 73


def md5_key(address, key=b"secret"):
    """struct tcp_md5sig"""
    peer = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(address)).ljust(128, b"\0")
    return peer + struct.pack("=BBHi80s", 0, 0, len(key), 0, key)


@experiment("segments without a signature, with one too many, with a wrong one")
def md5_signatures(lab):
    """b expects the ghost's segments to be signed (TCP_MD5SIG): a SYN without a signature and one with a wrong one are
    dropped. On a port without a key, a signed SYN is dropped.
    """
    host = lab.ghost()
    server = lab.b.listen(9000)
    try:
        server.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, md5_key(host.address))
    except OSError as error:
        raise world.harness.Skip(f"no TCP MD5 signatures here: {error}") from None
    lab.b.listen(9001)
    yield expect("a SYN without a signature", b=grows(TcpExtTCPMD5NotFound=1, TcpOutSegs=0))
    ghost.Peer(host, 40000, 9000).knock()
    yield expect("a SYN with a wrong signature", b=grows(TcpExtTCPMD5Failure=1, TcpOutSegs=0))
    ghost.Peer(host, 40000, 9000).knock(frames.md5())
    yield expect("a SYN with a signature that nobody asked for", b=grows(TcpExtTCPMD5Unexpected=1, TcpOutSegs=0))
    ghost.Peer(host, 40000, 9001).knock(frames.md5())


@experiment("a segment from too far away")
def min_ttl(lab):
    """With IP_MINTTL at 255 only the neighbourhood may talk to a socket."""
    client, peer = lab.ghost_pair()
    peer.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 255)
    yield expect("a segment with a TTL of 64", b=grows(TcpExtTCPMinTTLDrop=1, TcpOutSegs=0))
    client.send(ACK, b"x")


@experiment("packets that come from the wrong side")
def source_filters(lab):
    """With rp_filter a packet is dropped when the way back to its sender leads elsewhere. With arp_filter an ARP request of
    such a sender is not answered.
    """
    lab.b.sysctl("net.ipv4.conf.eth0.rp_filter", 1)
    lab.b.sysctl("net.ipv4.conf.eth0.arp_filter", 1)
    host = lab.ghost()
    stray = f"{world.NET}.77"
    lab.b.ip(f"route add {stray}/32 dev lo", undo=f"route del {stray}/32 dev lo")
    yield expect("a datagram from the wrong side", b=exactly(TcpExtIPReversePathFilter=1, IpInReceives=1, IpExtInOctets=28,
                                                            IpExtInNoECTPkts=1))
    host.ip(frames.UDP, frames.udp(stray, lab.b.address, 5000, 9000), source=stray)
    lab.b.sysctl("net.ipv4.conf.eth0.rp_filter", 0)
    yield expect("an ARP request from the wrong side", b=exactly(TcpExtArpFilter=1))
    host.send(struct.pack("!HHBBH6s4s6s4s", 1, frames.IPV4, 6, 4, 1, frames.mac(host.mac), frames.address(stray), bytes(6),
                          frames.address(lab.b.address)), frames.BROADCAST_MAC, kind=0x0806)


@experiment("an ICMP error about something that was never sent")
def icmp_out_of_window(lab):
    """Anybody can send ICMP errors. One that quotes a sequence number that is not in flight is ignored."""
    client, _ = lab.ghost_pair()
    quoted = frames.tcp(client.theirs, client.ours, client.far_port, client.port, ACK, client.ack + (1 << 30), client.seq)
    yield expect("an error about a segment far away", b=grows(TcpExtOutOfWindowIcmps=1, IcmpInDestUnreachs=1))
    client.ghost.unreachable(frames.Packet(client.theirs, client.ours, frames.TCP, quoted))


@experiment("a reset that cannot be sent", section="TCP abort")
def abort_failed(lab):
    """The linger time is zero, but a firewall on the way out eats the RST: AbortFailed, since the peer does not get to know."""
    _, client, _ = lab.pair()
    lab.a.iptables("OUTPUT -p tcp --dport 9000 -j DROP")
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    yield expect("the client closes", a=grows(TcpExtTCPAbortFailed=1, TcpExtTCPAbortOnData=1, TcpOutRsts=1), b=exactly())
    client.close()


@experiment("segments that are wrong in themselves", section="General TCP counters")
def tcp_errors(lab):
    """A wrong checksum and a header shorter than any are errors; the first has a counter of its own."""
    client, _ = lab.ghost_pair()
    one = dict(TcpInErrs=1, TcpInSegs=1, IpInReceives=1, IpInDelivers=1, IpExtInOctets=41, IpExtInNoECTPkts=1)
    yield expect("a wrong checksum", b=exactly(TcpInCsumErrors=1, **one))
    client.send(ACK, b"x", seq=client.seq, good=False)
    yield expect("a header of four words", b=exactly(**one))
    client.send(ACK, b"x", seq=client.seq, words=4)
