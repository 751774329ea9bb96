# SPDX-License-Identifier: BSD-2-Clause
"""Files for collectd, MRTG, Cacti and snmptrapd. All ask by number; only
LibreNMS needs the MIB.

Most walk tables that have a column with the name of the row: nstatTable has all counters, healthTable all of
health.
"""
import html
import json

from rows import ABOUT, first_sentence

OWN = "LINUX-TCPEXT-MIB"
PERCENT = "HundredthsOfPercent"
PARTS_OF_100 = "hundredths of a percent"  # a value of healthUnit
MIXED = {  # tables of numbers of several kinds or units: the number, and the column that says which
    "nstatTable": ("nstatValue", "nstatKind"),
    "healthTable": ("healthValue", "healthUnit"),
}


# --- What of the rows is a series -------------------------------------------------------------------------------

def label(table):
    """The column that says in text which row it is, or None."""
    texts = (column for column in table["columns"] if column["readable"] and column["kind"] == "text")
    return next((column for column in texts if column["object"].endswith(("Label", "Name"))), None)


def labelled(rows):
    return [table for table in rows.tables if table["mib"] == OWN and label(table)]


def is_number(row):
    return row["kind"] in ("counter", "gauge")


def series(table):
    """Its columns that are worth a line over time."""
    if table["object"] in MIXED:
        return []
    return [column for column in table["columns"] if column["readable"] and is_number(column)]


def scalars(rows):
    """Numbers that are in no such table."""
    health = {row["object"] for row in rows.health}
    return [row for row in rows.scalars
            if row["mib"] == OWN and "section" not in row and row["object"] not in health and is_number(row)]


def is_percent(row):
    return row["syntax"] == PERCENT


def unit(row):
    return "hundredths of %" if is_percent(row) else row["unit"]


def comment(mark, text, about="\n\n" + ABOUT):
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in (text.strip("\n") + about).splitlines())


def indented(width, lines):
    return "".join(" " * width + line + "\n" for line in lines)


# --- collectd ---------------------------------------------------------------------------------------------------

COLLECTD = """
collectd's snmp plugin. In collectd.conf:

    Include "/usr/share/tcpextd/collectd/tcpextd.conf"
    <Plugin snmp>
      <Host "web1">
        Address "192.0.2.1"
        Version 2
        Community "public"
        Collect "nstat" "nstatGauge" "health" "healthNumber" "tcpListenQueue" "tcpListenDrops"
      </Host>
    </Plugin>

nstat has all counters, health what they say; each block below can be collected. Series are named by the
columns that name rows: web1/tcpext-nstat/derive-TcpExtListenDrops and
web1/tcpext-tcpListenQueue/gauge-127.0.0.1:443.

BulkSize 50 makes nstat cheaper. But with it collectd 5.12 shows nothing of health, where values may be missing:
who wants both gives the host a second Host block, of another name. A scalar that this host does not have is
logged each time.
"""


def data(name, oid, kind, group="", names="", **filters):
    """A block of collectd. names is the OID of the column that names rows."""
    options = {"Type": kind, "PluginInstance": group, "TypeInstance": "" if names else name,
               "TypeInstanceOID": names, **filters, "Values": oid}
    lines = ['Plugin "tcpext"', f"Table {'true' if names else 'false'}"]
    lines += ["Scale 0.01"] if kind == "percent" else []
    lines += [f'{option} "{value}"' for option, value in options.items() if value]
    return f'  <Data "{name}">\n{indented(4, lines)}  </Data>\n'


def collectd_kind(row):
    return "percent" if is_percent(row) else "derive" if row["kind"] == "counter" else "gauge"


def mixed_data(rows):
    """Blocks of the tables with several kinds and units: where the second column has this value, or not."""
    for name, table, kind, value, *other in (
            ("nstat", "nstatTable", "derive", "1"), ("nstatGauge", "nstatTable", "gauge", "2"),
            ("health", "healthTable", "percent", PARTS_OF_100),
            ("healthNumber", "healthTable", "gauge", PARTS_OF_100, {"FilterIgnoreSelected": "true"})):
        number, which = (rows.column[column]["oid"] for column in MIXED[table])
        filters = {"FilterOID": which, "FilterValues": value, **(other[0] if other else {})}
        yield data(name, number, kind, table.removesuffix("Table"), label(rows.table[table])["oid"], **filters)


def collectd(rows):
    yield "\n<Plugin snmp>\n"
    yield from mixed_data(rows)
    for table in labelled(rows):
        for row in series(table):
            yield data(row["object"], row["oid"], collectd_kind(row), row["object"], label(table)["oid"])
    for row in scalars(rows):
        yield data(row["object"], row["oid"], collectd_kind(row))
    yield "</Plugin>\n"


# --- All of them ------------------------------------------------------------------------------------------------

def files(rows):
    def made(about, parts, mark="#"):
        return comment(mark, about) + "".join(parts)

    yield "collectd/tcpextd.conf", made(COLLECTD, collectd(rows))
