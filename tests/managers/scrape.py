# SPDX-License-Identifier: BSD-2-Clause
"""The real programs of Prometheus in a site's namespace, as etc/prometheus configures them, and what they say."""
import json
import re
import shutil
import subprocess
import urllib.parse

import managers
from harness import SOURCE, Failure, Process, Skip
from managers import PATIENCE, wait_for

MADE = SOURCE / "etc/prometheus"
EXPORTER, NODE, PROMETHEUS = 9116, 9100, 9090
SAMPLE = re.compile(r'([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

trixie = False  # whether snmp_exporter is that of Debian 13, which has the format from 0.23 on


def find(program, package):
    """Where it is, of this Debian or of the next one."""
    if not trixie:
        return managers.need(program, package)
    done = subprocess.run(["sh", SOURCE / "tests/managers/trixie.sh", package], capture_output=True, text=True)
    if done.returncode:
        raise Skip(f"needs {package} of Debian 13: {(done.stderr.strip() or 'it cannot be had').splitlines()[-1]}")
    return f"{done.stdout.strip()}/usr/bin/{program}"


def start(site, package, port, *arguments, program=None):
    """Starts a program, named as its package unless another one is given, and waits until it answers."""
    program = program or managers.need(package, package)
    managers.need("curl", "curl")
    listen = f"--web.listen-address=127.0.0.1:{port}"
    process = site.start(Process, site.inside(program, *arguments, listen), site.folder / f"{package}.log", cwd=site.folder)
    wait_for(lambda: f"{package} answers; its log: {process.output.read_text()[-2000:]}",
             lambda: not process.alive() or read(site, port, "/metrics"))
    if not process.alive():
        raise Failure(f"{package} ended: {process.output.read_text()[-2000:]}")
    return process


def start_exporter(site):
    package = "prometheus-snmp-exporter"
    conf = MADE / ("snmp.yml" if trixie else "snmp-0.22.yml")
    return start(site, package, EXPORTER, f"--config.file={conf}", program=find(package, package))


def start_prometheus(site, more="", hasten=lambda rules: rules, every=1):
    """With the files of etc/prometheus as they are, but for the seconds in place of 15, and what the test does to rules."""
    folder = site.folder / "prometheus"
    shutil.copytree(MADE, folder)
    jobs = folder / "prometheus.yml"
    jobs.write_text(jobs.read_text().replace("interval: 15s", f"interval: {every}s") + more)
    rules = folder / "rules.yml"
    rules.write_text(hasten(rules.read_text()))
    process = start(site, "prometheus", PROMETHEUS, f"--config.file={jobs}", f"--storage.tsdb.path={site.folder}/tsdb")
    wait_for("Prometheus answers queries", lambda: "is Ready" in (read(site, PROMETHEUS, "/-/ready") or ""))
    return process


def read(site, port, path, **query):
    """The body of a page; None while nobody answers."""
    done = site.run("curl", "-s", f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(query)}", timeout=PATIENCE)
    return done.stdout if done.returncode == 0 else None


def parse(text):
    """Types by metric, and values by metric and labels, each once."""
    types, values = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            types[name] = kind
        elif line and not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            series = (name, *LABEL.findall(labels or ""))
            if series in values:
                raise Failure(f"{series} comes twice")
            values[series] = float(value)
    return types, values


def scrape(site, module, **more):
    """What snmp_exporter makes of the site's snmpd."""
    text = read(site, EXPORTER, "/snmp", target="127.0.0.1", module=module, **more)
    if not text or "# TYPE" not in text:
        raise Failure(f"module {module}: {text}")
    return parse(text)


def ask(site, expression, what="query", **times):
    """What Prometheus knows: each result with its metric, and its value or values."""
    answer = json.loads(read(site, PROMETHEUS, f"/api/v1/{what}", query=expression, **times) or "{}")
    if answer.get("status") != "success":
        raise Failure(f"{expression}: {answer}")
    return answer["data"]["result"]


def firing(site):
    """The labels of the alerts that fire."""
    alerts = json.loads(read(site, PROMETHEUS, "/api/v1/alerts"))["data"]["alerts"]
    return [alert["labels"] for alert in alerts if alert["state"] == "firing"]
