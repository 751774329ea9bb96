# SPDX-License-Identifier: BSD-2-Clause
"""Files for collectd, Icinga 2, Nagios, Telegraf, LibreNMS, MRTG, Cacti and snmptrapd. All ask by number; only
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


# --- check_snmp: Icinga 2 and Nagios ----------------------------------------------------------------------------

CHECK_SNMP = """
A value that is not there, because too little happened for it, is UNKNOWN: leave that out of what people are told
of, it is no fault. check_snmp prints fractions as whole numbers, so limits and values are as SNMP has them: 100
"hundredths of %" are 1 %. SNMPv1 has no Counter64, so -P is 2c or 3. Without limits what is not there would be
OK.

Where the agent itself has thresholds (`threshold defaults' in tcpextd.conf), one check tells of all:

    check_snmp -H web1 -P 2c -C public -l crossed,worst -w 0 -o {active},{worst}
"""
ICINGA2 = """
Icinga 2: health by check_snmp, with the limits of the agent's own defaults. Put this into /etc/icinga2/conf.d,
and in a host, or in a template of hosts:

    vars.tcpextd = true
    vars.snmp_community = "public"
"""
NAGIOS = """
Nagios: health by check_snmp, with the limits of the agent's own defaults. Name this file in nagios.cfg
(cfg_file=), and put hosts into the group:

    define host {{ ... hostgroups tcpextd ... }}

$USER7$ is the community, in resource.cfg.
"""
ICINGA2_COMMAND = """
object CheckCommand "tcpextd_health" {
  command = [ PluginDir + "/check_snmp" ]
  arguments = {
    "-H" = "$tcpextd_address$"
    "-P" = "2c"
    "-C" = "$snmp_community$"
    "-o" = "$tcpextd_oid$"
    "-l" = "$tcpextd_label$"
    "-u" = "$tcpextd_unit$"
    "-w" = "$tcpextd_warning$"
    "-c" = "$tcpextd_critical$"
  }
  vars.tcpextd_address = "$address$"
  vars.snmp_community = "public"
}

const TcpextdHealth = {
"""
ICINGA2_HEALTH = """\
  {name} = {{
    oid = "{oid}"
    unit = "{unit}"
    warning = "{warning}"
    critical = "{critical}"
    minutes = {minutes}
    notes = {notes}
  }}
"""
ICINGA2_SERVICE = """}

apply Service for (name => health in TcpextdHealth) {
  check_command = "tcpextd_health"
  check_interval = 1m
  retry_interval = 1m
  max_check_attempts = health.minutes
  notes = health.notes
  vars.tcpextd_label = name
  vars.tcpextd_oid = health.oid
  vars.tcpextd_unit = health.unit
  if (health.warning) { vars.tcpextd_warning = health.warning }
  if (health.critical) { vars.tcpextd_critical = health.critical }
  assign where host.vars.tcpextd
}
"""
NAGIOS_COMMAND = """
define hostgroup {
  hostgroup_name tcpextd
}

define command {
  command_name check_tcpextd
  command_line $USER1$/check_snmp -H $HOSTADDRESS$ -P 2c -C $USER7$ -o $ARG1$ -l $ARG2$ -u '$ARG3$' $ARG4$
}
"""
NAGIOS_SERVICE = """
define service {{
  use generic-service
  hostgroup_name tcpextd
  service_description {name}
  check_command check_tcpextd!{oid}!{name}!{unit}!{options}
  check_interval 1
  retry_interval 1
  max_check_attempts {minutes}
}}
"""


def check_comment(rows, text):
    active, worst = (rows.scalar[name]["oid"] for name in ("healthActive", "healthWorst"))
    return (text + CHECK_SNMP).format(active=active, worst=worst)


def limits(row):
    """Of warning and critical, as check_snmp takes them, each "" where there is none."""
    found = {"warning": "", "critical": ""}
    for threshold in row["thresholds"]:
        severity = "critical" if threshold.severity == "critical" else "warning"
        found[severity] = f"{threshold.limit:g}" + (":" if threshold.over == "<" else "")
    return found


def checks(rows):
    """Each value of health with a limit, and for how many minutes it is crossed before people are told."""
    for row in rows.health:
        if row["thresholds"]:
            minutes = 1 + max(threshold.seconds for threshold in row["thresholds"]) // 60
            yield {"name": row["object"], "oid": row["oid"], "unit": unit(row), "minutes": minutes,
                   "notes": json.dumps(first_sentence(row["text"]), ensure_ascii=False), **limits(row)}


def icinga2(rows):
    yield ICINGA2_COMMAND
    for check in checks(rows):
        yield ICINGA2_HEALTH.format(**check)
    yield ICINGA2_SERVICE


def nagios(rows):
    yield NAGIOS_COMMAND
    for check in checks(rows):
        options = {"-w": check["warning"], "-c": check["critical"]}
        words = [f"{option} {limit}" for option, limit in options.items() if limit]
        yield NAGIOS_SERVICE.format(options=" ".join(words), **check)


# --- Telegraf ---------------------------------------------------------------------------------------------------

TELEGRAF = """
Telegraf's inputs.snmp. Put this into /etc/telegraf/telegraf.d and give the addresses and the community. Without a
running Telegraf to try it: made by its documentation.

tcpext_nstat has all counters, a row for each, tagged by its name, with the field nstatValue; their rates are the
database's to work out. tcpext_health has healthValue, in what the tag healthUnit says. Fields of percent are in
percent.
"""
TELEGRAF_AGENT = """
[[inputs.snmp]]
  agents = ["udp://192.0.2.1:161"]
  version = 2
  community = "public"
  max_repetitions = 50
  name = "tcpext"
"""


def telegraf_field(kind, row, name="", is_tag=False):
    lines = [f'name = "{name or row["object"]}"', f'oid = ".{row["oid"]}"']
    lines += ["is_tag = true"] if is_tag else ['conversion = "float(2)"'] if is_percent(row) else []
    return f"    [[inputs.snmp.{kind}]]\n" + indented(6, lines)


def telegraf_table(rows, table):
    value, *tags = [rows.column[name] for name in MIXED.get(table["object"], ())] or [None]
    fields = [value] if value else series(table)
    if fields:
        yield f'\n  [[inputs.snmp.table]]\n    name = "tcpext_{table["object"].removesuffix("Table")}"\n'
        yield '    inherit_tags = ["host"]\n'
        yield telegraf_field("table.field", label(table), name="row", is_tag=True)
        yield from (telegraf_field("table.field", row, is_tag=True) for row in tags)
        yield from (telegraf_field("table.field", row) for row in fields)


def telegraf(rows):
    yield TELEGRAF_AGENT
    yield telegraf_field("field", {"oid": "1.3.6.1.2.1.1.5.0"}, name="host", is_tag=True)  # sysName
    yield from (telegraf_field("field", row) for row in scalars(rows))
    for table in labelled(rows):
        yield from telegraf_table(rows, table)


# --- LibreNMS ---------------------------------------------------------------------------------------------------

LIBRENMS = """
LibreNMS: sensors of health, of gauges in tables and of the rate of each counter. Merge the classes below into
resources/definitions/os_discovery/linux.yaml, put LINUX-TCPEXT-MIB.txt into mibs/ as LINUX-TCPEXT-MIB, and
discover the host again:

    lnms device:discover HOST --modules sensors

Without a running LibreNMS to try it: made by its documentation. The rates are some 400 sensors of a host: where
that is too much, take out the one with nstatRate32.
"""
LIBRENMS_LIMITS = {">": ("warn_limit", "high_limit"), "<": ("low_warn_limit", "low_limit")}


def sensor(walked, row, descr, divisor, **limits_of):
    """An entry of data. walked is the table of the row, or itself."""
    name, oid = row["object"], row["oid"].removesuffix(".0")
    options = {"oid": f"{OWN}::{walked}", "value": f"{OWN}::{name}", "num_oid": f"'.{oid}.{{{{ $index }}}}'",
               "index": f"'{name}.{{{{ $index }}}}'", "descr": f"'{descr}'", "group": "tcpextd"}
    options |= {"divisor": divisor} if divisor > 1 else {}
    options |= {limit: f"{value:g}" for limit, value in limits_of.items()}
    return indented(16, ["-"]) + indented(20, [f"{option}: {value}" for option, value in options.items()])


def named(text, table):
    return f"{text} {{{{ {OWN}::{label(table)['object']} }}}}"


def health_sensor(row):
    divisor = 100 if is_percent(row) else 1
    limits_of = {LIBRENMS_LIMITS[one.over][one.severity == "critical"]: one.limit / divisor
                 for one in row["thresholds"]}
    return sensor(row["object"], row, f"{row['object']} ({row['unit']})", divisor, **limits_of)


def sensors(rows, of_percent):
    for row in rows.health:
        if is_percent(row) == of_percent:
            yield health_sensor(row)
    for table in labelled(rows):
        for row in series(table):
            if row["kind"] == "gauge" and is_percent(row) == of_percent:
                yield sensor(table["object"], row, named(row["object"], table), 100 if of_percent else 1)


def librenms(rows):
    yield "\nmodules:\n    sensors:\n        percent:\n            data:\n"
    yield from sensors(rows, of_percent=True)
    yield "        count:\n            data:\n"
    yield from sensors(rows, of_percent=False)
    yield sensor("nstatTable", rows.column["nstatRate32"], named("Per second:", rows.table["nstatTable"]), 1000)


# --- MRTG -------------------------------------------------------------------------------------------------------

MRTG = """
MRTG: a graph for each number that is not in a table. Take those that you want and say of which host:

    grep -E '^[^T]|(tcpExtListenDrops|healthRetransData)' tcpextd.cfg |
        sed 's/HOST/web1/g; s/COMMUNITY/public/' >web1.cfg

and in mrtg.cfg: WorkDir, and Include: web1.cfg. Targets end in :::::2, for SNMPv1 has no Counter64.
"""
MRTG_USUAL = """
Options[_]: growright,nopercent,noinfo,noo{more}
MaxBytes[_]: 18446744073709551615
PageTop[_]: <h1>tcpextd</h1>
YLegend[_]: {legend}
ShortLegend[_]: &nbsp;
LegendI[_]: &nbsp;
Legend1[_]: {legend}
"""
MRTG_TARGET = """\
Target[HOST_{name}]: {oid}&{oid}:COMMUNITY@HOST:::::2
Title[HOST_{name}]: HOST {name}, {unit}
"""


def mrtg(rows):
    for kind, more, legend in (("counter", "", "per second"), ("gauge", ",gauge", "now")):
        yield MRTG_USUAL.format(more=more, legend=legend)
        for row in rows.scalars:
            if row["kind"] == kind:
                yield MRTG_TARGET.format(name=row["object"], oid=row["oid"], unit=unit(row))


# --- Cacti ------------------------------------------------------------------------------------------------------

CACTI = """<!--
{table}, for Cacti: a data query.
Put it into resource/snmp_queries and make a Data Query of it (Get SNMP Data (Indexed)), and a data and a graph
template for the field that you want. Without a running Cacti to try it: made by its documentation.

{about}
-->
<interface>
  <name>tcpextd: {title}</name>
  <description>{table}</description>
  <oid_index>.{oid}</oid_index>
  <oid_index_parse>OID/REGEXP:^.{{{length}}}(.*)$</oid_index_parse>
  <index_order>{label}</index_order>
  <index_order_type>alphabetic</index_order_type>
  <index_title_format>|chosen_order_field|</index_title_format>
  <fields>
{fields}  </fields>
</interface>
"""
CACTI_FIELD = """\
    <{name}>
      <name>{name}</name>
      <method>walk</method>
      <source>value</source>
      <direction>{direction}</direction>
      <oid>.{oid}</oid>
    </{name}>
"""


def cacti_fields(rows, table):
    """Pairs of a column and whether it is input, which describes rows, or output, which is polled."""
    value, *kinds = [rows.column[name] for name in MIXED.get(table["object"], ())] or [None]
    yield from ((row, "input") for row in (label(table), *kinds))
    yield from ((row, "output") for row in ([value] if value else series(table)))


def cacti(rows):
    """A data query for each table."""
    for table in labelled(rows):
        oid = label(table)["oid"]
        fields = "".join(CACTI_FIELD.format(name=row["object"], oid=row["oid"], direction=direction)
                         for row, direction in cacti_fields(rows, table))
        yield f"cacti/tcpextd_{table['object'].removesuffix('Table')}.xml", CACTI.format(
            title=html.escape(table["title"]), about=ABOUT, table=table["object"], oid=oid, length=len(f".{oid}."),
            label=label(table)["object"], fields=fields)


# --- snmptrapd --------------------------------------------------------------------------------------------------

SNMPTRAPD = """
snmptrapd of net-snmp: a line for each notification of tcpextd. Copy what you want into /etc/snmp/snmptrapd.conf.

Without any MIB: the program named below writes into syslog, or into the file that it is given behind its name:

    Nov 27 11:50:01 web1 thresholdCrossed warning: conntrack is crossed: healthConntrackUse is at 85.1 percent,
    more than 80
"""
SNMPTRAPD_LOG = """
With LINUX-TCPEXT-MIB and the base MIBs where net-snmp looks for them, snmptrapd itself writes all objects into
its log.
"""
LINE = """
A traphandle of snmptrapd: a line for each notification of tcpextd, into syslog or at the end of FILE. It takes
objects as snmptrapd writes them, with the MIB or without. Usage: line [FILE]
"""
LINE_PROGRAM = """
awk '
BEGIN {{
{names}
}}
function last_part(oid) {{
    sub(/\\.0$/, "", oid)
    sub(/.*[.:]/, "", oid)
    return oid
}}
NR == 1 {{ host = match($0, /\\[[^]]*\\]/) ? substr($0, RSTART + 1, RLENGTH - 2) : $0 }}
NR > 2 {{
    name = last_part($1)
    value = $0
    sub(/^[^ ]* ?/, "", value)
    gsub(/^"|"$/, "", value)
    has[name in object ? object[name] : name] = value
    if ($1 ~ /(snmpTrapOID|\\.6\\.3\\.1\\.1\\.4\\.1)\\.0$/) what = last_part(value)
}}
END {{
    if (what in notification) what = notification[what]
    sub(/Notification$/, "", what)
    grade = has["notifiedSeverity"]
    sub(/\\(.*/, "", grade)
    if (grade in severity) grade = severity[grade]
    line = host " " what " " grade " " has["notifiedContext"] ": " has["notifiedText"]
    gsub(/ +/, " ", line)
    sub(/ :/, ":", line)
    print line
}}' | if [ -n "${{1-}}" ]; then
    sed "s/^/$(LC_ALL=C date '+%b %d %H:%M:%S') /" >>"$1"
else
    logger -t tcpextd -p daemon.notice
fi
"""
TOLD = ("notifiedContext", "notifiedSeverity", "notifiedText")


def snmptrapd(rows):
    root = rows.notifications[0]["oid"].rpartition(".")[0]
    yield ("\nauthCommunity log,execute public\n"
           f"traphandle .{root}.* /usr/share/tcpextd/snmptrapd/line\n\n")
    yield comment("#", SNMPTRAPD_LOG, about="")
    yield "[snmp] mibs +LINUX-TCPEXT-MIB\n[snmp] quickPrinting yes\n[snmp] suffixPrinting 1\n"
    yield "format1 %y-%02.2m-%02.2l %02.2h:%02.2j:%02.2k %B %V, %q, %v\\n\n"
    yield "format2 %y-%02.2m-%02.2l %02.2h:%02.2j:%02.2k %B %V, %v\\n\n"


def trap_line(rows):
    def assignments(array, pairs):
        return [f'    {array}["{number}"] = "{name}"' for number, name in pairs]

    def last(row):
        return row["oid"].rpartition(".")[2]

    severities = next(row["values"] for row in rows.notified if row["object"] == "notifiedSeverity")
    names = assignments("notification", ((last(row), row["notification"]) for row in rows.notifications))
    names += assignments("object", ((last(row), row["object"]) for row in rows.notified if row["object"] in TOLD))
    names += assignments("severity", ((number, name) for name, number in severities.items()))
    yield LINE_PROGRAM.format(names="\n".join(names))


# --- All of them ------------------------------------------------------------------------------------------------

def files(rows):
    def made(about, parts, mark="#"):
        return comment(mark, about) + "".join(parts)

    yield "collectd/tcpextd.conf", made(COLLECTD, collectd(rows))
    yield "icinga2/tcpextd.conf", made(check_comment(rows, ICINGA2), icinga2(rows), "//")
    yield "nagios/tcpextd.cfg", made(check_comment(rows, NAGIOS), nagios(rows))
    yield "telegraf/tcpextd.conf", made(TELEGRAF, telegraf(rows))
    yield "librenms/tcpextd.yaml", made(LIBRENMS, librenms(rows))
    yield "mrtg/tcpextd.cfg", made(MRTG, mrtg(rows))
    yield from cacti(rows)
    yield "snmptrapd/snmptrapd.conf", made(SNMPTRAPD, snmptrapd(rows))
    yield "snmptrapd/line", "#!/bin/sh\n" + made(LINE, trap_line(rows))
