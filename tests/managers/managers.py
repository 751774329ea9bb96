# SPDX-License-Identifier: BSD-2-Clause
"""What the tests of this folder share: the end-to-end tests' harness, with programs that may be missing, and the counters that
a manager must show.
"""

import json
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import harness  # noqa: E402
import kernel  # noqa: E402
import test_parity as parity  # noqa: E402

FILES = harness.SOURCE / "etc"
PLACES = ":".join([harness.PATH, "/usr/lib/nagios/plugins", *map(str, harness.SOURCE.glob("build/borrowed/*/usr/sbin"))])
ROWS = json.loads((harness.SOURCE / "mibs/rows.json").read_text())
OIDS = {row["object"]: f"{ROWS['mibs'][row['mib']]}.{row['oid']}.0" for row in ROWS["scalars"] + ROWS["counters"] if row["object"]}
PATIENCE = 180  # seconds that a manager may take on a busy machine
NAMES = {row["name"]: row["object"] for row in ROWS["counters"] if row["object"]}  # of counters


def need(program, package):
    """The path of a program; without it a case is skipped."""
    path = shutil.which(program, path=PLACES)
    if path is None:
        raise harness.Skip(f"needs {program} (Debian: {package})")
    return path


def wait_for(what, condition, seconds=PATIENCE, pause=0.1):
    """That of the harness, for what a manager does in its own time."""
    return harness.wait_for(what, condition, seconds, pause)


def need_default_root():
    """What is made for managers has the objects where they are by default."""
    if harness.ROOT != ROWS["mibs"]["LINUX-TCPEXT-MIB"]:
        raise harness.Skip(f"needs an agent with its MIB at its usual place, not {harness.ROOT}")


def still(site):
    """The kernel's counters that stay as they are while managers ask, by UDP."""
    counters = kernel.Counters(kernel.read_live(site))
    return {name: value for name, value in counters.items() if re.match("Tcp(Ext)?[A-Z]", name) and name not in kernel.NOT_IN_NSTAT}


def start(site, conf=""):
    """snmpd and the agent, which shows what some traffic has left in the kernel's counters. Gives those that stay."""
    need_default_root()
    site.snmpd()
    site.agent(conf)
    parity.make_traffic(site)
    parity.wait_for_rest(site)
    return still(site)


def equal(found, counters, what):
    """A manager has values, by names of counters: each is the kernel's, and some have moved."""
    harness.check_equal(found, counters, what)
    moved = [name for name, value in found.items() if value]
    harness.check(len(moved) > 5, f"{len(found)} of them, {len(moved)} not 0", found)
