#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A master that hangs up amid registrations, or is gone, again and again: each time the agent serves again. It keeps neither descriptors
nor memory of that.

LEAVING has how many times as often it is tried.
"""

import os
import socket
import types

import harness
from harness import check, wait_for
from master import REGISTER, Master
from pairs import AGAIN, QUICK, Memory, Pair, end_all, hangs_up, ready

MORE = int(os.environ.get("LEAVING", "1"))


class Nth:
    """Hangs up at another registration in each session; all of these between them try those that there are, evenly."""

    def __init__(self, place, of, times):
        self.place, self.of, self.times, self.seen, self.at = place, of, times, 0, []

    def begin(self, registrations):
        self.at = [1 + (self.place + self.of * i) * registrations // (self.of * self.times) for i in range(self.times)]

    def is_over(self):
        return self.seen >= self.times

    def __call__(self, connection, pdu):
        if pdu.kind != REGISTER or self.is_over() or not self.at or connection.count(REGISTER) + 1 != self.at[self.seen]:
            return None
        self.seen += 1
        return hangs_up(connection, pdu)


def at_registration(site):
    """The master hangs up at the n-th Register, for many n."""
    at_once, times = 20, 2 * MORE
    found = []
    for i in range(at_once):
        wrong = Nth(i, at_once, times)
        found.append((str(i), wrong, Pair(site, f"pair{i}", QUICK, wrong)))
    ready(found)
    for _, wrong, pair in found:
        wrong.begin(pair.registrations)
        pair.hang_up()
    for _, wrong, pair in found:
        wait_for(lambda: f"it was hung up {wrong.seen} times; the log: {pair.agent.log()[-3:]}", wrong.is_over, AGAIN * times)
        pair.must_be_whole()
    end_all(found, {"hang-ups at a Register": sum(wrong.seen for _, wrong, _ in found)})


def comes_again(site):
    """The master hangs up, again and again: the agent keeps neither descriptors nor memory."""
    rounds, at_once = 8 * MORE, 4
    found = [(str(i), None, Pair(site, f"pair{i}", QUICK)) for i in range(at_once)]
    memory = [Memory(pair.agent) for _, _, pair in found]
    ready(found)
    for _ in range(rounds):
        for _, _, pair in found:
            pair.hang_up()
        for (_, _, pair), kib in harness.paired(found, memory):
            pair.must_be_whole()
            kib.note()
    for kib in memory:
        kib.check(f"{rounds} sessions")
    end_all(found, {"hang-ups": rounds * at_once})


# --- The socket ---------------------------------------------------------------------------------------------------------------

def listens_to_none(path):
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(str(path))


def of_datagrams(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as plug:
        plug.bind(str(path))


PLACES = {  # what is where the master's socket was
    "nothing": lambda path: None,
    "a file": lambda path: path.write_bytes(b"x" * 100),
    "a folder": lambda path: path.mkdir(),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to nowhere": lambda path: path.symlink_to("/no/such/place"),
    "a FIFO": os.mkfifo,
    "a socket where nobody listens": listens_to_none,
    "a socket of datagrams": of_datagrams,
}


def gone(site):
    """The master's socket is gone, and something else is in its place: the agent serves once there is a master again."""
    found = [(name, put, Pair(site, f"pair{i}", QUICK)) for i, (name, put) in enumerate(PLACES.items())]
    ready(found)
    for _, put, pair in found:
        pair.master.close()
        path = pair.folder / "master"
        path.unlink()
        put(path)
    for name, _, pair in found:
        wait_for(f"{name}: the agent has lost it", lambda: pair.lines("lost"))
        path = pair.folder / "master"
        harness.shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        pair.master = Master(types.SimpleNamespace(master=path))
    for name, _, pair in found:
        pair.must_be_whole()
        lost = len(pair.lines("lost"))
        check(len(pair.agent.log()) <= 2 + 2 * lost, f"{name} in the place of the socket: the log has each loss, {lost}, and the new connection",
              pair.agent.log())
    end_all(found, len(found))


if __name__ == "__main__":
    harness.main(at_registration, comes_again, gone)
