#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manual's chapter of symptoms: its objects exist, its experiments exist, and these show those; its thresholds are good."""

import os
import re
import subprocess
import sys
import tempfile

import paths  # noqa: F401
import coverage
import experiment
import harness
import kernel

PAGE = harness.SOURCE / "man" / "tcpextd-symptoms.7"
SECTIONS = "tcp|udp|ip|icmp|mPTcp|sockstat|softnet|nfConntrack|synproxy|arpCache|ndiscCache|rtCache|xfrm|tls|limit|snapshot"
OBJECT = re.compile(rf"\b(?:{SECTIONS})[A-Z0-9]\w+")
DEFAULTS = (harness.SOURCE / "etc/tcpextd.conf").read_text(encoding="ascii").partition("#threshold defaults\n")[2]
LAB, THRESHOLD, DEFAULT = ".B tests/lab/lab ", ".B threshold ", "one of the defaults:"
FONT = re.compile(r"^\.(?:B|BR|RB|BI) ")


def sections(text):
    """Title to the lines, for each symptom."""
    body = text.split(".SH SYMPTOMS")[1].split(".SH SEE ALSO")[0]
    for part in body.split(".SS ")[1:]:
        title, *lines = part.splitlines()
        yield title, [line.replace("\\-", "-") for line in lines]


def objects(lines):
    bold = [line for line in lines if FONT.match(line) and not line.startswith((LAB, THRESHOLD))]
    return [word for line in bold for word in OBJECT.findall(line)]


def experiments(lines):
    """Name to how it is run: by `lab run' or `lab host'."""
    return {name: line.split()[2] for line in lines if line.startswith(LAB) for name in line.split()[3:]}


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
    absent = [name for name, how in runs.items() if name not in table or how != ("host" if table[name].is_of_host else "run")]
    harness.check(not absent, f"{title}: its experiments exist", f"not {', '.join(absent)}")
    unshown = [word for word in found if word in names and shown[names[word]] and not set(runs) & set(shown[names[word]])]
    harness.check(not unshown, f"{title}: its experiments show its objects",
                  ", ".join(f"{word} is shown by {' '.join(shown[names[word]])}" for word in unshown))
    idle = [name for name in runs if not any(word in names and name in shown[names[word]] for word in found)]
    harness.check(not idle, f"{title}: each of its experiments shows one of them", f"not {', '.join(idle)}")


def check_command(symptoms):
    """The shortest of the commands runs as it stands there; that all experiments do is what test_lab.py is for."""
    commands = [line[3:] for lines in symptoms.values() for line in lines if line.startswith(f"{LAB}run ")]
    command = min(commands, key=len)
    if harness.missing():
        harness.skip(f"{command}: {harness.missing()}")
        return
    environment = {**os.environ, "TCPEXTD": str(harness.AGENT)}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=harness.SOURCE, env=environment)
    harness.check(done.returncode == 0 and " 0 failed" in done.stdout, command, done)


def thresholds(lines):
    """The line of tcpextd.conf to whether it is said to be a default."""
    return {line[3:]: before.endswith(DEFAULT) for before, line in zip(lines, lines[1:]) if line.startswith(THRESHOLD)}


def refusal(conf):
    """What the agent says of this configuration, or nothing."""
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as file:
        file.write(conf)
        file.flush()
        done = subprocess.run([harness.AGENT, "-C", "-c", file.name, "--print"], capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def check_thresholds(symptoms):
    """Each symptom has one, and tcpextd takes them all."""
    found = {title: thresholds(lines) for title, lines in symptoms.items()}
    bare = [title for title, lines in found.items() if not lines]
    harness.check(not bare, "each symptom has a threshold", f"not {', '.join(bare)}")
    lines = [line for of_one in found.values() for line in of_one]
    harness.check(len({line.split()[1] for line in lines}) == len(lines), "their names are all different", lines)
    wrong = [line for of_one in found.values() for line, is_default in of_one.items() if is_default != (f"#{line}\n" in DEFAULTS)]
    harness.check(not wrong, "those that are defaults are said to be", wrong)
    harness.check(not refusal("\n".join(lines)), "tcpextd takes them", refusal("\n".join(lines)))
    harness.check(refusal(f"{lines[0]} more"), "and would refuse others")


def main():
    table, names, shown = experiment.load(), known_names(), coverage.rows()
    symptoms = dict(sections(PAGE.read_text(encoding="ascii")))
    for title, lines in symptoms.items():
        check_symptom(title, lines, table, names, shown)
    check_thresholds(symptoms)
    check_command(symptoms)
    print(f"{harness.tally['passed']} passed, {harness.tally['failed']} failed, {harness.tally['skipped']} skipped")
    return 1 if harness.tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
