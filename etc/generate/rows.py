# SPDX-License-Identifier: BSD-2-Clause
"""What is served, with whole OIDs: rows.json as the generators beside this file read it."""
import dataclasses
import json
import re

ABOUT = "Made from the rows in mibs by `make update-generated`: never edit it."


@dataclasses.dataclass(frozen=True)
class Threshold:
    """A default threshold of a value of health. limit is in the object's own unit, as SNMP has it."""
    name: str
    over: str  # ">" or "<"
    limit: float
    seconds: int
    severity: str
    reason: str
    words: str  # of tcpextd.conf


class Rows:
    """scalars and health have an OID that ends in .0; tables and their columns have none behind theirs."""

    def __init__(self, path, root=None):
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        self.roots = rows["mibs"] | ({"LINUX-TCPEXT-MIB": root} if root else {})
        self.sections = rows["sections"]
        self.counters = rows["counters"]
        self.notifications = [self._placed(row, "LINUX-TCPEXT-MIB", "") for row in rows["notifications"]]
        self.notified = [self._placed(row, row["mib"], "") for row in rows["notified"]]
        self.tables = [self._table(row) for row in rows["tables"]]
        own = [row for row in rows["counters"] if row["object"] and not row["per_type"]]
        self.scalars = [self._placed(row, row["mib"], ".0") for row in rows["scalars"] + own]
        self.scalar = {row["object"]: row for row in self.scalars}
        self.table = {row["object"]: row for row in self.tables}
        self.column = {row["object"]: row for table in self.tables for row in table["columns"]}
        self.health = [self.scalar[row["object"]] | row | {"thresholds": _thresholds(row)} for row in rows["health"]]

    def _placed(self, row, mib, behind):
        return row | {"oid": f"{self.roots[mib]}.{row['oid']}{behind}"}

    def _table(self, row):
        columns = [self._placed(column, row["mib"], "") for column in row["columns"]]
        return self._placed(row, row["mib"], "") | {"columns": columns}


def _thresholds(row):
    return [_threshold(row["unit"], **words) for words in row["thresholds"]]


def _threshold(unit, name, words, reason):
    found = re.fullmatch(r"(?:percent|value) ([<>]) ([0-9.]+)(?: for ([0-9]+))? severity ([a-z]+)", words)
    limit = float(found[2]) * (100 if unit == "percent" else 1)
    return Threshold(name, found[1], limit, int(found[3] or 0), found[4], reason, words)


def first_sentence(text):
    """It stands alone in each text of the rows."""
    return re.split(r"(?<=\.)\s", text.strip(), maxsplit=1)[0]
