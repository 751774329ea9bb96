#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The dashboards for Grafana are of its types, and drawn by its components they name the faults of a host.

The pictures are left in the build folder: tests/managers/dashboard-host.png and dashboard-fleet.png."""

import html.parser
import json
import os
import re
import shutil
import subprocess
import sys

import managers
import scrape
from harness import BUILD, DEADLINE, SOURCE, Failure, Process, Skip, check, check_equal, main, wait_for

import test_services as services

HERE = SOURCE / "tests/managers/grafana"
MADE = SOURCE / "etc/grafana"
NAMES = ("host", "fleet")
LIBRARIES = BUILD / "grafana"  # what npm installs stays there, as it is 600 MB
PATIENCE = 20 * DEADLINE
INSTANCE = "127.0.0.1"  # as prometheus.yml calls the host
EVERY = 5  # seconds from one scrape to the next
QUIET, NEXT = 12, 8  # scrapes without a fault, and until the next one
AGENT = "refreshInterval 1\nhealthWindow 15\ntableInterval 2\n"

# grafana/programs.py: which of them are of a service, and which fault is when.
SERVICES = {"web": "nginx", "dns": "unbound", "shop": "shop", "syslog": "syslog-ng", "files": "files", "batch": "batch"}
GOOD = ("web", "visitors", "dns", "resolvers")
FAULTS = (("shop", "buyers"), ("syslog", "devices"), ("files", "copies"), ("batch", "jobs", "nobody"))
TRACKED = "-A INPUT -m conntrack --ctstate INVALID -j ACCEPT".split()
LOSSY = "-A INPUT -p tcp --sport 9000 -m statistic --mode random --probability 0.2 -j DROP".split()

BUNDLE = ["--bundle", "--minify", "--log-level=error", "--define:global=window",
          '--define:process.env.NODE_ENV="production"', *(f"--loader:.{kind}=dataurl" for kind in ("svg", "ttf", "woff", "woff2")),
          # Their modules of ECMAScript take some of the older ones that they need by a wrong name.
          *(f"--alias:@grafana/{name}=./node_modules/@grafana/{name}/dist/cjs/index.cjs" for name in ("ui", "data"))]
STRICT = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]
CHROMIUM = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files",
            "--virtual-time-budget=15000"]
WHOLE_HOST = {"Softnet drops", "Softnet squeezes"}  # what they count is not the test's alone
HIDDEN = {"host": [], "fleet": ["TCP memory use"]}  # net.ipv4.tcp_mem is of the whole host
WIDTH, TOP, ROW = 1600, 64, 38  # pixels


# --- Grafana's libraries ----------------------------------------------------------------------------------------------------------

def install_libraries():
    """By npm, once."""
    npm, wanted = managers.need("npm", "npm"), (HERE / "package.json").read_text()
    LIBRARIES.mkdir(exist_ok=True)
    mark = LIBRARIES / "installed.json"
    if mark.exists() and mark.read_text() == wanted:
        return
    shutil.copy(HERE / "package.json", LIBRARIES)
    done = run([npm, "install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund"])
    if done.returncode:
        raise Skip(f"npm cannot install Grafana's libraries: {done.stderr[-500:]}")
    mark.write_text(wanted)


def run(argv):
    return subprocess.run(argv, cwd=LIBRARIES, capture_output=True, text=True, timeout=PATIENCE)


def judge(*texts):
    """What tsc says of dashboards."""
    shutil.copy(HERE / "types.ts", LIBRARIES)
    for i, text in enumerate(texts):
        (LIBRARIES / f"made{i}.ts").write_text(f'import type {{ File }} from "./types";\nexport const made: File = {text};\n')
    return run(["node_modules/.bin/tsc", *STRICT, *(f"made{i}.ts" for i in range(len(texts)))]).stdout


def types(site):
    """Grafana's own types take the dashboards, and refuse each of these faults."""
    install_libraries()
    made = [(MADE / f"{name}.json").read_text() for name in NAMES]
    check_equal(judge(*made), "", "both are of the types of @grafana/schema")
    for right, wrong in (('"displayMode"', '"displaymode"'), ('"custom.cellOptions"', '"custom.cellOption"'),
                         ('"lineWidth": 1', '"lineWidth": "1"'), ('"mode": "absolute"', '"mode": "absolut"')):
        check("error TS" in judge(made[1].replace(right, wrong, 1)), f"{right} cannot be {wrong}")


# --- A host that has faults -------------------------------------------------------------------------------------------------------

def start_program(site, cgroups, name):
    """One of grafana/programs.py, in the cgroup of its service if it is of one."""
    command = [sys.executable, "-B", HERE / "programs.py", name]
    if name in SERVICES:
        folder = cgroups.top / f"{SERVICES[name]}.service"
        folder.mkdir()
        mine = str(folder / "cgroup.procs").replace("/self/", f"/{os.getpid()}/")
        command = ["sh", "-c", 'echo $$ >"$0" && exec "$@"', mine, *command]
    return site.start(Process, site.inside(*command), site.folder / f"{name}.out")


def live(site, cgroups):
    """The host lives for some minutes: at first all is well, then comes one fault after the other. Gives begin and end."""
    site.run("ip", "link", "set", "lo", "mtu", "1500")
    for rule in (TRACKED, LOSSY):
        done = site.run(managers.need("iptables", "iptables"), *rule)
        if done.returncode:
            raise Skip(f"iptables cannot do {' '.join(rule)}: {done.stderr}")
    site.snmpd()
    site.agent(AGENT, under=services.with_tree(site))
    scrape.start_exporter(site)
    scrape.start_prometheus(site, every=EVERY)
    for program in GOOD:
        start_program(site, cgroups, program)
    begin = wait_scrapes(site, 4)
    for i, programs in enumerate(FAULTS):
        wait_scrapes(site, QUIET + i * NEXT)
        for program in programs:
            start_program(site, cgroups, program)
    return begin, wait_scrapes(site, QUIET + len(FAULTS) * NEXT)


def wait_scrapes(site, number):
    """Until there were so many. Gives the time."""
    def scraped():
        found = scrape.ask(site, 'count_over_time(snapshotSequence{job="tcpextd"}[1h])')
        return found and int(found[0]["value"][1]) >= number and found[0]["value"][0]
    return wait_for(f"Prometheus has scraped {number} times", scraped, seconds=PATIENCE, pause=1)


def answers(site, dashboard, begin, end):
    """Of each query of a panel that is not folded. Grafana puts its variables in likewise."""
    variables = {"$instance": INSTANCE, "$__rate_interval": f"{4 * EVERY}s", "$__range": f"{end - begin:.0f}s"}
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            query = re.sub(r"\$(instance|__rate_interval|__range)\b", lambda found: variables[found[0]], target["expr"])
            times = {"time": end} if target.get("instant") else {"what": "query_range", "start": begin, "end": end, "step": EVERY}
            yield {"id": panel["id"], "target": target, "step": EVERY, "result": scrape.ask(site, query, **times)}


# --- The picture ------------------------------------------------------------------------------------------------------------------

def bundle(folder):
    """A page that draws what data.js beside it has."""
    folder.mkdir(exist_ok=True)
    shutil.copy(HERE / "page.html", folder)
    shutil.copy(HERE / "draw.jsx", LIBRARIES)
    done = run(["node_modules/.bin/esbuild", "draw.jsx", *BUNDLE, f"--outfile={folder}/draw.js"])
    if done.returncode:
        raise Failure(f"esbuild: {done.stderr}")


def draw(folder, dashboard, found, begin, end, picture):
    """Makes the picture, and gives the texts of each panel in their order, as they are drawn."""
    data = {"dashboard": dashboard, "answers": found, "from": begin, "to": end, "width": WIDTH,
            "host": INSTANCE if "$instance" in json.dumps(dashboard["panels"]) else None}
    (folder / "data.js").write_text(f"window.drawn = {json.dumps(data)};\n")
    height = TOP + ROW * max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    browser = [managers.need("chromium", "chromium"), *CHROMIUM, f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{height}"]
    page = f"file://{folder}/page.html"
    run([*browser, f"--screenshot={picture}", page])
    panels = Panels()
    panels.feed(run([*browser, "--dump-dom", page]).stdout)
    return panels.texts


class Panels(html.parser.HTMLParser):
    """texts: of each panel, by its title, a text for each element."""

    def __init__(self):
        super().__init__()
        self.texts, self.now = {}, None

    def handle_starttag(self, tag, attributes):
        title = dict(attributes).get("data-panel")
        if title:
            self.now = self.texts.setdefault(title, [])

    def handle_data(self, text):
        if self.now is not None and text.strip():
            self.now.append(text.strip())


def picture(site):
    """Who looks at the dashboard of a host with faults sees them, first and by name."""
    managers.need("chromium", "chromium")
    install_libraries()
    with services.Cgroups() as cgroups:
        begin, end = live(site, cgroups)
    folder = site.folder / "page"
    bundle(folder)
    drawn = {}
    for name in NAMES:
        dashboard = json.loads((MADE / f"{name}.json").read_text())
        found = list(answers(site, dashboard, begin, end))
        file = BUILD / f"tests/managers/dashboard-{name}.png"
        drawn[name] = draw(folder, dashboard, found, begin, end, file)
        check_equal(set(drawn[name]), {panel["title"] for panel in dashboard["panels"]}, f"{file} has all panels of {name}.json")
        empty = [title for title, texts in drawn[name].items() if {"No data", "none"} & set(texts[1:])]
        check_equal(empty, HIDDEN[name], "none is empty but of what a namespace does not show")
    judge_host(drawn["host"])
    judge_fleet(drawn["fleet"])


def judge_host(drawn):
    """What a reader of the picture names: texts as they are drawn, in their order."""
    health = drawn["Health against its limits: now"][1:]
    shares = {name: float(share) for name, share in zip(health[::3], health[1::3])}
    past = {name for name, share in shares.items() if share > 100} - WHOLE_HOST
    check_equal(past, {"Listen drops", "UDP rcvbuf errors", "Retrans data"}, "these values of health are past their limits")
    check_equal(list(shares.values()), sorted(shares.values(), reverse=True), "and what is past it most comes first")
    listeners, sockets = table(drawn["Listeners"], "At most"), table(drawn["UDP sockets"], "At most")
    check_equal(listeners[0][:2], ["127.0.0.1:8080", "shop.service"], "this listener turns away more than the others")
    check_equal(sockets[0][:2], ["127.0.0.1:514", "syslog-ng.service"], "this UDP socket loses more than the others")
    rows = table(drawn["Services"], "Closing")
    check_equal({row[0] for row in rows[:2]}, {"shop.service", "syslog-ng.service"}, "their services come first")
    check_equal(max(rows, key=lambda row: int(row[-1]))[0], "batch.service", "this one leaves the most connections open for nobody")
    check("ipv4 closeWait" in drawn["TCP sockets, by state"], "which are in closeWait")
    check_equal(drawn["ICMP"][4], "icmpInDestUnreachs", "ICMP tells of datagrams for nobody")


def table(texts, last):
    """The rows of a table with this last heading; a number and its % are one text."""
    texts = [text for text in texts if text != "%"]
    first = texts.index(last) + 1
    return [texts[i:i + first - 1] for i in range(first, len(texts), first - 1)]


def judge_fleet(drawn):
    check_equal(drawn["Past a limit"][-1], "1", "one host is past a limit")
    check_equal(drawn["Worst value, as a share of its limit"][1], INSTANCE, "this one")


if __name__ == "__main__":
    main(types, picture)
