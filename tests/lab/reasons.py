# SPDX-License-Identifier: BSD-2-Clause
"""Why no experiment shows a counter: names, or how they begin, to the reason."""

import pathlib

CONSTANT = "a constant of the kernel, not a counter"
HOST = "its limit is a setting of the whole host, which the lab leaves alone"
NO_TCP_AO = "this kernel may lack TCP-AO (CONFIG_TCP_AO)"
NO_MEMORY = "only when the kernel has no memory, or nearly none"
INTERNAL = "an operation within the kernel would have to fail"
RACE = "two CPUs would have to meet in a window of a few instructions"
CRAFTED = "it takes a peer that speaks MPTCP wrongly in more ways than the lab's ghost"

REASONS = {
    "TcpRto": CONSTANT,
    "TcpMaxConn": CONSTANT,
    "UdpMemErrors": HOST + " (net.ipv4.udp_mem)",
    "UdpLiteMemErrors": HOST + " (net.ipv4.udp_mem)",
    "Udp6MemErrors": HOST + " (net.ipv4.udp_mem)",
    "UdpLite6MemErrors": HOST + " (net.ipv4.udp_mem)",
    "TcpExtTCPMemoryPressures": HOST + " (net.ipv4.tcp_mem)",
    "Ip6InBcastOctets": "IPv6 has no broadcast",
    "Ip6OutBcastOctets": "IPv6 has no broadcast",
    "TcpExtPFMemallocDrop": NO_MEMORY,
    "TcpExtTCPPLBRehash": "of the congestion controls, only DCTCP uses PLB, and this kernel may lack it",
    "TcpExtTCPAO": NO_TCP_AO,
    "MPTcpExtMPFallbackTokenInit": INTERNAL,
    "MPTcpExtMPJoinSynTx": INTERNAL,
    "MPTcpExtMD5SigFallback": "MPTCP sockets take no TCP_MD5SIG option",
    "MPTcpExtRcvWndConflict": RACE,
    "MPTcpExtSimultConnectFallback": RACE,
    "MPTcpExtAddAddrTxDrop": RACE,
    "MPTcpExtEchoAddTxDrop": RACE,
    "MPTcpExtRmAddrTxDrop": RACE,
    "MPTcpExtFallbackFailed": CRAFTED,
    "MPTcpExtDSS": CRAFTED,
    "MPTcpExtInfiniteMapTx": CRAFTED,
    "MPTcpExtMismatchPort": CRAFTED,
    "MPTcpExtMPCapableDataFallback": CRAFTED,
    "MPTcpExtMPCapableEndpAttempt": CRAFTED,
    "MPTcpExtMPJoinSynAck": CRAFTED,
    "MPTcpExtRmAddrDrop": CRAFTED,
    "MPTcpExtAddAddrDrop": CRAFTED,
    "MPTcpExtSubflowRecover": "a stale subflow comes back only when its lost data is acknowledged late",
    "MPTcpExtWinProbe": "new in Linux 6.18; no experiment closes the window of MPTCP alone",
}


def why(name):
    """The reason with the longest beginning of the name."""
    begins = [begin for begin in REASONS if name.startswith(begin)]
    return REASONS[max(begins, key=len)] if begins else "no experiment yet"


def documented():
    """The names that the kernel's document explains."""
    path = pathlib.Path(__file__).resolve().parent / "documented.txt"
    return {line for line in path.read_text(encoding="ascii").split("\n") if line and not line.startswith("#")}
