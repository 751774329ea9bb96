# SPDX-License-Identifier: BSD-2-Clause
"""etc/grafana: a dashboard of a host and one of many hosts, worst first."""
import json

from panels import (COLOURED, DROPPED, FULL, PLAIN, POWERS, SEVERITY, STACK, TO_HOST, Maker, dashboard, named,
                    query_variable, section, steps, words)
from rows import ABOUT

HALF, THIRD, QUARTER, MIDDLE = (12, 9), (8, 9), (6, 9), (10, 9)
PAST = steps((1, "red"), base="transparent")

LISTENERS = {"Dropped": "tcpListenDrops", "Full": "tcpListenUse", "Waiting": "tcpListenQueue",
             "At most": "tcpListenQueueMax"}
SOCKETS = {"Dropped": "udpSocketDrops", "Full": "udpSocketUse", "Unread": "udpSocketReceiveQueue",
           "At most": "udpSocketReceiveLimit"}
SERVICES = {"Dropped": "serviceDrops", "Full": "serviceUse", "Unread": "serviceReceiveQueue",
            "Unsent": "serviceSendQueue", "Open": "serviceEstablished", "Closing": "serviceClosing"}
MEMORY = {"TCP": "limitTcpMemOctets", "UDP": "limitUdpMemOctets", "TCP, unread": "tcpTotalReceiveQueue",
          "TCP, unsent": "tcpTotalSendQueue", "IPv4 fragments": "sockstatFragMemory",
          "IPv6 fragments": "sockstatFrag6Memory"}

LISTENER = {"tcpListenName": "Listener", "tcpListenService": "Service"}
SOCKET = {"udpSocketName": "Socket", "udpSocketService": "Service"}
SERVICE = {"serviceName": "Service"}
NAMESPACE = {"namespaceName": "Namespace", "namespaceContext": "Context"}
NAMESPACES = {"Worst": ("namespaceWorstSeverity", SEVERITY), "Crossed": ("namespaceActive", PLAIN),
              "Dropped": ("namespaceListenDrops", DROPPED), "Lost": ("namespaceRcvbufErrors", DROPPED),
              "Sent again": ("namespaceRetransSegs", PLAIN), "Age": ("namespaceAge", PLAIN)}

TURNED_AWAY = ("tcpExtListenOverflows", "tcpExtListenDrops", "tcpExtTCPReqQFullDrop",
               "tcpExtTCPReqQFullDoCookies", "tcpExtSyncookiesSent", "tcpExtSyncookiesFailed", "tcpExtTCPBacklogDrop")
SENT_AGAIN = ("healthRetransData", "healthRetransSegments", "healthOutOfOrder")
CAUSES = ("healthRetransFast", "healthRetransSlowStart", "healthRetransSyn", "healthRetransTimer")
ENDED = ("healthConnectFails", "healthResets", "healthAbortOnData", "healthAbortOnClose",
         "healthAbortOnTimeout", "healthAbortOnLinger")
LOST = ("udpRcvbufErrors", "udp6RcvbufErrors", "udpSndbufErrors", "udp6SndbufErrors", "udpInCsumErrors",
        "udp6InCsumErrors", "udpMemErrors", "udp6MemErrors", "udpNoPorts", "udp6NoPorts")
ICMP = ("icmpInDestUnreachs", "icmpOutDestUnreachs", "icmpInTimeExcds", "icmpOutTimeExcds", "icmpInRedirects",
        "icmpInEchos", "icmpInErrors", "icmp6InDestUnreachs", "icmp6OutDestUnreachs", "icmp6InPktTooBigs",
        "icmp6InTimeExcds", "icmp6InErrors")
TRACKED = ("nfConntrackCount", "nfConntrackMax")
UNTRACKED = ("nfConntrackInsertFailed", "nfConntrackDrop", "nfConntrackEarlyDrop", "nfConntrackInvalid")
COMPARED = ("healthRetransData", "healthListenDrops", "healthConnectFails", "healthUdpRcvbufErrors",
            "healthTcpMemoryUse", "healthConntrackUse", "healthSoftnetDrops")

HOSTS = "count(count by (instance) (snapshotSequence))"
SHARE = {"decimals": 0, **COLOURED, "thresholds": FULL}
VALUE = TO_HOST % "${__value.raw}"  # from the cell that names the host

NEAR = ("The values of health that have a default threshold, as shares of its limit: from 100 % on they are past "
        "it. Where too little happened to be judged, a value is not there.")
OF_LISTENERS = ("Where the host takes connections. Dropped: what the kernel dropped there in the time shown. "
                "Full: the queue of connections that the program has not accepted yet.")
OF_SOCKETS = ("Where the host receives datagrams. Dropped: what the kernel dropped there in the time shown. "
              "Full: the receive buffer.")
OF_SERVICES = ("Units of systemd, containers and virtual machines. Dropped: what the kernel dropped at their "
               "listeners and UDP sockets in the time shown. Full: their fullest queue.")
OF_NAMESPACES = ("The network namespaces that the agent serves beside the host's own, such as those of containers. "
                 "Worst: the worst severity of the thresholds that are crossed there. Dropped, lost and sent again: "
                 "connections, datagrams and segments in the last minute. A namespace leads to a dashboard of its "
                 "own, which job tcpextd_contexts feeds.")


def files(rows):
    for name, make in (("host", host), ("fleet", fleet)):
        yield f"grafana/{name}.json", json.dumps(make(Maker(rows)), indent=1, ensure_ascii=False) + "\n"


def host(make):
    health = make.rows.health
    return dashboard("host", "TCP/IP of a host", ABOUT, [
        section(
            "Health: what is past its limit comes first",
            make.bars("Health against its limits: now", THIRD, f"sort_desc({make.shares()})", "health", NEAR),
            make.lines("Health against its limits: over time", (16, 9),
                       [(f"topk(10, {make.shares()} > 0.01)", "{{health}}")], "percentunit", NEAR,
                       {**POWERS, "thresholdsStyle": {"mode": "dashed"}}, min=0.01, thresholds=PAST),
            *(make.tile(row) for row in health if row["thresholds"] or row["worst"])),
        section(
            "Who turns clients away",
            make.by_row("Dropped, by listener", THIRD, "tcpListenDrops", "tcpListenName"),
            make.table_of("Listeners", MIDDLE, LISTENER, LISTENERS, OF_LISTENERS),
            make.objects("Turned away, by cause", QUARTER, *TURNED_AWAY, behind="tcpExt")),
        section(
            "What is sent again, and how connections end",
            make.objects("Retransmission and reordering", THIRD, *SENT_AGAIN, behind="health"),
            make.lines("Sent again, by cause", THIRD,
                       [(make.numerator(name), words(name, "healthRetrans")) for name in CAUSES], "cps",
                       "\n\n".join(make.row[name]["text"] for name in CAUSES), STACK),
            make.objects("Connections that fail or are reset", THIRD, *ENDED, behind="health")),
        section(
            "Sockets, and memory against limits",
            make.by_row("TCP sockets, by state", THIRD, "tcpStateSockets", "tcpStateLabel", " > 0", custom=POWERS,
                        min=1),
            make.lines("Memory", THIRD, [(make.value(name), label) for label, name in MEMORY.items()], "bytes"),
            limits(make)),
        section(
            "Who loses datagrams",
            make.by_row("Dropped, by UDP socket", THIRD, "udpSocketDrops", "udpSocketName"),
            make.table_of("UDP sockets", MIDDLE, SOCKET, SOCKETS, OF_SOCKETS),
            make.objects("Lost, by cause", QUARTER, *LOST)),
        section(
            "Services, and ICMP",
            make.table_of("Services", HALF, SERVICE, SERVICES, OF_SERVICES),
            make.objects("ICMP", HALF, *ICMP)),
        section(
            "Processors, and connection tracking",
            make.by_row("Dropped, by processor", QUARTER, "softnetCpuDropped", "softnetCpuName"),
            make.by_row("Out of time, by processor", QUARTER, "softnetCpuTimeSqueeze", "softnetCpuName"),
            make.objects("Connections tracked", QUARTER, *TRACKED, behind="nfConntrack"),
            make.objects("Connections not tracked", QUARTER, *UNTRACKED, behind="nfConntrack")),
        section(
            "Containers and other network namespaces: the worst comes first",
            make.table("Namespaces", HALF, NAMESPACE, namespaces(make), OF_NAMESPACES,
                       TO_HOST % "${instance}@${__data.fields.Context}"),
            make.by_row("Connections dropped in a minute", QUARTER, "namespaceListenDrops", "namespaceName"),
            make.by_row("Datagrams lost in a minute", QUARTER, "namespaceRcvbufErrors", "namespaceName"), folded=True),
        section("Each value of health, over time", *map(make.trend, health), folded=True),
        section("Every counter that grows, per second", *counters(make), folded=True),
        section("Every number that rises and falls", *gauges(make), folded=True),
    ], [query_variable("instance", "label_values(snapshotSequence, instance)")])


def namespaces(make):
    return {heading: (make.value(name, by=", ".join(NAMESPACE)), make.unit(name), looks)
            for heading, (name, looks) in NAMESPACES.items()}


def limits(make):
    uses = [row for row in make.rows.scalars if row["object"].startswith("limit") and row["unit"] == "percent"]
    each = (named("limit", words(row["object"].removesuffix("Use"), "limit"), make.value(row["object"]))
            for row in uses)
    return make.bars("Limits of the kernel, in use", THIRD, f"sort_desc({' or '.join(each)})", "limit",
                     "\n\n".join(f"{row['object']}: {row['text']}" for row in uses))


def by_section(make, kind):
    """The title of each section, and its objects of this kind."""
    for found in make.rows.sections:
        names = [make.of_counter[row["name"]] for row in make.rows.counters
                 if row["section"] == found["prefix"] and row["kind"] == kind and not row["per_type"]
                 and row["name"] in make.of_counter]
        if names:
            yield found["title"], names


def counters(make):
    """A panel for each section of them."""
    for title, names in by_section(make, "counter"):
        yield make.lines(title, HALF, [(make.moving(names), "{{counter}}")], "cps")


def gauges(make):
    """A panel for each section and unit of them."""
    for title, names in by_section(make, "gauge"):
        for unit in sorted(set(map(make.unit, names))):
            yield make.objects(title, HALF, *(name for name in names if make.unit(name) == unit))


def fleet(make):
    shares = make.shares(where="")
    worst = f"max by (instance) ({shares})"
    return dashboard("fleet", "TCP/IP of many hosts", ABOUT, [
        section(
            "Hosts, worst first",
            make.number("Hosts", (3, 10), HOSTS, steps(base="blue"), font=60),
            make.number("Past a limit", (3, 10), f"count({worst} > 1) or vector(0)", steps((1, "red")), font=60),
            make.bars("Worst value, as a share of its limit", (8, 10), f"topk(15, {worst})", "instance", NEAR,
                      links=[{"title": "Dashboard of this host", "url": TO_HOST % "${__field.labels.instance}"}]),
            make.table("Past half of a limit", (10, 10), {"instance": "Host", "health": "Value"},
                       {"Of its limit": (f"{shares} > 0.5", "percentunit", SHARE)}, NEAR, VALUE)),
        section(
            "Hosts beside each other",
            make.table("Hosts", (24, 12), {"instance": "Host"},
                       {"Worst, of its limit": (worst, "percentunit", SHARE),
                        **{words(name, "health"): compared(make, name) for name in COMPARED}}, NEAR, VALUE)),
        section(
            "The five worst, over time",
            *(make.lines(words(name, "health"), QUARTER, [(f"topk(5, {make.value(name, '')})", "{{instance}}")],
                         make.unit(name), make.row[name]["text"]) for name in COMPARED)),
    ])


def compared(make, name):
    colours = make.thresholds(make.row[name], base="transparent")
    return make.value(name, where=""), make.unit(name), {"decimals": 2, **COLOURED, "thresholds": colours}
