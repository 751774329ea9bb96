#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The kernel document, live: every experiment of the lab, seen through SNMP, with nstat beside it.

With names as arguments, only these. test_lab_contexts.py does the same where one agent serves both sides.
"""

import os
import signal
import subprocess
import sys

import paths
import coverage
import experiment
import harness
import reading
import reasons
import world


def check_coverage(runner, table, contexts):
    """What the committed table promises has been seen again, but for what experiments of the host show. What the kernel counts for
    the whole host is in no context.
    """
    if not coverage.same_kernel():
        harness.skip("the table of counters is from another kernel")
        return
    needed = {each for shown in coverage.rows().values() for each in shown}
    if needed & set(runner.skipped):
        harness.skip(f"the table of counters: {', '.join(runner.skipped)} did not run")
        return
    promised = {name for name, shown in coverage.rows().items() if any(not table[each].is_of_host for each in shown)}
    missing = sorted(name for name in promised - set(runner.shown) if not (contexts and name.startswith(reading.WHOLE_HOST)))
    harness.check(not missing, "every counter that COVERAGE promises was shown", f"not {', '.join(missing)}")
    untold = sorted(reasons.documented() & set(runner.printed) - set(runner.shown))
    harness.check(not untold, "every counter that the kernel's document explains was shown", f"not {', '.join(untold)}")
    harness.check(2 * len(runner.shown) >= len(runner.printed),
                  f"{len(runner.shown)} of {len(runner.printed)} numbers that the kernel prints were shown: at least half")


def check_needs():
    """The lab says what it needs: when it is asked for nothing, and when it lacks that."""
    lab = [sys.executable, str(paths.HERE / "lab")]
    said = subprocess.run(lab, capture_output=True, text=True).stderr
    lacking = [word for word in ("root", "iproute2", "snmp", "snmpd", "iptables", "tcpdump") if word not in said]
    harness.check(not lacking, "the lab says what it needs", f"not {', '.join(lacking)}")
    done = subprocess.run(lab + ["run", "all"], capture_output=True, text=True, env={**os.environ, "TCPEXTD": "/dev/null"})
    harness.check(done.returncode == 1 and "needs the agent" in done.stderr and "Traceback" not in done.stderr,
                  "and ends with that where it lacks it", done)


def main(names, contexts=False):
    os.environ["PATH"] = harness.PATH
    why = harness.missing()
    if why:
        print(f"skipped: {why}")
        return 77
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, harness.leave)
    if not names and not contexts:
        check_needs()
    table = experiment.load()
    try:
        with world.World(contexts=contexts) as made:
            runner = experiment.Runner(made)
            for name, entry in table.items():
                if not entry.is_of_host and (not names or name in names):
                    runner.run(entry)
            runner.close()
            if not names:
                check_coverage(runner, table, contexts)
    except harness.Skip as why:
        print(f"skipped: {why}")
        return 77
    except harness.Failure as error:
        harness.check(False, "the lab is set up", str(error))
    tally = harness.tally
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    return 1 if tally["failed"] else 0 if tally["passed"] else 77


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
