#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Configurations, environments and command lines that no operator would write: they are refused in few plain lines, or do nothing. At
SIGHUP nothing of them counts, and the agent goes on."""

import os
import random
import re
import signal
import socket
import subprocess

import harness
from harness import AGENT, INTERVAL, Value, check, check_equal, wait_for

CHANCE = random.Random(harness.SEED)
MANY = 1 << 20
MOST_LINES, LONGEST = 22, 2100
GOOD, BAD = True, False


def octets(count, of=range(256)):
    return bytes(CHANCE.choices(of, k=count))


# Whether it is a configuration, and what is in the file. {path}, {folder} and {fifo} are its own, its folder's and a FIFO's.
FILES = {
    "octets by chance": (BAD, octets(1 << 16)),
    "lines by chance": (BAD, octets(1 << 16, [*range(32, 127), 10, 10])),
    "a number of a million digits": (BAD, b"refreshInterval " + b"9" * MANY + b"\n"),
    "a word of a million letters": (BAD, b"x" * MANY),
    "a pattern of a million letters": (BAD, b"ignoreInterface " + b"y" * MANY + b"\n"),
    "a threshold's name of a million letters": (BAD, b"threshold " + b"z" * MANY + b" TcpCurrEstab value > 5\n"),
    "a path of a million letters": (BAD, b"procRoot /" + b"p" * MANY + b"\n"),
    "a comment of a million letters": (GOOD, b"#" + b"x" * MANY + b"\nrefreshInterval 2\n"),
    "a million spaces": (GOOD, b" " * MANY),
    "a million empty lines": (GOOD, b"\n" * MANY),
    "a NUL in a word": (BAD, b"refresh\0Interval 5\n"),
    "a NUL behind a value": (GOOD, b"refreshInterval 5\0\n"),
    "lines that end as those of DOS": (GOOD, b"refreshInterval 5\r\nmaxAge 20\r\n"),
    "lines that end as those of old Macs": (BAD, b"refreshInterval 5\rmaxAge 20\r"),
    "a mark of UTF-8": (BAD, b"\xef\xbb\xbfrefreshInterval 5\n"),
    "UTF-16": (BAD, "refreshInterval 5\n".encode("utf-16")),
    "10,000 unknown words": (BAD, b"nonsense 5\n" * 10000),
    "10,000 wrong values": (BAD, b"refreshInterval nan\n" * 10000),
    "20,000 patterns": (BAD, b"ignoreInterface a*\n" * 20000),
    "5,000 thresholds": (GOOD, b"".join(b"threshold t%d TcpCurrEstab value > 5\n" % i for i in range(5000))),
    "a pattern that takes long": (GOOD, b"ignoreInterface " + b"*a" * 400 + b"b\n"),
    "what a terminal obeys": (BAD, b"refreshInterval \x1b[31mred\x07\n\x1b]0;title\x07 5\n"),
    "formats": (BAD, b"refreshInterval %s%n%n%s\n%s%n 5\n"),
    "a quote that does not end": (BAD, b'procRoot "a b\nrefreshInterval 5\n'),
    "a backslash at the end": (BAD, b"refreshInterval 5\\"),
    "sections of others": (BAD, b"[snmpd]\nrocommunity public\n[\n[]\n[x"),
    "itself": (BAD, b"includeFile {path}\n"),
    "its own folder": (BAD, b"includeDir {folder}\n"),
    "a FIFO": (BAD, b"includeFile {fifo}\n"),
    "zeros without end": (BAD, b"includeFile /dev/zero\n"),
    "a folder as a file": (BAD, b"includeFile /\n"),
}


def make(site, text):
    folder = site.folder / "conf"
    folder.mkdir(exist_ok=True)
    if not (site.folder / "fifo").exists():
        os.mkfifo(site.folder / "fifo")
    if text.startswith(b"include"):
        for word, path in (("path", folder / "x.conf"), ("folder", folder), ("fifo", site.folder / "fifo")):
            text = text.replace(b"{%s}" % word.encode(), bytes(path))
    (folder / "x.conf").write_bytes(text)
    return folder / "x.conf"


def plain(lines):
    """They are few, and have nothing that a terminal obeys."""
    return 1 <= len(lines) <= MOST_LINES and not any(len(line) > LONGEST or re.search("[\x00-\x1f\x7f-\x9f]", line) for line in lines)


def print_by(site, *options, **environment):
    """Reads and prints once, as a start does, without a master."""
    return subprocess.run([AGENT, *options, "--print"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          timeout=2 * harness.DEADLINE, env={**site.environment, **environment})


def files(site):
    """Files, when it starts."""
    for what, (good, text) in FILES.items():
        done = print_by(site, "-C", "-c", make(site, text))
        lines = done.stderr.decode(errors="backslashreplace").splitlines()
        check(done.returncode == (0 if good else 1) and (lines == [] if good else plain(lines)), f"{what}: {'taken' if good else 'refused'}",
              (done.returncode, len(lines), [line[:200] for line in lines[:3]]))


def reloads(site):
    """The same at SIGHUP."""
    site.snmpd()
    agent = site.agent("refreshInterval 0.5\n")
    path, usual = site.folder / "tcpextd.conf", (site.folder / "tcpextd.conf").read_bytes()
    descriptors = agent.descriptors()
    refused = [(what, text) for what, (good, text) in FILES.items() if not good]
    for what, text in refused:
        before = len(agent.log())
        path.write_bytes(b"includeFile %b\n" % bytes(make(site, text)))
        agent.send(signal.SIGHUP)
        wait_for(lambda: f"{what}: it is refused; {agent.log()[before:]}", lambda: any("old configuration stays" in line for line in agent.log()[before:]))
        lines = agent.log()[before:]
        check(plain(lines), f"{what}: {len(lines)} lines", [line[:200] for line in lines[:3]])
    path.write_bytes(usual)
    agent.send(signal.SIGHUP)
    agent.wait_log("configuration read again")
    check_equal(site.get(INTERVAL), [Value("Gauge32", 500)], "the configuration is the old one")
    wait_for("no descriptor is left", lambda: agent.descriptors() <= descriptors)
    check_equal(agent.end(), 0, f"{len(refused)} of them: it has gone on, and ends as it should")


def no_files(site):
    """Things that are no file of text, as the file."""
    make(site, b"")
    (site.folder / "loop").symlink_to(site.folder / "loop")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(str(site.folder / "socket"))
        for path in (site.folder / "fifo", site.folder / "socket", site.folder / "loop", site.folder / "conf", "/dev/zero", "/dev/full", "/dev/random",
                     "/dev/tty", "a" * 5000):
            done = print_by(site, "-C", "-c", path)
            lines = done.stderr.decode().splitlines()
            check(done.returncode == 1 and len(lines) <= 2 and plain(lines), f"-c {str(path)[:60]!r} is refused", (done.returncode, lines))


# What is in the environment, and has nothing to say to a subagent.
ENVIRONMENTS = (
    {"MIBS": "ALL"}, {"MIBS": "+" + "X" * 100000}, {"MIBDIRS": "/dev"}, {"MIBDIRS": ":" * 50000},
    {"TZ": "../../../etc/passwd"}, {"TZ": "Z" * 100000}, {"TZ": ":/dev/null"}, {"TZ": "<+99>-99:99:99"}, {"TZ": "%n%s"},
    {"LC_ALL": "xx_YY.Z"}, {"LC_ALL": "../../x"}, {"LANG": "L" * 100000}, {"LANGUAGE": "\x01"},
    {"SNMP_PERSISTENT_DIR": "/proc"}, {"SNMP_PERSISTENT_FILE": "/dev/full"}, {"SNMPCONFPATH": "c" * 100000}, {"SNMPCONFPATH": "/dev:/proc:::"},
    {"HOME": "/dev/null"}, {"HOME": ""}, {"PATH": ""}, {"STATE_DIRECTORY": "/dev/null"}, {"NOTIFY_SOCKET": "/nowhere"},
    {"NOTIFY_SOCKET": "n" * 500}, {"WATCHDOG_USEC": "often"}, {"WATCHDOG_USEC": "1"}, {"LISTEN_FDS": "100000", "LISTEN_PID": "1"},
    {"LD_BIND_NOW": "1"}, {"LD_LIBRARY_PATH": "/nowhere"}, {"LD_PRELOAD": "/nowhere.so"}, {"MALLOC_PERTURB_": "165"}, {"=": "", "A" * 100000: "x"},
)


def environments(site):
    """An environment is nobody's command: it serves as it does without."""
    site.snmpd()
    conf = site.write("tcpextd.conf", harness.patience(""))
    usual = dict(site.environment)
    for environment in ENVIRONMENTS:
        what = ", ".join(f"{name[:20]}={value[:30]!r}" for name, value in environment.items())
        (site.folder / "tcpextd.log").unlink(missing_ok=True)
        done = subprocess.Popen(site.inside("env", *(f"{name}={value}" for name, value in environment.items() if name != "="), AGENT, "-f", "-C", "-c", conf,
                                            "-x", site.master, "-Lf", site.folder / "tcpextd.log"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                preexec_fn=harness.die_with_parent, env=usual)
        try:
            wait_for(f"{what}: it is served", lambda: done.poll() is not None or site.sequence())
            done.send_signal(signal.SIGTERM)
            lines = (site.folder / "tcpextd.log").read_text().splitlines()
            check(done.wait(harness.DEADLINE) == 0 and 2 <= len(lines) <= 3, f"{what}: it is served, and ends as it should", (done.returncode, lines))
        finally:
            done.kill()
            done.wait()


LINES = (["-c", "c" * 100000], ["-L", "f" + "f" * 10000], ["w" * 100000], ["-p", "p" * 100000], ["-u", "u" * 100000],
         ["-f"] * 20000 + ["--no-such"], [""], ["-"], ["--"] * 3, ["-\x01\xff"], ["-H", "more"])


def command_lines(site):
    """Long and odd command lines are refused."""
    for line in LINES:
        done = subprocess.run([AGENT, "-f", "-C", *line], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=2 * harness.DEADLINE,
                              stdin=subprocess.DEVNULL, env=site.environment)
        lines = done.stderr.decode(errors="backslashreplace").splitlines()
        check(done.returncode == 1 and 1 <= len(lines) <= MOST_LINES, f"{len(line)} words, the first {line[0][:20]!r}: refused",
              (done.returncode, [text[:200] for text in lines[:4]]))


if __name__ == "__main__":
    harness.main(files, reloads, no_files, environments, command_lines)
