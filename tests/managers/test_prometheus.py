#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""etc/prometheus with the real snmp_exporter, Prometheus and node_exporter."""

import json
import os
import re
import shutil
import sys

import managers
import scrape
from harness import BUILD, MIB2, OBJECTS, SOURCE, Process, Skip, check, check_equal, main
from managers import PATIENCE, wait_for
from test_namespaces import Names

sys.path.insert(0, str(SOURCE / "etc/generate"))
import prometheus_node  # noqa: E402
from rows import Rows  # noqa: E402

ROWS = Rows(SOURCE / "mibs/rows.json")
STILL = [row for row in ROWS.scalar.values() if row.get("counters") or "section" in row]  # while the files do not change
REQUESTS = f"{MIB2}.11.1.0"  # snmpInPkts
WHOLE = 2 ** 53  # from here on snmp_exporter begins at 0 again, as a double cannot hold all numbers
FULL = [line for line in (SOURCE / "tests/managers/node_exporter_full.txt").read_text().splitlines() if line[0] != "#"]

# TCP and UDP sockets at addresses that only some indexes can tell apart, until it is ended.
SOCKETS = """
import socket, time
held = []
for port, family, address, device in ((700, socket.AF_INET, "0.0.0.0", b""), (700, socket.AF_INET6, "::", b""),
                                      (701, socket.AF_INET6, "::1", b"lo"), (701, socket.AF_INET, "127.0.0.1", b"lo")):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        one = socket.socket(family, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind((address, port))
        if kind == socket.SOCK_STREAM:
            one.listen(5)
        held.append(one)
print("held", flush=True)
time.sleep(3600)
"""
NAMES = {"0.0.0.0:700", "[::]:700", "[::1%lo]:701", "127.0.0.1%lo:701"}


def start_script(site, name, text):
    process = site.start(Process, site.inside(sys.executable, "-c", text), site.folder / f"{name}.out")
    wait_for(f"{name} holds them", lambda: "held\n" in process.output.read_text())
    return process


def scalars(site):
    """Each scalar that is there is a metric, once, with its type and value; what is not there is none."""
    site.snmpd()
    site.agent(f"procRoot {SOURCE}/tests/fixtures/7.3\n")
    scrape.start_exporter(site)
    found = site.get_all(row["oid"] for row in STILL)
    wanted = {row["object"]: found[row["oid"]].value for row in STILL}
    wanted = {(name,): float(value % WHOLE if value > 0 else value) for name, value in wanted.items() if value is not None}
    types, values = scrape.scrape(site, "tcpextd")
    check_equal({series: value for series, value in values.items() if series in wanted}, wanted, f"{len(wanted)} scalars")
    check_equal({row["object"]: types.get(row["object"]) for row in STILL if (row["object"],) in wanted},
                {row["object"]: "counter" if row["kind"] == "counter" else "gauge" for row in STILL if (row["object"],) in wanted},
                "their types are their kinds")
    absent = {row["object"] for row in STILL} - {series[0] for series in wanted}
    check(absent and not absent & set(types), f"none of the {len(absent)} that this kernel does not have", absent & set(types))


def health(site):
    """tcpextd_health has the values of health that are there, the worst threshold and how fresh it all is, in one request."""
    site.snmpd()
    site.agent("healthWindow 1\nthreshold open SockstatSocketsUsed value > 0 severity critical\n")
    wait_for("the threshold is crossed", lambda: site.get(ROWS.scalar["healthActive"]["oid"])[0].value == 1)
    scrape.start_exporter(site)
    before = site.get(REQUESTS)[0].value
    scrape.scrape(site, "tcpextd_health")
    check_equal(site.get(REQUESTS)[0].value - before, 2, "one request, and that which asks how many there were")
    types, values = wait_for("the values of health that there are", lambda: scrape_health(site))
    check(True, "the values that there are")
    fresh = ("sysUpTime", "snapshotSequence", "snapshotAge", "snapshotMaxAge", "snapshotDiscontinuityTime", "healthWorstSince")
    check(set(fresh) <= set(types), "and since when", types)
    check_equal((values.get(("healthWorst", ("healthWorst", "open"))), values.get(("healthWorstSeverity",))), (1.0, 3.0), "the worst threshold")


def scrape_health(site):
    """What is scraped, unless that has other values than the agent: where little happens one comes and goes with each window."""
    types, values = scrape.scrape(site, "tcpextd_health")
    there = site.get_all(row["oid"] for row in ROWS.health)
    wanted = {row["object"] for row in ROWS.health if there[row["oid"]].value is not None}
    return (types, values) if wanted == types.keys() & {row["object"] for row in ROWS.health} else None


def nstat(site):
    """Each row of nstatTable is a series by its name, and a setting has its sign."""
    site.snmpd()
    site.agent(f"procRoot {SOURCE}/tests/fixtures/7.3\n")
    scrape.start_exporter(site)
    _, values = scrape.scrape(site, "tcpextd_nstat")
    for column, name in ((2, "nstatValue"), (6, "nstatInteger")):
        wanted = {named(oid): value.value for oid, value in site.walk(f"{OBJECTS}.2.1.{column}")}
        wanted = {row: float(value % WHOLE if value > 0 else value) for row, value in wanted.items()}
        check_equal({series[1][1]: value for series, value in values.items() if series[0] == name}, wanted, f"{len(wanted)} {name}")


def named(oid):
    """nstatName of an instance: the octets behind their number."""
    return bytes(int(part) for part in oid.split(".")[len(OBJECTS.split(".")) + 4:]).decode()


def tables(site):
    """Rows are told apart by the columns that name them, whatever their index is."""
    site.snmpd()
    site.agent()
    scrape.start_exporter(site)
    start_script(site, "sockets", SOCKETS)
    _, values = scrape.scrape(site, "tcpextd")
    for column, label in (("tcpListenQueueMax", "tcpListenName"), ("udpSocketReceiveLimit", "udpSocketName")):
        rows = [dict(series[1:]) for series in values if series[0] == column]
        check(NAMES <= {row[label] for row in rows}, f"{label} has each address", rows)
        check_equal({name for row in rows for name in row}, {label, label.replace("Name", "Service")}, "no part of the index is a label")
    check_equal([value for series, value in values.items() if series[0] == "tcpListenQueueMax" and ("tcpListenName", "[::]:700") in series],
                [5.0], "a value is that of its row")
    states = {(row["tcpStateIPVersion"], row["tcpStateName"]) for row in (dict(series[1:]) for series in values if series[0] == "tcpStateSockets")}
    check(("ipv4", "listen") in states and len(states) == 22, "states have words", states)


CROSSED = "refreshInterval 0.2\nthreshold ports UdpNoPorts value > 6 severity critical\n"


def discover(site, file, *hosts):
    """What the manual has as /usr/share/tcpextd/prometheus/namespaces."""
    return site.run(scrape.MADE / "namespaces", file, *hosts, env={"PATH": f"{BUILD}:{os.environ['PATH']}"}, timeout=PATIENCE)


def rows_by_context(site, name):
    _, values = scrape.scrape(site, "tcpextd_namespaces")
    return {dict(series[1:])["namespaceContext"]: value for series, value in values.items() if series[0] == name}


def targets(site):
    """Those of the job tcpextd_contexts: the context that is asked in, by instance."""
    found = json.loads(scrape.read(site, scrape.PROMETHEUS, "/api/v1/targets"))["data"]["activeTargets"]
    return {one["labels"]["instance"]: re.search(r"snmp_context=([^&]*)", one["scrapeUrl"])[1] for one in found
            if one["labels"]["job"] == "tcpextd_contexts"}


def on_dashboard(site):
    """What each column of the table of namespaces has there, by name."""
    panels = json.loads((SOURCE / "etc/grafana/host.json").read_text())["panels"]
    table = next(panel for row in panels for panel in row.get("panels", ()) if panel["title"] == "Namespaces")
    return {target["legendFormat"]: {one["metric"]["namespaceName"]: float(one["value"][1]) for one in
                                     scrape.ask(site, target["expr"].replace("$instance", "127.0.0.1"))} for target in table["targets"]}


def namespaces(site):
    """Each namespace is a row, by name and context, and the program beside snmp.yml makes a target of each."""
    with Names(site) as names:
        first, second = names.add("a", 5), names.add("b", 7)
        snmpd = site.snmpd()
        site.agent(f"namespace {names['*']}\n{CROSSED}")
        site.write("snmp.conf", "defVersion 2c\ndefCommunity public\n")
        scrape.start_exporter(site)
        wait_for(lambda: f"one of them has a threshold crossed: {rows_by_context(site, 'namespaceActive')}",
                 lambda: rows_by_context(site, "namespaceActive") == {first: 0, second: 1})
        _, values = scrape.scrape(site, "tcpextd_namespaces")
        worst = [dict(series[1:]) for series in values if series[0] == "namespaceWorst"]
        check_equal([(row["namespaceName"], row["namespaceWorst"]) for row in worst], [(second, "ports")], "it says which")
        check_equal(rows_by_context(site, "namespaceWorstSeverity"), {second: 3.0}, "and how bad")
        scrape.start_prometheus(site)
        file = site.folder / "prometheus/namespaces.json"
        done = discover(site, file, "127.0.0.1")
        wanted = [{"targets": ["127.0.0.1"], "labels": {"__param_snmp_context": one, "namespace": one, "kind": "named"}}
                  for one in sorted((first, second))]
        check(done.returncode == 0 and json.loads(file.read_text()) == wanted, "the program writes a target for each", (done, file.read_text()))
        wait_for(lambda: f"Prometheus has them: {targets(site)}", lambda: targets(site) == {f"127.0.0.1@{one}": one for one in (first, second)})
        wait_for(lambda: f"the dashboard has them: {on_dashboard(site)}", lambda: on_dashboard(site)["Worst"] == {second: 3}
                 and on_dashboard(site)["Crossed"] == {first: 0, second: 1})
        names.delete("b")
        wait_for("the row has gone", lambda: second not in rows_by_context(site, "namespaceAge"))
        discover(site, file, "127.0.0.1")
        wait_for(lambda: f"so has the target: {targets(site)}", lambda: list(targets(site)) == [f"127.0.0.1@{first}"])
        snmpd.end()
        done = discover(site, file, "127.0.0.1")
        check(done.returncode == 1 and done.stderr and json.loads(file.read_text()) == wanted[:1], "one that does not answer keeps its targets", done)


NODE_EXPORTER = ("--collector.disable-defaults", "--collector.netstat", "--collector.netstat.fields=.*", "--collector.sockstat",
                 "--collector.softnet", "--collector.conntrack", "--collector.tcpstat", "--collector.udp_queues")
REAL = """
- job_name: real
  static_configs: [{targets: ["127.0.0.1:9100"]}]
"""


def series_of(site, job, pattern):
    """What came in the last minute, by name and the labels that node_exporter has, too."""
    results = scrape.ask(site, f'{{job="{job}",__name__=~"{pattern}"}}[1m]')
    return {tuple(sorted((label, text) for label, text in result["metric"].items() if label not in ("job", "instance"))):
            {float(value) for _, value in result["values"]} for result in results}


def node_exporter(site):
    """Job node has each name of node_exporter's, with its values, and answers what Node Exporter Full asks for."""
    site.snmpd()
    site.agent("refreshInterval 0.2\n")
    scrape.start_exporter(site)
    scrape.start(site, "prometheus-node-exporter", scrape.NODE, *NODE_EXPORTER)
    start_script(site, "sockets", SOCKETS)
    scrape.start_prometheus(site, REAL, every=4)
    for job in ("real", "node"):
        wait_for(f"job {job} has some scrapes", lambda: scrape.ask(site, f'sum_over_time(up{{job="{job}"}}[1m]) > 4'))
    real, ours = (series_of(site, job, "node_netstat_.+") for job in ("real", "node"))
    check_equal(set(ours), set(real), f"{len(real)} names of netstat")
    still = {name: values for name, values in real.items() if len(values) == 1 and len(ours[name]) == 1}
    check(len(still) > 300, f"of which {len(still)} did not change", len(still))
    check_equal({name: ours[name] for name in still}, still, "and have the same values")
    check_equal(ours.get((("__name__", "node_netstat_Tcp_MaxConn"),)), {-1.0}, "one of them is negative")
    real, ours = (series_of(site, job, "node_(sockstat|softnet|nf_conntrack|tcp|udp)_.+") for job in ("real", "node"))
    check_equal(set(real) - set(ours), set(), f"{len(real)} other ones, with their labels")
    still = {name: values for name, values in real.items() if len(values) == 1 and len(ours[name]) == 1
             and not ("node_tcp_connection_states" in str(name) and "listen" not in str(name))}  # of another moment, each time
    check_equal({name: ours[name] for name in still}, still, f"the same values, of {len(still)} that did not change")
    answered = [select for select in FULL if scrape.ask(site, within(select, "real"))]
    check(len(answered) > 50, f"node_exporter answers {len(answered)} of {len(FULL)} selectors of Node Exporter Full", answered)
    check_equal([select for select in answered if not scrape.ask(site, within(select, "node"))], [], "and job node all of these")


def within(select, job):
    """The selector, of one job."""
    return select.replace("{", f'{{job="{job}",') if "{" in select else f'{select}{{job="{job}"}}'


def generated(site):
    """The generator makes of generator.yml and the MIB what is in snmp.yml."""
    try:
        import yaml
    except ImportError:
        raise Skip("needs the module yaml (Debian: python3-yaml)") from None
    if "SMIPATH" not in os.environ:
        raise Skip("needs the folders of the base MIBs in SMIPATH, as ./check has it")
    program = scrape.find("prometheus-snmp-generator", "prometheus-snmp-exporter")
    source = (scrape.MADE / "generator.yml").read_text()
    site.write("generator.yml", re.sub(r"\b(tcp|udp)HC\w+,\s+", "", source))  # the base MIBs here have neither TCP-MIB nor UDP-MIB
    done = site.run("sh", "-c", f"cd {site.folder} && {program} generate --no-fail-on-parse-errors -o made.yml",
                    env={"MIBS": "ALL", "MIBDIRS": f"{os.environ['SMIPATH']}:{BUILD}/mibs/installed"}, timeout=PATIENCE)
    check_equal(done.returncode, 0, "it takes the file")
    made = yaml.safe_load((site.folder / "made.yml").read_text())
    made = made.get("modules", made)  # as up to 0.22
    for name, ours in yaml.safe_load((scrape.MADE / "snmp.yml").read_text())["modules"].items():
        wanted, found = ({row["name"]: tuple(row.get(member) for member in ("oid", "type", "indexes")) for row in module["metrics"]
                          if "HC" not in row["name"]} for module in (ours, made[name]))
        check_equal(found, wanted, f"{name}: {len(wanted)} metrics")
        wanted, found = ({row["name"]: (row["lookups"], set(module["walk"])) for row in module["metrics"] if "lookups" in row
                          and not row["name"].startswith("service")} for module in (ours, made[name]))  # it keeps serviceIndexName
        check_equal(found, wanted, f"{name}: labels of {len(wanted)} of them")


def promtool(site, *arguments, folder=scrape.MADE):
    return site.run("sh", "-c", f"cd {folder} && promtool {' '.join(arguments)}", timeout=PATIENCE)


def checked(site):
    """promtool takes each file, and the tests of the rules pass, which fail where a limit is another one."""
    managers.need("promtool", "prometheus")
    for arguments in (("check", "config", "prometheus.yml"), ("check", "rules", "rules.yml", "node.rules.yml"),
                      ("test", "rules", "rules_test.yml")):
        done = promtool(site, *arguments)
        check(done.returncode == 0, f"promtool {' '.join(arguments)}", done.stdout + done.stderr)
    for rules, what in (((" > ", " >= "), "at the limit"), (("for: 60s", "for: 50s"), "before its time"),
                        (("severity: warning", "severity: info"), "with another severity")):
        shutil.copytree(scrape.MADE, site.folder / what)
        file = site.folder / what / "rules.yml"
        file.write_text(file.read_text().replace(*rules))
        done = promtool(site, "test", "rules", "rules_test.yml", folder=f"'{site.folder / what}'")
        check(done.returncode != 0, f"they fail where a rule fires {what}", done.stdout)


def recorded(site):
    """Each value of health over a window is recorded from node_exporter's names, too, with what its formula gives."""
    managers.need("promtool", "prometheus")
    names = {counter["name"]: prometheus_node.node_name(counter) for counter in ROWS.counters}
    rows = [row for row in ROWS.health if row["over"] == "window"]
    used = sorted({term.lstrip("?+-") for row in rows for term in row["numerator"] + row["denominator"]})
    steps = {name: 40 + 7 * i for i, name in enumerate(used)}  # what each grows by in 10 seconds
    lines = ["rule_files: [node.rules.yml]", "evaluation_interval: 10s", "tests:", "- interval: 10s", "  input_series:"]
    lines += [f"  - {{series: '{names[name]}{{cpu=\"0\"}}', values: '0+{step}x60'}}" if "softnet" in names[name] else
              f"  - {{series: '{names[name]}', values: '0+{step}x60'}}" for name, step in steps.items() if name != LACKED]
    lines.append("  promql_expr_test:")
    steps[LACKED] = 0
    for row in rows:
        wanted = worked_out(row, {name: 30 * step for name, step in steps.items()})
        lines.append(f"  - {{expr: 'abs({prometheus_node.record_name(row)} - {wanted}) < bool 0.001', eval_time: 10m, "
                     "exp_samples: [{labels: '{}', value: 1}]}")
    shutil.copytree(scrape.MADE, site.folder / "made")
    site.write("made/test.yml", "\n".join(lines))
    done = promtool(site, "test", "rules", "test.yml", folder=site.folder / "made")
    check(done.returncode == 0, f"{len(rows)} values, of {len(used)} counters", done.stdout + done.stderr)


LACKED = "TcpExtTCPForwardRetrans"  # older kernels have it, newer ones do not: it is 0 there


def worked_out(row, numbers):
    """The value of a formula, by what rows.json says of it."""
    def part(terms):
        return max(0, sum(numbers[term.lstrip("?+-")] * (-1 if "-" in term[:2] else 1) for term in terms))
    return part(row["numerator"]) * (100 if row["unit"] == "percent" else 1) / (part(row["denominator"]) if row["denominator"] else 1)


# Fills the queue of a listener and asks for more; fills the buffer of a UDP socket; connects to where nobody listens; leaves more
# connections in TIME-WAIT than nine in ten of its limit. All once more and again, until it is ended.
FAULTS = """
import socket, time
server = socket.create_server(("127.0.0.1", 800), backlog=1)
slow = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
slow.bind(("127.0.0.1", 801))
busy = socket.create_server(("127.0.0.1", 802), backlog=100)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
clients = []


def leave_in_time_wait(count):
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", 802)):
            busy.accept()[0].close()


leave_in_time_wait(1000)
print("held", flush=True)
while True:
    for _ in range(4 if len(clients) < 400 else 0):
        clients.append(socket.socket())
        clients[-1].setblocking(False)
        clients[-1].connect_ex(("127.0.0.1", 800))
    for _ in range(200):
        sender.sendto(bytes(100), ("127.0.0.1", 801))
    for _ in range(20):
        with socket.socket() as one:
            one.connect_ex(("127.0.0.1", 803))
    leave_in_time_wait(3)
    time.sleep(0.1)
"""
HOST_WIDE = ("TcpextdSoftnet", "TcpextdTcpMemory", "TcpextdOrphans", "TcpextdMemoryPressure")
FAST = "healthWindow 1\nrefreshInterval 0.2\ntableInterval 1\n"


def hasten(rules):
    """Rules wait a fifteenth of their time: a fault need not last for minutes here."""
    return re.sub(r"for: (\d+)s", lambda found: f"for: {int(found[1]) // 15}s", rules)


def firing(site):
    """What fires, but for values that are of the whole host, where others work, too."""
    return [alert for alert in scrape.firing(site) if not alert["alertname"].startswith(HOST_WIDE)]


def wait_firing(site, wanted):
    """Until each of the alerts with these labels has fired."""
    left = list(wanted)

    def have_fired():
        now = [set(alert.items()) for alert in firing(site)]
        left[:] = [labels for labels in left if not any(set(labels.items()) <= alert for alert in now)]
        return not left
    wait_for(lambda: f"these fire: {left}; what does: {firing(site)}", have_fired, pause=0.5)
    check(True, f"{', '.join(labels['alertname'] for labels in wanted)}: fires")


def alerts(site):
    """Faults that are planted fire their alerts, through snmpd, snmp_exporter and Prometheus, and nothing else does before."""
    site.run("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=1000")
    snmpd = site.snmpd()
    agent = site.agent(FAST)
    scrape.start_exporter(site)
    scrape.start_prometheus(site, hasten=hasten, every=2)
    wait_for("some scrapes", lambda: scrape.ask(site, 'min(sum_over_time(up{job=~"tcpextd.*"}[1m])) > 7'))
    check_equal([alert["alertname"] for alert in firing(site)], [], "none fires on a calm host")
    faults = start_script(site, "faults", FAULTS)
    wait_firing(site, [
        {"alertname": "TcpextdListenerFull", "severity": "critical", "tcpListenName": "127.0.0.1:800", "instance": "127.0.0.1"},
        {"alertname": "TcpextdListenDrops", "severity": "warning"},
        {"alertname": "TcpextdUdpReceiveLoss"}, {"alertname": "TcpextdUdpSocketFilling", "udpSocketName": "127.0.0.1:801"},
        {"alertname": "TcpextdConnectFails"}, {"alertname": "TcpextdTimeWait"}])
    check("TcpextdHostDown" not in {alert["alertname"] for alert in firing(site)}, "the host is not taken for down")
    faults.kill()
    site.run("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=100000")
    wait_for(lambda: f"they end: {firing(site)}", lambda: not firing(site), pause=0.5)
    check(True, "they end with the faults")
    agent.end()
    wait_firing(site, [{"alertname": "TcpextdAgentDown", "severity": "critical"}])
    site.agent(FAST)
    wait_firing(site, [{"alertname": "TcpextdDiscontinuity", "severity": "info"}])
    snmpd.end()
    wait_firing(site, [{"alertname": "TcpextdHostDown", "severity": "critical"}])


if __name__ == "__main__":
    main(scalars, health, nstat, tables, namespaces, generated, node_exporter, checked, recorded, alerts)
