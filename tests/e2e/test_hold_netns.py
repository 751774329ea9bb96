#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Handles of other network namespaces: what is read by them is theirs alone, and they keep none that has lost its name or process.

A veth link goes with the namespace of its other end, so one in the site's namespace tells when that is gone.
"""

import contextlib
import os
import subprocess

import harness
import test_kernel_tables as told
import test_netns as roots
import test_tables as tables
from harness import check, check_equal, wait_for

HOLD = os.environ.get("HOLD_NETNS", str(harness.BUILD / "tests/e2e/hold_netns"))
SECONDS = 3  # a second for the handle, and what the kernel needs


@contextlib.contextmanager
def others(site, count):
    """So many namespaces, each with more datagrams and links than the one before, and a link from the site's to each."""
    with contextlib.ExitStack() as stack:
        found = []
        for i in range(count):
            other = stack.enter_context(harness.Site(f"other{i}"))
            told.ip(site, "link", "add", "name", f"far{i}", "type", "veth", "peer", "name", "near", "netns", other.netns)
            told.batch(other, "".join(f"link add name d{k} type bridge\n" for k in range(i)))
            told.send(other, "127.0.0.1", 10 * (i + 1))
            found.append(other)
        yield found


def file_of(other):
    return f"/run/netns/{other.netns}"


def links(site):
    """The numbers of the links that are still there."""
    return {int(link["ifname"][3:]) for link in told.ip_json(site, "link") if link["ifname"].startswith("far")}


def forget(other):
    """Deletes the name; a process in it stays."""
    subprocess.run(["ip", "netns", "del", other.netns], check=True)


class Holder:
    """The program that holds handles; its rounds."""

    def __init__(self, site, places, *options):
        self.process = site.start(harness.Process, [HOLD, *options, *places], site.folder / "held.out")
        self.places = places

    def rounds(self):
        """A dictionary from place to text for each whole round."""
        found = []
        for line in self.process.output.read_text().splitlines():
            number, place, *rest = line.split(" ", 2)
            while len(found) <= int(number):
                found.append({})
            found[int(number)][place] = rest[0] if rest else ""
        return found[:-1]

    def next(self):
        """What a round says that begins later than this."""
        before = len(self.rounds()) + 1
        wait_for(lambda: f"another round comes: {self.rounds()[-1:]}", lambda: len(self.rounds()) > before)
        return self.rounds()[-1]

    def loses(self, place):
        wait_for(lambda: f"{place} is lost: {self.rounds()[-1:]}", lambda: "fault" in self.rounds()[-1][place])

    def end(self):
        check_equal(self.process.end(), 0, "it ends well")
        check(all("home" in one for one in self.rounds()), "the thread was back at home after each round")


def rows(count):
    """What a round says of others()."""
    return [f"{10 * (i + 1)} {i + 2} 0" for i in range(count)]


def in_turn(site):
    """Ten names, read in turn by one thread, each with its own counters, interfaces and sockets."""
    with others(site, 10) as all_of_them, contextlib.ExitStack() as stack:
        tables.listener(all_of_them[3], stack, ("127.0.0.1", 3001))
        holder = Holder(site, [file_of(other) for other in all_of_them])
        wanted = rows(10)
        wanted[3] = wanted[3].replace(" 0", " 1")
        check_equal(holder.next(), {**dict(zip(holder.places, wanted)), "home": ""}, "each has its own")
        told.send(all_of_them[5], "127.0.0.1", 1000)
        wanted[5] = wanted[5].replace("60 ", "1060 ")
        check_equal(holder.next(), {**dict(zip(holder.places, wanted)), "home": ""}, "a change is of one alone")
        holder.end()


def forgotten(site):
    """A name is deleted: the namespace goes, though its counters, tables and links were read; the others stay."""
    with others(site, 3) as all_of_them:
        holder = Holder(site, [file_of(other) for other in all_of_them])
        check_equal(list(holder.next().values())[:3], rows(3), "all can be read")
        forget(all_of_them[1])
        wait_for("the link into it is gone", lambda: links(site) == {0, 2}, SECONDS)
        check(True, "its link is gone")
        holder.loses(file_of(all_of_them[1]))
        check_equal([holder.next()[place] for place in (holder.places[0], holder.places[2])], [rows(3)[0], rows(3)[2]], "the others go on")
        holder.end()


def ended(site):
    """The process of a proc root ends: likewise, though it had no name."""
    with others(site, 2) as all_of_them:
        holder = Holder(site, [roots.stay(other) for other in all_of_them])
        check_equal(list(holder.next().values())[:2], rows(2), "both can be read")
        for other in all_of_them:
            forget(other)
        check_equal(list(holder.next().values())[:2], rows(2), "also when they have no name")
        check_equal(links(site), {0, 1}, "their links are there")
        all_of_them[1].processes[-1].kill()
        wait_for("the link into it is gone", lambda: links(site) == {0}, SECONDS)
        check(True, "its link is gone")
        holder.loses(holder.places[1])
        check_equal(holder.next()[holder.places[0]], rows(2)[0], "the other one goes on")
        holder.end()


def made_again(site):
    """A name that is deleted and made again is another namespace, which an old handle never shows."""
    with others(site, 1) as (other,):
        holder = Holder(site, [file_of(other)])
        check_equal(holder.next()[file_of(other)], rows(1)[0], "it can be read")
        forget(other)
        subprocess.run(["ip", "netns", "add", other.netns], check=True)
        subprocess.run(["ip", "-n", other.netns, "link", "set", "lo", "up"], check=True)
        told.send(other, "127.0.0.1", 500)
        wait_for("the link into the first one is gone", lambda: links(site) == set(), SECONDS)
        check(True, "the first one is gone")
        holder.loses(file_of(other))
        holder.next()
        texts = {one[file_of(other)] for one in holder.rounds()}
        check(all(text == rows(1)[0] or text.startswith("fault") for text in texts), "nothing of the second one was shown", texts)
        holder.end()
        again = Holder(site, [file_of(other)])
        check_equal(again.next()[file_of(other)], "500 1 0", "a new handle has the second one")
        again.end()


def kept(site):
    """One descriptor that is kept, as it never should be, is enough to keep a namespace: the cases above would see it."""
    with others(site, 2) as all_of_them:
        holder = Holder(site, [file_of(all_of_them[0])], "-k")
        check_equal(holder.next()[holder.places[0]], rows(1)[0], "it can be read")
        for other in all_of_them:
            forget(other)
        holder.loses(holder.places[0])
        wait_for("the kernel has cleaned up", lambda: 1 not in links(site))
        check_equal(links(site), {0}, "it is there")
        holder.end()
        wait_for("it is gone when the descriptor is closed", lambda: links(site) == set())


if __name__ == "__main__":
    harness.main(in_turn, forgotten, ended, made_again, kept)
