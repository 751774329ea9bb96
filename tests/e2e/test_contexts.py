#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Five hundred contexts, each with two registrations of the same modules: what they cost, and what is served in them."""

import pathlib
import re

import harness
from harness import DEADLINE, MIB2, OBJECTS, V2C, Process, check, check_equal, wait_for

PROGRAM = pathlib.Path("tests/e2e/many_contexts").absolute()
CONNECTED = re.compile(r"^connected [0-9.]+ ([0-9]+)$", re.M)
COUNT = 500
MEMORY = 12 << 10  # octets for each context
SOME = [0, 7, COUNT - 1]
ACCESS = "".join(f"com2sec -Cn context{n} guest default in{n}\ncom2secunix -Cn context{n} guest default in{n}\n"
                 for n in SOME + [COUNT]) + "group guests v2c guest\naccess guests context any noauth prefix seen seen none\n"
DESCRIPTION = f"{OBJECTS}.2.1.5"
TCP_SCALARS = [f"{MIB2}.6.{number}.0" for number in (*range(1, 13), 14, 15, 17, 18)]


def start(site, count):
    """The program, connected, and the octets that it has allocated. `make bench` has the time."""
    process = site.start(Process, site.inside(PROGRAM, site.master, count), site.folder / f"many{count}.log")
    found = wait_for("it connects", lambda: CONNECTED.search(process.output.read_text()), 2 * DEADLINE)
    return process, int(found[1])


def names(varbinds):
    return [name for name, _ in varbinds]


def contexts(site):
    """Costs and values."""
    site.snmpd(more=ACCESS)
    process, base = start(site, 0)
    process.kill()
    process, octets = start(site, COUNT)
    each = (octets - base) // COUNT
    if harness.has_sanitizer(process):
        harness.skip("memory: a sanitizer keeps more of each allocation, and what is freed")
    else:
        check(each <= MEMORY, f"a context costs {each} octets")
    for number in SOME:
        how = ("-v2c", "-c", f"in{number}")
        check_equal(names(site.walk(f"{MIB2}.6", how=how, repetitions=20)), TCP_SCALARS, f"tcp in context{number}")
        check(len(site.walk(DESCRIPTION, how=how, repetitions=20)) > 300, f"nstatTable of context{number}")
    check_equal(site.get(f"{MIB2}.6.1.0", how=V2C)[0].value, site.get(f"{MIB2}.6.1.0", how=("-v2c", "-c", "in7"))[0].value,
                "the same value")
    done = site.tool("snmpget", ("-v2c", "-c", f"in{COUNT}"), (), (f"{MIB2}.6.1.0",), patience=("-t2", "-r0"))
    check("Counter" not in done.stdout and "INTEGER" not in done.stdout, "nothing in a context that nobody has", done.stdout)
    check(process.alive(), "it is there still")


harness.main(contexts)
