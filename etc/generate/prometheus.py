# SPDX-License-Identifier: BSD-2-Clause
"""etc/prometheus: snmp.yml, what snmp_exporter asks for."""
import json
import textwrap

from rows import ABOUT, first_sentence

# Tables of ours that module tcpextd does not walk: others show the same, or each interface has a long row.
LEFT_OUT = ("healthTable", "icmp6MsgTable", "icmpMsgTable", "ifIp6Table", "kernelTable", "nstatTable",
            "thresholdTable")
LABELS = ("Label", "Name", "Path", "Service", "Context")  # text columns whose names end so become labels
# An index beside them: where names and paths are cut, or a namespace has no context, those of two rows can be the same.
KEPT = ("serviceIndexPath", "namespaceIndex")
IP_VERSIONS = {"unknown": 0, "ipv4": 1, "ipv6": 2}
TEXT = "DisplayString"
TEXTS = (TEXT, "SnmpAdminString")

UPTIME = {"object": "sysUpTime", "oid": "1.3.6.1.2.1.1.3.0", "syntax": "TimeTicks", "kind": "time",
          "text": "Time since the master agent started, in hundredths of a second."}
FRESHNESS = ("snapshotSequence", "snapshotAge", "snapshotMaxAge", "snapshotDiscontinuityTime",
             "healthActive", "healthWorst", "healthWorstSeverity", "healthWorstSince")

# What node_exporter shows beside what is in nstatTable.
NODE_SCALARS = ("limitTcpMemOctets", "limitUdpMemOctets")
NODE_TABLES = {"tcpStateTable": ("Sockets", "Queue"), "softnetCpuTable": ("",), "udpSocketTable": ("Queue",)}

AT_ONCE = 40  # objects of a request: no response of numbers needs more than one Ethernet frame
AT_ONCE_HEALTH = 60  # all of them, as their numbers are small
AT_ONCE_NAMED = 25  # rows of nstatTable, whose OIDs have their names

NEW = f"""\
# {ABOUT}
# For snmp_exporter from 0.23 on.

auths:
  public_v2: {{version: 2, community: public}}
  # For contexts: the user that tcpextd.conf(5) shows. Give it passwords of yours.
  watcher_v3: {{version: 3, username: watcher, security_level: authPriv, auth_protocol: SHA, password: password-of-yours,
    priv_protocol: AES, priv_password: another-of-yours}}

modules:
"""
OLD = f"""\
# {ABOUT}
# For snmp_exporter up to 0.22.

"""
OLD_ACCESS = ("  version: 2", "  auth: {community: public}")
GENERATOR = f"""\
# {ABOUT}
# What snmp_exporter's generator makes the same modules of, together with others of yours: MIBDIRS needs the folder of
# LINUX-TCPEXT-MIB. From 0.23 on put your auths in front, up to 0.22 version and auth into each module.

modules:
"""


def files(rows):
    modules = list(snmp_modules(rows))
    yield "prometheus/generator.yml", GENERATOR + "\n".join(source_text(*module, ambiguous(rows)) for module in modules)
    yield "prometheus/snmp.yml", NEW + textwrap.indent("\n".join(text(*module) for module in modules), "  ")
    yield "prometheus/snmp-0.22.yml", OLD + "\n".join(text(*module, OLD_ACCESS) for module in modules)


def snmp_modules(rows):
    """Name, objects of a request, scalars, and tables with what is walked of each and what becomes a metric."""
    freshness = [UPTIME] + [rows.scalar[name] for name in FRESHNESS]
    nstat = rows.table["nstatTable"]
    values = [column for column in nstat["columns"] if column["object"] in ("nstatValue", "nstatInteger")]
    yield "tcpextd_health", AT_ONCE_HEALTH, freshness + rows.health, []
    yield "tcpextd", AT_ONCE, [UPTIME, *rows.scalar.values()], [part(table) for table in rows.tables if is_polled(table)]
    yield "tcpextd_namespaces", AT_ONCE, [], [part(rows.table["namespaceTable"], also=("namespaceWorst",))]
    yield "tcpextd_nstat", AT_ONCE_NAMED, [], [(values, nstat, values)]
    yield "tcpextd_node", AT_ONCE_NAMED, [rows.scalar[name] for name in NODE_SCALARS], \
        [(values, nstat, values)] + [part(rows.table[name], words) for name, words in NODE_TABLES.items()]


def is_polled(table):
    return table["mib"] == "LINUX-TCPEXT-MIB" and table["object"] not in LEFT_OUT


def part(table, words=("",), also=()):
    """It is walked whole, as most have few rows; the numbers become metrics whose names end in these words, and texts of also."""
    kinds = ("counter", "gauge", "integer")
    return [table], table, [column for column in table["columns"] if column["object"] in also or column["kind"] in kinds
                            and not column["index"] and column["object"].endswith(words)]


def text(name, at_once, scalars, tables, access=()):
    lines = [f"{name}:", *access, f"  max_repetitions: {at_once}", "  timeout: 3s", "  retries: 2"]
    lines += ["  get:"] * bool(scalars) + [f"  - {row['oid']}" for row in scalars]
    lines += ["  walk:"] * bool(tables) + [f"  - {row['oid']}" for walked, _, _ in tables for row in walked]
    lines += ["  metrics:"] + [metric(row) for row in scalars]
    for _, table, (first, *others) in tables:
        anchor, members = f"{name}-{table['object']}", labels(table)
        lines.append(metric(first, *(f"{word}: &{anchor}-{word} [{items}]" for word, items in members.items())))
        lines += [metric(column, *(f"{word}: *{anchor}-{word}" for word in members)) for column in others]
    return "\n".join(lines) + "\n"


def metric(row, *more):
    words = json.dumps(first_sentence(row["text"] or f"{row['object']} of {row['mib']}."))
    oid = row["oid"].removesuffix(".0")
    members = [f"name: {row['object']}", f"oid: {oid}", f"type: {metric_type(row)}", f"help: {words}", *more]
    return f"  - {{{', '.join(members)}}}"


def metric_type(row):
    if row["syntax"] in TEXTS:
        return TEXT
    if row["syntax"] == "DateAndTime":
        return row["syntax"]
    return "counter" if row["kind"] == "counter" or row["object"] == "nstatValue" else "gauge"


def labels(table):
    """Of a row: columns that say in text which it is, in place of an index that is neither text nor a word."""
    types = {column["object"]: index_type(column) for column in real_index(table)}
    members = {"indexes": ", ".join(f"{{labelname: {name}, type: {words}}}" for name, words in types.items())}
    if set(types.values()) != {TEXT}:
        index = ", ".join(types)
        found = [f"{{labels: [{index}], labelname: {column['object']}, oid: {column['oid']}, type: {TEXT}}}"
                 for column in table["columns"] if is_label(column)]
        found += [f"{{labels: [], labelname: {name}}}" for name, words in types.items()
                  if name not in KEPT and "Enum" not in words]
        members["lookups"] = ", ".join(found)
    return members


def real_index(table):
    """An address begins with its type, which is no index of its own."""
    return [column for column in table["columns"] if column["index"] and column["syntax"] != "InetAddressType"]


def is_label(column):
    return column["syntax"] in TEXTS and column["object"].endswith(LABELS) and not column["index"]


def is_word(column):
    return column["values"] or column["syntax"] == "InetVersion"


def index_type(column):
    if is_word(column):
        words = ", ".join(f"{number}: {word}" for word, number in (column["values"] or IP_VERSIONS).items())
        return f"EnumAsInfo, enum_values: {{{words}}}"
    if column["syntax"] in TEXTS:
        return TEXT
    return "InetAddress" if column["syntax"] == "InetAddress" else "gauge"


# --- What the generator of snmp_exporter reads -----------------------------------------------------

def source_text(name, at_once, scalars, tables, by_number):
    walked = [row["oid"].removesuffix(".0") if row["object"] in by_number else row["object"]
              for row in scalars + [row for rows, _, _ in tables for row in rows]]
    lines = [f"  {name}:", f"    max_repetitions: {at_once}", "    timeout: 3s", "    retries: 2", "    walk:"]
    lines += textwrap.wrap(f"[{', '.join(walked)}]", 108, initial_indent="      ", subsequent_indent="      ")
    lines += ["    lookups:"] * any(lookups(table) for _, table, _ in tables)
    lines += [line for _, table, _ in tables for line in lookups(table)]
    found = [line for line in map(override, scalars) if line]
    found += [line for walked, table, columns in tables for line in overrides(table, walked, columns)]
    return "\n".join(lines + ["    overrides:"] * bool(found) + found) + "\n"


def ambiguous(rows):
    """Names that MIB-II has for something else."""
    return {row["object"] for row in rows.scalars if row["oid"] != rows.scalar[row["object"]]["oid"]}


def lookups(table):
    """The last one drops the index, unless a part of it is kept."""
    index = real_index(table)
    if all(column["syntax"] in TEXTS for column in index):
        return []
    drop = "" if any(is_word(column) or column["object"] in KEPT for column in index) else ", drop_source_indexes: true"
    found = [f"source_indexes: [{', '.join(column['object'] for column in index)}], lookup: {column['object']}"
             for column in table["columns"] if is_label(column)]
    return [f"    - {{{words}}}" for words in (*found[:-1], found[-1] + drop)]


def override(row):
    """64 bits that go both ways are a Counter64, for want of another syntax."""
    if row["syntax"] == "KernelNumber" and row["kind"] == "gauge":
        return f"      {row['object']}: {{type: gauge}}"
    return None


def overrides(table, walked, columns):
    """Who walks a table has all its columns, and an index that cannot be read, for metrics unless they are ignored."""
    whole = table in walked
    for column in table["columns"]:
        if column["index"] and is_word(column):
            yield f"      {column['object']}: {{type: EnumAsInfo, ignore: true}}"
        elif column in columns and override(column):
            yield override(column)
        elif column not in columns and (whole or column in walked):
            yield f"      {column['object']}: {{ignore: true}}"
