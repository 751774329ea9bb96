#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The unit as it ships, in a systemd that boots: the file system of this host with a layer of memory over it, in namespaces of
its own, and a network that leads nowhere.
"""

import pathlib
import re
import shutil
import subprocess
import sys

import harness
import test_rights
from harness import AGENT, BUILD, MIB2, OBJECTS, SOURCE, Failure, Skip, check, check_equal, parse_answer, wait_for

SYSTEMD = pathlib.Path("/lib/systemd/systemd")
UNIT = BUILD / "etc/tcpextd.service"
NAMESPACES = SOURCE / "etc/tcpextd.service.d/namespaces.conf"
MASTER = SOURCE / "etc/tcpextd.service.d/master.conf"
EXPOSURE = 2.5
BOOT = """\
set -eu
work=$1 snmpd=$2
mount -t tmpfs tmpfs "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
mount -t proc proc "$root/proc"
mount -o bind,ro "$root/proc/sys" "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    : >"$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root/before" "$root/etc/tcpextd-test"
cp -L "$snmpd" "$root/etc/tcpextd-test/snmpd"
cp -a "$3/." "$root/"
grep -q '^Debian-snmp:' "$root/etc/group" || echo 'Debian-snmp:x:29999:' >>"$root/etc/group"
grep -q '^Debian-snmp:' "$root/etc/passwd" || echo 'Debian-snmp:x:29999:29999::/:/usr/sbin/nologin' >>"$root/etc/passwd"
cd "$root"
pivot_root . before
umount -l /before
mount --make-rshared /
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal --unit=sysinit.target </dev/null
"""
SNMPD_UNIT = """\
[Service]
ExecStart=/etc/tcpextd-test/snmpd -f -Lo -C -c /etc/tcpextd-test/snmpd.conf unix:/run/snmp
"""
SNMPD_CONF = harness.SNMPD_CONF.format(master="/var/agentx/master") + harness.ALL + "agentXPerms 0660 0755 Debian-snmp Debian-snmp\n"
AGENT_PATH = re.search(r"^ExecStart=(\S+)", UNIT.read_text(), re.M).group(1) if UNIT.exists() else None
OTHER_UNIT = "[Service]\nPrivateNetwork=yes\nExecStart=/bin/sleep infinity\n"
FREE_UNIT = f"[Service]\nType=notify\nExecStart={AGENT_PATH} -f\nEnvironment=SNMPCONFPATH=/etc/tcpextd-test\n"
# It waits for snmpd for a second, and so may be silent for four.
CONF = "agentXTimeout 1\nagentXRetries 0\nagentXPingInterval 2\nrefreshInterval 0.5\n"
DROP_IN = "[Service]\nEnvironment=SNMPCONFPATH=/etc/tcpextd-test\nRestartSec=0.1\n"
ADDRESS = "unix:/run/snmp"
SERVED = (*(f"{MIB2}.{group}" for group in range(2, 8)), OBJECTS)


class Booted:
    """A systemd that runs, until the block ends."""

    def __init__(self, folder):
        files = folder / "files"
        for name, text in (("etc/systemd/system/snmpd.service", SNMPD_UNIT), ("etc/systemd/system/free.service", FREE_UNIT),
                           ("etc/systemd/system/other.service", OTHER_UNIT), ("etc/tcpextd-test/namespaces.conf", NAMESPACES.read_text()),
                           ("etc/tcpextd-test/master.conf", MASTER.read_text()),
                           ("etc/tcpextd-test/snmpd.conf", SNMPD_CONF),
                           ("etc/tcpextd-test/tcpextd.conf", CONF), ("etc/systemd/system/tcpextd.service.d/test.conf", DROP_IN),
                           ("etc/systemd/system/tcpextd.service", UNIT.read_text()),
                           ("usr/lib/tmpfiles.d/tcpextd.conf", (SOURCE / "etc/tmpfiles.d/tcpextd.conf").read_text())):
            (files / name).parent.mkdir(parents=True, exist_ok=True)
            (files / name).write_text(text)
        agent = files / AGENT_PATH.lstrip("/")
        agent.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(AGENT, agent)
        (folder / "root").mkdir()
        self.log = folder / "boot.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child", "--propagation", "private",
                 "sh", "-c", BOOT, "sh", folder / "root", shutil.which("snmpd"), files],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=harness.die_with_parent)

    def __enter__(self):
        try:
            wait_for(lambda: f"systemd is up: {self.log.read_text()[-2000:]}",
                     lambda: self.process.poll() is not None or self.is_up())
            if self.process.poll() is not None:
                raise Skip(f"systemd does not boot here: {self.log.read_text()[-300:]}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def is_up(self):
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, *argv):
        """Runs a program in there to its end."""
        try:
            first = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0]
        except (IndexError, FileNotFoundError):
            return subprocess.CompletedProcess(argv, 1, "", "nothing runs there")
        return subprocess.run(["nsenter", "-t", first, "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "/usr/bin/env", "-i", "HOME=/root",
                               "MIBS=", "SNMPCONFPATH=/etc/tcpextd-test", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *argv],
                              capture_output=True, text=True, timeout=harness.DEADLINE)

    def systemctl(self, *argv):
        done = self.run("systemctl", *argv)
        if not check_equal((done.returncode, done.stderr), (0, ""), f"systemctl {' '.join(argv)}"):
            raise Failure("\n".join(self.journal()[-20:]))

    def show(self, name, unit="tcpextd"):
        return self.run("systemctl", "show", "-P", name, unit).stdout.strip()

    def journal(self):
        return self.run("journalctl", "-u", "tcpextd", "-u", "free", "-o", "cat", "--no-pager").stdout.splitlines()

    def threads(self):
        """The capabilities of each thread of the agent, of the first one first."""
        pid = self.show("MainPID")
        done = self.run("sh", "-c", f"cd /proc/{pid}/task && cat {pid}/status && for task in [0-9]*; do [ $task = {pid} ] || cat $task/status; done")
        return [test_rights.rights(status) for status in re.split("^(?=Name:)", done.stdout, flags=re.M)[1:]]

    def walk(self):
        """The OIDs that are served."""
        found = set()
        for oid in SERVED:
            done = self.run("snmpbulkwalk", "-v2c", "-cpublic", "-t10", "-On", "-Oe", "-OU", "-Cc", ADDRESS, oid)
            found |= {name for name, _ in parse_answer(done.stdout)}
        return found

    def walk_all(self):
        """The same once there are no more of them, as all tables have been read."""
        before = set()

        def again():
            nonlocal before
            before, last = self.walk(), before
            return before == last and before
        return wait_for("two walks find the same", again)


def starts(system):
    """The start, of snmpd with it, ends when the agent is ready; then it connects."""
    system.systemctl("start", "tcpextd")
    check_equal((system.show("ActiveState"), system.show("SubState")), ("active", "running"), "it is active")
    check("; reads: " in system.show("StatusText"), "systemctl status tells what it reads", system.show("StatusText"))
    wait_for(lambda: f"it is connected: {system.show('StatusText')}", lambda: system.show("StatusText").startswith("connected to snmpd; "))
    check_equal(system.run("stat", "-c", "%a", "/var/agentx").stdout, "755\n", "who may connect can pass through the folder of the socket")


def whole(system):
    """Under all restrictions it serves what it serves as root without any."""
    confined = system.walk_all()
    files = re.search(r"reads: \d+ of \d+ files, \d+ counters", system.show("StatusText")).group()
    check_equal([line for line in system.journal() if re.search("cannot|denied|refuse|not permitted", line)], [], "it has nothing to complain of")
    system.systemctl("stop", "tcpextd")
    system.systemctl("start", "free")
    wait_for("the other one is connected", lambda: system.show("StatusText", "free").startswith("connected"))
    free = system.walk_all()
    check_equal(sorted(confined ^ free), [], f"the same {len(free)} instances")
    check_equal(re.search(r"reads: \d+ of \d+ files, \d+ counters", system.show("StatusText", "free")).group(), files, "and files")
    system.systemctl("stop", "free")
    system.systemctl("start", "tcpextd")


def reloads(system):
    """A reload is one that systemd sees the end of."""
    before = system.show("MainPID")
    system.systemctl("reload", "tcpextd")
    wait_for("the configuration is read again", lambda: "configuration read again" in system.journal())
    wait_for("the reload has ended", lambda: system.show("ActiveState") == "active")
    check_equal(system.show("MainPID"), before, "by the same process")


def outlives(system):
    """A restart of snmpd ends nothing."""
    before = system.show("MainPID")
    system.systemctl("stop", "snmpd")
    wait_for("the agent knows", lambda: system.show("StatusText").startswith("waits for snmpd"))
    system.systemctl("start", "snmpd")
    wait_for("it is connected again", lambda: system.show("StatusText").startswith("connected"))
    check_equal(system.show("MainPID"), before, "it is the same process")


def enters(system):
    """With the drop-in for namespaces the threads that read may enter others, under all other restrictions, and serve all of them."""
    system.systemctl("start", "other")
    process = system.show("MainPID", "other")
    system.run("nsenter", "-t", process, "-n", "ip", "link", "add", "far0", "type", "veth", "peer", "name", "far1")
    system.run("sh", "-c", f"echo 'procRoot /proc/{process}' >>/etc/tcpextd-test/tcpextd.conf")
    system.systemctl("restart", "tcpextd")
    wait_for("without it the log says so", lambda: any("no table is registered" in line for line in system.journal()))
    system.run("cp", "/etc/tcpextd-test/namespaces.conf", "/etc/systemd/system/tcpextd.service.d/namespaces.conf")
    system.systemctl("daemon-reload")
    lines = len(system.journal())
    system.systemctl("restart", "tcpextd")
    wait_for("it is connected", lambda: system.show("StatusText").startswith("connected"))
    # Until all is registered there is snmpd's own table, of its namespace.
    def interfaces():
        found = system.run("snmpbulkwalk", "-v2c", "-cpublic", "-t10", "-Oqv", ADDRESS, f"{MIB2}.2.2.1.2").stdout
        return sorted(name.strip('"') for name in found.split())
    wait_for(lambda: f"interfaces are those of the other namespace: {interfaces()}", lambda: interfaces() == ["far0", "far1", "lo"])
    both = test_rights.SYS_PTRACE | test_rights.SYS_ADMIN
    found = system.threads()
    check_equal(found.pop(0), (0, 0, 0, both, 0), "the first thread has no capability")
    check_equal(set(found), {(0, both, both, both, 0)}, f"the other {len(found)} have two")
    check_equal([line for line in system.journal()[lines:] if re.search("cannot|denied|refuse|not permitted", line)], [], "it has nothing to complain of")
    system.run("rm", "/etc/systemd/system/tcpextd.service.d/namespaces.conf")
    system.run("sed", "-i", "/^procRoot/d", "/etc/tcpextd-test/tcpextd.conf")
    system.systemctl("daemon-reload")
    system.systemctl("restart", "tcpextd")
    check_equal(set(system.threads()), {test_rights.NONE}, "without it none has any")


ENGINE, BOOTS = "1.3.6.1.6.3.10.2.1.1.0", "1.3.6.1.6.3.10.2.1.2.0"


def serves(system):
    """With the drop-in for --master it serves managers itself, at a port below 1024 and without root, and counts its starts."""
    def get(*oids):
        return [value.value for _, value in parse_answer(system.run("snmpget", "-v2c", "-cnobody", "-t1", "-r0", "-On", "-OU", "udp:127.0.0.1:161", *oids).stdout)]

    system.run("ip", "link", "set", "lo", "up")
    system.run("sh", "-c", "mv /etc/systemd/system/snmpd.service /lib/systemd/system && systemctl daemon-reload && systemctl mask --now snmpd")
    system.run("sh", "-c", "echo 'rocommunity nobody 127.0.0.1' >>/etc/tcpextd-test/tcpextd.conf")
    system.run("cp", "/etc/tcpextd-test/master.conf", "/etc/systemd/system/tcpextd.service.d/master.conf")
    system.systemctl("daemon-reload")
    lines = len(system.journal())
    system.systemctl("restart", "tcpextd")
    first = get(ENGINE, BOOTS)
    check_equal(first[1:], [1], "it answers: its first start")
    check_equal(set(system.threads()), {test_rights.NONE[:3] + (test_rights.NET_BIND_SERVICE, 0)}, "no thread has a capability any more")
    before = system.show("MainPID")
    system.run("kill", "-KILL", before)
    wait_for("systemd has started another one", lambda: system.show("MainPID") not in (before, "0") and system.show("ActiveState") == "active")
    check_equal(get(ENGINE, BOOTS), [first[0], 2], "after kill -9 the same engine, one start more")
    check_equal(system.run("stat", "-c", "%U", "/var/lib/tcpextd/tcpextd-master.conf").stdout.strip(), system.show("User"), "its state is the user's")
    check_equal([line for line in system.journal()[lines:] if re.search("cannot|denied|refuse|not permitted", line)], [], "it has nothing to complain of")
    system.run("rm", "/etc/systemd/system/tcpextd.service.d/master.conf")
    check_equal(system.show("ActiveState", "snmpd"), "inactive", "a masked snmpd is not started with it")
    system.run("systemctl", "unmask", "snmpd")
    system.run("sed", "-i", "/^rocommunity/d", "/etc/tcpextd-test/tcpextd.conf")
    system.systemctl("daemon-reload")
    system.systemctl("restart", "tcpextd")


def stands_still(system):
    """A loop that stands still is ended and started again; here after four seconds, as nobody wants to wait for a minute."""
    system.run("sh", "-c", "printf '[Service]\nWatchdogSec=2\n' >/etc/systemd/system/tcpextd.service.d/watchdog.conf")
    system.systemctl("daemon-reload")
    system.systemctl("restart", "tcpextd")
    before = system.show("MainPID")
    system.run("kill", "-STOP", before)
    wait_for("systemd has started another one", lambda: system.show("MainPID") not in (before, "0") and system.show("ActiveState") == "active")
    check(system.show("NRestarts") != "0", "of its own accord")
    wait_for("for that reason", lambda: any("Watchdog timeout" in line for line in system.journal()))
    wait_for("it is connected", lambda: system.show("StatusText").startswith("connected"))


def stops(system):
    """A stop ends it well, and takes its pid file along."""
    check_equal(system.run("cat", "/run/tcpextd/pid").stdout.strip(), system.show("MainPID"), "the pid file has the number of the process")
    system.systemctl("stop", "tcpextd")
    check_equal((system.show("ActiveState"), system.show("Result")), ("inactive", "success"), "it ended well")
    check(system.run("test", "-e", "/run/tcpextd").returncode != 0, "the folder of the pid file is gone")


def booted(site):
    """A systemd boots; in it the unit starts, serves, reloads, outlives snmpd, is watched, and stops."""
    with Booted(site.folder) as system:
        for case in (starts, whole, reloads, outlives, enters, serves, stands_still, stops):
            print(f"  {case.__name__}: {case.__doc__}", flush=True)
            case(system)


def exposure(site):
    """What `systemd-analyze security' counts against the unit, and against it with each drop-in, is little, and explained there."""
    unit = site.folder / "tcpextd.service"
    unit.write_text(UNIT.read_text())
    for drop_in in None, NAMESPACES, MASTER:
        what = f"the unit with {drop_in.name}" if drop_in else "the unit"
        explained = UNIT.read_text() + (drop_in.read_text() if drop_in else "")
        shutil.rmtree(site.folder / "tcpextd.service.d", ignore_errors=True)
        if drop_in:
            site.write(f"tcpextd.service.d/{drop_in.name}", drop_in.read_text())
        done = site.run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit)
        if done.returncode != 0:
            raise Skip(f"needs systemd-analyze security --offline (systemd 250): {done.stderr.strip()}")
        overall = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)[1])
        check(overall <= EXPOSURE, f"{what}: {overall}")
        for name in re.findall(r"^(?:✗|-) (\S+)", done.stdout, re.M):
            word = re.search(r"(?:.*~(?=@|CAP_|AF_))?([@\w]+)", name)[1]
            check(re.search(rf"^#   {re.escape(word)} +\S", explained, re.M), f"{what}: {name} is explained")


def missing():
    if not SYSTEMD.exists():
        return "needs systemd"
    if not UNIT.exists():
        return f"needs {UNIT}, which make builds"
    if re.search(rb"__[at]san_init", AGENT.read_bytes()):
        return "a sanitizer needs more than the unit allows"
    return None


if __name__ == "__main__":
    if missing():
        print(f"skipped: {missing()}")
        sys.exit(77)
    harness.main(exposure, booted)
