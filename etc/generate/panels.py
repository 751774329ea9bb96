# SPDX-License-Identifier: BSD-2-Clause
"""Panels of Grafana, of objects by their names. Metrics have these names too, and values as SNMP has them."""
import itertools
import re

COLUMNS = 24  # of a dashboard
HOST = 'instance="$instance"'
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
TO_HOST = "/d/tcpextd-host?var-datasource=${datasource}&var-instance=%s&${__url_time_range}"
UNITS = {"percent": "percentunit", "octets": "bytes", "milliseconds": "ms"}
COLOURS = {"info": "blue", "warning": "orange", "critical": "red"}
ACRONYMS = {word.lower(): word for word in ("ARP", "ICMP", "IP", "IPv6", "SYN", "TCP", "UDP")} | {"ip6": "IPv6"}


def words(name, behind=""):
    """healthUdpSocketUse, behind health: UDP socket use."""
    found = re.findall("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name.removeprefix(behind))
    text = " ".join(ACRONYMS.get(word.lower(), word.lower()) for word in found)
    return text[0].upper() + text[1:]


def letter(i):
    """refId of a query: A, B ... Z, AA, AB ..."""
    return (letter(i // 26 - 1) if i > 25 else "") + chr(65 + i % 26)


def steps(*pairs, base="green"):
    """Thresholds: from each limit on, its colour."""
    return {"mode": "absolute", "steps": [{"color": c, "value": v} for v, c in ((None, base), *pairs)]}


def absent(text):
    """What a value that is not there is shown as."""
    return [{"type": "special", "options": {"match": "null", "result": {"text": text, "color": "#6e7077"}}}]


FULL = steps((0.8, "orange"), (1, "red"))
LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
LINES = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "auto"}
STACK = {"lineWidth": 0, "fillOpacity": 70, "showPoints": "never", "stacking": {"mode": "normal", "group": "A"}}
POWERS = {**LINES, "fillOpacity": 0, "scaleDistribution": {"type": "log", "log": 10}}
LEGEND = {"showLegend": True, "displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"],
          "sortBy": "Max", "sortDesc": True}
TIPS = {"mode": "multi", "sort": "desc"}
STAT = {"colorMode": "background", "graphMode": "none", "textMode": "value", "justifyMode": "center",
        "reduceOptions": LAST}
BARS = {"orientation": "horizontal", "displayMode": "basic", "showUnfilled": True, "valueMode": "color",
        "namePlacement": "left", "sizing": "manual", "minVizHeight": 16, "maxVizHeight": 18,
        "text": {"valueSize": 14}, "reduceOptions": LAST}

# How the cells of a column are drawn.
COLOURED = {"custom.cellOptions": {"type": "color-background", "mode": "basic"}}
DROPPED = {"custom.width": 80, "decimals": 0, **COLOURED, "thresholds": steps((1, "red"), base="transparent")}
GAUGE = {"custom.width": 110, "min": 0, "max": 1, "decimals": 0, "thresholds": FULL,
         "custom.cellOptions": {"type": "gauge", "mode": "basic"}}
PLAIN = {"custom.width": 80}
SEVERITY = {"custom.width": 80, **COLOURED,
            "thresholds": steps((1, "blue"), (2, "orange"), (3, "red"), base="transparent"),
            "mappings": [{"type": "value", "options": {str(i): {"text": word, "index": i}
                                                       for i, word in enumerate(COLOURS, 1)}}]}


class Maker:
    """Each panel has a width and a height; placed() says where it is."""

    def __init__(self, rows):
        self.rows = rows
        columns = [column for table in rows.tables for column in table["columns"]]
        self.row = {row["object"]: row for row in columns + rows.scalars + rows.health}
        shown = {row["name"]: [row["object"], *row["shown_by"]] for row in rows.counters}
        self.of_counter = {name: next(filter(None, objects)).rpartition(":")[2]
                           for name, objects in shown.items() if any(objects)}

    # Expressions

    def value(self, name, where=HOST, by="instance"):
        """A gauge as it is, or how fast a counter grows. Hundredths of a percent become a fraction."""
        row = self.row[name]
        if row["kind"] == "counter":
            return f"sum by ({by}) (rate({name}{{{where}}}[$__rate_interval]))"
        return f"max by ({by}) ({name}{{{where}}})" + (" / 10000" if row["unit"] == "percent" else "")

    def unit(self, name):
        row = self.row[name]
        if row["kind"] == "counter":
            return "Bps" if row["unit"] == "octets" else "cps"
        return UNITS.get(row["unit"], "short")

    def numerator(self, health):
        """How fast the numerator of a value of health grows. Some kernels lack the counter of a term with ?."""
        expression = ""
        for term in self.row[health]["numerator"]:
            optional, sign, counter = re.fullmatch(r"(\??)([+-])(.+)", term).groups()
            rate = self.value(self.of_counter[counter])
            if optional:
                rate = f"({rate} or 0 * {self.value('tcpRetransSegs')})"
            expression += f" {sign} {rate}"
        return f"clamp_min({expression.removeprefix(' + ')}, 0)"

    def shares(self, where=HOST):
        """Each value of health that has thresholds, as a share of its first limit: more than 1 is past it."""
        return "max by (instance, health) (" + " or ".join(
            named("health", words(row["object"], "health"), share(row, where))
            for row in self.rows.health if row["thresholds"]) + ")"

    def moving(self, names):
        """Which of many counters grow, and how fast."""
        each = f'label_replace({{__name__=~"{"|".join(names)}", {HOST}}}, "counter", "$1", "__name__", "(.+)")'
        return f"rate({each}[$__rate_interval:]) > 0"

    # Panels

    def panel(self, kind, title, size, targets, unit, text, options, now=False, **defaults):
        """targets: pairs of an expression and the name of what it gives, over time or as it is now."""
        how = {"instant": True, "range": False} if now else {"range": True}
        how |= {"format": "table"} if kind == "table" else {}
        return {
            "type": kind, "title": title, "description": text, "gridPos": {"w": size[0], "h": size[1]},
            "datasource": SOURCE, "options": options,
            "targets": [{"refId": letter(i), "expr": expression, "legendFormat": name, **how}
                        for i, (expression, name) in enumerate(targets)],
            "fieldConfig": {"defaults": {"unit": unit, **defaults}, "overrides": []}}

    def lines(self, title, size, targets, unit, text="", custom=LINES, **more):
        return self.panel("timeseries", title, size, targets, unit, text, {"legend": LEGEND, "tooltip": TIPS},
                          **{"min": 0, "noValue": "none", "custom": custom, **more})

    def objects(self, title, size, *names, behind="", text=""):
        """A line for each; all have one unit."""
        targets = [(self.value(name), name.removeprefix(behind)) for name in names]
        return self.lines(title, size, targets, self.unit(names[0]), text)

    def by_row(self, title, size, name, label, those="", **more):
        """A line for each row of a table, or those that are so: the ten that have most of it."""
        targets = [(f"topk(10, {self.value(name, by=label)}{those})", f"{{{{{label}}}}}")]
        return self.lines(title, size, targets, self.unit(name), self.row[name]["text"], **more)

    def bars(self, title, size, expression, label, text, **more):
        """Shares of what there may be, in the order of the expression."""
        return self.panel("bargauge", title, size, [(expression, f"{{{{{label}}}}}")], "percentunit", text, BARS,
                          now=True, min=0, max=1, decimals=0, thresholds=FULL, noValue="none", **more)

    def number(self, title, size, expression, thresholds, unit="short", text="", font=20, **more):
        return self.panel("stat", title, size, [(expression, title)], unit, text,
                          {**STAT, "text": {"valueSize": font}}, now=True, thresholds=thresholds, **more)

    def tile(self, row):
        """A value of health, in the colours of its default thresholds."""
        name = row["object"]
        nothing = absent("quiet" if row["over"] == "window" else "not here")
        return self.number(words(name, "health"), (3, 2), self.value(name), self.thresholds(row),
                           self.unit(name), row["text"], mappings=nothing)

    def trend(self, row):
        """A value of health over time, with its limits as lines."""
        name = row["object"]
        custom = {**LINES, "thresholdsStyle": {"mode": "dashed" if row["thresholds"] else "off"}}
        return self.lines(words(name, "health"), (6, 7), [(self.value(name), name)], self.unit(name), row["text"],
                          custom, thresholds=self.thresholds(row), color={"mode": "palette-classic"})

    def thresholds(self, row, base="green"):
        """Where less is worse, the colour stands below the limit."""
        scale = 10000 if row["unit"] == "percent" else 1
        limits = [(limit.limit / scale or 1, COLOURS[limit.severity]) for limit in row["thresholds"]]
        if row["worst"]:
            return FULL
        if row["thresholds"] and row["thresholds"][0].over == "<":
            return steps((limits[0][0], base), base=limits[0][1])
        return steps(*limits, base=base)

    def table(self, title, size, labels, columns, text, link=None):
        """labels: headings of the labels that say which row it is. columns: of each heading the expression, the
        unit and the looks. The first column sorts, and the first label leads to the link."""
        targets = [(column[0], heading) for heading, column in columns.items()]
        values = ["Value"] if len(columns) == 1 else [f"Value #{letter(i)}" for i in range(len(columns))]
        names = {**labels, **dict(zip(values, columns))}
        looks = {heading: {"unit": unit, **cell} for heading, (_, unit, cell) in columns.items()}
        if link:
            what = next(iter(labels.values()))
            looks[what] = {"links": [{"title": f"Dashboard of this {what.lower()}", "url": link}]}
        first = [{"displayName": next(iter(columns)), "desc": True}]
        panel = self.panel("table", title, size, targets, "short", text,
                           {"showHeader": True, "cellHeight": "sm", "sortBy": first}, now=True, noValue="")
        panel["fieldConfig"]["overrides"] = [
            {"matcher": {"id": "byName", "options": heading},
             "properties": [{"id": key, "value": value} for key, value in found.items()]}
            for heading, found in looks.items()]
        panel["transformations"] = [
            {"id": "merge", "options": {}},
            {"id": "organize", "options": {"excludeByName": {"Time": True}, "renameByName": names,
                                           "indexByName": {name: i for i, name in enumerate(names)}}}]
        return panel

    def table_of(self, title, size, labels, columns, text):
        """The same of objects: a counter is what it grew by in the time shown."""
        return self.table(title, size, labels, {heading: self.cell(name, ", ".join(labels))
                                                for heading, name in columns.items()}, text)

    def cell(self, name, by):
        if self.row[name]["kind"] == "counter":
            return f"sum by ({by}) (increase({name}{{{HOST}}}[$__range]))", "locale", DROPPED
        unit = self.unit(name)
        return self.value(name, by=by), unit, GAUGE if unit == "percentunit" else PLAIN


def share(row, where):
    limit = row["thresholds"][0]
    value, bound = f"{row['object']}{{{where}}}", f"{limit.limit or 0.5:g}"  # the first event is past a limit of 0
    return f"{value} / {bound}" if limit.over == ">" else f"{bound} / clamp_min({value}, 1)"


def named(label, text, expression):
    return f'label_replace({expression}, "{label}", "{text}", "", "")'


# --- The whole --------------------------------------------------------------------------------------------------

def section(title, *panels, folded=False):
    return {"type": "row", "title": title, "collapsed": folded}, [panel for panel in panels if panel]


def placed(sections):
    """Panels from left to right, in lines, with ids; those of a folded section are in its row."""
    ids, y = itertools.count(1), 0
    for row, panels in sections:
        row |= {"id": next(ids), "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}, "panels": []}
        yield row
        x, below, height = 0, y + 1, 0
        for panel in panels:
            place = panel["gridPos"]
            if x + place["w"] > COLUMNS:
                x, below, height = 0, below + height, 0
            panel |= {"id": next(ids), "gridPos": {"x": x, "y": below, **place}}
            x, height = x + place["w"], max(height, place["h"])
        if row["collapsed"]:
            row["panels"] = panels
        else:
            yield from panels
        y = y + 1 if row["collapsed"] else below + height


def query_variable(name, query):
    return {"name": name, "label": name.capitalize(), "type": "query", "datasource": SOURCE,
            "query": {"query": query, "refId": name}, "definition": query, "refresh": 2, "sort": 1}


INPUT = {"name": "DS_PROMETHEUS", "label": "Prometheus", "description": "Where the metrics of tcpextd are.",
         "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"}
REQUIRED = [
    {"type": kind, "id": name.lower().replace(" ", ""), "name": name, "version": version} for kind, name, version in (
        ("grafana", "Grafana", "10.4.0"), ("datasource", "Prometheus", "1.0.0"), ("panel", "Bar gauge", ""),
        ("panel", "Stat", ""), ("panel", "Table", ""), ("panel", "Time series", ""))]
CHOSEN = "${DS_PROMETHEUS}"  # by whoever imports it
DATA_SOURCE = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "refresh": 1,
               "current": {"text": CHOSEN, "value": CHOSEN}}
OTHERS = {"type": "dashboards", "title": "tcpextd", "tags": ["tcpextd"], "asDropdown": False, "icon": "dashboard",
          "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": ""}


def dashboard(name, title, text, sections, variables=()):
    """As Grafana exports one that is to be shared."""
    return {"__inputs": [INPUT], "__requires": REQUIRED, "uid": f"tcpextd-{name}", "title": title,
            "description": text, "tags": ["tcpextd"], "schemaVersion": 39, "editable": True, "graphTooltip": 1,
            "time": {"from": "now-1h", "to": "now"}, "refresh": "1m", "timezone": "", "links": [OTHERS],
            "templating": {"list": [DATA_SOURCE, *variables]}, "panels": list(placed(sections))}
