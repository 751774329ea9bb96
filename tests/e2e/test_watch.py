#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""snmpnstat --watch on a terminal of any size, and without one: what is lost comes first, and the terminal is as it was in the end."""

import contextlib
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time

import ber
import harness
from harness import OBJECTS, V2C, V3, Failure, check, check_equal, wait_for

SNMPNSTAT = pathlib.Path(os.environ.get("SNMPNSTAT", harness.AGENT.parent / "snmpnstat")).resolve()
SEQUENCE = re.compile(rb"\x1b\[(\??)([0-9;]*)([A-Za-z])")
MODES = {b"1049", b"25", b"7"}  # another screen, the cursor, lines that go on

# A listener that nobody accepts from, a UDP socket that nobody reads, and connections that are well.
TRAFFIC = """\
import contextlib, socket, time
full, well = socket.socket(), socket.socket()
full.bind(("127.0.0.1", 8080))
full.listen(1)
well.bind(("127.0.0.1", 8081))
well.listen(8)
unread, sender = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
unread.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
unread.bind(("127.0.0.1", 5353))
waiting = []
while True:
    for _ in range(20):
        sender.sendto(bytes(100), ("127.0.0.1", 5353))
    waiting.append(socket.socket())
    waiting[-1].setblocking(False)
    waiting[-1].connect_ex(("127.0.0.1", 8080))
    if len(waiting) > 50:
        waiting.pop(0).close()
    with socket.create_connection(("127.0.0.1", 8081)) as near, well.accept()[0] as far:
        near.sendall(bytes(1000))
        far.recv(1000)
    time.sleep(0.05)
"""


class Terminal:
    """A terminal that knows what every one knows, with snmpnstat --watch on it. All else that comes is a Failure."""

    def __init__(self, site, *words, columns=80, rows=24, how=V2C, address=None, env=()):
        self.near, far = pty.openpty()
        self.before = termios.tcgetattr(far)
        self.site, self.raw, self.modes = site, b"", {b"25": True, b"7": True, b"1049": False}
        self.resize(columns, rows)
        self.popen = subprocess.Popen(site.inside(SNMPNSTAT, *how, "--watch", *words[:1], address or site.address, *words[1:]),
                                      stdin=far, stdout=far, stderr=far, start_new_session=True, preexec_fn=self.take(far),
                                      env={**site.environment, "TERM": "xterm", **dict(env)})
        self.far = far
        site.processes.append(self)

    @staticmethod
    def take(far):
        def begin():
            harness.die_with_parent()
            fcntl.ioctl(far, termios.TIOCSCTTY, 0)
        return begin

    def kill(self):
        self.popen.kill()
        self.popen.wait()
        for descriptor in {self.near, self.far} - {None}:
            os.close(descriptor)
        self.near = self.far = None

    def resize(self, columns, rows):
        self.columns, self.rows, self.lines, self.at = columns, rows, [""] * rows, [0, 0]
        fcntl.ioctl(self.near, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.near, keys)

    def read(self):
        """Takes what has come, and gives the lines."""
        while select.select([self.near], [], [], 0.01)[0]:
            self.raw += os.read(self.near, 65536)
        while self.raw:
            if not self.take_one():
                break
        return [line.rstrip() for line in self.lines]

    def take_one(self):
        match = SEQUENCE.match(self.raw)
        if match:
            self.raw = self.raw[match.end():]
            self.obey(*match.groups())
        elif self.raw[:1] == b"\x1b":
            if len(self.raw) > 20:
                raise Failure(f"not every terminal knows {self.raw[:20]}")
            return False
        else:
            self.put(self.raw[:1])
            self.raw = self.raw[1:]
        return True

    def obey(self, private, numbers, letter):
        if private and letter in b"hl" and numbers in MODES:
            self.modes[numbers] = letter == b"h"
        elif not private and letter == b"H" and not numbers:
            self.at = [0, 0]
        elif not private and letter == b"K" and not numbers:
            self.cut()
        elif not private and letter == b"J" and numbers in (b"", b"2"):
            if not numbers:
                self.cut()
            first = self.at[0] + 1 if not numbers else 0
            self.lines[first:] = [""] * (self.rows - first)
        elif private or letter != b"m":
            raise Failure(f"not every terminal knows {private, numbers, letter}")

    def cut(self):
        row, column = self.at
        self.lines[row] = self.lines[row][:column]

    def put(self, octet):
        if octet == b"\r":
            self.at[1] = 0
        elif octet == b"\n":
            self.at[0] += 1
            if self.at[0] >= self.rows:
                raise Failure(f"the screen has {self.rows} lines, and there is one more: {self.lines}")
        elif not b" " <= octet <= b"~":
            raise Failure(f"{octet} comes to the terminal")
        else:
            row, column = self.at
            if column >= self.columns:
                raise Failure(f"the screen has {self.columns} columns, and a line has more: {self.lines[row]}")
            self.lines[row] = self.lines[row][:column].ljust(column) + octet.decode() + self.lines[row][column + 1:]
            self.at[1] += 1

    def shows(self, pattern, what):
        """Waits for a line that matches, and gives all lines."""
        def found():
            lines = self.read()
            return lines if any(re.search(pattern, line) for line in lines) else None
        lines = wait_for(lambda: f"{what}: {self.read()}", found)
        check(True, what)
        return lines

    def ends(self, how, what):
        status = wait_for(f"{what} ends it", lambda: (self.read(), self.popen.poll())[1] is not None and (self.popen.returncode,))[0]
        self.read()
        check_equal((status, self.modes), (how, {b"25": True, b"7": True, b"1049": False}), f"{what} ends it, and the screen is the other one")
        check_equal(termios.tcgetattr(self.far), self.before, f"{what}: the keys are as they were")


def start(site, conf=""):
    site.write("traffic.py", TRAFFIC)
    site.start(harness.Process, site.inside(sys.executable, site.folder / "traffic.py"), site.folder / "traffic.out")
    return serve(site, conf)


def serve(site, conf=""):
    snmpd = site.snmpd()
    return snmpd, site.agent("refreshInterval 0.2\ntableInterval 1\nhealthWindow 1\n" + conf)


def place(lines, pattern):
    return next((i for i, line in enumerate(lines) if re.search(pattern, line)), 10 ** 6)


def screen(site):
    """What is crossed comes first, then who loses, then counters that say trouble; it fits terminals of all sizes."""
    start(site, "threshold listeners healthListenDrops percent > 1 severity critical\n")
    terminal = Terminal(site, "0.5", columns=110, rows=60)
    terminal.shows(r"^Thresholds that are crossed: 1; the worst: listeners \(critical\)", "the threshold that is crossed is told of")
    terminal.shows(r"^! +\d+\.\d\d % healthListenDrops ", "and its value has a mark")
    terminal.shows(r"^\+ +\d+\.\d\d % healthUdpRcvbufErrors ", "what is beyond the usual limit has another one")
    terminal.shows(r"^ +[1-9]\d* +(now|\d+ s) tcp 127\.0\.0\.1:8080, queue 100 %", "the listener that loses is there")
    terminal.shows(r"^ +[1-9]\d* +(now|\d+ s) udp 127\.0\.0\.1:5353, queue ", "and the UDP socket")
    terminal.shows(r"^ +\d+\.\d +\d+ UdpRcvbufErrors +UDP datagrams get lost$", "a counter tells its symptom")
    lines = terminal.shows(r"^ +\d+\.\d +\d+ IpExtInOctets$", "load is there, too")
    order = [place(lines, pattern) for pattern in ("healthListenDrops", "healthUdpRcvbufErrors", " tcp 127", r"\d UdpRcvbufErrors ",
                                                   "TcpExtListenOverflows ", "IpExtInOctets")]
    check_equal(order, sorted(order), "the worst comes first")
    for columns, rows in ((20, 12), (300, 90), (1, 1), (500, 3), (80, 24)):
        terminal.resize(columns, rows)
        os.kill(terminal.popen.pid, signal.SIGWINCH)
        terminal.shows(r"^\d\d:\d\d:\d\d" if columns >= 20 else r"\d", f"{columns} columns of {rows} lines are enough")
    terminal.shows(r"^ +\d+\.\d +\d+ TcpExtListenDrops ", "and all is there again")
    terminal.type(b"xQ")
    terminal.ends(0, "q")


def named(site):
    """Patterns choose what is shown; names are asked for alone, and shown as they stand."""
    start(site)
    terminal = Terminal(site, "0.5", "TcpInErrs", "UdpRcvbufErrors", "TcpInErr", columns=100, rows=40)
    lines = terminal.shows(r"^ +\d+\.\d +\d+ TcpInErrs", "a counter that stands still is shown where it is named")
    check(any("has no counter TcpInErr" in line for line in lines) and place(lines, "UdpRcvbufErrors  ") < place(lines, "TcpInErrs"),
          "and one that is not there is told of", lines)
    check_equal([line for line in lines if re.search("health|8080|Octets", line)], [], "and nothing else is there")
    terminal.type(b"q")
    terminal.ends(0, "q")
    terminal = Terminal(site, "0.5", "*:8080", "TcpExt[A-L]*", columns=100, rows=40)
    lines = terminal.shows(r"tcp 127\.0\.0\.1:8080", "a pattern chooses sockets")
    check_equal([line for line in lines if re.search(r"health\w|5353| Udp|TcpExtT", line)], [], "and no others")
    terminal.type(b"q")
    terminal.ends(0, "q")


def ends(site):
    """q, ^C, SIGTERM and SIGHUP end it; ^Z stops it, and it goes on; each leaves the terminal as it was."""
    start(site)
    for what, end, status in (("^C", lambda it: it.type(b"\x03"), -signal.SIGINT), ("SIGTERM", lambda it: it.popen.terminate(), -signal.SIGTERM),
                              ("SIGHUP", lambda it: it.popen.send_signal(signal.SIGHUP), -signal.SIGHUP)):
        terminal = Terminal(site, how=V3, address="127.0.0.1")
        terminal.shows("^Health", f"before {what} it shows what there is")
        check(terminal.modes[b"1049"] and not terminal.modes[b"25"], "on a screen of its own")
        end(terminal)
        terminal.ends(status, what)
    terminal = Terminal(site, "0.5")
    terminal.shows("^Health", "before ^Z it shows what there is")
    terminal.type(b"\x1a")
    wait_for("it has stopped", lambda: (terminal.read(), state_of(terminal.popen.pid))[1] == "T")
    terminal.read()
    check_equal((terminal.modes[b"1049"], termios.tcgetattr(terminal.far)), (False, terminal.before), "who stops it has the terminal as it was")
    terminal.popen.send_signal(signal.SIGCONT)
    terminal.shows("^Health", "it goes on")
    check(terminal.modes[b"1049"], "on its screen")
    terminal.type(b"q")
    terminal.ends(0, "q")


def state_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def gone(site):
    """Without agent, or without snmpd, it says so and since when, and goes on when they are back; q ends it meanwhile."""
    snmpd, agent = start(site)
    terminals = [Terminal(site, "0.5", columns=200, rows=50, address=address, how=how)
                 for address, how in ((site.address, V2C), ("127.0.0.1", V2C), ("127.0.0.1", V3))]
    for terminal in terminals:
        terminal.shows(r"\d UdpRcvbufErrors ", "the host answers")
    agent.end()
    for terminal in terminals:
        lines = terminal.shows(r"^No reading since \d\d:\d\d:\d\d \(\d+ s\): .*no tcpextd is connected", "without agent it says so")
        check(any(re.match(r"What follows is as it was at \d\d:\d\d:\d\d", line) for line in lines), "and when what it shows was so", lines)
    snmpd.end()
    for terminal in terminals:
        terminal.shows(r"^No reading since .*(does not answer|: unix:)", "without snmpd, too")
    serve(site)
    for terminal in terminals:
        wait_for(lambda: f"it goes on: {terminal.read()}", lambda: not any(line.startswith("No reading") for line in terminal.read()))
        terminal.shows(r"\d UdpRcvbufErrors ", "it goes on when they are back")
    terminals[0].type(b"q")
    terminals[0].ends(0, "q")
    terminal = Terminal(site, "0.5", address="127.0.0.1:9999")
    terminal.shows("^Asking", "it asks one that never answers")
    terminal.type(b"q")
    terminal.ends(0, "q")


def lines(site):
    """Without a terminal, or on a dumb one, each reading is a block of lines; NO_COLOR takes colours away."""
    start(site)
    popen = subprocess.Popen(site.inside(SNMPNSTAT, *V2C, "--watch", "0.3", site.address), stdout=subprocess.PIPE, env=site.environment)
    blocks = [[]]
    while len(blocks) < 4:
        line = popen.stdout.readline().decode()
        if line == "":
            break
        if line == "\n":
            blocks.append([])
        else:
            blocks[-1].append(line)
    popen.stdout.close()
    check_equal(popen.wait(), -signal.SIGPIPE, "it ends with its reader")
    check(all(re.match(r"\d\d:\d\d:\d\d  unix:", block[0]) for block in blocks[:3]) and any(" UdpRcvbufErrors " in line for line in blocks[2]),
          "three readings are three blocks", blocks)
    check("\x1b" not in "".join(map("".join, blocks)), "with no sequences of terminals")
    terminal = Terminal(site, "0.3", columns=200, rows=900, env={"TERM": "dumb"})
    terminal.shows(r"\d UdpRcvbufErrors ", "a dumb terminal gets lines")
    terminal.type(b"\x03")
    terminal.ends(-signal.SIGINT, "^C")
    for env, wanted in (({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)):
        terminal = Terminal(site, "0.3", env=env, rows=50)
        seen = watch_colours(terminal)
        terminal.shows(r"\d UdpRcvbufErrors ", f"{env} has a screen")
        check_equal(seen != set(), wanted, f"and colours: {wanted}")
        terminal.type(b"q")
        terminal.ends(0, "q")


def watch_colours(terminal):
    """The set of colours that come from now on until the screen is left."""
    seen, obey = set(), terminal.obey

    def note(private, numbers, letter):
        if letter == b"m" and terminal.modes[b"1049"] and numbers != b"0":
            seen.add(numbers)
        obey(private, numbers, letter)

    terminal.obey = note
    return seen


# --- An agent that lies -------------------------------------------------------------------------------------------------------

BAD = b"\x1b[2J\x1b]0;gone\x07\xc2\x9b31m\xe2\x80\xae\n\r\xff" + 200 * "ä".encode()
COUNTER32, GAUGE, TICKS, COUNTER64, TEXT, INTEGER = 0x41, 0x42, 0x43, 0x46, 4, 2


def number(tag, value):
    return ber.element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def lies(turn):
    """All that an agent shows, by OID: names are as bad as can be, and numbers go up and down."""
    most = 2 ** 64 - 1
    shown = {"1.1": number(COUNTER64, turn), "1.2": number(GAUGE, 2 ** 32 - 1), "37.1": number(GAUGE, 2 ** 32 - 1),
             "37.2": ber.element(TEXT, BAD), "37.3": number(INTEGER, 99)}
    shown = {f"{name}.0": value for name, value in shown.items()}
    for row in range(1, 41):
        shown[f"36.1.3.{row}"] = number(GAUGE, 2 ** 32 - 1)
        shown[f"36.1.5.{row}"] = number(INTEGER, 4 if row % 2 else 77)
    for name, value in (("IpInReceives", most - turn % 2), ("QuicExt%s%n", turn * 2 ** 60 % most), ("T", turn), ("A", 0)):
        index = ".".join(map(str, [len(name), *name.encode()]))
        shown[f"2.1.2.{index}"] = number(COUNTER64, value)
        shown[f"2.1.7.{index}"] = number(GAUGE, 1)
    for table, columns in (("20", (11, 12, 10, 13, 14)), ("31", (8, 10, 11, 7, 12)), ("39", (12, 13, 3, 14, 15))):
        values = (number(COUNTER32, turn * 2 ** 31 % 2 ** 32), number(TICKS, 5), ber.element(TEXT, BAD), number(GAUGE, 2 ** 32 - 1), ber.element(TEXT, BAD))
        shown.update({f"{table}.1.{column}.1.4.127.0.0.1.80": value for column, value in zip(columns, values)})
    return {f"{OBJECTS}.{name}": value for name, value in shown.items()}


class Liar(threading.Thread):
    """An SNMP agent on a socket of its own. name_of makes the names of what it gives to a GET of those that were asked for."""

    def __init__(self, path, name_of=str):
        super().__init__(daemon=True)
        self.name_of = name_of
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen()

    def run(self):
        near, _ = self.listener.accept()
        with contextlib.suppress(ConnectionError, BrokenPipeError), near:
            for turn in range(10 ** 9):
                request = near.recv(65536)
                if not request:
                    return
                near.sendall(self.answer(request, lies(turn // 7)))

    def answer(self, request, shown):
        _, _, (kind, pdu) = ber.parts(ber.split(request)[1])
        (_, number_of), (_, first), (_, repetitions), _ = ber.parts(pdu)
        names = [name for name, _ in ber.parse(request).varbinds]
        varbinds = [(self.name_of(name), shown.get(name, ber.element(0x81, b""))) for name in names]
        if kind == ber.GETBULK:
            varbinds = list(bulk(names, int.from_bytes(first, "big"), int.from_bytes(repetitions, "big"), shown))
        pairs = b"".join(ber.element(0x30, ber.oid(name) + value) for name, value in varbinds)
        pdu = ber.element(2, number_of) + 2 * ber.integer(0) + ber.element(0x30, pairs)
        return ber.element(0x30, ber.integer(1) + ber.element(4, b"public") + ber.element(ber.RESPONSE, pdu))


def bulk(names, first, repetitions, shown):
    order = sorted(shown, key=harness.key)
    for turn in range(repetitions):
        following = []
        for place, name in enumerate(names):
            later = next((other for other in order if harness.key(other) > harness.key(name)), None)
            following.append(later or name)
            if turn == 0 or place >= first:
                yield later or name, shown[later] if later else ber.element(0x82, b"")
        names = following


def hostile(site):
    """Whatever an agent calls things, a terminal gets letters alone; and numbers that make no sense are shown or left out."""
    path = site.folder / "liar"
    Liar(path).start()
    terminal = Terminal(site, "0.1", columns=200, rows=80, address=f"unix:{path}")
    terminal.shows(r"^Thresholds that are crossed: 4294967295; the worst: \\x1b\[2J", "the worst threshold's name is shown as it can be")
    terminal.shows(r"^!42949672\.95 % health", "so are values")
    terminal.shows(r" (tcp|udp|service) \\x1b\[2J\\x1b\]0;gone\\x07", "so are sockets")
    terminal.shows(r" QuicExt%s%n$", "and counters")
    check(terminal.popen.poll() is None, "it goes on")
    terminal.type(b"q")
    terminal.ends(0, "q")
    path = site.folder / "mixer"
    Liar(path, name_of=lambda name: re.sub(r"(\.36\.1\.\d+)\.\d+$", r"\1.1", name)).start()
    terminal = Terminal(site, "0.1", columns=200, rows=80, address=f"unix:{path}")
    terminal.shows("^No reading since .* out of order", "a row in place of another is not taken for it")
    terminal.type(b"q")
    terminal.ends(0, "q")


def more_than(count, items):
    return items if len(items) > count else None


def economy(site):
    """A reading takes few PDUs, and is of one snapshot."""
    site.snmpd()
    site.agent(f"procRoot {harness.SOURCE}/tests/fixtures/7.3\n")
    output = site.folder / "packets"
    popen = site.start(harness.Process, site.inside(SNMPNSTAT, *V2C, "-d", "--watch", "0.1", site.address), output)
    readings = wait_for("there are three readings", lambda: more_than(2, re.split(r"(?m)^\d\d:\d\d:\d\d  ", output.read_text())))
    popen.end()
    text = readings[1]
    check(0 < text.count("Sending ") < 30, f"a reading: {text.count('Sending ')} requests")


harness.main(screen, named, ends, gone, lines, hostile, economy)
