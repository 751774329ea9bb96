# SPDX-License-Identifier: BSD-2-Clause
"""The SYN proxy of netfilter, which answers clients in place of a server."""

import conntrack
import ghost
import world
from experiments.e02_aborts import linger
from expect import expect, grows
from experiment import experiment
from frames import ACK, RST, SYN


@experiment("a proxy that stands before a server")
def syn_proxy(lab):
    """Netfilter answers a SYN with a cookie, and the server knows nothing of it. A wrong cookie that comes back is dropped;
    when the right one does, the proxy makes the connection to the server. Then the server is silent, and the client's
    keepalive brings its cookie once more. At last the server resets a connection; a SYN from the same port that is tracked
    begins it anew, past the proxy.
    """
    host = lab.ghost()
    server = lab.b.listen()
    track_syns = lab.b.iptables(f"PREROUTING -i {world.DEVICE} -p tcp --syn -j CT --notrack", table="raw")
    conntrack.track(lab.b, f"INPUT -i {world.DEVICE} -p tcp -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --mss 1460")
    lab.b.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    lab.b.sysctl("net.netfilter.nf_conntrack_tcp_timeout_close", 600)
    client = ghost.Peer(host, 40000)
    yield expect("a SYN", b=grows(SynproxySynReceived=1, TcpInSegs=0))
    knock(client)
    yield expect("an ACK with a wrong cookie", b=grows(SynproxyCookieInvalid=1, TcpInSegs=0))
    client.send(ack=client.ack + 1000)
    yield expect("the ACK with the right one", b=grows(SynproxyCookieValid=1, TcpPassiveOpens=1))
    client.send()
    peer = lab.b.accept(server)
    server_speaks = lab.b.iptables("INPUT -i lo -p tcp --dport 9000 -j DROP")
    patient = ghost.Peer(host, 40001, mss=1300)
    yield expect("a client of a silent server", b=grows(SynproxySynReceived=1, SynproxyCookieValid=2, SynproxyCookieRetrans=1,
                                                        TcpPassiveOpens=0))
    knock(patient)
    patient.send()
    patient.send(seq=patient.seq - 1)
    server_speaks()
    linger(peer, 0)
    peer.close()
    client.receive(lambda segment: segment.flags & RST)
    track_syns()
    yield expect("the first client begins anew", b=grows(SynproxyConnReopened=1, SynproxySynReceived=0))
    client.knock()


def knock(client):
    """A SYN, and the answer."""
    client.knock()
    client.receive(lambda segment: segment.flags & SYN)
