#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The dashboards for Grafana ask for what there is, as what it is, and lie well on the screen."""

import copy
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(os.environ.get("top_srcdir", pathlib.Path(__file__).resolve().parent.parent.parent))
sys.path.insert(0, str(TOP / "etc/generate"))
sys.dont_write_bytecode = True
from rows import Rows  # noqa: E402

ROWS = Rows(TOP / "mibs/rows.json")
OBJECTS = {row["object"]: row for table in ROWS.tables for row in table["columns"]} | ROWS.scalar
MADE_LABELS = {"instance", "health", "limit", "counter"}
WORDS = set("by or on vector max sum count rate increase topk sort_desc clamp_min label_replace bool".split())
BUILT_IN = r"__rate_interval|__range|__url_time_range|__field\.labels\.instance|__value\.raw|__data\.fields\.\w+"
UNITS = {"octets": {"bytes", "Bps"}, "percent": {"percentunit"}}
COLUMNS = 24


# --- What a dashboard has ---------------------------------------------------------------------------------------

def screens(dashboard):
    """The panels that lie on one screen: all that are not folded, and those of each folded row."""
    yield dashboard["panels"]
    yield from (row["panels"] for row in dashboard["panels"] if row["type"] == "row" and row["panels"])


def panels(dashboard):
    return list(itertools.chain(*screens(dashboard)))


def queries(dashboard):
    """Panel, expression, its unit, and what its name is made of."""
    for panel in panels(dashboard):
        config = panel.get("fieldConfig", {"defaults": {"unit": None}, "overrides": []})
        units = {one["matcher"]["options"]: value["value"] for one in config["overrides"] for value in one["properties"]
                 if value["id"] == "unit"}
        for target in panel.get("targets", []):
            name = target["legendFormat"]
            yield panel, target["expr"], units.get(name, config["defaults"]["unit"]), name


def metrics(expression):
    """Each metric of an expression, with what stands before and behind its selector."""
    for found in re.finditer(r'(?<![\w"$])([a-zA-Z]\w*)(?=\{)|__name__=~"([^"]*)"', expression):
        close = expression.index("}", found.end() - 1) + 1
        for name in (found[1] or found[2]).split("|"):
            yield name, expression[:found.start()], expression[close:]
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\bby \([^)]*\)|\$\w+|\b\d+[a-z]?\b', " ", expression)
    for name in set(re.findall(r"[a-zA-Z_]\w*", bare)) - WORDS - {name for name, _, _ in braced(expression)}:
        yield name, "", ""


def braced(expression):
    return [(found[1], "", "") for found in re.finditer(r"([a-zA-Z]\w*)(?=\{)", expression)]


# --- What must be so: each gives what is wrong ------------------------------------------------------------------

def ids(dashboard):
    found = [panel["id"] for panel in panels(dashboard)]
    yield from (f"two panels have the id {i}" for i in set(found) if found.count(i) > 1)


def places(dashboard):
    for screen in screens(dashboard):
        for panel in screen:
            place = panel["gridPos"]
            if place["x"] < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > COLUMNS:
                yield f"{panel['title']} does not fit {COLUMNS} columns: {place}"
        yield from (f"{a['title']} lies on {b['title']}" for a, b in itertools.combinations(screen, 2)
                    if overlap(a["gridPos"], b["gridPos"]))


def overlap(a, b):
    return all(a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "w"), ("y", "h")))


def names(dashboard):
    for panel, expression, _, _ in queries(dashboard):
        yield from (f"{panel['title']}: there is no object {name}" for name, _, _ in metrics(expression)
                    if name not in OBJECTS)
    asked = re.findall(r'"label_values\((\w+),', json.dumps(dashboard["templating"]))
    yield from (f"a variable asks for {name}, which is no object" for name in asked if name not in OBJECTS)


def labels(dashboard):
    known = MADE_LABELS | {name for name, row in OBJECTS.items() if row["kind"] == "text"}
    for panel, expression, _, legend in queries(dashboard):
        used = re.findall(r"\{\{(\w+)\}\}", legend)
        for group in re.findall(r"\bby \(([^)]*)\)", expression):
            used += group.split(", ")
        yield from (f"{panel['title']}: there is no label {label}" for label in used if label not in known)


def counters(dashboard):
    """Counters only as they grow, and nothing else so."""
    for panel, expression, _, _ in queries(dashboard):
        for name, before, _ in metrics(expression):
            grows = re.search(r"\b(rate|increase)\((label_replace\(\{)?$", before) is not None
            is_counter = OBJECTS.get(name, {}).get("kind") == "counter"
            if grows != is_counter and not expression.startswith("count("):
                yield f"{panel['title']}: {name} is {'a' if is_counter else 'no'} counter"


def units(dashboard):
    for panel, expression, unit, _ in queries(dashboard):
        for name, before, behind in metrics(expression):
            of = OBJECTS.get(name, {}).get("unit")
            if "__name__" not in expression and not expression.startswith("count(") and unit not in UNITS.get(of, {unit}):
                yield f"{panel['title']}: {name} is in {of}, and {unit} is not"
            if of == "percent" and not re.match(r"\)? / \d", behind) and not re.search(r"\d / clamp_min\($", before):
                yield f"{panel['title']}: {name} is in hundredths of a percent"
        if unit == "percentunit" and " / " not in expression:
            yield f"{panel['title']}: {expression} is no fraction"


def variables(dashboard):
    inputs = {one["name"] for one in dashboard["__inputs"]}
    own = inputs | {one["name"] for one in dashboard["templating"]["list"]}
    for used in set(re.findall(r"\$\{?([A-Za-z_][\w.]*)", json.dumps(dashboard))):
        if used not in own and not re.fullmatch(BUILT_IN, used):
            yield f"there is no variable {used}"
    for panel in panels(dashboard):
        if panel["type"] != "row" and panel["datasource"] != {"type": "prometheus", "uid": "${datasource}"}:
            yield f"{panel['title']} has a data source of its own"


def order(dashboard):
    """A table has the worst on top: by its first query, of a column that it shows, whose rows a link finds by one of these too."""
    for panel in panels(dashboard):
        if panel["type"] == "table":
            shown = panel["transformations"][1]["options"]["renameByName"]
            first = shown.get("Value #A", shown.get("Value"))
            if panel["options"]["sortBy"] != [{"displayName": first, "desc": True}]:
                yield f"{panel['title']} is not sorted by {first}"
            yield from (f"{panel['title']} has no column {name}" for name in re.findall(r"__data\.fields\.(\w+)", json.dumps(panel))
                        if name not in shown.values())


def required(dashboard):
    wanted = {panel["type"] for panel in panels(dashboard)} - {"row"}
    told = {one["id"] for one in dashboard["__requires"] if one["type"] == "panel"}
    yield from (f"__requires is wrong about the panel {kind}" for kind in wanted ^ told)


def brackets(dashboard):
    for panel, expression, _, _ in queries(dashboard):
        bare, before = re.sub(r'"[^"]*"', "", expression), None
        while bare != before:
            before, bare = bare, re.sub(r"\([^][(){}]*\)|\[[^][(){}]*\]|\{[^][(){}]*\}", "", bare)
        if re.search(r"[][(){}]", bare):
            yield f"{panel['title']}: brackets of {expression}"


def everything(dashboard):
    """Of the host: each value of health and each counter that has an object."""
    text = json.dumps(dashboard)
    counted = [row for row in ROWS.counters if row["object"] and row["kind"] == "counter" and not row["per_type"]]
    found = set(re.findall(r"\w+", text))
    yield from (f"{row['object']} is not there" for row in ROWS.health + counted if row["object"] not in found)


CHECKS = (ids, places, names, labels, counters, units, variables, order, required, brackets)


def promtool(dashboard):
    """Each expression as a recording rule."""
    rules = [{"record": f"rule{i}", "expr": re.sub(r"\$__\w+", "5m", expression)}
             for i, (_, expression, _, _) in enumerate(queries(dashboard))]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
    if done.returncode:
        yield f"promtool: {done.stdout}{done.stderr}"


# --- Faults that these have to see --------------------------------------------------------------------------------

def first(dashboard, words):
    """The first panel that asks for this."""
    return next(panel for panel, expression, _, _ in queries(dashboard) if words in expression)


def replaced(words, by):
    def spoil(dashboard):
        for target in first(dashboard, words)["targets"]:
            target["expr"] = target["expr"].replace(words, by)
    return spoil


def put(kind, where, **values):
    """Sets members of a part of the first panel of a kind."""
    def spoil(dashboard):
        panel = next(panel for panel in panels(dashboard) if panel["type"] == kind)
        for key in where:
            panel = panel[key]
        panel.update(values)
    return spoil


FAULTS = (
    (ids, put("stat", (), id=1)),
    (places, put("stat", ("gridPos",), w=25)),
    (places, put("table", ("gridPos",), x=0)),
    (names, replaced("healthRetransData", "healthRetransDatum")),
    (labels, put("bargauge", ("targets", 0), legendFormat="{{host}}")),
    (counters, replaced("rate(", "max_over_time(")),
    (units, replaced(" / 10000", "")),
    (units, put("stat", ("fieldConfig", "defaults"), unit="short")),
    (variables, replaced("healthRetransData", "$healthRetransData")),
    (variables, put("stat", ("datasource",), uid="mine")),
    (order, put("table", ("options", "sortBy", 0), displayName="Full")),
    (order, put("table", (), description="${__data.fields.None}")),
    (required, put("stat", (), type="gauge")),
    (brackets, replaced("max by (", "max by ((")),
)


def sees_faults(dashboard):
    for i, (check, spoil) in enumerate(FAULTS, 1):
        spoilt = copy.deepcopy(dashboard)
        spoil(spoilt)
        if not list(check(spoilt)):
            yield f"nobody minds fault {i} of FAULTS, which {check.__name__} should see"


def main():
    tools = (promtool,) if shutil.which("promtool") else ()
    wrong = []
    for name, more in (("host", (everything, sees_faults)), ("fleet", ())):
        dashboard = json.loads((TOP / f"etc/grafana/{name}.json").read_text(encoding="utf-8"))
        for check in (*CHECKS, *tools, *more):
            wrong += [f"FAIL: {name}.json: {text}" for text in check(dashboard)]
        print(f"{name}.json: {len(panels(dashboard))} panels, {len(list(queries(dashboard)))} queries")
    print("\n".join(wrong) or "they are sound")
    if not tools:
        print("not held against promtool, which is not here (Debian: prometheus)")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
