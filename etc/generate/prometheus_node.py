# SPDX-License-Identifier: BSD-2-Clause
"""etc/prometheus: prometheus.yml, with the rules that give node_exporter's names, and node.rules.yml."""
from rows import ABOUT

NETSTAT = ("SNMP", "NETSTAT", "SNMP6")  # the files that node_exporter's collector netstat reads
SOFTNET = {"Processed": "processed_total", "Dropped": "dropped_total", "TimeSqueeze": "times_squeezed_total",
           "ReceivedRps": "received_rps_total", "FlowLimitCount": "flow_limit_count_total",
           "BacklogLength": "backlog_len"}
CONNTRACK = ("found", "invalid", "ignore", "insert", "insert_failed", "drop", "early_drop", "search_restart")
RENAMED = {"NfConntrackCount": "node_nf_conntrack_entries", "NfConntrackMax": "node_nf_conntrack_entries_limit"}
OCTETS = {"limitTcpMemOctets": "node_sockstat_TCP_mem_bytes", "limitUdpMemOctets": "node_sockstat_UDP_mem_bytes"}
STATES = {"closed": "close", "listen": "listen", "synSent": "syn_sent", "synReceived": "syn_recv",
          "established": "established", "finWait1": "fin_wait1", "finWait2": "fin_wait2", "closeWait": "close_wait",
          "lastAck": "last_ack", "closing": "closing", "timeWait": "time_wait"}

JOBS = f"""\
# {ABOUT}
# An example of prometheus.yml. Take tcpextd_health for all hosts, tcpextd for those of which you want to see
# more, node where dashboards and alerts of node_exporter are to go on working without it, the last two for network
# namespaces. snmp_exporter runs beside Prometheus here, with snmp.yml, or snmp-0.22.yml up to that version.

global:
  scrape_interval: 15s
  evaluation_interval: 15s

rule_files: [rules.yml, node.rules.yml]

scrape_configs:
- job_name: tcpextd_health
  metrics_path: /snmp
  params: {{module: [tcpextd_health]}}
  static_configs: &hosts
  - targets: [127.0.0.1]
  relabel_configs: &by_snmp_exporter
  - {{source_labels: [__address__], target_label: __param_target}}
  - {{source_labels: [__param_target], target_label: instance}}
  - {{target_label: __address__, replacement: "127.0.0.1:9116"}}

- job_name: tcpextd
  metrics_path: /snmp
  params: {{module: [tcpextd]}}
  static_configs: *hosts
  relabel_configs: *by_snmp_exporter

# How each network namespace does, of hosts that serve some.
- job_name: tcpextd_namespaces
  metrics_path: /snmp
  params: {{module: [tcpextd_namespaces]}}
  static_configs: *hosts
  relabel_configs: *by_snmp_exporter

# All of each: snmp_exporter from 0.26 on asks in its context; older ones ask in the default one, and have no use for this.
# The program namespaces beside this file writes namespaces.json. Take tcpextd in place of tcpextd_health to see more.
- job_name: tcpextd_contexts
  metrics_path: /snmp
  params: {{module: [tcpextd_health], auth: [watcher_v3]}}
  file_sd_configs:
  - {{files: [namespaces.json], refresh_interval: 30s}}
  relabel_configs:
  - {{source_labels: [__address__], target_label: __param_target}}
  - {{source_labels: [__param_target, __param_snmp_context], separator: "@", target_label: instance}}
  - {{target_label: __address__, replacement: "127.0.0.1:9116"}}

- job_name: node
  metrics_path: /snmp
  params: {{module: [tcpextd_node]}}
  static_configs: *hosts
  relabel_configs: *by_snmp_exporter
  metric_relabel_configs:
"""
RULES = f"""\
# {ABOUT}
# What node_exporter shows and one rule for each metric cannot make of module tcpextd_node. Its rx_queued_bytes and
# tx_queued_bytes have the queues and backlogs of listeners in them, which are no octets: they are not in ours.

groups:
- name: node
  rules:
"""
HEALTH = """
# The formulas of health over 5 minutes in place of a healthWindow, in percent or as a number, of node_exporter's names: for
# dashboards, for who polls less often than once in a healthWindow, and for hosts that have node_exporter alone, with
# --collector.netstat.fields=.*
- name: node-health
  rules:
"""


def files(rows):
    yield "prometheus/prometheus.yml", JOBS + "\n".join(relabelling(rows)) + "\n"
    health = [f"  - {{record: {record_name(row)}, expr: '{expr}'}}" for row, expr in health_rules(rows)]
    yield "prometheus/node.rules.yml", RULES + "\n".join(recorded()) + "\n" + HEALTH + "\n".join(health) + "\n"


def health_rules(rows):
    """Rows of health.def over a window, and what they are in PromQL."""
    names = {counter["name"]: node_name(counter) for counter in rows.counters}
    for row in rows.health:
        if row["over"] == "window" and all(names[term.lstrip("?+-")] for term in row["numerator"] + row["denominator"]):
            value = part(row["numerator"], names)
            if row["denominator"]:
                value = f"{value} / ({part(row['denominator'], names)} >= {row['minimum']})"
            yield row, ("100 * " if row["unit"] == "percent" else "") + value


def record_name(row):
    return f"instance:{row['object']}:{'percent' if row['unit'] == 'percent' else 'value'}5m"


def part(terms, names):
    """The first one is one that each kernel has: what some lack is 0 where it is there and they are not."""
    first = grown(names[terms[0].lstrip("+")])
    words = first
    for term in terms[1:]:
        value = grown(names[term.lstrip("?+-")])
        words += f" {term.lstrip('?')[0]} " + (f"({value} or 0 * {first})" if term.startswith("?") else value)
    return f"clamp_min({words}, 0)" if " - " in words else f"({words})" if len(terms) > 1 else words


def grown(name):
    return f"sum without (cpu) (increase({name}[5m]))" if "softnet" in name else f"increase({name}[5m])"


def node_name(counter):
    """What node_exporter calls it, or None; of softnet_stat it has a number for each processor."""
    name, section = counter["name"], counter["section"]
    if counter["source"] in NETSTAT:
        return f"node_netstat_{section}_{name.removeprefix(section)}"
    if section == "Sockstat":
        return "node_sockstat_" + counter["field"].replace(": ", "_")
    if section == "NfConntrack" and counter["field"] in CONNTRACK:
        return "node_nf_conntrack_stat_" + counter["field"]
    if section == "Softnet" and name.removeprefix(section) in SOFTNET:
        return "node_softnet_" + SOFTNET[name.removeprefix(section)]
    return RENAMED.get(name)


def relabelling(rows):
    """nstatTable's rows one by one, but those of netstat all at once: also what a later kernel has."""
    settings = [row["name"] for row in rows.counters if row["kind"] == "integer"]
    prefixes = sorted((row["prefix"] for row in rows.sections if row["source"] in NETSTAT), key=len, reverse=True)
    yield drop("[__name__, nstatName]", f"nstatValue;({'|'.join(settings)})")  # nstatInteger has their sign
    yield rename("nstatName", f"({'|'.join(prefixes)})(.+)", "node_netstat_${1}_${2}")
    for row in rows.counters:
        if row["source"] not in NETSTAT and row["section"] != "Softnet" and node_name(row):
            yield rename("nstatName", row["name"], node_name(row))
    for column, name in SOFTNET.items():
        yield rename("__name__", f"softnetCpu{column}", f"node_softnet_{name}")
    for name, octets in OCTETS.items():
        yield rename("__name__", name, octets)
    yield '  - {source_labels: [softnetCpuName], regex: "cpu(.+)", target_label: cpu}'
    yield drop("[__name__]", "nstat.+")  # no name of node_exporter's
    yield '  - {regex: "nstatName|softnetCpuName", action: labeldrop}'


def rename(label, pattern, name):
    return f'  - {{source_labels: [{label}], regex: "{pattern}", target_label: __name__, replacement: "{name}"}}'


def drop(labels, pattern):
    return f'  - {{source_labels: {labels}, regex: "{pattern}", action: drop}}'


def recorded():
    for state, name in STATES.items():
        yield tcp_record(f'tcpStateSockets{{tcpStateName="{state}"}}', name)
    for queue, name in (("Receive", "rx"), ("Send", "tx")):
        yield tcp_record(f"tcpState{queue}Queue", f"{name}_queued_bytes")
    for queue, name in (("Receive", "rx"), ("Send", "tx")):
        for version, match in (("v4", "!~"), ("v6", "=~")):
            yield record("node_udp_queues", f'udpSocket{queue}Queue{{udpSocketName{match}"\\\\[.*"}}',
                         "udpSocketName, udpSocketService", f"queue: {name}, ip: {version}")


def tcp_record(series, state):
    row = "tcpStateIPVersion, tcpStateLabel, tcpStateName"
    return record("node_tcp_connection_states", series, row, f"state: {state}")


def record(name, series, row, labels):
    return f"  - {{record: {name}, expr: 'sum without ({row}) ({series})', labels: {{{labels}}}}}"
