# SPDX-License-Identifier: BSD-2-Clause
"""Why no experiment shows a counter: names, or how they begin, to the reason."""

import pathlib

CONSTANT = "a constant of the kernel, not a counter"
UNCOUNTED = "some kernels, this one among them, count it at the socket alone: udp-memory-limit"
NO_TCP_AO = "this kernel may lack TCP-AO (CONFIG_TCP_AO)"
NO_MEMORY = "only when the kernel has no memory, or nearly none"
INTERNAL = "an operation within the kernel would have to fail"
RACE = "two CPUs would have to meet in a window of a few instructions"
NEVER = "kernels of today do not count it"
TRANSFORM = "this kernel may lack ESP (CONFIG_INET_ESP)"
DIRECTION = "it takes an iproute2 that knows directions of associations"
MOMENT = "packets stay there for microseconds"
GROWN = "the hash table of the host grows until it is large enough, and stays so"
CRAFTED = "it takes a peer that speaks MPTCP wrongly in more ways than the lab's ghost"

REASONS = {
    "TcpRto": CONSTANT,
    "TcpMaxConn": CONSTANT,
    "UdpMemErrors": UNCOUNTED,
    "UdpLiteMemErrors": UNCOUNTED,
    "Udp6MemErrors": UNCOUNTED,
    "UdpLite6MemErrors": UNCOUNTED,
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
    "Xfrm": TRANSFORM,
    "XfrmInError": INTERNAL,
    "XfrmInPolError": INTERNAL,
    "XfrmInStateInvalid": RACE,
    "XfrmInStateDirError": DIRECTION,
    "XfrmOutError": INTERNAL,
    "XfrmOutStateInvalid": RACE,
    "XfrmOutStateDirError": DIRECTION,
    "XfrmOutStateModeError": INTERNAL,
    "XfrmOutStateProtoError": INTERNAL,
    "XfrmOutBundleCheckError": NEVER,
    "XfrmOutPolDead": NEVER,
    "XfrmFwdHdrError": INTERNAL,
    "XfrmInIptfsError": "this kernel may lack IP-TFS (CONFIG_XFRM_IPTFS)",
    "XfrmOutNoQueueSpace": "this kernel may lack IP-TFS (CONFIG_XFRM_IPTFS)",
    "NfConntrackDelete": NEVER,
    "NfConntrackIgnore": NEVER,
    "NfConntrackNew": NEVER,
    "NfConntrackSearchRestart": RACE,
    "NfConntrackMax": "a setting, not a counter",
    "SynproxyEntries": NEVER,
    "SoftnetColumn": NEVER,
    "SoftnetCpuCollision": NEVER,
    "SoftnetBacklogLength": MOMENT,
    "SoftnetInputQueueLength": MOMENT,
    "SoftnetProcessQueueLength": MOMENT,
    "ArpCacheHashGrows": GROWN,
    "NdiscCacheHashGrows": GROWN,
    "ArpCacheRcvProbes": NEVER,
    "RtCache": NEVER,
    "RtCacheEntries": "routes of the whole host, which come and go meanwhile",
}


def why(name):
    """The reason with the longest beginning of the name."""
    begins = [begin for begin in REASONS if name.startswith(begin)]
    return REASONS[max(begins, key=len)] if begins else "no experiment yet"


def documented():
    """The names that the kernel's document explains."""
    path = pathlib.Path(__file__).resolve().parent / "documented.txt"
    return {line for line in path.read_text(encoding="ascii").split("\n") if line and not line.startswith("#")}
