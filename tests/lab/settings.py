# SPDX-License-Identifier: BSD-2-Clause
"""Who may change settings of the whole host.

A parent holds the lock of this machine, notes the settings, and lets a child run the experiments, which put back what they
change. When the child has ended, however that was, the parent puts all back once more, and removes what is left of the child.
If it is the parent that is killed, the child ends, too, and puts back what it has changed.
"""

import contextlib
import ctypes
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback

import harness

LOCK = "\0tcpextd-lab-host"  # an address that is no file: it is free again when nobody has it any more
PATIENCE = 3600  # seconds that another lab may have the lock
PR_SET_PDEATHSIG = 1


def path_of(name):
    """Of a setting, such as net.ipv4.tcp_mem."""
    return pathlib.Path("/proc/sys") / name.replace(".", "/")


@contextlib.contextmanager
def locked():
    """Nobody else on this machine has the lock meanwhile."""
    with socket.socket(socket.AF_UNIX) as lock:
        harness.wait_for("the lock of the host's settings is free", lambda: is_ours(lock), PATIENCE, 0.2)
        yield


def is_ours(lock):
    with contextlib.suppress(OSError):
        lock.bind(LOCK)
        return True
    return False


def guarded(paths, body):
    """Runs body in a child, and gives its exit status. These files, which body is told, hold again what they held when it has
    ended.
    """
    with locked(), tempfile.TemporaryDirectory(prefix="tcx-lab-host-") as folder:
        before = {path: path.read_text() for path in paths}
        try:
            status = run_child(lambda: body(before), folder)
        finally:
            with harness.blocked_signals():
                failed = put_back(before)
        return 1 if failed else status


def put_back(before):
    """The number of those that cannot be."""
    failed = 0
    for path, text in before.items():
        try:
            if path.read_text() != text:
                path.write_text(text)
        except OSError as error:  # the others have to be put back all the same
            print(f"{path} cannot be put back to '{text.strip()}': {error}", file=sys.stderr)
            failed += 1
    return failed


def run_child(body, folder):
    parent, child = os.getpid(), os.fork()
    if child == 0:
        os._exit(be_child(body, folder, parent))
    try:
        _, status = os.waitpid(child, 0)
    except BaseException:
        end_child(child)
        raise
    finally:
        remove_namespaces(child)
    return os.waitstatus_to_exitcode(status)


def be_child(body, folder, parent):
    """The exit status."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    tempfile.tempdir = folder
    try:
        return body() if os.getppid() == parent else 1
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        if os.getppid() != parent:  # who would have removed it
            shutil.rmtree(folder, ignore_errors=True)
        sys.stdout.flush()


def end_child(child):
    """It has as long to end as a condition may take."""
    os.kill(child, signal.SIGTERM)
    try:
        harness.wait_for("the child ends", lambda: os.waitpid(child, os.WNOHANG)[0])
    except harness.Failure:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def remove_namespaces(child):
    """There are some when it was killed; its programs have ended with it."""
    for path in glob.glob(f"/run/netns/tcx-{child}-*"):
        subprocess.run(["ip", "netns", "del", os.path.basename(path)])
