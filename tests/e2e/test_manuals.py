#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands that README and the manuals show, as they stand there, on a host that is set up as README says.

tests/lib/commands.txt has them, and what each has to print. The host is a network namespace, with a /etc, /run, /var and so on of
its own, in which a shell takes one command after the other, as it does from somebody who reads the manuals.
"""

import contextlib
import os
import re
import shutil
import subprocess

import harness
import test_tables as tables
import trapd
from harness import BUILD, SOURCE, Failure, Process, check, die_with_parent, main, skip, wait_for

CONF_PAGE = (SOURCE / "man/tcpextd.conf.5").read_text()

LIST = SOURCE / "tests/lib/commands.txt"
USER = "Debian-snmp"
ADDRESS = "192.0.2.1"
HTTPS = ADDRESS, 443
NO_PORTS = 3  # UdpNoPorts in the namespace blue
OPTIONAL = {"ethtool": lambda: shutil.which("ethtool"), "./configure": (SOURCE / "configure").exists,
            "ip mptcp": lambda: os.path.isdir("/proc/sys/net/mptcp")}


def shown(section, first):
    """The lines of the display in this section of tcpextd.conf(5) that begins so, as a reader sees them."""
    text = CONF_PAGE.partition(f"\n.SH {section}\n")[2].partition("\n.SH ")[0].replace("\\-", "-")
    return re.search(rf"^\.nf\n({re.escape(first)} .*?\n)\.fi$", text, re.DOTALL | re.MULTILINE)[1]


# As Debian has it, with what README adds for managers that are elsewhere.
SNMPD_CONF = f"""\
agentaddress 127.0.0.1,[::1]
view systemonly included .1.3.6.1.2.1.1
view systemonly included .1.3.6.1.2.1.25.1
rocommunity public default -V systemonly
rocommunity6 public default -V systemonly
master agentx
includeDir /etc/snmp/snmpd.conf.d
agentaddress {ADDRESS}
"""
FILES = {
    "etc/snmp/snmpd.conf": SNMPD_CONF,
    "etc/snmp/snmp.conf": "mibs :\n",
    "etc/snmp/blue.conf": "master agentx\nrocommunity public\n",
    "etc/snmp/snmpd.conf.d/tcpextd.conf": (SOURCE / "etc/snmpd.conf.d/tcpextd.conf").read_text(),
    "etc/snmp/snmpd.conf.d/contexts.conf": "".join(shown("CONTEXTS", first) for first in ("view everything", "com2sec", "view namespaces")),
    "etc/snmp/tcpextd.conf": (SOURCE / "etc/tcpextd.conf").read_text() + shown("CONTEXTS", "namespace"),
    "etc/fleet": f"{ADDRESS}\n",
    "home/.snmp/snmp.conf": "defVersion 2c\ndefCommunity public\n",
}

CLIENTS = f"""
import collections, socket, time
held = collections.deque(maxlen=20)
while True:
    held.append(socket.socket())
    held[-1].setblocking(False)
    held[-1].connect_ex({HTTPS})
    time.sleep(0.2)
"""

# What is below the folder $0 takes the place of what the machine has. Of what is shadowed all else is still there.
MOUNT = """
root=$0
shadow() {
    mkdir -p "$root$1"
    for path in "$1"/*; do
        if [ -L "$path" ]; then cp -P "$path" "$root$1"
        elif [ -d "$path" ]; then mkdir "$root$path"; mount --rbind "$path" "$root$path"
        fi
    done
    mount --rbind "$root$1" "$1"
}
set -e
for folder in /etc /run /usr/share/snmp/mibs; do mount --bind "$root$folder" "$folder"; done
shadow /var
shadow /usr/local/lib
set +e
"""

# What the views of CONTEXTS keep from others, and what is said to them.
REFUSED = (("snmpget -v2c -c guests-of-the-table localhost udpNoPorts.0", "No Such Object"),
           ("snmpget -v2c -c guests-of-the-table localhost LINUX-TCPEXT-MIB::snapshotAge.0", "No Such Object"),
           ("snmpget -v3 -l authPriv -u blueteam -a SHA -A password-of-theirs -x AES -X another-of-theirs -n green localhost udpNoPorts.0",
            "authorizationError"),
           ("snmpget -v3 -l authPriv -u blueteam -a SHA -A password-of-theirs -x AES -X another-of-theirs localhost udpNoPorts.0",
            "authorizationError"))
ALLOWED = ("snmpget -v3 -l authPriv -u blueteam -a SHA -A password-of-theirs -x AES -X another-of-theirs -n blue localhost udpNoPorts.0",
           f"Counter32: {NO_PORTS}")

# snmpd has run before: the folder of its socket is there, for root alone. Blue is idle, but for three datagrams to nobody.
PREPARE = f"""
mkdir -m 0700 /var/agentx
ln -s "$root/erlang-snmp" /usr/local/lib/
ip address add {ADDRESS}/32 dev lo
ip link add eth0 type veth peer name eth1
ip netns add blue
ip netns add green
ip -n blue link set lo up
ip netns exec blue python3 -c "import socket
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range({NO_PORTS}): one.sendto(b'', ('127.0.0.1', 9))"
snmpd -LF w /run/snmpd.log -u {USER} -g {USER} -I -smux,mteTrigger,mteTriggerConf -p /run/snmpd.pid
"""


def rows():
    """Of the list: the kind, the command, and the expressions for what it prints; of those that are run here, in their order."""
    found = []
    for line in LIST.read_text(encoding="ascii").splitlines():
        if line.startswith("    "):
            found[-1][2].append(line[4:])
        elif line and not line.startswith("#"):
            kind, _, command = line.partition(" ")
            found.append((kind, command, []))
    return [row for row in found if row[0] in ("here", "stays")]


# --- The host -----------------------------------------------------------------------------------------------------------------

def write_files(site):
    shutil.copytree("/etc", site.folder / "etc", symlinks=True, ignore=lambda *_: ("snmp",))
    for name, text in FILES.items():
        site.write(name, text)
    add_user(site)
    for name in ("run", "sbin", "persist"):
        (site.folder / name).mkdir()
    for program in (harness.AGENT, BUILD / "snmpnstat"):
        (site.folder / "sbin" / program.name).symlink_to(program)
    (site.folder / "persist").chmod(0o777)
    copy_mibs(site)


def add_user(site):
    """As snmpd's package does it, if it is not there."""
    for name, line in (("passwd", f"{USER}:x:4161:4161::/var/lib/snmp:/usr/sbin/nologin\n"), ("group", f"{USER}:x:4161:\n")):
        with open(site.folder / "etc" / name, "r+", encoding="utf-8") as file:
            if f"\n{USER}:" not in file.read():
                file.write(line)


def copy_mibs(site):
    """Ours as it is installed, and the base MIBs as README unpacks them."""
    own, base = site.folder / "usr/share/snmp/mibs", site.folder / "erlang-snmp/usr/lib/erlang/lib/snmp-5/mibs"
    shutil.copytree(BUILD / "mibs/installed", own)
    for folder in dict.fromkeys(trapd.base_mibs().split(":")):
        if os.path.isdir(folder):
            shutil.copytree(folder, base, dirs_exist_ok=True)


class Shell:
    """What is started in it ends with it."""

    def __init__(self, site):
        self.output = site.folder / "shell.out"
        self.count = 0
        environment = {name: value for name, value in site.environment.items() if name not in ("MIBS", "MIBDIRS", "SNMPCONFPATH")}
        environment.update(PATH=f"{site.folder}/sbin:{harness.PATH}", HOME=str(site.folder / "home"))
        argv = site.inside("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", f"{MOUNT}{PREPARE}exec sh",
                           site.folder)
        with open(self.output, "wb") as sink:
            self.popen = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=sink, stderr=sink, cwd=SOURCE, env=environment,
                                          preexec_fn=die_with_parent)
        site.processes.append(self)

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def said(self):
        return self.output.read_text(errors="replace")

    def run(self, command):
        """Its exit status, and what it says."""
        self.count += 1
        begin, end = f"begin-{self.count}", f"end-{self.count}"
        self.popen.stdin.write(f"echo {begin}\n{command}\nprintf '\\n{end} %s\\n' $?\n".encode())
        self.popen.stdin.flush()
        found = wait_for(lambda: f"`{command}' ends; it says {self.said()[-2000:]}",
                         lambda: re.search(rf"^{begin}\n(.*?)\n?^{end} (\d+)$", self.said(), re.DOTALL | re.MULTILINE))
        return int(found[2]), found[1]


@contextlib.contextmanager
def crowd(site):
    """A listener that nobody accepts from, and ever more clients than its queue holds, so that it goes on losing."""
    with contextlib.ExitStack() as stack:
        tables.listener(site, stack, HTTPS, backlog=0)
        site.start(Process, site.inside("python3", "-c", CLIENTS), site.folder / "clients.out")
        yield


# --- The commands -------------------------------------------------------------------------------------------------------------

def missing(expressions, text):
    return [one for one in expressions if not re.search(one, text, re.MULTILINE)]


def runs(shell, command, expressions):
    """Until it is so: an agent that has just been started is not served yet."""
    last = [0, ""]

    def is_so():
        last[:] = shell.run(command)
        return last[0] == 0 and not missing(expressions, last[1])

    with contextlib.suppress(Failure):
        wait_for(command, is_so, pause=0.3)
    lacks = missing(expressions, last[1])
    check(last[0] == 0 and not lacks, command, f"ends with {last[0]}, lacks {lacks}, says {last[1][-1500:]}")


def stays(shell, command, expressions):
    log = shell.run("mktemp /run/XXXXXX")[1].strip()
    shell.run(f"{command} >{log} 2>&1 &")

    def is_so():
        return not missing(expressions, shell.run(f"cat {log}")[1])

    with contextlib.suppress(Failure):
        wait_for(command, is_so, pause=0.3)
    check(is_so(), command, shell.run(f"cat {log}")[1][-1500:])
    shell.run("kill $!; wait $!")


def refuses(shell):
    """Others than those that CONTEXTS lets in, or what they are not to see."""
    for command, answer in (ALLOWED, *REFUSED):
        said = shell.run(command)[1]
        check(answer in said, f"{command}: {answer}", said[-500:])


def lacking(command):
    """The program without which it cannot run, if that is one that a machine need not have."""
    return next((begin for begin, is_there in OPTIONAL.items() if command.startswith(f"{begin} ") and not is_there()), None)


def commands(site):
    """Each command of the manuals does what they say, in the order of tests/lib/commands.txt."""
    write_files(site)
    shell = Shell(site)
    shell.run(":")
    with crowd(site):
        for kind, command, expressions in rows():
            if lacking(command):
                skip(f"{command}: there is no {lacking(command)} here")
            else:
                {"here": runs, "stays": stays}[kind](shell, command, expressions)
        refuses(shell)


if __name__ == "__main__":
    main(commands)
