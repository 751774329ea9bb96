#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Managers of every kind at once, beside many sockets and namespaces with traffic, links and routes that come and go, reloads and an
snmpd that is killed: each value that they are shown is held against the kernel's (truth.py), each request is answered unless
snmpd was away for a cause, and the agent does not grow.

LOAD_SECONDS and LOAD_SOCKETS say how long and how many, SEED makes an order. Without them it takes three minutes, as in .ci/run;
`make soak` does it for half an hour. It has a machine to itself, and is no part of `make check`.
"""

import contextlib
import os
import time

import harness
import load

from harness import check, check_equal, wait_for

SECONDS = int(os.environ.get("LOAD_SECONDS", "180"))
SOCKETS = int(os.environ.get("LOAD_SOCKETS", "5000"))
HOLES = 1024  # KiB of the heap, between what came and went and what stays


def everything(site):
    """Nothing is wrong, nothing is lost, nothing grows."""
    print(f"  SEED={harness.SEED}", flush=True)
    if not load.CROWD.exists():
        raise harness.Skip(f"needs {load.CROWD}, which `make check` builds")
    with contextlib.ExitStack() as stack:
        begun = time.monotonic()
        one = load.Load(site, stack, SOCKETS)
        print(f"  {SOCKETS} sockets, {load.NAMESPACES} namespaces: {time.monotonic() - begun:.1f} s", flush=True)
        one.run(SECONDS)
        tell(one)
        look_at_answers(one)
        look_at_growth(one)
        check_equal(one.agent.end(), 0, "the agent ends")


def tell(one):
    for what, count in one.counts.items():
        print(f"  {count:>10} {what}")
    print(f"  {len(one.wrong):>10} wrong")
    for what in one.at_rest:
        print(f"  {what} each ten seconds: {one.watch.values(what)[::10]}", flush=True)


def look_at_answers(one):
    check_equal(one.wrong[:10], [], f"{one.counts['values']} values are the kernel's, {one.counts['rows']} rows are there, each request is answered")
    check_equal([each.name for each in one.managers if not each.counts[each.sees]], [], "every manager saw what it looks at")
    check(one.agent.alive() and one.snmpd.alive() and one.traffic.alive(), "all live")


def look_at_growth(one):
    """While they ask, tables and readings come and go, and threads with readings that are late: what lasts shows at low water. When
    they have gone, what the agent has is what it had before they came."""
    slack = {"private KiB": HOLES, "threads": 0, "descriptors": 0}
    if harness.has_sanitizer(one.agent):
        del slack["private KiB"]
    for what, more in slack.items():
        first, last = one.watch.tide(what)
        check(last <= first + more, f"{what} do not become more: {last} at low water in the last third, {first} mostly in the first one")
    one.read_again("")
    wait_for(lambda: f"at rest it has what it had: {one.watch.sample()}, {one.at_rest}",
             lambda: all(one.when_at_rest()[what] <= one.at_rest[what] + more for what, more in slack.items()), load.WAIT)
    check(True, f"at rest it has what it had: {one.watch.sample()}, {one.at_rest}")


if __name__ == "__main__":
    harness.main(everything)
