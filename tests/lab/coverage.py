# SPDX-License-Identifier: BSD-2-Clause
"""The table of counters: which experiment shows each, and for the rest why none does."""

import json
import os
import pathlib
import re

import harness
import reasons

FILE = pathlib.Path(__file__).resolve().parent / "COVERAGE"
HEADER = """\
# Which counters the lab shows to move over SNMP, and why not the others. Made by `lab coverage tests/lab/COVERAGE`.
# Linux {release}. Shown: {shown} of the {printed} numbers that this kernel prints; by the kernel's document: {told}.
#
# counter, tab, the experiments that promise its growth; after a minus the reason why none does.
"""
COLUMNS = "# Columns of tables, and limits."
ABSENT = "# What this kernel does not print."


def is_type(name):
    return re.fullmatch(r"(IcmpMsg|Icmp6)(In|Out)Type\d+", name)


def is_column(name):
    """Objects that are no counters are called by their descriptors."""
    return name[0].islower()


def line(name, experiments, why=""):
    return f"{name}\t{' '.join(dict.fromkeys(experiments)) if experiments else '- ' + why}"


def counters(runner):
    """A line for each name. Numeric ICMP types exist only once they have been counted."""
    for name in runner.printed:
        if not is_column(name) and (name in runner.shown or not is_type(name)):
            yield line(name, runner.shown.get(name), reasons.why(name))


def absent():
    """A line for each counter of the files that are not there."""
    with open(harness.SOURCE / "mibs" / "rows.json", encoding="ascii") as file:
        found = json.load(file)["counters"]
    return [line(row["name"], [], f"this kernel has no {row['file']}") for row in found
            if not os.path.exists(f"/proc/{row['file']}")]


def text(runner):
    body = list(counters(runner))
    columns = [line(name, experiments) for name, experiments in runner.shown.items() if is_column(name)]
    shown = sum("\t- " not in row for row in body)
    told = [row for row in body if row.split("\t")[0] in reasons.documented()]
    told_shown = sum("\t- " not in row for row in told)
    header = HEADER.format(release=this_release(), shown=shown, printed=len(body), told=f"{told_shown} of {len(told)}")
    return "\n".join([header, *body, "", COLUMNS, *columns, "", ABSENT, *absent()]) + "\n"


def rows():
    """Name to the experiments that show it, from the committed table; none where it gives a reason."""
    with open(FILE, encoding="ascii") as file:
        found = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return {name: [] if how.startswith("- ") else how.split() for name, how in found}


def this_release():
    return ".".join(os.uname().release.split(".")[:2])


def same_kernel():
    """Whether the committed table was made on this release of the kernel."""
    return FILE.exists() and f"# Linux {this_release()}. " in FILE.read_text(encoding="ascii")
