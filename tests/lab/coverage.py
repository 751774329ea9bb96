# SPDX-License-Identifier: BSD-2-Clause
"""The table of counters: which experiment shows each, and for the rest why none does."""

import os
import pathlib
import re

import reasons

FILE = pathlib.Path(__file__).resolve().parent / "COVERAGE"
HEADER = """\
# Which counters the lab shows to move over SNMP, and why not the others. Made by `lab coverage tests/lab/COVERAGE`.
# Linux {release}. Shown: {shown} of the {printed} numbers that this kernel prints; by the kernel's document: {told}.
#
# counter, tab, the experiments that promise its growth; after a minus the reason why none does.
"""


def is_type(name):
    return re.fullmatch(r"(IcmpMsg|Icmp6)(In|Out)Type\d+", name)


def lines(runner):
    """A line for each name. Numeric ICMP types exist only once they have been counted."""
    for name in runner.printed:
        if name in runner.shown:
            yield f"{name}\t{' '.join(dict.fromkeys(runner.shown[name]))}"
        elif not is_type(name):
            yield f"{name}\t- {reasons.why(name)}"


def text(runner):
    body = list(lines(runner))
    shown = sum("\t- " not in line for line in body)
    told = [line for line in body if line.split("\t")[0] in reasons.documented()]
    told_shown = sum("\t- " not in line for line in told)
    return HEADER.format(release=this_release(), shown=shown, printed=len(body),
                         told=f"{told_shown} of {len(told)}") + "\n" + "\n".join(body) + "\n"


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
