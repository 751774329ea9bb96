#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Containers of podman and systemd-nspawn: each is a row of namespaceTable with its name, and a context with its own counters.

A container has one program, which waits, and no image: no registry is asked.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import harness  # noqa: E402
import test_namespaces as named  # noqa: E402
import test_processes as of  # noqa: E402
import test_services as services  # noqa: E402
from harness import Skip, check, check_equal, wait_for  # noqa: E402

PROGRAM = "#include <unistd.h>\nint main(void)\n{\n\tfor (;;)\n\t\tpause();\n}\n"
NAME = "tcx-runtimes"  # of the program, as it is looked for
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")  # no more than we have


def make_root(site, name):
    """A folder with what podman and systemd-nspawn want of a system, and the program."""
    root = site.folder / name
    for folder in ("bin", "dev", "etc", "proc", "run", "sys", "tmp", "usr", "var"):
        (root / folder).mkdir(parents=True)
    for file in ("etc/os-release", "etc/machine-id"):
        (root / file).touch()
    source = site.write(f"{name}.c", PROGRAM)
    subprocess.run([os.environ.get("CC", "cc").split()[-1], "-static", "-o", root / "bin" / NAME, source], check=True)
    return root


class Podman:
    """One whose containers and images are all in the site's folder."""

    def __init__(self, site):
        if not shutil.which("podman") or not shutil.which("runc"):
            raise Skip("needs podman and runc")
        self.root = make_root(site, "podman")
        self.words = ("podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs", "--storage-driver", "vfs", "--root", site.folder / "storage",
                      "--runroot", site.folder / "run", "--tmpdir", site.folder / "tmp")
        self.names = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in reversed(self.names):  # one that another's namespace is in goes last
            self.run("rm", "-f", "-t0", name)
        for parent in pathlib.Path("/sys/fs/cgroup").glob("*/libpod_parent"):
            for folder, _, _ in os.walk(parent, topdown=False):
                with contextlib.suppress(OSError):  # another's container is in it
                    os.rmdir(folder)

    def run(self, *words):
        return subprocess.run([*self.words, *words], capture_output=True, text=True, timeout=2 * harness.DEADLINE)

    def start(self, name, network="none"):
        """The number of its process, and what it is called by podman ps."""
        self.names.append(name)
        done = self.run("run", "-d", "--network", network, *LIMITS, "--name", name, "--rootfs", self.root, f"/bin/{NAME}")
        if done.returncode != 0:
            raise Skip(f"podman starts no container here: {done.stderr.strip()[-300:]}")
        return self.see(name)

    def see(self, name):
        pid, identity = self.run("inspect", "-f", "{{.State.Pid}} {{.Id}}", name).stdout.split()
        return int(pid), identity[:12]


class Process:
    """Somebody else's."""

    def __init__(self, pid):
        self.pid = pid


def by_podman(site):
    """Two containers, and a third in the namespace of the second; one is stopped and started, all are removed."""
    site.snmpd(more=named.access("c1", "c2"))
    agent = site.agent(f"namespacePid {NAME}\n")
    with Podman(site) as podman:
        started = {name: podman.start(name) for name in ("db", "web")}
        processes = {name: Process(pid) for name, (pid, _) in started.items()}
        found = of.must_have(site, {of.inode(process) for process in processes.values()})
        for name, process in processes.items():
            row = found[of.inode(process)]
            check_equal((row["name"], row["kind"]), (started[name][1], of.PODMAN), f"{name} is called as podman ps does it")
        for count, process in enumerate(processes.values(), 5):
            of.send(process, count)
            named.shows(site, found[of.inode(process)]["context"], count)
        podman.start("sidecar", "container:db")
        shared = of.inode(processes["db"])
        wait_for("two processes are in the namespace of db", lambda: of.row_of(site, shared)["processes"] == 2)
        check_equal(len(of.rows(site)), 2, "and there is no third row")
        context = found[of.inode(processes["web"])]["context"]
        podman.run("stop", "-t0", "web")
        of.must_have(site, {shared})
        podman.run("start", "web")
        again = Process(podman.see("web")[0])
        row = of.must_have(site, {shared, of.inode(again)})[of.inode(again)]
        check_equal((row["name"], row["context"]), (started["web"][1], context), "web is back, in the context that was free")
        named.shows(site, context, 0)
    of.must_have(site, set())
    check(agent.alive() and agent.end() == 0, "the agent ends well")


def by_nspawn(site):
    """systemd-nspawn in the control group of its unit, below which it makes one of its own."""
    if not shutil.which("systemd-nspawn"):
        raise Skip("needs systemd-nspawn")
    root = make_root(site, "nspawn")
    site.snmpd(more=named.access("c1"))
    agent = site.agent(f"namespacePid {NAME}\n")
    with services.Cgroups() as cgroups, contextlib.ExitStack() as stack:
        with cgroups.inside("machine.slice/systemd-nspawn@web.service"):
            words = ["systemd-nspawn", "-q", "-D", root, "--register=no", "--keep-unit", "--private-network", "-M", "web", f"/bin/{NAME}"]
            process = site.start(harness.Process, words, site.folder / "nspawn.out")
        stack.callback(process.kill)
        (inode, row), = wait_for(lambda: f"it has a row: {process.output.read_text()}", lambda: of.rows(site)).items()
        check_equal((row["name"], row["kind"], row["processes"]), ("web", of.NSPAWN, 1), "its row")
        named.shows(site, "c1", 0)
        process.end()
        of.must_have(site, set())
    check(agent.alive() and agent.end() == 0, "the agent ends well")


if __name__ == "__main__":
    harness.main(by_podman, by_nspawn)
