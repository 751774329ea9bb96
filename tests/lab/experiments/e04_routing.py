# SPDX-License-Identifier: BSD-2-Clause
"""Packets that find no way: the address and route counters of IP."""

import errno
import socket

from expect import exactly, expect
from experiment import experiment
from harness import check

ELSEWHERE = "8.8.8.8"  # a name for an address that is nobody's here; no packet leaves the two namespaces


@experiment("packets that b cannot forward", section="IpInAddrErrors, IpExtInNoRoutes and IpOutNoRoutes", differs="""
    The octets and the requests are those of the document; IpOutTransmits, new in Linux 6.7, counts what is handed to the
    device.
    """)
def no_routes(lab):
    """a has a route to 8.8.8.8 by way of b, and nc on a tries to connect. While b does not forward, the SYN has a wrong
    address. When it does, it finds no route and answers with an ICMP destination unreachable. At last b itself has something
    to send there: nothing leaves, and its own counter grows.
    """
    lab.a.ip(f"route add {ELSEWHERE}/32 via {lab.b.address}", undo=f"route del {ELSEWHERE}/32")
    for device in ("all", "default", "lo", "eth0"):
        lab.b.sysctl(f"net.ipv4.conf.{device}.send_redirects", 0)
    one = dict(IpInReceives=1, IpExtInOctets=60, IpExtInNoECTPkts=1)

    yield expect("nc 8.8.8.8 53 while b does not forward", b=exactly(IpInAddrErrors=1, **one))
    with lab.b.until("IpInAddrErrors"):
        client = syn(lab)
    client.close()

    lab.b.sysctl("net.ipv4.conf.all.forwarding", 1)
    yield expect("nc 8.8.8.8 53 while b forwards",
                 b=exactly(IpExtInNoRoutes=1, IcmpOutMsgs=1, IcmpOutDestUnreachs=1, IcmpMsgOutType3=1, IpOutRequests=1,
                           IpOutTransmits=1, IpExtOutOctets=88, **one))
    with lab.a.until("IcmpInDestUnreachs"):
        client = syn(lab)
    client.close()

    tool = lab.b.socket(socket.SOCK_DGRAM)
    yield expect("ping 8.8.8.8 on b", b=exactly(IpOutNoRoutes=1))
    check(tool.connect_ex((ELSEWHERE, 53)) == errno.ENETUNREACH, "b's own program is told that there is no route")


def syn(lab):
    """One SYN to elsewhere."""
    client = lab.a.socket()
    client.setblocking(False)
    client.connect_ex((ELSEWHERE, 53))
    return client
