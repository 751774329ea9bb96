#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Settings of the host are as before when `lab host' has ended, however it ends. A file stands for them; no setting is
changed.
"""

import glob
import os
import signal
import sys

import paths
import harness
from harness import check, check_equal, wait_for

# Changes the file until it is told to end, and has a site, as the lab does.
HELD = f"""
import contextlib, os, pathlib, signal, sys, time
sys.path[:0] = [{str(paths.HERE)!r}]
import paths, harness, settings

file, end, log = map(pathlib.Path, sys.argv[1:])
signal.signal(signal.SIGTERM, harness.leave)

def body(noted):
    with contextlib.ExitStack() as undo:
        undo.enter_context(harness.Site("held"))
        undo.callback(file.write_text, file.read_text())
        file.write_text("changed")
        with open(log, "a") as notes:
            print(os.getpid(), file=notes, flush=True)
        while not end.exists():
            time.sleep(0.02)
        with open(log, "a") as notes:
            print("end", file=notes, flush=True)
    return 3

sys.exit(settings.guarded([file], body))
"""


class Held:
    """A setting, and who changes it."""

    def __init__(self, site):
        self.site = site
        self.file = site.write("setting", "before")
        self.end, self.log = site.folder / "end", site.folder / "log"

    def start(self):
        argv = self.site.inside(sys.executable, "-B", "-c", HELD, self.file, self.end, self.log)
        return self.site.start(harness.Process, argv, self.site.folder / "held.out")

    def lines(self):
        return self.log.read_text().split() if self.log.exists() else []

    def child(self):
        """The process that has changed it."""
        return int(wait_for("the setting is changed", self.lines)[0])

    def check_all_is_as_before(self, child):
        wait_for("the child has ended", lambda: has_ended(child))
        check_equal(self.file.read_text(), "before", "the setting is as before")
        left = glob.glob(f"/run/netns/tcx-{child}-*") + glob.glob(f"{self.site.folder}/tcx-lab-host-*")
        check(not left, "and nothing is left behind", left)


def has_ended(pid):
    """Also if nobody has asked how."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def held(site):
    site.environment["TMPDIR"] = str(site.folder)
    return Held(site)


def ends(site):
    """The experiments end: their exit status is what is given."""
    setting = held(site)
    parent = setting.start()
    child = setting.child()
    check_equal(setting.file.read_text(), "changed", "it is changed meanwhile")
    setting.end.write_text("")
    check_equal(parent.wait(), 3, "the exit status")
    setting.check_all_is_as_before(child)


def child_is_killed(site):
    """SIGKILL to the child, which can put nothing back."""
    setting = held(site)
    parent = setting.start()
    child = setting.child()
    os.kill(child, signal.SIGKILL)
    check(parent.wait() != 0, "it is no success", parent.output.read_text())
    setting.check_all_is_as_before(child)


def parent_is_ended(site):
    """SIGTERM to the parent."""
    setting = held(site)
    parent = setting.start()
    child = setting.child()
    check_equal(parent.end(), 128 + signal.SIGTERM, "the exit status")
    setting.check_all_is_as_before(child)


def parent_is_killed(site):
    """SIGKILL to the parent: the child ends, and puts back what it changed."""
    setting = held(site)
    parent = setting.start()
    child = setting.child()
    parent.kill()
    setting.check_all_is_as_before(child)


def in_turn(site):
    """Several at once: one after the other has the setting."""
    setting = held(site)
    setting.end.write_text("")
    for parent in [setting.start() for _ in range(4)]:
        check_equal(parent.wait(), 3, "the exit status")
    lines = setting.lines()
    in_pairs = len(lines) == 8 and lines[1::2] == ["end"] * 4 and "end" not in lines[0::2]
    check(in_pairs, "each began when the one before had ended", lines)
    setting.check_all_is_as_before(lines[0])


def elsewhere(site):
    """The lab says where it can change settings, and where it cannot."""
    done = site.run(sys.executable, "-B", paths.HERE / "lab", "host", "all")
    check(done.returncode == 1 and "needs the host's first network namespace" in done.stderr, "not in another namespace", done)


if __name__ == "__main__":
    harness.main(ends, child_is_killed, parent_is_ended, parent_is_killed, in_turn, elsewhere)
