#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manual's chapter of symptoms: its objects exist, its experiments exist, and these show those."""

import re
import sys

import paths  # noqa: F401
import coverage
import experiment
import harness
import kernel

PAGE = harness.SOURCE / "man" / "tcpextd-symptoms.7"
OBJECT = re.compile(r"\b(?:tcp|udp|ip|icmp|mPTcp|sockstat)[A-Z0-9]\w+|\bsnapshot[A-Z]\w+")
FONT = re.compile(r"^\.(?:B|BR|RB|BI) ")


def sections(text):
    """Title to the lines in bold, for each symptom."""
    body = text.split(".SH SYMPTOMS")[1].split(".SH SEE ALSO")[0]
    for part in body.split(".SS ")[1:]:
        title, *lines = part.splitlines()
        yield title, [line for line in lines if FONT.match(line)]


def objects(lines):
    return [word for line in lines if " lab run " not in line for word in OBJECT.findall(line)]


def experiments(lines):
    return [name for line in lines if line.startswith(".B lab run ") for name in line.split()[3:]]


def known_names():
    """Object to nstat's name, for all counters of the MIB and of RFC1213."""
    known = {kernel.descriptor(name)[0]: name for name in coverage.rows()}
    return {word: name for word, name in known.items() if word in kernel.read_mib() or name in kernel.RFC1213}


def check_symptom(title, lines, table, names, shown):
    """One symptom: nothing in it is made up, and its experiments show what it names."""
    found, runs = objects(lines), experiments(lines)
    harness.check(found and runs, f"{title}: names objects and experiments")
    unknown = [word for word in found if word not in names and word not in kernel.read_mib()]
    harness.check(not unknown, f"{title}: its objects exist", f"not {', '.join(unknown)}")
    absent = [name for name in runs if name not in table]
    harness.check(not absent, f"{title}: its experiments exist", f"not {', '.join(absent)}")
    unshown = [word for word in found if word in names and shown[names[word]] and not set(runs) & set(shown[names[word]])]
    harness.check(not unshown, f"{title}: its experiments show its objects",
                  ", ".join(f"{word} is shown by {' '.join(shown[names[word]])}" for word in unshown))
    idle = [name for name in runs if not any(word in names and name in shown[names[word]] for word in found)]
    harness.check(not idle, f"{title}: each of its experiments shows one of them", f"not {', '.join(idle)}")


def main():
    table, names, shown = experiment.load(), known_names(), coverage.rows()
    for title, lines in sections(PAGE.read_text(encoding="ascii")):
        check_symptom(title, lines, table, names, shown)
    print(f"{harness.tally['passed']} passed, {harness.tally['failed']} failed, 0 skipped")
    return 1 if harness.tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
