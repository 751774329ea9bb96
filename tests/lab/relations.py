# SPDX-License-Identifier: BSD-2-Clause
"""The relations between counters that hold at any time, asserted in every snapshot that the lab reads."""


def types(values, begin):
    return sum(value for name, value in values.items() if name.startswith(begin))


class Relation:
    """A sentence, and a function of a snapshot that is true or false."""

    def __init__(self, text, holds, needs=(), unless=None):
        self.text, self.holds, self.needs, self.unless = text, holds, needs, unless

    def applies(self, values):
        return all(name in values for name in self.needs) and not values.get(self.unless)


def relation(text, left, sign, right, unless=None):
    """Compares two sums; each is a list of names, and InType or OutType stand for all the numeric types. It holds until the
    counter unless has grown.
    """
    sums = {"=": lambda x, y: x == y, "<=": lambda x, y: x <= y}

    def add(values, names):
        return sum(types(values, name) if name.endswith("Type") else values[name] for name in names)

    needs = [name for name in left + right if not name.endswith("Type")]
    return Relation(text, lambda values: sums[sign](add(values, left), add(values, right)), needs, unless)


RELATIONS = (
    relation("every ICMP message sent has a numeric type", ["IcmpMsgOutType"], "=", ["IcmpOutMsgs"]),
    relation("an ICMP message received has a numeric type or is an error",
             ["IcmpInMsgs"], "<=", ["IcmpMsgInType", "IcmpInErrors"]),
    relation("every ICMP message with a type was received", ["IcmpMsgInType"], "<=", ["IcmpInMsgs"]),
    relation("every ICMPv6 message sent has a numeric type", ["Icmp6OutType"], "=", ["Icmp6OutMsgs"]),
    relation("an ICMPv6 message received has a numeric type or is an error",
             ["Icmp6InMsgs"], "<=", ["Icmp6InType", "Icmp6InErrors"]),
    relation("a wrong ICMP checksum is an ICMP error", ["IcmpInCsumErrors"], "<=", ["IcmpInErrors"]),
    relation("a wrong ICMPv6 checksum is an ICMPv6 error", ["Icmp6InCsumErrors"], "<=", ["Icmp6InErrors"]),
    relation("a wrong TCP checksum is a TCP error", ["TcpInCsumErrors"], "<=", ["TcpInErrs"]),
    relation("a wrong UDP checksum, a full buffer and a lack of memory are UDP errors",
             ["UdpInCsumErrors", "UdpRcvbufErrors", "UdpMemErrors"], "<=", ["UdpInErrors"]),
    relation("the same over IPv6", ["Udp6InCsumErrors", "Udp6RcvbufErrors", "Udp6MemErrors"], "<=", ["Udp6InErrors"]),
    relation("a wrong IPv4 checksum is a header error", ["IpExtInCsumErrors"], "<=", ["IpInHdrErrors"]),
    relation("a listen overflow is a listen drop", ["TcpExtListenOverflows"], "<=", ["TcpExtListenDrops"]),
    relation("a SYN that begins a connection is a segment sent", ["TcpActiveOpens"], "<=", ["TcpOutSegs", "TcpRetransSegs"]),
    relation("an IPv4 packet is delivered once at most, where there is no ESP", ["IpInDelivers"], "<=", ["IpInReceives"],
             unless="XfrmInNoStates"),
    relation("an IPv4 packet received has at least the octets of its header", ["IpInReceives"] * 20, "<=", ["IpExtInOctets"]),
    relation("an IPv4 packet that is delivered has one ECN code, where there is no ESP", ["IpInDelivers"], "<=",
             ["IpExtInNoECTPkts", "IpExtInECT1Pkts", "IpExtInECT0Pkts", "IpExtInCEPkts"], unless="XfrmInNoStates"),
    relation("a merged out-of-order segment was queued", ["TcpExtTCPOFOMerge"], "<=", ["TcpExtTCPOFOQueue"]),
    relation("a retransmission, fast or slow, is a segment retransmitted",
             ["TcpExtTCPFastRetrans", "TcpExtTCPSlowStartRetrans"], "<=", ["TcpRetransSegs"]),
    relation("a SYN retransmitted is a segment retransmitted", ["TcpExtTCPSynRetrans"], "<=", ["TcpRetransSegs"]),
    relation("a reassembly that timed out has failed", ["IpReasmTimeout"], "<=", ["IpReasmFails"]),
    relation("a packet that is put together had fragments", ["IpReasmOKs"], "<=", ["IpReasmReqds"]),
    relation("a cookie that the SYN proxy got again was right", ["SynproxyCookieRetrans"], "<=", ["SynproxyCookieValid"]),
    relation("fragments are more than the packets cut", ["IpFragOKs"] * 2, "<=", ["IpFragCreates"]),
)


def broken(side, values):
    """The relations that do not hold in this snapshot."""
    return [f"{side}: {relation.text}" for relation in RELATIONS if relation.applies(values) and not relation.holds(values)]
