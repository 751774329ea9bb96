#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""./demo, with the agent of this build: what it shows is the agent's, and it leaves nothing behind."""

import os
import re
import shutil
import subprocess

import harness
import test_services
from harness import check, check_equal, wait_for

# What demo, by tests/lib, takes for the source tree: one that is built, with an agent that takes its time to start.
SLOW_AGENT = """\
#!/bin/sh
sleep 1
exec '{agent}' "$@"
"""


def demo_in(site):
    """The path of a demo in a tree that needs no building."""
    tree = site.folder / "tree"
    (tree / "tests").mkdir(parents=True)
    shutil.copy(harness.SOURCE / "demo", tree)
    (tree / "tests" / "lib").symlink_to(harness.SOURCE / "tests" / "lib")
    (tree / "mibs").symlink_to(harness.BUILD / "mibs")
    (tree / "build").mkdir()
    if (harness.SOURCE / "build" / "borrowed").is_dir():
        (tree / "build" / "borrowed").symlink_to(harness.SOURCE / "build" / "borrowed")
    site.write("tree/Makefile", "all:\n")
    site.write("tree/config.status", "")
    site.write("tree/tcpextd", SLOW_AGENT.format(agent=harness.AGENT)).chmod(0o755)
    (site.folder / "tmp").mkdir()
    return tree / "demo"


def needs(site, demo):
    """Demo installs what is missing; a test does not."""
    missing = site.run("sh", "-c", f'set -eu; top={demo.parent}; . $top/tests/lib/steps.sh; . $top/tests/lib/debian.sh; '
                       'if have dpkg-query; then print_missing $BUILD_PACKAGES snmp; fi; [ -d "$borrowed/erlang-snmp" ] || echo base MIBs')
    if missing.stdout.strip():
        raise harness.Skip(f"needs {missing.stdout.strip()}, which ./demo would install")


def run(site, demo, shell, under=()):
    done = subprocess.run(site.inside(*under, "sh", "-c", shell, demo), capture_output=True, text=True, timeout=4 * harness.DEADLINE,
                          env={**os.environ, "TMPDIR": str(site.folder / "tmp")})
    wait_for("snmpd and the agent have ended", lambda: not site.pids())
    check_equal(os.listdir(site.folder / "tmp"), [], "no folder is left")
    return done


def whole(site):
    """It waits for the agent, and shows its values and not those that snmpd has without it."""
    demo = demo_in(site)
    needs(site, demo)
    done = run(site, demo, '"$0"')
    check(done.returncode == 0 and done.stderr == "", "it succeeds", (done.returncode, done.stderr))
    check("RFC1213-MIB::ipReasmTimeout.0 = INTEGER: 30\n" in done.stdout, "ipReasmTimeout is in seconds", done.stdout)
    check("No Such" not in done.stdout and "That is all" in done.stdout, "everything that it shows is there", done.stdout)


def services(site):
    """Its traffic has a cgroup of its own, where that can be had, and it shows that this one loses."""
    demo = demo_in(site)
    needs(site, demo)
    with test_services.Cgroups() as groups:
        done = run(site, demo, '"$0"', under=test_services.with_tree(site, name="cgroups"))
        for line in (r"tcpListenService\S+ = STRING: tcpextd-demo\.service\n", r"udpSocketService\S+ = STRING: tcpextd-demo\.service\n",
                     r'serviceDrops\."tcpextd-demo\.service"\.\d+ = Counter32: [1-9]'):
            check(re.search(line, done.stdout), f"it shows {line}", done.stdout)
        check(not (groups.root / "tcpextd-demo.service").exists(), "the cgroup is gone")


def cut_off(site):
    """Who reads its screen goes away in the middle, as head does."""
    demo = demo_in(site)
    needs(site, demo)
    for last in ("Starting a private snmpd", "udpInDatagrams"):
        done = run(site, demo, f'"$0" | sed "/{last}/q"')
        check(last in done.stdout.splitlines()[-1], f"cut off at {last}", done.stdout)


harness.main(whole, services, cut_off)
