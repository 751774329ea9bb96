# SPDX-License-Identifier: BSD-2-Clause
"""etc/prometheus: rules.yml, alerts for the thresholds of health and beside them; rules_test.yml, a case for each."""
import dataclasses
import json

from rows import ABOUT

STEP = 10  # seconds between two evaluations of the tests


@dataclasses.dataclass(frozen=True)
class Alert:
    """crossed, calm: of the tests, values by name, just beyond the limit that expr has, and at it."""
    name: str
    expr: str
    seconds: int
    severity: str
    summary: str
    reason: str
    advice: str
    crossed: dict
    calm: dict
    value: float  # of expr while it is crossed
    labels: dict = dataclasses.field(default_factory=dict)


JOBS = '{job=~"tcpextd.*"}'  # of what others have metrics of, too


def of_all_jobs(series):
    return f"max without (job) ({series})"


LISTENER = {"tcpListenName": "0.0.0.0:443", "tcpListenService": "nginx.service"}
UDP_SOCKET = {"udpSocketName": "0.0.0.0:53", "udpSocketService": "named.service"}
SOURCE = {"counterSourceName": "IPv6"}
NAMESPACE = {"namespaceIndex": "4026532201", "namespaceName": "web", "namespaceContext": "c1"}

# What has no row in health.def.
ALERTS = (
    Alert("HostDown", of_all_jobs(f"up{JOBS}") + " == 0", 60, "critical",
          "{{ $labels.instance }} does not answer snmp_exporter",
          "The host, its snmpd or the way to it is down, or the community is another one.",
          "Try snmpget -v2c -c COMMUNITY HOST sysUpTime.0 where snmp_exporter runs, and tcpextd --doctor on the host.",
          {"up": "0"}, {"up": "1"}, 0),
    Alert("AgentDown", f"{of_all_jobs(f'sysUpTime{JOBS}')} unless {of_all_jobs('snapshotAge')}", 60, "critical",
          "{{ $labels.instance }}: snmpd answers, and tcpextd does not",
          "Without it there are no counters, so that no other alert can fire.",
          "On the host run tcpextd --doctor, and see the log of tcpextd.",
          {"sysUpTime": "500"}, {"sysUpTime": "500", "snapshotAge": "10"}, 500),
    Alert("SnapshotStale", f"{of_all_jobs('snapshotAge')} > {of_all_jobs('snapshotMaxAge')}", 30, "critical",
          "{{ $labels.instance }}: the counters were read {{ $value }} ms ago",
          "Older ones than snapshotMaxAge are not served, so that no other alert can fire.",
          "See snapshotLastFailure, the log of tcpextd, and whether the host has processor time left.",
          {"snapshotAge": "6001", "snapshotMaxAge": "6000"}, {"snapshotAge": "6000", "snapshotMaxAge": "6000"}, 6001),
    Alert("SourceFailed", of_all_jobs("counterSourceState") + " == 3", 300, "warning",
          "{{ $labels.instance }}: the file of {{ $labels.counterSourceName }} cannot be read",
          "Its counters are not served any more.", "See counterSourceLastFailure, and the log of tcpextd.",
          {"counterSourceState": "3"}, {"counterSourceState": "4"}, 3, SOURCE),
    Alert("Discontinuity", of_all_jobs("changes(snapshotDiscontinuityTime[10m])") + " > 0", 0, "info",
          "{{ $labels.instance }}: the counters began anew",
          "The agent or the host was started, or a counter went backwards: what grew by much just then did not.",
          "Nothing, unless it happens often: then see the log of tcpextd.",
          {"snapshotDiscontinuityTime": "7"}, {"snapshotDiscontinuityTime": "0"}, 1),
    Alert("ListenerFull", of_all_jobs("tcpListenFull") + " > 0", 30, "critical",
          "{{ $labels.instance }}: {{ $labels.tcpListenName }} ({{ $labels.tcpListenService }}) turns clients away",
          "Clients see it as connections that take seconds, or fail.",
          "Its program accepts too slowly, or its backlog is too short: listen(), net.core.somaxconn.",
          {"tcpListenFull": "1"}, {"tcpListenFull": "0"}, 1, LISTENER),
    Alert("ListenerFilling", of_all_jobs("tcpListenUse") + " / 100 > 80", 60, "warning",
          "{{ $labels.instance }}: the queue of {{ $labels.tcpListenName }} ({{ $labels.tcpListenService }}) "
          "is full by {{ $value }} %",
          "At 100 % clients are turned away; what waits so long is slow for them already.",
          "Its program accepts too slowly, or its backlog is too short: listen(), net.core.somaxconn.",
          {"tcpListenUse": "8001"}, {"tcpListenUse": "8000"}, 80.01, LISTENER),
    Alert("UdpSocketFilling", of_all_jobs("udpSocketUse") + " / 100 > 80", 60, "warning",
          "{{ $labels.instance }}: the buffer of {{ $labels.udpSocketName }} ({{ $labels.udpSocketService }}) "
          "is full by {{ $value }} %",
          "At 100 % datagrams are dropped, and nobody sends them again but the program itself.",
          "Its program reads too slowly, or its buffer is too small: SO_RCVBUF, net.core.rmem_max.",
          {"udpSocketUse": "8001"}, {"udpSocketUse": "8000"}, 80.01, UDP_SOCKET),
    Alert("NamespaceCrossed", of_all_jobs("namespaceActive") + " > 0", 30, "warning",
          "{{ $labels.instance }}: thresholds that are crossed in {{ $labels.namespaceName }} "
          "(context {{ $labels.namespaceContext }}): {{ $value }}",
          "A container, or another network namespace, has trouble that the host's own counters do not show.",
          "On the host snmpnstat --namespaces says which threshold it is, and tcpextd-counters(7) what to do.",
          {"namespaceActive": "1"}, {"namespaceActive": "0"}, 1, NAMESPACE),
)


def files(rows):
    alerts = [alert_of(row, threshold) for row in rows.health for threshold in row["thresholds"]] + list(ALERTS)
    yield "prometheus/rules.yml", f"# {ABOUT}\n\ngroups:\n- name: tcpextd\n  rules:\n" + "\n".join(map(rule, alerts))
    yield "prometheus/rules_test.yml", (
        f"# {ABOUT}\n# promtool test rules rules_test.yml: of two hosts the one at the limit is calm, and the other\n"
        "# does not fire before its time.\n\n"
        f"rule_files: [rules.yml]\nevaluation_interval: {STEP}s\n\ntests:\n" + "\n".join(map(test, alerts)))


def alert_of(row, threshold):
    """That of a threshold of health.def; $value is in percent, or what the value counts."""
    percent = row["unit"] == "percent"
    unit = "%" if percent else row["unit"]
    limit = threshold.limit / (100 if percent else 1)
    step = 1 if threshold.over == ">" else -1
    return Alert(
        "".join(word.capitalize() for word in threshold.name.split("-")),
        f"{of_all_jobs(row['object'])}{' / 100' if percent else ''} {threshold.over} {limit:g}",
        threshold.seconds, threshold.severity,
        f"{{{{ $labels.instance }}}}: {row['object']} is {{{{ $value }}}} {unit}, "
        f"{'above' if step > 0 else 'below'} {limit:g}",
        threshold.reason, row["advice"],
        {row["object"]: f"{threshold.limit + step:g}"}, {row["object"]: f"{threshold.limit:g}"},
        (threshold.limit + step) / (100 if percent else 1))


def rule(alert):
    return f"""\
  - alert: Tcpextd{alert.name}
    expr: {alert.expr}
    for: {alert.seconds}s
    labels: {{severity: {alert.severity}}}
    annotations:
      summary: {json.dumps(alert.summary)}
      reason: {json.dumps(literal(alert.reason))}
      advice: {json.dumps(literal(alert.advice))}
"""


def literal(text):
    """Prometheus takes what follows {{ for a template's."""
    return text.replace("{{", '{{ "{{" }}')


# --- Tests ----------------------------------------------------------------------------------------

# A device that has no tcpextd, and is asked by another job.
OTHER = """  - {series: 'sysUpTime{job="if_mib", instance="switch"}', values: '500x30'}"""


def test(alert):
    """At alert.seconds the crossed one fires alone, a step before nobody. What changes does so with the second sample."""
    changes = "changes(" in alert.expr
    begin = STEP if changes else 0
    series = [line for host, values in (("crossed", alert.crossed), ("calm", alert.calm))
              for line in host_series(host, values, alert, changes)]
    series += [OTHER] * ("sysUpTime" in alert.expr)
    lines = [f"- interval: {STEP}s", "  input_series:", *series, "  alert_rule_test:"]
    if begin + alert.seconds:
        lines.append(case(alert, begin + alert.seconds - STEP, "[]"))
    lines.append(case(alert, begin + alert.seconds, f"[{fired(alert)}]"))
    return "\n".join(lines) + "\n"


def host_series(host, values, alert, changes):
    job = {"job": "tcpextd", "instance": host}
    for name, value in values.items():
        labels = ", ".join(f'{word}="{text}"' for word, text in {**job, **alert.labels}.items())
        values = f"{'0 ' * changes}{value}x{alert.seconds // STEP + 1}"
        yield f"  - {{series: '{name}{{{labels}}}', values: '{values}'}}"


def case(alert, seconds, expected):
    return f"  - {{eval_time: {seconds}s, alertname: Tcpextd{alert.name}, exp_alerts: {expected}}}"


def fired(alert):
    labels = {"instance": "crossed", **alert.labels}
    summary = alert.summary.replace("{{ $value }}", f"{alert.value:g}")
    for word, text in labels.items():
        summary = summary.replace(f"{{{{ $labels.{word} }}}}", text)
    annotations = {"summary": summary, "reason": alert.reason, "advice": alert.advice}
    labels = json.dumps({"severity": alert.severity, **labels})
    return f"{{exp_labels: {labels}, exp_annotations: {json.dumps(annotations)}}}"
